//! A tune in a few words: its title, its type and key, and a name for its file, out of the header's text.

use crate::abc;
use crate::library::names::file_stem;

/// Longer sources have no room beside the description.
const LONGEST_SOURCE: usize = 48;

/// A tune's text, looked at for its header.
#[derive(Debug, Clone, Copy)]
pub(super) struct Description<'a> {
    text: &'a str,
}

impl<'a> Description<'a> {
    /// Of a text; of a growing one the last line counts only once it is whole.
    pub(super) fn of(text: &'a str, growing: bool) -> Self {
        let whole = if growing { text.rfind('\n').map_or(0, |newline| newline + 1) } else { text.len() };
        Self { text: &text[..whole] }
    }

    /// What a field of the header says, without space around it; `None` if it is missing or empty.
    fn field(self, name: &str) -> Option<&'a str> {
        let mut lines = self.text.lines();
        lines.find_map(|line| line.strip_prefix(name)).map(str::trim).filter(|value| !value.is_empty())
    }

    /// The first title.
    pub(super) fn title(self) -> Option<&'a str> {
        self.field("T:")
    }

    /// The line under the title: type or else metre, and key, as far as the header has come.
    pub(super) fn line(self) -> String {
        let kind = self.field("R:").or(self.field("M:")).map(capitalised);
        let key = self.field("K:").map(key_in_words);
        match (kind, key) {
            (Some(kind), Some(key)) => format!("{kind} in {key}"),
            (Some(kind), None) => kind,
            (None, Some(key)) => format!("In {key}"),
            (None, None) => String::new(),
        }
    }

    /// Where it was found, if it says so in a few words.
    pub(super) fn source(self) -> Option<&'a str> {
        self.field("S:").filter(|source| source.chars().count() <= LONGEST_SOURCE && !source.contains("://"))
    }

    /// A name for its file, without ending. The seed tells tunes without a title apart.
    pub(super) fn file_name(self, seed: u64) -> String {
        match file_stem(self.title().unwrap_or_default()).as_str() {
            "" if seed == 0 => "Tune".to_owned(),
            "" => format!("Tune {seed}"),
            title => title.to_owned(),
        }
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `Edor` as "E Dorian"; a key that is none stays as it is written.
fn key_in_words(key: &str) -> String {
    let parsed = abc::parse(&format!("X:1\nK:{key}\n"));
    let understood = parsed.diagnostics.iter().all(|diagnostic| diagnostic.code != abc::Code::UnknownKey);
    let read = parsed.tunes.first().filter(|_| understood).and_then(|tune| tune.key.key);
    read.map(|key| key.in_words()).filter(|words| !words.is_empty()).unwrap_or_else(|| key.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_said_in_words() {
        for (key, words) in [
            ("G", "G"),
            ("Edor", "E Dorian"),
            ("Bb", "B flat"),
            ("F#m", "F sharp minor"),
            ("A mixolydian", "A Mixolydian"),
            ("none", "none"),
            ("Dxyz", "Dxyz"),
            ("", ""),
        ] {
            assert_eq!(key_in_words(key), words);
        }
    }

    #[test]
    fn a_source_is_named_where_it_is_a_few_words() {
        let source = |text| Description::of(text, false).source();
        assert_eq!(source("X:1\nS:O'Neill, 1903\nK:D\n"), Some("O'Neill, 1903"));
        assert_eq!(source("X:1\nS:https://thesession.org/tunes/1\nK:D\n"), None);
    }

    #[test]
    fn half_a_key_is_no_key() {
        let line = |text| Description::of(text, true).line();
        assert_eq!(line(""), "");
        assert_eq!(line("X:1\nR:reel\nM:4/4\nK:Ed"), "Reel");
        assert_eq!(line("X:1\nR:reel\nM:4/4\nK:Edor\nEFG | AB"), "Reel in E Dorian");
    }

    #[test]
    fn a_title_becomes_a_file_name_any_system_takes() {
        for (title, name) in [("What? A/B \"jig\"", "What  A B  jig"), ("...", "Tune 7"), ("No. 5", "No. 5")]
        {
            let text = format!("X:1\nT:{title}\n");
            assert_eq!(Description::of(&text, false).file_name(7), name);
        }
    }
}
