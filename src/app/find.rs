//! Finding words in the ABC: a field, how many there are, and the way from one to the next.

use eframe::egui::{
    Align, Id, Key, Layout, Margin, Modifiers, Popup, RichText, TextEdit, Ui, UiBuilder, vec2,
};

use super::fonts::{self, Icon};
use super::theme::tokens;
use super::widgets::{field_frame, finish_field, icon_button};
use crate::abc::Span;

/// How high the strip is.
pub(super) const HEIGHT: f32 = 38.0;
/// How many places are looked for.
const MOST: usize = 10_000;

/// The strip's state.
#[derive(Debug, Clone, Default)]
pub(super) struct Find {
    open: bool,
    query: String,
    /// Which of the places one is at.
    at: usize,
    /// The field is to have the keyboard.
    focus: bool,
    found: Vec<Span>,
    /// What the places were found for: the query and the version of the text.
    of: (String, u64),
}

impl Find {
    /// Shows the strip, and puts the keyboard into it.
    pub(super) fn open(&mut self) {
        (self.open, self.focus) = (true, true);
    }

    /// Whether it is shown.
    pub(super) fn is_open(&self) -> bool {
        self.open
    }

    /// The places that were found, and which of them one is at.
    pub(super) fn found(&self) -> (&[Span], usize) {
        if self.open { (&self.found, self.at) } else { (&[], 0) }
    }

    /// The place one is at.
    pub(super) fn current(&self) -> Option<Span> {
        self.found.get(self.at).copied()
    }

    /// Draws the strip; gives the place to go to, if one was asked for. `from` is where one is.
    pub(super) fn ui(&mut self, ui: &mut Ui, text: &str, version: u64, from: u32) -> Option<Span> {
        let t = tokens(ui);
        let id = Id::unique("find in abc");
        let (mut next, mut back, mut close) = (false, false, false);
        if ui.memory(|memory| memory.has_focus(id)) {
            ui.input_mut(|input| {
                back |= input.consume_key(Modifiers::SHIFT, Key::Enter);
                next |= input.consume_key(Modifiers::NONE, Key::Enter);
            });
        }
        // Esc belongs to pop-ups first.
        if !Popup::is_any_open(ui.ctx()) {
            close |= ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
        }
        let mut typed = false;
        let strip = ui.max_rect().shrink2(vec2(8.0, 4.0));
        let row = UiBuilder::new().max_rect(strip).layout(Layout::left_to_right(Align::Center));
        ui.scope_builder(row, |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            let edit = TextEdit::singleline(&mut self.query)
                .id(id)
                .hint_text("Find: D and d are two notes")
                .font(fonts::mono(13.0))
                .frame(field_frame(ui, Margin::symmetric(8, 5)))
                .desired_width((ui.available_width() - 190.0).clamp(80.0, 240.0));
            let field = ui.add(edit);
            finish_field(ui, &field, !self.query.is_empty() && self.found.is_empty());
            ui.ctx().accesskit_node_builder(field.id, |node| node.set_label("Find in the ABC"));
            typed = field.changed();
            if std::mem::take(&mut self.focus) {
                field.request_focus();
            }
            ui.add_space(6.0);
            ui.label(RichText::new(self.count()).font(fonts::words(13.0)).color(t.muted));
            ui.add_space(4.0);
            back |= icon_button(ui, Icon::CARET_UP, "Previous place", None).clicked();
            next |= icon_button(ui, Icon::CARET_DOWN, "Next place", None).clicked();
            close |= icon_button(ui, Icon::CLOSE, "Close the search", None).clicked();
        });
        self.look(text, version);
        if close {
            self.open = false;
            return None;
        }
        let count = self.found.len();
        if count == 0 {
            return None;
        }
        if typed {
            self.at = self.found.iter().position(|span| span.start >= from).unwrap_or(0);
        } else if next {
            self.at = (self.at + 1) % count;
        } else if back {
            self.at = (self.at + count - 1) % count;
        } else {
            return None;
        }
        self.found.get(self.at).copied()
    }

    /// Looks again if the text or what is looked for has changed.
    fn look(&mut self, text: &str, version: u64) {
        if self.of.1 == version && self.of.0 == self.query {
            return;
        }
        self.of = (self.query.clone(), version);
        self.found.clear();
        if !self.query.is_empty() {
            let places = text.match_indices(self.query.as_str()).take(MOST);
            self.found.extend(places.map(|(at, found)| Span::new(at, at + found.len())));
        }
        self.at = self.at.min(self.found.len().saturating_sub(1));
    }

    /// "2 of 7".
    fn count(&self) -> String {
        match (self.query.is_empty(), self.found.len()) {
            (true, _) => String::new(),
            (false, 0) => "Not there".to_owned(),
            (false, count) => format!("{} of {count}", self.at + 1),
        }
    }
}
