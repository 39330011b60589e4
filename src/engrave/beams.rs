//! Beams: how they slant, where stems meet them, and which notes share how many.

use super::Role;
use super::canvas::{Canvas, point};
use super::notes;
use super::score::{BeamGroup, Event, Part, Stem, What};
use super::smufl::defaults;

/// The shortest stem under one beam; every further beam makes stems longer by the beams' distance.
const SHORTEST: f32 = 2.9;

/// A beam rises by one space at most, and less where its notes are close.
const STEEPEST: f32 = 1.0;
const STEEPEST_PER_SPACE: f32 = 0.18;

/// From a rest to the beam that goes over it.
const OVER_REST: f32 = 0.3;

/// The chords of a beam, in order.
fn members<'p, 't>(
    part: &'p Part<'t>,
    index: u32,
    group: BeamGroup,
) -> impl Iterator<Item = (u32, &'p Event<'t>)> + Clone {
    let events = part.events.get(group.from as usize..=group.to as usize).unwrap_or_default();
    let numbered = events.iter().enumerate().map(move |(i, event)| (group.from + i as u32, event));
    numbered.filter(move |(_, event)| event.beam == index && event.what == What::Chord)
}

/// Where a beam's outer edge runs.
#[derive(Debug, Clone, Copy)]
struct Slant {
    x: f32,
    y: f32,
    slope: f32,
}

impl Slant {
    fn at(self, x: f32) -> f32 {
        self.y + self.slope * (x - self.x)
    }
}

/// Finds the ends of all stems of a beam.
pub(super) fn place(part: &mut Part<'_>, index: u32) {
    let Some(&group) = part.beams.get(index as usize) else { return };
    let Some(slant) = slant(part, index, group) else { return };
    for event in &mut part.events[group.from as usize..=group.to as usize] {
        if event.beam == index {
            event.tip = slant.at(notes::stem_x(event));
        }
    }
}

/// In what follows heights are counted along the stems: upwards for stems that go up.
fn slant(part: &Part<'_>, index: u32, group: BeamGroup) -> Option<Slant> {
    let all = members(part, index, group);
    let (_, first) = all.clone().next()?;
    let (_, last) = all.clone().last()?;
    let up = first.stem == Stem::Up;
    let height = |event: &Event<'_>| {
        let (high, low) = part.reach(event);
        0.5 * if up { high as f32 } else { -low as f32 }
    };
    let (x, end) = (notes::stem_x(first), notes::stem_x(last));
    let run = (end - x).max(0.5);
    let (a, b) = (height(first), height(last));
    // Half of what the outer notes rise, as in print: a second ¼, a third ½, at most one space.
    // The beam is a stem's width longer than from stem to stem.
    let limit = (STEEPEST * run / (run + defaults().stem_thickness)).min(STEEPEST_PER_SPACE * run);
    let mut rise = (0.5 * (b - a)).clamp(-limit, limit);
    // If a note between stands nearer to the beam than both ends, or the ends are level, so is the beam.
    let between = all.clone().map(|(_, event)| height(event)).fold(f32::MIN, f32::max);
    if between > a.max(b) + 0.1 || (b - a).abs() < 0.1 {
        rise = 0.0;
    }
    let slope = rise / run;
    let step = defaults().beam_thickness + defaults().beam_spacing;
    let mut start = f32::MIN;
    for (_, event) in all.clone() {
        let beams = f32::from(event.value.flags().max(1));
        let least = SHORTEST + (beams - 1.0) * if beams > 2.0 { step } else { 0.35 };
        start = start.max(height(event) + least - slope * (notes::stem_x(event) - x));
    }
    // It goes over the rests between its notes.
    let most = all.clone().map(|(_, event)| event.value.flags()).max().unwrap_or(1);
    let under = defaults().beam_thickness + f32::from(most.saturating_sub(1)) * step + OVER_REST;
    for rest in part.events.get(group.from as usize..=group.to as usize).unwrap_or_default() {
        if let Some(ink) = notes::rest_bounds(part, rest) {
            let height = if up { -ink.min.y } else { ink.max.y };
            start = start.max(height + under - slope * ((ink.min.x + ink.max.x) / 2.0 - x));
        }
    }
    // It goes above the grace notes of all but its first note.
    if up {
        for (_, event) in all.clone().skip(1) {
            if let Some(tip) = notes::grace_tip(part, event) {
                let beams = f32::from(event.value.flags().max(1));
                let clear = 0.35 + defaults().beam_thickness + (beams - 1.0) * step - tip;
                start = start.max(clear - slope * (notes::stem_x(event) - x));
            }
        }
    }
    // At least one end has a stem of the usual length if that is not much more.
    let usual = (a + notes::STEM).min(b + notes::STEM - rise);
    start = start.max(usual.min(start + 0.5));
    // It reaches the middle line from both sides.
    start = start.max(0.0_f32.max(-rise));
    let sign = if up { -1.0 } else { 1.0 };
    let y = snap(sign * start);
    Some(Slant { x, y, slope: sign * slope })
}

/// The nearest place of a beam's outer edge at which no sliver of white is left beside a staff line:
/// quarters of a space.
fn snap(y: f32) -> f32 {
    if y.abs() > 2.6 { y } else { (y * 4.0).round() / 4.0 }
}

/// Draws the beams of a group.
pub(super) fn draw(canvas: &mut Canvas, part: &Part<'_>, index: u32) {
    let Some(&group) = part.beams.get(index as usize) else { return };
    let all = members(part, index, group);
    let Some((_, first)) = all.clone().next() else { return };
    let sign = first.stem.sign();
    let sizes = defaults();
    let half = sizes.stem_thickness / 2.0;
    let most = all.clone().map(|(_, event)| event.value.flags()).max().unwrap_or(0);
    let span = all.clone().last().map(|(_, last)| first.span.to(last.span));
    let slope = match all.clone().last() {
        Some((_, last)) if notes::stem_x(last) > notes::stem_x(first) + 0.1 => {
            (last.tip - first.tip) / (notes::stem_x(last) - notes::stem_x(first))
        }
        _ => 0.0,
    };
    for level in 1..=most {
        // From the beam's outer edge to the middle of this one.
        let inwards =
            sizes.beam_thickness / 2.0 + f32::from(level - 1) * (sizes.beam_thickness + sizes.beam_spacing);
        let mut stroke = |from: f32, to: f32| {
            let y = |x: f32| first.tip + slope * (x - notes::stem_x(first)) - sign * inwards;
            canvas.beam(point(from, y(from)), point(to, y(to)), sizes.beam_thickness, Role::Note, span);
        };
        // The run of notes that share this beam.
        let mut run: Option<(&Event<'_>, &Event<'_>)> = None;
        let mut before: Option<&Event<'_>> = None;
        let mut finish =
            |run: (&Event<'_>, &Event<'_>), before: Option<&Event<'_>>, after: Option<&Event<'_>>| {
                let (from, to) = (notes::stem_x(run.0), notes::stem_x(run.1));
                if to > from {
                    stroke(from - half, to + half);
                } else if points_left(run.0, before, after) {
                    let room = before.map_or(2.0, |before| from - notes::stem_x(before));
                    stroke(from - (0.5 * room).min(1.1), from + half);
                } else {
                    let room = after.map_or(2.0, |after| notes::stem_x(after) - from);
                    stroke(from - half, from + (0.5 * room).min(1.1));
                }
            };
        for (_, event) in all.clone() {
            if event.value.flags() >= level {
                run = Some((run.map_or(event, |(from, _)| from), event));
            } else {
                if let Some(run) = run.take() {
                    finish(run, before, Some(event));
                }
                before = Some(event);
            }
        }
        if let Some(run) = run {
            finish(run, before, None);
        }
    }
}

/// Whether the beam of a single note points back to the note before it: it does where the note ends a
/// beat, or has nothing after it.
fn points_left(event: &Event<'_>, before: Option<&Event<'_>>, after: Option<&Event<'_>>) -> bool {
    match (before, after) {
        (None, _) => false,
        (_, None) => true,
        (Some(before), Some(after)) => {
            if (before.value.dots > 0) != (after.value.dots > 0) {
                return before.value.dots > 0;
            }
            let place = event.time / event.length.max(1e-6);
            (place.round() as i64).rem_euclid(2) == 1
        }
    }
}
