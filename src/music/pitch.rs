//! Pitches and how they are spelled.

use std::fmt;

/// The seven letters, from C up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "a letter is a letter")]
pub enum Letter {
    C,
    D,
    E,
    F,
    G,
    A,
    B,
}

impl Letter {
    /// All of them, from C up.
    pub const ALL: [Self; 7] = [Self::C, Self::D, Self::E, Self::F, Self::G, Self::A, Self::B];

    /// The letter of an ASCII character, in either case.
    pub const fn from_ascii(byte: u8) -> Option<Self> {
        Some(match byte | 0x20 {
            b'c' => Self::C,
            b'd' => Self::D,
            b'e' => Self::E,
            b'f' => Self::F,
            b'g' => Self::G,
            b'a' => Self::A,
            b'b' => Self::B,
            _ => return None,
        })
    }

    /// The letter `step` steps above C, counted round the octave.
    pub const fn from_step(step: i32) -> Self {
        Self::ALL[step.rem_euclid(7) as usize]
    }

    /// Steps above C, 0 to 6.
    pub const fn step(self) -> i32 {
        self as i32
    }

    /// Semitones above C, 0 to 11.
    pub const fn semitone(self) -> i32 {
        [0, 2, 4, 5, 7, 9, 11][self as usize]
    }

    /// The place on the line of fifths: F is −1, C 0, G 1, … B 5.
    pub const fn fifths(self) -> i32 {
        [0, 2, 4, -1, 1, 3, 5][self as usize]
    }

    /// The letter in upper case.
    pub const fn to_char(self) -> char {
        ['C', 'D', 'E', 'F', 'G', 'A', 'B'][self as usize]
    }
}

/// A sign before a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Accidental {
    /// Two semitones down.
    DoubleFlat,
    /// A semitone down.
    Flat,
    /// The letter's own pitch.
    Natural,
    /// A semitone up.
    Sharp,
    /// Two semitones up.
    DoubleSharp,
}

impl Accidental {
    /// Semitones above the letter's own pitch, −2 to 2.
    pub const fn alter(self) -> i8 {
        self as i8 - 2
    }

    /// The sign for an alteration by −2 to 2 semitones.
    pub const fn from_alter(alter: i32) -> Option<Self> {
        Some(match alter {
            -2 => Self::DoubleFlat,
            -1 => Self::Flat,
            0 => Self::Natural,
            1 => Self::Sharp,
            2 => Self::DoubleSharp,
            _ => return None,
        })
    }
}

/// A spelled note without its octave: F sharp, which is another name than G flat.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Name {
    /// The letter.
    pub letter: Letter,
    /// Semitones above the letter's own pitch.
    pub alter: i8,
}

impl Name {
    /// The name at a place of the line of fifths, where C is 0 and every sharp adds 7. Places beyond
    /// what an accidental can say (±2) are taken to the nearest name of the same sound that can.
    pub fn from_fifths(mut fifths: i32) -> Self {
        loop {
            let alter = (fifths + 1).div_euclid(7);
            if alter < -2 {
                fifths += 12;
            } else if alter > 2 {
                fifths -= 12;
            } else {
                return Self { letter: Letter::from_step(fifths * 4), alter: alter as i8 };
            }
        }
    }

    /// The place on the line of fifths: C is 0, G 1, F sharp 6, B flat −2.
    pub fn fifths(self) -> i32 {
        self.letter.fifths() + 7 * i32::from(self.alter)
    }

    /// As players say it: "F sharp", "B flat".
    pub fn in_words(self) -> String {
        let sign = match self.alter {
            0 => "",
            1 => " sharp",
            -1 => " flat",
            2.. => " double sharp",
            _ => " double flat",
        };
        format!("{}{sign}", self.letter.to_char())
    }

    /// Semitones above C, 0 to 11.
    pub fn semitone(self) -> i32 {
        (self.letter.semitone() + i32::from(self.alter)).rem_euclid(12)
    }
}

impl fmt::Display for Name {
    /// As in chord symbols and keys: `F#`, `Bb`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.alter < 0 { "b" } else { "#" };
        write!(f, "{}{}", self.letter.to_char(), sign.repeat(self.alter.unsigned_abs().into()))
    }
}

/// A spelled note in its octave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Pitch {
    /// Letter and alteration.
    pub name: Name,
    /// The octave as scientists count: middle C begins octave 4.
    pub octave: i8,
}

impl Pitch {
    /// Semitones above C of octave −1, which is how MIDI counts: middle C is 60. It may lie outside
    /// MIDI's 0 to 127.
    pub fn midi(self) -> i32 {
        (i32::from(self.octave) + 1) * 12 + self.name.letter.semitone() + i32::from(self.name.alter)
    }

    /// Steps of the staff above middle C, whatever the accidental.
    pub fn staff_step(self) -> i32 {
        (i32::from(self.octave) - 4) * 7 + self.name.letter.step()
    }

    /// The pitch `semitones` higher, spelled `fifths` further on the line of fifths; the two must name
    /// the same interval (7 semitones and 1 fifth, say). `None` beyond the octaves `i8` can count.
    pub fn transposed(self, semitones: i32, fifths: i32) -> Option<Self> {
        let name = Name::from_fifths(self.name.fifths() + fifths);
        let below = self.midi() + semitones - name.letter.semitone() - i32::from(name.alter);
        Some(Self { name, octave: i8::try_from(below.div_euclid(12) - 1).ok()? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pitch(letter: Letter, alter: i8, octave: i8) -> Pitch {
        Pitch { name: Name { letter, alter }, octave }
    }

    #[test]
    fn names_and_places_on_the_line_of_fifths_agree() {
        for fifths in -15..=19 {
            assert_eq!(Name::from_fifths(fifths).fifths(), fifths);
        }
        assert_eq!(Name::from_fifths(6).to_string(), "F#");
        assert_eq!(Name::from_fifths(-2).to_string(), "Bb");
        assert_eq!(Name::from_fifths(20).to_string(), "G#", "F with three sharps");
    }

    #[test]
    fn middle_c_is_60() {
        assert_eq!(pitch(Letter::C, 0, 4).midi(), 60);
        assert_eq!(pitch(Letter::C, -1, 4).midi(), 59);
        assert_eq!(pitch(Letter::B, 1, 3).midi(), 60);
        assert_eq!(pitch(Letter::B, 1, 3).staff_step(), -1);
    }

    #[test]
    fn a_transposed_pitch_keeps_its_spelling() {
        let up_a_tone = pitch(Letter::B, 0, 4).transposed(2, 2).unwrap();
        assert_eq!(up_a_tone, pitch(Letter::C, 1, 5));
        let down_a_fourth = pitch(Letter::C, 1, 5).transposed(-5, 1).unwrap();
        assert_eq!(down_a_fourth, pitch(Letter::G, 1, 4));
        assert_eq!(pitch(Letter::C, 0, 127).transposed(12, 0), None);
    }
}
