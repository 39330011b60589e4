//! Which of several tunes is to be shown first, and why.

use super::composition::Composition;
use super::facts::Facts;
use crate::abc::parse;

/// A candidate's place and what speaks for and against it, a few words each, the weightiest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Its place in the list that was ranked.
    pub index: usize,
    /// The higher the better; comparable within one list only.
    pub score: f64,
    /// For a musician to read.
    pub reasons: Vec<&'static str>,
}

/// What is judged: a value between what is poor and what is good, how much it counts, and the words
/// for either.
struct Judgement {
    value: f64,
    poor: f64,
    good: f64,
    weight: f64,
    praise: &'static str,
    blame: &'static str,
}

/// Ranks tunes by the strain the grammar put on the network, by how likely the network finds them, and by
/// their structure; duplicates of a better one are left out.
///
/// What is good is what the middle half of the corpus' tunes has, what is poor is at its ends.
pub fn rank(tunes: &[&Composition]) -> Vec<Ranked> {
    let mut all: Vec<(Ranked, Facts)> = Vec::new();
    for (index, tune) in tunes.iter().enumerate() {
        let parsed = parse(&tune.text);
        let Some(facts) = parsed.tunes.first().and_then(Facts::of) else { continue };
        let mut judged: Vec<(f64, &'static str)> = judge(tune, &facts).iter().map(Judgement::count).collect();
        let score = judged.iter().map(|(points, _)| points).sum();
        judged.retain(|(points, _)| points.abs() > 0.35);
        judged.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()));
        let reasons = judged.into_iter().map(|(_, words)| words).take(3).collect();
        all.push((Ranked { index, score, reasons }, facts));
    }
    all.sort_by(|a, b| b.0.score.total_cmp(&a.0.score).then(a.0.index.cmp(&b.0.index)));
    let mut kept: Vec<(Ranked, Facts)> = Vec::new();
    for candidate in all {
        if kept.iter().all(|(_, facts)| facts.melody != candidate.1.melody) {
            kept.push(candidate);
        }
    }
    kept.into_iter().map(|(ranked, _)| ranked).collect()
}

fn judge(tune: &Composition, facts: &Facts) -> [Judgement; 8] {
    let span = f64::from(facts.range.1 - facts.range.0);
    let worst = tune.strain.as_ref().and_then(|strain| strain.worst()).map_or(0.0, |(_, lost)| lost);
    let of =
        |value, (poor, good), weight, praise, blame| Judgement { value, poor, good, weight, praise, blame };
    [
        of(-worst, (-8.0, -1.0), 1.0, "flows by itself", "a bar was forced"),
        of(tune.log_probability, (-1.3, -0.7), 1.0, "like tunes people play", "unusual turns"),
        of(facts.returning, (0.0, 0.25), 1.0, "its bars come back", "no bar comes back"),
        of(facts.shared, (0.0, 0.2), 0.8, "its parts belong together", "its parts share nothing"),
        of(facts.rhythm, (0.05, 0.4), 0.5, "a steady rhythm", "a restless rhythm"),
        of(facts.smooth, (0.5, 0.75), 0.5, "moves by step", "many leaps"),
        of(facts.cadences, (0.3, 1.0), 0.7, "its parts come home", "its parts end in the air"),
        // An octave is little, and what is over two is not for most instruments.
        of(-(span - 16.0).abs(), (-10.0, -3.0), 0.5, "a good range", "an odd range"),
    ]
}

impl Judgement {
    /// From minus to plus its weight, and its words.
    fn count(&self) -> (f64, &'static str) {
        let place = (self.value - self.poor) / (self.good - self.poor);
        let points = self.weight * (2.0 * place.clamp(0.0, 1.0) - 1.0);
        (points, if points > 0.0 { self.praise } else { self.blame })
    }
}
