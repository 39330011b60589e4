//! The instruments' data. `docs/sound.md` says where the figures come from.

pub mod percussion;
pub mod reeds;
pub mod strings;
pub mod winds;

use super::recipe::{Attack, Ratios, Recipe};

/// What most recipes begin with: harmonic partials, one rank, nothing added.
const PLAIN: Recipe = Recipe {
    ratios: Ratios::Harmonic,
    partials: &[0.0],
    slope: -12.0,
    most: 40,
    plucked_at: None,
    body: &[],
    ripple: 0.0,
    duller_up: 0.0,
    brighter_loud: 0.0,
    ranks: &[(0.0, 0.0)],
    tuned_ranks: false,
    attack: Attack { time: 0.02, by_partial: 0.0, extra: &[], extra_time: 0.05 },
    decay: None,
    release: 0.05,
    vibrato: None,
    waver: (0.0, 0.0),
    noises: &[],
    level: 0.0,
    louder_up: 0.0,
};
