//! The architecture as data: which tensors a network has, by PyTorch's names.

use serde::{Deserialize, Serialize};

/// The recurrent cell.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Cell {
    /// Long short-term memory, gates in PyTorch's order i, f, g, o.
    Lstm,
    /// Gated recurrent unit, gates in PyTorch's order r, z, n.
    Gru,
}

impl Cell {
    /// How many gates there are: the rows of a weight matrix are this many times the hidden units.
    pub fn gates(self) -> usize {
        match self {
            Self::Lstm => 4,
            Self::Gru => 3,
        }
    }
}

impl std::fmt::Display for Cell {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Lstm => "LSTM",
            Self::Gru => "GRU",
        })
    }
}

/// The shape of a network: embedding, recurrent layers, and a linear layer to the logits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shape {
    /// The recurrent cell of every layer.
    pub cell: Cell,
    /// Tokens in the vocabulary.
    pub vocabulary: usize,
    /// Width of the embedding.
    pub embedding: usize,
    /// Recurrent layers, at least one.
    pub layers: usize,
    /// Hidden units of each layer.
    pub hidden: usize,
}

/// One tensor of a network: its PyTorch name, its dimensions, and where it lies in the flat
/// list of parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TensorSpec {
    /// For example `rnn.weight_ih_l0`.
    pub name: String,
    /// Rows and columns, or the length of a bias.
    pub dims: Vec<usize>,
    /// First element in the flat list.
    pub start: usize,
    /// Number of elements.
    pub len: usize,
}

impl TensorSpec {
    /// The tensor's elements in the flat list.
    pub fn range(&self) -> std::ops::Range<usize> {
        self.start..self.start + self.len
    }
}

/// Bounds that keep a damaged or hostile file from asking for unbounded memory.
const MOST_PARAMETERS: usize = 1 << 28;

impl Shape {
    /// Embedding 128, two LSTM layers of 256, 99 tokens: 959,715 parameters.
    pub const REFERENCE: Self =
        Self { cell: Cell::Lstm, vocabulary: 99, embedding: 128, layers: 2, hidden: 256 };

    /// Whether every size is at least one and the whole fits into 2²⁸ parameters.
    pub fn is_sound(&self) -> bool {
        let sizes = [self.vocabulary, self.embedding, self.layers, self.hidden];
        sizes.iter().all(|&n| (1..=1 << 20).contains(&n))
            && self.layers <= 64
            && self.checked_parameters().is_some_and(|n| n <= MOST_PARAMETERS)
    }

    fn checked_parameters(&self) -> Option<usize> {
        let rows = self.cell.gates().checked_mul(self.hidden)?;
        let first = rows.checked_mul(self.embedding + self.hidden + 2)?;
        let other = rows.checked_mul(2 * self.hidden + 2)?.checked_mul(self.layers - 1)?;
        let ends = self.vocabulary.checked_mul(self.embedding + self.hidden + 1)?;
        first.checked_add(other)?.checked_add(ends)
    }

    /// The width of what a layer (from 0) reads.
    pub fn input_width(&self, layer: usize) -> usize {
        if layer == 0 { self.embedding } else { self.hidden }
    }

    /// The tensors in PyTorch's order.
    pub fn tensors(&self) -> Vec<TensorSpec> {
        let rows = self.cell.gates() * self.hidden;
        let mut list: Vec<(String, Vec<usize>)> =
            vec![("embedding.weight".into(), vec![self.vocabulary, self.embedding])];
        for layer in 0..self.layers {
            list.push((format!("rnn.weight_ih_l{layer}"), vec![rows, self.input_width(layer)]));
            list.push((format!("rnn.weight_hh_l{layer}"), vec![rows, self.hidden]));
            list.push((format!("rnn.bias_ih_l{layer}"), vec![rows]));
            list.push((format!("rnn.bias_hh_l{layer}"), vec![rows]));
        }
        list.push(("fc.weight".into(), vec![self.vocabulary, self.hidden]));
        list.push(("fc.bias".into(), vec![self.vocabulary]));
        let mut start = 0;
        list.into_iter()
            .map(|(name, dims)| {
                let len = dims.iter().product();
                let spec = TensorSpec { name, dims, start, len };
                start += len;
                spec
            })
            .collect()
    }

    /// The number of parameters.
    pub fn parameters(&self) -> usize {
        self.tensors().last().map_or(0, |t| t.start + t.len)
    }
}

impl std::fmt::Display for Shape {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "{} tokens, embedding {}, {} {} layer{} of {}",
            self.vocabulary,
            self.embedding,
            self.layers,
            self.cell,
            if self.layers == 1 { "" } else { "s" },
            self.hidden
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reference_shape_has_959715_parameters() {
        assert_eq!(Shape::REFERENCE.parameters(), 959_715);
        assert_eq!(Shape::REFERENCE.checked_parameters(), Some(959_715));
    }

    #[test]
    fn tensors_lie_end_to_end() {
        for cell in [Cell::Lstm, Cell::Gru] {
            let shape = Shape { cell, vocabulary: 11, embedding: 5, layers: 3, hidden: 7 };
            let mut end = 0;
            for tensor in shape.tensors() {
                assert_eq!(tensor.start, end, "{}", tensor.name);
                end = tensor.start + tensor.len;
            }
            assert_eq!(shape.checked_parameters(), Some(end));
        }
    }

    #[test]
    fn absurd_shapes_are_not_sound() {
        let sound = Shape::REFERENCE;
        assert!(sound.is_sound());
        assert!(!Shape { layers: 0, ..sound }.is_sound());
        assert!(!Shape { hidden: 0, ..sound }.is_sound());
        assert!(!Shape { hidden: 1 << 20, ..sound }.is_sound());
        assert!(!Shape { embedding: usize::MAX, ..sound }.is_sound());
    }
}
