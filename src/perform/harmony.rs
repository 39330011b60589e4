//! Chords for a tune that has none written.

use super::performance::Bar;
use super::positions;
use super::score::Score;
use crate::abc::Span;
use crate::music::{Chord, Fraction, Key, Mode, Name, Quality};

/// What another chord than the one before costs, in whole notes of melody: where a bar begins, and in
/// its middle.
const CHANGE: (f64, f64) = (0.05, 0.14);
/// What a chord is worth, whatever the notes: the tonic, the other chords players use most, the rest.
const LIKED: [f64; 3] = [0.06, 0.03, 0.0];
/// What the step from V, or in modes from the chord below the tonic, to the tonic is worth: anywhere,
/// and at the end of a section.
const CADENCE: (f64, f64) = (0.04, 0.12);
/// What the root, the fifth and the third of a chord are worth, for their length.
const OWN: [f64; 3] = [1.0, 0.9, 0.95];
/// What a note outside the chord costs, for its length.
const FOREIGN: f64 = -0.55;
/// How much more a note counts that begins with the chord.
const STRESS: f64 = 1.4;

/// A chord one may choose: what sounds, and the three notes it is judged by.
#[derive(Debug, Clone, Copy)]
struct Candidate {
    chord: Chord,
    triad: [usize; 3],
    is_tonic: bool,
    is_dominant: bool,
    /// What it is worth, whatever the notes.
    liked: f64,
}

/// A stretch of time that has one chord.
#[derive(Debug, Clone, Copy)]
struct Slot {
    start: Fraction,
    /// How long each note of the twelve sounds in it.
    weights: [f64; 12],
    /// Whether a bar begins here.
    barline: bool,
    /// A section ends with it.
    closes: bool,
    /// The tune ends with it, this time or another.
    last: bool,
}

/// Finds a chord for every half bar, two thirds of a bar in 9/8, or bar in other triple metres, by dynamic
/// programming: it fits the notes, changes seldom, likes the tonic, and the last bar ends on it.
pub(super) fn infer(score: &Score<'_>) -> Vec<(Fraction, Option<Chord>, Span)> {
    let slots = slots(score);
    let Some(state) = score.states.first() else { return Vec::new() };
    let candidates = candidates(&state.key, last_pitch(score));
    let count = candidates.len();
    // What the best chords up to a slot are worth that end with each candidate, and the one before it.
    let mut best: Vec<(f64, usize)> = Vec::with_capacity(slots.len() * count);
    for slot in &slots {
        let before = best.len().checked_sub(count).map(|start| start..best.len());
        for (to, candidate) in candidates.iter().enumerate() {
            let own = fit(candidate, slot);
            let Some(before) = before.clone() else {
                best.push((own, to));
                continue;
            };
            let change = if slot.barline { CHANGE.0 } else { CHANGE.1 };
            let cadence = if slot.closes { CADENCE.1 } else { CADENCE.0 };
            let mut most = (f64::MIN, to);
            for (from, &(worth, _)) in best[before].iter().enumerate() {
                let leads = candidate.is_tonic && candidates[from].is_dominant;
                let step = if from == to { 0.0 } else { -change } + if leads { cadence } else { 0.0 };
                if worth + step > most.0 {
                    most = (worth + step, from);
                }
            }
            best.push((own + most.0, most.1));
        }
    }
    let Some(start) = best.len().checked_sub(count) else { return Vec::new() };
    let end = &best[start..];
    let mut chosen = (0..count).max_by(|&a, &b| end[a].0.total_cmp(&end[b].0)).unwrap_or(0);
    let mut chords = Vec::with_capacity(slots.len());
    for (slot, row) in slots.iter().zip(best.chunks(count)).rev() {
        chords.push((slot.start, candidates.get(chosen).map(|candidate| candidate.chord), Span::default()));
        chosen = row.get(chosen).map_or(0, |&(_, from)| from);
    }
    chords.reverse();
    chords
}

/// How well a chord fits.
fn fit(candidate: &Candidate, slot: &Slot) -> f64 {
    let all: f64 = slot.weights.iter().sum();
    let own = candidate.triad.iter().zip(OWN).map(|(&note, worth)| slot.weights[note] * (worth - FOREIGN));
    let notes = all * FOREIGN + own.sum::<f64>();
    let forbidden = if slot.last && !candidate.is_tonic { -1000.0 } else { 0.0 };
    notes + forbidden + candidate.liked
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
    // Each is its root in fifths above the tonic, what sounds, what it is judged as, and how it is liked.
    let table: &[(i32, Quality, Quality, usize)] = match key.mode().unwrap_or(Mode::Major) {
        Mode::Major | Mode::Lydian => &[
            (0, Major, Major, 0),
            (1, Major, Major, 1),
            (-1, Major, Major, 1),
            (2, Minor, Minor, 2),
            (3, Minor, Minor, 2),
        ],
        Mode::Mixolydian => &[
            (0, Power, Major, 0),
            (-2, Major, Major, 1),
            (-1, Major, Major, 1),
            (1, Minor, Minor, 2),
            (2, Minor, Minor, 2),
        ],
        Mode::Dorian => &[
            (0, Power, Minor, 0),
            (-2, Major, Major, 1),
            (-3, Major, Major, 2),
            (-1, Major, Major, 2),
            (1, Minor, Minor, 2),
        ],
        Mode::Minor | Mode::Phrygian | Mode::Locrian => &[
            (0, Minor, Minor, 0),
            (-2, Major, Major, 1),
            (-3, Major, Major, 1),
            (-4, Major, Major, 2),
            (-1, Minor, Minor, 2),
            (1, Minor, Minor, 2),
        ],
    };
    let in_major = matches!(key.mode().unwrap_or(Mode::Major), Mode::Major | Mode::Lydian);
    let candidate = |&(fifths, sounds, judged, liked): &(i32, Quality, Quality, usize)| {
        let root = Name::from_fifths(tonic.fifths() + fifths);
        let third = if judged == Minor { 3 } else { 4 };
        let at = |above: i32| (root.semitone() + above).rem_euclid(12).unsigned_abs() as usize;
        Candidate {
            chord: Chord { root, quality: sounds, bass: None },
            triad: [at(0), at(7), at(third)],
            is_tonic: fifths == 0,
            is_dominant: fifths == 1 || fifths == -2 && !in_major,
            liked: LIKED[liked],
        }
    };
    table.iter().map(candidate).collect()
}

/// The stretches with one chord each, and what sounds in them.
fn slots(score: &Score<'_>) -> Vec<Slot> {
    let mut slots: Vec<Slot> = Vec::with_capacity(score.bars.len() * 2);
    for (i, bar) in score.bars.iter().enumerate() {
        // Played again, a bar has the chords it has at the end.
        let last = score.bars.last().is_some_and(|last| last.span == bar.span);
        let closes = last || score.bars.get(i + 1).is_none_or(|next| next.first);
        let barline = bar.offset.is_zero() || positions::is_pickup(&score.bars, i);
        slots.push(Slot { start: bar.start, weights: [0.0; 12], barline, closes, last });
        if let Some(middle) = middle(bar, score, i) {
            if let Some(first) = slots.last_mut() {
                (first.closes, first.last) = (false, false);
            }
            slots.push(Slot { start: middle, weights: [0.0; 12], barline: false, closes, last });
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

/// Where a bar may have its second chord: in its middle, or in 9/8 on its third beat, if it is long enough.
fn middle(bar: &Bar, score: &Score<'_>, i: usize) -> Option<Fraction> {
    let full = bar.full?;
    let metre = score.states.get(*score.bar_states.get(i)?)?.metre;
    let beats = if metre.is_compound() { metre.beats() / 3 } else { metre.beats() };
    let part = match beats {
        0 => return None,
        3 if metre.is_compound() => Fraction::of(2, 3),
        beats if beats % 2 == 0 => Fraction::of(1, 2),
        _ => return None,
    };
    let into = full
        .checked_mul(part)?
        .checked_sub(bar.offset)
        .filter(|&into| into > Fraction::ZERO && into < bar.length)?;
    bar.start.checked_add(into)
}
