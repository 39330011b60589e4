//! From text to sheet: microseconds a tune for reading ABC and for engraving it, on one thread; and what
//! abcm2ps takes from the same tunes to SVG files, if it is installed. One JSON object.
//!
//! `cargo bench --bench engraving -- [FILE.abc] [--tunes N]`: a tunebook, used over again up to N tunes.

#![allow(clippy::expect_used, reason = "a bench that cannot run says why by its panic")]

mod book;
mod peer;

use std::hint;
use std::time::Instant;

use reelsmith::abc::{Tune, parse};
use reelsmith::engrave::{Breaks, Options, engrave};

fn main() {
    let texts = book::texts();
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
        "{{\"tunes\": {}, \"read\": {read:.1}, \"engrave\": {by_text:.1}, \"engrave_fitted\": \
         {fitted:.1}, \"items\": {items}, \"abcm2ps\": {}}}",
        texts.len(),
        peer::micros("abcm2ps", &["-q", "-g", "BOOK"], &texts)
    );
}
