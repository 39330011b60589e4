//! A network on disk: safetensors with vocabulary, shape and training facts as metadata.

use std::collections::{BTreeMap, HashMap};

use half::f16;
use safetensors::tensor::{Dtype, Metadata, SafeTensorError, SafeTensors, TensorView};

use super::parameters::Parameters;
use super::shape::Shape;
use super::vocabulary::{Vocabulary, VocabularyError};

/// The metadata keys of a Reelsmith checkpoint.
const VOCABULARY_KEY: &str = "reelsmith.vocabulary";
const SHAPE_KEY: &str = "reelsmith.shape";
const FACT_PREFIX: &str = "reelsmith.fact.";

/// How weights are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Precision {
    /// 4 bytes a weight.
    F32,
    /// 2 bytes a weight.
    F16,
}

/// A trained network: everything needed to run it.
#[derive(Debug, Clone, PartialEq)]
pub struct Checkpoint {
    /// What its tokens mean.
    pub vocabulary: Vocabulary,
    /// Its weights, and with them its shape.
    pub parameters: Parameters,
    /// How it came about: name, recipe, figures; shown to people, never computed with.
    pub facts: BTreeMap<String, String>,
}

/// What is wrong with the bytes of a checkpoint. The caller adds the file's name.
#[derive(Debug, thiserror::Error)]
pub enum CheckpointError {
    /// Shorter than its header says.
    #[error("the file is cut short: its header promises {promised} bytes and it has {found}")]
    Truncated {
        /// Bytes by the header.
        promised: u64,
        /// Bytes there are.
        found: u64,
    },
    /// Something else than safetensors.
    #[error("it is no safetensors file ({0})")]
    NotSafetensors(SafeTensorError),
    /// safetensors, but not one of ours.
    #[error(
        "it is a safetensors file, but has no {0:?} among its metadata, so it is no Reelsmith checkpoint (PyTorch files go through `reelsmith-cli import`)"
    )]
    MissingMetadata(&'static str),
    /// Metadata that cannot be read.
    #[error("its metadata {key:?} cannot be read: {reason}")]
    Metadata {
        /// Which entry.
        key: &'static str,
        /// What the reader said.
        reason: String,
    },
    /// A list of tokens that is no vocabulary.
    #[error("its vocabulary is unusable: {0}")]
    Vocabulary(#[from] VocabularyError),
    /// Sizes of nought or beyond all reason.
    #[error("its shape is impossible: {0}")]
    ImpossibleShape(Shape),
    /// The vocabulary and the shape disagree.
    #[error("its vocabulary has {tokens} tokens, its shape says {shape}")]
    VocabularySize {
        /// Tokens in the list.
        tokens: usize,
        /// Tokens by the shape.
        shape: usize,
    },
    /// A tensor the shape asks for is not there.
    #[error("tensor {0} is missing")]
    MissingTensor(String),
    /// A tensor the shape does not know.
    #[error("tensor {0} does not belong to a network of its shape")]
    UnknownTensor(String),
    /// A tensor of other dimensions.
    #[error("tensor {name} is {found:?}, its shape asks for {expected:?}")]
    TensorShape {
        /// The tensor.
        name: String,
        /// Dimensions in the file.
        found: Vec<usize>,
        /// Dimensions by the shape.
        expected: Vec<usize>,
    },
    /// Neither f32 nor f16.
    #[error("tensor {name} is of type {dtype:?}; f32 and f16 are read")]
    TensorType {
        /// The tensor.
        name: String,
        /// Its type in the file.
        dtype: Dtype,
    },
    /// A weight that is not a finite number.
    #[error("tensor {name} has the value {value} at {index}: the network is damaged or its training failed")]
    NotFinite {
        /// The tensor.
        name: String,
        /// Which element, row by row.
        index: usize,
        /// NaN or an infinity.
        value: f32,
    },
    /// The weights could not be put into a file.
    #[error("the checkpoint cannot be written: {0}")]
    Write(SafeTensorError),
}

impl Checkpoint {
    /// Reads a checkpoint from the bytes of a safetensors file and checks all of it.
    ///
    /// # Errors
    /// See [`CheckpointError`]: truncated, foreign, of another shape, or with weights that are no numbers.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, CheckpointError> {
        check_length(bytes)?;
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(CheckpointError::NotSafetensors)?;
        let file = SafeTensors::deserialize(bytes).map_err(CheckpointError::NotSafetensors)?;
        let empty = HashMap::new();
        let metadata = header.metadata().as_ref().unwrap_or(&empty);
        let entry = |key: &'static str| metadata.get(key).ok_or(CheckpointError::MissingMetadata(key));
        let unreadable =
            |key| move |e: serde_json::Error| CheckpointError::Metadata { key, reason: e.to_string() };

        let names: Vec<String> =
            serde_json::from_str(entry(VOCABULARY_KEY)?).map_err(unreadable(VOCABULARY_KEY))?;
        let shape: Shape = serde_json::from_str(entry(SHAPE_KEY)?).map_err(unreadable(SHAPE_KEY))?;
        let vocabulary = Vocabulary::new(names)?;
        if !shape.is_sound() {
            return Err(CheckpointError::ImpossibleShape(shape));
        }
        if vocabulary.len() != shape.vocabulary {
            return Err(CheckpointError::VocabularySize {
                tokens: vocabulary.len(),
                shape: shape.vocabulary,
            });
        }
        let parameters = read_parameters(shape, &file)?;
        let facts = metadata
            .iter()
            .filter_map(|(k, v)| Some((k.strip_prefix(FACT_PREFIX)?.to_owned(), v.clone())))
            .collect();
        Ok(Self { vocabulary, parameters, facts })
    }

    /// The bytes of a safetensors file that [`Checkpoint::from_bytes`] reads.
    ///
    /// # Errors
    /// Only if the file format itself refuses, which no sound checkpoint brings about.
    pub fn to_bytes(&self, precision: Precision) -> Result<Vec<u8>, CheckpointError> {
        let metadata_error =
            |key| move |e: serde_json::Error| CheckpointError::Metadata { key, reason: e.to_string() };
        let mut metadata: HashMap<String, String> =
            self.facts.iter().map(|(k, v)| (format!("{FACT_PREFIX}{k}"), v.clone())).collect();
        let names = serde_json::to_string(self.vocabulary.names()).map_err(metadata_error(VOCABULARY_KEY))?;
        let shape = serde_json::to_string(&self.shape()).map_err(metadata_error(SHAPE_KEY))?;
        metadata.insert(VOCABULARY_KEY.into(), names);
        metadata.insert(SHAPE_KEY.into(), shape);
        let encoded: Vec<Vec<u8>> = self
            .parameters
            .specs()
            .iter()
            .map(|spec| encode(&self.parameters.values()[spec.range()], precision))
            .collect();
        let dtype = match precision {
            Precision::F32 => Dtype::F32,
            Precision::F16 => Dtype::F16,
        };
        let views = self
            .parameters
            .specs()
            .iter()
            .zip(&encoded)
            .map(|(spec, data)| Ok((spec.name.clone(), TensorView::new(dtype, spec.dims.clone(), data)?)))
            .collect::<Result<Vec<_>, SafeTensorError>>()
            .map_err(CheckpointError::Write)?;
        let mut bytes = safetensors::serialize(views, Some(metadata)).map_err(CheckpointError::Write)?;
        sort_header(&mut bytes);
        Ok(bytes)
    }

    /// The network's shape.
    pub fn shape(&self) -> Shape {
        self.parameters.shape()
    }

    /// The name it goes by, "unnamed" if it has none.
    pub fn name(&self) -> &str {
        self.facts.get("name").map_or("unnamed", String::as_str)
    }
}

/// Puts the header's keys in order, so that the same checkpoint is always the same bytes: safetensors
/// takes the metadata as a hash map and writes them as they come.
fn sort_header(bytes: &mut [u8]) {
    let header = bytes
        .split_first_chunk_mut::<8>()
        .and_then(|(length, rest)| rest.get_mut(..u64::from_le_bytes(*length) as usize));
    let Some(header) = header else { return };
    // A JSON object of serde_json is sorted. It is as long as before, but for the spaces at the end.
    let Ok(sorted) = serde_json::from_slice::<serde_json::Value>(header).map(|json| json.to_string()) else {
        return;
    };
    if let Some(target) = header.get_mut(..sorted.len()) {
        target.copy_from_slice(sorted.as_bytes());
    }
}

/// Tells a file that was cut short from one that never was safetensors: the format begins with the
/// header's length (8 bytes, little endian), and the header's tensors give the rest.
fn check_length(bytes: &[u8]) -> Result<(), CheckpointError> {
    let found = bytes.len() as u64;
    let Some(length) = bytes.first_chunk::<8>().map(|b| u64::from_le_bytes(*b)) else {
        return Err(CheckpointError::Truncated { promised: 8, found });
    };
    // A header always opens with a brace; with any other byte the length is no length either.
    if bytes.get(8) == Some(&b'{') && length < 100_000_000 {
        if found < 8 + length {
            return Err(CheckpointError::Truncated { promised: 8 + length, found });
        }
        // Not by `SafeTensors::read_metadata`, which refuses a file that is cut short without a word of it.
        let header = &bytes[8..8 + length as usize];
        if let Ok(metadata) = serde_json::from_slice::<Metadata>(header) {
            let promised = (8 + length).saturating_add(metadata.data_len() as u64);
            if found < promised {
                return Err(CheckpointError::Truncated { promised, found });
            }
        }
    }
    Ok(())
}

fn read_parameters(shape: Shape, file: &SafeTensors<'_>) -> Result<Parameters, CheckpointError> {
    let mut parameters = Parameters::zeros(shape);
    let specs = parameters.specs().to_vec();
    for name in file.names() {
        if !specs.iter().any(|s| s.name == *name) {
            return Err(CheckpointError::UnknownTensor(name.to_string()));
        }
    }
    for spec in specs {
        let view = file.tensor(&spec.name).map_err(|_| CheckpointError::MissingTensor(spec.name.clone()))?;
        if view.shape() != spec.dims {
            return Err(CheckpointError::TensorShape {
                name: spec.name,
                found: view.shape().to_vec(),
                expected: spec.dims,
            });
        }
        let target = &mut parameters.values_mut()[spec.range()];
        decode(view.dtype(), view.data(), target)
            .ok_or_else(|| CheckpointError::TensorType { name: spec.name.clone(), dtype: view.dtype() })?;
        check_finite(&spec.name, target)?;
    }
    Ok(parameters)
}

/// Refuses a tensor with a value that is not a finite number.
pub(super) fn check_finite(name: &str, values: &[f32]) -> Result<(), CheckpointError> {
    match values.iter().position(|v| !v.is_finite()) {
        Some(index) => Err(CheckpointError::NotFinite { name: name.to_owned(), index, value: values[index] }),
        None => Ok(()),
    }
}

fn decode(dtype: Dtype, data: &[u8], target: &mut [f32]) -> Option<()> {
    match dtype {
        Dtype::F32 => {
            for (value, bytes) in target.iter_mut().zip(data.as_chunks::<4>().0) {
                *value = f32::from_le_bytes(*bytes);
            }
        }
        Dtype::F16 => {
            for (value, bytes) in target.iter_mut().zip(data.as_chunks::<2>().0) {
                *value = f16::from_le_bytes(*bytes).to_f32();
            }
        }
        _ => return None,
    }
    Some(())
}

fn encode(values: &[f32], precision: Precision) -> Vec<u8> {
    match precision {
        Precision::F32 => values.iter().flat_map(|v| v.to_le_bytes()).collect(),
        Precision::F16 => values.iter().flat_map(|v| f16::from_f32(*v).to_le_bytes()).collect(),
    }
}
