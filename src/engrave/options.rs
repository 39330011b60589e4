//! How a sheet is to look.

/// How a sheet is to look. The default is a tune as in a printed tunebook.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// The sheet's width in staff spaces; it is taken to 20 to 2,000. 108 are the printed width of an A4
    /// page at a staff of 7 mm.
    pub width: f32,
    /// The room left free at both sides, in staff spaces; it is taken to 0 to a quarter of the width.
    pub margin: f32,
    /// Where systems end.
    pub breaks: Breaks,
    /// Print the title, tune type, composer and tempo.
    pub heading: bool,
    /// Number the bars.
    pub bar_numbers: BarNumbers,
    /// Mark sections with letters where the text marks none with `P:`.
    pub section_letters: bool,
    /// In brackets, remind of the key's own note where the bar before had another.
    pub cautionary_accidentals: bool,
    /// Print chord symbols.
    pub chords: bool,
    /// Print words under notes.
    pub lyrics: bool,
    /// Print annotations.
    pub annotations: bool,
    /// Stretch the last system too.
    pub stretch_last: bool,
    /// How wide notes are set, 0.5 to 2: 1 is usual.
    pub spacing: f32,
}

/// Where systems end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Breaks {
    /// Where the text's lines of music end, and wherever such a line is too long.
    #[default]
    Text,
    /// After so many bars, or fewer where they do not fit; 0 is taken as 1. A pickup does not count.
    Bars(u16),
    /// After as many bars as look well, at the ends of sections rather than elsewhere.
    Fit,
}

/// Which bars have a number above them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BarNumbers {
    /// None.
    #[default]
    Off,
    /// The first of each system but the first.
    Systems,
    /// All.
    All,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            width: 108.0,
            margin: 1.0,
            breaks: Breaks::Text,
            heading: true,
            bar_numbers: BarNumbers::Off,
            section_letters: false,
            cautionary_accidentals: false,
            chords: true,
            lyrics: true,
            annotations: true,
            stretch_last: false,
            spacing: 1.0,
        }
    }
}

impl Options {
    /// With every number within its range.
    pub(super) fn in_range(&self) -> Self {
        let clamp = |value: f32, least: f32, most: f32, usual: f32| {
            if value.is_finite() { value.clamp(least, most) } else { usual }
        };
        let width = clamp(self.width, 20.0, 2_000.0, 108.0);
        let margin = clamp(self.margin, 0.0, width / 4.0, 1.0);
        Self { width, margin, spacing: clamp(self.spacing, 0.5, 2.0, 1.0), ..self.clone() }
    }
}
