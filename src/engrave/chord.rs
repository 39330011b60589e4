//! How heads, accidentals, dots and grace notes of one moment in a staff stand to each other.

use super::score::{Event, Head, MarkKind, NONE, Part, Stem, What};
use super::signature::accidental as accidental_sign;
use super::smufl::{Sign, defaults};
use super::{Face, text};
use crate::abc::Decoration;
use crate::abc::element::Place;

/// From a head to its accidental, between accidentals, and from a head to its dot.
const ACCIDENTAL_GAP: f32 = 0.2;
const ACCIDENTAL_COLUMN_GAP: f32 = 0.1;
pub(super) const DOT_GAP: f32 = 0.35;

/// So many voices in a staff make way for each other, and so many accidentals at one moment; of more
/// nothing could be read.
const VOICES: usize = 8;
const ACCIDENTALS: usize = 128;

/// Grace notes are drawn at this size.
pub(super) const GRACE_SCALE: f32 = 0.62;

/// From one grace note's head to the next, and from the last to the note.
const GRACE_STEP: f32 = 1.35;
const GRACE_GAP: f32 = 0.5;

/// More room than usual before the first, so that it does not seem to belong to the note before.
const BEFORE_GRACE: f32 = 0.3;

/// The size of annotations.
pub(super) const ANNOTATION_SIZE: f32 = 2.0;

/// Left free on both sides of an annotation beside a note.
pub(super) const BESIDE_ANNOTATION: f32 = 0.5;

/// An accidental on its way to its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Loose {
    part: usize,
    head: u32,
    /// From its event to the first event of the moment.
    dx: f32,
    top: f32,
    bottom: f32,
    width: f32,
    /// Once placed: its left edge.
    left: f32,
}

/// Places what sounds at one moment in one staff: `events` are pairs of a part and one of its events.
/// `loose` is room to work in.
pub(super) fn arrange(parts: &mut [Part<'_>], events: &[(usize, u32)], loose: &mut Vec<Loose>) {
    loose.clear();
    for (i, &(p, e)) in events.iter().enumerate() {
        seconds(&mut parts[p], e as usize);
        if i > 0 {
            let dx = out_of_the_way(parts, &events[i.saturating_sub(VOICES)..i], (p, e));
            parts[p].events[e as usize].dx = dx;
        }
    }
    for &(p, e) in events {
        gather_accidentals(&parts[p], p, e as usize, loose);
    }
    if !loose.is_empty() {
        place_accidentals(parts, events, loose);
    }
    for &(p, e) in events {
        extents(&mut parts[p], e as usize);
    }
    if events.iter().any(|&(p, e)| parts[p].events[e as usize].dx > 0.0) {
        align_dots(parts, events);
    }
}

/// Where one voice has made way for another, the dots of both stand right of both.
fn align_dots(parts: &mut [Part<'_>], events: &[(usize, u32)]) {
    let heads = events.iter().map(|&(p, e)| {
        let event = &parts[p].events[e as usize];
        event.dx + parts[p].heads_of(event).iter().map(|head| head.dx).fold(0.0, f32::max) + head_width(event)
    });
    let right = heads.fold(0.0, f32::max) + DOT_GAP;
    for &(p, e) in events {
        let event = &mut parts[p].events[e as usize];
        if event.value.dots > 0 && event.what == What::Chord {
            event.dot_x = event.dot_x.max(right - event.dx);
            event.right = event.right.max(event.dot_x + dots_width(event.value.dots));
        }
    }
}

/// The width of a chord's heads.
pub(super) fn head_width(event: &Event<'_>) -> f32 {
    event.value.head().width()
}

/// Moves every second head of neighbouring notes to the stem's other side.
fn seconds(part: &mut Part<'_>, e: usize) {
    let event = &part.events[e];
    let step = head_width(event) - if event.value.has_stem() { defaults().stem_thickness } else { 0.0 };
    let heads = event.heads.start as usize..event.heads.end as usize;
    stagger(part.heads.get_mut(heads).unwrap_or_default(), event.stem, step);
}

/// The same for the heads of a chord, a head being `step` wide.
fn stagger(heads: &mut [Head], stem: Stem, step: f32) {
    if heads.len() < 2 {
        return;
    }
    let up = stem == Stem::Up;
    // From the stem's far end: the first head stands on its own side.
    heads.sort_by_key(|head| if up { head.position } else { -head.position });
    // The last head on the stem's own side, and on the other.
    let (mut own, mut other): (Option<i32>, Option<i32>) = (None, None);
    for head in heads {
        let clear = |last: Option<i32>| last.is_none_or(|last| (head.position - last).abs() > 1);
        let side = if up { 1.0 } else { -1.0 };
        head.dx = if clear(own) {
            own = Some(head.position);
            0.0
        } else if clear(other) {
            other = Some(head.position);
            side * step
        } else {
            // A note said twice, beside its neighbour.
            -side * step
        };
    }
}

/// How far an event of a second voice moves to the right so that its heads clear those of the first.
fn out_of_the_way(parts: &[Part<'_>], before: &[(usize, u32)], (p, e): (usize, u32)) -> f32 {
    let part = &parts[p];
    let event = &part.events[e as usize];
    if event.what != What::Chord {
        return 0.0;
    }
    let mut dx: f32 = 0.0;
    for &(q, f) in before {
        let other = &parts[q].events[f as usize];
        if other.what != What::Chord {
            continue;
        }
        let (heads, others) = (part.heads_of(event), parts[q].heads_of(other));
        let closest = heads
            .iter()
            .flat_map(|head| others.iter().map(move |other| (head.position - other.position).abs()))
            .min();
        let same = event.value.head() == other.value.head() && event.value.dots == other.value.dots;
        let (high, low) = part.reach(event);
        let (other_high, other_low) = parts[q].reach(other);
        let crossed = if other.stem == Stem::Up { high > other_low } else { low < other_high };
        dx = dx.max(match closest {
            Some(0) if same && heads.len() == 1 && others.len() == 1 && other.stem != event.stem => 0.0,
            Some(0 | 1) => head_width(other) + 0.1,
            _ if crossed => head_width(other) + 0.3,
            _ => 0.0,
        });
    }
    dx
}

fn gather_accidentals(part: &Part<'_>, p: usize, e: usize, loose: &mut Vec<Loose>) {
    let event = &part.events[e];
    for (i, head) in part.heads_of(event).iter().enumerate() {
        let Some(accidental) = head.accidental else { continue };
        let sign = accidental_sign(accidental);
        let bounds = sign.bounds();
        let brackets =
            if head.cautionary { Sign::ParenLeft.width() + Sign::ParenRight.width() + 0.1 } else { 0.0 };
        loose.push(Loose {
            part: p,
            head: event.heads.start + i as u32,
            dx: event.dx,
            top: head.y() + bounds.min.y,
            bottom: head.y() + bounds.max.y,
            width: bounds.max.x + brackets,
            left: 0.0,
        });
    }
}

/// From the outer ones inwards, each as near to the heads as the ones already placed allow.
fn place_accidentals(parts: &mut [Part<'_>], events: &[(usize, u32)], loose: &mut [Loose]) {
    loose.sort_by(|a, b| a.top.total_cmp(&b.top));
    let count = loose.len().min(ACCIDENTALS);
    for one in &mut loose[count..] {
        one.left = -ACCIDENTAL_GAP - one.width;
    }
    for i in 0..count {
        // First, last, second, last but one, and so on.
        let at = if i % 2 == 0 { i / 2 } else { count - 1 - i / 2 };
        let mut right = -ACCIDENTAL_GAP;
        for &(p, e) in events {
            let event = &parts[p].events[e as usize];
            for head in parts[p].heads_of(event) {
                let (top, bottom) = (head.y() - 0.5, head.y() + 0.5);
                if top < loose[at].bottom && bottom > loose[at].top {
                    let ledger = if head.position.abs() >= 6 { LEDGER_CLEARANCE } else { 0.0 };
                    right = right.min(event.dx + head.dx - ACCIDENTAL_GAP - ledger);
                }
            }
        }
        // Each round it moves left of at least one of the others, so this ends.
        let clear = |right: f32| {
            let hit = (0..i).map(|j| if j % 2 == 0 { j / 2 } else { count - 1 - j / 2 }).find(|&j| {
                let other = &loose[j];
                other.top - 0.1 < loose[at].bottom
                    && other.bottom + 0.1 > loose[at].top
                    && right > other.left - ACCIDENTAL_COLUMN_GAP + 1e-3
                    && right - loose[at].width < other.left + other.width + ACCIDENTAL_COLUMN_GAP - 1e-3
            });
            hit.map(|j| loose[j].left - ACCIDENTAL_COLUMN_GAP)
        };
        let mut rounds = 0;
        while let Some(further) = clear(right)
            && rounds <= count
        {
            right = further;
            rounds += 1;
        }
        loose[at].left = right - loose[at].width;
    }
    for one in loose {
        if let Some(head) = parts[one.part].heads.get_mut(one.head as usize) {
            head.accidental_dx = one.left - one.dx;
        }
    }
}

/// How far a ledger line reaches beyond a head, with room to the next thing.
const LEDGER_CLEARANCE: f32 = 0.25;

/// How far an event's ink reaches to both sides of its own place, and where its dots stand.
fn extents(part: &mut Part<'_>, e: usize) {
    let (mut left, mut right, mut dot_x) = (0.0_f32, 0.0_f32, 0.0);
    let event = &part.events[e];
    match &event.what {
        What::Chord => {
            let width = head_width(event);
            let mut ledger = false;
            for head in part.heads_of(event) {
                left = left.max(-head.dx);
                right = right.max(head.dx + width);
                if head.accidental.is_some() {
                    left = left.max(-head.accidental_dx);
                }
                ledger |= head.position.abs() >= 6;
            }
            if ledger {
                let extension = defaults().leger_line_extension;
                left = left.max(extension);
                right += extension;
            }
            dot_x = right - if ledger { defaults().leger_line_extension } else { 0.0 } + DOT_GAP;
            if event.beam == NONE
                && event.stem == Stem::Up
                && let Some(flag) = flag(event.value.flags(), Stem::Up)
            {
                right = right.max(width + flag.width());
                let (_, low) = part.reach(event);
                // Under the flag's end there is room for a dot only if the stem is long.
                if event.value.dots > 0 && (low <= -8 || event.value.flags() > 1) {
                    dot_x = dot_x.max(width + flag.width() + 0.1);
                }
            }
        }
        What::Rest { visible: true } => {
            right = rest(event.value.log).width();
            dot_x = right + DOT_GAP;
        }
        What::Rest { .. } => right = 1.0,
        What::BarsRest { bars, visible } => {
            right = match (visible, bars) {
                (true, 2..) => 9.0,
                _ => 3.0,
            }
        }
        What::Room(width) => right = *width,
        What::Clef(_) | What::Key { .. } | What::Metre(_) => {}
    }
    if event.value.dots > 0 && matches!(event.what, What::Chord | What::Rest { visible: true }) {
        right = right.max(dot_x + dots_width(event.value.dots));
    }
    for mark in part.marks_of(event) {
        match mark.kind {
            MarkKind::Decoration(Decoration::Arpeggio) => {
                left += 0.3 + Sign::WiggleArpeggio.bounds().max.y - Sign::WiggleArpeggio.bounds().min.y;
            }
            MarkKind::Decoration(Decoration::Slide) => left += 1.3,
            MarkKind::Annotation(annotation) => {
                let width =
                    text::width(&annotation.text, Face::Italic, ANNOTATION_SIZE) + 2.0 * BESIDE_ANNOTATION;
                match annotation.place {
                    Place::Left => left += width,
                    Place::Right => right += width,
                    Place::Above | Place::Below | Place::Free => {}
                }
            }
            _ => {}
        }
    }
    let grace = event.grace;
    if let Some(group) = part.graces.get(grace as usize) {
        let heads = part.heads.get_mut(group.heads.start as usize..group.heads.end as usize);
        let heads = heads.unwrap_or_default();
        let step = (Sign::HeadBlack.width() - defaults().stem_thickness) * GRACE_SCALE;
        heads.chunk_by_mut(|_, next| next.joined).for_each(|chord| stagger(chord, Stem::Up, step));
        let width = grace_width(heads)
            + if group.flags > 0 && grace_chords(heads).nth(1).is_none() { 0.35 } else { 0.0 };
        left += GRACE_GAP + width;
        part.graces[grace as usize].x = -left;
        left += BEFORE_GRACE;
    }
    let event = &mut part.events[e];
    (event.left, event.right, event.dot_x) = (left, right, dot_x);
}

/// The width of so many dots.
pub(super) fn dots_width(dots: u8) -> f32 {
    f32::from(dots) * 0.65 - 0.25
}

/// Grace notes one after another, each with what sounds with it.
pub(super) fn grace_chords(heads: &[Head]) -> impl Iterator<Item = &[Head]> {
    heads.chunk_by(|_, next| next.joined)
}

/// How far a grace note's accidental moves it to the right.
pub(super) fn grace_accidental(head: &Head) -> f32 {
    head.accidental.map_or(0.0, |accidental| (accidental_sign(accidental).width() + 0.15) * GRACE_SCALE)
}

/// From one grace note or chord to the next.
pub(super) fn grace_step(chord: &[Head]) -> f32 {
    GRACE_STEP + chord.iter().map(|head| head.dx).fold(0.0, f32::max)
}

fn grace_width(heads: &[Head]) -> f32 {
    let steps: f32 = grace_chords(heads).map(grace_step).sum();
    steps - GRACE_STEP
        + heads.iter().map(grace_accidental).sum::<f32>()
        + Sign::HeadBlack.width() * GRACE_SCALE
}

/// The flag for so many strokes.
pub(super) fn flag(flags: u8, stem: Stem) -> Option<Sign> {
    Some(match (flags, stem) {
        (0, _) => return None,
        (1, Stem::Up) => Sign::Flag8thUp,
        (1, Stem::Down) => Sign::Flag8thDown,
        (2, Stem::Up) => Sign::Flag16thUp,
        (2, Stem::Down) => Sign::Flag16thDown,
        (3, Stem::Up) => Sign::Flag32ndUp,
        (3, Stem::Down) => Sign::Flag32ndDown,
        (4, Stem::Up) => Sign::Flag64thUp,
        (4, Stem::Down) => Sign::Flag64thDown,
        (5, Stem::Up) => Sign::Flag128thUp,
        (5, Stem::Down) => Sign::Flag128thDown,
        (6.., Stem::Up) => Sign::Flag256thUp,
        (6.., Stem::Down) => Sign::Flag256thDown,
    })
}

/// The sign of a rest.
pub(super) fn rest(log: i8) -> Sign {
    match log {
        ..=-1 => Sign::RestDoubleWhole,
        0 => Sign::RestWhole,
        1 => Sign::RestHalf,
        2 => Sign::RestQuarter,
        3 => Sign::Rest8th,
        4 => Sign::Rest16th,
        5 => Sign::Rest32nd,
        6 => Sign::Rest64th,
        7.. => Sign::Rest128th,
    }
}
