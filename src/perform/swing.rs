//! Long and short quavers.

use super::options::Options;
use super::performance::Bar;
use super::positions;
use super::score::{Event, Score, Tone};
use super::tune_type::TuneType;
use super::{PerformError, add, mul};
use crate::music::Fraction;

/// Gives quavers the lengths players give them: pairs in hornpipes, barndances, flings and, on request,
/// reels; threes in jigs on request. A written `>` is the swing itself, never more of it. Strathspeys
/// and polkas stay as written, and so do tuplets, tied notes and other lengths.
pub(super) fn swing(score: &mut Score<'_>, options: &Options) -> Result<(), PerformError> {
    let straight = options.reel_swing == Fraction::ONE && options.jig_lilt == [Fraction::ONE; 3];
    let swung = |kind| matches!(kind, TuneType::Hornpipe | TuneType::Barndance | TuneType::Fling);
    if straight && !score.states.iter().any(|state| swung(state.kind)) {
        return Ok(());
    }
    for events in &mut score.voices {
        let mut i = 0;
        while i < events.len() {
            let state = &score.states[events[i].state];
            let lengths = match state.kind {
                kind if swung(kind) => {
                    let unit = swung_unit(state.metre.value(), state.metre.beats());
                    pair(&events[i..], &score.bars, unit, options.swing, true)
                }
                TuneType::Reel if options.reel_swing > Fraction::ONE => {
                    pair(&events[i..], &score.bars, Fraction::of(1, 8), options.reel_swing, false)
                }
                TuneType::Jig | TuneType::SlipJig if options.jig_lilt != [Fraction::ONE; 3] => {
                    three(&events[i..], &score.bars, &options.jig_lilt)
                }
                _ => None,
            };
            let Some(lengths) = lengths else {
                i += 1;
                continue;
            };
            let mut start = events[i].start;
            for length in lengths {
                change(&mut events[i], &mut score.tones, start, length)?;
                start = add(start, length)?;
                i += 1;
            }
        }
    }
    Ok(())
}

/// The length that comes in pairs: quavers, and in 2/4, where hornpipes are written in half the
/// lengths, semiquavers.
fn swung_unit(value: u32, beats: u32) -> Fraction {
    if (beats, value) == (2, 4) { Fraction::of(1, 16) } else { Fraction::of(1, 8) }
}

/// Whether an event may be made longer or shorter with its neighbours.
fn is_free(event: &Event<'_>) -> bool {
    !event.tuplet && !event.tie
}

/// Whether the events follow each other in one layer and may be changed.
fn is_run(events: &[Event<'_>]) -> bool {
    events.iter().all(is_free)
        && events.windows(2).all(|two| {
            two[0].layer == two[1].layer && two[0].start.checked_add(two[0].length) == Some(two[1].start)
        })
}

fn is_on(event: &Event<'_>, bars: &[Bar], step: Fraction) -> bool {
    positions::at(bars, event.start).is_some_and(|(_, position)| positions::on(position, step))
}

/// The lengths of the two events that come first, if they are a pair on a beat.
fn pair(
    events: &[Event<'_>],
    bars: &[Bar],
    unit: Fraction,
    swing: Fraction,
    dotted: bool,
) -> Option<Vec<Fraction>> {
    let two = events.get(..2)?;
    let (first, second) = (two[0].length, two[1].length);
    let beat = unit.checked_add(unit)?;
    let even = first == unit && second == unit;
    let written = dotted && two[0].broken == 1 && first.checked_add(second) == Some(beat);
    if !(even || written) || !is_run(two) || !is_on(&two[0], bars, beat) {
        return None;
    }
    if two[0].count == 0 && two[1].count == 0 {
        return None;
    }
    let short = beat.checked_div(swing.checked_add(Fraction::ONE)?)?;
    Some(vec![beat.checked_sub(short)?, short])
}

/// The lengths of the three events that come first, if they are the quavers of a beat.
fn three(events: &[Event<'_>], bars: &[Bar], lilt: &[Fraction; 3]) -> Option<Vec<Fraction>> {
    let three = events.get(..3)?;
    let unit = Fraction::of(1, 8);
    if three.iter().any(|event| event.length != unit) || !is_run(three) {
        return None;
    }
    if !is_on(&three[0], bars, Fraction::of(3, 8)) {
        return None;
    }
    lilt.iter().map(|part| part.checked_mul(unit)).collect()
}

/// Gives an event another start and length, and its tones with it.
fn change(
    event: &mut Event<'_>,
    tones: &mut [Tone],
    start: Fraction,
    length: Fraction,
) -> Result<(), PerformError> {
    if let Some(ratio) = length.checked_div(event.length) {
        for tone in tones.iter_mut().skip(event.first).take(event.count) {
            tone.length = mul(tone.length, ratio)?;
        }
    }
    (event.start, event.length) = (start, length);
    Ok(())
}
