//! Reelsmith composes traditional tunes.
//!
//! The rooms of the house, from the ground up; `ARCHITECTURE.md` says who may call whom.

pub mod abc;
#[cfg(feature = "gui")]
pub mod app;
#[cfg(feature = "audio")]
pub mod audio;
pub mod compose;
pub mod crash;
pub mod engrave;
pub mod export;
pub mod files;
pub mod library;
pub mod logging;
pub mod model;
pub mod music;
pub mod perform;
pub mod plain;
pub mod settings;
pub mod synth;
pub mod train;
