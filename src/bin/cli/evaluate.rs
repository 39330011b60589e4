//! `reelsmith-cli evaluate`: how well a network foretells tunes.

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use reelsmith::model::DeviceName;
use reelsmith::settings::open_checkpoint;
use reelsmith::train::metrics::Counts;

use super::train::{Precision, open_engine, read_corpus};
use super::{CliError, print};

/// How well a network foretells a corpus: nats and bits a character, perplexity, top-1 and top-5.
///
/// Every character counts once, `<eos>` too; `<sos>` is only read. "From K: on" counts from the
/// colon of the K: line.
#[derive(Debug, clap::Args)]
pub struct Evaluate {
    /// The checkpoint [default: REELSMITH_MODEL, then the built-in one].
    #[arg(long, value_name = "FILE")]
    model: Option<PathBuf>,
    /// The tunes: JSON in the schema of IrishMAN.
    #[arg(long, value_name = "FILE")]
    corpus: PathBuf,
    /// Where to compute: cpu, auto, cuda, cuda:1, metal.
    #[arg(long, default_value = "cpu")]
    device: DeviceName,
    /// Threads on the CPU; 0 is one a core.
    #[arg(long, default_value_t = 0)]
    threads: usize,
    /// One JSON object instead of a table.
    #[arg(long)]
    json: bool,
}

impl Evaluate {
    /// Runs the command.
    pub fn run(self) -> Result<ExitCode, CliError> {
        let (checkpoint, source) = open_checkpoint(self.model.as_deref())?;
        let corpus = read_corpus(&self.corpus, &checkpoint.vocabulary)?;
        let (engine_name, mut engine) =
            open_engine(checkpoint.shape(), self.device, self.threads, Precision::F32)?;
        let started = Instant::now();
        let tally = engine.evaluate(&checkpoint.parameters, &corpus.tunes)?;
        let seconds = started.elapsed().as_secs_f64();
        if self.json {
            let answer = serde_json::json!({
                "model": checkpoint.name(),
                "tunes": corpus.tunes.len(),
                "whole": figures(&tally.whole),
                "from_key": figures(&tally.body),
            });
            print(&format!("{answer}\n"))?;
            return Ok(ExitCode::SUCCESS);
        }
        let mut table = format!("{} ({source}), {}; {engine_name}\n", checkpoint.name(), checkpoint.shape());
        table += "part          characters     nats     bits  perplexity   top-1   top-5\n";
        for (part, counts) in [("whole text", &tally.whole), ("from K: on", &tally.body)] {
            table += &row(part, counts);
        }
        table += &format!("{:.0} characters a second\n", tally.whole.characters as f64 / seconds);
        print(&table)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn row(part: &str, counts: &Counts) -> String {
    if counts.characters == 0 {
        return format!("{part:<12}{:>12}\n", 0);
    }
    format!(
        "{part:<12}{:>12}{:>9.4}{:>9.4}{:>12.4}{:>7.2}%{:>7.2}%\n",
        counts.characters,
        counts.loss(),
        bits(counts),
        counts.loss().exp(),
        100.0 * counts.top1_share(),
        100.0 * counts.top5_share()
    )
}

fn bits(counts: &Counts) -> f64 {
    counts.loss() / std::f64::consts::LN_2
}

fn figures(counts: &Counts) -> serde_json::Value {
    serde_json::json!({
        "characters": counts.characters,
        "nats": counts.loss(),
        "bits": bits(counts),
        "perplexity": counts.loss().exp(),
        "top1": counts.top1_share(),
        "top5": counts.top5_share(),
    })
}
