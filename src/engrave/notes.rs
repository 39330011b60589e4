//! Heads, ledger lines, accidentals, stems, flags, dots, rests and grace notes.

use super::canvas::{Canvas, point, rect, sign_bounds};
use super::chord::{self, GRACE_SCALE};
use super::score::{Event, GraceGroup, Head, NONE, Part, Stem, What};
use super::signature::accidental as accidental_sign;
use super::smufl::{Sign, defaults};
use super::{Align, Face, Point, Rect, Role};
use crate::abc::Span;

/// The usual length of a stem from its outer head, and of one that leaves the staff because it has to.
pub(super) const STEM: f32 = 3.5;
const STEM_OUTWARDS: f32 = 3.0;

/// Finds where the stem of a chord without beam ends.
pub(super) fn tip(part: &Part<'_>, event: &Event<'_>) -> f32 {
    let (high, low) = part.reach(event);
    let sign = event.stem.sign();
    // The head nearest to the stem's end, in half spaces.
    let outer = if event.stem == Stem::Up { high } else { low };
    let y = -0.5 * outer as f32;
    let flags = event.value.flags();
    let extra = chord::flag(flags, event.stem).map_or(0.0, Sign::stem_extra);
    let outwards = y * sign > 0.5 && flags == 0;
    let tip = y + sign * (if outwards { STEM_OUTWARDS } else { STEM } + extra);
    // From far outside it reaches the middle line.
    if tip * sign < 0.0 { 0.0 } else { tip }
}

/// The stem's middle, left to right.
pub(super) fn stem_x(event: &Event<'_>) -> f32 {
    let half = defaults().stem_thickness / 2.0;
    match event.stem {
        Stem::Up => event.x + event.value.head().stem_up().x - half,
        Stem::Down => event.x + event.value.head().stem_down().x + half,
    }
}

/// Draws a chord; stems end where [`Event::tip`] says. `half` is half the staff's height.
pub(super) fn draw_chord(canvas: &mut Canvas, part: &Part<'_>, event: &Event<'_>, half: f32) {
    let heads = part.heads_of(event);
    if let Some(group) = part.graces.get(event.grace as usize) {
        draw_grace(canvas, part, event, group, half);
    }
    ledger_lines(canvas, event, heads, half);
    let sign = event.value.head();
    for head in heads {
        let at = point(event.x + head.dx, head.y());
        canvas.sign(sign, at, 1.0, Role::Note, Some(head.span));
        draw_accidental(canvas, head, event.x + head.accidental_dx, 1.0);
    }
    dots(canvas, event, heads);
    if event.value.has_stem() {
        draw_stem(canvas, part, event);
    }
}

fn draw_accidental(canvas: &mut Canvas, head: &Head, x: f32, scale: f32) {
    let Some(accidental) = head.accidental else { return };
    let sign = accidental_sign(accidental);
    let (mut x, y, span) = (x, head.y(), Some(head.span));
    if head.cautionary {
        canvas.sign(Sign::ParenLeft, point(x, y), scale, Role::Note, span);
        x += (Sign::ParenLeft.width() + 0.05) * scale;
        let right = x + (sign.width() + 0.05) * scale;
        canvas.sign(Sign::ParenRight, point(right, y), scale, Role::Note, span);
    }
    canvas.sign(sign, point(x, y), scale, Role::Note, span);
}

fn draw_stem(canvas: &mut Canvas, part: &Part<'_>, event: &Event<'_>) {
    let (high, low) = part.reach(event);
    let head = event.value.head();
    let (start, anchor) = match event.stem {
        Stem::Up => (low, head.stem_up().y),
        Stem::Down => (high, head.stem_down().y),
    };
    let (x, thickness) = (stem_x(event), defaults().stem_thickness);
    let from = point(x, -0.5 * start as f32 + anchor);
    canvas.line(from, point(x, event.tip), thickness, Role::Note, Some(event.span));
    if event.beam == NONE
        && let Some(flag) = chord::flag(event.value.flags(), event.stem)
    {
        let y = event.tip - event.stem.sign() * flag.stem_extra();
        canvas.sign(flag, point(x - thickness / 2.0, y), 1.0, Role::Note, Some(event.span));
    }
}

/// Draws the ledger lines of a chord, each once.
fn ledger_lines(canvas: &mut Canvas, event: &Event<'_>, heads: &[Head], half: f32) {
    let outer = (half * 2.0) as i32;
    let (extension, thickness) = (defaults().leger_line_extension, defaults().leger_line_thickness);
    let width = chord::head_width(event);
    let (mut high, mut low) = (outer, -outer);
    for head in heads {
        (high, low) = (high.max(head.position), low.min(head.position));
    }
    let above = (outer + 2..=high).step_by(2);
    let below = (low..=-outer - 2).filter(|position| (position + outer) % 2 == 0);
    for position in above.chain(below) {
        let reaching = heads.iter().filter(|head| head.position * position.signum() >= position.abs());
        let (mut left, mut right) = (f32::MAX, f32::MIN);
        for head in reaching {
            (left, right) = (left.min(head.dx), right.max(head.dx + width));
        }
        let y = -0.5 * position as f32;
        let from = point(event.x + left - extension, y);
        canvas.line(
            from,
            point(event.x + right + extension, y),
            thickness,
            Role::StaffLine,
            Some(event.span),
        );
    }
}

/// Draws dots in the spaces beside or above the heads, no two in the same.
fn dots(canvas: &mut Canvas, event: &Event<'_>, heads: &[Head]) {
    if event.value.dots == 0 {
        return;
    }
    let mut last = i32::MAX;
    let down = event.layer % 2 == 1;
    let mut put = |head: &Head| {
        let mut position = head.position;
        if position % 2 == 0 {
            position += if down { -1 } else { 1 };
        }
        if position >= last {
            position = last - 2;
        }
        last = position;
        for i in 0..event.value.dots {
            let at = point(event.x + event.dot_x + 0.65 * f32::from(i), -0.5 * position as f32);
            canvas.sign(Sign::Dot, at, 1.0, Role::Note, Some(head.span));
        }
    };
    // From the top; chords are sorted one way or the other.
    if heads.first().map(|head| head.position) > heads.last().map(|head| head.position) {
        heads.iter().for_each(&mut put);
    } else {
        heads.iter().rev().for_each(&mut put);
    }
}

/// How far down from the middle line a rest stands: in a bar of several voices it makes way for the other.
fn rest_away(part: &Part<'_>, event: &Event<'_>) -> f32 {
    match (part.shares_staff(event), event.stem) {
        (false, _) => 0.0,
        (true, Stem::Up) => -3.0,
        (true, Stem::Down) => 3.0,
    }
}

/// The rectangle a visible rest within a bar fills; `None` for anything else.
pub(super) fn rest_bounds(part: &Part<'_>, event: &Event<'_>) -> Option<Rect> {
    if event.what != (What::Rest { visible: true }) {
        return None;
    }
    let at = point(event.x, rest_away(part, event));
    Some(sign_bounds(chord::rest(event.value.log), at, 1.0))
}

/// Draws a rest in a staff of that half height.
pub(super) fn draw_rest(canvas: &mut Canvas, part: &Part<'_>, event: &Event<'_>, half: f32) {
    if event.what != (What::Rest { visible: true }) {
        return;
    }
    let sign = chord::rest(event.value.log);
    let away = rest_away(part, event);
    // A whole rest hangs from the line above the middle.
    let y = away - if event.value.log == 0 { half.min(1.0) } else { 0.0 };
    canvas.sign(sign, point(event.x, y), 1.0, Role::Rest, Some(event.span));
    for i in 0..event.value.dots {
        let at = point(event.x + event.dot_x + 0.65 * f32::from(i), away - 0.5);
        canvas.sign(Sign::Dot, at, 1.0, Role::Rest, Some(event.span));
    }
}

/// Draws a rest for whole bars in the middle between two places, in a staff of that half height.
pub(super) fn draw_bars_rest(
    canvas: &mut Canvas,
    part: &Part<'_>,
    event: &Event<'_>,
    (left, right): (f32, f32),
    half: f32,
) {
    let What::BarsRest { bars, visible: true } = event.what else { return };
    let away = rest_away(part, event);
    let middle = (left + right) / 2.0;
    let span = Some(event.span);
    if bars <= 1 {
        let at = point(middle - Sign::RestWhole.width() / 2.0, away - half.min(1.0));
        return canvas.sign(Sign::RestWhole, at, 1.0, Role::Rest, span);
    }
    let reach = ((right - left) / 2.0 - 1.5).clamp(1.5, 9.0);
    let (from, to) = (middle - reach, middle + reach);
    canvas.line(point(from, away), point(to, away), 1.0, Role::Rest, span);
    for x in [from, to] {
        canvas.line(point(x, away - 1.0), point(x, away + 1.0), 0.2, Role::Rest, span);
    }
    let at = point(middle - number_width(u32::from(bars)) / 2.0, away - 3.4);
    draw_number(canvas, u32::from(bars), at, span);
}

fn number_width(number: u32) -> f32 {
    super::signature::metre_width(&crate::music::Metre::new(number.min(999) as u16, 1))
}

fn draw_number(canvas: &mut Canvas, number: u32, at: Point, span: Option<Span>) {
    let mut x = at.x;
    let mut power = 10_u32.pow(number.max(1).ilog10());
    while power > 0 {
        let sign = Sign::time(number / power % 10);
        canvas.sign(sign, point(x, at.y), 1.0, Role::Rest, span);
        x += sign.width() + 0.06;
        power /= 10;
    }
}

/// Where the highest stem of an event's grace notes ends.
pub(super) fn grace_tip(part: &Part<'_>, event: &Event<'_>) -> Option<f32> {
    let group = part.graces.get(event.grace as usize)?;
    let heads = part.heads.get(group.heads.start as usize..group.heads.end as usize)?;
    let highest = heads.iter().map(|head| head.position).max()?;
    Some(-0.5 * highest as f32 - 2.2 - f32::from(group.flags.saturating_sub(2)) * 0.45)
}

/// Draws grace notes and chords before a chord: small, their stems up.
fn draw_grace(canvas: &mut Canvas, part: &Part<'_>, event: &Event<'_>, group: &GraceGroup, half: f32) {
    let Some(heads) = part.heads.get(group.heads.start as usize..group.heads.end as usize) else { return };
    let sign = Sign::HeadBlack;
    let sizes = defaults();
    let thickness = sizes.stem_thickness * 0.8;
    let mut x = event.x + group.x;
    let flags = group.flags;
    // Beams are level: their slant could not be seen.
    let beam_y = grace_tip(part, event).unwrap_or(0.0).min(1.0);
    let beamed = flags > 0 && chord::grace_chords(heads).nth(1).is_some();
    let (mut first_x, mut last_x) = (None, 0.0);
    for (i, together) in chord::grace_chords(heads).enumerate() {
        let (Some(lowest), Some(highest)) = (together.first(), together.last()) else { continue };
        let span = Some(lowest.span);
        for head in together.iter().filter(|head| head.accidental.is_some()) {
            draw_accidental(canvas, head, x, GRACE_SCALE);
            x += chord::grace_accidental(head);
        }
        for head in together {
            let at = point(x + head.dx, head.y());
            canvas.sign(sign, at, GRACE_SCALE, Role::Note, Some(head.span));
            grace_ledger_lines(canvas, x + head.dx, head, half);
        }
        let stem = x + sign.stem_up().x * GRACE_SCALE - thickness / 2.0;
        let tip = if beamed { beam_y } else { highest.y() - 2.2 };
        let from = point(stem, lowest.y() + sign.stem_up().y * GRACE_SCALE);
        canvas.line(from, point(stem, tip), thickness, Role::Note, span);
        if !beamed && let Some(flag) = chord::flag(flags, Stem::Up) {
            canvas.sign(flag, point(stem - thickness / 2.0, tip), GRACE_SCALE, Role::Note, span);
        }
        first_x.get_or_insert(stem);
        last_x = stem;
        if group.slashed && i == 0 {
            let (from, to) = (point(stem - 0.65, tip + 1.45), point(stem + 0.75, tip + 0.45));
            canvas.line(from, to, thickness, Role::Note, Some(group.span));
        }
        x += chord::grace_step(together);
    }
    if let (true, Some(first)) = (beamed, first_x) {
        let height = sizes.beam_thickness * GRACE_SCALE;
        for level in 0..flags {
            let y = beam_y + height / 2.0 + f32::from(level) * 0.45;
            let half = thickness / 2.0;
            canvas.beam(
                point(first - half, y),
                point(last_x + half, y),
                height,
                Role::Note,
                Some(group.span),
            );
        }
    }
}

fn grace_ledger_lines(canvas: &mut Canvas, x: f32, head: &Head, half: f32) {
    let outer = (half * 2.0) as i32;
    let (extension, width) = (0.22, Sign::HeadBlack.width() * GRACE_SCALE);
    let thickness = defaults().leger_line_thickness * 0.75;
    for position in (outer + 2..=head.position.abs()).step_by(2) {
        let y = -0.5 * (position * head.position.signum()) as f32;
        let (from, to) = (point(x - extension, y), point(x + width + extension, y));
        canvas.line(from, to, thickness, Role::StaffLine, Some(head.span));
    }
}

/// Room that shows nothing keeps its place in the outline.
pub(super) fn keep_room(canvas: &mut Canvas, event: &Event<'_>) {
    canvas.cover(rect(event.x, -0.5, event.x + 0.5, 0.5));
}

/// Words beside a note: fingerings that have no sign, say.
pub(super) fn small_words(canvas: &mut Canvas, text: &str, at: Point, span: Span) {
    canvas.words(text, at, Align::Middle, Face::Italic, 1.8, Role::Mark, Some(span));
}
