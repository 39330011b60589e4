//! The library as the window has it: what there is, and the tunes on the stand kept in it by themselves.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui::Context;

use super::exporting::tunes;
use super::page::Page;
use crate::abc::{parse, set_field};
use crate::compose::now;
use crate::files::Storage;
use crate::library::{
    Deleted, Event, Folder, Incoming, Job, Keeper, LibraryError, Outcome, Set, Snapshot, Trouble, Version,
};
use crate::settings::Preferences;

/// So long after the last change an edited tune is saved.
const PAUSE: Duration = Duration::from_millis(1200);
/// So long a deletion can be undone by its row.
const UNDO: Duration = Duration::from_secs(10);

/// The file a page is kept in.
#[derive(Debug, Clone)]
struct Link {
    /// `None` until it has one.
    file: Option<String>,
    /// The version that was read, or written last.
    read: Option<Version>,
    /// The page's version that is kept.
    kept: u64,
}

/// The page on the stand as it was last seen.
#[derive(Debug, Clone)]
struct Draft {
    number: u64,
    version: u64,
    text: String,
    since: Instant,
}

/// What is to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Told {
    /// It went well.
    Well(String),
    /// It did not.
    Badly(String),
    /// Something stands against keeping tunes; the history says so, too, as long as it is so.
    Trouble(String),
    /// A tune has another title; if it is this page, its text should say so.
    Renamed {
        /// The page's number.
        page: u64,
        /// The title.
        title: String,
    },
}

/// What was deleted.
#[derive(Debug)]
pub(super) enum Gone {
    /// Tunes, which are in the trash.
    Tunes(Deleted),
    /// A set.
    Set(Arc<Set>),
}

/// The library and what of it is on the stand.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    keeper: Option<Keeper>,
    folder: PathBuf,
    snapshot: Snapshot,
    /// How many snapshots there have been; 0 until the library has been read.
    changes: u64,
    /// By the page's number.
    links: HashMap<u64, Link>,
    /// Jobs that will say where a page is kept.
    keeping: HashMap<u64, u64>,
    draft: Option<Draft>,
    deleted: Option<(Gone, Instant)>,
    /// Another folder, and the job that goes there.
    moving: Option<(u64, PathBuf)>,
}

impl Shelf {
    /// Begins to open the library in a folder on some disk; without one nothing is kept.
    pub(super) fn open(folder: Option<PathBuf>, disk: Arc<dyn Storage>, ctx: &Context) -> Self {
        let Some(folder) = folder else { return Self::default() };
        let wake = ctx.clone();
        let keeper = Keeper::spawn(Folder::new(&folder, disk), move || wake.request_repaint());
        let keeper =
            keeper.map_err(|error| log::warn!("nothing is kept: no thread could be started: {error}"));
        let mut shelf = Self::default();
        (shelf.keeper, shelf.folder) = (keeper.ok(), folder);
        shelf
    }

    /// All there is, and how often that has changed; 0 until it has been read.
    pub(super) fn snapshot(&self) -> (&Snapshot, u64) {
        (&self.snapshot, self.changes)
    }

    /// The folder of the tunes.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// The folder of the tunes, if it is not the one in the data folder.
    pub(super) fn folder_apart_from(&self, data: Option<&Path>) -> Option<PathBuf> {
        let usual = Preferences::default().tunes_dir(data?);
        (self.folder != usual).then(|| self.folder.clone())
    }

    /// Has something done; its number.
    pub(super) fn ask(&mut self, job: Job) -> Option<u64> {
        let folder = if let Job::UseFolder(folder) = &job { Some(folder.clone()) } else { None };
        let number = self.keeper.as_mut()?.ask(job);
        self.moving = folder.map(|folder| (number, folder)).or(self.moving.take());
        Some(number)
    }

    /// The deletion that can be undone, and for how long yet.
    pub(super) fn deleted(&self) -> Option<(&Gone, Duration)> {
        let (deleted, since) = self.deleted.as_ref()?;
        let left = UNDO.checked_sub(since.elapsed())?;
        Some((deleted, left))
    }

    /// Brings back what was deleted last, even after its row has gone.
    pub(super) fn undo_deletion(&mut self) {
        match self.deleted.take() {
            Some((Gone::Tunes(deleted), _)) => drop(self.ask(Job::Restore(deleted))),
            Some((Gone::Set(set), _)) => drop(self.ask(Job::KeepSet(set.name.clone(), set.tunes.clone()))),
            None => {}
        }
    }

    /// A kept tune goes onto the stand as the page with this number.
    pub(super) fn opened(&mut self, page: &Page, file: &str, read: Version) {
        let link = Link { file: Some(file.to_owned()), read: Some(read), kept: page.version() };
        self.links.insert(page.number(), link);
    }

    /// A tune goes onto the stand that another start of the program left there; this file of it may be older.
    pub(super) fn recovered(&mut self, page: &Page, file: String, read: Version) {
        // No version of a page is that high: it is saved after a pause.
        let link = Link { file: Some(file), read: Some(read), kept: u64::MAX };
        self.links.insert(page.number(), link);
    }

    /// The file of the page on the stand, and which state of it was read or written last.
    pub(super) fn kept(&self, page: &Page) -> Option<(String, Version)> {
        let link = self.links.get(&page.number())?;
        Some((link.file.clone()?, link.read?))
    }

    /// The file of the page on the stand.
    pub(super) fn file_of(&self, page: &Page) -> Option<&str> {
        self.links.get(&page.number())?.file.as_deref()
    }

    /// Keeps the tunes of a composing, the best first.
    pub(super) fn keep_candidates<'a>(&mut self, pages: impl Iterator<Item = &'a Page>) {
        let pages: Vec<&Page> = pages.filter(|page| !page.is_blank()).collect();
        let group = pages.first().filter(|_| pages.len() > 1);
        let group = group.map(|page| format!("{} {}", now(), page.number()));
        for (rank, page) in (1..).zip(pages) {
            if !self.links.contains_key(&page.number()) {
                let rank = if group.is_some() { rank } else { 0 };
                self.keep(
                    page.number(),
                    page.version(),
                    Incoming { text: page.abc(), group: group.clone(), rank },
                );
            }
        }
    }

    fn keep(&mut self, number: u64, version: u64, incoming: Incoming) {
        if let Some(job) = self.ask(Job::Keep(incoming)) {
            self.keeping.insert(job, number);
            self.links.insert(number, Link { file: None, read: None, kept: version });
        }
    }

    /// Watches the page on the stand: what is changed is kept after a pause, or as soon as another page
    /// stands there.
    pub(super) fn follow(&mut self, page: &Page, ctx: &Context) {
        if self.keeper.is_none() || page.is_writing() {
            return;
        }
        let now = (page.number(), page.version());
        let same = self.draft.as_ref().is_some_and(|draft| (draft.number, draft.version) == now);
        if !same {
            if self.draft.as_ref().is_some_and(|draft| draft.number != now.0) {
                self.save_draft();
            }
            self.draft =
                Some(Draft { number: now.0, version: now.1, text: page.abc(), since: Instant::now() });
        }
        let Some(draft) = &self.draft else { return };
        if self.links.get(&draft.number).is_some_and(|link| link.kept == draft.version) {
            return;
        }
        match PAUSE.checked_sub(draft.since.elapsed()) {
            Some(left) if !left.is_zero() => ctx.request_repaint_after(left),
            _ => self.save_draft(),
        }
    }

    /// Keeps what is on the stand now, if that is not kept yet.
    pub(super) fn save_draft(&mut self) {
        let Some(draft) = self.draft.clone().filter(|draft| !draft.text.trim().is_empty()) else { return };
        match self.links.get_mut(&draft.number) {
            Some(link) if link.kept == draft.version => {}
            // Where it is kept is not known yet: the next time.
            Some(_) if self.keeping.values().any(|page| *page == draft.number) => {}
            Some(Link { file: Some(file), read: Some(read), kept }) => {
                *kept = draft.version;
                let job = Job::Save { file: file.clone(), read: *read, text: draft.text };
                self.ask(job);
            }
            _ => self.keep(draft.number, draft.version, Incoming { text: draft.text, ..Incoming::default() }),
        }
    }

    /// Waits until all that was asked for is done, and keeps nothing more.
    pub(super) fn finish(&mut self) {
        self.save_draft();
        let Some(mut keeper) = self.keeper.take() else { return };
        for event in keeper.finish() {
            // There is no window any more to tell it in.
            self.take(event);
        }
    }

    /// Takes in what the library's thread has to say; what is to be told.
    pub(super) fn listen(&mut self) -> Vec<Told> {
        let Some(keeper) = &self.keeper else { return Vec::new() };
        keeper.poll().into_iter().filter_map(|event| self.take(event)).collect()
    }

    fn take(&mut self, event: Event) -> Option<Told> {
        match event {
            Event::Changed(snapshot) => {
                self.snapshot = snapshot;
                self.changes += 1;
                None
            }
            Event::Done(job, outcome) => self.done(job, outcome),
            Event::Failed(job, error) => {
                let page = self.keeping.get(&job).copied();
                match (&error, page) {
                    // A page without a note yet: nothing is lost, and it is looked at again when it changes.
                    (LibraryError::NoEntry(_), Some(page)) => {
                        self.keeping.remove(&job);
                        self.links.remove(&page);
                        let draft = self.draft.as_ref().filter(|draft| draft.number == page);
                        let kept = draft.map(|draft| draft.version);
                        kept.map(|kept| self.links.insert(page, Link { file: None, read: None, kept }));
                        None
                    }
                    (LibraryError::NoEntry(_), None) => None,
                    (error, _) if self.moving.take_if(|(moving, _)| *moving == job).is_some() => {
                        log::warn!("the library stays where it is: {error:?}");
                        let words = match error.trouble() {
                            Some(Trouble::Folder) => "Tunes cannot be kept in that folder.".to_owned(),
                            _ => error.to_string(),
                        };
                        Some(Told::Badly(format!("{words} They stay where they were.")))
                    }
                    (LibraryError::Folder { .. } | LibraryError::Full { .. }, _) => {
                        Some(Told::Trouble(error.to_string()))
                    }
                    _ => Some(Told::Badly(error.to_string())),
                }
            }
        }
    }

    fn done(&mut self, job: u64, outcome: Outcome) -> Option<Told> {
        match outcome {
            Outcome::Done => None,
            Outcome::Kept(entry) => {
                if let Some(page) = self.keeping.remove(&job)
                    && let Some(link) = self.links.get_mut(&page)
                {
                    (link.file, link.read) = (Some(entry.file.clone()), Some(entry.version));
                }
                None
            }
            Outcome::Saved { file, entry, second } => {
                self.relink(&file, &entry.file, entry.version);
                second.then(|| {
                    Told::Well(format!(
                        "“{file}” was changed by another program. Your tune is kept beside it as “{}”.",
                        entry.file
                    ))
                })
            }
            Outcome::Renamed { from, entry } => {
                self.relink(&from, &entry.file, entry.version);
                let page = self.links.iter().find(|(_, link)| link.file.as_ref() == Some(&entry.file));
                page.map(|(&page, _)| Told::Renamed { page, title: entry.title.clone() })
            }
            Outcome::Moved(moved) => {
                if let Some((_, folder)) = self.moving.take_if(|(moving, _)| *moving == job) {
                    self.folder = folder;
                }
                for (from, entry) in moved {
                    self.relink(&from, &entry.file, entry.version);
                }
                None
            }
            Outcome::Deleted(deleted) => {
                // What is on the stand is kept anew only if it is changed.
                for (entry, _) in &deleted.tunes {
                    for link in self.links.values_mut().filter(|link| link.file.as_ref() == Some(&entry.file))
                    {
                        link.read = None;
                    }
                }
                if !deleted.tunes.is_empty() {
                    self.deleted = Some((Gone::Tunes(deleted), Instant::now()));
                }
                None
            }
            Outcome::SetDeleted(set) => {
                self.deleted = Some((Gone::Set(set), Instant::now()));
                None
            }
            Outcome::Imported { kept, already, problems } => {
                if let Some((path, error)) = problems.first() {
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    let others = problems.len() - 1;
                    let more = if others > 0 {
                        format!(" So it is with {others} other files.")
                    } else {
                        String::new()
                    };
                    return Some(Told::Badly(format!(
                        "{} brought in. “{name}”: {error}.{more}",
                        tunes(kept)
                    )));
                }
                let here = if already > 0 {
                    format!(" {} were here already.", tunes(already))
                } else {
                    String::new()
                };
                Some(Told::Well(format!("{} brought in.{here}", tunes(kept))))
            }
        }
    }

    fn relink(&mut self, from: &str, file: &str, version: Version) {
        for link in self.links.values_mut().filter(|link| link.file.as_deref() == Some(from)) {
            (link.file, link.read) = (Some(file.to_owned()), Some(version));
        }
    }

    /// The page's text says the title its file was given; its text before, with the title.
    pub(super) fn retitled(text: &str, title: &str) -> Option<String> {
        let tune = parse(text).tunes.into_iter().next()?;
        set_field(text, &tune, 'T', title).ok()
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        self.finish();
    }
}
