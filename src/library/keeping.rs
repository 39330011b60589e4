//! The library: what is in the folder, and how tunes get there.

use std::collections::{BTreeMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rayon::iter::{IntoParallelIterator, ParallelIterator};

use super::entry::{Entry, NoEntry};
use super::folder::{Folder, Version};
use super::marks::Marks;
use super::names::working_title;
use super::sets::Set;
use super::snapshot::{Damaged, Reason, Snapshot};
use super::trouble::{LibraryError, Trouble};
use crate::abc::{parse, set_field};
use crate::compose::{directives, now};
use crate::files::Listed;
use crate::perform::TuneType;

/// A file written this recently may be written again without its time being another: some file systems
/// count in steps of two seconds.
const CLOCK_STEP: Duration = Duration::from_secs(3);

/// A tune that comes to be kept.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Incoming {
    /// Its text; it gets a working title if it has none.
    pub text: String,
    /// What it has in common with others of the same composing: any text that no other composing has.
    pub group: Option<String>,
    /// Its rank among them, the best 1; 0 for none.
    pub rank: u32,
}

/// How a text was saved.
#[derive(Debug, Clone)]
pub struct Saved {
    /// The tune as it is kept now.
    pub entry: Arc<Entry>,
    /// Whether it became a second file, because another program had changed the first.
    pub second: bool,
}

/// What is known of a file.
#[derive(Debug, Clone)]
pub(super) struct Known {
    /// What the folder said of it; `None` after it was written here.
    pub(super) listed: Option<Listed>,
    pub(super) what: Result<Arc<Entry>, Reason>,
    /// Versions it had before the one it has, all of them replaced by this library itself.
    pub(super) earlier: HashSet<Version>,
}

/// What could not be written.
#[derive(Debug, Clone)]
pub(super) struct Unsaved {
    pub(super) entry: Arc<Entry>,
    /// The version of the file it is to replace; `None` if it is in no file yet.
    pub(super) over: Option<Version>,
}

/// The tunes in a folder.
///
/// Everything here waits for the disk. What cannot be written stays in memory, among the others, until
/// [`Library::retry`] can.
#[derive(Debug)]
pub struct Library {
    pub(super) folder: Folder,
    pub(super) known: BTreeMap<String, Known>,
    /// What could not be written, by the name of its file, or one no file has.
    pub(super) unsaved: BTreeMap<String, Unsaved>,
    pub(super) sets: Vec<(Listed, Arc<Set>)>,
    /// What stands against listing the folder, and against writing in it.
    unlisted: Option<Trouble>,
    unwritten: Option<Trouble>,
    snapshot: Option<Snapshot>,
}

impl Library {
    /// Opens the library in a folder, which is made if it is not there, and reads it. A folder that cannot
    /// be used is told by [`Snapshot::trouble`].
    pub fn open(folder: Folder) -> Self {
        let mut library = Self {
            folder,
            known: BTreeMap::new(),
            unsaved: BTreeMap::new(),
            sets: Vec::new(),
            unlisted: None,
            unwritten: None,
            snapshot: None,
        };
        library.unwritten = library.folder.prepare().err().map(|error| Trouble::of(&error));
        library.refresh();
        library
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// All there is.
    pub fn snapshot(&mut self) -> Snapshot {
        if let Some(snapshot) = &self.snapshot {
            return snapshot.clone();
        }
        let mut snapshot = Snapshot { trouble: self.unlisted.or(self.unwritten), ..Snapshot::default() };
        for (file, known) in &self.known {
            match &known.what {
                Ok(_) if self.unsaved.contains_key(file) => {}
                Ok(entry) => snapshot.entries.push(Arc::clone(entry)),
                Err(reason) => {
                    snapshot.damaged.push(Damaged { file: file.clone(), reason: reason.clone() });
                }
            }
        }
        snapshot.entries.extend(self.unsaved.values().map(|unsaved| Arc::clone(&unsaved.entry)));
        snapshot.sets.extend(self.sets.iter().map(|(_, set)| Arc::clone(set)));
        snapshot.sort();
        self.snapshot.insert(snapshot).clone()
    }

    /// Looks what has changed in the folder; returns whether anything has.
    pub fn refresh(&mut self) -> bool {
        let listed = match self.folder.tunes() {
            Ok(listed) => listed,
            Err(error) => {
                let trouble = Some(Trouble::of(&error));
                let changed = self.unlisted != trouble;
                self.unlisted = trouble;
                self.note(changed);
                return changed;
            }
        };
        let mut changed = self.unlisted.take().is_some();
        if changed && self.unsaved.is_empty() {
            // The folder has come back, and nothing waits to be written.
            self.unwritten = None;
        }
        let there: HashSet<&str> = listed.iter().map(|file| file.name.as_str()).collect();
        let before = self.known.len();
        self.known.retain(|file, _| there.contains(file.as_str()));
        changed |= self.known.len() != before;
        let new: Vec<Listed> = listed
            .into_iter()
            .filter(|file| self.known.get(&file.name).is_none_or(|known| known.listed.as_ref() != Some(file)))
            .collect();
        let folder = &self.folder;
        let read: Vec<_> = new.into_par_iter().map(|file| (read(folder, &file), file)).collect();
        for (what, listed) in read {
            changed |= self.learn(what, listed);
        }
        changed |= self.refresh_sets();
        self.note(changed);
        changed
    }

    /// Takes in what a file was found to hold; returns whether that is new.
    fn learn(&mut self, what: Result<Arc<Entry>, Reason>, listed: Listed) -> bool {
        let age = listed.written.and_then(|written| SystemTime::now().duration_since(written).ok());
        let settled = age.is_none_or(|age| age > CLOCK_STEP);
        let name = listed.name.clone();
        let listed = settled.then_some(listed);
        match self.known.get_mut(&name) {
            Some(known) if same(&known.what, &what) => {
                known.listed = listed;
                false
            }
            _ => {
                self.known.insert(name, Known { listed, what, earlier: HashSet::new() });
                true
            }
        }
    }

    pub(super) fn refresh_sets(&mut self) -> bool {
        let mut listed = self.folder.sets();
        listed.sort_by(|a, b| a.name.cmp(&b.name));
        if listed.iter().eq(self.sets.iter().map(|(listed, _)| listed)) {
            return false;
        }
        // A set that cannot be read now is looked at again next time.
        let read = |file: Listed| {
            let bytes = self.folder.read_set(&file.name).ok()?;
            let set = Set::read(&file.name, &bytes);
            Some((file, Arc::new(set)))
        };
        self.sets = listed.into_iter().filter_map(read).collect();
        true
    }

    pub(super) fn note(&mut self, changed: bool) {
        if changed {
            self.snapshot = None;
        }
    }

    /// The tune in a file, or one that is in none yet.
    ///
    /// # Errors
    /// If there is none of this name.
    pub fn get(&self, file: &str) -> Result<&Arc<Entry>, LibraryError> {
        let unsaved = self.unsaved.get(file).map(|unsaved| &unsaved.entry);
        unsaved
            .or_else(|| self.known.get(file)?.what.as_ref().ok())
            .ok_or_else(|| LibraryError::NoTune { file: file.to_owned() })
    }

    pub(super) fn entries(&self) -> impl Iterator<Item = &Entry> {
        let known = self.known.values().filter_map(|known| known.what.as_deref().ok());
        known.chain(self.unsaved.values().map(|unsaved| &*unsaved.entry))
    }

    /// Keeps a tune in a file of its own.
    ///
    /// # Errors
    /// If there is none in the text. If it cannot be written, it is kept in memory.
    pub fn keep(&mut self, incoming: &Incoming) -> Result<Arc<Entry>, LibraryError> {
        let (entry, error) = self.keep_anyhow(incoming)?;
        error.map_or(Ok(entry), Err)
    }

    /// Keeps a tune in a file of its own or, should that not be possible for the reason it gives, in memory.
    ///
    /// # Errors
    /// If there is no tune in the text.
    pub fn keep_anyhow(
        &mut self,
        incoming: &Incoming,
    ) -> Result<(Arc<Entry>, Option<LibraryError>), LibraryError> {
        let text = self.titled(incoming);
        let composed = directives::get(&text, "time").is_some();
        let marks = Marks::read(&text);
        let marks = Marks {
            kept: marks.kept.or_else(|| (!composed).then(now)),
            group: incoming.group.clone(),
            rank: incoming.rank,
            chosen: false,
            ..marks
        };
        Ok(self.create(&marks.write(&text))?)
    }

    /// The text with a title. Tunes of one composing have one working title in common.
    fn titled(&self, incoming: &Incoming) -> String {
        let text = &incoming.text;
        let Some(tune) = parse(text).tunes.into_iter().next() else { return text.clone() };
        if tune.title().is_some_and(|title| !title.is_empty()) {
            return text.clone();
        }
        let kind = TuneType::of(tune.rhythm(), &tune.metre);
        let with = incoming.group.as_ref().and_then(|_| {
            self.entries().find(|entry| entry.marks.group == incoming.group && entry.kind == kind)
        });
        let title = with.map(|entry| entry.title.clone());
        let title = title.unwrap_or_else(|| working_title(kind.in_words(), self.entries()));
        set_field(text, &tune, 'T', &title).unwrap_or_else(|_| text.clone())
    }

    pub(super) fn create(&mut self, text: &str) -> Result<(Arc<Entry>, Option<LibraryError>), NoEntry> {
        let entry = Entry::read("", text.as_bytes(), Some(SystemTime::now()))?;
        Ok(match self.folder.create(&entry.title, text.as_bytes()) {
            Ok(file) => (self.written(Entry { file, ..entry }, None), None),
            Err(error) => {
                let error = self.trouble(&entry.title, error);
                (self.remember(entry), Some(error))
            }
        })
    }

    /// Saves a text that was read from a file when that had the version `read`. The library's own marks
    /// are those the tune has now, whatever the text says of them.
    ///
    /// # Errors
    /// If there is no tune in the text. If it cannot be written, it is kept in memory.
    pub fn save(&mut self, file: &str, read: Version, text: &str) -> Result<Saved, LibraryError> {
        let (over, marks) = match (self.unsaved.get(file), self.known.get(file)) {
            (Some(unsaved), _) => (unsaved.over, Some(&unsaved.entry.marks)),
            // Only this library has changed it since.
            (None, Some(Known { what: Ok(now), earlier, .. }))
                if now.version == read || earlier.contains(&read) =>
            {
                (Some(now.version), Some(&now.marks))
            }
            _ => (Some(read), None),
        };
        let text = marks.map_or_else(|| text.to_owned(), |marks| marks.write(text));
        let entry = Entry { saved: false, ..Entry::read(file, text.as_bytes(), Some(SystemTime::now()))? };
        self.unsaved.insert(file.to_owned(), Unsaved { entry: Arc::new(entry), over });
        self.note(true);
        let entry = self.write_unsaved(file)?;
        let second = over.is_some() && entry.file != file;
        Ok(Saved { entry, second })
    }

    /// Writes what could not be written before.
    fn write_unsaved(&mut self, file: &str) -> Result<Arc<Entry>, LibraryError> {
        let Some(Unsaved { entry, over }) = self.unsaved.get(file).cloned() else {
            return Err(LibraryError::NoTune { file: file.to_owned() });
        };
        let bytes = entry.text.as_bytes();
        let written = match over {
            Some(version) => self.folder.replace(file, version, bytes),
            None => self.folder.create(&entry.title, bytes),
        };
        match written {
            Ok(name) => {
                self.unsaved.remove(file);
                let before = over.filter(|_| name == file);
                Ok(self.written(Entry { file: name, saved: true, ..(*entry).clone() }, before))
            }
            Err(error) => Err(self.trouble(&entry.title, error)),
        }
    }

    /// A tune has been written to its file here. `before` is the version that had before, if it had any.
    pub(super) fn written(&mut self, entry: Entry, before: Option<Version>) -> Arc<Entry> {
        let entry = Arc::new(entry);
        let mut earlier = self.known.remove(&entry.file).map(|known| known.earlier).unwrap_or_default();
        earlier.extend(before);
        let known = Known { listed: None, what: Ok(Arc::clone(&entry)), earlier };
        self.known.insert(entry.file.clone(), known);
        self.unwritten = None;
        self.note(true);
        entry
    }

    /// Keeps in memory what could not be written, under a name no file has.
    pub(super) fn remember(&mut self, entry: Entry) -> Arc<Entry> {
        let named = |number: usize| format!("unsaved {number}");
        let mut number = self.unsaved.len();
        while self.unsaved.contains_key(&named(number)) {
            number += 1;
        }
        let entry = Arc::new(Entry { file: named(number), saved: false, ..entry });
        let unsaved = Unsaved { entry: Arc::clone(&entry), over: None };
        self.unsaved.insert(named(number), unsaved);
        self.note(true);
        entry
    }

    pub(super) fn trouble(&mut self, title: &str, error: io::Error) -> LibraryError {
        self.unwritten = Some(Trouble::of(&error));
        self.note(true);
        LibraryError::writing(title, self.folder.path(), error)
    }

    /// Tries once more to write what could not be written, and to use the folder. Returns the tunes that are
    /// in files now, each after the name it had.
    ///
    /// # Errors
    /// The first that still cannot be written.
    pub fn retry(&mut self) -> Result<Vec<(String, Arc<Entry>)>, LibraryError> {
        if let Err(error) = self.folder.prepare() {
            return Err(self.trouble("", error));
        }
        self.unwritten = None;
        self.note(true);
        let files: Vec<String> = self.unsaved.keys().cloned().collect();
        let written: Result<Vec<_>, _> =
            files.into_iter().map(|file| self.write_unsaved(&file).map(|entry| (file, entry))).collect();
        self.refresh();
        written
    }

    /// Uses another folder from now on. What could not be written goes there; so do all tunes if the folder
    /// they were in is gone. Returns those, each after the name it had.
    ///
    /// # Errors
    /// If the other folder cannot be made or written in; then everything is as it was.
    pub fn use_folder(
        &mut self,
        path: impl Into<PathBuf>,
    ) -> Result<Vec<(String, Arc<Entry>)>, LibraryError> {
        let folder = self.folder.elsewhere(path);
        folder.prepare().map_err(|error| LibraryError::writing("", folder.path(), error))?;
        let gone = self.folder.tunes().is_err();
        let known = self.known.values().filter(|_| gone).filter_map(|known| known.what.as_ref().ok());
        let mut moved = Vec::new();
        for entry in self.unsaved.values().map(|unsaved| &unsaved.entry).chain(known) {
            let written = folder.create(&entry.title, entry.text.as_bytes());
            let file = written.map_err(|error| LibraryError::writing(&entry.title, folder.path(), error))?;
            let there = Entry { file, saved: true, ..(**entry).clone() };
            moved.push((entry.file.clone(), Arc::new(there)));
        }
        *self = Self::open(folder);
        Ok(moved)
    }
}

fn read(folder: &Folder, file: &Listed) -> Result<Arc<Entry>, Reason> {
    let bytes = folder.read(&file.name).map_err(|error| Reason::Unreadable(error.to_string()))?;
    Ok(Arc::new(Entry::read(&file.name, &bytes, file.written)?))
}

fn same(one: &Result<Arc<Entry>, Reason>, other: &Result<Arc<Entry>, Reason>) -> bool {
    match (one, other) {
        (Ok(one), Ok(other)) => one.version == other.version,
        (Err(one), Err(other)) => one == other,
        _ => false,
    }
}
