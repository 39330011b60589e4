//! What counts and beats time. Pitches are those of the blocks and the skin.

use super::PLAIN;
use crate::perform;
use crate::synth::instrument::Instrument;
use crate::synth::recipe::{Attack, Decay, Noise, Ratios, Recipe, SILENT};

/// The woodblock.
pub const WOODBLOCK: Instrument = Instrument {
    id: "woodblock",
    name: "Woodblock",
    playing: perform::Instrument::PERCUSSION,
    highest: 127,
    stretch: 127,
    sounds: 0,
    leads: false,
    backs: false,
    drones: None,
    recipe: Recipe {
        ratios: Ratios::Modes(&[1.0, 1.51, 2.47, 3.9]),
        partials: &[0.0, -9.0, -10.0, -18.0],
        most: 4,
        attack: Attack { time: 0.001, ..PLAIN.attack },
        decay: Some(Decay { time: 0.16, by_octave: 0.5, by_partial: 0.4, after: None }),
        release: 0.2,
        noises: &[Noise { centre: 2_400.0, width: 2.0, burst: -12.0, time: 0.012, steady: SILENT }],
        level: 2.0,
        ..PLAIN
    },
};

/// The bodhrán.
pub const BODHRAN: Instrument = Instrument {
    id: "bodhran",
    name: "Bodhrán",
    sounds: -41,
    recipe: Recipe {
        // The modes of an ideal round skin.
        ratios: Ratios::Modes(&[1.0, 1.594, 2.136, 2.296, 2.653, 2.918, 3.156, 3.6]),
        partials: &[0.0, -3.0, -6.0, -9.0, -10.0, -13.0, -15.0, -18.0],
        most: 8,
        attack: Attack { time: 0.004, ..PLAIN.attack },
        decay: Some(Decay { time: 0.75, by_octave: 0.3, by_partial: 1.2, after: None }),
        release: 0.5,
        noises: &[Noise { centre: 700.0, width: 2.5, burst: -14.0, time: 0.04, steady: SILENT }],
        level: 5.0,
        ..PLAIN
    },
    ..WOODBLOCK
};
