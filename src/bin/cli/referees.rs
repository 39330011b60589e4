//! Programs by others that are asked about tunes, where they are there: abc2midi, abcjs, and the bar
//! counter of `tests/bars.py`, which shares no code with this program.

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use super::CliError;
use super::score::tunebook;

const BARS: &str = include_str!("../../../tests/bars.py");

/// Warnings a tune, as one number a line; abcjs lies where `benches/abcjs.mjs` puts it.
const ABCJS: &str = "
const { createRequire } = require('node:module'); const path = require('node:path');
const folder = path.join(require('node:os').tmpdir(), 'reelsmith-abcjs');
const abcjs = createRequire(path.join(folder, 'package.json'))('abcjs');
const text = require('node:fs').readFileSync(process.argv[1], 'utf8');
for (const tune of text.split(/\\n\\s*\\n/).filter((t) => /^K:/m.test(t))) {
  // It remarks on directives of other programs, which the standard has it pass over.
  const warnings = (abcjs.parseOnly(tune)[0].warnings || []).filter(said => !said.includes('directive: reelsmith'));
  console.log(warnings.length);
}
";

/// What a referee says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It is not there, or cannot be run.
    Absent,
    /// So many tunes have a fault.
    Faulty(usize),
}

/// Asks them all.
pub(crate) fn ask(tunes: &[&str]) -> Result<[(&'static str, Verdict); 3], CliError> {
    let folder = std::env::temp_dir().join(format!("reelsmith-score-{}", std::process::id()));
    std::fs::create_dir_all(&folder).map_err(CliError::file("make the folder", &folder))?;
    let file = folder.join("tunes.abc");
    let numbered: Vec<String> = (1..).zip(tunes).map(|(number, tune)| renumbered(tune, number)).collect();
    tunebook(&file, &numbered.iter().map(String::as_str).collect::<Vec<_>>())?;
    let verdicts = [
        ("clean by abc2midi", abc2midi(&file)),
        ("clean by abcjs", abcjs(&file)),
        ("bars exact by the Python counter", bars(&file)),
    ];
    // What lies in the system's temporary folder may stay there.
    let _ = std::fs::remove_dir_all(&folder);
    Ok(verdicts)
}

fn renumbered(tune: &str, number: usize) -> String {
    let lines: Vec<String> = tune
        .lines()
        .map(|line| if line.starts_with("X:") { format!("X:{number}") } else { line.to_owned() })
        .collect();
    lines.join("\n")
}

fn abc2midi(file: &Path) -> Verdict {
    // Verbose, so that each tune begins with a line of its own.
    let Some(out) = run(Command::new("abc2midi").arg(file).args(["-c", "-v"]), "") else {
        return Verdict::Absent;
    };
    let tunes = out.split("scanning tune").skip(1);
    // What it says of metres it has no rhythm of its own for, when it plays chords, is no fault of the tune.
    let is_fault = |line: &str| {
        (line.starts_with("Error") || line.starts_with("Warning")) && !line.contains("no default gchord")
    };
    Verdict::Faulty(tunes.filter(|said| said.lines().any(is_fault)).count())
}

fn abcjs(file: &Path) -> Verdict {
    match run(Command::new("node").args(["-e", ABCJS]).arg(file), "") {
        Some(out) if !out.trim().is_empty() => {
            Verdict::Faulty(out.lines().filter(|line| line.trim() != "0").count())
        }
        _ => Verdict::Absent,
    }
}

fn bars(file: &Path) -> Verdict {
    let out = run(Command::new("python3").arg("-").arg(file), BARS);
    let summary = out.as_deref().and_then(|out| out.lines().last());
    let faulty = summary.and_then(|line| line.split_once("tunes, ")?.1.split(' ').next()?.parse().ok());
    faulty.map_or(Verdict::Absent, Verdict::Faulty)
}

/// What a program prints; nothing if it cannot be run.
fn run(command: &mut Command, input: &str) -> Option<String> {
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().ok()?;
    child.stdin.take()?.write_all(input.as_bytes()).ok()?;
    let out = child.wait_with_output().ok()?;
    Some(String::from_utf8_lossy(&out.stdout).into_owned())
}
