//! ABC in colours: fields, bar lines, chord symbols, signs. It colours and judges nothing.

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
}

/// Lays out `abc` in `font`.
pub(super) fn layout(abc: &str, font: &FontId, line_height: f32, tokens: &Tokens) -> LayoutJob {
    let mut job = LayoutJob::default();
    for (text, part) in parts(abc) {
        let color: Color32 = match part {
            Part::Note => tokens.ink,
            Part::Field => tokens.abc_field,
            Part::Bar => tokens.abc_bar,
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
            parts.push((line, Part::Bar));
        } else if bytes.len() >= 2 && bytes[0].is_ascii_alphabetic() && bytes[1] == b':' {
            parts.push((&line[..2], Part::Field));
            parts.push((&line[2..], Part::Note));
        } else {
            split_music(line, &mut parts);
        }
    }
    parts
}

fn split_music<'a>(mut rest: &'a str, parts: &mut Vec<(&'a str, Part)>) {
    while let Some(first) = rest.chars().next() {
        let (part, length) = match first {
            '"' => (Part::Chord, closed(rest, '"')),
            '!' => (Part::Sign, closed(rest, '!')),
            '{' => (Part::Sign, closed(rest, '}')),
            '(' if rest[1..].starts_with(|c: char| c.is_ascii_digit()) => (Part::Sign, 2),
            '~' => (Part::Sign, 1),
            '|' | ':' => (Part::Bar, run(rest, |c| "|:]".contains(c))),
            _ => (Part::Note, run(rest, |c| !"\"!{(~|:".contains(c)).max(first.len_utf8())),
        };
        let (text, after) = rest.split_at(length);
        parts.push((text, part));
        rest = after;
    }
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
            parts("K:G\n|: \"Em\"~E2 (3Bcd :|"),
            [
                ("K:", Field),
                ("G\n", Note),
                ("|:", Bar),
                (" ", Note),
                ("\"Em\"", Chord),
                ("~", Sign),
                ("E2 ", Note),
                ("(3", Sign),
                ("Bcd ", Note),
                (":|", Bar),
            ]
        );
    }

    #[test]
    fn nothing_is_lost_however_odd_the_text() {
        for abc in ["", "\"open", "!", "{é}", "(é", "K:", "é:x", "(", "%%x\n\n::"] {
            let together: String = parts(abc).into_iter().map(|(text, _)| text).collect();
            assert_eq!(together, abc);
        }
    }
}
