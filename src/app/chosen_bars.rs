//! Bars that are chosen on the sheet: whole ones, one after another.

use std::ops::RangeInclusive;

use super::notes::{Bar, Notes};
use crate::abc::Span;

/// Chosen bars, by their places in [`Notes::bars`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct ChosenBars {
    /// Where the choice began: it stays when the choice is extended.
    pub(super) anchor: usize,
    /// Where it has got to.
    pub(super) head: usize,
}

impl ChosenBars {
    /// One bar.
    pub(super) fn one(bar: usize) -> Self {
        Self { anchor: bar, head: bar }
    }

    /// Up to another bar.
    pub(super) fn to(self, head: usize) -> Self {
        Self { head, ..self }
    }

    /// All of them.
    pub(super) fn range(self) -> RangeInclusive<usize> {
        self.anchor.min(self.head)..=self.anchor.max(self.head)
    }

    /// The bars; none if the tune has become shorter.
    pub(super) fn of(self, notes: &Notes) -> &[Bar] {
        notes.bars().get(self.range()).unwrap_or_default()
    }

    /// Their bytes, up to the last note: bar lines at the end are left out.
    pub(super) fn span(self, notes: &Notes) -> Option<Span> {
        let bars = self.of(notes);
        let whole = bars.first()?.span.to(bars.last()?.span);
        let inside = |span: Span| whole.start <= span.start && span.end <= whole.end;
        let spans = || notes.all().iter().map(|note| note.span).filter(|span| inside(*span));
        let start = spans().map(|span| span.start).min()?;
        Some(Span { start, end: spans().map(|span| span.end).max()? })
    }
}
