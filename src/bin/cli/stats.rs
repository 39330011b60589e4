//! `stats`: a tune's notes and form beside those of its type in the corpus.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;

use reelsmith::abc::grammar::canonical;
use reelsmith::abc::{Tune, parse};
use reelsmith::compose::Facts;
use reelsmith::compose::habits::{Habits, Profile, free_grammar, habits};
use reelsmith::perform::TuneType;

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
    let kind = TuneType::of_tune(tune);
    let beside = habits(kind);
    let own = Profile::of(tune);
    let empty = Profile::default();
    let corpus = beside.map_or(&empty, |habits| &habits.notes);
    let mut out = format!("{} ({})\n", tune.title().unwrap_or("a tune"), kind.name());
    if let Some(facts) = Facts::of(tune) {
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
    out += &form(text, beside);
    let table = |out: &mut String, title: &str, rows: Vec<(String, u32, u32)>| {
        let all = |of: fn(&(String, u32, u32)) -> u32| rows.iter().map(of).sum::<u32>().max(1);
        let (here, there) = (all(|row| row.1), all(|row| row.2));
        let _ = writeln!(out, "{title:12} {:>8} {:>8}", "here", "corpus");
        for (name, own, other) in rows.iter().filter(|row| row.1 > 0 || 100 * row.2 > there) {
            let share =
                |part: u32, whole: u32| format!("{:.1} %", 100.0 * f64::from(part) / f64::from(whole));
            let _ = writeln!(out, "  {name:10} {:>8} {:>8}", share(*own, here), share(*other, there));
        }
    };
    let pairs = |own: &[u32], other: &[u32], name: &dyn Fn(usize) -> String| {
        own.iter().zip(other).enumerate().map(|(i, (own, other))| (name(i), *own, *other)).collect()
    };
    table(&mut out, "degree", pairs(&own.degrees, &corpus.degrees, &|i| DEGREES[i].to_owned()));
    table(
        &mut out,
        "interval",
        pairs(&own.intervals, &corpus.intervals, &|i| format!("{:+}", i as i32 - 12)),
    );
    let mut lengths: Vec<(i64, i64)> = own.lengths.keys().chain(corpus.lengths.keys()).copied().collect();
    lengths.sort_by(|a, b| (a.0 * b.1).cmp(&(b.0 * a.1)));
    lengths.dedup();
    let of = |profile: &Profile, length| profile.lengths.get(&length).copied().unwrap_or(0);
    let rows = lengths.iter().map(|&l| (format!("{}/{}", l.0, l.1), of(&own, l), of(corpus, l))).collect();
    table(&mut out, "length", rows);
    out.push('\n');
    out
}

/// The form, and how many tunes of the type have it.
fn form(text: &str, beside: Option<&Habits>) -> String {
    let text = canonical(text.trim_end());
    let form = free_grammar(&text).and_then(|(mut grammar, _)| grammar.form(&text));
    let Some(form) = form else { return "form: none that composed tunes have\n".to_owned() };
    let Some(habits) = beside else { return format!("form: {form}\n") };
    let same =
        habits.shapes.iter().filter(|(shape, _)| shape.form == form).map(|(_, count)| count).sum::<u32>();
    let share = 100.0 * f64::from(same) / f64::from(habits.tunes.max(1));
    format!("form: {form}, as {share:.1} % of {} tunes of the type\n", habits.tunes)
}
