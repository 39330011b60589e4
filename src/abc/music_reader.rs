//! A line of music, character by character (§4).

mod bar_lines;
mod groups;
mod signs;
mod symbols;

use super::diagnostic::Code;
use super::element::LineBreak;
use super::parser::Book;
use super::read_key::read_accidental;
use super::scan::{Piece, length, number};
use super::voice_reader::VoiceReader;
use super::{Kind, Note, Rest, Span, Tie, limits};
use crate::music::{Fraction, Letter};

pub(super) use symbols::read_symbols;

/// Reads the text from `start` to `end`, a line without its comment and line break, into the current
/// voice.
pub(super) fn read_music<'t>(book: &mut Book<'t>, voice: &mut VoiceReader<'t>, start: usize, end: usize) {
    let text = &voice.text[..end];
    let mut reader = Reader::new(text, start, book, voice);
    while reader.at < end {
        reader.read();
    }
}

struct Reader<'r, 'm, 't> {
    /// The whole text up to the end of the line, or what a macro stands for.
    text: &'m str,
    bytes: &'m [u8],
    at: usize,
    /// The bytes of the macro.
    within: Option<Span>,
    /// There is no `]` in the rest of the line.
    no_bracket: bool,
    book: &'r mut Book<'t>,
    voice: &'r mut VoiceReader<'t>,
}

impl<'r, 'm, 't> Reader<'r, 'm, 't> {
    fn new(text: &'m str, at: usize, book: &'r mut Book<'t>, voice: &'r mut VoiceReader<'t>) -> Self {
        Self { text, bytes: text.as_bytes(), at, within: None, no_bracket: false, book, voice }
    }

    fn peek(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    fn span_from(&self, start: usize) -> Span {
        self.within.unwrap_or_else(|| Span::new(start, self.at))
    }

    fn report(&mut self, code: Code, span: Span, message: &'static str) {
        self.book.sink().report(code, span, message);
    }

    fn push_from(&mut self, start: usize, kind: Kind) {
        self.voice.push(self.span_from(start), kind);
    }

    /// How many of `byte` stand here; they are passed over.
    fn run_of(&mut self, byte: u8) -> usize {
        let start = self.at;
        while self.peek(0) == byte {
            self.at += 1;
        }
        self.at - start
    }

    /// Reads one thing. It always moves on.
    fn read(&mut self) {
        let start = self.at;
        let byte = self.peek(0);
        if self.read_macro() || self.read_user_symbol(byte) {
            return;
        }
        match byte {
            b' ' | b'\t' | b'\r' | 0x0b | 0x0c => {
                while matches!(self.peek(0), b' ' | b'\t' | b'\r' | 0x0b | 0x0c) {
                    self.at += 1;
                }
                self.push_from(start, Kind::Space);
            }
            b'A'..=b'G' | b'a'..=b'g' | b'^' | b'_' | b'=' => self.read_note(),
            b'|' => self.read_bar_line(),
            b':' => self.read_bar_line(),
            b'z' | b'x' => self.read_rest(),
            b'Z' | b'X' => self.read_bars_rest(),
            b'y' => {
                self.at += 1;
                let width = self.read_length(start);
                self.push_from(start, Kind::Room(width));
            }
            b'[' => self.read_bracket(),
            b'{' => self.read_grace(),
            b'"' => self.read_quote(),
            b'(' if self.peek(1).is_ascii_digit() => self.read_tuplet(),
            b'(' if self.peek(1) == b'&' => {
                self.at += 2;
                let span = self.span_from(start);
                self.voice.open_overlay(span, self.book.sink());
            }
            b'(' => self.read_slur(1, false),
            b')' => {
                self.at += 1;
                let span = self.span_from(start);
                self.voice.push_slur_end(span, self.book.sink());
            }
            b'-' => self.read_tie(1, Tie::Solid),
            b'>' | b'<' => {
                let depth = self.run_of(byte);
                let span = self.span_from(start);
                if depth > limits::DEPTH {
                    return self.report(Code::Limit, span, "Broken rhythm is at most 16 signs deep.");
                }
                let depth = if byte == b'>' { depth as i8 } else { -(depth as i8) };
                self.voice.push_broken(span, depth, self.book.sink());
            }
            b'.' => match self.peek(1) {
                b'|' => self.read_bar_line(),
                b'(' if !self.peek(2).is_ascii_digit() => self.read_slur(2, true),
                b'-' => self.read_tie(2, Tie::Dotted),
                _ => self.read_sign(),
            },
            b'~' | b'H' | b'J' | b'L' | b'M' | b'O' | b'P' | b'R' | b'S' | b'T' | b'u' | b'v' => {
                self.read_sign()
            }
            b'!' => self.read_exclamation(),
            b'+' => self.read_plus(),
            b'&' if self.peek(1) == b')' && self.voice.is_in_overlay() => {
                self.at += 2;
                self.voice.close_overlay();
            }
            b'&' => {
                let bars = self.run_of(b'&').min(255) as u8;
                let bars = self.voice.overlay_bars(bars);
                self.push_from(start, Kind::Overlay { bars });
            }
            b'$' => {
                self.at += 1;
                self.push_from(start, Kind::LineBreak(LineBreak::Dollar));
            }
            // Kept for the reader of the text only (§4.7).
            b'`' => self.at += 1,
            b'0'..=b'9' if self.voice.is_after_bar_line() => self.read_ending(start),
            _ => self.read_unknown(),
        }
    }

    /// Accidental, letter and octave; nothing is passed over if there is no note here.
    fn scan_note(&mut self) -> Option<Note> {
        let start = self.at;
        let mut at = start;
        while matches!(self.bytes.get(at), Some(b'^' | b'_' | b'=')) {
            at += 1;
        }
        let letter = self.bytes.get(at).copied()?;
        let accidental = match &self.text[start..at] {
            "" => None,
            signs => Some(read_accidental(signs)?),
        };
        let mut octave = if letter.is_ascii_lowercase() { 5 } else { 4 };
        let letter = Letter::from_ascii(letter)?;
        at += 1;
        loop {
            match self.bytes.get(at) {
                Some(b'\'') if octave < 12 => octave += 1,
                Some(b',') if octave > -4 => octave -= 1,
                _ => break,
            }
            at += 1;
        }
        self.at = at;
        let (written, duration) = (Fraction::ONE, Fraction::ONE);
        Some(Note { letter, octave, accidental, written, duration, tie: None })
    }

    /// A length, which begins at the current place; `start` is where its note begins.
    fn read_length(&mut self, start: usize) -> Fraction {
        let (read, end) = length(self.bytes, self.at);
        self.at = end;
        read.unwrap_or_else(|| {
            let span = self.span_from(start);
            self.report(Code::OddLength, span, "This length is nothing, or out of reason; it is read as 1.");
            Fraction::ONE
        })
    }

    fn read_note(&mut self) {
        let start = self.at;
        let Some(mut note) = self.scan_note() else { return self.read_unknown() };
        note.written = self.read_length(start);
        note.duration = note.written;
        let span = self.span_from(start);
        self.voice.push_timed(span, Kind::Note(note), self.book.sink());
    }

    fn read_rest(&mut self) {
        let start = self.at;
        let visible = self.peek(0) == b'z';
        self.at += 1;
        let written = self.read_length(start);
        let rest = Rest { visible, written, duration: written };
        let span = self.span_from(start);
        self.voice.push_timed(span, Kind::Rest(rest), self.book.sink());
    }

    fn read_bars_rest(&mut self) {
        let start = self.at;
        let visible = self.peek(0) == b'Z';
        let (bars, end) = number(self.bytes, self.at + 1);
        self.at = end;
        let span = self.span_from(start);
        let mut bars = bars.unwrap_or(1);
        if bars == 0 || bars > limits::LENGTH {
            self.report(Code::OddLength, span, "This length is nothing, or out of reason; it is read as 1.");
            bars = 1;
        }
        self.voice.push_bars_rest(span, bars as u16, visible);
    }

    fn read_tie(&mut self, length: usize, tie: Tie) {
        let start = self.at;
        self.at += length;
        let span = self.span_from(start);
        self.voice.tie(span, tie, self.book.sink());
    }

    fn read_slur(&mut self, length: usize, dotted: bool) {
        let start = self.at;
        self.at += length;
        let span = self.span_from(start);
        self.voice.push_slur(span, dotted, self.book.sink());
    }

    /// `(3`, `(3:2`, `(3:2:4`, `(3::4`.
    fn read_tuplet(&mut self) {
        let start = self.at;
        let (count, end) = number(self.bytes, self.at + 1);
        self.at = end;
        let mut said = [None; 2];
        for said in &mut said {
            // A colon before a bar line is that one's.
            if self.peek(0) != b':' || self.peek(1) == b'|' {
                break;
            }
            let (value, end) = number(self.bytes, self.at + 1);
            self.at = end;
            *said = value;
        }
        let span = self.span_from(start);
        let small = |number: u32| u8::try_from(number).ok().filter(|&number| number <= 99);
        let (Some(count), Some(time), Some(notes)) = (
            count.and_then(small),
            said[0].map_or(Some(None), |time| small(time).map(Some)),
            said[1].map_or(Some(None), |notes| small(notes).map(Some)),
        ) else {
            return self.report(Code::OddTuplet, span, "The numbers of a tuplet go up to 99.");
        };
        self.voice.push_tuplet(span, count, time, notes, self.book.sink());
    }

    /// `[`: a bar line, an ending, a field or a chord.
    fn read_bracket(&mut self) {
        let start = self.at;
        match (self.peek(1), self.peek(2)) {
            (b'|', _) => self.read_bar_line(),
            (b'0'..=b'9', _) => {
                self.at += 1;
                self.read_ending(start);
            }
            (letter, b':') if letter.is_ascii_alphabetic() => self.read_inline_field(letter),
            _ => self.read_chord(),
        }
    }

    /// `[K:D]` (§3.2)
    fn read_inline_field(&mut self, letter: u8) {
        let start = self.at;
        let from = start + 3;
        let length =
            if self.no_bracket { None } else { self.bytes[from..].iter().position(|&byte| byte == b']') };
        let Some(length) = length else {
            self.no_bracket = true;
            self.at += 3;
            let span = self.span_from(start);
            return self.report(Code::UnclosedField, span, "This field is not closed by a ].");
        };
        self.at = from + length + 1;
        let span = self.span_from(start);
        // Within a macro there are no places but its own.
        let place = self.within.map_or(from, |span| span.end as usize);
        let value = Piece { text: &self.text[from..from + length], start: place }.trim();
        self.book.field_in_music(self.voice, letter, span, value);
    }

    /// A character that means nothing; further ones of the same word are told of together.
    fn read_unknown(&mut self) {
        let start = self.at;
        let step = |at: usize| self.text[at..].chars().next().map_or(1, char::len_utf8);
        self.at += step(start);
        // Letters of notes may follow what is no note at all: a word, say.
        while self.at < self.text.len() && !self.bytes[self.at].is_ascii() {
            self.at += step(self.at);
        }
        let span = self.span_from(start);
        let (message, hint) = match self.bytes[start] {
            b'/' | b'0'..=b'9' => ("This length has no note before it.", None),
            b'^' | b'_' | b'=' => ("This accidental has no note after it.", None),
            b']' => ("This bracket closes nothing.", None),
            b'}' => ("This brace closes nothing.", None),
            b'\'' | b',' => ("This octave sign has no note before it.", None),
            b':' => ("A colon means something only beside a bar line.", Some("a repeat is written |: or :|")),
            b'\\' => ("A backslash stands only at the end of a line.", None),
            _ => ("This means nothing in music.", Some("words belong into quotes, as in \"^slowly\"")),
        };
        match hint {
            Some(hint) => self.book.sink().report_with_hint(Code::UnknownCharacter, span, message, hint),
            None => self.report(Code::UnknownCharacter, span, message),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Element, Line, parse};
    use super::*;

    fn elements(metre: &str, music: &str) -> Vec<Element> {
        let text = format!("X:1\nL:1/8\nM:{metre}\nK:C\n{music}");
        parse(&text).tunes[0].voices[0].elements.clone()
    }

    /// How long notes, rests and chords last, in quavers.
    fn quavers(metre: &str, music: &str) -> Vec<Fraction> {
        let durations = elements(metre, music).into_iter().filter_map(|element| match element.kind {
            Kind::Note(note) => Some(note.duration),
            Kind::Rest(rest) => Some(rest.duration),
            Kind::Chord(chord) => Some(chord.duration),
            _ => None,
        });
        durations.map(|duration| duration.checked_mul(Fraction::of(8, 1)).unwrap()).collect()
    }

    fn bar_lines(music: &str) -> Vec<(Line, u8, u8)> {
        let elements = elements("4/4", music).into_iter();
        elements
            .filter_map(|element| match element.kind {
                Kind::Bar(bar) => Some((bar.line, bar.closes, bar.opens)),
                _ => None,
            })
            .collect()
    }

    #[test]
    fn lengths_broken_rhythm_and_tuplets_make_durations() {
        for (metre, music, expected) in [
            ("4/4", "A A2 A/ A// A3/2 z x4", vec![(1, 1), (2, 1), (1, 2), (1, 4), (3, 2), (1, 1), (4, 1)]),
            (
                "4/4",
                "A>B A<B A>>B A<<<B",
                vec![(3, 2), (1, 2), (1, 2), (3, 2), (7, 4), (1, 4), (1, 8), (15, 8)],
            ),
            ("4/4", "A{g}<A A2>z2", vec![(1, 2), (3, 2), (3, 1), (1, 1)]),
            ("4/4", "A>B>c", vec![(3, 2), (3, 4), (1, 2)]),
            ("4/4", "[C2E2G2]3 [CE2]", vec![(6, 1), (1, 1)]),
            ("4/4", "(3ABc (3:2:2A2B d", vec![(2, 3), (2, 3), (2, 3), (4, 3), (2, 3), (1, 1)]),
            ("4/4", "(2AB (4ABcd (5ABcde", [vec![(3, 2); 2], vec![(3, 4); 4], vec![(2, 5); 5]].concat()),
            ("6/8", "(5ABcde (3::2AB c", [vec![(3, 5); 5], vec![(2, 3); 2], vec![(1, 1)]].concat()),
            ("4/4", "(3A>Bc", vec![(1, 1), (1, 3), (2, 3)]),
            ("4/4", "[L:1/4]A[M:2/4]A[L:1/16]A", vec![(2, 1), (2, 1), (1, 2)]),
        ] {
            let expected: Vec<_> =
                expected.into_iter().map(|(above, below)| Fraction::of(above, below)).collect();
            assert_eq!(quavers(metre, music), expected, "{music}");
        }
    }

    #[test]
    fn bar_lines_are_read_liberally() {
        use Line::{Dotted, Double, Final, Initial, Invisible, Single};
        for (music, expected) in [
            ("|", (Single, 0, 0)),
            ("||", (Double, 0, 0)),
            ("|]", (Final, 0, 0)),
            ("[|", (Initial, 0, 0)),
            (".|", (Dotted, 0, 0)),
            ("[|]", (Invisible, 0, 0)),
            ("|:", (Single, 0, 1)),
            ("[|:", (Initial, 0, 1)),
            (":|", (Single, 1, 0)),
            (":|]", (Final, 1, 0)),
            ("::", (Double, 1, 1)),
            (":|:", (Double, 1, 1)),
            (":||:", (Double, 1, 1)),
            ("|::", (Single, 0, 2)),
            ("::|", (Single, 2, 0)),
        ] {
            assert_eq!(bar_lines(music), [expected], "{music}");
        }
        assert_eq!(bar_lines(":| |:"), [(Single, 1, 0), (Single, 0, 1)]);
    }

    #[test]
    fn endings_are_read_in_every_form() {
        for (music, ranges) in [
            ("A|1A", vec![(1, 1)]),
            ("A:|2A", vec![(2, 2)]),
            ("A| [1,3A", vec![(1, 1), (3, 3)]),
            ("A|[2-4A", vec![(2, 4)]),
            ("A| 1A", vec![(1, 1)]),
            ("A|]2A", vec![(2, 2)]),
        ] {
            let found = elements("4/4", music).into_iter().find_map(|element| match element.kind {
                Kind::Ending(numbers) => Some(numbers.ranges),
                _ => None,
            });
            assert_eq!(found, Some(ranges), "{music}");
        }
    }

    #[test]
    fn octave_signs_mix() {
        for (music, letter, octave) in [
            ("C", Letter::C, 4),
            ("c", Letter::C, 5),
            ("C'", Letter::C, 5),
            ("b,,'", Letter::B, 4),
            ("G,,", Letter::G, 2),
        ] {
            let Kind::Note(note) = elements("4/4", music).remove(0).kind else { panic!("{music}") };
            assert_eq!((note.letter, note.octave), (letter, octave), "{music}");
        }
    }

    #[test]
    fn brackets_parentheses_dots_and_quotes_open_different_things() {
        let kinds = |music: &str| -> Vec<String> {
            let name = |kind: &Kind| {
                format!("{kind:?}").split([' ', '(', '{']).next().unwrap_or_default().to_owned()
            };
            elements("4/4", music)
                .iter()
                .map(|element| name(&element.kind))
                .filter(|n| n != "LineBreak")
                .collect()
        };
        assert_eq!(kinds("[CE]"), ["Chord"]);
        assert_eq!(kinds("[K:D][r:words]"), ["Key", "Field"]);
        assert_eq!(
            kinds("(AB)(3ABc"),
            ["SlurStart", "Note", "Note", "SlurEnd", "Tuplet", "Note", "Note", "Note"]
        );
        assert_eq!(kinds(".A.(A).|"), ["Decoration", "Note", "SlurStart", "Note", "SlurEnd", "Bar"]);
        assert_eq!(kinds("\"Am\"A\"^a\"A"), ["ChordSymbol", "Note", "Annotation", "Note"]);
        assert_eq!(kinds("!trill!A !|"), ["Decoration", "Note", "Space", "Bar"]);
        assert_eq!(kinds("{/g}~A`B&c"), ["Grace", "Decoration", "Note", "Note", "Overlay", "Note"]);
        assert_eq!(kinds("A8 \\\nB8"), ["Note", "Space", "Note"]);
    }

    #[test]
    fn what_is_within_a_chord_or_grace_note_stands_before_it() {
        let text = "X:1\nL:1/8\nK:C\n[\"Am\"uC-E]{(ue}c)";
        let elements = parse(text).tunes.remove(0).voices.remove(0).elements;
        let spans: Vec<&str> = elements.iter().map(|element| element.span.of(text)).collect();
        assert_eq!(spans[..3], ["\"Am\"", "u", "[\"Am\"uC-E]"]);
        let Kind::Chord(chord) = &elements[2].kind else { panic!("{elements:?}") };
        let ties: Vec<bool> = chord.notes.iter().map(|(_, note)| note.tie.is_some()).collect();
        assert_eq!(ties, [true, false]);
        assert!(
            matches!(elements[3].kind, Kind::SlurStart { .. }) && matches!(elements[5].kind, Kind::Grace(_))
        );
    }
}
