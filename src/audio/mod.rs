//! Sound comes out: the device, and the transport that plays on it.
//!
//! In: a [`crate::synth::Program`] and what the musician does with it. Out: sound on a device, and what of it
//! is heard at a moment. A [`Transport`] is the handle; it never waits. The device's own thread renders
//! (`renderer`): messages come to it and reports go from it by lock-free queues, and it neither allocates nor
//! frees nor waits. A third thread (`keeper`) opens devices and looks for one that is lost. Devices are behind
//! a trait, [`device::Devices`]: those of the system, and a [`recorder`] that plays without a sound card.
//!
//! Only this room names cpal.

mod clock;
pub mod device;
mod frames;
mod keeper;
mod playhead;
pub mod recorder;
mod renderer;
mod system;
pub mod transport;

pub use device::{AudioError, Devices, OpenDevice, OutputDevice};
pub use keeper::{DeviceList, DeviceState};
pub use system::{SystemDevices, output_device};
pub use transport::{Sounding, Transport};
