//! Macros, decorations and words in quotes (§4.14, §4.16, §4.18, §4.19, §9).

use super::super::diagnostic::Code;
use super::super::element::{Annotation, ChordSymbol, LineBreak, Place};
use super::super::read_field::Symbol;
use super::super::{Decoration, Expansion, Kind, Span, limits, macros};
use super::Reader;
use crate::music::Chord;

impl<'m> Reader<'_, 'm, '_> {
    /// A macro (§9).
    pub(super) fn read_macro(&mut self) -> bool {
        let is_full = self.book.expanded > limits::EXPANSIONS;
        if self.voice.macros.is_empty() || self.within.is_some() || is_full {
            return false;
        }
        let Some((used, text)) = macros::expand(&self.voice.macros, &self.text[self.at..]) else {
            return false;
        };
        let span = Span::new(self.at, self.at + used);
        self.book.expanded += text.len();
        if self.book.expanded > limits::EXPANSIONS {
            let message = "Macros stand for more text than is read; from here on they are read as written.";
            self.report(Code::Limit, span, message);
            return false;
        }
        self.at += used;
        let mut reader = Reader::new(&text, 0, self.book, self.voice);
        reader.within = Some(span);
        while reader.at < text.len() {
            reader.read();
        }
        self.voice.tune.expansions.push(Expansion { span, text: Some(text) });
        true
    }

    /// A sign that `U:` defined.
    pub(super) fn read_user_symbol(&mut self, byte: u8) -> bool {
        if self.voice.symbols.is_empty() {
            return false;
        }
        let Some((_, symbol)) = self.voice.symbols.iter().find(|(sign, _)| *sign == byte) else {
            return false;
        };
        let start = self.at;
        self.at += 1;
        match symbol.clone() {
            Symbol::Decoration(decoration) => self.push_decoration(start, decoration),
            Symbol::Words(words) => self.push_words(start, &words),
            Symbol::Nothing => {}
        }
        true
    }

    pub(super) fn read_sign(&mut self) {
        let start = self.at;
        let decoration = Decoration::from_sign(self.peek(0));
        self.at += 1;
        if let Some(decoration) = decoration {
            self.push_from(start, Kind::Decoration(decoration));
        }
    }

    pub(super) fn push_decoration(&mut self, start: usize, decoration: Decoration) {
        if !decoration.is_known() {
            let message = format!("The decoration “{}” is not known.", decoration.name());
            let span = self.span_from(start);
            self.book.sink().report(Code::UnknownDecoration, span, message);
        }
        self.push_from(start, Kind::Decoration(decoration));
    }

    /// `!trill!`, or an old line break (§12.2).
    pub(super) fn read_exclamation(&mut self) {
        let start = self.at;
        if self.voice.breaks_at_exclamation {
            self.at += 1;
            return self.push_from(start, Kind::LineBreak(LineBreak::Exclamation));
        }
        if let Some(name) = self.name_between(b'!') {
            return self.push_decoration(start, Decoration::from_name(name));
        }
        self.at += 1;
        let span = self.span_from(start);
        let message = "This is read as the end of a line, as in old tunes.";
        let hint = "end the line in the text instead, or close the decoration with a second !";
        self.book.sink().report_with_hint(Code::OldLineBreak, span, message, hint);
        self.push_from(start, Kind::LineBreak(LineBreak::Exclamation));
    }

    /// `+trill+`: an old way to write decorations.
    pub(super) fn read_plus(&mut self) {
        let start = self.at;
        match self.name_between(b'+') {
            Some(name) => {
                if !self.voice.plus_decorates {
                    let span = self.span_from(start);
                    let message = "Decorations are written between two ! today.";
                    self.report(Code::OldDecoration, span, message);
                }
                self.push_decoration(start, Decoration::from_name(name));
            }
            None => self.read_unknown(),
        }
    }

    /// The name between this sign and the next one like it, if that comes before a bar line, bracket,
    /// space or the line's end; both are passed over.
    pub(super) fn name_between(&mut self, sign: u8) -> Option<&'m str> {
        let from = self.at + 1;
        let rest = self.bytes.get(from..)?;
        let ends = |&b: &u8| b == sign || matches!(b, b'!' | b'|' | b'[' | b']' | b' ' | b'\t');
        let length = rest.iter().position(ends)?;
        if rest[length] != sign || length == 0 {
            return None;
        }
        self.at = from + length + 1;
        self.text.get(from..from + length)
    }

    pub(super) fn read_quote(&mut self) {
        let start = self.at;
        let from = start + 1;
        let rest = &self.bytes[from..];
        // `\"` is a quote within the words, if there is another one to end them.
        let unescaped = (1..rest.len()).find(|&i| rest[i] == b'"' && rest[i - 1] != b'\\');
        let closing = if rest.first() == Some(&b'"') { Some(0) } else { unescaped };
        if let Some(length) = closing.or_else(|| rest.iter().position(|&byte| byte == b'"')) {
            self.at = from + length + 1;
            let text = self.text;
            return self.push_words(start, &text[from..from + length]);
        }
        // Leave the next bar as it is.
        self.at = from + rest.iter().position(|&byte| byte == b'|').unwrap_or(rest.len());
        let span = self.span_from(start);
        let message = "This quote is not closed.";
        self.book.sink().report_with_hint(Code::UnclosedQuote, span, message, "put a \" after the words");
    }

    /// What stands between quotes: an annotation (§4.19) or a chord symbol (§4.18).
    fn push_words(&mut self, start: usize, words: &str) {
        let span = self.span_from(start);
        let first = words.bytes().next().unwrap_or(0);
        if let Some(place) = Place::from_sign(first) {
            let text = words[1..].to_owned();
            return self.voice.push(span, Kind::Annotation(Box::new(Annotation { place, text })));
        }
        let mut chord = Chord::parse(words);
        if chord.is_none() {
            let mut upper = words.trim().to_owned();
            if let Some(first) = upper.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            chord = Chord::parse(&upper);
            let sink = self.book.sink();
            if chord.is_some() {
                let message = format!("The chord “{words}” is written in lower case.");
                sink.report_with_hint(Code::LowerCaseChord, span, message, format!("write \"{upper}\""));
            } else {
                let message = format!("“{words}” names no chord.");
                let hint = "words that are no chord begin with ^, _, <, > or @";
                sink.report_with_hint(Code::UnknownChord, span, message, hint);
            }
        }
        let symbol = ChordSymbol { text: words.to_owned(), chord };
        self.voice.push(span, Kind::ChordSymbol(Box::new(symbol)));
    }
}
