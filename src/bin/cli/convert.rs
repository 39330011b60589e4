//! `convert`: tunes in ABC become files of other forms.

mod paper;
pub(crate) mod playing;
pub(crate) mod sounding;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use reelsmith::abc::{Tune, parse};
use reelsmith::compose::thread_pool;
use reelsmith::export::FontError;
use reelsmith::export::midi::MidiError;
use reelsmith::export::pdf::PdfError;
use reelsmith::export::png::PngError;
use reelsmith::export::sound::SoundError;
use reelsmith::files::write_atomically;
use reelsmith::perform::PerformError;

pub(crate) use self::paper::PaperName;
use self::paper::{Page, Sheets};
use self::playing::Playing;
use self::sounding::Sounding;
use super::{CliError, check};

/// Make sheet music, sound or MIDI files of tunes in ABC
///
/// OUT's ending says what is made. A PDF holds all tunes, one below the other; books of more than two pages
/// get an index. Of the others a file holds one tune: several tunes, in a tunebook or a folder, become
/// files in a folder, named after the file they come from and, in a tunebook, the number of the tune.
#[derive(Debug, clap::Args)]
pub(crate) struct Convert {
    /// An ABC file, or a folder with files that end in .abc
    #[arg(value_name = "IN")]
    input: PathBuf,
    /// Where to write: a file that ends in .mid, .wav, .flac, .svg, .png or .pdf; any other name is a folder
    #[arg(value_name = "OUT")]
    output: PathBuf,
    /// What to make in a folder, one file a tune [default: midi]
    #[arg(long, value_enum, value_name = "FORM")]
    to: Option<Format>,
    /// Overwrite files that are there already
    #[arg(long)]
    force: bool,
    #[command(flatten)]
    sheets: Sheets,
    #[command(flatten, next_help_heading = "For MIDI and sound files")]
    playing: Playing,
    #[command(flatten)]
    sounding: Sounding,
}

/// Endings of files that are asked for by mistake: nobody names a folder so.
const OTHER_FORMS: [&str; 19] = [
    "abc", "bmp", "eps", "gif", "html", "jpeg", "jpg", "ly", "m4a", "mp3", "mp4", "musicxml", "mxl", "ogg",
    "opus", "ps", "tiff", "txt", "xml",
];

/// What a tune becomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Format {
    /// A MIDI file, to play
    Midi,
    /// WAV, the sound as it is
    Wav,
    /// FLAC, the same sound in half the room
    Flac,
    /// SVG, for web pages and drawing programs
    Svg,
    /// PNG, a picture of pixels
    Png,
    /// PDF, to print
    Pdf,
}

impl Format {
    /// What a file's ending says.
    fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_string_lossy().to_lowercase().as_str() {
            "mid" | "midi" => Some(Self::Midi),
            "wav" | "wave" => Some(Self::Wav),
            "flac" => Some(Self::Flac),
            "svg" => Some(Self::Svg),
            "png" => Some(Self::Png),
            "pdf" => Some(Self::Pdf),
            _ => None,
        }
    }

    fn ending(self) -> &'static str {
        match self {
            Self::Midi => "mid",
            Self::Wav => "wav",
            Self::Flac => "flac",
            Self::Svg => "svg",
            Self::Png => "png",
            Self::Pdf => "pdf",
        }
    }

    /// Whether it holds samples.
    fn sounds(self) -> bool {
        matches!(self, Self::Wav | Self::Flac)
    }

    fn name(self) -> &'static str {
        match self {
            Self::Midi => "MIDI",
            Self::Wav => "WAV",
            Self::Flac => "FLAC",
            Self::Svg => "SVG",
            Self::Png => "PNG",
            Self::Pdf => "PDF",
        }
    }
}

/// A tune that cannot become such a file, and why.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConvertError {
    /// It cannot be played.
    #[error(transparent)]
    Perform(#[from] PerformError),
    /// It cannot be written down.
    #[error(transparent)]
    Midi(#[from] MidiError),
    /// It cannot be sounded.
    #[error(transparent)]
    Sound(#[from] SoundError),
    /// It cannot be drawn.
    #[error(transparent)]
    Font(#[from] FontError),
    /// It cannot be a picture.
    #[error(transparent)]
    Png(#[from] PngError),
    /// It cannot be printed.
    #[error(transparent)]
    Pdf(#[from] PdfError),
    /// No file to read from.
    #[error("there is no tune in it")]
    NoTune,
    /// A file that is to hold more than one tune.
    #[error("there are {0} tunes in it, and {1} files hold one each: name a folder to write to")]
    ManyTunes(usize, &'static str),
}

/// Flags that contradict one another.
#[derive(Debug, thiserror::Error)]
pub(crate) enum FlagError {
    /// An option for another form.
    #[error("{option} has no meaning for {form} files")]
    Useless {
        /// The option as it is written.
        option: &'static str,
        /// What is to be made.
        form: &'static str,
    },
    /// A file of a form that is not made, rather than a folder of that name.
    #[error("{} is no form that can be made: .mid, .wav, .flac, .svg, .png and .pdf are", .path.display())]
    UnknownForm {
        /// Where to write.
        path: PathBuf,
    },
    /// Two forms are asked for.
    #[error("{} is named as {ending} files are, and --to asks for {to}", .path.display())]
    TwoForms {
        /// Where to write.
        path: PathBuf,
        /// What its name says.
        ending: &'static str,
        /// What the flag says.
        to: &'static str,
    },
}

impl Convert {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<ExitCode, CliError> {
        let format = self.format()?;
        if self.is_file() && !self.force && self.output.exists() {
            return Err(CliError::Exists(self.output));
        }
        let files = self.files()?;
        let book = self.is_file() && format == Format::Pdf;
        if self.is_file() && !book && self.input.is_dir() {
            return Err(self.cannot(&self.input, ConvertError::ManyTunes(files.len(), format.name())));
        }
        // One bad file is no reason to leave out the others.
        let failed = thread_pool(None)?.install(|| {
            if book {
                return self.book(&files);
            }
            let failed = files.par_iter().filter_map(|file| self.convert(file, format).err());
            Ok(failed.collect::<Vec<_>>())
        })?;
        for error in &failed {
            eprintln!("reelsmith-cli: {error}");
        }
        Ok(if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// What is to be made.
    fn format(&self) -> Result<Format, FlagError> {
        let ending = self.output.extension().map(|ending| ending.to_string_lossy().to_lowercase());
        if ending.is_some_and(|ending| OTHER_FORMS.contains(&ending.as_str())) && !self.output.is_dir() {
            return Err(FlagError::UnknownForm { path: self.output.clone() });
        }
        let format = match (Format::of(&self.output), self.to) {
            (Some(ending), Some(to)) if ending != to => {
                let path = self.output.clone();
                return Err(FlagError::TwoForms { path, ending: ending.name(), to: to.name() });
            }
            (ending, to) => ending.or(to).unwrap_or(Format::Midi),
        };
        let plays = format == Format::Midi || format.sounds();
        let useless = if plays { None } else { self.playing.given() };
        let useless = useless.or_else(|| self.sounding.useless(format));
        match useless.or_else(|| self.sheets.useless(format)) {
            Some(option) => Err(FlagError::Useless { option, form: format.name() }),
            None => Ok(format),
        }
    }

    /// Whether what is written is one file.
    fn is_file(&self) -> bool {
        Format::of(&self.output).is_some()
    }

    /// The files to read, in the order of their names.
    fn files(&self) -> Result<Vec<PathBuf>, CliError> {
        if !self.input.is_dir() {
            return Ok(vec![self.input.clone()]);
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
        Ok(files)
    }

    fn cannot(&self, path: &Path, error: ConvertError) -> CliError {
        CliError::Convert { path: path.to_owned(), error }
    }

    /// The tunes of a file; at least one.
    fn tunes(&self, path: &Path) -> Result<Vec<Tune>, CliError> {
        let tunes = parse(&check::read(path)?).tunes;
        if tunes.is_empty() { Err(self.cannot(path, ConvertError::NoTune)) } else { Ok(tunes) }
    }

    /// Writes all tunes of all files into one, and gives what is wrong with files that are not in it.
    fn book(&self, files: &[PathBuf]) -> Result<Vec<CliError>, CliError> {
        let sheets = |path: &PathBuf| -> Result<Vec<Page>, CliError> {
            let tunes = self.tunes(path)?;
            Ok(tunes.par_iter().map(|tune| self.sheets.page_sheet(tune)).collect())
        };
        let mut all = Vec::new();
        let mut failed = Vec::new();
        for read in files.par_iter().map(sheets).collect::<Vec<_>>() {
            match read {
                Ok(sheets) => all.extend(sheets),
                Err(error) => failed.push(error),
            }
        }
        match failed.pop() {
            // Nothing but errors: the last is the command's own.
            Some(error) if all.is_empty() => {
                failed.iter().for_each(|error| eprintln!("reelsmith-cli: {error}"));
                return Err(error);
            }
            error => failed.extend(error),
        }
        let bytes = self.sheets.pdf(&all).map_err(|error| self.cannot(&self.input, error))?;
        self.write(&self.output, &bytes)?;
        Ok(failed)
    }

    /// Writes a file for every tune of one file.
    fn convert(&self, path: &Path, format: Format) -> Result<(), CliError> {
        let tunes = self.tunes(path)?;
        let name = format.name();
        if self.is_file() {
            let [tune] = &tunes[..] else {
                return Err(self.cannot(path, ConvertError::ManyTunes(tunes.len(), name)));
            };
            return self.tune(path, &self.output, tune, format);
        }
        fs::create_dir_all(&self.output).map_err(CliError::file("make the folder", &self.output))?;
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        let ending = format.ending();
        if let [tune] = &tunes[..] {
            return self.tune(path, &self.output.join(format!("{stem}.{ending}")), tune, format);
        }
        // Numbers that are missing or come twice say nothing; then places do.
        let mut numbers: Vec<u32> = tunes.iter().filter_map(|tune| tune.number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        let numbered = numbers.len() == tunes.len();
        let tunes: Vec<(u32, &Tune)> = (1..).zip(&tunes).collect();
        tunes.par_iter().try_for_each(|&(place, tune)| {
            let number = tune.number.filter(|_| numbered).unwrap_or(place);
            self.tune(path, &self.output.join(format!("{stem}-{number}.{ending}")), tune, format)
        })
    }

    /// Writes the file of one tune.
    fn tune(&self, from: &Path, to: &Path, tune: &Tune, format: Format) -> Result<(), CliError> {
        let bytes = match format {
            Format::Midi => self.playing.midi(tune, self.sounding.instrument()),
            Format::Wav | Format::Flac => self.sound(from, tune, format),
            Format::Svg => self.sheets.svg(tune),
            Format::Png => self.sheets.png(tune),
            Format::Pdf => self.sheets.pdf(&[self.sheets.page_sheet(tune)]),
        };
        self.write(to, &bytes.map_err(|error| self.cannot(from, error))?)
    }

    /// The bytes of a sound file. What is to be said of it goes to the standard error output.
    fn sound(&self, from: &Path, tune: &Tune, format: Format) -> Result<Vec<u8>, ConvertError> {
        let (bytes, query) = self.sounding.sound(tune, &self.playing, format)?;
        if let Some(query) = query {
            eprintln!("reelsmith-cli: {}: {query}", from.display());
        }
        Ok(bytes)
    }

    fn write(&self, to: &Path, bytes: &[u8]) -> Result<(), CliError> {
        if !self.force && to.exists() {
            return Err(CliError::Exists(to.to_owned()));
        }
        write_atomically(to, bytes).map_err(CliError::file("write", to))
    }
}
