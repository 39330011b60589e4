//! The desk: the stand with its sheet, and the ABC below or beside it, with a split between them that
//! is dragged.

use eframe::egui::{CursorIcon, Event, Rect, Sense, Stroke, Ui, UiBuilder, pos2, vec2};

use super::abc_editor::Marks;
use super::abc_panel::{AbcPanel, HEAD};
use super::candidates::Candidates;
use super::command::Command;
use super::landmark::{PANELS, landmark};
use super::stand::Stand;
use super::theme::tokens;
use super::tunebook::Tunebook;

/// From this width on the ABC stands beside the sheet.
const WIDE: f32 = 1600.0;
/// The ABC as it opens below the sheet, head included, and beside it.
const HEIGHT: f32 = 206.0;
const WIDTH: f32 = 510.0;
/// The least of it, and of the stand.
const LEAST: (f32, f32) = (320.0, 140.0);
const LEAST_STAND: (f32, f32) = (480.0, 220.0);
/// How near the split the pointer takes it.
const REACH: f32 = 4.0;

/// Where the ABC was put; what was not is as there is room.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(super) struct Split {
    /// Beside the sheet, or below it.
    pub(super) beside: Option<bool>,
    /// Dragged to this height below it, and to this width beside it.
    pub(super) height: Option<f32>,
    /// See `height`.
    pub(super) width: Option<f32>,
}

/// The stand and the ABC, and how they share the room.
#[derive(Debug, Clone, Default)]
pub(super) struct Desk {
    /// The sheet.
    pub(super) stand: Stand,
    /// Its text.
    pub(super) abc: AbcPanel,
    /// The list of the tunes of a text with many.
    pub(super) tunebook: Tunebook,
    split: Split,
}

impl Desk {
    /// Puts the ABC beside the sheet, or below it.
    pub(super) fn put_beside(&mut self, beside: bool) {
        self.split.beside = Some(beside);
    }

    /// Where the ABC was put.
    pub(super) fn split(&self) -> Split {
        self.split
    }

    /// Puts it where it was.
    pub(super) fn set_split(&mut self, split: Split) {
        self.split = split;
    }

    /// Draws both; `waiting` is what an empty sheet says. Gives the place of the stand.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        candidates: &Candidates,
        waiting: &str,
        commands: &mut Vec<Command>,
    ) -> Rect {
        self.take_book(ui);
        let t = tokens(ui);
        let room = ui.max_rect();
        let open = self.abc.is_open(ui.ctx().content_rect().height());
        let wide = self.split.beside.unwrap_or(ui.ctx().content_rect().width() >= WIDE);
        // Folded, it lies below: a head beside the sheet would be a tower.
        let has_room = room.width() >= LEAST_STAND.0 + LEAST.0;
        let beside = wide && open && has_room;
        let (place, panel) = self.places(ui, room, beside, open);
        ui.scope_builder(UiBuilder::new().max_rect(place), |ui| {
            landmark(ui, PANELS[2]);
            self.stand.ui(ui, beside, candidates, waiting, commands);
        });
        ui.painter().rect_filled(panel, 0, t.panel);
        let line = Stroke::new(1.0, t.line);
        if beside {
            ui.painter().vline(ui.painter().round_to_pixel_center(panel.left() + 0.5), panel.y_range(), line);
        } else {
            ui.painter().hline(panel.x_range(), ui.painter().round_to_pixel_center(panel.top() + 0.5), line);
        }
        let stand = &mut self.stand;
        let reading = std::sync::Arc::clone(stand.page.reading());
        let chosen = stand.sheet.chosen(reading.notes()).map(|(_, span)| span);
        let summary = stand.sheet.summary(reading.notes());
        let marks = Marks { playing: stand.playing.as_ref(), chosen, ..Marks::default() };
        ui.scope_builder(UiBuilder::new().max_rect(panel), |ui| {
            landmark(ui, PANELS[3]);
            self.abc.ui(ui, has_room.then_some(beside), &mut stand.page, marks, summary, commands);
        });
        place
    }

    /// The editor holds one tune: a book that is pasted into it opens as a list.
    fn take_book(&mut self, ui: &Ui) {
        if !ui.memory(|memory| memory.has_focus(AbcPanel::id(&self.stand.page))) {
            return;
        }
        let is_book = |event: &Event| matches!(event, Event::Paste(text) if Tunebook::has_many(text));
        let books =
            ui.input_mut(|input| input.events.extract_if(.., |event| is_book(event)).collect::<Vec<_>>());
        if let Some(Event::Paste(text)) = books.into_iter().next() {
            self.tunebook.open(text);
        }
    }

    /// The room of each, the split dragged or put back.
    fn places(&mut self, ui: &Ui, room: Rect, beside: bool, open: bool) -> (Rect, Rect) {
        let (size, least, most) = if beside {
            (&mut self.split.width, LEAST.0, room.width() - LEAST_STAND.0)
        } else {
            (&mut self.split.height, LEAST.1, room.height() - LEAST_STAND.1)
        };
        let usual = if beside { WIDTH } else { HEIGHT.min((room.height() / 2.0).round()) };
        let fits = |size: f32| size.min(most).max(least).round();
        let mut now = if open { size.map_or(usual, fits) } else { HEAD };
        if open {
            let at = if beside { room.right() - now } else { room.bottom() - now };
            let (strip, cursor) = if beside {
                let middle = pos2(at, room.center().y);
                (
                    Rect::from_center_size(middle, vec2(2.0 * REACH, room.height())),
                    CursorIcon::ResizeHorizontal,
                )
            } else {
                let middle = pos2(room.center().x, at);
                (Rect::from_center_size(middle, vec2(room.width(), 2.0 * REACH)), CursorIcon::ResizeVertical)
            };
            let split = ui
                .interact(strip, ui.scope_id().with("split"), Sense::drag())
                .on_hover_and_drag_cursor(cursor);
            if let Some(pointer) = split.interact_pointer_pos().filter(|_| split.dragged()) {
                *size = Some(fits(if beside { room.right() - pointer.x } else { room.bottom() - pointer.y }));
                now = size.unwrap_or(now);
            }
            let twice =
                ui.input(|input| input.pointer.button_double_clicked(eframe::egui::PointerButton::Primary));
            if twice && ui.input(|input| input.pointer.interact_pos()).is_some_and(|at| strip.contains(at)) {
                *size = None;
                now = usual;
            }
        }
        if beside {
            let at = room.right() - now;
            (room.with_max_x(at), room.with_min_x(at))
        } else {
            let at = room.bottom() - now;
            (room.with_max_y(at), room.with_min_y(at))
        }
    }
}
