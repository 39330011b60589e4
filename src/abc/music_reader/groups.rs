//! Notes that belong together: chords and grace notes.

use super::super::diagnostic::Code;
use super::super::{ChordNotes, Grace, Kind, Note, Span, Tie, limits};
use super::Reader;

impl Reader<'_, '_, '_> {
    /// `[CEG]2` (§4.17). Decorations and words within stand before the chord as if written there.
    pub(super) fn read_chord(&mut self) {
        let start = self.at;
        self.at += 1;
        let mut notes: Vec<(Span, Note)> = Vec::new();
        let mut slur_ends = Vec::new();
        let closed = loop {
            let at = self.at;
            match self.peek(0) {
                b']' => {
                    self.at += 1;
                    break true;
                }
                0 | b'|' | b'[' => break false,
                b' ' | b'\t' | b'`' => self.at += 1,
                b'"' => self.read_quote(),
                b'!' if self.bytes.get(at + 1) != Some(&b'!') => self.read_exclamation(),
                b'(' => self.read_slur(1, false),
                b')' => {
                    self.at += 1;
                    slur_ends.push(self.span_from(at));
                }
                b'-' => {
                    self.at += 1;
                    match notes.last_mut() {
                        Some((span, note)) => {
                            note.tie = Some(Tie::Solid);
                            span.end = self.span_from(at).end;
                        }
                        None => {
                            let span = self.span_from(at);
                            self.report(Code::LooseTie, span, "A tie must touch the note it begins at.");
                        }
                    }
                }
                b'.' | b'~' | b'H' | b'J' | b'L' | b'M' | b'O' | b'P' | b'R' | b'S' | b'T' | b'u' | b'v' => {
                    self.read_sign();
                }
                byte if self.read_user_symbol(byte) => {}
                _ => match self.scan_note() {
                    Some(mut note) => {
                        note.written = self.read_length(at);
                        if notes.len() < limits::CHORD {
                            notes.push((self.span_from(at), note));
                        } else {
                            let span = self.span_from(at);
                            self.report(Code::Limit, span, "A chord has at most 64 notes.");
                        }
                    }
                    None => self.read_unknown(),
                },
            }
        };
        if !closed {
            let span = self.span_from(start);
            self.report(Code::UnclosedChord, span, "This chord is not closed by a ].");
        }
        let written = self.read_length(start);
        let span = self.span_from(start);
        let Some(&(_, first)) = notes.first() else {
            if closed {
                self.report(Code::EmptyChord, span, "There are no notes in this chord.");
            }
            return;
        };
        for (_, note) in &mut notes {
            note.duration = note.written.checked_mul(written).unwrap_or(note.written);
        }
        let duration = first.written.checked_mul(written).unwrap_or(first.written);
        let chord = ChordNotes { notes, written, duration, tie: None };
        self.voice.push_timed(span, Kind::Chord(Box::new(chord)), self.book.sink());
        for span in slur_ends {
            self.voice.push_slur_end(span, self.book.sink());
        }
    }

    /// `{gef}`, `{/g}` (§4.20). Decorations and the starts of slurs within stand before the group as if
    /// written there, the ends of slurs after it.
    pub(super) fn read_grace(&mut self) {
        let start = self.at;
        self.at += 1;
        let mut grace = Grace { slashed: false, notes: Vec::new(), chords: Vec::new() };
        if self.peek(0) == b'/' {
            grace.slashed = true;
            self.at += 1;
        }
        let unit = self.voice.unit();
        let (mut chord_from, mut slur_ends) = (None, Vec::new());
        let closed = loop {
            let at = self.at;
            match self.peek(0) {
                b'}' => {
                    self.at += 1;
                    break true;
                }
                0 | b'|' => break false,
                b' ' | b'\t' | b'`' | b'-' | b'>' | b'<' => self.at += 1,
                b'(' => self.read_slur(1, false),
                b')' => {
                    self.at += 1;
                    slur_ends.push(self.span_from(at));
                }
                b'!' if self.peek(1) != b'!' => self.read_exclamation(),
                b'.' | b'~' | b'H' | b'J' | b'L' | b'M' | b'O' | b'P' | b'R' | b'S' | b'T' | b'u' | b'v' => {
                    self.read_sign();
                }
                b'[' => {
                    chord_from = Some(grace.notes.len());
                    self.at += 1;
                }
                b']' if chord_from.is_some() => {
                    self.at += 1;
                    let length = self.read_length(at);
                    let chord = chord_from.take().unwrap_or(0)..grace.notes.len();
                    if chord.len() > 1 {
                        grace.chords.push(chord.clone());
                    }
                    for (_, note) in &mut grace.notes[chord] {
                        note.written = note.written.checked_mul(length).unwrap_or(note.written);
                        note.duration = note.written.checked_mul(unit).unwrap_or(note.written);
                    }
                }
                _ => match self.scan_note() {
                    Some(mut note) => {
                        note.written = self.read_length(at);
                        note.duration = note.written.checked_mul(unit).unwrap_or(note.written);
                        if grace.notes.len() < limits::CHORD {
                            grace.notes.push((self.span_from(at), note));
                        } else {
                            let span = self.span_from(at);
                            self.report(Code::Limit, span, "There are at most 64 grace notes together.");
                        }
                    }
                    None => self.read_unknown(),
                },
            }
        };
        let span = self.span_from(start);
        if !closed {
            self.report(Code::UnclosedGrace, span, "These grace notes are not closed by a }.");
        }
        if !grace.notes.is_empty() {
            self.voice.push(span, Kind::Grace(Box::new(grace)));
        }
        for span in slur_ends {
            self.voice.push_slur_end(span, self.book.sink());
        }
    }
}
