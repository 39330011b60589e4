//! Wishes as words: a name and a value for each that is on, as they stand in a tune's `%%reelsmith` lines
//! and in the settings.

use super::instrument::Instrument;
use super::wishes::{Aim, Ornaments, Wishes};
use crate::abc::grammar::Chords;
use crate::music::{Metre, Mode, Name};
use crate::perform::TuneType;

const CHORDS: [(Chords, &str); 3] =
    [(Chords::Any, "any"), (Chords::Never, "never"), (Chords::Always, "always")];

const ORNAMENTS: [(Ornaments, &str); 4] = [
    (Ornaments::Any, "any"),
    (Ornaments::None, "none"),
    (Ornaments::Light, "light"),
    (Ornaments::Full, "full"),
];

const AIMS: [(Aim, &str); 3] = [(Aim::Tune, "tune"), (Aim::Section, "section"), (Aim::Ending, "ending")];

/// The word for one of a table.
fn word<T: Copy + PartialEq>(table: &[(T, &'static str)], value: T) -> &'static str {
    table.iter().find(|(other, _)| *other == value).map_or("", |(_, word)| word)
}

/// One of a table by its word.
fn named<T: Copy>(table: &[(T, &str)], word: &str) -> Option<T> {
    table.iter().find(|(_, other)| *other == word).map(|(value, _)| *value)
}

/// What is to become of a prompt's music, in a word.
pub fn aim(aim: Aim) -> &'static str {
    word(&AIMS, aim)
}

/// The aim a word names.
pub fn read_aim(word: &str) -> Option<Aim> {
    named(&AIMS, word)
}

/// A name and a value for each wish that is on. [`read`] takes them back.
pub fn write(wishes: &Wishes) -> Vec<(&'static str, String)> {
    let yes = |wish: bool| if wish { "yes" } else { "no" }.to_owned();
    let when = |on: bool, word: &str| on.then(|| word.to_owned());
    let all = [
        ("type", wishes.tune_type.map(|of| of.name().to_owned())),
        ("tonic", wishes.tonic.map(|name| name.to_string())),
        ("mode", wishes.mode.map(|mode| mode_word(mode).to_owned())),
        ("metre", wishes.metre.as_ref().map(Metre::to_string)),
        ("parts", wishes.parts.map(|parts| parts.to_string())),
        ("part-bars", wishes.bars.map(|bars| bars.to_string())),
        ("repeats", wishes.repeats.map(yes)),
        ("endings", wishes.endings.map(yes)),
        ("pickup", wishes.pickup.map(yes)),
        ("instrument", wishes.instrument.map(|instrument| instrument.name().to_owned())),
        ("in-key", when(wishes.in_key, "yes")),
        ("ends-home", when(wishes.ends_home, "yes")),
        ("chords", when(wishes.chords != Chords::Any, word(&CHORDS, wishes.chords))),
        ("ornaments", when(wishes.ornaments != Ornaments::Any, word(&ORNAMENTS, wishes.ornaments))),
    ];
    all.into_iter().filter_map(|(name, value)| Some((name, value?))).collect()
}

/// The wishes that `get` has values for, by their names. What is no value of a wish leaves it open.
pub fn read(get: impl Fn(&str) -> Option<String>) -> Wishes {
    let yes = |name| match get(name)?.as_str() {
        "yes" => Some(true),
        "no" => Some(false),
        _ => None,
    };
    let number = |name| get(name)?.parse().ok();
    let instrument = |word: &str| Instrument::ALL.into_iter().find(|of| of.name() == word);
    Wishes {
        tune_type: get("type").and_then(|word| TuneType::named(&word)),
        tonic: get("tonic").and_then(|word| read_name(&word)),
        mode: get("mode").and_then(|word| Mode::ALL.into_iter().find(|mode| mode_word(*mode) == word)),
        metre: get("metre").and_then(|word| read_metre(&word)),
        parts: number("parts"),
        bars: number("part-bars"),
        repeats: yes("repeats"),
        endings: yes("endings"),
        pickup: yes("pickup"),
        instrument: get("instrument").and_then(|word| instrument(&word)),
        in_key: yes("in-key") == Some(true),
        ends_home: yes("ends-home") == Some(true),
        chords: get("chords").and_then(|word| named(&CHORDS, &word)).unwrap_or_default(),
        ornaments: get("ornaments").and_then(|word| named(&ORNAMENTS, &word)).unwrap_or_default(),
    }
}

fn mode_word(mode: Mode) -> &'static str {
    if mode == Mode::Major { "maj" } else { mode.short() }
}

fn read_name(word: &str) -> Option<Name> {
    // From F double flat to B double sharp on the line of fifths.
    (-15..=19).map(Name::from_fifths).find(|name| name.to_string() == word)
}

fn read_metre(word: &str) -> Option<Metre> {
    let (beats, value) = word.split_once('/')?;
    let number = |text: &str| text.parse::<u16>().ok().filter(|&number| number > 0);
    Some(Metre::new(number(beats)?, number(value)?))
}

#[cfg(test)]
mod tests {
    use proptest::option::of;
    use proptest::prelude::*;
    use proptest::sample::select;

    use super::*;

    fn wishes() -> impl Strategy<Value = Wishes> {
        let tune = (
            of(select(TuneType::COMMON.to_vec())),
            of((-7..12i32).prop_map(Name::from_fifths)),
            of(select(Mode::ALL.to_vec())),
            of((1..13u16, select(vec![2u16, 4, 8])).prop_map(|(beats, value)| Metre::new(beats, value))),
        );
        let form = (of(1..9usize), of(1..33usize), of(any::<bool>()), of(any::<bool>()), of(any::<bool>()));
        let notes = (
            of(select(Instrument::ALL.to_vec())),
            any::<bool>(),
            any::<bool>(),
            select(CHORDS.map(|(chords, _)| chords).to_vec()),
            select(ORNAMENTS.map(|(ornaments, _)| ornaments).to_vec()),
        );
        (tune, form, notes).prop_map(
            |(
                (tune_type, tonic, mode, metre),
                (parts, bars, repeats, endings, pickup),
                (instrument, in_key, ends_home, chords, ornaments),
            )| Wishes {
                tune_type,
                tonic,
                mode,
                metre,
                parts,
                bars,
                repeats,
                endings,
                pickup,
                instrument,
                in_key,
                ends_home,
                chords,
                ornaments,
            },
        )
    }

    proptest! {
        #[test]
        fn wishes_come_back_from_their_words(wishes in wishes()) {
            let words = write(&wishes);
            let get = |name: &str| {
                words.iter().find(|(other, _)| *other == name).map(|(_, value)| value.clone())
            };
            prop_assert_eq!(read(get), wishes);
        }
    }

    #[test]
    fn what_is_no_wish_is_left_open() {
        assert!(write(&Wishes::default()).is_empty());
        assert_eq!(read(|_| Some("xyz".to_owned())), Wishes::default());
    }
}
