//! The fused step: one character in, the logits of the next out.
//!
//! Everything a step needs is packed beforehand: embedding × first layer's input weights are a table
//! over the vocabulary, the four gates of a unit lie side by side so that gates, cell and output are
//! made in registers from the sums, and a layer's input and recurrent weights are one matrix.

#![allow(
    clippy::needless_range_loop,
    reason = "loops over lanes and tunes are by number, as the registers are"
)]

use super::aligned::Aligned;
use super::dispatch;
use super::factor::Factor;
use super::format::{Compact, Format};
use super::isa::{Isa, Kind};
use super::rows::{Product, QUARTERS, Rows, Source};
use super::vector::Vector;
use crate::model::{Cell, Parameters, Shape};

/// Inputs up to which sums of 1-byte products fit into 32 bits.
const MOST_INT8_INPUTS: usize = 16_384;

/// Steps that tell whether two packings of a network agree.
const CHECKED_STEPS: u32 = 16;

/// Tunes that are written together, a character of each at a time: as many as leave their sums in
/// the registers of AVX-512.
pub const TOGETHER: usize = 4;

/// An LSTM network packed for one instruction set and one format. Read-only and shared between threads.
#[derive(Debug, Clone)]
pub struct Stepper {
    isa: Isa,
    format: Format,
    shape: Shape,
    /// Hidden units, rounded up to whole registers; those beyond the network's are always 0.
    hidden: usize,
    /// What the first layer's sums begin with: a row a token, in the order of [`Rows`].
    table: Aligned<f32>,
    layers: Vec<Layer>,
    logits: Layer,
}

/// A layer's weights, and what its sums begin with.
#[derive(Debug, Clone)]
struct Layer {
    rows: Rows,
    /// Biases in the order of [`Rows`]; the first layer's are in the table.
    bias: Aligned<f32>,
}

/// What the network remembers of a tune, and room for a step.
#[derive(Debug, Clone)]
pub struct StepState {
    /// A layer's input: the outputs of the layer below, if there is one, and its own before.
    inputs: Vec<Vec<f32>>,
    cells: Vec<Vec<f32>>,
    outputs: Vec<f32>,
    codes: Vec<u32>,
    /// As long as the padded rows; the first `vocabulary` count.
    logits: Vec<f32>,
    vocabulary: usize,
}

impl Stepper {
    /// Packs a network for an instruction set; `None` if its cells are no
    /// LSTM or it is too wide for the format.
    pub fn new(isa: Isa, format: Format, parameters: &Parameters) -> Option<Self> {
        let shape = parameters.shape();
        let narrow = format != Format::Int8 || 2 * (shape.hidden + 64) <= MOST_INT8_INPUTS;
        if shape.cell != Cell::Lstm || !narrow {
            return None;
        }
        Some(match isa.0 {
            #[cfg(target_arch = "x86_64")]
            Kind::Avx512Bf16 | Kind::Avx512 => Self::pack::<<f32 as Factor>::Avx512>(isa, format, parameters),
            #[cfg(target_arch = "x86_64")]
            Kind::Avx2 => Self::pack::<<f32 as Factor>::Avx2>(isa, format, parameters),
            Kind::Portable => Self::pack::<<f32 as Factor>::Portable>(isa, format, parameters),
        })
    }

    fn pack<V: Compact>(isa: Isa, format: Format, parameters: &Parameters) -> Self {
        let shape = parameters.shape();
        let (units, size) = (shape.hidden, shape.vocabulary);
        let hidden = units.next_multiple_of(V::LANES);
        let gate = |block: usize, quarter: usize, lane: usize| {
            let unit = block * V::LANES + lane;
            (unit < units).then_some(quarter * units + unit)
        };
        let layers: Vec<Layer> = (0..shape.layers)
            .map(|l| {
                let input = parameters.tensor(&format!("rnn.weight_ih_l{l}"));
                let recurrent = parameters.tensor(&format!("rnn.weight_hh_l{l}"));
                let below = if l == 0 { 0 } else { hidden };
                // Columns: the layer below and the layer itself, each as wide as its registers.
                let weight = |row: usize, column: usize| {
                    let (weights, unit) =
                        if column < below { (input, column) } else { (recurrent, column - below) };
                    if unit < units { weights[row * units + unit] } else { 0.0 }
                };
                let source =
                    Source { blocks: hidden / V::LANES, inputs: below + hidden, row: &gate, weight: &weight };
                let biases = ["ih", "hh"].map(|part| parameters.tensor(&format!("rnn.bias_{part}_l{l}")));
                let bias = in_order::<V>(source.blocks, &gate, |row| biases[0][row] + biases[1][row]);
                Layer { rows: Rows::pack::<V>(format, &source), bias }
            })
            .collect();

        let logit = |block: usize, quarter: usize, lane: usize| {
            let row = (block * QUARTERS + quarter) * V::LANES + lane;
            (row < size).then_some(row)
        };
        let (weights, bias) = (parameters.tensor("fc.weight"), parameters.tensor("fc.bias"));
        let weight = |row: usize, unit: usize| if unit < units { weights[row * units + unit] } else { 0.0 };
        let source = Source {
            blocks: size.div_ceil(QUARTERS * V::LANES),
            inputs: hidden,
            row: &logit,
            weight: &weight,
        };
        let bias = in_order::<V>(source.blocks, &logit, |row| bias[row]);
        let logits = Layer { rows: Rows::pack::<V>(format, &source), bias };

        let table = table::<V>(parameters, layers[0].bias.as_slice(), hidden / V::LANES, &gate);
        Self { isa, format, shape, hidden, table, layers, logits }
    }

    /// The instruction set it was packed for.
    pub fn isa(&self) -> Isa {
        self.isa
    }

    /// How it keeps its weights.
    pub fn format(&self) -> Format {
        self.format
    }

    /// The greatest difference between the logits of two packings of one network over 16 steps;
    /// infinite if either gives what is no number.
    pub fn difference(&self, other: &Self) -> f32 {
        let (mut mine, mut others) = (self.start(), other.start());
        let mut worst: f32 = 0.0;
        for step in 0..CHECKED_STEPS {
            // Any tokens will do, as long as they differ.
            let token = (step * 37 + 5) % self.shape.vocabulary as u32;
            self.step(&mut mine, token);
            other.step(&mut others, token);
            for (a, b) in mine.logits().iter().zip(others.logits()) {
                let difference = (a - b).abs();
                worst = if difference.is_nan() { f32::INFINITY } else { worst.max(difference) };
            }
        }
        worst
    }

    /// Bytes of weights that every step reads.
    pub fn bytes(&self) -> usize {
        self.layers.iter().chain([&self.logits]).map(|layer| layer.rows.bytes()).sum()
    }

    /// The state before the first token.
    pub fn start(&self) -> StepState {
        let widths = (0..self.layers.len()).map(|l| if l == 0 { self.hidden } else { 2 * self.hidden });
        StepState {
            inputs: widths.map(|width| vec![0.0; width]).collect(),
            cells: vec![vec![0.0; self.hidden]; self.layers.len()],
            outputs: vec![0.0; self.hidden],
            codes: Vec::with_capacity(2 * self.hidden),
            logits: vec![0.0; self.logits.bias.as_slice().len()],
            vocabulary: self.shape.vocabulary,
        }
    }

    /// Reads one token; [`StepState::logits`] are then those of the next.
    ///
    /// # Panics
    /// If the token is outside the vocabulary, or the state is another network's.
    pub fn step(&self, state: &mut StepState, token: u32) {
        self.check(state, token);
        let (stepper, mut states, tokens) = (self, [state], [token]);
        let states = &mut states;
        dispatch!(self.isa, step_one(stepper: &Stepper, states: &mut [&mut StepState; 1], tokens: [u32; 1]));
    }

    /// One step of each of several tunes: to the last bit what [`Stepper::step`] does to each, but a
    /// weight of int8 is read once for all.
    ///
    /// # Panics
    /// As [`Stepper::step`].
    pub fn step_together(&self, mut states: [&mut StepState; TOGETHER], tokens: [u32; TOGETHER]) {
        for (state, token) in states.iter().zip(tokens) {
            self.check(state, token);
        }
        let (stepper, states) = (self, &mut states);
        dispatch!(self.isa, step_several(stepper: &Stepper, states: &mut [&mut StepState; TOGETHER], tokens: [u32; TOGETHER]));
    }

    fn check(&self, state: &StepState, token: u32) {
        assert!((token as usize) < self.shape.vocabulary, "token {token} is outside the vocabulary");
        let widths = [state.cells.len(), state.outputs.len(), state.vocabulary];
        assert_eq!(
            widths,
            [self.layers.len(), self.hidden, self.shape.vocabulary],
            "another network's state"
        );
    }
}

impl StepState {
    /// The logits after the last token read, one a token of the vocabulary.
    pub fn logits(&self) -> &[f32] {
        &self.logits[..self.vocabulary]
    }
}

/// One value a row, in the order of [`Rows`].
fn in_order<V: Vector>(
    blocks: usize,
    row: &dyn Fn(usize, usize, usize) -> Option<usize>,
    value: impl Fn(usize) -> f32,
) -> Aligned<f32> {
    let mut values = Aligned::zeros(blocks * QUARTERS * V::LANES);
    for (place, target) in values.as_mut_slice().iter_mut().enumerate() {
        let (register, lane) = (place / V::LANES, place % V::LANES);
        *target = row(register / QUARTERS, register % QUARTERS, lane).map_or(0.0, &value);
    }
    values
}

/// Embedding × first layer's input weights + biases, a row a token.
fn table<V: Vector>(
    parameters: &Parameters,
    bias: &[f32],
    blocks: usize,
    row: &dyn Fn(usize, usize, usize) -> Option<usize>,
) -> Aligned<f32> {
    let width = parameters.shape().embedding;
    let (embedding, weights) = (parameters.tensor("embedding.weight"), parameters.tensor("rnn.weight_ih_l0"));
    let mut table = Aligned::zeros(parameters.shape().vocabulary * bias.len());
    for (target, token) in
        table.as_mut_slice().chunks_exact_mut(bias.len()).zip(embedding.chunks_exact(width))
    {
        let product = |row: usize| token.iter().zip(&weights[row * width..]).map(|(e, w)| e * w).sum::<f32>();
        let products = in_order::<V>(blocks, row, product);
        for ((target, product), bias) in target.iter_mut().zip(products.as_slice()).zip(bias) {
            *target = product + bias;
        }
    }
    table
}

#[inline(always)]
fn step_one<V: Compact>(stepper: &Stepper, states: &mut [&mut StepState; 1], tokens: [u32; 1]) {
    step_all::<V, 1>(stepper, states, tokens);
}

#[inline(always)]
fn step_several<V: Compact>(
    stepper: &Stepper,
    states: &mut [&mut StepState; TOGETHER],
    tokens: [u32; TOGETHER],
) {
    step_all::<V, TOGETHER>(stepper, states, tokens);
}

#[inline(always)]
fn step_all<V: Compact, const B: usize>(
    stepper: &Stepper,
    states: &mut [&mut StepState; B],
    tokens: [u32; B],
) {
    for (l, layer) in stepper.layers.iter().enumerate() {
        let width = layer.bias.as_slice().len();
        let mut starts = [layer.bias.as_slice(); B];
        if l == 0 {
            for b in 0..B {
                starts[b] = &stepper.table.as_slice()[tokens[b] as usize * width..][..width];
            }
        }
        match &layer.rows {
            Rows::F32(rows) => layer_step::<V, _, B>(rows, starts, l, states),
            Rows::F16(rows) => layer_step::<V, _, B>(rows, starts, l, states),
            Rows::Int8(rows) => layer_step::<V, _, B>(rows, starts, l, states),
        }
        for state in states.iter_mut() {
            // A layer's own part is the last of its input; the layer above reads it first.
            let StepState { inputs, outputs, .. } = &mut **state;
            let own = inputs[l].len() - outputs.len();
            inputs[l][own..].copy_from_slice(outputs);
            if let Some(above) = inputs.get_mut(l + 1) {
                above[..outputs.len()].copy_from_slice(outputs);
            }
        }
    }
    match &stepper.logits.rows {
        Rows::F32(rows) => logits_step::<V, _, B>(rows, &stepper.logits, states),
        Rows::F16(rows) => logits_step::<V, _, B>(rows, &stepper.logits, states),
        Rows::Int8(rows) => logits_step::<V, _, B>(rows, &stepper.logits, states),
    }
}

#[inline(always)]
fn layer_step<V: Compact, P: Product<V>, const B: usize>(
    rows: &P,
    starts: [&[f32]; B],
    l: usize,
    states: &mut [&mut StepState; B],
) {
    for state in states.iter_mut() {
        let StepState { inputs, codes, .. } = &mut **state;
        encode::<V, P>(&inputs[l], codes);
    }
    let width = QUARTERS * V::LANES;
    for block in 0..starts[0].len() / width {
        let mut codes: [&[u32]; B] = [&[]; B];
        let mut parts = starts;
        for b in 0..B {
            codes[b] = &states[b].codes;
            parts[b] = &starts[b][block * width..];
        }
        let sums = rows.blocks::<B>(block, codes, parts);
        let units = block * V::LANES;
        for b in 0..B {
            let [i, f, g, o] = sums[b];
            let StepState { cells, outputs, .. } = &mut *states[b];
            let cells = &mut cells[l][units..];
            let cell = f.sigmoid().fma(V::load(cells), i.sigmoid().mul(g.tanh()));
            cell.store(cells);
            o.sigmoid().mul(cell.tanh()).store(&mut outputs[units..]);
        }
    }
}

#[inline(always)]
fn logits_step<V: Compact, P: Product<V>, const B: usize>(
    rows: &P,
    layer: &Layer,
    states: &mut [&mut StepState; B],
) {
    for state in states.iter_mut() {
        let StepState { outputs, codes, .. } = &mut **state;
        encode::<V, P>(outputs, codes);
    }
    let width = QUARTERS * V::LANES;
    for (block, start) in layer.bias.as_slice().chunks_exact(width).enumerate() {
        let mut codes: [&[u32]; B] = [&[]; B];
        for b in 0..B {
            codes[b] = &states[b].codes;
        }
        let sums = rows.blocks::<B>(block, codes, [start; B]);
        for b in 0..B {
            for q in 0..QUARTERS {
                sums[b][q].store(&mut states[b].logits[block * width + q * V::LANES..]);
            }
        }
    }
}

#[inline(always)]
fn encode<V: Compact, P: Product<V>>(input: &[f32], codes: &mut Vec<u32>) {
    codes.resize(input.len() / P::GROUP, 0);
    for (code, group) in codes.iter_mut().zip(input.chunks_exact(P::GROUP)) {
        *code = P::encode(group);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn network(shape: Shape) -> Parameters {
        let mut parameters = Parameters::zeros(shape);
        let mut number = 1u32;
        for value in parameters.values_mut() {
            number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            *value = number as f32 / u32::MAX as f32 - 0.5;
        }
        parameters
    }

    /// The safe twin: the textbook's equations in double precision.
    fn logits(parameters: &Parameters, tokens: &[u32]) -> Vec<Vec<f64>> {
        let shape = parameters.shape();
        let h = shape.hidden;
        let product = |name: &str, row: usize, x: &[f64]| -> f64 {
            let weights = &parameters.tensor(name)[row * x.len()..][..x.len()];
            weights.iter().zip(x).map(|(&w, x)| f64::from(w) * x).sum()
        };
        let sigmoid = |x: f64| 1.0 / (1.0 + (-x).exp());
        let mut states = vec![(vec![0.0; h], vec![0.0; h]); shape.layers];
        let read = |&token: &u32| {
            let embedding = &parameters.tensor("embedding.weight")[token as usize * shape.embedding..];
            let mut x: Vec<f64> = embedding[..shape.embedding].iter().map(|&e| f64::from(e)).collect();
            for (l, (outputs, cells)) in states.iter_mut().enumerate() {
                let sum = |row: usize| {
                    let biases = ["ih", "hh"].map(|p| parameters.tensor(&format!("rnn.bias_{p}_l{l}"))[row]);
                    f64::from(biases[0])
                        + f64::from(biases[1])
                        + product(&format!("rnn.weight_ih_l{l}"), row, &x)
                        + product(&format!("rnn.weight_hh_l{l}"), row, outputs)
                };
                let gates: Vec<f64> = (0..4 * h).map(sum).collect();
                for unit in 0..h {
                    let [i, f, g, o] = [0, 1, 2, 3].map(|q| gates[q * h + unit]);
                    cells[unit] = sigmoid(f) * cells[unit] + sigmoid(i) * g.tanh();
                    outputs[unit] = sigmoid(o) * cells[unit].tanh();
                }
                x.clone_from(outputs);
            }
            let bias = parameters.tensor("fc.bias");
            (0..shape.vocabulary).map(|row| f64::from(bias[row]) + product("fc.weight", row, &x)).collect()
        };
        tokens.iter().map(read).collect()
    }

    #[test]
    fn every_kernel_agrees_with_the_textbook_on_any_shape() {
        for (vocabulary, embedding, layers, hidden) in
            [(99, 16, 2, 64), (50, 9, 1, 21), (70, 5, 3, 10), (5, 1, 1, 1)]
        {
            let parameters = network(Shape { cell: Cell::Lstm, vocabulary, embedding, layers, hidden });
            let tokens: Vec<u32> = (0..30).map(|i| (i * i + 3) % vocabulary as u32).collect();
            let expected = logits(&parameters, &tokens);
            for isa in Isa::available() {
                for (format, most) in [(Format::F32, 2e-5), (Format::F16, 2e-2), (Format::Int8, 0.2)] {
                    let stepper = Stepper::new(isa, format, &parameters).unwrap();
                    let mut state = stepper.start();
                    for (&token, expected) in tokens.iter().zip(&expected) {
                        stepper.step(&mut state, token);
                        let found = state.logits();
                        assert_eq!(found.len(), vocabulary);
                        for (&a, &b) in found.iter().zip(expected) {
                            assert!(
                                (f64::from(a) - b).abs() < most,
                                "{isa} {format}, {hidden} units: {a} for {b}"
                            );
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn all_instruction_sets_round_to_the_same_integers() {
        let parameters =
            network(Shape { cell: Cell::Lstm, vocabulary: 60, embedding: 8, layers: 2, hidden: 48 });
        for format in Format::ALL {
            let portable = Stepper::new(Isa::portable(), format, &parameters).unwrap();
            for isa in Isa::available() {
                let difference = Stepper::new(isa, format, &parameters).unwrap().difference(&portable);
                assert!(difference <= format.tolerance(), "{isa} {format}: {difference}");
            }
        }
    }

    #[test]
    fn together_is_to_the_last_bit_as_alone() {
        let parameters =
            network(Shape { cell: Cell::Lstm, vocabulary: 60, embedding: 8, layers: 2, hidden: 40 });
        for isa in Isa::available() {
            for format in Format::ALL {
                let stepper = Stepper::new(isa, format, &parameters).unwrap();
                let mut together: [StepState; TOGETHER] = std::array::from_fn(|_| stepper.start());
                let mut alone = together.clone();
                for step in 0..20 {
                    let tokens = std::array::from_fn(|tune| (step * 7 + tune as u32 * 11) % 60);
                    stepper.step_together(together.each_mut(), tokens);
                    for ((state, token), other) in alone.iter_mut().zip(tokens).zip(&together) {
                        stepper.step(state, token);
                        assert_eq!(state.logits(), other.logits(), "{isa} {format}");
                    }
                }
            }
        }
    }

    #[test]
    fn a_kernel_that_differs_is_found_out() {
        let shape = Shape { cell: Cell::Lstm, vocabulary: 60, embedding: 8, layers: 2, hidden: 48 };
        let mut parameters = network(shape);
        let sound = Stepper::new(Isa::portable(), Format::F32, &parameters).unwrap();
        parameters.tensor_mut("rnn.weight_hh_l1")[7 * 48 + 3] += 0.5;
        let other = Stepper::new(Isa::portable(), Format::F32, &parameters).unwrap();
        assert!(other.difference(&sound) > Format::F32.tolerance());
        parameters.tensor_mut("fc.bias")[3] = f32::NAN;
        let broken = Stepper::new(Isa::portable(), Format::F32, &parameters).unwrap();
        assert!(broken.difference(&sound).is_infinite());
    }

    #[test]
    fn other_cells_are_left_to_candle() {
        let shape = Shape { cell: Cell::Gru, vocabulary: 6, embedding: 8, layers: 1, hidden: 4 };
        assert!(Stepper::new(Isa::detect(), Format::F32, &Parameters::zeros(shape)).is_none());
    }
}
