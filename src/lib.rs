//! Reelsmith composes traditional tunes.
//!
//! The rooms of the house, from the ground up.

pub mod files;
pub mod model;
pub mod train;
