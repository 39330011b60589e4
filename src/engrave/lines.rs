//! Which bars make a system, and how far each is stretched.

use std::ops::Range;

use super::bar_line::{self, Place};
use super::header::Header;
use super::score::{Event, Score};
use super::{Breaks, Options};

/// How far springs may be pressed together before a line counts as too long.
const TIGHTEST: f32 = 0.78;

/// How far springs are stretched in a line that looks best.
const BEST: f32 = 1.2;

/// A line is not stretched further than this, nor the last one further than the second.
const MOST: f32 = 4.0;
const MOST_LAST: f32 = 1.9;

/// A system to be.
#[derive(Debug, Clone)]
pub(super) struct Line {
    pub bars: Range<usize>,
    /// How far springs are stretched.
    pub stretch: f32,
    /// How wide it comes out, from its left margin.
    pub width: f32,
}

/// What a bar needs, with the bar line behind it.
#[derive(Debug, Clone, Copy, Default)]
struct Need {
    /// With springs pressed together as far as they may be.
    tight: f32,
    /// With springs as they are.
    natural: f32,
}

/// Puts the bars into lines as wide as `room` says, the first of them and the others.
pub(super) fn break_lines(score: &Score<'_>, options: &Options, room: (f32, f32)) -> Vec<Line> {
    let width = |bar: usize| if bar == 0 { room.0 } else { room.1 };
    let needs: Vec<Need> = (0..score.bars.len()).map(|bar| need(score, bar)).collect();
    let mut lines = Vec::new();
    let mut from = 0;
    for to in segment_ends(score, options) {
        if to > from {
            let fit = options.breaks == Breaks::Fit;
            best_lines(score, &needs, from..to, &width, fit, &mut lines);
            from = to;
        }
    }
    let mut done: Vec<Line> = Vec::with_capacity(lines.len());
    for (i, bars) in lines.iter().enumerate() {
        let last = i + 1 == lines.len();
        let mut line = justify(score, bars.clone(), width(bars.start));
        let mut most = MOST;
        if last && !options.stretch_last {
            let others: f32 = done.iter().map(|line| line.stretch).sum::<f32>() / done.len().max(1) as f32;
            most =
                if done.is_empty() { MOST_LAST } else { (others * 1.15).clamp(BEST, MOST_LAST.max(others)) };
        }
        if line.stretch > most {
            line.stretch = most;
            line.width = length(score, bars.clone(), most);
        }
        done.push(line);
    }
    done
}

/// Where bars that are wider than any line have to be broken: the events before which a new line may
/// begin. Only in a tune of one voice without overlays; elsewhere such bars are drawn smaller.
pub(super) fn splits(score: &Score<'_>, width: f32) -> Vec<u32> {
    let [part] = &score.parts[..] else { return Vec::new() };
    let mut splits = Vec::new();
    for bar in 0..score.bars.len() {
        let room = width - Header::of(score, bar, bar == 0).end;
        if need(score, bar).tight <= room || part.bars.get(bar).is_none_or(|bar| bar.layered) || room < 4.0 {
            continue;
        }
        let mut used = 0.0;
        // The last place at which no beam or tuplet is broken, and the room used up to there.
        let mut gap: Option<(u32, f32)> = None;
        // The last event of the beams so far.
        let mut beamed = 0;
        let mut before: Option<&Event<'_>> = None;
        for &e in part.events_of(bar) {
            let Some((event, column)) =
                part.event(e).and_then(|event| Some((event, score.columns.get(event.column as usize)?)))
            else {
                continue;
            };
            let wide = column.rod.max(column.spring * TIGHTEST);
            if before.is_some() && e > beamed && !part.in_tuplet(e) && !event.what.is_change() {
                gap = Some((e, used));
            }
            if used + wide + column.right + 1.0 > room && before.is_some() {
                let (split, at) = gap.take().unwrap_or((e, used));
                splits.push(split);
                used -= at;
            }
            used += wide;
            beamed = beamed.max(part.beams.get(event.beam as usize).map_or(0, |beam| beam.to));
            before = Some(event);
        }
    }
    splits
}

/// Where lines must end: the bars after.
fn segment_ends(score: &Score<'_>, options: &Options) -> Vec<usize> {
    let count = score.bars.len();
    let mut ends = Vec::new();
    match options.breaks {
        Breaks::Text => {
            ends.extend((1..count).filter(|&bar| score.boundaries.get(bar).is_some_and(|line| line.breaks)));
        }
        Breaks::Bars(most) => {
            let mut counted = 0;
            for (i, bar) in score.bars.iter().enumerate() {
                let counts = bar.label.is_some_and(|label| label > 0);
                if counts && counted >= usize::from(most.max(1)) {
                    ends.push(i);
                    counted = 0;
                }
                counted += usize::from(counts);
            }
        }
        Breaks::Fit => {}
    }
    ends.push(count);
    ends
}

fn need(score: &Score<'_>, bar: usize) -> Need {
    let Some(place) = score.bars.get(bar) else { return Need::default() };
    let columns = score.columns[place.columns.clone()].iter().chain(score.ends.get(bar));
    let mut need = Need::default();
    for column in columns {
        need.tight += column.rod.max(column.spring * TIGHTEST);
        need.natural += column.rod.max(column.spring);
    }
    let line = score.boundaries.get(bar + 1).map_or(0.0, |line| bar_line::width(line.line, Place::Middle));
    need.tight += line;
    need.natural += line;
    need
}

/// Breaks a stretch of bars into the lines that look best together.
fn best_lines(
    score: &Score<'_>,
    needs: &[Need],
    bars: Range<usize>,
    width: &dyn Fn(usize) -> f32,
    fit: bool,
    lines: &mut Vec<Range<usize>>,
) {
    let count = bars.len();
    // The least cost of breaking before each bar, and the start of the line that ends there.
    let mut best = vec![(f32::INFINITY, 0_usize); count + 1];
    best[0] = (0.0, 0);
    for from in 0..count {
        let (cost, _) = best[from];
        if !cost.is_finite() {
            continue;
        }
        let first = bars.start + from;
        let room = width(first) - Header::of(score, first, first == 0).end;
        let mut need = Need::default();
        for (bar, own) in needs.iter().enumerate().take(bars.end).skip(first) {
            let to = bar + 1 - bars.start;
            need.tight += own.tight;
            need.natural += own.natural;
            // A single bar that does not fit makes a line all the same; it is drawn smaller.
            if need.tight > room && to > from + 1 {
                break;
            }
            let ratio = (room.max(1.0) / need.natural.max(1e-3)).min(100.0);
            let whole = count == to && from == 0;
            let is_end = to == count && bars.end == score.bars.len();
            let mut badness = (ratio / BEST).ln().powi(2) + 0.02;
            let section = score.boundaries.get(bar + 1).is_some_and(|line| line.line.ends_section());
            if whole && !fit {
                // What the text has on one line stays together.
                badness = -1.0;
            } else {
                if is_end && ratio > BEST {
                    // The last line may be short, but not a single bar if it can be helped.
                    badness = 0.3 * (1.0 - 1.0 / ratio).powi(2) + if to == from + 1 { 0.2 } else { 0.02 };
                }
                if section {
                    badness -= 0.25 / count.max(1) as f32 + 0.03;
                }
            }
            if score.boundaries.get(bar + 1).is_some_and(|line| line.split) && !whole {
                badness += if bars.start + to == bars.end { 0.0 } else { 1.0 };
            }
            if cost + badness < best[to].0 {
                best[to] = (cost + badness, from);
            }
        }
    }
    let first = lines.len();
    let mut to = count;
    while to > 0 {
        let from = best[to].1.min(to - 1);
        lines.push(bars.start + from..bars.start + to);
        to = from;
    }
    lines[first..].reverse();
}

/// Everything between the bar lines of a line that may be wide or narrow, `stretch` times its springs.
fn gaps(score: &Score<'_>, bars: Range<usize>, stretch: f32) -> (f32, f32) {
    let (mut length, mut slope) = (0.0, 0.0);
    for bar in bars.clone() {
        let from = if bar == bars.start { score.first_note(bar) } else { score.bars[bar].columns.start };
        let mut columns = &score.columns[from..score.bars[bar].columns.end];
        if from > score.bars[bar].columns.start
            && let Some((first, rest)) = columns.split_first()
        {
            length += score.first_rod(first);
            columns = rest;
        }
        for column in columns.iter().chain(score.ends.get(bar)) {
            let wide = column.spring * stretch;
            if wide > column.rod {
                length += wide;
                slope += column.spring;
            } else {
                length += column.rod;
            }
        }
    }
    (length, slope)
}

/// What does not stretch: signs at the left end, and bar lines.
fn fixed(score: &Score<'_>, bars: Range<usize>) -> f32 {
    let lines = bars.clone().map(|bar| {
        let place = if bar + 1 == bars.end { Place::End } else { Place::Middle };
        score.boundaries.get(bar + 1).map_or(0.0, |line| bar_line::width(line.line, place))
    });
    Header::of(score, bars.start, bars.start == 0).end
        + lines.sum::<f32>()
        + super::header::courtesy_width(score, bars.end)
}

fn length(score: &Score<'_>, bars: Range<usize>, stretch: f32) -> f32 {
    fixed(score, bars.clone()) + gaps(score, bars, stretch).0
}

/// Finds how far a line has to be stretched to fill the width.
fn justify(score: &Score<'_>, bars: Range<usize>, width: f32) -> Line {
    let room = width - fixed(score, bars.clone());
    let (_, all) = gaps(score, bars.clone(), f32::MAX.sqrt());
    if all <= 0.0 {
        let width = length(score, bars.clone(), 1.0);
        return Line { bars, stretch: 1.0, width };
    }
    // The length is a convex function of the stretch; from above, Newton's steps never overshoot.
    let mut stretch = (room / all).max(0.0);
    for _ in 0..32 {
        let (length, slope) = gaps(score, bars.clone(), stretch);
        let over = length - room;
        if over < 1e-3 || slope <= 0.0 {
            break;
        }
        stretch = (stretch - over / slope).max(0.0);
    }
    let width = length(score, bars.clone(), stretch);
    Line { bars, stretch, width }
}
