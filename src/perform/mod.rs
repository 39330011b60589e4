//! A tune is played: what is written becomes notes in time.
//!
//! In: a [`crate::abc::Tune`] and [`Options`]. Out: a [`Performance`], the one time line that sound,
//! cursor, loop and MIDI share. Repeats, endings, parts, ties and tempo are worked out, and, unless it is
//! to be literal, what a player adds: swing, ornaments, accents, chords. It calls only [`crate::abc`] and
//! [`crate::music`]; it makes no sound, opens no file and knows no seconds but through the tempo map.

mod accents;
mod accidentals;
mod accompany;
pub mod chart;
mod dynamics;
mod form;
mod harmony;
mod jumps;
pub mod options;
mod order;
mod ornament;
pub mod performance;
mod positions;
mod score;
mod swing;
pub mod tempo;
pub mod tune_type;
mod walk;

pub use chart::{ChartError, chords, write_chords};
pub use options::{Accompaniment, Instrument, Options};
pub use performance::{Bar, Performance, Role, TimedNote, Track};
pub use tempo::{Clock, TempoMark};
pub use tune_type::TuneType;

use crate::music::Fraction;

/// How many notes a performance may have once repeats are played out.
pub const MOST_NOTES: usize = 100_000;

/// How many tunes may be played one after another.
pub const MOST_TUNES: usize = 4;

/// Why a tune cannot be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PerformError {
    /// Repeats and parts make too much of it.
    #[error(
        "played out, the tune is longer than {MOST_NOTES} notes: are repeats or the order of parts right?"
    )]
    TooLong,
    /// Lengths whose sum no number here can hold.
    #[error("the lengths of the notes are too great or too odd to be added up exactly")]
    Time,
    /// Not 1 to 3 times.
    #[error("a tune is played 1 to 3 times, not {0}")]
    Times(u8),
    /// Not 1 to 3.
    #[error("swing must be from 1 to 3, not {0}")]
    Swing(Fraction),
    /// Three lengths above 0 that add up to 3.
    #[error("the lilt of a jig must be three lengths above 0 that add up to 3")]
    Lilt,
    /// No tune, or more than a set has.
    #[error("a set has 1 to {MOST_TUNES} tunes, not {0}")]
    Tunes(usize),
}

/// The sum of two times.
fn add(a: Fraction, b: Fraction) -> Result<Fraction, PerformError> {
    a.checked_add(b).ok_or(PerformError::Time)
}

/// The time from `b` to `a`.
fn sub(a: Fraction, b: Fraction) -> Result<Fraction, PerformError> {
    a.checked_sub(b).ok_or(PerformError::Time)
}

/// A time made longer or shorter.
fn mul(a: Fraction, b: Fraction) -> Result<Fraction, PerformError> {
    a.checked_mul(b).ok_or(PerformError::Time)
}
