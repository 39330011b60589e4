//! A training that is killed loses at most one interval, leaves no half file, and ends as if nothing
//! had happened.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// A training command on a few small tunes, saving its state after every step.
fn command(work: &Path, out: &str, resume: bool) -> Command {
    let corpus = work.join("corpus.json");
    if !corpus.exists() {
        let record = |i: usize| {
            let body = "D2 FA dAFA | ".repeat(i % 4 + 1);
            serde_json::json!({ "abc notation": format!("X:1\nL:1/8\nM:4/4\nK:D\n{body}d4 |]"), "control code": "" })
        };
        let records: Vec<_> = (0..24).map(record).collect();
        fs::write(&corpus, serde_json::to_vec(&records).unwrap()).unwrap();
    }
    let mut command = Command::new(env!("CARGO_BIN_EXE_reelsmith-cli"));
    command
        .arg("train")
        .arg("--corpus")
        .arg(&corpus)
        .arg("--validation")
        .arg(&corpus)
        .arg("--out")
        .arg(work.join(out));
    command.args(["--threads", "1", "--save-every", "0", "--log-every", "3"]);
    if resume {
        command.arg("--resume");
    } else {
        command.args([
            "--hidden",
            "24",
            "--embedding",
            "8",
            "--batch",
            "3",
            "--epochs",
            "12",
            "--stop-after",
            "0",
        ]);
    }
    command.stdout(Stdio::null()).stderr(Stdio::piped());
    command
}

/// The log without its times.
fn log(folder: &Path) -> Vec<String> {
    let text = fs::read_to_string(folder.join("metrics.csv")).unwrap();
    let seconds = text.lines().next().unwrap().split(',').position(|name| name == "seconds").unwrap();
    let without = |line: &str| {
        let cells: Vec<&str> =
            line.split(',').enumerate().filter(|(i, _)| *i != seconds).map(|(_, c)| c).collect();
        cells.join(",")
    };
    text.lines().map(without).collect()
}

#[test]
fn a_killed_training_ends_as_if_nothing_had_happened() {
    let work = tempfile::tempdir().unwrap();
    assert!(command(work.path(), "whole", false).status().unwrap().success());

    let folder = work.path().join("killed");
    let mut kills = 0;
    for round in 0..60u64 {
        let mut child =
            command(work.path(), "killed", folder.join("state.safetensors").exists()).spawn().unwrap();
        // Spread over the life of a run, which differs from machine to machine.
        sleep(Duration::from_millis(15 + 37 * (round % 11)));
        match child.try_wait().unwrap() {
            None => {
                child.kill().unwrap();
                child.wait().unwrap();
                kills += 1;
            }
            Some(status) => {
                assert!(status.success(), "{:?}", child.wait_with_output());
                break;
            }
        }
    }
    // Whatever the kills left to do.
    let resume = folder.join("state.safetensors").exists();
    let output = command(work.path(), "killed", resume).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(kills > 0, "the training was over before it could be killed");

    let left = fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    assert!(left.filter(|name| name.starts_with('.')).count() == 0, "half-written files are left");
    let whole = work.path().join("whole");
    assert_eq!(log(&whole), log(&folder));
    for name in ["best.safetensors", "last.safetensors"] {
        assert!(
            fs::read(whole.join(name)).unwrap() == fs::read(folder.join(name)).unwrap(),
            "{name} differs"
        );
    }
}
