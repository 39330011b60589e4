//! What can go wrong with the folder, in the words the window shows.

use std::io;
use std::path::PathBuf;

use super::entry::NoEntry;

/// What stands against keeping tunes in the folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Trouble {
    /// It cannot be written to, or is no longer there.
    #[error("Tunes cannot be kept in this folder. Nothing is lost while the window is open.")]
    Folder,
    /// There is no room.
    #[error("The disk is full.")]
    Full,
}

impl Trouble {
    /// What an error of the system says about the folder as a whole.
    pub fn of(error: &io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Folder,
        }
    }
}

/// Why something was not done. Whatever it is, no tune is lost.
#[derive(Debug, thiserror::Error)]
pub enum LibraryError {
    /// The disk is full.
    #[error("The disk is full. “{title}” is not saved yet.")]
    Full {
        /// The tune.
        title: String,
    },
    /// The folder takes no files.
    #[error("{}", Trouble::Folder)]
    Folder {
        /// The folder.
        folder: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A tune that is not there: it was removed or renamed, here or by another program.
    #[error("“{file}” is no longer there.")]
    NoTune {
        /// The name of its file.
        file: String,
    },
    /// A text that is no tune.
    #[error("This cannot be kept: {0}.")]
    NoEntry(#[from] NoEntry),
    /// A set with no name, or with one that names no file.
    #[error("A set needs a name.")]
    NoName,
    /// A set of this name is there already.
    #[error("There is a set called “{name}” already.")]
    NameTaken {
        /// The name.
        name: String,
    },
}

impl LibraryError {
    /// An error of the system while a tune was written.
    pub(super) fn writing(title: &str, folder: &std::path::Path, error: io::Error) -> Self {
        match Trouble::of(&error) {
            Trouble::Full => Self::Full { title: title.to_owned() },
            Trouble::Folder => Self::Folder { folder: folder.to_owned(), error },
        }
    }

    /// What it says about the folder as a whole, if anything.
    pub fn trouble(&self) -> Option<Trouble> {
        match self {
            Self::Full { .. } => Some(Trouble::Full),
            Self::Folder { .. } => Some(Trouble::Folder),
            Self::NoTune { .. } | Self::NoEntry(_) | Self::NoName | Self::NameTaken { .. } => None,
        }
    }
}
