//! What candidates are called beside the best of them: by how they differ from it.

use super::candidates::{Candidate, Candidates};
use crate::compose::Judged;

const ORDER: [&str; 12] = [
    "Best", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth", "Ninth", "Tenth", "Eleventh",
    "Twelfth",
];

/// How a tune may differ: a figure, how far off is worth a word, and the words for more and for less of it.
struct Trait {
    of: fn(&Candidate, &Judged) -> f64,
    worth: f64,
    more: &'static str,
    less: &'static str,
}

const TRAITS: [Trait; 6] = [
    // Of a tune the network finds less likely.
    Trait {
        of: |tune, _| tune.facts().map_or(0.0, |facts| -facts.log_probability),
        worth: 0.08,
        more: "A little wilder",
        less: "A little tamer",
    },
    Trait {
        of: |_, judged| f64::from(judged.facts.range.1 - judged.facts.range.0),
        worth: 4.0,
        more: "Wider in range",
        less: "Narrower in range",
    },
    Trait {
        of: |_, judged| judged.facts.heights.iter().sum::<f64>() / judged.facts.heights.len().max(1) as f64,
        worth: 3.0,
        more: "Lies higher",
        less: "Lies lower",
    },
    Trait {
        of: |_, judged| judged.facts.notes as f64 / judged.facts.bars.max(1) as f64,
        worth: 0.8,
        more: "More notes",
        less: "Fewer notes",
    },
    Trait {
        of: |_, judged| judged.facts.returning,
        worth: 0.15,
        more: "More comes back",
        less: "Less comes back",
    },
    Trait { of: |_, judged| judged.facts.smooth, worth: 0.1, more: "Smoother", less: "More leaps" },
];

/// A name for each, in their order; none twice but of those being written.
pub(super) fn of(candidates: &Candidates) -> Vec<String> {
    let tunes = candidates.tunes();
    let best = tunes.first();
    let mut taken: Vec<&str> = Vec::new();
    let name = |(place, tune): (usize, &Candidate)| {
        if tune.facts().is_none() {
            return match tune.bar() {
                (bar, Some(last)) => format!("Writing, bar {bar} of {last}"),
                (bar, None) => format!("Writing, bar {bar}"),
            };
        }
        if let Some(words) = best.filter(|_| place > 0).and_then(|best| differs(best, tune, &taken)) {
            taken.push(words);
            return words.to_owned();
        }
        let order = ORDER.get(place).copied().unwrap_or("Another");
        if candidates.is_writing() {
            format!("{order} so far")
        } else {
            format!("{order} of {}", tunes.len())
        }
    };
    tunes.iter().enumerate().map(name).collect()
}

/// How a tune differs most from the best, in words that are not taken.
fn differs(best: &Candidate, tune: &Candidate, taken: &[&str]) -> Option<&'static str> {
    let (mine, its) = (tune.facts()?.judged()?, best.facts()?.judged()?);
    let far = |it: &Trait| ((it.of)(tune, mine) - (it.of)(best, its)) / it.worth;
    let words = TRAITS
        .iter()
        .map(|it| (far(it), it))
        .map(|(far, it)| (far, if far > 0.0 { it.more } else { it.less }));
    let free = words.filter(|(far, words)| far.abs() >= 1.0 && !taken.contains(words));
    free.max_by(|a, b| a.0.abs().total_cmp(&b.0.abs())).map(|(_, words)| words)
}
