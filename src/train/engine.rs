//! What computes gradients: our kernels on the CPU, candle's autograd elsewhere.

use rayon::prelude::*;

use super::bptt::Shard;
use super::corpus::Tune;
use super::dropout::Dropout;
use super::metrics::Tally;
use super::packed::PackedWeights;
use super::ragged::Ragged;
use crate::model::kernels::{Factor, Isa, Real};
use crate::model::{Parameters, Shape};

/// An error of the device that computes gradients.
#[derive(Debug, thiserror::Error)]
#[error("the gradients cannot be computed: {0}")]
pub struct EngineError(#[from] pub candle_core::Error);

/// Gradients and losses of a network whose parameters lie in main memory.
pub trait Engine {
    /// The gradient of the batch's mean loss a character, into `gradient`, and what was counted.
    ///
    /// # Errors
    /// If the device fails.
    fn learn(
        &mut self,
        parameters: &Parameters,
        batch: &[&Tune],
        dropout: &Dropout,
        gradient: &mut Parameters,
    ) -> Result<Tally, EngineError>;

    /// Loss and hits of some tunes, without dropout.
    ///
    /// # Errors
    /// If the device fails.
    fn evaluate(&mut self, parameters: &Parameters, tunes: &[Tune]) -> Result<Tally, EngineError>;
}

/// The whole-sequence LSTM on the CPU, a batch split over threads.
///
/// Results are the same from run to run for the same number of threads; another number adds up the
/// same gradients in another order.
#[derive(Debug)]
pub struct CpuEngine<F: Factor = f32> {
    isa: Isa,
    pool: rayon::ThreadPool,
    weights: PackedWeights<F>,
    shards: Vec<Shard<F>>,
}

/// Rows of one evaluation batch, about: enough to keep the kernels busy.
const EVALUATION_TUNES: usize = 24;

impl<F: Factor> CpuEngine<F> {
    /// An engine for LSTM networks of a shape on some threads (at least one).
    ///
    /// # Errors
    /// If the threads cannot be started.
    pub fn new(isa: Isa, shape: Shape, threads: usize) -> Result<Self, rayon::ThreadPoolBuildError> {
        let threads = threads.max(1);
        Ok(Self {
            isa,
            pool: rayon::ThreadPoolBuilder::new().num_threads(threads).build()?,
            weights: PackedWeights::new(isa, shape),
            shards: (0..threads).map(|_| Shard::new(isa, shape)).collect(),
        })
    }

    /// The gradient of the batch's mean loss; see [`Engine::learn`].
    pub fn gradients(
        &mut self,
        parameters: &Parameters<F::Real>,
        batch: &[&Tune],
        dropout: &Dropout,
        gradient: &mut Parameters<F::Real>,
    ) -> Tally {
        let characters: usize = batch.iter().map(|t| t.steps()).sum();
        let scale = F::Real::from_f32(1.0) / F::Real::from_f32(characters as f32);
        let parts = split(batch, self.shards.len());
        let Self { isa, pool, weights, shards } = self;
        let tallies: Vec<Tally> = pool.install(|| {
            weights.pack(*isa, parameters);
            shards
                .par_iter_mut()
                .zip(&parts)
                .map(|(shard, layout)| shard.learn(weights, parameters, layout, dropout, scale))
                .collect()
        });
        gradient.values_mut().fill(F::Real::from_f32(0.0));
        for shard in shards {
            for (total, &part) in gradient.values_mut().iter_mut().zip(shard.gradient.values()) {
                *total += part;
            }
        }
        total(tallies)
    }

    /// Loss and hits; see [`Engine::evaluate`].
    pub fn losses(&mut self, parameters: &Parameters<F::Real>, tunes: &[Tune]) -> Tally {
        let mut by_length: Vec<&Tune> = tunes.iter().collect();
        by_length.sort_by_key(|t| t.steps());
        let batches: Vec<Ragged> = by_length
            .chunks(EVALUATION_TUNES)
            .map(|tunes| Ragged::new(tunes, &(0..tunes.len()).collect::<Vec<_>>()))
            .collect();
        let Self { isa, pool, weights, shards } = self;
        let threads = shards.len();
        let tallies: Vec<Tally> = pool.install(|| {
            weights.pack(*isa, parameters);
            shards
                .par_iter_mut()
                .enumerate()
                .map(|(i, shard)| {
                    let own = batches.iter().skip(i).step_by(threads);
                    total(own.map(|batch| shard.evaluate(weights, parameters, batch)).collect())
                })
                .collect()
        });
        total(tallies)
    }
}

fn total(tallies: Vec<Tally>) -> Tally {
    tallies.into_iter().fold(Tally::default(), |mut sum, part| {
        sum += part;
        sum
    })
}

/// Deals tunes out to threads, longest first and to and fro, so that all have about as much to do.
fn split(batch: &[&Tune], threads: usize) -> Vec<Ragged> {
    let mut by_length: Vec<usize> = (0..batch.len()).collect();
    by_length.sort_by_key(|&i| std::cmp::Reverse(batch[i].steps()));
    let mut parts = vec![Vec::new(); threads];
    for (place, &number) in by_length.iter().enumerate() {
        let (round, turn) = (place / threads, place % threads);
        parts[if round % 2 == 0 { turn } else { threads - 1 - turn }].push(number);
    }
    parts
        .into_iter()
        .map(|numbers| {
            let tunes: Vec<&Tune> = numbers.iter().map(|&n| batch[n]).collect();
            Ragged::new(&tunes, &numbers)
        })
        .collect()
}

impl<F: Factor<Real = f32>> Engine for CpuEngine<F> {
    fn learn(
        &mut self,
        parameters: &Parameters,
        batch: &[&Tune],
        dropout: &Dropout,
        gradient: &mut Parameters,
    ) -> Result<Tally, EngineError> {
        Ok(self.gradients(parameters, batch, dropout, gradient))
    }

    fn evaluate(&mut self, parameters: &Parameters, tunes: &[Tune]) -> Result<Tally, EngineError> {
        Ok(self.losses(parameters, tunes))
    }
}
