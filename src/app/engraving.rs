//! The page's music as a sheet, made again when the text or the width has changed.

use std::ops::RangeInclusive;
use std::sync::Arc;

use eframe::egui::Context;

use super::background::Background;
use super::notes::Notes;
use super::page::Page;
use super::reading::Reading;
use crate::engrave::{Options, Rect, Sheet, engrave};

/// The sheet and what it was made of.
#[derive(Debug, Clone, Default)]
pub(super) struct Engraving {
    sheet: Sheet,
    made_of: Option<Source>,
    /// The text has no music now: the sheet is of an older one.
    is_last_good: bool,
    work: Background<(Source, Option<Sheet>)>,
}

/// Page, version of its text, and width.
type Source = (u64, u64, f32);

impl Engraving {
    /// Looks whether there is anything new; `width` is in staff spaces.
    pub(super) fn follow(&mut self, page: &Page, width: f32, ctx: &Context) {
        let source = (page.number(), page.reading().version, width);
        let mut made = self.work.poll();
        let newest = made.as_ref().map(|(source, _)| source).or(self.made_of.as_ref());
        if newest != Some(&source) {
            let reading = Arc::clone(page.reading());
            made = self.work.run(ctx, move || (source, sheet(&reading, width))).or(made);
        }
        if let Some((source, sheet)) = made {
            let other_page = self.made_of.is_none_or(|(number, ..)| number != source.0);
            self.made_of = Some(source);
            self.is_last_good = sheet.is_none();
            match sheet {
                Some(sheet) => self.sheet = sheet,
                // Up to the first complete header the music that was there stays.
                None if other_page || page.is_blank() => self.sheet = Sheet::default(),
                None => {}
            }
        }
    }

    /// The sheet to show.
    pub(super) fn sheet(&self) -> &Sheet {
        &self.sheet
    }

    /// The rectangles that bars fill on the sheet, one a system that has any of them. The bars are known
    /// by their places in [`Notes::bars`].
    pub(super) fn rows(&self, notes: &Notes, bars: &RangeInclusive<usize>) -> Vec<Rect> {
        let rows = self.sheet.systems.iter().filter_map(|system| {
            let own = system.bars.iter().filter(|it| bars.contains(&notes.bar_with(it.span)));
            own.map(|it| it.extent).reduce(Rect::with)
        });
        rows.collect()
    }

    /// Whether it is of an older text, because the newer one has no music.
    pub(super) fn is_last_good(&self) -> bool {
        self.is_last_good
    }
}

/// The sheet of what was read; `None` without music.
fn sheet(reading: &Reading, width: f32) -> Option<Sheet> {
    let options = Options { width, margin: 0.0, heading: false, ..Options::default() };
    let tune = reading.tune().filter(|_| reading.has_music())?;
    Some(engrave(tune, &options)).filter(|sheet| !sheet.systems.is_empty())
}
