//! What the program is told from outside: which checkpoint to run and where its data lie.
//!
//! In: flags and the environment. Out: a checked checkpoint, a folder. A flag wins over the
//! environment, the environment over the default; what was named and cannot be used is an error,
//! never the default instead.

pub mod data_dir;
pub mod model_file;

pub use data_dir::{DataDirError, data_dir, tunes_dir};
pub use model_file::{ModelFileError, ModelSource, open_checkpoint};
