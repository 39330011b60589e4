//! A system is drawn: places along it first, then staff by staff, then what joins the staves.

use super::bar_line::{self, Place};
use super::canvas::{self, Canvas, point, rect};
use super::curves::{self, Ends};
use super::header::Header;
use super::lines::Line;
use super::score::{MarkKind, NONE, Part, Score, What};
use super::signs::{self, BarPlace};
use super::{BarBox, Options, Rect, System, beams, clef, frame, marks, notes, tuplets, words};

/// Between the ink of two staves of a system, and between their lines at least.
const STAFF_GAP: f32 = 1.5;
const STAFF_DISTANCE: f32 = 5.0;

/// Between the ink of two systems, and between their staves at least.
const SYSTEM_GAP: f32 = 2.0;
const SYSTEM_DISTANCE: f32 = 6.5;

/// Where a system stands on the sheet.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spot {
    /// The left end of the staves.
    pub left: f32,
    /// The right end they may reach.
    pub right: f32,
    /// Where the ink above it ends, and where the staves above it end.
    pub ink: f32,
    pub staves: f32,
}

/// Draws a system; returns it.
pub(super) fn draw(
    canvas: &mut Canvas,
    score: &mut Score<'_>,
    options: &Options,
    line: &Line,
    spot: Spot,
) -> System {
    let first = line.bars.start == 0;
    let header = Header::of(score, line.bars.start, first);
    let (bars, end) = place_columns(score, line, spot.left, &header);
    let items_from = canvas.items.len();
    let ends = Ends {
        left: spot.left + header.end + 0.2,
        right: end - 0.3,
        first_bar: line.bars.start as u32,
        last_bar: line.bars.end.saturating_sub(1) as u32,
    };
    // Where each staff's middle line comes to lie, and how far its lines reach.
    let mut middles = Vec::with_capacity(score.staves.len());
    let mut extents: Vec<(f32, f32)> = Vec::with_capacity(score.staves.len());
    let (mut ink, mut lines) = (spot.ink, spot.staves);
    let courtesy = super::header::courtesy_width(score, line.bars.end);
    for staff in 0..score.staves.len() {
        let from = canvas.items.len();
        let half = score.staves[staff].half();
        canvas.begin_staff(half.max(1.0));
        draw_staff(
            canvas,
            score,
            options,
            staff,
            &bars,
            &header,
            Staves { left: spot.left, end, ends, courtesy },
        );
        let (top, bottom) = (canvas.top(0.0, f32::MAX), canvas.bottom(0.0, f32::MAX));
        let (gap, distance) =
            if staff == 0 { (SYSTEM_GAP, SYSTEM_DISTANCE) } else { (STAFF_GAP, STAFF_DISTANCE) };
        let middle = (ink + gap - top).max(lines + distance + half);
        for item in &mut canvas.items[from..] {
            canvas::shift(&mut item.ink, middle);
        }
        middles.push(middle);
        // The bar lines of a single line reach a space beyond it.
        let reach = half.max(1.0);
        extents.push((middle - reach, middle + reach));
        (ink, lines) = (middle + bottom, middle + half);
    }
    let top = middles.first().map_or(spot.ink, |&middle| middle);
    let staves = rect(
        spot.left,
        extents.first().map_or(top, |extent| extent.0),
        end,
        extents.last().map_or(top, |extent| extent.1),
    );
    draw_lines(canvas, score, &bars, &header, &staves, &middles, line);
    frame::draw_groups(canvas, score, spot.left, &extents);
    frame::draw_names(canvas, score, options, spot.left, &middles, first);
    let mut system = System {
        extent: staves,
        staves,
        items: items_from..canvas.items.len(),
        bars: bar_boxes(score, &bars, &staves),
    };
    fit(canvas, &mut system, spot, options);
    system.extent = extent(canvas, &system);
    system
}

/// The places along a system that all its staves share.
#[derive(Debug, Clone, Copy)]
struct Staves {
    left: f32,
    end: f32,
    ends: Ends,
    /// The room at the right end for what the next system changes.
    courtesy: f32,
}

/// Gives every column its place; returns the bars' and where the staves end.
fn place_columns(score: &mut Score<'_>, line: &Line, left: f32, header: &Header) -> (Vec<BarPlace>, f32) {
    let mut bars = Vec::with_capacity(line.bars.len());
    let mut x = left + header.end;
    for bar in line.bars.clone() {
        let start = x;
        let Some(place) = score.bars.get(bar) else { continue };
        let all = place.columns.clone();
        let from = if bar == line.bars.start { score.first_note(bar) } else { all.start };
        for column in &mut score.columns[all.start..from] {
            // They stand in the header.
            column.x = start;
        }
        for i in from..all.end {
            let column = score.columns[i];
            x += if i == from && from > all.start {
                score.first_rod(&column)
            } else {
                column.rod.max(column.spring * line.stretch)
            };
            score.columns[i].x = x;
        }
        if let Some(end) = score.ends.get(bar) {
            x += end.rod.max(end.spring * line.stretch);
        }
        bars.push(BarPlace { bar, left: start, right: x });
        let place = if bar + 1 == line.bars.end { Place::End } else { Place::Middle };
        x += score.boundaries.get(bar + 1).map_or(0.0, |boundary| bar_line::width(boundary.line, place));
    }
    for p in 0..score.parts.len() {
        for bar in line.bars.clone() {
            for i in 0..score.parts[p].events_of(bar).len() {
                let e = score.parts[p].events_of(bar)[i] as usize;
                let x = score.x_of(&score.parts[p].events[e]);
                score.parts[p].events[e].x = x;
            }
        }
    }
    x += super::header::courtesy_width(score, line.bars.end);
    (bars, x)
}

fn draw_staff(
    canvas: &mut Canvas,
    score: &mut Score<'_>,
    options: &Options,
    staff: usize,
    bars: &[BarPlace],
    header: &Header,
    staves: Staves,
) {
    let lines = score.staves[staff];
    let Staves { left, end, ends, courtesy } = staves;
    let first = bars.first().map_or(0, |place| place.bar);
    frame::draw_staff_lines(canvas, lines, left, end);
    frame::draw_header(canvas, score, lines.part, first, left, header);
    if courtesy > 0.0 {
        let next = bars.last().map_or(0, |place| place.bar + 1);
        frame::draw_courtesy(canvas, score, lines.part, next, end);
    }
    let on_staff: Vec<usize> = (0..score.parts.len()).filter(|&p| score.parts[p].staff == staff).collect();
    // The events of each part in this system.
    let ranges: Vec<std::ops::Range<usize>> = on_staff
        .iter()
        .map(|&p| {
            let part = &score.parts[p];
            let place = |bar: Option<&BarPlace>| bar.and_then(|place| part.bars.get(place.bar));
            let from = place(bars.first()).map_or(part.order.len(), |bar| bar.events.start as usize);
            let to = bars.iter().rev().find_map(|place| part.bars.get(place.bar));
            from..to.map_or(from, |bar| bar.events.end as usize).max(from)
        })
        .collect();
    for (&p, range) in on_staff.iter().zip(&ranges) {
        place_stems(score, p, range.clone());
    }
    for (&p, range) in on_staff.iter().zip(&ranges) {
        draw_notes(canvas, score, p, range.clone(), bars, lines.half(), first);
    }
    for (&p, range) in on_staff.iter().zip(&ranges) {
        let part = &score.parts[p];
        let indices = &part.order[range.clone()];
        let events = || indices.iter().filter_map(|&e| part.event(e));
        curves::draw_ties(canvas, part, ends, indices);
        if let Some(&first) = indices.first() {
            curves::draw_tie_ends(canvas, part, ends, first);
        }
        curves::draw_ending_ties(canvas, part, ends);
        events().for_each(|event| marks::draw_articulations(canvas, part, event));
        curves::draw_slurs(canvas, part, ends);
        tuplets::draw(canvas, part, ends);
        events().for_each(|event| marks::draw_ornaments(canvas, part, event));
        marks::draw_dynamics(canvas, part, ends, indices);
        if options.annotations {
            events().for_each(|event| words::draw_annotations(canvas, part, event, end));
        }
        if options.chords {
            words::draw_chords(canvas, part, indices);
        }
        if options.lyrics {
            words::draw_lyrics(canvas, part, ends);
        }
    }
    if staff == 0 {
        signs::draw_endings(canvas, score, bars);
        draw_line_marks(canvas, score, bars, end);
        signs::draw_bar_numbers(canvas, score, options, bars, left);
        signs::draw_labels(canvas, score, options, bars, left);
        if first == 0
            && options.heading
            && let Some(tempo) = &score.tune.tempo
        {
            let span = score.tune.fields.iter().rev().find(|field| field.letter == 'Q').map(|f| f.span);
            let y = canvas.top(left, left + signs::tempo_width(tempo)) - 0.9;
            signs::draw_tempo(canvas, tempo, left, y.min(-3.4), span);
        }
    }
}

/// Finds the ends of all stems.
fn place_stems(score: &mut Score<'_>, p: usize, range: std::ops::Range<usize>) {
    let part = &mut score.parts[p];
    for i in range {
        let e = part.order[i];
        let event = &part.events[e as usize];
        if event.what != What::Chord || !event.value.has_stem() {
            continue;
        }
        if event.beam == NONE {
            let tip = notes::tip(part, event);
            part.events[e as usize].tip = tip;
        } else if part.beams.get(event.beam as usize).is_some_and(|beam| beam.from == e) {
            let beam = event.beam;
            beams::place(part, beam);
        }
    }
}

fn draw_notes(
    canvas: &mut Canvas,
    score: &Score<'_>,
    p: usize,
    range: std::ops::Range<usize>,
    bars: &[BarPlace],
    half: f32,
    first: usize,
) {
    let part = &score.parts[p];
    let skipped = score.first_note(first);
    for &e in &part.order[range] {
        let Some(event) = part.event(e) else { continue };
        let bar = part.bars.get(event.bar as usize);
        match &event.what {
            What::Chord => {
                notes::draw_chord(canvas, part, event, half);
                if part.beams.get(event.beam as usize).is_some_and(|beam| beam.from == e) {
                    beams::draw(canvas, part, event.beam);
                }
            }
            What::Rest { .. } => notes::draw_rest(canvas, part, event, half),
            What::BarsRest { visible: true, .. } => {
                if let Some(place) = bars.iter().find(|place| place.bar == event.bar as usize) {
                    notes::draw_bars_rest(canvas, part, event, (place.left, place.right), half);
                }
            }
            What::BarsRest { .. } | What::Room(_) => notes::keep_room(canvas, event),
            What::Clef(_) | What::Key { .. } | What::Metre(_) => {
                // At the start of a system they stand in its header.
                if event.bar as usize != first || event.column as usize >= skipped {
                    frame::draw_change(canvas, event, bar.map_or(clef::TREBLE, |bar| bar.clef));
                }
            }
        }
    }
}

/// Decorations of bar lines: segno, fine, and so on.
fn draw_line_marks(canvas: &mut Canvas, score: &Score<'_>, bars: &[BarPlace], end: f32) {
    for (p, part) in score.parts.iter().enumerate() {
        let first = bars.first().map_or(0, |place| place.bar as u32);
        let start = part.line_marks.partition_point(|&(bar, _)| bar < first);
        let last = bars.last().map_or(0, |place| place.bar as u32 + 1);
        for (bar, mark) in part.line_marks.iter().skip(start).take_while(|(bar, _)| *bar <= last) {
            let MarkKind::Decoration(decoration) = mark.kind else { continue };
            // Every voice may say the same; the line has it once.
            let said = |part: &Part<'_>| {
                let start = part.line_marks.partition_point(|(other, _)| other < bar);
                let here = part.line_marks[start..].iter().take_while(|(other, _)| other == bar);
                here.into_iter().any(|(_, other)| other.kind == mark.kind)
            };
            if score.parts[..p].iter().any(said) {
                continue;
            }
            let at_end = bars.iter().find(|place| place.bar + 1 == *bar as usize).map(|place| place.right);
            let at_start = bars.first().filter(|place| place.bar == 0 && *bar == 0).map(|place| place.left);
            if let Some(x) = at_end.or(at_start) {
                marks::draw_line_mark(canvas, decoration, x, end, mark.span);
            }
        }
    }
}

/// Draws the bar lines through all staves.
fn draw_lines(
    canvas: &mut Canvas,
    score: &Score<'_>,
    bars: &[BarPlace],
    header: &Header,
    staves: &Rect,
    middles: &[f32],
    line: &Line,
) {
    let height = (staves.min.y, staves.max.y);
    if let Some(boundary) = score.boundaries.get(line.bars.start) {
        let x = staves.min.x + header.line;
        frame::draw_bar_line(canvas, boundary, Place::Start, x, height, middles);
    }
    for place in bars {
        let at = if place.bar + 1 == line.bars.end { Place::End } else { Place::Middle };
        if let Some(boundary) = score.boundaries.get(place.bar + 1) {
            frame::draw_bar_line(canvas, boundary, at, place.right, height, middles);
        }
    }
}

fn bar_boxes(score: &Score<'_>, bars: &[BarPlace], staves: &Rect) -> Vec<BarBox> {
    let boxes = bars.iter().filter_map(|place| {
        let bar = score.bars.get(place.bar)?;
        let extent = rect(place.left, staves.min.y, place.right, staves.max.y);
        Some(BarBox { number: bar.number, extent, span: bar.span })
    });
    boxes.collect()
}

/// Makes a system that is too wide for the sheet smaller.
fn fit(canvas: &mut Canvas, system: &mut System, spot: Spot, options: &Options) {
    let extent = extent(canvas, system);
    let most = options.width;
    let over = extent.max.x;
    if over <= most + 1e-3 && system.staves.max.x <= spot.right + 0.05 {
        return;
    }
    let left = spot.left.min(extent.min.x.max(0.0));
    let by_ink = (most - left) / (over - left).max(1e-3);
    let by_staves = (spot.right - left) / (system.staves.max.x - left).max(1e-3);
    let factor = by_ink.min(by_staves).clamp(0.001, 1.0);
    let around = point(left, extent.min.y);
    for item in &mut canvas.items[system.items.clone()] {
        canvas::scale(&mut item.ink, around, factor);
    }
    let scaled = |r: Rect| {
        let scale = |p: super::Point| {
            point(around.x + (p.x - around.x) * factor, around.y + (p.y - around.y) * factor)
        };
        Rect { min: scale(r.min), max: scale(r.max) }
    };
    system.staves = scaled(system.staves);
    system.bars.iter_mut().for_each(|bar| bar.extent = scaled(bar.extent));
}

/// Everything a system draws.
fn extent(canvas: &Canvas, system: &System) -> Rect {
    let items = canvas.items[system.items.clone()].iter();
    items.fold(system.staves, |extent, item| extent.with(item.ink.bounds()))
}
