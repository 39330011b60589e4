//! What the musician wishes for, in a musician's terms, and the prompt that conditions the network on it.
//!
//! The network was trained on tunes with the header X, L, M, K. A wish for metre or key is in the
//! prompt; everything else is for the grammar to keep ([`super::plan`]).

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use super::form;
use super::instrument::Instrument;
use super::model_text::{ModelText, ModelTextError};
use crate::abc::Tune;
use crate::abc::grammar::{self, Chords, SpecError};
use crate::model::Vocabulary;
use crate::music::{Key, Metre, Mode, Name};
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
    /// What it begins with.
    pub start: Start,
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

/// What a tune begins with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Start {
    /// Nothing.
    #[default]
    Nothing,
    /// A few notes in ABC; header fields before them win over the other wishes.
    Notes(String),
    /// A whole tune in ABC, which is carried on.
    Tune(String),
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
        "The prompt cannot be carried on as it is: there is no place for {found:?} at line {line}, column {column}. Mend it there, go on from the last good bar (--cut), or compose without grammar (--raw)."
    )]
    Outside {
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

/// Keys as tonic on the line of fifths (C is 0) and mode, and how many tunes of the corpus have them, in
/// hundreds.
const KEYS: [(i32, Mode, u32); 23] = [
    (1, Mode::Major, 121),
    (2, Mode::Major, 115),
    (3, Mode::Major, 31),
    (4, Mode::Minor, 24),
    (3, Mode::Dorian, 23),
    (4, Mode::Dorian, 17),
    (3, Mode::Minor, 15),
    (5, Mode::Minor, 15),
    (3, Mode::Mixolydian, 13),
    (0, Mode::Major, 12),
    (2, Mode::Mixolydian, 11),
    (-1, Mode::Major, 7),
    (1, Mode::Minor, 6),
    (2, Mode::Minor, 6),
    (2, Mode::Dorian, 4),
    (1, Mode::Dorian, 3),
    (4, Mode::Major, 2),
    (1, Mode::Mixolydian, 2),
    (-2, Mode::Major, 1),
    (5, Mode::Dorian, 1),
    (0, Mode::Dorian, 1),
    (-1, Mode::Dorian, 1),
    (4, Mode::Mixolydian, 1),
];

/// Metres and how many tunes of the corpus have them, in hundreds.
const METRES: [((u16, u16), u32); 8] = [
    ((4, 4), 212),
    ((6, 8), 114),
    ((2, 4), 40),
    ((3, 4), 30),
    ((9, 8), 15),
    ((2, 2), 10),
    ((12, 8), 9),
    ((3, 2), 3),
];

/// The unit length of nearly all tunes of the corpus, whatever the metre.
const UNIT: &str = "1/8";

impl Wishes {
    /// The prompt: everything that is wished for and has a place in the network's form. What is open but
    /// stands before what is not is drawn from `seed` as often as the corpus has it.
    ///
    /// # Errors
    /// A sentence if the wishes cannot all be met, or if the network cannot read what is to be begun with.
    pub fn prompt(&self, seed: u64, vocabulary: &Vocabulary) -> Result<String, WishError> {
        self.check()?;
        let notes = match &self.start {
            Start::Nothing => "",
            Start::Notes(notes) => notes.trim(),
            Start::Tune(tune) => {
                let mut text = ModelText::of(tune, vocabulary).map_err(WishError::Tune)?.text;
                // What ends a tune in print ends a part in the corpus.
                if text.ends_with("|]") {
                    text.replace_range(text.len() - 1.., "|");
                }
                return Ok(text + " ");
            }
        };
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        // The tunes of the seed draw from the streams from 0 on.
        random.set_stream(u64::MAX);
        let key_is_open = self.tonic.is_none() && self.mode.is_none() && notes.is_empty();
        let metre = match (&self.metre, self.tune_type.and_then(|of| of.metres().first())) {
            (Some(metre), _) => metre.clone(),
            (None, Some(&(beats, value))) => Metre::new(beats, value),
            (None, None) if key_is_open => return Ok("X:1\n".to_owned()),
            (None, None) => {
                let (beats, value) = draw(&METRES, &mut random);
                Metre::new(beats, value)
            }
        };
        let header = format!("X:1\nL:{UNIT}\nM:{metre}\n");
        if key_is_open {
            return Ok(header);
        }
        let header = format!("{header}K:{}\n", self.key(&mut random));
        if notes.is_empty() {
            Ok(header)
        } else {
            begun(&header, notes, vocabulary).map_err(WishError::Notes)
        }
    }

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

    /// The key: what is open in it is drawn among the keys the corpus has.
    fn key(&self, random: &mut ChaCha8Rng) -> Key {
        let fits = |&(fifths, mode, _): &(i32, Mode, u32)| {
            self.tonic.is_none_or(|tonic| tonic.fifths() == fifths)
                && self.mode.is_none_or(|wish| wish == mode)
        };
        let known: Vec<((i32, Mode), u32)> = KEYS
            .iter()
            .filter(|key| fits(key))
            .map(|&(fifths, mode, weight)| ((fifths, mode), weight))
            .collect();
        match (self.tonic, self.mode) {
            (Some(tonic), Some(mode)) => Key::new(tonic, mode),
            _ if !known.is_empty() => {
                let (fifths, mode) = draw(&known, random);
                Key::new(Name::from_fifths(fifths), mode)
            }
            (Some(tonic), None) => Key::new(tonic, Mode::Major),
            // A mode the corpus hardly has, with the sharp that suits most instruments.
            (None, mode) => {
                let mode = mode.unwrap_or(Mode::Major);
                Key::new(Name::from_fifths(1 - mode.fifths()), mode)
            }
        }
    }

    /// Whether a tune has the parts and bars wished for.
    pub fn met_by(&self, tune: &Tune) -> bool {
        let parts = form::parts(tune);
        self.parts.is_none_or(|wish| parts.len() == wish)
            && self.bars.is_none_or(|wish| !parts.is_empty() && parts.iter().all(|&bars| bars == wish))
    }
}

fn beats(metre: &Metre) -> (u16, u16) {
    let number = |of: u32| u16::try_from(of).unwrap_or(u16::MAX);
    (number(metre.beats()), number(metre.value()))
}

/// One of a table, as often as its weight says.
fn draw<T: Copy>(table: &[(T, u32)], random: &mut ChaCha8Rng) -> T {
    let total: u32 = table.iter().map(|(_, weight)| weight).sum();
    let mut left = random.next_u32() % total.max(1);
    for &(value, weight) in table {
        if left < weight {
            return value;
        }
        left -= weight;
    }
    // A draw is less than the sum of the weights.
    table[0].0
}

/// The header and a musician's notes as the network reads them. Fields the notes begin with take the
/// place of the header's.
fn begun(header: &str, notes: &str, vocabulary: &Vocabulary) -> Result<String, ModelTextError> {
    if let Some(unknown) = notes.chars().find(|c| vocabulary.encode(c.encode_utf8(&mut [0; 4])).is_err()) {
        return Err(ModelTextError::Unknown(unknown));
    }
    let is_field =
        |line: &str| line.as_bytes().get(1) == Some(&b':') && line.as_bytes()[0].is_ascii_uppercase();
    let fields: Vec<&str> = notes.lines().map(str::trim).take_while(|line| is_field(line)).collect();
    let music: Vec<&str> =
        notes.lines().skip(fields.len()).map(str::trim).filter(|l| !l.is_empty()).collect();
    let mut source = String::new();
    for line in header.lines() {
        let own = fields.iter().rev().find(|field| field.as_bytes()[0] == line.as_bytes()[0]);
        source.push_str(own.unwrap_or(&line));
        source.push('\n');
    }
    if music.is_empty() {
        return Ok(source);
    }
    source.push_str(&music.join("\n"));
    source.push('\n');
    Ok(ModelText::of(&source, vocabulary)?.text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn prompt(change: impl FnOnce(&mut Wishes)) -> Result<String, WishError> {
        let mut wishes = Wishes::default();
        change(&mut wishes);
        wishes.prompt(7, &Vocabulary::reference())
    }

    fn d() -> Option<Name> {
        Some(Name::from_fifths(2))
    }

    #[test]
    fn what_is_wished_for_is_in_the_prompt_and_the_rest_is_left_open() {
        assert_eq!(prompt(|_| {}).unwrap(), "X:1\n");
        assert_eq!(prompt(|w| w.tune_type = Some(TuneType::SlipJig)).unwrap(), "X:1\nL:1/8\nM:9/8\n");
        let key = prompt(|w| {
            (w.tune_type, w.tonic, w.mode) =
                (Some(TuneType::Reel), Some(Name::from_fifths(4)), Some(Mode::Dorian));
        });
        assert_eq!(key.unwrap(), "X:1\nL:1/8\nM:4/4\nK:Edor\n");
        assert_eq!(prompt(|w| w.metre = Some(Metre::new(3, 2))).unwrap(), "X:1\nL:1/8\nM:3/2\n");
    }

    #[test]
    fn what_is_open_before_a_wish_is_drawn_from_the_seed_and_is_usual() {
        for (tonic, mode) in
            [(d(), None), (None, Some(Mode::Dorian)), (d(), Some(Mode::Lydian)), (None, Some(Mode::Locrian))]
        {
            let wishes = Wishes { tonic, mode, ..Wishes::default() };
            let prompts: Vec<String> =
                (0..20).map(|seed| wishes.prompt(seed, &Vocabulary::reference()).unwrap()).collect();
            for (seed, prompt) in (0..).zip(&prompts) {
                assert_eq!(prompt, &wishes.prompt(seed, &Vocabulary::reference()).unwrap());
                let tune = &crate::abc::parse(&format!("{prompt}D|\n")).tunes[0];
                let key = tune.key.key.unwrap();
                assert!(tonic.is_none_or(|tonic| key.tonic() == Some(tonic)), "{prompt}");
                assert!(mode.is_none_or(|mode| key.mode() == Some(mode)), "{prompt}");
            }
            assert!(prompts.iter().any(|prompt| prompt != &prompts[0]), "another seed, another metre");
        }
    }

    #[test]
    fn a_type_in_a_metre_it_is_not_danced_in_is_refused() {
        let wrong = prompt(|w| (w.tune_type, w.metre) = (Some(TuneType::SlipJig), Some(Metre::new(4, 4))));
        assert_eq!(
            wrong.unwrap_err().to_string(),
            "A slip jig needs 9/8. Change the metre or the tune type."
        );
        for tune_type in TuneType::COMMON {
            for &(beats, value) in tune_type.metres() {
                assert!(
                    prompt(|w| (w.tune_type, w.metre) = (Some(tune_type), Some(Metre::new(beats, value))))
                        .is_ok()
                );
            }
        }
    }

    #[test]
    fn notes_stand_after_the_header_and_may_bring_their_own_fields() {
        let notes = |text: &str| {
            prompt(|w| {
                (w.tonic, w.mode, w.metre, w.start) =
                    (d(), Some(Mode::Major), Some(Metre::new(6, 8)), Start::Notes(text.into()))
            })
        };
        assert_eq!(notes("DEF|G").unwrap(), "X:1\nL:1/8\nM:6/8\nK:D\n DEF | G");
        assert_eq!(notes("M:9/8\nK:G\n|:G3").unwrap(), "X:1\nL:1/8\nM:9/8\nK:G\n|: G3");
        assert_eq!(notes("K:A").unwrap(), "X:1\nL:1/8\nM:6/8\nK:A\n");
        assert!(matches!(notes("DEé"), Err(WishError::Notes(ModelTextError::Unknown('é')))));
        assert!(matches!(notes("hi?"), Err(WishError::Notes(ModelTextError::Nothing))));
    }

    #[test]
    fn a_tune_is_carried_on_after_its_end() {
        let text = prompt(|w| w.start = Start::Tune("X:1\nT:Mine\nM:4/4\nK:D\nD8|E8|]\n".into())).unwrap();
        assert_eq!(text, "X:1\nL:1/8\nM:4/4\nK:D\n D8 | E8 || ");
        let voices = prompt(|w| w.start = Start::Tune("X:1\nK:D\nV:1\nD|\nV:2\nE|\n".into()));
        assert_eq!(
            voices.unwrap_err().to_string(),
            "This tune cannot be carried on: it has 2 voices, and the network has learnt tunes of one voice only."
        );
    }

    #[test]
    fn a_form_is_looked_for_in_the_tune() {
        let parsed = crate::abc::parse("X:1\nM:4/4\nK:D\n|:D8|E8:|:F8|G8:|\n");
        let met = |parts, bars| Wishes { parts, bars, ..Wishes::default() }.met_by(&parsed.tunes[0]);
        assert!(met(None, None) && met(Some(2), None) && met(Some(2), Some(2)) && met(None, Some(2)));
        assert!(!met(Some(3), None) && !met(None, Some(4)));
    }
}
