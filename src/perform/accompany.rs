//! Basses and chords to a tune.

use super::harmony;
use super::options::{Accompaniment, Options};
use super::performance::{Performance, Role, TimedNote, Track};
use super::positions;
use super::score::{Score, in_range};
use crate::abc::Span;
use crate::music::{Chord, Fraction, Metre};

/// The lowest note of a bass, as MIDI counts: E2, the lowest of a guitar.
const BASS: i32 = 40;
/// The lowest note of a chord.
const CHORD: i32 = 53;
/// How loud basses and chords are.
const VELOCITY: (u8, u8) = (58, 44);
/// The steel-string guitar of General MIDI.
const GUITAR: u8 = 25;

/// One stroke of a pattern.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stroke {
    /// When, from the start of a full bar.
    at: Fraction,
    /// How long.
    length: Fraction,
    /// Which.
    what: What,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum What {
    Bass,
    /// The fifth, where a bass has been before.
    OtherBass,
    Chord,
}

/// Adds a track of basses and chords, if there are chords and a metre.
pub(super) fn accompany(score: &Score<'_>, options: &Options, tune: u8, performance: &mut Performance) {
    let found;
    let chords = match options.accompaniment {
        Accompaniment::Off => return,
        Accompaniment::Inferred if score.chords.is_empty() => {
            found = harmony::infer(score);
            &found
        }
        Accompaniment::Written | Accompaniment::Inferred => &score.chords,
    };
    if chords.is_empty() {
        return;
    }
    let track = u16::try_from(performance.tracks.len()).unwrap_or(u16::MAX);
    let name = "Accompaniment".to_owned();
    performance.tracks.push(Track { role: Role::Accompaniment, name, program: GUITAR });
    let mut patterns: Vec<(&Metre, Vec<Stroke>)> = Vec::new();
    let mut sounding = None;
    // The first chord that is still to come.
    let mut next = 0;
    performance.notes.reserve(score.bars.len() * 8);
    for (i, bar) in score.bars.iter().enumerate() {
        // One plays from the first full bar on.
        if bar.full.is_none() || (positions::is_pickup(&score.bars, i)) {
            continue;
        }
        let Some(state) = score.bar_states.get(i).and_then(|&state| score.states.get(state)) else {
            continue;
        };
        let known = patterns.iter().position(|(metre, _)| *metre == state.metre);
        let known = known.unwrap_or_else(|| {
            patterns.push((state.metre, pattern(state.metre)));
            patterns.len() - 1
        });
        for stroke in &patterns[known].1 {
            let into =
                stroke.at.checked_sub(bar.offset).filter(|&into| into >= Fraction::ZERO && into < bar.length);
            let Some(into) = into else { continue };
            let Some(start) = bar.start.checked_add(into) else { continue };
            // Strokes come in the order of time.
            while chords.get(next).is_some_and(|&(at, _, _)| at <= start) {
                next += 1;
            }
            let Some((chord, span)) = chord_before(chords, next) else { continue };
            let length = stroke.length.min(bar.length.checked_sub(into).unwrap_or(stroke.length));
            let strike = |pitch: i32, velocity| TimedNote {
                start,
                length,
                pitch: in_range(pitch),
                velocity,
                track,
                tune,
                span,
            };
            match stroke.what {
                What::Bass | What::OtherBass => {
                    // A new chord begins with its own bass.
                    let other = stroke.what == What::OtherBass && sounding == Some(chord);
                    sounding = Some(chord);
                    performance.notes.push(strike(bass(&chord, other), VELOCITY.0));
                }
                What::Chord => {
                    performance.notes.extend(voicing(&chord).map(|pitch| strike(pitch, VELOCITY.1)));
                }
            }
        }
    }
}

/// The chord that sounds before the next one begins: the last one that began (§4.18), unless it is
/// silence.
fn chord_before(chords: &[(Fraction, Option<Chord>, Span)], next: usize) -> Option<(Chord, Span)> {
    let (_, chord, span) = chords.get(next.checked_sub(1)?)?;
    Some(((*chord)?, *span))
}

/// The bass: the one after the stroke, or the root; the other one is the fifth below or above it.
fn bass(chord: &Chord, other: bool) -> i32 {
    let at = |pitch: i32| BASS + (pitch - BASS).rem_euclid(12);
    let fifth =
        chord.quality.intervals().iter().copied().map(i32::from).find(|interval| (6..=8).contains(interval));
    match (chord.bass, fifth) {
        (None, Some(fifth)) if other => at(chord.root.semitone() + fifth),
        (Some(_), _) if other => at(chord.root.semitone()),
        (bass, _) => at(bass.unwrap_or(chord.root).semitone()),
    }
}

/// The notes of a chord, close together.
fn voicing(chord: &Chord) -> impl Iterator<Item = i32> {
    let root = chord.root.semitone();
    chord
        .quality
        .intervals()
        .iter()
        .map(move |&interval| CHORD + (root + i32::from(interval) - CHORD).rem_euclid(12))
}

/// What is struck in a bar: bass and chord by turns in crotchets; in 3/4 one bass and two chords; in
/// compound metres the bass on the beat and the chord on its third quaver.
fn pattern(metre: &Metre) -> Vec<Stroke> {
    let Some(full) = metre.bar() else { return Vec::new() };
    let quaver = Fraction::new(1, metre.value().max(1).into()).unwrap_or(Fraction::of(1, 8));
    let crotchet = Fraction::of(1, 4);
    let mut strokes = Vec::new();
    let mut push = |at: Option<Fraction>, length: Option<Fraction>, what| {
        if let (Some(at), Some(length)) = (at, length)
            && at < full
        {
            strokes.push(Stroke { at, length, what });
        }
    };
    let times = |unit: Fraction, count: i64| unit.checked_mul(Fraction::of(count, 1));
    if metre.is_compound() {
        for beat in 0..i64::from(metre.beats() / 3) {
            let what = if beat % 2 == 0 { What::Bass } else { What::OtherBass };
            push(times(quaver, beat * 3), times(quaver, 2), what);
            push(times(quaver, beat * 3 + 2), Some(quaver), What::Chord);
        }
        return strokes;
    }
    let waltz = (metre.beats(), metre.value()) == (3, 4);
    // A bar has few crotchets; a metre beyond that is no metre for an accompaniment.
    let count =
        full.checked_mul(Fraction::of(4, 1)).map_or(0, |count| count.numerator() / count.denominator());
    for i in 0..count.min(16) {
        let what = match i {
            _ if waltz && i > 0 => What::Chord,
            _ if i % 2 == 1 => What::Chord,
            _ if i % 4 == 2 => What::OtherBass,
            _ => What::Bass,
        };
        push(times(crotchet, i), Some(crotchet), what);
    }
    strokes
}
