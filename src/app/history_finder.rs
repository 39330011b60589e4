//! What finds tunes in the history: the field, and the chips for favourites, type, key, tag and sets.

use eframe::egui::{Align2, Id, Key, Margin, Modifiers, Popup, ScrollArea, TextEdit, Ui, pos2};

use super::chip::Chip;
use super::exporting::tunes;
use super::fonts::Icon;
use super::theme::tokens;
use super::widgets::{Push, Weight, field_frame, finish_field};
use crate::library::{Filter, Query, Snapshot};
use crate::music::Key as MusicalKey;
use crate::perform::TuneType;

/// As wide as the list behind a chip is.
const LIST: f32 = 200.0;

/// What is looked for, and what there is to choose from.
#[derive(Debug, Default)]
pub(super) struct Finder {
    search: String,
    filter: Filter,
    kinds: Vec<TuneType>,
    keys: Vec<MusicalKey>,
    tags: Vec<String>,
    /// The snapshot these were taken from.
    seen: u64,
}

impl Finder {
    /// What is to be shown.
    pub(super) fn filter(&self) -> &Filter {
        &self.filter
    }

    /// What is typed.
    pub(super) fn search(&self) -> &str {
        self.search.trim()
    }

    /// The types, keys and tags there are.
    pub(super) fn follow(&mut self, snapshot: &Snapshot, changes: u64) {
        if self.seen == changes {
            return;
        }
        self.seen = changes;
        (self.kinds, self.keys, self.tags) = (Vec::new(), Vec::new(), Vec::new());
        for entry in &snapshot.entries {
            if !self.kinds.contains(&entry.kind) && entry.kind != TuneType::Other {
                self.kinds.push(entry.kind);
            }
            let key = MusicalKey { explicit: [None; 7], ..entry.key };
            if !self.keys.contains(&key) && key.tonic().is_some() {
                self.keys.push(key);
            }
            for tag in entry.marks.tags.iter().filter(|tag| !self.tags.contains(tag)).collect::<Vec<_>>() {
                self.tags.push(tag.clone());
            }
        }
        self.kinds.sort_by_key(|kind| kind.in_words());
        self.keys.sort_by_key(MusicalKey::in_words);
        self.tags.sort_by_key(|tag| tag.to_lowercase());
        // The last tune with it may have lost it: there would be no chip to let go of it.
        self.filter.tag = self.filter.tag.take().filter(|tag| self.tags.contains(tag));
    }

    /// Draws the field; whether something else is typed in it now.
    pub(super) fn field(&mut self, ui: &mut Ui) -> bool {
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
        field.changed()
    }

    /// Draws the chips; the name of a set that is to be shown.
    pub(super) fn chips(&mut self, ui: &mut Ui, snapshot: &Snapshot) -> Option<String> {
        let mut set = None;
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            let (on, t) = (self.filter.favourites, tokens(ui));
            let (icon, colour) = if on { (Icon::STAR_ON, t.playhead) } else { (Icon::STAR, t.text) };
            if ui.add(Chip::new("Favourites only", on).only(icon, colour)).clicked() {
                self.filter.favourites = !self.filter.favourites;
            }
            let kinds: Vec<(String, TuneType)> =
                self.kinds.iter().map(|kind| (kind.in_words().to_owned(), *kind)).collect();
            choice(ui, "Any type", &mut self.filter.kind, kinds);
            let keys: Vec<(String, MusicalKey)> =
                self.keys.iter().map(|key| (key.in_words(), *key)).collect();
            choice(ui, "Any key", &mut self.filter.key, keys);
            if !self.tags.is_empty() {
                let tags: Vec<(String, String)> =
                    self.tags.iter().map(|tag| (tag.clone(), tag.clone())).collect();
                choice(ui, "Any tag", &mut self.filter.tag, tags);
            }
            if !snapshot.sets.is_empty() {
                let button = ui.add(Chip::new("Sets", false).behind(Icon::CARET_DOWN));
                Popup::menu(&button).gap(2.0).show(|ui| {
                    ui.set_width(LIST);
                    ui.spacing_mut().item_spacing.y = 0.0;
                    for known in &snapshot.sets {
                        let words = format!("{}, {}", known.name, tunes(known.tunes.len()));
                        if ui.add(Push::new(Weight::Quiet, &words).wide()).clicked() {
                            set = Some(known.name.clone());
                        }
                    }
                });
            }
        });
        set
    }
}

/// What egui knows the field by.
pub(super) fn search_id() -> Id {
    Id::unique("find in the history")
}

/// A chip with a list behind it; its first line leaves the choice open.
fn choice<T: PartialEq>(ui: &mut Ui, any: &str, chosen: &mut Option<T>, all: Vec<(String, T)>) {
    let now = all.iter().find(|(_, one)| chosen.as_ref() == Some(one)).map(|(words, _)| words.as_str());
    let chip = Chip::new(now.unwrap_or(any), chosen.is_some());
    let button = ui.add(chip.behind(Icon::CARET_DOWN));
    Popup::menu(&button).gap(2.0).show(|ui| {
        ui.set_width(LIST);
        ui.spacing_mut().item_spacing.y = 0.0;
        ScrollArea::vertical().max_height(320.0).show(ui, |ui| {
            if ui.add(Push::new(Weight::Quiet, any).wide()).clicked() {
                *chosen = None;
            }
            for (words, one) in all {
                if ui.add(Push::new(Weight::Quiet, &words).wide()).clicked() {
                    *chosen = Some(one);
                }
            }
        });
    });
}
