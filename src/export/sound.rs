//! Samples as whole numbers, for files of sound.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use crate::synth::Rendering;

/// The longest file, in seconds: half an hour. A player's tune takes three minutes.
pub const LONGEST: u32 = 30 * 60;

/// How a sample is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Depth {
    /// Whole numbers of 16 bits, dithered: what every player reads.
    #[default]
    Sixteen,
    /// Whole numbers of 24 bits.
    TwentyFour,
    /// Single precision, full scale at 1.
    Float,
}

/// Why sound cannot be a file.
#[derive(Debug, thiserror::Error)]
pub enum SoundError {
    /// Longer than [`LONGEST`].
    #[error("the tune plays for more than {} minutes", LONGEST / 60)]
    TooLong,
    /// The bytes of a WAV file cannot be put together.
    #[error("the WAV file cannot be put together: {0}")]
    Wav(#[from] hound::Error),
    /// The bytes of a FLAC file cannot be put together.
    #[error("the FLAC file cannot be put together: {0}")]
    Flac(#[from] flac_codec::Error),
    /// FLAC holds whole numbers.
    #[error("FLAC files hold whole numbers: take 16 or 24 bits, or a WAV file")]
    NoFloat,
}

/// Gives all of a rendering, block by block.
///
/// # Errors
/// If it is longer than [`LONGEST`], or what `take` says.
pub(super) fn blocks(
    rendering: &mut Rendering,
    mut take: impl FnMut(&[[f32; 2]]) -> Result<(), SoundError>,
) -> Result<(), SoundError> {
    let mut left = LONGEST as usize * rendering.rate() as usize;
    let mut block = [[0.0; 2]; 4_096];
    loop {
        let count = rendering.read(&mut block);
        if count == 0 {
            return Ok(());
        }
        left = left.checked_sub(count).ok_or(SoundError::TooLong)?;
        take(&block[..count])?;
    }
}

/// Makes whole numbers of samples.
#[derive(Debug)]
pub(super) struct Quantiser {
    scale: f32,
    dither: Option<ChaCha8Rng>,
}

impl Quantiser {
    /// To 16 or 24 bits. The dither is always the same, so that a file is.
    pub(super) fn new(bits: u16) -> Self {
        let scale = ((1_u32 << (bits - 1)) - 1) as f32;
        Self { scale, dither: (bits < 24).then(|| ChaCha8Rng::seed_from_u64(0)) }
    }

    /// A sample from −1 to 1 as a whole number. What is cut off becomes noise of two steps (triangular), which
    /// does not follow the sound as the error of plain rounding does; silence stays silence.
    pub(super) fn number(&mut self, sample: f32) -> i32 {
        let noise = match &mut self.dither {
            Some(rng) if sample != 0.0 => {
                let random = rng.next_u32();
                ((random & 0xffff) as f32 - (random >> 16) as f32) / 65_536.0
            }
            _ => 0.0,
        };
        (sample * self.scale + noise).round().clamp(-self.scale, self.scale) as i32
    }
}
