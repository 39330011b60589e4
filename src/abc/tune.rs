//! A tune as it was written.

use super::element::LineBreak;
use super::lyrics::LyricLine;
use super::{Directive, Element, KeyField, Kind, Parts, Span, Staff, Tempo};
use crate::music::{Fraction, Metre};

/// A tune: what its header says, worked out, and the music of its voices.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tune {
    /// All of it, from `X:` to the end of its last line.
    pub span: Span,
    /// Where the music begins: the byte after the header's last line.
    pub body: u32,
    /// `X:`, the number in its tunebook; `None` if it has none.
    pub number: Option<u32>,
    /// The fields of the header as written, in order, those of a file header (§2.2.2) first; without
    /// `V:`, `U:`, `m:`, `I:` and directives.
    pub fields: Vec<HeaderField>,
    /// `K:`. Without one: no key.
    pub key: KeyField,
    /// `M:`. Without one: free (§3.1.6).
    pub metre: Metre,
    /// The unit note length as a fraction of a whole note: `L:`, or what the metre makes it (§3.1.7).
    pub unit: Fraction,
    /// `Q:`, if there is one.
    pub tempo: Option<Tempo>,
    /// `P:`, if there is one.
    pub parts: Option<Parts>,
    /// Directives and `I:` fields before the music, those of a file header first.
    pub directives: Vec<Directive>,
    /// Where macros (§9) are defined and used, in the order of the text.
    pub expansions: Vec<Expansion>,
    /// The voices in the order they first appear; at least one.
    pub voices: Vec<Voice>,
}

/// A macro (§9), defined or used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Expansion {
    /// Its bytes. All elements that come from it have them.
    pub span: Span,
    /// What they stand for; `None` where a macro is defined.
    pub text: Option<String>,
}

/// A field of the header.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HeaderField {
    /// Its line, with those that continue it, without the line's end.
    pub span: Span,
    /// Its letter.
    pub letter: char,
    /// Its text without comment and white space around it; continued lines are joined by a space.
    pub text: String,
}

/// A voice (§7).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Voice {
    /// The name in `V:`; empty for the one voice of a tune without `V:`.
    pub id: String,
    /// `name=` or `nm=`, as shown before the first staff.
    pub name: Option<String>,
    /// `subname=` or `snm=`, as shown before the others.
    pub subname: Option<String>,
    /// What `V:` says about its staff; the key's own staff holds where it says nothing.
    pub staff: Staff,
    /// The music, in the order of the text; what an `s:` line says stands before its note.
    pub elements: Vec<Element>,
    /// The `w:` lines in the order of the text.
    pub lyrics: Vec<LyricLine>,
}

impl Tune {
    /// The text of the first header field with this letter.
    pub fn field(&self, letter: char) -> Option<&str> {
        self.fields.iter().find(|field| field.letter == letter).map(|field| field.text.as_str())
    }

    /// The title: the first `T:`.
    pub fn title(&self) -> Option<&str> {
        self.field('T')
    }

    /// The tune type: `R:`. The last one counts, as for every field that can be said only once.
    pub fn rhythm(&self) -> Option<&str> {
        self.fields.iter().rev().find(|field| field.letter == 'R').map(|field| field.text.as_str())
    }

    /// The value of the last directive of this name before the music.
    pub fn directive(&self, name: &str) -> Option<&str> {
        let mut directives = self.directives.iter().rev();
        directives.find(|directive| directive.name == name).map(|directive| directive.value.as_str())
    }

    /// Whether the staff, too, is broken where a line of music ends in this way: as `I:linebreak` says
    /// (§6.1.2), or always.
    pub fn breaks_staff(&self, line_break: LineBreak) -> bool {
        let Some(signs) = self.directive("linebreak") else { return true };
        match line_break {
            LineBreak::Line => signs.contains("<EOL>"),
            LineBreak::Dollar => signs.contains('$'),
            LineBreak::Exclamation => signs.contains('!'),
        }
    }

    /// The header's fields that are text and nothing more, titles first.
    pub(super) fn header_texts(&self) -> Vec<&HeaderField> {
        let mut fields: Vec<_> =
            self.fields.iter().filter(|field| !"XKMLQP".contains(field.letter)).collect();
        fields.sort_by_key(|field| field.letter != 'T');
        fields
    }

    /// What two writings of one tune have in common: the tune without places in the text, white space
    /// at bar lines and line ends, the text of header fields that are known by their value, and what is
    /// said about the spelling of decorations and line breaks.
    pub fn canonical(&self) -> Self {
        let fields = self.header_texts().into_iter().cloned();
        let fields = fields.map(|field| HeaderField { span: Span::default(), ..field }).collect();
        let directives = self.directives.iter().filter(|directive| !directive.is_spelling());
        let directives = directives.map(Directive::without_span).collect();
        let voices = self.voices.iter().map(Voice::canonical).collect();
        let number = Some(self.number.unwrap_or(1));
        let (span, expansions) = (Span::default(), Vec::new());
        Self { span, body: 0, number, fields, directives, expansions, voices, ..self.clone() }
    }
}

impl Voice {
    fn canonical(&self) -> Self {
        let mut elements: Vec<Element> = Vec::with_capacity(self.elements.len());
        // Where each element has gone.
        let mut places = Vec::with_capacity(self.elements.len());
        let mut line_has_ink = false;
        for element in &self.elements {
            places.push(u32::try_from(elements.len()).unwrap_or(u32::MAX));
            let mut kind = element.kind.clone();
            if kind == Kind::LineBreak(LineBreak::Exclamation) {
                if !self.lyrics.is_empty() {
                    continue;
                }
                kind = Kind::LineBreak(LineBreak::Line);
            }
            let line_break = kind == Kind::LineBreak(LineBreak::Line);
            if line_break && !line_has_ink {
                continue;
            }
            let at_edge = elements.last().is_none_or(|last| kind_is_edge(&last.kind));
            if kind == Kind::Space
                && (at_edge || elements.last().is_some_and(|last| last.kind == Kind::Space))
            {
                continue;
            }
            if kind_is_edge(&kind) && elements.last().is_some_and(|last| last.kind == Kind::Space) {
                elements.pop();
                if let Some(place) = places.last_mut() {
                    *place -= 1;
                }
            }
            line_has_ink = match &kind {
                Kind::LineBreak(LineBreak::Line) => false,
                Kind::Field { text, .. } | Kind::Part(text) | Kind::Rhythm(text) if text.contains(']') => {
                    false
                }
                Kind::Directive(directive) if directive.needs_own_line() => false,
                Kind::Key(_) | Kind::Metre(_) | Kind::Unit(_) | Kind::Tempo(_) | Kind::Part(_) => {
                    line_has_ink
                }
                Kind::Rhythm(_) | Kind::Field { .. } | Kind::Directive(_) => line_has_ink,
                _ => true,
            };
            elements.push(without_spans(kind));
        }
        if elements.last().is_some_and(|last| last.kind == Kind::Space) {
            elements.pop();
        }
        // Words under a line without a note are nobody's.
        let sung = self.lyrics.iter().map(|line| line.canonical(&places));
        let lyrics = sung.filter(|line| !line.syllables.is_empty()).collect();
        Self { elements, lyrics, ..self.clone() }
    }
}

/// Whether white space beside it says nothing.
fn kind_is_edge(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Bar(_)
            | Kind::Ending(_)
            | Kind::LineBreak(_)
            | Kind::Overlay { .. }
            | Kind::Directive(_)
            | Kind::Key(_)
            | Kind::Metre(_)
            | Kind::Unit(_)
            | Kind::Tempo(_)
            | Kind::Part(_)
            | Kind::Rhythm(_)
            | Kind::Field { .. }
    )
}

fn without_spans(mut kind: Kind) -> Element {
    match &mut kind {
        Kind::Chord(chord) => chord.notes.iter_mut().for_each(|(span, _)| *span = Span::default()),
        Kind::Grace(grace) => grace.notes.iter_mut().for_each(|(span, _)| *span = Span::default()),
        Kind::Directive(directive) => directive.span = Span::default(),
        _ => {}
    }
    Element { span: Span::default(), kind }
}
