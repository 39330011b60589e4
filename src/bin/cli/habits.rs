//! `habits`: counts what tunes of each type are like; its output is `src/compose/habits.tsv`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use reelsmith::compose::census::{count, write};
use reelsmith::compose::returning;
use serde::Deserialize;

use super::{CliError, print};

/// Count metres, forms, keys and notes of the tunes of a corpus by their type
///
/// The output is the table that composing draws from, src/compose/habits.tsv.
#[derive(Debug, clap::Args)]
pub(crate) struct Habits {
    /// JSON with a list of records that have "abc notation" and "rhythm"
    #[arg(value_name = "FILE")]
    corpus: PathBuf,
    /// Count which bars come back: the table is src/compose/returning.tsv
    #[arg(long)]
    returning: bool,
}

/// A tune of a corpus.
#[derive(Debug, Deserialize)]
pub(crate) struct Record {
    /// Its text.
    #[serde(rename = "abc notation")]
    pub(crate) abc: String,
    /// Its type, where that is known.
    #[serde(default)]
    pub(crate) rhythm: String,
}

impl Habits {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<ExitCode, CliError> {
        let records = read_records(&self.corpus)?;
        let tunes = records.iter().map(|record| (record.rhythm.as_str(), record.abc.as_str()));
        print(&if self.returning { returning::count(tunes) } else { write(&count(tunes)) })?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The records of a corpus.
pub(crate) fn read_records(path: &Path) -> Result<Vec<Record>, CliError> {
    let text = std::fs::read(path).map_err(CliError::file("read", path))?;
    serde_json::from_slice(&text).map_err(|error| CliError::File {
        action: "read",
        path: path.to_owned(),
        error: error.into(),
    })
}
