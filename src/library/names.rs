//! Names: of files, and of tunes that have none yet.

use std::collections::HashMap;

use super::Entry;

/// Longer titles are cut; file systems take 255 bytes, and a letter has up to four.
const LONGEST: usize = 60;

/// Names that mean a device to Windows, whatever their ending.
const DEVICES: [&str; 6] = ["con", "prn", "aux", "nul", "com", "lpt"];

/// A title as the name of a file without its ending, which any system takes; empty if nothing is left of it.
pub fn file_stem(title: &str) -> String {
    let forbidden = |c: char| c.is_control() || "/\\:*?\"<>|".contains(c);
    let stem: String = title.chars().take(LONGEST).map(|c| if forbidden(c) { ' ' } else { c }).collect();
    let stem = stem.trim_matches(['.', ' ']).to_owned();
    let first = stem.split('.').next().unwrap_or_default().to_lowercase();
    let device = DEVICES.contains(&first.trim_end_matches(|c: char| c.is_ascii_digit()));
    if device { format!("{stem} tune") } else { stem }
}

/// A working title of a type that no tune of the library has yet: "Reel No. 12" after "Reel No. 11". The
/// type may be empty.
pub fn working_title<'a>(kind: &str, entries: impl Iterator<Item = &'a Entry>) -> String {
    let kind = if kind.is_empty() { "Tune" } else { kind };
    let start = format!("{kind} No. ");
    let numbers = entries.filter_map(|entry| entry.title.strip_prefix(&start)?.parse::<u32>().ok());
    format!("{start}{}", numbers.max().unwrap_or(0).saturating_add(1))
}

/// Whether a title is one that [`working_title`] gives.
pub(super) fn is_working_title(title: &str) -> bool {
    title.rsplit_once(" No. ").is_some_and(|(_, number)| number.parse::<u32>().is_ok())
}

/// The first of `stem.ending`, `stem (2).ending`, `stem (3).ending`, … that is free, or near it: of many
/// that are taken in a row only a few are looked at. `taken` remembers the last number of each stem.
pub(super) fn free_name(
    stem: &str,
    ending: &str,
    taken: &mut HashMap<String, u32>,
    exists: impl Fn(&str) -> bool,
) -> String {
    let stem = if stem.is_empty() { "Tune" } else { stem };
    let named = |number: u32| match number {
        1 => format!("{stem}.{ending}"),
        _ => format!("{stem} ({number}).{ending}"),
    };
    let mut number = 1;
    if exists(&named(1)) {
        number = taken.get(stem).map_or(2, |last| last.saturating_add(1));
        while exists(&named(number)) && number < u32::MAX {
            number += 1;
        }
        taken.insert(stem.to_owned(), number);
    }
    named(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_becomes_a_name_any_system_takes() {
        for (title, stem) in [
            ("What? A/B \"jig\"", "What  A B  jig"),
            ("...", ""),
            ("No. 5", "No. 5"),
            ("Con", "Con tune"),
            ("COM1.x", "COM1.x tune"),
            ("Conlon's", "Conlon's"),
            ("An tSeanḃean Ḃoċt", "An tSeanḃean Ḃoċt"),
        ] {
            assert_eq!(file_stem(title), stem, "{title}");
        }
        assert!(file_stem(&"ḃ".repeat(200)).len() < 200);
    }

    #[test]
    fn a_name_is_free() {
        let there = ["A.abc", "A (2).abc", "A (3).abc"];
        let mut taken = HashMap::new();
        assert_eq!(free_name("A", "abc", &mut taken, |name| there.contains(&name)), "A (4).abc");
        assert_eq!(free_name("B", "abc", &mut taken, |name| there.contains(&name)), "B.abc");
        assert_eq!(free_name("", "abc", &mut taken, |_| false), "Tune.abc");
    }
}
