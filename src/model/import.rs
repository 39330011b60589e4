//! Reading PyTorch state dicts.

use std::collections::BTreeMap;
use std::path::Path;

use candle_core::{DType, Tensor, pickle};

use super::checkpoint::{Checkpoint, CheckpointError, check_finite};
use super::parameters::Parameters;
use super::shape::{Cell, Shape};
use super::vocabulary::Vocabulary;

/// Why a PyTorch file could not be made into a checkpoint. The caller adds the file's name.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// Not a file candle can read as a state dict.
    #[error("it cannot be read as a PyTorch state dict: {0}")]
    Unreadable(String),
    /// A tensor without which the shape is unknown.
    #[error(
        "it has no tensor {missing}; it has {found}. An embedding, an LSTM or GRU and a linear layer named embedding, rnn and fc are expected"
    )]
    MissingTensor {
        /// What was looked for.
        missing: String,
        /// What there is.
        found: String,
    },
    /// A tensor of the wrong dimensions.
    #[error("tensor {name} is {found:?}; with the other tensors it would have to be {expected:?}")]
    TensorShape {
        /// The tensor.
        name: String,
        /// Its dimensions.
        found: Vec<usize>,
        /// What they should be.
        expected: Vec<usize>,
    },
    /// Tensors beyond the known ones.
    #[error(
        "it has tensors that an embedding, a one-way recurrent network and a linear layer do not have: {0}"
    )]
    ExtraTensors(String),
    /// A vocabulary of another size.
    #[error(
        "the network has {network} tokens and the vocabulary {vocabulary}; give the right one with --vocabulary"
    )]
    VocabularySize {
        /// Tokens by the embedding.
        network: usize,
        /// Tokens of the vocabulary.
        vocabulary: usize,
    },
    /// The sizes of the tensors make no network.
    #[error("its shape is impossible: {0}")]
    ImpossibleShape(Shape),
    /// A weight is not a number.
    #[error(transparent)]
    Weights(#[from] CheckpointError),
}

/// Makes a checkpoint of a PyTorch state dict (`.pt`, `.pth`), whose shape is read off its tensors.
///
/// A state dict does not say what its tokens mean: the caller gives the vocabulary.
///
/// # Errors
/// See [`ImportError`].
pub fn import_pytorch(path: &Path, vocabulary: Vocabulary) -> Result<Checkpoint, ImportError> {
    let unreadable = |e: candle_core::Error| ImportError::Unreadable(e.to_string());
    let mut tensors: BTreeMap<String, Tensor> = BTreeMap::new();
    // A training script's checkpoint often wraps the state dict in a dictionary.
    for key in [None, Some("model_state_dict"), Some("state_dict"), Some("model")] {
        match pickle::read_all_with_key(path, key) {
            Ok(list) if list.iter().any(|(name, _)| name == "embedding.weight") => {
                tensors = list.into_iter().collect();
                break;
            }
            Ok(list) if key.is_none() => tensors = list.into_iter().collect(),
            Err(e) if key.is_none() => return Err(unreadable(e)),
            _ => {}
        }
    }
    let shape = shape_of(&tensors)?;
    if !shape.is_sound() {
        return Err(ImportError::ImpossibleShape(shape));
    }
    if vocabulary.len() != shape.vocabulary {
        return Err(ImportError::VocabularySize { network: shape.vocabulary, vocabulary: vocabulary.len() });
    }
    let mut parameters = Parameters::zeros(shape);
    let specs = parameters.specs().to_vec();
    let extra: Vec<&str> =
        tensors.keys().map(String::as_str).filter(|n| !specs.iter().any(|s| s.name == *n)).collect();
    if !extra.is_empty() {
        return Err(ImportError::ExtraTensors(extra.join(", ")));
    }
    for spec in specs {
        let tensor = find(&tensors, &spec.name)?;
        if tensor.dims() != spec.dims {
            return Err(ImportError::TensorShape {
                name: spec.name,
                found: tensor.dims().to_vec(),
                expected: spec.dims,
            });
        }
        let values = tensor
            .to_dtype(DType::F32)
            .and_then(|t| t.flatten_all()?.to_vec1::<f32>())
            .map_err(unreadable)?;
        check_finite(&spec.name, &values)?;
        parameters.values_mut()[spec.range()].copy_from_slice(&values);
    }
    Ok(Checkpoint { vocabulary, parameters, facts: BTreeMap::new() })
}

fn find<'a>(tensors: &'a BTreeMap<String, Tensor>, name: &str) -> Result<&'a Tensor, ImportError> {
    tensors.get(name).ok_or_else(|| ImportError::MissingTensor {
        missing: name.to_owned(),
        found: match tensors.len() {
            0 => "none".to_owned(),
            _ => tensors.keys().cloned().collect::<Vec<_>>().join(", "),
        },
    })
}

/// A matrix's rows and columns.
fn matrix(tensors: &BTreeMap<String, Tensor>, name: &str) -> Result<(usize, usize), ImportError> {
    let tensor = find(tensors, name)?;
    tensor.dims2().map_err(|_| ImportError::TensorShape {
        name: name.to_owned(),
        found: tensor.dims().to_vec(),
        expected: vec![0, 0],
    })
}

fn shape_of(tensors: &BTreeMap<String, Tensor>) -> Result<Shape, ImportError> {
    let (vocabulary, embedding) = matrix(tensors, "embedding.weight")?;
    let (rows, hidden) = matrix(tensors, "rnn.weight_hh_l0")?;
    let layers = (0..).take_while(|l| tensors.contains_key(&format!("rnn.weight_hh_l{l}"))).count();
    let cell = if rows == 3 * hidden { Cell::Gru } else { Cell::Lstm };
    Ok(Shape { cell, vocabulary, embedding, layers, hidden })
}
