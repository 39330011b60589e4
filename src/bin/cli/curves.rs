//! `curves`: trainings side by side in one picture.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use reelsmith::files::write_atomically;
use reelsmith::train::csv::MetricsCsv;
use reelsmith::train::curves::draw_curves;
use reelsmith::train::record::Record;
use reelsmith::train::trainer::TrainError;

use super::CliError;

/// Draw trainings side by side: loss over epochs, and the learning rate
///
/// Files of one training that went on with `train --from` are joined by a plus: the second begins
/// where the first ends.
#[derive(Debug, clap::Args)]
pub(crate) struct Curves {
    /// A name, and the metrics.csv of the training: "Own=out/metrics.csv", "Two legs=a.csv+b.csv"
    #[arg(required = true, value_name = "NAME=FILE[+FILE…]", value_parser = parse_series)]
    series: Vec<Series>,
    /// The picture to write, as SVG
    #[arg(long, value_name = "FILE.SVG")]
    out: PathBuf,
}

type Series = (String, Vec<PathBuf>);

fn parse_series(text: &str) -> Result<Series, String> {
    let (name, files) = text.split_once('=').ok_or("say NAME=FILE")?;
    Ok((name.to_owned(), files.split('+').map(PathBuf::from).collect()))
}

impl Curves {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<ExitCode, CliError> {
        let mut series = Vec::new();
        for (name, files) in &self.series {
            series.push((name.as_str(), joined(files)?));
        }
        let series: Vec<(&str, &[Record])> =
            series.iter().map(|(name, records)| (*name, records.as_slice())).collect();
        let picture = draw_curves(&series).map_err(TrainError::from)?;
        write_atomically(&self.out, picture.as_bytes()).map_err(CliError::file("write", &self.out))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The records of trainings that followed each other, counted through.
fn joined(files: &[PathBuf]) -> Result<Vec<Record>, CliError> {
    let mut all: Vec<Record> = Vec::new();
    for file in files {
        let (epoch, step) = all.last().map_or((0.0, 0), |last| (last.epoch, last.step));
        let records = MetricsCsv::read(Path::new(file)).map_err(TrainError::from)?;
        all.extend(records.into_iter().map(|record| Record {
            epoch: record.epoch + epoch,
            step: record.step + step,
            ..record
        }));
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_is_a_name_and_files() {
        let files = vec![PathBuf::from("a.csv"), PathBuf::from("b.csv")];
        assert_eq!(parse_series("Two legs=a.csv+b.csv"), Ok(("Two legs".to_owned(), files)));
        assert!(parse_series("a.csv").is_err());
    }
}
