//! Any bytes as a checkpoint. tests/noise/reads.rs says what is promised.
#![no_main]

use libfuzzer_sys::fuzz_target;

#[path = "../../tests/noise/reads.rs"]
#[allow(dead_code, reason = "the other kinds of file have targets of their own")]
mod reads;
#[path = "../seeds.rs"]
mod seeds;

fuzz_target!(
    init: seeds::plant(&reads::good_checkpoints()),
    |bytes: &[u8]| reads::checkpoint(bytes)
);
