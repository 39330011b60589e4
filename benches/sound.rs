//! How fast sound is made, on one thread. One JSON object a measurement.
//!
//! `cargo bench --bench sound -- [FILE.abc]`: the first 20 tunes of a tunebook off-line at 48 kHz with accompaniment, in
//! multiples of real time; then blocks of 256 frames with 64 voices, as a share of the block's own time: the mean, the
//! slowest of a hundred, and the slowest of all.

#![allow(clippy::expect_used, reason = "a bench that cannot run says why by its panic")]

mod book;

use std::sync::Arc;
use std::time::Instant;

use reelsmith::abc::parse;
use reelsmith::perform::{Options, Performance};
use reelsmith::synth::{Controls, Instrument, Program, Rendering, Synth};

const RATE: u32 = 48_000;

fn main() {
    let mut texts = book::texts();
    texts.truncate(20);
    for id in ["flute", "fiddle", "accordion", "banjo"] {
        let melody = Instrument::by_id(id).expect("an instrument");
        let controls = Controls { melody, ..Controls::default() };
        let (mut frames, mut seconds) = (0, 0.0);
        for text in &texts {
            let tune = parse(text).tunes.pop().expect("a tune");
            let options = Options { instrument: melody.playing, ..Options::default() };
            let performance = Performance::new(&tune, &options).expect("a tune that can be played");
            let program = Arc::new(Program::new(&performance));
            let started = Instant::now();
            let mut rendering = Rendering::new(program, controls, RATE);
            let mut block = [[0.0; 2]; 4_096];
            loop {
                let count = rendering.read(&mut block);
                if count == 0 {
                    break;
                }
                frames += count;
            }
            seconds += started.elapsed().as_secs_f64();
        }
        let sound = frames as f64 / f64::from(RATE);
        println!(
            "{{\"offline\": \"{id} and guitar\", \"seconds_of_sound\": {sound:.0}, \"times_real_time\": {:.0}}}",
            sound / seconds
        );
    }
    for id in ["flute", "fiddle", "piano"] {
        let melody = Instrument::by_id(id).expect("an instrument");
        let mut synth = Synth::new(RATE);
        synth.set(Controls { melody, ..Controls::default() });
        // 64 notes, all different, for four seconds.
        (30..94).for_each(|pitch| synth.audition(pitch, 90, 10.0));
        let mut block = [[0.0; 2]; 256];
        let time = block.len() as f64 / f64::from(RATE);
        let blocks = 4 * RATE as usize / block.len();
        let render = |_| {
            let started = Instant::now();
            synth.render(&mut block);
            started.elapsed().as_secs_f64() / time
        };
        let mut shares: Vec<f64> = (0..blocks).map(render).collect();
        shares.sort_by(f64::total_cmp);
        println!(
            "{{\"callback\": \"64 voices of {id}\", \"frames\": 256, \"mean_share\": {:.3}, \
             \"slowest_of_100_share\": {:.3}, \"slowest_share\": {:.3}}}",
            shares.iter().sum::<f64>() / blocks as f64,
            shares[blocks * 99 / 100],
            shares[blocks - 1]
        );
    }
}
