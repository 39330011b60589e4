//! The sheet on its paper: seen in any size, clicked, chosen from, walked through with the keys.

use std::ops::RangeInclusive;

use eframe::egui::{
    Align, CornerRadius, Event, EventFilter, Frame, Id, Key, Layout, Margin, Modifiers, Popup, PopupAnchor,
    Pos2, Rect, Response, RichText, Role, ScrollArea, Sense, Shape, Stroke, StrokeKind, Ui, UiBuilder, Vec2b,
    WidgetInfo, vec2,
};

use super::chosen_bars::ChosenBars;
use super::command::Command;
use super::engraving::Engraving;
use super::fonts;
use super::notes::{Note, Notes};
use super::page::Page;
use super::playing::Playing;
use super::sheet_aloud;
use super::sheet_painter::{self, Placement};
use super::theme::{Tokens, tokens};
use super::tip;
use super::version_tabs;
use super::versions::Versions;
use super::widgets::snap;
use super::words;
use super::zoom::{Size, Zoom};
use crate::abc::Span;
use crate::engrave::{self, Sheet};

/// From the paper's edge to the music.
pub(super) const SIDES: f32 = 34.0;
/// How far marks of bars reach above and below the staves, in staff spaces.
const AROUND: f32 = 2.2;
/// How near a handle the pointer takes it.
const HANDLE_REACH: f32 = 9.0;
/// What is chosen has actions at the foot of the paper: so much can be scrolled further.
pub(super) const ACTIONS_ROOM: f32 = 52.0;
/// How long the pointer rests on a note before it is named, in seconds.
const NAMED_AFTER: f64 = 0.4;
/// Whoever has scrolled is left alone for so long, in seconds.
const LEFT_ALONE: f64 = 3.0;

/// The sheet's state. What belongs to a page is forgotten with it.
#[derive(Debug, Clone, Default)]
pub(super) struct SheetView {
    engraving: Engraving,
    /// How large it is.
    pub(super) zoom: Zoom,
    /// The page it shows.
    page: u64,
    chosen: Option<ChosenBars>,
    /// The note the keys are on.
    note: Option<Span>,
    /// What is to be brought into view.
    show: Option<Span>,
    /// The note under the pointer, and since when.
    hovered: Option<(Span, f64)>,
    /// When the wheel or the scroll bar was last used.
    scrolled: Option<f64>,
    /// Where the playhead was when the view last turned: it turns once a system.
    turned_at: Option<usize>,
}

impl SheetView {
    /// What egui knows the sheet by, whatever stands above it.
    pub(super) fn id() -> Id {
        Id::unique("sheet")
    }

    /// The bars that are chosen, in words, and their bytes.
    pub(super) fn chosen(&self, notes: &Notes) -> Option<(String, Span)> {
        let chosen = self.chosen?;
        Some((words::bars(chosen.of(notes)), chosen.span(notes)?))
    }

    /// The places of the bars that are chosen.
    pub(super) fn chosen_places(&self) -> Option<RangeInclusive<usize>> {
        self.chosen.map(ChosenBars::range)
    }

    /// What there is in the chosen bars.
    pub(super) fn summary(&self, notes: &Notes) -> Option<(String, String)> {
        let (words, span) = self.chosen(notes)?;
        Some((words, words::summary(notes, self.chosen?.of(notes), span)))
    }

    /// Whether bars are chosen.
    pub(super) fn has_chosen(&self) -> bool {
        self.chosen.is_some()
    }

    /// Nothing is chosen any longer.
    pub(super) fn drop_choice(&mut self) {
        self.chosen = None;
    }

    /// The size of the sheet where there is `place` for paper, and the paper's own place.
    pub(super) fn size(&self, ui: &Ui, place: Rect) -> (Size, Rect) {
        let room = place.size() - vec2(2.0 * SIDES, 0.0);
        let size = self.zoom.size(ui, room, self.engraving.sheet().height);
        let width = (size.width * size.space + 2.0 * SIDES).min(place.width());
        let paper = match self.zoom {
            Zoom::WholePage => Rect::from_center_size(place.center(), vec2(width, place.height())),
            Zoom::Percent(_) | Zoom::PageWidth => place,
        };
        (size, snap(ui.painter(), paper))
    }

    /// Draws the tune on the paper.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        (size, paper): (Size, Rect),
        page: &Page,
        (playing, versions): (Option<&Playing>, Option<&Versions>),
        commands: &mut Vec<Command>,
    ) {
        if self.page != page.number() {
            *self =
                Self { engraving: std::mem::take(&mut self.engraving), zoom: self.zoom, ..Self::default() };
            self.page = page.number();
        }
        self.wheel(ui, paper, size);
        // Esc belongs to pop-ups first.
        if self.chosen.is_some()
            && !Popup::is_any_open(ui.ctx())
            && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape))
        {
            match versions {
                Some(_) => commands.push(Command::TakeBarsBack),
                None => self.chosen = None,
            }
        }
        let mut ui = ui.new_child(UiBuilder::new().max_rect(paper));
        // Each tune scrolls for itself: the end is in sight while it grows, the top once it is there.
        ScrollArea::new(Vec2b::TRUE)
            .id_salt(("paper", page.number(), page.is_writing()))
            .auto_shrink([false, false])
            .stick_to_bottom(page.is_writing())
            .show(&mut ui, |ui| {
                let bottom = 16.0 + if self.chosen.is_some() { ACTIONS_ROOM } else { 0.0 };
                let margin = Margin { left: SIDES as i8, right: SIDES as i8, top: 16, bottom: bottom as i8 };
                Frame::new().inner_margin(margin).show(ui, |ui| {
                    let width = size.width * size.space;
                    ui.set_width(width.max(paper.width() - 2.0 * SIDES));
                    heading(ui, page, size.scale);
                    self.music(ui, size, page, (playing, versions), commands);
                });
            });
    }

    /// Ctrl and the wheel make the sheet larger and smaller; the wheel alone is remembered.
    fn wheel(&mut self, ui: &Ui, paper: Rect, size: Size) {
        if !ui.rect_contains_pointer(paper) {
            return;
        }
        let (zoom, scroll, now) =
            ui.input(|input| (input.zoom_delta(), input.smooth_scroll_delta(), input.time));
        if zoom != 1.0 {
            self.zoom = self.zoom.turned(zoom, size.scale);
        } else if scroll.y != 0.0 {
            self.scrolled = Some(now);
        }
    }

    fn music(
        &mut self,
        ui: &mut Ui,
        size: Size,
        page: &Page,
        (playing, versions): (Option<&Playing>, Option<&Versions>),
        commands: &mut Vec<Command>,
    ) {
        self.engraving.follow(page, size.width, ui.ctx());
        let reading = std::sync::Arc::clone(page.reading());
        let notes = reading.notes();
        let sheet = self.engraving.sheet();
        let size_on_paper = vec2(sheet.width, sheet.height) * size.space;
        let (rect, _) = ui.allocate_exact_size(size_on_paper, Sense::hover());
        let response = ui.interact(rect, Self::id(), Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Image, true, description(sheet)));
        let place = Placement { origin: snap(ui.painter(), rect).min, space: size.space };
        if !page.is_writing() {
            self.keys(ui, &response, notes, commands);
            self.pointer(ui, &response, place, notes, commands);
        }
        let stale = self.engraving.is_last_good() && !page.is_writing();
        self.paint(ui, &response, place, notes, playing, stale);
        if let Some(versions) = versions
            && let Some(row) = self.engraving.rows(notes, versions.bars()).first()
        {
            let row = place.rect(*row).expand2(vec2(0.0, AROUND * place.space));
            version_tabs::ui(ui, row, versions, commands);
        }
        sheet_aloud::tell(ui, &response, &self.engraving, place, notes, self.note);
        if let Some(target) = self.show.take().and_then(|span| self.engraving.sheet().place_of(span)) {
            ui.scroll_to_rect(place.rect(target).expand(4.0 * place.space), None);
        }
        if let Some(playing) = playing {
            self.turn(ui, playing, place, notes);
        }
    }

    fn paint(
        &self,
        ui: &Ui,
        response: &Response,
        place: Placement,
        notes: &Notes,
        playing: Option<&Playing>,
        stale: bool,
    ) {
        let t = tokens(ui);
        let sheet = self.engraving.sheet();
        let mut painter = ui.painter().clone();
        if stale {
            painter.set_opacity(0.6);
        }
        let marks = |bars: RangeInclusive<usize>| -> Vec<Rect> {
            let rows = self.engraving.rows(notes, &bars).into_iter();
            let around = vec2(0.0, AROUND * place.space);
            rows.map(|row| snap(&painter, place.rect(row).expand2(around))).collect()
        };
        if let Some(playing) = playing {
            let bar = notes.bar_of(playing.bar.start);
            for row in marks(bar..=bar) {
                painter.rect_filled(row, 3, t.play_soft);
            }
        }
        let chosen = self.chosen.map(|chosen| marks(chosen.range())).unwrap_or_default();
        for row in &chosen {
            painter.rect_filled(*row, 4, t.sel_soft);
        }
        let less_motion = ui.style().animation_time == 0.0;
        let sounding = playing.filter(|_| !less_motion);
        sheet_painter::paint(&painter, sheet, place, sounding.map_or(&[][..], |it| &it.notes), t);
        frame(&painter, &chosen, t);
        if let Some((system, x)) = sounding.and_then(|playing| playing.playhead(sheet, notes))
            && let Some(system) = sheet.systems.get(system)
        {
            let staves = place.rect(system.staves).expand2(vec2(0.0, AROUND * place.space));
            let x = painter.round_to_pixel_center(place.origin.x + x * place.space);
            painter.vline(x, staves.y_range(), Stroke::new(2.0, t.playhead));
        }
        if response.has_focus()
            && let Some(ring) = self.note.and_then(|note| note_rect(sheet, note))
        {
            let ring = snap(&painter, place.rect(ring).expand(3.0));
            painter.rect_stroke(ring, 4, Stroke::new(2.0, t.selection), StrokeKind::Outside);
        }
    }

    /// Left and Right go from note to note, with Ctrl from bar to bar; with Shift bars are chosen.
    fn keys(&mut self, ui: &Ui, response: &Response, notes: &Notes, commands: &mut Vec<Command>) {
        if !response.has_focus() {
            return;
        }
        let arrows = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, arrows));
        let here = self.note.and_then(|span| notes.at(span.start));
        let pressed = ui.input(|input| {
            let keys = input.events.iter().filter_map(|event| match event {
                Event::Key { key, pressed: true, modifiers, .. } => Some((*key, *modifiers)),
                _ => None,
            });
            keys.collect::<Vec<_>>()
        });
        let mut at = here;
        for (key, modifiers) in pressed {
            match key {
                Key::ArrowLeft | Key::ArrowRight => {
                    let forth = key == Key::ArrowRight;
                    let from = at;
                    at = if modifiers.command {
                        next_bar(notes, at, forth)
                    } else {
                        next_note(notes, at, forth)
                    };
                    let bar = |at: Option<usize>| at.and_then(|at| notes.all().get(at)).map(|note| note.bar);
                    if let (true, Some(head)) = (modifiers.shift, bar(at)) {
                        let old = self.chosen.unwrap_or(ChosenBars::one(bar(from).unwrap_or(head)));
                        self.chosen = Some(old.to(head));
                    }
                }
                Key::Enter => commands.extend(self.note.map(Command::HearNote)),
                _ => {}
            }
        }
        if at != here
            && let Some(note) = at.and_then(|at| notes.all().get(at))
        {
            self.go_to(note.span, commands);
        }
    }

    /// The keys are on this note, and so is the caret.
    fn go_to(&mut self, note: Span, commands: &mut Vec<Command>) {
        (self.note, self.show) = (Some(note), Some(note));
        commands.push(Command::CaretAt(note));
    }

    fn pointer(
        &mut self,
        ui: &Ui,
        response: &Response,
        place: Placement,
        notes: &Notes,
        commands: &mut Vec<Command>,
    ) {
        let shift = ui.input(|input| input.modifiers.shift);
        if response.drag_started()
            && let Some(from) = ui.input(|input| input.pointer.press_origin())
        {
            response.request_focus();
            let held = self.held(place, notes, from);
            let anchor = held.or(self.chosen.filter(|_| shift).map(|chosen| chosen.anchor));
            let bar = self.bar_at(place, notes, from);
            self.chosen = anchor.or(bar).map(ChosenBars::one);
        }
        let Some(pointer) = response.interact_pointer_pos().or(response.hover_pos()) else {
            self.hovered = None;
            return;
        };
        if response.dragged() {
            if let Some((chosen, bar)) = self.chosen.zip(self.bar_at(place, notes, pointer)) {
                self.chosen = Some(chosen.to(bar));
            }
            return;
        }
        let item = self.engraving.sheet().item_at(place.on_sheet(pointer), 1.0);
        let span = item.and_then(|item| self.engraving.sheet().items.get(item)?.span);
        let note = span.and_then(|span| notes.at(span.start).or_else(|| notes.first_in(span)));
        let note = note.and_then(|note| notes.all().get(note));
        if response.double_clicked() {
            commands.extend(note.map(|note| Command::PlayFrom(note.span)));
        } else if response.clicked() && shift {
            if let Some(bar) = self.bar_at(place, notes, pointer) {
                let here = self.note.and_then(|span| notes.at(span.start)).and_then(|at| notes.all().get(at));
                let old = self.chosen.or(here.map(|note| ChosenBars::one(note.bar)));
                self.chosen = Some(old.map_or(ChosenBars::one(bar), |old| old.to(bar)));
            }
        } else if response.clicked() {
            response.request_focus();
            match (note, span) {
                (Some(note), _) => {
                    self.go_to(note.span, commands);
                    commands.push(Command::HearNote(note.span));
                }
                (None, Some(span)) => commands.push(Command::CaretAt(span)),
                (None, None) => self.chosen = None,
            }
        }
        self.name(ui, response, note, notes);
    }

    /// Names the note the pointer rests on.
    fn name(&mut self, ui: &Ui, response: &Response, note: Option<&Note>, notes: &Notes) {
        let Some(note) = note.filter(|_| response.hovered()) else {
            self.hovered = None;
            return;
        };
        let now = ui.input(|input| input.time);
        let since = match self.hovered {
            Some((span, since)) if span == note.span => since,
            _ => now,
        };
        self.hovered = Some((note.span, since));
        let left = NAMED_AFTER - (now - since);
        if left > 0.0 {
            ui.ctx().request_repaint_after(std::time::Duration::from_secs_f64(left));
            return;
        }
        let words = words::note_in_bar(note, notes);
        tip::always(ui, "name", response, PopupAnchor::Pointer, words);
    }

    /// The bar at a place, or the nearest in its system.
    fn bar_at(&self, place: Placement, notes: &Notes, at: Pos2) -> Option<usize> {
        let sheet = self.engraving.sheet();
        let at = place.on_sheet(at);
        let system = sheet.systems.get(sheet.system_at(at)?)?;
        let away = |bar: &engrave::BarBox| (bar.extent.min.x - at.x).max(at.x - bar.extent.max.x).max(0.0);
        let nearest = system.bars.iter().min_by(|a, b| away(a).total_cmp(&away(b)))?;
        Some(notes.bar_with(nearest.span))
    }

    /// What stays where it is when the handle at a place is dragged: the other end.
    fn held(&self, place: Placement, notes: &Notes, at: Pos2) -> Option<usize> {
        let range = self.chosen?.range();
        let rows = self.engraving.rows(notes, &range);
        let on = |end: Option<Pos2>| end.is_some_and(|end| end.distance(at) < HANDLE_REACH + place.space);
        if on(rows.first().map(|row| place.rect(*row).left_center())) {
            Some(*range.end())
        } else if on(rows.last().map(|row| place.rect(*row).right_center())) {
            Some(*range.start())
        } else {
            None
        }
    }

    /// Brings the next systems into view when the playhead enters the last one seen.
    fn turn(&mut self, ui: &Ui, playing: &Playing, place: Placement, notes: &Notes) {
        let sheet = self.engraving.sheet();
        let Some((number, _)) = playing.playhead(sheet, notes) else { return };
        if self.turned_at == Some(number) {
            return;
        }
        let now = ui.input(|input| input.time);
        if self.scrolled.is_some_and(|scrolled| now - scrolled < LEFT_ALONE) {
            return;
        }
        self.turned_at = Some(number);
        let view = ui.clip_rect();
        let rect = |number: usize| sheet.systems.get(number).map(|system| place.rect(system.extent));
        let Some(here) = rect(number) else { return };
        let last_seen = rect(number + 1).is_some_and(|next| next.bottom() > view.bottom());
        if here.top() < view.top() || here.bottom() > view.bottom() || last_seen {
            ui.scroll_to_rect(here.expand(place.space), Some(Align::Min));
        }
    }
}

/// What is drawn for a note alone: beams reach over several.
fn note_rect(sheet: &Sheet, note: Span) -> Option<engrave::Rect> {
    let own = |span: Span| note.start <= span.start && span.end <= note.end;
    let items = sheet.items_of(note).filter_map(|item| sheet.items.get(item));
    let ink = items.filter(|item| {
        matches!(item.role, engrave::Role::Note | engrave::Role::Rest) && item.span.is_some_and(own)
    });
    ink.map(|item| item.ink.bounds()).reduce(engrave::Rect::with)
}

/// The note before or after in the order of the text; the first, if the keys are on none.
fn next_note(notes: &Notes, at: Option<usize>, forth: bool) -> Option<usize> {
    let last = notes.all().len().checked_sub(1)?;
    Some(match at {
        None => 0,
        Some(at) if forth => (at + 1).min(last),
        Some(at) => at.saturating_sub(1),
    })
}

/// The first note of the bar after, or of this bar or the one before.
fn next_bar(notes: &Notes, at: Option<usize>, forth: bool) -> Option<usize> {
    let Some(here) = at.and_then(|at| notes.all().get(at)) else { return next_note(notes, None, forth) };
    let first = |bar: usize| notes.all().iter().position(|note| note.bar == bar);
    if forth {
        (here.bar + 1..notes.bars().len()).find_map(first).or(at)
    } else {
        let own = first(here.bar).filter(|own| Some(*own) != at);
        own.or_else(|| (0..here.bar).rev().find_map(first)).or(at)
    }
}

/// The frame around chosen bars: open where it goes on in another system, with a handle at each end.
fn frame(painter: &eframe::egui::Painter, rows: &[Rect], t: &Tokens) {
    let stroke = Stroke::new(1.5, t.selection);
    for (i, row) in rows.iter().enumerate() {
        let (first, last) = (i == 0, i + 1 == rows.len());
        if first && last {
            painter.rect_stroke(*row, 4, stroke, StrokeKind::Middle);
        } else {
            for y in [row.top(), row.bottom()] {
                painter.hline(row.x_range(), y, stroke);
            }
            if first {
                painter.vline(row.left(), row.y_range(), stroke);
            }
            if last {
                painter.vline(row.right(), row.y_range(), stroke);
            }
        }
    }
    let ends = rows.first().map(|row| row.left_center()).into_iter();
    for end in ends.chain(rows.last().map(|row| row.right_center())) {
        let handle = snap(painter, Rect::from_center_size(end, vec2(7.0, 20.0)));
        painter.add(Shape::rect_filled(handle, CornerRadius::same(3), t.selection));
    }
}

fn heading(ui: &mut Ui, page: &Page, scale: f32) {
    let t = tokens(ui);
    let (size, line) = if ui.ctx().content_rect().width() < 1600.0 { (25.0, 34.0) } else { (32.0, 42.0) };
    // The two lines touch: their heights have the room between them.
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.spacing_mut().interact_size.y = 20.0 * scale;
    ui.vertical_centered(|ui| {
        let title = RichText::new(page.title()).font(fonts::caslon_bold(size * scale)).color(t.ink);
        ui.label(title.line_height(Some(line * scale)));
    });
    ui.horizontal(|ui| {
        let line = |words: String| {
            let font = fonts::caslon_italic(14.0 * scale);
            RichText::new(words).font(font).color(t.muted).line_height(Some(20.0 * scale))
        };
        ui.label(line(page.description()));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.label(line(page.remark())));
    });
    ui.add_space(16.0 * scale);
}

/// The sheet in words, for those who hear the window.
fn description(sheet: &Sheet) -> String {
    let bars: usize = sheet.systems.iter().map(|system| system.bars.len()).sum();
    let systems = sheet.systems.len();
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    format!("Sheet music: {bars} bar{} in {systems} system{}", plural(bars), plural(systems))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abc;

    #[test]
    fn keys_go_by_notes_and_by_bars() {
        let parsed = abc::parse("X:1\nM:4/4\nL:1/4\nK:D\nDEFG|ABcd|efga|\n");
        let notes = Notes::of(parsed.tunes.first().unwrap());
        assert_eq!((next_note(&notes, None, true), next_note(&notes, Some(11), true)), (Some(0), Some(11)));
        assert_eq!(
            (next_note(&notes, Some(3), false), next_note(&notes, Some(0), false)),
            (Some(2), Some(0))
        );
        assert_eq!((next_bar(&notes, Some(1), true), next_bar(&notes, Some(9), true)), (Some(4), Some(9)));
        assert_eq!((next_bar(&notes, Some(6), false), next_bar(&notes, Some(4), false)), (Some(4), Some(0)));
    }
}
