//! What the musician asks for.

use std::num::NonZeroUsize;

use crate::model::{Vocabulary, VocabularyError};

use super::wishes::{Aim, Wishes};

/// The longest tune there is, in characters.
pub const MOST_CHARACTERS: usize = 20_000;

/// One request; the i-th tune of it draws from the random numbers of (seed, i).
#[derive(Debug, Clone, PartialEq)]
pub struct Request {
    /// The text the tune starts with, in the network's form; read once. Empty, or a header field
    /// to begin with; the network writes on directly after its last character.
    pub prompt: String,
    /// How freely the network draws, 0 to 2; 0 always takes the likeliest character.
    pub temperature: f32,
    /// Draw among this many likeliest characters only.
    pub top_k: Option<NonZeroUsize>,
    /// Draw among the likeliest characters that together have this probability (0 to 1]; 1 is all.
    pub top_p: f32,
    /// The random seed.
    pub seed: u64,
    /// After writing this many characters, the prompt not counted, the tune ends at the next bar
    /// line; 1 to [`MOST_CHARACTERS`].
    pub length: usize,
    /// After writing this many bars, the prompt's not counted, the tune ends; `None` for no such end.
    pub bars: Option<NonZeroUsize>,
    /// What is wished for. The prompt's header wins over it.
    pub wishes: Wishes,
    /// What is to become of music in the prompt.
    pub aim: Aim,
    /// A prompt that leaves the dialect is cut back to its last good bar.
    pub cut: bool,
    /// Without the grammar: whatever the network writes, and no wish is kept but the prompt's.
    pub raw: bool,
}

impl Default for Request {
    fn default() -> Self {
        Self {
            prompt: "X:1\n".to_owned(),
            temperature: 0.8,
            top_k: None,
            top_p: 1.0,
            seed: 0,
            length: 2000,
            bars: None,
            wishes: Wishes::default(),
            aim: Aim::Tune,
            cut: false,
            raw: false,
        }
    }
}

/// Why a request cannot be carried out.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum RequestError {
    /// Not a number from 0 to 2.
    #[error("the temperature must be from 0 to 2, not {0}")]
    Temperature(f32),
    /// Not a number above 0 and up to 1.
    #[error("top-p must be above 0 and at most 1, not {0}")]
    TopP(f32),
    /// No characters or too many.
    #[error("the length must be from 1 to {MOST_CHARACTERS} characters, not {0}")]
    Length(usize),
    /// The prompt has characters the network does not know.
    #[error("in the prompt: {0}")]
    Prompt(#[from] VocabularyError),
    /// A line of the prompt's header is no field.
    #[error(
        "line {line} of the prompt, {found:?}, is no header field; a prompt is empty or begins with fields such as X:1, M:6/8 and K:D, a line each, and notes come after the K: line"
    )]
    NoField {
        /// Which, from 1.
        line: usize,
        /// How it begins.
        found: String,
    },
    /// A blank line in the prompt.
    #[error("line {line} of the prompt is blank, and a blank line ends a tune in ABC: take it out")]
    BlankLine {
        /// Which, from 1.
        line: usize,
    },
}

impl Request {
    /// Checks every part of the request against its range and the prompt against a network's vocabulary.
    ///
    /// # Errors
    /// The first part that is not in order.
    pub fn validate(&self, vocabulary: &Vocabulary) -> Result<(), RequestError> {
        if !(0.0..=2.0).contains(&self.temperature) {
            return Err(RequestError::Temperature(self.temperature));
        }
        if !(self.top_p > 0.0 && self.top_p <= 1.0) {
            return Err(RequestError::TopP(self.top_p));
        }
        if !(1..=MOST_CHARACTERS).contains(&self.length) {
            return Err(RequestError::Length(self.length));
        }
        vocabulary.encode(&self.prompt)?;
        if self.prompt.is_empty() { Ok(()) } else { check_lines(&self.prompt) }
    }

    /// What the network reads first: the prompt, with the `X:1` every tune begins with in front if
    /// it begins with another field.
    pub fn opening(&self) -> String {
        match field_letter(&self.prompt) {
            Some('X') | None => self.prompt.clone(),
            Some(_) => format!("X:1\n{}", self.prompt),
        }
    }
}

/// Checks that a prompt has no blank line and begins with header fields, up to the K: line if it has one.
fn check_lines(prompt: &str) -> Result<(), RequestError> {
    // The last line is not finished: the network writes on in it.
    let unfinished = prompt.split('\n').count();
    let mut header = true;
    for (number, line) in (1..).zip(prompt.split('\n')) {
        if number < unfinished && line.trim().is_empty() {
            return Err(RequestError::BlankLine { line: number });
        }
        let may_become_field = number > 1 && number == unfinished && line.len() < 2;
        if header && field_letter(line).is_none() && !may_become_field {
            return Err(RequestError::NoField { line: number, found: line.chars().take(30).collect() });
        }
        header &= !line.starts_with("K:");
    }
    Ok(())
}

/// The letter of the header field a text begins with.
fn field_letter(text: &str) -> Option<char> {
    let mut characters = text.chars();
    let letter = characters.next().filter(char::is_ascii_alphabetic)?;
    (characters.next() == Some(':')).then_some(letter)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(change: impl FnOnce(&mut Request)) -> Result<(), RequestError> {
        let mut request = Request::default();
        change(&mut request);
        request.validate(&Vocabulary::reference())
    }

    #[test]
    fn values_outside_their_range_are_refused() {
        assert_eq!(check(|_| {}), Ok(()));
        for wrong in [f32::NAN, f32::INFINITY, -0.1, 2.1] {
            assert!(matches!(check(|r| r.temperature = wrong), Err(RequestError::Temperature(_))));
        }
        for wrong in [f32::NAN, 0.0, -1.0, 1.1] {
            assert!(matches!(check(|r| r.top_p = wrong), Err(RequestError::TopP(_))));
        }
        for wrong in [0, 20_001] {
            assert_eq!(check(|r| r.length = wrong), Err(RequestError::Length(wrong)));
        }
    }

    #[test]
    fn a_prompt_is_empty_or_begins_with_fields() {
        for right in ["", "X:1", "X:1\nM:4/4\nL:1/8", "M:6/8\n", "X:1\nK:D\n "] {
            assert_eq!(check(|r| r.prompt = right.into()), Ok(()), "{right:?}");
        }
        for (wrong, at) in
            [("DEF GAB |", 1), (" X:1", 1), ("|: D2", 1), ("X", 1), ("1:", 1), ("X:1\nDEF\nK:D", 2)]
        {
            let error = check(|r| r.prompt = wrong.into()).unwrap_err();
            assert!(matches!(error, RequestError::NoField { line, .. } if line == at), "{wrong:?}");
        }
        assert_eq!(check(|r| r.prompt = "X:1\nK:D\n \nD".into()), Err(RequestError::BlankLine { line: 3 }));
        let error = check(|r| r.prompt = "X:1\nK:Dé".into()).unwrap_err().to_string();
        assert!(error.contains("'é' at line 2, column 4"), "{error}");
    }

    #[test]
    fn every_tune_begins_with_its_number() {
        let opening = |prompt: &str| Request { prompt: prompt.into(), ..Request::default() }.opening();
        assert_eq!(opening("M:6/8\n"), "X:1\nM:6/8\n");
        assert_eq!(opening("X:7\nM:6/8"), "X:7\nM:6/8");
        assert_eq!(opening(""), "");
    }
}
