//! The devices candle can compute on, by name.

use std::fmt;
use std::str::FromStr;

use candle_core::Device;

/// A device as the user names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DeviceName {
    /// The first of CUDA, Metal, CPU that is present.
    #[default]
    Auto,
    /// The processor: always present.
    Cpu,
    /// An NVIDIA card by its number; needs a build with the feature `cuda`.
    Cuda(usize),
    /// Apple's graphics; needs a build with the feature `metal` on macOS.
    Metal,
}

impl fmt::Display for DeviceName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Cpu => f.write_str("cpu"),
            Self::Cuda(n) => write!(f, "cuda:{n}"),
            Self::Metal => f.write_str("metal"),
        }
    }
}

impl FromStr for DeviceName {
    type Err = DeviceError;

    fn from_str(text: &str) -> Result<Self, DeviceError> {
        match text {
            "auto" => Ok(Self::Auto),
            "cpu" => Ok(Self::Cpu),
            "cuda" => Ok(Self::Cuda(0)),
            "metal" => Ok(Self::Metal),
            _ => text
                .strip_prefix("cuda:")
                .and_then(|n| n.parse().ok())
                .map(Self::Cuda)
                .ok_or_else(|| DeviceError::Unknown(text.to_owned())),
        }
    }
}

/// Why a device cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DeviceError {
    /// No such name.
    #[error("there is no device {0:?}: say auto, cpu, cuda, cuda:1 (the second card) or metal")]
    Unknown(String),
    /// The program was built without it.
    #[error("{name} is not in this build: build with `--features {feature}`{needs}")]
    NotBuilt {
        /// The device asked for.
        name: DeviceName,
        /// The cargo feature that adds it.
        feature: &'static str,
        /// What else that takes.
        needs: &'static str,
    },
    /// In the program, but the machine has none that works.
    #[error("{name} cannot be used here: {reason}")]
    Absent {
        /// The device asked for.
        name: DeviceName,
        /// What candle or the driver said.
        reason: String,
    },
}

/// A device as it was found, or why it was not.
#[derive(Debug)]
pub struct DeviceReport {
    /// Its name.
    pub name: DeviceName,
    /// What it is in a few words, or what is missing.
    pub state: Result<String, DeviceError>,
}

/// Every kind of device, in the order in which `auto` looks for them.
pub fn list_devices() -> Vec<DeviceReport> {
    [DeviceName::Cuda(0), DeviceName::Metal, DeviceName::Cpu]
        .into_iter()
        .map(|name| DeviceReport { name, state: open_one(name).map(|_| describe(name)) })
        .collect()
}

/// Opens a device. `auto` takes the first that is present and never fails, because the CPU always is.
///
/// # Errors
/// A device that was asked for by name and is not to be had is an error, never another device.
pub fn open_device(name: DeviceName) -> Result<(DeviceName, Device), DeviceError> {
    if name != DeviceName::Auto {
        return Ok((name, open_one(name)?));
    }
    for name in [DeviceName::Cuda(0), DeviceName::Metal] {
        if let Ok(device) = open_one(name) {
            return Ok((name, device));
        }
    }
    Ok((DeviceName::Cpu, Device::Cpu))
}

fn open_one(name: DeviceName) -> Result<Device, DeviceError> {
    let absent = |e: candle_core::Error| DeviceError::Absent { name, reason: first_line(&e.to_string()) };
    match name {
        DeviceName::Auto | DeviceName::Cpu => Ok(Device::Cpu),
        DeviceName::Cuda(_) if !candle_core::utils::cuda_is_available() => Err(DeviceError::NotBuilt {
            name,
            feature: "cuda",
            needs: ", which needs an NVIDIA card and NVIDIA's CUDA toolkit",
        }),
        DeviceName::Cuda(ordinal) => Device::new_cuda(ordinal).map_err(absent),
        DeviceName::Metal if !candle_core::utils::metal_is_available() => {
            Err(DeviceError::NotBuilt { name, feature: "metal", needs: " on a Mac" })
        }
        DeviceName::Metal => Device::new_metal(0).map_err(absent),
    }
}

/// candle's errors may carry a backtrace: only their first line is for people.
fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().to_owned()
}

fn describe(name: DeviceName) -> String {
    match name {
        DeviceName::Auto | DeviceName::Cpu => {
            let threads = std::thread::available_parallelism().map_or(1, usize::from);
            let isa = super::kernels::Isa::detect();
            let bf16 = if isa.has_bf16() { " and bf16" } else { "" };
            format!("the processor, {threads} threads, {isa}{bf16}")
        }
        DeviceName::Cuda(n) => format!("NVIDIA card {n}, by CUDA"),
        DeviceName::Metal => "Apple graphics, by Metal".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_survive_being_written() {
        for name in [DeviceName::Auto, DeviceName::Cpu, DeviceName::Cuda(3), DeviceName::Metal] {
            assert_eq!(name.to_string().parse(), Ok(name));
        }
        assert!(matches!("cuda:x".parse::<DeviceName>(), Err(DeviceError::Unknown(_))));
    }

    #[test]
    fn auto_always_finds_a_device_and_the_cpu_is_always_listed() {
        assert!(open_device(DeviceName::Auto).is_ok());
        let cpu = list_devices().into_iter().find(|d| d.name == DeviceName::Cpu).expect("listed");
        assert!(cpu.state.is_ok());
    }

    #[cfg(not(feature = "cuda"))]
    #[test]
    fn a_missing_device_is_an_error_that_says_what_is_missing() {
        let error = open_device(DeviceName::Cuda(0)).expect_err("not built");
        assert!(error.to_string().contains("--features cuda"), "{error}");
    }
}
