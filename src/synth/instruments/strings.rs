//! Bowed, plucked and struck strings.

use super::PLAIN;
use crate::perform;
use crate::synth::instrument::Instrument;
use crate::synth::recipe::{Attack, Decay, Noise, Ratios, Recipe, SILENT, Vibrato};

/// The fiddle.
pub const FIDDLE: Instrument = Instrument {
    id: "fiddle",
    name: "Fiddle",
    playing: perform::Instrument::FIDDLE,
    highest: 83,
    stretch: 88,
    sounds: 0,
    leads: true,
    backs: false,
    drones: None,
    recipe: Recipe {
        // A bowed string: partial n is 1/n of the first.
        slope: -6.0,
        most: 44,
        body: &[
            (150.0, -14.0),
            (200.0, -7.0),
            (275.0, 3.0),
            (340.0, -3.0),
            (460.0, 4.0),
            (550.0, 5.0),
            (700.0, -1.0),
            (1_000.0, 0.0),
            (1_400.0, -3.0),
            (2_000.0, 0.0),
            (2_500.0, 4.0),
            (3_000.0, 1.0),
            (4_000.0, -8.0),
            (6_000.0, -16.0),
            (10_000.0, -30.0),
        ],
        ripple: 3.0,
        brighter_loud: 3.0,
        attack: Attack { time: 0.07, by_partial: 0.15, extra: &[-3.0, 0.0, 1.0, 2.0], extra_time: 0.06 },
        release: 0.08,
        vibrato: Some(Vibrato { rate: 5.7, cents: 12.0, decibels: 0.3, delay: 0.22 }),
        waver: (2.0, 0.7),
        noises: &[
            Noise { centre: 3_200.0, width: 2.0, burst: -26.0, time: 0.07, steady: -42.0 },
            Noise { centre: 700.0, width: 1.5, burst: -30.0, time: 0.05, steady: -50.0 },
        ],
        level: -1.0,
        ..PLAIN
    },
};

/// The harp, with all its strings in reach.
pub const HARP: Instrument = Instrument {
    id: "harp",
    name: "Harp",
    playing: perform::Instrument::HARP,
    highest: 93,
    stretch: 98,
    backs: true,
    recipe: Recipe {
        ratios: Ratios::Stiff(0.000_05),
        slope: -10.0,
        most: 24,
        plucked_at: Some(0.42),
        body: &[(80.0, -4.0), (180.0, 2.0), (400.0, 1.0), (900.0, 0.0), (2_000.0, -5.0), (5_000.0, -20.0)],
        ripple: 1.5,
        duller_up: -1.0,
        brighter_loud: 4.0,
        attack: Attack { time: 0.006, ..PLAIN.attack },
        decay: Some(Decay { time: 5.5, by_octave: 0.7, by_partial: 0.6, after: None }),
        release: 1.1,
        noises: &[Noise { centre: 900.0, width: 2.0, burst: -32.0, time: 0.03, steady: SILENT }],
        level: 1.5,
        louder_up: 1.5,
        ..PLAIN
    },
    ..PLUCKED
};

/// What plucked instruments share.
const PLUCKED: Instrument = Instrument { recipe: PLAIN, ..FIDDLE };

/// The tenor banjo, tuned an octave below the fiddle; it sounds an octave below its notes.
pub const BANJO: Instrument = Instrument {
    id: "banjo",
    name: "Tenor banjo",
    playing: perform::Instrument::BANJO,
    sounds: -12,
    recipe: Recipe {
        ratios: Ratios::Stiff(0.000_1),
        slope: -4.5,
        most: 40,
        plucked_at: Some(0.1),
        body: &[
            (90.0, -14.0),
            (200.0, -5.0),
            (350.0, 1.0),
            (600.0, 5.0),
            (900.0, 4.0),
            (1_500.0, 1.0),
            (2_800.0, 3.0),
            (4_500.0, -3.0),
            (8_000.0, -18.0),
        ],
        ripple: 3.0,
        brighter_loud: 3.0,
        attack: Attack { time: 0.002, ..PLAIN.attack },
        decay: Some(Decay { time: 1.25, by_octave: 0.5, by_partial: 0.35, after: None }),
        release: 0.1,
        noises: &[
            Noise { centre: 3_200.0, width: 2.0, burst: -15.0, time: 0.025, steady: SILENT },
            Noise { centre: 500.0, width: 1.5, burst: -22.0, time: 0.05, steady: SILENT },
        ],
        level: 6.5,
        ..PLAIN
    },
    ..PLUCKED
};

/// The mandolin: pairs of strings.
pub const MANDOLIN: Instrument = Instrument {
    id: "mandolin",
    name: "Mandolin",
    playing: perform::Instrument::MANDOLIN,
    recipe: Recipe {
        ratios: Ratios::Stiff(0.000_08),
        slope: -7.0,
        most: 24,
        plucked_at: Some(0.17),
        body: &[
            (150.0, -8.0),
            (260.0, 3.0),
            (420.0, 3.0),
            (800.0, -1.0),
            (1_500.0, 1.0),
            (2_600.0, 1.0),
            (5_000.0, -9.0),
            (10_000.0, -24.0),
        ],
        ripple: 2.0,
        brighter_loud: 3.0,
        ranks: &[(-0.35, 0.0), (0.35, -3.0)],
        attack: Attack { time: 0.003, ..PLAIN.attack },
        decay: Some(Decay { time: 1.9, by_octave: 0.5, by_partial: 0.5, after: None }),
        release: 0.18,
        noises: &[Noise { centre: 4_000.0, width: 2.0, burst: -23.0, time: 0.015, steady: SILENT }],
        level: 3.5,
        ..PLAIN
    },
    ..PLUCKED
};

/// The piano.
pub const PIANO: Instrument = Instrument {
    id: "piano",
    name: "Piano",
    playing: perform::Instrument::PIANO,
    highest: 108,
    stretch: 108,
    backs: true,
    recipe: Recipe {
        ratios: Ratios::Stiff(0.000_6),
        slope: -8.5,
        most: 24,
        plucked_at: Some(0.125),
        body: &[(60.0, -8.0), (120.0, 0.0), (500.0, 1.0), (1_200.0, 0.0), (2_500.0, -6.0), (6_000.0, -24.0)],
        ripple: 1.5,
        duller_up: -2.0,
        brighter_loud: 6.0,
        ranks: &[(-0.12, 0.0), (0.12, -3.0)],
        attack: Attack { time: 0.004, ..PLAIN.attack },
        decay: Some(Decay { time: 9.0, by_octave: 0.7, by_partial: 0.65, after: Some((-14.0, 2.5)) }),
        release: 0.16,
        noises: &[Noise { centre: 350.0, width: 2.0, burst: -24.0, time: 0.06, steady: SILENT }],
        level: 2.0,
        ..PLAIN
    },
    ..PLUCKED
};

/// The steel-string guitar.
pub const GUITAR: Instrument = Instrument {
    id: "guitar",
    name: "Guitar",
    playing: perform::Instrument::GUITAR,
    highest: 76,
    stretch: 84,
    sounds: 0,
    leads: true,
    backs: true,
    recipe: Recipe {
        ratios: Ratios::Stiff(0.000_06),
        slope: -7.5,
        most: 24,
        plucked_at: Some(0.19),
        body: &[
            (70.0, -4.0),
            (105.0, 4.0),
            (160.0, 0.0),
            (210.0, 4.0),
            (400.0, 0.0),
            (1_000.0, -1.0),
            (2_500.0, -3.0),
            (5_000.0, -12.0),
            (9_000.0, -26.0),
        ],
        ripple: 2.0,
        brighter_loud: 4.0,
        attack: Attack { time: 0.004, ..PLAIN.attack },
        decay: Some(Decay { time: 4.5, by_octave: 0.6, by_partial: 0.5, after: None }),
        release: 0.2,
        noises: &[Noise { centre: 2_800.0, width: 2.0, burst: -26.0, time: 0.015, steady: SILENT }],
        level: 2.0,
        ..PLAIN
    },
    ..PLUCKED
};

/// The bouzouki: pairs of strings, brighter than the guitar.
pub const BOUZOUKI: Instrument = Instrument {
    id: "bouzouki",
    name: "Bouzouki",
    playing: perform::Instrument::BOUZOUKI,
    recipe: Recipe {
        slope: -6.0,
        most: 20,
        plucked_at: Some(0.13),
        body: &[
            (80.0, -8.0),
            (150.0, 2.0),
            (300.0, 3.0),
            (700.0, 0.0),
            (1_500.0, 2.0),
            (3_000.0, 0.0),
            (6_000.0, -10.0),
            (10_000.0, -24.0),
        ],
        ranks: &[(-0.45, 0.0), (0.45, -3.0)],
        attack: Attack { time: 0.003, ..PLAIN.attack },
        decay: Some(Decay { time: 4.2, by_octave: 0.6, by_partial: 0.4, after: None }),
        release: 0.22,
        noises: &[Noise { centre: 3_600.0, width: 2.0, burst: -24.0, time: 0.012, steady: SILENT }],
        level: 3.5,
        ..GUITAR.recipe
    },
    ..GUITAR
};
