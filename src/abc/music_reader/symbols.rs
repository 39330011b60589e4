//! `s:` lines: decorations, chord symbols and annotations laid over notes (§4.15).

use super::super::diagnostic::Code;
use super::super::parser::Book;
use super::super::scan::Piece;
use super::super::voice_reader::{Stop, VoiceReader};
use super::super::{Decoration, Element, Span};
use super::Reader;

/// Lays the symbols of a line, continued ones joined, over the notes of the current voice's last line of
/// music, as words are laid under them: `*` passes a note over, `|` goes on to the next bar.
pub(in super::super) fn read_symbols<'t>(
    book: &mut Book<'t>,
    voice: &mut VoiceReader<'t>,
    line: Span,
    pieces: &[Piece<'_>],
) {
    let Some(stops) = voice.symbol_stops() else {
        let message = "A line of music has at most 16 lines of symbols; this one is left out.";
        return book.sink().report(Code::Limit, line, message);
    };
    let mut stops = stops.into_iter();
    let mut laid: Vec<(usize, Element)> = Vec::new();
    let mut left_over = None;
    for piece in pieces {
        let end = piece.start + piece.text.len();
        let Some(text) = voice.text.get(..end) else { continue };
        let mut reader = Reader::new(text, piece.start, book, voice);
        while reader.at < end {
            let start = reader.at;
            match reader.peek(0) {
                b' ' | b'\t' | b'`' => {
                    reader.at += 1;
                    continue;
                }
                b'|' => {
                    reader.at += 1;
                    stops.by_ref().find(|stop| matches!(stop, Stop::Bar));
                    continue;
                }
                b'*' => reader.at += 1,
                _ => reader.read_symbol(),
            }
            let span = reader.span_from(start);
            let symbols = reader.voice.take_captured();
            match stops.by_ref().find_map(|stop| if let Stop::Note(at) = stop { Some(at) } else { None }) {
                Some(at) => laid.extend(symbols.into_iter().map(|symbol| (at, symbol))),
                None => left_over = left_over.or(Some(span)),
            }
        }
    }
    if let Some(span) = left_over {
        book.sink().report(Code::LongSymbols, span, "There are more symbols than notes.");
    }
    voice.lay_symbols(laid);
}

impl Reader<'_, '_, '_> {
    /// Reads one symbol into what is captured.
    fn read_symbol(&mut self) {
        self.voice.capture();
        let byte = self.peek(0);
        if self.read_user_symbol(byte) {
            return;
        }
        let start = self.at;
        match byte {
            b'"' => self.read_quote(),
            b'!' => match self.name_between(b'!') {
                Some(name) => self.push_decoration(start, Decoration::from_name(name)),
                None => self.read_no_symbol(),
            },
            b'+' => match self.name_between(b'+') {
                Some(name) => self.push_decoration(start, Decoration::from_name(name)),
                None => self.read_no_symbol(),
            },
            byte if Decoration::from_sign(byte).is_some() => self.read_sign(),
            _ => self.read_no_symbol(),
        }
    }

    /// A word that is no symbol.
    fn read_no_symbol(&mut self) {
        let start = self.at;
        let rest = &self.text[start..];
        self.at += rest.find([' ', '\t', '|']).unwrap_or(rest.len()).max(1);
        let span = self.span_from(start);
        let hint = "decorations stand between two !, chords and words between quotes";
        let message = "This is no symbol over a note.";
        self.book.sink().report_with_hint(Code::UnknownCharacter, span, message, hint);
    }
}
