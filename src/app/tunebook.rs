//! A text with many tunes: a list to choose one from.

use std::sync::Arc;

use eframe::egui::{
    Align2, Context, Id, Key, Margin, Modal, Modifiers, RichText, Role, ScrollArea, Sense, TextEdit, Ui,
    WidgetInfo, vec2,
};

use super::background::Background;
use super::description::Description;
use super::fonts;
use super::theme::tokens;
use super::widgets::{Push, Weight, field_frame, finish_field, focus_ring};
use crate::abc;

const ROW: f32 = 44.0;
const SIZE: (f32, f32) = (460.0, 420.0);

/// A tune of the book.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    title: String,
    /// Type and key.
    line: String,
    /// Its own text, with the file's header before its own fields.
    text: String,
}

/// What the musician decided.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Choice {
    /// This tune, as ABC.
    Tune(String),
    /// None of them.
    Cancel,
}

/// A text on its way into the window, and the list of its tunes if it has several.
#[derive(Debug, Clone, Default)]
pub(super) struct Tunebook {
    /// What is being read, or was.
    text: Option<Arc<String>>,
    work: Background<Vec<Entry>>,
    entries: Option<Vec<Entry>>,
    filter: String,
}

impl Tunebook {
    /// Whether a text looks as if it held more than one tune.
    pub(super) fn has_many(text: &str) -> bool {
        text.lines().filter(|line| line.starts_with("X:")).nth(1).is_some()
    }

    /// Reads a text, on a thread.
    pub(super) fn open(&mut self, text: String) {
        *self = Self { text: Some(Arc::new(text)), work: Background::slow(), ..Self::default() };
    }

    /// Whether it takes the keys.
    pub(super) fn is_open(&self) -> bool {
        self.text.is_some()
    }

    /// Draws the list; says what was decided, once. A text with one tune is decided by itself.
    pub(super) fn ui(&mut self, ctx: &Context) -> Option<Choice> {
        let text = Arc::clone(self.text.as_ref()?);
        if self.entries.is_none() {
            self.entries = self.work.poll();
            if self.entries.is_none() {
                self.entries = self.work.run(ctx, move || entries(&text));
            }
        }
        let choice = match &self.entries {
            None => None,
            Some(entries) if entries.len() < 2 => {
                let one = entries.first().map(|entry| entry.text.clone());
                Some(Choice::Tune(one.unwrap_or_else(|| self.text.as_deref().cloned().unwrap_or_default())))
            }
            Some(entries) => list(ctx, entries, &mut self.filter),
        };
        if choice.is_some() {
            *self = Self::default();
        }
        choice
    }
}

/// The tunes of a text.
fn entries(text: &str) -> Vec<Entry> {
    let parsed = abc::parse(text);
    let first = parsed.tunes.first().map_or(0, |tune| tune.span.start as usize);
    let header = text.get(..first).unwrap_or_default();
    // A file's header holds for all of its tunes; what is no field or directive is chatter.
    let is_header =
        |line: &&str| line.starts_with("%%") || matches!(line.as_bytes(), [b'A'..=b'Z' | b'm', b':', ..]);
    let header: String = header.lines().filter(is_header).map(|line| format!("{line}\n")).collect();
    let tunes = parsed.tunes.iter().map(|tune| {
        let own = tune.span.of(text);
        let (number, rest) = own.split_at(own.find('\n').map_or(own.len(), |end| end + 1));
        let text =
            if own.starts_with("X:") { [number, &header, rest].concat() } else { [&header, own].concat() };
        let described = Description::of(&text, false);
        let title = described.title().unwrap_or("Without a title").to_owned();
        let line = described.line();
        Entry { title, line, text }
    });
    tunes.collect()
}

fn list(ctx: &Context, entries: &[Entry], filter: &mut String) -> Option<Choice> {
    let mut choice = None;
    let modal = Modal::new(Id::unique("tunebook")).show(ctx, |ui| {
        let t = tokens(ui);
        ui.set_width(SIZE.0.min(ui.ctx().content_rect().width() - 60.0));
        let words = format!("A book of {} tunes", entries.len());
        ui.label(RichText::new(words).font(fonts::caslon_bold(17.0)).color(t.text));
        let label = ui.label(RichText::new("Choose one to work on.").color(t.muted));
        let edit = TextEdit::singleline(filter)
            .hint_text("Title, type or key")
            .frame(field_frame(ui, Margin::symmetric(10, 6)))
            .desired_width(f32::INFINITY);
        let field = ui.add(edit).labelled_by(label.id);
        finish_field(ui, &field, false);
        if !field.has_focus() && ui.memory(|memory| memory.focused()).is_none() {
            field.request_focus();
        }
        let wanted = filter.to_lowercase();
        let fits = |entry: &&Entry| {
            entry.title.to_lowercase().contains(&wanted) || entry.line.to_lowercase().contains(&wanted)
        };
        let found: Vec<&Entry> = entries.iter().filter(fits).collect();
        if found.is_empty() {
            ui.add_space(20.0);
            ui.label(RichText::new(format!("No tune fits “{filter}”.")).color(t.muted));
        }
        let height = SIZE.1.min(ui.ctx().content_rect().height() - 220.0).max(ROW);
        ScrollArea::vertical().max_height(height).auto_shrink([false, false]).show_rows(
            ui,
            ROW,
            found.len(),
            |ui, rows| {
                ui.spacing_mut().item_spacing.y = 0.0;
                for entry in found.get(rows).unwrap_or_default() {
                    if row(ui, entry) {
                        choice = Some(Choice::Tune(entry.text.clone()));
                    }
                }
            },
        );
        let enter = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        if let (true, [only]) = (enter, found.as_slice()) {
            choice = Some(Choice::Tune(only.text.clone()));
        }
        ui.add_space(6.0);
        let cancel = ui.add(Push::new(Weight::Plain, "Cancel")).clicked();
        if cancel || ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
            choice = Some(Choice::Cancel);
        }
    });
    if modal.should_close() { choice.or(Some(Choice::Cancel)) } else { choice }
}

/// One tune; whether it was chosen.
fn row(ui: &mut Ui, entry: &Entry) -> bool {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let words = format!("{}, {}", entry.title, entry.line);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &words));
    if response.hovered() {
        ui.painter().rect_filled(rect, 5, t.hover);
    }
    let painter = ui.painter().with_clip_rect(rect.intersect(ui.clip_rect()));
    let left = rect.left() + 10.0;
    let at = |y: f32| vec2(left, rect.top() + y).to_pos2();
    painter.text(at(5.0), Align2::LEFT_TOP, &entry.title, fonts::caslon(14.0), t.text);
    painter.text(at(24.0), Align2::LEFT_TOP, &entry.line, fonts::words(12.5), t.muted);
    focus_ring(ui, &response.clone().with_new_rect(rect.shrink(2.0)), 4);
    response.clicked()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_tune_of_a_book_stands_for_itself() {
        let book = "My book\nR:reel\n\nX:1\nT:One\nK:D\nD8|\n\nX:2\nT:Two\nR:jig\nK:G\nG6|\n";
        assert!(Tunebook::has_many(book));
        let found = entries(book);
        let titles: Vec<(&str, &str)> =
            found.iter().map(|entry| (entry.title.as_str(), entry.line.as_str())).collect();
        assert_eq!(titles, [("One", "Reel in D"), ("Two", "Reel in G")]);
        assert_eq!(found[0].text.trim_end(), "X:1\nR:reel\nT:One\nK:D\nD8|");
        for entry in &found {
            assert_eq!(abc::parse(&entry.text).tunes.len(), 1);
        }
    }
}
