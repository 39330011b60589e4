//! `import`: a PyTorch file becomes a checkpoint.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use reelsmith::files::write_atomically;
use reelsmith::model::import::import_pytorch;
use reelsmith::model::{Precision, Vocabulary};

use super::{CliError, print};

/// Make a checkpoint of a PyTorch file
#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// The PyTorch state dict: an embedding, an LSTM or GRU and a linear layer, named embedding, rnn
    /// and fc
    #[arg(value_name = "MODEL.PT")]
    from: PathBuf,
    /// The checkpoint to write
    #[arg(value_name = "OUT.SAFETENSORS")]
    to: PathBuf,
    /// The network's tokens in order, as a JSON list of texts [default: the 99 of the reference
    /// network]
    #[arg(long, value_name = "TOKENS.JSON")]
    vocabulary: Option<PathBuf>,
    /// The checkpoint's name [default: the file's]
    #[arg(long)]
    name: Option<String>,
    /// How weights are written
    #[arg(long, value_enum, default_value = "f32")]
    precision: PrecisionName,
}

/// How weights are written.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum PrecisionName {
    /// 4 bytes a weight
    F32,
    /// 2 bytes a weight
    F16,
}

impl Import {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<ExitCode, CliError> {
        let vocabulary = self.vocabulary.as_deref().map_or(Ok(Vocabulary::reference()), read_vocabulary)?;
        let mut checkpoint = import_pytorch(&self.from, vocabulary)
            .map_err(|error| CliError::Import { path: self.from.clone(), error })?;
        let file_name = || self.from.file_stem().unwrap_or_default().display().to_string();
        checkpoint.facts.insert("name".to_owned(), self.name.clone().unwrap_or_else(file_name));
        checkpoint.facts.insert(
            "imported from".to_owned(),
            self.from.file_name().unwrap_or_default().display().to_string(),
        );
        let precision = match self.precision {
            PrecisionName::F32 => Precision::F32,
            PrecisionName::F16 => Precision::F16,
        };
        write_atomically(&self.to, &checkpoint.to_bytes(precision)?)
            .map_err(CliError::file("write", &self.to))?;
        let shape = checkpoint.shape();
        print(&format!("{}: {shape}, {} parameters\n", self.to.display(), shape.parameters()))?;
        Ok(ExitCode::SUCCESS)
    }
}

fn read_vocabulary(path: &Path) -> Result<Vocabulary, CliError> {
    let unusable = |reason| CliError::Vocabulary { path: path.to_owned(), reason };
    let bytes = fs::read(path).map_err(CliError::file("read", path))?;
    let names =
        serde_json::from_slice(&bytes).map_err(|e| unusable(format!("it is no JSON list of texts ({e})")))?;
    Vocabulary::new(names).map_err(|e| unusable(e.to_string()))
}
