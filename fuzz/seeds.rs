//! Good files for a target to begin with.

use std::path::PathBuf;
use std::{env, fs};

/// Writes files into the folder that SEEDS names, if it is set; libFuzzer reads its corpus afterwards.
pub fn plant(files: &[Vec<u8>]) {
    let Some(folder) = env::var_os("SEEDS").map(PathBuf::from) else { return };
    for (number, bytes) in files.iter().enumerate() {
        fs::write(folder.join(format!("good-{number}")), bytes).expect("a folder for the seeds");
    }
}
