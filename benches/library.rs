//! A library of many tunes: how long it takes to open, to look for changes, to search as one types, to save
//! one, and how much memory it takes. One JSON object; times in milliseconds, memory in MB.
//!
//! `cargo bench --bench library -- [FILE.abc] [--tunes N]`: a tunebook, used over again up to N tunes, each
//! time in another key and with another title.

#![allow(clippy::expect_used, reason = "a bench that cannot run says why by its panic")]

mod book;
mod kept;

use std::fs;
use std::hint::black_box;
use std::sync::Arc;
use std::time::Instant;

use reelsmith::files::Disk;
use reelsmith::library::{Filter, Folder, Library, Query};

/// Letter by letter, as they are typed.
const QUERIES: [&str; 4] = ["the jig of", "reel in E dor", "GBAdBAGED", "nothing like it"];

fn main() {
    let texts = book::texts();
    let folder = tempfile::tempdir().expect("a folder");
    kept::fill(folder.path(), &texts);
    let open = || Library::open(Folder::new(folder.path(), Arc::new(Disk)));
    // The first time brings the files into the system's memory, and takes memory of its own that a second would find
    // free already.
    let before = memory();
    let mut first = open();
    black_box(first.snapshot());
    let used = memory().zip(before).map(|(after, before)| after - before);
    drop(first);
    let started = Instant::now();
    let mut library = open();
    let snapshot = library.snapshot();
    let index = milliseconds(started);
    assert_eq!(snapshot.entries.len(), texts.len());

    let mut slowest = 0.0f64;
    for query in QUERIES {
        for end in 1..=query.len() {
            let started = Instant::now();
            let filter = Filter { query: Query::read(&query[..end]), ..Filter::default() };
            black_box(filter.find(&snapshot));
            slowest = slowest.max(milliseconds(started));
        }
    }
    // Files as new as these are looked into once more; after that only their times are.
    std::thread::sleep(std::time::Duration::from_secs(4));
    library.refresh();
    let started = Instant::now();
    assert!(!library.refresh());
    let refresh = milliseconds(started);
    let file = snapshot.entries[0].file.clone();
    let started = Instant::now();
    library.mark(&file, |marks| marks.favourite = true).expect("a written file");
    black_box(library.snapshot());
    let save = milliseconds(started);
    let used = used.map_or_else(|| "null".to_owned(), |used| format!("{used:.1}"));
    println!(
        "{{\"tunes\": {}, \"index\": {index:.1}, \"slowest_search\": {slowest:.2}, \"refresh\": {refresh:.2}, \
         \"save\": {save:.2}, \"memory\": {used}}}",
        texts.len()
    );
}

fn milliseconds(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1e3
}

/// What this process has in memory, in MB, where the system says so.
fn memory() -> Option<f64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    let kilobytes: f64 = line.trim().strip_suffix(" kB")?.trim().parse().ok()?;
    Some(kilobytes / 1024.0)
}
