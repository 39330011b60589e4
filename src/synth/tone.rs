//! What a recipe makes of one note: its partials.

use super::QUANTUM;
use super::oscillator::scramble;
use super::recipe::{Ratios, Recipe};

/// The most partials of a note, all ranks together.
pub(super) const MOST_PARTIALS: usize = 48;

/// Root mean square of a steady note at velocity 100 and level 0.
const LOUDNESS: f32 = 0.14;
/// Loudness grows with this power of velocity.
const DYNAMICS: f32 = 1.6;
/// Partials are faded out between these shares of the rate.
const BAND: (f32, f32) = (0.40, 0.45);
/// Partials so far below the strongest are left out.
const INAUDIBLE: f32 = -60.0;

/// Partials of a note. Each list has the partials' values in the same order.
#[derive(Debug, Clone)]
pub(super) struct Tone {
    pub(super) count: usize,
    pub(super) phase: [u32; MOST_PARTIALS],
    /// Turns a frame, 2³² a turn; below 2³¹.
    pub(super) step: [u32; MOST_PARTIALS],
    pub(super) level: [f32; MOST_PARTIALS],
    /// How much of its rise a frame is.
    pub(super) rise: [f32; MOST_PARTIALS],
    /// What it has at the start beside what stays, as a share of its level.
    pub(super) extra: [f32; MOST_PARTIALS],
    /// What a quantum leaves of that.
    pub(super) fade: [f32; MOST_PARTIALS],
    /// The same once less than [`Tone::knee`] is left.
    pub(super) late_fade: [f32; MOST_PARTIALS],
    pub(super) knee: f32,
    /// How the level follows vibrato: a share a cent up.
    pub(super) sway: [f32; MOST_PARTIALS],
    /// How the level follows breath and bow: a share for each decibel.
    pub(super) swell: [f32; MOST_PARTIALS],
    /// What stays of a note's level: all where it is blown or bowed, nothing where it dies away.
    pub(super) stays: f32,
    /// The rise of the fastest partial, which is that of noises too.
    pub(super) fastest: f32,
    /// Loudness of the note, which is that of its noises too.
    pub(super) loudness: f32,
}

/// A note to be made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wanted {
    /// As MIDI counts, as it sounds.
    pub(super) pitch: f32,
    /// 1 to 127.
    pub(super) velocity: u8,
    /// Cents between reeds.
    pub(super) reed_tuning: f32,
    /// What makes it different from the note before.
    pub(super) seed: u32,
}

/// The frequency of a pitch.
fn hertz(pitch: f32) -> f32 {
    440.0 * ((pitch - 69.0) / 12.0).exp2()
}

/// A level as a factor.
pub(super) fn factor(decibels: f32) -> f32 {
    10.0_f32.powf(decibels / 20.0)
}

impl Tone {
    /// No partials.
    pub(super) const SILENCE: Self = Self {
        count: 0,
        phase: [0; MOST_PARTIALS],
        step: [0; MOST_PARTIALS],
        level: [0.0; MOST_PARTIALS],
        rise: [0.0; MOST_PARTIALS],
        extra: [0.0; MOST_PARTIALS],
        fade: [0.0; MOST_PARTIALS],
        late_fade: [0.0; MOST_PARTIALS],
        knee: 0.0,
        sway: [0.0; MOST_PARTIALS],
        swell: [0.0; MOST_PARTIALS],
        stays: 0.0,
        fastest: 0.0,
        loudness: 0.0,
    };

    /// Makes the partials of a note.
    pub(super) fn make(&mut self, recipe: &Recipe, wanted: Wanted, rate: u32) {
        let rate = rate as f32;
        let octaves = (wanted.pitch - 60.0) / 12.0;
        let loud = (f32::from(wanted.velocity) - 64.0) / 64.0;
        let tilt = recipe.brighter_loud * loud - recipe.duller_up.abs() * octaves.max(-1.0);
        let decibels = recipe.level + recipe.louder_up * octaves;
        self.loudness =
            LOUDNESS * factor(decibels) * (f32::from(wanted.velocity.max(1)) / 100.0).powf(DYNAMICS);
        self.stays = if recipe.decay.is_some() { 0.0 } else { 1.0 };
        let (knee, slower) = recipe.decay.and_then(|decay| decay.after).unwrap_or((-200.0, 1.0));
        self.knee = factor(knee);
        self.count = 0;
        let mut power = 0.0;
        for &(cents, rank_level) in recipe.ranks {
            let cents = if recipe.tuned_ranks { cents * wanted.reed_tuning } else { cents };
            let base = hertz(wanted.pitch + cents / 100.0);
            let most = match recipe.ratios {
                Ratios::Modes(modes) => modes.len(),
                Ratios::Harmonic | Ratios::Stiff(_) => recipe.most,
            };
            for n in 1..=most {
                let frequency = base * ratio(recipe.ratios, n, wanted.pitch);
                if frequency >= BAND.1 * rate || self.count == MOST_PARTIALS {
                    break;
                }
                let order = n as f32;
                let body = |frequency| body(recipe, frequency);
                let level = rank_level
                    + source(recipe, n)
                    + tilt * order.log2()
                    + recipe.plucked_at.map_or(0.0, |at| comb(order * at))
                    + body(frequency);
                if level < INAUDIBLE {
                    continue;
                }
                let band = ((BAND.1 - frequency / rate) / (BAND.1 - BAND.0)).min(1.0);
                let i = self.count;
                self.level[i] = factor(level) * band;
                power += self.level[i] * self.level[i] * weight(frequency) / 2.0;
                // Strings and reeds of one note begin together.
                self.phase[i] = scramble(wanted.seed.wrapping_mul(97).wrapping_add(n as u32));
                self.step[i] = (f64::from(frequency) / f64::from(rate) * 4_294_967_296.0) as u32;
                let rise = recipe.attack.time * order.powf(-recipe.attack.by_partial);
                self.rise[i] = 1.0 / (rise * rate).max(1.0);
                // Decibels to a share: 1 dB is a factor of 1.122, of which only the straight part counts here.
                let share = std::f32::consts::LN_10 / 20.0;
                self.sway[i] = (body(frequency * 1.01) - body(frequency * 0.99)) * share / 34.5;
                self.swell[i] = share * (1.0 + order.log2());
                let (extra, time) = match recipe.decay {
                    Some(decay) => {
                        let time = decay.time * (-decay.by_octave * octaves).exp2();
                        (1.0, time * order.powf(-decay.by_partial))
                    }
                    None => {
                        let more = recipe.attack.extra.get(n - 1).copied().unwrap_or(0.0);
                        (factor(more) - 1.0, recipe.attack.extra_time)
                    }
                };
                self.extra[i] = extra;
                let fade = -60.0 * QUANTUM as f32 / (time * rate).max(1.0);
                (self.fade[i], self.late_fade[i]) = (factor(fade), factor(fade / slower));
                self.count += 1;
            }
        }
        self.fastest = self.rise[..self.count].iter().copied().fold(0.0, f32::max);
        let scale = self.loudness / power.sqrt().max(1e-6);
        self.level[..self.count].iter_mut().for_each(|level| *level *= scale);
    }
}

/// Partial n's frequency as a multiple of the first.
fn ratio(ratios: Ratios, n: usize, pitch: f32) -> f32 {
    let order = n as f32;
    match ratios {
        Ratios::Harmonic => order,
        Ratios::Stiff(at_a4) => {
            // Twice as stiff every nine semitones, about as on a piano above its wound strings.
            let stiffness = at_a4 * ((pitch - 69.0) / 9.0).clamp(-3.0, 4.0).exp2();
            order * ((1.0 + stiffness * order * order) / (1.0 + stiffness)).sqrt()
        }
        Ratios::Modes(modes) => modes.get(n - 1).copied().unwrap_or(order),
    }
}

/// The level of partial n at the source.
fn source(recipe: &Recipe, n: usize) -> f32 {
    let known = recipe.partials.len().max(1);
    let last = recipe.partials.get((n.min(known)) - 1).copied().unwrap_or(0.0);
    last + recipe.slope * (n as f32 / n.min(known) as f32).log2()
}

/// How weak a partial is whose node is near where the string is plucked, `turns` being order times place.
fn comb(turns: f32) -> f32 {
    20.0 * (turns * std::f32::consts::PI).sin().abs().max(0.06).log10()
}

/// What the body makes of a frequency.
fn body(recipe: &Recipe, frequency: f32) -> f32 {
    let octave = frequency.max(1.0).log2();
    let after = recipe.body.partition_point(|&(at, _)| at <= frequency);
    let between = match (after.checked_sub(1).and_then(|i| recipe.body.get(i)), recipe.body.get(after)) {
        (Some(&(from, low)), Some(&(to, high))) => {
            let share = (octave - from.log2()) / (to.log2() - from.log2());
            low + (high - low) * share
        }
        (Some(&(_, level)), None) | (None, Some(&(_, level))) => level,
        (None, None) => 0.0,
    };
    // Two waves over the octaves that do not fall together: as irregular as a body, and always the same.
    let wave = |a_octave: f32, from: f32| ((octave * a_octave + from) * std::f32::consts::TAU).sin();
    between + recipe.ripple * 0.5 * (wave(5.3, 0.1) + wave(8.9, 0.6))
}

/// How much a frequency's power adds to loudness, roughly as in ITU-R BS.1770: less in the bass, more where
/// the head gathers sound.
fn weight(frequency: f32) -> f32 {
    let square = frequency * frequency;
    square / (square + 90.0 * 90.0) * (1.0 + 1.5 * square / (square + 1_500.0 * 1_500.0))
}
