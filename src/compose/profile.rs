//! The notes of a tune, counted: by degree, by interval, by length.

use std::collections::BTreeMap;

use crate::abc::{Kind, Note, Tune};
use crate::music::{Fraction, Key, Letter};

/// Counts of notes.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Profile {
    /// By semitones above the home note.
    pub degrees: [u32; 12],
    /// By semitones from the note before, from an octave down to an octave up; wider ones count as an octave.
    pub intervals: [u32; 25],
    /// By what they last, as a fraction of a whole note.
    pub lengths: BTreeMap<(i64, i64), u32>,
    /// The last notes, by semitones above the home note.
    pub lasts: [u32; 12],
}

impl Profile {
    /// Counts a tune's notes as they are written, chords by their highest.
    pub fn of(tune: &Tune) -> Self {
        let mut profile = Self::default();
        let key = tune.key.key.unwrap_or(Key::NONE);
        let home = key.tonic().map_or(0, |name| name.semitone());
        let notes = sounding(tune, &key);
        let mut before = None;
        for &(pitch, duration) in &notes {
            profile.degrees[(pitch - home).rem_euclid(12) as usize] += 1;
            *profile.lengths.entry((duration.numerator(), duration.denominator())).or_default() += 1;
            if let Some(before) = before.replace(pitch) {
                profile.intervals[(pitch - before + 12).clamp(0, 24) as usize] += 1;
            }
        }
        if let Some((pitch, _)) = notes.last() {
            profile.lasts[(pitch - home).rem_euclid(12) as usize] += 1;
        }
        profile
    }

    /// Adds another's counts.
    pub(super) fn add(&mut self, other: &Self) {
        let add = |to: &mut [u32], from: &[u32]| to.iter_mut().zip(from).for_each(|(to, from)| *to += from);
        add(&mut self.degrees, &other.degrees);
        add(&mut self.intervals, &other.intervals);
        add(&mut self.lasts, &other.lasts);
        other.lengths.iter().for_each(|(length, count)| *self.lengths.entry(*length).or_default() += count);
    }
}

/// The notes of a tune's first voice: MIDI numbers and durations, of a chord the highest.
pub fn sounding(tune: &Tune, key: &Key) -> Vec<(i32, Fraction)> {
    let mut notes = Vec::new();
    let mut carried: BTreeMap<(Letter, i8), i8> = BTreeMap::new();
    let pitch = |note: &Note, carried: &mut BTreeMap<(Letter, i8), i8>| {
        let place = (note.letter, note.octave);
        if let Some(accidental) = note.accidental {
            carried.insert(place, accidental.alter());
        }
        let alter = carried.get(&place).copied().unwrap_or_else(|| key.alter(note.letter));
        (i32::from(note.octave) + 1) * 12 + note.letter.semitone() + i32::from(alter)
    };
    for element in tune.voices.first().into_iter().flat_map(|voice| &voice.elements) {
        match &element.kind {
            Kind::Bar(_) => carried.clear(),
            Kind::Note(note) => notes.push((pitch(note, &mut carried), note.duration)),
            Kind::Chord(chord) => {
                let highest = chord.notes.iter().map(|(_, note)| pitch(note, &mut carried)).max();
                notes.extend(highest.map(|highest| (highest, chord.duration)));
            }
            _ => {}
        }
    }
    notes
}
