//! The training's log as a CSV file: one line a [`Record`], numbers as short as they
//! read back exactly, an empty field for what was not measured.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::str::FromStr;

use super::record::{Part, Record, ReportError};
use crate::files::write_atomically;

const HEADER: &str =
    "part,step,epoch,characters,seconds,learning_rate,loss,top1,top5,body_loss,gradient_norm";

/// What a row holds, or what is wrong with it.
type Parsed = Result<Record, String>;

/// A metrics file open for appending.
#[derive(Debug)]
pub struct MetricsCsv {
    path: PathBuf,
    file: File,
}

impl MetricsCsv {
    /// Opens the file at `path`, making it with its header line if it is missing.
    ///
    /// Of a file that is there, only whole, well-formed rows with a step of at most
    /// `up_to_step` are kept: a training that was killed may have logged steps beyond the
    /// checkpoint it resumes from, or half a row. A new training passes 0. The file is
    /// replaced in one go, so that a kill here loses nothing either.
    ///
    /// # Errors
    /// [`ReportError::NotMetrics`] if the file holds something else, which is then left
    /// alone; [`ReportError::Io`] if it cannot be read or written.
    pub fn open(path: &Path, up_to_step: u64) -> Result<Self, ReportError> {
        let mut text = format!("{HEADER}\n");
        for (_, record) in parsed_rows(path, &contents(path)?)? {
            if let Ok(record) = record
                && record.step <= up_to_step
            {
                text.push_str(&row(&record));
            }
        }
        write_atomically(path, text.as_bytes()).map_err(ReportError::io("write", path))?;
        let file = OpenOptions::new().append(true).open(path).map_err(ReportError::io("open", path))?;
        Ok(Self { path: path.to_owned(), file })
    }

    /// Adds one row and hands it to the system at once.
    ///
    /// # Errors
    /// [`ReportError::Io`] if the file cannot be written.
    pub fn append(&mut self, record: &Record) -> Result<(), ReportError> {
        // One write for the whole row, with no buffer of ours in between: a process that is
        // killed has written all of it or, at worst, left a last row without its line end.
        self.file
            .write_all(row(record).as_bytes())
            .and_then(|()| self.file.flush())
            .map_err(ReportError::io("append to", &self.path))
    }

    /// Reads all records of the file at `path`. A last row without its line end is being
    /// written, or was never finished, and is left out.
    ///
    /// # Errors
    /// [`ReportError::Malformed`] for a whole row that holds no record,
    /// [`ReportError::NotMetrics`] if the file holds something else, [`ReportError::Io`]
    /// if it is missing or cannot be read.
    pub fn read(path: &Path) -> Result<Vec<Record>, ReportError> {
        let bytes = fs::read(path).map_err(ReportError::io("read", path))?;
        parsed_rows(path, &bytes)?
            .into_iter()
            .map(|(line, record)| {
                record.map_err(|reason| ReportError::Malformed { path: path.to_owned(), line, reason })
            })
            .collect()
    }
}

/// The file's bytes; none if there is no such file.
fn contents(path: &Path) -> Result<Vec<u8>, ReportError> {
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        result => result.map_err(ReportError::io("read", path)),
    }
}

/// Every whole row after the header, with its line number and what it holds or why not.
fn parsed_rows(path: &Path, bytes: &[u8]) -> Result<Vec<(usize, Parsed)>, ReportError> {
    let mut lines = bytes.split_inclusive(|&byte| byte == b'\n').enumerate();
    let Some((_, first)) = lines.next() else { return Ok(Vec::new()) };
    if without_line_end(first) != Some(HEADER.as_bytes()) {
        return Err(ReportError::NotMetrics { path: path.to_owned() });
    }
    // Only a line end shows that a row is whole: half of "0.0125" reads well as "0.01".
    let whole = lines.filter_map(|(index, line)| Some((index + 1, without_line_end(line)?)));
    Ok(whole.map(|(number, line)| (number, parse(line))).collect())
}

/// The line without its `\n` (or, from a foreign editor, `\r\n`); nothing if it has none.
fn without_line_end(line: &[u8]) -> Option<&[u8]> {
    let line = line.strip_suffix(b"\n")?;
    Some(line.strip_suffix(b"\r").unwrap_or(line))
}

fn parse(line: &[u8]) -> Parsed {
    let line = std::str::from_utf8(line).map_err(|_| "not UTF-8 text".to_owned())?;
    let fields: Vec<&str> = line.split(',').collect();
    let &[part, step, epoch, characters, seconds, learning_rate, loss, top1, top5, body_loss, gradient_norm] =
        fields.as_slice()
    else {
        return Err(format!("{} fields where 11 are expected", fields.len()));
    };
    Ok(Record {
        part: Part::from_name(part).ok_or_else(|| format!("\"{part}\" is neither train nor validation"))?,
        step: number("step", step)?,
        epoch: number("epoch", epoch)?,
        characters: number("characters", characters)?,
        seconds: number("seconds", seconds)?,
        learning_rate: number("learning_rate", learning_rate)?,
        loss: number("loss", loss)?,
        top1: number("top1", top1)?,
        top5: number("top5", top5)?,
        body_loss: optional("body_loss", body_loss)?,
        gradient_norm: optional("gradient_norm", gradient_norm)?,
    })
}

fn number<T: FromStr>(name: &str, field: &str) -> Result<T, String> {
    field.parse().map_err(|_| format!("{name} \"{field}\" is not a number"))
}

fn optional(name: &str, field: &str) -> Result<Option<f64>, String> {
    if field.is_empty() { Ok(None) } else { number(name, field).map(Some) }
}

fn row(record: &Record) -> String {
    // Taken apart field by field, so that a new field of Record cannot be forgotten here.
    let Record {
        part,
        step,
        epoch,
        characters,
        seconds,
        learning_rate,
        loss,
        top1,
        top5,
        body_loss,
        gradient_norm,
    } = record;
    let or_empty = |value: &Option<f64>| value.map(|value| value.to_string()).unwrap_or_default();
    format!(
        "{},{step},{epoch},{characters},{seconds},{learning_rate},{loss},{top1},{top5},{},{}\n",
        part.name(),
        or_empty(body_loss),
        or_empty(gradient_norm),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(part: Part, step: u64) -> Record {
        Record {
            part,
            step,
            epoch: step as f64 / 300.0,
            characters: step * 8192,
            seconds: step as f64 * 0.1,
            learning_rate: 1e-3,
            loss: 1.0 + 1.0 / 3.0,
            top1: 0.6,
            top5: 0.9,
            body_loss: (part == Part::Validation).then_some(0.925),
            gradient_norm: (part == Part::Train).then_some(5e-324),
        }
    }

    fn records() -> Vec<Record> {
        vec![record(Part::Train, 100), record(Part::Validation, 100), record(Part::Train, 200)]
    }

    /// A metrics file with `records()` in a folder of its own.
    fn written() -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.csv");
        let mut csv = MetricsCsv::open(&path, 0).unwrap();
        for record in records() {
            csv.append(&record).unwrap();
        }
        (folder, path)
    }

    fn add(path: &Path, bytes: &[u8]) {
        OpenOptions::new().append(true).open(path).unwrap().write_all(bytes).unwrap();
    }

    #[test]
    fn a_new_file_has_a_header_and_no_records() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("metrics.csv");
        MetricsCsv::open(&path, 0).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), format!("{HEADER}\n"));
        assert_eq!(MetricsCsv::read(&path).unwrap(), []);
    }

    #[test]
    fn rows_read_back_exactly_and_are_there_at_once() {
        let (_folder, path) = written();
        assert_eq!(MetricsCsv::read(&path).unwrap(), records());
    }

    #[test]
    fn a_loss_that_is_no_number_reads_back() {
        let (_folder, path) = written();
        let mut csv = MetricsCsv::open(&path, 0).unwrap();
        csv.append(&Record { loss: f64::NAN, gradient_norm: Some(f64::INFINITY), ..record(Part::Train, 1) })
            .unwrap();
        let back = MetricsCsv::read(&path).unwrap();
        assert!(back[0].loss.is_nan());
        assert_eq!(back[0].gradient_norm, Some(f64::INFINITY));
    }

    #[test]
    fn resuming_drops_later_steps_and_then_appends() {
        let (folder, path) = written();
        let mut csv = MetricsCsv::open(&path, 100).unwrap();
        assert_eq!(MetricsCsv::read(&path).unwrap(), records()[..2]);
        csv.append(&record(Part::Train, 200)).unwrap();
        assert_eq!(MetricsCsv::read(&path).unwrap(), records());
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "a temporary file is left");
    }

    #[test]
    fn resuming_drops_a_half_written_row_even_if_it_reads_well() {
        let (_folder, path) = written();
        let whole = fs::read(&path).unwrap();
        // Cut in the last row, the other two are kept; cut nowhere, all three.
        let last_row = row(&records()[2]).len();
        for cut in [1, 2, 3, 20, last_row - 1, last_row] {
            fs::write(&path, &whole[..whole.len() - cut]).unwrap();
            assert_eq!(MetricsCsv::read(&path).unwrap(), records()[..2], "{cut} bytes cut off");
            MetricsCsv::open(&path, 1000).unwrap();
            assert_eq!(fs::read(&path).unwrap(), whole[..whole.len() - last_row], "{cut} bytes cut off");
        }
        fs::write(&path, &whole).unwrap();
        MetricsCsv::open(&path, 1000).unwrap();
        assert_eq!(fs::read(&path).unwrap(), whole);
    }

    #[test]
    fn resuming_drops_malformed_rows_and_reading_names_them() {
        for (rubbish, reason) in [
            (&b"\0\0\0\xff\n"[..], "UTF-8"),
            (b"train,1,2\n", "3 fields"),
            (b"test,1,0,0,0,0,0,0,0,,\n", "test"),
            (b"train,-1,0,0,0,0,0,0,0,,\n", "step \"-1\""),
            (b"train,1,0,0,0,0,,0,0,,\n", "loss \"\""),
        ] {
            let (_folder, path) = written();
            add(&path, rubbish);
            add(&path, row(&record(Part::Train, 300)).as_bytes());
            match MetricsCsv::read(&path) {
                Err(error @ ReportError::Malformed { line: 5, .. }) => {
                    assert!(error.to_string().contains(reason), "{error}");
                }
                other => panic!("{other:?}"),
            }
            MetricsCsv::open(&path, 300).unwrap();
            assert_eq!(MetricsCsv::read(&path).unwrap().len(), 4);
        }
    }

    #[test]
    fn another_file_is_an_error_and_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("letter.txt");
        fs::write(&path, "Dear Sir,\n").unwrap();
        assert!(matches!(MetricsCsv::open(&path, 0), Err(ReportError::NotMetrics { .. })));
        assert!(matches!(MetricsCsv::read(&path), Err(ReportError::NotMetrics { .. })));
        assert_eq!(fs::read_to_string(&path).unwrap(), "Dear Sir,\n");
    }

    #[test]
    fn a_missing_file_or_folder_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("none/metrics.csv");
        for error in [MetricsCsv::open(&path, 0).unwrap_err(), MetricsCsv::read(&path).unwrap_err()] {
            assert!(error.to_string().contains("none/metrics.csv"), "{error}");
        }
    }
}
