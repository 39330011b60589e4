//! A corpus made larger: its tunes in other keys.

use std::collections::{BTreeMap, HashMap};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use rayon::prelude::*;

use super::corpus::{Corpus, Tune};
use crate::abc::{self, Kind, Note, Target};
use crate::model::Vocabulary;
use crate::music::key::Scale;
use crate::music::{Letter, Mode, Name};

/// Where a tune in another key has to stay: from a fiddle's open G string to the C its fourth finger
/// stretches to in first position. As octave and letter.
const RANGE: [(i8, Letter); 2] = [(3, Letter::G), (6, Letter::C)];

/// How many tunes of a mode are in each key, by the tonic's place on the line of fifths.
type Keys = HashMap<Mode, BTreeMap<i32, u64>>;

impl Corpus {
    /// The corpus with every tune up to `copies` times more, each time in another key of its mode. Keys
    /// are drawn as often as the corpus uses them; one in which the tune would leave the range of a fiddle
    /// is passed over. The same seed gives the same tunes, which follow those of the corpus in their order.
    /// What is no tune with one key, or has a character outside the vocabulary, stays as it is.
    pub fn in_other_keys(mut self, copies: usize, seed: u64, vocabulary: &Vocabulary) -> Self {
        if copies == 0 {
            return self;
        }
        let texts: Vec<_> = self.tunes.par_iter().map(|tune| text_and_key(tune, vocabulary)).collect();
        let mut keys = Keys::new();
        for (_, (tonic, mode)) in texts.iter().flatten() {
            *keys.entry(*mode).or_default().entry(tonic.fifths()).or_default() += 1;
        }
        let more: Vec<Vec<Tune>> = texts
            .par_iter()
            .enumerate()
            .map(|(number, found)| {
                let Some((text, (tonic, mode))) = found else { return Vec::new() };
                let mut random = ChaCha8Rng::seed_from_u64(seed);
                // The order of an epoch has the first of these bits alone, dropout neither.
                random.set_stream(0b11 << 62 | number as u64);
                let mut left = keys[mode].clone();
                left.remove(&tonic.fifths());
                versions(text, left, copies, &mut random).iter().map(|t| Tune::new(t, vocabulary)).collect()
            })
            .collect();
        self.tunes.extend(more.into_iter().flatten());
        self
    }
}

/// A tune's text and its key, if it has exactly one of the church modes.
fn text_and_key(tune: &Tune, vocabulary: &Vocabulary) -> Option<(String, (Name, Mode))> {
    let tokens = &tune.tokens[1..tune.tokens.len() - 1];
    let text = vocabulary.decode(tokens);
    let is_whole = text.chars().count() == tokens.len() && !tokens.contains(&vocabulary.unk());
    let parsed = abc::parse(&text);
    let [tune] = parsed.tunes.as_slice() else { return None };
    match tune.key.key?.scale {
        Scale::Tonal(tonic, mode) if is_whole => Some((text, (tonic, mode))),
        _ => None,
    }
}

/// Up to `copies` versions of a tune, each in one of the keys that are left.
fn versions(text: &str, mut left: BTreeMap<i32, u64>, copies: usize, random: &mut ChaCha8Rng) -> Vec<String> {
    let parsed = abc::parse(text);
    let mut versions = Vec::new();
    while versions.len() < copies
        && let Some(fifths) = draw(&left, random)
    {
        left.remove(&fifths);
        let target = Target::Tonic(Name::from_fifths(fifths));
        if let Some(tune) = parsed.tunes.first()
            && let Ok(version) = abc::transpose(text, tune, target)
            && is_within_range(&version)
        {
            versions.push(version);
        }
    }
    versions
}

/// One of the keys, each as likely as its count says; `None` if there is none.
fn draw(keys: &BTreeMap<i32, u64>, random: &mut ChaCha8Rng) -> Option<i32> {
    let total: u64 = keys.values().sum();
    // The bias of the remainder is below total / 2⁶⁴.
    let mut at = random.next_u64().checked_rem(total)?;
    for (&fifths, &count) in keys {
        match at.checked_sub(count) {
            Some(rest) => at = rest,
            None => return Some(fifths),
        }
    }
    None
}

fn is_within_range(text: &str) -> bool {
    let parsed = abc::parse(text);
    let within = |note: &Note| {
        let place = (note.octave, note.letter);
        RANGE[0] <= place && place <= RANGE[1]
    };
    let voices = parsed.tunes.iter().flat_map(|tune| &tune.voices);
    voices.flat_map(|voice| &voice.elements).all(|element| match &element.kind {
        Kind::Note(note) => within(note),
        Kind::Chord(chord) => chord.notes.iter().all(|(_, note)| within(note)),
        Kind::Grace(grace) => grace.notes.iter().all(|(_, note)| within(note)),
        _ => true,
    })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const TUNES: [&str; 6] = [
        "X:1\nL:1/8\nM:6/8\nK:D\nFAA dAF | GBB BAG | \"A7\" ^e2 =c {e}f3 |]",
        "X:1\nL:1/8\nM:4/4\nK:G\nG2 BG dGBG | (3ABA GA B2 d2 :|",
        "X:1\nL:1/8\nM:4/4\nK:A\n[Ac]2 e2 c2 Ac | e4 A4 |]",
        "X:1\nL:1/8\nM:4/4\nK:Ador\nA2 AB c2 BA | G2 GA B2 AG |]",
        "X:1\nL:1/8\nM:4/4\nK:Edor\nE2 EF G2 FE | D2 DE F2 ED |]",
        "X:1\nL:1/8\nM:4/4\nK:none\nc2 e2 g2 ^f2 |]",
    ];

    fn corpus(texts: &[&str], vocabulary: &Vocabulary) -> Corpus {
        let tunes = texts.iter().map(|text| Tune::new(text, vocabulary)).collect();
        Corpus { tunes, rejected: Vec::new(), unknown_characters: 0 }
    }

    fn texts(corpus: &Corpus, vocabulary: &Vocabulary) -> Vec<String> {
        corpus.tunes.iter().map(|tune| vocabulary.decode(&tune.tokens)).collect()
    }

    fn key(text: &str) -> (Name, Mode) {
        let parsed = abc::parse(text);
        match parsed.tunes[0].key.key.map(|key| key.scale) {
            Some(Scale::Tonal(tonic, mode)) => (tonic, mode),
            _ => panic!("a key in {text}"),
        }
    }

    /// A tune that was transposed back from a version.
    fn back(version: &str, tonic: Name) -> String {
        let parsed = abc::parse(version);
        abc::transpose(version, &parsed.tunes[0], Target::Tonic(tonic)).expect("the way back")
    }

    #[test]
    fn a_version_is_its_tune_in_another_key_that_the_mode_has_in_the_corpus() {
        let vocabulary = Vocabulary::reference();
        let larger = texts(&corpus(&TUNES, &vocabulary).in_other_keys(9, 3, &vocabulary), &vocabulary);
        assert_eq!(larger[..TUNES.len()], TUNES);
        let used: BTreeSet<_> = TUNES[..5].iter().map(|text| key(text).0).collect();
        let versions = &larger[TUNES.len()..];
        // Three major keys and two Dorian ones: each tune in every other one, and nothing of the keyless.
        assert_eq!(versions.len(), 3 * 2 + 2);
        for version in versions {
            let (tonic, mode) = key(version);
            assert!(used.contains(&tonic));
            let origin = TUNES[..5].iter().find(|tune| {
                let (home, same) = key(tune);
                same == mode && home != tonic && back(version, home) == **tune
            });
            assert!(origin.is_some(), "{version}");
        }
    }

    #[test]
    fn the_seed_decides_and_no_copies_are_no_change() {
        let vocabulary = Vocabulary::reference();
        let start = corpus(&TUNES, &vocabulary);
        let with_seed = |seed| start.clone().in_other_keys(1, seed, &vocabulary);
        assert_eq!(with_seed(1), with_seed(1));
        assert!((2..20).any(|seed| with_seed(seed) != with_seed(1)));
        assert_eq!(start.clone().in_other_keys(0, 1, &vocabulary), start);
    }

    #[test]
    fn no_version_leaves_the_range_of_a_fiddle() {
        let vocabulary = Vocabulary::reference();
        // From its lowest note to its highest: nothing can move. The others could go to its key.
        let wide = "X:1\nL:1/8\nM:4/4\nK:C\nG,2 c'2 G4 |]";
        let larger = corpus(&[wide, TUNES[0]], &vocabulary).in_other_keys(2, 1, &vocabulary);
        assert_eq!(larger.tunes.len(), 3);
        assert_eq!(key(&texts(&larger, &vocabulary)[2]).0, Name { letter: Letter::C, alter: 0 });
    }

    #[test]
    fn a_character_outside_the_vocabulary_keeps_a_tune_as_it_is() {
        let vocabulary = Vocabulary::reference();
        let strange = "X:1\nL:1/8\nM:4/4\nK:D\n\"é\" d4 A4 |]";
        let larger = corpus(&[strange, TUNES[0], TUNES[1]], &vocabulary).in_other_keys(1, 1, &vocabulary);
        assert_eq!(larger.tunes.len(), 3 + 2, "only the others have a version");
    }
}
