//! What a tune can be saved as.

use super::page::Page;
use crate::export::midi;
use crate::perform::{Options, Performance};

/// A kind of file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum FileKind {
    /// The text, where it came from included.
    Abc,
    /// The tune as a player plays it.
    Midi,
}

impl FileKind {
    /// The ending of its files, without the dot.
    pub(super) fn ending(self) -> &'static str {
        match self {
            Self::Abc => "abc",
            Self::Midi => "mid",
        }
    }

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Abc => "ABC",
            Self::Midi => "MIDI",
        }
    }

    /// What is in the file.
    ///
    /// # Errors
    /// A sentence that says why there can be no such file of this tune.
    pub(super) fn bytes(self, page: &Page) -> Result<Vec<u8>, String> {
        match self {
            Self::Abc => Ok(page.abc().into_bytes()),
            Self::Midi => {
                let tune = page.tune().ok_or("There is no tune in the text yet.")?;
                let performance =
                    Performance::new(tune, &Options::default()).map_err(|error| error.to_string())?;
                midi::write(&performance).map_err(|error| error.to_string())
            }
        }
    }
}
