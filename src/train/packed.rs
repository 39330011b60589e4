//! A network's weights packed for the kernels, once an optimiser step.

use rayon::prelude::*;

use crate::model::kernels::{Factor, Isa, PackedMatrix, PackedRows, multiply_add};
use crate::model::{Parameters, Shape};

/// One LSTM layer's weights.
#[derive(Debug)]
pub(super) struct PackedLayer<F: Factor> {
    /// Input to gates: `[inputs, 4H]`.
    pub input: PackedMatrix<F>,
    /// Outputs before to gates: `[H, 4H]`.
    pub recurrent: PackedMatrix<F>,
    /// Gates' gradients to the input's: `[4H, inputs]`.
    pub input_back: PackedMatrix<F>,
    /// Gates' gradients to the outputs' before: `[4H, H]`.
    pub recurrent_back: PackedMatrix<F>,
    /// Both biases added up: `[4H]`.
    pub bias: Vec<F::Real>,
}

/// All weights of an LSTM network.
#[derive(Debug)]
pub(super) struct PackedWeights<F: Factor> {
    pub shape: Shape,
    pub layers: Vec<PackedLayer<F>>,
    /// Embedding × first layer's input weights, biases added: `[vocabulary, 4H]`. Without dropout
    /// on the embedding this is all the first layer ever sees of its input.
    pub table: Vec<F::Real>,
    /// Outputs to logits: `[H, vocabulary]`.
    pub fc: PackedMatrix<F>,
    /// Logits' gradients to the outputs': `[vocabulary, H]`.
    pub fc_back: PackedMatrix<F>,
}

impl<F: Factor> PackedWeights<F> {
    /// Room for the weights of a shape.
    pub fn new(isa: Isa, shape: Shape) -> Self {
        let layers = (0..shape.layers)
            .map(|_| PackedLayer {
                input: PackedMatrix::new(isa),
                recurrent: PackedMatrix::new(isa),
                input_back: PackedMatrix::new(isa),
                recurrent_back: PackedMatrix::new(isa),
                bias: Vec::new(),
            })
            .collect();
        Self { shape, layers, table: Vec::new(), fc: PackedMatrix::new(isa), fc_back: PackedMatrix::new(isa) }
    }

    /// Packs the weights as they are now.
    pub fn pack(&mut self, isa: Isa, parameters: &Parameters<F::Real>) {
        let shape = self.shape;
        let gates = 4 * shape.hidden;
        self.layers.par_iter_mut().enumerate().for_each(|(l, layer)| {
            let inputs = shape.input_width(l);
            let input = parameters.tensor(&format!("rnn.weight_ih_l{l}"));
            let recurrent = parameters.tensor(&format!("rnn.weight_hh_l{l}"));
            layer.input.pack_transposed(inputs, gates, input);
            layer.input_back.pack_rows(gates, inputs, &|i| Some(&input[i * inputs..]));
            layer.recurrent.pack_transposed(shape.hidden, gates, recurrent);
            layer.recurrent_back.pack_rows(gates, shape.hidden, &|i| Some(&recurrent[i * shape.hidden..]));
            let biases = parameters.tensor(&format!("rnn.bias_ih_l{l}")).iter();
            let other = parameters.tensor(&format!("rnn.bias_hh_l{l}"));
            layer.bias = biases.zip(other).map(|(&a, &b)| a + b).collect();
        });
        let fc = parameters.tensor("fc.weight");
        self.fc.pack_transposed(shape.hidden, shape.vocabulary, fc);
        self.fc_back.pack_rows(shape.vocabulary, shape.hidden, &|i| Some(&fc[i * shape.hidden..]));

        let mut rows = PackedRows::new(isa);
        rows.pack(shape.vocabulary, shape.embedding, parameters.tensor("embedding.weight"));
        self.table = self.layers[0].bias.repeat(shape.vocabulary);
        multiply_add(&rows, &self.layers[0].input, &mut self.table, gates);
    }
}
