//! A tune as it was written.

use super::lyrics::LyricLine;
use super::{Directive, Element, KeyField, Parts, Span, Staff, Tempo};
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
    /// `V:`, `U:`, `I:` and directives.
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
    /// The voices in the order they first appear; at least one.
    pub voices: Vec<Voice>,
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
    /// The music, in the order of the text.
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
}
