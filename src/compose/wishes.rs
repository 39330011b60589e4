//! What the musician wishes for, in a musician's terms. [`super::plan`] makes a tune's header, form and
//! grammar of it.

use super::facts::Facts;
use super::form;
use super::instrument::Instrument;
use super::model_text::ModelTextError;
use crate::abc::grammar::{self, Chords, SpecError};
use crate::abc::{Kind, Tune};
use crate::music::{Metre, Mode, Name};
use crate::perform::TuneType;

/// The wishes; `None` is "any".
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Wishes {
    /// The tune type.
    pub tune_type: Option<TuneType>,
    /// The home note.
    pub tonic: Option<Name>,
    /// The mode.
    pub mode: Option<Mode>,
    /// The metre.
    pub metre: Option<Metre>,
    /// How many parts.
    pub parts: Option<usize>,
    /// How many bars each part has.
    pub bars: Option<usize>,
    /// Every section is played twice, or none.
    pub repeats: Option<bool>,
    /// Every section has a first and a second ending, or none.
    pub endings: Option<bool>,
    /// It begins with a pickup, or does not.
    pub pickup: Option<bool>,
    /// What it is to be played on.
    pub instrument: Option<Instrument>,
    /// All notes are the key's own.
    pub in_key: bool,
    /// It ends on its home note.
    pub ends_home: bool,
    /// Whether chord symbols are written.
    pub chords: Chords,
    /// Which ornaments it has.
    pub ornaments: Ornaments,
}

/// Which ornaments a tune has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Ornaments {
    /// Those the network writes, which are few.
    #[default]
    Any,
    /// None.
    None,
    /// Every second that a player might add; see [`super::ornament`].
    Light,
    /// All of them, and triplets.
    Full,
}

/// What is to become of music in the prompt.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Aim {
    /// A whole tune that begins with it.
    #[default]
    Tune,
    /// One more section.
    Section,
    /// No more sections than it has begun.
    Ending,
}

/// Why wishes cannot be met.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WishError {
    /// The type is not danced in the metre.
    #[error("{} needs {}. Change the metre or the tune type.", with_article(*.tune_type), metres(*.tune_type))]
    Metre {
        /// The type.
        tune_type: TuneType,
    },
    /// Second endings without repeats.
    #[error("A section that is played once has no second ending. Ask for repeats, or for no endings.")]
    Endings,
    /// More sections or bars than a tune has.
    #[error("A tune has 1 to {} parts of 1 to {} bars.", grammar::MOST_SECTIONS, grammar::MOST_BARS)]
    Size,
    /// A second ending needs a bar before it.
    #[error("Parts of one bar have no endings of their own. Ask for more bars, or for no endings.")]
    ShortEndings,
    /// Sections or bars that come to more than the tune may have.
    #[error(
        "Such a tune has {bars} bars, and it is to stop after {most}. Ask for fewer, or let it go on longer."
    )]
    TooLong {
        /// What it would have at least.
        bars: usize,
        /// What it may have.
        most: usize,
    },
    /// A header field that says nothing.
    #[error("The prompt's line “{line}” cannot be read.")]
    Header {
        /// The line.
        line: String,
    },
    /// Wishes that leave nothing to write.
    #[error("The wishes cannot all be met: {0}.")]
    Spec(#[from] SpecError),
    /// A prompt with something composed tunes do not have.
    #[error(
        "The prompt cannot be carried on as it is: there is no place for {found:?} at line {line}, column {column}."
    )]
    Outside {
        /// The byte of the prompt.
        offset: usize,
        /// The line, from 1.
        line: usize,
        /// The character of the line, from 1.
        column: usize,
        /// What stands there.
        found: char,
    },
    /// The notes cannot be read.
    #[error("The notes to start from cannot be used: {0}.")]
    Notes(ModelTextError),
    /// The tune cannot be carried on.
    #[error("This tune cannot be carried on: {0}.")]
    Tune(ModelTextError),
}

fn with_article(tune_type: TuneType) -> String {
    let article = if tune_type.name().starts_with(['a', 'e', 'i', 'o', 'u']) { "An" } else { "A" };
    format!("{article} {}", tune_type.name())
}

fn metres(tune_type: TuneType) -> String {
    let names: Vec<String> =
        tune_type.metres().iter().map(|(beats, value)| format!("{beats}/{value}")).collect();
    names.join(" or ")
}

impl Wishes {
    /// Whether the wishes agree with each other.
    ///
    /// # Errors
    /// A sentence that says which do not.
    pub fn check(&self) -> Result<(), WishError> {
        match (self.tune_type, &self.metre) {
            (Some(tune_type), Some(metre))
                if !tune_type.metres().is_empty() && !tune_type.metres().contains(&beats(metre)) =>
            {
                Err(WishError::Metre { tune_type })
            }
            _ if self.endings == Some(true) && self.repeats == Some(false) => Err(WishError::Endings),
            _ if self.endings == Some(true) && self.bars == Some(1) => Err(WishError::ShortEndings),
            _ if self.parts.is_some_and(|parts| !(1..=grammar::MOST_SECTIONS).contains(&parts))
                || self.bars.is_some_and(|bars| !(1..=grammar::MOST_BARS.into()).contains(&bars)) =>
            {
                Err(WishError::Size)
            }
            _ => Ok(()),
        }
    }

    /// The first wish that a tune does not meet, in a few words. The grammar meets all; without it any may
    /// be missed.
    pub fn unmet(&self, tune: &Tune, facts: &Facts) -> Option<&'static str> {
        let parts = form::parts(tune);
        let key = tune.key.key;
        let within = |instrument: Instrument| {
            let range = instrument.range();
            range.contains(&facts.range.0) && range.contains(&facts.range.1)
        };
        let symbols = || {
            let mut elements = tune.voices.iter().flat_map(|voice| &voice.elements);
            elements.any(|element| matches!(element.kind, Kind::ChordSymbol(_)))
        };
        let met = [
            (self.metre.as_ref().is_none_or(|metre| beats(metre) == beats(&tune.metre)), "In another metre"),
            (self.tonic.is_none_or(|tonic| key.is_some_and(|k| k.tonic() == Some(tonic))), "In another key"),
            (self.mode.is_none_or(|mode| key.is_some_and(|k| k.mode() == Some(mode))), "In another mode"),
            (self.parts.is_none_or(|wish| parts.len() == wish), "Has other parts than wished"),
            (
                self.bars.is_none_or(|wish| !parts.is_empty() && parts.iter().all(|&bars| bars == wish)),
                "Parts are longer or shorter than wished",
            ),
            (self.instrument.is_none_or(within), "Has notes the instrument has not"),
            (!self.in_key || facts.in_key == 1.0, "Has notes outside the key"),
            (!self.ends_home || facts.last == 0, "Ends away from home"),
            (
                self.chords == Chords::Any || symbols() == (self.chords == Chords::Always),
                "Chords not as wished",
            ),
        ];
        met.into_iter().find(|(met, _)| !met).map(|(_, words)| words)
    }
}

fn beats(metre: &Metre) -> (u16, u16) {
    let number = |of: u32| u16::try_from(of).unwrap_or(u16::MAX);
    (number(metre.beats()), number(metre.value()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_type_in_a_metre_it_is_not_danced_in_is_refused() {
        let check = |tune_type, metre| Wishes { tune_type, metre, ..Wishes::default() }.check();
        let wrong = check(Some(TuneType::SlipJig), Some(Metre::new(4, 4)));
        assert_eq!(
            wrong.unwrap_err().to_string(),
            "A slip jig needs 9/8. Change the metre or the tune type."
        );
        for tune_type in TuneType::COMMON {
            for &(beats, value) in tune_type.metres() {
                assert_eq!(check(Some(tune_type), Some(Metre::new(beats, value))), Ok(()));
            }
        }
    }

    #[test]
    fn wishes_are_looked_for_in_the_tune() {
        let parsed = crate::abc::parse("X:1\nM:4/4\nK:D\n|:D8|E8:|:F8|\"G\"G8:|\n");
        let facts = Facts::of(&parsed.tunes[0]).unwrap();
        let unmet = |wishes: Wishes| wishes.unmet(&parsed.tunes[0], &facts);
        let form = |parts, bars| unmet(Wishes { parts, bars, ..Wishes::default() });
        assert_eq!((form(None, None), form(Some(2), Some(2)), form(None, Some(2))), (None, None, None));
        assert_eq!(form(Some(3), None), Some("Has other parts than wished"));
        assert_eq!(form(None, Some(4)), Some("Parts are longer or shorter than wished"));
        assert_eq!(unmet(Wishes { chords: Chords::Always, in_key: true, ..Wishes::default() }), None);
        assert_eq!(unmet(Wishes { ends_home: true, ..Wishes::default() }), Some("Ends away from home"));
        let fiddle = Some(Instrument::Fiddle);
        assert_eq!(
            unmet(Wishes { instrument: fiddle, chords: Chords::Never, ..Wishes::default() }),
            Some("Chords not as wished")
        );
    }
}
