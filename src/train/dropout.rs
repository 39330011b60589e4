//! Dropout masks that depend on the seed, the step and the tune, and on nothing else.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use crate::model::Shape;
use crate::model::kernels::Real;

/// Where and how much to drop in one training step.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Dropout {
    /// Share of the embedding's elements set to 0; the others are scaled up.
    pub embedding: f32,
    /// The same for what one layer hands to the next.
    pub between: f32,
    /// The training's random seed.
    pub seed: u64,
    /// The training step: each has masks of its own.
    pub step: u64,
}

impl Dropout {
    /// Nothing is dropped: for evaluation.
    pub const NONE: Self = Self { embedding: 0.0, between: 0.0, seed: 0, step: 0 };

    /// The masks of one tune: for the embedding `[steps, embedding]`, and for each pair of layers
    /// `[steps, hidden]`; an entry is 0 or 1 / (1 − share). A site that drops nothing has an empty
    /// mask. `number` is the tune's place in the batch.
    pub(super) fn masks<R: Real>(&self, shape: Shape, steps: usize, number: usize) -> Vec<Vec<R>> {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        // 2²⁰ tunes a batch are more than any machine holds.
        random.set_stream((self.step << 20) | number as u64);
        let mut masks = vec![mask(&mut random, self.embedding, steps * shape.embedding)];
        for _ in 1..shape.layers {
            masks.push(mask(&mut random, self.between, steps * shape.hidden));
        }
        masks
    }
}

fn mask<R: Real>(random: &mut ChaCha8Rng, share: f32, len: usize) -> Vec<R> {
    if share == 0.0 {
        return Vec::new();
    }
    let below = (f64::from(share) * 2f64.powi(32)) as u32;
    let kept = R::from_f32(1.0) / (R::from_f32(1.0) - R::from_f32(share));
    (0..len).map(|_| if random.next_u32() < below { R::from_f32(0.0) } else { kept }).collect()
}
