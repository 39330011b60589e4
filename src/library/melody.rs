//! Tunes found by their notes: a few letters, in any key and rhythm.
//!
//! What is compared is how many steps of the scale it is from each note to the next, so that key, mode,
//! accidentals and lengths do not matter.

use crate::abc::{Kind, Tune};
use crate::music::Letter;

/// No step of this size: one voice ends and another begins.
const BREAK: i8 = i8::MIN;

/// Fewer notes say too little.
pub const LEAST_NOTES: usize = 4;

/// The steps from note to note through all voices of a tune.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Melody(Box<[i8]>);

impl Melody {
    /// The melody of tunes: of a chord its highest note, of tied notes one; no grace notes.
    pub fn of(tunes: &[Tune]) -> Self {
        let mut steps: Vec<i8> = Vec::new();
        for voice in tunes.iter().flat_map(|tune| &tune.voices) {
            steps.push(BREAK);
            let mut last: Option<i32> = None;
            let mut tied = false;
            for element in &voice.elements {
                let place = |note: &crate::abc::Note| i32::from(note.octave) * 7 + note.letter.step();
                let (here, ties) = match &element.kind {
                    Kind::Note(note) => (place(note), note.tie.is_some()),
                    Kind::Chord(chord) => {
                        let Some(top) = chord.notes.iter().map(|(_, note)| place(note)).max() else {
                            continue;
                        };
                        (top, chord.tie.is_some() || chord.notes.iter().any(|(_, note)| note.tie.is_some()))
                    }
                    _ => continue,
                };
                if let Some(last) = last
                    && !(tied && last == here)
                {
                    steps.push((here - last).clamp(-127, 127) as i8);
                }
                (last, tied) = (Some(here), ties);
            }
        }
        Self(steps.into())
    }

    /// Whether these notes stand in it one after another.
    pub fn has(&self, notes: &Notes) -> bool {
        let same = |(&step, &wanted): (&i8, &i8)| {
            step == wanted
                || !notes.octaves && step != BREAK && (i16::from(step) - i16::from(wanted)) % 7 == 0
        };
        self.0.windows(notes.steps.len()).any(|window| window.iter().zip(&*notes.steps).all(same))
    }
}

/// Notes to look for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notes {
    steps: Box<[i8]>,
    /// Whether the octaves count: they are written, by small letters among capitals, or by marks.
    octaves: bool,
}

impl Notes {
    /// Reads notes as they are typed: letters, with whatever else ABC has among them (lengths, bar lines,
    /// accidentals, octave marks). `None` if it has other letters, or fewer than [`LEAST_NOTES`] notes.
    pub fn read(text: &str) -> Option<Self> {
        let mut places: Vec<i32> = Vec::new();
        let (mut capitals, mut small, mut marks) = (false, false, false);
        for character in text.chars() {
            match character {
                'A'..='G' | 'a'..='g' => {
                    let letter = Letter::from_ascii(character as u8)?;
                    let is_small = character.is_ascii_lowercase();
                    (capitals, small) = (capitals || !is_small, small || is_small);
                    places.push(letter.step() + if is_small { 7 } else { 0 });
                }
                ',' | '\'' => {
                    *places.last_mut()? += if character == ',' { -7 } else { 7 };
                    marks = true;
                }
                '0'..='9'
                | '|'
                | ':'
                | '/'
                | '['
                | ']'
                | '('
                | ')'
                | '^'
                | '_'
                | '='
                | '#'
                | '~'
                | '.'
                | '<'
                | '>'
                | '-'
                | ' ' => {}
                _ => return None,
            }
        }
        if places.len() < LEAST_NOTES {
            return None;
        }
        let steps = places.windows(2).map(|pair| (pair[1] - pair[0]).clamp(-127, 127) as i8).collect();
        Some(Self { steps, octaves: marks || (capitals && small) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::abc::{Target, parse, transpose};

    fn found(tune: &str, notes: &str) -> bool {
        Melody::of(&parse(tune).tunes).has(&Notes::read(notes).unwrap())
    }

    #[test]
    fn rhythm_key_and_octave_marks_do_not_matter() {
        let tune = "X:1\nL:1/8\nM:6/8\nK:D\nA|d3- d2e|f>ed {g}(3B=cA [Fd]|\n";
        for notes in ["ADEF", "adef", "A d2ef", "Adef", "GCDE", "d e f e", "dBcAd", "E A B c"] {
            assert!(found(tune, notes), "{notes}");
        }
        for notes in ["aDEF", "ddef", "dgBc", "feda"] {
            assert!(!found(tune, notes), "{notes}");
        }
    }

    #[test]
    fn what_is_no_melody_is_none() {
        for text in ["", "DEF", "polka in F", "DEFH", ",,,,"] {
            assert_eq!(Notes::read(text), None, "{text}");
        }
    }

    #[test]
    fn voices_are_not_joined() {
        let tune = "X:1\nV:1\nV:2\nK:C\n[V:1]CDE|\n[V:2]FGA|\n";
        assert!(!found(tune, "CDEFG"));
        assert!(!found(tune, "DEFG"));
    }

    proptest! {
        #[test]
        fn a_tune_is_found_in_every_key(notes in "[A-Ga-g]{4,12}", semitones in -12i32..12) {
            let tune = format!("X:1\nL:1/8\nM:none\nK:G\n{notes}|\n");
            let parsed = parse(&tune);
            let moved = transpose(&tune, &parsed.tunes[0], Target::Semitones(semitones)).unwrap();
            prop_assert!(found(&moved, &notes), "{}", moved);
        }
    }
}
