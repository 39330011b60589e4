//! Sets: tunes that are played one after another.
//!
//! A set is a file in the folder `sets` with a `%%reelsmith` line for its name and one for each tune's
//! file, in their order. To other programs it is an ABC file without a tune.

use crate::abc;

/// A set.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    /// The name of its file in the folder of sets.
    pub file: String,
    /// What it is called.
    pub name: String,
    /// The files of its tunes, in the order in which they are played. A file that is not there may be
    /// again: it stays in the list.
    pub tunes: Vec<String>,
}

const NAME: &str = "%%reelsmith set ";
const TUNE: &str = "%%reelsmith tune ";

impl Set {
    /// Reads a set's file. Lines it does not know are passed over; without a name it has that of its file.
    pub fn read(file: &str, bytes: &[u8]) -> Self {
        let text = abc::decode(bytes.to_vec());
        let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
        let name = text.lines().find_map(|line| line.strip_prefix(NAME)).unwrap_or(stem);
        let tunes = text.lines().filter_map(|line| line.strip_prefix(TUNE));
        // A name that leads out of the folder names no tune of it.
        let tunes = tunes.map(str::trim).filter(|tune| !tune.contains(['/', '\\']) && !tune.is_empty());
        Self {
            file: file.to_owned(),
            name: name.trim().to_owned(),
            tunes: tunes.map(str::to_owned).collect(),
        }
    }

    /// The bytes of its file.
    pub fn write(&self) -> Vec<u8> {
        let mut text = format!("{NAME}{}\n", self.name);
        for tune in &self.tunes {
            text.push_str(TUNE);
            text.push_str(tune);
            text.push('\n');
        }
        text.into_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_comes_back() {
        let set = Set {
            file: "Monday.abc".into(),
            name: "Monday’s reels".into(),
            tunes: vec!["Reel No. 12.abc".into(), "The Barefoot Boy.abc".into(), "Reel No. 12.abc".into()],
        };
        assert_eq!(Set::read("Monday.abc", &set.write()), set);
        let strange = Set::read("a.abc", b"T:what\n%%reelsmith tune ../secret\n%%reelsmith tune a.abc\n");
        assert_eq!((strange.name.as_str(), strange.tunes), ("a", vec!["a.abc".to_owned()]));
        assert!(abc::parse(&String::from_utf8(set.write()).unwrap()).tunes.is_empty());
    }
}
