//! How fast tunes are written: the fused step in each format beside candle's LSTM, the memory-bandwidth
//! floor of each format, and many tunes on two threads. One JSON object a line, one pass over all of them a
//! run: `benches/peers.py table` runs this nine times in turn with PyTorch and ONNX Runtime, and takes the
//! medians.
//!
//! `cargo bench --bench generation -- [--seconds S] [--threads N] [--only candle]`

#![allow(clippy::expect_used, reason = "a bench that cannot run says why by its panic")]

use std::hint::black_box;
use std::num::NonZeroUsize;
use std::time::Instant;

use reelsmith::compose::{Request, compose_many, thread_pool};
use reelsmith::model::kernels::{Format, Isa, Stepper, read_all};
use reelsmith::model::{Checkpoint, DeviceName, Network, Token, open_device};
use reelsmith::settings::open_checkpoint;

struct Options {
    seconds: f64,
    threads: NonZeroUsize,
    only: Option<String>,
}

fn main() {
    let mut options = Options { seconds: 0.4, threads: NonZeroUsize::new(2).expect("two"), only: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(flag) = arguments.next() {
        match flag.as_str() {
            "--seconds" => options.seconds = number(arguments.next()),
            "--threads" => options.threads = number(arguments.next()),
            "--only" => options.only = arguments.next(),
            // What `cargo bench` itself hands over.
            "--bench" => {}
            other => panic!("{other} is no flag of this bench"),
        }
    }
    let checkpoint = open_checkpoint(None).expect("the checkpoint inside the program").0;
    let tokens = text(&checkpoint);
    // The best this CPU has, what a CPU without AVX-512 would run, and what any CPU runs.
    let mut sets = Isa::available();
    sets.dedup_by_key(|isa| isa.to_string());
    candle(&checkpoint, &tokens, &options);
    if options.only.as_deref() == Some("candle") {
        return;
    }
    for isa in sets {
        for format in Format::ALL {
            one_tune(&checkpoint, isa, format, &tokens, &options);
        }
    }
    for format in Format::ALL {
        many_tunes(&checkpoint, format, &options);
    }
}

fn number<T: std::str::FromStr>(text: Option<String>) -> T {
    text.and_then(|text| text.parse().ok()).expect("a number after the flag")
}

/// What is read: a tune's own characters, so that the rows of the table that are used are the usual ones.
fn text(checkpoint: &Checkpoint) -> Vec<Token> {
    let text =
        "X:1\nL:1/8\nM:4/4\nK:D\n|: FA | d2 fd Aceg | fdec dBAF | G2 BG FAdA | BGED EFGE | D2 FD A,DFA |\n";
    checkpoint.vocabulary.encode(&text.repeat(3)).expect("in the vocabulary")
}

/// Repeats `work` for about so many seconds after a first time that is not counted; units a second.
fn speed(units: f64, seconds: f64, mut work: impl FnMut()) -> f64 {
    work();
    let started = Instant::now();
    let mut rounds = 0.0;
    while started.elapsed().as_secs_f64() < seconds {
        work();
        rounds += 1.0;
    }
    rounds * units / started.elapsed().as_secs_f64()
}

fn report(what: &str, by: &str, unit: &str, speed: f64) {
    println!("{{\"what\":\"{what}\",\"by\":\"{by}\",\"unit\":\"{unit}\",\"speed\":{speed:.0}}}");
}

/// One tune by candle's LSTM, a step at a time, as its documentation shows it.
fn candle(checkpoint: &Checkpoint, tokens: &[Token], options: &Options) {
    let device = open_device(DeviceName::Cpu).expect("a CPU");
    let network = Network::on_candle(checkpoint, device).expect("weights on the CPU");
    let mut state = network.start().expect("a state");
    let speed = speed(tokens.len() as f64, options.seconds, || {
        for &token in tokens {
            black_box(network.step(&mut state, token).expect("runs"));
        }
    });
    report("one tune", "candle f32", "characters", speed);
}

/// One tune by the fused step, and as many bytes as a step reads, read as fast as they can be.
fn one_tune(checkpoint: &Checkpoint, isa: Isa, format: Format, tokens: &[Token], options: &Options) {
    let stepper = Stepper::new(isa, format, &checkpoint.parameters).expect("an LSTM");
    let mut state = stepper.start();
    let values = vec![1.0f32; stepper.bytes() / size_of::<f32>() + 16];
    let values = &values[values.as_ptr().align_offset(64).min(16)..];
    let step = speed(tokens.len() as f64, options.seconds, || {
        for &token in tokens {
            stepper.step(&mut state, token);
            black_box(state.logits());
        }
    });
    let floor = speed(1.0, options.seconds / 2.0, || {
        black_box(read_all(isa, black_box(values)));
    });
    report("one tune", &format!("own {format}, {isa}"), "characters", step);
    report("floor", &format!("own {format}, {isa}"), "characters", floor);
}

/// Whole tunes, drawing included, on some threads.
fn many_tunes(checkpoint: &Checkpoint, format: Format, options: &Options) {
    let device = open_device(DeviceName::Cpu).expect("a CPU");
    let network = Network::new(checkpoint, device, Some(format)).expect("weights on the CPU");
    let pool = thread_pool(Some(options.threads)).expect("threads");
    let (mut characters, mut seed) = (0, 0);
    let started = Instant::now();
    while started.elapsed().as_secs_f64() < 2.0 * options.seconds {
        seed += 1;
        let request = Request { seed, ..Request::default() };
        let tunes = compose_many(&network, &request, 64, "now", &pool);
        characters += tunes.iter().flatten().map(|tune| tune.text.len()).sum::<usize>();
    }
    let speed = characters as f64 / started.elapsed().as_secs_f64();
    report("many tunes", &format!("own {format}, {} threads", options.threads), "characters", speed);
}
