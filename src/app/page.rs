//! What stands on the paper: a tune that is being written, or one that is.

use std::sync::Arc;

use eframe::egui::{Context, TextBuffer};

use crate::abc::{Diagnostic, Span};
use crate::compose::{Composition, Request, directives};

use super::background::Background;
use super::description::Description;
use super::document::Document;
use super::excerpt::excerpt;
use super::origin::{Composed, Origin, Writing, split_provenance};
use super::reading::Reading;
use super::undo::Deed;

/// A document, what it was found to be, and whether it is being written.
#[derive(Debug, Clone, Default)]
pub(super) struct Page {
    /// No other page of this window has it.
    number: u64,
    document: Document,
    writing: Option<Writing>,
    reading: Arc<Reading>,
    reader: Background<Reading>,
}

impl Page {
    /// An empty page for the musician to write on.
    pub(super) fn own() -> Self {
        Self::default()
    }

    /// The page after this one: the network writes on it from now, and undo leads back to this one's text.
    pub(super) fn followed(&self, number: u64, seed: u64) -> Self {
        let mut document = self.document.clone();
        let before = document.show(String::new());
        let writing = Some(Writing { seed, before });
        Self { number, document, writing, ..Self::own() }
    }

    /// A page with a tune that is opened; undo leads back to this one's text.
    pub(super) fn opened(&self, number: u64, text: String) -> Self {
        let mut document = self.document.clone();
        let (text, provenance) = split_provenance(&text);
        let origin = if provenance.is_empty() { Origin::Own } else { Origin::Kept { provenance } };
        document.replace(Deed::Opening, self.text(), text, origin);
        Self { number, document, ..Self::own() }
    }

    /// A page with some bars of this one's tune, by their bytes and their name.
    ///
    /// # Errors
    /// If there is no tune, or none can be made of these bars.
    pub(super) fn excerpt(&self, span: Span, name: &str) -> Result<Self, String> {
        let reading = self.reading_now();
        let tune = reading.tune().ok_or("there is no tune in the text yet")?;
        let text = excerpt(self.text(), tune, span, name).map_err(|error| error.to_string())?;
        let mut page = Self::own();
        page.document.show(text);
        Ok(page)
    }

    /// More of the text has come.
    pub(super) fn write(&mut self, text: &str) {
        self.document.grow(text);
    }

    /// The tune is there; `title` is its name as long as it has none of its own.
    pub(super) fn finish(&mut self, composition: &Composition, title: &str) {
        if let Some(Writing { seed, before }) = self.writing.take() {
            let (text, provenance) = split_provenance(&composition.abc(1, title));
            let origin = Origin::Composed(Composed { seed, ending: composition.ending, provenance });
            self.document.replace(Deed::Composing, &before, text, origin);
        }
    }

    /// There will be no tune; what has come of it stays.
    pub(super) fn give_up(&mut self) {
        if let Some(Writing { seed, before }) = self.writing.take() {
            let text = self.document.text().to_owned();
            self.document.replace(Deed::Composing, &before, text, Origin::Broken { seed });
        }
    }

    /// It is being written.
    pub(super) fn is_writing(&self) -> bool {
        self.writing.is_some()
    }

    /// What tells it from other pages.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Whether there is anything to copy or to save.
    pub(super) fn is_blank(&self) -> bool {
        self.text().trim().is_empty()
    }

    /// The ABC to read, without the lines that are for the file.
    pub(super) fn text(&self) -> &str {
        self.document.text()
    }

    /// The ABC as it is saved: where the tune came from stands after `X:`, if `X:` comes first.
    pub(super) fn abc(&self) -> String {
        let text = self.text();
        let header = text.find('\n').filter(|_| text.starts_with("X:")).map_or(0, |end| end + 1);
        let (number, rest) = text.split_at(header);
        [number, self.document.origin().provenance(), rest].concat()
    }

    /// What the tune was composed with, if it was.
    pub(super) fn request(&self) -> Option<Request> {
        directives::request(self.document.origin().provenance())
    }

    /// What tells the text from what it was before.
    pub(super) fn version(&self) -> u64 {
        self.document.version()
    }

    /// Lets `edit` change the text by hand.
    pub(super) fn edit(&mut self, edit: impl FnOnce(&mut dyn TextBuffer)) {
        self.document.edit(edit);
    }

    /// The text is rewritten, in one step that can be undone; whether it is another now.
    pub(super) fn rewrite(&mut self, deed: Deed, text: String) -> bool {
        self.document.rewrite(deed, text)
    }

    /// What undoing would undo; nothing while the tune is being written.
    pub(super) fn next_undo(&self) -> Option<Deed> {
        self.document.next_undo().filter(|_| !self.is_writing())
    }

    /// What redoing would do again.
    pub(super) fn next_redo(&self) -> Option<Deed> {
        self.document.next_redo().filter(|_| !self.is_writing())
    }

    /// Takes back the last change; where it was.
    pub(super) fn undo(&mut self) -> Option<Span> {
        self.next_undo().and_then(|_| self.document.undo())
    }

    /// Makes it again; where it is.
    pub(super) fn redo(&mut self) -> Option<Span> {
        self.next_redo().and_then(|_| self.document.redo())
    }

    /// Reads the text again if it has changed, here or on a thread.
    pub(super) fn follow(&mut self, ctx: &Context) {
        let now = self.document.version();
        let mut reading = self.reader.poll();
        let newest = reading.as_ref().unwrap_or(&self.reading).version;
        if newest != now {
            let text = self.text().to_owned();
            reading = self.reader.run(ctx, move || Reading::of(&text, now)).or(reading);
        }
        if let Some(reading) = reading {
            self.reading = Arc::new(reading);
        }
    }

    /// What the text was found to be when it was last read.
    pub(super) fn reading(&self) -> &Arc<Reading> {
        &self.reading
    }

    /// What the text is now, read at once if need be: not for a thread that must not wait.
    pub(super) fn reading_now(&self) -> Arc<Reading> {
        let version = self.document.version();
        if self.reading.version == version {
            Arc::clone(&self.reading)
        } else {
            Arc::new(Reading::of(self.text(), version))
        }
    }

    /// What is wrong with the text, in its order; nothing as long as it is being written.
    pub(super) fn problems(&self) -> &[Diagnostic] {
        if self.is_writing() { &[] } else { self.reading.problems() }
    }

    /// How many of them are more than notes.
    pub(super) fn problem_count(&self) -> usize {
        if self.is_writing() { 0 } else { self.reading.problem_count() }
    }

    fn described(&self) -> Description<'_> {
        Description::of(self.text(), self.is_writing())
    }

    /// Its title.
    pub(super) fn title(&self) -> &str {
        self.described().title().unwrap_or(if self.is_writing() { "Being written" } else { "New tune" })
    }

    /// A name for its file, without ending.
    pub(super) fn file_name(&self) -> String {
        self.described().file_name(self.document.origin().seed())
    }

    /// The line under the title: type or else metre, and key, as far as the header has come.
    pub(super) fn description(&self) -> String {
        self.described().line()
    }

    /// The words at the right, opposite the description.
    pub(super) fn remark(&self) -> String {
        if self.is_writing() {
            return format!("bar {}", self.bar());
        }
        match self.document.origin().remark() {
            none if none.is_empty() => self.described().source().unwrap_or_default().to_owned(),
            remark => remark,
        }
    }

    /// The bar the text has got to: a count of bar lines, good enough to see it grow.
    pub(super) fn bar(&self) -> usize {
        let music = self.text().split_once("\nK:").map_or("", |(_, after)| after);
        let line_ends = music.as_bytes().windows(2).filter(|w| w[1] == b'|' && w[0] != b'|').count();
        line_ends + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_growing_page_says_how_far_it_is() {
        let mut page = Page::own().followed(1, 7);
        assert!(page.is_blank());
        page.write("X:1\nR:reel\nM:4/4\nK:Edor\nEFG | AB");
        assert_eq!(page.remark(), "bar 2");
        page.give_up();
        assert_eq!((page.remark().as_str(), page.file_name().as_str()), ("unfinished", "Tune 7"));
    }

    #[test]
    fn undo_leads_back_to_the_tune_before() {
        let mut first = Page::own();
        first.edit(|text| text.replace_with("K:D\nD|"));
        let mut next = first.followed(2, 9);
        assert_eq!((next.text(), next.next_undo()), ("", None));
        next.write("K:G\nG|");
        next.give_up();
        assert_eq!(next.next_undo(), Some(Deed::Composing));
        next.undo();
        assert_eq!((next.text(), next.remark().as_str()), ("K:D\nD|", ""));
        next.redo();
        assert_eq!((next.text(), next.remark().as_str()), ("K:G\nG|", "unfinished"));
    }
}
