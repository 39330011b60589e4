//! Training speed in characters a second: the whole-sequence LSTM beside candle's LSTM with autograd,
//! on the same batch of random tokens. One JSON object a line; `benches/peers.py` adds PyTorch.
//!
//! `cargo bench --bench training -- [--batch N] [--sequence N] [--threads N] [--runs N] [--only own|candle]`

#![allow(clippy::expect_used, reason = "a bench that cannot run says why by its panic")]

use std::time::Instant;

use candle_core::{DType, Device, Tensor, Var};
use candle_nn::rnn::LSTMConfig;
use candle_nn::{Embedding, Linear, Module, Optimizer, RNN, VarBuilder, VarMap};
use reelsmith::model::kernels::{Bf16Pair, Factor, Isa};
use reelsmith::model::{Parameters, Shape};
use reelsmith::train::corpus::Tune;
use reelsmith::train::dropout::Dropout;
use reelsmith::train::engine::CpuEngine;
use reelsmith::train::init::start_weights;

struct Options {
    batch: usize,
    sequence: usize,
    threads: usize,
    runs: usize,
    only: Option<String>,
}

fn main() {
    let mut options = Options { batch: 64, sequence: 256, threads: 2, runs: 5, only: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(flag) = arguments.next() {
        let number =
            |text: Option<String>| text.and_then(|t| t.parse().ok()).expect("a number after the flag");
        match flag.as_str() {
            "--batch" => options.batch = number(arguments.next()),
            "--sequence" => options.sequence = number(arguments.next()),
            "--threads" => options.threads = number(arguments.next()),
            "--runs" => options.runs = number(arguments.next()),
            "--only" => options.only = arguments.next(),
            // What `cargo bench` itself hands over.
            "--bench" => {}
            other => panic!("{other} is no flag of this bench"),
        }
    }
    let tunes = random_tunes(&options);
    let isa = Isa::detect();
    type Measure = fn(&Options, &[Tune]) -> Vec<f64>;
    let mut contenders: Vec<(&str, Measure)> = vec![("own f32", own::<f32>), ("candle f32", candle)];
    if isa.has_bf16() {
        contenders.push(("own bf16", own::<Bf16Pair>));
    }
    for (name, measure) in contenders {
        if options.only.as_deref().is_none_or(|only| name.starts_with(only)) {
            let mut seconds = measure(&options, &tunes);
            seconds.sort_by(f64::total_cmp);
            let characters = (options.batch * options.sequence) as f64;
            let speed = characters / seconds[seconds.len() / 2];
            println!(
                "{{\"what\":\"training\",\"by\":\"{name}\",\"unit\":\"characters\",\"speed\":{speed:.0}}}"
            );
        }
    }
}

fn random_tunes(options: &Options) -> Vec<Tune> {
    let mut x: u32 = 1;
    (0..options.batch)
        .map(|_| {
            let tokens = (0..=options.sequence).map(|_| {
                x = x.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (x >> 8) % 99
            });
            Tune { tokens: tokens.collect(), body: 0 }
        })
        .collect()
}

/// Seconds of each run: gradients, clipping's norm and a step, as a training does it.
fn own<F: Factor<Real = f32>>(options: &Options, tunes: &[Tune]) -> Vec<f64> {
    let batch: Vec<&Tune> = tunes.iter().collect();
    let mut engine = CpuEngine::<F>::new(Isa::detect(), Shape::REFERENCE, options.threads).expect("threads");
    let mut parameters = start_weights(Shape::REFERENCE, 0);
    let mut gradient = Parameters::zeros(Shape::REFERENCE);
    let dropout = Dropout { embedding: 0.3, between: 0.3, seed: 0, step: 0 };
    let mut run = || {
        let started = Instant::now();
        engine.gradients(&parameters, &batch, &dropout, &mut gradient);
        for (weight, g) in parameters.values_mut().iter_mut().zip(gradient.values()) {
            *weight -= 1e-3 * g;
        }
        started.elapsed().as_secs_f64()
    };
    run();
    (0..options.runs).map(|_| run()).collect()
}

/// The same with candle_nn's LSTM as its documentation shows it: `seq`, then `backward`.
fn candle(options: &Options, tunes: &[Tune]) -> Vec<f64> {
    rayon::ThreadPoolBuilder::new().num_threads(options.threads).build_global().expect("the first pool");
    let device = Device::Cpu;
    let variables = VarMap::new();
    let builder = VarBuilder::from_varmap(&variables, DType::F32, &device);
    let embedding: Embedding = candle_nn::embedding(99, 128, builder.pp("embedding")).expect("made");
    let first = candle_nn::lstm(128, 256, LSTMConfig::default(), builder.pp("first")).expect("made");
    let second = candle_nn::lstm(256, 256, LSTMConfig::default(), builder.pp("second")).expect("made");
    let fc: Linear = candle_nn::linear(256, 99, builder.pp("fc")).expect("made");
    let all: Vec<Var> = variables.all_vars();
    let mut optimiser = candle_nn::SGD::new(all, 1e-3).expect("made");
    let dropout = candle_nn::Dropout::new(0.3);
    let flat = |from: usize| -> Vec<u32> {
        tunes.iter().flat_map(|t| t.tokens[from..from + options.sequence].to_vec()).collect()
    };
    let shape = (options.batch, options.sequence);
    let inputs = Tensor::from_vec(flat(0), shape, &device).expect("made");
    let targets = Tensor::from_vec(flat(1), options.batch * options.sequence, &device).expect("made");
    let mut run = || -> candle_core::Result<f64> {
        let started = Instant::now();
        let x = dropout.forward(&embedding.forward(&inputs)?, true)?;
        let states = first.seq(&x)?;
        let x = dropout.forward(&first.states_to_tensor(&states)?, true)?;
        let states = second.seq(&x)?;
        let x = second.states_to_tensor(&states)?;
        let logits = fc.forward(&x.flatten(0, 1)?)?;
        let loss = candle_nn::loss::cross_entropy(&logits, &targets)?;
        optimiser.backward_step(&loss)?;
        Ok(started.elapsed().as_secs_f64())
    };
    (0..options.runs.min(3)).map(|_| run().expect("candle runs")).collect()
}
