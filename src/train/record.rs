//! What a training reports as it goes, and what can go wrong in writing it down.

use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Which texts a [`Record`] was measured on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Part {
    /// The texts trained on, with dropout, since the last such record.
    Train,
    /// The texts kept aside, without dropout, all of them.
    Validation,
}

impl Part {
    /// The part's name in the log: `train` or `validation`.
    pub fn name(self) -> &'static str {
        match self {
            Part::Train => "train",
            Part::Validation => "validation",
        }
    }

    /// The part of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        [Part::Train, Part::Validation].into_iter().find(|part| part.name() == name)
    }
}

/// One line of a training's log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// The texts measured.
    pub part: Part,
    /// Optimiser steps taken so far.
    pub step: u64,
    /// Passes over the training texts so far, with the fraction of the one under way.
    pub epoch: f64,
    /// Characters trained on so far, padding not counted.
    pub characters: u64,
    /// Seconds spent training so far, over all resumptions.
    pub seconds: f64,
    /// The learning rate of the last step.
    pub learning_rate: f64,
    /// Mean cross-entropy, in nats a character.
    pub loss: f64,
    /// Share (0 to 1) of characters that were the network's first choice.
    pub top1: f64,
    /// Share (0 to 1) of characters among the network's first five choices.
    pub top5: f64,
    /// Mean cross-entropy from the `K:` line on, in nats a character, where it was measured.
    pub body_loss: Option<f64>,
    /// Norm of the whole gradient before clipping, where there was a gradient.
    pub gradient_norm: Option<f64>,
}

/// Why a report could not be written, read or drawn.
#[derive(Debug, Error)]
pub enum ReportError {
    /// The system refused to read or write the file or folder.
    #[error("cannot {action} {}: {source}", path.display())]
    Io {
        /// What was being done, as in "cannot … the file".
        action: &'static str,
        /// The file or folder.
        path: PathBuf,
        /// The system's reason.
        source: io::Error,
    },
    /// The file is there but is not a metrics file of this program.
    #[error("{} is not a metrics file: its first line is not the expected header", path.display())]
    NotMetrics {
        /// The file.
        path: PathBuf,
    },
    /// A whole line of a metrics file does not hold a record.
    #[error("{}, line {line}: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// The line's number, the header being line 1.
        line: usize,
        /// What is wrong with it.
        reason: String,
    },
    /// A picture of no training at all was asked for.
    #[error("there is no training to draw")]
    NoSeries,
    /// A training without a single loss that is a finite number cannot be drawn.
    #[error("the training \"{name}\" has no loss to draw")]
    EmptySeries {
        /// The training's name.
        name: String,
    },
    /// The drawing library refused.
    #[error("cannot draw the curves: {reason}")]
    Drawing {
        /// The library's reason.
        reason: String,
    },
}

impl ReportError {
    /// Adds what was being done, and to which file, to the system's error; for `map_err`.
    pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| ReportError::Io { action, path: path.to_owned(), source }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn part_names_go_there_and_back() {
        for part in [Part::Train, Part::Validation] {
            assert_eq!(Part::from_name(part.name()), Some(part));
            assert_eq!(serde_json::to_value(part).unwrap(), part.name());
        }
        assert_eq!(Part::from_name("Train"), None);
    }

    #[test]
    fn errors_name_the_file_and_the_reason() {
        let error = ReportError::io("read", Path::new("/x/metrics.csv"))(io::Error::other("worn out"));
        assert_eq!(error.to_string(), "cannot read /x/metrics.csv: worn out");
    }
}
