//! `check`: what is wrong with tunes, told as a compiler tells it.

use std::fmt::Write;
use std::fs::File;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use reelsmith::abc::{Diagnostic, Severity, decode, limits, parse};
use serde_json::json;

use super::summary::Summary;
use super::{CliError, print};

/// Say what is wrong with tunes in ABC
///
/// Exit code 1 if there are errors; warnings and notes are told and pass.
#[derive(Debug, clap::Args)]
pub(crate) struct Check {
    /// The files to read
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// One JSON object a diagnostic and line: file, severity, code, start and end byte, line, column,
    /// message, hint
    #[arg(long)]
    json: bool,
    /// How many faults of each kind there are, and how many tunes have pickups, tuplets, ties and so on; a
    /// FILE may be a folder too, or JSON with records that have "abc notation"
    #[arg(long)]
    summary: bool,
}

impl Check {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<ExitCode, CliError> {
        if self.summary {
            let mut summary = Summary::default();
            self.files.iter().try_for_each(|path| summary.add(path))?;
            print(&if self.json { summary.to_json() } else { summary.to_text() })?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut errors = false;
        for path in &self.files {
            let text = read(path)?;
            let mut told = String::new();
            for diagnostic in parse(&text).diagnostics {
                errors |= diagnostic.severity() == Severity::Error;
                if self.json {
                    told += &as_json(path, &diagnostic);
                } else {
                    tell(path, &text, &diagnostic, &mut told);
                }
            }
            print(&told)?;
        }
        Ok(if errors { ExitCode::FAILURE } else { ExitCode::SUCCESS })
    }
}

/// The file's text.
pub(crate) fn read(path: &Path) -> Result<String, CliError> {
    let file = File::open(path).map_err(CliError::file("read", path))?;
    let mut bytes = Vec::new();
    // One byte beyond the limit is enough for the parser to say so.
    file.take(limits::BYTES as u64 + 1).read_to_end(&mut bytes).map_err(CliError::file("read", path))?;
    Ok(decode(bytes))
}

fn as_json(path: &Path, diagnostic: &Diagnostic) -> String {
    let value = json!({
        "file": path.to_string_lossy(),
        "severity": diagnostic.severity().as_str(),
        "code": diagnostic.code.as_str(),
        "start": diagnostic.span.start,
        "end": diagnostic.span.end,
        "line": diagnostic.line,
        "column": diagnostic.column,
        "message": diagnostic.message,
        "hint": diagnostic.hint,
    });
    format!("{value}\n")
}

/// The sentence, the line of the text, and marks under what it is about.
fn tell(path: &Path, text: &str, diagnostic: &Diagnostic, told: &mut String) {
    let Diagnostic { code, span, line, column, message, hint } = diagnostic;
    let start = span.start as usize;
    let before = text.get(..start).unwrap_or_default();
    let from = before.rfind('\n').map_or(0, |newline| newline + 1);
    let source = text.get(from..).unwrap_or_default().lines().next().unwrap_or_default();
    // Tabs stay tabs, so that the marks stand where they should.
    let indent: String = before[from..].chars().map(|c| if c == '\t' { c } else { ' ' }).collect();
    let marks = text.get(span.range()).unwrap_or_default().lines().next().unwrap_or_default();
    let marks = "^".repeat(marks.chars().count().max(1));
    let gutter = " ".repeat(line.to_string().len());
    let severity = diagnostic.severity().as_str();
    // Writing to a string does not fail.
    let _ = writeln!(told, "{severity}[{code}]: {message}");
    let _ = writeln!(told, "{gutter}--> {}:{line}:{column}", path.display());
    let _ = writeln!(told, "{gutter} |\n{line} | {source}\n{gutter} | {indent}{marks}");
    if let Some(hint) = hint {
        let _ = writeln!(told, "{gutter} = hint: {hint}");
    }
    told.push('\n');
}
