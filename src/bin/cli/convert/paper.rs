//! How tunes are engraved for a file of sheet music.

use reelsmith::abc::Tune;
use reelsmith::engrave::{Breaks, Options, Sheet, engrave};
use reelsmith::export::colours::Colours;
use reelsmith::export::pages::{Layout, Paper};
use reelsmith::export::pdf::{self, Piece};
use reelsmith::export::{png, svg};

use super::{ConvertError, Format};

/// Pixels a staff space of a PNG: 300 dots an inch for staves of 7 mm.
const SCALE: f32 = 20.0;

/// How a tune is engraved.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "For sheet music")]
pub(crate) struct Sheets {
    /// Bars a line, 1 to 64 [default: lines as the text has them]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    bars: Option<u16>,
    /// The height of a staff in millimetres, 3 to 20 [default: 7]
    #[arg(long, value_name = "MM", value_parser = within::<3, 20>)]
    staff: Option<f32>,
    /// SVG and PNG: the sheet's width in millimetres, 40 to 1000 [default: 180]
    #[arg(long, value_name = "MM", value_parser = within::<40, 1000>)]
    width: Option<f32>,
    /// PNG: pixels from one line of a staff to the next, 2 to 200 [default: 20]
    #[arg(long, value_name = "PIXELS", value_parser = within::<2, 200>)]
    scale: Option<f32>,
    /// PDF: the size of the paper [default: a4]
    #[arg(long, value_enum)]
    paper: Option<PaperName>,
    /// PDF: what the book is called, printed below its pages
    #[arg(long, value_name = "TEXT")]
    title: Option<String>,
}

/// The sizes of paper.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
pub(crate) enum PaperName {
    /// 210 × 297 mm
    A4,
    /// 8½ × 11 inches
    Letter,
}

impl PaperName {
    /// Its size.
    pub(crate) fn paper(self) -> Paper {
        match self {
            Self::A4 => Paper::A4,
            Self::Letter => Paper::LETTER,
        }
    }
}

/// A number from `LEAST` to `MOST`.
fn within<const LEAST: u16, const MOST: u16>(text: &str) -> Result<f32, String> {
    let number = text.parse().map_err(|_| "it is not a number".to_owned())?;
    if (f32::from(LEAST)..=f32::from(MOST)).contains(&number) {
        Ok(number)
    } else {
        Err(format!("it has to be from {LEAST} to {MOST}"))
    }
}

impl Sheets {
    /// The first of its options that was given and that files of this form have no use for.
    pub(super) fn useless(&self, format: Format) -> Option<&'static str> {
        let music = format == Format::Midi || format.sounds();
        let (svg, png, pdf) = (format == Format::Svg, format == Format::Png, format == Format::Pdf);
        [
            (self.bars.is_some() && music, "--bars"),
            (self.staff.is_some() && music, "--staff"),
            (self.width.is_some() && !svg && !png, "--width"),
            (self.scale.is_some() && !png, "--scale"),
            (self.paper.is_some() && !pdf, "--paper"),
            (self.title.is_some() && !pdf, "--title"),
        ]
        .into_iter()
        .find_map(|(useless, name)| useless.then_some(name))
    }

    /// Millimetres of a staff space.
    fn space(&self) -> f32 {
        self.staff.unwrap_or(7.0) / 4.0
    }

    /// A sheet of this width in staff spaces.
    fn engrave(&self, tune: &Tune, width: f32, margin: f32) -> Sheet {
        let breaks = self.bars.map_or(Breaks::Text, Breaks::Bars);
        engrave(tune, &Options { width, margin, breaks, ..Options::default() })
    }

    /// A sheet for a picture.
    fn picture(&self, tune: &Tune) -> Sheet {
        self.engrave(tune, self.width.unwrap_or(180.0) / self.space(), 1.0)
    }

    /// The bytes of an SVG file.
    pub(super) fn svg(&self, tune: &Tune) -> Result<Vec<u8>, ConvertError> {
        let sheet = self.picture(tune);
        let options = svg::Options {
            title: tune.title().unwrap_or_default().to_owned(),
            description: description(tune, &sheet),
            space: svg::Space::Millimetres(self.space()),
            colours: Colours::default(),
        };
        Ok(svg::write(&sheet, &options)?.into_bytes())
    }

    /// The bytes of a PNG file.
    pub(super) fn png(&self, tune: &Tune) -> Result<Vec<u8>, ConvertError> {
        Ok(png::write(&self.picture(tune), self.scale.unwrap_or(SCALE), &Colours::default())?)
    }

    fn layout(&self) -> Layout {
        let paper = self.paper.map_or(Paper::A4, PaperName::paper);
        Layout { paper, space: self.space(), ..Layout::default() }
    }

    /// The sheet of a tune for a page.
    pub(super) fn page_sheet(&self, tune: &Tune) -> Page {
        let titles = tune.fields.iter().filter(|field| field.letter == 'T');
        let titles = titles.map(|field| field.text.clone()).filter(|title| !title.is_empty());
        Page { sheet: self.engrave(tune, self.layout().sheet_width(), 0.0), titles: titles.collect() }
    }

    /// The bytes of a PDF file with all the sheets.
    pub(super) fn pdf(&self, sheets: &[Page]) -> Result<Vec<u8>, ConvertError> {
        let pieces: Vec<Piece<'_>> =
            sheets.iter().map(|page| Piece { sheet: &page.sheet, titles: page.titles.clone() }).collect();
        let title = self.title.clone().unwrap_or_default();
        Ok(pdf::write(&pieces, &pdf::Options { title, layout: self.layout(), ..pdf::Options::default() })?)
    }
}

/// A tune engraved for a page.
pub(super) struct Page {
    sheet: Sheet,
    titles: Vec<String>,
}

/// What is on a sheet, for those who cannot see it.
fn description(tune: &Tune, sheet: &Sheet) -> String {
    let bars: usize = sheet.systems.iter().map(|system| system.bars.len()).sum();
    let lines = sheet.systems.len();
    let kind = tune.rhythm().map(|rhythm| format!(" of a {}", rhythm.to_lowercase())).unwrap_or_default();
    let (bar, line) = (if bars == 1 { "bar" } else { "bars" }, if lines == 1 { "line" } else { "lines" });
    format!("Sheet music{kind}: {bars} {bar} in {lines} {line}")
}
