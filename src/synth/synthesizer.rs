//! The engine: commands in, samples out.

use std::sync::Arc;

use super::QUANTUM;
use super::controls::Controls;
use super::ensemble::Ensemble;
use super::limiter::{self, Limiter};
use super::program::Program;
use super::reverb::Reverb;
use super::sequencer::{Loop, Sequencer};
use super::time::Time;

/// What comes back from the room at its full measure.
const ROOM: f32 = 0.5;

/// Sounds a program. Everything it needs is allocated by [`Synth::new`]: no other function allocates, frees,
/// locks or waits, but [`Synth::load`] and [`Synth::load_at_bar`] hand back what the caller has to free.
///
/// Samples depend on the commands and on between which frames they come, never on the sizes of blocks. A
/// command is heard with the next quantum: up to two times [`QUANTUM`] frames later.
#[derive(Debug)]
pub struct Synth {
    rate: u32,
    step: i64,
    sequencer: Sequencer,
    ensemble: Ensemble,
    reverb: Reverb,
    limiter: Limiter,
    ready: [[f32; 2]; QUANTUM],
    /// The clock at the frames that are ready, and at those that wait in the limiter.
    times: [[Time; QUANTUM]; 2],
    /// How many of the frames that are ready have been handed out.
    taken: usize,
    /// A jump's goal, and for how many quanta more it has not been reached by what is handed out.
    bound_for: (Time, u8),
    /// Silent quanta handed out since the last sound.
    silent: u8,
    levels: [f32; 2],
}

impl Synth {
    /// A synthesizer for a sample rate in hertz, from 8,000 to 384,000; others are brought into that range.
    pub fn new(rate: u32) -> Self {
        let rate = rate.clamp(8_000, 384_000);
        Self {
            rate,
            step: Time::step(rate, 1.0),
            sequencer: Sequencer::default(),
            ensemble: Ensemble::new(rate),
            reverb: Reverb::new(rate),
            limiter: Limiter::new(),
            ready: [[0.0; 2]; QUANTUM],
            times: [[Time::ZERO; QUANTUM]; 2],
            taken: QUANTUM,
            bound_for: (Time::ZERO, 0),
            silent: u8::MAX,
            levels: [0.0; 2],
        }
    }

    /// The sample rate in hertz.
    pub fn rate(&self) -> u32 {
        self.rate
    }

    /// Sounds another program from now on: stops, goes to its start, and plays no loop. Hands back the old one;
    /// one that waited for a bar line has to be fetched by [`Synth::retired`].
    pub fn load(&mut self, program: Arc<Program>) -> Arc<Program> {
        self.ensemble.release(0);
        let old = self.sequencer.load(program);
        self.is_bound();
        old
    }

    /// Sounds another program from the next bar line on, at the same bar and, when it is not playing, at once.
    /// The loop keeps its bars.
    ///
    /// Hands back what is no longer needed, if that is known yet; else [`Synth::retired`] does, later.
    pub fn load_at_bar(&mut self, program: Arc<Program>) -> Option<Arc<Program>> {
        let old = self.sequencer.load_at_bar(program);
        if !self.sequencer.is_playing() {
            self.is_bound();
        }
        old
    }

    /// A program that is no longer needed. The next exchange waits until it has been fetched.
    pub fn retired(&mut self) -> Option<Arc<Program>> {
        self.sequencer.retired()
    }

    /// Changes the controls; what is out of range is brought into it.
    pub fn set(&mut self, controls: Controls) {
        let controls = controls.within_range();
        self.step = Time::step(self.rate, controls.tempo);
        self.ensemble.set(controls, !self.is_playing() && self.is_silent());
    }

    /// The controls as they are.
    pub fn controls(&self) -> &Controls {
        self.ensemble.controls()
    }

    /// Plays from where it is; at the end, from the start.
    pub fn play(&mut self) {
        self.sequencer.play();
        self.silent = 0;
        self.is_bound();
    }

    /// Stops where it is. What sounds is released.
    pub fn stop(&mut self) {
        self.ensemble.release(0);
        self.sequencer.stop();
    }

    /// Goes to a time on the program's clock, within the program. What sounds is released.
    pub fn seek(&mut self, time: Time) {
        self.ensemble.release(0);
        self.sequencer.go_to(time);
        self.is_bound();
    }

    /// Plays a stretch over and over, once it is reached, or does no longer.
    pub fn set_loop(&mut self, looped: Option<Loop>) {
        self.sequencer.set_loop(looped);
    }

    /// Sounds a single note at once, whether it plays or not: a written pitch, with the melody's instrument and
    /// transposition, for some seconds, up to ten.
    pub fn audition(&mut self, pitch: u8, velocity: u8, seconds: f32) {
        let frames = (seconds.clamp(0.0, 10.0) * self.rate as f32) as u64;
        self.ensemble.audition(pitch, velocity, frames);
        self.silent = 0;
    }

    /// The time on the program's clock of the next frame that [`Synth::render`] gives.
    pub fn position(&self) -> Time {
        match self.bound_for {
            (_, 0) => self.times[0].get(self.taken).copied().unwrap_or(self.times[1][0]),
            (goal, _) => goal,
        }
    }

    /// Whether it plays: from [`Synth::play`] to [`Synth::stop`] or the end.
    pub fn is_playing(&self) -> bool {
        self.sequencer.is_playing()
    }

    /// Whether nothing is heard, nor will be without another command.
    pub fn is_silent(&self) -> bool {
        self.silent > 2
    }

    /// The greatest levels left and right in what [`Synth::render`] gave last, 0 to 1.
    pub fn levels(&self) -> [f32; 2] {
        self.levels
    }

    /// The next frames, left and right, within −1 to 1.
    pub fn render(&mut self, out: &mut [[f32; 2]]) {
        self.levels = [0.0; 2];
        let mut rest = out;
        while !rest.is_empty() {
            if self.taken == QUANTUM {
                self.refill();
            }
            let count = rest.len().min(QUANTUM - self.taken);
            let (now, later) = rest.split_at_mut(count);
            now.copy_from_slice(&self.ready[self.taken..self.taken + count]);
            let [left, right] = limiter::peaks(now);
            self.levels = [self.levels[0].max(left), self.levels[1].max(right)];
            self.taken += count;
            rest = later;
        }
    }

    fn is_bound(&mut self) {
        self.bound_for = (self.sequencer.clock(), 2);
    }

    /// Makes a quantum and gets the one before ready.
    fn refill(&mut self) {
        self.taken = 0;
        self.times[0] = self.times[1];
        self.bound_for.1 = self.bound_for.1.saturating_sub(1);
        if self.is_silent() {
            self.times[1] = [self.sequencer.clock(); QUANTUM];
            self.ready = [[0.0; 2]; QUANTUM];
            return;
        }
        let Self { sequencer, ensemble, .. } = self;
        sequencer.advance(self.step, &mut self.times[1], |frame, event| ensemble.follow(frame, event));
        let quantum = self.mix();
        self.ready = self.limiter.next(quantum);
        let over = !self.sequencer.is_playing() && self.reverb.is_quiet() && !self.ensemble.is_sounding();
        self.silent = if over { self.silent.saturating_add(1) } else { 0 };
    }

    /// What sounds in this quantum, with the room.
    fn mix(&mut self) -> [[f32; 2]; QUANTUM] {
        let mut dry = [[0.0; QUANTUM]; 2];
        let volume = self.ensemble.sound(&mut dry);
        let room = self.ensemble.controls().room * ROOM;
        let sent = dry.map(|side| side.map(|frame| frame * room));
        let [left, right] = &mut dry;
        self.reverb.add([&sent[0], &sent[1]], left, right);
        let mut quantum = [[0.0; 2]; QUANTUM];
        for (i, frame) in quantum.iter_mut().enumerate() {
            let volume = volume.0 + volume.1 * i as f32;
            *frame = [left[i] * volume, right[i] * volume];
        }
        quantum
    }
}
