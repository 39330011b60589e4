//! Ties and slurs.

use super::canvas::{Canvas, point, rect};
use super::score::{Event, Head, Part, Stem, What, within};
use super::smufl::defaults;
use super::{Ink, Point, Role, chord};
use crate::abc::Span;

/// The left and right ends of what belongs to a system, for curves that go on in another.
#[derive(Debug, Clone, Copy)]
pub(super) struct Ends {
    pub left: f32,
    pub right: f32,
    /// The bars of the system.
    pub first_bar: u32,
    pub last_bar: u32,
}

impl Ends {
    /// Whether an event is in the system.
    pub(super) fn has(&self, event: &Event<'_>) -> bool {
        (self.first_bar..=self.last_bar).contains(&event.bar)
    }
}

/// Which side of its note a tie is on.
fn tie_side(part: &Part<'_>, event: &Event<'_>, head: &Head) -> Stem {
    if part.shares_staff(event) {
        return event.stem;
    }
    let (high, low) = part.reach(event);
    match high + low - 2 * head.position {
        // The upper half of a chord has its ties above.
        ..0 => Stem::Up,
        1.. => Stem::Down,
        0 => opposite(event.stem),
    }
}

fn opposite(stem: Stem) -> Stem {
    if stem == Stem::Up { Stem::Down } else { Stem::Up }
}

/// The event after this one in its voice and layer.
fn next<'p, 't>(part: &'p Part<'t>, index: u32) -> Option<&'p Event<'t>> {
    let event = part.event(index)?;
    let events = part.events.get(index as usize + 1..)?;
    // An overlay or the rest of a bar may stand between; they are not long.
    events.iter().take(512).find(|other| {
        other.what.rank() == 4 && (other.layer == event.layer || other.bar > event.bar && other.layer == 0)
    })
}

/// Draws the ties that begin in a system, and the ends of those that come from the one before.
pub(super) fn draw_ties(canvas: &mut Canvas, part: &Part<'_>, ends: Ends, indices: &[u32]) {
    for &index in indices {
        let Some(event) = part.event(index) else { continue };
        for head in part.heads_of(event) {
            if head.tie.is_none() {
                continue;
            }
            let goal = next(part, index).filter(|next| next.what == What::Chord);
            let other = goal
                .and_then(|goal| part.heads_of(goal).iter().find(|other| other.position == head.position));
            let side = tie_side(part, event, head);
            let dots = if event.value.dots > 0 && head.position % 2 != 0 {
                event.dot_x + chord::dots_width(event.value.dots) - head.dx - chord::head_width(event)
            } else {
                0.0
            };
            let y = head.y() + 0.35 * side.sign();
            let from = point(event.x + head.dx + chord::head_width(event) + 0.12 + dots.max(0.0), y);
            let dotted = head.tie == Some(crate::abc::Tie::Dotted);
            match (goal, other) {
                (Some(goal), Some(other)) => {
                    // One that goes on in the next system ends with this one.
                    let to =
                        if ends.has(goal) { goal.x + other.dx - 0.12 } else { ends.right.max(from.x + 1.0) };
                    tie(canvas, from, point(to, y), side, head.span, dotted);
                }
                // To nothing: a little, as far as there is room.
                _ => tie(canvas, from, point(from.x + 1.6, y), side, head.span, false),
            }
        }
    }
}

/// Draws the second halves of ties that begin in an earlier system.
pub(super) fn draw_tie_ends(canvas: &mut Canvas, part: &Part<'_>, ends: Ends, first: u32) {
    // The last chord before this system.
    let Some(before) = (0..first)
        .rev()
        .take(64)
        .find(|&index| part.event(index).is_some_and(|event| event.what == What::Chord && event.layer == 0))
    else {
        return;
    };
    let (Some(event), Some(goal)) = (part.event(before), next(part, before)) else { return };
    if goal.what != What::Chord || !ends.has(goal) {
        return;
    }
    for head in part.heads_of(event).iter().filter(|head| head.tie.is_some()) {
        if let Some(other) = part.heads_of(goal).iter().find(|other| other.position == head.position) {
            let side = tie_side(part, goal, other);
            let y = other.y() + 0.35 * side.sign();
            let to = goal.x + other.dx - 0.12;
            let from = ends.left.min(to - 1.0).max(to - 6.0);
            tie(canvas, point(from, y), point(to, y), side, head.span, false);
        }
    }
}

/// Draws the ends of ties that lead from before a first ending into a later one.
pub(super) fn draw_ending_ties(canvas: &mut Canvas, part: &Part<'_>, ends: Ends) {
    let start = part.endings.partition_point(|&(bar, ..)| bar < ends.first_bar);
    for (i, &(bar, ..)) in part.endings.iter().enumerate().skip(start.max(1)) {
        if bar > ends.last_bar {
            break;
        }
        // Only what a repeat sign leads back from is reached from before the first ending.
        let closes = |bar: u32| part.boundaries.get(bar as usize).is_some_and(|line| line.line.closes > 0);
        if !closes(bar) {
            continue;
        }
        let mut earlier = part.endings[..i].iter().rev().take(8).map(|&(bar, ..)| bar);
        let Some(before) = earlier.find(|&bar| !closes(bar)).and_then(|bar| bar.checked_sub(1)) else {
            continue;
        };
        let chord = |e: &&u32| part.event(**e).is_some_and(|event| event.what == What::Chord);
        let from = part.events_of(before as usize).iter().rfind(chord).and_then(|&e| part.event(e));
        let to = part.events_of(bar as usize).iter().find(chord).and_then(|&e| part.event(e));
        let (Some(from), Some(to)) = (from, to) else { continue };
        if to.time > 0.0 {
            continue;
        }
        for head in part.heads_of(from).iter().filter(|head| head.tie.is_some()) {
            if let Some(other) = part.heads_of(to).iter().find(|other| other.position == head.position) {
                let side = tie_side(part, to, other);
                let (x, y) = (to.x + other.dx - 0.12, other.y() + 0.35 * side.sign());
                tie(canvas, point(x - 1.3, y), point(x, y), side, head.span, false);
            }
        }
    }
}

fn tie(canvas: &mut Canvas, from: Point, to: Point, side: Stem, span: Span, dotted: bool) {
    let length = (to.x - from.x).max(0.4);
    let to = point(from.x + length, to.y);
    let rise = (0.25 + 0.09 * length).clamp(0.35, 1.1) * side.sign() / 0.75;
    let bend = (length * 0.3).min(2.0);
    let sizes = defaults();
    let curve =
        Curve { from, to, a: point(from.x + bend, from.y + rise), b: point(to.x - bend, to.y + rise) };
    draw(canvas, curve, side, sizes.tie_endpoint_thickness, sizes.tie_midpoint_thickness, span, dotted);
}

/// A cubic curve by its ends and what it is drawn towards.
#[derive(Debug, Clone, Copy)]
struct Curve {
    from: Point,
    to: Point,
    a: Point,
    b: Point,
}

impl Curve {
    fn at(&self, t: f32) -> Point {
        let s = 1.0 - t;
        let [p, q, r, u] = [s * s * s, 3.0 * s * s * t, 3.0 * s * t * t, t * t * t];
        point(
            p * self.from.x + q * self.a.x + r * self.b.x + u * self.to.x,
            p * self.from.y + q * self.a.y + r * self.b.y + u * self.to.y,
        )
    }
}

fn draw(canvas: &mut Canvas, curve: Curve, side: Stem, thin: f32, thick: f32, span: Span, dotted: bool) {
    const PIECES: u8 = 12;
    let mut before = curve.from;
    for i in 1..=PIECES {
        let here = curve.at(f32::from(i) / f32::from(PIECES));
        let (top, bottom) = (before.y.min(here.y), before.y.max(here.y));
        canvas.cover(rect(before.x, top - thick / 2.0, here.x, bottom + thick / 2.0));
        if dotted && i % 2 == 1 {
            let ink = Ink::Line { from: before, to: here, thickness: thin * 2.0, dash: None };
            canvas.push(ink, Role::Mark, Some(span));
        }
        before = here;
    }
    if dotted {
        return;
    }
    // A cubic bulges three quarters as far as its inner points.
    let by = side.sign() * thick / 2.0 / 0.75;
    let moved = |p: Point, by: f32| point(p.x, p.y + by);
    let outer = [curve.from, moved(curve.a, by), moved(curve.b, by), curve.to];
    let inner = [curve.from, moved(curve.a, -by), moved(curve.b, -by), curve.to];
    canvas.push(Ink::Crescent { outer, inner }, Role::Mark, Some(span));
}

/// From the ink of a note to the end of its slur.
const SLUR_GAP: f32 = 0.35;

/// Draws the slurs, or their parts, that are in a system.
pub(super) fn draw_slurs(canvas: &mut Canvas, part: &Part<'_>, ends: Ends) {
    // Inner slurs first, so that outer ones go round them.
    for slur in within(&part.slurs, |slur| slur.reach, ends.first_bar, ends.last_bar) {
        let (Some(from), Some(to)) = (part.event(slur.from), part.event(slur.to)) else { continue };
        if to.bar < ends.first_bar || from.bar > ends.last_bar {
            continue;
        }
        let side = slur_side(part, slur.from, slur.to, from);
        if slur.at_grace && slur.from == slur.to {
            grace_slur(canvas, part, from, slur.span);
            continue;
        }
        let starts = ends.has(from).then(|| slur_end(canvas, from, side));
        let stops = ends.has(to).then(|| slur_end(canvas, to, side));
        let (start, stop) = match (starts, stops) {
            (Some(start), Some(stop)) => (start, stop),
            (Some(start), None) => (start, point(ends.right.max(start.x + 2.0), start.y + 0.5 * side.sign())),
            (None, Some(stop)) => (point(ends.left.min(stop.x - 2.0), stop.y + 0.5 * side.sign()), stop),
            (None, None) => {
                let y = canvas.edge(side, ends.left, ends.right) + side.sign();
                (point(ends.left, y), point(ends.right, y))
            }
        };
        arch(canvas, start, stop, side, slur.span, slur.dotted);
    }
}

/// Above where any stem goes down, as fiddle music has it, else below.
fn slur_side(part: &Part<'_>, from: u32, to: u32, first: &Event<'_>) -> Stem {
    if part.shares_staff(first) {
        return first.stem;
    }
    let events = part.events.get(from as usize..=to as usize).unwrap_or_default();
    let mut chords = events.iter().filter(|event| event.what == What::Chord);
    if chords.all(|event| event.stem == Stem::Up && event.value.has_stem()) { Stem::Down } else { Stem::Up }
}

fn slur_end(canvas: &Canvas, event: &Event<'_>, side: Stem) -> Point {
    let middle = event.x + chord::head_width(event) / 2.0;
    // On the stem's side it begins at the stem's end.
    if side == event.stem && event.value.has_stem() {
        let x = super::notes::stem_x(event);
        return point(x, canvas.edge(side, x - 0.2, x + 0.2) + SLUR_GAP * side.sign());
    }
    point(middle, canvas.edge(side, middle - 0.45, middle + 0.45) + SLUR_GAP * side.sign())
}

/// From grace notes to the note they stand before.
fn grace_slur(canvas: &mut Canvas, part: &Part<'_>, event: &Event<'_>, span: Span) {
    let Some(group) = part.graces.get(event.grace as usize) else { return };
    let Some(grace) = part.heads.get(group.heads.start as usize) else { return };
    let (_, low) = part.reach(event);
    let from = point(event.x + group.x + 0.4, grace.y() + 0.6);
    let to = point(event.x + 0.3, -0.5 * low as f32 + 0.7);
    if to.x > from.x + 0.5 {
        let y = from.y.max(to.y);
        tie(canvas, point(from.x, y), point(to.x, y), Stem::Down, span, false);
    }
}

/// A slur between two points that goes clear of what is between them.
fn arch(canvas: &mut Canvas, from: Point, to: Point, side: Stem, span: Span, dotted: bool) {
    let length = (to.x - from.x).max(1.0);
    let to = point(from.x + length, to.y);
    let sign = side.sign();
    let mut rise = (0.5 + 0.11 * length).clamp(0.6, 2.6) / 0.75;
    let bend = (0.28 * length).min(5.0);
    let make = |rise: f32, lift: f32| Curve {
        from: point(from.x, from.y + lift * sign),
        to: point(to.x, to.y + lift * sign),
        a: point(from.x + bend, from.y + (rise + lift) * sign),
        b: point(to.x - bend, to.y + (rise + lift) * sign),
    };
    let mut lift = 0.0;
    for _ in 0..6 {
        let curve = make(rise, lift);
        // How far what is below reaches beyond the curve, away from its ends.
        let mut over: f32 = 0.0;
        for i in 1..16_u8 {
            let here = curve.at(f32::from(i) / 16.0);
            if here.x - from.x < 0.9 || to.x - here.x < 0.9 {
                continue;
            }
            let edge = canvas.edge(side, here.x - 0.2, here.x + 0.2) + 0.3 * sign;
            over = over.max((edge - here.y) * sign);
        }
        if over <= 0.02 {
            break;
        }
        rise += over * 1.1;
        // Rather than a hoop, one that begins further off.
        let steepest = 0.9 * length.max(3.0) / 0.75;
        if rise > steepest {
            lift += (rise - steepest) * 0.75;
            rise = steepest;
        }
    }
    let sizes = defaults();
    let curve = make(rise, lift);
    draw(canvas, curve, side, sizes.slur_endpoint_thickness, sizes.slur_midpoint_thickness, span, dotted);
}
