//! A set in place of the history's rows: its tunes in their order, to be played, moved and taken out.

use std::sync::Arc;

use eframe::egui::{
    Align, EventFilter, Id, Key, Label, Layout, Margin, Modifiers, Popup, Rect, RichText, Role, ScrollArea,
    Sense, TextEdit, Ui, WidgetInfo, pos2, vec2,
};

use super::export_tunes::ExportTunes;
use super::exporting::tunes;
use super::fonts::{self, Icon};
use super::history_list::OnStand;
use super::history_panel::Ask;
use super::history_row::{about, line as words_in, name, sign};
use super::incipit::Incipits;
use super::theme::tokens;
use super::tip::Tip;
use super::widgets::{Push, Weight, field_frame, finish_field, focus_ring, icon_button};
use crate::library::{Entry, Job, Set, Snapshot};

/// As high as a row of the history; one whose tune is gone has no music.
const ROW: f32 = 89.0;
const GONE: f32 = 40.0;
const SIDE: f32 = 16.0;
/// Room for the number of a tune.
const NUMBER: f32 = 22.0;

/// The set that is shown.
#[derive(Debug)]
pub(super) struct SetView {
    /// What it was called when it was chosen.
    name: String,
    /// Its file, once it has been seen.
    file: Option<String>,
    /// Its tunes as they were put.
    lines: Vec<Line>,
    /// Orders the library was asked to keep and has not shown yet.
    asked: Vec<Vec<String>>,
    /// The order it showed last, and in which snapshot.
    kept: Vec<String>,
    seen: Option<u64>,
    /// The row the keyboard comes to.
    current: usize,
    renaming: Option<(String, bool)>,
    incipits: Incipits,
}

/// A tune of the set.
#[derive(Debug, Clone)]
struct Line {
    file: String,
    /// `None` if it is not there.
    entry: Option<Arc<Entry>>,
}

/// What is asked of a row.
enum Wanted {
    Open,
    Play,
    Move { down: bool },
    TakeOut,
}

impl SetView {
    /// Of the set with this name, which need not be there yet.
    pub(super) fn of(name: String) -> Self {
        Self {
            name,
            file: None,
            lines: Vec::new(),
            asked: Vec::new(),
            kept: Vec::new(),
            seen: None,
            current: 0,
            renaming: None,
            incipits: Incipits::default(),
        }
    }

    /// The set, if it is there. Once seen, it may be called otherwise.
    pub(super) fn set(&mut self, snapshot: &Snapshot) -> Option<Arc<Set>> {
        let is_it = |set: &&Arc<Set>| match &self.file {
            Some(file) => set.file == *file,
            None => set.name == self.name,
        };
        let set = snapshot.sets.iter().find(is_it).cloned()?;
        self.file = Some(set.file.clone());
        Some(set)
    }

    /// Whether it was there once.
    pub(super) fn was_seen(&self) -> bool {
        self.file.is_some()
    }

    /// Draws it; whether it is to be shown no longer.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        set: &Set,
        (snapshot, changes): (&Snapshot, u64),
        stand: OnStand<'_>,
        asks: &mut Vec<Ask>,
    ) -> bool {
        if self.seen != Some(changes) {
            self.seen = Some(changes);
            self.follow(set, snapshot);
        }
        let closed = self.head(ui, set, asks);
        let mut wanted = self.keys(ui).map(|wanted| (self.current, wanted));
        let lines = std::mem::take(&mut self.lines);
        ScrollArea::vertical().id_salt("set").auto_shrink([false, false]).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (place, line) in lines.iter().enumerate() {
                let height = if line.entry.is_some() { ROW } else { GONE };
                let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), height), Sense::hover());
                if ui.is_rect_visible(rect) {
                    let what = self.row(ui, rect, (place, lines.len()), line, stand);
                    wanted = what.map(|what| (place, what)).or(wanted.take());
                }
            }
        });
        self.lines = lines;
        if let Some((place, wanted)) = wanted {
            self.carry_out(ui, wanted, place, set, asks);
        }
        closed
    }

    /// Takes the library's order, unless there is a later one it was asked to keep.
    fn follow(&mut self, set: &Set, snapshot: &Snapshot) {
        match self.asked.iter().position(|asked| *asked == set.tunes) {
            Some(place) => drop(self.asked.drain(..=place)),
            // What was asked for has not been done yet, or could not be.
            None if self.kept == set.tunes => {}
            // Another program has changed it.
            None => self.asked.clear(),
        }
        self.kept.clone_from(&set.tunes);
        let order = self.asked.last().unwrap_or(&self.kept);
        let line = |file: &String| Line { file: file.clone(), entry: snapshot.get(file).cloned() };
        self.lines = order.iter().map(line).collect();
        self.current = self.current.min(self.lines.len().saturating_sub(1));
    }

    fn files(&self) -> Vec<String> {
        self.lines.iter().map(|line| line.file.clone()).collect()
    }

    fn head(&mut self, ui: &mut Ui, set: &Set, asks: &mut Vec<Ask>) -> bool {
        let t = tokens(ui);
        let mut closed = false;
        let frame =
            eframe::egui::Frame::new().inner_margin(Margin { left: 16, right: 12, top: 2, bottom: 2 });
        frame.show(ui, |ui| {
            ui.horizontal(|ui| {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    ui.spacing_mut().item_spacing.x = 2.0;
                    closed = icon_button(ui, Icon::CLOSE, "Back to all tunes", None)
                        .tip("Back to all tunes")
                        .clicked();
                    let more = icon_button(ui, Icon::MORE, &format!("More of {}", set.name), None);
                    Popup::menu(&more).gap(2.0).show(|ui| {
                        ui.set_width(160.0);
                        ui.spacing_mut().item_spacing.y = 0.0;
                        if ui.add(Push::new(Weight::Quiet, "Rename the set").wide()).clicked() {
                            self.renaming = Some((set.name.clone(), false));
                        }
                        let there: Vec<Arc<Entry>> =
                            self.lines.iter().filter_map(|line| line.entry.clone()).collect();
                        let export = Push::new(Weight::Quiet, "Export the set").wide();
                        if ui.add_enabled(!there.is_empty(), export).clicked() {
                            asks.push(Ask::Export(ExportTunes::of_set(&set.name, there)));
                        }
                        if ui.add(Push::new(Weight::Quiet, "Delete the set").wide()).clicked() {
                            asks.push(Ask::Library(Job::DeleteSet(set.file.clone())));
                            closed = true;
                        }
                    });
                    let play = icon_button(ui, Icon::PLAY, "Play the set", None);
                    if play.tip("Play the set: one tune after another").clicked() {
                        asks.push(Ask::PlaySet { tunes: self.files(), place: 0 });
                    }
                    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                        if self.renaming.is_some() {
                            self.rename(ui, set, asks);
                            return;
                        }
                        let name = RichText::new(&set.name).font(fonts::caslon(15.0)).color(t.text);
                        ui.add(Label::new(name).truncate());
                    });
                });
            });
            let words = RichText::new(tunes(self.lines.len())).font(fonts::words(12.5)).color(t.muted);
            ui.label(words);
        });
        closed
    }

    fn rename(&mut self, ui: &mut Ui, set: &Set, asks: &mut Vec<Ask>) {
        let Some((text, begun)) = &mut self.renaming else { return };
        let edit = TextEdit::singleline(text)
            .font(fonts::caslon(15.0))
            .frame(field_frame(ui, Margin::symmetric(6, 2)))
            .desired_width(ui.available_width());
        let field = ui.add(edit);
        ui.ctx().accesskit_node_builder(field.id, |node| node.set_label("Name of the set"));
        finish_field(ui, &field, false);
        if !*begun {
            *begun = true;
            field.request_focus();
            return;
        }
        if !field.lost_focus() {
            return;
        }
        let name = text.split_whitespace().collect::<Vec<_>>().join(" ");
        self.renaming = None;
        if !ui.input(|input| input.key_pressed(Key::Escape)) && !name.is_empty() && name != set.name {
            asks.push(Ask::Library(Job::RenameSet(set.file.clone(), name)));
        }
    }

    /// The rows are one stop for the keyboard: the arrows go from one to the next, with Alt they move it.
    fn keys(&mut self, ui: &Ui) -> Option<Wanted> {
        let count = self.lines.len();
        let id = row_id(self.current);
        if count == 0 || !ui.memory(|memory| memory.has_focus(id)) {
            return None;
        }
        let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        let mut to = self.current;
        let wanted = ui.input_mut(|input| {
            for (key, down) in [(Key::ArrowDown, true), (Key::ArrowUp, false)] {
                if input.consume_key(Modifiers::ALT, key) {
                    return Some(Wanted::Move { down });
                }
                if input.consume_key(Modifiers::NONE, key) {
                    to = if down { (to + 1).min(count - 1) } else { to.saturating_sub(1) };
                }
            }
            input.consume_key(Modifiers::NONE, Key::Delete).then_some(Wanted::TakeOut)
        });
        if to != self.current {
            self.current = to;
            ui.memory_mut(|memory| memory.request_focus(row_id(to)));
        }
        wanted
    }

    fn row(
        &mut self,
        ui: &mut Ui,
        rect: Rect,
        (place, count): (usize, usize),
        line: &Line,
        stand: OnStand<'_>,
    ) -> Option<Wanted> {
        let t = tokens(ui);
        let (file, entry) = (line.file.as_str(), line.entry.as_deref());
        let current = self.current == place;
        let sense = if current { Sense::click() } else { Sense::CLICK };
        let response = ui.interact(rect, row_id(place), sense);
        let title = entry.map_or(file, |entry| &entry.title);
        let on_stand = entry.is_some() && stand.file == Some(file);
        let sounds = on_stand && stand.sounds;
        response.widget_info(|| {
            let what = entry.map_or(format!("{file}, no longer there"), name);
            let sounds = if sounds { ", playing" } else { "" };
            WidgetInfo::labeled(Role::ListItem, true, format!("{}, {what}{sounds}", place + 1))
        });
        ui.ctx().accesskit_node_builder(response.id, |node| node.set_selected(on_stand));
        let pointed = ui.rect_contains_pointer(rect);
        if on_stand {
            ui.painter().rect_filled(rect, 0, t.accent_soft);
            ui.painter().rect_filled(rect.with_max_x(rect.left() + 3.0), 0, t.accent);
        } else if pointed {
            ui.painter().rect_filled(rect, 0, t.row_hover);
        }
        let mut wanted = None;
        let inner = rect.shrink2(vec2(SIDE, 6.0));
        let within = inner.with_min_x(inner.left() + NUMBER);
        let busy = pointed || current && focused_within(ui, place);
        let mut right = inner.right();
        if busy {
            let buttons = [
                ("out", Icon::CLOSE, format!("Take out: {title}"), Some(Wanted::TakeOut)),
                (
                    "later",
                    Icon::CARET_DOWN,
                    format!("Later: {title}"),
                    (place + 1 < count).then_some(Wanted::Move { down: true }),
                ),
                (
                    "earlier",
                    Icon::CARET_UP,
                    format!("Earlier: {title}"),
                    (place > 0).then_some(Wanted::Move { down: false }),
                ),
            ];
            for (part, icon, words, what) in buttons {
                let Some(what) = what else { continue };
                let spot = Rect::from_center_size(pos2(right - 8.0, inner.top() + 10.0), vec2(22.0, 22.0));
                right -= 24.0;
                let button = ui.interact(spot, row_id(place).with(part), sense);
                button.widget_info(|| WidgetInfo::labeled(Role::Button, true, &words));
                if button.hovered() {
                    ui.painter().rect_filled(spot, 6, t.hover);
                }
                sign(ui.painter(), spot.center(), icon, t.muted);
                focus_ring(ui, &button.clone().with_new_rect(spot.shrink(2.0)), 4);
                if button.tip(words).clicked() {
                    wanted = Some(what);
                }
            }
        }
        if sounds {
            sign(ui.painter(), pos2(right - 8.0, inner.top() + 10.0), Icon::SPEAKER, t.playhead);
            right -= 24.0;
        }
        let head = within.with_max_y(inner.top() + 20.0).with_max_x(right - 4.0);
        let number = inner.with_max_y(inner.top() + 20.0);
        words_in(ui.painter(), number, &(place + 1).to_string(), fonts::caslon(14.0), t.muted);
        let colour = if entry.is_some() { t.text } else { t.muted };
        let shown = if entry.is_some() { title.to_owned() } else { format!("{file} is not there") };
        words_in(ui.painter(), head, &shown, fonts::caslon(14.0), colour);
        if let Some(entry) = entry {
            let meta = within.with_min_y(inner.bottom() - 16.0);
            let music =
                Rect::from_min_max(pos2(within.left(), inner.top() + 20.0), pos2(within.right(), meta.top()));
            self.incipits.paint(ui.painter(), entry, music, t);
            words_in(ui.painter(), meta, &about(entry), fonts::words(12.5), t.muted);
        }
        focus_ring(ui, &response.clone().with_new_rect(rect.shrink(3.0)), 4);
        if wanted.is_none() && response.clicked() {
            response.request_focus();
            self.current = place;
            let twice = response.double_clicked() || response.triple_clicked();
            wanted = Some(if twice { Wanted::Play } else { Wanted::Open });
        }
        wanted
    }

    fn carry_out(&mut self, ui: &Ui, wanted: Wanted, place: usize, set: &Set, asks: &mut Vec<Ask>) {
        match wanted {
            Wanted::Open => {
                let entry = self.lines.get(place).and_then(|line| line.entry.clone());
                return asks.extend(entry.map(Ask::Open));
            }
            Wanted::Play => return asks.push(Ask::PlaySet { tunes: self.files(), place }),
            Wanted::Move { down } => {
                let to = if down { place + 1 } else { place.wrapping_sub(1) };
                if to >= self.lines.len() {
                    return;
                }
                self.lines.swap(place, to);
                self.current = to;
                ui.memory_mut(|memory| memory.request_focus(row_id(to)));
            }
            Wanted::TakeOut if place < self.lines.len() => drop(self.lines.remove(place)),
            Wanted::TakeOut => return,
        }
        self.asked.push(self.files());
        asks.push(Ask::Library(Job::KeepSet(set.name.clone(), self.files())));
    }
}

fn row_id(place: usize) -> Id {
    Id::unique(("set row", place))
}

fn focused_within(ui: &Ui, place: usize) -> bool {
    let id = row_id(place);
    let own = [id, id.with("out"), id.with("later"), id.with("earlier")];
    ui.memory(|memory| memory.focused()).is_some_and(|focused| own.contains(&focused))
}
