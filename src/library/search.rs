//! Tunes that fit what is typed.

use std::sync::Arc;

use super::melody::Notes;
use super::{Entry, Snapshot};
use crate::music::{Accidental, Key, Letter, Mode, Name};
use crate::perform::TuneType;
use crate::plain;

/// What is typed into the field "Title, key or notes", read.
///
/// A tune fits if each word begins a word of its title, type, key, composer, origin or tags; or if its
/// notes are those typed. "in F", "in E dorian" at the end ask for a key.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Query {
    /// Each with a space before it, as in an entry's words.
    words: Vec<String>,
    key: Option<AskedKey>,
    notes: Option<Notes>,
}

/// A tonic, and a mode if one is said.
pub type AskedKey = (Name, Option<Mode>);

/// What is to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    /// What is typed.
    pub query: Query,
    /// Favourites only.
    pub favourites: bool,
    /// This type only.
    pub kind: Option<TuneType>,
    /// This key only, accidentals written beside it aside.
    pub key: Option<Key>,
    /// Only tunes with this tag.
    pub tag: Option<String>,
}

impl Query {
    /// Reads what is typed. There is no wrong query.
    pub fn read(text: &str) -> Self {
        let words = plain::words(text);
        let mut words: Vec<&str> = words.split_whitespace().collect();
        let key = words.iter().rposition(|word| *word == "in").and_then(|place| {
            let key = read_key(words.get(place + 1..)?)?;
            words.truncate(place);
            Some(key)
        });
        Self { words: words.iter().map(|word| format!(" {word}")).collect(), key, notes: Notes::read(text) }
    }

    /// Whether nothing was typed.
    pub fn is_empty(&self) -> bool {
        self == &Self::default()
    }

    /// The type and key it speaks of, if it says nothing else: what to compose if no tune fits.
    pub fn wish(&self) -> Option<(TuneType, Option<AskedKey>)> {
        let kind = TuneType::named(&self.words.concat())?;
        let name = plain::words(kind.in_words());
        let says_more = self.words.iter().any(|word| !name.contains(word.trim_end_matches('s')));
        (!says_more).then_some((kind, self.key))
    }

    fn fits(&self, entry: &Entry) -> bool {
        let says = self.words.iter().all(|word| entry.words.contains(word.as_str()));
        let in_key = self.key.is_none_or(|(tonic, mode)| {
            entry.key.tonic() == Some(tonic) && mode.is_none_or(|mode| entry.key.mode() == Some(mode))
        });
        says && in_key || self.notes.as_ref().is_some_and(|notes| entry.melody.has(notes))
    }
}

impl Filter {
    /// Whether it lets everything through.
    pub fn is_empty(&self) -> bool {
        self.query.is_empty()
            && !self.favourites
            && self.kind.is_none()
            && self.key.is_none()
            && self.tag.is_none()
    }

    /// Whether a tune is to be shown.
    pub fn fits(&self, entry: &Entry) -> bool {
        (!self.favourites || entry.marks.favourite)
            && self.kind.is_none_or(|kind| entry.kind == kind)
            && self.key.is_none_or(|key| entry.key.scale == key.scale)
            && self.tag.as_ref().is_none_or(|tag| entry.marks.tags.contains(tag))
            && self.query.fits(entry)
    }

    /// The tunes to be shown, newest first.
    pub fn find(&self, snapshot: &Snapshot) -> Vec<Arc<Entry>> {
        snapshot.entries.iter().filter(|entry| self.fits(entry)).cloned().collect()
    }
}

/// A key in plain words: a letter, perhaps with its sign, and perhaps a mode or the beginning of one.
fn read_key(words: &[&str]) -> Option<AskedKey> {
    let (first, mut rest) = words.split_first()?;
    let mut letters = first.chars();
    let letter = letters.next().filter(char::is_ascii).and_then(|c| Letter::from_ascii(c as u8))?;
    let mut tail = letters.as_str();
    let mut sign = None;
    for (mark, accidental) in [("#", Accidental::Sharp), ("b", Accidental::Flat)] {
        if let Some(after) = tail.strip_prefix(mark) {
            (tail, sign) = (after, Some(accidental));
        }
    }
    if tail.is_empty()
        && let Some((word, after)) = rest.split_first()
    {
        let spoken = match *word {
            "sharp" => Some(Accidental::Sharp),
            "flat" => Some(Accidental::Flat),
            _ => None,
        };
        if spoken.is_some() {
            (sign, rest) = (spoken, after);
        }
        tail = rest.first().copied().unwrap_or_default();
        rest = rest.get(1..).unwrap_or_default();
    }
    if !rest.is_empty() {
        return None;
    }
    let mode = match tail {
        "" => None,
        "m" => Some(Mode::Minor),
        _ if "major".starts_with(tail) || "ionian".starts_with(tail) => Some(Mode::Major),
        _ if "aeolian".starts_with(tail) => Some(Mode::Minor),
        _ => Some(Mode::ALL.into_iter().find(|mode| mode.in_words().to_lowercase().starts_with(tail))?),
    };
    Some((Name { letter, alter: sign.map_or(0, Accidental::alter) }, mode))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(text: &str) -> Entry {
        Entry::read("a.abc", text.as_bytes(), None).unwrap()
    }

    #[test]
    fn title_type_key_tags_and_notes_are_searched() {
        let boy = entry(
            "X:1\n%%reelsmith tags for the band\nT:The Bárefoot Boy\nC:Trad.\nR:slip jig\nM:9/8\nL:1/8\nK:Edor\n\
             GBA dBA GED|\n",
        );
        for text in [
            "",
            "bare",
            "barefoot boy",
            "boy the",
            "slip jig in E dorian",
            "edor",
            "in e",
            "jig in E dor",
            "band",
            "trad",
            "GBAdBA",
            "cedgedcag",
            "  ",
        ] {
            assert!(Query::read(text).fits(&boy), "{text}");
        }
        for text in ["oot", "reel", "in E minor", "in Eb", "jig in D", "GBAdBB", "barefoot girl"] {
            assert!(!Query::read(text).fits(&boy), "{text}");
        }
        let sharp = entry("X:1\nT:One\nM:4/4\nK:F#m\nFGAB|\n");
        for text in ["in F#m", "reel in f sharp minor", "in f#", "f#min"] {
            assert!(Query::read(text).fits(&sharp), "{text}");
        }
    }

    #[test]
    fn a_query_may_be_a_wish() {
        let f = Name { letter: Letter::F, alter: 0 };
        assert_eq!(Query::read("polka in F").wish(), Some((TuneType::Polka, Some((f, None)))));
        assert_eq!(Query::read("slip jig").wish(), Some((TuneType::SlipJig, None)));
        assert_eq!(Query::read("the drunken polka").wish(), None);
        assert_eq!(Query::read("in F").wish(), None);
        assert_eq!(Query::read("cooley").wish(), None);
    }

    #[test]
    fn filters_add_up() {
        let jig = entry("X:1\n%%reelsmith favourite\nT:One\nM:6/8\nK:D\nDEF|\n");
        let fits = |change: fn(&mut Filter)| {
            let mut filter = Filter::default();
            change(&mut filter);
            filter.fits(&jig)
        };
        assert!(fits(|_| {}) && fits(|f| f.favourites = true) && fits(|f| f.kind = Some(TuneType::Jig)));
        assert!(!fits(|f| f.kind = Some(TuneType::Reel)) && !fits(|f| f.tag = Some("slow".into())));
        assert!(!fits(|f| f.query = Query::read("two")));
    }
}
