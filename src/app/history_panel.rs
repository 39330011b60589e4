//! The history: every tune that is kept, newest first, with what finds it again.

use std::collections::HashSet;
use std::sync::Arc;

use eframe::egui::accesskit::Live;
use eframe::egui::style::ScrollAnimation;
use eframe::egui::{
    Align, Align2, EventFilter, Frame, Id, Key, Label, Layout, Margin, Modifiers, Popup, Rect, Response,
    RichText, Role, ScrollArea, Sense, Stroke, StrokeKind, TextEdit, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};
use jiff::civil::Date;

use super::fonts::{self, Icon};
use super::history_row::{self, Edit, State, Wanted};
use super::history_rows::{Row, now, rows};
use super::incipit::Incipits;
use super::shelf::Shelf;
use super::theme::tokens;
use super::tip::Tip;
use super::widgets::{Push, Weight, field_frame, finish_field, focus_ring, icon_button, snap};
use crate::library::{Entry, Filter, Job, Query, Trouble, search::AskedKey};
use crate::music::Key as MusicalKey;
use crate::perform::TuneType;

const SIDE: i8 = 12;

/// What is asked of the window.
#[derive(Debug, Clone)]
pub(super) enum Ask {
    /// Put a tune on the stand.
    Open(Arc<Entry>),
    /// Put it there and play it.
    Play(Arc<Entry>),
    /// See it beside the tune on the stand.
    Compare(Arc<Entry>),
    /// Compose another with the same wishes.
    ComposeLike(Arc<Entry>),
    /// Compose a tune of this type, in this key if one is said.
    ComposeWish(TuneType, Option<AskedKey>),
    /// Something for the library.
    Library(Job),
    /// Bring back what was deleted last.
    UndoDeletion,
    /// Choose files to bring in.
    BringIn,
    /// Choose another folder.
    ChooseFolder,
    /// Show the folder to the system.
    OpenFolder,
}

/// The panel's state.
#[derive(Debug, Default)]
pub(super) struct HistoryPanel {
    search: String,
    filter: Filter,
    rows: Vec<Row>,
    /// Where each row begins, and the end of the last.
    tops: Vec<f32>,
    /// What the rows were made of.
    made_of: Option<(u64, Filter, HashSet<String>, Date)>,
    /// The composings whose tunes are all shown.
    unfolded: HashSet<String>,
    /// The file of the row the keyboard comes to.
    current: Option<String>,
    edit: Option<Edit>,
    incipits: Incipits,
    /// Types and keys there are, for the chips.
    kinds: Vec<TuneType>,
    keys: Vec<MusicalKey>,
}

impl HistoryPanel {
    /// Draws it; `on_stand` is the file of the tune on the stand.
    pub(super) fn ui(&mut self, ui: &mut Ui, shelf: &Shelf, on_stand: Option<&str>) -> Vec<Ask> {
        let mut asks = Vec::new();
        self.make_rows(shelf);
        ui.spacing_mut().item_spacing.y = 6.0;
        Frame::new().inner_margin(Margin { left: SIDE, right: SIDE, top: 6, bottom: 6 }).show(ui, |ui| {
            self.head(ui, shelf, &mut asks);
            self.search_field(ui);
            self.chips(ui);
            trouble(ui, shelf, &mut asks);
            undo_row(ui, shelf, &mut asks);
        });
        let (snapshot, changes) = shelf.snapshot();
        if snapshot.entries.is_empty() && snapshot.damaged.is_empty() {
            if changes > 0 {
                nothing_kept(ui, &mut asks);
            }
        } else if self.rows.is_empty() {
            self.nothing_fits(ui, snapshot.entries.len(), &mut asks);
        } else {
            self.list(ui, on_stand, &mut asks);
        }
        asks
    }

    fn make_rows(&mut self, shelf: &Shelf) {
        let (snapshot, changes) = shelf.snapshot();
        let now = now();
        let made_of = (changes, self.filter.clone(), self.unfolded.clone(), now.date());
        if self.made_of.as_ref() == Some(&made_of) {
            return;
        }
        self.rows = rows(snapshot, &self.filter, &self.unfolded, &now);
        let mut top = 0.0;
        self.tops = vec![top];
        for row in &self.rows {
            top += row.height();
            self.tops.push(top);
        }
        (self.kinds, self.keys) = (Vec::new(), Vec::new());
        for entry in &snapshot.entries {
            if !self.kinds.contains(&entry.kind) && entry.kind != TuneType::Other {
                self.kinds.push(entry.kind);
            }
            let key = MusicalKey { explicit: [None; 7], ..entry.key };
            if !self.keys.contains(&key) && key.tonic().is_some() {
                self.keys.push(key);
            }
        }
        self.kinds.sort_by_key(|kind| kind.in_words());
        self.keys.sort_by_key(MusicalKey::in_words);
        self.made_of = Some(made_of);
    }

    fn head(&self, ui: &mut Ui, shelf: &Shelf, asks: &mut Vec<Ask>) {
        let t = tokens(ui);
        let (snapshot, _) = shelf.snapshot();
        ui.horizontal(|ui| {
            ui.label(RichText::new("History").font(fonts::caslon(17.0)).color(t.text));
            let count = snapshot.entries.len();
            if count > 0 {
                let words = counts(count, snapshot.favourites());
                ui.label(RichText::new(words).font(fonts::words(12.5)).color(t.muted));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 2.0;
                let more = icon_button(ui, Icon::MORE, "More of the history", None);
                Popup::menu(&more).gap(2.0).show(|ui| {
                    ui.set_min_width(210.0);
                    ui.spacing_mut().item_spacing.y = 0.0;
                    if ui.add(Push::new(Weight::Quiet, "Bring in ABC files").wide()).clicked() {
                        asks.push(Ask::BringIn);
                    }
                    let others = snapshot.entries.iter().filter(|entry| !entry.marks.favourite);
                    let others: Vec<String> = others.map(|entry| entry.file.clone()).collect();
                    let delete = Push::new(Weight::Quiet, "Delete all but favourites").wide();
                    if ui.add_enabled(!others.is_empty(), delete).clicked() {
                        asks.push(Ask::Library(Job::Delete(others)));
                    }
                    if ui.add(Push::new(Weight::Quiet, "Choose another folder").wide()).clicked() {
                        asks.push(Ask::ChooseFolder);
                    }
                });
                if icon_button(ui, Icon::FOLDER, "Open folder", None).tip("Open folder").clicked() {
                    asks.push(Ask::OpenFolder);
                }
            });
        });
    }

    fn search_field(&mut self, ui: &mut Ui) {
        let t = tokens(ui);
        let edit = TextEdit::singleline(&mut self.search)
            .id(search_id())
            .hint_text("Title, key or notes")
            .frame(field_frame(ui, Margin { left: 30, right: 8, top: 6, bottom: 6 }))
            .desired_width(ui.available_width());
        let field = ui.add(edit);
        ui.ctx().accesskit_node_builder(field.id, |node| node.set_label("Find in the history"));
        finish_field(ui, &field, false);
        let at = pos2(field.rect.left() + 17.0, field.rect.center().y);
        ui.painter().text(at, Align2::CENTER_CENTER, Icon::FIND.sign, Icon::FIND.font(16.0), t.muted);
        if field.has_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            self.search.clear();
        }
        if field.changed() || self.search.is_empty() {
            self.filter.query = Query::read(&self.search);
        }
    }

    fn chips(&mut self, ui: &mut Ui) {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            if chip(ui, Chip::Star, "Favourites only", self.filter.favourites).clicked() {
                self.filter.favourites = !self.filter.favourites;
            }
            let kind = self.filter.kind.map_or("Any type", TuneType::in_words);
            let button = chip(ui, Chip::Choice, kind, self.filter.kind.is_some());
            Popup::menu(&button).gap(2.0).show(|ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                if ui.add(Push::new(Weight::Quiet, "Any type").wide()).clicked() {
                    self.filter.kind = None;
                }
                for kind in &self.kinds {
                    if ui.add(Push::new(Weight::Quiet, kind.in_words()).wide()).clicked() {
                        self.filter.kind = Some(*kind);
                    }
                }
            });
            let key = self.filter.key.map_or("Any key".to_owned(), |key| key.in_words());
            let button = chip(ui, Chip::Choice, &key, self.filter.key.is_some());
            Popup::menu(&button).gap(2.0).show(|ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
                    if ui.add(Push::new(Weight::Quiet, "Any key").wide()).clicked() {
                        self.filter.key = None;
                    }
                    for key in &self.keys {
                        if ui.add(Push::new(Weight::Quiet, &key.in_words()).wide()).clicked() {
                            self.filter.key = Some(*key);
                        }
                    }
                });
            });
        });
    }

    fn nothing_fits(&mut self, ui: &mut Ui, count: usize, asks: &mut Vec<Ask>) {
        let wish = self.filter.query.wish();
        let head = match self.search.trim() {
            "" => "No tune fits".to_owned(),
            search => format!("No tune fits “{search}”."),
        };
        let words = format!(
            "None of your {} fits.",
            if count == 1 { "1 tune".to_owned() } else { format!("{count} tunes") }
        );
        empty_place(ui, &head, &words, |ui| {
            let Some((kind, key)) = wish else { return };
            let mut words = format!("Compose a {}", kind.in_words().to_lowercase());
            if let Some((tonic, mode)) = key {
                let key = MusicalKey::new(tonic, mode.unwrap_or(crate::music::Mode::Major));
                words.push_str(&format!(" in {}", key.in_words()));
            }
            if ui.add(Push::new(Weight::Plain, &words).icon(Icon::PEN)).clicked() {
                asks.push(Ask::ComposeWish(kind, key));
            }
        });
    }

    fn list(&mut self, ui: &mut Ui, on_stand: Option<&str>, asks: &mut Vec<Ask>) {
        let total = self.tops.last().copied().unwrap_or_default();
        // The keyboard comes to the tune on the stand, or the first there is.
        let files: Vec<String> = self.rows.iter().filter_map(file_of).map(str::to_owned).collect();
        if !self.current.as_ref().is_some_and(|current| files.contains(current)) {
            let stand = on_stand.filter(|stand| files.iter().any(|file| file == stand));
            self.current = stand.map(str::to_owned).or_else(|| files.first().cloned());
        }
        let mut show = self.arrows(ui, &files);
        ScrollArea::vertical().id_salt("history").auto_shrink([false, false]).show_viewport(
            ui,
            |ui, seen| {
                ui.set_height(total);
                let corner = ui.max_rect().min;
                let width = ui.available_width();
                let first = self.tops.partition_point(|top| *top <= seen.top()).saturating_sub(1);
                let mut incipits = std::mem::take(&mut self.incipits);
                let mut wanted = None;
                let place_of = |place: usize| {
                    let (top, bottom) = (self.tops.get(place)?, self.tops.get(place + 1)?);
                    Some(Rect::from_min_max(corner + vec2(0.0, *top), corner + vec2(width, *bottom)))
                };
                if let Some(place) =
                    show.take().and_then(|file| self.rows.iter().position(|row| file_of(row) == Some(&file)))
                    && let Some(rect) = place_of(place)
                {
                    ui.scroll_to_rect_animation(rect, None, ScrollAnimation::none());
                }
                for (place, row) in self.rows.iter().enumerate().skip(first) {
                    let Some(rect) = place_of(place) else { break };
                    if rect.top() - corner.y > seen.bottom() {
                        break;
                    }
                    match row {
                        Row::Day(words) => history_row::day(ui, words, rect),
                        Row::Damaged(file) => {
                            if history_row::damaged(ui, file, rect) {
                                asks.push(Ask::OpenFolder);
                            }
                        }
                        Row::Tune { entry, .. } => {
                            let edit = self.edit.as_mut().filter(|edit| edit.file == entry.file);
                            let state = State {
                                chosen: on_stand == Some(&entry.file),
                                current: self.current.as_ref() == Some(&entry.file),
                                edit,
                            };
                            if let Some(what) = history_row::tune(ui, row, rect, state, &mut incipits) {
                                wanted = Some((Arc::clone(entry), what));
                            }
                        }
                    }
                }
                // The row the keyboard is on keeps it, in sight or not.
                if let Some(current) = &self.current
                    && ui.memory(|memory| memory.has_focus(history_row::id(current)))
                    && let Some(place) = self.rows.iter().position(|row| file_of(row) == Some(current))
                    && let Some(rect) = place_of(place)
                    && !seen.intersects(rect.translate(-corner.to_vec2()))
                {
                    ui.interact(rect, history_row::id(current), Sense::click());
                }
                self.incipits = incipits;
                if let Some((entry, what)) = wanted {
                    self.carry_out(&entry, what, asks);
                }
            },
        );
    }

    /// The list is one stop for the keyboard: the arrows go from row to row. The file of the row they came to.
    fn arrows(&mut self, ui: &Ui, files: &[String]) -> Option<String> {
        let current = self.current.clone()?;
        let id = history_row::id(&current);
        if !ui.memory(|memory| memory.has_focus(id)) {
            return None;
        }
        let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        let place = files.iter().position(|file| *file == current)?;
        let last = files.len() - 1;
        let to = ui.input_mut(|input| {
            let mut pressed = |key| input.consume_key(Modifiers::NONE, key);
            if pressed(Key::ArrowDown) {
                Some((place + 1).min(last))
            } else if pressed(Key::ArrowUp) {
                Some(place.saturating_sub(1))
            } else if pressed(Key::Home) {
                Some(0)
            } else if pressed(Key::End) {
                Some(last)
            } else {
                None
            }
        })?;
        let file = files.get(to)?.clone();
        self.current = Some(file.clone());
        ui.memory_mut(|memory| memory.request_focus(history_row::id(&file)));
        Some(file)
    }

    fn carry_out(&mut self, entry: &Arc<Entry>, what: Wanted, asks: &mut Vec<Ask>) {
        let file = entry.file.clone();
        self.current = Some(file.clone());
        let mut edit = |title, text: String| {
            self.edit = Some(Edit { file: file.clone(), title, text, begun: false });
        };
        match what {
            Wanted::EditTitle => return edit(true, entry.title.clone()),
            Wanted::EditTags => return edit(false, entry.marks.tags.join(", ")),
            Wanted::Title(_) | Wanted::Tags(_) | Wanted::Leave => self.edit = None,
            _ => {}
        }
        asks.push(match what {
            Wanted::Open => Ask::Open(Arc::clone(entry)),
            Wanted::Play => Ask::Play(Arc::clone(entry)),
            Wanted::Compare => Ask::Compare(Arc::clone(entry)),
            Wanted::ComposeLike => Ask::ComposeLike(Arc::clone(entry)),
            Wanted::Favourite => Ask::Library(Job::Favourite(file, !entry.marks.favourite)),
            Wanted::Title(title) if title != entry.title => Ask::Library(Job::Rename(file, title)),
            Wanted::Tags(tags) => Ask::Library(Job::Tag(file, tags)),
            Wanted::Duplicate => Ask::Library(Job::Duplicate(file)),
            Wanted::Delete => Ask::Library(Job::Delete(vec![file])),
            Wanted::Unfold => {
                if let Some(group) = entry.marks.group.clone()
                    && !self.unfolded.remove(&group)
                {
                    self.unfolded.insert(group);
                }
                return;
            }
            Wanted::Title(_) | Wanted::Leave | Wanted::EditTitle | Wanted::EditTags => return,
        });
    }
}

/// Whether the keyboard is in the search field.
pub(super) fn search_id() -> Id {
    Id::unique("find in the history")
}

fn file_of(row: &Row) -> Option<&str> {
    if let Row::Tune { entry, .. } = row { Some(&entry.file) } else { None }
}

/// "214 tunes, 9 favourites"
fn counts(tunes: usize, favourites: usize) -> String {
    let count = |number: usize, one: &str| format!("{number} {one}{}", if number == 1 { "" } else { "s" });
    match favourites {
        0 => count(tunes, "tune"),
        _ => format!("{}, {}", count(tunes, "tune"), count(favourites, "favourite")),
    }
}

/// What stands against keeping tunes, and what can be done about it.
fn trouble(ui: &mut Ui, shelf: &Shelf, asks: &mut Vec<Ask>) {
    let (snapshot, _) = shelf.snapshot();
    let Some(trouble) = snapshot.trouble else { return };
    let t = tokens(ui);
    let unsaved = snapshot.entries.iter().find(|entry| !entry.saved);
    let words = match (trouble, unsaved) {
        (Trouble::Full, Some(entry)) => format!("{trouble} “{}” is not saved yet.", entry.title),
        _ => trouble.to_string(),
    };
    let frame = Frame::new().fill(t.err_soft).corner_radius(6).inner_margin(Margin::symmetric(10, 8));
    frame.show(ui, |ui| {
        let words = RichText::new(words).font(fonts::words(13.0)).color(t.error);
        let label = ui.add(Label::new(words).wrap());
        ui.ctx().accesskit_node_builder(label.id, |node| node.set_live(Live::Polite));
        ui.horizontal_wrapped(|ui| {
            if ui.add(Push::new(Weight::Plain, "Try again")).clicked() {
                asks.push(Ask::Library(Job::Retry));
            }
            let other = if trouble == Trouble::Full { "Save elsewhere" } else { "Choose another folder" };
            if ui.add(Push::new(Weight::Plain, other)).clicked() {
                asks.push(Ask::ChooseFolder);
            }
        });
    });
}

/// What was deleted last, for ten seconds.
fn undo_row(ui: &mut Ui, shelf: &Shelf, asks: &mut Vec<Ask>) {
    let Some((deleted, left)) = shelf.deleted() else { return };
    let t = tokens(ui);
    let words = match &deleted.tunes[..] {
        [(entry, _)] => format!("{} deleted", entry.title),
        tunes => format!("{} tunes deleted", tunes.len()),
    };
    ui.ctx().request_repaint_after(left);
    Frame::new().fill(t.row_hover).corner_radius(6).inner_margin(Margin::symmetric(10, 2)).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.add(Push::new(Weight::Quiet, "Undo")).clicked() {
                    asks.push(Ask::UndoDeletion);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let words = RichText::new(words).font(fonts::words(13.0)).color(t.text);
                    let label = ui.add(Label::new(words).truncate());
                    ui.ctx().accesskit_node_builder(label.id, |node| node.set_live(Live::Polite));
                });
            });
        });
    });
}

fn nothing_kept(ui: &mut Ui, asks: &mut Vec<Ask>) {
    let words = "Every tune you compose or open is kept here by itself.";
    empty_place(ui, "Nothing kept yet.", words, |ui| {
        if ui.add(Push::new(Weight::Plain, "Bring in ABC files").icon(Icon::FOLDER)).clicked() {
            asks.push(Ask::BringIn);
        }
    });
}

/// A place with nothing in it, and why.
fn empty_place(ui: &mut Ui, head: &str, words: &str, button: impl FnOnce(&mut Ui)) {
    let t = tokens(ui);
    let place = ui.available_rect_before_wrap().shrink2(vec2(SIDE.into(), 24.0));
    ui.scope_builder(UiBuilder::new().max_rect(place).layout(Layout::top_down(Align::Center)), |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        ui.add(Label::new(RichText::new(head).font(fonts::caslon_italic(16.0)).color(t.text)).wrap());
        ui.add(Label::new(RichText::new(words).font(fonts::words(13.0)).color(t.muted)).wrap());
        button(ui);
    });
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chip {
    /// A star.
    Star,
    /// Words with a list behind them.
    Choice,
}

fn chip(ui: &mut Ui, kind: Chip, name: &str, on: bool) -> Response {
    let t = tokens(ui);
    let font = fonts::words(12.5);
    let colour = if on { t.accent } else { t.text };
    let words = ui.painter().layout_no_wrap(name.to_owned(), font, colour);
    let width = if kind == Chip::Star { 30.0 } else { words.size().x + 38.0 };
    let (rect, response) = ui.allocate_exact_size(vec2(width, 24.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, on, name));
    let place = snap(ui.painter(), rect);
    let fill = match (on, response.hovered()) {
        (true, _) => t.accent_soft,
        (false, true) => t.row_hover,
        (false, false) => t.field,
    };
    ui.painter().rect_filled(place, 12, fill);
    let line = if on { t.accent } else { t.line };
    ui.painter().rect_stroke(place, 12, Stroke::new(1.0, line), StrokeKind::Inside);
    if kind == Chip::Star {
        let (icon, colour) = if on { (Icon::STAR_ON, t.playhead) } else { (Icon::STAR, t.text) };
        ui.painter().text(place.center(), Align2::CENTER_CENTER, icon.sign, icon.font(15.0), colour);
    } else {
        ui.painter().galley(
            pos2(place.left() + 11.0, place.center().y - words.size().y / 2.0),
            words,
            colour,
        );
        let at = pos2(place.right() - 15.0, place.center().y);
        let caret = Icon::CARET_DOWN;
        ui.painter().text(at, Align2::CENTER_CENTER, caret.sign, caret.font(12.0), colour);
    }
    focus_ring(ui, &response, 12);
    response
}
