//! What tunes of each type are like in the corpus: their metres, forms and keys, and their notes.
//!
//! `habits.tsv` is made of the corpus by `reelsmith-cli habits train.json`: a line for each type, what
//! it counts, a value, and how many tunes or notes have it. Types with fewer than 200 tunes are left out.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use super::profile::Profile;
use crate::abc::grammar::{Form, Grammar, Spec, ticks_of};
use crate::abc::{Tune, parse};
use crate::music::{Fraction, Metre};
use crate::perform::TuneType;

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

/// A grammar for a tune's own header, whatever its notes and form; `None` if the header is none.
pub fn free_grammar(text: &str) -> Option<(Grammar, Tune)> {
    let tune = parse(text).tunes.into_iter().next()?;
    let header = text.get(..usize::try_from(tune.body).ok()?)?.to_owned();
    let bar = ticks_of(&tune.metre, tune.unit).ok()?;
    let spec = Spec::any(header, tune.key.key?, bar, 20_000);
    Some((Grammar::new(spec).ok()?, tune))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::census::write;

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
}
