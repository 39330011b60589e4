//! What frames the notes of a system: staff lines, signs at its left, bar lines, brackets.

use super::bar_line::{self, Place, Stroke};
use super::canvas::{Canvas, point};
use super::header::{self, Header};
use super::score::{Boundary, Event, Group, Part, Score, Signature, StaffLines, What};
use super::smufl::{Sign, defaults};
use super::{Align, Face, Ink, Options, Role, clef, signature, text};
use crate::abc::{Clef, Span};
use crate::music::Metre;

/// Draws the lines of a staff.
pub(super) fn draw_staff_lines(canvas: &mut Canvas, staff: StaffLines, left: f32, right: f32) {
    for i in 0..staff.lines {
        let y = staff.half() - f32::from(i);
        let (from, to) = (point(left, y), point(right, y));
        let ink = Ink::Line { from, to, thickness: defaults().staff_line_thickness, dash: None };
        canvas.push(ink, Role::StaffLine, None);
    }
}

/// Draws clef, key and metre at the left end of a staff that begins at `left`.
pub(super) fn draw_header(
    canvas: &mut Canvas,
    score: &Score<'_>,
    part: usize,
    bar: usize,
    left: f32,
    header: &Header,
) {
    let part = &score.parts[part];
    let Some(place) = part.bars.get(bar) else { return };
    let spans = header_spans(score, part, bar);
    draw_clef(canvas, place.clef, left + header.clef, false, spans[0]);
    draw_key(canvas, &place.signature, &[None; 7], place.clef, left + header.key, spans[1]);
    if let Some(metre) = header.metre {
        draw_metre(canvas, place.metre, left + metre, spans[2]);
    }
}

/// The bytes of clef, key and metre at the left end of a system: of the tune's header, or of a change with
/// the system's first bar. Elsewhere they only repeat what was said before.
fn header_spans(score: &Score<'_>, part: &Part<'_>, bar: usize) -> [Option<Span>; 3] {
    let mut spans = [None; 3];
    if bar == 0 {
        for field in &score.tune.fields {
            match field.letter {
                'K' => spans = [Some(field.span), Some(field.span), spans[2]],
                'M' => spans[2] = Some(field.span),
                _ => {}
            }
        }
    }
    let skipped = score.first_note(bar);
    let events = part.events_of(bar).iter().filter_map(|&e| part.event(e));
    for event in events.filter(|event| (event.column as usize) < skipped) {
        if let Some(span) = spans.get_mut(usize::from(event.what.rank())) {
            *span = Some(event.span);
        }
    }
    spans
}

/// Draws what the next system changes at the end of this one.
pub(super) fn draw_courtesy(canvas: &mut Canvas, score: &Score<'_>, part: usize, bar: usize, right: f32) {
    let (key, metre) = header::courtesy(score, part, bar);
    let Some(clef) = score.parts[part].bars.get(bar).map(|bar| bar.clef) else { return };
    let (keys, metres) = header::courtesy_widths(score, bar);
    if let Some(metre) = metre {
        draw_metre(canvas, metre, right - metres, None);
    }
    if let Some((signature, cancelled)) = key {
        let metres = if metres > 0.0 { metres + header::COURTESY_GAP } else { 0.0 };
        draw_key(canvas, &signature, &cancelled, clef, right - metres - keys, None);
    }
}

/// Draws a clef, key or metre within a line.
pub(super) fn draw_change(canvas: &mut Canvas, event: &Event<'_>, clef: Clef) {
    let span = Some(event.span);
    match &event.what {
        What::Clef(clef) => draw_clef(canvas, *clef, event.x, true, span),
        What::Key { cancelled, signature } => draw_key(canvas, signature, cancelled, clef, event.x, span),
        What::Metre(metre) => draw_metre(canvas, metre, event.x, span),
        _ => {}
    }
}

fn draw_clef(canvas: &mut Canvas, clef: Clef, x: f32, small: bool, span: Option<Span>) {
    if let Some((sign, scale, position)) = clef::sign(clef, small) {
        canvas.sign(sign, point(x, -0.5 * position as f32), scale, Role::Signature, span);
    }
}

fn draw_key(
    canvas: &mut Canvas,
    signature: &Signature,
    cancelled: &Signature,
    clef: Clef,
    x: f32,
    span: Option<Span>,
) {
    signature::each_key_sign(signature, cancelled, clef, |sign, dx, position| {
        canvas.sign(sign, point(x + dx, -0.5 * position as f32), 1.0, Role::Signature, span);
    });
}

fn draw_metre(canvas: &mut Canvas, metre: &Metre, x: f32, span: Option<Span>) {
    signature::each_metre_sign(metre, |sign, dx, position| {
        canvas.sign(sign, point(x + dx, -0.5 * position as f32), 1.0, Role::Signature, span);
    });
}

/// Draws a bar line from `top` to `bottom` with its left edge at `x`; the dots of repeats go to every
/// staff, whose middle lines are at `middles`.
pub(super) fn draw_bar_line(
    canvas: &mut Canvas,
    boundary: &Boundary,
    place: Place,
    x: f32,
    (top, bottom): (f32, f32),
    middles: &[f32],
) {
    let span = boundary.span;
    bar_line::each_stroke(boundary.line, place, |stroke, dx, width| {
        let x = x + dx;
        match stroke {
            Stroke::Dots => {
                for middle in middles {
                    for y in [middle - 0.5, middle + 0.5] {
                        let ink = Ink::Glyph { code: Sign::RepeatDot.code(), at: point(x, y), scale: 1.0 };
                        canvas.push(ink, Role::BarLine, span);
                    }
                }
            }
            Stroke::Thin | Stroke::Thick | Stroke::Dashed => {
                let (from, to) = (point(x + width / 2.0, top), point(x + width / 2.0, bottom));
                let dash = (stroke == Stroke::Dashed)
                    .then(|| (defaults().dashed_barline_dash_length, defaults().dashed_barline_gap_length));
                canvas.push(Ink::Line { from, to, thickness: width, dash }, Role::BarLine, span);
            }
        }
    });
}

/// The room left of the staves for braces and brackets.
pub(super) fn group_room(score: &Score<'_>) -> f32 {
    let deepest = score.groups.iter().map(|group| depth(score, group)).max();
    deepest.map_or(0.0, |deepest| 1.6 + GROUP_STEP * deepest as f32)
}

/// How much further left a group stands than one within it.
const GROUP_STEP: f32 = 1.1;

/// How many groups there are within a group, one in the other.
fn depth(score: &Score<'_>, group: &Group) -> usize {
    let within = |other: &&Group| {
        *other != group && group.staves.start <= other.staves.start && other.staves.end <= group.staves.end
    };
    score.groups.iter().filter(within).count().min(4)
}

/// Draws the line, braces and brackets that join the staves of a system at their left.
pub(super) fn draw_groups(canvas: &mut Canvas, score: &Score<'_>, left: f32, extents: &[(f32, f32)]) {
    if let (Some(first), Some(last)) = (extents.first(), extents.last())
        && extents.len() > 1
    {
        let thickness = defaults().thin_barline_thickness;
        let (from, to) = (point(left, first.0), point(left, last.1));
        canvas.push(Ink::Line { from, to, thickness, dash: None }, Role::BarLine, None);
    }
    for group in &score.groups {
        let (Some(first), Some(last)) =
            (extents.get(group.staves.start), extents.get(group.staves.end.saturating_sub(1)))
        else {
            continue;
        };
        let (top, bottom) = (first.0, last.1);
        let left = left - GROUP_STEP * depth(score, group) as f32;
        if group.brace {
            // The sign is 4 spaces high; drawn larger it gets wider too, and is put that far left.
            let scale = (bottom - top) / 4.0;
            let width = Sign::Brace.width() * scale;
            let at = point(left - 0.25 - width, bottom);
            canvas.push(Ink::Glyph { code: Sign::Brace.code(), at, scale }, Role::BarLine, None);
        } else {
            let thickness = defaults().bracket_thickness;
            let x = left - 0.9;
            let (from, to) = (point(x, top - 0.3), point(x, bottom + 0.3));
            canvas.push(Ink::Line { from, to, thickness, dash: None }, Role::BarLine, None);
            for (sign, y) in [(Sign::BracketTop, top - 0.3), (Sign::BracketBottom, bottom + 0.3)] {
                let at = point(x - thickness / 2.0, y);
                canvas.push(Ink::Glyph { code: sign.code(), at, scale: 1.0 }, Role::BarLine, None);
            }
        }
    }
}

/// The size of voices' names, and the room between them and what is right of them.
const NAME_SIZE: f32 = 2.0;
const NAME_GAP: f32 = 0.7;

/// The name of a staff: of its first voice with one, the short one after the first system.
fn name<'t>(score: &Score<'t>, staff: usize, first: bool) -> Option<&'t str> {
    let voices = score.parts.iter().filter(|part| part.staff == staff).map(|part| part.voice);
    let mut names =
        voices.filter_map(|voice| if first { voice.name.as_deref() } else { voice.subname.as_deref() });
    names.find(|name| !name.is_empty())
}

/// The room left of the staves for the names of voices.
pub(super) fn names_room(score: &Score<'_>, options: &Options, first: bool) -> f32 {
    let names = (0..score.staves.len()).filter_map(|staff| name(score, staff, first));
    let widest = names.map(|name| text::width(name, Face::Roman, NAME_SIZE)).fold(0.0, f32::max);
    if widest == 0.0 { 0.0 } else { (widest + NAME_GAP).min(options.width / 4.0) }
}

/// Draws the names of voices left of their staves.
pub(super) fn draw_names(
    canvas: &mut Canvas,
    score: &Score<'_>,
    options: &Options,
    left: f32,
    middles: &[f32],
    first: bool,
) {
    let room = names_room(score, options, first) - NAME_GAP;
    for (staff, &middle) in middles.iter().enumerate() {
        let Some(name) = name(score, staff, first) else { continue };
        let width = text::width(name, Face::Roman, NAME_SIZE);
        let size = if width > room { NAME_SIZE * (room / width).max(0.1) } else { NAME_SIZE };
        let at = point(left - group_room(score) - NAME_GAP, middle + 0.3 * size);
        let ink = Ink::Text { text: name.to_owned(), at, align: Align::Right, face: Face::Roman, size };
        canvas.push(ink, Role::Words, None);
    }
}
