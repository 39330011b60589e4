//! What a text was found to be: its tune, and what is wrong with it.

use super::notes::Notes;
use crate::abc::{self, Code, Diagnostic, Kind, Severity, Tune};

/// A text that has been read.
#[derive(Debug, Clone, Default)]
pub(super) struct Reading {
    parsed: abc::Parsed,
    notes: Notes,
    /// Which version of the text it was.
    pub(super) version: u64,
}

impl Reading {
    /// Reads a text. An empty page has no problem yet.
    pub(super) fn of(text: &str, version: u64) -> Self {
        let parsed = if text.trim().is_empty() { abc::Parsed::default() } else { abc::parse(text) };
        let notes = parsed.tunes.first().map(Notes::of).unwrap_or_default();
        Self { parsed, notes, version }
    }

    /// The tune the text holds: the first, if there are more.
    pub(super) fn tune(&self) -> Option<&Tune> {
        self.parsed.tunes.first()
    }

    /// The notes of the tune.
    pub(super) fn notes(&self) -> &Notes {
        &self.notes
    }

    /// What is wrong with the text, in its order.
    pub(super) fn problems(&self) -> &[Diagnostic] {
        &self.parsed.diagnostics
    }

    /// How many of them are more than notes.
    pub(super) fn problem_count(&self) -> usize {
        self.problems().iter().filter(|problem| problem.severity() > Severity::Note).count()
    }

    /// Whether there is anything to engrave: a whole header, or at least notes.
    pub(super) fn has_music(&self) -> bool {
        let notes = |tune: &Tune| {
            let mut elements = tune.voices.iter().flat_map(|voice| &voice.elements);
            elements.any(|element| matches!(element.kind, Kind::Note(_) | Kind::Chord(_) | Kind::Rest(_)))
        };
        let whole = !self.problems().iter().any(|problem| problem.code == Code::NoKey);
        self.tune().is_some_and(|tune| whole || notes(tune))
    }
}
