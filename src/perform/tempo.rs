//! Tempo: from whole notes to seconds.

use super::score::{Event, Marks, Score};
use super::{Options, PerformError, add, mul};
use crate::abc::Tempo;
use crate::music::Fraction;

/// A tempo from some time on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TempoMark {
    /// From when.
    pub at: Fraction,
    /// The note value that is counted; more than 0.
    pub beat: Fraction,
    /// How many of them make a minute; more than 0.
    pub per_minute: Fraction,
}

/// The slowest and fastest tempo there is, in whole notes a minute.
const RANGE: (Fraction, Fraction) = (Fraction::of(1, 4), Fraction::of(1_000, 1));

impl TempoMark {
    /// A tempo from a time on; `None` if it has no number or one no music has.
    fn new(at: Fraction, tempo: &Tempo) -> Option<Self> {
        let mark = Self { at, beat: tempo.beat()?, per_minute: tempo.per_minute? };
        let wholes = mark.beat.checked_mul(mark.per_minute)?;
        (mark.beat > Fraction::ZERO && (RANGE.0..=RANGE.1).contains(&wholes)).then_some(mark)
    }

    /// The length of a whole note in seconds.
    pub fn whole(&self) -> f64 {
        60.0 / (self.beat.to_f64() * self.per_minute.to_f64())
    }

    /// What lasts so many milliseconds, in whole notes.
    pub(super) fn milliseconds(&self, milliseconds: i64) -> Option<Fraction> {
        let wholes = self.beat.checked_mul(self.per_minute)?;
        wholes.checked_mul(Fraction::new(milliseconds, 60_000)?)
    }
}

/// The tempo map of a tune: what the options say, or `Q:`, or what is usual for the type of tune. A
/// literal performance has 120 crotchets a minute where `Q:` says nothing, as MIDI does.
pub(super) fn map(score: &Score<'_>, options: &Options) -> Result<Vec<TempoMark>, PerformError> {
    let zero = Fraction::ZERO;
    if let Some(mark) = options.tempo.as_ref().and_then(|tempo| TempoMark::new(zero, tempo)) {
        return Ok(vec![mark]);
    }
    let usual = |at, state: usize| {
        let plain = TempoMark { at, beat: Fraction::of(1, 4), per_minute: Fraction::of(120, 1) };
        let state = score.states.get(state).filter(|_| !options.literal);
        state.and_then(|state| TempoMark::new(at, &state.kind.tempo(state.metre))).unwrap_or(plain)
    };
    let said = score.tempos.iter().any(|(_, tempo)| tempo.is_some());
    let marks: Vec<TempoMark> = if said {
        let of = |&(at, tempo): &(Fraction, Option<&Tempo>)| {
            tempo.and_then(|tempo| TempoMark::new(at, tempo)).unwrap_or_else(|| usual(at, 0))
        };
        score.tempos.iter().map(of).collect()
    } else {
        score.changes.iter().map(|&(at, state)| usual(at, state)).collect()
    };
    let mut map = vec![TempoMark { at: zero, ..marks.first().copied().unwrap_or_else(|| usual(zero, 0)) }];
    for mark in marks {
        if map.last().is_some_and(|last| (last.beat, last.per_minute) != (mark.beat, mark.per_minute)) {
            map.push(mark);
        }
    }
    Ok(map)
}

/// The tempo at a time.
pub(super) fn at(map: &[TempoMark], time: Fraction) -> Option<&TempoMark> {
    map.get(map.partition_point(|mark| mark.at <= time).saturating_sub(1))
}

/// Makes seconds of times in whole notes.
#[derive(Debug, Clone)]
pub struct Clock<'a> {
    map: &'a [TempoMark],
    /// The seconds up to each mark.
    reached: Vec<f64>,
}

impl<'a> Clock<'a> {
    /// Of marks in the order of time.
    pub(super) fn new(map: &'a [TempoMark]) -> Self {
        let mut seconds = 0.0;
        let mut reached = Vec::with_capacity(map.len());
        for (mark, next) in map.iter().zip(map.iter().skip(1).map(Some).chain([None])) {
            reached.push(seconds);
            if let Some(next) = next {
                seconds += (next.at.to_f64() - mark.at.to_f64()).max(0.0) * mark.whole();
            }
        }
        Self { map, reached }
    }

    /// The seconds from the start to a time in whole notes.
    pub fn seconds(&self, time: Fraction) -> f64 {
        let place = self.map.partition_point(|mark| mark.at <= time).saturating_sub(1);
        let (Some(mark), Some(reached)) = (self.map.get(place), self.reached.get(place)) else { return 0.0 };
        reached + (time.to_f64() - mark.at.to_f64()).max(0.0) * mark.whole()
    }
}

/// Under a fermata all voices go at half the tempo.
pub(super) fn fermatas(voices: &[Vec<Event<'_>>], map: &mut Vec<TempoMark>) -> Result<(), PerformError> {
    let mut held: Vec<(Fraction, Fraction)> = Vec::new();
    for event in voices.iter().flatten().filter(|event| event.marks.has(Marks::FERMATA) && event.count > 0) {
        held.push((event.start, add(event.start, event.length)?));
    }
    if held.is_empty() {
        return Ok(());
    }
    held.sort_unstable();
    let mut last_end = Fraction::ZERO;
    for (start, end) in held {
        if start < last_end || start == end {
            continue;
        }
        last_end = end;
        let (Some(&before), Some(&after)) = (at(map, start), at(map, end)) else { continue };
        let slower = mul(before.per_minute, Fraction::of(1, 2))?;
        map.retain(|mark| mark.at < start || mark.at > end);
        let place = map.partition_point(|mark| mark.at < start);
        let slow = TempoMark { at: start, per_minute: slower, ..before };
        map.splice(place..place, [slow, TempoMark { at: end, ..after }]);
    }
    Ok(())
}
