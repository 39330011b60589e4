//! What tunes of each type are like in the corpus: their metres, forms and keys, and their notes.
//!
//! `habits.tsv` is made of the corpus by `reelsmith-cli habits train.json`: a line for each type, what
//! it counts, a value, and how many tunes or notes have it. Types with fewer than 200 tunes are left out.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::LazyLock;

use rayon::prelude::*;

use crate::abc::grammar::{Chords, Form, Grammar, PitchSet, Spec, canonical, ticks_of};
use crate::abc::{Kind, Note, Tune, parse};
use crate::music::{Fraction, Key, Letter, Metre};
use crate::perform::TuneType;

/// Tunes a type needs to be offered.
pub(super) const LEAST_TUNES: usize = 200;

/// Tunes a form needs to be kept: those found once are mostly slips.
const LEAST_SHAPES: u32 = 3;

/// Metre, unit note length and form of a tune.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Shape {
    /// The metre, as `M:` writes it.
    pub metre: String,
    /// The unit note length, as `L:` writes it.
    pub unit: String,
    /// The form, in quarters of the unit.
    pub form: Form,
}

/// What tunes of one type are like.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Habits {
    /// Tunes in the dialect that were counted.
    pub tunes: u32,
    /// Shapes and how many tunes have them, the most frequent first.
    pub shapes: Vec<(Shape, u32)>,
    /// Keys as `K:` writes them, likewise.
    pub keys: Vec<(String, u32)>,
    /// Their notes.
    pub notes: Profile,
}

/// Counts of notes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// By semitones above the home note.
    pub degrees: [u32; 12],
    /// By semitones from the note before, from an octave down to an octave up; wider ones count as an octave.
    pub intervals: [u32; 25],
    /// By what they last, as a fraction of a whole note.
    pub lengths: BTreeMap<(i64, i64), u32>,
    /// The last notes, by semitones above the home note.
    pub lasts: [u32; 12],
}

impl Profile {
    /// Counts a tune's notes as they are written, chords by their highest.
    pub fn of(tune: &Tune) -> Self {
        let mut profile = Self::default();
        let key = tune.key.key.unwrap_or(Key::NONE);
        let home = key.tonic().map_or(0, |name| name.semitone());
        let notes = sounding(tune, &key);
        let mut before = None;
        for &(pitch, duration) in &notes {
            profile.degrees[(pitch - home).rem_euclid(12) as usize] += 1;
            *profile.lengths.entry((duration.numerator(), duration.denominator())).or_default() += 1;
            if let Some(before) = before.replace(pitch) {
                profile.intervals[(pitch - before + 12).clamp(0, 24) as usize] += 1;
            }
        }
        if let Some((pitch, _)) = notes.last() {
            profile.lasts[(pitch - home).rem_euclid(12) as usize] += 1;
        }
        profile
    }

    fn add(&mut self, other: &Self) {
        let add = |to: &mut [u32], from: &[u32]| to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
        add(&mut self.degrees, &other.degrees);
        add(&mut self.intervals, &other.intervals);
        add(&mut self.lasts, &other.lasts);
        other.lengths.iter().for_each(|(length, count)| *self.lengths.entry(*length).or_default() += count);
    }
}

/// The notes of a tune's first voice: MIDI numbers and durations, of a chord the highest.
pub fn sounding(tune: &Tune, key: &Key) -> Vec<(i32, Fraction)> {
    let mut notes = Vec::new();
    let mut carried: BTreeMap<(Letter, i8), i8> = BTreeMap::new();
    let pitch = |note: &Note, carried: &mut BTreeMap<(Letter, i8), i8>| {
        let place = (note.letter, note.octave);
        if let Some(accidental) = note.accidental {
            carried.insert(place, accidental.alter());
        }
        let alter = carried.get(&place).copied().unwrap_or_else(|| key.alter(note.letter));
        (i32::from(note.octave) + 1) * 12 + note.letter.semitone() + i32::from(alter)
    };
    for element in tune.voices.first().into_iter().flat_map(|voice| &voice.elements) {
        match &element.kind {
            Kind::Bar(_) => carried.clear(),
            Kind::Note(note) => notes.push((pitch(note, &mut carried), note.duration)),
            Kind::Chord(chord) => {
                let highest = chord.notes.iter().map(|(_, note)| pitch(note, &mut carried)).max();
                notes.extend(highest.map(|highest| (highest, chord.duration)));
            }
            _ => {}
        }
    }
    notes
}

/// A grammar for a tune's own header, whatever its notes and form; `None` if the header is none.
pub fn free_grammar(text: &str) -> Option<(Grammar, Tune)> {
    let tune = parse(text).tunes.into_iter().next()?;
    let header = text.get(..usize::try_from(tune.body).ok()?)?.to_owned();
    let spec = Spec {
        header,
        key: tune.key.key?,
        bar: ticks_of(&tune.metre, tune.unit).ok()?,
        pitches: PitchSet::ALL,
        home: None,
        chords: Chords::Any,
        ornaments: true,
        swings: false,
        form: None,
        most: 20_000,
    };
    Some((Grammar::new(spec).ok()?, tune))
}

/// The shape and notes of a tune of the corpus, if it is in the dialect.
fn of_tune(text: &str) -> Option<(Shape, String, Profile)> {
    let text = canonical(text);
    let (mut grammar, tune) = free_grammar(&text)?;
    let form = grammar.form(&text)?;
    let unit = format!("{}/{}", tune.unit.numerator(), tune.unit.denominator());
    let shape = Shape { metre: tune.metre.to_string(), unit, form };
    Some((shape, grammar.spec().key.to_string(), Profile::of(&tune)))
}

/// Counts tunes: their types, as the corpus names them, and texts.
pub fn count<'a>(tunes: impl Iterator<Item = (&'a str, &'a str)>) -> BTreeMap<&'static str, Habits> {
    let mut shapes: BTreeMap<(&str, Shape), u32> = BTreeMap::new();
    let mut keys: BTreeMap<(&str, String), u32> = BTreeMap::new();
    let mut habits: BTreeMap<&'static str, Habits> = BTreeMap::new();
    let tunes: Vec<(&str, &str)> = tunes.collect();
    let all = |name: &str| tunes.iter().filter(|(other, _)| *other == name).count();
    let read = |&(name, text): &(&str, &str)| {
        let named = TuneType::named(name).filter(|kind| kind.name() == name)?;
        Some((named, of_tune(text)?))
    };
    let read: Vec<_> = tunes.par_iter().filter_map(read).collect();
    for (kind, (shape, key, notes)) in read {
        let of_type = habits.entry(kind.name()).or_default();
        of_type.tunes += 1;
        of_type.notes.add(&notes);
        *shapes.entry((kind.name(), shape)).or_default() += 1;
        *keys.entry((kind.name(), key)).or_default() += 1;
    }
    for ((name, shape), count) in shapes {
        if let Some(of_type) = habits.get_mut(name).filter(|_| count >= LEAST_SHAPES) {
            of_type.shapes.push((shape, count));
        }
    }
    for ((name, key), count) in keys {
        if let Some(of_type) = habits.get_mut(name) {
            of_type.keys.push((key, count));
        }
    }
    habits.retain(|name, _| all(name) >= LEAST_TUNES);
    for of_type in habits.values_mut() {
        of_type.shapes.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        of_type.keys.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    }
    habits
}

/// The lines of `habits.tsv`.
pub fn write(habits: &BTreeMap<&'static str, Habits>) -> String {
    let mut out = String::new();
    for (name, of_type) in habits {
        let mut line = |what: &str, value: &dyn std::fmt::Display, count: u32| {
            if count > 0 {
                // Writing to a string cannot fail.
                let _ = writeln!(out, "{name}\t{what}\t{value}\t{count}");
            }
        };
        line("tunes", &"", of_type.tunes);
        for (Shape { metre, unit, form }, count) in &of_type.shapes {
            line("shape", &format!("{metre} {unit} {form}"), *count);
        }
        of_type.keys.iter().for_each(|(key, count)| line("key", key, *count));
        let Profile { degrees, intervals, lengths, lasts } = &of_type.notes;
        (0..).zip(degrees).for_each(|(degree, count): (i32, _)| line("degree", &degree, *count));
        (-12..).zip(intervals).for_each(|(interval, count): (i32, _)| line("interval", &interval, *count));
        lengths
            .iter()
            .for_each(|((above, below), count)| line("length", &format!("{above}/{below}"), *count));
        (0..).zip(lasts).for_each(|(degree, count): (i32, _)| line("last", &degree, *count));
    }
    out
}

/// Reads the lines of `habits.tsv`; lines that are none are left out, which a test would find.
fn read(text: &str) -> BTreeMap<String, Habits> {
    let mut all: BTreeMap<String, Habits> = BTreeMap::new();
    for line in text.lines() {
        let mut fields = line.split('\t');
        let (Some(name), Some(what), Some(value), Some(count)) =
            (fields.next(), fields.next(), fields.next(), fields.next().and_then(|n| n.parse::<u32>().ok()))
        else {
            continue;
        };
        let of_type = all.entry(name.to_owned()).or_default();
        let number = value.parse::<i32>();
        let place = |shift: i32| number.as_ref().ok().and_then(|n| usize::try_from(n + shift).ok());
        let cell = match what {
            "degree" => place(0).and_then(|i| of_type.notes.degrees.get_mut(i)),
            "interval" => place(12).and_then(|i| of_type.notes.intervals.get_mut(i)),
            "last" => place(0).and_then(|i| of_type.notes.lasts.get_mut(i)),
            "tunes" => Some(&mut of_type.tunes),
            "length" => {
                let length =
                    value.split_once('/').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
                length.map(|length| of_type.notes.lengths.entry(length).or_default())
            }
            _ => None,
        };
        if let Some(cell) = cell {
            *cell = count;
        } else if what == "key" {
            of_type.keys.push((value.to_owned(), count));
        } else if let Some(shape) = read_shape(value) {
            of_type.shapes.push((shape, count));
        }
    }
    all
}

fn read_shape(text: &str) -> Option<Shape> {
    let mut words = text.splitn(3, ' ');
    let (metre, unit) = (words.next()?.to_owned(), words.next()?.to_owned());
    Some(Shape { metre, unit, form: words.next()?.parse().ok()? })
}

static HABITS: LazyLock<BTreeMap<String, Habits>> = LazyLock::new(|| read(include_str!("habits.tsv")));

/// What tunes of a type are like; `None` for types the corpus has too few of.
pub fn habits(kind: TuneType) -> Option<&'static Habits> {
    HABITS.get(kind.name())
}

/// The metre of a shape.
pub fn metre_of(shape: &Shape) -> Option<Metre> {
    let (beats, value) = shape.metre.split_once('/')?;
    Some(Metre::new(beats.parse().ok()?, value.parse().ok()?))
}

/// The unit note length of a shape.
pub fn unit_of(shape: &Shape) -> Option<Fraction> {
    let (above, below) = shape.unit.split_once('/')?;
    Fraction::new(above.parse().ok()?, below.parse().ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_has_what_is_offered_and_is_read_as_it_is_written() {
        assert_eq!(HABITS.len(), TuneType::COMMON.len());
        for kind in TuneType::COMMON {
            let habits = habits(kind).unwrap();
            let share: u32 = habits.shapes.iter().map(|(_, count)| count).sum();
            assert!(habits.tunes > 100 && 2 * share > habits.tunes, "{}", kind.name());
            for (shape, _) in &habits.shapes {
                let bar = ticks_of(&metre_of(shape).unwrap(), unit_of(shape).unwrap()).unwrap();
                assert!(shape.form.is_possible(bar), "{shape:?}");
            }
            assert!(habits.notes.lasts[0] > habits.notes.lasts[7], "most tunes end at home");
        }
        let named =
            HABITS.iter().map(|(name, habits)| (TuneType::named(name).unwrap().name(), habits.clone()));
        assert_eq!(write(&named.collect()), include_str!("habits.tsv"));
    }

    #[test]
    fn a_tune_is_counted_note_by_note() {
        let tune = "X:1\nL:1/8\nM:6/8\nK:G\n D | G2 ^c c3 | [GB]6 | G3 G2 || D | G2 G G3 | G3 G2 ||";
        let (shape, key, notes) = of_tune(tune).unwrap();
        assert_eq!((shape.form.to_string().as_str(), key.as_str()), ("4 3 2", "G"));
        assert_eq!((notes.degrees[6], notes.degrees[4], notes.lasts[0], notes.intervals[12]), (2, 1, 1, 6));
        assert_eq!(notes.lengths[&(1, 4)], 4);
    }
}
