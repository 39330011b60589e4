//! The values of `K:` and `V:`: keys, clefs and what else is said about a staff.

use super::field::ClefSign;
use super::scan::{Piece, number};
use super::{Clef, KeyField, Staff};
use crate::music::chord::read_name;
use crate::music::key::Scale;
use crate::music::{Accidental, Key, Letter, Mode};

/// `K:` (§3.1.14): a key, explicit accidentals, and words about the staff. `odd` gets every piece that
/// means nothing, and a tonic in lower case, which is read all the same.
pub(super) fn read_key(text: Piece<'_>, mut odd: impl FnMut(Piece<'_>)) -> KeyField {
    let mut field = KeyField::default();
    let mut words = text;
    let Some((first, rest)) = text.word() else {
        field.key = Some(Key::NONE);
        return field;
    };
    if let Some((key, rest)) = read_scale(first, rest, &mut odd) {
        field.key = Some(key);
        words = rest;
    }
    while let Some((word, rest)) = words.word() {
        words = rest;
        if let Some((letter, accidental)) = read_explicit(word.text) {
            let key = field.key.get_or_insert(Key::NONE);
            key.explicit[letter as usize] = Some(accidental);
        } else if !read_staff_word(word.text, &mut field.staff) {
            odd(word);
        }
    }
    field
}

fn read_scale<'t>(
    first: Piece<'t>,
    rest: Piece<'t>,
    odd: &mut impl FnMut(Piece<'t>),
) -> Option<(Key, Piece<'t>)> {
    let plain = |scale| Key { scale, explicit: [None; 7] };
    match first.text {
        "HP" => return Some((plain(Scale::Pipes { shown: false }), rest)),
        "Hp" => return Some((plain(Scale::Pipes { shown: true }), rest)),
        word if word.eq_ignore_ascii_case("none") => return Some((Key::NONE, rest)),
        word if word.eq_ignore_ascii_case("exp") => return Some((plain(Scale::Explicit(None)), rest)),
        word if read_clef(word).is_some() && !matches!(word, "C" | "F" | "G") => return None,
        word if word.contains('=') && !word.starts_with(|c: char| ('A'..='G').contains(&c)) => return None,
        _ => {}
    }
    let (tonic, length) = match read_name(first.text) {
        Some(name) => name,
        None => {
            let mut upper = first.text.to_owned();
            upper.get_mut(..1)?.make_ascii_uppercase();
            let name = read_name(&upper)?;
            read_mode(&upper[name.1..])?;
            odd(first);
            name
        }
    };
    let (_, after) = first.split_at(length);
    // Accidentals may touch the tonic: `K:D=c`.
    let mode_end = after.text.find(['^', '_', '=']).unwrap_or(after.text.len());
    let (mode_word, glued) = after.split_at(mode_end);
    if !glued.text.is_empty() {
        let Some((letter, accidental)) = read_explicit(glued.text) else {
            odd(first);
            return Some((Key::new(tonic, Mode::Major), rest));
        };
        let mut key = Key::new(tonic, read_mode(mode_word.text).flatten().unwrap_or(Mode::Major));
        key.explicit[letter as usize] = Some(accidental);
        return Some((key, rest));
    }
    let scale =
        |mode: Option<Mode>| plain(mode.map_or(Scale::Explicit(Some(tonic)), |m| Scale::Tonal(tonic, m)));
    if !mode_word.text.is_empty() {
        let Some(mode) = read_mode(mode_word.text) else {
            odd(first);
            return Some((Key::new(tonic, Mode::Major), rest));
        };
        return Some((scale(mode), rest));
    }
    // The mode may be a word of its own.
    if let Some((word, after)) = rest.word()
        && let Some(mode) = read_mode(word.text)
    {
        return Some((scale(mode), after));
    }
    Some((Key::new(tonic, Mode::Major), rest))
}

/// A mode by its first three letters in any case; `Some(None)` is `exp`.
fn read_mode(word: &str) -> Option<Option<Mode>> {
    let is = |name: &str| word.eq_ignore_ascii_case(name);
    if word.is_empty() || is("M") && word == "M" {
        return Some(Some(Mode::Major));
    }
    if is("m") {
        return Some(Some(Mode::Minor));
    }
    if !word.bytes().all(|byte| byte.is_ascii_alphabetic()) {
        return None;
    }
    let first = word.get(..3)?;
    Some(Some(match () {
        () if first.eq_ignore_ascii_case("exp") => return Some(None),
        () if first.eq_ignore_ascii_case("maj") || first.eq_ignore_ascii_case("ion") => Mode::Major,
        () if first.eq_ignore_ascii_case("aeo") => Mode::Minor,
        () => *Mode::ALL.iter().find(|mode| first.eq_ignore_ascii_case(mode.short()))?,
    }))
}

/// An accidental of the signature: `^f`, `=c`, `__b`.
fn read_explicit(word: &str) -> Option<(Letter, Accidental)> {
    let letter = word.trim_start_matches(['^', '_', '=']);
    let accidental = read_accidental(&word[..word.len() - letter.len()])?;
    let [letter] = letter.as_bytes() else { return None };
    Some((Letter::from_ascii(*letter)?, accidental))
}

pub(super) fn read_accidental(text: &str) -> Option<Accidental> {
    Some(match text {
        "^" => Accidental::Sharp,
        "^^" => Accidental::DoubleSharp,
        "_" => Accidental::Flat,
        "__" => Accidental::DoubleFlat,
        "=" => Accidental::Natural,
        _ => return None,
    })
}

/// A word about a staff: a clef, or `name=value`. False if it is neither.
pub(super) fn read_staff_word(word: &str, staff: &mut Staff) -> bool {
    if let Some(clef) = read_clef(word) {
        staff.clef = Some(clef);
        return true;
    }
    let Some((name, value)) = word.split_once('=') else { return false };
    let value = &value.replace('"', "");
    let shift = |most: i8| value.parse().ok().filter(|shift: &i8| (-most..=most).contains(shift));
    match name.to_ascii_lowercase().as_str() {
        "clef" => {
            let Some(clef) = read_clef(value) else { return false };
            staff.clef = Some(clef);
        }
        "transpose" | "t" => {
            let Some(semitones) = shift(48) else { return false };
            staff.transpose = Some(semitones);
        }
        "octave" => {
            let Some(octaves) = shift(4) else { return false };
            staff.octave = Some(octaves);
        }
        "stafflines" => {
            let Some(lines) = value.parse().ok().filter(|lines| *lines <= 16) else { return false };
            staff.lines = Some(lines);
        }
        "" => return false,
        name => staff.others.push((name.to_owned(), value.to_owned())),
    }
    true
}

/// A clef (§4.6): `treble`, `bass3`, `alto-8`, `C1`, `perc`, `none`.
pub(super) fn read_clef(word: &str) -> Option<Clef> {
    let letters = word.bytes().take_while(u8::is_ascii_alphabetic).count();
    let (sign, line) = match &word[..letters] {
        "treble" | "Treble" | "G" => (ClefSign::G, 2),
        "bass" | "Bass" | "F" => (ClefSign::F, 4),
        "baritone" => (ClefSign::F, 3),
        "alto" | "Alto" | "C" => (ClefSign::C, 3),
        "tenor" | "Tenor" => (ClefSign::C, 4),
        "soprano" => (ClefSign::C, 1),
        "mezzosoprano" => (ClefSign::C, 2),
        "perc" | "P" => (ClefSign::Percussion, 3),
        "none" => (ClefSign::None, 3),
        _ => return None,
    };
    let (own_line, end) = number(word.as_bytes(), letters);
    let line =
        own_line.map_or(Some(line), |line| u8::try_from(line).ok().filter(|line| (1..=5).contains(line)))?;
    let octave = match &word[end..] {
        "" => 0,
        "+8" => 1,
        "-8" => -1,
        "+15" => 2,
        "-15" => -2,
        _ => return None,
    };
    Some(Clef { sign, line, octave })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(text: &str) -> (Option<String>, KeyField, Vec<String>) {
        let mut odd = Vec::new();
        let field = read_key(Piece { text, start: 0 }, |piece| odd.push(piece.text.to_owned()));
        (field.key.map(|key| key.to_string()), field, odd)
    }

    #[test]
    fn keys_are_read_as_people_write_them() {
        for (text, read) in [
            ("D", "D"),
            ("Dmaj", "D"),
            ("D major", "D"),
            ("DM", "D"),
            ("Dm", "Dmin"),
            ("D minor", "Dmin"),
            ("F#min", "F#min"),
            ("Bb", "Bb"),
            ("ADor", "Ador"),
            ("A DORIAN", "Ador"),
            ("E aeolian", "Emin"),
            ("Amix", "Amix"),
            ("G Lydian clef=bass", "Glyd"),
            ("none", "none"),
            ("", "none"),
            ("HP", "HP"),
            ("Hp", "Hp"),
            ("D exp ^f", "D exp"),
            ("exp _b", "exp"),
            ("C treble", "C"),
        ] {
            let (key, _, odd) = key(text);
            assert_eq!((key.as_deref(), odd), (Some(read), vec![]), "{text}");
        }
    }

    #[test]
    fn accidentals_clefs_and_shifts_follow_the_key() {
        let (_, field, odd) = key("D =c _b bass-8 transpose=-2 octave=1 stafflines=1 middle=d");
        assert_eq!(odd, Vec::<String>::new());
        let key = field.key.unwrap();
        assert_eq!([Letter::C, Letter::F, Letter::B].map(|letter| key.alter(letter)), [0, 1, -1]);
        assert_eq!(field.staff.clef, Some(Clef { sign: ClefSign::F, line: 4, octave: -1 }));
        assert_eq!((field.staff.transpose, field.staff.octave), (Some(-2), Some(1)));
        assert_eq!(field.staff.others, [("middle".to_owned(), "d".to_owned())]);
        assert_eq!(self::key("D=c").1.key.unwrap().alter(Letter::C), 0);
    }

    #[test]
    fn a_clef_alone_says_nothing_about_the_key() {
        for text in ["bass", "clef=bass", "treble+8"] {
            let (key, field, odd) = key(text);
            assert!(key.is_none() && field.staff.clef.is_some() && odd.is_empty(), "{text}");
        }
    }

    #[test]
    fn what_means_nothing_is_told() {
        for (text, expected) in [
            ("H", "H"),
            ("Dfoo", "Dfoo"),
            ("D dorr?", "dorr?"),
            ("d", "d"),
            ("é", "é"),
            ("D transpose=x", "transpose=x"),
        ] {
            assert_eq!(key(text).2, [expected], "{text}");
        }
    }
}
