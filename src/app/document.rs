//! The text of a tune, where it came from, and the way back to every text it was.

use eframe::egui::TextBuffer;
use eframe::egui::text::CharIndex;

use super::origin::Origin;
use super::undo::{Change, Deed, Undo};
use crate::abc::Span;

/// A text that changes only in ways that can be undone, but while it is being written.
#[derive(Debug, Clone, Default)]
pub(super) struct Document {
    text: String,
    origin: Origin,
    undo: Undo<Origin>,
    /// How often the text has changed.
    version: u64,
}

impl Document {
    /// The ABC.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Where it came from.
    pub(super) fn origin(&self) -> &Origin {
        &self.origin
    }

    /// What tells the text from what it was before.
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    /// Another text for as long as one is being written. It leaves no trace in the undo stack; the
    /// text before is given back.
    pub(super) fn show(&mut self, text: String) -> String {
        self.version += 1;
        std::mem::replace(&mut self.text, text)
    }

    /// More of it.
    pub(super) fn grow(&mut self, text: &str) {
        self.version += 1;
        self.text.push_str(text);
    }

    /// Another text from elsewhere: one change from what stood there `before`.
    pub(super) fn replace(&mut self, deed: Deed, before: &str, text: String, origin: Origin) {
        let old = std::mem::replace(&mut self.origin, origin);
        if let Some(mut change) = Change::between(deed, before, &text) {
            change.other = Some(old);
            self.undo.push(change);
        }
        self.show(text);
    }

    /// Lets `edit` change the text by hand.
    pub(super) fn edit(&mut self, edit: impl FnOnce(&mut dyn TextBuffer)) {
        let mut watched = Watched { text: &mut self.text, before: None };
        edit(&mut watched);
        let Some(before) = watched.before else { return };
        if let Some(change) = Change::by_hand(&before, &self.text) {
            self.undo.push(change);
            self.version += 1;
        }
    }

    /// The text is rewritten; whether it is another now.
    pub(super) fn rewrite(&mut self, deed: Deed, text: String) -> bool {
        let Some(change) = Change::between(deed, &self.text, &text) else { return false };
        self.undo.push(change);
        self.show(text);
        true
    }

    /// What undoing would undo.
    pub(super) fn next_undo(&self) -> Option<Deed> {
        self.undo.next_undo()
    }

    /// What redoing would do again.
    pub(super) fn next_redo(&self) -> Option<Deed> {
        self.undo.next_redo()
    }

    /// Takes back the last change; where it was.
    pub(super) fn undo(&mut self) -> Option<Span> {
        let place = self.undo.undo(&mut self.text, &mut self.origin);
        self.went(place)
    }

    /// Makes it again; where it is.
    pub(super) fn redo(&mut self) -> Option<Span> {
        let place = self.undo.redo(&mut self.text, &mut self.origin);
        self.went(place)
    }

    fn went(&mut self, place: Option<(usize, usize)>) -> Option<Span> {
        let (from, to) = place?;
        self.version += 1;
        Some(Span::new(from, to))
    }
}

/// A text that is remembered as it was before its first change.
struct Watched<'a> {
    text: &'a mut String,
    before: Option<String>,
}

impl Watched<'_> {
    fn remember(&mut self) {
        if self.before.is_none() {
            self.before = Some(self.text.clone());
        }
    }
}

impl TextBuffer for Watched<'_> {
    fn is_mutable(&self) -> bool {
        true
    }

    fn as_str(&self) -> &str {
        self.text
    }

    fn insert_text(&mut self, text: &str, char_index: CharIndex) -> usize {
        self.remember();
        self.text.insert_text(text, char_index)
    }

    fn delete_char_range(&mut self, char_range: std::ops::Range<CharIndex>) {
        self.remember();
        self.text.delete_char_range(char_range);
    }

    fn type_id(&self) -> std::any::TypeId {
        std::any::TypeId::of::<Watched<'static>>()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_stack_holds_typing_rewriting_and_composing() {
        let mut document = Document::default();
        document.edit(|text| text.replace_with("K:D\nD|"));
        document.rewrite(Deed::Transposing, "K:E\nE|".to_owned());
        let before = document.show(String::new());
        document.grow("K:G");
        document.replace(Deed::Composing, &before, "K:G\nG|".to_owned(), Origin::Broken { seed: 3 });
        assert_eq!(document.origin().seed(), 3);
        let mut way = Vec::new();
        while let Some(deed) = document.next_undo() {
            document.undo();
            way.push((deed, document.text().to_owned(), document.origin().seed()));
        }
        let step = |deed, text: &str| (deed, text.to_owned(), 0);
        let expected =
            [step(Deed::Composing, "K:E\nE|"), step(Deed::Transposing, "K:D\nD|"), step(Deed::Pasting, "")];
        assert_eq!(way, expected);
        while document.redo().is_some() {}
        assert_eq!((document.text(), document.origin().seed()), ("K:G\nG|", 3));
    }

    #[test]
    fn what_changes_nothing_is_no_step() {
        let mut document = Document::default();
        document.edit(|text| text.replace_with("a"));
        let version = document.version();
        document.edit(|text| text.replace_with("a"));
        assert!(!document.rewrite(Deed::Lines, "a".to_owned()));
        assert_eq!(document.version(), version);
        document.undo();
        assert_eq!(document.next_undo(), None);
    }
}
