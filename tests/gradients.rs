//! The hand-written gradients are right: they agree with candle's autograd and with finite
//! differences, in double precision.

use candle_core::Device;
use reelsmith::model::kernels::{Bf16Pair, Factor, Isa};
use reelsmith::model::{Cell, Parameters, Shape};
use reelsmith::train::autograd::AutogradEngine;
use reelsmith::train::corpus::Tune;
use reelsmith::train::dropout::Dropout;
use reelsmith::train::engine::CpuEngine;
use reelsmith::train::init::start_weights;

/// Numbers that look random, the same in every run.
struct Noise(u64);

impl Noise {
    fn next(&mut self) -> f64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / f64::from(1u32 << 30) - 1.0
    }
}

fn parameters(shape: Shape, scale: f64) -> Parameters<f64> {
    let mut noise = Noise(7);
    let values = (0..shape.parameters()).map(|_| noise.next() * scale).collect();
    Parameters::from_values(shape, values).expect("the right length")
}

fn tunes(shape: Shape, lengths: &[usize]) -> Vec<Tune> {
    let mut noise = Noise(11);
    let mut token =
        || ((noise.next() + 1.0) * 0.5 * shape.vocabulary as f64) as u32 % shape.vocabulary as u32;
    lengths.iter().map(|&n| Tune { tokens: (0..=n).map(|_| token()).collect(), body: n / 3 }).collect()
}

/// The greatest difference, relative to the greatest element of the tensor.
fn relative_error(a: &Parameters<f64>, b: &Parameters<f64>) -> f64 {
    let mut worst: f64 = 0.0;
    for spec in a.specs() {
        let (a, b) = (&a.values()[spec.range()], &b.values()[spec.range()]);
        let size = a.iter().fold(0.0f64, |m, v| m.max(v.abs()));
        let difference = a.iter().zip(b).fold(0.0f64, |m, (x, y)| m.max((x - y).abs()));
        worst = worst.max(difference / size.max(1e-30));
    }
    worst
}

fn agree_with_autograd(shape: Shape, lengths: &[usize], dropout: Dropout) {
    let (parameters, tunes) = (parameters(shape, 0.2), tunes(shape, lengths));
    let batch: Vec<&Tune> = tunes.iter().collect();
    let mut expected = Parameters::zeros(shape);
    let expected_tally = AutogradEngine::new(Device::Cpu)
        .gradients(&parameters, &batch, &dropout, &mut expected)
        .expect("candle runs");
    for isa in Isa::available() {
        let mut engine = CpuEngine::<f64>::new(isa, shape, 2).expect("threads");
        let mut gradient = Parameters::zeros(shape);
        let tally = engine.gradients(&parameters, &batch, &dropout, &mut gradient);
        let error = relative_error(&expected, &gradient);
        assert!(error < 1e-6, "{isa}, {shape}: relative error {error:e}");
        assert!((tally.whole.nats / expected_tally.whole.nats - 1.0).abs() < 1e-9);
        assert_eq!(
            (tally.whole.top1, tally.body.top5),
            (expected_tally.whole.top1, expected_tally.body.top5)
        );
    }
}

const ODD: Shape = Shape { cell: Cell::Lstm, vocabulary: 13, embedding: 5, layers: 3, hidden: 19 };

#[test]
fn ragged_tunes_on_a_shape_that_is_no_multiple_of_anything() {
    agree_with_autograd(ODD, &[7, 1, 12, 3, 12], Dropout::NONE);
}

#[test]
fn dropout_on_the_embedding_and_between_layers() {
    let dropout = Dropout { embedding: 0.3, between: 0.2, seed: 3, step: 5 };
    agree_with_autograd(ODD, &[9, 4, 11], dropout);
    agree_with_autograd(ODD, &[9, 4, 11], Dropout { embedding: 0.0, ..dropout });
    agree_with_autograd(ODD, &[9, 4, 11], Dropout { between: 0.0, ..dropout });
}

#[test]
fn the_reference_shape() {
    agree_with_autograd(Shape::REFERENCE, &[20, 13, 5], Dropout::NONE);
}

#[test]
fn five_hundred_steps() {
    let shape = Shape { cell: Cell::Lstm, vocabulary: 31, embedding: 12, layers: 2, hidden: 32 };
    agree_with_autograd(shape, &[500, 333], Dropout::NONE);
}

#[test]
fn fewer_tunes_than_threads() {
    agree_with_autograd(ODD, &[6], Dropout::NONE);
}

/// (f(x + ε) − f(x − ε)) / 2ε for elements of every tensor.
fn agree_with_differences(shape: Shape, lengths: &[usize], every: usize) {
    let (mut parameters, tunes) = (parameters(shape, 0.3), tunes(shape, lengths));
    let batch: Vec<&Tune> = tunes.iter().collect();
    let mut engine = CpuEngine::<f64>::new(Isa::detect(), shape, 1).expect("threads");
    let mut gradient = Parameters::zeros(shape);
    engine.gradients(&parameters, &batch, &Dropout::NONE, &mut gradient);
    let characters = batch.iter().map(|t| t.steps()).sum::<usize>() as f64;
    let epsilon = 1e-5;
    for spec in shape.tensors() {
        let size = gradient.values()[spec.range()].iter().fold(0.0f64, |m, v| m.max(v.abs()));
        for at in spec.range().step_by(every.min(spec.len)) {
            let kept = parameters.values()[at];
            let mut loss = |value: f64| {
                parameters.values_mut()[at] = value;
                engine.losses(&parameters, &tunes).whole.nats / characters
            };
            let difference = (loss(kept + epsilon) - loss(kept - epsilon)) / (2.0 * epsilon);
            loss(kept);
            let error = (difference - gradient.values()[at]).abs() / size;
            assert!(error < 1e-6, "{} at {}: relative error {error:e}", spec.name, at - spec.start);
        }
    }
}

#[test]
fn finite_differences_of_every_parameter() {
    let shape = Shape { cell: Cell::Lstm, vocabulary: 7, embedding: 3, layers: 2, hidden: 5 };
    agree_with_differences(shape, &[9, 4, 6], 1);
}

#[test]
fn finite_differences_over_many_steps() {
    let shape = Shape { cell: Cell::Lstm, vocabulary: 9, embedding: 6, layers: 2, hidden: 17 };
    agree_with_differences(shape, &[120, 75], 97);
}

/// The length of a − b, relative to the length of a.
fn relative_distance(a: &Parameters, b: &Parameters) -> f32 {
    let length = |values: &mut dyn Iterator<Item = f32>| values.map(|v| v * v).sum::<f32>().sqrt();
    length(&mut a.values().iter().zip(b.values()).map(|(a, b)| a - b))
        / length(&mut a.values().iter().copied())
}

fn gradient<F: Factor<Real = f32>>(isa: Isa, shape: Shape, tunes: &[Tune]) -> Parameters {
    let batch: Vec<&Tune> = tunes.iter().collect();
    let mut gradient = Parameters::zeros(shape);
    let mut engine = CpuEngine::<F>::new(isa, shape, 2).expect("threads");
    let dropout = Dropout { embedding: 0.2, between: 0.2, seed: 1, step: 2 };
    engine.gradients(&start_weights(shape, 3), &batch, &dropout, &mut gradient);
    gradient
}

#[test]
fn bf16_gradients_are_those_of_single_precision_but_for_the_rounding() {
    for shape in [ODD, Shape::REFERENCE] {
        let tunes = tunes(shape, &[31, 17, 40]);
        let exact = gradient::<f32>(Isa::portable(), shape, &tunes);
        let portable = gradient::<Bf16Pair>(Isa::portable(), shape, &tunes);
        let rounding = relative_distance(&exact, &portable);
        assert!(rounding > 1e-4 && rounding < 2e-2, "{shape}: {rounding}");
        for isa in Isa::available() {
            // Every instruction set makes the same rounding, up to the order of additions.
            let distance = relative_distance(&portable, &gradient::<Bf16Pair>(isa, shape, &tunes));
            assert!(distance < 2e-3, "{isa}, {shape}: {distance}");
        }
    }
}
