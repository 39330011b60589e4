//! `stats`: a tune's notes and form beside those of its type in the corpus.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use reelsmith::abc::{Tune, parse};
use reelsmith::compose::Beside;
use reelsmith::compose::beside::Share;

use super::check::read;
use super::{CliError, print};

/// Show pitches, lengths, intervals and form of tunes beside those of their type in the corpus
#[derive(Debug, clap::Args)]
pub(crate) struct Stats {
    /// Tunes in ABC
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

impl Stats {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<ExitCode, CliError> {
        for path in &self.files {
            let text = read(path)?;
            for tune in &parse(&text).tunes {
                print(&of_tune(tune, text.get(tune.span.range()).unwrap_or_default()))?;
            }
        }
        Ok(ExitCode::SUCCESS)
    }
}

const DEGREES: [&str; 12] = ["1", "b2", "2", "b3", "3", "4", "#4", "5", "b6", "6", "b7", "7"];

fn of_tune(tune: &Tune, text: &str) -> String {
    let beside = Beside::of(tune, text);
    let mut out = format!("{} ({})\n", tune.title().unwrap_or("a tune"), beside.kind.name());
    if let Some(facts) = &beside.facts {
        // Writing to a string does not fail.
        let _ = writeln!(
            out,
            "{} notes over {} semitones; bars that come back {:.0} %, bars parts share {:.0} %",
            facts.notes,
            facts.range.1 - facts.range.0,
            100.0 * facts.returning,
            100.0 * facts.shared,
        );
    }
    out += &match &beside.form {
        None => "form: none that composed tunes have\n".to_owned(),
        Some((form, _)) if beside.tunes == 0 => format!("form: {form}\n"),
        Some((form, share)) => {
            format!("form: {form}, as {:.1} % of {} tunes of the type\n", 100.0 * share, beside.tunes)
        }
    };
    table(&mut out, "degree", &beside.degrees, |&degree| DEGREES[degree % 12].to_owned());
    table(&mut out, "interval", &beside.intervals, |interval| format!("{interval:+}"));
    table(&mut out, "length", &beside.lengths, |length| {
        format!("{}/{}", length.numerator(), length.denominator())
    });
    out.push('\n');
    out
}

fn table<T>(out: &mut String, title: &str, rows: &[Share<T>], name: impl Fn(&T) -> String) {
    let _ = writeln!(out, "{title:12} {:>8} {:>8}", "here", "corpus");
    for row in rows {
        let share = |part: f64| format!("{:.1} %", 100.0 * part);
        let _ = writeln!(out, "  {:10} {:>8} {:>8}", name(&row.of), share(row.here), share(row.corpus));
    }
}
