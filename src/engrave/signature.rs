//! Key signatures and metres: which signs stand where, and how wide they are.

use super::clef;
use super::score::Signature;
use super::smufl::Sign;
use crate::abc::Clef;
use crate::music::key::Scale;
use crate::music::{Accidental, Key, Letter, Metre};

/// The room between the signs of a key signature.
const KEY_GAP: f32 = 0.12;

/// The signature of a key: every letter that is not natural, and naturals that the text asks for.
pub(super) fn of(key: &Key) -> Signature {
    let mut signature = [None; 7];
    if matches!(key.scale, Scale::Pipes { shown: false }) {
        return signature;
    }
    for letter in Letter::ALL {
        let alter = key.alter(letter);
        signature[letter as usize] = key.explicit[letter as usize]
            .or_else(|| Accidental::from_alter(alter.into()).filter(|_| alter != 0));
    }
    if matches!(key.scale, Scale::Pipes { shown: true }) {
        signature[Letter::G as usize].get_or_insert(Accidental::Natural);
    }
    signature
}

/// The naturals that take back an old signature where the new one says nothing of a letter.
pub(super) fn cancelled(old: &Signature, new: &Signature) -> Signature {
    let mut naturals = [None; 7];
    for ((natural, old), new) in naturals.iter_mut().zip(old).zip(new) {
        let was_altered = old.is_some_and(|old| old != Accidental::Natural);
        *natural = (was_altered && new.is_none()).then_some(Accidental::Natural);
    }
    naturals
}

/// The letters in the order in which sharps are added; flats are added the other way round.
const SHARPS: [Letter; 7] = [Letter::F, Letter::C, Letter::G, Letter::D, Letter::A, Letter::E, Letter::B];

/// The sign of an accidental.
pub(super) fn accidental(accidental: Accidental) -> Sign {
    match accidental {
        Accidental::DoubleFlat => Sign::DoubleFlat,
        Accidental::Flat => Sign::Flat,
        Accidental::Natural => Sign::Natural,
        Accidental::Sharp => Sign::Sharp,
        Accidental::DoubleSharp => Sign::DoubleSharp,
    }
}

/// Calls `draw` with every sign of a signature, how far it is from the signature's left, and its half
/// spaces above the middle line. Naturals that take back come first. Returns the width.
pub(super) fn each_key_sign(
    signature: &Signature,
    cancelled: &Signature,
    clef: Clef,
    mut draw: impl FnMut(Sign, f32, i32),
) -> f32 {
    let mut x = 0.0;
    let mut width = 0.0;
    let mut put = |letter: Letter, sign: Accidental, as_flats: bool| {
        let sign = accidental(sign);
        draw(sign, x, position(letter, clef, as_flats));
        width = x + sign.width();
        x = width + if sign == Sign::Natural { 2.5 * KEY_GAP } else { KEY_GAP };
    };
    // Naturals stand where what they take back stood; where that was the order of flats cannot be told
    // from sharps by letter alone, so one look at the whole decides.
    let flats = |signs: &Signature, letter: Letter| signs[letter as usize].is_some();
    let cancels_flats = flats(cancelled, Letter::B) || !flats(cancelled, Letter::F);
    for i in 0..7 {
        let letter = if cancels_flats { SHARPS[6 - i] } else { SHARPS[i] };
        if let Some(sign) = cancelled[letter as usize] {
            put(letter, sign, cancels_flats);
        }
    }
    for letter in SHARPS {
        if let Some(sign @ (Accidental::Sharp | Accidental::DoubleSharp)) = signature[letter as usize] {
            put(letter, sign, false);
        }
    }
    for letter in SHARPS.into_iter().rev() {
        if let Some(sign @ (Accidental::Flat | Accidental::DoubleFlat)) = signature[letter as usize] {
            put(letter, sign, true);
        }
    }
    for letter in SHARPS {
        if let Some(sign @ Accidental::Natural) = signature[letter as usize] {
            put(letter, sign, false);
        }
    }
    width
}

/// Where a sign of the signature stands: half spaces above the middle line.
fn position(letter: Letter, clef: Clef, as_flats: bool) -> i32 {
    let treble = match (letter, as_flats) {
        (Letter::F, false) => 4,
        (Letter::C, _) => 1,
        (Letter::G, false) => 5,
        (Letter::D, _) => 2,
        (Letter::A, _) => -1,
        (Letter::E, _) => 3,
        (Letter::B, _) => 0,
        (Letter::G, true) => -2,
        (Letter::F, true) => -3,
    };
    // From the treble clef's middle line to this one's, by the shorter way.
    let shift = (clef::middle_step(clef::TREBLE) - clef::middle_step(clef) + 3).rem_euclid(7) - 3;
    match treble + shift {
        // The tenor clef's sharps begin below, so that G does not leave the staff.
        5 if shift == 1 && !as_flats => -2,
        high @ 6.. => high - 7,
        low @ ..=-6 => low + 7,
        position => position,
    }
}

/// The room between a number's digits in a metre.
fn digits_width(number: u32) -> f32 {
    let mut width = 0.0;
    each_digit(number, |digit, x| width = x + Sign::time(digit).width());
    width
}

fn each_digit(number: u32, mut draw: impl FnMut(u32, f32)) -> f32 {
    let mut power = 1;
    while number / power >= 10 {
        power *= 10;
    }
    let mut x = 0.0;
    while power > 0 {
        let digit = number / power % 10;
        draw(digit, x);
        x += Sign::time(digit).width() + 0.06;
        power /= 10;
    }
    x
}

/// Calls `draw` with every sign of a metre, how far it is from the metre's left, and its half spaces
/// above the middle line. Returns the width.
pub(super) fn each_metre_sign(metre: &Metre, mut draw: impl FnMut(Sign, f32, i32)) -> f32 {
    match metre {
        Metre::Free => 0.0,
        Metre::Common => {
            draw(Sign::TimeCommon, 0.0, 0);
            Sign::TimeCommon.width()
        }
        Metre::Cut => {
            draw(Sign::TimeCut, 0.0, 0);
            Sign::TimeCut.width()
        }
        Metre::Beats { groups, value } => {
            let below = digits_width(u32::from(*value));
            let mut above = 0.0;
            for (i, &group) in groups.iter().enumerate() {
                if i > 0 {
                    above += 0.15 + Sign::TimePlus.width() + 0.15;
                }
                above += digits_width(group.into());
            }
            let width = f32::max(above, below);
            let mut x = (width - above) / 2.0;
            for (i, &group) in groups.iter().enumerate() {
                if i > 0 {
                    draw(Sign::TimePlus, x + 0.15, 2);
                    x += Sign::TimePlus.width() + 0.3;
                }
                each_digit(group.into(), |digit, dx| draw(Sign::time(digit), x + dx, 2));
                x += digits_width(group.into());
            }
            let x = (width - below) / 2.0;
            each_digit(u32::from(*value), |digit, dx| draw(Sign::time(digit), x + dx, -2));
            width
        }
    }
}

/// The width of a key signature.
pub(super) fn key_width(signature: &Signature, cancelled: &Signature, clef: Clef) -> f32 {
    each_key_sign(signature, cancelled, clef, |_, _, _| {})
}

/// The width of a metre.
pub(super) fn metre_width(metre: &Metre) -> f32 {
    each_metre_sign(metre, |_, _, _| {})
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abc::field::ClefSign;
    use crate::music::{Mode, Name};

    fn positions(fifths: i32, clef: Clef) -> Vec<i32> {
        let mut positions = Vec::new();
        let signature = of(&Key::new(Name::from_fifths(fifths), Mode::Major));
        each_key_sign(&signature, &[None; 7], clef, |_, _, position| positions.push(position));
        positions
    }

    #[test]
    fn signatures_stand_as_in_print_in_every_clef() {
        let clef = |sign, line| Clef { sign, line, octave: 0 };
        assert_eq!(positions(7, clef::TREBLE), [4, 1, 5, 2, -1, 3, 0]);
        assert_eq!(positions(-7, clef::TREBLE), [0, 3, -1, 2, -2, 1, -3]);
        assert_eq!(positions(7, clef(ClefSign::F, 4)), [2, -1, 3, 0, -3, 1, -2]);
        assert_eq!(positions(7, clef(ClefSign::C, 3)), [3, 0, 4, 1, -2, 2, -1]);
        assert_eq!(positions(7, clef(ClefSign::C, 4)), [-2, 2, -1, 3, 0, 4, 1]);
    }

    #[test]
    fn a_change_takes_back_what_no_longer_holds() {
        let old = of(&Key::new(Name::from_fifths(2), Mode::Major));
        let new = of(&Key::new(Name::from_fifths(-1), Mode::Major));
        let naturals = cancelled(&old, &new);
        assert_eq!(naturals.iter().filter(|sign| sign.is_some()).count(), 2);
        let mut signs = Vec::new();
        each_key_sign(&new, &naturals, clef::TREBLE, |sign, x, _| signs.push((sign, x)));
        assert_eq!(
            signs.iter().map(|(sign, _)| *sign).collect::<Vec<_>>(),
            [Sign::Natural, Sign::Natural, Sign::Flat]
        );
        assert!(signs.is_sorted_by(|a, b| a.1 < b.1));
    }

    #[test]
    fn metres_are_as_wide_as_their_wider_number() {
        assert!(metre_width(&Metre::new(12, 8)) > metre_width(&Metre::new(6, 8)));
        let additive = Metre::Beats { groups: vec![3, 2], value: 8 };
        let mut signs = Vec::new();
        each_metre_sign(&additive, |sign, _, position| signs.push((sign, position)));
        assert_eq!(signs, [(Sign::Time3, 2), (Sign::TimePlus, 2), (Sign::Time2, 2), (Sign::Time8, -2)]);
    }
}
