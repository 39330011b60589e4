//! The folder of tunes on the disk: names, bytes, and how two programs get along in it.

use std::collections::HashMap;
use std::fmt;
use std::fs::File;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use super::names::{file_stem, free_name};
use crate::abc::limits;
use crate::files::{Listed, Storage, is_unfinished, write_atomically_in};

/// The ending of a tune's file.
const ENDING: &str = "abc";
/// The folder in the folder where deleted tunes go.
const TRASH: &str = "trash";
/// The folder in the folder where sets are.
const SETS: &str = "sets";
/// Held by the copy of the program that is changing files.
const LOCK: &str = ".lock";
/// What a killed program left half written is taken away after this time: no writing takes as long.
const LEFT_BEHIND: Duration = Duration::from_secs(3600);

/// What tells one state of a file from another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Version(u64);

impl Version {
    /// That of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        let mut hasher = DefaultHasher::new();
        bytes.hash(&mut hasher);
        Self(hasher.finish())
    }

    /// One that was written with `Display` by the same build of the program; another's fits no file.
    pub fn parse(digits: &str) -> Option<Self> {
        u64::from_str_radix(digits, 16).ok().map(Self)
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

/// The folder of tunes.
///
/// Whoever changes a file holds the folder's lock meanwhile, so that what is looked at first (is the file
/// as it was read? is the name free?) still holds when the file gets its name.
#[derive(Debug, Clone)]
pub struct Folder {
    root: PathBuf,
    storage: Arc<dyn Storage>,
    /// The last number given to a name that was taken, so that a thousand like it are not looked up.
    taken: Arc<Mutex<HashMap<String, u32>>>,
}

impl Folder {
    /// The folder at a path, which need not be there yet.
    pub fn new(root: impl Into<PathBuf>, storage: Arc<dyn Storage>) -> Self {
        Self { root: root.into(), storage, taken: Arc::default() }
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.root
    }

    /// The same storage at another place.
    pub(super) fn elsewhere(&self, root: impl Into<PathBuf>) -> Self {
        Self::new(root, Arc::clone(&self.storage))
    }

    /// Makes the folder, if it is not there, and takes away what killed programs left half written in it.
    ///
    /// # Errors
    /// If it cannot be made or listed.
    pub fn prepare(&self) -> io::Result<()> {
        self.storage.make_folder(&self.root)?;
        for file in self.storage.list(&self.root)?.iter().filter(|file| is_unfinished(&file.name)) {
            let age = file.written.and_then(|written| written.elapsed().ok());
            if age.is_some_and(|age| age > LEFT_BEHIND) {
                // Another copy may have done it; it harms nobody if it stays.
                let _ = self.storage.remove(&self.root.join(&file.name));
            }
        }
        Ok(())
    }

    /// The files of tunes, in no order. Names that begin with a dot are not shown by any program, nor here.
    ///
    /// # Errors
    /// If the folder is not there or cannot be read.
    pub fn tunes(&self) -> io::Result<Vec<Listed>> {
        let mut files = self.storage.list(&self.root)?;
        files.retain(|file| has_ending(&file.name) && !file.name.starts_with('.'));
        Ok(files)
    }

    /// The bytes of a tune's file, up to one more than a text may have.
    ///
    /// # Errors
    /// If it cannot be read.
    pub fn read(&self, file: &str) -> io::Result<Vec<u8>> {
        self.storage.read(&self.root.join(file), limits::BYTES + 1)
    }

    /// Writes a new file named after a title; returns its name.
    ///
    /// # Errors
    /// If it cannot be written; then there is none.
    pub fn create(&self, title: &str, bytes: &[u8]) -> io::Result<String> {
        let _held = self.hold()?;
        self.create_held(title, bytes)
    }

    fn create_held(&self, title: &str, bytes: &[u8]) -> io::Result<String> {
        let file = self.free(&self.root, &file_stem(title), ENDING);
        write_atomically_in(&*self.storage, &self.root.join(&file), bytes)?;
        Ok(file)
    }

    /// Replaces a file that is as it was read, or makes it again if it is gone. One that has changed since
    /// stays, and the bytes become a second file beside it; returns the name of the file they are in.
    ///
    /// # Errors
    /// If it cannot be written; then everything is as it was.
    pub fn replace(&self, file: &str, read: Version, bytes: &[u8]) -> io::Result<String> {
        let _held = self.hold()?;
        let path = self.root.join(file);
        let now = match self.read(file) {
            Ok(now) => Some(Version::of(&now)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        if now == Some(Version::of(bytes)) {
            return Ok(file.to_owned());
        }
        if now.is_some_and(|now| now != read) {
            let stem = Path::new(file).file_stem().unwrap_or_default().to_string_lossy();
            return self.create_held(&stem, bytes);
        }
        write_atomically_in(&*self.storage, &path, bytes)?;
        Ok(file.to_owned())
    }

    /// Changes what is in a file now, whoever wrote it; returns the bytes it has then.
    ///
    /// # Errors
    /// If it cannot be read or written; then it is as it was.
    pub fn change(&self, file: &str, change: impl FnOnce(Vec<u8>) -> Vec<u8>) -> io::Result<Vec<u8>> {
        let _held = self.hold()?;
        let before = self.read(file)?;
        let version = Version::of(&before);
        let after = change(before);
        if Version::of(&after) != version {
            write_atomically_in(&*self.storage, &self.root.join(file), &after)?;
        }
        Ok(after)
    }

    /// Gives a file a name after a title, unless it has it; returns the name.
    ///
    /// # Errors
    /// If it cannot be given; then the file has the name it had.
    pub fn rename(&self, file: &str, title: &str) -> io::Result<String> {
        let _held = self.hold()?;
        let stem = file_stem(title);
        if stem.is_empty() || file == format!("{stem}.{ENDING}") {
            return Ok(file.to_owned());
        }
        let name = self.free(&self.root, &stem, ENDING);
        self.storage.rename(&self.root.join(file), &self.root.join(&name))?;
        Ok(name)
    }

    /// Moves a tune's file into the trash; returns its name there.
    ///
    /// # Errors
    /// If it cannot be moved; then it stays.
    pub fn discard(&self, file: &str) -> io::Result<String> {
        let trash = self.root.join(TRASH);
        let _held = self.hold()?;
        self.storage.make_folder(&trash)?;
        let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ENDING));
        let name = self.free(&trash, stem, ending);
        self.storage.rename(&self.root.join(file), &trash.join(&name))?;
        Ok(name)
    }

    /// Moves a file out of the trash, under the name it had or one like it; returns that name.
    ///
    /// # Errors
    /// If it cannot be moved; then it stays.
    pub fn restore(&self, discarded: &str, file: &str) -> io::Result<String> {
        let _held = self.hold()?;
        let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ENDING));
        let name = self.free(&self.root, stem, ending);
        self.storage.rename(&self.root.join(TRASH).join(discarded), &self.root.join(&name))?;
        Ok(name)
    }

    /// The names of the sets' files; none without a folder of sets.
    pub(super) fn sets(&self) -> Vec<Listed> {
        let mut files = self.storage.list(&self.root.join(SETS)).unwrap_or_default();
        files.retain(|file| has_ending(&file.name) && !file.name.starts_with('.'));
        files
    }

    /// The bytes of a set's file.
    pub(super) fn read_set(&self, file: &str) -> io::Result<Vec<u8>> {
        self.storage.read(&self.root.join(SETS).join(file), limits::BYTES)
    }

    /// Writes a set's file, whatever was there.
    pub(super) fn write_set(&self, file: &str, bytes: &[u8]) -> io::Result<()> {
        let _held = self.hold()?;
        self.storage.make_folder(&self.root.join(SETS))?;
        write_atomically_in(&*self.storage, &self.root.join(SETS).join(file), bytes)
    }

    /// Writes a new set's file, named after it.
    pub(super) fn create_set(&self, stem: &str, bytes: &[u8]) -> io::Result<()> {
        let sets = self.root.join(SETS);
        let _held = self.hold()?;
        self.storage.make_folder(&sets)?;
        let name = self.free(&sets, stem, ENDING);
        write_atomically_in(&*self.storage, &sets.join(name), bytes)
    }

    /// Moves a set's file into the trash.
    pub(super) fn discard_set(&self, file: &str) -> io::Result<()> {
        let trash = self.root.join(TRASH);
        let _held = self.hold()?;
        self.storage.make_folder(&trash)?;
        let (stem, ending) = file.rsplit_once('.').unwrap_or((file, ENDING));
        let name = self.free(&trash, stem, ending);
        self.storage.rename(&self.root.join(SETS).join(file), &trash.join(name))
    }

    fn hold(&self) -> io::Result<File> {
        self.storage.lock(&self.root.join(LOCK))
    }

    fn free(&self, folder: &Path, stem: &str, ending: &str) -> String {
        // What a thread that panicked left in it is still a hint.
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        free_name(stem, ending, &mut taken, |name| self.storage.exists(&folder.join(name)))
    }
}

fn has_ending(name: &str) -> bool {
    Path::new(name).extension().is_some_and(|ending| ending.eq_ignore_ascii_case(ENDING))
}
