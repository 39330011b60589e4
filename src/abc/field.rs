//! What fields say when it is more than text: key with clef, tempo, order of parts, directives.

use super::Span;
use crate::music::{Fraction, Key};

/// A `K:` field (§3.1.14).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct KeyField {
    /// The key; `None` if the field speaks of the staff only (`K:clef=bass`), which leaves the key as
    /// it is. Never `None` in a header.
    pub key: Option<Key>,
    /// Clef and transposition, which may follow the key.
    pub staff: Staff,
}

/// What a `K:` or `V:` field says about a staff (§4.6). What it does not say stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Staff {
    /// The clef.
    pub clef: Option<Clef>,
    /// `transpose=`: semitones the music sounds above what is written.
    pub transpose: Option<i8>,
    /// `octave=`: octaves the music is above what is written, on paper and in sound.
    pub octave: Option<i8>,
    /// `stafflines=`, 0 to 16.
    pub lines: Option<u8>,
    /// `middle=` and what else is said as `name=value`, by name.
    pub others: Vec<(String, String)>,
}

/// A clef.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clef {
    /// Its sign.
    pub sign: ClefSign,
    /// The staff line it stands on, 1 the lowest; the sign's usual line if the text says none.
    pub line: u8,
    /// `+8` or `-8`: octaves the music sounds above what is written, −2 to 2.
    pub octave: i8,
}

/// The sign of a clef.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClefSign {
    /// A G, usually on line 2: treble.
    G,
    /// A C, usually on line 3: alto; on line 4: tenor.
    C,
    /// An F, usually on line 4: bass.
    F,
    /// Percussion.
    Percussion,
    /// None.
    None,
}

/// A `Q:` field (§3.1.8).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tempo {
    /// The words before or after the numbers; empty if there are none.
    pub words: String,
    /// The note values that are counted together as one beat; empty if no number is said. A bare
    /// `Q:120` counts the unit note length, and is found here as that.
    pub beats: Vec<Fraction>,
    /// Beats a minute; `None` if there are only words.
    pub per_minute: Option<Fraction>,
}

impl Tempo {
    /// The length of a beat as a fraction of a whole note; `None` if there are only words.
    pub fn beat(&self) -> Option<Fraction> {
        self.beats.iter().copied().reduce(|a, b| a.checked_add(b).unwrap_or(a))
    }
}

/// A `P:` field of the header: the order of the parts (§3.1.9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parts {
    /// As written.
    pub text: String,
    /// The parts in playing order, brackets and numbers worked out, at most
    /// [`super::limits::PARTS`].
    pub order: Vec<char>,
}

/// A `%%` directive, or an `I:` field, which says the same (§11).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// Its line or field.
    pub span: Span,
    /// The first word.
    pub name: String,
    /// The rest of the line, without white space around it.
    pub value: String,
}

impl Directive {
    /// Whether it cannot stand in brackets within a line of music.
    pub(super) fn needs_own_line(&self) -> bool {
        [&self.name, &self.value].into_iter().any(|text| text.contains([']', '%']))
    }

    /// Whether it says how this text is written (§6.1.2, §4.14) and nothing about the music.
    pub(super) fn is_spelling(&self) -> bool {
        self.name == "decoration" || self.name == "linebreak" && self.value.contains('!')
    }

    pub(super) fn without_span(&self) -> Self {
        Self { span: Span::default(), ..self.clone() }
    }
}
