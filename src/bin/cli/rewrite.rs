//! `rewrite`: the text of tunes is changed and everything else in it stays.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use reelsmith::abc::{
    Lengths, RewriteError, Target, Tune, parse, reflow, scale_lengths, set_field, transpose,
};
use reelsmith::files::write_atomically;
use reelsmith::music::Name;
use reelsmith::music::chord::read_name;
use reelsmith::perform::{ChartError, write_chords};

use super::{CliError, check, print};

/// Transpose tunes in ABC, change their lengths, lines and fields, or write chords into them
///
/// Layout and comments stay as they are. What is asked for is done in the order of the flags below.
#[derive(Debug, clap::Args)]
pub(crate) struct Rewrite {
    /// The file to read
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Only the tune with this number (X:), instead of all of the file
    #[arg(long, value_name = "X")]
    number: Option<u32>,
    /// So many semitones up or, if negative, down
    #[arg(long, value_name = "SEMITONES", allow_negative_numbers = true, conflicts_with = "key")]
    transpose: Option<i32>,
    /// To the key on this note, such as D or Bb, in the same mode
    #[arg(long, value_name = "NOTE", value_parser = read_tonic)]
    key: Option<Name>,
    /// Lengths twice as long, and the metre with them
    #[arg(long, conflicts_with = "halve")]
    double: bool,
    /// Lengths half as long, and the metre with them
    #[arg(long)]
    halve: bool,
    /// Write chords found for the notes over them; tunes that have chords stay as they are
    #[arg(long)]
    chords: bool,
    /// Lines of so many bars
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    bars: Option<u32>,
    /// Set a field of the header, as T=New title; nothing after = takes it out
    #[arg(long, value_name = "LETTER=TEXT", value_parser = read_setting)]
    set: Vec<(char, String)>,
    /// Where to write, instead of the terminal
    #[arg(long, short, value_name = "OUT")]
    out: Option<PathBuf>,
    /// Overwrite a file that is there already
    #[arg(long, requires = "out")]
    force: bool,
}

/// Why a file was not rewritten.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RewriteFailure {
    /// A tune of it cannot be.
    #[error("tune {}: {error}", .number.map_or("without number".to_owned(), |number| number.to_string()))]
    Tune {
        /// Its number.
        number: Option<u32>,
        /// Why.
        error: ChartError,
    },
    /// There is nothing in it to rewrite.
    #[error("there is no tune in it{}", .0.map_or(String::new(), |number| format!(" with the number {number}")))]
    NoTune(Option<u32>),
}

fn read_tonic(text: &str) -> Result<Name, String> {
    match read_name(text) {
        Some((name, length)) if length == text.len() => Ok(name),
        _ => Err("a key is named by its note: D, F#, Bb".to_owned()),
    }
}

fn read_setting(text: &str) -> Result<(char, String), String> {
    let (letter, value) = text.split_once('=').ok_or("write LETTER=TEXT, as in T=The Title")?;
    let mut letters = letter.chars();
    match (letters.next(), letters.next()) {
        (Some(letter), None) => Ok((letter, value.to_owned())),
        _ => Err("a field is one letter".to_owned()),
    }
}

impl Rewrite {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<ExitCode, CliError> {
        let mut text = check::read(&self.file)?;
        let tunes = parse(&text).tunes;
        if !tunes.iter().any(|tune| self.is_meant(tune)) {
            return Err(self.failure(RewriteFailure::NoTune(self.number)));
        }
        if let Some(semitones) = self.transpose {
            text = self.each(text, |text, tune| Ok(transpose(text, tune, Target::Semitones(semitones))?))?;
        }
        if let Some(tonic) = self.key {
            text = self.each(text, |text, tune| Ok(transpose(text, tune, Target::Tonic(tonic))?))?;
        }
        if self.double || self.halve {
            let lengths = if self.double { Lengths::Double } else { Lengths::Halve };
            text = self.each(text, |text, tune| Ok(scale_lengths(text, tune, lengths)?))?;
        }
        if self.chords {
            text = self.each(text, |text, tune| match write_chords(text, tune) {
                Err(ChartError::Rewrite(RewriteError::Chords)) => Ok(text.to_owned()),
                written => written,
            })?;
        }
        if let Some(bars) = self.bars {
            text = self.each(text, |text, tune| Ok(reflow(text, tune, bars)?))?;
        }
        for (letter, value) in &self.set {
            text = self.each(text, |text, tune| Ok(set_field(text, tune, *letter, value)?))?;
        }
        let Some(out) = &self.out else {
            print(&text)?;
            return Ok(ExitCode::SUCCESS);
        };
        if !self.force && Path::exists(out) {
            return Err(CliError::Exists(out.clone()));
        }
        write_atomically(out, text.as_bytes()).map_err(CliError::file("write", out))?;
        Ok(ExitCode::SUCCESS)
    }

    fn is_meant(&self, tune: &Tune) -> bool {
        self.number.is_none_or(|number| tune.number == Some(number))
    }

    fn failure(&self, error: RewriteFailure) -> CliError {
        CliError::Rewrite { path: self.file.clone(), error }
    }

    /// Rewrites the tunes of a text, the last one first: what is before it stays where it is.
    fn each(
        &self,
        text: String,
        rewrite: impl Fn(&str, &Tune) -> Result<String, ChartError>,
    ) -> Result<String, CliError> {
        let tunes = parse(&text).tunes;
        tunes.iter().rev().filter(|tune| self.is_meant(tune)).try_fold(text, |text, tune| {
            let number = tune.number;
            rewrite(&text, tune).map_err(|error| self.failure(RewriteFailure::Tune { number, error }))
        })
    }
}
