//! Writing files so that a crash at any moment leaves the old one or the new one, never half of one.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

/// The end of the names of files that are being written.
const UNFINISHED: &str = ".reelsmith-tmp";

/// Writes a file whole or not at all: into a new file beside it, to the disk, then under its name.
/// A file that is there already is replaced in the same moment.
///
/// # Errors
/// What the system says; the new file is removed again and the old one is as it was.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Process and count keep two copies of the program, and two threads of one, apart.
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let beside =
        path.with_file_name(format!(".{}.{}-{number}{UNFINISHED}", name.display(), std::process::id()));
    let written = File::create_new(&beside)
        .and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        })
        .and_then(|()| fs::rename(&beside, path));
    if written.is_err() {
        // What went wrong first is what is reported.
        let _ = fs::remove_file(&beside);
    }
    written
}

/// Removes what a killed process left half written in a folder that is this process' alone.
///
/// # Errors
/// If the folder cannot be listed or such a file not removed.
pub fn remove_unfinished(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().ends_with(UNFINISHED) {
            fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_replaced_whole_and_nothing_is_left_beside_it() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tune.abc");
        write_atomically(&path, b"old").unwrap();
        write_atomically(&path, b"new").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_file_that_cannot_be_written_leaves_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert!(write_atomically(&folder.path().join("no/tune.abc"), b"x").is_err());
        fs::create_dir_all(folder.path().join("full/of")).unwrap();
        assert!(write_atomically(&folder.path().join("full"), b"x").is_err());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn only_unfinished_files_are_removed() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(format!(".tune.abc.7-0{UNFINISHED}")), b"ha").unwrap();
        fs::write(folder.path().join("tune.abc"), b"whole").unwrap();
        remove_unfinished(folder.path()).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
        assert!(folder.path().join("tune.abc").exists());
    }
}
