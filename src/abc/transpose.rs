//! Transposing a tune's text: notes, chord symbols and keys together.

use super::field::ClefSign;
use super::read_key::{read_accidental, read_key};
use super::rewrite::{Edits, RewriteError, is_own, pitch_end, value_of, without_macros};
use super::scan::Piece;
use super::{KeyField, Kind, Note, Span, Tune, write};
use crate::music::chord::read_name;
use crate::music::key::Scale;
use crate::music::{Accidental, Key, Letter, Name, Pitch};

/// Where a tune is transposed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// So many semitones up or, if negative, down.
    Semitones(i32),
    /// To the key on this tonic, in the same mode, by at most half an octave.
    Tonic(Name),
}

/// An interval: semitones, and how far it goes on the line of fifths, which says how it is spelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Interval {
    semitones: i32,
    fifths: i32,
}

impl Interval {
    /// The interval of so many semitones that leads from this key to the one with the fewest sharps or
    /// flats. Six sharps win over six flats.
    fn from_key(key: &Key, semitones: i32) -> Self {
        // A semitone is seven fifths up, or five down.
        let fifths = (semitones * 7).rem_euclid(12);
        let candidates = [fifths, fifths - 12, fifths - 24];
        let best = candidates.into_iter().min_by_key(|fifths| (key.fifths() + fifths).abs());
        Self { semitones, fifths: best.unwrap_or(fifths) }
    }

    /// Steps of the staff.
    fn steps(self) -> i32 {
        4 * self.fifths + 7 * (self.semitones - 7 * self.fifths).div_euclid(12)
    }

    fn name(self, name: Name) -> Name {
        let mut fifths = name.fifths() + self.fifths;
        // Chords on A sharp and beyond are called by their flat names, and those beyond G flat by sharps.
        while fifths > 10 {
            fifths -= 12;
        }
        while fifths < -6 {
            fifths += 12;
        }
        Name::from_fifths(fifths)
    }

    fn note(self, note: &Note) -> Option<String> {
        let Some(accidental) = note.accidental else {
            let step = (i32::from(note.octave) - 4) * 7 + note.letter.step() + self.steps();
            let octave = i8::try_from(step.div_euclid(7) + 4).ok()?;
            return Some(write::letter_in_octave(Letter::from_step(step), octave));
        };
        let name = Name { letter: note.letter, alter: accidental.alter() };
        let pitch = Pitch { name, octave: note.octave }.transposed(self.semitones, self.fifths)?;
        let sign = Accidental::from_alter(pitch.name.alter.into())?;
        let letter = write::letter_in_octave(pitch.name.letter, pitch.octave);
        Some(format!("{}{letter}", write::accidental_signs(sign)))
    }
}

/// Transposes a tune within its text. Every key in it gets the name with the fewest sharps or flats (or
/// the one asked for), notes keep their accidentals where they had some, and chord symbols move along;
/// annotations and percussion stay.
///
/// # Errors
/// If there is no tonic to start from, or the way is too far.
pub fn transpose(text: &str, tune: &Tune, target: Target) -> Result<String, RewriteError> {
    let (text, tune) = &without_macros(text, tune)?;
    let first_key = tune.key.key.unwrap_or(Key::NONE);
    let first = match target {
        Target::Semitones(semitones) if semitones.abs() > 48 => return Err(RewriteError::TooFar),
        Target::Semitones(semitones) => Interval::from_key(&first_key, semitones),
        Target::Tonic(tonic) => {
            let from = first_key.tonic().ok_or(RewriteError::NoKey)?;
            let fifths = tonic.fifths() - from.fifths();
            Interval { semitones: (fifths * 7 + 5).rem_euclid(12) - 5, fifths }
        }
    };
    if first.semitones == 0 && first.fifths == 0 {
        return Ok(text.clone().into_owned());
    }
    let mut edits = Edits::default();
    let header = tune.fields.iter().rfind(|field| field.letter == 'K' && is_own(field.span, tune));
    match header {
        Some(field) => transpose_key(text, field.span, &tune.key, first, &mut edits),
        // Without a key the notes are those of C.
        None => {
            let key = write::key_text(first_key.transposed(first.fifths));
            edits.replace(Span { start: tune.body, end: tune.body }, format!("K:{key}\n"));
        }
    }
    for voice in &tune.voices {
        let clef = voice.staff.clef.or(tune.key.staff.clef);
        let is_percussion = clef.is_some_and(|clef| clef.sign == ClefSign::Percussion);
        let mut interval = first;
        let note = |span: Span, note: &Note, interval: Interval, edits: &mut Edits| {
            let moved = interval.note(note).ok_or(RewriteError::TooFar)?;
            edits.replace(Span::new(span.start as usize, pitch_end(text, span)), moved);
            Ok(())
        };
        for element in &voice.elements {
            match &element.kind {
                Kind::Key(field) => {
                    if let Some(key) = &field.key {
                        interval = Interval::from_key(key, first.semitones);
                        // A tune that comes back to its first key comes back to the one asked for.
                        if (key.fifths() + first.fifths).abs() <= 7 {
                            interval = first;
                        }
                    }
                    transpose_key(text, element.span, field, interval, &mut edits);
                }
                Kind::ChordSymbol(symbol) if symbol.chord.is_some() => {
                    transpose_chord(text, element.span, interval, &mut edits);
                }
                _ if is_percussion => {}
                Kind::Note(one) => note(element.span, one, interval, &mut edits)?,
                Kind::Chord(chord) => {
                    chord.notes.iter().try_for_each(|(span, one)| note(*span, one, interval, &mut edits))?;
                }
                Kind::Grace(grace) => {
                    grace.notes.iter().try_for_each(|(span, one)| note(*span, one, interval, &mut edits))?;
                }
                _ => {}
            }
        }
    }
    Ok(edits.apply(text))
}

/// Rewrites a `K:` field: the tonic and explicit accidentals where they stand, or all of the key if it
/// is of a kind that cannot be moved so.
fn transpose_key(text: &str, span: Span, field: &KeyField, interval: Interval, edits: &mut Edits) {
    let Some(key) = &field.key else { return };
    let place = value_of(text, span);
    let value = Piece { text: place.of(text), start: place.start as usize };
    let moved = key.transposed(interval.fifths);
    let mut own = Edits::default();
    if let (Scale::Tonal(..), Scale::Tonal(new, _)) = (key.scale, moved.scale)
        && let Some((first, rest)) = value.word()
        && let Some((_, length)) = read_name(&capitalised(first.text))
    {
        let offset = first.start - value.start;
        own.replace(Span::new(offset, offset + length), new.to_string());
        let mut words = rest;
        while let Some((word, after)) = words.word() {
            words = after;
            let letter = word.text.trim_start_matches(['^', '_', '=']);
            let signs = &word.text[..word.text.len() - letter.len()];
            if let (Some(accidental), [byte]) = (read_accidental(signs), letter.as_bytes())
                && let Some(letter) = Letter::from_ascii(*byte)
            {
                let name = Name { letter, alter: accidental.alter() };
                let name = Name::from_fifths(name.fifths() + interval.fifths);
                let signs = Accidental::from_alter(name.alter.into()).map(write::accidental_signs);
                let letter = name.letter.to_char().to_ascii_lowercase();
                let offset = word.start - value.start;
                let moved = format!("{}{letter}", signs.unwrap_or_default());
                own.replace(Span::new(offset, offset + word.text.len()), moved);
            }
        }
        // Unusual spellings, such as an accidental that touches the tonic, are written anew.
        let rewritten = own.apply(value.text);
        if read_key(Piece { text: &rewritten, start: 0 }, |_| ()).key == Some(moved) {
            return edits.replace(place, rewritten);
        }
    }
    edits.replace(place, write::write_key(&KeyField { key: Some(moved), staff: field.staff.clone() }));
}

/// Moves the names in a chord symbol: at its start, after a stroke and after a bracket.
fn transpose_chord(text: &str, span: Span, interval: Interval, edits: &mut Edits) {
    let written = span.of(text);
    let Some(inner) = written.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) else { return };
    let mut expected = true;
    for (i, c) in inner.char_indices() {
        let is_name = expected && c.is_ascii_alphabetic();
        if !c.is_whitespace() {
            expected = matches!(c, '/' | '(');
        }
        if !is_name {
            continue;
        }
        // At the start a letter in lower case is read as a root, too.
        let lower = i == 0 && c.is_ascii_lowercase();
        let rest = &inner[i..];
        let name = if lower { read_name(&capitalised(rest)) } else { read_name(rest) };
        let Some((name, length)) = name else { continue };
        let moved = interval.name(name).to_string();
        let moved = if lower { moved.to_ascii_lowercase() } else { moved };
        let start = span.start as usize + 1 + i;
        edits.replace(Span::new(start, start + length), moved);
    }
}

fn capitalised(text: &str) -> String {
    let mut text = text.to_owned();
    if let Some(first) = text.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text
}
