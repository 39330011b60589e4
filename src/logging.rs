//! Where the program's log goes: to the standard error output, a line a message.

use log::{LevelFilter, Log, Metadata, Record};

/// Prints what the rooms of this program warn of.
struct StandardError;

impl Log for StandardError {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        // The libraries' warnings are about their own affairs.
        metadata.target().starts_with(env!("CARGO_PKG_NAME"))
    }

    fn log(&self, record: &Record<'_>) {
        if self.enabled(record.metadata()) {
            eprintln!("reelsmith: {}", record.args());
        }
    }

    fn flush(&self) {}
}

/// Sends warnings and errors to the standard error output from now on. A second call does nothing.
pub fn start() {
    if log::set_logger(&StandardError).is_ok() {
        log::set_max_level(LevelFilter::Warn);
    }
}
