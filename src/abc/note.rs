//! What takes time in a bar: notes, rests and chords; and what shapes them: grace notes and tuplets.

use std::ops::Range;

use super::Span;
use crate::music::{Accidental, Fraction, Letter};

/// A note as it is written.
///
/// What it sounds like depends on key and bar, which the writing does not know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Note {
    /// The letter.
    pub letter: Letter,
    /// The octave as scientists count: `C` is in octave 4, `c` and `C'` in octave 5 (§4.1).
    pub octave: i8,
    /// The accidental, if one is written (§4.2).
    pub accidental: Option<Accidental>,
    /// The length as written, in unit note lengths: `A3/2` is 3/2 (§4.3).
    pub written: Fraction,
    /// How long it lasts, as a fraction of a whole note, with broken rhythm, tuplets and, in a chord,
    /// the chord's own length counted in. In grace notes, the written length times the unit.
    pub duration: Fraction,
    /// Whether it is tied to the next note (§4.11).
    pub tie: Option<Tie>,
}

/// A tie from one note to the next of the same pitch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tie {
    /// `-`
    Solid,
    /// `.-`
    Dotted,
}

/// A rest (§4.5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rest {
    /// `z` is seen, `x` is not.
    pub visible: bool,
    /// The length as written, in unit note lengths.
    pub written: Fraction,
    /// How long it lasts, as a fraction of a whole note.
    pub duration: Fraction,
}

/// Notes struck together: `[CEG]2` (§4.17).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChordNotes {
    /// The notes in the order written. Each has its own length, and a duration with the chord's
    /// length counted in. Normally at least one.
    pub notes: Vec<(Span, Note)>,
    /// The length written after the bracket, in unit note lengths.
    pub written: Fraction,
    /// How long the chord lasts: as long as its first note.
    pub duration: Fraction,
    /// A tie after the bracket: of every note.
    pub tie: Option<Tie>,
}

/// Grace notes before a note: `{gef}` (§4.20). They take no time in the bar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grace {
    /// `{/g}`: an acciaccatura.
    pub slashed: bool,
    /// The notes; those of a chord follow each other.
    pub notes: Vec<(Span, Note)>,
    /// The chords, each by the places of its notes, in order.
    pub chords: Vec<Range<usize>>,
}

/// The start of a tuplet: `count` notes in the time of `time` (§4.13). Durations of the notes have
/// it counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tuplet {
    /// p: the number that is shown.
    pub count: u8,
    /// q: in the time of how many.
    pub time: u8,
    /// r: how many of the notes, chords and rests that follow belong to it.
    pub notes: u8,
}
