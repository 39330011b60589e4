//! `generate --json`: the Flask demo's interface, one request and one answer.

use std::io::{self, Read};
use std::ops::ControlFlow;
use std::process::ExitCode;

use reelsmith::compose::demo::{Failure, Success, read_request};
use reelsmith::compose::{compose, now};
use serde::Serialize;

use super::generate::random_seed;
use super::{CliError, NetworkArgs, print};

/// A request is a few hundred bytes; more than this is not read.
const MOST_BYTES: u64 = 1 << 16;

/// Reads a request from the standard input and prints the answer: exit code 2 for a bad request, 1
/// for everything else that fails, which is answered in the same way.
pub(crate) fn run(network: &NetworkArgs) -> Result<ExitCode, CliError> {
    answer(network).or_else(|error| {
        show(&Failure::new([&error], now()))?;
        Ok(error.exit_code())
    })
}

fn answer(network: &NetworkArgs) -> Result<ExitCode, CliError> {
    let mut bytes = Vec::new();
    io::stdin().lock().take(MOST_BYTES).read_to_end(&mut bytes).map_err(CliError::Input)?;
    let (network, _) = network.open()?;
    // What is no UTF-8 is no JSON either, and is refused as such.
    let text = String::from_utf8_lossy(&bytes);
    match read_request(&text, network.vocabulary(), random_seed()) {
        Err(errors) => {
            show(&Failure::new(errors, now()))?;
            Ok(ExitCode::from(2))
        }
        Ok(request) => {
            let tune = compose(&network, &request, 0, &now(), &mut |_| ControlFlow::Continue(()))?;
            show(&Success::new(&tune))?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn show(answer: &impl Serialize) -> Result<(), CliError> {
    let mut text = serde_json::to_string(answer).map_err(|e| CliError::Output(e.into()))?;
    text.push('\n');
    print(&text)
}
