//! What stands above the first staff of a system: endings, parts, tempo, bar numbers.

use super::canvas::{Canvas, point};
use super::score::{Event, Mark, MarkKind, Part, Score, Value};
use super::smufl::{Sign, defaults};
use super::{Align, BarNumbers, Face, Options, Role, columns, text};
use crate::abc::{Numbers, Span, Tempo};

/// Where the bars of a system are: from bar line to bar line, with room for nothing else.
#[derive(Debug, Clone, Copy)]
pub(super) struct BarPlace {
    pub bar: usize,
    pub left: f32,
    pub right: f32,
}

/// From the ink below to a bracket, and the bracket's height.
const GAP: f32 = 0.6;
const HOOK: f32 = 1.9;

const ENDING_SIZE: f32 = 1.9;
const PART_SIZE: f32 = 2.5;
const TEMPO_SIZE: f32 = 2.2;
const NUMBER_SIZE: f32 = 1.7;

/// An ending as far as it lies in a system.
struct EndingPlace<'t> {
    numbers: &'t Numbers,
    span: Span,
    left: f32,
    right: f32,
    /// It begins in this system, and it ends in it with a hook.
    begins: bool,
    hooked: bool,
}

/// Draws the brackets of endings, all of a system on one line.
pub(super) fn draw_endings(canvas: &mut Canvas, score: &Score<'_>, bars: &[BarPlace]) {
    let (Some(first), Some(last)) = (bars.first(), bars.last()) else { return };
    // Voices that have endings have the same; the first that has any says them for all.
    let Some(part) = score.parts.iter().find(|part| !part.endings.is_empty()) else { return };
    let mut places: Vec<EndingPlace<'_>> = Vec::new();
    // The last one before this system may go on in it.
    let start = part.endings.partition_point(|&(bar, ..)| (bar as usize) < first.bar).saturating_sub(1);
    for (i, &(bar, numbers, span)) in part.endings.iter().enumerate().skip(start) {
        if bar as usize > last.bar {
            break;
        }
        let from = bar as usize;
        let next = part.endings.get(i + 1).map_or(usize::MAX, |&(bar, ..)| bar as usize);
        // Of two that begin in the same bar the last counts.
        let (to, hooked) = ending_end(score, from, next);
        if next == from || to <= first.bar || from > last.bar {
            continue;
        }
        let begins = from >= first.bar;
        let left = bars.iter().find(|place| place.bar == from).map_or(first.left, |place| place.left);
        let ends = to <= last.bar + 1;
        let right = bars.iter().find(|place| place.bar + 1 == to).map_or(last.right, |place| place.right);
        let left = if begins { left + 0.3 } else { left };
        let right = right - if ends { 0.3 } else { 0.0 };
        places.push(EndingPlace { numbers, span, left, right, begins, hooked: hooked && ends });
    }
    let y = places.iter().map(|place| canvas.top(place.left, place.right) - GAP).fold(f32::MAX, f32::min);
    // The number and the hooks need room under the bracket only where they stand.
    let under = |left: f32, right: f32| canvas.top(left, right) - 0.3 - HOOK;
    let ends = places.iter().map(|place| {
        let begin = if place.begins { under(place.left, place.left + 3.0) } else { y };
        let end = if place.hooked { under(place.right - 0.3, place.right) } else { y };
        begin.min(end)
    });
    let y = ends.fold(y, f32::min).min(-2.0 - GAP - 1.2);
    for place in places {
        let thickness = defaults().repeat_ending_line_thickness;
        let span = Some(place.span);
        canvas.line(point(place.left, y), point(place.right, y), thickness, Role::Mark, span);
        if place.begins {
            canvas.line(point(place.left, y), point(place.left, y + HOOK), thickness, Role::Mark, span);
            let at = point(place.left + 0.45, y + 0.35 + 0.72 * ENDING_SIZE);
            let words = ending_words(place.numbers);
            canvas.words(&words, at, Align::Left, Face::Sans, ENDING_SIZE, Role::Mark, span);
        }
        if place.hooked {
            canvas.line(point(place.right, y), point(place.right, y + HOOK), thickness, Role::Mark, span);
        }
    }
}

/// The bar after an ending that begins with `from`, and whether its bracket is closed there (§4.9).
fn ending_end(score: &Score<'_>, from: usize, next: usize) -> (usize, bool) {
    let mut bar = from + 1;
    while bar < score.bars.len() {
        let ends = score.boundaries.get(bar).is_some_and(|boundary| boundary.line.ends_section());
        if bar == next || ends {
            break;
        }
        bar += 1;
    }
    let hooked = score.boundaries.get(bar).is_some_and(|boundary| boundary.line.ends_section());
    (bar, hooked)
}

fn ending_words(numbers: &Numbers) -> String {
    let mut words = String::new();
    for &(first, last) in &numbers.ranges {
        if !words.is_empty() {
            words.push_str(", ");
        }
        words.push_str(&first.to_string());
        if last > first {
            words.push('–');
            words.push_str(&last.to_string());
        }
    }
    words.push('.');
    words
}

/// Draws part labels, section letters, changes of tempo and words of a system's first staff; `left` is
/// the left end of the staves.
pub(super) fn draw_labels(
    canvas: &mut Canvas,
    score: &Score<'_>,
    options: &Options,
    bars: &[BarPlace],
    left: f32,
) {
    for (i, place) in bars.iter().enumerate() {
        let at = if i == 0 { left } else { place.left };
        for (p, part) in score.parts.iter().enumerate() {
            for event in part.events_of(place.bar).iter().filter_map(|&e| part.event(e)) {
                let x = if event.time == 0.0 { at } else { event.x };
                for mark in part.marks_of(event) {
                    let labels =
                        matches!(mark.kind, MarkKind::Part(_) | MarkKind::Words(_) | MarkKind::Tempo(_));
                    if !labels || said_before(&score.parts[..p], place.bar, event, mark) {
                        continue;
                    }
                    match mark.kind {
                        MarkKind::Part(text) => label(canvas, text, x, Some(mark.span)),
                        MarkKind::Words(text) => {
                            let y = canvas.top(x, x + text::width(text, Face::Bold, TEMPO_SIZE))
                                - 0.5
                                - 0.25 * TEMPO_SIZE;
                            let at = point(x, y);
                            let (face, span) = (Face::Bold, Some(mark.span));
                            canvas.words(text, at, Align::Left, face, TEMPO_SIZE, Role::Words, span);
                        }
                        MarkKind::Tempo(tempo) => draw_tempo_above(canvas, tempo, x, Some(mark.span)),
                        _ => {}
                    }
                }
            }
        }
        if options.section_letters
            && let Some(letter) = section_letter(score, place.bar)
        {
            label(canvas, letter.encode_utf8(&mut [0; 4]), at, None);
        }
    }
}

/// Whether another voice has said the same at the same time.
fn said_before(others: &[Part<'_>], bar: usize, event: &Event<'_>, mark: &Mark<'_>) -> bool {
    others.iter().any(|part| {
        let events = part.events_of(bar).iter().filter_map(|&e| part.event(e));
        let mut together = events.filter(|other| other.column == event.column);
        together.any(|other| part.marks_of(other).iter().any(|other| other.kind == mark.kind))
    })
}

/// A letter in bold.
fn label(canvas: &mut Canvas, text: &str, x: f32, span: Option<Span>) {
    let width = text::width(text, Face::Bold, PART_SIZE);
    let y = canvas.top(x, x + width) - 0.6;
    canvas.words(text, point(x, y), Align::Left, Face::Bold, PART_SIZE, Role::Words, span);
}

/// The letter of the section that begins with a bar.
fn section_letter(score: &Score<'_>, bar: usize) -> Option<char> {
    let before = score.sections.binary_search(&bar).ok()?;
    char::from_u32('A' as u32 + (before % 26) as u32)
}

/// The bars that begin a section, in a tune that names no parts itself: those after a double bar or a
/// repeat sign, unless an ending begins there.
pub(super) fn sections(score: &Score<'_>) -> Vec<usize> {
    let named = |part: &Part<'_>| part.marks.iter().any(|mark| matches!(mark.kind, MarkKind::Part(_)));
    if score.parts.iter().any(named) {
        return Vec::new();
    }
    let begins = |&bar: &usize| {
        let endings = score.parts.first().map_or(&[][..], |part| &part.endings);
        let ending = endings.binary_search_by_key(&bar, |&(at, ..)| at as usize).is_ok();
        bar == 0 || !ending && score.boundaries.get(bar).is_some_and(|boundary| boundary.line.ends_section())
    };
    let mut sections: Vec<usize> = Vec::new();
    for bar in (0..score.bars.len()).filter(begins) {
        // A pickup before a repeat sign is the beginning of what is repeated.
        let after_pickup = bar.checked_sub(1).is_some_and(|before| {
            let (length, full, _) = columns::bar_length(score, before);
            sections.last() == Some(&before) && full.is_some_and(|full| length < 0.75 * full)
        });
        if !after_pickup {
            sections.push(bar);
        }
    }
    sections
}

/// Draws the numbers of bars.
pub(super) fn draw_bar_numbers(
    canvas: &mut Canvas,
    score: &Score<'_>,
    options: &Options,
    bars: &[BarPlace],
    left: f32,
) {
    for (i, place) in bars.iter().enumerate() {
        let wanted = match options.bar_numbers {
            BarNumbers::Off => false,
            BarNumbers::Systems => i == 0 && place.bar > 0,
            BarNumbers::All => true,
        };
        let Some(number) = score.bars.get(place.bar).and_then(|bar| bar.label) else { continue };
        if !wanted || number == 0 {
            continue;
        }
        let x = if i == 0 { left } else { place.left };
        let words = number.to_string();
        let y = canvas.top(x, x + text::width(&words, Face::Sans, NUMBER_SIZE)) - 0.4;
        canvas.words(&words, point(x, y), Align::Left, Face::Sans, NUMBER_SIZE, Role::Words, None);
    }
}

fn draw_tempo_above(canvas: &mut Canvas, tempo: &Tempo, x: f32, span: Option<Span>) {
    let width = tempo_width(tempo);
    let y = canvas.top(x, x + width) - 0.9;
    draw_tempo(canvas, tempo, x, y, span);
}

/// The signs of a note in a tempo: its note and its dots.
fn beat(duration: f64) -> (Sign, u8) {
    let value = Value::of(duration);
    let sign = match value.log {
        ..=0 => Sign::TempoWhole,
        1 => Sign::TempoHalf,
        2 => Sign::TempoQuarter,
        3 => Sign::Tempo8th,
        4.. => Sign::Tempo16th,
    };
    (sign, value.dots)
}

/// Notes in a tempo are drawn at this size.
const BEAT_SCALE: f32 = 0.62;

fn per_minute(tempo: &Tempo) -> Option<String> {
    let number = tempo.per_minute?.to_f64();
    Some(if (number - number.round()).abs() < 1e-6 {
        format!("= {number:.0}")
    } else {
        format!("= {number:.1}")
    })
}

/// The width of a tempo: words, notes, number.
pub(super) fn tempo_width(tempo: &Tempo) -> f32 {
    let mut width = 0.0;
    each_tempo_piece(tempo, |_, _, right| width = right);
    width
}

enum TempoPiece<'p> {
    Words(&'p str),
    Sign(Sign),
}

fn each_tempo_piece(tempo: &Tempo, mut piece: impl FnMut(TempoPiece<'_>, f32, f32)) {
    let mut x = 0.0;
    if !tempo.words.is_empty() {
        let right = text::width(&tempo.words, Face::Bold, TEMPO_SIZE);
        piece(TempoPiece::Words(&tempo.words), x, right);
        x = right + 0.9;
    }
    let Some(per_minute) = per_minute(tempo) else { return };
    for &duration in &tempo.beats {
        let (sign, dots) = beat(duration.to_f64());
        piece(TempoPiece::Sign(sign), x, x + sign.width() * BEAT_SCALE);
        x += sign.width() * BEAT_SCALE + 0.2;
        for _ in 0..dots {
            let right = x + Sign::TempoDot.width() * BEAT_SCALE;
            piece(TempoPiece::Sign(Sign::TempoDot), x, right);
            x = right + 0.2;
        }
        x += 0.2;
    }
    let right = x + text::width(&per_minute, Face::Bold, TEMPO_SIZE);
    piece(TempoPiece::Words(&per_minute), x, right);
}

/// Draws a tempo on a line of writing.
pub(super) fn draw_tempo(canvas: &mut Canvas, tempo: &Tempo, x: f32, y: f32, span: Option<Span>) {
    each_tempo_piece(tempo, |piece, dx, _| match piece {
        TempoPiece::Words(words) => {
            let at = point(x + dx, y);
            canvas.words(words, at, Align::Left, Face::Bold, TEMPO_SIZE, Role::Words, span);
        }
        TempoPiece::Sign(sign) => {
            canvas.sign(sign, point(x + dx, y - 0.35), BEAT_SCALE, Role::Words, span);
        }
    });
}
