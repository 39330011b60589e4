//! What is known about a kept tune.

use std::sync::Arc;
use std::time::SystemTime;

use jiff::Timestamp;

use super::folder::Version;
use super::marks::Marks;
use super::melody::Melody;
use crate::abc::{self, Tune, limits};
use crate::compose::Request;
use crate::compose::directives;
use crate::music::Key;
use crate::perform::TuneType;
use crate::plain;

/// A kept tune: its text, and what of it is shown and searched.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The name of its file in the folder.
    pub file: String,
    /// The whole text, with the library's own lines.
    pub text: Arc<str>,
    /// The state of the file it was read from.
    pub version: Version,
    /// Its title, or the name of its file without one.
    pub title: String,
    /// Its tune type, of `R:` or, without one that is known, of its metre.
    pub kind: TuneType,
    /// Its key.
    pub key: Key,
    /// When it was composed, or came to be kept; else when its file was written.
    pub time: Timestamp,
    /// What the library notes in it.
    pub marks: Marks,
    /// How many tunes the file holds: more than one if it came from outside.
    pub tunes: usize,
    /// Whether the file holds this text. If not, it is kept in memory until it can be written.
    pub saved: bool,
    /// What it can be found by, as [`plain::words`].
    pub(super) words: String,
    pub(super) melody: Melody,
}

/// Why a file is no tune.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum NoEntry {
    /// Longer than any text that is read.
    #[error("it is longer than 4 MB")]
    TooLong,
    /// Not text.
    #[error("it is not text")]
    NotText,
    /// Text without a tune.
    #[error("there is no tune in it")]
    NoTune,
}

impl Entry {
    /// Reads a file's bytes. `written` is when the file was, should its text say nothing better.
    ///
    /// # Errors
    /// If there is no tune in it.
    pub fn read(file: &str, bytes: &[u8], written: Option<SystemTime>) -> Result<Self, NoEntry> {
        if bytes.len() > limits::BYTES {
            return Err(NoEntry::TooLong);
        }
        if bytes.contains(&0) {
            return Err(NoEntry::NotText);
        }
        let text: Arc<str> = abc::decode(bytes.to_vec()).into();
        let tunes = abc::parse(&text).tunes;
        let tune = tunes.first().filter(|tune| has_music(tune)).ok_or(NoEntry::NoTune)?;
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let title = tune.title().filter(|title| !title.is_empty()).unwrap_or(stem).to_owned();
        let kind = TuneType::of(tune.rhythm(), &tune.metre);
        let key = tune.key.key.unwrap_or(Key::NONE);
        let marks = Marks::read(&text);
        let noted = [marks.kept.clone(), directives::get(&text, "time")];
        let noted = noted.iter().flatten().find_map(|time| time.parse::<Timestamp>().ok());
        let time = noted.or_else(|| Timestamp::try_from(written?).ok()).unwrap_or(Timestamp::UNIX_EPOCH);
        let words = words(&tunes, &title, kind, &key, &marks);
        let version = Version::of(bytes);
        let melody = Melody::of(&tunes);
        let (file, tunes) = (file.to_owned(), tunes.len());
        Ok(Self { file, text, version, title, kind, key, time, marks, tunes, saved: true, words, melody })
    }

    /// What it was composed with, if it was: to compose another like it.
    pub fn request(&self) -> Option<Request> {
        directives::request(&self.text)
    }
}

fn has_music(tune: &Tune) -> bool {
    tune.voices.iter().any(|voice| voice.elements.iter().any(|element| element.kind.takes_time()))
}

/// Titles, "reel in e dorian", the key as ABC has it, what `R:`, `C:`, `O:` and `S:` say, tags.
fn words(tunes: &[Tune], title: &str, kind: TuneType, key: &Key, marks: &Marks) -> String {
    let mut text = format!("{title}\n{} in {}\n{key}\n", kind.in_words(), key.in_words());
    for field in tunes.iter().flat_map(|tune| &tune.fields).filter(|field| "TRCOS".contains(field.letter)) {
        text.push_str(&field.text);
        text.push('\n');
    }
    for tag in &marks.tags {
        text.push_str(tag);
        text.push('\n');
    }
    let mut words = plain::words(&text);
    words.shrink_to_fit();
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tune_s_file_says_what_it_is() {
        let text = "X:1\n%%reelsmith time 2026-03-17T20:05:00+01:00\n%%reelsmith favourite\n%%reelsmith tags slow\n\
                    T:Réel\nR:reel\nM:4/4\nL:1/8\nK:Edor\nEFGA|\n";
        let entry = Entry::read("a.abc", text.as_bytes(), None).unwrap();
        assert_eq!((entry.title.as_str(), entry.kind.in_words(), entry.tunes), ("Réel", "Reel", 1));
        assert_eq!(entry.key.in_words(), "E Dorian");
        assert_eq!(entry.time.to_string(), "2026-03-17T19:05:00Z");
        assert!(entry.marks.favourite && entry.saved);
        assert_eq!(entry.words, " reel reel in e dorian edor reel reel slow");
        let plain = Entry::read("By hand.abc", b"X:1\nM:6/8\nK:D\nDEF|\n", Some(SystemTime::UNIX_EPOCH));
        let plain = plain.unwrap();
        assert_eq!((plain.title.as_str(), plain.kind, plain.request()), ("By hand", TuneType::Jig, None));
        let latin = Entry::read("a.abc", b"X:1\nT:R\xe9el\nK:D\nDEF|\n", None).unwrap();
        assert_eq!(latin.title, "Réel");
    }

    #[test]
    fn what_is_no_tune_says_why() {
        let read = |bytes: &[u8]| Entry::read("a.abc", bytes, None).unwrap_err();
        assert_eq!(read(b""), NoEntry::NoTune);
        assert_eq!(read(b"X:1\nK:D\n"), NoEntry::NoTune);
        assert_eq!(read(b"dear diary"), NoEntry::NoTune);
        assert_eq!(read(b"\x89PNG\0\0"), NoEntry::NotText);
        assert_eq!(read(&vec![b'a'; limits::BYTES + 1]), NoEntry::TooLong);
    }
}
