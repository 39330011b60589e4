//! What the commands share: opening the network, printing, and how a failure is told.

pub(crate) mod check;
pub(crate) mod convert;
pub(crate) mod curves;
pub(crate) mod devices;
pub(crate) mod doctor;
pub(crate) mod evaluate;
pub(crate) mod generate;
pub(crate) mod habits;
pub(crate) mod import;
pub(crate) mod json;
pub(crate) mod library;
#[cfg(feature = "audio")]
pub(crate) mod play;
pub(crate) mod referees;
pub(crate) mod rewrite;
pub(crate) mod score;
pub(crate) mod stats;
pub(crate) mod summary;
pub(crate) mod train;
pub(crate) mod wishes;

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use reelsmith::compose::{ComposeError, RequestError, WishError};
use reelsmith::library::LibraryError;
use reelsmith::library::export::ExportError;
use reelsmith::model::import::ImportError;
use reelsmith::model::kernels::Format;
use reelsmith::model::{CheckpointError, DeviceError, DeviceName, Network, NetworkError, open_device};
use reelsmith::settings::{DataDirError, ModelFileError, ModelSource, PreferencesError, open_checkpoint};
use reelsmith::train::corpus::CorpusError;
use reelsmith::train::engine::EngineError;
use reelsmith::train::trainer::TrainError;

/// Why a command failed: one sentence for the standard error output.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CliError {
    /// The checkpoint cannot be used.
    #[error(transparent)]
    Model(#[from] ModelFileError),
    /// The device cannot be used.
    #[error(transparent)]
    Device(#[from] DeviceError),
    /// The network cannot be run.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The request is not in order.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The prompt is no beginning of a composed tune.
    #[error("{0} Mend it there, go on from the last good bar (--cut), or compose without grammar (--raw).")]
    Outside(WishError),
    /// No tune.
    #[error(transparent)]
    Compose(ComposeError),
    /// Some tunes were written, these were not.
    #[error("{} of {count} tunes could not be written; the first of them, index {}: {}", .failed.len(), .failed[0].0, .failed[0].1)]
    SomeTunes {
        /// How many were asked for.
        count: u64,
        /// The indexes of those that failed, with the reason; at least one.
        failed: Vec<(u64, ComposeError)>,
    },
    /// No threads to be had.
    #[error("the system gives no threads: {0}")]
    Threads(#[from] rayon::ThreadPoolBuildError),
    /// The checkpoint to start from means other characters by its tokens.
    #[error("{} cannot be started from: its vocabulary is not this program's", .path.display())]
    OtherVocabulary {
        /// The checkpoint.
        path: PathBuf,
    },
    /// A file or folder.
    #[error("cannot {action} {}: {error}", .path.display())]
    File {
        /// Read, write, ….
        action: &'static str,
        /// Which.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// A file that would be overwritten.
    #[error("{} is there already; name another place, or use --force to overwrite it", .0.display())]
    Exists(PathBuf),
    /// The standard input.
    #[error("cannot read the standard input: {0}")]
    Input(io::Error),
    /// The standard output.
    #[error("cannot write to the standard output: {0}")]
    Output(io::Error),
    /// A PyTorch file.
    #[error("cannot import {}: {error}", .path.display())]
    Import {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        error: ImportError,
    },
    /// A list of tokens.
    #[error("cannot use the vocabulary {}: {reason}", .path.display())]
    Vocabulary {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// A recipe for training.
    #[error("cannot use the recipe {}: {reason}", .path.display())]
    Recipe {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        reason: toml::de::Error,
    },
    /// The corpus cannot be used.
    #[error(transparent)]
    Corpus(#[from] CorpusError),
    /// The training cannot go on.
    #[error(transparent)]
    Train(#[from] TrainError),
    /// Losses cannot be computed.
    #[error(transparent)]
    Engine(#[from] EngineError),
    /// A tune that cannot become another file.
    #[error("cannot convert {}: {error}", .path.display())]
    Convert {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        error: convert::ConvertError,
    },
    /// A text that cannot be rewritten.
    #[error("cannot rewrite {}: {error}", .path.display())]
    Rewrite {
        /// Which file.
        path: PathBuf,
        /// Which of its tunes, and why.
        error: rewrite::RewriteFailure,
    },
    /// A file that cannot be played.
    #[cfg(feature = "audio")]
    #[error("cannot play {}: {error}", .path.display())]
    Play {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it.
        error: play::PlayError,
    },
    /// The sound device.
    #[cfg(feature = "audio")]
    #[error(transparent)]
    Audio(#[from] reelsmith::audio::AudioError),
    /// No Ctrl-C to be had.
    #[cfg(feature = "audio")]
    #[error("Ctrl-C cannot be caught: {0}")]
    Signal(io::Error),
    /// Flags of `convert` that contradict one another.
    #[error(transparent)]
    Flags(#[from] convert::FlagError),
    /// No folder for the program's data.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// The settings cannot be read, which may name the folder of tunes.
    #[error(transparent)]
    Settings(#[from] PreferencesError),
    /// The folder of tunes cannot be used.
    #[error("{}: {reason}", .folder.display())]
    Library {
        /// The folder.
        folder: PathBuf,
        /// What stands against it.
        reason: String,
    },
    /// A tune that cannot be kept, or written.
    #[error(transparent)]
    Keeping(#[from] LibraryError),
    /// Kept tunes that cannot be written.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// A checkpoint that cannot be put into a file.
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
}

impl From<ComposeError> for CliError {
    fn from(error: ComposeError) -> Self {
        match error {
            ComposeError::Request(error) => Self::Request(error),
            ComposeError::Wish(error @ WishError::Outside { .. }) => Self::Outside(error),
            other => Self::Compose(other),
        }
    }
}

impl CliError {
    /// 2 if what was asked for is wrong, as for clap's own errors; 1 if it could not be done.
    pub(crate) fn exit_code(&self) -> ExitCode {
        ExitCode::from(
            if matches!(
                self,
                Self::Request(_) | Self::Flags(_) | Self::Outside(_) | Self::Compose(ComposeError::Wish(_))
            ) {
                2
            } else {
                1
            },
        )
    }

    /// For `map_err`: what was being done to which file.
    pub(crate) fn file(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |error| Self::File { action, path: path.to_owned(), error }
    }
}

/// The network to run.
#[derive(Debug, clap::Args)]
pub(crate) struct NetworkArgs {
    /// The checkpoint to run, instead of REELSMITH_MODEL or the one inside the program
    #[arg(long, value_name = "FILE")]
    pub(crate) model: Option<PathBuf>,
    /// Where to run it: auto, cpu, cuda, cuda:1, metal (see `reelsmith-cli devices`)
    #[arg(long, value_name = "NAME", default_value_t = DeviceName::Auto)]
    pub(crate) device: DeviceName,
    /// How the processor keeps the weights: int8, f16 or f32 [default: what is fastest on this one]
    #[arg(long, value_name = "FORMAT")]
    pub(crate) weights: Option<Format>,
}

impl NetworkArgs {
    /// Opens the checkpoint and puts it on the device.
    pub(crate) fn open(&self) -> Result<(Network, ModelSource), CliError> {
        let (checkpoint, origin) = open_checkpoint(self.model.as_deref())?;
        Ok((Network::new(&checkpoint, open_device(self.device)?, self.weights)?, origin))
    }
}

/// Prints to the standard output. A reader that has gone away (`| head`) is no error.
pub(crate) fn print(text: &str) -> Result<(), CliError> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Err(error) if error.kind() != io::ErrorKind::BrokenPipe => Err(CliError::Output(error)),
        _ => Ok(()),
    }
}
