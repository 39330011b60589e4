//! WAV files of a performance.

use std::io::Cursor;

use hound::{SampleFormat, WavSpec, WavWriter};

use super::sound::{Depth, Quantiser, SoundError, blocks};
use crate::synth::Rendering;

/// Makes a stereo WAV file of a rendering at its rate.
///
/// # Errors
/// If it is longer than [`super::sound::LONGEST`].
pub fn write(mut rendering: Rendering, depth: Depth) -> Result<Vec<u8>, SoundError> {
    let (bits_per_sample, sample_format) = match depth {
        Depth::Sixteen => (16, SampleFormat::Int),
        Depth::TwentyFour => (24, SampleFormat::Int),
        Depth::Float => (32, SampleFormat::Float),
    };
    let spec = WavSpec { channels: 2, sample_rate: rendering.rate(), bits_per_sample, sample_format };
    let mut bytes = Vec::new();
    let mut writer = WavWriter::new(Cursor::new(&mut bytes), spec)?;
    let mut quantiser = Quantiser::new(bits_per_sample.min(24));
    blocks(&mut rendering, |frames| {
        for &sample in frames.iter().flatten() {
            match depth {
                Depth::Float => writer.write_sample(sample)?,
                Depth::Sixteen | Depth::TwentyFour => writer.write_sample(quantiser.number(sample))?,
            }
        }
        Ok(())
    })?;
    writer.finalize()?;
    Ok(bytes)
}
