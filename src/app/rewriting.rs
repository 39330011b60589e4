//! What can be done with a whole tune: each rewrites its text, in one step that can be undone.

use super::undo::Deed;
use crate::abc::{Lengths, Target, Tune, reflow, scale_lengths, transpose};
use crate::music::{Letter, Name};
use crate::perform::{ChartError, write_chords};

/// A way to rewrite a tune.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rewriting {
    /// So many semitones up or, if negative, down.
    Transpose(i32),
    /// To the key on this note, in the same mode.
    ToKey(Name),
    /// Notes twice as long.
    Double,
    /// Notes half as long.
    Halve,
    /// So many bars a line.
    Bars(u32),
    /// Chord symbols found for the notes.
    Chords,
}

impl Rewriting {
    /// The bars a line that are offered.
    pub(super) const BARS: [Self; 4] = [Self::Bars(2), Self::Bars(4), Self::Bars(6), Self::Bars(8)];

    /// The keys that are offered, in the order of the letters: those fiddles and pipes play in, and
    /// some more.
    pub(super) fn keys() -> impl Iterator<Item = Name> {
        let natural = |letter| Name { letter, alter: 0 };
        let flats = [(Letter::E, -1), (Letter::B, -1)];
        let flats = flats.map(|(letter, alter)| Name { letter, alter });
        Letter::ALL.into_iter().map(natural).chain(flats)
    }

    /// Its line in the menu.
    pub(super) fn words(self) -> String {
        match self {
            Self::Transpose(1) => "A semitone up".to_owned(),
            Self::Transpose(-1) => "A semitone down".to_owned(),
            Self::Transpose(by) if by > 0 => format!("{by} semitones up"),
            Self::Transpose(by) => format!("{} semitones down", by.unsigned_abs()),
            Self::ToKey(name) => name.in_words(),
            Self::Double => "Notes twice as long".to_owned(),
            Self::Halve => "Notes half as long".to_owned(),
            Self::Bars(bars) => format!("{bars} bars a line"),
            Self::Chords => "Write chords".to_owned(),
        }
    }

    /// What undo calls it.
    pub(super) fn deed(self) -> Deed {
        match self {
            Self::Transpose(_) | Self::ToKey(_) => Deed::Transposing,
            Self::Double | Self::Halve => Deed::NoteLengths,
            Self::Bars(_) => Deed::Lines,
            Self::Chords => Deed::Chords,
        }
    }

    /// The text with the tune in it rewritten.
    ///
    /// # Errors
    /// If the tune cannot be rewritten so; the error says why.
    pub(super) fn of(self, text: &str, tune: &Tune) -> Result<String, ChartError> {
        Ok(match self {
            Self::Transpose(by) => transpose(text, tune, Target::Semitones(by))?,
            Self::ToKey(name) => transpose(text, tune, Target::Tonic(name))?,
            Self::Double => scale_lengths(text, tune, Lengths::Double)?,
            Self::Halve => scale_lengths(text, tune, Lengths::Halve)?,
            Self::Bars(bars) => reflow(text, tune, bars)?,
            Self::Chords => return write_chords(text, tune),
        })
    }
}
