//! Counting a corpus: `habits.tsv` is made here, by `reelsmith-cli habits train.json`.

use std::collections::BTreeMap;
use std::fmt::Write;

use rayon::prelude::*;

use super::habits::{Habits, Shape, free_grammar};
use super::profile::Profile;
use crate::abc::grammar::canonical;
use crate::perform::TuneType;

/// Tunes a type needs to be offered.
pub(super) const LEAST_TUNES: usize = 200;

/// Tunes a form needs to be kept: those found once are mostly slips.
const LEAST_SHAPES: u32 = 3;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tune_is_counted_note_by_note() {
        let tune = "X:1\nL:1/8\nM:6/8\nK:G\n D | G2 ^c c3 | [GB]6 | G3 G2 || D | G2 G G3 | G3 G2 ||";
        let (shape, key, notes) = of_tune(tune).unwrap();
        assert_eq!((shape.form.to_string().as_str(), key.as_str()), ("4 3 2", "G"));
        assert_eq!((notes.degrees[6], notes.degrees[4], notes.lasts[0], notes.intervals[12]), (2, 1, 1, 6));
        assert_eq!(notes.lengths[&(1, 4)], 4);
    }
}
