//! How tunes sound in the window, as it is kept.

use serde::{Deserialize, Serialize};

/// A sound device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SoundDevice {
    /// What the system calls it.
    pub id: String,
    /// What people call it.
    pub name: String,
}

/// Everything of the transport that belongs to the musician and not to a tune. Instruments and the swing go by the
/// names the program has for them; one it does not know is the usual one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Sound {
    /// What plays the tune.
    pub instrument: Option<String>,
    /// What plays behind it; `none` is nothing.
    pub backing: Option<String>,
    /// How uneven notes are played.
    pub swing: Option<String>,
    /// Loudness; 1 is usual.
    pub volume: f32,
    /// Every beat is clicked.
    pub metronome: bool,
    /// Two bars are counted before the tune.
    pub count_in: bool,
    /// Where it is heard, unless the system is to choose.
    pub device: Option<SoundDevice>,
}

impl Default for Sound {
    fn default() -> Self {
        Self {
            instrument: None,
            backing: None,
            swing: None,
            volume: 1.0,
            metronome: false,
            count_in: false,
            device: None,
        }
    }
}
