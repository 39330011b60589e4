//! From text to MIDI: microseconds a tune for reading ABC, playing it and writing the file in memory, on
//! one thread; and what abc2midi takes for the same tunes, if it is installed. One JSON object.
//!
//! `cargo bench --bench playing -- [FILE.abc] [--tunes N]`: a tunebook, used over again up to N tunes.

#![allow(clippy::expect_used, reason = "a bench that cannot run says why by its panic")]

use std::process::{Command, Stdio};
use std::time::Instant;
use std::{env, fs, hint};

use reelsmith::abc::{Tune, parse};
use reelsmith::export::midi;
use reelsmith::perform::{Options, Performance};

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
    let texts: Vec<String> = parse(&book)
        .tunes
        .iter()
        .map(|tune| tune.span.of(&book).trim_end().to_owned() + "\n")
        .filter(|text| parse(text).tunes.len() == 1)
        .collect();
    assert!(!texts.is_empty(), "there is no tune in it");
    let texts: Vec<&String> = texts.iter().cycle().take(count).collect();

    let micros = |started: Instant| started.elapsed().as_secs_f64() * 1e6 / texts.len() as f64;
    let started = Instant::now();
    let tunes: Vec<Tune> = texts.iter().filter_map(|text| parse(text).tunes.pop()).collect();
    let read = micros(started);
    let play = |options: &Options| {
        let started = Instant::now();
        let played =
            tunes.iter().map(|tune| Performance::new(tune, options).expect("a tune that can be played"));
        (played.collect::<Vec<_>>(), micros(started))
    };
    let (_, literal) = play(&Options::literal());
    let (performances, player) = play(&Options::default());
    let started = Instant::now();
    for performance in &performances {
        hint::black_box(midi::write(performance).expect("a MIDI file"));
    }
    let written = micros(started);
    let text_to_midi = |options: &Options| {
        let started = Instant::now();
        for text in &texts {
            let tune = parse(text).tunes.pop().expect("a tune");
            let performance = Performance::new(&tune, options).expect("a tune that can be played");
            hint::black_box(midi::write(&performance).expect("a MIDI file"));
        }
        micros(started)
    };
    let (all_literal, all) = (text_to_midi(&Options::literal()), text_to_midi(&Options::default()));
    println!(
        "{{\"tunes\": {count}, \"read\": {read:.1}, \"play_literal\": {literal:.1}, \"play\": {player:.1}, \
         \"write\": {written:.1}, \"literal_text_to_midi\": {all_literal:.1}, \"text_to_midi\": {all:.1}, \
         \"abc2midi\": {}}}",
        abc2midi(&texts).map_or("null".to_owned(), |seconds| format!("{:.1}", seconds * 1e6 / count as f64))
    );
}

/// The seconds abc2midi takes for a tunebook; its files go to a folder that is removed.
fn abc2midi(texts: &[&String]) -> Option<f64> {
    let folder = tempfile::tempdir().expect("a folder");
    let numbered = (1..).zip(texts).map(|(number, text)| {
        let body = text.split_once('\n').map_or("", |(_, body)| body);
        format!("X:{number}\n{body}\n")
    });
    let book = folder.path().join("book.abc");
    fs::write(&book, numbered.collect::<String>()).expect("a written tunebook");
    let started = Instant::now();
    let mut command = Command::new("abc2midi");
    command.arg(&book).arg("-silent").current_dir(&folder).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().ok().map(|_| started.elapsed().as_secs_f64())
}
