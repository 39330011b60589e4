//! Where a text has got to: a small value that is copied and advanced a character at a time.

use super::ledger::BarId;
use super::lexicon::{Ticks, Word};
use super::pitches::{Carried, Step};

/// No bar: the tune can only end.
pub(super) const NO_BAR: BarId = BarId::MAX;

/// Where a text has got to. It means something only to the [`super::Grammar`] it comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct State {
    /// Characters so far.
    pub(super) written: u16,
    pub(super) at: At,
    /// The bar, and its ticks so far; what a group has begun is counted.
    pub(super) bar: BarId,
    pub(super) used: Ticks,
    pub(super) carried: Carried,
    pub(super) group: Group,
    /// The step the next note must have.
    pub(super) tie: Option<Step>,
    /// 0: no slur is open; else one more than its notes so far, up to 3.
    pub(super) slur: u8,
    /// The last note may be the tune's last.
    pub(super) home: bool,
    /// After the last bar line the tune may end.
    pub(super) may_end: bool,
    /// The bar must begin with a chord symbol.
    pub(super) owes_symbol: bool,
    /// No pair may be broken before the next bar line.
    pub(super) unbroken: bool,
}

impl State {
    /// A number that changes with every bar.
    pub fn bar(&self) -> u32 {
        self.bar
    }
}

/// What the next character belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum At {
    /// The header: its next character.
    Header(u16),
    /// Between notes and bar lines, or before a note.
    Place(Place),
    /// A `(`, which is a slur or begins `(3`.
    Parenthesis(Place),
    /// Within a chord symbol.
    Symbol(Place, Word),
    /// Within a decoration.
    Decoration(Place, Word),
    /// Within `{…}`: the slash is there, the note.
    Grace { place: Place, slashed: bool, step: Option<Step> },
    /// After an accidental.
    Accidental { alter: i8, graced: bool, decorated: bool },
    /// Within `[…]`.
    Chord { notes: u8, floor: Option<Step>, inside: Inside },
    /// A note that may still grow.
    Note(Open),
    /// Within a bar line, or after one that may still grow.
    Line(Word),
    /// After the `|` of a `|:` at the start of a bar.
    Opening,
}

/// What stands before a note that is to come; each only after those above it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) enum Stage {
    Nothing,
    Symbol,
    Triplet,
    Slur,
    Grace,
    Decoration,
}

/// A place between two notes or bar lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Place {
    pub(super) stage: Stage,
    /// A space stands in it.
    pub(super) spaced: bool,
    /// Nothing stands in this line of text yet.
    pub(super) line_start: bool,
    /// It follows a bar line, which may end the line of text if that is still possible.
    pub(super) after_line: bool,
    pub(super) may_break: bool,
    /// The character before is the end of this note.
    pub(super) touching: Option<Touched>,
}

impl Place {
    pub(super) const START: Self = Self {
        stage: Stage::Nothing,
        spaced: false,
        line_start: true,
        after_line: true,
        may_break: false,
        touching: None,
    };

    pub(super) const AFTER_LINE: Self = Self { line_start: false, may_break: true, ..Self::START };

    pub(super) fn at(self, stage: Stage) -> At {
        At::Place(Self { stage, line_start: false, touching: None, may_break: false, ..self })
    }
}

/// A note that has just ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Touched {
    pub(super) ticks: Ticks,
    /// `>` or `<` may follow.
    pub(super) breaks: bool,
    /// `-` may follow, to this step.
    pub(super) ties: Option<Step>,
}

/// A chord's note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Inside {
    Nothing,
    Accidental(i8),
    Letter { step: Step, alter: Option<i8> },
}

/// A note that may still grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Open {
    pub(super) what: What,
    pub(super) length: Word,
    pub(super) graced: bool,
    pub(super) decorated: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum What {
    Rest,
    /// With its accidental.
    Pitch(Step, Option<i8>),
    Chord,
}

/// Notes owed to one that stands already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Group {
    None,
    /// After `(3`, before its first note.
    Triplet,
    /// So many more notes of so many ticks each.
    Owed {
        notes: u8,
        ticks: Ticks,
        broken: bool,
    },
}
