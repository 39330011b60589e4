//! The weights a training starts from.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use crate::model::{Parameters, Shape};

/// PyTorch's defaults: the embedding normal with deviation 1, the recurrent layers uniform within
/// ±1/√hidden, and so the linear layer.
pub fn start_weights(shape: Shape, seed: u64) -> Parameters {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    random.set_stream(1 << 62);
    let mut parameters = Parameters::zeros(shape);
    let bound = 1.0 / (shape.hidden as f64).sqrt();
    let embedding = shape.vocabulary * shape.embedding;
    for (i, value) in parameters.values_mut().iter_mut().enumerate() {
        *value = if i < embedding { normal(&mut random) } else { bound * (2.0 * uniform(&mut random) - 1.0) }
            as f32;
    }
    parameters
}

/// From 0 to under 1.
fn uniform(random: &mut ChaCha8Rng) -> f64 {
    (random.next_u64() >> 11) as f64 / (1u64 << 53) as f64
}

/// Standard normal, by Box and Muller.
fn normal(random: &mut ChaCha8Rng) -> f64 {
    let (a, b) = (1.0 - uniform(random), uniform(random));
    (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn start_weights_have_the_right_spread() {
        let parameters = start_weights(Shape::REFERENCE, 1);
        let deviation = |values: &[f32]| {
            (values.iter().map(|&v| f64::from(v) * f64::from(v)).sum::<f64>() / values.len() as f64).sqrt()
        };
        assert!((deviation(parameters.tensor("embedding.weight")) - 1.0).abs() < 0.02);
        let uniform = deviation(parameters.tensor("rnn.weight_hh_l1"));
        assert!((uniform - 1.0 / 16.0 / 3f64.sqrt()).abs() < 1e-4, "{uniform}");
        assert!(parameters.tensor("fc.weight").iter().all(|w| w.abs() <= 1.0 / 16.0));
        assert_ne!(parameters, start_weights(Shape::REFERENCE, 2));
    }
}
