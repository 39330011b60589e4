//! Lines: tunebooks, headers and fields between lines of music (§2, §3).

mod values;

use super::diagnostic::{Code, Diagnostic, Severity, Sink};
use super::element::LineBreak;
use super::macros::Macro;
use super::music_reader::{read_music, read_symbols};
use super::read_field::{Symbol, default_unit, read_parts, read_symbol};
use super::scan::{Piece, comment_start};
use super::voice_reader::VoiceReader;
use super::{Directive, Expansion, HeaderField, KeyField, Kind, Span, Tune, Voice, check, limits};
use crate::music::{Fraction, Key, Metre};
use values::{
    define_macro, directive, field_kind, is_field_in_body, read_voice_field, report_symbol, set_symbol,
};

/// What a text says and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Parsed {
    /// The tunes in the order of the text.
    pub tunes: Vec<Tune>,
    /// What is wrong, in the order of the text.
    pub diagnostics: Vec<Diagnostic>,
}

/// A text that is not all in order.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the text has {} faults; the first: {}", .diagnostics.len(), .diagnostics.first().map(ToString::to_string).unwrap_or_default())]
pub struct StrictError {
    /// All warnings and errors, in the order of the text; at least one.
    pub diagnostics: Vec<Diagnostic>,
}

/// Reads a text: a tune, or a tunebook with any number of them (§2.2). Whatever it is, it is read as
/// far as it can be understood.
pub fn parse(text: &str) -> Parsed {
    let mut sink = Sink::default();
    let mut end = text.len();
    if end > limits::BYTES {
        end = text.floor_char_boundary(limits::BYTES);
        let message = "The text is longer than 4 MB, and the rest of it is not read.";
        sink.report(Code::Limit, Span::new(end, text.len()), message);
    }
    let text = &text[..end];
    let mut book = Book {
        text,
        at: 0,
        sink,
        file: Header::default(),
        tunes: Vec::new(),
        elements: 0,
        expanded: 0,
        unclosed_blocks: 0,
    };
    book.read();
    let Book { mut sink, tunes, .. } = book;
    for tune in &tunes {
        check::check(tune, &mut sink);
    }
    Parsed { tunes, diagnostics: sink.finish(text) }
}

/// Reads a text and accepts it only if nothing in it is worth a warning.
///
/// # Errors
/// All warnings and errors, if there are any.
pub fn parse_strict(text: &str) -> Result<Parsed, StrictError> {
    let mut parsed = parse(text);
    if parsed.diagnostics.iter().all(|diagnostic| diagnostic.severity() < Severity::Warning) {
        return Ok(parsed);
    }
    parsed.diagnostics.retain(|diagnostic| diagnostic.severity() >= Severity::Warning);
    Err(StrictError { diagnostics: parsed.diagnostics })
}

/// How many lines after a blank one are looked at to see whether a header goes on.
const LINES_AHEAD: usize = 64;

/// What a header says so far: of the file (§2.2.2), or of a tune, which begins with the file's.
#[derive(Debug, Clone, Default)]
struct Header {
    number: Option<u32>,
    fields: Vec<HeaderField>,
    key: Option<KeyField>,
    metre: Option<Metre>,
    unit: Option<Fraction>,
    /// Read at the end of the header, when the unit is known.
    tempo: Option<(Span, String)>,
    parts: Option<super::Parts>,
    directives: Vec<Directive>,
    voices: Vec<Voice>,
    symbols: Vec<(u8, Symbol)>,
    macros: Vec<Macro>,
    expansions: Vec<Expansion>,
}

/// A text on the way to tunes.
#[derive(Debug)]
pub(super) struct Book<'t> {
    text: &'t str,
    /// The start of the next line.
    at: usize,
    sink: Sink,
    file: Header,
    tunes: Vec<Tune>,
    /// Elements of the tunes so far.
    elements: usize,
    /// Bytes that macros stand for so far.
    pub(super) expanded: usize,
    /// `%%begin…` lines without their end so far. Each was looked for to the end of its tune.
    unclosed_blocks: usize,
}

/// What a line is.
#[derive(Debug, Clone, Copy)]
enum Line<'t> {
    Blank,
    Comment,
    /// `%%`, the rest of it.
    Directive(Piece<'t>),
    /// A letter (or `+`), a colon, and the rest without its comment.
    Field(u8, Piece<'t>),
    /// Anything else.
    Music,
}

impl<'t> Line<'t> {
    fn of(line: Piece<'t>) -> Self {
        let bytes = line.text.as_bytes();
        match bytes {
            [b'%', b'%', ..] => Self::Directive(line.split_at(2).1.trim()),
            [b'%', ..] => Self::Comment,
            [letter, b':', ..] if letter.is_ascii_alphabetic() || *letter == b'+' => {
                let value = line.split_at(2).1;
                Self::Field(*letter, value.split_at(comment_start(value.text)).0.trim())
            }
            _ if bytes.iter().all(u8::is_ascii_whitespace) => Self::Blank,
            _ => Self::Music,
        }
    }
}

impl<'t> Book<'t> {
    /// The line that begins at `at`, without its end, and where the next one begins.
    fn line_at(&self, at: usize) -> Option<(Piece<'t>, usize)> {
        let rest = self.text.get(at..).filter(|rest| !rest.is_empty())?;
        let length = rest.bytes().position(|byte| byte == b'\n').unwrap_or(rest.len());
        let line = &rest[..length];
        let text = line.strip_suffix('\r').unwrap_or(line);
        Some((Piece { text, start: at }, at + (length + 1).min(rest.len())))
    }

    fn read(&mut self) {
        // A byte order mark is no text.
        if self.text.starts_with('\u{feff}') {
            self.at = '\u{feff}'.len_utf8();
        }
        let mut first_block = true;
        while let Some((line, next)) = self.line_at(self.at) {
            if self.tunes.len() >= limits::TUNES {
                let span = Span::new(self.at, self.text.len());
                return self.sink.report(Code::Limit, span, "The text has more tunes than are read.");
            }
            match Line::of(line) {
                Line::Blank | Line::Comment => self.at = next,
                Line::Field(b'X', _) => self.read_tune(),
                _ if self.block_is_tune() => {
                    let message = "This tune has no number.";
                    self.sink.report_with_hint(Code::NoNumber, line.span(), message, "begin it with X:1");
                    self.read_tune();
                }
                _ => self.skip_block(first_block),
            }
            first_block &= matches!(Line::of(line), Line::Blank | Line::Comment);
        }
        if self.tunes.is_empty() && !self.text.trim().is_empty() {
            let end = self.text.find('\n').unwrap_or(self.text.len());
            let hint = "a tune begins with X: and its music after K:";
            self.sink.report_with_hint(
                Code::NoTune,
                Span::new(0, end),
                "There is no tune in this text.",
                hint,
            );
        }
    }

    /// Whether the lines up to the next blank one have a `K:` before any `X:`.
    fn block_is_tune(&self) -> bool {
        let mut at = self.at;
        while let Some((line, next)) = self.line_at(at) {
            match Line::of(line) {
                Line::Field(b'K', _) => return true,
                Line::Blank | Line::Field(b'X', _) => return false,
                _ => at = next,
            }
        }
        false
    }

    /// Free text and typeset text (§2.2.3), or the file header at the start of the file (§2.2.2).
    fn skip_block(&mut self, is_file_header: bool) {
        let mut header = std::mem::take(&mut self.file);
        let start = self.at;
        while let Some((line, next)) = self.line_at(self.at) {
            // Every tune gets a copy of it.
            let is_file_header = is_file_header && next - start <= limits::FILE_HEADER;
            match Line::of(line) {
                Line::Blank | Line::Field(b'X', _) => break,
                Line::Directive(text) => {
                    self.at = next;
                    self.skip_text_block(text);
                    if is_file_header {
                        header.directives.push(directive(line.span(), text));
                    }
                }
                Line::Field(letter, value) => {
                    self.at = next;
                    if is_file_header {
                        self.header_field(&mut header, letter, line, value);
                    }
                }
                Line::Comment | Line::Music => self.at = next,
            }
        }
        self.file = header;
    }

    /// After `%%begintext` and its like: skips to the `%%end…` that closes it, if there is one.
    fn skip_text_block(&mut self, opening: Piece<'_>) {
        let Some(kind) = opening.text.strip_prefix("begin").and_then(|rest| rest.split_whitespace().next())
        else {
            return;
        };
        if self.unclosed_blocks >= limits::DEPTH {
            return;
        }
        let mut at = self.at;
        while let Some((line, next)) = self.line_at(at) {
            at = next;
            match Line::of(line) {
                Line::Directive(text)
                    if text.text.strip_prefix("end").is_some_and(|end| end.trim() == kind) =>
                {
                    self.at = next;
                    return;
                }
                Line::Field(b'X', _) => break,
                _ => {}
            }
        }
        self.unclosed_blocks += 1;
    }

    fn read_tune(&mut self) {
        let start = self.at;
        let mut header = self.file.clone();
        self.read_header(&mut header);
        let body = self.at;
        let tempo = header.tempo.take();
        let metre = header.metre.unwrap_or(Metre::Free);
        let unit = header.unit.unwrap_or_else(|| default_unit(&metre));
        let tempo =
            tempo.and_then(|(span, text)| self.read_tempo(Piece { text: &text, start: 0 }, span, unit));
        let tune = Tune {
            span: Span::new(start, body),
            body: Span::new(body, body).start,
            number: header.number,
            fields: header.fields,
            key: header.key.unwrap_or(KeyField { key: Some(Key::NONE), ..KeyField::default() }),
            metre,
            unit,
            tempo,
            parts: header.parts,
            directives: header.directives,
            expansions: header.expansions,
            voices: header.voices,
        };
        let room = limits::ELEMENTS - self.elements;
        let mut reader = VoiceReader::new(self.text, tune, header.symbols, header.macros, room);
        let end = self.read_body(&mut reader);
        let mut tune = reader.finish(&mut self.sink);
        tune.span.end = Span::new(end, end).end;
        self.elements += tune.voices.iter().map(|voice| voice.elements.len()).sum::<usize>();
        self.elements = self.elements.min(limits::ELEMENTS);
        self.tunes.push(tune);
    }

    fn read_header(&mut self, header: &mut Header) {
        let start = self.at;
        let mut first = true;
        while let Some((line, next)) = self.line_at(self.at) {
            match Line::of(line) {
                Line::Field(b'X', value) if first => {
                    header.number = value.text.parse().ok();
                    if header.number.is_none() {
                        let message = "A tune's number is a whole number.";
                        self.sink.report_with_hint(Code::OddNumber, line.span(), message, "write X:1");
                    }
                }
                Line::Field(b'X', _) => break,
                Line::Field(letter, value) => {
                    self.at = next;
                    self.header_field(header, letter, line, value);
                    if letter == b'K' {
                        return;
                    }
                    first = false;
                    continue;
                }
                Line::Directive(text) => {
                    header.directives.push(directive(line.span(), text));
                    self.at = next;
                    self.skip_text_block(text);
                    first = false;
                    continue;
                }
                Line::Comment => {}
                Line::Blank => {
                    if !self.header_goes_on(next) {
                        break;
                    }
                    let message = "A blank line ends a tune, and this one stands in its header.";
                    self.sink.report_with_hint(Code::BlankLine, line.span(), message, "take it out");
                }
                Line::Music => break,
            }
            first = false;
            self.at = next;
        }
        let span = self.line_at(start).map_or(Span::new(start, start), |(line, _)| line.span());
        let message = "This tune has no key.";
        self.sink.report_with_hint(Code::NoKey, span, message, "end its header with a K: field such as K:D");
    }

    /// Whether a header with a blank line before `at` goes on after it.
    fn header_goes_on(&self, mut at: usize) -> bool {
        let (mut field, mut lines) = (false, 0);
        while lines < LINES_AHEAD
            && let Some((line, next)) = self.line_at(at)
        {
            match Line::of(line) {
                Line::Field(b'X', _) => return false,
                Line::Field(b'K', _) => return true,
                Line::Field(..) => field = true,
                Line::Blank if field => return false,
                Line::Music => return false,
                Line::Blank | Line::Comment | Line::Directive(_) => {}
            }
            lines += 1;
            at = next;
        }
        false
    }

    /// A field of a header; the lines that continue it (`+:`, §3.3) are read too.
    fn header_field(&mut self, header: &mut Header, letter: u8, line: Piece<'t>, value: Piece<'t>) {
        let mut span = line.span();
        let mut joined = None;
        while let Some((more, next)) = self.line_at(self.at)
            && let Line::Field(b'+', text) = Line::of(more)
        {
            let joined = joined.get_or_insert_with(|| value.text.to_owned());
            joined.push(' ');
            joined.push_str(text.text);
            span.end = more.span().end;
            self.at = next;
        }
        // Places within joined lines are none in the text: a fault in one is told of all of them.
        let value = match &joined {
            Some(text) => Piece { text, start: span.end as usize },
            None => value,
        };
        match letter {
            b'K' => {
                let mut field = self.read_key(value, span);
                field.key.get_or_insert(Key::NONE);
                header.key = Some(field);
            }
            b'M' => header.metre = self.read_metre(value, span).or(header.metre.take()),
            b'L' => header.unit = self.read_unit(value, span).or(header.unit),
            b'Q' => header.tempo = Some((span, value.text.to_owned())),
            b'P' => {
                header.parts = read_parts(value.text);
                if header.parts.is_none() {
                    let message = format!("The order of parts “{}” cannot be worked out.", value.text);
                    self.sink.report_with_hint(Code::UnknownParts, span, message, "write P:ABAB or P:(AB)2");
                }
            }
            b'V' => {
                read_voice_field(value, &mut header.voices, &mut self.sink, span);
                return;
            }
            b'U' => {
                match read_symbol(value) {
                    Some(symbol) => set_symbol(&mut header.symbols, symbol),
                    None => report_symbol(&mut self.sink, span),
                }
                return;
            }
            b'I' => {
                header.directives.push(directive(span, value));
                return;
            }
            b'+' => return self.sink.report(Code::MisplacedField, span, "This line continues no field."),
            b'w' => {
                let message = "Words under notes stand after the notes.";
                self.sink.report_with_hint(Code::MisplacedField, span, message, "move them below the music");
            }
            b'A'..=b'D' | b'F'..=b'H' | b'N' | b'O' | b'R' | b'S' | b'T' | b'W' | b'Z' | b'r' => {}
            b'm' => {
                define_macro(value, span, &mut header.macros, &mut header.expansions, &mut self.sink);
                return;
            }
            _ => {
                let letter = char::from(letter);
                self.sink.report(
                    Code::UnknownField,
                    span,
                    format!("There is no field {letter}: in a header."),
                );
            }
        }
        header.fields.push(HeaderField { span, letter: letter.into(), text: value.text.to_owned() });
    }

    /// The music; returns where the tune's last line ends.
    fn read_body(&mut self, reader: &mut VoiceReader<'t>) -> usize {
        let mut end = self.at.min(self.text.len());
        if self.text[..end].ends_with('\n') {
            end -= 1;
        }
        while let Some((line, next)) = self.line_at(self.at) {
            match Line::of(line) {
                Line::Blank => break,
                Line::Field(b'X', _) => {
                    let message = "A tune begins here without a blank line before it.";
                    self.sink.report_with_hint(Code::NoBlankLine, line.span(), message, "put one in");
                    break;
                }
                Line::Comment => self.at = next,
                Line::Directive(text) => {
                    self.at = next;
                    reader.push(line.span(), Kind::Directive(Box::new(directive(line.span(), text))));
                    self.skip_text_block(text);
                }
                Line::Field(letter, value) if is_field_in_body(letter, line.text) => {
                    self.at = next;
                    self.body_field(reader, letter, line, value);
                }
                Line::Field(..) | Line::Music => {
                    self.at = next;
                    self.read_music_line(reader, line);
                }
            }
            let (line_end, last) = (line.start + line.text.len(), self.at.min(self.text.len()));
            end = if last > next { last } else { line_end };
        }
        end
    }

    fn read_music_line(&mut self, reader: &mut VoiceReader<'t>, line: Piece<'t>) {
        let music = &line.text[..comment_start(line.text)];
        let trimmed = music.trim_end_matches([' ', '\t', '\r', '\u{c}', '\u{b}']);
        // A backslash joins this line to the next one (§6.1.1).
        let joined = trimmed.ends_with('\\');
        let music = if joined { &trimmed[..trimmed.len() - 1] } else { music };
        reader.begin_line(joined);
        let end = line.start + music.len();
        read_music(self, reader, line.start, end);
        if !joined {
            let line_end = line.start + line.text.len();
            reader.push(Span::new(line_end, line_end), Kind::LineBreak(LineBreak::Line));
        }
    }

    fn body_field(&mut self, reader: &mut VoiceReader<'t>, letter: u8, line: Piece<'t>, value: Piece<'t>) {
        match letter {
            b'w' | b's' => {
                let mut pieces = vec![value];
                let mut span = line.span();
                while let Some((more, next)) = self.line_at(self.at)
                    && let Line::Field(b'+', text) = Line::of(more)
                {
                    pieces.push(text);
                    span.end = more.span().end;
                    self.at = next;
                }
                if letter == b's' {
                    read_symbols(self, reader, span, &pieces);
                } else {
                    reader.lay_lyrics(span, &pieces, &mut self.sink);
                }
            }
            b'+' => self.sink.report(Code::MisplacedField, line.span(), "This line continues no field."),
            _ => self.field_in_music(reader, letter, line.span(), value),
        }
    }

    /// A field between lines of music or in brackets among it.
    pub(super) fn field_in_music(
        &mut self,
        reader: &mut VoiceReader<'t>,
        letter: u8,
        span: Span,
        value: Piece<'_>,
    ) {
        let kind = match letter {
            b'K' => match self.read_key(value, span) {
                // Nothing of it was understood.
                field if field == KeyField::default() => return,
                field => Kind::Key(Box::new(field)),
            },
            b'M' => match self.read_metre(value, span) {
                Some(metre) => Kind::Metre(Box::new(metre)),
                None => return,
            },
            b'L' => match self.read_unit(value, span) {
                Some(unit) => Kind::Unit(unit),
                None => return,
            },
            b'Q' => match self.read_tempo(value, span, reader.unit()) {
                Some(tempo) => Kind::Tempo(Box::new(tempo)),
                None => return,
            },
            b'P' => Kind::Part(value.text.into()),
            b'R' => Kind::Rhythm(value.text.into()),
            b'I' => Kind::Directive(Box::new(directive(span, value))),
            b'V' => {
                let id = read_voice_field(value, &mut reader.tune.voices, &mut self.sink, span);
                return reader.switch_to(id);
            }
            b'U' => {
                return match read_symbol(value) {
                    Some(symbol) => set_symbol(&mut reader.symbols, symbol),
                    None => report_symbol(&mut self.sink, span),
                };
            }
            b'N' | b'O' | b'r' | b'T' | b'W' => field_kind(letter, value),
            b'm' => {
                let expansions = &mut reader.tune.expansions;
                return define_macro(value, span, &mut reader.macros, expansions, &mut self.sink);
            }
            b's' => {
                let message = "Symbols over notes stand on a line of their own after the notes.";
                self.sink.report_with_hint(Code::MisplacedField, span, message, "move them below the music");
                field_kind(letter, value)
            }
            b'A'..=b'D' | b'F'..=b'H' | b'S' | b'X' | b'Z' => {
                let letter = char::from(letter);
                let message = format!("The field {letter}: belongs into the header.");
                self.sink.report_with_hint(Code::MisplacedField, span, message, "move it before K:");
                field_kind(letter as u8, value)
            }
            _ => {
                let letter = char::from(letter);
                self.sink.report(Code::UnknownField, span, format!("There is no field {letter}: in music."));
                field_kind(letter as u8, value)
            }
        };
        reader.push(span, kind);
    }

    pub(super) fn sink(&mut self) -> &mut Sink {
        &mut self.sink
    }
}
