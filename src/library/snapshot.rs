//! All there is in the library at a moment.

use std::sync::Arc;

use super::entry::{Entry, NoEntry};
use super::sets::Set;
use super::trouble::Trouble;

/// All there is at a moment. It is cheap to copy and never changes.
#[derive(Debug, Clone, Default)]
pub struct Snapshot {
    /// The tunes, newest first; of one composing, the best first.
    pub entries: Vec<Arc<Entry>>,
    /// Files that cannot be read, by name.
    pub damaged: Vec<Damaged>,
    /// The sets, by name.
    pub sets: Vec<Arc<Set>>,
    /// What is wrong with the folder, if anything. The tunes are then those known before.
    pub trouble: Option<Trouble>,
}

/// A file that is no tune. It is kept as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Damaged {
    /// Its name.
    pub file: String,
    /// Why.
    pub reason: Reason,
}

/// Why a file is not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Reason {
    /// The system does not give it.
    #[error("the system says: {0}")]
    Unreadable(String),
    /// It is no tune.
    #[error("{0}")]
    NoTune(#[from] NoEntry),
}

impl Snapshot {
    /// The tune in a file.
    pub fn get(&self, file: &str) -> Option<&Arc<Entry>> {
        self.entries.iter().find(|entry| entry.file == file)
    }

    /// How many favourites there are.
    pub fn favourites(&self) -> usize {
        self.entries.iter().filter(|entry| entry.marks.favourite).count()
    }

    /// The tunes that fit, as a book has them: from the oldest on.
    pub fn oldest_first(&self, fits: impl Fn(&Entry) -> bool) -> Vec<Arc<Entry>> {
        self.entries.iter().rev().filter(|entry| fits(entry)).cloned().collect()
    }

    /// How many tunes could not be written yet.
    pub fn unsaved(&self) -> usize {
        self.entries.iter().filter(|entry| !entry.saved).count()
    }

    /// Brings the tunes into order.
    pub(super) fn sort(&mut self) {
        self.entries.sort_by(|a, b| {
            let order = b.time.cmp(&a.time).then_with(|| a.marks.group.cmp(&b.marks.group));
            order.then_with(|| a.marks.rank.cmp(&b.marks.rank)).then_with(|| a.file.cmp(&b.file))
        });
        self.damaged.sort_by(|a, b| a.file.cmp(&b.file));
        self.sets.sort_by(|a, b| a.name.cmp(&b.name));
    }
}
