//! The desktop program.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Parser;
use reelsmith::app::{self, Options};
use reelsmith::logging;
use reelsmith::settings::data_dir;

/// Reelsmith composes traditional tunes.
#[derive(Debug, Parser)]
#[command(version)]
struct Arguments {
    /// The model to compose with, a .safetensors checkpoint
    #[arg(long, value_name = "PATH")]
    model: Option<PathBuf>,
}

fn main() -> ExitCode {
    logging::start();
    let Arguments { model } = Arguments::parse();
    let data = data_dir(None).map_err(|error| log::warn!("{error}")).ok();
    match app::run(Options { model, data, ..Options::default() }) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("Reelsmith cannot open its window: {error}");
            ExitCode::FAILURE
        }
    }
}
