//! What can be changed while it sounds.

use super::instrument::Instrument;
use super::instruments::{percussion, strings, winds};

/// What can be changed while it sounds. Instruments, transposition and tuning hold for notes that begin later.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Controls {
    /// Times the performance's own tempo, [`Controls::TEMPO`].
    pub tempo: f64,
    /// Semitones up, to two octaves either way.
    pub transpose: i8,
    /// What plays the tune.
    pub melody: &'static Instrument,
    /// What plays chords and basses.
    pub accompaniment: &'static Instrument,
    /// Whether chords and basses are played.
    pub accompanied: bool,
    /// What counts in and beats time.
    pub beat: &'static Instrument,
    /// Whether every beat is clicked. A count-in always is.
    pub metronome: bool,
    /// Whether drones sound, where the instrument has them and the key allows them.
    pub drones: bool,
    /// Cents between the reeds of an accordion's note, 0 to 8.
    pub reed_tuning: f32,
    /// Loudness.
    pub volumes: Volumes,
    /// How much of the room is heard, 0 to 1; the usual room is 0.5.
    pub room: f32,
}

/// Loudness as factors, 0 to 2; 1 is usual.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Volumes {
    /// Of everything.
    pub master: f32,
    /// Of the tune, with its drones.
    pub melody: f32,
    /// Of chords and basses.
    pub accompaniment: f32,
    /// Of the metronome and the count-in.
    pub metronome: f32,
}

impl Default for Volumes {
    fn default() -> Self {
        Self { master: 1.0, melody: 1.0, accompaniment: 1.0, metronome: 1.0 }
    }
}

impl Default for Controls {
    fn default() -> Self {
        Self {
            tempo: 1.0,
            transpose: 0,
            melody: &winds::FLUTE,
            accompaniment: &strings::GUITAR,
            accompanied: true,
            beat: &percussion::WOODBLOCK,
            metronome: false,
            drones: true,
            reed_tuning: 4.0,
            volumes: Volumes::default(),
            room: 0.5,
        }
    }
}

impl Controls {
    /// The slowest and the fastest tempo.
    pub const TEMPO: (f64, f64) = (0.25, 3.0);

    /// Every control within its range; what is no number is as usual.
    pub fn within_range(self) -> Self {
        let usual = Self::default();
        let factor = |value: f32| if value.is_nan() { 1.0 } else { value.clamp(0.0, 2.0) };
        let or = |value: f32, usual: f32, most: f32| {
            if value.is_nan() { usual } else { value.clamp(0.0, most) }
        };
        let tempo = if self.tempo.is_nan() { usual.tempo } else { self.tempo };
        Self {
            tempo: tempo.clamp(Self::TEMPO.0, Self::TEMPO.1),
            transpose: self.transpose.clamp(-24, 24),
            reed_tuning: or(self.reed_tuning, usual.reed_tuning, 8.0),
            room: or(self.room, usual.room, 1.0),
            volumes: Volumes {
                master: factor(self.volumes.master),
                melody: factor(self.volumes.melody),
                accompaniment: factor(self.volumes.accompaniment),
                metronome: factor(self.volumes.metronome),
            },
            ..self
        }
    }
}
