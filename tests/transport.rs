//! The transport plays what is off-line rendered, says what is heard to the sample, and never waits.

use std::sync::Arc;
use std::time::{Duration, Instant};

use assert_no_alloc::assert_no_alloc;
use proptest::prelude::*;
use reelsmith::abc::parse;
use reelsmith::audio::recorder::Recorder;
use reelsmith::audio::{AudioError, DeviceState, Transport};
use reelsmith::perform::{Accompaniment, Options, Performance};
use reelsmith::synth::{Controls, Instrument, Program, QUANTUM, Rendering};

/// Eight bars of two seconds, a frame being a whole number of the clock's units.
const HEAD: &str = "X:1\nM:4/4\nL:1/4\nQ:1/4=120\nK:D\n";
const TUNE: &str = "DEFG|ABcd|dcBA|GFED|D2E2|F2G2|A2B2|d4|";
const OTHER: &str = "d2f2|f2a2|AGFE|Ddfa|dfdf|afaf|dddd|D4|";
const RATE: u32 = 8_000;
const BAR: usize = 16_000;
const LATENCY: Duration = Duration::from_millis(40);

fn program(music: &str) -> Arc<Program> {
    let parsed = parse(&format!("{HEAD}{music}\n"));
    let performance = Performance::new(&parsed.tunes[0], &Options::literal()).unwrap();
    Arc::new(Program::new(&performance))
}

/// Some bars of a tune.
fn bars(music: &str, bars: std::ops::Range<usize>) -> String {
    music.split_inclusive('|').skip(bars.start).take(bars.len()).collect()
}

fn rendered(music: &str, controls: Controls) -> Vec<[f32; 2]> {
    let mut rendering = Rendering::new(program(music), controls, RATE);
    let mut frames = vec![[0.0; 2]; RATE as usize * 40];
    let count = rendering.read(&mut frames);
    frames.truncate(count);
    frames
}

struct Test {
    recorder: Recorder,
    transport: Transport,
}

impl Test {
    fn new() -> Self {
        let recorder = Recorder::new(RATE, LATENCY);
        let transport = Transport::new(recorder.clone(), None, || {}).unwrap();
        Self { recorder, transport }
    }

    fn playing(music: &str) -> Self {
        let mut test = Self::new();
        test.transport.load(program(music));
        test.play();
        test
    }

    /// Waits for the thread that keeps the device.
    fn until(&mut self, what: &str, is_so: impl Fn(&mut Self) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !is_so(self) {
            assert!(Instant::now() < deadline, "waited 20 s until {what}: {:?}", self.transport.device());
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    fn play(&mut self) {
        self.transport.play();
        self.until("the device is open", |t| matches!(t.transport.device(), DeviceState::Open(_)));
    }

    /// The device asks for so many frames. Whatever is done for it, nothing is allocated or freed.
    fn run(&self, frames: usize) {
        let before = assert_no_alloc::violation_count();
        self.recorder.run(frames, 100, |fill| assert_no_alloc(fill));
        assert_eq!(assert_no_alloc::violation_count(), before, "memory was allocated or freed");
    }

    /// Where the playhead is when a frame is heard, in frames of the program.
    fn heard(&mut self, frame: usize) -> f64 {
        let now = self.recorder.heard(frame);
        self.transport.heard(now).unwrap().at * f64::from(RATE)
    }
}

/// What is played is later than its command by the quantum that waits in the limiter.
const DELAY: usize = QUANTUM;

fn assert_same(played: &[[f32; 2]], wanted: &[[f32; 2]], tolerance: f32) {
    assert!(played.len().min(wanted.len()) > RATE as usize / 2);
    for (i, (played, wanted)) in played.iter().zip(wanted).enumerate() {
        for side in [0, 1] {
            let error = (played[side] - wanted[side]).abs();
            assert!(error <= tolerance, "frame {i}: {played:?} for {wanted:?}");
        }
    }
}

#[test]
fn what_is_played_is_what_is_rendered_off_line_and_the_playhead_is_there_to_the_sample() {
    let mut test = Test::playing(TUNE);
    test.run(1_000);
    for frame in [DELAY, DELAY + 1, DELAY + 101, DELAY + 777] {
        let expected = (frame - DELAY) as f64;
        assert!((test.heard(frame) - expected).abs() < 0.01, "{} at {frame}", test.heard(frame));
    }
    while test.recorder.frames().len() < 17 * RATE as usize {
        let frame = test.recorder.frames().len();
        test.run(4_003);
        let expected = (frame - DELAY) as f64;
        let end = 8.0 * BAR as f64;
        assert!((test.heard(frame) - expected.min(end)).abs() < 0.01, "{} at {frame}", test.heard(frame));
    }
    assert!(!test.transport.is_playing(), "it is over");
    let wanted = rendered(TUNE, Controls::default());
    assert_same(&test.recorder.frames()[DELAY..], &wanted, 0.0);
}

#[test]
fn a_loop_sounds_as_if_its_bars_were_written_again_and_again_for_ten_minutes() {
    let mut test = Test::new();
    let sine = Controls { melody: Instrument::by_id("sine").unwrap(), ..Controls::default() };
    test.transport.set_controls(sine);
    test.transport.load(program(TUNE));
    test.transport.set_loop(Some(1..3));
    test.transport.seek(2.0);
    test.play();
    let round = 2 * BAR;
    let mut played = 0;
    while played < 600 * RATE as usize {
        test.run(round);
        played += round;
        let expected = (played - DELAY - 1) % round + BAR;
        let heard = test.heard(played - 1);
        assert!((heard - expected as f64).abs() < 0.01, "{heard} for {expected} after {played} frames");
    }
    let mut written_out = Rendering::new(program(&bars(TUNE, 1..3).repeat(150)), sine, RATE);
    let mut wanted = vec![[0.0; 2]; round];
    for played in test.recorder.frames()[DELAY..].chunks_exact(round) {
        assert_eq!(written_out.read(&mut wanted), round);
        assert_same(played, &wanted, 1e-5);
    }
}

#[test]
fn a_changed_tune_takes_over_at_the_next_bar_line() {
    let mut test = Test::playing(TUNE);
    test.run(BAR + BAR / 3);
    let (before, after) = (program(TUNE), program(OTHER));
    test.transport.exchange(Arc::clone(&after));
    test.run(2 * BAR);
    let mut at = |frame| {
        let now = test.recorder.heard(DELAY + frame);
        let sounding = test.transport.heard(now).unwrap();
        (sounding.program, (sounding.at * f64::from(RATE)).round())
    };
    for frame in [BAR + BAR / 2, 2 * BAR - 1] {
        assert_eq!(at(frame), (Arc::clone(&before), frame as f64));
    }
    for frame in [2 * BAR, 2 * BAR + 1, 3 * BAR] {
        assert_eq!(at(frame), (Arc::clone(&after), frame as f64));
    }
    let both = bars(TUNE, 0..2) + &bars(OTHER, 2..8);
    let frames = test.recorder.frames();
    assert_same(&frames[DELAY..], &rendered(&both, Controls::default())[..3 * BAR], 1e-5);
}

#[test]
fn a_tune_that_stands_still_is_exchanged_at_once() {
    let mut test = Test::playing(TUNE);
    test.run(BAR + BAR / 4);
    test.transport.pause();
    test.run(1_000);
    let after = program("D4|E4|F4|");
    test.transport.exchange(Arc::clone(&after));
    test.run(1_000);
    let now = test.recorder.heard(BAR + BAR / 4 + 1_990);
    let sounding = test.transport.heard(now).unwrap();
    assert_eq!(sounding.program, after);
    assert!((sounding.at - 2.5).abs() < 0.02, "{}", sounding.at);
}

#[test]
fn a_count_in_comes_and_goes_without_moving_the_tune() {
    let counted = |count_in| {
        let parsed = parse(&format!("{HEAD}{TUNE}\n"));
        let options = Options { count_in, accompaniment: Accompaniment::Off, ..Options::default() };
        Arc::new(Program::new(&Performance::new(&parsed.tunes[0], &options).unwrap()))
    };
    let mut test = Test::new();
    test.transport.load(counted(false));
    test.play();
    test.run(BAR + BAR / 2);
    test.transport.exchange(counted(true));
    test.run(BAR);
    assert_eq!(test.heard(DELAY + 2 * BAR - 1).round(), 2.0 * BAR as f64 - 1.0);
    assert_eq!(test.heard(DELAY + 2 * BAR + 1).round(), 4.0 * BAR as f64 + 1.0, "two bars later");
    test.transport.stop();
    test.run(1_000);
    test.transport.exchange(counted(false));
    test.run(1_000);
    assert_eq!(test.heard(test.recorder.frames().len() - 1), 0.0, "the start is the start");
}

#[test]
fn tempo_changes_while_it_plays_and_the_playhead_with_it() {
    let mut test = Test::playing(TUNE);
    test.run(BAR);
    let faster = Controls { tempo: 3.0, ..Controls::default() };
    test.transport.set_controls(faster);
    test.run(BAR);
    let (early, late) = (test.heard(BAR + 2 * DELAY), test.heard(2 * BAR - 100));
    let passed = (BAR - 100 - 2 * DELAY) as f64;
    assert!((late - early - 3.0 * passed).abs() < 1.0, "{early} to {late} in {passed}");
}

#[test]
fn a_note_is_heard_at_once_by_itself() {
    let mut test = Test::new();
    test.transport.audition(69);
    test.until("the device is open", |t| matches!(t.transport.device(), DeviceState::Open(_)));
    test.run(RATE as usize * 14);
    let frames = test.recorder.frames();
    let first = frames.iter().position(|frame| *frame != [0.0; 2]).unwrap();
    assert!(first <= 2 * QUANTUM, "it begins at frame {first}");
    assert!(frames[frames.len() - 800..].iter().all(|frame| *frame == [0.0; 2]), "it ends");
    assert!(!test.transport.is_playing());
}

#[test]
fn a_lost_device_is_said_and_the_playing_goes_on_where_it_was_when_one_returns() {
    let mut test = Test::playing(TUNE);
    test.run(3 * BAR);
    test.recorder.unplug();
    test.until("it is said", |t| matches!(t.transport.device(), DeviceState::Lost(AudioError::Lost(_))));
    assert!(test.transport.is_playing() && !test.recorder.is_open());
    // It stands still meanwhile, and hears what it is told.
    let stood = test.transport.heard(Instant::now()).unwrap().at;
    let later = Instant::now() + Duration::from_secs(2);
    assert_eq!(test.transport.heard(later).unwrap().at, stood);
    test.transport.seek(10.0);
    test.recorder.plug_in(11_025);
    test.until("it is back", |t| t.recorder.is_open());
    test.recorder.run(11_025, 256, |fill| fill());
    let now = test.recorder.heard(11_025);
    let at = test.transport.heard(now).unwrap().at;
    assert!((at - 11.0).abs() < 0.02, "it plays on at its new rate: {at}");
    assert_eq!(test.recorder.openings(), 2);
}

#[test]
fn without_a_device_nothing_plays_and_that_is_said() {
    let mut test = Test::new();
    test.recorder.unplug();
    test.transport.load(program(TUNE));
    test.transport.play();
    test.until("it is said", |t| *t.transport.device() == DeviceState::Failed(AudioError::NoDevice));
    assert!(!test.transport.is_playing());
    // Nothing is lost: with a device it plays.
    test.recorder.plug_in(RATE);
    test.play();
    test.run(1_000);
    assert!(test.transport.is_playing());
    test.transport.choose_device(Some("nowhere".to_owned()));
    let unknown = DeviceState::Failed(AudioError::Unknown("nowhere".to_owned()));
    test.until("it is said", |t| *t.transport.device() == unknown);
    assert!(!test.transport.is_playing() && !test.recorder.is_open());
}

#[derive(Debug, Clone)]
enum Step {
    Play,
    Pause,
    Stop,
    Seek(f64),
    Loop(Option<(usize, usize)>),
    Tempo(f64),
    Instrument(usize, i8),
    Metronome(bool),
    Audition(u8),
    Load(bool),
    Exchange(bool),
    Run(usize),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        3 => Just(Step::Play),
        1 => Just(Step::Pause),
        1 => Just(Step::Stop),
        2 => (-1.0..20.0f64).prop_map(Step::Seek),
        1 => Just(Step::Seek(f64::NAN)),
        2 => proptest::option::of((0..10usize, 0..10usize)).prop_map(Step::Loop),
        2 => (-1.0..5.0f64).prop_map(Step::Tempo),
        2 => (0..16usize, any::<i8>()).prop_map(|(i, t)| Step::Instrument(i, t)),
        1 => any::<bool>().prop_map(Step::Metronome),
        2 => any::<u8>().prop_map(Step::Audition),
        1 => any::<bool>().prop_map(Step::Load),
        2 => any::<bool>().prop_map(Step::Exchange),
        8 => (1..20_000usize).prop_map(Step::Run),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_done_nothing_allocates_and_after_a_stop_all_dies_away(
        steps in proptest::collection::vec(step(), 1..40),
    ) {
        let mut test = Test::playing(TUNE);
        for step in steps {
            let Test { transport, .. } = &mut test;
            let controls = transport.controls();
            let music = |other| program(if other { OTHER } else { "D4|" });
            match step {
                Step::Play => transport.play(),
                Step::Pause => transport.pause(),
                Step::Stop => transport.stop(),
                Step::Seek(at) => transport.seek(at),
                Step::Loop(bars) => transport.set_loop(bars.map(|(from, to)| from..to)),
                Step::Tempo(tempo) => transport.set_controls(Controls { tempo, ..controls }),
                Step::Instrument(place, transpose) => {
                    let melody = &Instrument::all()[place % Instrument::all().len()];
                    transport.set_controls(Controls { melody, transpose, ..controls });
                }
                Step::Metronome(metronome) => {
                    transport.set_controls(Controls { metronome, ..controls });
                }
                Step::Audition(pitch) => transport.audition(pitch),
                Step::Load(other) => transport.load(music(other)),
                Step::Exchange(other) => transport.exchange(music(other)),
                Step::Run(frames) => test.run(frames),
            }
            let now = test.recorder.heard(test.recorder.frames().len());
            let sounding = test.transport.heard(now).unwrap();
            prop_assert!((0.0..=sounding.program.length().seconds()).contains(&sounding.at));
        }
        test.transport.stop();
        // The longest that an instrument and the room sound on.
        test.run(13 * RATE as usize);
        let frames = test.recorder.frames();
        prop_assert!(frames.iter().flatten().all(|sample| sample.abs() <= 1.0));
        prop_assert!(frames[frames.len() - RATE as usize..].iter().flatten().all(|sample| *sample == 0.0));
        prop_assert_eq!(test.heard(frames.len()), 0.0);
    }
}
