//! From left and right to the channels and samples of a device.

use cpal::{FromSample, SizedSample};

/// Writes frames as a device takes them: one channel gets the mean of left and right, of more than two the
/// first two get left and right and the others silence. `out` has `channels` samples a frame.
pub(super) fn write<T: SizedSample + FromSample<f32>>(frames: &[[f32; 2]], channels: usize, out: &mut [T]) {
    let sample = |value: f32| T::from_sample(value.clamp(-1.0, 1.0));
    for (&[left, right], out) in frames.iter().zip(out.chunks_exact_mut(channels.max(1))) {
        match out {
            [only] => *only = sample((left + right) / 2.0),
            [first, second, others @ ..] => {
                (*first, *second) = (sample(left), sample(right));
                others.fill(T::EQUILIBRIUM);
            }
            [] => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written<T: SizedSample + FromSample<f32>>(frames: &[[f32; 2]], channels: usize) -> Vec<T> {
        let mut out = vec![T::EQUILIBRIUM; frames.len() * channels];
        write(frames, channels, &mut out);
        out
    }

    #[test]
    fn every_channel_gets_what_is_its() {
        let frames = [[0.5, -0.25], [1.0, -1.0]];
        assert_eq!(written::<f32>(&frames, 1), [0.125, 0.0]);
        assert_eq!(written::<f32>(&frames, 2), [0.5, -0.25, 1.0, -1.0]);
        assert_eq!(written::<f32>(&frames, 4), [0.5, -0.25, 0.0, 0.0, 1.0, -1.0, 0.0, 0.0]);
    }

    #[test]
    fn every_form_of_samples_has_its_silence_and_its_ends() {
        let frames = [[0.0, 0.0], [7.0, -7.0], [0.5, -0.5]];
        assert_eq!(written::<i16>(&frames, 2), [0, 0, i16::MAX, i16::MIN, 16384, -16384]);
        assert_eq!(written::<u16>(&frames, 2), [32768, 32768, u16::MAX, 0, 49152, 16384]);
        assert_eq!(written::<i32>(&frames, 2), [0, 0, i32::MAX, i32::MIN, 1 << 30, -(1 << 30)]);
        assert_eq!(written::<u8>(&frames, 3), [128, 128, 128, 255, 0, 128, 192, 64, 128]);
    }
}
