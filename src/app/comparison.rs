//! Two tunes one above the other.

use std::sync::Arc;

use eframe::egui::{Context, RichText, ScrollArea, Sense, Ui, vec2};

use super::dialog;
use super::fonts;
use super::page::Page;
use super::sheet_painter::{Placement, paint};
use super::theme::tokens;
use super::widgets::{Push, Weight};
use crate::abc::parse;
use crate::engrave::{Options, Sheet, engrave};
use crate::library::Entry;

const WIDTH: f32 = 720.0;
/// Points a staff space.
const SPACE: f32 = 6.0;

/// Two tunes to look at.
#[derive(Debug, Clone)]
pub(super) struct Comparison {
    tunes: [(String, Arc<str>); 2],
    /// Their sheets, and the width in staff spaces they were engraved for.
    sheets: Option<(f32, [Option<Sheet>; 2])>,
}

impl Comparison {
    /// Of the tune on the stand and a kept one.
    pub(super) fn new(page: &Page, entry: &Entry) -> Self {
        let tunes =
            [("On the stand".to_owned(), page.text().into()), ("Kept".to_owned(), Arc::clone(&entry.text))];
        Self { tunes, sheets: None }
    }

    /// Of two kept ones.
    pub(super) fn of_two(one: &Entry, other: &Entry) -> Self {
        let tunes = [one, other].map(|entry| (entry.title.clone(), Arc::clone(&entry.text)));
        Self { tunes, sheets: None }
    }

    /// Draws them over the window; whether they are to be closed.
    pub(super) fn ui(&mut self, ctx: &Context) -> bool {
        let (done, closed) = dialog::show(ctx, "Compare two tunes", WIDTH, |ui| {
            let height = ui.ctx().content_rect().height() - 200.0;
            ScrollArea::vertical().max_height(height).show(ui, |ui| self.sheets(ui));
            ui.add_space(8.0);
            ui.add(Push::new(Weight::Plain, "Close")).clicked()
        });
        done || closed
    }

    fn sheets(&mut self, ui: &mut Ui) {
        let t = tokens(ui);
        let width = (ui.available_width() / SPACE).floor();
        if self.sheets.as_ref().is_none_or(|(of, _)| *of != width) {
            let options = Options { width, ..Options::default() };
            let sheet = |(_, text): &(String, Arc<str>)| {
                parse(text).tunes.first().map(|tune| engrave(tune, &options))
            };
            self.sheets = Some((width, [sheet(&self.tunes[0]), sheet(&self.tunes[1])]));
        }
        let Some((_, sheets)) = &self.sheets else { return };
        for ((name, _), sheet) in self.tunes.iter().zip(sheets) {
            ui.label(RichText::new(name).font(fonts::caslon_italic(14.0)).color(t.muted));
            let Some(sheet) = sheet else {
                ui.label(RichText::new("There is no tune here.").color(t.muted));
                continue;
            };
            let (place, _) =
                ui.allocate_exact_size(vec2(width * SPACE, sheet.height * SPACE), Sense::hover());
            ui.painter().rect_filled(place, 3, t.paper);
            paint(ui.painter(), sheet, Placement { origin: place.min, space: SPACE }, &[], t);
        }
    }
}
