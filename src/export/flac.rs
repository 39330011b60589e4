//! FLAC files of a performance: the numbers of a WAV file in about half the room.

use std::io::Cursor;

use flac_codec::encode::{FlacSampleWriter, Options};

use super::sound::{Depth, Quantiser, SoundError, blocks};
use crate::synth::Rendering;

/// Makes a stereo FLAC file (RFC 9639) of a rendering at its rate. Its numbers are those of
/// [`super::wav::write`] at the same depth.
///
/// # Errors
/// If the depth is [`Depth::Float`], which the format does not have, or if the rendering is longer than
/// [`super::sound::LONGEST`].
pub fn write(mut rendering: Rendering, depth: Depth) -> Result<Vec<u8>, SoundError> {
    let bits = match depth {
        Depth::Sixteen => 16,
        Depth::TwentyFour => 24,
        Depth::Float => return Err(SoundError::NoFloat),
    };
    let mut bytes = Vec::new();
    let rate = rendering.rate();
    let mut writer =
        FlacSampleWriter::new(Cursor::new(&mut bytes), Options::default(), rate, bits.into(), 2, None)?;
    let mut quantiser = Quantiser::new(bits);
    let mut numbers = Vec::new();
    blocks(&mut rendering, |frames| {
        numbers.clear();
        numbers.extend(frames.iter().flatten().map(|&sample| quantiser.number(sample)));
        Ok(writer.write(&numbers)?)
    })?;
    writer.finalize()?;
    Ok(bytes)
}
