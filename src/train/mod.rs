//! Learning from a corpus.
//!
//! In: a corpus file and a recipe. Out: checkpoints, the log of the training and its curves, in one
//! folder. On the CPU an LSTM's gradients come from the hand-written way back through time (`bptt`),
//! elsewhere from candle's autograd. It never composes and never shows anything.

pub mod autograd;
mod bits;
mod bptt;
pub mod corpus;
pub mod csv;
pub mod curves;
pub mod dropout;
pub mod engine;
pub mod init;
pub mod metrics;
mod optimiser;
mod other_keys;
mod packed;
mod plan;
mod ragged;
pub mod record;
mod schedule;
pub mod settings;
mod state;
pub mod tensorboard;
pub mod trainer;
