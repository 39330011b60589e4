//! Tunes to learn from: JSON in IrishMAN's schema.

use std::fs;
use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::model::{Token, Vocabulary};

/// One tune as the network sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tune {
    /// `<sos>`, the characters, `<eos>`.
    pub tokens: Vec<Token>,
    /// The first step whose target counts as body: the colon of the K: line and all after it.
    /// A tune without a K: line has none.
    pub body: usize,
}

impl Tune {
    /// The tokens of a text.
    pub fn new(text: &str, vocabulary: &Vocabulary) -> Self {
        let mut tokens = vec![vocabulary.sos()];
        tokens.extend(vocabulary.encode_lossy(text));
        tokens.push(vocabulary.eos());
        let body = match text.find("\nK:") {
            Some(at) => text[..at].chars().count() + 2,
            None => tokens.len(),
        };
        Self { tokens, body }
    }

    /// How many characters are foretold: one fewer than there are tokens.
    pub fn steps(&self) -> usize {
        self.tokens.len() - 1
    }
}

/// A corpus, and what in its file could not be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Corpus {
    /// The tunes in the order of the file.
    pub tunes: Vec<Tune>,
    /// Records left out.
    pub rejected: Vec<Rejected>,
    /// Characters that are not in the vocabulary and are read as `<unk>`.
    pub unknown_characters: usize,
}

/// A record that is no tune.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Its place in the file, from 0.
    pub index: usize,
    /// Its `id`, where it has one.
    pub id: Option<String>,
    /// What is wrong.
    pub reason: String,
}

/// Why a corpus file cannot be used at all.
#[derive(Debug, thiserror::Error)]
pub enum CorpusError {
    /// The file cannot be opened or read.
    #[error("the corpus {path} cannot be read: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// No JSON list.
    #[error("the corpus {path} is no JSON list of tunes: {source}")]
    NotAList {
        /// The file.
        path: PathBuf,
        /// Where and why the reader stopped.
        source: serde_json::Error,
    },
    /// A list without a single tune.
    #[error("the corpus {path} has no tune in it ({rejected} records, none of them usable)")]
    Empty {
        /// The file.
        path: PathBuf,
        /// How many records there are.
        rejected: usize,
    },
}

/// A record of the file: `"abc notation"` is read; `"control code"` and other fields may be there.
#[derive(Deserialize)]
struct Record {
    #[serde(rename = "abc notation")]
    abc: String,
}

/// The longest tune taken: a damaged record must not make a batch of millions of steps.
const MOST_CHARACTERS: usize = 20_000;

impl Corpus {
    /// Reads a corpus. Records that are no tunes are left out and named in [`Corpus::rejected`].
    ///
    /// # Errors
    /// If the file cannot be read, is no JSON list, or has no usable tune.
    pub fn read(path: &Path, vocabulary: &Vocabulary) -> Result<Self, CorpusError> {
        let text = fs::read(path).map_err(|source| CorpusError::Read { path: path.to_owned(), source })?;
        let records: Vec<serde_json::Value> = serde_json::from_slice(&text)
            .map_err(|source| CorpusError::NotAList { path: path.to_owned(), source })?;
        drop(text);
        let count = records.len();
        let mut corpus =
            Self { tunes: Vec::with_capacity(count), rejected: Vec::new(), unknown_characters: 0 };
        for (index, value) in records.into_iter().enumerate() {
            let id = value.get("id").and_then(|id| id.as_str()).map(str::to_owned);
            match read_record(value, vocabulary) {
                Ok(tune) => {
                    corpus.unknown_characters +=
                        tune.tokens.iter().filter(|&&t| t == vocabulary.unk()).count();
                    corpus.tunes.push(tune);
                }
                Err(reason) => corpus.rejected.push(Rejected { index, id, reason }),
            }
        }
        if corpus.tunes.is_empty() {
            return Err(CorpusError::Empty { path: path.to_owned(), rejected: count });
        }
        Ok(corpus)
    }

    /// Characters foretold in one pass, `<eos>` included.
    pub fn steps(&self) -> usize {
        self.tunes.iter().map(Tune::steps).sum()
    }
}

fn read_record(value: serde_json::Value, vocabulary: &Vocabulary) -> Result<Tune, String> {
    let record: Record = serde_json::from_value(value).map_err(|e| e.to_string())?;
    let characters = record.abc.chars().count();
    if record.abc.trim().is_empty() {
        return Err("the tune is empty".to_owned());
    }
    if characters > MOST_CHARACTERS {
        return Err(format!("the tune has {characters} characters; {MOST_CHARACTERS} are taken"));
    }
    Ok(Tune::new(&record.abc, vocabulary))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn corpus(json: &str) -> Result<Corpus, CorpusError> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("corpus.json");
        fs::write(&path, json).expect("written");
        Corpus::read(&path, &Vocabulary::reference())
    }

    #[test]
    fn bad_records_are_counted_and_named_and_the_others_read() {
        let corpus = corpus(
            r#"[{"abc notation":"X:1\nK:D\nd|]","control code":"S:1\n","extra":[1]},
                {"abc":"X:1"}, 7, {"id":"b","abc notation":" "}, {"abc notation":"X:1\nK:D\né|]"}]"#,
        )
        .expect("a corpus");
        assert_eq!(corpus.tunes.len(), 2);
        assert_eq!(corpus.rejected.iter().map(|r| r.index).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(corpus.rejected[2].id.as_deref(), Some("b"));
        assert_eq!(corpus.unknown_characters, 1);
    }

    #[test]
    fn a_file_without_tunes_is_an_error() {
        assert!(matches!(corpus("[]"), Err(CorpusError::Empty { .. })));
        assert!(matches!(corpus("[{}]"), Err(CorpusError::Empty { rejected: 1, .. })));
        assert!(matches!(corpus("{}"), Err(CorpusError::NotAList { .. })));
        assert!(matches!(corpus("[{"), Err(CorpusError::NotAList { .. })));
    }

    #[test]
    fn the_body_begins_at_the_colon_of_the_key() {
        let vocabulary = Vocabulary::reference();
        let tune = Tune::new("X:1\nK:D\nd|]", &vocabulary);
        let target = tune.tokens[tune.body + 1];
        assert_eq!(vocabulary.character(target), Some(':'));
        assert_eq!(vocabulary.decode(&tune.tokens[tune.body + 1..]), ":D\nd|]");
    }
}
