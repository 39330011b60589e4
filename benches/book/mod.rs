//! The tunebook a bench is given, and how many tunes of it.

use std::{env, fs};

use reelsmith::abc::parse;

/// The texts of `[FILE.abc] [--tunes N]`: the fixture's tunes unless another file is named, used over again up
/// to N, 2,000 unless another number is. Each ends with one line break.
pub fn texts() -> Vec<String> {
    let (mut path, mut count) = (None, 2_000);
    let mut arguments = env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--tunes" => count = arguments.next().and_then(|n| n.parse().ok()).expect("a number of tunes"),
            // What `cargo bench` itself hands over.
            "--bench" => {}
            file => path = Some(file.to_owned()),
        }
    }
    let path =
        path.unwrap_or_else(|| concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/tunes.abc").to_owned());
    let book = fs::read_to_string(path).expect("a readable tunebook");
    let texts: Vec<String> = parse(&book)
        .tunes
        .iter()
        .map(|tune| tune.span.of(&book).trim_end().to_owned() + "\n")
        .filter(|text| parse(text).tunes.len() == 1)
        .collect();
    assert!(!texts.is_empty(), "there is no tune in it");
    texts.iter().cycle().take(count).cloned().collect()
}
