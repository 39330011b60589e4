//! The folder where the program keeps its data.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// The environment variable that names the folder.
pub const DATA_DIR_VARIABLE: &str = "REELSMITH_DATA_DIR";

/// Why there is no data folder.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DataDirError {
    /// The system names no home folder.
    #[error("this system names no home folder to keep data in; name a folder with {DATA_DIR_VARIABLE}")]
    NoHome,
}

/// The folder for the program's data: the flag, else `REELSMITH_DATA_DIR` (unless it is empty), else
/// the system's place for such data. It need not be there yet.
///
/// # Errors
/// If nothing is named and the system has no home folder.
pub fn data_dir(flag: Option<&Path>) -> Result<PathBuf, DataDirError> {
    named(flag, std::env::var_os(DATA_DIR_VARIABLE))
        .or_else(|| {
            let folders = directories::ProjectDirs::from("", "", "reelsmith")?;
            Some(folders.data_dir().to_owned())
        })
        .ok_or(DataDirError::NoHome)
}

fn named(flag: Option<&Path>, variable: Option<OsString>) -> Option<PathBuf> {
    flag.map(Path::to_owned).or_else(|| variable.filter(|v| !v.is_empty()).map(PathBuf::from))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_wins_over_the_environment_and_an_empty_variable_is_none() {
        let flag = Path::new("/flag");
        assert_eq!(named(Some(flag), Some("/variable".into())), Some("/flag".into()));
        assert_eq!(named(None, Some("/variable".into())), Some("/variable".into()));
        assert_eq!(named(None, Some("".into())), None);
    }
}
