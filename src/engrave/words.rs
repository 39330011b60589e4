//! Words around the notes: chord symbols, annotations, lyrics.

use super::canvas::{Canvas, point};
use super::chord::{ANNOTATION_SIZE, BESIDE_ANNOTATION};
use super::curves::Ends;
use super::marks::{self, CHORD_ACCIDENTAL, CHORD_SIZE, LYRIC_SIZE};
use super::score::{Event, Lyric, MarkKind, Part, What};
use super::smufl::defaults;
use super::{Align, Face, Role, chord, text};
use crate::abc::Span;
use crate::abc::element::Place;

/// From the ink below to the words' ascenders or descenders.
const GAP: f32 = 0.45;

/// Draws the chord symbols of a system, all on one line.
pub(super) fn draw_chords(canvas: &mut Canvas, part: &Part<'_>, indices: &[u32]) {
    let symbols = || {
        indices.iter().filter_map(|&e| part.event(e)).flat_map(|event| {
            part.marks_of(event).iter().filter_map(move |mark| match mark.kind {
                MarkKind::Chord(symbol) => Some((event, symbol.text.as_str(), mark.span)),
                _ => None,
            })
        })
    };
    let mut y = f32::MAX;
    for (event, text, _) in symbols() {
        let width = marks::chord_width(text);
        y = y.min(canvas.top(event.x, event.x + width) - GAP - 0.2 * CHORD_SIZE);
    }
    let mut last: Option<(u32, f32)> = None;
    for (event, text, span) in symbols() {
        // Several at one note stand side by side.
        let mut x = event.x;
        if let Some((column, end)) = last
            && column == event.column
        {
            x = end + marks::CHORD_STEP;
        }
        draw_chord(canvas, text, x, y, span);
        last = Some((event.column, x + marks::chord_width(text)));
    }
}

fn draw_chord(canvas: &mut Canvas, text: &str, mut x: f32, y: f32, span: Span) {
    let span = Some(span);
    marks::chord_pieces(text, |words, sign| {
        match sign {
            Some(sign) => {
                let at = point(x + 0.05, y - 0.36 * CHORD_SIZE);
                canvas.sign(sign, at, CHORD_ACCIDENTAL, Role::Chord, span);
            }
            None => {
                canvas.words(words, point(x, y), Align::Left, Face::Sans, CHORD_SIZE, Role::Chord, span);
            }
        }
        x += marks::piece_width(words, sign);
    });
}

/// Draws the annotations of an event.
pub(super) fn draw_annotations(canvas: &mut Canvas, part: &Part<'_>, event: &Event<'_>, right: f32) {
    let size = ANNOTATION_SIZE;
    for mark in part.marks_of(event) {
        let MarkKind::Annotation(annotation) = mark.kind else { continue };
        let words = annotation.text.as_str();
        let width = text::width(words, Face::Italic, size);
        // It begins at the note, but not so far right that it leaves the sheet.
        let x = event.x.min(right - width).max(0.0);
        let (x, y) = match annotation.place {
            Place::Above | Place::Free => (x, canvas.top(x, x + width) - GAP - 0.25 * size),
            Place::Below => (x, canvas.bottom(x, x + width) + GAP + 0.75 * size),
            Place::Left => (event.x - event.left + BESIDE_ANNOTATION, middle(part, event) + 0.25 * size),
            Place::Right => {
                (event.x + event.right - width - BESIDE_ANNOTATION, middle(part, event) + 0.25 * size)
            }
        };
        canvas.words(words, point(x, y), Align::Left, Face::Italic, size, Role::Words, Some(mark.span));
    }
}

fn middle(part: &Part<'_>, event: &Event<'_>) -> f32 {
    let (high, low) = part.reach(event);
    -0.25 * (high + low) as f32
}

/// Draws the lyrics of a system, a line a verse.
pub(super) fn draw_lyrics(canvas: &mut Canvas, part: &Part<'_>, ends: Ends) {
    let within =
        |event: u32| part.event(event).filter(|event| (ends.first_bar..=ends.last_bar).contains(&event.bar));
    let syllable_at = |event: &Event<'_>| event.x + chord::head_width(event) / 2.0;
    // All begin below the lowest thing above any of them.
    let mut y = f32::MIN;
    let mut verses = 0;
    let start = part
        .lyrics
        .partition_point(|lyric| part.event(lyric.event).is_some_and(|event| event.bar < ends.first_bar));
    let lyrics = part.lyrics.get(start..).unwrap_or_default();
    let count = lyrics
        .iter()
        .take_while(|lyric| part.event(lyric.event).is_some_and(|event| event.bar <= ends.last_bar));
    let lyrics = &lyrics[..count.count()];
    for lyric in lyrics {
        let Some(event) = within(lyric.event) else { continue };
        let half = text::width(&lyric.syllable.text, Face::Roman, LYRIC_SIZE) / 2.0;
        let x = syllable_at(event);
        y = y.max(canvas.bottom(x - half, x + half) + GAP + 0.78 * LYRIC_SIZE);
        verses = verses.max(lyric.verse + 1);
    }
    for verse in 0..verses {
        let line = y + f32::from(verse) * LYRIC_SIZE * 1.15;
        let mut before: Option<(f32, &Lyric<'_>)> = None;
        for lyric in lyrics.iter().filter(|lyric| lyric.verse == verse) {
            let Some(event) = within(lyric.event) else { continue };
            let words = lyric.syllable.text.as_str();
            let half = text::width(words, Face::Roman, LYRIC_SIZE) / 2.0;
            let x = syllable_at(event);
            if let Some((end, last)) = before {
                join(canvas, end, x - half, line, last);
            }
            let span = Some(lyric.syllable.span);
            canvas.words(words, point(x, line), Align::Middle, Face::Roman, LYRIC_SIZE, Role::Words, span);
            hold(canvas, part, lyric, x + half, line, ends);
            before = Some((x + half, lyric));
        }
        if let Some((end, last)) = before {
            join(canvas, end, (end + 2.0).min(ends.right), line, last);
        }
    }
}

/// The hyphens between two syllables of a word.
fn join(canvas: &mut Canvas, from: f32, to: f32, y: f32, last: &Lyric<'_>) {
    if !last.syllable.hyphen || to - from < 0.4 {
        return;
    }
    let count = ((to - from) / 12.0).floor().clamp(1.0, 8.0) as u8;
    let step = (to - from) / f32::from(count + 1);
    for i in 1..=count {
        let x = from + step * f32::from(i);
        let half = 0.3_f32.min((to - from) / 2.0 - 0.1);
        let y = y - 0.22 * LYRIC_SIZE;
        let span = Some(last.syllable.span);
        canvas.line(point(x - half, y), point(x + half, y), 0.16, Role::Words, span);
    }
}

/// The line after a syllable that is held.
fn hold(canvas: &mut Canvas, part: &Part<'_>, lyric: &Lyric<'_>, from: f32, y: f32, ends: Ends) {
    if lyric.held_to == lyric.event || lyric.syllable.hyphen {
        return;
    }
    let Some(last) = part.event(lyric.held_to).filter(|last| last.what == What::Chord) else { return };
    let to = if last.bar > ends.last_bar { ends.right } else { last.x + chord::head_width(last) };
    if to > from + 0.6 {
        let (from, to) = (point(from + 0.2, y), point(to, y));
        canvas.line(from, to, defaults().lyric_line_thickness, Role::Words, Some(lyric.syllable.span));
    }
}
