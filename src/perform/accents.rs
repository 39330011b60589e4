//! Which beats a player leans on.

use super::positions::{Finder, on};
use super::score::Score;
use super::tune_type::TuneType;
use crate::music::Fraction;

/// Makes some notes louder and others softer, by the type of tune.
pub(super) fn accent(score: &mut Score<'_>) {
    for events in &mut score.voices {
        let mut finder = Finder::new(&score.bars);
        for event in events {
            let Some((_, position)) = finder.at(event.start) else { continue };
            let change = weight(score.states[event.state].kind, position);
            event.velocity = event.velocity.saturating_add_signed(change).clamp(1, 127);
        }
    }
}

/// How much louder a note is at a place of the bar.
fn weight(kind: TuneType, position: Fraction) -> i8 {
    let crotchet = Fraction::of(1, 4);
    let half = Fraction::of(1, 2);
    let dotted = Fraction::of(3, 8);
    match kind {
        // The off-beat: between the crotchets.
        TuneType::Polka if !on(position, crotchet) && on(position, Fraction::of(1, 8)) => 10,
        TuneType::Polka => 0,
        // The first of each three.
        TuneType::Jig | TuneType::SlipJig | TuneType::Slide if on(position, dotted) => 12,
        TuneType::Jig | TuneType::SlipJig | TuneType::Slide => -4,
        // Beats 1 and 3.
        TuneType::Reel | TuneType::Hornpipe | TuneType::Barndance | TuneType::Fling if on(position, half) => {
            10
        }
        TuneType::Strathspey | TuneType::March if on(position, crotchet) => 8,
        TuneType::Waltz | TuneType::ThreeTwo | TuneType::Other if position.is_zero() => 10,
        // The second beat as well as the first.
        TuneType::Mazurka if position.is_zero() || position == crotchet => 8,
        _ => 0,
    }
}
