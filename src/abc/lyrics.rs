//! Words under notes: `w:` (§5).

use super::Span;

/// A `w:` line, laid under the notes of the music line before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LyricLine {
    /// The line.
    pub span: Span,
    /// Which verse it is of its music line, from 1.
    pub verse: u16,
    /// The first element of the voice the line may belong to.
    pub from: u32,
    /// The element after the last.
    pub to: u32,
    /// The syllables in order; a note without one has none in this verse.
    pub syllables: Vec<Syllable>,
}

/// A syllable under a note.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Syllable {
    /// Its bytes.
    pub span: Span,
    /// The note's or chord's place among the voice's elements.
    pub element: u32,
    /// The syllable; `~` has become a space. Empty where a `*` skips the note.
    pub text: String,
    /// A hyphen follows: the word goes on at the next syllable.
    pub hyphen: bool,
    /// How many notes more it is held, by `_`.
    pub held: u16,
}

impl LyricLine {
    /// Without places in the text, skipped notes, and the line's own extent; `places` says where each
    /// element has gone.
    pub(super) fn canonical(&self, places: &[u32]) -> Self {
        let syllables = self.syllables.iter().filter(|syllable| !syllable.text.is_empty()).cloned();
        let syllables = syllables.map(|syllable| {
            let element = places.get(syllable.element as usize).copied().unwrap_or(syllable.element);
            Syllable { span: Span::default(), element, ..syllable }
        });
        Self { span: Span::default(), from: 0, to: 0, verse: self.verse, syllables: syllables.collect() }
    }
}
