//! A folder of many tunes that are kept.

use std::fs;
use std::path::Path;

use reelsmith::abc::{Target, parse, set_field, transpose};

/// Writes a file for each text, in one of several keys and with a number in its title.
pub fn fill(folder: &Path, texts: &[String]) {
    fs::create_dir_all(folder).expect("a folder");
    for (number, text) in texts.iter().enumerate() {
        let varied = varied(text, number).unwrap_or_else(|| text.clone());
        fs::write(folder.join(format!("{number}.abc")), varied).expect("a written file");
    }
}

fn varied(text: &str, number: usize) -> Option<String> {
    let parsed = parse(text);
    let semitones = i32::try_from(number % 11).ok()? - 5;
    let moved = transpose(text, parsed.tunes.first()?, Target::Semitones(semitones)).ok()?;
    let parsed = parse(&moved);
    let tune = parsed.tunes.first()?;
    set_field(&moved, tune, 'T', &format!("{} {number}", tune.title().unwrap_or_default())).ok()
}
