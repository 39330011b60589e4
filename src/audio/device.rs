//! Sound devices as the rest of the room sees them: named, opened, lost.

use std::any::Any;
use std::fmt;
use std::time::Instant;

/// A device sound can come out of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutputDevice {
    /// What the system calls it; it stays the same from one start of the program to the next.
    pub id: String,
    /// What people call it.
    pub name: String,
}

/// How a device takes sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenDevice {
    /// What people call it.
    pub name: String,
    /// Its own rate, in frames a second.
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
    /// The device that was chosen is not there.
    #[error("there is no sound device \"{0}\"")]
    Unknown(String),
    /// More than one device has this in its name.
    #[error("more than one sound device is called \"{0}\"")]
    Ambiguous(String),
    /// Samples of a form that is not written here.
    #[error("the sound device takes samples of a form that is not known here ({0})")]
    Format(String),
    /// The device was there and is no more.
    #[error("the sound device is gone ({0})")]
    Lost(String),
    /// The device is there and takes no sound.
    #[error("the sound device takes no sound")]
    Stalled,
    /// The system gave no thread for it.
    #[error("no thread for the sound could be started: {0}")]
    Thread(String),
}

/// What a device plays. Both methods are called with nothing else going on in it.
pub trait Source: Send {
    /// Gets ready for a rate, in frames a second. This may allocate; it is called before the first
    /// [`Source::fill`], never on the device's own thread.
    fn prepare(&mut self, rate: u32);

    /// Writes the next frames, left and right, from -1 to 1. `heard` is when the first of them will
    /// be heard. It is called on the device's own thread: it never allocates, locks or waits.
    fn fill(&mut self, frames: &mut [[f32; 2]], heard: Instant);
}

/// What is told that a device is lost. It may be called more than once, on any thread.
pub type Lost = Box<dyn FnMut(AudioError) + Send>;

/// A device that plays until this is dropped; then its source is dropped too.
pub struct Stream {
    /// What it is.
    pub device: OpenDevice,
    /// What keeps it playing.
    _keep: Box<dyn Any>,
}

impl Stream {
    /// A device that plays as long as `keep` is not dropped.
    pub fn new(device: OpenDevice, keep: impl Any) -> Self {
        Self { device, _keep: Box::new(keep) }
    }
}

impl fmt::Debug for Stream {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stream").field("device", &self.device).finish_non_exhaustive()
    }
}

/// The sound devices of a system, or what stands in for them.
pub trait Devices: Send {
    /// All of them.
    ///
    /// # Errors
    /// If the system cannot be asked.
    fn list(&mut self) -> Result<Vec<OutputDevice>, AudioError>;

    /// Opens a device at its own rate, channels and form of samples, and plays `source` on it. `wanted` is
    /// the id of one, or part of the name of one; without it the system chooses.
    ///
    /// # Errors
    /// If there is no such device or it takes no sound. `source` is dropped then.
    fn open(
        &mut self,
        wanted: Option<&str>,
        source: Box<dyn Source>,
        lost: Lost,
    ) -> Result<Stream, AudioError>;
}

/// The device with this id, or with this in its name.
///
/// # Errors
/// None, or more than one.
pub fn choose(devices: &[OutputDevice], wanted: &str) -> Result<usize, AudioError> {
    if let Some(place) = devices.iter().position(|device| device.id == wanted) {
        return Ok(place);
    }
    let name = wanted.to_lowercase();
    let mut named = (0..).zip(devices).filter(|(_, device)| device.name.to_lowercase().contains(&name));
    match (named.next(), named.next()) {
        (Some((place, _)), None) => Ok(place),
        (None, _) => Err(AudioError::Unknown(wanted.to_owned())),
        (Some(_), Some(_)) => Err(AudioError::Ambiguous(wanted.to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_is_found_by_its_id_or_by_a_part_of_its_name_that_no_other_has() {
        let device = |id: &str, name: &str| OutputDevice { id: id.to_owned(), name: name.to_owned() };
        let all = [device("hw:0", "USB Audio, left"), device("hw:1", "USB Audio, right"), device("usb", "X")];
        assert_eq!(choose(&all, "hw:1"), Ok(1));
        assert_eq!(choose(&all, "RIGHT"), Ok(1));
        assert_eq!(choose(&all, "usb"), Ok(2), "an id counts more than names");
        assert_eq!(choose(&all, "Audio"), Err(AudioError::Ambiguous("Audio".to_owned())));
        assert_eq!(choose(&all, "hw:7"), Err(AudioError::Unknown("hw:7".to_owned())));
    }
}
