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
    /// The file chosen in the window.
    Chosen(PathBuf),
    /// The reference checkpoint inside the program.
    BuiltIn,
}

impl ModelSource {
    /// The file, unless it is the one inside the program.
    pub fn file(&self) -> Option<&Path> {
        match self {
            Self::Flag(path) | Self::Variable(path) | Self::Chosen(path) => Some(path),
            Self::BuiltIn => None,
        }
    }
}

impl fmt::Display for ModelSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag(path) => write!(f, "{}", path.display()),
            Self::Variable(path) => write!(f, "{} (named by {MODEL_VARIABLE})", path.display()),
            Self::Chosen(path) => write!(f, "{}", path.display()),
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
    #[error("{origin} is a PyTorch file. Make a checkpoint of it with: reelsmith-cli import {} out.safetensors", .origin.file().unwrap_or(Path::new("")).display())]
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
        ModelSource::Chosen(_) => "Choose another file, or the one inside the program".to_owned(),
        ModelSource::BuiltIn => "The program itself is damaged: please install it again".to_owned(),
    }
}

/// Opens the checkpoint to run: the file of the flag, else the one `REELSMITH_MODEL` names (unless it
/// is empty), else the reference inside the program.
///
/// # Errors
/// If the file cannot be read or is no sound checkpoint. One that was named and cannot be used is
/// never replaced by the built-in one.
pub fn open_checkpoint(flag: Option<&Path>) -> Result<(Checkpoint, ModelSource), ModelFileError> {
    open_source(model_source(flag, None))
}

/// Which checkpoint that is, where one was chosen in the window before: the flag's and the variable's come first.
pub fn model_source(flag: Option<&Path>, chosen: Option<&Path>) -> ModelSource {
    choose(flag, std::env::var_os(MODEL_VARIABLE), chosen)
}

fn choose(flag: Option<&Path>, variable: Option<OsString>, chosen: Option<&Path>) -> ModelSource {
    match (flag, variable, chosen) {
        (Some(path), ..) => ModelSource::Flag(path.to_owned()),
        (None, Some(path), _) if !path.is_empty() => ModelSource::Variable(path.into()),
        (None, _, Some(path)) => ModelSource::Chosen(path.to_owned()),
        _ => ModelSource::BuiltIn,
    }
}

/// Opens a checkpoint.
///
/// # Errors
/// As [`open_checkpoint`].
pub fn open_source(origin: ModelSource) -> Result<(Checkpoint, ModelSource), ModelFileError> {
    let checkpoint = match origin.file() {
        None => Checkpoint::from_bytes(REFERENCE),
        Some(path) => {
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
    fn the_flag_wins_over_the_environment_that_over_the_settings_and_those_over_the_built_in_one() {
        let (flag, set) = (Path::new("flag"), Path::new("set"));
        assert_eq!(choose(Some(flag), Some("variable".into()), Some(set)), ModelSource::Flag("flag".into()));
        let variable = ModelSource::Variable("variable".into());
        assert_eq!(choose(None, Some("variable".into()), Some(set)), variable);
        assert_eq!(choose(None, Some("".into()), Some(set)), ModelSource::Chosen("set".into()));
        assert_eq!(choose(None, Some("".into()), None), ModelSource::BuiltIn);
    }

    #[test]
    fn the_built_in_checkpoint_is_sound() {
        let (checkpoint, origin) = open_source(ModelSource::BuiltIn).unwrap();
        assert_eq!(origin, ModelSource::BuiltIn);
        assert_eq!(checkpoint.vocabulary.len(), 99);
    }

    #[test]
    fn a_file_that_cannot_be_used_is_named_with_what_to_do() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("weights.pt");
        let error = open_source(ModelSource::Flag(path.clone())).unwrap_err().to_string();
        assert!(error.contains("weights.pt") && error.contains("Name another file"), "{error}");

        std::fs::write(&path, b"PK\x03\x04....").unwrap();
        let error = open_source(ModelSource::Flag(path.clone())).unwrap_err().to_string();
        assert!(error.contains("reelsmith-cli import"), "{error}");

        std::fs::write(&path, b"no checkpoint at all").unwrap();
        let error = open_source(ModelSource::Variable(path)).unwrap_err().to_string();
        assert!(error.contains("weights.pt") && error.contains("unset it"), "{error}");
    }
}
