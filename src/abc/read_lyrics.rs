//! `w:` lines: syllables laid under notes (§5.1).

use std::ops::Range;

use super::diagnostic::{Code, Sink};
use super::lyrics::{LyricLine, Syllable};
use super::scan::Piece;
use super::{Element, Kind, Span};

/// Lays the syllables of a line, continued ones joined, under the notes and chords among
/// `elements[range]`. `|` goes on to the next bar.
pub(super) fn lay(
    span: Span,
    pieces: &[Piece<'_>],
    verse: u16,
    range: Range<usize>,
    elements: &[Element],
    sink: &mut Sink,
) -> LyricLine {
    let narrow = |index: usize| u32::try_from(index).unwrap_or(u32::MAX);
    let (from, to) = (narrow(range.start), narrow(range.end));
    let mut line = LyricLine { span, verse, from, to, syllables: Vec::new() };
    let mut notes = Notes { elements, at: range.start, end: range.end };
    let mut left_over = None;
    for piece in pieces {
        let mut at = 0;
        while let Some(c) = piece.text[at..].chars().next() {
            let start = at;
            at += c.len_utf8();
            let place = |end: usize| Span::new(piece.start + start, piece.start + end);
            match c {
                c if c.is_whitespace() => {}
                '|' => notes.skip_to_bar(),
                '_' => match notes.next() {
                    Some(_) => {
                        if let Some(last) = line.syllables.last_mut() {
                            last.held = last.held.saturating_add(1);
                        }
                    }
                    None => left_over = left_over.or(Some(place(at))),
                },
                // A hyphen on its own: the syllable before it goes on, and a note is skipped.
                '-' => match notes.next() {
                    Some(_) => {
                        if let Some(last) = line.syllables.last_mut() {
                            last.hyphen = true;
                        }
                    }
                    None => left_over = left_over.or(Some(place(at))),
                },
                _ => {
                    let mut text = String::new();
                    let mut hyphen = false;
                    if c != '*' {
                        at = start;
                        hyphen = read_syllable(piece.text, &mut at, &mut text);
                    }
                    match notes.next() {
                        Some(element) => line.syllables.push(Syllable {
                            span: place(at),
                            element: narrow(element),
                            text,
                            hyphen,
                            held: 0,
                        }),
                        None => left_over = left_over.or(Some(place(at))),
                    }
                }
            }
        }
    }
    if let Some(span) = left_over {
        sink.report(Code::LongLyrics, span, "There are more syllables than notes.");
    }
    line
}

/// Reads a syllable and the hyphen that ends it; true if there is one.
fn read_syllable(text: &str, at: &mut usize, syllable: &mut String) -> bool {
    while let Some(c) = text[*at..].chars().next() {
        match c {
            '-' => {
                *at += 1;
                return true;
            }
            '\\' if text[*at + 1..].starts_with('-') => {
                syllable.push('-');
                *at += 2;
            }
            '~' => {
                syllable.push(' ');
                *at += 1;
            }
            '|' | '_' | '*' => return false,
            c if c.is_whitespace() => return false,
            c => {
                syllable.push(c);
                *at += c.len_utf8();
            }
        }
    }
    false
}

/// The notes and chords of a line.
struct Notes<'e> {
    elements: &'e [Element],
    at: usize,
    end: usize,
}

impl Notes<'_> {
    /// The next one's index.
    fn next(&mut self) -> Option<usize> {
        while self.at < self.end {
            self.at += 1;
            if matches!(self.elements[self.at - 1].kind, Kind::Note(_) | Kind::Chord(_)) {
                return Some(self.at - 1);
            }
        }
        None
    }

    fn skip_to_bar(&mut self) {
        while self.at < self.end {
            self.at += 1;
            if matches!(self.elements[self.at - 1].kind, Kind::Bar(_)) {
                return;
            }
        }
    }
}
