//! `doctor`: whether everything works, in plain words.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use reelsmith::model::{Network, NetworkError, list_devices, open_device};
use reelsmith::settings::{data_dir, open_checkpoint};

use super::{CliError, NetworkArgs, devices, print};

/// Check that everything works: checkpoint, devices, data folder, sound
#[derive(Debug, clap::Args)]
pub(crate) struct Doctor {
    /// The data folder to check, instead of REELSMITH_DATA_DIR or the system's
    #[arg(long, value_name = "FOLDER")]
    data_dir: Option<PathBuf>,
    #[command(flatten)]
    network: NetworkArgs,
}

impl Doctor {
    /// Runs the command: exit code 1 if the program cannot write or keep tunes as it is.
    pub(crate) fn run(self) -> Result<ExitCode, CliError> {
        let network = check_network(&self.network);
        let data = check_data_dir(self.data_dir.as_deref());
        let well = network.is_ok() && data.is_ok();
        let text = format!(
            "Network\n{}\nDevices\n{}\nData folder\n{}\nSound\n{}\n{}\n",
            indent(&merge(network)),
            indent(&devices::describe(&list_devices())),
            indent(&merge(data)),
            indent(&sound()),
            if well {
                "Everything needed to write tunes is in order."
            } else {
                "Something needs mending: see above."
            }
        );
        print(&text)?;
        Ok(if well { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// The sound device. Composing does without one.
#[cfg(feature = "audio")]
fn sound() -> String {
    match reelsmith::audio::output_device(None) {
        Ok(device) => format!("{}: {} Hz, {} channels", device.name, device.rate, device.channels),
        Err(e) => format!("{e}; tunes are written all the same"),
    }
}

#[cfg(not(feature = "audio"))]
fn sound() -> String {
    "this program was built without sound".to_owned()
}

fn merge(report: Result<String, String>) -> String {
    report.unwrap_or_else(|problem| format!("PROBLEM: {problem}"))
}

fn indent(text: &str) -> String {
    text.lines().map(|line| format!("  {line}\n")).collect()
}

/// Which checkpoint there is and whether it runs.
fn check_network(args: &NetworkArgs) -> Result<String, String> {
    let (checkpoint, origin) = open_checkpoint(args.model.as_deref()).map_err(|e| e.to_string())?;
    let shape = checkpoint.shape();
    let device = open_device(args.device).map_err(|e| e.to_string())?;
    let network = Network::new(&checkpoint, device, args.weights).map_err(|e| e.to_string())?;
    let step = time_step(&network).map_err(|e| e.to_string())?;
    Ok(format!(
        "\"{}\", from {origin}\n{shape}: {} parameters\nit runs on {} ({}), one character in {:.0} microseconds",
        network.name(),
        shape.parameters(),
        network.device(),
        network.kernel(),
        step.as_secs_f64() * 1e6
    ))
}

/// The shortest of some steps: the first ones also wake the device up.
fn time_step(network: &Network) -> Result<Duration, NetworkError> {
    let mut state = network.start()?;
    let mut best = Duration::MAX;
    for _ in 0..20 {
        let start = Instant::now();
        network.step(&mut state, network.vocabulary().sos())?;
        best = best.min(start.elapsed());
    }
    Ok(best)
}

/// Where the data folder is and whether it can be written to.
fn check_data_dir(flag: Option<&Path>) -> Result<String, String> {
    let folder = data_dir(flag).map_err(|e| e.to_string())?;
    // A folder that is not there yet will be made inside the nearest one that is.
    let there = folder.ancestors().find(|f| f.exists()).unwrap_or(Path::new("."));
    let probe = there.join(format!(".reelsmith-doctor-{}.tmp", std::process::id()));
    File::create_new(&probe)
        .and_then(|_| fs::remove_file(&probe))
        .map_err(|e| format!("{} cannot be written to: {e}", folder.display()))?;
    let note = if there == folder { "can be written to" } else { "will be made when it is first needed" };
    Ok(format!("{} ({note})", folder.display()))
}
