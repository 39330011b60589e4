//! From text to MIDI: microseconds a tune for reading ABC, playing it and writing the file in memory, on
//! one thread; and what abc2midi takes for the same tunes, if it is installed. One JSON object.
//!
//! `cargo bench --bench playing -- [FILE.abc] [--tunes N]`: a tunebook, used over again up to N tunes.

#![allow(clippy::expect_used, reason = "a bench that cannot run says why by its panic")]

mod book;
mod peer;

use std::hint;
use std::time::Instant;

use reelsmith::abc::{Tune, parse};
use reelsmith::export::midi;
use reelsmith::perform::{Options, Performance};

fn main() {
    let texts = book::texts();
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
        "{{\"tunes\": {}, \"read\": {read:.1}, \"play_literal\": {literal:.1}, \"play\": {player:.1}, \
         \"write\": {written:.1}, \"literal_text_to_midi\": {all_literal:.1}, \"text_to_midi\": {all:.1}, \
         \"abc2midi\": {}}}",
        texts.len(),
        peer::micros("abc2midi", &["BOOK", "-silent"], &texts)
    );
}
