//! Ties to another pitch, or to nothing.

use super::super::diagnostic::{Code, Sink};
use super::super::{Kind, Note, Span, Tune, Voice};
use crate::music::Key;

/// The octaves accidentals are remembered in: more than anybody writes.
const OCTAVES: i8 = 10;

/// A tie that is open: the note's bytes, the note, and semitones its accidental adds.
type Open = (Span, Note, i8);

pub(super) fn check(tune: &Tune, voice: &Voice, sink: &mut Sink) {
    let mut key = tune.key.key.unwrap_or(Key::NONE);
    let mut accidentals = [None; 7 * OCTAVES as usize];
    let mut open: Vec<Open> = Vec::new();
    for element in &voice.elements {
        match &element.kind {
            Kind::Bar(line) => {
                accidentals = [None; 7 * OCTAVES as usize];
                if line.closes > 0 {
                    // The tie may lead back to the start of the repeat.
                    open.clear();
                }
            }
            Kind::Ending(_) | Kind::Overlay { .. } => open.clear(),
            Kind::Key(field) => key = field.key.unwrap_or(key),
            Kind::Rest(_) | Kind::BarsRest { .. } => {
                open.drain(..).for_each(|(span, ..)| report(span, sink));
            }
            Kind::Note(note) => {
                next(&mut open, &[(element.span, *note)], sink);
                let alter = alter(note, &key, &mut accidentals);
                if note.tie.is_some() {
                    open.push((element.span, *note, alter));
                }
            }
            Kind::Chord(chord) => {
                next(&mut open, &chord.notes, sink);
                // A tie of the whole chord may find only some of its notes in the next one.
                for (span, note) in &chord.notes {
                    let alter = alter(note, &key, &mut accidentals);
                    if note.tie.is_some() {
                        open.push((*span, *note, alter));
                    }
                }
            }
            _ => {}
        }
    }
    open.drain(..).for_each(|(span, ..)| report(span, sink));
}

/// The open ties meet the next notes.
fn next(open: &mut Vec<Open>, notes: &[(Span, Note)], sink: &mut Sink) {
    for (span, from, alter) in open.drain(..) {
        let same = |to: &Note| {
            (to.letter, to.octave) == (from.letter, from.octave)
                && to.accidental.is_none_or(|accidental| accidental.alter() == alter)
        };
        if !notes.iter().any(|(_, note)| same(note)) {
            report(span, sink);
        }
    }
}

/// Semitones a note's accidental, or one before it in the bar, or the key adds.
fn alter(note: &Note, key: &Key, accidentals: &mut [Option<i8>]) -> i8 {
    let place = usize::try_from(note.octave).ok().map(|octave| octave * 7 + note.letter as usize);
    let Some(carried) = place.and_then(|place| accidentals.get_mut(place)) else {
        return note.accidental.map_or(key.alter(note.letter), |accidental| accidental.alter());
    };
    if let Some(accidental) = note.accidental {
        *carried = Some(accidental.alter());
    }
    carried.unwrap_or_else(|| key.alter(note.letter))
}

fn report(span: Span, sink: &mut Sink) {
    let message = "This tie does not lead to a note of the same pitch.";
    sink.report_with_hint(Code::TieToOtherPitch, span, message, "a slur over other notes is written (c d)");
}
