//! `devices`: what a network can run on here, and what is missing for the rest.

use std::fmt::Write;
use std::process::ExitCode;

use reelsmith::model::device::DeviceReport;
use reelsmith::model::list_devices;

use super::{CliError, print};

/// List the devices a network can run on, and what is missing for the others
#[derive(Debug, clap::Args)]
pub(crate) struct Devices {}

impl Devices {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<ExitCode, CliError> {
        print(&describe(&list_devices()))?;
        Ok(ExitCode::SUCCESS)
    }
}

/// A line for each device, in the order in which `auto` looks for them.
pub(crate) fn describe(devices: &[DeviceReport]) -> String {
    let mut text = String::new();
    let mut auto = "  (auto takes this one)";
    for device in devices {
        let name = device.name.to_string();
        // Writing to a string cannot fail.
        let _ = match &device.state {
            Ok(what) => writeln!(text, "{name:8} {what}{}", std::mem::take(&mut auto)),
            Err(error) => writeln!(text, "{name:8} not available: {error}"),
        };
    }
    text
}
