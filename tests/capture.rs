//! What comes out of a real sound device is what was to be played.
//!
//! `packaging/sound.sh` plays `fixtures/capture.abc` on a device and names the recording, 32-bit floats in
//! two channels at 48 kHz, in `REELSMITH_CAPTURE`.

use std::f64::consts::TAU;
use std::path::Path;
use std::sync::Arc;

use reelsmith::abc::parse;
use reelsmith::perform::{Accompaniment, Options, Performance};
use reelsmith::synth::{Controls, Instrument, Program, Rendering};

const RATE: f64 = 48_000.0;

fn performance() -> Performance {
    let text = include_str!("fixtures/capture.abc");
    let options = Options { accompaniment: Accompaniment::Off, ..Options::default() };
    Performance::new(&parse(text).tunes[0], &options).unwrap()
}

fn rendered(performance: &Performance) -> Vec<[f32; 2]> {
    let melody = Instrument::by_id("sine").unwrap();
    let program = Arc::new(Program::new(performance));
    let mut rendering =
        Rendering::new(program, Controls { melody, room: 0.0, ..Controls::default() }, RATE as u32);
    let mut frames = vec![[0.0; 2]; RATE as usize * 60];
    let count = rendering.read(&mut frames);
    frames.truncate(count);
    frames
}

fn captured() -> Option<Vec<[f32; 2]>> {
    let Some(path) = std::env::var_os("REELSMITH_CAPTURE") else {
        eprintln!("skipped: packaging/sound.sh records what is measured here");
        return None;
    };
    let bytes = std::fs::read(Path::new(&path)).unwrap();
    let sample = |bytes: &[u8]| f32::from_le_bytes(bytes.try_into().unwrap());
    Some(bytes.chunks_exact(8).map(|frame| [sample(&frame[..4]), sample(&frame[4..])]).collect())
}

/// The first frame that is not silent.
fn first_sound(frames: &[[f32; 2]]) -> usize {
    frames.iter().position(|frame| frame[0].abs().max(frame[1].abs()) > 1e-4).expect("there is no sound")
}

/// A frequency in a stretch of the left channel, under a Hann window: amplitude, and phase in turns.
fn component(frames: &[[f32; 2]], frequency: f64) -> (f64, f64) {
    let (mut real, mut imaginary) = (0.0, 0.0);
    for (i, frame) in frames.iter().enumerate() {
        let window = 0.5 - 0.5 * (TAU * i as f64 / frames.len() as f64).cos();
        let angle = TAU * frequency * i as f64 / RATE;
        real += f64::from(frame[0]) * window * angle.cos();
        imaginary -= f64::from(frame[0]) * window * angle.sin();
    }
    (real.hypot(imaginary) / frames.len() as f64, imaginary.atan2(real) / TAU)
}

/// How far a note is from a frequency, in cents: by how its phase moves from one window to another, near enough
/// that it cannot move by half a turn.
fn cents(frames: &[[f32; 2]], frequency: f64) -> f64 {
    let (window, apart) = ((0.15 * RATE) as usize, (0.02 * RATE) as usize);
    let phase = |from: usize| component(&frames[from..from + window], frequency).1;
    let turn = phase(apart) - phase(0);
    let expected = frequency * apart as f64 / RATE;
    let more = turn - expected;
    let off = (more - more.round()) / (apart as f64 / RATE);
    1_200.0 * ((frequency + off) / frequency).log2()
}

/// The frame around which a note has come to half its loudness. How long that takes is the same for all.
fn onset(frames: &[[f32; 2]], frequency: f64) -> usize {
    let window = (0.01 * RATE) as usize;
    let loudness = |at: usize| component(&frames[at..at + window], frequency).0;
    let full = loudness((0.2 * RATE) as usize);
    (0..frames.len() - window).find(|&at| loudness(at) > full / 2.0).expect("there is a note") + window / 2
}

#[test]
fn the_device_plays_the_right_notes_at_the_right_time_and_nothing_else() {
    let Some(captured) = captured() else { return };
    let performance = performance();
    let rendered = rendered(&performance);
    let (start, begins) = (first_sound(&captured), first_sound(&rendered));
    let captured = &captured[start.saturating_sub(begins)..];
    assert!(captured.len() >= rendered.len(), "{} of {} frames", captured.len(), rendered.len());

    // Sample by sample: no gap, nothing twice, nothing but the notes.
    let differ = captured.iter().zip(&rendered).map(|(a, b)| (a[0] - b[0]).abs().max((a[1] - b[1]).abs()));
    let differ = differ.fold(0.0f32, f32::max);

    // And by itself, whatever the synthesizer renders off-line.
    let (mut worst_pitch, mut worst_time) = (0.0f64, 0.0f64);
    let mut late = None;
    for note in &performance.notes {
        // The stretch begins a hundredth of a second before the note.
        let begin = performance.seconds(note.start) * RATE;
        let from = (begin - 0.01 * RATE).max(0.0) as usize;
        let stretch = &captured[from..(performance.seconds(note.end()) * RATE) as usize];
        let frequency = 440.0 * ((f64::from(note.pitch) - 69.0) / 12.0).exp2();
        worst_pitch = worst_pitch.max(cents(&stretch[(0.1 * RATE) as usize..], frequency).abs());
        let after = ((from + onset(stretch, frequency)) as f64 - begin) / RATE * 1e3;
        worst_time = worst_time.max((after - *late.get_or_insert(after)).abs());
    }
    let length = captured.len() - captured.iter().rev().position(|frame| frame[0].abs() > 1e-3).unwrap_or(0);
    eprintln!(
        "{} notes: pitch within {worst_pitch:.3} cents, onsets within {worst_time:.3} ms of one another; \
         greatest difference from what is rendered {differ:.1e}; {:.3} s heard of {:.3} s",
        performance.notes.len(),
        length as f64 / RATE,
        performance.seconds(performance.length()),
    );
    assert!(worst_pitch < 1.0 && worst_time < 1.0);
    assert!(differ < 1e-4, "there is a gap, or something else is heard");
}
