//! The elements of a voice in the order they stand in the text.

use super::{
    BarLine, ChordNotes, Decoration, Directive, Grace, KeyField, Note, Numbers, Rest, Span, Tempo, Tuplet,
};
use crate::music::{Chord, Fraction, Metre};

/// One thing in a voice and the bytes it was written with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Element {
    /// Its bytes. A note's, rest's or chord's begin with its accidental or bracket and end with its
    /// length or tie; two elements may share them (the bar line and ending of `|1` do not).
    pub span: Span,
    /// What it is.
    pub kind: Kind,
}

/// What stands in a voice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// A note.
    Note(Note),
    /// A rest: `z`, `x`.
    Rest(Rest),
    /// Rest for so many bars: `Z4`, or unseen `X4`.
    BarsRest {
        /// How many.
        bars: u16,
        /// `Z` is seen, `X` is not.
        visible: bool,
        /// How long all of it lasts in the metre that holds here; `None` without metre.
        duration: Option<Fraction>,
    },
    /// Notes struck together.
    Chord(Box<ChordNotes>),
    /// Grace notes before what follows.
    Grace(Box<Grace>),
    /// A tuplet begins with the next note, chord or rest.
    Tuplet(Tuplet),
    /// Broken rhythm between what is before and after it (§4.4): positive for `>`, which lengthens
    /// the first, negative for `<`; the number of signs is the depth. Durations have it counted in.
    Broken(i8),
    /// A slur begins: `(`, or dotted `.(`.
    SlurStart {
        /// Whether it is drawn dotted.
        dotted: bool,
    },
    /// The innermost open slur ends: `)`.
    SlurEnd,
    /// A bar line.
    Bar(BarLine),
    /// An ending begins: `[1`, `|1`.
    Ending(Numbers),
    /// A decoration of the next note, chord, rest or bar line (§4.14).
    Decoration(Decoration),
    /// A chord symbol over what follows (§4.18).
    ChordSymbol(Box<ChordSymbol>),
    /// Words beside what follows (§4.19): never played, never transposed.
    Annotation(Box<Annotation>),
    /// `y`: room in the staff, in the program's own unit, and no time.
    Room(Fraction),
    /// White space in the text: a beam ends here (§4.7).
    Space,
    /// A line of music ends.
    LineBreak(LineBreak),
    /// `&`: what follows up to the next bar line sounds together with what is before it; `&&` goes
    /// back one bar line more, and so on (§7.4).
    Overlay {
        /// How many `&`.
        bars: u8,
    },
    /// `K:` within the music, inline or on a line of its own.
    Key(Box<KeyField>),
    /// `M:` within the music. It does not change the unit length.
    Metre(Box<Metre>),
    /// `L:` within the music. Durations have it counted in.
    Unit(Fraction),
    /// `Q:` within the music; it holds for all voices.
    Tempo(Box<Tempo>),
    /// `P:` within the music: a part begins, for all voices (§3.1.9).
    Part(Box<str>),
    /// `R:` within the music: the tune type from here on.
    Rhythm(Box<str>),
    /// A `%%` directive or `I:` within the music.
    Directive(Box<Directive>),
    /// Another field within the music, such as `T:` or `N:`; remarks `[r:…]` too.
    Field {
        /// Its letter.
        letter: char,
        /// Its text without white space around it.
        text: Box<str>,
    },
}

impl Kind {
    /// Whether it sounds, or is silent for a time: a note, chord or rest.
    pub fn takes_time(&self) -> bool {
        matches!(self, Self::Note(_) | Self::Chord(_) | Self::Rest(_) | Self::BarsRest { .. })
    }
}

/// A chord symbol: `"Em7"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChordSymbol {
    /// The text between the quotes.
    pub text: String,
    /// The chord it names; `None` if it names none that is known.
    pub chord: Option<Chord>,
}

/// Words beside a note: `"^slowly"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Annotation {
    /// Where it stands.
    pub place: Place,
    /// The words, without the sign for the place.
    pub text: String,
}

/// Where an annotation stands (§4.19).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// `^`
    Above,
    /// `_`
    Below,
    /// `<`
    Left,
    /// `>`
    Right,
    /// `@`: wherever the program likes.
    Free,
}

impl Place {
    /// The place a sign says.
    pub fn from_sign(sign: u8) -> Option<Self> {
        Some(match sign {
            b'^' => Self::Above,
            b'_' => Self::Below,
            b'<' => Self::Left,
            b'>' => Self::Right,
            b'@' => Self::Free,
            _ => return None,
        })
    }

    /// The sign for it.
    pub fn sign(self) -> char {
        match self {
            Self::Above => '^',
            Self::Below => '_',
            Self::Left => '<',
            Self::Right => '>',
            Self::Free => '@',
        }
    }
}

/// What ended a line of music (§6.1.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineBreak {
    /// The end of the line in the text, without a `\` before it.
    Line,
    /// `$`
    Dollar,
    /// `!`, in old tunes (§12.2).
    Exclamation,
}
