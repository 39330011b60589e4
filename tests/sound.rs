//! What is heard is what the performance says, to the sample, whatever the blocks and the commands.

use std::sync::Arc;

use reelsmith::perform::{Accompaniment, Options};
use reelsmith::synth::program::Part;
use reelsmith::synth::{Controls, Instrument, Loop, Program, Reach, Synth, Time, Volumes};

use super::listening::{
    RATE, component, dry, frequency, hertz, instrument, level, mono, note, program, render,
};

const REEL: &str = "X:1\nR:reel\nL:1/8\nM:4/4\nK:D\nD2 FA d2 fe|dBAF E2 EF|G2 BG FDFA|BEED E4|]\n";
/// Notes so far apart that there is silence before each.
const APART: &str = "X:1\nL:1/4\nM:4/4\nQ:1/4=123\nK:C\nz A z c|z e z (3A/z/A/|z2 [Ac] z|A z z2|]\n";

fn plain() -> Options {
    Options { accompaniment: Accompaniment::Off, ..Options::literal() }
}

/// Plays from the start; what the limiter holds back is over.
fn started(program: &Arc<Program>, controls: Controls, rate: u32) -> Synth {
    let mut synth = Synth::new(rate);
    synth.load(program.clone());
    synth.set(controls);
    synth.play();
    synth.render(&mut [[0.0; 2]; 64]);
    synth
}

fn next(synth: &mut Synth, frames: usize) -> Vec<[f32; 2]> {
    let mut out = vec![[0.0; 2]; frames];
    synth.render(&mut out);
    out
}

/// The greatest step from a frame to the next.
fn steepest(frames: &[f64]) -> f64 {
    frames.windows(2).map(|pair| (pair[1] - pair[0]).abs()).fold(0.0, f64::max)
}

#[test]
fn samples_do_not_depend_on_blocks() {
    let program = program(REEL, &Options { count_in: true, ..Options::default() });
    let controls = Controls { melody: instrument("pipes"), metronome: true, ..Controls::default() };
    let whole = render(&program, controls);
    assert!(level(&mono(&whole)) > -40.0);
    let mut random = 12_345_u32;
    for most in [3, 64, 700, 5_000] {
        let mut synth = started(&program, controls, RATE);
        let mut pieces = Vec::new();
        while pieces.len() < whole.len() {
            random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            let size = 1 + (random >> 8) as usize % most;
            pieces.extend(next(&mut synth, size.min(whole.len() - pieces.len())));
        }
        assert!(pieces == whole, "blocks of up to {most} frames");
    }
}

#[test]
fn every_note_begins_at_its_own_sample() {
    let program = program(APART, &plain());
    for tempo in [1.0, 0.87, 2.5] {
        let frames = mono(&render(&program, Controls { tempo, ..dry("sine") }));
        for start in program.notes().iter().filter(|note| matches!(note.part, Part::Melody(_))) {
            let exact = start.start.seconds() / tempo * f64::from(RATE);
            // The first frame that is not before it. Rounding of tempos is some thousandth of a frame.
            let first = (exact - 0.01).ceil() as usize;
            assert!(frames[first.saturating_sub(30)..first].iter().all(|&x| x == 0.0), "{tempo}: too soon");
            assert!(frames[first..first + 3].iter().any(|&x| x != 0.0), "{tempo}: too late, {exact}");
        }
    }
}

#[test]
fn nothing_clicks_where_a_note_begins_ends_or_is_cut_off() {
    for instrument in Instrument::all().iter().filter(|instrument| instrument.leads) {
        let frames = note(dry(instrument.id), 69, 100, 0.5, 40_000);
        let held = steepest(&frames[8_000..23_000]);
        let end = steepest(&frames[23_900..40_000]);
        assert!(end <= held * 1.3, "{}: {end} at the end, {held} before", instrument.id);
        if instrument.recipe.decay.is_none() {
            let start = steepest(&frames[..4_000]);
            assert!(start <= held * 2.0, "{}: {start} at the start, {held} then", instrument.id);
        }
        // Cut off in the middle by a command.
        let program = program("X:1\nL:1/1\nM:4/4\nQ:1/1=20\nK:C\nA|\n", &plain());
        for jump in [false, true] {
            let mut synth = started(&program, dry(instrument.id), RATE);
            let before = steepest(&mono(&next(&mut synth, 20_011))[4_000..]);
            if jump {
                synth.seek(Time::from_seconds(2.0));
            } else {
                synth.stop();
            }
            let after = steepest(&mono(&next(&mut synth, 20_000)));
            assert!(after <= before * 1.3, "{}: {after} after {before}", instrument.id);
        }
    }
}

#[test]
fn a_loop_comes_back_to_the_same_sample_and_sounds_without_a_gap() {
    let program = program(REEL, &plain());
    let mut synth = Synth::new(RATE);
    synth.load(program.clone());
    synth.set(Controls {
        metronome: true,
        volumes: Volumes { melody: 0.0, ..Volumes::default() },
        ..dry("sine")
    });
    let (from, to) = (program.bars()[1], program.bars()[2]);
    synth.set_loop(Loop::new(from, to));
    synth.seek(from);
    assert_eq!(synth.position(), from);
    synth.play();
    next(&mut synth, 64);
    assert_eq!(synth.position(), from);
    let bar = to.seconds() - from.seconds();
    let mut frames = Vec::new();
    for turn in 0..40 {
        frames.extend(next(&mut synth, 3_000 + 977 * turn));
        let expected = from.seconds() + (frames.len() as f64 / f64::from(RATE)) % bar;
        let off = synth.position().seconds() - expected;
        assert!(off.abs() < 1e-9 || (off.abs() - bar).abs() < 1e-9, "turn {turn}: {off}");
    }
    // The first beat of every turn is the loudest.
    let frames = mono(&frames);
    let turns = (frames.len() as f64 / f64::from(RATE) / bar) as usize;
    assert!(turns > 5);
    for turn in 0..turns {
        let first = (turn as f64 * bar * f64::from(RATE) - 1e-6).ceil() as usize;
        let peak = |frames: &[f64]| frames.iter().fold(0.0_f64, |peak, x| peak.max(x.abs()));
        let (before, after) =
            (peak(&frames[first.saturating_sub(40)..first]), peak(&frames[first..first + 40]));
        assert!(after > 0.01 && after > before * 10.0, "turn {turn}: {before} then {after}");
    }
}

#[test]
fn however_loud_nothing_is_above_full_scale() {
    let chords = "X:1\nL:1/4\nM:4/4\nK:D\n[DFAdfa][DFAdfa] [DFAdfa][EGBe]|[DFAdfa][EGBegb] [A,CEAce]2|\n";
    let program = program(chords, &Options::default());
    let all = Volumes { master: 2.0, melody: 2.0, accompaniment: 2.0, metronome: 2.0 };
    for id in ["pipes", "piano", "accordion", "whistle"] {
        let controls =
            Controls { melody: instrument(id), metronome: true, volumes: all, ..Controls::default() };
        let frames = render(&program, controls);
        let peak = frames.iter().flatten().fold(0.0_f32, |peak, x| peak.max(x.abs()));
        assert!((0.8..=0.951).contains(&peak), "{id}: {peak}");
    }
}

#[test]
fn nothing_drifts_in_ten_minutes() {
    // At a low rate, for speed: 300 bars of two seconds, and a note at the very end.
    let text = format!("X:1\nL:1/4\nM:4/4\nQ:1/4=120\nK:C\n{}zzzA|\n", "Z|".repeat(299));
    let program = program(&text, &plain());
    let rate = 8_000;
    let start = program.notes().iter().find(|note| note.index.is_some()).unwrap().start;
    assert!((start.seconds() - 599.5).abs() < 1e-9);
    let mut synth = started(&program, dry("sine"), rate);
    let before = next(&mut synth, 4_796_000);
    assert!(before.iter().all(|frame| *frame == [0.0; 2]));
    assert_eq!(synth.position(), start);
    assert!(next(&mut synth, 3).iter().any(|frame| *frame != [0.0; 2]));
}

#[test]
fn tempo_changes_how_long_not_how_high() {
    let program = program("X:1\nL:1/1\nM:4/4\nQ:1/1=15\nK:C\nA|\n", &plain());
    for tempo in [0.25, 0.8, 3.0] {
        let mut synth = started(&program, dry("sine"), RATE);
        next(&mut synth, 4_000);
        let before = synth.position().seconds();
        synth.set(Controls { tempo, ..dry("sine") });
        let frames = mono(&next(&mut synth, 40_000));
        let cents = 1_200.0 * (frequency(&frames, hertz(69), 16_384, 16_384) / hertz(69)).log2();
        assert!(cents.abs() < 0.1, "{tempo}: {cents}");
        assert!(steepest(&frames) < 0.02, "no click");
        let went = (synth.position().seconds() - before) / (40_000.0 / f64::from(RATE));
        // The quanta under way still go at the old tempo.
        assert!((went - tempo).abs() < 0.01, "{tempo}: {went}");
        let whole = render(&program, Controls { tempo, ..dry("sine") });
        let seconds = whole.len() as f64 / f64::from(RATE);
        assert!((4.0 / tempo..4.0 / tempo + 0.2).contains(&seconds), "{tempo}: {seconds} s");
    }
}

#[test]
fn another_program_is_taken_up_at_the_next_bar_line() {
    let first = program(REEL, &plain());
    // The same bars, faster and an octave lower.
    let text = REEL.replace("K:D\n", "Q:1/4=200\nK:D octave=-1\n");
    let second = program(&text, &plain());
    let mut synth = started(&first, dry("flute"), RATE);
    next(&mut synth, 30_001);
    let bar = first.place(synth.position()).bar;
    assert!(synth.load_at_bar(second.clone()).is_none(), "the old one still sounds");
    let to_line = ((first.bars()[bar + 1].seconds() - synth.position().seconds()) * f64::from(RATE)).ceil();
    next(&mut synth, to_line as usize + 1);
    let place = second.place(synth.position());
    assert!(place.bar == bar + 1 && place.share < 0.01, "{place:?}");
    assert!(Arc::ptr_eq(&synth.retired().unwrap(), &first));
    // At rest it is taken up at once, at the same bar.
    synth.stop();
    let old = synth.load_at_bar(first.clone()).unwrap();
    assert!(Arc::ptr_eq(&old, &second));
    assert_eq!(first.place(synth.position()).bar, bar + 1);
}

#[test]
fn stopped_it_becomes_silence_and_no_number_is_denormal() {
    for id in ["flute", "piano", "harp"] {
        let program = program(REEL, &Options::default());
        let mut synth = started(&program, Controls { melody: instrument(id), ..Controls::default() }, RATE);
        let mut frames = next(&mut synth, 60_000);
        synth.stop();
        let mut seconds = 0;
        while !synth.is_silent() {
            assert!(seconds < 6, "{id}: it never is silent");
            frames.extend(next(&mut synth, RATE as usize));
            seconds += 1;
        }
        assert!(frames.iter().flatten().all(|x| x.is_finite() && !x.is_subnormal()), "{id}");
        assert!(next(&mut synth, 1_000).iter().all(|frame| *frame == [0.0; 2]));
        assert_eq!(synth.levels(), [0.0; 2]);
        synth.audition(69, 90, 0.2);
        next(&mut synth, 4_000);
        assert!(synth.levels()[0] > 0.01, "{id}: a single note is heard at rest");
    }
}

#[test]
fn drones_sound_on_d_below_tunes_in_d_and_g_only() {
    let heard = |key: &str, transpose| {
        let tune = format!("X:1\nL:1/4\nM:4/4\nK:{key}\nA4|A4|A4|\n");
        let controls = Controls {
            melody: instrument("pipes"),
            room: 0.0,
            transpose,
            accompanied: false,
            ..Controls::default()
        };
        let frames = mono(&render(&program(&tune, &plain()), controls));
        component(&frames[30_000..80_000], hertz(38)).0
    };
    for key in ["D", "G", "Dmix", "Gdor"] {
        assert!(heard(key, 0) > 0.005, "{key}: {}", heard(key, 0));
    }
    for key in ["A", "Em", "C", "Bm"] {
        assert!(heard(key, 0) < 0.000_1, "{key}: {}", heard(key, 0));
    }
    assert!(heard("C", 2) > 0.005 && heard("D", 1) < 0.000_1, "what is heard counts");
}

#[test]
fn notes_out_of_reach_are_marked_and_sound() {
    let program = program("X:1\nL:1/4\nM:4/4\nK:C\nG, A c'd'|e' z3|\n", &plain());
    let marked: Vec<_> = program.out_of_reach(instrument("whistle"), 0).collect();
    assert_eq!(marked, [(0, Reach::Outside), (2, Reach::Stretch), (3, Reach::Stretch), (4, Reach::Outside)]);
    assert_eq!(program.out_of_reach(instrument("fiddle"), 0).count(), 3, "c' to e' are a stretch");
    assert_eq!(program.out_of_reach(instrument("whistle"), 7).count(), 3, "what is heard counts");
    let frames = mono(&render(&program, dry("whistle")));
    assert!(level(&frames[2_000..20_000]) > -40.0);
}

#[test]
fn the_tune_is_louder_than_what_goes_with_it() {
    for id in ["whistle", "flute", "fiddle", "banjo", "accordion"] {
        let program = program(REEL, &Options::default());
        let alone = |melody, accompaniment| {
            let volumes = Volumes { melody, accompaniment, ..Volumes::default() };
            let controls = Controls { melody: instrument(id), volumes, ..Controls::default() };
            level(&mono(&render(&program, controls)))
        };
        let above = alone(1.0, 0.0) - alone(0.0, 1.0);
        assert!((4.0..11.0).contains(&above), "{id}: {above} dB");
    }
}
