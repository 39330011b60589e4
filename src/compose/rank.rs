//! Which of several tunes is to be shown first, and why.

use super::composition::Composition;
use super::facts::Facts;
use super::wishes::Wishes;
use crate::abc::{Tune, parse};
use crate::music::Key;

/// Judgements that weigh less say nothing, unless there is nothing else to say.
const WEIGHTY: f64 = 0.35;
/// Reasons a tune has, besides what is said of the wishes.
const REASONS: std::ops::RangeInclusive<usize> = 2..=3;

/// Something that speaks for a tune or against it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// It speaks for it.
    pub good: bool,
    /// A few words for a musician to read.
    pub words: String,
}

/// What is thought of a tune.
#[derive(Debug, Clone, PartialEq)]
pub struct Judged {
    /// The higher the better.
    pub score: f64,
    /// Two to four reasons, the weightiest first; what is said of the wishes comes last.
    pub reasons: Vec<Reason>,
    /// What it rests on.
    pub facts: Facts,
}

/// A candidate's place.
#[derive(Debug, Clone, PartialEq)]
pub struct Ranked {
    /// Its place in the list that was ranked.
    pub index: usize,
    /// What is thought of it.
    pub judged: Judged,
}

/// One thing that is judged: a value between what is poor and what is good, how much it counts, and the
/// words for either.
struct Judgement {
    value: f64,
    poor: f64,
    good: f64,
    weight: f64,
    praise: String,
    blame: String,
}

/// Ranks tunes by the strain the grammar put on the network, by how likely the network finds them, and by
/// their structure; duplicates of a better one are left out.
pub fn rank(tunes: &[&Composition]) -> Vec<Ranked> {
    let judged = tunes.iter().enumerate().filter_map(|(index, tune)| Some((index, Judged::of(tune)?)));
    let mut all: Vec<Ranked> = judged.map(|(index, judged)| Ranked { index, judged }).collect();
    all.sort_by(|a, b| b.judged.score.total_cmp(&a.judged.score).then(a.index.cmp(&b.index)));
    let mut kept: Vec<Ranked> = Vec::new();
    for candidate in all {
        if kept.iter().all(|other| other.judged.facts.melody != candidate.judged.facts.melody) {
            kept.push(candidate);
        }
    }
    kept
}

impl Judged {
    /// Of a tune; `None` if it has no notes.
    pub fn of(composition: &Composition) -> Option<Self> {
        let parsed = parse(&composition.text);
        let tune = parsed.tunes.first()?;
        let facts = Facts::of(tune)?;
        let mut all: Vec<(f64, Reason)> =
            judge(composition, tune, &facts).into_iter().map(Judgement::count).collect();
        let score = all.iter().map(|(points, _)| points).sum();
        all.sort_by(|a, b| b.0.abs().total_cmp(&a.0.abs()));
        let weighty = all.iter().filter(|(points, _)| points.abs() > WEIGHTY).count();
        all.truncate(weighty.clamp(*REASONS.start(), *REASONS.end()));
        let mut reasons: Vec<Reason> = all.into_iter().map(|(_, reason)| reason).collect();
        reasons.extend(of_wishes(&composition.provenance.request.wishes, tune, &facts));
        Some(Self { score, reasons, facts })
    }
}

/// What is good is what the middle half of the corpus' tunes has, what is poor is at its ends.
fn judge(composition: &Composition, tune: &Tune, facts: &Facts) -> Vec<Judgement> {
    let span = facts.range.1 - facts.range.0;
    let key = tune.key.key.unwrap_or(Key::NONE);
    let home = key.tonic().map_or_else(|| "home".to_owned(), |name| name.in_words());
    let parts = if facts.heights.len() == 2 { "Both parts" } else { "The parts" };
    let of = |value, (poor, good), weight, praise: String, blame: &str| Judgement {
        value,
        poor,
        good,
        weight,
        praise,
        blame: blame.to_owned(),
    };
    let mut all = vec![
        of(composition.log_probability, (-1.3, -0.7), 1.0, "Like tunes people play".into(), "Unusual turns"),
        of(facts.returning, (0.0, 0.25), 1.0, bars_again(facts.again.0, "comes back"), "No bar comes back"),
        of(facts.rhythm, (0.05, 0.4), 0.5, "A steady rhythm".into(), "A restless rhythm"),
        of(facts.smooth, (0.5, 0.75), 0.5, "Moves by step".into(), &leaps(facts.leaps)),
        of(
            facts.cadences,
            (0.3, 1.0),
            0.7,
            if facts.last == 0 {
                format!("Ends at home on {home}")
            } else {
                "Every part comes to rest".into()
            },
            "Parts end in the air",
        ),
        // An octave is little, and what is over two is not for most instruments.
        of(
            -f64::from((span - 16).abs()),
            (-10.0, -3.0),
            0.5,
            "Lies well for most instruments".into(),
            if span < 16 { "Keeps to a few notes" } else { "Very high and very low" },
        ),
    ];
    if let Some((_, worst)) = composition.strain.as_ref().and_then(|strain| strain.worst()) {
        all.push(of(-worst, (-8.0, -1.0), 1.0, "Flows by itself".into(), "One bar came hard"));
    }
    if facts.heights.len() > 1 {
        let little = "Parts have little in common";
        all.push(of(facts.shared, (0.0, 0.2), 0.8, format!("{parts} share a turn"), little));
        let lift = facts.heights[1] - facts.heights[0];
        let (praise, blame) = ("Clear high second part", "Parts lie at one height");
        // A second part that lies lower is a contrast, too.
        let praise = if lift < 0.0 { "The second part goes down" } else { praise };
        all.push(of(lift.abs(), (0.0, 4.0), 0.4, praise.into(), blame));
    }
    all
}

impl Judgement {
    /// From minus to plus its weight, and its words.
    fn count(self) -> (f64, Reason) {
        let place = (self.value - self.poor) / (self.good - self.poor);
        let points = self.weight * (2.0 * place.clamp(0.0, 1.0) - 1.0);
        let good = points > 0.0;
        (points, Reason { good, words: if good { self.praise } else { self.blame } })
    }
}

fn bars_again(bars: usize, does: &str) -> String {
    match bars {
        1 => format!("A bar {does}"),
        bars => format!("{bars} bars {}", does.replacen("comes", "come", 1)),
    }
}

fn leaps(leaps: usize) -> String {
    match leaps {
        0 => "Moves by skips".to_owned(),
        1 => "A wide leap".to_owned(),
        2 => "Two wide leaps".to_owned(),
        leaps => format!("{leaps} wide leaps"),
    }
}

/// Whether the wishes are met, if there are any.
fn of_wishes(wishes: &Wishes, tune: &Tune, facts: &Facts) -> Option<Reason> {
    (*wishes != Wishes::default()).then(|| match wishes.unmet(tune, facts) {
        None => Reason { good: true, words: "All wishes met".to_owned() },
        Some(unmet) => Reason { good: false, words: unmet.to_owned() },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::{Ending, Instrument, Provenance, Request};

    fn composition(wishes: Wishes, log_probability: f64, music: &str) -> Composition {
        let provenance = Provenance {
            model: "test".into(),
            device: "cpu".into(),
            kernel: "test".into(),
            request: Request { wishes, ..Request::default() },
            index: 0,
            time: String::new(),
        };
        let text = format!("X:1\nL:1/8\nM:2/4\nK:D\n{music}\n");
        Composition { text, ending: Ending::Eos, provenance, log_probability, strain: None, planned: None }
    }

    fn words(tune: &Composition) -> Vec<String> {
        Judged::of(tune).unwrap().reasons.into_iter().map(|reason| reason.words).collect()
    }

    const GOOD: &str = "|: DEFA | d2 B2 | DEFA | B2 A2 | DEFA | d2 B2 | EFGE | D4 :: \
        fedf | DEFA | fedB | A2 B2 | fedf | DEFA | EFGE | D4 :|";

    #[test]
    fn reasons_are_true_and_two_to_four() {
        let good = words(&composition(Wishes { ends_home: true, ..Wishes::default() }, -0.5, GOOD));
        assert!((2..=4).contains(&good.len()), "{good:?}");
        assert!(good.contains(&"All wishes met".to_owned()), "{good:?}");
        let poor = "DEFA | ^g'4 | C,3D | e'2 D,2 | B^de'g | C4 | ^A3B | c4 |]";
        let whistle = Wishes { instrument: Some(Instrument::WhistleD), ..Wishes::default() };
        let poor = Judged::of(&composition(whistle, -2.0, poor)).unwrap();
        let said: Vec<&str> = poor.reasons.iter().map(|reason| reason.words.as_str()).collect();
        assert!(poor.reasons.iter().all(|reason| !reason.good), "{said:?}");
        assert!(said.contains(&"No bar comes back") && said.contains(&"Unusual turns"), "{said:?}");
        assert_eq!(said.last(), Some(&"Has notes the instrument has not"));
        // Where nothing stands out, something is said all the same.
        assert!(words(&composition(Wishes::default(), -1.0, "DEFG | A2 FA | GECE | D4 |]")).len() >= 2);
    }

    #[test]
    fn the_better_comes_first_and_the_same_again_is_left_out() {
        let make = |likely, music: &str| composition(Wishes::default(), likely, music);
        let tunes = [make(-1.5, GOOD), make(-0.5, GOOD), make(-0.6, "C4 | e4 | C4 | ^g4 |]")];
        let ranked = rank(&tunes.iter().collect::<Vec<_>>());
        assert_eq!(ranked.iter().map(|ranked| ranked.index).collect::<Vec<_>>(), [1, 2]);
    }
}
