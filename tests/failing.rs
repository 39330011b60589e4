//! A disk that fails, for the promises about the library.

use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use reelsmith::files::{Disk, Listed, Storage};

/// A disk that fails: at the n-th byte that is written, and from then on in the way it is told.
#[derive(Debug)]
pub(crate) struct Failing {
    /// How many bytes may still be written.
    room: AtomicUsize,
    /// Whether nothing at all can be done once that has happened, as if the program had crashed.
    crashes: bool,
    down: AtomicBool,
    error: io::ErrorKind,
}

impl Failing {
    /// One with room for so many bytes; then it fails with this error.
    pub(crate) fn after(room: usize, error: io::ErrorKind, crashes: bool) -> Arc<Self> {
        let (room, down) = (AtomicUsize::new(room), AtomicBool::new(false));
        Arc::new(Self { room, crashes, down, error })
    }

    /// It fails from now on.
    pub(crate) fn break_down(&self) {
        self.room.store(0, Ordering::SeqCst);
        self.down.store(true, Ordering::SeqCst);
    }

    fn may(&self) -> io::Result<()> {
        let down = self.down.load(Ordering::SeqCst);
        if down && (self.crashes || self.error == io::ErrorKind::PermissionDenied) {
            return Err(self.error.into());
        }
        Ok(())
    }

    /// All is well again.
    pub(crate) fn mend(&self) {
        self.room.store(usize::MAX, Ordering::SeqCst);
        self.down.store(false, Ordering::SeqCst);
    }
}

impl Storage for Failing {
    fn list(&self, folder: &Path) -> io::Result<Vec<Listed>> {
        Disk.list(folder)
    }
    fn read(&self, path: &Path, most: usize) -> io::Result<Vec<u8>> {
        Disk.read(path, most)
    }
    fn exists(&self, path: &Path) -> bool {
        Disk.exists(path)
    }
    fn write_new(&self, path: &Path, bytes: &[u8]) -> io::Result<()> {
        self.may()?;
        let room = self.room.load(Ordering::SeqCst);
        if bytes.len() > room {
            Disk.write_new(path, &bytes[..room])?;
            self.room.store(0, Ordering::SeqCst);
            self.down.store(true, Ordering::SeqCst);
            return Err(self.error.into());
        }
        self.room.store(room - bytes.len(), Ordering::SeqCst);
        Disk.write_new(path, bytes)
    }
    fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        self.may()?;
        // With no room left a name cannot be given either: the crash between writing and naming.
        if self.crashes && self.room.load(Ordering::SeqCst) == 0 {
            self.down.store(true, Ordering::SeqCst);
            return Err(self.error.into());
        }
        Disk.rename(from, to)
    }
    fn remove(&self, path: &Path) -> io::Result<()> {
        self.may()?;
        Disk.remove(path)
    }
    fn make_folder(&self, path: &Path) -> io::Result<()> {
        Disk.make_folder(path)
    }
    fn lock(&self, path: &Path) -> io::Result<File> {
        self.may()?;
        Disk.lock(path)
    }
}
