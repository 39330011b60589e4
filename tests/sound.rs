//! What is heard: pitch, level, onsets, edges, loops, whatever the blocks.

use std::f64::consts::TAU;
use std::sync::Arc;

use reelsmith::abc::parse;
use reelsmith::perform::{Accompaniment, Options, Performance};
use reelsmith::synth::{Controls, Instrument, Loop, Program, Rendering, Synth};

const RATE: u32 = 48_000;

fn performance(text: &str, options: &Options) -> Performance {
    Performance::new(&parse(text).tunes[0], options).unwrap()
}

fn program(text: &str) -> Arc<Program> {
    let options = Options { accompaniment: Accompaniment::Off, ..Options::default() };
    Arc::new(Program::new(&performance(text, &options)))
}

fn render(program: &Arc<Program>, controls: Controls) -> Vec<[f32; 2]> {
    let mut rendering = Rendering::new(program.clone(), controls, RATE);
    let mut frames = vec![[0.0; 2]; 200 * RATE as usize];
    let count = rendering.read(&mut frames);
    frames.truncate(count);
    frames
}

fn of(id: &str) -> &'static Instrument {
    Instrument::by_id(id).unwrap()
}

/// The melody alone without room.
fn dry(melody: &'static Instrument) -> Controls {
    Controls { melody, room: 0.0, reed_tuning: 0.0, drones: false, ..Controls::default() }
}

fn mono(frames: &[[f32; 2]]) -> Vec<f64> {
    frames.iter().map(|frame| f64::from(frame[0]) + f64::from(frame[1])).collect()
}

/// Amplitude and phase of a frequency in frames under a Hann window.
fn component(frames: &[f64], frequency: f64) -> (f64, f64) {
    let (mut re, mut im) = (0.0, 0.0);
    for (i, frame) in frames.iter().enumerate() {
        let window = 1.0 - (TAU * i as f64 / frames.len() as f64).cos();
        let angle = TAU * frequency * i as f64 / f64::from(RATE);
        re += frame * window * angle.cos();
        im -= frame * window * angle.sin();
    }
    (re.hypot(im) * 2.0 / frames.len() as f64, im.atan2(re))
}

/// The frequency near one that is expected, from how far its phase goes between two windows.
fn frequency(frames: &[f64], expected: f64, window: usize, apart: usize) -> f64 {
    let (_, before) = component(&frames[..window], expected);
    let (_, after) = component(&frames[apart..apart + window], expected);
    let seconds = apart as f64 / f64::from(RATE);
    // The windows' phases count from their own starts.
    let mut error = after - before - TAU * expected * seconds;
    error -= (error / TAU).round() * TAU;
    expected + error / (TAU * seconds)
}

const REEL: &str = "X:1\nT:x\nR:reel\nL:1/8\nM:4/4\nK:D\nD2 FA d2 fe|dBAF E2 EF|G2 BG FDFA|BEED E4|]\n";

#[test]
fn samples_do_not_depend_on_blocks() {
    let program = Arc::new(Program::new(&performance(REEL, &Options::default())));
    let controls = Controls { melody: of("pipes"), ..Controls::default() };
    let whole = render(&program, controls);
    let mut rng = 12_345_u32;
    let mut synth = Synth::new(RATE);
    synth.load(program);
    synth.set(controls);
    synth.play();
    let mut pieces = vec![[0.0; 2]; whole.len() + 64];
    let mut rest = &mut pieces[..];
    while !rest.is_empty() {
        rng = rng.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let size = (rng >> 16) as usize % if rng & 1 == 0 { 7 } else { 1_500 };
        let (now, later) = rest.split_at_mut(size.min(rest.len()));
        synth.render(now);
        rest = later;
    }
    assert!(pieces[..64].iter().all(|frame| *frame == [0.0; 2]), "a quantum later");
    assert!(whole == pieces[64..], "not bit for bit the same");
}

#[test]
fn every_instrument_is_in_tune_over_its_range() {
    for instrument in Instrument::all().iter().filter(|instrument| instrument.leads || instrument.backs) {
        for pitch in (instrument.playing.lowest.max(40)..=instrument.stretch.min(96)).step_by(12) {
            let mut synth = Synth::new(RATE);
            synth.set(dry(instrument));
            // Where a note dies away it is measured soon; else over many turns of its vibrato.
            let (window, apart) = if instrument.playing.plucked { (8_192, 2_000) } else { (40_960, 20_000) };
            synth.audition(pitch, 90, 3.0);
            let mut frames = vec![[0.0; 2]; 4_000 + window + apart];
            synth.render(&mut frames);
            let expected = 440.0 * ((f64::from(pitch) + f64::from(instrument.sounds) - 69.0) / 12.0).exp2();
            let found = frequency(&mono(&frames)[4_000..], expected, window, apart);
            let cents = 1_200.0 * (found / expected).log2();
            assert!(cents.abs() < 1.0, "{} {pitch}: {cents} cents", instrument.id);
        }
    }
}

#[test]
fn a_loop_is_as_long_as_it_is() {
    let program = program(REEL);
    let mut synth = Synth::new(RATE);
    synth.load(program.clone());
    synth.set(dry(of("banjo")));
    let (from, to) = (program.bars()[1], program.bars()[2]);
    synth.set_loop(Loop::new(from, to));
    synth.seek(from);
    synth.play();
    synth.render(&mut [[0.0; 2]; 64]);
    assert_eq!(synth.position(), from);
    let (bar, mut frames) = (to.seconds() - from.seconds(), 0);
    for turn in 0..40 {
        let mut block = vec![[0.0; 2]; 5_000 + 977 * turn];
        synth.render(&mut block);
        frames += block.len();
        let expected = from.seconds() + (frames as f64 / f64::from(RATE)) % bar;
        let off = synth.position().seconds() - expected;
        assert!(off.abs() < 1e-9 || (off.abs() - bar).abs() < 1e-9, "turn {turn}: {off}");
    }
}
