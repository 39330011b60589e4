//! The history beside the sheet, through its accessibility tree: tunes are kept by themselves, found again,
//! and never lost.

mod choosing;
mod exporting;
mod failures;
mod finding;
mod sets;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use reelsmith::app::Options;
use reelsmith::audio::recorder::Recorder;
use reelsmith::files::{Disk, Storage};
use reelsmith::model::Precision;

use crate::window::{Test, short_tunes};

fn jig(title: &str, key: &str) -> String {
    format!("X:1\nT:{title}\nR:jig\nM:6/8\nL:1/8\nK:{key}\nA|d2e fed|BAF A2F|\n")
}

/// The device a history's tests play on.
const RATE: u32 = 8_000;

/// A window over a folder of tunes, and that folder.
fn window(tunes: &[(&str, String)]) -> (Test, PathBuf) {
    let (test, at, _) = window_on(tunes, Arc::new(Disk));
    (test, at)
}

/// The same on a disk of one's own, with the device it plays on.
fn window_on(tunes: &[(&str, String)], disk: Arc<dyn Storage>) -> (Test, PathBuf, Recorder) {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("data/tunes");
    fs::create_dir_all(&at).unwrap();
    for (name, text) in tunes {
        fs::write(at.join(name), text).unwrap();
    }
    let recorder = Recorder::new(RATE, Duration::ZERO);
    (window_over(folder, disk, recorder.clone()), at, recorder)
}

fn window_over(folder: tempfile::TempDir, disk: Arc<dyn Storage>, recorder: Recorder) -> Test {
    let model = folder.path().join("tiny.safetensors");
    fs::write(&model, short_tunes().to_bytes(Precision::F32).unwrap()).unwrap();
    let data = Some(folder.path().join("data"));
    let options = Options { model: Some(model), data, disk, recorder: Some(recorder), ..Options::default() };
    let mut test = Test::open_as(folder, options);
    test.until("the model is open", |t| t.button("Compose") == Some(true));
    test
}

fn files(folder: &Path) -> Vec<String> {
    let names = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> =
        names.filter(|name| name.ends_with(".abc") && !name.starts_with('.')).collect();
    names.sort();
    names
}

impl Test {
    /// The rows of tunes, from the top.
    fn rows(&self) -> Vec<String> {
        let rows = self.harness.query_all_by_role(Role::ListItem);
        rows.filter_map(|row| row.accesskit_node().label()).collect()
    }

    fn row(&self, start: &str) -> String {
        let rows = self.rows();
        rows.iter()
            .find(|row| row.starts_with(start))
            .unwrap_or_else(|| panic!("{start} in {rows:?}"))
            .clone()
    }

    fn click_row(&mut self, start: &str) {
        let row = self.row(start);
        self.harness.get_by_role_and_label(Role::ListItem, &row).click();
        self.steps();
    }

    /// Chooses a line of a row's menu.
    fn more(&mut self, title: &str, line: &str) {
        self.click_row(title);
        self.click(&format!("More: {title}"));
        self.click(line);
    }

    fn until_rows(&mut self, count: usize) {
        self.until(&format!("there are {count} rows"), |t| t.rows().len() == count);
    }

    /// Clicks on a row with keys held down.
    fn click_row_with(&mut self, start: &str, held: Modifiers) {
        let row = self.row(start);
        self.harness.get_by_role_and_label(Role::ListItem, &row).click_modifiers(held);
        self.steps();
    }

    fn double_click_row(&mut self, start: &str) {
        self.click_row(start);
        self.click_row(start);
    }

    /// The rows that are said to be chosen.
    fn selected_rows(&self) -> Vec<String> {
        let rows = self.harness.query_all_by_role(Role::ListItem).map(|row| row.accesskit_node());
        let chosen = rows.filter(|row| row.is_selected() == Some(true));
        let titles = chosen.filter_map(|row| Some(row.label()?.split(',').next()?.to_owned()));
        titles.collect()
    }

    /// Answers our own dialog for a file or a folder.
    fn answer(&mut self, field: &str, path: &Path, button: &str) {
        self.type_into(Role::TextInput, field, &path.display().to_string());
        self.click(button);
    }

    fn find(&mut self, words: &str) {
        self.type_into(Role::TextInput, "Find in the history", words);
    }
}

#[test]
fn composed_tunes_are_kept_by_themselves_under_one_row() {
    let (mut test, at) = window(&[]);
    test.until("the library is read", |t| t.says("Nothing kept yet."));
    assert!(test.says("Every tune you compose or open is kept here by itself."));
    test.start_from("K:D\n");
    test.click("Compose");
    test.until("the tunes are there", |t| t.says("6 tunes in"));
    let count = test.tabs().len();
    assert!(count > 1);
    let others = format!("and {} more", count - 1);
    test.until("all are under one row", |t| t.rows().len() == 1 && t.button(&others).is_some());
    assert_eq!(files(&at).len(), count);
    assert!(test.says("Today"));
    test.click(&others);
    test.until_rows(count);
    test.click("and fewer");
    test.until_rows(1);
    // One is chosen, and stands for all from then on.
    let second = test.tabs()[1].clone();
    test.harness.get_by_role_and_label(Role::Tab, &second).click();
    test.until("it is chosen", |_| {
        files(&at).iter().any(|file| fs::read_to_string(at.join(file)).unwrap().contains("chosen"))
    });
    test.until_rows(1);
}

#[test]
fn an_edited_tune_is_saved_after_a_pause_and_when_the_window_closes() {
    let (mut test, at) = window(&[("one.abc", format!("{}% as it was\n", jig("The One", "D")))]);
    test.until_rows(1);
    assert!(test.row("The One").starts_with("The One, jig in D, "));
    test.click_row("The One");
    test.until("it is on the stand", |t| t.tune().is_some_and(|tune| tune.contains("% as it was")));
    let read = || fs::read_to_string(at.join("one.abc")).unwrap();
    test.type_into(Role::MultilineTextInput, "ABC", &jig("The One", "G"));
    test.until("the file has it", |_| read().contains("K:G"));
    assert_eq!(files(&at), ["one.abc"]);
    // A favourite stays one, whatever is saved.
    test.click_row("The One");
    test.press(Modifiers::NONE, Key::S);
    test.until("it is a favourite", |_| read().contains("%%reelsmith favourite"));
    test.type_into(Role::MultilineTextInput, "ABC", &jig("The One", "A"));
    test.steps();
    // The window closes.
    *test.harness.state_mut() = None;
    assert!(read().contains("K:A") && read().contains("%%reelsmith favourite"), "{}", read());
    assert_eq!(files(&at), ["one.abc"]);
}

#[test]
fn a_tune_typed_by_hand_is_kept_once_it_has_a_note() {
    let (mut test, at) = window(&[]);
    test.type_into(Role::MultilineTextInput, "ABC", "X:1\nT:Mine\n");
    test.type_into(Role::MultilineTextInput, "ABC", &jig("Mine", "D"));
    test.until("it is kept", |_| files(&at) == ["Mine.abc"]);
    test.until_rows(1);
}

#[test]
fn rows_are_renamed_tagged_doubled_deleted_and_brought_back() {
    let (mut test, at) = window(&[
        ("One.abc", jig("One", "D")),
        ("Two.abc", jig("Two", "G")),
        ("Three.abc", jig("Three", "A")),
    ]);
    test.until_rows(3);
    assert!(test.says("3 tunes"));
    test.click_row("Two");
    test.press(Modifiers::NONE, Key::S);
    test.until("it is a favourite", |t| t.says("3 tunes, 1 favourite"));
    assert!(test.row("Two").contains("favourite"));

    test.more("One", "Rename");
    test.type_into(Role::TextInput, "Title", "The Wet Tuesday");
    test.press(Modifiers::NONE, Key::Enter);
    test.until("it is renamed", |_| files(&at).contains(&"The Wet Tuesday.abc".to_owned()));
    test.until("the sheet says so", |t| t.tune().is_some_and(|tune| tune.contains("T:The Wet Tuesday")));
    test.more("The Wet Tuesday", "Tags");
    test.type_into(Role::TextInput, "Tags, with commas between them", "slow, for the band");
    test.press(Modifiers::NONE, Key::Enter);
    let tagged = || {
        fs::read_to_string(at.join("The Wet Tuesday.abc"))
            .is_ok_and(|t| t.contains("tags slow, for the band"))
    };
    test.until("it is tagged", |_| tagged());
    test.more("The Wet Tuesday", "Duplicate");
    test.until_rows(4);
    test.more("Copy of The Wet Tuesday", "Compare");
    assert!(test.says("Compare two tunes"));
    test.click("Close");

    test.click_row("Three");
    test.press(Modifiers::NONE, Key::Delete);
    test.until_rows(3);
    test.until("it can be undone", |t| t.says("Three deleted"));
    test.click("Undo");
    test.until_rows(4);
    test.click_row("Three");
    test.press(Modifiers::NONE, Key::Delete);
    test.until("it can be undone", |t| t.says("Three deleted"));
    test.press(Modifiers::COMMAND, Key::Z);
    test.until_rows(4);
    test.click("More of the history");
    test.click("Delete all but favourites");
    test.until_rows(1);
    test.until("it can be undone", |t| t.says("3 tunes deleted"));
    assert_eq!(files(&at), ["Two.abc"]);
    assert_eq!(files(&at.join("trash")).len(), 3);
    test.click("Undo");
    test.until_rows(4);
}

#[test]
fn the_arrows_go_from_row_to_row() {
    let tunes: Vec<(String, String)> =
        (0..40).map(|n| (format!("{n}.abc"), jig(&format!("Tune {n:02}"), "D"))).collect();
    let tunes: Vec<(&str, String)> = tunes.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    let (mut test, _) = window(&tunes);
    test.until("the rows are there", |t| t.says("40 tunes"));
    let rows = test.rows();
    assert!(rows.len() < 12, "only rows in sight are drawn");
    let first = rows[0].clone();
    test.harness.get_by_role_and_label(Role::ListItem, &first).focus();
    test.steps();
    for _ in 0..3 {
        test.press(Modifiers::NONE, Key::ArrowDown);
    }
    let fourth = rows[3].clone();
    assert!(test.harness.get_by_role_and_label(Role::ListItem, &fourth).accesskit_node().is_focused());
    test.press(Modifiers::NONE, Key::End);
    test.steps();
    assert!(!test.rows().contains(&first), "the last row is in sight");
    test.press(Modifiers::NONE, Key::Enter);
    test.until("it is on the stand", |t| t.tune().is_some());
}
