//! `convert`: tunes in ABC become MIDI files.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use reelsmith::abc::{Tune, parse};
use reelsmith::compose::thread_pool;
use reelsmith::export::midi::{self, MidiError};
use reelsmith::files::write_atomically;
use reelsmith::perform::{Accompaniment, Options, PerformError, Performance};

use super::{CliError, check};

/// Make MIDI files of tunes in ABC
///
/// One tune becomes one file. Several tunes, in a tunebook or a folder, become files in a folder, named
/// after the file they come from and, in a tunebook, the number of the tune.
#[derive(Debug, clap::Args)]
pub(crate) struct Convert {
    /// An ABC file, or a folder with files that end in .abc
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// Where to write: a name ending in .mid is the file of one tune, any other a folder
    #[arg(value_name = "OUT")]
    output: PathBuf,
    /// Play what is written, by the standard's defaults, and nothing else
    #[arg(long)]
    literal: bool,
    /// How many times all of a tune is played, 1 to 3
    #[arg(long, value_name = "N", default_value = "1", value_parser = clap::value_parser!(u8).range(1..=3))]
    times: u8,
    /// Two bars of clicks before the tune
    #[arg(long, conflicts_with = "literal")]
    count_in: bool,
    /// Hold the last note for a bar
    #[arg(long, conflicts_with = "literal")]
    held_end: bool,
    /// Where chords come from: chord symbols, or the notes where there are none
    #[arg(long, value_enum, default_value_t = Chords::Inferred, conflicts_with = "literal")]
    chords: Chords,
    /// Overwrite files that are there already
    #[arg(long)]
    force: bool,
}

/// Where the accompaniment's chords come from.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Chords {
    /// No accompaniment
    Off,
    /// Chord symbols only
    Written,
    /// Chord symbols, or, in a tune without any, chords found for its notes
    Inferred,
}

/// A tune that is no MIDI file, and why.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConvertError {
    /// It cannot be played.
    #[error(transparent)]
    Perform(#[from] PerformError),
    /// It cannot be written down.
    #[error(transparent)]
    Midi(#[from] MidiError),
    /// No file to read from.
    #[error("there is no tune in it")]
    NoTune,
    /// A file that is to hold more than one tune.
    #[error("there are {0} tunes in it, and a MIDI file holds one: name a folder to write to")]
    ManyTunes(usize),
}

impl Convert {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<ExitCode, CliError> {
        let options = self.options();
        if !self.input.is_dir() {
            self.convert(&self.input, &options)?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut files = Vec::new();
        let entries = fs::read_dir(&self.input).map_err(CliError::file("list the folder", &self.input))?;
        for entry in entries {
            let path = entry.map_err(CliError::file("list the folder", &self.input))?.path();
            if path.extension().is_some_and(|e| e.eq_ignore_ascii_case("abc")) {
                files.push(path);
            }
        }
        files.sort();
        if self.is_file() {
            return Err(self.cannot(&self.input, ConvertError::ManyTunes(files.len())));
        }
        // One bad file is no reason to leave out the others.
        let failed = thread_pool(None)?.install(|| {
            files.par_iter().filter_map(|file| self.convert(file, &options).err()).collect::<Vec<_>>()
        });
        for error in &failed {
            eprintln!("reelsmith-cli: {error}");
        }
        Ok(if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    fn options(&self) -> Options {
        if self.literal {
            return Options { times: self.times, ..Options::literal() };
        }
        Options {
            times: self.times,
            count_in: self.count_in,
            held_end: self.held_end,
            accompaniment: match self.chords {
                Chords::Off => Accompaniment::Off,
                Chords::Written => Accompaniment::Written,
                Chords::Inferred => Accompaniment::Inferred,
            },
            ..Options::default()
        }
    }

    /// Whether what is written is one file.
    fn is_file(&self) -> bool {
        self.output
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case("mid") || e.eq_ignore_ascii_case("midi"))
    }

    fn cannot(&self, path: &Path, error: ConvertError) -> CliError {
        CliError::Convert { path: path.to_owned(), error }
    }

    /// Writes the files of all tunes of one file.
    fn convert(&self, path: &Path, options: &Options) -> Result<(), CliError> {
        let tunes = parse(&check::read(path)?).tunes;
        if tunes.is_empty() {
            return Err(self.cannot(path, ConvertError::NoTune));
        }
        if self.is_file() {
            let [tune] = &tunes[..] else {
                return Err(self.cannot(path, ConvertError::ManyTunes(tunes.len())));
            };
            return self.write(path, &self.output, tune, options);
        }
        fs::create_dir_all(&self.output).map_err(CliError::file("make the folder", &self.output))?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        if let [tune] = &tunes[..] {
            return self.write(path, &self.output.join(format!("{stem}.mid")), tune, options);
        }
        // Numbers that are missing or come twice say nothing; then places do.
        let mut numbers: Vec<u32> = tunes.iter().filter_map(|tune| tune.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let numbered = numbers.len() == tunes.len();
        for (place, tune) in (1..).zip(&tunes) {
            let number = tune.number.filter(|_| numbered).unwrap_or(place);
            self.write(path, &self.output.join(format!("{stem}-{number}.mid")), tune, options)?;
        }
        Ok(())
    }

    fn write(&self, from: &Path, to: &Path, tune: &Tune, options: &Options) -> Result<(), CliError> {
        if !self.force && to.exists() {
            return Err(CliError::Exists(to.to_owned()));
        }
        let performance = Performance::new(tune, options).map_err(|error| self.cannot(from, error.into()))?;
        let bytes = midi::write(&performance).map_err(|error| self.cannot(from, error.into()))?;
        write_atomically(to, &bytes).map_err(CliError::file("write", to))
    }
}
