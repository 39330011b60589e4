//! The tokens a network reads and writes, and the characters they stand for.

use std::collections::HashMap;

/// The number of a token, its row in the embedding and its place among the logits.
pub type Token = u32;

/// An ordered list of tokens: four control tokens, and one token for each character.
///
/// A checkpoint carries its vocabulary, and this type is only ever made from one (or, for a new
/// network, by [`Vocabulary::reference`]), so that text cannot be read with the wrong table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Vocabulary {
    names: Vec<String>,
    characters: Vec<Option<char>>,
    tokens: HashMap<char, Token>,
    sos: Token,
    eos: Token,
    unk: Token,
    pad: Token,
}

/// Why a list of names is no vocabulary, or a text cannot be written in one.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum VocabularyError {
    /// One of the four control tokens is not in the list.
    #[error("the vocabulary has no token {0}")]
    MissingControl(&'static str),
    /// A token that is neither a control token nor a single character.
    #[error(
        "token {index} of the vocabulary, {name:?}, is neither a single character nor <sos>, <eos>, <unk> or <pad>"
    )]
    NotACharacter {
        /// Its place in the list.
        index: usize,
        /// What stands there.
        name: String,
    },
    /// The same token twice.
    #[error("token {name:?} stands twice in the vocabulary, at {first} and {second}")]
    Twice {
        /// The token.
        name: String,
        /// Where it stands first.
        first: usize,
        /// Where it stands again.
        second: usize,
    },
    /// Characters the network has no token for.
    #[error("the network cannot read {}", describe_unknown(.0))]
    UnknownCharacters(Vec<UnknownCharacter>),
}

/// A character outside the vocabulary, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UnknownCharacter {
    /// The character.
    pub character: char,
    /// Its byte offset in the text.
    pub offset: usize,
    /// Its line, from 1.
    pub line: usize,
    /// Its column in characters, from 1.
    pub column: usize,
}

fn describe_unknown(unknown: &[UnknownCharacter]) -> String {
    let mut parts: Vec<String> = unknown
        .iter()
        .take(5)
        .map(|u| format!("{:?} at line {}, column {}", u.character, u.line, u.column))
        .collect();
    if unknown.len() > 5 {
        parts.push(format!("{} more", unknown.len() - 5));
    }
    parts.join(", ")
}

const CONTROLS: [&str; 4] = ["<sos>", "<eos>", "<unk>", "<pad>"];

impl Vocabulary {
    /// The 99 tokens of the reference network: the control tokens, newline, and printable ASCII
    /// from space to `~` without `%` (which opens a comment in ABC).
    pub fn reference() -> Self {
        let names = CONTROLS
            .iter()
            .map(|s| s.to_string())
            .chain(std::iter::once("\n".to_owned()))
            .chain((' '..='~').filter(|&c| c != '%').map(String::from))
            .collect();
        match Self::new(names) {
            Ok(vocabulary) => vocabulary,
            Err(error) => unreachable!("the reference vocabulary is well formed: {error}"),
        }
    }

    /// A vocabulary from its tokens in order.
    ///
    /// # Errors
    /// If a control token is missing, a token is no single character, or one stands twice.
    pub fn new(names: Vec<String>) -> Result<Self, VocabularyError> {
        let mut places: HashMap<&str, usize> = HashMap::new();
        let mut tokens = HashMap::new();
        let mut characters = Vec::with_capacity(names.len());
        for (index, name) in names.iter().enumerate() {
            if let Some(first) = places.insert(name, index) {
                return Err(VocabularyError::Twice { name: name.clone(), first, second: index });
            }
            if CONTROLS.contains(&name.as_str()) {
                characters.push(None);
                continue;
            }
            let mut chars = name.chars();
            match (chars.next(), chars.next()) {
                (Some(c), None) => {
                    tokens.insert(c, index as Token);
                    characters.push(Some(c));
                }
                _ => return Err(VocabularyError::NotACharacter { index, name: name.clone() }),
            }
        }
        let control = |name: &'static str| {
            places.get(name).map(|&i| i as Token).ok_or(VocabularyError::MissingControl(name))
        };
        let (sos, eos, unk, pad) =
            (control("<sos>")?, control("<eos>")?, control("<unk>")?, control("<pad>")?);
        drop(places);
        Ok(Self { names, characters, tokens, sos, eos, unk, pad })
    }

    /// The tokens' names in order: what [`Vocabulary::new`] takes.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many tokens there are.
    #[expect(clippy::len_without_is_empty, reason = "a vocabulary holds at least its control tokens")]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Start of a tune: read before its first character.
    pub fn sos(&self) -> Token {
        self.sos
    }

    /// End of a tune.
    pub fn eos(&self) -> Token {
        self.eos
    }

    /// Stands for a character outside the vocabulary, in training text only.
    pub fn unk(&self) -> Token {
        self.unk
    }

    /// Fills up the shorter tunes of a batch; never a target.
    pub fn pad(&self) -> Token {
        self.pad
    }

    /// The character a token stands for; `None` for control tokens and numbers out of range.
    pub fn character(&self, token: Token) -> Option<char> {
        self.characters.get(token as usize).copied().flatten()
    }

    /// The tokens of a text.
    ///
    /// # Errors
    /// [`VocabularyError::UnknownCharacters`] names every character that has no token, and its place.
    pub fn encode(&self, text: &str) -> Result<Vec<Token>, VocabularyError> {
        let mut tokens = Vec::with_capacity(text.len());
        let mut unknown = Vec::new();
        let (mut line, mut column) = (1, 1);
        for (offset, character) in text.char_indices() {
            match self.tokens.get(&character) {
                Some(&token) => tokens.push(token),
                None => unknown.push(UnknownCharacter { character, offset, line, column }),
            }
            if character == '\n' {
                (line, column) = (line + 1, 1);
            } else {
                column += 1;
            }
        }
        if unknown.is_empty() { Ok(tokens) } else { Err(VocabularyError::UnknownCharacters(unknown)) }
    }

    /// The tokens of a training text, with `<unk>` for what has none.
    pub fn encode_lossy(&self, text: &str) -> Vec<Token> {
        text.chars().map(|c| self.tokens.get(&c).copied().unwrap_or(self.unk)).collect()
    }

    /// The text of tokens; control tokens are left out.
    pub fn decode(&self, tokens: &[Token]) -> String {
        tokens.iter().filter_map(|&t| self.character(t)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_reference_vocabulary_is_the_demo_s() {
        let v = Vocabulary::reference();
        assert_eq!(v.len(), 99);
        assert_eq!((v.sos(), v.eos(), v.unk(), v.pad()), (0, 1, 2, 3));
        assert_eq!(v.character(4), Some('\n'));
        assert_eq!(v.character(5), Some(' '));
        assert_eq!(v.character(98), Some('~'));
        assert!(v.encode("%").is_err());
    }

    #[test]
    fn unknown_characters_are_named_with_their_place() {
        let error = Vocabulary::reference().encode("X:1\nK:Dé%").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the network cannot read 'é' at line 2, column 4, '%' at line 2, column 5"
        );
    }

    #[test]
    fn a_list_that_is_no_vocabulary_is_refused() {
        let names = |list: &[&str]| list.iter().map(|s| s.to_string()).collect::<Vec<_>>();
        assert!(matches!(
            Vocabulary::new(names(&["<sos>", "<eos>", "<unk>", "a"])),
            Err(VocabularyError::MissingControl("<pad>"))
        ));
        assert!(matches!(
            Vocabulary::new(names(&["<sos>", "<eos>", "<unk>", "<pad>", "ab"])),
            Err(VocabularyError::NotACharacter { index: 4, .. })
        ));
        assert!(matches!(
            Vocabulary::new(names(&["<sos>", "<eos>", "<unk>", "<pad>", "a", "a"])),
            Err(VocabularyError::Twice { first: 4, second: 5, .. })
        ));
    }

    proptest! {
        #[test]
        fn text_in_the_vocabulary_survives_encoding(text in "[ -$&-~\n]{0,200}") {
            let v = Vocabulary::reference();
            prop_assert_eq!(v.decode(&v.encode(&text).unwrap()), text);
        }
    }
}
