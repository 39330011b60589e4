//! Which notes may sound, and what accidentals make of letters within a bar.

use crate::music::{Key, Letter, Name};

/// A letter in an octave: 7 × (octave − 2) + letter, from `C,,` to `b''`.
pub(super) type Step = u8;

pub(super) const STEPS: usize = 42;

/// The step of a letter of either case, without octave signs.
#[inline]
pub(super) fn step_of(byte: u8) -> Option<Step> {
    if !byte.is_ascii_alphabetic() {
        return None;
    }
    let letter = Letter::from_ascii(byte)? as Step;
    Some(letter + if byte.is_ascii_lowercase() { 21 } else { 14 })
}

/// The steps a letter may become by so many octave signs (0 to 2 in all), `signs` of which are there.
#[inline]
pub(super) fn octaves(step: Step) -> (u8, [Option<Step>; 3]) {
    let octave = step / 7;
    if octave >= 3 {
        let there = octave - 3;
        (b'\'', [0, 7, 14].map(|up| Some(step + up).filter(|_| there + up / 7 <= 2)))
    } else {
        let there = 2 - octave;
        (b',', [0, 7, 14].map(|down| step.checked_sub(down).filter(|_| there + down / 7 <= 2)))
    }
}

/// Octave signs a step is written with.
#[inline]
pub(super) fn signs(step: Step) -> u16 {
    let octave = step / 7;
    u16::from(if octave >= 3 { octave - 3 } else { 2 - octave })
}

/// The notes a tune may have: sounding pitches, by step and what is added to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PitchSet {
    /// For each step a bit for flat, natural and sharp.
    alters: [u8; STEPS],
}

#[inline]
fn bit(alter: i8) -> u8 {
    if (-1..=1).contains(&alter) { 1 << (alter + 1) } else { 0 }
}

/// The MIDI number of a step (middle C is 60).
#[inline]
fn midi(step: usize, alter: i8) -> i32 {
    let letter = Letter::from_step(step as i32 % 7);
    (step as i32 / 7 + 3) * 12 + letter.semitone() + i32::from(alter)
}

impl PitchSet {
    /// Every note from `C,,` to `b''`, flat, natural or sharp.
    pub const ALL: Self = Self { alters: [0b111; STEPS] };

    /// The notes of this set within a range of MIDI numbers (middle C is 60).
    #[must_use]
    pub fn within(mut self, range: std::ops::RangeInclusive<i32>) -> Self {
        self.retain(|_, midi| range.contains(&midi));
        self
    }

    /// The notes of this set whose pitch class is one of `classes`, a bit for each semitone above C.
    #[must_use]
    pub fn of_classes(mut self, classes: u16) -> Self {
        self.retain(|_, midi| classes >> midi.rem_euclid(12) & 1 == 1);
        self
    }

    /// The notes of this set whose names are wanted.
    #[must_use]
    pub fn of_names(mut self, wanted: impl Fn(Name) -> bool) -> Self {
        for (step, alters) in self.alters.iter_mut().enumerate() {
            let letter = Letter::from_step(step as i32 % 7);
            for alter in (-1..=1).filter(|&alter| !wanted(Name { letter, alter })) {
                *alters &= !bit(alter);
            }
        }
        self
    }

    fn retain(&mut self, keep: impl Fn(usize, i32) -> bool) {
        for (step, alters) in self.alters.iter_mut().enumerate() {
            for alter in -1..=1 {
                if !keep(step, midi(step, alter)) {
                    *alters &= !bit(alter);
                }
            }
        }
    }

    #[inline]
    pub(super) fn contains(&self, step: Step, alter: i8) -> bool {
        self.alters[usize::from(step)] & bit(alter) != 0
    }
}

/// The pitch class of a step: semitones above C.
#[inline]
pub(super) fn class(step: Step, alter: i8) -> u32 {
    midi(step.into(), alter).rem_euclid(12).unsigned_abs()
}

/// The pitch classes of a key's scale, a bit for each semitone above C.
pub fn classes_of(key: &Key) -> u16 {
    Letter::ALL.into_iter().fold(0, |classes, letter| classes | 1 << key.name(letter).semitone())
}

/// The accidentals of a bar, which hold to its end in their octave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) struct Carried(u128);

impl Carried {
    pub(super) fn get(self, step: Step) -> Option<i8> {
        match self.0 >> (2 * step) & 3 {
            0 => None,
            code => Some(code as i8 - 2),
        }
    }

    pub(super) fn set(&mut self, step: Step, alter: i8) {
        self.0 = self.0 & !(3 << (2 * step)) | ((alter + 2) as u128) << (2 * step);
    }

    /// Whether a letter has an accidental in any octave: readers differ on whether it holds in all.
    pub(super) fn touches(self, step: Step) -> bool {
        (0..STEPS as Step / 7).any(|octave| self.get(step % 7 + 7 * octave).is_some())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::{Mode, Name};

    #[test]
    fn steps_are_counted_as_midi_counts() {
        let step = |byte| usize::from(step_of(byte).unwrap());
        assert_eq!([midi(step(b'C'), 0), midi(step(b'A'), 0), midi(step(b'c'), 1)], [60, 69, 73]);
        assert_eq!(octaves(14), (b',', [Some(14), Some(7), Some(0)]));
        assert_eq!(octaves(28), (b'\'', [Some(28), Some(35), None]));
        assert_eq!([signs(0), signs(14), signs(21), signs(35)], [2, 0, 0, 2]);
    }

    #[test]
    fn a_set_is_cut_by_range_and_alphabet() {
        let d = Key::new(Name::from_fifths(2), Mode::Major);
        let whistle = PitchSet::ALL.within(62..=83).of_classes(classes_of(&d));
        let has = |byte, alter| whistle.contains(step_of(byte).unwrap(), alter);
        assert!(has(b'D', 0) && has(b'F', 1) && has(b'b', 0));
        assert!(!has(b'C', 0) && !has(b'F', 0) && !has(b'c', 0) && has(b'E', -1) == has(b'D', 1));
    }

    #[test]
    fn accidentals_are_remembered_by_octave() {
        let mut carried = Carried::default();
        for step in 0..STEPS as Step {
            for alter in -1..=1 {
                carried.set(step, alter);
                assert_eq!(carried.get(step), Some(alter));
            }
        }
        let mut one = Carried::default();
        one.set(17, 1);
        assert_eq!((one.get(24), one.touches(24), one.touches(25)), (None, true, false));
    }
}
