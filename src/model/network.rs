//! The network on a candle device, a step at a time, its state carried along.

use std::collections::HashMap;

use candle_core::{DType, Device, Tensor, WithDType};
use candle_nn::rnn::{GRUConfig, LSTMConfig};
use candle_nn::{Embedding, GRU, LSTM, Linear, Module, RNN, VarBuilder};

use super::checkpoint::Checkpoint;
use super::device::DeviceName;
use super::kernels::{Format, Isa, StepState, Stepper, TOGETHER};
use super::parameters::Parameters;
use super::shape::{Cell, Shape};
use super::vocabulary::{Token, Vocabulary};

/// What went wrong while the network ran.
#[derive(Debug, thiserror::Error)]
pub enum NetworkError {
    /// candle or the device failed.
    #[error("the network cannot be run: {0}")]
    Candle(#[from] candle_core::Error),
    /// A token that is not in the vocabulary.
    #[error("token {token} is outside the vocabulary of {size}")]
    TokenOutOfRange {
        /// The token.
        token: Token,
        /// How many there are.
        size: usize,
    },
    /// A state that was started by another network.
    #[error("the state belongs to a network that runs elsewhere")]
    ForeignState,
}

/// A recurrent layer of either cell.
#[derive(Debug, Clone)]
pub(crate) enum Layer {
    Lstm(LSTM),
    Gru(GRU),
}

/// What a layer carries from step to step.
#[derive(Debug, Clone)]
pub(crate) enum LayerState {
    Lstm(candle_nn::rnn::LSTMState),
    Gru(candle_nn::rnn::GRUState),
}

impl LayerState {
    /// The layer's output, `[batch, hidden]`.
    pub(crate) fn output(&self) -> &Tensor {
        match self {
            Self::Lstm(s) => s.h(),
            Self::Gru(s) => s.h(),
        }
    }
}

impl Layer {
    pub(crate) fn zero_state(&self, batch: usize) -> candle_core::Result<LayerState> {
        match self {
            Self::Lstm(l) => l.zero_state(batch).map(LayerState::Lstm),
            Self::Gru(g) => g.zero_state(batch).map(LayerState::Gru),
        }
    }

    /// One step: input `[batch, features]`.
    pub(crate) fn step(&self, input: &Tensor, state: &LayerState) -> candle_core::Result<LayerState> {
        match (self, state) {
            (Self::Lstm(l), LayerState::Lstm(s)) => l.step(input, s).map(LayerState::Lstm),
            (Self::Gru(g), LayerState::Gru(s)) => g.step(input, s).map(LayerState::Gru),
            _ => candle_core::bail!("a state of another cell"),
        }
    }
}

/// The modules of a network, made from tensors by PyTorch's names. Training builds the same ones
/// over variables.
#[derive(Debug, Clone)]
pub(crate) struct Modules {
    pub(crate) embedding: Embedding,
    pub(crate) layers: Vec<Layer>,
    pub(crate) fc: Linear,
}

impl Modules {
    /// `tensors` holds every tensor of `shape` by name, on `device`.
    pub(crate) fn new(
        shape: Shape,
        tensors: &HashMap<String, Tensor>,
        dtype: DType,
        device: &Device,
    ) -> candle_core::Result<Self> {
        let get = |name: &str| {
            tensors.get(name).cloned().ok_or_else(|| candle_core::Error::Msg(format!("no tensor {name}")))
        };
        let mut layers = Vec::with_capacity(shape.layers);
        for layer in 0..shape.layers {
            // candle's cells are one layer each, and its GRU knows only layer 0's names.
            let mut own = HashMap::new();
            for part in ["weight_ih", "weight_hh", "bias_ih", "bias_hh"] {
                own.insert(format!("{part}_l0"), get(&format!("rnn.{part}_l{layer}"))?);
            }
            let builder = VarBuilder::from_tensors(own, dtype, device);
            let (input, hidden) = (shape.input_width(layer), shape.hidden);
            layers.push(match shape.cell {
                Cell::Lstm => Layer::Lstm(candle_nn::lstm(input, hidden, LSTMConfig::default(), builder)?),
                Cell::Gru => Layer::Gru(candle_nn::gru(input, hidden, GRUConfig::default(), builder)?),
            });
        }
        let embedding = Embedding::new(get("embedding.weight")?, shape.embedding);
        let fc = Linear::new(get("fc.weight")?, Some(get("fc.bias")?));
        Ok(Self { embedding, layers, fc })
    }
}

/// Every tensor of `parameters` by name, on `device`.
pub(crate) fn tensors_on<R: WithDType + Default>(
    parameters: &Parameters<R>,
    device: &Device,
) -> candle_core::Result<HashMap<String, Tensor>> {
    parameters
        .specs()
        .iter()
        .map(|spec| {
            let values = &parameters.values()[spec.range()];
            Ok((spec.name.clone(), Tensor::from_slice(values, spec.dims.as_slice(), device)?))
        })
        .collect()
}

/// A network ready to run. It is read-only and shared freely between threads; what changes from
/// step to step is the [`State`], one a tune.
#[derive(Debug, Clone)]
pub struct Network {
    vocabulary: Vocabulary,
    shape: Shape,
    name: String,
    runner: Runner,
    device_name: DeviceName,
}

/// What computes the steps.
#[derive(Debug, Clone)]
enum Runner {
    /// candle, on any device and for any cell.
    Candle(Box<Modules>, Device),
    /// The fused step on the CPU.
    Kernels(Box<Stepper>),
}

/// What the network remembers of a tune.
#[derive(Debug, Clone)]
pub struct State(Memory);

#[derive(Debug, Clone)]
enum Memory {
    Candle { layers: Vec<LayerState>, logits: Vec<f32> },
    Kernels(StepState),
}

impl Network {
    /// The network as fast as it runs on an opened device (see [`super::open_device`]): on the CPU an
    /// LSTM by the fused step with weights in `format` (without one, [`Format::fastest`]), everything
    /// else by candle.
    ///
    /// # Errors
    /// If the device fails, for want of memory for instance.
    pub fn new(
        checkpoint: &Checkpoint,
        device: (DeviceName, Device),
        format: Option<Format>,
    ) -> Result<Self, NetworkError> {
        if device.1.is_cpu()
            && let Some(stepper) = fastest_sound(&checkpoint.parameters, format)
        {
            let runner = Runner::Kernels(Box::new(stepper));
            return Ok(Self::with_runner(checkpoint, device.0, runner));
        }
        Self::on_candle(checkpoint, device)
    }

    /// The network on candle, which is what everything else is measured against.
    ///
    /// # Errors
    /// If the device fails, for want of memory for instance.
    pub fn on_candle(checkpoint: &Checkpoint, device: (DeviceName, Device)) -> Result<Self, NetworkError> {
        let (device_name, device) = device;
        let tensors = tensors_on(&checkpoint.parameters, &device)?;
        let modules = Modules::new(checkpoint.shape(), &tensors, DType::F32, &device)?;
        Ok(Self::with_runner(checkpoint, device_name, Runner::Candle(Box::new(modules), device)))
    }

    fn with_runner(checkpoint: &Checkpoint, device_name: DeviceName, runner: Runner) -> Self {
        Self {
            vocabulary: checkpoint.vocabulary.clone(),
            shape: checkpoint.shape(),
            name: checkpoint.name().to_owned(),
            runner,
            device_name,
        }
    }

    /// What its tokens mean.
    pub fn vocabulary(&self) -> &Vocabulary {
        &self.vocabulary
    }

    /// Its shape.
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// The checkpoint's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it runs.
    pub fn device(&self) -> DeviceName {
        self.device_name
    }

    /// What computes the recurrence there, for provenance.
    pub fn kernel(&self) -> String {
        match &self.runner {
            Runner::Candle(..) => "candle f32".to_owned(),
            Runner::Kernels(stepper) => format!("{} {}", stepper.isa(), stepper.format()),
        }
    }

    /// The state before the first token.
    ///
    /// # Errors
    /// If the device fails.
    pub fn start(&self) -> Result<State, NetworkError> {
        Ok(State(match &self.runner {
            Runner::Candle(modules, _) => {
                let layers = modules.layers.iter().map(|l| l.zero_state(1)).collect::<Result<_, _>>()?;
                Memory::Candle { layers, logits: Vec::new() }
            }
            Runner::Kernels(stepper) => Memory::Kernels(stepper.start()),
        }))
    }

    /// Reads one token and gives the logits of the next, one a token of the vocabulary.
    ///
    /// # Errors
    /// If the token is outside the vocabulary, the state is another network's, or the device fails.
    pub fn step<'a>(&self, state: &'a mut State, token: Token) -> Result<&'a [f32], NetworkError> {
        self.check(token)?;
        match (&self.runner, &mut state.0) {
            (Runner::Kernels(stepper), Memory::Kernels(state)) => stepper.step(state, token),
            (Runner::Candle(modules, device), Memory::Candle { layers, logits }) => {
                let mut x = modules.embedding.forward(&Tensor::new(&[token], device)?)?;
                for (layer, state) in modules.layers.iter().zip(layers) {
                    *state = layer.step(&x, state)?;
                    x = state.output().clone();
                }
                *logits = modules.fc.forward(&x)?.flatten_all()?.to_vec1()?;
            }
            _ => return Err(NetworkError::ForeignState),
        }
        Ok(state.logits())
    }

    /// One step of each of several tunes, faster than one after the other and to the last bit the
    /// same; [`State::logits`] has the result.
    ///
    /// # Errors
    /// As [`Network::step`]; some of the tunes may then have gone on and others not.
    pub fn step_together(&self, tunes: &mut [(&mut State, Token)]) -> Result<(), NetworkError> {
        for group in tunes.chunks_mut(TOGETHER) {
            if let (Runner::Kernels(stepper), Ok(group)) =
                (&self.runner, <&mut [(&mut State, Token); TOGETHER]>::try_from(&mut *group))
            {
                let tokens = group.each_ref().map(|(_, token)| *token);
                tokens.iter().try_for_each(|&token| self.check(token))?;
                let [a, b, c, d] = group.each_mut().map(|(state, _)| match &mut state.0 {
                    Memory::Kernels(state) => Some(state),
                    Memory::Candle { .. } => None,
                });
                let (Some(a), Some(b), Some(c), Some(d)) = (a, b, c, d) else {
                    return Err(NetworkError::ForeignState);
                };
                stepper.step_together([a, b, c, d], tokens);
                continue;
            }
            for (state, token) in group {
                self.step(state, *token)?;
            }
        }
        Ok(())
    }

    fn check(&self, token: Token) -> Result<(), NetworkError> {
        let size = self.shape.vocabulary;
        if (token as usize) < size { Ok(()) } else { Err(NetworkError::TokenOutOfRange { token, size }) }
    }
}

impl State {
    /// The logits after the last token read; empty before the first.
    pub fn logits(&self) -> &[f32] {
        match &self.0 {
            Memory::Candle { logits, .. } => logits,
            Memory::Kernels(state) => state.logits(),
        }
    }
}

/// The fused step on the best instruction set that agrees with the portable code; `None` if the
/// network is not one it can run.
fn fastest_sound(parameters: &Parameters, format: Option<Format>) -> Option<Stepper> {
    let pack = |isa, format| Stepper::new(isa, format, parameters);
    for isa in Isa::available().into_iter().filter(|&isa| isa != Isa::portable()) {
        let format = format.unwrap_or(Format::fastest(isa));
        let (stepper, portable) = (pack(isa, format)?, pack(Isa::portable(), format)?);
        let difference = stepper.difference(&portable);
        if difference <= format.tolerance() {
            return Some(stepper);
        }
        log::error!(
            "the kernels for {isa} are not used: their logits differ from the portable code's by {difference:e}"
        );
    }
    pack(Isa::portable(), format.unwrap_or(Format::fastest(Isa::portable())))
}
