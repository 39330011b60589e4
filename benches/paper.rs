//! From sheets to paper: microseconds a tune for SVG, PDF and PNG of its sheet, on one thread, and the bytes
//! of each. One JSON object.
//!
//! `cargo bench --bench paper -- [FILE.abc] [--tunes N]`: a tunebook, used over again up to N tunes.

#![allow(clippy::expect_used, reason = "a bench that cannot run says why by its panic")]

mod book;

use std::hint;
use std::time::Instant;

use reelsmith::abc::{Tune, parse};
use reelsmith::engrave::{Options, Sheet, engrave};
use reelsmith::export::pages::Layout;
use reelsmith::export::pdf::{self, Piece};
use reelsmith::export::{Colours, png, svg};

/// Pictures of pixels take so much longer that fewer will do.
const PNGS: usize = 50;

fn main() {
    let tunes: Vec<Tune> = book::texts().iter().filter_map(|text| parse(text).tunes.pop()).collect();

    let options = Options { width: Layout::default().sheet_width(), margin: 0.0, ..Options::default() };
    let sheets: Vec<Sheet> = tunes.iter().map(|tune| engrave(tune, &options)).collect();
    let (svg_bytes, svg) = timed(sheets.len(), || {
        let write =
            |sheet| hint::black_box(svg::write(sheet, &svg::Options::default())).expect("an SVG").len();
        sheets.iter().map(write).sum::<usize>()
    });
    let pieces: Vec<Piece<'_>> =
        sheets.iter().map(|sheet| Piece { sheet, titles: vec!["A tune".to_owned()] }).collect();
    let (pdf_bytes, pdf) =
        timed(sheets.len(), || pdf::write(&pieces, &pdf::Options::default()).expect("a PDF").len());
    let drawn = sheets.len().min(PNGS);
    let (png_bytes, png) = timed(drawn, || {
        let write = |sheet| png::write(sheet, 20.0, &Colours::default()).expect("a PNG").len();
        sheets.iter().take(drawn).map(write).sum::<usize>()
    });
    println!(
        "{{\"what\": \"paper\", \"tunes\": {}, \"svg_us\": {svg:.1}, \
         \"pdf_us\": {pdf:.1}, \"png_us\": {png:.0}, \"svg_bytes\": {}, \"pdf_bytes\": {}, \"png_bytes\": {}}}",
        sheets.len(),
        svg_bytes / sheets.len(),
        pdf_bytes / sheets.len(),
        png_bytes / drawn,
    );
}

/// What the work gives, and the microseconds it takes for each of so many.
fn timed<T>(count: usize, work: impl FnOnce() -> T) -> (T, f64) {
    let started = Instant::now();
    let made = work();
    (made, started.elapsed().as_secs_f64() * 1e6 / count as f64)
}
