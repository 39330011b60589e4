//! Chords for a tune that has none written.

use super::performance::Bar;
use super::positions;
use super::score::Score;
use crate::abc::Span;
use crate::music::{Chord, Fraction, Key, Mode, Name, Quality};

/// What another chord than the one before costs, in whole notes of melody: where a bar begins, and in
/// its middle.
const CHANGE: (f64, f64) = (0.05, 0.14);
/// What the tonic is worth, whatever the notes.
const TONIC: f64 = 0.05;
/// What the step from V to I is worth.
const CADENCE: f64 = 0.04;
/// What a note outside the chord costs, for its length.
const FOREIGN: f64 = -0.55;
/// How much more a note counts that begins with the chord.
const STRESS: f64 = 1.4;

/// A chord one may choose: what sounds, and the three notes it is judged by.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    chord: Chord,
    triad: [i32; 3],
    is_tonic: bool,
    is_dominant: bool,
}

/// A stretch of time that has one chord.
#[derive(Debug, Clone, Copy)]
struct Slot {
    start: Fraction,
    /// How long each note of the twelve sounds in it.
    weights: [f64; 12],
    /// Whether a bar begins here.
    barline: bool,
    /// The section that begins with the next slot ends here; so does the tune.
    last: bool,
}

/// Finds a chord for every half bar, or bar in triple metres, by dynamic programming: it fits the
/// notes, changes seldom, likes the tonic, and the last bar has it.
pub(super) fn infer(score: &Score<'_>) -> Vec<(Fraction, Option<Chord>, Span)> {
    let slots = slots(score);
    let Some(state) = score.states.first() else { return Vec::new() };
    let candidates = candidates(&state.key, last_pitch(score));
    let mut best: Vec<Vec<(f64, usize)>> = Vec::with_capacity(slots.len());
    for slot in &slots {
        let before = best.last();
        let row = candidates.iter().enumerate().map(|(to, candidate)| {
            let own = fit(candidate, slot);
            let Some(before) = before else { return (own, to) };
            let step = |from: usize| {
                let change = if slot.barline { CHANGE.0 } else { CHANGE.1 };
                let cadence = if candidates[from].is_dominant && candidate.is_tonic { CADENCE } else { 0.0 };
                before[from].0 + if from == to { 0.0 } else { cadence - change }
            };
            let from = (0..candidates.len()).max_by(|&a, &b| step(a).total_cmp(&step(b))).unwrap_or(to);
            (own + step(from), from)
        });
        let row = row.collect();
        best.push(row);
    }
    let Some(end) = best.last() else { return Vec::new() };
    let mut chosen = (0..candidates.len()).max_by(|&a, &b| end[a].0.total_cmp(&end[b].0)).unwrap_or(0);
    let mut chords = Vec::with_capacity(slots.len());
    for (slot, row) in slots.iter().zip(&best).rev() {
        chords.push((slot.start, candidates.get(chosen).map(|candidate| candidate.chord), Span::default()));
        chosen = row.get(chosen).map_or(0, |&(_, from)| from);
    }
    chords.reverse();
    chords
}

/// How well a chord fits.
fn fit(candidate: &Candidate, slot: &Slot) -> f64 {
    let worth = |pitch: usize| {
        let place = candidate.triad.iter().position(|&note| note == pitch as i32);
        place.map_or(FOREIGN, |place| [1.0, 0.85, 0.8][place])
    };
    let notes: f64 = slot.weights.iter().enumerate().map(|(pitch, weight)| weight * worth(pitch)).sum();
    let forbidden = if slot.last && !candidate.is_tonic { -1000.0 } else { 0.0 };
    notes + forbidden + if candidate.is_tonic { TONIC } else { 0.0 }
}

/// The last note of the first voice, which is home if the key does not say.
fn last_pitch(score: &Score<'_>) -> Option<i32> {
    let last = score.voices.first()?.iter().rev().find(|event| event.count > 0)?;
    score.tones_of(last).first().map(|tone| i32::from(tone.pitch) % 12)
}

/// The chords of a key: I ii IV V vi in major; i and the chords of the natural minor around it in minor
/// modes. The tonic of dorian and mixolydian is an open fifth.
fn candidates(key: &Key, last: Option<i32>) -> Vec<Candidate> {
    use Quality::{Major, Minor, Power};
    let guess = || Name::from_fifths(last.map_or(0, |pitch| (pitch * 7 + 3).rem_euclid(12) - 3));
    let tonic = key.tonic().unwrap_or_else(guess);
    // Each is its root in semitones and fifths above the tonic, what sounds, and what it is judged as.
    let table: &[(i32, Quality, Quality)] = match key.mode().unwrap_or(Mode::Major) {
        Mode::Major | Mode::Lydian => {
            &[(0, Major, Major), (1, Major, Major), (-1, Major, Major), (2, Minor, Minor), (3, Minor, Minor)]
        }
        Mode::Mixolydian => {
            &[(0, Power, Major), (-2, Major, Major), (-1, Major, Major), (1, Minor, Minor), (2, Minor, Minor)]
        }
        Mode::Dorian => &[
            (0, Power, Minor),
            (-2, Major, Major),
            (-3, Major, Major),
            (-1, Major, Major),
            (1, Minor, Minor),
        ],
        Mode::Minor | Mode::Phrygian | Mode::Locrian => &[
            (0, Minor, Minor),
            (-2, Major, Major),
            (-3, Major, Major),
            (-4, Major, Major),
            (-1, Minor, Minor),
            (1, Minor, Minor),
        ],
    };
    let candidate = |&(fifths, sounds, judged): &(i32, Quality, Quality)| {
        let root = Name::from_fifths(tonic.fifths() + fifths);
        let third = if judged == Minor { 3 } else { 4 };
        let at = |above: i32| (root.semitone() + above).rem_euclid(12);
        Candidate {
            chord: Chord { root, quality: sounds, bass: None },
            triad: [at(0), at(7), at(third)],
            is_tonic: fifths == 0,
            is_dominant: fifths == 1,
        }
    };
    table.iter().map(candidate).collect()
}

/// The stretches with one chord each, and what sounds in them.
fn slots(score: &Score<'_>) -> Vec<Slot> {
    let mut slots: Vec<Slot> = Vec::with_capacity(score.bars.len() * 2);
    for (i, bar) in score.bars.iter().enumerate() {
        let last = i + 1 == score.bars.len();
        let mut push = |start, barline| slots.push(Slot { start, weights: [0.0; 12], barline, last });
        push(bar.start, bar.offset.is_zero() || positions::is_pickup(&score.bars, i));
        if let Some(middle) = middle(bar, score, i) {
            push(middle, false);
        }
    }
    let starts: Vec<f64> = slots.iter().map(|slot| slot.start.to_f64()).collect();
    for event in score.voices.first().into_iter().flatten() {
        let start = event.start.to_f64();
        for tone in score.tones_of(event).iter().filter(|tone| !tone.tied) {
            let end = start + tone.length.to_f64();
            let mut i = starts.partition_point(|&slot| slot <= start).saturating_sub(1);
            while i < slots.len() && starts[i] < end {
                let slot_end = starts.get(i + 1).copied().unwrap_or(end);
                let inside = (end.min(slot_end) - start.max(starts[i])).max(0.0);
                let stress = if start <= starts[i] { STRESS } else { 1.0 };
                slots[i].weights[usize::from(tone.pitch % 12)] += inside * stress;
                i += 1;
            }
        }
    }
    slots
}

/// Where a bar has its second chord, if it is long enough and its metre can be halved.
fn middle(bar: &Bar, score: &Score<'_>, i: usize) -> Option<Fraction> {
    let full = bar.full?;
    let metre = score.states.get(*score.bar_states.get(i)?)?.metre;
    let beats = if metre.is_compound() { metre.beats() / 3 } else { metre.beats() };
    if beats % 2 != 0 || beats == 0 {
        return None;
    }
    let half = full.checked_mul(Fraction::of(1, 2))?;
    let into = half.checked_sub(bar.offset).filter(|&into| into > Fraction::ZERO && into < bar.length)?;
    bar.start.checked_add(into)
}
