//! Adam, with clipped gradients and decoupled weight decay.

use super::settings::Settings;
use crate::model::{Parameters, Shape};

/// Adam's memory: Kingma and Ba, "Adam", 2015, with their β₁ = 0.9, β₂ = 0.999, ε = 1e-8 (PyTorch's
/// defaults too); the decay is Loshchilov and Hutter's, "Decoupled weight decay", 2019.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Adam {
    /// Mean gradient.
    pub first: Parameters,
    /// Mean squared gradient.
    pub second: Parameters,
    /// Steps taken.
    pub steps: u64,
}

const BETA1: f64 = 0.9;
const BETA2: f64 = 0.999;
const EPSILON: f32 = 1e-8;

impl Adam {
    pub fn new(shape: Shape) -> Self {
        Self { first: Parameters::zeros(shape), second: Parameters::zeros(shape), steps: 0 }
    }

    /// One step of size `rate`.
    pub fn step(
        &mut self,
        parameters: &mut Parameters,
        gradient: &Parameters,
        rate: f64,
        settings: &Settings,
    ) {
        self.steps += 1;
        let count = i32::try_from(self.steps).unwrap_or(i32::MAX);
        let correction1 = 1.0 - BETA1.powi(count);
        let correction2 = (1.0 - BETA2.powi(count)).sqrt();
        let step = (rate / correction1) as f32;
        let scale = (1.0 / correction2) as f32;
        let keep = (1.0 - rate * settings.weight_decay) as f32;
        let (b1, b2) = (BETA1 as f32, BETA2 as f32);
        let moments = self.first.values_mut().iter_mut().zip(self.second.values_mut());
        let weights = parameters.values_mut().iter_mut().zip(gradient.values());
        for ((weight, &g), (m, v)) in weights.zip(moments) {
            *m = b1 * *m + (1.0 - b1) * g;
            *v = b2 * *v + (1.0 - b2) * g * g;
            *weight = *weight * keep - step * *m / (v.sqrt() * scale + EPSILON);
        }
    }
}

/// Scales a gradient down to a norm of at most `most`; gives the norm it had.
pub(super) fn clip(gradient: &mut Parameters, most: f64) -> f64 {
    let norm = gradient.values().iter().map(|&g| f64::from(g) * f64::from(g)).sum::<f64>().sqrt();
    if norm > most {
        let scale = (most / norm) as f32;
        gradient.values_mut().iter_mut().for_each(|g| *g *= scale);
    }
    norm
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Cell;

    const SMALL: Shape = Shape { cell: Cell::Lstm, vocabulary: 4, embedding: 1, layers: 1, hidden: 1 };

    #[test]
    fn a_clipped_gradient_keeps_its_direction() {
        let mut gradient = Parameters::zeros(SMALL);
        gradient.values_mut()[0] = 3.0;
        gradient.values_mut()[1] = -4.0;
        assert_eq!(clip(&mut gradient, 10.0), 5.0);
        assert_eq!(clip(&mut gradient, 1.0), 5.0);
        assert!((gradient.values()[0] - 0.6).abs() < 1e-6 && (gradient.values()[1] + 0.8).abs() < 1e-6);
    }

    #[test]
    fn the_first_step_is_as_long_as_the_rate_whatever_the_gradient() {
        let settings = Settings::default();
        for size in [1e-4, 1.0, 1e4] {
            let (mut weights, mut gradient) = (Parameters::zeros(SMALL), Parameters::zeros(SMALL));
            gradient.values_mut()[2] = size;
            Adam::new(SMALL).step(&mut weights, &gradient, 0.01, &settings);
            assert!((weights.values()[2] + 0.01).abs() < 1e-4, "{size}: {}", weights.values()[2]);
            assert_eq!(weights.values()[3], 0.0);
        }
    }

    #[test]
    fn it_finds_the_lowest_point_of_a_bowl() {
        let (mut weights, mut adam) = (Parameters::zeros(SMALL), Adam::new(SMALL));
        let settings = Settings::default();
        for step in 0..2000 {
            let mut gradient = Parameters::zeros(SMALL);
            for (i, g) in gradient.values_mut().iter_mut().enumerate() {
                *g = 2.0 * (weights.values()[i] - i as f32 * 0.1);
            }
            adam.step(&mut weights, &gradient, 0.05 * (1.0 - step as f64 / 2000.0), &settings);
        }
        for (i, w) in weights.values().iter().enumerate() {
            assert!((w - i as f32 * 0.1).abs() < 1e-3, "{i}: {w}");
        }
    }
}
