//! What the program is told from outside: which checkpoint to run, where its data lie, and what the
//! musician has set.
//!
//! In: flags, the environment and the settings file. Out: a checked checkpoint, a folder, preferences. A
//! flag wins over the environment, the environment over the settings file, that over the default; what was
//! named and cannot be used is an error, never the default instead.

pub mod data_dir;
pub mod model_file;
pub mod preferences;
pub mod sound;

pub use data_dir::{DataDirError, data_dir};
pub use model_file::{ModelFileError, ModelSource, model_source, open_checkpoint, open_source};
pub use preferences::{Preferences, PreferencesError, Theme};
pub use sound::{Sound, SoundDevice};
