//! Decorations: signs that say how a note is played (§4.14).

use std::fmt;

macro_rules! decorations {
    ($($(#[$doc:meta])* $decoration:ident $first:literal $(| $other:literal)*;)*) => {
        /// A decoration: `!trill!`, `~`, `.`.
        #[derive(Debug, Clone, PartialEq, Eq, Hash)]
        pub enum Decoration {
            $($(#[$doc])* $decoration,)*
            /// The number of a finger, 0 to 5.
            Finger(u8),
            /// A name that is not known; it is shown and not played.
            Other(Box<str>),
        }

        impl Decoration {
            /// The decoration between two `!`.
            pub fn from_name(name: &str) -> Self {
                match name {
                    $($first $(| $other)* => Self::$decoration,)*
                    _ => match name.as_bytes() {
                        [finger @ b'0'..=b'5'] => Self::Finger(finger - b'0'),
                        _ => Self::Other(name.into()),
                    },
                }
            }

            /// The name it is written with between two `!`.
            pub fn name(&self) -> &str {
                match self {
                    $(Self::$decoration => $first,)*
                    Self::Finger(finger) => {
                        ["0", "1", "2", "3", "4", "5"].get(usize::from(*finger)).copied().unwrap_or("0")
                    }
                    Self::Other(name) => name,
                }
            }

            #[cfg(test)]
            fn all() -> Vec<Self> {
                vec![$(Self::$decoration),*]
            }
        }
    };
}

decorations! {
    /// Short: `.`
    Staccato "staccato";
    /// An Irish roll: `~`, and outside the standard `R`.
    Roll "roll";
    /// Held as long as one likes: `H`.
    Fermata "fermata";
    /// A fermata under the staff.
    InvertedFermata "invertedfermata";
    /// Stressed: `L`.
    Accent "accent" | ">" | "emphasis";
    /// Very short.
    Wedge "wedge";
    /// Stressed more.
    Marcato "marcato" | "^";
    /// Held for all its time.
    Tenuto "tenuto";
    /// A quick change with the note below: `M`.
    LowerMordent "lowermordent" | "mordent";
    /// A quick change with the note above: `P`.
    UpperMordent "uppermordent" | "pralltriller";
    /// `T`
    Trill "trill";
    /// A long trill begins.
    TrillStart "trill(";
    /// A long trill ends.
    TrillEnd "trill)";
    /// Around the note, from above.
    Turn "turn";
    /// A turn with a stroke.
    TurnX "turnx";
    /// Around the note, from below.
    InvertedTurn "invertedturn";
    /// The same with a stroke.
    InvertedTurnX "invertedturnx";
    /// The notes of a chord one after the other.
    Arpeggio "arpeggio";
    /// A slide into the note: `J` outside the standard.
    Slide "slide";
    /// `u`
    UpBow "upbow";
    /// `v`
    DownBow "downbow";
    /// An open string.
    Open "open";
    /// The thumb.
    Thumb "thumb";
    /// A snapped string.
    Snap "snap";
    /// A plus sign: plucked with the left hand.
    Plus "plus" | "+";
    /// Breath.
    Breath "breath";
    /// A short phrase.
    ShortPhrase "shortphrase";
    /// A phrase.
    MediumPhrase "mediumphrase";
    /// A long phrase.
    LongPhrase "longphrase";
    /// `O`
    Coda "coda";
    /// `S`
    Segno "segno";
    /// Back to the segno.
    DalSegno "D.S.";
    /// Back to the start.
    DaCapo "D.C." | "dacapo";
    /// To the coda.
    ToCoda "dacoda";
    /// Back to the start and to the fine.
    DaCapoAlFine "D.C.alfine";
    /// Back to the start and to the coda.
    DaCapoAlCoda "D.C.alcoda";
    /// Back to the segno and to the fine.
    DalSegnoAlFine "D.S.alfine";
    /// Back to the segno and to the coda.
    DalSegnoAlCoda "D.S.alcoda";
    /// The end.
    Fine "fine";
    /// Softest.
    Pppp "pppp";
    /// Very, very soft.
    Ppp "ppp";
    /// Very soft.
    Pp "pp";
    /// Soft.
    P "p";
    /// Half soft.
    Mp "mp";
    /// Half loud.
    Mf "mf";
    /// Loud.
    F "f";
    /// Very loud.
    Ff "ff";
    /// Very, very loud.
    Fff "fff";
    /// Loudest.
    Ffff "ffff";
    /// Suddenly loud.
    Sfz "sfz";
    /// It grows louder from here.
    CrescendoStart "crescendo(" | "<(";
    /// To here.
    CrescendoEnd "crescendo)" | "<)";
    /// It grows softer from here.
    DiminuendoStart "diminuendo(" | ">(";
    /// To here.
    DiminuendoEnd "diminuendo)" | ">)";
}

impl Decoration {
    /// What a one-character sign means until a `U:` field says otherwise (§4.14). `J` and `R` are
    /// outside the standard.
    pub fn from_sign(sign: u8) -> Option<Self> {
        Some(match sign {
            b'.' => Self::Staccato,
            b'~' | b'R' => Self::Roll,
            b'H' => Self::Fermata,
            b'J' => Self::Slide,
            b'L' => Self::Accent,
            b'M' => Self::LowerMordent,
            b'O' => Self::Coda,
            b'P' => Self::UpperMordent,
            b'S' => Self::Segno,
            b'T' => Self::Trill,
            b'u' => Self::UpBow,
            b'v' => Self::DownBow,
            _ => return None,
        })
    }

    /// The sign of the standard for it, if there is one.
    pub fn sign(&self) -> Option<char> {
        ".~HLMOPSTuv".chars().find(|&sign| Self::from_sign(sign as u8).as_ref() == Some(self))
    }

    /// Whether its name is known.
    pub fn is_known(&self) -> bool {
        !matches!(self, Self::Other(_))
    }
}

impl fmt::Display for Decoration {
    /// As in ABC: the sign if there is one, else the name between two `!`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.sign() {
            Some(sign) => write!(f, "{sign}"),
            None => write!(f, "!{}!", self.name()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_back() {
        for decoration in Decoration::all().into_iter().chain([Decoration::Finger(3)]) {
            assert_eq!(Decoration::from_name(decoration.name()), decoration);
        }
        assert_eq!(Decoration::from_name("fly"), Decoration::Other("fly".into()));
    }

    #[test]
    fn the_signs_of_the_standard_are_written_as_such() {
        assert_eq!(Decoration::Roll.to_string(), "~");
        assert_eq!(Decoration::Slide.to_string(), "!slide!", "J is outside the standard");
        assert_eq!(Decoration::Turn.to_string(), "!turn!");
    }
}
