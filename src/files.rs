//! Writing files so that a crash at any moment leaves the old one or the new one, never half of one.

use std::fmt::Debug;
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::SystemTime;

/// The end of the names of files that are being written.
const UNFINISHED: &str = ".reelsmith-tmp";

/// What is done to files, step by step: the [`Disk`], or a test's own that fails between two steps.
pub trait Storage: Debug + Send + Sync {
    /// The files in a folder, in no order; folders in it are left out.
    ///
    /// # Errors
    /// If the folder is not there or cannot be read.
    fn list(&self, folder: &Path) -> io::Result<Vec<Listed>>;
    /// The first `most` bytes of a file.
    ///
    /// # Errors
    /// If it cannot be read.
    fn read(&self, path: &Path, most: usize) -> io::Result<Vec<u8>>;
    /// Whether there is anything of this name.
    fn exists(&self, path: &Path) -> bool;
    /// Makes a new file with these bytes, down to the disk. What fails may leave part of it.
    ///
    /// # Errors
    /// If there is one already or it cannot be written.
    fn write_new(&self, path: &Path, bytes: &[u8]) -> io::Result<()>;
    /// Gives a file another name, in one moment and down to the disk. Where that name was taken, its file
    /// is gone.
    ///
    /// # Errors
    /// If the file is not there or the name cannot be given; then both are as they were.
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()>;
    /// Removes a file.
    ///
    /// # Errors
    /// If it is not there or cannot be removed.
    fn remove(&self, path: &Path) -> io::Result<()>;
    /// Makes a folder and those it is in, unless they are there.
    ///
    /// # Errors
    /// If it cannot be made.
    fn make_folder(&self, path: &Path) -> io::Result<()>;
    /// Waits until no other program holds this file, makes it if need be, and holds it until what is
    /// returned is dropped or the program ends, however it ends.
    ///
    /// # Errors
    /// If the file cannot be made. Where files cannot be held, nobody holds one, and that is no error.
    fn lock(&self, path: &Path) -> io::Result<File>;
}

/// A file in a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Its name.
    pub name: String,
    /// Its size in bytes.
    pub size: u64,
    /// When it was last written, as far as the system knows.
    pub written: Option<SystemTime>,
}

/// The system's own files.
#[derive(Debug, Clone, Copy, Default)]
pub struct Disk;

impl Storage for Disk {
    fn list(&self, folder: &Path) -> io::Result<Vec<Listed>> {
        let mut files = Vec::new();
        for entry in fs::read_dir(folder)? {
            let entry = entry?;
            // A name that is no text cannot be shown; a file that has just gone is not there.
            let (Ok(name), Ok(about)) = (entry.file_name().into_string(), fs::metadata(entry.path())) else {
                continue;
            };
            if about.is_file() {
                files.push(Listed { name, size: about.len(), written: about.modified().ok() });
            }
        }
        Ok(files)
    }

    fn read(&self, path: &Path, most: usize) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        File::open(path)?.take(most as u64).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn exists(&self, path: &Path) -> bool {
        fs::symlink_metadata(path).is_ok()
    }

    fn write_new(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        let mut file = File::create_new(path)?;
        file.write_all(bytes)?;
        file.sync_all()
    }

    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        fs::rename(from, to)?;
        // The name is on the disk when the folder is. Where folders cannot be opened the system sees to it.
        if let Some(folder) = to.parent().and_then(|folder| File::open(folder).ok()) {
            let _ = folder.sync_all();
        }
        Ok(())
    }

    fn remove(&self, path: &Path) -> io::Result<()> {
        fs::remove_file(path)
    }

    fn make_folder(&self, path: &Path) -> io::Result<()> {
        fs::create_dir_all(path)
    }

    fn lock(&self, path: &Path) -> io::Result<File> {
        let file = File::options().create(true).truncate(false).write(true).open(path)?;
        match file.lock() {
            Err(error) if error.kind() != io::ErrorKind::Unsupported => Err(error),
            _ => Ok(file),
        }
    }
}

/// Writes a file whole or not at all: into a new file beside it, to the disk, then under its name.
/// A file that is there already is replaced in the same moment.
///
/// # Errors
/// What the system says; the new file is removed again and the old one is as it was.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> io::Result<()> {
    write_atomically_in(&Disk, path, bytes)
}

/// [`write_atomically`] in a storage of one's own.
///
/// # Errors
/// As there.
pub fn write_atomically_in(storage: &dyn Storage, path: &Path, bytes: &[u8]) -> io::Result<()> {
    // Process and count keep two copies of the program, and two threads of one, apart.
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let name = path.file_name().ok_or(io::ErrorKind::InvalidFilename)?;
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let beside =
        path.with_file_name(format!(".{}.{}-{number}{UNFINISHED}", name.display(), std::process::id()));
    let written = storage.write_new(&beside, bytes).and_then(|()| storage.rename(&beside, path));
    if written.is_err() {
        // What went wrong first is what is reported.
        let _ = storage.remove(&beside);
    }
    written
}

/// Whether a file of this name is one that is being written, or was when its program was killed.
pub fn is_unfinished(name: &str) -> bool {
    name.ends_with(UNFINISHED)
}

/// Removes what a killed process left half written in a folder that is this process' alone.
///
/// # Errors
/// If the folder cannot be listed or such a file not removed.
pub fn remove_unfinished(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if is_unfinished(&entry.file_name().to_string_lossy()) {
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

    #[test]
    fn a_file_is_read_up_to_the_limit_and_held_by_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tune.abc");
        fs::write(&path, b"whole").unwrap();
        assert_eq!(Disk.read(&path, 3).unwrap(), b"who");
        let held = Disk.lock(&folder.path().join(".lock")).unwrap();
        let other = File::open(folder.path().join(".lock")).unwrap();
        assert!(other.try_lock().is_err());
        drop(held);
        assert!(other.try_lock().is_ok());
    }
}
