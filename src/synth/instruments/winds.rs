//! Whistles, flute and the plain sine.

use super::PLAIN;
use crate::perform;
use crate::synth::instrument::Instrument;
use crate::synth::recipe::{Attack, Noise, Recipe, Vibrato};

/// The tin whistle in D. It sounds an octave above its notes.
pub const TIN_WHISTLE: Instrument = Instrument {
    id: "whistle",
    name: "Tin whistle",
    playing: perform::Instrument::WHISTLE,
    highest: 83,
    stretch: 86,
    sounds: 12,
    leads: true,
    backs: false,
    drones: None,
    recipe: Recipe {
        partials: &[0.0, -13.0, -19.0, -30.0, -36.0, -42.0, -48.0],
        slope: -18.0,
        most: 8,
        duller_up: -4.0,
        brighter_loud: 3.0,
        attack: Attack { time: 0.018, by_partial: 0.3, extra: &[-4.0, 9.0, 7.0], extra_time: 0.04 },
        release: 0.035,
        vibrato: Some(Vibrato { rate: 5.2, cents: 7.0, decibels: 0.5, delay: 0.3 }),
        waver: (1.5, 0.4),
        noises: &[Noise { centre: 4_500.0, width: 1.2, burst: -22.0, time: 0.05, steady: -42.0 }],
        level: -2.0,
        louder_up: 0.7,
        ..PLAIN
    },
};

/// The low whistle in D.
pub const LOW_WHISTLE: Instrument = Instrument {
    id: "low-whistle",
    name: "Low whistle",
    playing: perform::Instrument::LOW_WHISTLE,
    sounds: 0,
    recipe: Recipe {
        partials: &[0.0, -11.0, -15.0, -27.0, -32.0, -40.0, -46.0, -52.0],
        slope: -18.0,
        most: 10,
        duller_up: -3.0,
        brighter_loud: 3.0,
        attack: Attack { time: 0.055, by_partial: 0.2, extra: &[-2.0, 8.0, 5.0], extra_time: 0.07 },
        release: 0.07,
        vibrato: Some(Vibrato { rate: 4.6, cents: 12.0, decibels: 1.0, delay: 0.25 }),
        waver: (2.0, 0.6),
        noises: &[Noise { centre: 1_900.0, width: 1.4, burst: -19.0, time: 0.1, steady: -33.0 }],
        level: 0.0,
        louder_up: 0.7,
        ..PLAIN
    },
    ..TIN_WHISTLE
};

/// The wooden flute in D.
pub const FLUTE: Instrument = Instrument {
    id: "flute",
    name: "Wooden flute",
    playing: perform::Instrument::FLUTE,
    sounds: 0,
    recipe: Recipe {
        partials: &[-2.0, 1.0, -3.0, -9.0, -13.0, -18.0, -21.0, -27.0, -30.0, -35.0, -39.0, -43.0],
        slope: -16.0,
        most: 16,
        duller_up: -5.0,
        brighter_loud: 5.0,
        attack: Attack { time: 0.065, by_partial: 0.3, extra: &[0.0, 4.0, 2.0], extra_time: 0.06 },
        release: 0.06,
        vibrato: Some(Vibrato { rate: 4.9, cents: 4.0, decibels: 0.9, delay: 0.35 }),
        waver: (1.5, 0.5),
        noises: &[Noise { centre: 2_800.0, width: 1.4, burst: -26.0, time: 0.08, steady: -40.0 }],
        level: 0.0,
        louder_up: 0.5,
        ..PLAIN
    },
    ..TIN_WHISTLE
};

/// A plain sine, for the ear and for measuring.
pub const SINE: Instrument = Instrument {
    id: "sine",
    name: "Plain sine",
    playing: perform::Instrument::SINE,
    highest: 108,
    stretch: 127,
    sounds: 0,
    recipe: Recipe {
        most: 1,
        level: -1.0,
        attack: Attack { time: 0.01, ..PLAIN.attack },
        release: 0.02,
        ..PLAIN
    },
    ..TIN_WHISTLE
};
