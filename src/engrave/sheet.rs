//! What is on the paper: ink at places, and which bars and notes it makes.

use std::ops::Range;

use crate::abc::Span;

/// A place on the sheet in staff spaces, the distance of two staff lines: x to the right, y down, from
/// the sheet's upper left corner.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Point {
    /// To the right.
    pub x: f32,
    /// Down.
    pub y: f32,
}

/// An upright rectangle in staff spaces.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Rect {
    /// The upper left corner.
    pub min: Point,
    /// The lower right corner.
    pub max: Point,
}

/// A sheet of music of a given width and whatever height the music takes.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Sheet {
    /// In staff spaces.
    pub width: f32,
    /// In staff spaces.
    pub height: f32,
    /// All that is drawn, in drawing order. What stands above the first system comes first, then system
    /// by system, and at last what stands below.
    pub items: Vec<Item>,
    /// The systems from top to bottom.
    pub systems: Vec<System>,
}

/// A system: the staves that sound together, across the sheet once.
#[derive(Debug, Clone, PartialEq)]
pub struct System {
    /// Everything drawn for it, lyrics and endings too.
    pub extent: Rect,
    /// From the top line of the first staff to the bottom line of the last, margin to margin.
    pub staves: Rect,
    /// Its items among [`Sheet::items`].
    pub items: Range<usize>,
    /// Its bars from left to right.
    pub bars: Vec<BarBox>,
}

/// A bar on the sheet, through all staves of its system.
#[derive(Debug, Clone, PartialEq)]
pub struct BarBox {
    /// Its place in the tune, from 0: bars are counted as they are written, a pickup too.
    pub number: usize,
    /// From bar line to bar line, as high as the staves.
    pub extent: Rect,
    /// The bytes of the first voice between its bar lines.
    pub span: Span,
}

/// One drawn thing.
#[derive(Debug, Clone, PartialEq)]
pub struct Item {
    /// What is drawn.
    pub ink: Ink,
    /// What it means, and so its colour.
    pub role: Role,
    /// The bytes it was written with; `None` for what the text does not say, such as staff lines.
    pub span: Option<Span>,
}

/// What a thing on the sheet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// Staff and ledger lines.
    StaffLine,
    /// Bar lines with their dots, and braces.
    BarLine,
    /// Clefs, key signatures, metres.
    Signature,
    /// Heads, dots, accidentals, stems, flags, beams and grace notes: what sounds.
    Note,
    /// Rests.
    Rest,
    /// Ties, slurs, tuplet brackets, ornaments, dynamics, endings, segno and coda.
    Mark,
    /// Chord symbols.
    Chord,
    /// Words: title, composer, tempo, parts, annotations, lyrics, bar numbers.
    Words,
}

/// A shape in staff spaces. Everything is in one colour, that of its [`Role`].
#[derive(Debug, Clone, PartialEq)]
pub enum Ink {
    /// A sign of the music font, its origin at `at`.
    Glyph {
        /// The code point in SMuFL's private area.
        code: char,
        /// Its origin.
        at: Point,
        /// 1 for full size: 4 staff spaces an em.
        scale: f32,
    },
    /// A straight stroke with square ends.
    Line {
        /// One end of its middle.
        from: Point,
        /// The other.
        to: Point,
        /// Its width.
        thickness: f32,
        /// Lengths of dash and gap; `None` for an unbroken line.
        dash: Option<(f32, f32)>,
    },
    /// A filled polygon: a beam, a thick bar line.
    Polygon(Vec<Point>),
    /// A filled shape between two cubic Bézier curves that share their ends: a tie, a slur.
    Crescent {
        /// The outer curve.
        outer: [Point; 4],
        /// The inner curve, from the same start to the same end.
        inner: [Point; 4],
    },
    /// Words on one line.
    Text {
        /// The words.
        text: String,
        /// Where the line of writing begins, ends or has its middle.
        at: Point,
        /// Which of the three.
        align: Align,
        /// The face.
        face: Face,
        /// The height of an em.
        size: f32,
    },
}

/// Which point of a line of words stands at the given place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Its beginning.
    Left,
    /// Its middle.
    Middle,
    /// Its end.
    Right,
}

/// The faces words are set in; [`super::text`] has the fonts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Face {
    /// Serif: lyrics, composer.
    Roman,
    /// Serif, slanted: tune type, annotations.
    Italic,
    /// Serif, bold: title, tempo, section letters.
    Bold,
    /// Sans: chord symbols, bar numbers, fingering.
    Sans,
}
