//! What stands above the first system and below the last: title, tune type, composer; further words.

use super::canvas::{Canvas, point};
use super::{Align, Face, Options, Role, text};
use crate::abc::{Kind, Span, Tune};

const TITLE_SIZE: f32 = 4.2;
const SUBTITLE_SIZE: f32 = 2.8;
const LINE_SIZE: f32 = 2.1;

/// Draws the heading; returns where it ends, from the top of the sheet.
pub(super) fn draw(canvas: &mut Canvas, tune: &Tune, options: &Options) -> f32 {
    let mut y = 1.0;
    if !options.heading {
        return y;
    }
    let middle = options.width / 2.0;
    let titles = tune.fields.iter().filter(|field| field.letter == 'T' && !field.text.is_empty());
    for (i, title) in titles.enumerate() {
        let size = if i == 0 { TITLE_SIZE } else { SUBTITLE_SIZE };
        let room = options.width - 2.0 * options.margin;
        // Below the title's descenders.
        y += if i == 0 { 0.0 } else { 0.25 * TITLE_SIZE };
        for row in rows(&title.text, size, room) {
            y += size * 1.1;
            line(canvas, (row, title.span), middle, y, Align::Middle, Face::Bold, size, room);
        }
    }
    let field = |letter: char| {
        tune.fields.iter().rev().find(|field| field.letter == letter && !field.text.is_empty())
    };
    let (rhythm, composer) = (field('R'), field('C').or_else(|| field('O')));
    if rhythm.is_some() || composer.is_some() {
        y += LINE_SIZE * 1.6;
        let room = options.width / 2.0 - options.margin - 0.5;
        if let Some(rhythm) = rhythm {
            line(
                canvas,
                (&rhythm.text, rhythm.span),
                options.margin,
                y,
                Align::Left,
                Face::Italic,
                LINE_SIZE,
                room,
            );
        }
        if let Some(composer) = composer {
            let right = options.width - options.margin;
            line(
                canvas,
                (&composer.text, composer.span),
                right,
                y,
                Align::Right,
                Face::Roman,
                LINE_SIZE,
                room,
            );
        }
    }
    if y > 1.0 { y + 0.8 } else { y }
}

/// Draws the words that stand below the tune (`W:`); returns where they end. `y` is where the music
/// ends.
pub(super) fn draw_words_after(canvas: &mut Canvas, tune: &Tune, options: &Options, y: f32) -> f32 {
    if !options.lyrics {
        return y;
    }
    let header = tune.fields.iter().filter(|field| field.letter == 'W');
    let header = header.map(|field| (field.text.as_str(), field.span));
    let elements = tune.voices.iter().flat_map(|voice| &voice.elements);
    let body = elements.filter_map(|element| match &element.kind {
        Kind::Field { letter: 'W', text } => Some((&**text, element.span)),
        _ => None,
    });
    let indent = (options.width * 0.08).min(8.0);
    let room = options.width - 2.0 * options.margin - indent;
    let mut end = y;
    for (row, words) in header.chain(body).enumerate() {
        end = y + LINE_SIZE * (2.0 + 1.25 * row as f32);
        let left = options.margin + indent;
        line(canvas, words, left, end, Align::Left, Face::Roman, LINE_SIZE, room);
    }
    if end > y { end + 0.5 } else { end }
}

/// The rows that a title is broken into where it is too long.
fn rows(title: &str, size: f32, room: f32) -> Vec<&str> {
    let mut rows = Vec::new();
    let mut rest = title;
    while text::width(rest, Face::Bold, size) > room {
        // The last space at which the row still fits, or else the first there is.
        let fits = |&(at, _): &(usize, char)| text::width(&rest[..at], Face::Bold, size) <= room;
        let spaces = || rest.char_indices().filter(|&(at, c)| c == ' ' && at > 0);
        let Some((at, _)) = spaces().take_while(fits).last().or_else(|| spaces().next()) else { break };
        rows.push(&rest[..at]);
        rest = rest[at..].trim_start();
        if rows.len() >= 8 {
            break;
        }
    }
    if !rest.is_empty() {
        rows.push(rest);
    }
    rows
}

/// A line of words, smaller if it would be too long.
#[expect(clippy::too_many_arguments, reason = "what words look like and where they stand")]
fn line(
    canvas: &mut Canvas,
    (words, span): (&str, Span),
    x: f32,
    y: f32,
    align: Align,
    face: Face,
    size: f32,
    room: f32,
) {
    let width = text::width(words, face, size);
    let size = if width > room { size * (room / width) } else { size };
    canvas.words(words, point(x, y), align, face, size, Role::Words, Some(span));
}
