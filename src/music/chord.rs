//! Chords by name: `Em7`, `D/F#`.

use std::fmt;

use super::{Letter, Name};

/// A chord: root, quality, and the bass if it is another note than the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Chord {
    /// The root.
    pub root: Name,
    /// What stands on it.
    pub quality: Quality,
    /// The lowest note, if it is not the root.
    pub bass: Option<Name>,
}

macro_rules! qualities {
    ($($(#[$doc:meta])* $quality:ident $intervals:tt $first:literal $(| $other:literal)*;)*) => {
        /// What stands on a chord's root.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Quality {
            $($(#[$doc])* $quality,)*
        }

        impl Quality {
            /// Every quality.
            pub const ALL: &'static [Self] = &[$(Self::$quality),*];

            /// The notes in semitones above the root, the root's 0 first, rising.
            pub const fn intervals(self) -> &'static [u8] {
                match self {
                    $(Self::$quality => &$intervals,)*
                }
            }

            /// How it is usually written after the root.
            pub const fn suffix(self) -> &'static str {
                match self {
                    $(Self::$quality => $first,)*
                }
            }

            /// The quality a suffix names.
            pub fn from_suffix(suffix: &str) -> Option<Self> {
                Some(match suffix {
                    $($first $(| $other)* => Self::$quality,)*
                    _ => return None,
                })
            }
        }
    };
}

qualities! {
    /// Major third, fifth.
    Major [0, 4, 7] "" | "maj" | "M" | "major";
    /// Minor third, fifth.
    Minor [0, 3, 7] "m" | "min" | "-" | "mi" | "minor";
    /// Fifth only.
    Power [0, 7] "5" | "no3";
    /// Minor third, diminished fifth.
    Diminished [0, 3, 6] "dim" | "o" | "°" | "mb5" | "m(b5)";
    /// Major third, augmented fifth.
    Augmented [0, 4, 8] "aug" | "+" | "#5" | "aug5";
    /// Second instead of the third.
    Suspended2 [0, 2, 7] "sus2";
    /// Fourth instead of the third.
    Suspended4 [0, 5, 7] "sus4" | "sus" | "4";
    /// Major with a sixth.
    Sixth [0, 4, 7, 9] "6" | "maj6" | "M6" | "add6";
    /// Minor with a major sixth.
    MinorSixth [0, 3, 7, 9] "m6" | "min6";
    /// Major with sixth and ninth.
    SixNine [0, 4, 7, 9, 14] "6/9" | "69";
    /// Dominant seventh.
    Seventh [0, 4, 7, 10] "7" | "dom7";
    /// Major seventh.
    MajorSeventh [0, 4, 7, 11] "maj7" | "M7" | "Maj7" | "△7" | "△" | "ma7" | "major7";
    /// Minor seventh.
    MinorSeventh [0, 3, 7, 10] "m7" | "min7" | "-7" | "mi7" | "minor7";
    /// Minor with a major seventh.
    MinorMajorSeventh [0, 3, 7, 11] "mM7" | "mmaj7" | "m(maj7)" | "minmaj7";
    /// Diminished seventh.
    DiminishedSeventh [0, 3, 6, 9] "dim7" | "o7" | "°7";
    /// Minor seventh with a diminished fifth.
    HalfDiminished [0, 3, 6, 10] "m7b5" | "m7(b5)" | "ø" | "ø7" | "min7b5" | "-7b5";
    /// Dominant seventh with an augmented fifth.
    AugmentedSeventh [0, 4, 8, 10] "aug7" | "+7" | "7#5" | "7+5" | "7(#5)" | "7+";
    /// Dominant seventh with a diminished fifth.
    SeventhFlatFive [0, 4, 6, 10] "7b5" | "7-5" | "7(b5)";
    /// Dominant seventh with a fourth instead of the third.
    SeventhSuspended4 [0, 5, 7, 10] "7sus4" | "7sus";
    /// Dominant seventh with a second instead of the third.
    SeventhSuspended2 [0, 2, 7, 10] "7sus2";
    /// Major with a ninth.
    AddedNinth [0, 4, 7, 14] "add9" | "(add9)" | "2" | "add2";
    /// Minor with a ninth.
    MinorAddedNinth [0, 3, 7, 14] "madd9" | "m(add9)" | "madd2";
    /// Major with a fourth.
    AddedFourth [0, 4, 5, 7] "add4" | "add11";
    /// Dominant ninth.
    Ninth [0, 4, 7, 10, 14] "9";
    /// Ninth with a major seventh.
    MajorNinth [0, 4, 7, 11, 14] "maj9" | "M9";
    /// Minor ninth.
    MinorNinth [0, 3, 7, 10, 14] "m9" | "min9";
    /// Ninth with a fourth instead of the third.
    NinthSuspended4 [0, 5, 7, 10, 14] "9sus4" | "9sus";
    /// Dominant seventh with a minor ninth.
    SeventhFlatNine [0, 4, 7, 10, 13] "7b9" | "7(b9)" | "7-9";
    /// Dominant seventh with an augmented ninth.
    SeventhSharpNine [0, 4, 7, 10, 15] "7#9" | "7(#9)" | "7+9";
    /// Dominant eleventh.
    Eleventh [0, 4, 7, 10, 14, 17] "11";
    /// Minor eleventh.
    MinorEleventh [0, 3, 7, 10, 14, 17] "m11" | "min11";
    /// Dominant thirteenth.
    Thirteenth [0, 4, 7, 10, 14, 21] "13";
    /// Minor thirteenth.
    MinorThirteenth [0, 3, 7, 10, 14, 21] "m13" | "min13";
}

/// A note's name at the start of a chord's or key's text and how many bytes it takes: an upper-case
/// letter and at most one `#`, `b`, `♯` or `♭`.
pub fn read_name(text: &str) -> Option<(Name, usize)> {
    let first = *text.as_bytes().first()?;
    if !first.is_ascii_uppercase() {
        return None;
    }
    let letter = Letter::from_ascii(first)?;
    let (alter, sign) = match text.get(1..)?.chars().next() {
        Some(c @ ('#' | '♯')) => (1, c.len_utf8()),
        Some(c @ ('b' | '♭')) => (-1, c.len_utf8()),
        _ => (0, 0),
    };
    Some((Name { letter, alter }, 1 + sign))
}

impl Chord {
    /// Reads a chord's name: a root from A to G in upper case, a quality, and after a stroke the bass.
    /// What follows in brackets, as in `G(Em)`, is another player's choice and is left out. `None` if
    /// it is no chord's name.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        let (root, length) = read_name(text)?;
        let rest = text[length..].trim_start();
        Self::with(root, rest).or_else(|| Self::with(root, rest[..rest.find('(')?].trim_end()))
    }

    fn with(root: Name, rest: &str) -> Option<Self> {
        if let Some(quality) = Quality::from_suffix(rest) {
            return Some(Self { root, quality, bass: None });
        }
        let (quality, bass) = rest.rsplit_once('/')?;
        let (name, length) = read_name(bass)?;
        if length < bass.len() {
            return None;
        }
        let bass = (name != root).then_some(name);
        Some(Self { root, quality: Quality::from_suffix(quality.trim_end())?, bass })
    }
}

impl fmt::Display for Chord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.root, self.quality.suffix())?;
        self.bass.map_or(Ok(()), |bass| write!(f, "/{bass}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chord_names_are_read_as_players_write_them() {
        for (text, read) in [
            ("G", "G"),
            ("F#m", "F#m"),
            ("Bb7", "Bb7"),
            ("D/F#", "D/F#"),
            ("A7/C#", "A7/C#"),
            ("C6/9", "C6/9"),
            ("Emin", "Em"),
            ("G(Em)", "G"),
            ("Am (C)", "Am"),
            ("Bm7b5", "Bm7b5"),
            ("E♭maj7", "Ebmaj7"),
            ("D/D", "D"),
        ] {
            assert_eq!(Chord::parse(text).map(|chord| chord.to_string()).as_deref(), Some(read), "{text}");
        }
        for text in ["", "em", "H", "Hello", "D.C.", "G/", "G/x", "(D)", "Adagio", "é", "G/Bé"] {
            assert_eq!(Chord::parse(text), None, "{text}");
        }
    }

    #[test]
    fn every_quality_is_read_back_from_its_suffix() {
        for &quality in Quality::ALL {
            assert_eq!(Quality::from_suffix(quality.suffix()), Some(quality));
            assert!(quality.intervals().is_sorted() && quality.intervals()[0] == 0);
        }
    }
}
