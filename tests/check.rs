//! `reelsmith-cli check` tells what is wrong with tunes, and counts it.

use std::fs;
use std::process::{Command, Output};

use serde_json::Value;

fn check(text: &str, more: &[&str]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tune.abc");
    fs::write(&path, text).unwrap();
    Command::new(env!("CARGO_BIN_EXE_reelsmith-cli")).arg("check").arg(&path).args(more).output().unwrap()
}

#[test]
fn the_command_line_tells_faults_as_a_compiler_does() {
    let output = check("X:1\nL:1/8\nM:4/4\nK:D\n|: ABcd efg | \"am\"A8 \"|\n", &[]);
    let told = String::from_utf8(output.stdout).unwrap();
    assert_eq!(output.status.code(), Some(1), "an unclosed quote is an error");
    assert!(told.contains("error[unclosed-quote]: This quote is not closed.\n"), "{told}");
    assert!(told.contains("tune.abc:5:22\n  |\n5 | |: ABcd efg | \"am\"A8 \"|\n"), "{told}");
    let marks = format!("  | {}^^^^\n  = hint: write \"Am\"\n", " ".repeat(14));
    assert!(told.contains(&marks), "{told}");
    let passes = check("X:1\nL:1/8\nM:4/4\nK:D\n|: ABcd efga | \"am\"A8 :|\n", &[]);
    assert!(passes.status.success() && !passes.stdout.is_empty(), "a warning is no error");
}

#[test]
fn the_command_line_tells_faults_as_json() {
    let output = check("X:1\nL:1/8\nM:4/4\nK:D\nABcd efga|A7|A8|]\n", &["--json"]);
    let lines = String::from_utf8(output.stdout).unwrap();
    let fault: Value = serde_json::from_str(lines.trim()).unwrap();
    assert_eq!(fault["code"], "bar-too-short");
    assert_eq!(fault["severity"], "warning");
    assert_eq!(fault["message"], "This bar is 1/8 too short: it lasts 7/8 instead of 4/4.");
    assert_eq!((fault["line"].as_u64(), fault["column"].as_u64()), (Some(5), Some(11)));
}

pub fn command(name: &str, arguments: &[&str]) -> (bool, String, String) {
    let output =
        Command::new(env!("CARGO_BIN_EXE_reelsmith-cli")).arg(name).args(arguments).output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.success(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_command_line_counts_faults_and_facts() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let jig = "X:1\nM:6/8\nL:1/8\nK:D\nd|:DFA d>AF|(3ABc d3 A2:|\n";
    let reel = "X:1\nM:4/4\nL:1/8\nK:G\nG2BG dGBG|G2BG ^dGB|GABc d4||\n";
    fs::write(at("a.abc"), format!("{jig}\n{reel}")).unwrap();
    let records = serde_json::json!([{ "abc notation": reel }, { "control code": "none" }]);
    fs::write(at("b.json"), records.to_string()).unwrap();
    fs::write(at("c.txt"), "no tune").unwrap();
    let (done, json, _) = command("check", &["--summary", "--json", folder.path().to_str().unwrap()]);
    let counts: Value = serde_json::from_str(&json).unwrap();
    assert!(done && counts["tunes"] == 3, "{json}");
    assert_eq!(counts["faults"]["bar-too-short"], serde_json::json!({ "places": 2, "tunes": 2 }));
    let fact = |name: &str| {
        let fact = counts["facts"].as_array().unwrap().iter().find(|fact| fact["fact"] == name).unwrap();
        (fact["count"].as_u64().unwrap(), fact["of"].as_u64().unwrap())
    };
    assert_eq!(fact("begins with a pickup"), (1, 3));
    assert_eq!(fact("pickup, and the last bar complements it"), (0, 1));
    assert_eq!(fact("repeat bar line within a bar"), (1, 2));
    assert_eq!(fact("ends with ||"), (2, 3));
    assert_eq!(fact("ends with :|"), (1, 3));
    assert_eq!(fact("broken rhythm"), (1, 3));
    assert_eq!(fact("tuplets"), (1, 3));
    assert_eq!(fact("accidentals"), (2, 3));
    let (_, text, _) = command("check", &["--summary", &at("a.abc")]);
    assert!(text.starts_with("2 tunes\n") && text.contains("bar-too-short"), "{text}");
}
