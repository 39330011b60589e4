//! What instruments can play.

use std::ops::RangeInclusive;

use crate::abc::grammar::PitchSet;

/// An instrument a tune is to fit, as it is written for it (whistles sound an octave higher).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are the instruments'")]
pub enum Instrument {
    WhistleD,
    Flute,
    Pipes,
    Fiddle,
    Banjo,
    Accordion,
}

impl Instrument {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::WhistleD, Self::Flute, Self::Pipes, Self::Fiddle, Self::Banjo, Self::Accordion];

    /// The name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::WhistleD => "whistle",
            Self::Flute => "flute",
            Self::Pipes => "pipes",
            Self::Fiddle => "fiddle",
            Self::Banjo => "banjo",
            Self::Accordion => "accordion",
        }
    }

    /// MIDI numbers from the lowest note to the highest that is easy (middle C is 60).
    pub const fn range(self) -> RangeInclusive<i32> {
        match self {
            Self::WhistleD | Self::Pipes => 62..=83,
            Self::Flute => 62..=86,
            // The first position.
            Self::Fiddle => 55..=83,
            Self::Banjo => 55..=81,
            Self::Accordion => 59..=88,
        }
    }

    /// The pitch classes it has, a bit for each semitone above C.
    pub const fn classes(self) -> u16 {
        match self {
            // D E F sharp G A B, and C both natural and sharp: what needs no half-covered hole.
            Self::WhistleD => 0b1010_1101_0111,
            _ => 0b1111_1111_1111,
        }
    }

    /// The notes it has, seen by who writes them `shift` semitones lower.
    pub fn pitches(self, shift: i32) -> PitchSet {
        let classes = u32::from(self.classes());
        let down = shift.rem_euclid(12);
        let shifted = (classes >> down | classes << (12 - down)) & 0xfff;
        let (low, high) = (*self.range().start(), *self.range().end());
        PitchSet::ALL.within(low - shift..=high - shift).of_classes(shifted as u16)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abc::grammar::classes_of;
    use crate::music::{Key, Mode, Name};

    #[test]
    fn a_whistle_plays_in_d_and_g() {
        let classes = [2, 1].map(|fifths| classes_of(&Key::new(Name::from_fifths(fifths), Mode::Major)));
        assert_eq!(Instrument::WhistleD.classes(), classes[0] | classes[1]);
    }
}
