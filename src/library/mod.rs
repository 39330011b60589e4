//! The tunes that are kept: plain .abc files in a folder, one a tune.
//!
//! In: texts, and what the musician does with them. Out: files, and a [`Snapshot`] of all there is, made
//! again whenever files change, whoever changed them. What the library itself notes (favourites, tags,
//! which tunes were composed together) stands in `%%reelsmith` lines of the files, so that the folder
//! can be moved, copied and synchronised. A file is written whole or not at all; one that another program
//! changed since it was read is never overwritten: there are two then. Nothing is deleted but into the
//! folder `trash`. [`Library`] does all this when it is told to; [`Keeper`] has one on a thread of its
//! own, for a window that must not wait.

mod actions;
pub mod entry;
pub mod export;
pub mod folder;
pub mod import;
pub mod keeper;
mod keeping;
pub mod marks;
pub mod melody;
pub mod names;
pub mod search;
pub mod sets;
pub mod snapshot;
pub mod split;
pub mod trouble;

pub use actions::Deleted;
pub use entry::Entry;
pub use folder::{Folder, Version};
pub use keeper::{Event, Job, Keeper, Outcome};
pub use keeping::{Incoming, Library, Saved};
pub use search::{Filter, Query};
pub use sets::Set;
pub use snapshot::{Damaged, Snapshot};
pub use trouble::{LibraryError, Trouble};
