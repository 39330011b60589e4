//! How a tune is to be played.

use super::PerformError;
use crate::abc::Tempo;
use crate::music::Fraction;

/// How a tune is to be played; the default is how a player plays it, once through.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// Play what is written, by the standard's defaults, and nothing else: no swing, no ornaments, no
    /// accents, no accompaniment, no count-in. Grace notes have no time of their own (§4.20) and do not
    /// sound; accidentals hold in all octaves (§11.3). Of the other options only `tempo` and `times`
    /// count then.
    pub literal: bool,
    /// Instead of the tune's own tempo and every change of it.
    pub tempo: Option<Tempo>,
    /// How many times all of the tune is played, 1 to 3.
    pub times: u8,
    /// Hold the last note for a bar; what only leads back to the start is left out before it.
    pub held_end: bool,
    /// Two bars of clicks that end where the tune begins, before the pickup.
    pub count_in: bool,
    /// Long against short in an even pair and in a written `>` of hornpipes, barndances and flings: 1
    /// to 3.
    pub swing: Fraction,
    /// The same for even pairs in reels: 1 to 3. 1 is straight; some players have 11/10.
    pub reel_swing: Fraction,
    /// Lengths of the three quavers of a jig's beat, of a quaver each; they add up to 3. Some players
    /// have [`Options::JIG_LILT`].
    pub jig_lilt: [Fraction; 3],
    /// Play rolls, trills, grace notes and the other ornaments that are written.
    pub ornaments: bool,
    /// Play some beats louder, by the type of tune.
    pub accents: bool,
    /// The instrument, for the ornaments it can play.
    pub instrument: Instrument,
    /// Chords to the tune.
    pub accompaniment: Accompaniment,
}

/// Where the accompaniment's chords come from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Accompaniment {
    /// No accompaniment.
    Off,
    /// Chord symbols; none where there are none.
    Written,
    /// Chord symbols, or, in a tune without any, chords found for its notes.
    #[default]
    Inferred,
}

/// What an instrument can do with an ornament.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instrument {
    /// Its lowest written note, as MIDI counts: nothing below it can be tapped.
    pub lowest: u8,
    /// Whether strings are plucked or struck: a roll is then a triplet.
    pub plucked: bool,
    /// Its number among the instruments of General MIDI, from 0.
    pub program: u8,
}

impl Instrument {
    /// The wooden flute, down to D4.
    pub const FLUTE: Self = Self { lowest: 62, plucked: false, program: 73 };
    /// The tin whistle, which sounds an octave above its notes: written down to D4.
    pub const WHISTLE: Self = Self { lowest: 62, plucked: false, program: 78 };
    /// The low whistle, down to D4.
    pub const LOW_WHISTLE: Self = Self::WHISTLE;
    /// The fiddle, down to G3.
    pub const FIDDLE: Self = Self { lowest: 55, plucked: false, program: 40 };
    /// The uilleann pipes, down to D4.
    pub const PIPES: Self = Self { lowest: 62, plucked: false, program: 109 };
    /// The concertina, down to G3.
    pub const CONCERTINA: Self = Self { lowest: 55, plucked: false, program: 22 };
    /// The accordion, down to G3.
    pub const ACCORDION: Self = Self { lowest: 55, plucked: false, program: 21 };
    /// The tenor banjo, which sounds an octave below its notes: written down to G3.
    pub const BANJO: Self = Self { lowest: 55, plucked: true, program: 105 };
    /// The mandolin, down to G3; General MIDI has it only among the guitars.
    pub const MANDOLIN: Self = Self { lowest: 55, plucked: true, program: 25 };
    /// The harp.
    pub const HARP: Self = Self { lowest: 36, plucked: true, program: 46 };
    /// The piano.
    pub const PIANO: Self = Self { lowest: 21, plucked: true, program: 0 };
    /// The steel-string guitar, down to E2.
    pub const GUITAR: Self = Self { lowest: 40, plucked: true, program: 25 };
    /// The bouzouki, down to G2; General MIDI has it only among the guitars.
    pub const BOUZOUKI: Self = Self { lowest: 43, plucked: true, program: 25 };
    /// A plain sine, which can play everything.
    pub const SINE: Self = Self { lowest: 0, plucked: false, program: 80 };
    /// What has no notes of its own.
    pub const PERCUSSION: Self = Self { lowest: 0, plucked: true, program: 115 };
}

impl Default for Options {
    fn default() -> Self {
        Self {
            literal: false,
            tempo: None,
            times: 1,
            held_end: false,
            count_in: false,
            swing: Fraction::of(2, 1),
            reel_swing: Fraction::ONE,
            jig_lilt: [Fraction::ONE; 3],
            ornaments: true,
            accents: true,
            instrument: Instrument::FLUTE,
            accompaniment: Accompaniment::Inferred,
        }
    }
}

impl Options {
    /// The lilt of a jig, for [`Options::jig_lilt`]: 1.15, 0.85 and 1 quavers.
    pub const JIG_LILT: [Fraction; 3] = [Fraction::of(23, 20), Fraction::of(17, 20), Fraction::ONE];

    /// What is written and nothing else.
    pub fn literal() -> Self {
        Self { literal: true, accompaniment: Accompaniment::Off, ..Self::default() }
    }

    /// Checks every option against its range.
    ///
    /// # Errors
    /// The first that is outside it.
    pub fn validate(&self) -> Result<(), PerformError> {
        if !(1..=3).contains(&self.times) {
            return Err(PerformError::Times(self.times));
        }
        for swing in [self.swing, self.reel_swing] {
            if !(Fraction::ONE..=Fraction::of(3, 1)).contains(&swing) {
                return Err(PerformError::Swing(swing));
            }
        }
        let [a, b, c] = self.jig_lilt;
        let sum = a.checked_add(b).and_then(|sum| sum.checked_add(c));
        if self.jig_lilt.iter().any(|&part| part <= Fraction::ZERO) || sum != Some(Fraction::of(3, 1)) {
            return Err(PerformError::Lilt);
        }
        Ok(())
    }
}
