//! A whole program as samples, faster than it is played.

use std::sync::Arc;

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
}

/// Seconds that a program may sound on after its end; the longest strings do for about ten.
const AFTER: usize = 12;

impl Rendering {
    /// Begins to render a program at a rate in hertz.
    pub fn new(program: Arc<Program>, controls: Controls, rate: u32) -> Self {
        let mut synth = Synth::new(rate);
        synth.load(program);
        synth.set(controls);
        synth.play();
        // The quantum that the limiter holds back.
        synth.render(&mut [[0.0; 2]; QUANTUM]);
        let after = AFTER * synth.rate() as usize;
        Self { synth, after }
    }

    /// The sample rate in hertz.
    pub fn rate(&self) -> u32 {
        self.synth.rate()
    }

    /// Fills frames from the start of `out` and says how many; 0 when all is over.
    pub fn read(&mut self, out: &mut [[f32; 2]]) -> usize {
        let mut filled = 0;
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
