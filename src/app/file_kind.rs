//! What a tune can be saved as.

use std::sync::Arc;

use jiff::Zoned;

use super::page::Page;
use super::player::Manner;
use crate::abc::Tune;
use crate::engrave::{self, engrave};
use crate::export::colours::Colours;
use crate::export::pages::{Layout, Paper};
use crate::export::sound::Depth;
use crate::export::{flac, midi, pdf, png, svg, wav};
use crate::perform::Performance;
use crate::synth::{Program, Rendering, Watch};

/// Pixels a staff space of a picture: 300 dots an inch on staves of 7 mm.
pub(super) const PNG_SCALE: f32 = 20.0;

/// Samples a second of a file of sound, as on a CD.
const SOUND_RATE: u32 = 44_100;

/// The paper of a printer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sheets {
    /// 210 by 297 mm.
    A4,
    /// 8½ by 11 inches.
    Letter,
}

impl Sheets {
    /// All of them.
    pub(super) const ALL: [Self; 2] = [Self::A4, Self::Letter];

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::A4 => "A4",
            Self::Letter => "Letter",
        }
    }

    /// Its size.
    pub(super) fn paper(self) -> Paper {
        match self {
            Self::A4 => Paper::A4,
            Self::Letter => Paper::LETTER,
        }
    }
}

/// How a sheet is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Print {
    /// On what.
    pub(super) sheets: Sheets,
    /// With the title above the music and the day below it.
    pub(super) headed: bool,
}

impl Print {
    /// As one prints without a further thought.
    pub(super) const USUAL: Self = Self { sheets: Sheets::A4, headed: true };

    fn bytes(self, tune: &Tune) -> Result<Vec<u8>, String> {
        let layout = Layout { paper: self.sheets.paper(), ..Layout::default() };
        let options = engrave::Options {
            width: layout.sheet_width(),
            heading: self.headed,
            ..engrave::Options::default()
        };
        let sheet = engrave(tune, &options);
        let titles = tune.title().map(str::to_owned).into_iter().collect();
        let piece = pdf::Piece { sheet: &sheet, titles };
        let date = if self.headed { Zoned::now().strftime("%-d %B %Y").to_string() } else { String::new() };
        pdf::write(&[piece], &pdf::Options { date, layout, ..pdf::Options::default() })
            .map_err(|error| error.to_string())
    }
}

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    /// The text, where it came from included.
    Abc,
    /// The tune as a player plays it.
    Midi,
    /// The sound of it, kept small.
    Flac,
    /// The sheet on pages.
    Pdf(Print),
    /// The sheet as a picture.
    Png,
    /// The sheet as a drawing.
    Svg,
    /// The sound of it.
    Wav,
}

impl FileKind {
    /// All of them, the text first.
    pub(super) const ALL: [Self; 7] =
        [Self::Abc, Self::Flac, Self::Midi, Self::Pdf(Print::USUAL), Self::Png, Self::Svg, Self::Wav];

    /// The ending of its files, without the dot.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::Abc => "abc",
            Self::Flac => "flac",
            Self::Midi => "mid",
            Self::Pdf(_) => "pdf",
            Self::Png => "png",
            Self::Svg => "svg",
            Self::Wav => "wav",
        }
    }

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Abc => "ABC",
            Self::Flac => "FLAC",
            Self::Midi => "MIDI",
            Self::Pdf(_) => "PDF",
            Self::Png => "PNG",
            Self::Svg => "SVG",
            Self::Wav => "WAV",
        }
    }

    /// What it is for.
    pub(super) fn purpose(self) -> &'static str {
        match self {
            Self::Abc => "the text",
            Self::Flac => "smaller sound",
            Self::Midi => "for players",
            Self::Pdf(_) => "to print",
            Self::Png => "a picture",
            Self::Svg => "a drawing",
            Self::Wav => "the sound",
        }
    }

    /// The words of its line in the menu.
    pub(super) fn command(self) -> &'static str {
        match self {
            Self::Abc => "Save as…",
            Self::Flac => "Save as FLAC…",
            Self::Midi => "Save as MIDI…",
            Self::Pdf(_) => "Save as PDF…",
            Self::Png => "Save as PNG…",
            Self::Svg => "Save as SVG…",
            Self::Wav => "Save as WAV…",
        }
    }

    /// What is in the file; `manner` is how it is played, if the file sounds. What a sounding file is made from
    /// may be watched, and ended.
    ///
    /// # Errors
    /// A sentence that says why there can be no such file of this tune.
    pub(super) fn bytes(self, page: &Page, manner: &Manner, watch: &Arc<Watch>) -> Result<Vec<u8>, String> {
        let reading = page.reading_now();
        let tune = || reading.tune().ok_or("there is no tune in the text yet");
        match self {
            Self::Abc => Ok(page.abc().into_bytes()),
            Self::Flac => flac::write(sounded(tune()?, manner, watch)?, Depth::Sixteen)
                .map_err(|error| error.to_string()),
            Self::Midi => midi::write(&played(tune()?, manner)?).map_err(|error| error.to_string()),
            Self::Pdf(print) => print.bytes(tune()?),
            Self::Png => {
                let sheet = engrave(tune()?, &engrave::Options::default());
                png::write(&sheet, PNG_SCALE, &Colours::default()).map_err(|error| error.to_string())
            }
            Self::Svg => {
                let tune = tune()?;
                let sheet = engrave(tune, &engrave::Options::default());
                let title = tune.title().unwrap_or_default().to_owned();
                let options = svg::Options { title, ..svg::Options::default() };
                svg::write(&sheet, &options).map(String::into_bytes).map_err(|error| error.to_string())
            }
            Self::Wav => wav::write(sounded(tune()?, manner, watch)?, Depth::Sixteen)
                .map_err(|error| error.to_string()),
        }
    }
}

fn played(tune: &Tune, manner: &Manner) -> Result<Performance, String> {
    Performance::new(tune, &manner.options).map_err(|error| error.to_string())
}

fn sounded(tune: &Tune, manner: &Manner, watch: &Arc<Watch>) -> Result<Rendering, String> {
    let program = Arc::new(Program::new(&played(tune, manner)?));
    Ok(Rendering::new(program, manner.controls, SOUND_RATE).watched(Arc::clone(watch)))
}
