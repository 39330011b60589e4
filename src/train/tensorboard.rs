//! The training's log as a TensorBoard event file.
//!
//! Two formats, one in the other, both small enough to write by hand:
//! - the frame is TFRecord (tensorflow/core/lib/io/record_writer.h): length as u64, masked
//!   CRC32C of the length, the bytes, masked CRC32C of the bytes, all little-endian;
//! - the bytes are an `Event` protocol buffer (tensorflow/core/util/event.proto), of which
//!   `wall_time`, `step`, `file_version`, `summary` and `session_log` are used, and
//!   `Summary.Value` (tensorflow/core/framework/summary.proto) with `tag` and `simple_value`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::record::{Part, Record, ReportError};

/// A TensorBoard event file open for appending.
#[derive(Debug)]
pub struct EventFile {
    path: PathBuf,
    file: File,
    started: bool,
}

impl EventFile {
    /// Makes a new event file in the folder `dir`, which is made if missing. Its name is
    /// `events.out.tfevents.<unix seconds>.reelsmith.<n>`: TensorBoard reads a folder's
    /// event files in the order of their names, and no earlier file is ever touched.
    ///
    /// # Errors
    /// [`ReportError::Io`] if the folder or the file cannot be made.
    pub fn create(dir: &Path) -> Result<Self, ReportError> {
        fs::create_dir_all(dir).map_err(ReportError::io("make the folder", dir))?;
        let seconds = since_1970().as_secs();
        let mut n = 0;
        let (path, file) = loop {
            let path = dir.join(format!("events.out.tfevents.{seconds}.reelsmith.{n}"));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => break (path, file),
                // A training started and resumed within one second.
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => n += 1,
                Err(error) => return Err(ReportError::io("make", &path)(error)),
            }
        };
        let mut events = Self { path, file, started: false };
        events.write(&framed(&version_event()))?;
        Ok(events)
    }

    /// Where the file is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds the record's figures at its step and hands them to the system at once: `loss`,
    /// `top1`, `top5` and `loss_from_key` with `/train` or `/validation` after them, and of
    /// a training record `learning_rate` and `gradient_norm`. What was not measured has no
    /// point. TensorBoard stores single precision.
    ///
    /// The first record also tells TensorBoard to forget what earlier files in the folder
    /// have from its step on: a resumed training does those steps again.
    ///
    /// # Errors
    /// [`ReportError::Io`] if the file cannot be written.
    pub fn append(&mut self, record: &Record) -> Result<(), ReportError> {
        let mut bytes = Vec::new();
        if !self.started {
            bytes.extend(framed(&start_event(record.step)));
        }
        bytes.extend(framed(&summary_event(record)));
        self.write(&bytes)?;
        self.started = true;
        Ok(())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), ReportError> {
        // One write with no buffer of ours in between: TensorBoard skips a frame that a
        // killed process left unfinished at the end of its file.
        self.file
            .write_all(bytes)
            .and_then(|()| self.file.flush())
            .map_err(ReportError::io("append to", &self.path))
    }
}

fn since_1970() -> Duration {
    // A clock set before 1970 only makes an odd file name and time axis.
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// One TFRecord frame around `data`.
fn framed(data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u64).to_le_bytes();
    let mut frame = Vec::with_capacity(data.len() + 16);
    frame.extend(length);
    frame.extend(masked_crc(&length).to_le_bytes());
    frame.extend(data);
    frame.extend(masked_crc(data).to_le_bytes());
    frame
}

/// CRC32C, rotated and shifted as TFRecord wants it, so that a checksum of bytes that hold
/// checksums stays a good one.
fn masked_crc(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes).rotate_right(15).wrapping_add(0xa282_ead8)
}

/// The event every file starts with; "brain.Event:2" is the one version in use.
fn version_event() -> Vec<u8> {
    let mut event = event_at(0);
    put_bytes(&mut event, 3, b"brain.Event:2");
    event
}

/// `session_log { status: START }`: TensorBoard drops what it has from this step on.
fn start_event(step: u64) -> Vec<u8> {
    let mut session_log = Vec::new();
    put_varint_field(&mut session_log, 1, 1);
    let mut event = event_at(step);
    put_bytes(&mut event, 7, &session_log);
    event
}

fn summary_event(record: &Record) -> Vec<u8> {
    let part = record.part.name();
    let training = record.part == Part::Train;
    let values = [
        (format!("loss/{part}"), Some(record.loss)),
        (format!("top1/{part}"), Some(record.top1)),
        (format!("top5/{part}"), Some(record.top5)),
        (format!("loss_from_key/{part}"), record.body_loss),
        // A validation is measured at a step that the training has logged or will log.
        ("learning_rate".to_owned(), training.then_some(record.learning_rate)),
        ("gradient_norm".to_owned(), record.gradient_norm.filter(|_| training)),
    ];
    let mut summary = Vec::new();
    for (tag, value) in values {
        if let Some(value) = value {
            let mut entry = Vec::new();
            put_bytes(&mut entry, 1, tag.as_bytes());
            entry.push(key(2, FIXED_32));
            entry.extend((value as f32).to_le_bytes());
            put_bytes(&mut summary, 1, &entry);
        }
    }
    let mut event = event_at(record.step);
    put_bytes(&mut event, 5, &summary);
    event
}

/// An event that so far has only its wall time, which is now, and its step.
fn event_at(step: u64) -> Vec<u8> {
    let mut event = vec![key(1, FIXED_64)];
    event.extend(since_1970().as_secs_f64().to_le_bytes());
    put_varint_field(&mut event, 2, step);
    event
}

// Protocol buffers' wire types.
const VARINT: u8 = 0;
const FIXED_64: u8 = 1;
const LENGTH_DELIMITED: u8 = 2;
const FIXED_32: u8 = 5;

/// A field's key; all field numbers here are under 16, so it is one byte.
const fn key(field: u8, wire_type: u8) -> u8 {
    field << 3 | wire_type
}

fn put_varint_field(message: &mut Vec<u8>, field: u8, value: u64) {
    message.push(key(field, VARINT));
    put_varint(message, value);
}

fn put_bytes(message: &mut Vec<u8>, field: u8, bytes: &[u8]) {
    message.push(key(field, LENGTH_DELIMITED));
    put_varint(message, bytes.len() as u64);
    message.extend(bytes);
}

fn put_varint(message: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        message.push(value as u8 | 0x80);
        value >>= 7;
    }
    message.push(value as u8);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A protobuf field as read back: its number and its payload.
    #[derive(Debug, PartialEq)]
    enum Field {
        Varint(u8, u64),
        Double(u8, f64),
        Float(u8, f32),
        Bytes(u8, Vec<u8>),
    }

    fn take<'a>(bytes: &mut &'a [u8], count: usize) -> &'a [u8] {
        let (head, tail) = bytes.split_at(count);
        *bytes = tail;
        head
    }

    fn take_varint(bytes: &mut &[u8]) -> u64 {
        let mut value = 0;
        for shift in (0..).step_by(7) {
            let byte = take(bytes, 1)[0];
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                break;
            }
        }
        value
    }

    fn fields(mut bytes: &[u8]) -> Vec<Field> {
        let mut fields = Vec::new();
        while !bytes.is_empty() {
            let key = take_varint(&mut bytes);
            let number = (key >> 3) as u8;
            fields.push(match key & 7 {
                0 => Field::Varint(number, take_varint(&mut bytes)),
                1 => Field::Double(number, f64::from_le_bytes(take(&mut bytes, 8).try_into().unwrap())),
                2 => {
                    let length = take_varint(&mut bytes) as usize;
                    Field::Bytes(number, take(&mut bytes, length).to_vec())
                }
                5 => Field::Float(number, f32::from_le_bytes(take(&mut bytes, 4).try_into().unwrap())),
                other => panic!("wire type {other}"),
            });
        }
        fields
    }

    /// All events of a file, their frames checked, each as (step, last field).
    fn events(path: &Path) -> Vec<(u64, Field)> {
        let bytes = fs::read(path).unwrap();
        let mut rest = bytes.as_slice();
        let mut events = Vec::new();
        while !rest.is_empty() {
            let length = take(&mut rest, 8);
            assert_eq!(take(&mut rest, 4), masked_crc(length).to_le_bytes());
            let data = take(&mut rest, u64::from_le_bytes(length.try_into().unwrap()) as usize);
            assert_eq!(take(&mut rest, 4), masked_crc(data).to_le_bytes());
            let mut fields = fields(data);
            assert_eq!(fields.len(), 3, "{fields:?}");
            let Field::Double(1, time) = fields[0] else { panic!("{fields:?}") };
            assert!((since_1970().as_secs_f64() - time).abs() < 60.0);
            let Field::Varint(2, step) = fields[1] else { panic!("{fields:?}") };
            events.extend(fields.pop().map(|field| (step, field)));
        }
        events
    }

    fn scalars(field: &Field) -> Vec<(String, f32)> {
        let Field::Bytes(5, summary) = field else { panic!("{field:?}") };
        let values = fields(summary).into_iter().map(|value| {
            let Field::Bytes(1, value) = value else { panic!("{value:?}") };
            match fields(&value).as_slice() {
                [Field::Bytes(1, tag), Field::Float(2, value)] => {
                    (String::from_utf8(tag.clone()).unwrap(), *value)
                }
                other => panic!("{other:?}"),
            }
        });
        values.collect()
    }

    fn record(part: Part, step: u64) -> Record {
        Record {
            part,
            step,
            epoch: 0.5,
            characters: 1,
            seconds: 1.0,
            learning_rate: 1e-3,
            loss: 1.25,
            top1: 0.5,
            top5: 0.75,
            body_loss: (part == Part::Validation).then_some(0.925),
            gradient_norm: (part == Part::Train).then_some(2.5),
        }
    }

    #[test]
    fn the_checksum_is_masked_crc32c() {
        // The check value of CRC-32C (Castagnoli) is 0xe3069283, here rotated and shifted.
        assert_eq!(masked_crc(b"123456789"), 0x2507_c60d_u32.wrapping_add(0xa282_ead8));
    }

    #[test]
    fn records_read_back_as_scalars() {
        let folder = tempfile::tempdir().unwrap();
        let mut file = EventFile::create(&folder.path().join("new/events")).unwrap();
        file.append(&record(Part::Train, 300)).unwrap();
        file.append(&record(Part::Validation, 1 << 40)).unwrap();

        let events = events(file.path());
        assert_eq!(events.len(), 4);
        assert_eq!(events[0], (0, Field::Bytes(3, b"brain.Event:2".to_vec())));
        assert_eq!(events[1], (300, Field::Bytes(7, vec![1 << 3, 1])), "session start");
        assert_eq!(events[2].0, 300);
        let expected = [
            ("loss/train", 1.25),
            ("top1/train", 0.5),
            ("top5/train", 0.75),
            ("learning_rate", 1e-3),
            ("gradient_norm", 2.5),
        ];
        assert_eq!(scalars(&events[2].1), expected.map(|(tag, value)| (tag.to_owned(), value)));
        assert_eq!(events[3].0, 1 << 40);
        let expected = [
            ("loss/validation", 1.25),
            ("top1/validation", 0.5),
            ("top5/validation", 0.75),
            ("loss_from_key/validation", 0.925),
        ];
        assert_eq!(scalars(&events[3].1), expected.map(|(tag, value)| (tag.to_owned(), value)));
    }

    #[test]
    fn files_made_in_the_same_second_do_not_meet() {
        let folder = tempfile::tempdir().unwrap();
        let files: Vec<EventFile> = (0..3).map(|_| EventFile::create(folder.path()).unwrap()).collect();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 3);
        for file in files {
            assert!(file.path().file_name().unwrap().to_str().unwrap().starts_with("events.out.tfevents."));
            assert_eq!(events(file.path()).len(), 1);
        }
    }

    #[test]
    fn a_folder_that_cannot_be_made_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, "").unwrap();
        let error = EventFile::create(&path).unwrap_err();
        assert!(error.to_string().contains(path.to_str().unwrap()), "{error}");
    }
}
