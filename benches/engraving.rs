//! From text to sheet: microseconds a tune for reading ABC and for engraving it, on one thread; and what
//! abcm2ps takes from the same tunes to SVG files, if it is installed. One JSON object.
//!
//! `cargo bench --bench engraving -- [FILE.abc] [--tunes N]`: a tunebook, used over again up to N tunes.

#![allow(clippy::expect_used, reason = "a bench that cannot run says why by its panic")]

use std::process::{Command, Stdio};
use std::time::Instant;
use std::{env, fs, hint};

use reelsmith::abc::{Tune, parse};
use reelsmith::engrave::{Breaks, Options, engrave};

fn main() {
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
    let texts: Vec<String> =
        parse(&book).tunes.iter().map(|tune| tune.span.of(&book).trim_end().to_owned() + "\n").collect();
    assert!(!texts.is_empty(), "there is no tune in it");
    let texts: Vec<&String> = texts.iter().cycle().take(count).collect();

    let micros = |started: Instant| started.elapsed().as_secs_f64() * 1e6 / texts.len() as f64;
    let started = Instant::now();
    let tunes: Vec<Tune> = texts.iter().filter_map(|text| parse(text).tunes.pop()).collect();
    let read = micros(started);
    let draw = |options: &Options| {
        // Once to read the fonts.
        tunes.iter().take(1).for_each(|tune| drop(engrave(tune, options)));
        let started = Instant::now();
        let items: usize = tunes.iter().map(|tune| hint::black_box(engrave(tune, options)).items.len()).sum();
        (micros(started), items / tunes.len().max(1))
    };
    let (by_text, items) = draw(&Options::default());
    let (fitted, _) = draw(&Options { breaks: Breaks::Fit, ..Options::default() });
    println!(
        "{{\"tunes\": {count}, \"read\": {read:.1}, \"engrave\": {by_text:.1}, \"engrave_fitted\": \
         {fitted:.1}, \"items\": {items}, \"abcm2ps\": {}}}",
        abcm2ps(&texts).map_or("null".to_owned(), |seconds| format!("{:.1}", seconds * 1e6 / count as f64))
    );
}

/// The seconds abcm2ps takes for a tunebook; its files go to a folder that is removed.
fn abcm2ps(texts: &[&String]) -> Option<f64> {
    let folder = tempfile::tempdir().expect("a folder");
    let numbered = (1..).zip(texts).map(|(number, text)| {
        let body = text.split_once('\n').map_or("", |(_, body)| body);
        format!("X:{number}\n{body}\n")
    });
    let book = folder.path().join("book.abc");
    fs::write(&book, numbered.collect::<String>()).expect("a written tunebook");
    let started = Instant::now();
    let mut command = Command::new("abcm2ps");
    command.args(["-q", "-g"]).arg(&book).current_dir(&folder).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().ok().map(|_| started.elapsed().as_secs_f64())
}
