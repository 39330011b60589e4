//! A performance is sounded: instruments made of partials, a small room, one engine.
//!
//! In: a [`Program`], which is a [`crate::perform::Performance`] made ready, and [`Controls`]. Out: stereo
//! samples. [`Synth`] is the same live and off-line, and its samples do not depend on the sizes of the blocks
//! that are asked for. It calls only [`crate::perform`] and [`crate::music`], knows no devices and no files, and
//! once it is made it neither allocates nor waits.
//!
//! Instruments are data ([`instruments`]); `docs/sound.md` has them in a table, with what was measured.

pub mod controls;
mod ensemble;
pub mod instrument;
pub mod instruments;
mod limiter;
mod noise;
pub mod offline;
mod oscillator;
pub mod program;
pub mod recipe;
mod reverb;
mod sequencer;
mod synthesizer;
pub mod time;
mod tone;
mod voice;

pub use controls::{Controls, Volumes};
pub use instrument::{Instrument, Reach};
pub use offline::{Rendering, Watch};
pub use program::{Part, Program};
pub use sequencer::Loop;
pub use synthesizer::Synth;
pub use time::Time;

/// So many frames are made at a time: tone colour, gain and levels are worked out once for them and go in
/// straight lines between. Sound is as much later than a command.
pub const QUANTUM: usize = 64;
