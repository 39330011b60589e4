//! The page's music as a sheet, made again when the text or the width has changed.

use super::page::Page;
use crate::engrave::{Options, Sheet, engrave};

/// The sheet and what it was made of.
#[derive(Debug, Clone, Default)]
pub(super) struct Engraving {
    sheet: Sheet,
    /// Page, version of its text, and width.
    made_of: Option<(u64, u64, f32)>,
    is_last_good: bool,
}

impl Engraving {
    /// Looks whether there is anything new; `width` is in staff spaces.
    pub(super) fn follow(&mut self, page: &Page, width: f32) {
        let now = Some((page.number(), page.version(), width));
        if self.made_of == now {
            return;
        }
        self.made_of = now;
        let options = Options { width, margin: 0.0, heading: false, ..Options::default() };
        let tune = page.tune().filter(|_| page.has_music());
        let sheet = tune.map(|tune| engrave(tune, &options));
        match sheet.filter(|sheet| !sheet.systems.is_empty()) {
            Some(sheet) => (self.sheet, self.is_last_good) = (sheet, false),
            None if page.is_blank() => *self = Self { made_of: now, ..Self::default() },
            // Up to the first complete header the music that was there stays.
            None => self.is_last_good = true,
        }
    }

    /// The sheet to show.
    pub(super) fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    /// Whether it is of an older text, because the newer one has no music.
    pub(super) fn is_last_good(&self) -> bool {
        self.is_last_good
    }
}
