//! Where the program's log goes: warnings to the standard error output, and everything up to the level of
//! `REELSMITH_LOG` to a file of the log folder, a line a message.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use log::{LevelFilter, Log, Metadata, Record};

/// The environment variable that says how much is logged: off, error, warn, info, debug or trace.
pub const LEVEL_VARIABLE: &str = "REELSMITH_LOG";

const FILE: &str = "reelsmith.log";
/// How large a file of the log becomes, in bytes, and how many there are.
const MOST_BYTES: u64 = 10_000_000;
const FILES: usize = 5;

/// The folder of the log in a data folder.
pub fn folder(data: &Path) -> PathBuf {
    data.join("log")
}

/// Takes what the rooms of this program have to say.
struct Logger {
    level: LevelFilter,
    file: Option<Mutex<Rotating>>,
}

impl Log for Logger {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // The libraries' messages are about their own affairs.
        metadata.target().starts_with(env!("CARGO_PKG_NAME")) && metadata.level() <= self.level
    }

    fn log(&self, record: &Record<'_>) {
        if !self.enabled(record.metadata()) {
            return;
        }
        if record.level() <= log::Level::Warn || self.file.is_none() {
            eprintln!("reelsmith: {}", record.args());
        }
        if let Some(file) = &self.file {
            let time = jiff::Timestamp::now().strftime("%Y-%m-%dT%H:%M:%SZ");
            let line = format!("{time} {} {}: {}\n", record.level(), record.target(), record.args());
            // A log that cannot be written has nowhere to say so but here, and once is enough.
            let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
            if let Err(error) = file.write(&line)
                && !std::mem::replace(&mut file.failed, true)
            {
                eprintln!("reelsmith: the log cannot be written: {error}");
            }
        }
    }

    fn flush(&self) {}
}

/// Logs from now on: to the standard error output, and to files in the log folder of `data` if one is
/// given. A second call does nothing.
pub fn start(data: Option<&Path>) {
    let word = std::env::var(LEVEL_VARIABLE).ok();
    let (level, wrong) = level(word.as_deref());
    let opened = data.map(|data| Rotating::open(&folder(data), MOST_BYTES));
    let (file, unopened) = match opened {
        Some(Ok(file)) => (Some(Mutex::new(file)), None),
        Some(Err(error)) => (None, Some(error)),
        None => (None, None),
    };
    if log::set_boxed_logger(Box::new(Logger { level, file })).is_ok() {
        log::set_max_level(level);
        if let Some(word) = wrong {
            log::warn!("{LEVEL_VARIABLE} is {word:?}; it can be off, error, warn, info, debug or trace");
        }
        if let Some(error) = unopened {
            log::warn!("there is no log file: {error}");
        }
    }
}

/// The level a word asks for, and the word if it is none.
fn level(word: Option<&str>) -> (LevelFilter, Option<&str>) {
    match word.filter(|word| !word.is_empty()) {
        None => (LevelFilter::Info, None),
        Some(word) => word.parse().map_or((LevelFilter::Info, Some(word)), |level| (level, None)),
    }
}

/// A file that gives way to a new one when it is full; the oldest goes.
#[derive(Debug)]
struct Rotating {
    folder: PathBuf,
    file: File,
    bytes: u64,
    most: u64,
    failed: bool,
}

impl Rotating {
    fn open(folder: &Path, most: u64) -> io::Result<Self> {
        fs::create_dir_all(folder)?;
        let file = OpenOptions::new().create(true).append(true).open(folder.join(FILE))?;
        let bytes = file.metadata()?.len();
        Ok(Self { folder: folder.to_owned(), file, bytes, most, failed: false })
    }

    fn write(&mut self, line: &str) -> io::Result<()> {
        if self.bytes + line.len() as u64 > self.most && self.bytes > 0 {
            self.turn()?;
        }
        self.file.write_all(line.as_bytes())?;
        self.bytes += line.len() as u64;
        Ok(())
    }

    /// Numbers all files on by one and begins a new one.
    fn turn(&mut self) -> io::Result<()> {
        let named = |number: usize| match number {
            0 => self.folder.join(FILE),
            _ => self.folder.join(format!("{FILE}.{number}")),
        };
        for number in (0..FILES - 1).rev() {
            match fs::rename(named(number), named(number + 1)) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                _ => {}
            }
        }
        *self = Self::open(&self.folder, self.most)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_keeps_the_newest_and_never_grows_beyond_its_files() {
        let data = tempfile::tempdir().unwrap();
        let folder = folder(data.path());
        for round in 0..2 {
            // Opened again it goes on where it was.
            let mut log = Rotating::open(&folder, 100).unwrap();
            for number in 0..40 {
                log.write(&format!("round {round} line {number:02}\n")).unwrap();
            }
        }
        let mut sizes: Vec<u64> =
            fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().metadata().unwrap().len()).collect();
        sizes.sort_unstable();
        assert_eq!(sizes.len(), FILES);
        assert!(sizes.iter().all(|&size| size <= 100), "{sizes:?}");
        let newest = fs::read_to_string(folder.join(FILE)).unwrap();
        assert!(newest.ends_with("round 1 line 39\n"), "{newest}");
    }

    #[test]
    fn a_word_says_how_much_is_logged() {
        assert_eq!(level(None), (LevelFilter::Info, None));
        assert_eq!(level(Some("")), (LevelFilter::Info, None));
        assert_eq!(level(Some("debug")), (LevelFilter::Debug, None));
        assert_eq!(level(Some("OFF")), (LevelFilter::Off, None));
        assert_eq!(level(Some("loud")), (LevelFilter::Info, Some("loud")));
    }
}
