//! WAV and FLAC files hold what is rendered.

use std::fs;
use std::process::Command;

use flac_codec::decode::FlacSampleReader;
use reelsmith::export::sound::{Depth, SoundError};
use reelsmith::export::{flac, wav};
use reelsmith::perform::Options;
use reelsmith::synth::{Controls, Rendering};

use super::listening::{level, program, render};

const TUNE: &str = "X:1\nT:A Tune\nL:1/8\nM:6/8\nK:G\nGAB c2d|e3 d3|\n";

#[test]
fn files_hold_the_samples() {
    let program = program(TUNE, &Options::default());
    let rendering = |rate| Rendering::new(program.clone(), Controls::default(), rate);
    let frames = render(&program, Controls::default());
    let bytes = wav::write(rendering(48_000), Depth::Float).unwrap();
    let mut reader = hound::WavReader::new(&bytes[..]).unwrap();
    assert_eq!((reader.spec().sample_rate, reader.spec().channels), (48_000, 2));
    let floats: Vec<f32> = reader.samples().map(Result::unwrap).collect();
    assert!(floats == *frames.as_flattened());
    for (depth, bits, steps) in [(Depth::Sixteen, 16, 1.51), (Depth::TwentyFour, 24, 0.51)] {
        let bytes = wav::write(rendering(48_000), depth).unwrap();
        assert!(bytes == wav::write(rendering(48_000), depth).unwrap(), "always the same");
        let mut reader = hound::WavReader::new(&bytes[..]).unwrap();
        assert_eq!(reader.spec().bits_per_sample, bits);
        let numbers: Vec<i32> = reader.samples().map(Result::unwrap).collect();
        assert_eq!(numbers.len(), floats.len());
        let full = f64::from((1_i32 << (bits - 1)) - 1);
        for (number, float) in numbers.iter().zip(&floats) {
            let error = f64::from(*number) - f64::from(*float) * full;
            // Single precision has 24 bits of its own.
            assert!(error.abs() < steps + 0.5, "{bits} bits: {error} steps");
        }
        let small = flac::write(rendering(48_000), depth).unwrap();
        assert!(small.len() * 4 < bytes.len() * 3, "{} of {} bytes", small.len(), bytes.len());
        assert!(from_flac(&small) == numbers, "{bits} bits: not what the WAV file holds");
    }
    assert!(matches!(flac::write(rendering(48_000), Depth::Float), Err(SoundError::NoFloat)));
}

/// All numbers of a FLAC file.
fn from_flac(bytes: &[u8]) -> Vec<i32> {
    let mut reader = FlacSampleReader::new(bytes).unwrap();
    let (mut numbers, mut block) = (Vec::new(), vec![0; 4_096]);
    loop {
        match reader.read(&mut block).unwrap() {
            0 => return numbers,
            count => numbers.extend(&block[..count]),
        }
    }
}

#[test]
fn convert_sounds_tunes() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(at.join("tune.abc"), TUNE).unwrap();
    fs::write(at.join("low.abc"), TUNE.replace("GAB", "G,A,B,")).unwrap();
    let convert = |arguments: &[&str]| {
        let command = Command::new(env!("CARGO_BIN_EXE_reelsmith-cli"))
            .arg("convert")
            .args(arguments)
            .current_dir(at)
            .output()
            .unwrap();
        (command.status.code(), String::from_utf8(command.stderr).unwrap())
    };
    let sound = |name: &str| {
        let mut reader = hound::WavReader::open(at.join(name)).unwrap();
        let spec = reader.spec();
        let full = f64::from((1_i64 << (spec.bits_per_sample - 1)) as u32);
        let samples: Vec<f64> = reader.samples::<i32>().map(|x| f64::from(x.unwrap()) / full).collect();
        (
            spec.sample_rate,
            spec.bits_per_sample,
            samples.len() as f64 / f64::from(spec.sample_rate * 2),
            level(&samples),
        )
    };
    assert_eq!(convert(&["tune.abc", "tune.wav"]), (Some(0), String::new()));
    let (rate, bits, seconds, loud) = sound("tune.wav");
    assert!((rate, bits) == (44_100, 16) && loud > -35.0, "{loud}");
    let flags = ["--instrument", "fiddle", "--backing", "piano", "--tempo", "50", "--transpose", "-2"];
    let files = ["--rate", "48000", "--bits", "24", "--chords", "off", "--metronome"];
    assert_eq!(convert(&[&["tune.abc", "slow.wav"], &flags[..], &files[..]].concat()).0, Some(0));
    let (rate, bits, slow, _) = sound("slow.wav");
    assert!((rate, bits) == (48_000, 24) && slow > seconds * 1.5, "{seconds} and {slow} s");
    assert_eq!(convert(&["tune.abc", "pipes.wav", "--instrument", "pipes", "--no-drones"]).0, Some(0));

    assert_eq!(convert(&["tune.abc", "tune.flac", "--bits", "24"]), (Some(0), String::new()));
    assert_eq!(from_flac(&fs::read(at.join("tune.flac")).unwrap()).len() as f64, seconds * 2.0 * 44_100.0);

    let (status, told) = convert(&["low.abc", "low.wav", "--instrument", "whistle"]);
    assert!(status == Some(0) && told.contains("3 notes are out of the tin whistle's range"), "{told}");
    for (arguments, words) in [
        (&["tune.abc", "x.wav", "--instrument", "kazoo"][..], "one of whistle, low-whistle, flute"),
        (&["tune.abc", "x.wav", "--backing", "whistle"], "one of harp, piano, guitar, bouzouki"),
        (&["tune.abc", "x.svg", "--instrument", "harp"], "--instrument has no meaning for SVG files"),
        (&["tune.abc", "x.mid", "--tempo", "90"], "--tempo has no meaning for MIDI files"),
        (&["tune.abc", "x.wav", "--bars", "4"], "--bars has no meaning for WAV files"),
        (&["tune.abc", "x.flac", "--bits", "float"], "--bits float has no meaning for FLAC files"),
        (&["tune.abc", "x.mp3"], "x.mp3 is no form that can be made"),
    ] {
        let (status, told) = convert(arguments);
        assert!(status == Some(2) && told.contains(words), "{arguments:?}: {told}");
    }
}
