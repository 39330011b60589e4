//! Any bytes as the file of settings. tests/noise/reads.rs says what is promised.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

#[path = "../../tests/noise/reads.rs"]
#[allow(dead_code, reason = "the other kinds of file have targets of their own")]
mod reads;
#[path = "../seeds.rs"]
mod seeds;

static FOLDER: LazyLock<TempDir> = LazyLock::new(|| tempfile::tempdir().expect("a folder"));

fuzz_target!(
    init: seeds::plant(&reads::good_settings(FOLDER.path())),
    |bytes: &[u8]| reads::settings(bytes, FOLDER.path())
);
