//! A network small enough for tests, which writes gibberish in the letters of ABC.

use std::collections::BTreeMap;

use super::request::Request;
use crate::model::{Cell, Checkpoint, DeviceName, Network, Parameters, Shape, Vocabulary, open_device};

/// Everything that can make a bar line hard to see.
pub(super) const ABC: &str = "ABcd |:[]\"!\n12M(";

/// A request for so many characters or a few more, without grammar.
pub(super) fn request(length: usize) -> Request {
    Request { prompt: "X:1\nM:C|\nK:D\n".into(), temperature: 1.0, length, raw: true, ..Request::default() }
}

/// A network that gives each character of `likely` the logit 4 and every other −8, give or take
/// what its pseudo-random weights add; `<eos>` gets `eos`.
pub(super) fn network(likely: &str, eos: f32) -> Network {
    let vocabulary = Vocabulary::reference();
    let shape = Shape { cell: Cell::Lstm, vocabulary: vocabulary.len(), embedding: 8, layers: 2, hidden: 16 };
    let mut parameters = Parameters::zeros(shape);
    let mut number = 1u32;
    for value in parameters.values_mut() {
        number = number.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        *value = number as f32 / u32::MAX as f32 - 0.5;
    }
    let bias = parameters.tensor_mut("fc.bias");
    bias.fill(-8.0);
    for token in vocabulary.encode(likely).unwrap() {
        bias[token as usize] = 4.0;
    }
    bias[vocabulary.eos() as usize] = eos;
    let checkpoint = Checkpoint { vocabulary, parameters, facts: BTreeMap::new() };
    Network::new(&checkpoint, open_device(DeviceName::Cpu).unwrap(), None).unwrap()
}
