//! What is promised of each kind of file, whatever bytes stand in it, and good files to begin with. The noise of the
//! tests and the fuzz targets both hand bytes to these.

use std::fs;
use std::path::Path;

use reelsmith::abc::parse;
use reelsmith::library::{Entry, Set};
use reelsmith::model::{Cell, Checkpoint, Parameters, Precision, Shape, Vocabulary};
use reelsmith::settings::Preferences;

pub fn good_tunes() -> Vec<Vec<u8>> {
    let book = include_str!("../fixtures/public-domain.abc");
    let mut good: Vec<Vec<u8>> = parse(book).tunes.iter().map(|tune| tune.span.of(book).into()).collect();
    good.push(
        b"X:1\n%%reelsmith seed 7\n%%reelsmith temperature 0.8\n%%reelsmith time 2026-11-27T11:00:00+00:00\n\
        %%reelsmith favourite\n%%reelsmith tags session, slow\nT:Reel No. 1\nR:reel\nM:4/4\nL:1/8\nK:D\nDEFG ABcd|]\n"
            .to_vec(),
    );
    good
}

pub fn tune(bytes: &[u8]) {
    if let Ok(entry) = Entry::read("Some tune.abc", bytes, None) {
        let again = Entry::read("Some tune.abc", entry.text.as_bytes(), None).unwrap();
        assert_eq!((&again.title, &again.marks, again.kind), (&entry.title, &entry.marks, entry.kind));
        // What it was composed with, if anything can be made of that.
        let _ = entry.request();
    }
}

pub fn good_sets() -> Vec<Vec<u8>> {
    let set = Set {
        file: "Monday.abc".into(),
        name: "Monday’s reels".into(),
        tunes: vec!["Reel No. 12.abc".into(), "The Barefoot Boy.abc".into()],
    };
    vec![set.write()]
}

pub fn set(bytes: &[u8]) {
    let read = Set::read("Monday.abc", bytes);
    assert!(read.tunes.iter().all(|tune| !tune.contains(['/', '\\'])), "out of the folder: {read:?}");
    let again = Set::read("Monday.abc", &read.write());
    // A set without a name has its file's.
    assert_eq!((&again.tunes, again.name.is_empty()), (&read.tunes, read.name.is_empty()));
}

pub fn good_settings(folder: &Path) -> Vec<Vec<u8>> {
    Preferences::default().save(folder).unwrap();
    vec![fs::read(folder.join("settings.toml")).unwrap()]
}

/// The folder is empty before and after.
pub fn settings(bytes: &[u8], folder: &Path) {
    fs::write(folder.join("settings.toml"), bytes).unwrap();
    if let Ok(read) = Preferences::load(folder) {
        read.save(folder).unwrap();
        assert_eq!(Preferences::load(folder).unwrap(), read);
    }
    // Damaged ones are put aside, each under a name of its own.
    for entry in fs::read_dir(folder).unwrap() {
        fs::remove_file(entry.unwrap().path()).unwrap();
    }
}

pub fn good_checkpoints() -> Vec<Vec<u8>> {
    let vocabulary = Vocabulary::reference();
    let shape = Shape { cell: Cell::Lstm, vocabulary: vocabulary.len(), embedding: 3, layers: 1, hidden: 2 };
    let facts = [("name".to_owned(), "Tiny".to_owned())].into();
    let checkpoint = Checkpoint { vocabulary, parameters: Parameters::zeros(shape), facts };
    [Precision::F32, Precision::F16].map(|precision| checkpoint.to_bytes(precision).unwrap()).into()
}

pub fn checkpoint(bytes: &[u8]) {
    if let Ok(read) = Checkpoint::from_bytes(bytes) {
        let again = Checkpoint::from_bytes(&read.to_bytes(Precision::F32).unwrap()).unwrap();
        assert_eq!((again.shape(), again.name()), (read.shape(), read.name()));
    }
}
