//! What stands on the paper: a tune that is being written, or one that is.

use std::time::{Duration, Instant};

use crate::compose::{Composition, Ending};

use super::seed::in_threes;

/// Longer titles are cut; file systems take 255 bytes.
const LONGEST_FILE_NAME: usize = 60;

/// How far the tune has got.
#[derive(Debug, Clone)]
enum Stage {
    /// Growing since then.
    Writing { since: Instant },
    /// Whole, or as far as it came.
    Written { composition: Composition, took: Duration },
    /// The writing failed; what had come is still to be seen.
    Broken,
}

/// The tune on the paper.
#[derive(Debug, Clone)]
pub(super) struct Sheet {
    stage: Stage,
    abc: String,
    seed: u64,
}

impl Sheet {
    /// A sheet to be written on from now.
    pub(super) fn begin(seed: u64) -> Self {
        Self { stage: Stage::Writing { since: Instant::now() }, abc: String::new(), seed }
    }

    /// More of the text has come.
    pub(super) fn write(&mut self, text: &str) {
        self.abc.push_str(text);
    }

    /// The tune is there.
    pub(super) fn finish(&mut self, composition: Composition) {
        if let Stage::Writing { since } = self.stage {
            self.abc = composition.abc(1);
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

    /// The random seed it is drawn from.
    pub(super) fn seed(&self) -> u64 {
        self.seed
    }

    /// Whether there is anything to copy or to save.
    pub(super) fn is_blank(&self) -> bool {
        self.abc.trim().is_empty()
    }

    /// The ABC as it is saved, provenance and all.
    pub(super) fn abc(&self) -> &str {
        &self.abc
    }

    /// The ABC to read: the lines that say where the tune came from are for the file.
    pub(super) fn music(&self) -> String {
        self.abc.split_inclusive('\n').filter(|line| !line.starts_with("%%reelsmith")).collect()
    }

    /// Its title.
    pub(super) fn title(&self) -> &str {
        self.field("T:").unwrap_or(if self.is_writing() { "Being written" } else { "New tune" })
    }

    /// A name for its file. The seed tells tunes without a title apart.
    pub(super) fn file_name(&self) -> String {
        let title = self.field("T:").unwrap_or_default();
        let title: String = title
            .chars()
            .take(LONGEST_FILE_NAME)
            .map(|c| if c.is_control() || "/\\:*?\"<>|".contains(c) { ' ' } else { c })
            .collect();
        match title.trim_matches(['.', ' ']) {
            "" => format!("Tune {}.abc", self.seed),
            title => format!("{title}.abc"),
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
            Stage::Broken => "unfinished".to_owned(),
            Stage::Written { composition, .. } if composition.ending == Ending::Cancelled => {
                "unfinished".to_owned()
            }
            Stage::Written { .. } => format!("seed {}", in_threes(self.seed)),
        }
    }

    /// The bar the text has got to: a count of bar lines, good enough to see it grow.
    fn bar(&self) -> usize {
        let music = self.abc.split_once("\nK:").map_or("", |(_, after)| after);
        let line_ends = music.as_bytes().windows(2).filter(|w| w[1] == b'|' && w[0] != b'|').count();
        line_ends + 1
    }

    /// What a field of the header says, without space around it; `None` if it is missing or empty.
    fn field(&self, name: &str) -> Option<&str> {
        let mut lines = self.abc.lines();
        // The last line of a growing text may be cut in the middle.
        if self.is_writing() && !self.abc.ends_with('\n') {
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
        let mut sheet = Sheet::begin(7);
        assert!(sheet.is_blank());
        assert_eq!(sheet.description(), "");
        sheet.write("X:1\nR:reel\nM:4/4\nK:Ed");
        assert_eq!(sheet.description(), "Reel", "half a key is no key");
        sheet.write("or\nEFG | AB");
        assert_eq!(sheet.description(), "Reel in E Dorian");
        assert_eq!(sheet.remark(), "bar 2");
        assert_eq!(sheet.file_name(), "Tune 7.abc");
    }

    #[test]
    fn a_title_becomes_a_file_name_any_system_takes() {
        let mut sheet = Sheet::begin(7);
        sheet.write("X:1\nT:What? A/B \"jig\"\n");
        assert_eq!(sheet.file_name(), "What  A B  jig.abc");
        for (title, name) in [("...", "Tune 7.abc"), ("No. 5", "No. 5.abc")] {
            let mut sheet = Sheet::begin(7);
            sheet.write(&format!("X:1\nT:{title}\n"));
            assert_eq!(sheet.file_name(), name);
        }
    }
}
