//! What stands on the paper: a tune that is being written, or one that is.

use std::time::{Duration, Instant};

use crate::abc::{self, Code, Diagnostic, Kind, Severity, Tune};
use crate::compose::{Composition, Ending};

use super::seed::in_threes;

/// Longer titles are cut; file systems take 255 bytes.
const LONGEST_FILE_NAME: usize = 60;

/// What the lines begin with that say where a tune came from.
const PROVENANCE: &str = "%%reelsmith";

/// How far the tune has got.
#[derive(Debug, Clone)]
enum Stage {
    /// The musician writes it.
    Own,
    /// Growing since then.
    Writing { since: Instant },
    /// Whole, or as far as it came.
    Written { composition: Composition, took: Duration },
    /// The writing failed; what had come is still to be seen.
    Broken,
}

/// A text, what it was found to be, and where it came from.
#[derive(Debug, Clone)]
pub(super) struct Page {
    /// No other page of this window has it.
    number: u64,
    stage: Stage,
    /// The ABC as it is read and edited.
    text: String,
    /// The lines that say where the tune came from: they are for the file.
    provenance: String,
    parsed: abc::Parsed,
    /// How often the text has been read.
    version: u64,
    seed: u64,
}

impl Page {
    /// An empty page for the musician to write on.
    pub(super) fn own() -> Self {
        Self {
            number: 0,
            stage: Stage::Own,
            text: String::new(),
            provenance: String::new(),
            parsed: abc::Parsed::default(),
            version: 0,
            seed: 0,
        }
    }

    /// A page the network writes on from now.
    pub(super) fn begin(number: u64, seed: u64) -> Self {
        Self { number, stage: Stage::Writing { since: Instant::now() }, seed, ..Self::own() }
    }

    /// More of the text has come.
    pub(super) fn write(&mut self, text: &str) {
        self.text.push_str(text);
        self.read();
    }

    /// Reads the text again: what it says has changed.
    fn read(&mut self) {
        self.version += 1;
        // An empty page has no problem yet.
        self.parsed = if self.is_blank() { abc::Parsed::default() } else { abc::parse(&self.text) };
    }

    /// The tune is there.
    pub(super) fn finish(&mut self, composition: Composition) {
        if let Stage::Writing { since } = self.stage {
            let (provenance, text) = composition
                .abc(1)
                .split_inclusive('\n')
                .map(str::to_owned)
                .partition(|line: &String| line.starts_with(PROVENANCE));
            (self.provenance, self.text) = (provenance, text);
            self.read();
            self.stage = Stage::Written { composition, took: since.elapsed() };
        }
    }

    /// There will be no tune.
    pub(super) fn give_up(&mut self) {
        self.stage = Stage::Broken;
    }

    /// It is being written.
    pub(super) fn is_writing(&self) -> bool {
        matches!(self.stage, Stage::Writing { .. })
    }

    /// What tells it from other pages.
    pub(super) fn number(&self) -> u64 {
        self.number
    }

    /// Whether there is anything to copy or to save.
    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }

    /// What tells its text from what it was before.
    pub(super) fn version(&self) -> u64 {
        self.version
    }

    /// The ABC as it is saved: where the tune came from stands after `X:`, if `X:` comes first.
    pub(super) fn abc(&self) -> String {
        let header = self.text.find('\n').filter(|_| self.text.starts_with("X:")).map_or(0, |end| end + 1);
        let (number, rest) = self.text.split_at(header);
        [number, &self.provenance, rest].concat()
    }

    /// The ABC to read, without the lines that are for the file.
    pub(super) fn text(&self) -> &str {
        &self.text
    }

    /// Lets `edit` change the text; it says whether it did.
    pub(super) fn edit(&mut self, edit: impl FnOnce(&mut String) -> bool) {
        if edit(&mut self.text) {
            self.read();
        }
    }

    /// What is wrong with the text, in its order; nothing as long as it is being written.
    pub(super) fn problems(&self) -> &[Diagnostic] {
        if self.is_writing() { &[] } else { &self.parsed.diagnostics }
    }

    /// How many of them are more than notes.
    pub(super) fn problem_count(&self) -> usize {
        self.problems().iter().filter(|problem| problem.severity() > Severity::Note).count()
    }

    /// Whether there is anything to engrave: a whole header, or at least notes.
    pub(super) fn has_music(&self) -> bool {
        let notes = |tune: &Tune| {
            let mut elements = tune.voices.iter().flat_map(|voice| &voice.elements);
            elements.any(|element| matches!(element.kind, Kind::Note(_) | Kind::Chord(_) | Kind::Rest(_)))
        };
        let whole = !self.parsed.diagnostics.iter().any(|problem| problem.code == Code::NoKey);
        self.tune().is_some_and(|tune| whole || notes(tune))
    }

    /// The tune the text holds: the first, if there are more.
    pub(super) fn tune(&self) -> Option<&Tune> {
        self.parsed.tunes.first()
    }

    /// Its title.
    pub(super) fn title(&self) -> &str {
        self.field("T:").unwrap_or(if self.is_writing() { "Being written" } else { "New tune" })
    }

    /// A name for its file, without ending. The seed tells tunes without a title apart.
    pub(super) fn file_name(&self) -> String {
        let title = self.field("T:").unwrap_or_default();
        let title: String = title
            .chars()
            .take(LONGEST_FILE_NAME)
            .map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { ' ' } else { c })
            .collect();
        match title.trim_matches(['.', ' ']) {
            "" if self.seed == 0 => "Tune".to_owned(),
            "" => format!("Tune {}", self.seed),
            title => title.to_owned(),
        }
    }

    /// The line under the title: type or else metre, and key, as far as the header has come.
    pub(super) fn description(&self) -> String {
        let kind = self.field("R:").or(self.field("M:")).map(capitalised);
        let key = self.field("K:").map(key_in_words);
        match (kind, key) {
            (Some(kind), Some(key)) => format!("{kind} in {key}"),
            (Some(kind), None) => kind,
            (None, Some(key)) => format!("In {key}"),
            (None, None) => String::new(),
        }
    }

    /// What is to be said about the writing of it, under the button.
    pub(super) fn report(&self) -> String {
        match &self.stage {
            Stage::Writing { .. } => "Writing one tune".to_owned(),
            Stage::Own => "Ready".to_owned(),
            Stage::Broken => String::new(),
            Stage::Written { composition, took } => match composition.ending {
                Ending::Eos => format!("One tune in {}", seconds(*took)),
                Ending::Length => format!("One tune in {}, ended at its full length", seconds(*took)),
                Ending::Cancelled => "Stopped. What was written is kept.".to_owned(),
            },
        }
    }

    /// The words at the right, opposite the description.
    pub(super) fn remark(&self) -> String {
        match &self.stage {
            Stage::Writing { .. } => format!("bar {}", self.bar()),
            Stage::Own => String::new(),
            Stage::Broken => "unfinished".to_owned(),
            Stage::Written { composition, .. } if composition.ending == Ending::Cancelled => {
                "unfinished".to_owned()
            }
            Stage::Written { .. } => format!("seed {}", in_threes(self.seed)),
        }
    }

    /// The bar the text has got to: a count of bar lines, good enough to see it grow.
    fn bar(&self) -> usize {
        let music = self.text.split_once("\nK:").map_or("", |(_, after)| after);
        let line_ends = music.as_bytes().windows(2).filter(|w| w[1] == b'|' && w[0] != b'|').count();
        line_ends + 1
    }

    /// What a field of the header says, without space around it; `None` if it is missing or empty.
    fn field(&self, name: &str) -> Option<&str> {
        let mut lines = self.text.lines();
        // The last line of a growing text may be cut in the middle.
        if self.is_writing() && !self.text.ends_with('\n') {
            lines.next_back();
        }
        lines.find_map(|line| line.strip_prefix(name)).map(str::trim).filter(|value| !value.is_empty())
    }
}

/// Two digits that mean something, in seconds.
fn seconds(time: Duration) -> String {
    let time = time.as_secs_f64();
    if time < 0.995 {
        format!("{:.2} seconds", time.max(0.01))
    } else if time < 9.95 {
        format!("{time:.1} seconds")
    } else {
        format!("{time:.0} seconds")
    }
}

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// `Edor` as "E Dorian"; a key that is written otherwise stays as it is.
fn key_in_words(key: &str) -> String {
    const MODES: [(&str, &str); 9] = [
        ("maj", ""),
        ("ion", ""),
        ("min", " minor"),
        ("dor", " Dorian"),
        ("phr", " Phrygian"),
        ("lyd", " Lydian"),
        ("mix", " Mixolydian"),
        ("aeo", " minor"),
        ("loc", " Locrian"),
    ];
    let mut rest = key.chars();
    let Some(tonic @ 'A'..='G') = rest.next() else { return key.to_owned() };
    let mut rest = rest.as_str();
    let mut sign = "";
    for (mark, word) in [('#', " sharp"), ('b', " flat")] {
        if let Some(after) = rest.strip_prefix(mark) {
            (rest, sign) = (after, word);
        }
    }
    let mode = rest.trim().to_ascii_lowercase();
    let mode = match mode.as_str() {
        "" => "",
        "m" => " minor",
        _ => match MODES.iter().find(|(start, _)| mode.starts_with(start)) {
            Some((_, name)) => name,
            None => return key.to_owned(),
        },
    };
    format!("{tonic}{sign}{mode}")
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
    fn the_header_is_read_as_it_comes() {
        let mut page = Page::begin(1, 7);
        assert!(page.is_blank());
        assert_eq!(page.description(), "");
        page.write("X:1\nR:reel\nM:4/4\nK:Ed");
        assert_eq!(page.description(), "Reel", "half a key is no key");
        page.write("or\nEFG | AB");
        assert_eq!(page.description(), "Reel in E Dorian");
        assert_eq!(page.remark(), "bar 2");
        assert_eq!(page.file_name(), "Tune 7");
    }

    #[test]
    fn a_title_becomes_a_file_name_any_system_takes() {
        let mut page = Page::begin(1, 7);
        page.write("X:1\nT:What? A/B \"jig\"\n");
        assert_eq!(page.file_name(), "What  A B  jig");
        for (title, name) in [("...", "Tune 7"), ("No. 5", "No. 5")] {
            let mut page = Page::begin(1, 7);
            page.write(&format!("X:1\nT:{title}\n"));
            assert_eq!(page.file_name(), name);
        }
    }
}
