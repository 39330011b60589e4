//! What is left when the program breaks off: a report of the panic, and the tune that was in the editor.
//!
//! While a window is open, its copy of the program holds a lock file in the folder `recovery` of the data
//! folder, and beside it the tune as it stands. A copy that ends in order removes both. What lies there
//! without a lock was left by one that did not.

use std::backtrace::Backtrace;
use std::fs::{self, File};
use std::io;
use std::panic;
use std::path::{Path, PathBuf};

use crate::files::write_atomically;
use crate::logging;

/// From now on a panic also writes a report into the log folder of `data`.
pub fn report_panics(data: &Path) {
    let folder = logging::folder(data);
    let before = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        before(panic);
        let time = jiff::Zoned::now().strftime("%Y-%m-%d %H.%M.%S").to_string();
        let thread = std::thread::current().name().unwrap_or("unnamed").to_owned();
        let report = format!(
            "Reelsmith {} broke off at {time}.\nSystem: {} {}\nThread: {thread}\n{panic}\n\n{}\n",
            env!("CARGO_PKG_VERSION"),
            std::env::consts::OS,
            std::env::consts::ARCH,
            Backtrace::force_capture(),
        );
        let path = folder.join(format!("panic {time}.txt"));
        let written = fs::create_dir_all(&folder).and_then(|()| write_atomically(&path, report.as_bytes()));
        match written {
            Ok(()) => log::error!("the program broke off; a report is in {}", path.display()),
            Err(error) => log::error!("the program broke off, and no report could be written: {error}"),
        }
    }));
}

/// This copy's place for the tune in the editor.
#[derive(Debug)]
pub struct Recovery {
    tune: PathBuf,
    lock: PathBuf,
    /// Locked as long as this copy runs.
    _held: File,
}

impl Recovery {
    /// Takes a place in a data folder, and gives the tunes that copies left which did not end in order.
    ///
    /// # Errors
    /// If the folder cannot be written to.
    pub fn begin(data: &Path) -> io::Result<(Self, Vec<String>)> {
        let folder = data.join("recovery");
        fs::create_dir_all(&folder)?;
        let left = left_behind(&folder)?;
        // Two windows of one process have places of their own.
        for number in 0.. {
            let name = format!("{}-{number}", std::process::id());
            let lock = folder.join(format!("{name}.lock"));
            let held = File::create(&lock)?;
            match held.try_lock() {
                Ok(()) => {
                    return Ok((Self { tune: folder.join(format!("{name}.abc")), lock, _held: held }, left));
                }
                Err(fs::TryLockError::WouldBlock) => {}
                Err(fs::TryLockError::Error(error)) => return Err(error),
            }
        }
        unreachable!("no process has that many windows")
    }

    /// Keeps the tune as it stands; an empty one is no tune.
    ///
    /// # Errors
    /// What the system says.
    pub fn keep(&self, tune: &str) -> io::Result<()> {
        if tune.trim().is_empty() {
            remove(&self.tune)
        } else {
            write_atomically(&self.tune, tune.as_bytes())
        }
    }
}

impl Drop for Recovery {
    fn drop(&mut self) {
        // While a panic unwinds, the tune is what the next start looks for.
        if !std::thread::panicking() {
            // Whatever stays is offered once more than needed.
            let _ = remove(&self.tune);
        }
        let _ = remove(&self.lock);
    }
}

/// The tunes nobody holds, which are removed, and their locks.
fn left_behind(folder: &Path) -> io::Result<Vec<String>> {
    let mut tunes = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_none_or(|ending| ending != "abc") {
            continue;
        }
        let lock = path.with_extension("lock");
        let is_held =
            File::open(&lock).is_ok_and(|file| matches!(file.try_lock(), Err(fs::TryLockError::WouldBlock)));
        if !is_held {
            if let Ok(tune) = fs::read_to_string(&path) {
                tunes.push(tune);
            }
            remove(&path)?;
            remove(&lock)?;
        }
    }
    Ok(tunes)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tune_survives_a_copy_that_breaks_off_and_only_that() {
        let data = tempfile::tempdir().unwrap();
        let (first, left) = Recovery::begin(data.path()).unwrap();
        assert!(left.is_empty());
        first.keep("X:1\nK:D\n").unwrap();
        let (second, left) = Recovery::begin(data.path()).unwrap();
        assert!(left.is_empty(), "what a running copy holds is its own");
        second.keep("X:2\nK:D\n").unwrap();
        drop(second);
        let broken = std::thread::spawn(move || {
            let _first = first;
            panic!("on purpose");
        });
        assert!(broken.join().is_err());
        let (third, left) = Recovery::begin(data.path()).unwrap();
        assert_eq!(left, ["X:1\nK:D\n"]);
        drop(third);
        assert!(Recovery::begin(data.path()).unwrap().1.is_empty(), "it is given once");
    }
}
