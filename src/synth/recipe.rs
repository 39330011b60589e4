//! What an instrument's sound is made of.

/// How a note of an instrument is made. Levels are in decibels, times in seconds.
///
/// The levels of the partials say only how they stand to each other: a note's loudness is made the same over
/// the whole range and then shaped by [`Recipe::level`], [`Recipe::louder_up`] and the velocity.
#[derive(Debug, Clone, Copy)]
pub struct Recipe {
    /// Where the partials are.
    pub ratios: Ratios,
    /// Levels of the first partials, as the source makes them.
    pub partials: &'static [f32],
    /// How the partials after those go on, an octave; below 0.
    pub slope: f32,
    /// The most partials.
    pub most: usize,
    /// Where a string is plucked or struck, as a share of its length: partials with a node there are weak.
    pub plucked_at: Option<f32>,
    /// What the body makes of frequencies: level at hertz, straight lines between on a scale of octaves.
    pub body: &'static [(f32, f32)],
    /// Depth of the body's many small resonances.
    pub ripple: f32,
    /// How much duller notes become, an octave of partials for each octave above middle C.
    pub duller_up: f32,
    /// How much brighter a note at full velocity is than one at half, an octave of partials.
    pub brighter_loud: f32,
    /// What sounds together for one note: reeds or strings, each with its place in cents and its level.
    pub ranks: &'static [(f32, f32)],
    /// Whether the ranks are reeds that the player has tuned apart: cents are then shares of that tuning.
    pub tuned_ranks: bool,
    /// How a note rises.
    pub attack: Attack,
    /// How it dies away by itself; a note that is blown or bowed does not.
    pub decay: Option<Decay>,
    /// How long it sounds on after its end.
    pub release: f32,
    /// Vibrato of notes that are long enough.
    pub vibrato: Option<Vibrato>,
    /// Unsteadiness of breath, bow or bellows: cents and decibels.
    pub waver: (f32, f32),
    /// Breath, bow, pick, key.
    pub noises: &'static [Noise],
    /// Loudness beside the other instruments.
    pub level: f32,
    /// How much louder notes become, an octave above middle C.
    pub louder_up: f32,
}

/// Where the partials are, as multiples of the first.
#[derive(Debug, Clone, Copy)]
pub enum Ratios {
    /// Whole multiples.
    Harmonic,
    /// Of a stiff string: n·√(1 + B·n²), with B at A4; it grows with pitch.
    Stiff(f32),
    /// Of a membrane or a block.
    Modes(&'static [f32]),
}

/// How a note rises.
#[derive(Debug, Clone, Copy)]
pub struct Attack {
    /// Until the first partial is at its level.
    pub time: f32,
    /// The time of partial n is n to this power times as long.
    pub by_partial: f32,
    /// What the first partials have more at the start.
    pub extra: &'static [f32],
    /// How soon that is over.
    pub extra_time: f32,
}

/// How a plucked or struck note dies away.
#[derive(Debug, Clone, Copy)]
pub struct Decay {
    /// By 60 dB, at middle C.
    pub time: f32,
    /// Shorter by 2 to this power each octave up.
    pub by_octave: f32,
    /// Partial n dies n to this power times faster.
    pub by_partial: f32,
    /// What is below this level dies away more slowly, and how much: strings of one note that have come to
    /// move against each other.
    pub after: Option<(f32, f32)>,
}

/// Vibrato.
#[derive(Debug, Clone, Copy)]
pub struct Vibrato {
    /// A second.
    pub rate: f32,
    /// To either side.
    pub cents: f32,
    /// Loudness to either side; the octave of partials above has twice as much, and so on.
    pub decibels: f32,
    /// When it begins.
    pub delay: f32,
}

/// Noise around a frequency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Noise {
    /// Its centre in hertz.
    pub centre: f32,
    /// Its width in octaves.
    pub width: f32,
    /// Level at the start, beside the note.
    pub burst: f32,
    /// How soon that has died away, by 60 dB.
    pub time: f32,
    /// Level while the note sounds.
    pub steady: f32,
}

/// No such noise.
pub const SILENT: f32 = -200.0;
