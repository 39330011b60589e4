//! The network: its vocabulary, its shape, its weights in a checkpoint, and the machinery that runs it.
//!
//! In: the bytes of a checkpoint and tokens. Out: scores (logits) for the next token.
//! It never opens a file of its own (the one exception is [`import`], because candle reads PyTorch
//! files by path), never samples, and knows nothing of music.

pub mod checkpoint;
pub mod device;
pub mod import;
pub mod kernels;
pub mod network;
pub mod parameters;
pub mod shape;
pub mod vocabulary;

pub use checkpoint::{Checkpoint, CheckpointError, Precision};
pub use device::{DeviceError, DeviceName, list_devices, open_device};
pub use network::{Network, NetworkError, State};
pub use parameters::Parameters;
pub use shape::{Cell, Shape};
pub use vocabulary::{Token, Vocabulary, VocabularyError};
