//! Gradients by candle's autograd: any device, LSTM and GRU.
//!
//! The plain twin of the kernels, and the way for graphics cards. Steps are computed one by one
//! from tensors of their own: cutting steps out of one large tensor would make the way back
//! quadratic in the length.

use std::collections::HashMap;

use candle_core::{DType, Device, Tensor, Var, WithDType};
use candle_nn::Module;

use super::corpus::Tune;
use super::dropout::Dropout;
use super::engine::{Engine, EngineError};
use super::metrics::Tally;
use crate::model::kernels::Real;
use crate::model::network::{Modules, tensors_on};
use crate::model::{Parameters, Shape};

/// A batch's gradient engine on a candle device.
#[derive(Debug)]
pub struct AutogradEngine {
    device: Device,
}

/// Tunes of one evaluation batch.
const EVALUATION_TUNES: usize = 64;

impl AutogradEngine {
    /// An engine on an opened device.
    pub fn new(device: Device) -> Self {
        Self { device }
    }

    /// The gradient of the batch's mean loss a character, and what was counted.
    ///
    /// # Errors
    /// If the device fails.
    pub fn gradients<R: Real + WithDType>(
        &self,
        parameters: &Parameters<R>,
        batch: &[&Tune],
        dropout: &Dropout,
        gradient: &mut Parameters<R>,
    ) -> Result<Tally, EngineError> {
        let tensors = tensors_on(parameters, &self.device)?;
        let variables: HashMap<String, Var> = tensors
            .into_iter()
            .map(|(name, tensor)| Ok((name, Var::from_tensor(&tensor)?)))
            .collect::<candle_core::Result<_>>()?;
        let tensors = variables.iter().map(|(name, v)| (name.clone(), v.as_tensor().clone())).collect();
        let pass = Pass::run::<R>(&self.device, parameters.shape(), &tensors, batch, dropout)?;
        let characters = batch.iter().map(|t| t.steps()).sum::<usize>() as f64;
        let gradients = (pass.losses.sum_all()? / characters)?.backward()?;
        let specs = gradient.specs().to_vec();
        for spec in specs {
            let variable = &variables[&spec.name];
            let target = &mut gradient.values_mut()[spec.range()];
            match gradients.get(variable.as_tensor()) {
                Some(tensor) => target.copy_from_slice(&tensor.flatten_all()?.to_vec1::<R>()?),
                None => target.fill(R::from_f32(0.0)),
            }
        }
        Ok(pass.tally(batch)?)
    }
}

impl Engine for AutogradEngine {
    fn learn(
        &mut self,
        parameters: &Parameters,
        batch: &[&Tune],
        dropout: &Dropout,
        gradient: &mut Parameters,
    ) -> Result<Tally, EngineError> {
        self.gradients(parameters, batch, dropout, gradient)
    }

    fn evaluate(&mut self, parameters: &Parameters, tunes: &[Tune]) -> Result<Tally, EngineError> {
        let tensors = tensors_on(parameters, &self.device)?;
        let mut by_length: Vec<&Tune> = tunes.iter().collect();
        by_length.sort_by_key(|t| t.steps());
        let mut total = Tally::default();
        for batch in by_length.chunks(EVALUATION_TUNES) {
            let pass = Pass::run::<f32>(&self.device, parameters.shape(), &tensors, batch, &Dropout::NONE)?;
            total += pass.tally(batch)?;
        }
        Ok(total)
    }
}

/// What a pass over a batch left behind, step by step and within a step tune by tune.
struct Pass {
    /// `[steps × tunes]`: the loss, 0 where a tune has ended.
    losses: Tensor,
    /// `[steps × tunes]`: how many tokens were rated above the target.
    above: Tensor,
}

impl Pass {
    fn run<R: Real + WithDType>(
        device: &Device,
        shape: Shape,
        tensors: &HashMap<String, Tensor>,
        batch: &[&Tune],
        dropout: &Dropout,
    ) -> candle_core::Result<Self> {
        let modules = Modules::new(shape, tensors, R::DTYPE, device)?;
        let steps = batch.iter().map(|t| t.steps()).max().unwrap_or(0);
        let masks: Vec<Vec<Vec<R>>> =
            batch.iter().enumerate().map(|(n, t)| dropout.masks(shape, t.steps(), n)).collect();
        let mut states = modules
            .layers
            .iter()
            .map(|l| l.zero_state(batch.len()))
            .collect::<candle_core::Result<Vec<_>>>()?;
        let mut outputs = Vec::with_capacity(steps);
        for step in 0..steps {
            // A tune that has ended goes on reading token 0; its losses are masked out below.
            let inputs: Vec<u32> =
                batch.iter().map(|t| if step < t.steps() { t.tokens[step] } else { 0 }).collect();
            let mut x = modules.embedding.forward(&Tensor::new(inputs, device)?)?;
            for (l, layer) in modules.layers.iter().enumerate() {
                let width = shape.input_width(l);
                if let Some(mask) = mask_of_step(&masks, l, step, width, device)? {
                    x = (x * mask)?;
                }
                states[l] = layer.step(&x, &states[l])?;
                x = states[l].output().clone();
            }
            outputs.push(x);
        }
        let logits = modules.fc.forward(&Tensor::cat(&outputs, 0)?)?;
        let targets: Vec<u32> = each_target(batch, steps, |t, step| t.tokens[step + 1]);
        let targets = Tensor::new(targets, device)?.unsqueeze(1)?;
        let real: Vec<f32> = each_target(batch, steps, |_, _| 1.0);
        let real = Tensor::new(real, device)?.to_dtype(R::DTYPE)?;
        let wanted = logits.gather(&targets, 1)?;
        let above = logits.detach().broadcast_gt(&wanted.detach())?.to_dtype(DType::F32)?.sum(1)?;
        let log_shares = candle_nn::ops::log_softmax(&logits, 1)?;
        let losses = (log_shares.gather(&targets, 1)?.squeeze(1)?.neg()? * real)?;
        Ok(Self { losses, above })
    }

    fn tally(&self, batch: &[&Tune]) -> candle_core::Result<Tally> {
        let losses: Vec<f64> = self.losses.to_dtype(DType::F64)?.to_vec1()?;
        let above: Vec<f32> = self.above.to_vec1()?;
        let mut tally = Tally::default();
        for (i, (loss, above)) in losses.into_iter().zip(above).enumerate() {
            let (step, tune) = (i / batch.len(), batch[i % batch.len()]);
            if step < tune.steps() {
                tally.add(loss, above as usize, step >= tune.body);
            }
        }
        Ok(tally)
    }
}

/// A value for each step and tune, the default where the tune has ended.
fn each_target<T: Default>(batch: &[&Tune], steps: usize, value: impl Fn(&Tune, usize) -> T) -> Vec<T> {
    (0..steps)
        .flat_map(|step| batch.iter().map(move |t| (step, t)))
        .map(|(step, t)| if step < t.steps() { value(t, step) } else { T::default() })
        .collect()
}

/// The masks of a step for what a layer reads, `[tunes, width]`; `None` if nothing is dropped.
fn mask_of_step<R: Real + WithDType>(
    masks: &[Vec<Vec<R>>],
    layer: usize,
    step: usize,
    width: usize,
    device: &Device,
) -> candle_core::Result<Option<Tensor>> {
    if masks.iter().all(|m| m[layer].is_empty()) {
        return Ok(None);
    }
    let mut values = vec![R::from_f32(0.0); masks.len() * width];
    for (target, mask) in values.chunks_exact_mut(width).zip(masks) {
        if let Some(mask) = mask[layer].get(step * width..(step + 1) * width) {
            target.copy_from_slice(mask);
        }
    }
    Tensor::from_vec(values, (masks.len(), width), device).map(Some)
}
