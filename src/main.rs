//! The desktop program.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::panic::{self, AssertUnwindSafe};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use reelsmith::app::{self, Options};
use reelsmith::crash;
use reelsmith::logging;
use reelsmith::settings::data_dir;

/// Reelsmith composes traditional tunes.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The model to compose with, a .safetensors checkpoint
    #[arg(long, value_name = "PATH")]
    model: Option<PathBuf>,
    /// Tunes to open
    #[arg(value_name = "FILE.abc")]
    files: Vec<PathBuf>,
}

fn main() -> ExitCode {
    let Arguments { model, files } = Arguments::parse();
    let data = data_dir(None);
    logging::start(data.as_deref().ok());
    match &data {
        Ok(data) => crash::report_panics(data),
        Err(error) => log::warn!("{error}"),
    }
    let options = Options { model, files, data: data.ok(), ..Options::default() };
    // eframe gives up some failures of the graphics system by a panic.
    let reason = match panic::catch_unwind(AssertUnwindSafe(|| app::run(options))) {
        Ok(Ok(())) => return ExitCode::SUCCESS,
        Ok(Err(error)) => error.to_string(),
        Err(_) => "it broke off; the log folder has a report, and the tune in the editor is kept".to_owned(),
    };
    log::error!("Reelsmith cannot open its window: {reason}");
    app::show_failure(&format!("Reelsmith cannot open its window: {reason}."));
    ExitCode::FAILURE
}
