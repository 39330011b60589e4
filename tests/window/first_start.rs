//! The very first start: a jig to begin with, and three hints that never come again.

use std::path::{Path, PathBuf};

use eframe::egui::Key;
use reelsmith::app::Options;
use reelsmith::model::Precision;
use tempfile::TempDir;

use super::{Test, short_tunes};

/// A window over a data folder, perhaps with a file to open.
fn window(folder: TempDir, files: Vec<PathBuf>) -> Test {
    let model = folder.path().join("tiny.safetensors");
    std::fs::write(&model, short_tunes().to_bytes(Precision::F32).unwrap()).unwrap();
    let data = Some(folder.path().join("data"));
    let mut test =
        Test::open_first(folder, Options { model: Some(model), data, files, ..Options::default() });
    test.until("the model is open", |t| t.button("Compose") == Some(true));
    test
}

/// Closed and opened again.
fn again(test: Test) -> Test {
    let Test { harness, folder } = test;
    drop(harness);
    window(folder, Vec::new())
}

fn file(folder: &Path) -> PathBuf {
    let path = folder.join("mine.abc");
    std::fs::write(&path, "X:1\nT:Mine\nK:D\nD8|\n").unwrap();
    path
}

#[test]
fn the_first_start_shows_a_jig_and_three_hints_once() {
    let mut test = window(tempfile::tempdir().unwrap(), Vec::new());
    assert!(test.tune().is_some_and(|tune| tune.contains("R:jig")), "{:?}", test.tune());
    assert!(test.says("Sheet music: 17 bars"), "{:?}", test.texts());
    assert!(test.says("Press Space to hear it."), "{:?}", test.texts());
    test.harness.key_press(Key::Space);
    test.steps();
    assert_eq!(test.button("Pause"), Some(true), "and so it is");
    test.click("Next");
    assert!(test.says("2 of 3") && test.says("Leave anything on Any"), "{:?}", test.texts());
    test.click("Next");
    assert!(test.says("3 of 3") && test.says("kept at the right"), "{:?}", test.texts());
    assert_eq!(test.button("Skip"), None);
    test.click("Begin");
    assert!(!test.says("of 3"), "{:?}", test.texts());
    test.until("the jig is kept", |t| t.says("Ah! Sure Such a Pair, jig in G"));
    let mut test = again(test);
    test.steps();
    assert!(!test.says("of 3") && test.tune().is_none(), "{:?}", test.texts());
}

#[test]
fn hints_that_are_skipped_do_not_come_again() {
    let mut test = window(tempfile::tempdir().unwrap(), Vec::new());
    test.click("Skip");
    assert!(!test.says("of 3"), "{:?}", test.texts());
    assert!(test.tune().is_some(), "the jig stays");
    let test = again(test);
    assert!(!test.says("of 3"), "{:?}", test.texts());
}

#[test]
fn a_window_opened_with_a_file_shows_the_file_and_no_hints() {
    let folder = tempfile::tempdir().unwrap();
    let files = vec![file(folder.path())];
    let mut test = window(folder, files);
    test.until("it is open", |t| t.tune().is_some_and(|tune| tune.contains("Mine")));
    assert!(!test.says("of 3"), "{:?}", test.texts());
}
