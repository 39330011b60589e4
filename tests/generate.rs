//! `reelsmith-cli` writes tunes where it is told to, and says what is wrong when it cannot.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use reelsmith::model::{Cell, Checkpoint, Parameters, Precision, Shape, Vocabulary};
use serde_json::{Value, json};
use tempfile::TempDir;

/// A folder with a tiny network in it that writes gibberish with bars.
struct Bench {
    folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        let bench = Self { folder: tempfile::tempdir().unwrap() };
        fs::write(bench.model(), checkpoint(16).to_bytes(Precision::F32).unwrap()).unwrap();
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn model(&self) -> PathBuf {
        self.path("tiny.safetensors")
    }

    /// `generate` with a short tune in D.
    fn generate(&self, more: &[&str]) -> Output {
        let mut command = cli(&["generate", "--prompt", r"X:1\nK:D\n", "--length", "60"]);
        command.arg("--model").arg(self.model()).args(more).current_dir(self.folder.path());
        command.output().unwrap()
    }

    fn json(&self, request: &str) -> (Option<i32>, Value) {
        let mut command = cli(&["generate", "--json", "--model"]);
        command.arg(self.model()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn().unwrap();
        child.stdin.take().unwrap().write_all(request.as_bytes()).unwrap();
        let output = child.wait_with_output().unwrap();
        (output.status.code(), serde_json::from_slice(&output.stdout).unwrap())
    }
}

fn checkpoint(hidden: usize) -> Checkpoint {
    let vocabulary = Vocabulary::reference();
    let shape = Shape { cell: Cell::Lstm, vocabulary: vocabulary.len(), embedding: 8, layers: 1, hidden };
    let mut parameters = Parameters::zeros(shape);
    let mut number = 1u32;
    for value in parameters.values_mut() {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *value = number as f32 / u32::MAX as f32 - 0.5;
    }
    for token in vocabulary.encode("ABcd |:").unwrap() {
        parameters.tensor_mut("fc.bias")[token as usize] = 9.0;
    }
    let facts = BTreeMap::from([("name".to_owned(), "tiny".to_owned())]);
    Checkpoint { vocabulary, parameters, facts }
}

fn cli(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_reelsmith-cli"));
    command.args(arguments).env_remove("REELSMITH_MODEL").env_remove("REELSMITH_DATA_DIR");
    command
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8(bytes.to_vec()).unwrap()
}

/// The tunes of a tunebook.
fn tunes(book: &str) -> Vec<&str> {
    book.split("\n\n").collect()
}

/// A tune without the line that tells the time.
fn timeless(tune: &str) -> String {
    tune.lines().filter(|l| !l.starts_with("%%reelsmith time")).map(|l| format!("{l}\n")).collect()
}

/// The output failed with this exit code, and its message has these parts.
fn assert_fails(output: &Output, code: i32, parts: &[&str]) {
    let message = text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "{message}");
    for part in parts {
        assert!(message.contains(part), "{part:?} in {message}");
    }
    assert!(!message.contains("panicked"), "{message}");
}

#[test]
fn tunes_go_to_the_standard_output_with_their_provenance() {
    let bench = Bench::new();
    let output = bench.generate(&["--count", "3", "--seed", "7", "--top-p", "0.9", "--top-k", "20"]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    let book = text(&output.stdout);
    assert_eq!(tunes(&book).len(), 3);
    for (number, tune) in (1..).zip(tunes(&book)) {
        assert!(tune.starts_with(&format!("X:{number}\n%%reelsmith model tiny\n")), "{tune}");
        for line in [
            "seed 7",
            &format!("index {}", number - 1),
            "temperature 0.8",
            "top-k 20",
            "top-p 0.9",
            r"prompt X:1\nK:D\n",
            "device cpu",
        ] {
            assert!(tune.contains(&format!("%%reelsmith {line}\n")), "{line} in {tune}");
        }
        assert!(tune.contains("\nK:D\n") && tune.trim_end().ends_with(['|', ']']), "{tune}");
    }
}

#[test]
fn a_seed_writes_the_same_tunes_whatever_the_count_and_the_threads() {
    let bench = Bench::new();
    let many = text(&bench.generate(&["--count", "4", "--seed", "3", "--threads", "3"]).stdout);
    let few = text(&bench.generate(&["--count", "2", "--seed", "3", "--threads", "1"]).stdout);
    let many: Vec<String> = tunes(&many).into_iter().map(timeless).collect();
    let few: Vec<String> = tunes(&few).into_iter().map(timeless).collect();
    assert_eq!(many[..2], few);
    assert_ne!(many[0], many[1]);
    // Without a seed each run picks its own and says which.
    let one = text(&bench.generate(&[]).stdout);
    let two = text(&bench.generate(&[]).stdout);
    assert_ne!(timeless(&one), timeless(&two));
    let seed = one.lines().find_map(|l| l.strip_prefix("%%reelsmith seed ")).unwrap();
    assert_eq!(timeless(&text(&bench.generate(&["--seed", seed]).stdout)), timeless(&one));
}

#[test]
fn a_name_in_abc_is_one_tunebook_and_any_other_a_folder() {
    let bench = Bench::new();
    assert!(bench.generate(&["-n", "3", "--out", "book.abc"]).status.success());
    let book = fs::read_to_string(bench.path("book.abc")).unwrap();
    assert_eq!(tunes(&book).len(), 3);
    assert!(tunes(&book)[2].starts_with("X:3\n"));

    assert!(bench.generate(&["-n", "3", "--seed", "5", "--out", "new/folder"]).status.success());
    let mut names: Vec<String> = fs::read_dir(bench.path("new/folder"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["tune-5-0.abc", "tune-5-1.abc", "tune-5-2.abc"]);
    let tune = fs::read_to_string(bench.path("new/folder/tune-5-2.abc")).unwrap();
    assert!(tune.starts_with("X:1\n") && tune.contains("%%reelsmith index 2\n"), "{tune}");
}

#[test]
fn files_are_overwritten_only_by_force() {
    let bench = Bench::new();
    for out in ["book.abc", "folder"] {
        let file = if out == "folder" { "folder/tune-5-0.abc" } else { out };
        assert!(bench.generate(&["-n", "2", "--seed", "5", "--out", out]).status.success());
        fs::write(bench.path(file), "mine").unwrap();
        let output = bench.generate(&["-n", "2", "--seed", "5", "--out", out]);
        assert_fails(
            &output,
            1,
            &["is there already", "--force", Path::new(file).file_name().unwrap().to_str().unwrap()],
        );
        assert_eq!(fs::read_to_string(bench.path(file)).unwrap(), "mine");
        assert!(bench.generate(&["-n", "2", "--seed", "5", "--out", out, "--force"]).status.success());
        assert_ne!(fs::read_to_string(bench.path(file)).unwrap(), "mine");
    }
    fs::write(bench.path("file"), "mine").unwrap();
    assert_fails(&bench.generate(&["--out", "file"]), 1, &["cannot make the folder", "file"]);
}

#[test]
fn what_is_asked_for_wrongly_is_exit_code_2() {
    let bench = Bench::new();
    for (arguments, part) in [
        (&["--temperature", "2.5"][..], "temperature must be from 0 to 2, not 2.5"),
        (&["--temperature", "nan"], "temperature"),
        (&["--top-p", "0"], "top-p must be above 0"),
        (&["--length", "0"], "length must be from 1"),
        (&["--prompt", "X:1\\nK:D%"], "'%' at line 2, column 4"),
        (&["--prompt", "DEF|"], "is no header field"),
        (&["--count", "0"], "--count"),
        (&["--device", "abacus"], "there is no device"),
        (&["--json", "--count", "2"], "cannot be used with"),
    ] {
        let mut command = cli(&["generate", "--model"]);
        let output = command.arg(bench.model()).args(arguments).output().unwrap();
        assert_fails(&output, 2, &[part]);
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn a_network_that_writes_no_music_is_an_error() {
    let bench = Bench::new();
    let mut command =
        cli(&["generate", "--raw", "--temperature", "0", "--prompt", "", "--length", "60", "--model"]);
    let output = command.arg(bench.model()).output().unwrap();
    assert_fails(&output, 1, &["wrote 360 characters without a bar line"]);
}

#[test]
fn damaged_checkpoints_are_named_with_what_is_wrong() {
    let bench = Bench::new();
    let whole = fs::read(bench.model()).unwrap();
    let mut parameters = checkpoint(16).parameters;
    parameters.values_mut()[1000] = f32::NAN;
    let nan = Checkpoint { parameters, ..checkpoint(16) }.to_bytes(Precision::F32).unwrap();
    // The weights of one shape under the metadata of another.
    let at = whole.windows(13).position(|w| w == br#"\"hidden\":16"#).unwrap();
    let mut shape = whole.clone();
    shape[at + 11..at + 13].copy_from_slice(b"17");

    for (bytes, parts) in [
        (&whole[..whole.len() - 100], &["cut short"][..]),
        (&whole[..5], &["cut short"]),
        (&nan, &["the value NaN"]),
        (&shape, &["its shape asks for"]),
        (b"", &["cut short"]),
        (b"X:1\nK:D\nDEF GAB|", &["no safetensors file"]),
        (b"PK\x03\x04 and so on", &["PyTorch file", "reelsmith-cli import"]),
    ] {
        let path = bench.path("damaged.safetensors");
        fs::write(&path, bytes).unwrap();
        let mut parts = parts.to_vec();
        parts.push("damaged.safetensors");
        let by_flag = cli(&["generate", "--model"]).arg(&path).output().unwrap();
        assert_fails(&by_flag, 1, &parts);
        let by_variable = cli(&["generate"]).env("REELSMITH_MODEL", &path).output().unwrap();
        assert_fails(&by_variable, 1, &parts);
        let doctor = cli(&["doctor", "--model"]).arg(&path).output().unwrap();
        assert_eq!(doctor.status.code(), Some(1));
        assert!(parts.iter().all(|part| text(&doctor.stdout).contains(part)));
    }
    let output = cli(&["generate", "--model", "nowhere.safetensors"]).output().unwrap();
    assert_fails(&output, 1, &["nowhere.safetensors"]);
    let output = cli(&["generate", "--device", "cuda:9", "--model"]).arg(bench.model()).output().unwrap();
    assert_fails(&output, 1, &["cuda:9"]);
}

#[test]
fn json_answers_as_the_demo_did() {
    let bench = Bench::new();
    let request = json!({"seed": "X:1\nK:D\n", "temperature": 0.84, "length": 56, "random_seed": 4});
    let (code, answer) = bench.json(&request.to_string());
    assert_eq!(code, Some(0), "{answer}");
    assert_eq!(answer["status"], "success");
    assert_eq!(answer["notation"], answer["abc_notation"]);
    assert!(answer["notation"].as_str().unwrap().starts_with("X:1\n"));
    assert!(answer["timestamp"].as_str().unwrap().parse::<jiff::Timestamp>().is_ok());
    let parameters = &answer["parameters"];
    let expected = json!({"seed": "X:1\nK:D\n", "temperature": 0.8, "length": 60, "random_seed": 4,
        "model": "tiny", "device": "cpu", "kernel": parameters["kernel"]});
    assert_eq!(*parameters, expected);
    let (_, again) = bench.json(&request.to_string());
    assert_eq!(timeless(again["notation"].as_str().unwrap()), timeless(answer["notation"].as_str().unwrap()));
}

#[test]
fn requests_at_once_in_several_processes_do_not_disturb_each_other() {
    let bench = Bench::new();
    let request = |seed: u64| json!({"seed": "X:1\nK:D\n", "length": 200, "random_seed": seed}).to_string();
    let alone: Vec<Value> = (0..6).map(|seed| bench.json(&request(seed)).1).collect();
    let together: Vec<Value> = std::thread::scope(|scope| {
        let ask = |seed| {
            scope.spawn({
                let bench = &bench;
                move || bench.json(&request(seed)).1
            })
        };
        let asked: Vec<_> = (0..6).map(ask).collect();
        asked.into_iter().map(|answer| answer.join().unwrap()).collect()
    });
    for (alone, together) in alone.iter().zip(&together) {
        assert_eq!(together["status"], "success", "{together}");
        assert_eq!(together["parameters"], alone["parameters"]);
        let tunes = [alone, together].map(|answer| timeless(answer["notation"].as_str().unwrap()));
        assert_eq!(tunes[0], tunes[1]);
    }
}

#[test]
fn json_lists_every_error() {
    let bench = Bench::new();
    let (code, answer) = bench.json(r#"{"seed": 3, "temperature": "hot", "length": 1000, "loud": true}"#);
    assert_eq!(code, Some(2));
    assert_eq!(answer["status"], "error");
    assert_eq!(answer["errors"].as_array().unwrap().len(), 4, "{answer}");
    assert!(answer["timestamp"].is_string());
    let (code, answer) = bench.json("not JSON");
    assert_eq!((code, answer["errors"].as_array().unwrap().len()), (Some(2), 1));
    // What is not the request's fault is exit code 1, and JSON all the same.
    fs::write(bench.model(), "damaged").unwrap();
    let (code, answer) = bench.json("{}");
    assert_eq!((code, &answer["status"]), (Some(1), &json!("error")));
    assert!(answer["errors"][0].as_str().unwrap().contains("tiny.safetensors"));
}

#[test]
fn a_reader_that_goes_away_is_no_error() {
    let bench = Bench::new();
    let mut command =
        cli(&["generate", "--count", "20", "--prompt", r"X:1\nK:D\n", "--length", "60", "--model"]);
    let mut child = command.arg(bench.model()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!((output.status.code(), text(&output.stderr).as_str()), (Some(0), ""));
}

#[test]
fn doctor_and_devices_say_what_is_there() {
    let bench = Bench::new();
    let data = bench.path("data");
    let output =
        cli(&["doctor", "--model"]).arg(bench.model()).env("REELSMITH_DATA_DIR", &data).output().unwrap();
    let report = text(&output.stdout);
    assert!(output.status.success(), "{report}");
    for part in ["\"tiny\"", "tiny.safetensors", "parameters", "cpu", "will be made"] {
        assert!(report.contains(part), "{part} in {report}");
    }
    assert!(!data.exists(), "looking changes nothing");
    // A data folder inside a file can never be made.
    let output = cli(&["doctor", "--model"])
        .arg(bench.model())
        .arg("--data-dir")
        .arg(bench.model().join("x"))
        .output();
    let output = output.unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output.stdout).contains("PROBLEM"), "{}", text(&output.stdout));

    let devices = text(&cli(&["devices"]).output().unwrap().stdout);
    assert!(devices.contains("cpu") && devices.contains("cuda:0") && devices.contains("metal"), "{devices}");
}

#[test]
fn import_refuses_what_is_no_state_dict() {
    let bench = Bench::new();
    let (from, to) = (bench.path("model.pt"), bench.path("out.safetensors"));
    fs::write(&from, "no state dict").unwrap();
    let import = |more: &[&str]| cli(&["import"]).arg(&from).arg(&to).args(more).output().unwrap();
    assert_fails(&import(&[]), 1, &["model.pt"]);
    fs::write(bench.path("tokens.json"), "[1]").unwrap();
    let tokens = bench.path("tokens.json");
    assert_fails(&import(&["--vocabulary", tokens.to_str().unwrap()]), 1, &["tokens.json"]);
    assert!(!to.exists());
}
