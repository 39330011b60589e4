//! What can be said of a finished tune: what candidates are ranked by, and what `score` counts.

use std::collections::BTreeSet;

use super::profile::sounding;
use crate::abc::{Kind, Tune, Voice};
use crate::music::{Fraction, Key, Letter};

/// The notes between two bar lines: MIDI numbers and durations.
type Bar = Vec<(i32, Fraction)>;

/// What can be said of a tune.
#[derive(Debug, Clone, PartialEq)]
pub struct Facts {
    /// Notes.
    pub notes: usize,
    /// The lowest note and the highest, as MIDI numbers.
    pub range: (i32, i32),
    /// The share of notes of the key's scale.
    pub in_key: f64,
    /// Semitones of the last note above home.
    pub last: i32,
    /// The share of bars that return: equal to one before them in their section.
    pub returning: f64,
    /// The share of bars of later sections that an earlier section has.
    pub shared: f64,
    /// The share of bars with the rhythm of the bar before.
    pub rhythm: f64,
    /// The share of intervals of a third or less.
    pub smooth: f64,
    /// The share of sections whose last note is home or the fifth.
    pub cadences: f64,
    /// Bars that return, as above, and bars of later sections that an earlier one has.
    pub again: (usize, usize),
    /// Bars.
    pub bars: usize,
    /// Intervals wider than a sixth.
    pub leaps: usize,
    /// How high each section lies: the mean of its notes, as MIDI numbers.
    pub heights: Vec<f64>,
    /// Notes by pitch and duration, from the first one: what makes a tune another's duplicate.
    pub melody: Vec<(i32, i64, i64)>,
}

impl Facts {
    /// Looks at a tune's first voice; `None` if it has no notes.
    pub fn of(tune: &Tune) -> Option<Self> {
        let key = tune.key.key.unwrap_or(Key::NONE);
        let home = key.tonic().map_or(0, |name| name.semitone());
        let notes = sounding(tune, &key);
        let (first, last) = (notes.first()?, notes.last()?);
        let sections = sections(tune.voices.first()?, &notes);
        let scale: Vec<i32> = Letter::ALL.map(|letter| key.name(letter).semitone()).into();
        let pitches = || notes.iter().map(|(pitch, _)| *pitch);
        let share = |of: usize, all: usize| if all == 0 { 0.0 } else { of as f64 / all as f64 };
        let within: usize = sections.iter().map(|bars| returning(bars)).sum();
        let bars: usize = sections.iter().map(Vec::len).sum();
        let mut known: BTreeSet<&Bar> = sections.first().into_iter().flatten().collect();
        let mut shared = 0;
        for section in sections.iter().skip(1) {
            shared += section.iter().filter(|bar| known.contains(bar)).count();
            known.extend(section);
        }
        let later = bars - sections.first().map_or(0, Vec::len);
        let flat: Vec<&Bar> = sections.iter().flatten().collect();
        let same = |pair: &&[&Bar]| pair[0].iter().map(|n| n.1).eq(pair[1].iter().map(|n| n.1));
        let rhythm = flat.windows(2).filter(same).count();
        let intervals = || notes.windows(2).map(|pair| (pair[0].0 - pair[1].0).abs());
        let steps = intervals().filter(|&interval| interval <= 4).count();
        let closes = sections.iter().filter_map(|bars| bars.last()?.last());
        let degree = |pitch: i32| (pitch - home).rem_euclid(12);
        let cadences = closes.filter(|(pitch, _)| [0, 7].contains(&degree(*pitch))).count();
        Some(Self {
            notes: notes.len(),
            range: (pitches().min()?, pitches().max()?),
            in_key: share(pitches().filter(|p| scale.contains(&p.rem_euclid(12))).count(), notes.len()),
            last: degree(last.0),
            returning: share(within, bars),
            shared: share(shared, later),
            rhythm: share(rhythm, bars.saturating_sub(1)),
            smooth: share(steps, notes.len() - 1),
            cadences: share(cadences, sections.len()),
            again: (within, shared),
            bars,
            leaps: intervals().filter(|&interval| interval > 9).count(),
            heights: sections.iter().map(|bars| height(bars)).collect(),
            melody: notes.iter().map(|(p, d)| (p - first.0, d.numerator(), d.denominator())).collect(),
        })
    }
}

/// The mean of a section's notes.
fn height(bars: &[Bar]) -> f64 {
    let notes = || bars.iter().flatten();
    notes().map(|(pitch, _)| f64::from(*pitch)).sum::<f64>() / notes().count().max(1) as f64
}

/// Bars that are equal to one before them.
fn returning(bars: &[Bar]) -> usize {
    (1..bars.len()).filter(|&i| bars[..i].contains(&bars[i])).count()
}

/// The bars of each section; pickups and other bars of less than three notes' worth go with what they are.
fn sections(voice: &Voice, notes: &[(i32, Fraction)]) -> Vec<Vec<Bar>> {
    let mut notes = notes.iter();
    let (mut sections, mut bars, mut bar) = (Vec::new(), Vec::new(), Vec::new());
    for (i, element) in voice.elements.iter().enumerate() {
        match &element.kind {
            Kind::Note(_) | Kind::Chord(_) => bar.extend(notes.next().copied()),
            Kind::Bar(line) => {
                if !bar.is_empty() {
                    bars.push(std::mem::take(&mut bar));
                }
                let ending = voice.elements[i + 1..].iter().find(|e| e.kind != Kind::Space);
                let goes_on = matches!(ending.map(|e| &e.kind), Some(Kind::Ending(_)));
                if line.ends_section() && !goes_on && bars.len() > 1 {
                    sections.push(std::mem::take(&mut bars));
                }
            }
            _ => {}
        }
    }
    bars.extend((!bar.is_empty()).then_some(bar));
    if !bars.is_empty() {
        sections.push(bars);
    }
    sections
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abc::parse;

    #[test]
    fn what_returns_is_seen() {
        let parsed =
            parse("X:1\nL:1/8\nM:2/4\nK:D\n DEFA | d2 B2 | DEFA | B2 A2 :| fedB | DEFA | d2 ^G2 | d4 :|\n");
        let facts = Facts::of(&parsed.tunes[0]).unwrap();
        assert_eq!((facts.notes, facts.range, facts.last), (23, (62, 78), 0));
        assert_eq!((facts.returning, facts.shared, facts.cadences), (1.0 / 8.0, 0.25, 1.0));
        assert_eq!(facts.in_key, 22.0 / 23.0);
        assert_eq!((facts.again, facts.bars, facts.leaps), ((1, 1), 8, 0));
        assert!(facts.heights[1] > facts.heights[0]);
    }
}
