//! Writes good files for the targets to begin with: `seeds FOLDER`.

use std::path::PathBuf;
use std::{env, fs, io};

#[path = "../tests/noise/reads.rs"]
#[allow(dead_code, reason = "only the good files are wanted here")]
mod reads;

fn main() -> io::Result<()> {
    let folder: PathBuf = env::args_os().nth(1).ok_or(io::ErrorKind::InvalidInput)?.into();
    let settings = tempfile::tempdir()?;
    let kinds = [
        ("history", [reads::good_tunes(), reads::good_sets()].concat()),
        ("settings", reads::good_settings(settings.path())),
        ("checkpoint", reads::good_checkpoints()),
    ];
    for (name, files) in kinds {
        fs::create_dir_all(folder.join(name))?;
        for (number, bytes) in files.iter().enumerate() {
            fs::write(folder.join(name).join(format!("good-{number}")), bytes)?;
        }
    }
    Ok(())
}
