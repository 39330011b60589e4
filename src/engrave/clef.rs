//! Clefs: their signs, and which notes stand where.

use super::smufl::Sign;
use crate::abc::Clef;
use crate::abc::field::ClefSign;
use crate::music::Letter;

pub(super) const TREBLE: Clef = Clef { sign: ClefSign::G, line: 2, octave: 0 };

/// How many steps the staff's middle line is above middle C.
pub(super) fn middle_step(clef: Clef) -> i32 {
    let (step, line) = match clef.sign {
        ClefSign::G => (4, clef.line),
        ClefSign::C => (0, clef.line),
        ClefSign::F => (-4, clef.line),
        ClefSign::Percussion | ClefSign::None => (6, 3),
    };
    step - 2 * (i32::from(line) - 3)
}

/// The steps above middle C of a note as ABC writes it, for `middle=`.
pub(super) fn step_of(pitch: &str) -> Option<i32> {
    let letter = *pitch.as_bytes().first()?;
    let mut step = Letter::from_ascii(letter)?.step() + if letter.is_ascii_lowercase() { 7 } else { 0 };
    for sign in pitch.bytes().skip(1).take(8) {
        match sign {
            b'\'' => step += 7,
            b',' => step -= 7,
            _ => return None,
        }
    }
    Some(step)
}

/// The sign, how large it is drawn, and its origin above the middle line in half spaces; `None` if the
/// staff has no clef. `small` is for a change within the line.
pub(super) fn sign(clef: Clef, small: bool) -> Option<(Sign, f32, i32)> {
    let position = 2 * (i32::from(clef.line) - 3);
    let full = match (clef.sign, clef.octave) {
        (ClefSign::G, 0) if small => return Some((Sign::GClefChange, 1.0, position)),
        (ClefSign::C, 0) if small => return Some((Sign::CClefChange, 1.0, position)),
        (ClefSign::F, 0) if small => return Some((Sign::FClefChange, 1.0, position)),
        (ClefSign::G, ..=-2) => Sign::GClef15mb,
        (ClefSign::G, -1) => Sign::GClef8vb,
        (ClefSign::G, 0) => Sign::GClef,
        (ClefSign::G, 1) => Sign::GClef8va,
        (ClefSign::G, 2..) => Sign::GClef15ma,
        (ClefSign::C, ..=-1) => Sign::CClef8vb,
        (ClefSign::C, _) => Sign::CClef,
        (ClefSign::F, ..=-2) => Sign::FClef15mb,
        (ClefSign::F, -1) => Sign::FClef8vb,
        (ClefSign::F, 0) => Sign::FClef,
        (ClefSign::F, 1) => Sign::FClef8va,
        (ClefSign::F, 2..) => Sign::FClef15ma,
        (ClefSign::Percussion, _) => return Some((Sign::PercussionClef, 1.0, 0)),
        (ClefSign::None, _) => return None,
    };
    Some((full, if small { 0.75 } else { 1.0 }, position))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_clef_says_what_its_middle_line_is() {
        for (sign, line, pitch) in [
            (ClefSign::G, 2, "B"),
            (ClefSign::C, 3, "C"),
            (ClefSign::C, 4, "A,"),
            (ClefSign::F, 4, "D,"),
            (ClefSign::F, 3, "F,"),
        ] {
            assert_eq!(Some(middle_step(Clef { sign, line, octave: 0 })), step_of(pitch));
        }
        assert_eq!((step_of("c'"), step_of(""), step_of("h"), step_of("c?")), (Some(14), None, None, None));
    }
}
