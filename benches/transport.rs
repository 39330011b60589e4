//! What the device's thread spends: of the time a block of 10 ms at 48 kHz lasts, the share its making takes,
//! the median, the slowest in a thousand and the slowest, for a tune with chords and metronome and with 64 notes
//! at once. One JSON object a case.
//!
//! `cargo bench --bench transport`

#![allow(clippy::expect_used, reason = "a bench that cannot run says why by its panic")]

use std::sync::Arc;
use std::time::{Duration, Instant};

use reelsmith::abc::parse;
use reelsmith::audio::recorder::Recorder;
use reelsmith::audio::{DeviceState, Transport};
use reelsmith::perform::{Options, Performance};
use reelsmith::synth::{Controls, Program};

const RATE: u32 = 48_000;
const BLOCK: usize = 480;
const SECONDS: usize = 60;
const TUNE: &str = "X:1\nR:reel\nM:4/4\nL:1/8\nK:Edor\n|:BEED E2BE|dBAF DEFA|BEED E2Bc|dBAF E2d2:|\n";

fn main() {
    let tunes = parse(TUNE).tunes;
    let performance = Performance::new(&tunes[0], &Options::default()).expect("a tune that can be played");
    for voices in [0, 64] {
        let recorder = Recorder::new(RATE, Duration::ZERO);
        let mut transport = Transport::new(recorder.clone(), None, || {}).expect("a thread");
        transport.set_controls(Controls { metronome: true, ..Controls::default() });
        transport.load(Arc::new(Program::new(&performance)));
        transport.set_loop(Some(0..performance.bars.len()));
        transport.play();
        while !matches!(transport.device(), DeviceState::Open(_)) {
            std::thread::yield_now();
        }
        let mut shares = Vec::new();
        for _ in 0..SECONDS * 2 {
            (0..voices).for_each(|voice| transport.audition(50 + voice % 40));
            recorder.run(RATE as usize / 2, BLOCK, |fill| {
                let started = Instant::now();
                fill();
                let block = BLOCK as f64 / f64::from(RATE);
                shares.push(started.elapsed().as_secs_f64() / block);
            });
            transport.device();
        }
        shares.sort_by(f64::total_cmp);
        let at = |share: f64| shares[((shares.len() - 1) as f64 * share) as usize];
        println!(
            "{{\"extra_voices\": {voices}, \"blocks\": {}, \"median\": {:.4}, \"of_1000\": {:.4}, \"most\": {:.4}}}",
            shares.len(),
            at(0.5),
            at(0.999),
            at(1.0)
        );
    }
}
