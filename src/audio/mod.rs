//! The sound device. So far the program only looks whether there is one; the stream and the
//! transport come with the synthesizer.
//!
//! Only this room names cpal.

use cpal::traits::{DeviceTrait, HostTrait};

/// Where sound would come out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputDevice {
    /// The system's name for it.
    pub name: String,
    /// Its own rate, in samples a second.
    pub rate: u32,
    /// Its own channels.
    pub channels: u16,
}

/// Why there is no sound.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AudioError {
    /// The system lists no output device.
    #[error("no sound device found")]
    NoDevice,
    /// A device is listed but does not answer. Without a sound card ALSA lists one all the same.
    #[error("no sound device found ({0})")]
    Silent(String),
}

/// The device the system plays on.
///
/// # Errors
/// If there is none, or it cannot be asked for its format.
pub fn output_device() -> Result<OutputDevice, AudioError> {
    let silent = |e: cpal::Error| AudioError::Silent(e.to_string());
    let device = cpal::default_host().default_output_device().ok_or(AudioError::NoDevice)?;
    let config = device.default_output_config().map_err(silent)?;
    let name = device.description().map_err(silent)?.name().to_owned();
    Ok(OutputDevice { name, rate: config.sample_rate(), channels: config.channels() })
}
