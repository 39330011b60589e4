//! A tune's notes and form beside those of its type in the corpus.

use super::facts::Facts;
use super::habits::{free_grammar, habits};
use super::profile::Profile;
use crate::abc::Tune;
use crate::abc::grammar::{Form, Pickup, canonical};
use crate::music::Fraction;
use crate::perform::TuneType;

/// What fewer than one note in so many has in the corpus, and none in the tune, is left out.
const RARE: u32 = 100;

/// A tune in figures, beside others of its type.
#[derive(Debug, Clone, PartialEq)]
pub struct Beside {
    /// Its type.
    pub kind: TuneType,
    /// The corpus' tunes of the type that were counted; 0 if it has too few.
    pub tunes: u32,
    /// Its form, and the share of those tunes that have it; nothing if composed tunes have no such form.
    pub form: Option<(Form, f64)>,
    /// What can be said of it; nothing without a note.
    pub facts: Option<Facts>,
    /// Notes by semitones above home.
    pub degrees: Vec<Share<usize>>,
    /// Intervals in semitones; wider than an octave counts as one.
    pub intervals: Vec<Share<i32>>,
    /// Notes by what they last.
    pub lengths: Vec<Share<Fraction>>,
}

/// The share something has in the tune and in the corpus, from 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share<T> {
    /// What.
    pub of: T,
    /// In the tune.
    pub here: f64,
    /// In the corpus' tunes of the type.
    pub corpus: f64,
}

impl Beside {
    /// Of a tune, whose text this is.
    pub fn of(tune: &Tune, text: &str) -> Self {
        let kind = TuneType::of_tune(tune);
        let others = habits(kind);
        let own = Profile::of(tune);
        let none = Profile::default();
        let corpus = others.map_or(&none, |habits| &habits.notes);
        let text = canonical(text.trim_end());
        let form = free_grammar(&text).and_then(|(mut grammar, _)| grammar.form(&text)).map(|form| {
            let shapes = others.map_or(&[][..], |habits| &habits.shapes);
            let same: u32 = shapes.iter().filter(|(shape, _)| shape.form == form).map(|(_, n)| n).sum();
            let all = others.map_or(1, |habits| habits.tunes.max(1));
            (form, f64::from(same) / f64::from(all))
        });
        let lengths = own.lengths.keys().chain(corpus.lengths.keys());
        let mut lengths: Vec<Fraction> = lengths.filter_map(|&(a, b)| Fraction::new(a, b)).collect();
        lengths.sort_unstable();
        lengths.dedup();
        let count = |of: &Profile, length: Fraction| {
            of.lengths.get(&(length.numerator(), length.denominator())).copied().unwrap_or(0)
        };
        Self {
            kind,
            tunes: others.map_or(0, |habits| habits.tunes),
            form,
            facts: Facts::of(tune),
            degrees: shares((0..).zip(own.degrees.into_iter().zip(corpus.degrees))),
            intervals: shares((-12..).zip(own.intervals.into_iter().zip(corpus.intervals))),
            lengths: shares(
                lengths.into_iter().map(|length| (length, (count(&own, length), count(corpus, length)))),
            ),
        }
    }
}

/// Counts as shares, without what is rare.
fn shares<T>(counts: impl Iterator<Item = (T, (u32, u32))>) -> Vec<Share<T>> {
    let counts: Vec<(T, (u32, u32))> = counts.collect();
    let here: u32 = counts.iter().map(|(_, (here, _))| here).sum();
    let corpus: u32 = counts.iter().map(|(_, (_, corpus))| corpus).sum();
    let share = |part: u32, all: u32| f64::from(part) / f64::from(all.max(1));
    let kept = counts.into_iter().filter(|(_, (own, other))| *own > 0 || RARE * other > corpus);
    kept.map(|(of, (own, other))| Share { of, here: share(own, here), corpus: share(other, corpus) })
        .collect()
}

/// A form as a player says it: "2 parts of 8 bars, each played twice, with a pickup".
pub fn form_in_words(form: &Form) -> String {
    let sections = &form.sections;
    let bars: Vec<String> = sections.iter().map(|section| section.bars.to_string()).collect();
    let even = sections.windows(2).all(|pair| pair[0].bars == pair[1].bars);
    let mut words = match (&bars[..], even) {
        ([one], _) => format!("1 part of {one} bars"),
        ([first, ..], true) => format!("{} parts of {first} bars", bars.len()),
        _ => format!("{} parts of {} bars", bars.len(), bars.join(" and ")),
    };
    let repeated = sections.iter().filter(|section| section.repeat).count();
    let each = if sections.len() == 1 { "" } else { "each " };
    match repeated {
        0 => words += &format!(", {each}played once"),
        all if all == sections.len() => words += &format!(", {each}played twice"),
        some => words += &format!(", {some} of them played twice"),
    }
    if sections.iter().any(|section| section.ending > 0) {
        words += ", with second endings";
    }
    if form.pickup != Pickup::None {
        words += ", with a pickup";
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abc::parse;

    #[test]
    fn a_tune_is_set_beside_those_of_its_type() {
        let text = "X:1\nT:One\nR:reel\nL:1/8\nM:4/4\nK:D\n|: DEFA d2 BA | DEFA B4 | DEFA d2 BA | FEDE D4 :|";
        let parsed = parse(text);
        let beside = Beside::of(&parsed.tunes[0], text);
        assert!(beside.kind == TuneType::Reel && beside.tunes > 1000);
        let (form, share) = beside.form.clone().unwrap();
        assert_eq!(form_in_words(&form), "1 part of 4 bars, played twice");
        assert!(share < 0.05);
        for (here, corpus) in [
            beside.degrees.iter().fold((0.0, 0.0), |sum, it| (sum.0 + it.here, sum.1 + it.corpus)),
            beside.lengths.iter().fold((0.0, 0.0), |sum, it| (sum.0 + it.here, sum.1 + it.corpus)),
        ] {
            assert!((here - 1.0f64).abs() < 1e-9 && (0.9..=1.0).contains(&corpus));
        }
        let quavers = beside.lengths.iter().find(|share| share.of == Fraction::of(1, 8)).unwrap();
        assert!((quavers.here - 20.0 / 25.0).abs() < 0.1 && quavers.corpus > 0.5, "{quavers:?}");
    }

    #[test]
    fn forms_are_said_as_players_say_them() {
        let words = |form: &str| form_in_words(&form.parse().unwrap());
        assert_eq!(
            words("4 8: 8:1"),
            "2 parts of 8 bars, each played twice, with second endings, with a pickup"
        );
        assert_eq!(words("0 8: 16"), "2 parts of 8 and 16 bars, 1 of them played twice");
    }
}
