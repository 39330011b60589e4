//! ABC in colours: fields, bar lines, chord symbols, signs, comments. It colours and judges nothing.

use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{Color32, FontId};

use super::theme::Tokens;

/// What a stretch of ABC is, as far as its colour goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    Note,
    Field,
    Bar,
    Chord,
    Sign,
    Comment,
}

/// Lays out `abc` in `font`.
pub(super) fn layout(abc: &str, font: &FontId, line_height: f32, tokens: &Tokens) -> LayoutJob {
    let mut job = LayoutJob::default();
    for (text, part) in parts(abc) {
        let color: Color32 = match part {
            Part::Note => tokens.ink,
            Part::Field => tokens.abc_field,
            Part::Bar | Part::Comment => tokens.abc_bar,
            Part::Chord => tokens.abc_chord,
            Part::Sign => tokens.abc_sign,
        };
        let line_height = Some(line_height);
        let format = TextFormat { font_id: font.clone(), color, line_height, ..TextFormat::default() };
        job.append(text, 0.0, format);
    }
    job
}

/// Cuts the text into parts; put together they are the text again.
fn parts(abc: &str) -> Vec<(&str, Part)> {
    let mut parts = Vec::new();
    for line in abc.split_inclusive('\n') {
        let bytes = line.as_bytes();
        if line.starts_with('%') {
            parts.push((line, Part::Comment));
        } else if bytes.len() >= 2 && (bytes[0].is_ascii_alphabetic() || bytes[0] == b'+') && bytes[1] == b':'
        {
            let (value, comment) = line[2..].split_at(comment_start(&line[2..]));
            parts.push((&line[..2], Part::Field));
            parts.extend(
                [(value, Part::Note), (comment, Part::Comment)].into_iter().filter(|p| !p.0.is_empty()),
            );
        } else {
            split_music(line, &mut parts);
        }
    }
    parts
}

/// Where a comment begins; the length of the line without one.
fn comment_start(line: &str) -> usize {
    let mut signs = line.match_indices('%').map(|(at, _)| at);
    signs.find(|&at| !line[..at].ends_with('\\')).unwrap_or(line.len())
}

fn split_music<'a>(mut rest: &'a str, parts: &mut Vec<(&'a str, Part)>) {
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        let (part, length) = match first {
            '%' => (Part::Comment, rest.len()),
            '"' => (Part::Chord, closed(rest, '"')),
            '!' => (Part::Sign, closed(rest, '!')),
            '{' => (Part::Sign, closed(rest, '}')),
            '(' if after.starts_with(|c: char| c.is_ascii_digit()) => {
                (Part::Sign, 1 + run(after, |c| c.is_ascii_digit() || c == ':'))
            }
            '~' | '.' | 'H'..='W' | 'h'..='w' => (Part::Sign, 1),
            '[' if is_field(after) => (Part::Field, closed(rest, ']')),
            '[' if after.starts_with(|c: char| c.is_ascii_digit() || c == '|') => {
                (Part::Bar, 1 + line_end(after))
            }
            '[' => (Part::Note, 1 + run(after, |c| !is_mark(c))),
            '|' | ':' => (Part::Bar, line_end(rest)),
            _ => (Part::Note, run(rest, |c| !is_mark(c)).max(first.len_utf8())),
        };
        let (text, after) = rest.split_at(length);
        parts.push((text, part));
        rest = after;
    }
}

/// Whether a character is, or may begin, something else than notes.
fn is_mark(c: char) -> bool {
    matches!(c, '%' | '"' | '!' | '{' | '(' | '~' | '.' | '[' | '|' | ':' | 'H'..='W' | 'h'..='w')
}

/// Whether what stands behind a bracket is a field: `K:…]`.
fn is_field(after: &str) -> bool {
    matches!(after.as_bytes(), [letter, b':', next, ..] if letter.is_ascii_alphabetic() && !b"|:".contains(next))
}

/// The length of a bar line with its repeat signs and the number of an ending behind it.
fn line_end(text: &str) -> usize {
    let line = run(text, |c| "|:]".contains(c));
    line + run(&text[line..], |c| c.is_ascii_digit() || c == ',' || c == '-')
}

/// The length of a stretch that runs to the closing sign, or to the end of the line without one.
fn closed(text: &str, sign: char) -> usize {
    text[1..].find(sign).map_or(text.len(), |i| i + 2)
}

/// The length of the leading characters that are `wanted`.
fn run(text: &str, wanted: impl Fn(char) -> bool) -> usize {
    text.find(|c| !wanted(c)).unwrap_or(text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_music_falls_into_its_parts() {
        use Part::*;
        assert_eq!(
            parts("K:G % home\n|: \"Em\"~E2 (3:2:2Bcd [CE] [M:6/8]vB |1 {g}a :|[2 z % end"),
            [
                ("K:", Field),
                ("G ", Note),
                ("% home\n", Comment),
                ("|:", Bar),
                (" ", Note),
                ("\"Em\"", Chord),
                ("~", Sign),
                ("E2 ", Note),
                ("(3:2:2", Sign),
                ("Bcd ", Note),
                ("[CE] ", Note),
                ("[M:6/8]", Field),
                ("v", Sign),
                ("B ", Note),
                ("|1", Bar),
                (" ", Note),
                ("{g}", Sign),
                ("a ", Note),
                (":|", Bar),
                ("[2", Bar),
                (" z ", Note),
                ("% end", Comment),
            ]
        );
    }

    #[test]
    fn nothing_is_lost_however_odd_the_text() {
        for abc in [
            "",
            "\"open",
            "!",
            "{é}",
            "(é",
            "K:",
            "é:x",
            "(",
            "%%x\n\n::",
            "[",
            "[K:",
            "[é",
            "K:%",
            "|é",
            "\\%x",
        ] {
            let together: String = parts(abc).into_iter().map(|(text, _)| text).collect();
            assert_eq!(together, abc);
        }
    }
}
