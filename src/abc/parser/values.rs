//! The values of fields, and what is said when they cannot be read.

use super::super::diagnostic::{Code, Sink};
use super::super::macros::{self, Macro};
use super::super::read_field::{Symbol, read_metre, read_tempo, read_unit};
use super::super::read_key::{read_key, read_staff_word};
use super::super::scan::Piece;
use super::super::{Directive, Expansion, KeyField, Kind, Span, Tempo, Voice, limits};
use super::Book;
use crate::music::{Fraction, Metre};

impl Book<'_> {
    pub(super) fn read_key(&mut self, value: Piece<'_>, span: Span) -> KeyField {
        read_key(value, |odd| {
            let message = format!("“{}” says nothing about a key.", odd.text);
            let hint = match odd.text.as_bytes() {
                [b'a'..=b'g', ..] => "write the key's letter in upper case",
                _ => "keys are written like D, Emin, Amix, Edor or none",
            };
            let place = Span::new(odd.start, odd.start + odd.text.len());
            let place = if place.end <= span.end { place } else { span };
            self.sink.report_with_hint(Code::UnknownKey, place, message, hint);
        })
    }

    pub(super) fn read_metre(&mut self, value: Piece<'_>, span: Span) -> Option<Metre> {
        let metre = read_metre(value.text);
        if metre.is_none() {
            let message = format!("“{}” is no metre.", value.text);
            self.sink.report_with_hint(Code::UnknownMetre, span, message, "write 4/4, 6/8, C, C| or none");
        }
        metre
    }

    pub(super) fn read_unit(&mut self, value: Piece<'_>, span: Span) -> Option<Fraction> {
        let unit = read_unit(value.text);
        if unit.is_none() {
            let message = format!("“{}” is no unit note length.", value.text);
            self.sink.report_with_hint(Code::UnknownUnit, span, message, "write 1/8, 1/16 or 1/4");
        }
        unit
    }

    pub(super) fn read_tempo(&mut self, value: Piece<'_>, span: Span, unit: Fraction) -> Option<Tempo> {
        let tempo = read_tempo(value.text, unit);
        if tempo.is_none() {
            let message = format!("“{}” is no tempo.", value.text);
            self.sink.report_with_hint(
                Code::UnknownTempo,
                span,
                message,
                "write 1/4=120, or words in quotes",
            );
        }
        tempo
    }
}

pub(super) fn directive(span: Span, text: Piece<'_>) -> Directive {
    let (name, value) = text.text.split_once(|c: char| c.is_ascii_whitespace()).unwrap_or((text.text, ""));
    Directive { span, name: name.to_owned(), value: value.trim().to_owned() }
}

pub(super) fn field_kind(letter: u8, value: Piece<'_>) -> Kind {
    Kind::Field { letter: letter.into(), text: value.text.into() }
}

/// Whether a line after the header that begins with a letter and a colon is a field. The letters of
/// notes may begin a line of music: `A:|`.
pub(super) fn is_field_in_body(letter: u8, line: &str) -> bool {
    match letter {
        b'+' | b'm' | b'r' | b's' | b'w' => true,
        b'A'..=b'Z' => !matches!(line.as_bytes().get(2), Some(b'|' | b':')),
        _ => false,
    }
}

/// `m:` (§9).
pub(super) fn define_macro(
    value: Piece<'_>,
    span: Span,
    macros: &mut Vec<Macro>,
    expansions: &mut Vec<Expansion>,
    sink: &mut Sink,
) {
    let Some(new) = Macro::read(value) else {
        let hint = "write m:~G3 = G{A}G{F}G, or m:~n3 = n{o}n{m}n for all notes";
        return sink.report_with_hint(Code::UnknownMacro, span, "This defines no macro.", hint);
    };
    if macros::define(macros, new) {
        expansions.push(Expansion { span, text: None });
    } else {
        sink.report(Code::Limit, span, "A tune has at most 64 macros; this one is left out.");
    }
}

pub(super) fn set_symbol(symbols: &mut Vec<(u8, Symbol)>, (sign, symbol): (u8, Symbol)) {
    symbols.retain(|(other, _)| *other != sign);
    symbols.push((sign, symbol));
}

pub(super) fn report_symbol(sink: &mut Sink, span: Span) {
    let message = "This defines no sign.";
    sink.report_with_hint(Code::UnknownSymbol, span, message, "write U:T=!trill!, with a letter from H to W");
}

/// `V:` (§7.1): finds or adds the voice and notes what is said about it. Returns its place among the
/// voices; `None` if there is no room for it or it has no name.
pub(super) fn read_voice_field(
    value: Piece<'_>,
    voices: &mut Vec<Voice>,
    sink: &mut Sink,
    span: Span,
) -> Option<usize> {
    let Some((id, mut rest)) = value.word() else {
        sink.report_with_hint(Code::UnknownField, span, "This voice has no name.", "write V:1");
        return None;
    };
    let index = match voices.iter().position(|voice| voice.id == id.text) {
        Some(index) => index,
        None if voices.len() < limits::VOICES => {
            voices.push(Voice { id: id.text.to_owned(), ..Voice::default() });
            voices.len() - 1
        }
        None => {
            sink.report(Code::Limit, span, "A tune has at most 64 voices; this one is left out.");
            return None;
        }
    };
    let voice = &mut voices[index];
    while let Some((word, after)) = rest.word() {
        rest = after;
        let name = word.text.split_once('=').map(|(name, value)| (name, value.replace('"', "")));
        match name {
            Some(("name" | "nm", name)) => voice.name = Some(name),
            Some(("subname" | "sname" | "snm", name)) => voice.subname = Some(name),
            _ if read_staff_word(word.text, &mut voice.staff) => {}
            _ => {
                let message = format!("“{}” says nothing about a voice.", word.text);
                sink.report(Code::UnknownField, span, message);
            }
        }
    }
    Some(index)
}
