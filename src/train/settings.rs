//! A training's recipe.

use serde::{Deserialize, Serialize};

use crate::model::{Cell, Shape};

/// Everything that decides a training, with the demo's recipe as the default. In a settings file
/// (TOML) each has its field's name; what is not in the file keeps its default.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The recurrent cell; `gru` runs on candle's autograd only.
    pub cell: Cell,
    /// Width of the embedding.
    pub embedding: usize,
    /// Recurrent layers.
    pub layers: usize,
    /// Hidden units of each layer.
    pub hidden: usize,
    /// Passes over the corpus.
    pub epochs: u64,
    /// Tunes in a batch.
    pub batch: usize,
    /// Characters in a batch, about; where set, it decides and `batch` does not.
    pub batch_characters: Option<usize>,
    /// Adam's step size at its greatest.
    pub learning_rate: f64,
    /// How the step size changes.
    pub schedule: Schedule,
    /// Steps over which the step size first rises from nought.
    pub warm_up: u64,
    /// Plateau schedule: the step size is multiplied by this,
    pub factor: f64,
    /// after more than this many epochs without a better validation loss.
    pub patience: u64,
    /// Training ends after this many epochs without a better validation loss; 0 never.
    pub stop_after: u64,
    /// Share dropped between layers, and of the embedding unless `embedding_dropout` says otherwise.
    pub dropout: f32,
    /// Share dropped of the embedding.
    pub embedding_dropout: Option<f32>,
    /// The gradient's greatest norm.
    pub clip: f64,
    /// Decoupled weight decay (AdamW): each step takes this share × step size off every weight.
    pub weight_decay: f64,
    /// Decay a step of the running average of the weights that is evaluated and kept; 0 is no average.
    pub average: f64,
    /// How many times more every tune is learnt from in other keys of its mode, where it fits a fiddle.
    pub other_keys: usize,
    /// The random seed: start weights, order of the tunes, dropout, other keys.
    pub seed: u64,
}

/// How the step size changes in the course of a training.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Schedule {
    /// Smaller whenever the validation loss no longer falls (PyTorch's ReduceLROnPlateau).
    Plateau,
    /// Half a cosine from the greatest step size to nought over the whole training.
    Cosine,
}

impl Default for Settings {
    fn default() -> Self {
        let Shape { cell, embedding, layers, hidden, .. } = Shape::REFERENCE;
        Self {
            cell,
            embedding,
            layers,
            hidden,
            epochs: 10,
            batch: 32,
            batch_characters: None,
            learning_rate: 1e-3,
            schedule: Schedule::Plateau,
            warm_up: 0,
            factor: 0.5,
            patience: 2,
            stop_after: 3,
            dropout: 0.3,
            embedding_dropout: None,
            clip: 1.0,
            weight_decay: 0.0,
            average: 0.0,
            other_keys: 0,
            seed: 0,
        }
    }
}

/// A setting out of its range.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("the setting {name} is {value}; it must be {range}")]
pub struct SettingsError {
    name: &'static str,
    value: f64,
    range: &'static str,
}

impl Settings {
    /// The network's shape over a vocabulary.
    pub fn shape(&self, vocabulary: usize) -> Shape {
        let Self { cell, embedding, layers, hidden, .. } = *self;
        Shape { cell, vocabulary, embedding, layers, hidden }
    }

    /// The share of the embedding that is dropped.
    pub fn embedding_dropout(&self) -> f32 {
        self.embedding_dropout.unwrap_or(self.dropout)
    }

    /// Checks every range.
    ///
    /// # Errors
    /// Names the first setting out of its range.
    pub fn validate(&self) -> Result<(), SettingsError> {
        let check = |name, value: f64, range, good: bool| {
            if good { Ok(()) } else { Err(SettingsError { name, value, range }) }
        };
        let at_least_one = |name, value: usize| check(name, value as f64, "at least 1", value >= 1);
        let share =
            |name, value: f32| check(name, value.into(), "from 0 to under 1", (0.0..1.0).contains(&value));
        at_least_one("embedding", self.embedding)?;
        at_least_one("layers", self.layers)?;
        at_least_one("hidden", self.hidden)?;
        at_least_one("epochs", self.epochs as usize)?;
        at_least_one("batch", self.batch)?;
        at_least_one("batch_characters", self.batch_characters.unwrap_or(1))?;
        let rate = self.learning_rate;
        check("learning_rate", rate, "above 0 and at most 1", rate > 0.0 && rate <= 1.0)?;
        check("factor", self.factor, "between 0 and 1", self.factor > 0.0 && self.factor < 1.0)?;
        share("dropout", self.dropout)?;
        share("embedding_dropout", self.embedding_dropout())?;
        check("clip", self.clip, "above 0", self.clip > 0.0)?;
        check(
            "weight_decay",
            self.weight_decay,
            "from 0 to under 1",
            (0.0..1.0).contains(&self.weight_decay),
        )?;
        check("average", self.average, "from 0 to under 1", (0.0..1.0).contains(&self.average))?;
        let sound = self.shape(1).is_sound();
        check("hidden", self.hidden as f64, "small enough for the network to fit into memory", sound)
    }
}
