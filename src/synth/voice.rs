//! A note that sounds.

use super::QUANTUM;
use super::noise::NoiseTables;
use super::oscillator::{self, scramble, sine};
use super::program::Part;
use super::recipe::Recipe;
use super::time::Time;
use super::tone::{MOST_PARTIALS, Tone, Wanted, factor};

/// The most noises of an instrument.
const MOST_NOISES: usize = 2;
/// What is weaker is not heard: 94 dB below full scale.
const SILENCE: f32 = 2e-5;

/// When a note is released.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Ending {
    /// At a time on the program's clock.
    At(Time),
    /// After so many frames, whatever is played.
    After(u64),
    /// It has been.
    Released,
}

/// One note from its attack to the end of its release.
#[derive(Debug)]
pub(super) struct Voice {
    pub(super) part: Part,
    pub(super) pitch: u8,
    pub(super) ending: Ending,
    recipe: &'static Recipe,
    tone: Tone,
    /// Levels reached, and what is left of what each partial had at the start.
    reached: [f32; MOST_PARTIALS],
    left: [f32; MOST_PARTIALS],
    noises: [NoiseVoice; MOST_NOISES],
    seed: u32,
    sounding: bool,
    /// Frames since it began.
    age: u64,
    /// Frames since its release, and how many that takes.
    released: Option<u64>,
    release: f32,
    /// Where in the quantum it begins and is released.
    begins: usize,
    releases: Option<usize>,
}

#[derive(Debug, Clone, Copy, Default)]
struct NoiseVoice {
    table: Option<usize>,
    reached: f32,
    burst: f32,
    steady: f32,
    fade: f32,
}

impl Voice {
    /// One that does not sound.
    pub(super) fn idle() -> Self {
        static NONE: Recipe = super::instruments::winds::SINE.recipe;
        Self {
            part: Part::Count,
            pitch: 0,
            ending: Ending::Released,
            recipe: &NONE,
            tone: Tone::SILENCE,
            reached: [0.0; MOST_PARTIALS],
            left: [0.0; MOST_PARTIALS],
            noises: [NoiseVoice::default(); MOST_NOISES],
            seed: 0,
            sounding: false,
            age: 0,
            released: None,
            release: 1.0,
            begins: 0,
            releases: None,
        }
    }

    pub(super) fn is_sounding(&self) -> bool {
        self.sounding
    }

    /// Whether it is on its way out.
    pub(super) fn is_released(&self) -> bool {
        self.released.is_some() || self.releases.is_some()
    }

    /// How strong it is now.
    pub(super) fn strength(&self) -> f32 {
        self.reached[..self.tone.count].iter().sum()
    }

    /// Begins a note at a frame of the coming quantum.
    pub(super) fn start(
        &mut self,
        recipe: &'static Recipe,
        wanted: Wanted,
        at: usize,
        rate: u32,
        tables: &NoiseTables,
    ) {
        self.recipe = recipe;
        self.tone.make(recipe, wanted, rate);
        self.reached = [0.0; MOST_PARTIALS];
        self.left = [1.0; MOST_PARTIALS];
        self.noises = [NoiseVoice::default(); MOST_NOISES];
        for (voice, noise) in self.noises.iter_mut().zip(recipe.noises) {
            *voice = NoiseVoice {
                table: tables.place(noise),
                reached: 0.0,
                burst: self.tone.loudness * factor(noise.burst),
                steady: self.tone.loudness * factor(noise.steady),
                fade: factor(-60.0 * QUANTUM as f32 / (noise.time * rate as f32).max(1.0)),
            };
        }
        self.seed = scramble(wanted.seed);
        self.sounding = true;
        self.age = 0;
        self.released = None;
        self.release = recipe.release * rate as f32;
        self.begins = at;
        self.releases = None;
    }

    /// Releases the note at a frame of the coming quantum; in that many seconds at most, if it is to be quick.
    pub(super) fn let_go(&mut self, at: usize, quickly: Option<f32>) {
        self.ending = Ending::Released;
        if let Some(frames) = quickly {
            self.release = self.release.min(frames.max(1.0));
        }
        if !self.is_released() {
            self.releases = Some(at);
        }
    }

    /// Makes the coming quantum, at a volume.
    pub(super) fn sound(&mut self, out: &mut [f32; QUANTUM], volume: f32, rate: u32, tables: &NoiseTables) {
        let begins = std::mem::take(&mut self.begins);
        if let Some(at) = self.releases.take() {
            let at = at.max(begins);
            self.stretch(out, begins, at, volume, rate, tables);
            self.released = Some(0);
            self.stretch(out, at, QUANTUM, volume, rate, tables);
        } else {
            self.stretch(out, begins, QUANTUM, volume, rate, tables);
        }
    }

    /// Makes the frames from one to another.
    fn stretch(
        &mut self,
        out: &mut [f32; QUANTUM],
        from: usize,
        to: usize,
        volume: f32,
        rate: u32,
        tables: &NoiseTables,
    ) {
        if from >= to || !self.sounding {
            return;
        }
        let frames = to - from;
        let each = 1.0 / frames as f32;
        self.age += frames as u64;
        let mut gain = volume;
        if let Some(released) = &mut self.released {
            *released += frames as u64;
            let left = (1.0 - *released as f32 / self.release).max(0.0);
            gain *= left * left * left;
        }
        let (cents, decibels) = self.unsteadiness(rate);
        let bent = cents * (std::f32::consts::LN_2 / 1_200.0);
        let targets = self.targets(frames, gain, cents, decibels);
        let mut made = [0.0; QUANTUM];
        let mut strongest = 0.0_f32;
        for (i, target) in targets.iter().enumerate().take(self.tone.count) {
            let (level, step) = (self.reached[i], self.tone.step[i]);
            let step = if bent == 0.0 { step } else { step.wrapping_add_signed((step as f32 * bent) as i32) };
            let stronger = level.max(*target);
            // What rises is on its way to be heard.
            if stronger > SILENCE || *target > level {
                oscillator::add(&mut made, self.tone.phase[i], step, level, (target - level) * each);
            }
            strongest = strongest.max(stronger);
            self.tone.phase[i] = self.tone.phase[i].wrapping_add(step.wrapping_mul(frames as u32));
            self.reached[i] = *target;
        }
        let risen = (self.tone.fastest * self.age as f32).min(1.0);
        let share = frames as f32 / QUANTUM as f32;
        for voice in &mut self.noises {
            let Some(table) = voice.table else { continue };
            voice.burst *= if frames == QUANTUM { voice.fade } else { voice.fade.powf(share) };
            let target = (voice.burst + voice.steady) * risen * gain;
            let stronger = target.max(voice.reached);
            if stronger > SILENCE {
                let place = self.seed as usize % (1 << 20) + self.age as usize;
                tables.add(&mut made, table, place, (voice.reached, (target - voice.reached) * each));
            }
            strongest = strongest.max(stronger);
            voice.reached = target;
        }
        for (out, made) in out[from..to].iter_mut().zip(&made) {
            *out += made;
        }
        let over = self.released.is_some_and(|released| released as f32 >= self.release);
        let faded = self.tone.stays == 0.0 && risen >= 1.0 && strongest < SILENCE * 2.0;
        if over || faded {
            self.sounding = false;
        }
    }

    /// The levels of the partials after so many frames more.
    #[inline]
    fn targets(&mut self, frames: usize, gain: f32, cents: f32, decibels: f32) -> [f32; MOST_PARTIALS] {
        let tone = &self.tone;
        let (age, share) = (self.age as f32, frames as f32 / QUANTUM as f32);
        for (i, left) in self.left.iter_mut().enumerate() {
            let fade = if *left < tone.knee { tone.late_fade[i] } else { tone.fade[i] };
            let fade = if frames == QUANTUM { fade } else { fade.powf(share) };
            // What is far below silence stays where it is: no denormal numbers.
            *left = (*left * fade).max(1e-12);
        }
        let mut targets = [0.0; MOST_PARTIALS];
        for (i, target) in targets.iter_mut().enumerate() {
            let x = (age * tone.rise[i]).min(1.0);
            let rise = x * x * (3.0 - 2.0 * x);
            let alive = (1.0 + tone.sway[i] * cents + tone.swell[i] * decibels).max(0.0);
            *target = tone.level[i] * rise * (tone.stays + tone.extra[i] * self.left[i]) * alive * gain;
        }
        targets
    }

    /// How far the note is from its pitch and its level: cents and decibels.
    fn unsteadiness(&self, rate: u32) -> (f32, f32) {
        let seconds = self.age as f32 / rate as f32;
        let wave =
            |a_second: f32, from: f32| sine(((seconds * a_second + from).fract() * 4_294_967_296.0) as u32);
        let (mut cents, mut decibels) = (0.0, 0.0);
        if self.recipe.waver != (0.0, 0.0) {
            let from = (self.seed & 0xffff) as f32 / 65_536.0;
            cents += self.recipe.waver.0 * 0.5 * (wave(1.7, from) + wave(4.3, from * 5.0));
            decibels += self.recipe.waver.1 * 0.5 * (wave(2.3, from * 3.0) + wave(6.1, from * 7.0));
        }
        if let Some(vibrato) = self.recipe.vibrato {
            // It takes a quarter of a second to be there.
            let depth = ((seconds - vibrato.delay) * 4.0).clamp(0.0, 1.0);
            if depth > 0.0 {
                let wave = wave(vibrato.rate, 0.0) * depth;
                cents += vibrato.cents * wave;
                decibels += vibrato.decibels * wave;
            }
        }
        (cents, decibels)
    }
}
