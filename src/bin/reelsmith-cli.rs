//! Reelsmith without a window: the same engine on the command line.

mod cli;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

/// Composes traditional tunes: a recurrent network writes ABC notation.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Write new tunes
    Generate(Box<cli::generate::Generate>),
    /// Make sheet music (PDF, SVG, PNG) or MIDI files of tunes in ABC
    Convert(cli::convert::Convert),
    /// Play tunes in ABC on the sound device
    #[cfg(feature = "audio")]
    Play(cli::play::Play),
    /// List the devices a network can run on, and what is missing for the others
    Devices(cli::devices::Devices),
    /// Check that everything works: checkpoint, devices, data folder
    Doctor(cli::doctor::Doctor),
    /// Say what is wrong with tunes in ABC
    Check(cli::check::Check),
    /// Transpose tunes in ABC, change their lengths, lines and fields, or write chords into them
    Rewrite(Box<cli::rewrite::Rewrite>),
    /// The tunes that are kept: list, search, export, import
    Library(cli::library::LibraryCommand),
    /// Judge tunes by what can be counted, beside tunes people play
    Score(Box<cli::score::Score>),
    /// Show a tune's pitches, lengths, intervals and form beside its type's in the corpus
    Stats(cli::stats::Stats),
    /// Count metres, forms, keys and notes of the tunes of a corpus by their type
    Habits(cli::habits::Habits),
    /// Make a checkpoint of a PyTorch file
    Import(cli::import::Import),
    /// Train a network on a corpus of tunes
    Train(Box<cli::train::Train>),
    /// Draw trainings side by side: loss over epochs, and the learning rate
    Curves(cli::curves::Curves),
    /// Measure how well a network foretells a corpus
    Evaluate(cli::evaluate::Evaluate),
}

fn main() -> ExitCode {
    reelsmith::logging::start(None);
    let result = match Cli::parse().command {
        Command::Generate(command) => command.run(),
        Command::Convert(command) => command.run(),
        #[cfg(feature = "audio")]
        Command::Play(command) => command.run(),
        Command::Devices(command) => command.run(),
        Command::Doctor(command) => command.run(),
        Command::Check(command) => command.run(),
        Command::Rewrite(command) => command.run(),
        Command::Library(command) => command.run(),
        Command::Score(command) => command.run(),
        Command::Stats(command) => command.run(),
        Command::Habits(command) => command.run(),
        Command::Import(command) => command.run(),
        Command::Train(command) => command.run(),
        Command::Curves(command) => command.run(),
        Command::Evaluate(command) => command.run(),
    };
    result.unwrap_or_else(|error| {
        eprintln!("reelsmith-cli: {error}");
        error.exit_code()
    })
}
