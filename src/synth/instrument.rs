//! The instruments, and what they can reach.

use super::instruments::{percussion, reeds, strings, winds};
use super::recipe::Recipe;
use crate::perform;

/// An instrument.
#[derive(Debug, Clone, Copy)]
pub struct Instrument {
    /// Its name in files and on the command line.
    pub id: &'static str,
    /// Its name for people.
    pub name: &'static str,
    /// What it can do with ornaments, its lowest written note and its number in General MIDI.
    pub playing: perform::Instrument,
    /// The highest written note that is easily played.
    pub highest: u8,
    /// The highest written note that can be played at a stretch.
    pub stretch: u8,
    /// Semitones from the written to the sounding note.
    pub sounds: i8,
    /// Whether it plays tunes.
    pub leads: bool,
    /// Whether it plays chords and basses.
    pub backs: bool,
    /// Pipes that sound on one note below the tune.
    pub drones: Option<Drones>,
    /// How its notes are made.
    pub recipe: Recipe,
}

/// Pipes that sound on one note below the tune.
#[derive(Debug, Clone, Copy)]
pub struct Drones {
    /// Their note; the ranks of the recipe are the pipes.
    pub pitch: u8,
    /// The semitones above C that may be a tune's home note for them to be let sound.
    pub homes: &'static [i32],
    /// How their note is made.
    pub recipe: &'static Recipe,
}

/// Whether a note can be played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It can.
    Easy,
    /// At a stretch.
    Stretch,
    /// Not on this instrument; it sounds all the same.
    Outside,
}

/// Two instruments are the same if they have the same name.
impl PartialEq for Instrument {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id
    }
}

impl Instrument {
    /// All instruments, in the order in which they are shown.
    pub fn all() -> &'static [Self] {
        const ALL: [Instrument; 16] = [
            winds::TIN_WHISTLE,
            winds::LOW_WHISTLE,
            winds::FLUTE,
            strings::FIDDLE,
            reeds::PIPES,
            reeds::CONCERTINA,
            reeds::ACCORDION,
            strings::HARP,
            strings::BANJO,
            strings::MANDOLIN,
            strings::PIANO,
            strings::GUITAR,
            strings::BOUZOUKI,
            winds::SINE,
            percussion::WOODBLOCK,
            percussion::BODHRAN,
        ];
        static INSTRUMENTS: [Instrument; 16] = ALL;
        &INSTRUMENTS
    }

    /// The instrument with this id.
    pub fn by_id(id: &str) -> Option<&'static Self> {
        Self::all().iter().find(|instrument| instrument.id == id)
    }

    /// Whether a written note can be played.
    pub fn reach(&self, pitch: u8) -> Reach {
        if pitch < self.playing.lowest || pitch > self.stretch {
            Reach::Outside
        } else if pitch > self.highest {
            Reach::Stretch
        } else {
            Reach::Easy
        }
    }
}
