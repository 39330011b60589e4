//! The corpus, where it lies beside the project: no promise, but what several of them read.

use std::fs;
use std::path::PathBuf;

use serde_json::Value;

/// The tunes of a part of the corpus; says so if it is not there.
pub fn corpus(name: &str) -> Option<Vec<String>> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus").join(name);
    let Ok(file) = fs::read(&path) else {
        eprintln!("skipped: there is no {}", path.display());
        return None;
    };
    let tunes: Vec<Value> = serde_json::from_slice(&file).unwrap();
    Some(tunes.iter().map(|tune| tune["abc notation"].as_str().unwrap().to_owned()).collect())
}
