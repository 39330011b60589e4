//! Keys: tonic, mode, and which notes they make sharp or flat.

use std::fmt;

use super::{Accidental, Letter, Name};

/// The modes of the major scale.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// Ionian: the major scale itself.
    Major,
    /// Aeolian: natural minor.
    Minor,
    /// Minor with a major sixth.
    Dorian,
    /// Minor with a minor second.
    Phrygian,
    /// Major with a sharp fourth.
    Lydian,
    /// Major with a minor seventh.
    Mixolydian,
    /// Minor with a minor second and a diminished fifth.
    Locrian,
}

impl Mode {
    /// All modes.
    pub const ALL: [Self; 7] = [
        Self::Major,
        Self::Minor,
        Self::Dorian,
        Self::Phrygian,
        Self::Lydian,
        Self::Mixolydian,
        Self::Locrian,
    ];

    /// Sharps more (or, if negative, flats more) than the major key on the same tonic.
    pub const fn fifths(self) -> i32 {
        match self {
            Self::Lydian => 1,
            Self::Major => 0,
            Self::Mixolydian => -1,
            Self::Dorian => -2,
            Self::Minor => -3,
            Self::Phrygian => -4,
            Self::Locrian => -5,
        }
    }

    /// The name in words; major, which goes without saying, is empty.
    pub const fn in_words(self) -> &'static str {
        match self {
            Self::Major => "",
            Self::Minor => "minor",
            Self::Dorian => "Dorian",
            Self::Phrygian => "Phrygian",
            Self::Lydian => "Lydian",
            Self::Mixolydian => "Mixolydian",
            Self::Locrian => "Locrian",
        }
    }

    /// The name in three letters, as ABC writes it; major is empty.
    pub const fn short(self) -> &'static str {
        match self {
            Self::Major => "",
            Self::Minor => "min",
            Self::Dorian => "dor",
            Self::Phrygian => "phr",
            Self::Lydian => "lyd",
            Self::Mixolydian => "mix",
            Self::Locrian => "loc",
        }
    }
}

/// Where the notes of a key come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Scale {
    /// A tonic and a mode.
    Tonal(Name, Mode),
    /// A tonic that says only where home is: all sharps and flats are in [`Key::explicit`].
    Explicit(Option<Name>),
    /// No key: every letter is natural.
    None,
    /// The Highland pipes: A mixolydian, with F and C sharp. `shown` says whether they stand in the
    /// key signature.
    Pipes {
        /// Whether the signature is drawn.
        shown: bool,
    },
}

/// A key: a scale and the accidentals that differ from it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    /// The scale.
    pub scale: Scale,
    /// For each letter from C up, the accidental the key signature gives it besides the scale.
    pub explicit: [Option<Accidental>; 7],
}

impl Key {
    /// No key at all: every letter is natural.
    pub const NONE: Self = Self { scale: Scale::None, explicit: [None; 7] };

    /// The plain key of a tonic and a mode.
    pub const fn new(tonic: Name, mode: Mode) -> Self {
        Self { scale: Scale::Tonal(tonic, mode), explicit: [None; 7] }
    }

    /// The note that is home, if the key says one.
    pub const fn tonic(&self) -> Option<Name> {
        match self.scale {
            Scale::Tonal(tonic, _) => Some(tonic),
            Scale::Explicit(tonic) => tonic,
            Scale::Pipes { .. } => Some(Name { letter: Letter::A, alter: 0 }),
            Scale::None => None,
        }
    }

    /// The mode, if the key says one.
    pub const fn mode(&self) -> Option<Mode> {
        match self.scale {
            Scale::Tonal(_, mode) => Some(mode),
            Scale::Pipes { .. } => Some(Mode::Mixolydian),
            Scale::Explicit(_) | Scale::None => None,
        }
    }

    /// Sharps of the scale's signature, or, if negative, flats; explicit accidentals do not count.
    /// More than 7 are possible: G sharp major has 8.
    pub fn fifths(&self) -> i32 {
        match self.scale {
            Scale::Tonal(tonic, mode) => tonic.fifths() + mode.fifths(),
            Scale::Pipes { .. } => 2,
            Scale::Explicit(_) | Scale::None => 0,
        }
    }

    /// Semitones the key adds to a letter.
    pub fn alter(&self, letter: Letter) -> i8 {
        match self.explicit[letter as usize] {
            Some(accidental) => accidental.alter(),
            // Sharps come in the order F C G D A E B, and then again from F as double sharps.
            None => (self.fifths() - letter.fifths() + 5).div_euclid(7) as i8,
        }
    }

    /// The key's own name for a letter.
    pub fn name(&self, letter: Letter) -> Name {
        Name { letter, alter: self.alter(letter) }
    }

    /// Tonic and mode in words, as players say them: "E Dorian", "B flat"; empty if there is no tonic.
    pub fn in_words(&self) -> String {
        let Some(tonic) = self.tonic() else { return String::new() };
        let mode = self.mode().map_or("", Mode::in_words);
        format!("{} {mode}", tonic.in_words()).trim_end().to_owned()
    }

    /// The key `fifths` further on the line of fifths, explicit accidentals moved along. No key becomes
    /// what C major would become, and the pipes' key what A mixolydian would.
    pub fn transposed(&self, fifths: i32) -> Self {
        if fifths == 0 {
            return *self;
        }
        let moved = |name: Name| Name::from_fifths(name.fifths() + fifths);
        let scale = match self.scale {
            Scale::Tonal(tonic, mode) => Scale::Tonal(moved(tonic), mode),
            Scale::Explicit(tonic) => Scale::Explicit(tonic.map(moved)),
            Scale::None => Scale::Tonal(moved(Name { letter: Letter::C, alter: 0 }), Mode::Major),
            Scale::Pipes { .. } => {
                Scale::Tonal(moved(Name { letter: Letter::A, alter: 0 }), Mode::Mixolydian)
            }
        };
        let mut explicit = [None; 7];
        for (letter, accidental) in Letter::ALL.into_iter().zip(self.explicit) {
            // Where all is explicit, what is natural becomes sharp or flat by being moved.
            let natural = matches!(scale, Scale::Explicit(_)).then_some(0);
            if let Some(alter) = accidental.map(Accidental::alter).or(natural) {
                let name = moved(Name { letter, alter });
                if accidental.is_some() || name.alter != 0 {
                    explicit[name.letter as usize] = Accidental::from_alter(name.alter.into());
                }
            }
        }
        Self { scale, explicit }
    }
}

impl fmt::Display for Key {
    /// As players say it: `D`, `Emin`, `Amix`; explicit accidentals are left out.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.scale {
            Scale::Tonal(tonic, mode) => write!(f, "{tonic}{}", mode.short()),
            Scale::Explicit(Some(tonic)) => write!(f, "{tonic} exp"),
            Scale::Explicit(None) => f.write_str("exp"),
            Scale::None => f.write_str("none"),
            Scale::Pipes { shown: true } => f.write_str("Hp"),
            Scale::Pipes { shown: false } => f.write_str("HP"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn signature(key: &Key) -> [i8; 7] {
        Letter::ALL.map(|letter| key.alter(letter))
    }

    #[test]
    fn signatures_are_those_of_the_circle_of_fifths() {
        let name = Name::from_fifths;
        for (key, expected) in [
            (Key::new(name(0), Mode::Major), [0, 0, 0, 0, 0, 0, 0]),
            (Key::new(name(2), Mode::Major), [1, 0, 0, 1, 0, 0, 0]),
            (Key::new(name(4), Mode::Minor), [0, 0, 0, 1, 0, 0, 0]),
            (Key::new(name(2), Mode::Dorian), [0, 0, 0, 0, 0, 0, 0]),
            (Key::new(name(-2), Mode::Major), [0, 0, -1, 0, 0, 0, -1]),
            (Key::new(name(7), Mode::Major), [1, 1, 1, 1, 1, 1, 1]),
            (Key::new(name(8), Mode::Major), [1, 1, 1, 2, 1, 1, 1]),
            (Key::new(name(-8), Mode::Major), [-1, -1, -1, -1, -1, -1, -2]),
            (Key::NONE, [0; 7]),
        ] {
            assert_eq!(signature(&key), expected, "{key}");
        }
    }

    #[test]
    fn keys_are_said_in_words() {
        let words = |fifths, mode| Key::new(Name::from_fifths(fifths), mode).in_words();
        assert_eq!(words(4, Mode::Dorian), "E Dorian");
        assert_eq!(words(-2, Mode::Major), "B flat");
        assert_eq!(words(6, Mode::Minor), "F sharp minor");
        assert_eq!(Key::NONE.in_words(), "");
    }

    #[test]
    fn explicit_accidentals_win_and_move_along() {
        let mut key = Key::new(Name::from_fifths(2), Mode::Major);
        key.explicit[Letter::C as usize] = Some(Accidental::Natural);
        assert_eq!(signature(&key), [0, 0, 0, 1, 0, 0, 0]);
        let up_a_tone = key.transposed(2);
        assert_eq!(up_a_tone.to_string(), "E");
        assert_eq!(up_a_tone.name(Letter::D), Name { letter: Letter::D, alter: 0 });
    }
}
