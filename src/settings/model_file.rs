//! Which checkpoint to run, and opening it.

use std::ffi::OsString;
use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use crate::model::{Checkpoint, CheckpointError};

/// The environment variable that names a checkpoint.
pub const MODEL_VARIABLE: &str = "REELSMITH_MODEL";

/// The checkpoint every copy of the program carries.
const REFERENCE: &[u8] = include_bytes!("../../models/reference.safetensors");

/// Larger than any checkpoint of a sound shape: 2²⁸ weights of 4 bytes, and its header.
const MOST_BYTES: u64 = (1 << 30) + (1 << 27);

/// Where a checkpoint came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ModelSource {
    /// The file named by a flag.
    Flag(PathBuf),
    /// The file named by `REELSMITH_MODEL`.
    Variable(PathBuf),
    /// The reference checkpoint inside the program.
    BuiltIn,
}

impl fmt::Display for ModelSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(path) => write!(f, "{}", path.display()),
            Self::Variable(path) => write!(f, "{} (named by {MODEL_VARIABLE})", path.display()),
            Self::BuiltIn => f.write_str("the checkpoint inside the program"),
        }
    }
}

/// Why a checkpoint cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ModelFileError {
    /// The file cannot be read.
    #[error("cannot read {origin}: {error}. {}", advice(.origin))]
    Unreadable {
        /// Which file.
        origin: ModelSource,
        /// What the system said.
        error: io::Error,
    },
    /// The file is far larger than a checkpoint can be.
    #[error("{origin} has more than {MOST_BYTES} bytes, so it is no checkpoint. {}", advice(.origin))]
    TooLarge {
        /// Which file.
        origin: ModelSource,
    },
    /// The file is PyTorch's.
    #[error("{origin} is a PyTorch file. Make a checkpoint of it with: reelsmith-cli import {} out.safetensors", path(.origin).display())]
    PyTorch {
        /// Which file.
        origin: ModelSource,
    },
    /// The file is no checkpoint or a damaged one.
    #[error("cannot use {origin}: {error}. {}", advice(.origin))]
    Damaged {
        /// Which file.
        origin: ModelSource,
        /// What is wrong with it.
        error: CheckpointError,
    },
}

/// What to do about a checkpoint that cannot be used.
fn advice(origin: &ModelSource) -> String {
    match origin {
        ModelSource::Flag(_) => "Name another file, or none to use the one inside the program".to_owned(),
        ModelSource::Variable(_) => {
            format!("Set {MODEL_VARIABLE} to another file, or unset it to use the one inside the program")
        }
        ModelSource::BuiltIn => "The program itself is damaged: please install it again".to_owned(),
    }
}

fn path(origin: &ModelSource) -> &Path {
    match origin {
        ModelSource::Flag(path) | ModelSource::Variable(path) => path,
        ModelSource::BuiltIn => Path::new(""),
    }
}

/// Opens the checkpoint to run: the file of the flag, else the one `REELSMITH_MODEL` names (unless it
/// is empty), else the reference inside the program.
///
/// # Errors
/// If the file cannot be read or is no sound checkpoint. One that was named and cannot be used is
/// never replaced by the built-in one.
pub fn open_checkpoint(flag: Option<&Path>) -> Result<(Checkpoint, ModelSource), ModelFileError> {
    open(choose(flag, std::env::var_os(MODEL_VARIABLE)))
}

fn choose(flag: Option<&Path>, variable: Option<OsString>) -> ModelSource {
    match (flag, variable) {
        (Some(path), _) => ModelSource::Flag(path.to_owned()),
        (None, Some(path)) if !path.is_empty() => ModelSource::Variable(path.into()),
        _ => ModelSource::BuiltIn,
    }
}

fn open(origin: ModelSource) -> Result<(Checkpoint, ModelSource), ModelFileError> {
    let checkpoint = match &origin {
        ModelSource::BuiltIn => Checkpoint::from_bytes(REFERENCE),
        ModelSource::Flag(path) | ModelSource::Variable(path) => {
            let bytes = match read(path) {
                Ok(bytes) => bytes,
                Err(error) => return Err(ModelFileError::Unreadable { origin, error }),
            };
            if bytes.len() as u64 > MOST_BYTES {
                return Err(ModelFileError::TooLarge { origin });
            }
            // torch.save writes a zip archive, before 2020 a bare pickle.
            if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\x80\x02\x8a\x0a") {
                return Err(ModelFileError::PyTorch { origin });
            }
            Checkpoint::from_bytes(&bytes)
        }
    };
    match checkpoint {
        Ok(checkpoint) => Ok((checkpoint, origin)),
        Err(error) => Err(ModelFileError::Damaged { origin, error }),
    }
}

/// Reads a file, but never without bound.
fn read(path: &Path) -> io::Result<Vec<u8>> {
    let file = File::open(path)?;
    let size = file.metadata()?.len().min(MOST_BYTES);
    let mut bytes = Vec::with_capacity(size as usize);
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_wins_over_the_environment_and_that_over_the_built_in_one() {
        let flag = Path::new("flag");
        assert_eq!(choose(Some(flag), Some("variable".into())), ModelSource::Flag("flag".into()));
        assert_eq!(choose(None, Some("variable".into())), ModelSource::Variable("variable".into()));
        assert_eq!(choose(None, Some("".into())), ModelSource::BuiltIn);
    }

    #[test]
    fn the_built_in_checkpoint_is_sound() {
        let (checkpoint, origin) = open(ModelSource::BuiltIn).unwrap();
        assert_eq!(origin, ModelSource::BuiltIn);
        assert_eq!(checkpoint.vocabulary.len(), 99);
    }

    #[test]
    fn a_file_that_cannot_be_used_is_named_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weights.pt");
        let error = open(ModelSource::Flag(path.clone())).unwrap_err().to_string();
        assert!(error.contains("weights.pt") && error.contains("Name another file"), "{error}");

        std::fs::write(&path, b"PK\x03\x04....").unwrap();
        let error = open(ModelSource::Flag(path.clone())).unwrap_err().to_string();
        assert!(error.contains("reelsmith-cli import"), "{error}");

        std::fs::write(&path, b"no checkpoint at all").unwrap();
        let error = open(ModelSource::Variable(path)).unwrap_err().to_string();
        assert!(error.contains("weights.pt") && error.contains("unset it"), "{error}");
    }
}
