//! How a tune is begun and ended.

use super::performance::{Bar, Performance, Role, TimedNote, Track};
use super::score::{Event, Score, Tone};
use super::{PerformError, add, mul, sub};
use crate::abc::Span;
use crate::music::Fraction;

/// Holds the last notes for a full bar. If the last bar leads back to the pickup with the pickup's own
/// notes, they are left out before.
pub(super) fn hold_end(score: &mut Score<'_>) -> Result<(), PerformError> {
    if let Some(cut) = lead_back(score) {
        for events in &mut score.voices {
            events.retain(|event| event.start < cut);
            for event in events {
                for tone in &mut score.tones[event.first..event.first + event.count] {
                    tone.length = tone.length.min(sub(cut, event.start)?);
                }
            }
        }
        score.chords.retain(|&(at, _, _)| at < cut);
        set_end(score, cut)?;
    }
    let full = score.bars.last().and_then(|bar| bar.full).unwrap_or(Fraction::of(1, 2));
    let mut end = score.end;
    let lasts: Vec<Option<usize>> =
        score.voices.iter().map(|events| events.iter().rposition(|event| event.count > 0)).collect();
    for (events, last) in score.voices.iter().zip(&lasts) {
        if let Some(event) = last.and_then(|last| events.get(last)) {
            end = end.max(add(event.start, full)?);
        }
    }
    for (events, last) in score.voices.iter().zip(&lasts) {
        let Some(last) = *last else { continue };
        let event = &events[last];
        for i in event.first..event.first + event.count {
            let pitch = score.tones[i].pitch;
            // A tied note sounds from where it was struck.
            let struck = events[..=last].iter().rev().find_map(|event| {
                let mut tones = event.first..event.first + event.count;
                Some((event.start, tones.find(|&i| score.tones[i].pitch == pitch && !score.tones[i].tied)?))
            });
            if let Some((start, struck)) = struck {
                score.tones[struck].length = sub(end, start)?;
            }
        }
    }
    set_end(score, end)
}

/// When the last bar begins to repeat the pickup, if it does.
fn lead_back(score: &Score<'_>) -> Option<Fraction> {
    let (cut, same) = room_for_pickup(&score.bars, score.voices.first()?, &score.tones, score.end)?;
    same.then_some(cut)
}

/// If the tune begins with a pickup and the last bar is full in spite of it: where the pickup would
/// begin in it, and whether its notes stand there. `None` if other notes do.
pub(super) fn room_for_pickup(
    bars: &[Bar],
    events: &[Event<'_>],
    tones: &[Tone],
    end: Fraction,
) -> Option<(Fraction, bool)> {
    let first = bars.first().filter(|bar| !bar.offset.is_zero())?;
    let last = bars.last().filter(|bar| bar.length > first.length)?;
    if last.offset.checked_add(last.length) != last.full {
        return None;
    }
    let cut = end.checked_sub(first.length)?;
    let pitches = |from: Fraction, to: Fraction| -> Vec<(Fraction, u8)> {
        let inside = events.iter().filter(|event| event.start >= from && event.start < to);
        let struck = inside.flat_map(|event| {
            tones[event.first..event.first + event.count].iter().map(move |tone| (event.start, tone.pitch))
        });
        struck.filter_map(|(start, pitch)| Some((start.checked_sub(from)?, pitch))).collect()
    };
    let pickup = pitches(first.start, first.start.checked_add(first.length)?);
    let lead = pitches(cut, end);
    let same = !pickup.is_empty() && lead == pickup;
    (same || lead.is_empty()).then_some((cut, same))
}

fn set_end(score: &mut Score<'_>, end: Fraction) -> Result<(), PerformError> {
    score.end = end;
    if let Some(bar) = score.bars.last_mut() {
        bar.length = sub(end, bar.start)?;
    }
    Ok(())
}

/// Two bars of clicks before the tune, less the pickup, which is the end of the second.
pub(super) fn count_in(performance: &mut Performance) -> Result<(), PerformError> {
    let Some(&first) = performance.bars.first() else { return Ok(()) };
    let Some(full) = first.full.filter(|&full| full > Fraction::ZERO) else { return Ok(()) };
    let Some((_, metre)) = performance.metres.first() else { return Ok(()) };
    let beat = if metre.is_compound() {
        Fraction::new(3, metre.value().into())
    } else {
        Fraction::new(1, metre.value().into())
    };
    let beat = beat.ok_or(PerformError::Time)?;
    let before = if first.offset.is_zero() { full } else { first.offset };
    let lead = add(full, before)?;
    performance.shift(lead)?;
    // What holds at the start of the tune holds for the count-in.
    let starts = [
        performance.tempos.first_mut().map(|mark| &mut mark.at),
        performance.metres.first_mut().map(|(at, _)| at),
        performance.keys.first_mut().map(|(at, _)| at),
    ];
    for at in starts.into_iter().flatten() {
        *at = Fraction::ZERO;
    }
    let span = Span { start: first.span.start, end: first.span.start };
    let bar = Bar { start: Fraction::ZERO, length: full, offset: Fraction::ZERO, span, first: true, ..first };
    performance.bars.splice(0..0, [bar, Bar { start: full, length: before, first: false, ..bar }]);
    let track = u16::try_from(performance.tracks.len()).unwrap_or(u16::MAX);
    performance.tracks.push(Track { role: Role::Count, name: "Count-in".to_owned(), program: 0 });
    let length = mul(beat, Fraction::of(1, 4))?;
    let mut start = Fraction::ZERO;
    while start < lead {
        // High and low wood block of General MIDI.
        let strong = start.is_zero() || start == full;
        let (pitch, velocity) = if strong { (76, 100) } else { (77, 80) };
        performance.notes.push(TimedNote { start, length, pitch, velocity, track, tune: first.tune, span });
        start = add(start, beat)?;
    }
    Ok(())
}
