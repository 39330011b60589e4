//! What the musician does with tunes that are kept: marks, titles, copies, the trash, sets, import.

use std::collections::HashSet;
use std::io;
use std::sync::Arc;
use std::time::SystemTime;

use super::entry::Entry;
use super::folder::Version;
use super::keeping::{Incoming, Known, Library};
use super::marks::Marks;
use super::names::{file_stem, is_working_title};
use super::sets::Set;
use super::trouble::LibraryError;
use crate::abc::{self, parse, set_field};
use crate::compose::{directives, now};

/// Tunes that were deleted, and how to get them back.
#[derive(Debug, Clone, Default)]
pub struct Deleted {
    /// The tunes as they were, each with the name of its file in the trash; `None` if it was in no file.
    pub tunes: Vec<(Arc<Entry>, Option<String>)>,
}

impl Library {
    /// Changes a tune's text in its file, as it is there now.
    fn change(&mut self, file: &str, change: impl Fn(&str) -> String) -> Result<Arc<Entry>, LibraryError> {
        let entry = Arc::clone(self.get(file)?);
        if let Some(unsaved) = self.unsaved.get_mut(file) {
            let read = Entry::read(file, change(&entry.text).as_bytes(), None)?;
            unsaved.entry = Arc::new(Entry { saved: false, time: entry.time, ..read });
            let entry = Arc::clone(&unsaved.entry);
            self.note(true);
            return Ok(entry);
        }
        let mut before = entry.version;
        let changed = self.folder.change(file, |bytes| {
            before = Version::of(&bytes);
            change(&abc::decode(bytes)).into_bytes()
        });
        match changed {
            Ok(bytes) => {
                if before != entry.version {
                    // Another program's version: texts read before it are no longer this one's.
                    self.known.remove(file);
                }
                let read = Entry::read(file, &bytes, Some(SystemTime::now()))?;
                let noted = read.marks.kept.is_some() || directives::get(&read.text, "time").is_some();
                let time = if noted { read.time } else { entry.time };
                Ok(self.written(Entry { time, ..read }, Some(before)))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound && self.folder.tunes().is_ok() => {
                Err(LibraryError::NoTune { file: file.to_owned() })
            }
            Err(error) => Err(self.trouble(&entry.title, error)),
        }
    }

    /// Changes a tune's marks.
    ///
    /// # Errors
    /// If it is not there or cannot be written; then nothing has changed.
    pub fn mark(&mut self, file: &str, change: impl Fn(&mut Marks)) -> Result<Arc<Entry>, LibraryError> {
        self.change(file, |text| {
            let mut marks = Marks::read(text);
            change(&mut marks);
            marks.write(text)
        })
    }

    /// Chooses a tune among those of its composing.
    ///
    /// # Errors
    /// If a file cannot be written.
    pub fn choose(&mut self, file: &str) -> Result<(), LibraryError> {
        let group = self.get(file)?.marks.group.clone();
        let others = self.entries().filter(|entry| {
            group.is_some() && entry.marks.group == group && entry.marks.chosen && entry.file != file
        });
        let others: Vec<String> = others.map(|entry| entry.file.clone()).collect();
        self.mark(file, |marks| marks.chosen = true)?;
        others.iter().try_for_each(|other| self.mark(other, |marks| marks.chosen = false).map(|_| ()))
    }

    /// Gives a tune a title, and its file a name after it; sets follow.
    ///
    /// # Errors
    /// If it is not there or cannot be written.
    pub fn rename(&mut self, file: &str, title: &str) -> Result<Arc<Entry>, LibraryError> {
        let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
        let entry = self.change(file, |text| {
            let tune = parse(text).tunes.into_iter().next();
            tune.and_then(|tune| set_field(text, &tune, 'T', &title).ok()).unwrap_or_else(|| text.to_owned())
        })?;
        if !entry.saved {
            return Ok(entry);
        }
        let name = match self.folder.rename(file, &title) {
            Ok(name) => name,
            Err(error) => return Err(self.trouble(&title, error)),
        };
        if name == file {
            return Ok(entry);
        }
        let entry = Arc::new(Entry { file: name.clone(), ..(*entry).clone() });
        if let Some(known) = self.known.remove(file) {
            self.known.insert(name.clone(), Known { listed: None, what: Ok(Arc::clone(&entry)), ..known });
        }
        self.note(true);
        let with: Vec<Set> = self.sets.iter().map(|(_, set)| (**set).clone()).collect();
        for mut set in with.into_iter().filter(|set| set.tunes.iter().any(|tune| tune == file)) {
            set.tunes.iter_mut().filter(|tune| *tune == file).for_each(|tune| tune.clone_from(&name));
            self.write_set(&set)?;
        }
        Ok(entry)
    }

    /// Makes a second tune of one: with no marks, and a title that says so.
    ///
    /// # Errors
    /// If it is not there. If it cannot be written, it is kept in memory.
    pub fn duplicate(&mut self, file: &str) -> Result<Arc<Entry>, LibraryError> {
        let entry = Arc::clone(self.get(file)?);
        let text = Marks { kept: Some(now()), ..Marks::default() }.write(&entry.text);
        let tune = parse(&text).tunes.into_iter().next();
        let title = format!("Copy of {}", entry.title);
        let titled = tune.and_then(|tune| set_field(&text, &tune, 'T', &title).ok());
        let (entry, error) = self.create(&titled.unwrap_or(text))?;
        error.map_or(Ok(entry), Err)
    }

    /// Moves tunes into the trash. Those that are not there are passed over.
    ///
    /// # Errors
    /// Beside what was deleted, the first tune that could not be; those after it stay.
    pub fn delete(&mut self, files: &[String]) -> (Deleted, Result<(), LibraryError>) {
        let mut deleted = Deleted::default();
        for file in files {
            let Ok(entry) = self.get(file).cloned() else { continue };
            if !self.known.contains_key(file) {
                self.unsaved.remove(file);
                deleted.tunes.push((entry, None));
                continue;
            }
            match self.folder.discard(file) {
                Ok(name) => deleted.tunes.push((entry, Some(name))),
                Err(error) if error.kind() == io::ErrorKind::NotFound && self.folder.tunes().is_ok() => {}
                Err(error) => return (deleted, Err(self.trouble(&entry.title, error))),
            }
            self.known.remove(file);
            self.unsaved.remove(file);
        }
        self.note(true);
        (deleted, Ok(()))
    }

    /// Brings deleted tunes back, under the names they had if those are free.
    ///
    /// # Errors
    /// The first that cannot be brought back; those after it are not tried, and all are still in the trash.
    pub fn restore(&mut self, deleted: &Deleted) -> Result<(), LibraryError> {
        for (entry, discarded) in &deleted.tunes {
            if let Some(discarded) = discarded {
                match self.folder.restore(discarded, &entry.file) {
                    Ok(file) => drop(self.written(Entry { file, saved: true, ..(**entry).clone() }, None)),
                    Err(error) => return Err(self.trouble(&entry.title, error)),
                }
            }
            if !entry.saved {
                self.remember((**entry).clone());
            }
        }
        // What is in the files may be newer than what was known when they were deleted.
        self.refresh();
        Ok(())
    }

    /// Keeps a set under its name: a new one, or in place of the one with that name.
    ///
    /// # Errors
    /// If the name is none or the file cannot be written.
    pub fn keep_set(&mut self, name: &str, tunes: Vec<String>) -> Result<(), LibraryError> {
        let name = set_name(name)?;
        match self.sets.iter().find(|(_, set)| set.name == name) {
            Some((_, set)) => self.write_set(&Set { file: set.file.clone(), name, tunes }),
            None => {
                let set = Set { file: String::new(), name, tunes };
                let created = self.folder.create_set(&file_stem(&set.name), &set.write());
                self.set_written(&set.name, created)
            }
        }
    }

    /// Gives a set another name.
    ///
    /// # Errors
    /// If it is not there, the name is none or another set's, or the file cannot be written.
    pub fn rename_set(&mut self, file: &str, name: &str) -> Result<(), LibraryError> {
        let name = set_name(name)?;
        if self.sets.iter().any(|(_, set)| set.name == name && set.file != file) {
            return Err(LibraryError::NameTaken { name });
        }
        let set = (*self.set(file)?).clone();
        self.write_set(&Set { name, ..set })
    }

    /// Moves a set into the trash; its tunes stay. Returns it as it was.
    ///
    /// # Errors
    /// If it is not there or cannot be moved.
    pub fn delete_set(&mut self, file: &str) -> Result<Arc<Set>, LibraryError> {
        let set = self.set(file)?;
        let discarded = self.folder.discard_set(file);
        self.set_written(&set.name, discarded)?;
        Ok(set)
    }

    fn set(&self, file: &str) -> Result<Arc<Set>, LibraryError> {
        let there = self.sets.iter().find(|(_, set)| set.file == file).map(|(_, set)| Arc::clone(set));
        there.ok_or_else(|| LibraryError::NoTune { file: file.to_owned() })
    }

    fn write_set(&mut self, set: &Set) -> Result<(), LibraryError> {
        let written = self.folder.write_set(&set.file, &set.write());
        // Its time may be that of its last writing.
        self.sets.retain(|(_, known)| known.file != set.file);
        self.set_written(&set.name, written)
    }

    /// Looks at the sets again after one was written, or could not be.
    fn set_written(&mut self, name: &str, written: io::Result<()>) -> Result<(), LibraryError> {
        let changed = self.refresh_sets();
        self.note(changed);
        written.map_err(|error| self.trouble(name, error))
    }

    /// Keeps tunes from elsewhere, except those that are here already note for note; tells `tell` of each
    /// that is in its file. Returns how many were here already.
    ///
    /// # Errors
    /// The first that cannot be kept; those after it are not tried.
    pub fn import(
        &mut self,
        tunes: &[Incoming],
        tell: &mut dyn FnMut(&Entry),
    ) -> Result<usize, LibraryError> {
        let mut here: HashSet<String> = self.entries().map(|entry| essence(&entry.text)).collect();
        let mut already = 0;
        for tune in tunes {
            if !here.insert(essence(&tune.text)) {
                already += 1;
                continue;
            }
            let kept = self.keep(tune)?;
            tell(&kept);
        }
        Ok(already)
    }
}

/// A set's name, which must be one that can name a file.
fn set_name(name: &str) -> Result<String, LibraryError> {
    let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
    if file_stem(&name).is_empty() { Err(LibraryError::NoName) } else { Ok(name) }
}

/// What makes a text the same tune: all but its number, a working title and the lines of this program.
fn essence(text: &str) -> String {
    let text = directives::without(text);
    let lines = text.lines().map(str::trim_end).filter(|line| !line.is_empty());
    let lines = lines.filter(|line| !line.starts_with("X:"));
    let lines = lines.filter(|line| !line.strip_prefix("T:").is_some_and(is_working_title));
    lines.collect::<Vec<_>>().join("\n")
}
