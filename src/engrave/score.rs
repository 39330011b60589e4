//! What is to be drawn, sorted out of the text's elements, before anything has its place.

use std::ops::Range;

use super::smufl::Sign;
use crate::abc::element::{Annotation, ChordSymbol};
use crate::abc::lyrics::Syllable;
use crate::abc::{BarLine, Clef, Decoration, Numbers, Span, Tempo, Tie, Tune, Voice};
use crate::music::{Accidental, Fraction, Metre};

/// Stands for no index.
pub(super) const NONE: u32 = u32::MAX;

/// Of how many tied notes one may be made.
const MOST_TIED: usize = 3;

/// How a duration is written: as which note, and with how many dots.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Value {
    /// −1 for a double whole note, 0 for a whole note, 1 for a half note, and so on to 8.
    pub log: i8,
    pub dots: u8,
}

impl Value {
    /// The value of a duration in whole notes; of one that no note has, the next shorter one.
    pub(super) fn of(duration: f64) -> Self {
        if duration <= 1e-9 || duration.is_nan() {
            return Self { log: 8, dots: 0 };
        }
        let log = (-(duration * 1.000_001).log2()).ceil().clamp(-1.0, 8.0);
        let rest = duration * log.exp2() * 1.000_001;
        let dots = match rest {
            r if r >= 2.0 => 0,
            r if r >= 1.875 => 3,
            r if r >= 1.75 => 2,
            r if r >= 1.5 => 1,
            _ => 0,
        };
        Self { log: log as i8, dots }
    }

    /// How long it lasts, in whole notes.
    pub(super) fn duration(self) -> Fraction {
        // 1, 1½, 1¾, 1⅞ of the undotted note.
        let (more, of) = ((2_i64 << self.dots) - 1, 1_i64 << self.dots);
        match self.log {
            ..=0 => Fraction::of(more << -self.log, of),
            log => Fraction::of(more, of << log),
        }
    }

    /// The notes that, tied, last so many whole notes from a time in their bar: as few as will do, meeting
    /// where the bar is divided, with a dot at most. `beat` is the metre's. One, if one will do or not even
    /// [`MOST_TIED`] will.
    pub(super) fn tied(duration: Fraction, time: f64, beat: Fraction) -> Vec<Fraction> {
        if Self::of(duration.to_f64()).duration() == duration {
            return vec![duration];
        }
        (2..=MOST_TIED)
            .find_map(|count| Self::divided(duration, time, beat, count))
            .map_or(vec![duration], |(_, notes)| notes)
    }

    /// The best way to make a duration of so many notes, and what is wrong with it; `None` if there is none.
    fn divided(duration: Fraction, time: f64, beat: Fraction, count: usize) -> Option<(u32, Vec<Fraction>)> {
        if count <= 1 {
            let value = Self::of(duration.to_f64());
            return (value.dots <= 1 && value.duration() == duration).then(|| (0, vec![duration]));
        }
        let firsts = (-1..=8).flat_map(|log| [1, 0].map(|dots| Self { log, dots }.duration()));
        let ways = firsts.filter_map(|first| {
            let rest = duration.checked_sub(first).filter(|&rest| rest > Fraction::ZERO)?;
            let meets = time + first.to_f64();
            let (fault, mut notes) = Self::divided(rest, meets, beat, count - 1)?;
            notes.insert(0, first);
            Some((fault + crookedness(meets, beat), notes))
        });
        // Of equally good ones the longest note comes first.
        ways.min_by_key(|&(fault, _)| fault)
    }

    /// Flags, or beams.
    pub(super) fn flags(self) -> u8 {
        (self.log - 2).max(0) as u8
    }

    /// Whether it has a stem.
    pub(super) fn has_stem(self) -> bool {
        self.log >= 1
    }

    pub(super) fn head(self) -> Sign {
        match self.log {
            ..=-1 => Sign::HeadDoubleWhole,
            0 => Sign::HeadWhole,
            1 => Sign::HeadHalf,
            _ => Sign::HeadBlack,
        }
    }
}

/// How far a time is from the bar's divisions: into how many parts two beats have to be divided to reach it.
fn crookedness(time: f64, beat: Fraction) -> u32 {
    const FINEST: u32 = 64;
    let beats = time / (2.0 * beat.to_f64());
    let meets = |parts: &u32| {
        let place = beats * f64::from(*parts);
        (place - place.round()).abs() < 1e-6
    };
    (1..FINEST).find(meets).unwrap_or(FINEST)
}

/// Which way a stem goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stem {
    Up,
    Down,
}

impl Stem {
    /// −1 for up, as y counts downwards.
    pub(super) fn sign(self) -> f32 {
        if self == Self::Up { -1.0 } else { 1.0 }
    }
}

/// What happens at a moment in a staff.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum What<'t> {
    Clef(Clef),
    Key { cancelled: Signature, signature: Signature },
    Metre(&'t Metre),
    Chord,
    Rest { visible: bool },
    BarsRest { bars: u16, visible: bool },
    Room(f32),
}

impl What<'_> {
    /// The order of what stands at the same time.
    pub(super) fn rank(&self) -> u8 {
        match self {
            Self::Clef(_) => 0,
            Self::Key { .. } => 1,
            Self::Metre(_) => 2,
            Self::Room(_) => 3,
            Self::Chord | Self::Rest { .. } | Self::BarsRest { .. } => 4,
        }
    }

    pub(super) fn is_change(&self) -> bool {
        self.rank() < 3
    }
}

/// A key signature: for each letter from C up, its sign.
pub(super) type Signature = [Option<Accidental>; 7];

#[derive(Debug, Clone)]
pub(super) struct Event<'t> {
    pub what: What<'t>,
    pub span: Span,
    pub bar: u32,
    /// 0, or which of the bar's overlays.
    pub layer: u8,
    /// In whole notes from the start of its bar.
    pub time: f64,
    /// In whole notes, as it sounds.
    pub length: f64,
    pub value: Value,
    pub stem: Stem,
    /// Its heads in [`Part::heads`].
    pub heads: Range<u32>,
    /// Its marks in [`Part::marks`].
    pub marks: Range<u32>,
    /// Its grace notes in [`Part::graces`].
    pub grace: u32,
    /// Its beam in [`Part::beams`].
    pub beam: u32,
    /// Its column in [`Score::columns`].
    pub column: u32,
    /// How far it stands right of its column, out of another voice's way.
    pub dx: f32,
    /// Where its dots stand, right of its own place.
    pub dot_x: f32,
    /// How far its ink reaches from its own place, and where its grace notes begin.
    pub left: f32,
    pub right: f32,
    /// On the sheet, once known.
    pub x: f32,
    /// The stem's end, above or below the middle line of the staff; only a chord with a stem has one.
    pub tip: f32,
}

#[derive(Debug, Clone)]
pub(super) struct Head {
    pub span: Span,
    /// Half spaces above the middle line.
    pub position: i32,
    pub accidental: Option<Accidental>,
    /// The accidental is only a reminder.
    pub cautionary: bool,
    pub tie: Option<Tie>,
    /// It is a grace note in a chord with the one before.
    pub joined: bool,
    /// Right of the event's place.
    pub dx: f32,
    /// Left edge of the accidental, from the event's place.
    pub accidental_dx: f32,
}

impl Head {
    pub(super) fn y(&self) -> f32 {
        -0.5 * self.position as f32
    }
}

#[derive(Debug, Clone)]
pub(super) struct GraceGroup {
    pub heads: Range<u32>,
    pub slashed: bool,
    pub span: Span,
    /// How many flags or beams.
    pub flags: u8,
    /// Where they begin, from their note's own place.
    pub x: f32,
}

#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum MarkKind<'t> {
    Decoration(&'t Decoration),
    Chord(&'t ChordSymbol),
    Annotation(&'t Annotation),
    Tempo(&'t Tempo),
    Part(&'t str),
    Words(&'t str),
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Mark<'t> {
    pub span: Span,
    pub kind: MarkKind<'t>,
}

/// From one event to another, both of them part of it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Arc {
    pub from: u32,
    pub to: u32,
    pub span: Span,
    pub dotted: bool,
    /// It begins at the grace notes of `from`.
    pub at_grace: bool,
    pub reach: Reach,
}

/// In which bars something lies, kept so that a system finds its own without looking at all.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reach {
    /// The bar it begins in; what is kept in a list is in the order of these.
    pub first: u32,
    /// The furthest bar anything up to this one in its list reaches.
    pub latest: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct TupletMark {
    pub from: u32,
    pub to: u32,
    pub span: Span,
    pub count: u8,
    /// How deep it is in others.
    pub depth: u8,
    pub reach: Reach,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stretch {
    Crescendo,
    Diminuendo,
    Trill,
}

/// A hairpin, or a long trill.
#[derive(Debug, Clone, Copy)]
pub(super) struct Extended {
    pub kind: Stretch,
    pub from: u32,
    pub to: u32,
    pub span: Span,
    pub reach: Reach,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct BeamGroup {
    pub from: u32,
    pub to: u32,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Lyric<'t> {
    pub event: u32,
    /// From 0.
    pub verse: u16,
    pub syllable: &'t Syllable,
    /// The event it is held to.
    pub held_to: u32,
}

/// What holds in a voice at the start of a bar, changes there counted in.
#[derive(Debug, Clone)]
pub(super) struct PartBar<'t> {
    pub clef: Clef,
    pub signature: Signature,
    pub metre: &'t Metre,
    /// The key or metre changes here.
    pub key_changes: bool,
    pub metre_changes: bool,
    /// It has an overlay.
    pub layered: bool,
    /// Its events in [`Part::order`].
    pub events: Range<u32>,
}

/// The line between two bars.
#[derive(Debug, Clone)]
pub(super) struct Boundary {
    pub line: BarLine,
    pub span: Option<Span>,
    /// A system ends here in the text.
    pub breaks: bool,
    /// The text breaks the line within a bar.
    pub split: bool,
}

/// A voice.
#[derive(Debug)]
pub(super) struct Part<'t> {
    pub voice: &'t Voice,
    /// Its place in [`Score::staves`].
    pub staff: usize,
    /// Which way its stems go where it shares its staff.
    pub stems: Option<Stem>,
    pub events: Vec<Event<'t>>,
    pub heads: Vec<Head>,
    pub marks: Vec<Mark<'t>>,
    pub graces: Vec<GraceGroup>,
    pub slurs: Vec<Arc>,
    pub tuplets: Vec<TupletMark>,
    pub beams: Vec<BeamGroup>,
    pub extended: Vec<Extended>,
    pub lyrics: Vec<Lyric<'t>>,
    pub verses: u16,
    pub bars: Vec<PartBar<'t>>,
    /// The events bar by bar; within a bar, overlays come after.
    pub order: Vec<u32>,
    pub boundaries: Vec<Boundary>,
    /// Decorations of bar lines: the bar the line begins.
    pub line_marks: Vec<(u32, Mark<'t>)>,
    /// Where endings begin.
    pub endings: Vec<(u32, &'t Numbers, Span)>,
}

impl<'t> Part<'t> {
    pub(super) fn event(&self, index: u32) -> Option<&Event<'t>> {
        self.events.get(index as usize)
    }

    pub(super) fn heads_of(&self, event: &Event<'_>) -> &[Head] {
        self.heads.get(event.heads.start as usize..event.heads.end as usize).unwrap_or_default()
    }

    pub(super) fn marks_of(&self, event: &Event<'_>) -> &[Mark<'t>] {
        self.marks.get(event.marks.start as usize..event.marks.end as usize).unwrap_or_default()
    }

    /// The highest and the lowest position of an event's heads.
    pub(super) fn reach(&self, event: &Event<'_>) -> (i32, i32) {
        let heads = self.heads_of(event);
        let high = heads.iter().map(|head| head.position).max().unwrap_or(0);
        (high, heads.iter().map(|head| head.position).min().unwrap_or(0))
    }

    /// Whether an event shares its staff with others of the same bar: an overlay, or another voice.
    pub(super) fn shares_staff(&self, event: &Event<'_>) -> bool {
        self.stems.is_some() || self.bars.get(event.bar as usize).is_some_and(|bar| bar.layered)
    }

    /// Whether an event is in a tuplet that begins before it.
    pub(super) fn in_tuplet(&self, event: u32) -> bool {
        let Some(bar) = self.event(event).map(|event| event.bar) else { return false };
        let mut near = within(&self.tuplets, |tuplet| tuplet.reach, bar, bar);
        near.any(|tuplet| tuplet.from < event && event <= tuplet.to)
    }

    /// The events of a bar, overlays after the rest.
    pub(super) fn events_of(&self, bar: usize) -> &[u32] {
        let Some(bar) = self.bars.get(bar) else { return &[] };
        self.order.get(bar.events.start as usize..bar.events.end as usize).unwrap_or_default()
    }
}

/// A staff.
#[derive(Debug, Clone, Copy)]
pub(super) struct StaffLines {
    /// How many lines.
    pub lines: u8,
    /// The first of the voices on it.
    pub part: usize,
}

impl StaffLines {
    /// Half its height.
    pub(super) fn half(self) -> f32 {
        f32::from(self.lines.max(1) - 1) / 2.0
    }
}

/// Staves joined at their left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Group {
    pub staves: Range<usize>,
    pub brace: bool,
}

/// A bar, through all voices.
#[derive(Debug, Clone)]
pub(super) struct Bar {
    /// As it is written, from 0; the two halves of a bar that the text breaks have the same.
    pub number: usize,
    /// As players count: from 1, 0 for a pickup. `None` where a bar goes on.
    pub label: Option<usize>,
    pub span: Span,
    /// Its columns in [`Score::columns`].
    pub columns: Range<usize>,
}

/// What stands at the same time in all staves.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Column {
    /// Nothing but clefs, keys and metres.
    pub change: bool,
    /// The least distance from what is before it (the bar line, or the column before), from ink to ink
    /// or from word to word.
    pub rod: f32,
    /// The distance that its time asks for from the column before it; 0 for one that never stretches.
    pub spring: f32,
    /// How far its ink reaches to both sides.
    pub left: f32,
    pub right: f32,
    /// On the sheet, once known.
    pub x: f32,
}

/// What of a list lies in the bars from `first` to `last`, the last of it first.
pub(super) fn within<T>(
    list: &[T],
    reach: impl Fn(&T) -> Reach,
    first: u32,
    last: u32,
) -> impl Iterator<Item = &T> {
    let end = list.partition_point(|one| reach(one).first <= last);
    let before = list.get(..end).unwrap_or_default();
    before.iter().rev().take_while(move |one| reach(one).latest >= first)
}

/// A tune sorted out.
#[derive(Debug)]
pub(super) struct Score<'t> {
    pub tune: &'t Tune,
    pub parts: Vec<Part<'t>>,
    pub staves: Vec<StaffLines>,
    pub groups: Vec<Group>,
    pub bars: Vec<Bar>,
    /// One more than bars: the one before each bar, and the last.
    pub boundaries: Vec<Boundary>,
    pub columns: Vec<Column>,
    /// From the last column of each bar to its end.
    pub ends: Vec<Column>,
    /// The bars that begin a section, if sections are to have letters.
    pub sections: Vec<usize>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_written_as_notes_with_dots() {
        for (duration, log, dots) in [
            (1.0, 0, 0),
            (2.0, -1, 0),
            (0.75, 1, 1),
            (0.375, 2, 1),
            (0.125, 3, 0),
            (0.1875, 3, 1),
            (0.4375, 2, 2),
            (0.625, 1, 0),
            (8.0, -1, 0),
            (1.0 / 12.0, 4, 0),
            (0.0, 8, 0),
            (f64::NAN, 8, 0),
        ] {
            assert_eq!(Value::of(duration), Value { log, dots }, "{duration}");
        }
    }

    #[test]
    fn what_no_note_lasts_is_tied_together() {
        let eighths = |count: i64| Fraction::of(count, 8);
        let tied = |count, from: f64, beat| {
            let notes = Value::tied(eighths(count), from / 8.0, eighths(beat));
            notes.into_iter().map(|note| (note.to_f64() * 8.0) as i64).collect::<Vec<_>>()
        };
        for single in [1, 2, 3, 4, 6, 7, 8, 12, 14, 15, 16] {
            assert_eq!(tied(single, 0.0, 3), [single]);
        }
        assert_eq!(tied(5, 0.0, 2), [4, 1]);
        assert_eq!(tied(5, 3.0, 2), [1, 4], "they meet in the middle of the bar");
        assert_eq!(tied(5, 1.0, 2), [3, 2]);
        assert_eq!(tied(5, 0.0, 3), [3, 2], "on the second beat of 6/8");
        assert_eq!(tied(9, 0.0, 2), [8, 1]);
        assert_eq!(tied(9, 0.0, 3), [6, 3]);
        assert_eq!(tied(11, 0.0, 2), [8, 3]);
        assert_eq!(tied(13, 0.0, 2), [12, 1]);
        let third = Fraction::of(1, 3);
        assert_eq!(Value::tied(third, 0.0, eighths(2)), [third], "it takes a tuplet to write this");
        assert_eq!(tied(800, 0.0, 2), [800]);
    }
}
