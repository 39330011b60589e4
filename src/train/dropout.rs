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
        let mut random = self.random(number);
        let sites = self.sites(shape);
        sites
            .map(|(share, width)| {
                let mut mask = vec![R::from_f32(0.0); if share > 0.0 { steps * width } else { 0 }];
                mask.chunks_exact_mut(width).for_each(|row| draw(&mut random, share, row));
                mask
            })
            .collect()
    }

    /// The random numbers of a tune's masks: site by site in the order of [`Dropout::sites`], step by step.
    pub(super) fn random(&self, number: usize) -> ChaCha8Rng {
        let mut random = ChaCha8Rng::seed_from_u64(self.seed);
        // 2²⁰ tunes a batch are more than any machine holds.
        random.set_stream((self.step << 20) | number as u64);
        random
    }

    /// Where something may be dropped: the share and how wide a step is, the embedding first.
    pub(super) fn sites(&self, shape: Shape) -> impl Iterator<Item = (f32, usize)> {
        let between = (self.between, shape.hidden);
        std::iter::once((self.embedding, shape.embedding)).chain((1..shape.layers).map(move |_| between))
    }
}

/// Elements that are drawn at a time: half of what the generator makes in one go.
const DRAWN: usize = 64;

/// One step's mask. A share is kept to the 65,536th.
pub(super) fn draw<R: Real>(random: &mut ChaCha8Rng, share: f32, mask: &mut [R]) {
    let below = (share * 65_536.0) as u32;
    let (dropped, kept) = (R::from_f32(0.0), R::from_f32(1.0) / (R::from_f32(1.0) - R::from_f32(share)));
    for part in mask.chunks_mut(DRAWN) {
        let mut bytes = [0; 2 * DRAWN];
        random.fill_bytes(&mut bytes);
        for (entry, &number) in part.iter_mut().zip(bytes.as_chunks().0) {
            *entry = if u32::from(u16::from_le_bytes(number)) < below { dropped } else { kept };
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Cell;

    #[test]
    fn a_share_is_dropped_and_the_rest_makes_up_for_it() {
        let shape = Shape { cell: Cell::Lstm, vocabulary: 9, embedding: 100, layers: 3, hidden: 70 };
        let dropout = Dropout { embedding: 0.3, between: 0.12, seed: 4, step: 7 };
        let masks = dropout.masks::<f32>(shape, 500, 2);
        for (mask, share) in masks.iter().zip([0.3, 0.12, 0.12]) {
            let dropped = mask.iter().filter(|&&entry| entry == 0.0).count() as f32 / mask.len() as f32;
            assert!((dropped - share).abs() < 0.01, "{dropped} for {share}");
            let mean = mask.iter().sum::<f32>() / mask.len() as f32;
            assert!((mean - 1.0).abs() < 0.01, "what is kept comes to {mean}");
        }
        assert_eq!(masks, dropout.masks::<f32>(shape, 500, 2), "always the same");
        assert_ne!(masks[1], masks[2]);
        assert_ne!(masks, dropout.masks::<f32>(shape, 500, 3), "each tune has its own");
        assert_ne!(
            masks,
            Dropout { step: 8, ..dropout }.masks::<f32>(shape, 500, 2),
            "each step has its own"
        );
        assert!(Dropout::NONE.masks::<f32>(shape, 500, 2).iter().all(Vec::is_empty));
    }
}
