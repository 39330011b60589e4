//! What tests of sound share: rendering, and measuring what is heard.

use std::f64::consts::TAU;
use std::sync::Arc;

use reelsmith::abc::parse;
use reelsmith::perform::{Options, Performance};
use reelsmith::synth::{Controls, Instrument, Program, Rendering, Synth};

pub(crate) const RATE: u32 = 48_000;

pub(crate) fn program(text: &str, options: &Options) -> Arc<Program> {
    Arc::new(Program::new(&Performance::new(&parse(text).tunes[0], options).unwrap()))
}

pub(crate) fn instrument(id: &str) -> &'static Instrument {
    Instrument::by_id(id).unwrap()
}

/// The melody alone, without room, reeds in tune with each other.
pub(crate) fn dry(id: &str) -> Controls {
    let melody = instrument(id);
    Controls { melody, room: 0.0, reed_tuning: 0.0, drones: false, accompanied: false, ..Controls::default() }
}

/// All of a program off-line.
pub(crate) fn render(program: &Arc<Program>, controls: Controls) -> Vec<[f32; 2]> {
    let mut rendering = Rendering::new(program.clone(), controls, RATE);
    let mut frames = Vec::new();
    let mut block = [[0.0; 2]; 4_096];
    loop {
        match rendering.read(&mut block) {
            0 => return frames,
            count => frames.extend_from_slice(&block[..count]),
        }
    }
}

/// A single note of so many seconds and what follows, from the first frame on.
pub(crate) fn note(controls: Controls, pitch: u8, velocity: u8, seconds: f32, frames: usize) -> Vec<f64> {
    let mut synth = Synth::new(RATE);
    synth.set(controls);
    synth.audition(pitch, velocity, seconds);
    // What the limiter holds back comes first.
    let mut out = vec![[0.0; 2]; frames + 64];
    synth.render(&mut out);
    mono(&out[64..])
}

/// Both sides together, as loud as if it stood in the middle.
pub(crate) fn mono(frames: &[[f32; 2]]) -> Vec<f64> {
    frames.iter().map(|frame| (f64::from(frame[0]) + f64::from(frame[1])) / 2.0).collect()
}

/// Root mean square in decibels.
pub(crate) fn level(frames: &[f64]) -> f64 {
    10.0 * (frames.iter().map(|frame| frame * frame).sum::<f64>() / frames.len() as f64 + 1e-20).log10()
}

/// Amplitude and phase of a frequency under a Hann window.
pub(crate) fn component(frames: &[f64], frequency: f64) -> (f64, f64) {
    let (mut re, mut im) = (0.0, 0.0);
    for (i, frame) in frames.iter().enumerate() {
        let window = 1.0 - (TAU * i as f64 / frames.len() as f64).cos();
        let angle = TAU * frequency * i as f64 / f64::from(RATE);
        re += frame * window * angle.cos();
        im -= frame * window * angle.sin();
    }
    (re.hypot(im) * 2.0 / frames.len() as f64, im.atan2(re))
}

/// The frequency near one that is expected, by how far its phase goes from a window to another.
pub(crate) fn frequency(frames: &[f64], expected: f64, window: usize, apart: usize) -> f64 {
    let (_, before) = component(&frames[..window], expected);
    let (_, after) = component(&frames[apart..apart + window], expected);
    let seconds = apart as f64 / f64::from(RATE);
    // Phases count from the start of their own window.
    let mut error = after - before - TAU * expected * seconds;
    error -= (error / TAU).round() * TAU;
    expected + error / (TAU * seconds)
}

pub(crate) fn hertz(pitch: i32) -> f64 {
    440.0 * (f64::from(pitch - 69) / 12.0).exp2()
}

/// Amplitudes of the frequencies k·RATE/n of the first n frames under a Hann window; n is a power of 2.
pub(crate) fn spectrum(frames: &[f64]) -> Vec<f64> {
    let n = frames.len();
    assert!(n.is_power_of_two());
    let bits = n.trailing_zeros();
    let mut line: Vec<(f64, f64)> = (0..n)
        .map(|i| {
            let from = i.reverse_bits() >> (usize::BITS - bits);
            (frames[from] * (1.0 - (TAU * from as f64 / n as f64).cos()), 0.0)
        })
        .collect();
    let mut half = 1;
    while half < n {
        for start in (0..n).step_by(half * 2) {
            for i in 0..half {
                let (sin, cos) = (-TAU * i as f64 / (half * 2) as f64).sin_cos();
                let (a, b) = (line[start + i], line[start + i + half]);
                let turned = (b.0 * cos - b.1 * sin, b.0 * sin + b.1 * cos);
                line[start + i] = (a.0 + turned.0, a.1 + turned.1);
                line[start + i + half] = (a.0 - turned.0, a.1 - turned.1);
            }
        }
        half *= 2;
    }
    line[..n / 2].iter().map(|(re, im)| re.hypot(*im) * 2.0 / n as f64).collect()
}
