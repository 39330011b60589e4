//! How long an accidental holds (§4.2, §11.3).

use crate::music::Letter;

/// What `%%propagate-accidentals` says (§11.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rule {
    /// For its own note.
    Note,
    /// To the end of the bar in its own octave.
    Octave,
    /// To the end of the bar in all octaves.
    Pitch,
}

impl Rule {
    /// The rule a directive names.
    pub(super) fn named(text: &str) -> Option<Self> {
        match text.trim() {
            "not" => Some(Self::Note),
            "octave" => Some(Self::Octave),
            "pitch" => Some(Self::Pitch),
            _ => None,
        }
    }
}

/// The accidentals of the bar so far, the latest last.
#[derive(Debug, Default)]
pub(super) struct Accidentals(Vec<(Letter, i8, i8)>);

impl Accidentals {
    /// The bar is over.
    pub(super) fn clear(&mut self) {
        self.0.clear();
    }

    /// An accidental is written before a note of this letter and octave.
    pub(super) fn set(&mut self, letter: Letter, octave: i8, alter: i8) {
        self.0.retain(|&(l, o, _)| (l, o) != (letter, octave));
        self.0.push((letter, octave, alter));
    }

    /// What holds for a note without an accidental of its own, if it is not the key.
    pub(super) fn get(&self, rule: Rule, letter: Letter, octave: i8) -> Option<i8> {
        let applies = |&&(l, o, _): &&(Letter, i8, i8)| {
            l == letter
                && match rule {
                    Rule::Note => false,
                    Rule::Octave => o == octave,
                    Rule::Pitch => true,
                }
        };
        self.0.iter().rev().find(applies).map(|&(_, _, alter)| alter)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_reaches_as_far_as_it_says() {
        let mut accidentals = Accidentals::default();
        accidentals.set(Letter::F, 4, 1);
        let reach = |a: &Accidentals, octave| {
            [Rule::Note, Rule::Octave, Rule::Pitch].map(|rule| a.get(rule, Letter::F, octave))
        };
        assert_eq!(reach(&accidentals, 4), [None, Some(1), Some(1)]);
        assert_eq!(reach(&accidentals, 5), [None, None, Some(1)]);
        accidentals.set(Letter::F, 5, 0);
        assert_eq!(reach(&accidentals, 4), [None, Some(1), Some(0)], "the latest counts in all octaves");
        accidentals.clear();
        assert_eq!(reach(&accidentals, 4), [None; 3]);
    }
}
