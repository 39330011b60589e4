//! Everything a training must remember to go on bit for bit, in one file.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};

use safetensors::SafeTensors;
use safetensors::tensor::{Dtype, TensorView};
use serde::{Deserialize, Serialize};

use super::corpus::Corpus;
use super::metrics::Tally;
use super::optimiser::Adam;
use super::schedule::Progress;
use super::settings::Settings;
use crate::files::write_atomically;
use crate::model::{Parameters, Vocabulary};

/// A training between two batches.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct State {
    pub parameters: Parameters,
    pub adam: Adam,
    /// The running average of the parameters, where the recipe asks for one.
    pub average: Option<Parameters>,
    pub place: Place,
}

/// How far a training has come.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Place {
    pub settings: Settings,
    /// Which corpora it learns from.
    pub fingerprint: u64,
    /// Whole epochs done.
    pub epoch: u64,
    /// Batches of the current epoch done.
    pub batch: usize,
    /// Optimiser steps taken.
    pub steps: u64,
    /// Characters trained on.
    pub characters: u64,
    /// Time spent.
    pub seconds: f64,
    /// What was counted since the last line of the log.
    pub since_log: Tally,
    pub progress: Progress,
}

/// Why a training's state could not be kept or taken up again.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The file cannot be written.
    #[error("the training's state cannot be written to {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file cannot be read.
    #[error("there is no training to resume: {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no training's state.
    #[error("{path} is no state of a training: {reason}")]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

/// The state's file in a training's folder.
pub(super) fn state_path(folder: &Path) -> PathBuf {
    folder.join("state.safetensors")
}

const PLACE_KEY: &str = "reelsmith.training";

impl State {
    /// Writes the state; the old file stays whole until the new one is.
    pub fn save(&self, folder: &Path) -> Result<(), StateError> {
        let path = state_path(folder);
        let damaged = |reason: String| StateError::Damaged { path: path.clone(), reason };
        let place = serde_json::to_string(&self.place).map_err(|e| damaged(e.to_string()))?;
        let mut tensors = vec![("parameters", &self.parameters), ("first", &self.adam.first)];
        tensors.push(("second", &self.adam.second));
        tensors.extend(self.average.as_ref().map(|a| ("average", a)));
        let encoded: Vec<(&str, Vec<u8>)> = tensors
            .into_iter()
            .map(|(name, p)| (name, p.values().iter().flat_map(|v| v.to_le_bytes()).collect()))
            .collect();
        let views = encoded
            .iter()
            .map(|(name, bytes)| Ok((*name, TensorView::new(Dtype::F32, vec![bytes.len() / 4], bytes)?)))
            .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()
            .map_err(|e| damaged(e.to_string()))?;
        let metadata = HashMap::from([(PLACE_KEY.to_owned(), place)]);
        let bytes = safetensors::serialize(views, Some(metadata)).map_err(|e| damaged(e.to_string()))?;
        write_atomically(&path, &bytes).map_err(|source| StateError::Write { path: path.clone(), source })
    }

    /// Reads the state a training left in its folder.
    pub fn load(folder: &Path, vocabulary: &Vocabulary) -> Result<Self, StateError> {
        let path = state_path(folder);
        let bytes = fs::read(&path).map_err(|source| StateError::Read { path: path.clone(), source })?;
        Self::from_bytes(&bytes, vocabulary).map_err(|reason| StateError::Damaged { path, reason })
    }

    fn from_bytes(bytes: &[u8], vocabulary: &Vocabulary) -> Result<Self, String> {
        let (_, header) = SafeTensors::read_metadata(bytes).map_err(|e| e.to_string())?;
        let file = SafeTensors::deserialize(bytes).map_err(|e| e.to_string())?;
        let place = header.metadata().as_ref().and_then(|m| m.get(PLACE_KEY));
        let place = place.ok_or_else(|| format!("it has no {PLACE_KEY} among its metadata"))?;
        let place: Place = serde_json::from_str(place).map_err(|e| e.to_string())?;
        place.settings.validate().map_err(|e| e.to_string())?;
        let shape = place.settings.shape(vocabulary.len());
        let read = |name: &str| {
            let view = file.tensor(name).map_err(|e| e.to_string())?;
            if view.dtype() != Dtype::F32 {
                return Err(format!("{name} is of type {:?}", view.dtype()));
            }
            let values = view.data().as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)).collect();
            Parameters::from_values(shape, values).map_err(|v| format!("{name} has {} numbers", v.len()))
        };
        Ok(Self {
            parameters: read("parameters")?,
            adam: Adam { first: read("first")?, second: read("second")?, steps: place.steps },
            average: if place.settings.average > 0.0 { Some(read("average")?) } else { None },
            place,
        })
    }
}

/// A number that is another for other corpora.
pub(super) fn fingerprint(training: &Corpus, validation: &Corpus) -> u64 {
    let sum = |corpus: &Corpus| {
        corpus
            .tunes
            .iter()
            .flat_map(|t| &t.tokens)
            .fold(0, |crc, token| crc32c::crc32c_append(crc, &token.to_le_bytes()))
    };
    u64::from(sum(training)) << 32 | u64::from(sum(validation))
}
