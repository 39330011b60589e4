//! The whole-sequence LSTM: forwards through all steps of a batch, and back through time by hand.
//!
//! Layer by layer: a layer's input products are made for all steps at once, then its recurrence
//! runs step by step, then the next layer follows. On the way back the same in reverse; weight
//! gradients are summed over blocks of rows at the end of each layer. Everything that is needed
//! again on the way back is kept, nothing is computed twice but tanh of the cells.
//! (Werbos, "Backpropagation through time", Proc. IEEE 78, 1990; Hochreiter and Schmidhuber, 1997,
//! with the forget gate of Gers et al., 2000.)

use super::dropout::{Dropout, draw};
use super::metrics::Tally;
use super::packed::PackedWeights;
use super::ragged::Ragged;
use crate::model::kernels::{
    Factor, Isa, LstmStep, LstmStepBack, PackedMatrix, PackedRows, Real, add_rows, cross_entropy,
    lstm_backward, lstm_forward, multiply_add,
};
use crate::model::{Parameters, Shape};

/// Rows over which a block of weight gradients is summed: both sides of the product stay in the
/// second-level cache.
const BLOCK: usize = 256;

/// Rows of a block in products with a layer's weights: the block's gates stay in the second-level cache
/// while panel after panel of the weights adds to them. Whole strips of 12 and of 6.
const FEW: usize = 48;

/// What one layer keeps of a batch, row by row.
#[derive(Debug)]
struct LayerRows<R> {
    /// The gates after their functions `[rows, 4H]`; on the way back, their gradients.
    gates: Vec<R>,
    cells: Vec<R>,
    outputs: Vec<R>,
    /// What of its outputs goes on to the next layer: empty without dropout, all of them.
    mask: Vec<R>,
    /// The outputs with the mask on; empty without dropout.
    dropped: Vec<R>,
}

impl<R: Real> LayerRows<R> {
    fn handed_on(&self) -> &[R] {
        if self.mask.is_empty() { &self.outputs } else { &self.dropped }
    }
}

/// One thread's part of a batch: room for its rows and its gradient, kept from step to step.
#[derive(Debug)]
pub(super) struct Shard<F: Factor> {
    isa: Isa,
    shape: Shape,
    layers: Vec<LayerRows<F::Real>>,
    /// The embeddings with their mask on, and the mask; empty without dropout there.
    embedded: Vec<F::Real>,
    embedding_mask: Vec<F::Real>,
    logits: Vec<F::Real>,
    /// The gradient of a layer's outputs `[rows, H]`, and of its input.
    output_gradient: Vec<F::Real>,
    input_gradient: Vec<F::Real>,
    cell_gradient: Vec<F::Real>,
    rows: PackedRows<F>,
    matrix: PackedMatrix<F>,
    /// The gradient of this part of the batch.
    pub gradient: Parameters<F::Real>,
}

impl<F: Factor> Shard<F> {
    pub fn new(isa: Isa, shape: Shape) -> Self {
        let layer = || LayerRows {
            gates: Vec::new(),
            cells: Vec::new(),
            outputs: Vec::new(),
            mask: Vec::new(),
            dropped: Vec::new(),
        };
        Self {
            isa,
            shape,
            layers: (0..shape.layers).map(|_| layer()).collect(),
            embedded: Vec::new(),
            embedding_mask: Vec::new(),
            logits: Vec::new(),
            output_gradient: Vec::new(),
            input_gradient: Vec::new(),
            cell_gradient: Vec::new(),
            rows: PackedRows::new(isa),
            matrix: PackedMatrix::new(isa),
            gradient: Parameters::zeros(shape),
        }
    }

    /// Runs the network over a layout and counts its hits and losses.
    pub fn evaluate(
        &mut self,
        weights: &PackedWeights<F>,
        parameters: &Parameters<F::Real>,
        batch: &Ragged,
    ) -> Tally {
        self.forward(weights, parameters, batch, &Dropout::NONE);
        let mut tally = Tally::default();
        for from in (0..batch.rows()).step_by(BLOCK) {
            let to = (from + BLOCK).min(batch.rows());
            self.score(weights, parameters, batch, from..to, &mut tally);
        }
        tally
    }

    /// Runs the network over a layout forwards and backwards; [`Shard::gradient`] is then the
    /// gradient of the summed loss × `scale`.
    pub fn learn(
        &mut self,
        weights: &PackedWeights<F>,
        parameters: &Parameters<F::Real>,
        batch: &Ragged,
        dropout: &Dropout,
        scale: F::Real,
    ) -> Tally {
        self.gradient.values_mut().fill(F::Real::from_f32(0.0));
        self.forward(weights, parameters, batch, dropout);
        let tally = self.logits_backward(weights, parameters, batch, scale);
        for layer in (0..self.shape.layers).rev() {
            self.recurrence_backward(weights, batch, layer);
            self.layer_gradients(batch, layer);
            if layer > 0 {
                self.input_backward(weights, layer);
            } else {
                self.embedding_backward(weights, parameters, batch);
            }
        }
        tally
    }

    fn forward(
        &mut self,
        weights: &PackedWeights<F>,
        parameters: &Parameters<F::Real>,
        batch: &Ragged,
        dropout: &Dropout,
    ) {
        self.draw_masks(batch, dropout);
        for l in 0..self.shape.layers {
            self.input_forward(weights, parameters, batch, l);
            self.recurrence_forward(weights, batch, l);
            let layer = &mut self.layers[l];
            if !layer.mask.is_empty() {
                resize(&mut layer.dropped, layer.outputs.len());
                apply(&mut layer.dropped, &layer.outputs, &layer.mask);
            }
        }
    }

    /// Spreads each tune's masks over its rows.
    fn draw_masks(&mut self, batch: &Ragged, dropout: &Dropout) {
        let shape = self.shape;
        let rows = batch.rows();
        resize(&mut self.embedding_mask, if dropout.embedding > 0.0 { rows * shape.embedding } else { 0 });
        for layer in &mut self.layers[..shape.layers - 1] {
            resize(&mut layer.mask, if dropout.between > 0.0 { rows * shape.hidden } else { 0 });
        }
        if dropout.embedding == 0.0 && dropout.between == 0.0 {
            return;
        }
        for (place, &number) in batch.order.iter().enumerate() {
            let steps = (0..batch.steps()).take_while(|&s| place < batch.step(s).len()).count();
            let mut random = dropout.random(number);
            let between = self.layers.iter_mut().map(|layer| &mut layer.mask);
            let targets = std::iter::once(&mut self.embedding_mask).chain(between);
            for ((share, width), target) in dropout.sites(shape).zip(targets).filter(|site| site.0.0 > 0.0) {
                for step in 0..steps {
                    let row = batch.step(step).start + place;
                    draw(&mut random, share, &mut target[row * width..][..width]);
                }
            }
        }
    }

    /// The gates' sums as far as they come from the layer's input.
    fn input_forward(
        &mut self,
        weights: &PackedWeights<F>,
        parameters: &Parameters<F::Real>,
        batch: &Ragged,
        l: usize,
    ) {
        let gates = 4 * self.shape.hidden;
        let packed = &weights.layers[l];
        let (before, rest) = self.layers.split_at_mut(l);
        let target = &mut rest[0].gates;
        resize(target, batch.rows() * gates);
        if l == 0 && self.embedding_mask.is_empty() {
            for (row, &token) in target.chunks_exact_mut(gates).zip(&batch.inputs) {
                row.copy_from_slice(&weights.table[token as usize * gates..][..gates]);
            }
            return;
        }
        let width = self.shape.input_width(l);
        let input = if l == 0 {
            let embedding = parameters.tensor("embedding.weight");
            resize(&mut self.embedded, batch.rows() * width);
            for (row, &token) in self.embedded.chunks_exact_mut(width).zip(&batch.inputs) {
                row.copy_from_slice(&embedding[token as usize * width..][..width]);
            }
            self.embedded.iter_mut().zip(&self.embedding_mask).for_each(|(x, &m)| *x *= m);
            self.embedded.as_slice()
        } else {
            before[l - 1].handed_on()
        };
        for (target, input) in target.chunks_mut(FEW * gates).zip(input.chunks(FEW * width)) {
            target.chunks_exact_mut(gates).for_each(|row| row.copy_from_slice(&packed.bias));
            self.rows.pack(input.len() / width, width, input);
            multiply_add(&self.rows, &packed.input, target, gates);
        }
    }

    fn recurrence_forward(&mut self, weights: &PackedWeights<F>, batch: &Ragged, l: usize) {
        let hidden = self.shape.hidden;
        let LayerRows { gates, cells, outputs, .. } = &mut self.layers[l];
        resize(cells, batch.rows() * hidden);
        resize(outputs, batch.rows() * hidden);
        for step in 0..batch.steps() {
            let now = batch.step(step);
            let gates = &mut gates[now.start * 4 * hidden..now.end * 4 * hidden];
            let (cells_before, cells) = split_before(cells, &now, hidden);
            let (outputs_before, outputs) = split_before(outputs, &now, hidden);
            let before = step.checked_sub(1).map(|s| batch.step(s).start * hidden);
            if let Some(start) = before {
                self.rows.pack(now.len(), hidden, &outputs_before[start..start + now.len() * hidden]);
                multiply_add(&self.rows, &weights.layers[l].recurrent, gates, 4 * hidden);
            }
            lstm_forward(
                self.isa,
                LstmStep {
                    hidden,
                    gates,
                    before: before.map(|start| &cells_before[start..]),
                    cells,
                    outputs,
                },
            );
        }
    }

    /// The logits of a block of rows, their loss counted, and turned into the loss's gradient.
    fn score(
        &mut self,
        weights: &PackedWeights<F>,
        parameters: &Parameters<F::Real>,
        batch: &Ragged,
        block: std::ops::Range<usize>,
        tally: &mut Tally,
    ) {
        let (hidden, size) = (self.shape.hidden, self.shape.vocabulary);
        let outputs = &self.layers[self.shape.layers - 1].outputs[block.start * hidden..block.end * hidden];
        resize(&mut self.logits, block.len() * size);
        let bias = parameters.tensor("fc.bias");
        self.logits.chunks_exact_mut(size).for_each(|row| row.copy_from_slice(bias));
        self.rows.pack(block.len(), hidden, outputs);
        multiply_add(&self.rows, &weights.fc, &mut self.logits, size);
        for (logits, row) in self.logits.chunks_exact_mut(size).zip(block) {
            let (loss, above) = cross_entropy(self.isa, logits, batch.targets[row] as usize);
            tally.add(loss.to_f64(), above, batch.in_body[row]);
        }
    }

    /// Loss and gradients of the linear layer; leaves the gradient of the last layer's outputs.
    fn logits_backward(
        &mut self,
        weights: &PackedWeights<F>,
        parameters: &Parameters<F::Real>,
        batch: &Ragged,
        scale: F::Real,
    ) -> Tally {
        let (hidden, size) = (self.shape.hidden, self.shape.vocabulary);
        let mut tally = Tally::default();
        let mut output_gradient = std::mem::take(&mut self.output_gradient);
        resize(&mut output_gradient, batch.rows() * hidden);
        output_gradient.fill(F::Real::from_f32(0.0));
        for from in (0..batch.rows()).step_by(BLOCK) {
            let to = (from + BLOCK).min(batch.rows());
            self.score(weights, parameters, batch, from..to, &mut tally);
            self.logits.iter_mut().for_each(|g| *g *= scale);
            self.rows.pack(to - from, size, &self.logits);
            multiply_add(
                &self.rows,
                &weights.fc_back,
                &mut output_gradient[from * hidden..to * hidden],
                hidden,
            );

            add_rows(self.isa, self.gradient.tensor_mut("fc.bias"), &self.logits);
            let outputs = &self.layers[self.shape.layers - 1].outputs;
            self.rows.pack_transposed(size, to - from, &self.logits);
            self.matrix.pack_rows(to - from, hidden, &|i| Some(&outputs[(from + i) * hidden..]));
            multiply_add(&self.rows, &self.matrix, self.gradient.tensor_mut("fc.weight"), hidden);
        }
        self.output_gradient = output_gradient;
        tally
    }

    /// Back through the steps of a layer: its gates become their gradients.
    fn recurrence_backward(&mut self, weights: &PackedWeights<F>, batch: &Ragged, l: usize) {
        let hidden = self.shape.hidden;
        let LayerRows { gates, cells, .. } = &mut self.layers[l];
        resize(&mut self.cell_gradient, batch.order.len() * hidden);
        self.cell_gradient.fill(F::Real::from_f32(0.0));
        for step in (0..batch.steps()).rev() {
            let now = batch.step(step);
            let gates = &mut gates[now.start * 4 * hidden..now.end * 4 * hidden];
            let before = step.checked_sub(1).map(|s| batch.step(s).start * hidden);
            let (gradient_before, gradient) = split_before(&mut self.output_gradient, &now, hidden);
            lstm_backward(
                self.isa,
                LstmStepBack {
                    hidden,
                    gates,
                    before: before.map(|start| &cells[start..start + now.len() * hidden]),
                    cells: &cells[now.start * hidden..now.end * hidden],
                    output_gradient: gradient,
                    cell_gradient: &mut self.cell_gradient[..now.len() * hidden],
                },
            );
            if let Some(start) = before {
                self.rows.pack(now.len(), 4 * hidden, gates);
                let target = &mut gradient_before[start..start + now.len() * hidden];
                multiply_add(&self.rows, &weights.layers[l].recurrent_back, target, hidden);
            }
        }
    }

    /// The gradients of a layer's recurrent weights and biases, and above the first layer of its
    /// input weights.
    fn layer_gradients(&mut self, batch: &Ragged, l: usize) {
        let hidden = self.shape.hidden;
        let (inputs, gates) = (self.shape.input_width(l), 4 * hidden);
        let (below, rest) = self.layers.split_at(l);
        let layer = &rest[0];
        let input = match below.last() {
            Some(below) => Some(below.handed_on()),
            None if self.embedding_mask.is_empty() => None,
            None => Some(self.embedded.as_slice()),
        };
        let previous = batch.previous();
        let [ih, hh] = ["ih", "hh"].map(|part| format!("rnn.weight_{part}_l{l}"));
        for (block, gradient) in layer.gates.chunks(BLOCK * gates).enumerate() {
            let (from, count) = (block * BLOCK, gradient.len() / gates);
            self.rows.pack_transposed(gates, count, gradient);
            self.matrix
                .pack_rows(count, hidden, &|i| previous[from + i].map(|row| &layer.outputs[row * hidden..]));
            multiply_add(&self.rows, &self.matrix, self.gradient.tensor_mut(&hh), hidden);
            if let Some(input) = input {
                self.matrix.pack_rows(count, inputs, &|i| Some(&input[(from + i) * inputs..]));
                multiply_add(&self.rows, &self.matrix, self.gradient.tensor_mut(&ih), inputs);
            }
            add_rows(self.isa, self.gradient.tensor_mut(&format!("rnn.bias_ih_l{l}")), gradient);
        }
        // Both biases are added to the same sums, so their gradients are the same.
        let bias = self.gradient.tensor(&format!("rnn.bias_ih_l{l}")).to_vec();
        self.gradient.tensor_mut(&format!("rnn.bias_hh_l{l}")).copy_from_slice(&bias);
    }

    /// From a layer's gates to the outputs of the layer below.
    fn input_backward(&mut self, weights: &PackedWeights<F>, l: usize) {
        let hidden = self.shape.hidden;
        self.products_with_input(weights, l);
        std::mem::swap(&mut self.input_gradient, &mut self.output_gradient);
        let mask = &self.layers[l - 1].mask;
        self.output_gradient.chunks_mut(hidden).zip(mask.chunks(hidden)).for_each(|(gradient, mask)| {
            gradient.iter_mut().zip(mask).for_each(|(g, &m)| *g *= m);
        });
    }

    /// [`Shard::input_gradient`] = gates' gradients × input weights.
    fn products_with_input(&mut self, weights: &PackedWeights<F>, l: usize) {
        let (inputs, gates) = (self.shape.input_width(l), 4 * self.shape.hidden);
        let gradients = &self.layers[l].gates;
        resize(&mut self.input_gradient, gradients.len() / gates * inputs);
        self.input_gradient.fill(F::Real::from_f32(0.0));
        let blocks = self.input_gradient.chunks_mut(FEW * inputs).zip(gradients.chunks(FEW * gates));
        for (target, gradient) in blocks {
            self.rows.pack(gradient.len() / gates, gates, gradient);
            multiply_add(&self.rows, &weights.layers[l].input_back, target, inputs);
        }
    }

    /// From the first layer's gates to the embedding (and, through the table, to its input weights).
    fn embedding_backward(
        &mut self,
        weights: &PackedWeights<F>,
        parameters: &Parameters<F::Real>,
        batch: &Ragged,
    ) {
        let (width, gates, size) = (self.shape.embedding, 4 * self.shape.hidden, self.shape.vocabulary);
        if !self.embedding_mask.is_empty() {
            self.products_with_input(weights, 0);
            self.input_gradient.iter_mut().zip(&self.embedding_mask).for_each(|(g, &m)| *g *= m);
            let target = self.gradient.tensor_mut("embedding.weight");
            for (gradient, &token) in self.input_gradient.chunks_exact(width).zip(&batch.inputs) {
                add_rows(self.isa, &mut target[token as usize * width..][..width], gradient);
            }
            return;
        }
        // Rows that read the same token share a row of the table, and so its gradient.
        let mut table = vec![F::Real::from_f32(0.0); size * gates];
        for (gradient, &token) in self.layers[0].gates.chunks_exact(gates).zip(&batch.inputs) {
            add_rows(self.isa, &mut table[token as usize * gates..][..gates], gradient);
        }
        let embedding = parameters.tensor("embedding.weight");
        self.rows.pack_transposed(gates, size, &table);
        self.matrix.pack_rows(size, width, &|i| Some(&embedding[i * width..]));
        multiply_add(&self.rows, &self.matrix, self.gradient.tensor_mut("rnn.weight_ih_l0"), width);
        self.rows.pack(size, gates, &table);
        multiply_add(
            &self.rows,
            &weights.layers[0].input_back,
            self.gradient.tensor_mut("embedding.weight"),
            width,
        );
    }
}

/// Sets a buffer's length; its contents are whatever they were.
fn resize<R: Real>(buffer: &mut Vec<R>, len: usize) {
    buffer.resize(len, R::from_f32(0.0));
}

fn apply<R: Real>(target: &mut [R], values: &[R], mask: &[R]) {
    for ((target, &value), &mask) in target.iter_mut().zip(values).zip(mask) {
        *target = value * mask;
    }
}

/// All rows before a step, and the rows of the step.
fn split_before<'a, R>(
    values: &'a mut [R],
    now: &std::ops::Range<usize>,
    width: usize,
) -> (&'a mut [R], &'a mut [R]) {
    let (before, rest) = values.split_at_mut(now.start * width);
    (before, &mut rest[..now.len() * width])
}
