//! Nothing is louder than full scale.

use super::QUANTUM;

/// The most that leaves the limiter: 0.45 dB below full scale.
pub(super) const CEILING: f32 = 0.95;
/// How much of the way back to its own level the sound goes in a quantum.
const RELEASE: f32 = 0.015;

/// A limiter that sees a quantum ahead: the gain goes in straight lines between the edges of quanta, and at an
/// edge it is low enough for the quanta on both sides of it.
#[derive(Debug)]
pub(super) struct Limiter {
    waiting: [[f32; 2]; QUANTUM],
    /// What the waiting quantum allows.
    allowed: f32,
    /// The gain at its start.
    gain: f32,
}

impl Limiter {
    pub(super) fn new() -> Self {
        Self { waiting: [[0.0; 2]; QUANTUM], allowed: 1.0, gain: 1.0 }
    }

    /// Takes a quantum and gives the one before, and whether that one is silence.
    pub(super) fn next(&mut self, quantum: [[f32; 2]; QUANTUM]) -> [[f32; 2]; QUANTUM] {
        let peak = peak(&quantum);
        let allowed = if peak > CEILING { CEILING / peak } else { 1.0 };
        let recovered = self.gain + (1.0 - self.gain) * RELEASE;
        let end = recovered.min(self.allowed).min(allowed);
        let mut out = std::mem::replace(&mut self.waiting, quantum);
        if self.gain < 1.0 || end < 1.0 {
            let slope = (end - self.gain) / QUANTUM as f32;
            for (i, frame) in (0_u16..).zip(&mut out) {
                let gain = self.gain + slope * f32::from(i);
                *frame = frame.map(|side| side * gain);
            }
        }
        (self.allowed, self.gain) = (allowed, end);
        out
    }
}

/// The greatest level left and right.
pub(super) fn peaks(frames: &[[f32; 2]]) -> [f32; 2] {
    // A comparison is one instruction where `f32::max` is several: it has to mind what is no number.
    let greater = |peak: f32, level: f32| if level > peak { level } else { peak };
    let sides = frames.chunks(4).fold([[0.0; 2]; 4], |mut peaks, frames| {
        for (peak, frame) in peaks.iter_mut().zip(frames) {
            *peak = [greater(peak[0], frame[0].abs()), greater(peak[1], frame[1].abs())];
        }
        peaks
    });
    sides.into_iter().fold([0.0; 2], |all, side| [greater(all[0], side[0]), greater(all[1], side[1])])
}

/// The greatest of both.
fn peak(frames: &[[f32; 2]]) -> f32 {
    let [left, right] = peaks(frames);
    left.max(right)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::synth::oscillator::scramble;

    #[test]
    fn whatever_comes_in_nothing_is_above_the_ceiling_and_quiet_sound_is_left_alone() {
        let mut limiter = Limiter::new();
        let mut before = [[0.0; 2]; QUANTUM];
        for quantum in 0..4_000_u32 {
            let loud = if quantum < 200 { 0.9 } else { (scramble(quantum / 3) % 400) as f32 / 20.0 };
            let mut frames = [[0.0; 2]; QUANTUM];
            for (i, frame) in (0..).zip(&mut frames) {
                *frame = [0, 1].map(|side| {
                    loud * (scramble(quantum * 200 + i * 2 + side) as i32 as f32 / 2_147_483_648.0)
                });
            }
            let out = limiter.next(frames);
            assert!(peak(&out) <= CEILING * 1.000_01, "quantum {quantum}: {}", peak(&out));
            if quantum < 200 {
                assert_eq!(out, before);
            }
            before = frames;
        }
    }
}
