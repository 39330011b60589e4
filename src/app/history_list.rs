//! The rows of the history: those in sight are drawn, one has the keyboard, several may be chosen.

use std::collections::HashSet;
use std::sync::Arc;

use eframe::egui::style::ScrollAnimation;
use eframe::egui::{EventFilter, Key, Modifiers, Rect, ScrollArea, Sense, Ui, vec2};
use jiff::civil::Date;

use super::chosen_rows::ChosenRows;
use super::history_panel::Ask;
use super::history_row::{self, Edit, State, Wanted};
use super::history_rows::{Row, now, rows};
use super::incipit::Incipits;
use crate::library::{Entry, Filter, Job, Snapshot};

/// What is on the stand, as the rows show it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct OnStand<'a> {
    /// The file of the tune that is there.
    pub(super) file: Option<&'a str>,
    /// It is played.
    pub(super) sounds: bool,
}

/// The rows, and how the musician stands among them.
#[derive(Debug, Default)]
pub(super) struct HistoryList {
    rows: Vec<Row>,
    /// Where each row begins, and the end of the last.
    tops: Vec<f32>,
    /// The files of the tunes' rows, from the top.
    files: Vec<String>,
    /// What the rows were made of.
    made_of: Option<(u64, Filter, HashSet<String>, Date)>,
    /// The composings whose tunes are all shown.
    unfolded: HashSet<String>,
    /// The file of the row the keyboard comes to.
    current: Option<String>,
    chosen: ChosenRows,
    edit: Option<Edit>,
    incipits: Incipits,
}

impl HistoryList {
    /// Makes the rows anew if there are other tunes, another filter or another day.
    pub(super) fn follow(&mut self, snapshot: &Snapshot, changes: u64, filter: &Filter) {
        let now = now();
        let made_of = (changes, filter.clone(), self.unfolded.clone(), now.date());
        if self.made_of.as_ref() == Some(&made_of) {
            return;
        }
        self.rows = rows(snapshot, filter, &self.unfolded, &now);
        let mut top = 0.0;
        self.tops = vec![top];
        for row in &self.rows {
            top += row.height();
            self.tops.push(top);
        }
        self.files = self.rows.iter().filter_map(file_of).map(str::to_owned).collect();
        self.chosen.keep(&self.files);
        self.made_of = Some(made_of);
    }

    /// Whether nothing is shown.
    pub(super) fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows that are chosen together.
    pub(super) fn chosen(&mut self) -> &mut ChosenRows {
        &mut self.chosen
    }

    /// Draws the rows in sight.
    pub(super) fn ui(&mut self, ui: &mut Ui, stand: OnStand<'_>, asks: &mut Vec<Ask>) {
        let total = self.tops.last().copied().unwrap_or_default();
        // The keyboard comes to the tune on the stand, or the first there is.
        if !self.current.as_ref().is_some_and(|current| self.files.contains(current)) {
            let there = stand.file.filter(|stand| self.files.iter().any(|file| file == stand));
            self.current = there.map(str::to_owned).or_else(|| self.files.first().cloned());
        }
        let show = self.keys(ui);
        ScrollArea::vertical().id_salt("history").auto_shrink([false, false]).show_viewport(
            ui,
            |ui, seen| {
                ui.set_height(total);
                self.in_sight(ui, seen, show, stand, asks);
            },
        );
    }

    fn in_sight(
        &mut self,
        ui: &mut Ui,
        seen: Rect,
        show: Option<String>,
        stand: OnStand<'_>,
        asks: &mut Vec<Ask>,
    ) {
        let (corner, width) = (ui.max_rect().min, ui.available_width());
        let place_of = |place: usize| {
            let (top, bottom) = (self.tops.get(place)?, self.tops.get(place + 1)?);
            Some(Rect::from_min_max(corner + vec2(0.0, *top), corner + vec2(width, *bottom)))
        };
        let row_of = |file: &str| self.rows.iter().position(|row| file_of(row) == Some(file));
        if let Some(rect) = show.and_then(|file| place_of(row_of(&file)?)) {
            ui.scroll_to_rect_animation(rect, None, ScrollAnimation::none());
        }
        let first = self.tops.partition_point(|top| *top <= seen.top()).saturating_sub(1);
        let mut wanted = None;
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
                    let on_stand = stand.file == Some(&entry.file);
                    let state = State {
                        on_stand,
                        sounds: on_stand && stand.sounds,
                        chosen: self.chosen.has(&entry.file),
                        alone: self.chosen.is_empty(),
                        current: self.current.as_ref() == Some(&entry.file),
                        edit: self.edit.as_mut().filter(|edit| edit.file == entry.file),
                    };
                    if let Some(what) = history_row::tune(ui, row, rect, state, &mut self.incipits) {
                        wanted = Some((Arc::clone(entry), what));
                    }
                }
            }
        }
        // The row the keyboard is on keeps it, in sight or not.
        if let Some(current) = &self.current
            && ui.memory(|memory| memory.has_focus(history_row::id(current)))
            && let Some(rect) = row_of(current).and_then(place_of)
            && !seen.intersects(rect.translate(-corner.to_vec2()))
        {
            ui.interact(rect, history_row::id(current), Sense::click());
        }
        if let Some((entry, what)) = wanted {
            self.carry_out(&entry, what, asks);
        }
    }

    /// The list is one stop for the keyboard: the arrows go from row to row, with Shift they choose all on
    /// their way. The file of the row they came to.
    fn keys(&mut self, ui: &Ui) -> Option<String> {
        let current = self.current.clone()?;
        let id = history_row::id(&current);
        if !ui.memory(|memory| memory.has_focus(id)) {
            return None;
        }
        let filter =
            EventFilter { vertical_arrows: true, escape: !self.chosen.is_empty(), ..EventFilter::default() };
        ui.memory_mut(|memory| memory.set_focus_lock_filter(id, filter));
        let place = self.files.iter().position(|file| *file == current)?;
        let last = self.files.len() - 1;
        let (mut reach, mut to) = (false, None);
        ui.input_mut(|input| {
            if input.consume_key(Modifiers::COMMAND, Key::A) {
                self.chosen.all(&self.files);
            }
            if input.consume_key(Modifiers::COMMAND, Key::Space) {
                self.chosen.toggle(&current);
            }
            if !self.chosen.is_empty() && input.consume_key(Modifiers::NONE, Key::Escape) {
                self.chosen.drop_choice();
            }
            let ways = [
                (Key::ArrowDown, (place + 1).min(last)),
                (Key::ArrowUp, place.saturating_sub(1)),
                (Key::Home, 0),
                (Key::End, last),
            ];
            for (key, way) in ways {
                // The longer one first: keys do not mind a Shift too many.
                if input.consume_key(Modifiers::SHIFT, key) {
                    (reach, to) = (true, Some(way));
                } else if input.consume_key(Modifiers::NONE, key) {
                    to = Some(way);
                }
            }
        });
        let file = self.files.get(to?)?.clone();
        if reach {
            self.chosen.reach_from(&current, &file, &self.files);
        }
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
            Wanted::Choose => return self.chosen.toggle(&file),
            Wanted::Reach => return self.chosen.reach(&file, &self.files),
            Wanted::Title(_) | Wanted::Tags(_) | Wanted::Leave => self.edit = None,
            Wanted::Open | Wanted::Play => self.chosen.begin_at(&file),
            Wanted::Unfold => {
                if let Some(group) = entry.marks.group.clone()
                    && !self.unfolded.remove(&group)
                {
                    self.unfolded.insert(group);
                }
            }
            _ => {}
        }
        // The keys mean all rows that are chosen, if this is one of them.
        let all = if self.chosen.has(&file) { self.chosen.files() } else { vec![file.clone()] };
        match what {
            Wanted::Open => asks.push(Ask::Open(Arc::clone(entry))),
            Wanted::Play => asks.push(Ask::Play(Arc::clone(entry))),
            Wanted::Compare => asks.push(Ask::Compare(Arc::clone(entry), None)),
            Wanted::ComposeLike => asks.push(Ask::ComposeLike(Arc::clone(entry))),
            Wanted::Favourite => {
                let on = !entry.marks.favourite;
                asks.extend(all.into_iter().map(|file| Ask::Library(Job::Favourite(file, on))));
            }
            Wanted::Title(title) if title != entry.title => asks.push(Ask::Library(Job::Rename(file, title))),
            Wanted::Tags(tags) => asks.push(Ask::Library(Job::Tag(file, tags))),
            Wanted::Duplicate => asks.push(Ask::Library(Job::Duplicate(file))),
            Wanted::Delete => asks.push(Ask::Library(Job::Delete(all))),
            Wanted::Unfold
            | Wanted::Title(_)
            | Wanted::Leave
            | Wanted::EditTitle
            | Wanted::EditTags
            | Wanted::Choose
            | Wanted::Reach => {}
        }
    }
}

fn file_of(row: &Row) -> Option<&str> {
    if let Row::Tune { entry, .. } = row { Some(&entry.file) } else { None }
}
