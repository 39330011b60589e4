//! The numbers and brackets of tuplets.

use super::Role;
use super::canvas::{Canvas, point};
use super::chord;
use super::curves::Ends;
use super::score::{Event, NONE, Part, Stem, TupletMark, What, within};
use super::smufl::{Sign, defaults};

/// The size of the numbers.
const SCALE: f32 = 0.8;

/// From the notes to the bracket's ends, and the height of its hooks.
const GAP: f32 = 0.45;
const HOOK: f32 = 0.6;

/// Draws the tuplets of a system, with a bracket where no beam shows which notes belong to one. One that goes
/// on in the next system has its number where it begins, and a bracket that is open where it is cut.
pub(super) fn draw(canvas: &mut Canvas, part: &Part<'_>, ends: Ends) {
    // Inner ones first.
    let mine = || within(&part.tuplets, |tuplet| tuplet.reach, ends.first_bar, ends.last_bar);
    let deepest = mine().map(|tuplet| tuplet.depth).max().unwrap_or(0);
    for depth in (0..=deepest).rev() {
        for tuplet in mine().filter(|tuplet| tuplet.depth == depth) {
            draw_one(canvas, part, tuplet, ends);
        }
    }
}

fn draw_one(canvas: &mut Canvas, part: &Part<'_>, tuplet: &TupletMark, ends: Ends) {
    let (Some(first), Some(last)) = (part.event(tuplet.from), part.event(tuplet.to)) else { return };
    let (begins, stops) = (ends.has(first), ends.has(last));
    if !begins && (first.bar > ends.last_bar || last.bar < ends.first_bar) {
        return;
    }
    let side = side(part, tuplet, first);
    let beamed = first.beam != NONE
        && first.beam == last.beam
        && part
            .beams
            .get(first.beam as usize)
            .is_some_and(|beam| (beam.from, beam.to) == (tuplet.from, tuplet.to));
    let width = if begins { number_width(tuplet.count) } else { 0.0 };
    let mut left = if begins { first.x } else { ends.left };
    let mut right = if stops { last.x + right_of(last) } else { ends.right };
    right = right.max(left + 0.5);
    if beamed && side == first.stem {
        (left, right) = (super::notes::stem_x(first), super::notes::stem_x(last));
    }
    let middle = (left + right) / 2.0;
    let sign = side.sign();
    if beamed {
        let edge = canvas.edge(side, middle - width / 2.0 - 0.1, middle + width / 2.0 + 0.1);
        return number(canvas, tuplet, middle, edge + sign * (0.25 + 0.73 * SCALE));
    }
    let y = canvas.edge(side, left, right) + sign * (GAP + HOOK);
    let thickness = defaults().tuplet_bracket_thickness;
    let span = Some(tuplet.span);
    let hole = if begins { width / 2.0 + 0.3 } else { 0.0 };
    if right - left > 2.0 * hole + 0.4 {
        for (outer, inner, hooked) in [(left, middle - hole, begins), (right, middle + hole, stops)] {
            canvas.line(point(outer, y), point(inner, y), thickness, Role::Mark, span);
            if hooked {
                canvas.line(point(outer, y), point(outer, y - sign * HOOK), thickness, Role::Mark, span);
            }
        }
    }
    if begins {
        number(canvas, tuplet, middle, y);
    }
}

fn right_of(event: &Event<'_>) -> f32 {
    match event.what {
        What::Rest { .. } => chord::rest(event.value.log).width(),
        _ => chord::head_width(event),
    }
}

/// On the side of the stems, or where most of them are.
fn side(part: &Part<'_>, tuplet: &TupletMark, first: &Event<'_>) -> Stem {
    if part.shares_staff(first) {
        return first.stem;
    }
    let events = part.events.get(tuplet.from as usize..=tuplet.to as usize).unwrap_or_default();
    let chords = || events.iter().filter(|event| event.what == What::Chord);
    let up = chords().filter(|event| event.stem == Stem::Up).count();
    if 2 * up >= chords().count() { Stem::Up } else { Stem::Down }
}

fn digits(count: u8) -> impl Iterator<Item = Sign> {
    let digits = [count / 10, count % 10];
    digits.into_iter().skip(usize::from(count < 10)).map(|digit| Sign::tuplet(digit.into()))
}

fn number_width(count: u8) -> f32 {
    digits(count).map(|sign| sign.width() * SCALE).sum()
}

/// Draws the number with its middle at a place.
fn number(canvas: &mut Canvas, tuplet: &TupletMark, middle: f32, y: f32) {
    let mut x = middle - number_width(tuplet.count) / 2.0;
    for sign in digits(tuplet.count) {
        canvas.sign(sign, point(x, y + 0.73 * SCALE), SCALE, Role::Mark, Some(tuplet.span));
        x += sign.width() * SCALE;
    }
}
