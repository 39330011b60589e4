//! A whole program as samples, faster than it is played.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};

use super::QUANTUM;
use super::controls::Controls;
use super::program::Program;
use super::synthesizer::Synth;

/// A program from its start to where the last note has died away, frame by frame. Its samples are those that
/// are heard live when nothing is changed; the first is that of the program's start.
#[derive(Debug)]
pub struct Rendering {
    synth: Synth,
    /// Frames left of the longest that it may sound on.
    after: usize,
    /// The program's end on its clock, in seconds.
    length: f64,
    watch: Arc<Watch>,
}

/// How far a rendering has got, to be seen from another thread, which may also end it.
#[derive(Debug, Default)]
pub struct Watch {
    /// The bits of a float, 0 to 1.
    share: AtomicU32,
    stopped: AtomicBool,
}

impl Watch {
    /// How much is done, 0 to 1.
    pub fn share(&self) -> f32 {
        f32::from_bits(self.share.load(Ordering::Relaxed))
    }

    /// Ends the rendering: nothing comes any more.
    pub fn stop(&self) {
        self.stopped.store(true, Ordering::Relaxed);
    }

    /// Whether it was ended.
    pub fn is_stopped(&self) -> bool {
        self.stopped.load(Ordering::Relaxed)
    }
}

/// Seconds that a program may sound on after its end; the longest strings do for about ten.
const AFTER: usize = 12;

impl Rendering {
    /// Begins to render a program at a rate in hertz.
    pub fn new(program: Arc<Program>, controls: Controls, rate: u32) -> Self {
        let mut synth = Synth::new(rate);
        let length = program.length().seconds();
        synth.load(program);
        synth.set(controls);
        synth.play();
        // The quantum that the limiter holds back.
        synth.render(&mut [[0.0; 2]; QUANTUM]);
        let after = AFTER * synth.rate() as usize;
        Self { synth, after, length, watch: Arc::default() }
    }

    /// With somebody who watches it.
    pub fn watched(self, watch: Arc<Watch>) -> Self {
        Self { watch, ..self }
    }

    /// The sample rate in hertz.
    pub fn rate(&self) -> u32 {
        self.synth.rate()
    }

    /// Fills frames from the start of `out` and says how many; 0 when all is over.
    pub fn read(&mut self, out: &mut [[f32; 2]]) -> usize {
        let mut filled = 0;
        if self.watch.is_stopped() {
            return filled;
        }
        let share = self.synth.position().seconds() / self.length.max(f64::MIN_POSITIVE);
        self.watch.share.store((share.clamp(0.0, 1.0) as f32).to_bits(), Ordering::Relaxed);
        for block in out.chunks_mut(QUANTUM) {
            if !self.synth.is_playing() {
                if self.synth.is_silent() || self.after == 0 {
                    break;
                }
                self.after = self.after.saturating_sub(block.len());
            }
            self.synth.render(block);
            filled += block.len();
        }
        filled
    }
}
