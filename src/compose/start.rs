//! What a tune begins with, and the prompt the network reads of it.
//!
//! The network was trained on tunes with the header X, L, M, K. Under the grammar the plan writes that
//! header; where music is to be gone on from, or the grammar is left out, it stands in the prompt.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use super::model_text::{ModelText, ModelTextError};
use super::wishes::{WishError, Wishes};
use crate::abc::Span;
use crate::model::Vocabulary;
use crate::music::{Key, Metre, Mode, Name};

/// What a tune begins with.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Start {
    /// Nothing.
    #[default]
    Nothing,
    /// A few notes in ABC; header fields before them win over the wishes.
    Notes(String),
    /// A whole tune in ABC, which is carried on.
    Tune(String),
}

/// What the network is to go on from.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prompt {
    /// The text, in the network's form.
    pub text: String,
    model: ModelText,
    /// Of the text it was made of, where lines begin, and where they do in what the tune starts from; none
    /// if the two are the same.
    lines: Vec<(usize, usize)>,
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

impl Start {
    /// The prompt. Under the grammar it has no more of the wishes than music needs to be read by; a `raw`
    /// one has all that the network's form has a place for. What is open there but stands before what is
    /// not is drawn from `seed` as often as the corpus has it.
    ///
    /// # Errors
    /// If the network cannot read what the tune is to begin with.
    pub fn prompt(
        &self,
        wishes: &Wishes,
        raw: bool,
        seed: u64,
        vocabulary: &Vocabulary,
    ) -> Result<Prompt, WishError> {
        let notes = match self {
            Self::Nothing => "",
            Self::Notes(notes) => notes,
            Self::Tune(tune) => return carried_on(tune, vocabulary).map_err(WishError::Tune),
        };
        let begun = Begun::of(notes, vocabulary).map_err(WishError::Notes)?;
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        // The tunes of the seed draw from the streams from 0 on.
        random.set_stream(u64::MAX);
        let header = if begun.music.is_empty() && !raw {
            "X:1\n".to_owned()
        } else {
            header(wishes, !notes.trim().is_empty(), &mut random)
        };
        begun.prompt(&header, vocabulary).map_err(WishError::Notes)
    }
}

impl Prompt {
    /// The bytes of what the tune starts from that a byte of the prompt was made of.
    pub fn source(&self, byte: usize) -> Option<Span> {
        let span = self.model.source(byte)?;
        let line = self.lines.partition_point(|(at, _)| *at <= span.start as usize).checked_sub(1);
        let Some((at, own)) = line.and_then(|line| self.lines.get(line)) else { return Some(span) };
        let moved = |place: u32| (place as usize + own).saturating_sub(*at);
        Some(Span::new(moved(span.start), moved(span.end)))
    }
}

fn carried_on(tune: &str, vocabulary: &Vocabulary) -> Result<Prompt, ModelTextError> {
    let model = ModelText::of(tune, vocabulary)?;
    let mut text = model.text.clone();
    // What ends a tune in print ends a part in the corpus.
    if text.ends_with("|]") {
        text.replace_range(text.len() - 1.., "|");
    }
    text.push(' ');
    Ok(Prompt { text, model, lines: Vec::new() })
}

/// A header with as much as is wished for, and all of it where music is to follow.
fn header(wishes: &Wishes, music: bool, random: &mut ChaCha8Rng) -> String {
    let key_is_open = wishes.tonic.is_none() && wishes.mode.is_none() && !music;
    let metre = match (&wishes.metre, wishes.tune_type.and_then(|of| of.metres().first())) {
        (Some(metre), _) => metre.clone(),
        (None, Some(&(beats, value))) => Metre::new(beats, value),
        (None, None) if key_is_open => return "X:1\n".to_owned(),
        (None, None) => {
            let (beats, value) = draw(&METRES, random);
            Metre::new(beats, value)
        }
    };
    let header = format!("X:1\nL:{UNIT}\nM:{metre}\n");
    if key_is_open { header } else { format!("{header}K:{}\n", key(wishes, random)) }
}

/// The key: what is open in it is drawn among the keys the corpus has.
fn key(wishes: &Wishes, random: &mut ChaCha8Rng) -> Key {
    let fits = |&(fifths, mode, _): &(i32, Mode, u32)| {
        wishes.tonic.is_none_or(|tonic| tonic.fifths() == fifths)
            && wishes.mode.is_none_or(|wish| wish == mode)
    };
    let known: Vec<((i32, Mode), u32)> =
        KEYS.iter().filter(|key| fits(key)).map(|&(fifths, mode, weight)| ((fifths, mode), weight)).collect();
    match (wishes.tonic, wishes.mode) {
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

/// A musician's notes: the fields they begin with, and the lines of music.
struct Begun<'a> {
    notes: &'a str,
    fields: Vec<&'a str>,
    music: Vec<&'a str>,
}

impl<'a> Begun<'a> {
    fn of(notes: &'a str, vocabulary: &Vocabulary) -> Result<Self, ModelTextError> {
        let unknown = |c: &char| vocabulary.encode(c.encode_utf8(&mut [0; 4])).is_err();
        if let Some(unknown) = notes.trim().chars().find(unknown) {
            return Err(ModelTextError::Unknown(unknown));
        }
        let is_field =
            |line: &str| line.as_bytes().get(1) == Some(&b':') && line.as_bytes()[0].is_ascii_uppercase();
        let lines = || notes.lines().map(str::trim).filter(|line| !line.is_empty());
        let fields: Vec<&str> = lines().take_while(|line| is_field(line)).collect();
        let music = lines().skip(fields.len()).collect();
        Ok(Self { notes, fields, music })
    }

    /// The header and the notes as the network reads them. Fields of the notes take the place of the
    /// header's.
    fn prompt(&self, header: &str, vocabulary: &Vocabulary) -> Result<Prompt, ModelTextError> {
        let mut source = String::new();
        for letter in ["X:", "L:", "M:", "K:"] {
            let own = self.fields.iter().rev().find(|field| field.starts_with(letter));
            let field = own.copied().or(header.lines().find(|field| field.starts_with(letter)));
            source.extend(field.into_iter().flat_map(|field| [field, "\n"]));
        }
        if self.music.is_empty() {
            return Ok(Prompt { text: source, ..Prompt::default() });
        }
        let mut lines = Vec::new();
        for line in &self.music {
            // Where the line stands in the notes, of which it is a part.
            let own = line.as_ptr().addr().saturating_sub(self.notes.as_ptr().addr());
            lines.push((source.len(), own));
            source.push_str(line);
            source.push('\n');
        }
        let model = ModelText::of(&source, vocabulary)?;
        Ok(Prompt { text: model.text.clone(), model, lines })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::perform::TuneType;

    fn raw(start: &Start, change: impl FnOnce(&mut Wishes)) -> Result<String, WishError> {
        let mut wishes = Wishes::default();
        change(&mut wishes);
        Ok(start.prompt(&wishes, true, 7, &Vocabulary::reference())?.text)
    }

    fn prompt(change: impl FnOnce(&mut Wishes)) -> Result<String, WishError> {
        raw(&Start::Nothing, change)
    }

    fn d() -> Option<Name> {
        Some(Name::from_fifths(2))
    }

    #[test]
    fn what_is_wished_for_is_in_a_raw_prompt_and_the_rest_is_left_open() {
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
    fn under_the_grammar_the_plan_writes_the_header() {
        let prompt = |start: Start| {
            let wishes = Wishes { tune_type: Some(TuneType::Reel), tonic: d(), ..Wishes::default() };
            start.prompt(&wishes, false, 7, &Vocabulary::reference()).unwrap().text
        };
        assert_eq!(prompt(Start::Nothing), "X:1\n");
        assert_eq!(prompt(Start::Notes("K:D".to_owned())), "X:1\nK:D\n");
        assert!(prompt(Start::Notes("DEF|".to_owned())).starts_with("X:1\nL:1/8\nM:4/4\nK:D"));
    }

    #[test]
    fn what_is_open_before_a_wish_is_drawn_from_the_seed_and_is_usual() {
        for (tonic, mode) in
            [(d(), None), (None, Some(Mode::Dorian)), (d(), Some(Mode::Lydian)), (None, Some(Mode::Locrian))]
        {
            let wishes = Wishes { tonic, mode, ..Wishes::default() };
            let prompt =
                |seed| Start::Nothing.prompt(&wishes, true, seed, &Vocabulary::reference()).unwrap().text;
            let prompts: Vec<String> = (0..20).map(prompt).collect();
            for (seed, text) in (0..).zip(&prompts) {
                assert_eq!(text, &prompt(seed));
                let tune = &crate::abc::parse(&format!("{text}D|\n")).tunes[0];
                let key = tune.key.key.unwrap();
                assert!(tonic.is_none_or(|tonic| key.tonic() == Some(tonic)), "{text}");
                assert!(mode.is_none_or(|mode| key.mode() == Some(mode)), "{text}");
            }
            assert!(prompts.iter().any(|prompt| prompt != &prompts[0]), "another seed, another metre");
        }
    }

    #[test]
    fn notes_stand_after_the_header_and_may_bring_their_own_fields() {
        let notes = |text: &str| {
            raw(&Start::Notes(text.into()), |w| {
                (w.tonic, w.mode, w.metre) = (d(), Some(Mode::Major), Some(Metre::new(6, 8)));
            })
        };
        assert_eq!(notes("DEF|G").unwrap(), "X:1\nL:1/8\nM:6/8\nK:D\n DEF | G");
        assert_eq!(notes("M:9/8\nK:G\n|:G3").unwrap(), "X:1\nL:1/8\nM:9/8\nK:G\n|: G3");
        assert_eq!(notes("K:A").unwrap(), "X:1\nL:1/8\nM:6/8\nK:A\n");
        assert!(matches!(notes("DEé"), Err(WishError::Notes(ModelTextError::Unknown('é')))));
        assert!(matches!(notes("hi?"), Err(WishError::Notes(ModelTextError::Nothing))));
    }

    #[test]
    fn a_place_in_the_prompt_is_one_in_the_notes() {
        let notes = "M:6/8\n\n  DEF|\n GAB|c3";
        let prompt = Start::Notes(notes.into())
            .prompt(&Wishes::default(), false, 7, &Vocabulary::reference())
            .unwrap();
        for letter in ["F", "B", "c3"] {
            let place = prompt.source(prompt.text.rfind(letter).unwrap()).unwrap();
            assert_eq!(place.of(notes), letter, "{:?}", prompt.text);
        }
        let tune = "X:1\nT:Mine\nK:D\nDEF|\n";
        let prompt =
            Start::Tune(tune.into()).prompt(&Wishes::default(), false, 7, &Vocabulary::reference()).unwrap();
        assert_eq!(prompt.source(prompt.text.find('E').unwrap()).unwrap().of(tune), "E");
    }

    #[test]
    fn a_tune_is_carried_on_after_its_end() {
        let text = raw(&Start::Tune("X:1\nT:Mine\nM:4/4\nK:D\nD8|E8|]\n".into()), |_| {}).unwrap();
        assert_eq!(text, "X:1\nL:1/8\nM:4/4\nK:D\n D8 | E8 || ");
        let voices = raw(&Start::Tune("X:1\nK:D\nV:1\nD|\nV:2\nE|\n".into()), |_| {});
        assert_eq!(
            voices.unwrap_err().to_string(),
            "This tune cannot be carried on: it has 2 voices, and the network has learnt tunes of one voice only."
        );
    }
}
