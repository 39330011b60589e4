//! Uilleann pipes, concertina and accordion.

use super::PLAIN;
use crate::perform;
use crate::synth::instrument::{Drones, Instrument};
use crate::synth::recipe::{Attack, Noise, Recipe, SILENT, Vibrato};

/// The uilleann pipes: a chanter in D with its drones.
pub const PIPES: Instrument = Instrument {
    id: "pipes",
    name: "Uilleann pipes",
    playing: perform::Instrument::PIPES,
    highest: 86,
    stretch: 86,
    sounds: 0,
    leads: true,
    backs: false,
    // D and G.
    drones: Some(Drones { pitch: 50, homes: &[2, 7], recipe: &DRONES }),
    recipe: Recipe {
        partials: &[-2.0, 1.0, 3.0, 3.0, 1.0, 0.0, -2.0, -5.0, -8.0, -11.0, -13.0, -16.0],
        slope: -15.0,
        most: 28,
        body: &[
            (250.0, -4.0),
            (600.0, 0.0),
            (1_000.0, 5.0),
            (1_500.0, 1.0),
            (2_300.0, 0.0),
            (3_000.0, 4.0),
            (4_200.0, -4.0),
            (7_000.0, -16.0),
            (12_000.0, -34.0),
        ],
        ripple: 1.5,
        duller_up: -1.5,
        brighter_loud: 1.5,
        attack: Attack { time: 0.014, by_partial: 0.1, extra: &[-3.0, -1.0, 1.0, 2.0], extra_time: 0.03 },
        release: 0.025,
        vibrato: Some(Vibrato { rate: 5.4, cents: 6.0, decibels: 0.6, delay: 0.4 }),
        waver: (2.5, 0.4),
        noises: &[Noise { centre: 3_000.0, width: 1.5, burst: -32.0, time: 0.03, steady: -48.0 }],
        level: -1.0,
        ..PLAIN
    },
};

/// Bass, baritone and tenor drone, an octave apart: single reeds in cylindrical pipes, whose odd partials
/// are the strong ones.
static DRONES: Recipe = Recipe {
    partials: &[0.0, -9.0, -2.0, -11.0, -5.0, -13.0, -9.0, -16.0, -12.0, -19.0, -16.0, -22.0],
    slope: -12.0,
    most: 16,
    body: &[(60.0, -4.0), (200.0, 0.0), (900.0, 0.0), (2_000.0, -8.0), (5_000.0, -24.0)],
    ripple: 1.0,
    ranks: &[(-1_200.0, 0.0), (0.8, -2.0), (1_199.3, -6.0)],
    attack: Attack { time: 0.25, ..PLAIN.attack },
    release: 0.3,
    waver: (1.0, 0.3),
    level: -12.0,
    ..PLAIN
};

/// The concertina: one reed a note.
pub const CONCERTINA: Instrument = Instrument {
    id: "concertina",
    name: "Concertina",
    playing: perform::Instrument::CONCERTINA,
    highest: 86,
    stretch: 86,
    sounds: 0,
    leads: true,
    backs: false,
    drones: None,
    recipe: Recipe {
        partials: &[0.0, -3.0, -1.0, -6.0, -4.0, -9.0, -8.0, -12.0, -12.0, -15.0, -16.0, -18.0],
        slope: -13.0,
        most: 30,
        body: &[
            (150.0, -6.0),
            (500.0, -1.0),
            (900.0, 1.0),
            (1_600.0, 5.0),
            (2_600.0, 3.0),
            (4_500.0, -6.0),
            (9_000.0, -18.0),
        ],
        ripple: 1.5,
        duller_up: -2.5,
        brighter_loud: 2.5,
        attack: Attack { time: 0.028, by_partial: 0.25, extra: &[], extra_time: 0.05 },
        release: 0.03,
        waver: (0.5, 0.5),
        noises: &[
            Noise { centre: 420.0, width: 1.5, burst: -26.0, time: 0.03, steady: SILENT },
            Noise { centre: 2_500.0, width: 2.0, burst: -38.0, time: 0.03, steady: -52.0 },
        ],
        level: -1.0,
        ..PLAIN
    },
};

/// The two-row accordion in B and C: two reeds a note, tuned a little apart.
pub const ACCORDION: Instrument = Instrument {
    id: "accordion",
    name: "Accordion",
    playing: perform::Instrument::ACCORDION,
    recipe: Recipe {
        partials: &[0.0, 2.0, -2.0, -4.0, -7.0, -9.0, -12.0, -14.0, -17.0, -19.0, -22.0, -24.0],
        slope: -14.0,
        most: 22,
        body: &[
            (150.0, -3.0),
            (350.0, 2.0),
            (700.0, 1.0),
            (1_200.0, -1.0),
            (2_500.0, -3.0),
            (4_000.0, -9.0),
            (8_000.0, -24.0),
        ],
        ripple: 1.5,
        duller_up: -2.0,
        brighter_loud: 3.0,
        ranks: &[(-0.5, 0.0), (0.5, -3.5)],
        tuned_ranks: true,
        attack: Attack { time: 0.05, by_partial: 0.2, extra: &[], extra_time: 0.05 },
        release: 0.05,
        waver: (0.4, 0.8),
        noises: &[Noise { centre: 300.0, width: 1.5, burst: -28.0, time: 0.05, steady: -60.0 }],
        level: 0.0,
        ..PLAIN
    },
    ..CONCERTINA
};
