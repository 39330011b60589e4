//! What goes wrong with the folder is said, and nothing is lost while the window is open.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use reelsmith::audio::recorder::Recorder;
use reelsmith::files::{Disk, Storage};

use super::{RATE, files, jig, window, window_on, window_over};
use crate::failing::Failing;
use crate::window::Test;

const FOLDER: &str = "Tunes cannot be kept in this folder. Nothing is lost while the window is open.";

#[test]
fn a_folder_that_takes_no_files_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path().join("data/tunes");
    fs::create_dir_all(folder.path().join("data")).unwrap();
    // No folder can be made where a file is, whoever runs this.
    fs::write(&at, "in the way").unwrap();
    let mut test = window_over(folder, Arc::new(Disk), Recorder::new(RATE, Duration::ZERO));
    test.until("it is said", |t| t.says(FOLDER));
    assert_eq!(test.button("Choose another folder"), Some(true));
    test.compose_in_d();
    test.until_rows(1);
    assert!(test.rows()[0].contains("not saved yet"), "{:?}", test.rows());
    fs::remove_file(&at).unwrap();
    test.click("Try again");
    test.until("it is saved", |_| at.is_dir() && files(&at).len() == 1);
    test.until("nothing is said any more", |t| !t.says(FOLDER));
    assert!(!test.rows()[0].contains("not saved yet"));
}

#[test]
fn a_damaged_file_and_a_vanished_folder_are_said() {
    let (mut test, at) = window(&[("One.abc", jig("The One", "D")), ("Jig No. 7.abc", "\0\0".to_owned())]);
    test.until("it is said", |t| t.says("“Jig No. 7.abc” cannot be read. It is kept as it is."));
    test.until_rows(1);
    let elsewhere = at.with_file_name("elsewhere");
    fs::rename(&at, &elsewhere).unwrap();
    test.until("it is said", |t| t.says("Tunes cannot be kept in this folder."));
    assert_eq!(test.rows().len(), 1, "what was there is still to be seen");
    fs::rename(&elsewhere, &at).unwrap();
    test.until("all is well", |t| !t.says("Tunes cannot be kept in this folder."));
    assert_eq!(fs::read(at.join("Jig No. 7.abc")).unwrap(), b"\0\0");
}

/// A window over one kept tune on a disk that can be made to fail.
fn failing(error: ErrorKind) -> (Test, std::path::PathBuf, Arc<Failing>) {
    let disk = Failing::after(usize::MAX, error, false);
    let (mut test, at, _) =
        window_on(&[("One.abc", jig("The One", "D"))], Arc::clone(&disk) as Arc<dyn Storage>);
    test.until_rows(1);
    (test, at, disk)
}

fn text(at: &Path) -> String {
    fs::read_to_string(at).unwrap()
}

#[test]
fn a_full_disk_is_said_with_the_tune_that_is_not_saved() {
    let (mut test, at, disk) = failing(ErrorKind::StorageFull);
    disk.break_down();
    let composed = test.compose_in_d();
    let title = composed.lines().find_map(|line| line.strip_prefix("T:")).unwrap().to_owned();
    let words = format!("The disk is full. “{title}” is not saved yet.");
    let offered = |t: &Test| t.button("Try again").is_some() && t.button("Save elsewhere").is_some();
    test.until("it is said", |t| t.says(&words) && offered(t));
    assert!(test.row(&title).contains("not saved yet"), "{:?}", test.rows());
    assert_eq!(files(&at), ["One.abc"]);
    // An edit of a kept tune stays, too: the file as it was, the window as it is.
    test.click_row("The One");
    test.until("it is on the stand", |t| t.tune().is_some_and(|tune| tune.contains("The One")));
    test.type_into(Role::MultilineTextInput, "ABC", &jig("The One", "G"));
    test.until("it could not be saved", |t| t.says("“The One” is not saved yet."));
    assert!(text(&at.join("One.abc")).contains("K:D"));
    test.steps();
    disk.mend();
    test.click("Try again");
    test.until("all is saved", |t| files(&at).len() == 2 && !t.says("The disk is full."));
    assert!(text(&at.join("One.abc")).contains("K:G"));
    assert!(test.rows().iter().all(|row| !row.contains("not saved yet")), "{:?}", test.rows());
}

#[test]
fn with_the_history_closed_the_sheet_says_it() {
    let (mut test, at, disk) = failing(ErrorKind::StorageFull);
    test.press(Modifiers::COMMAND, Key::H);
    assert!(test.rows().is_empty());
    disk.break_down();
    test.compose_in_d();
    test.until("it is said", |t| t.says("The disk is full."));
    assert_eq!(files(&at), ["One.abc"]);
}

#[test]
fn a_read_only_folder_loses_nothing_whatever_is_done() {
    let (mut test, at, disk) = failing(ErrorKind::PermissionDenied);
    disk.break_down();
    test.click_row("The One");
    test.press(Modifiers::NONE, Key::S);
    test.until("it is said", |t| t.says(FOLDER));
    assert_eq!((test.button("Try again"), test.button("Choose another folder")), (Some(true), Some(true)));
    assert!(!test.row("The One").contains("favourite"), "what is not in the file is not shown");
    test.press(Modifiers::NONE, Key::Delete);
    test.steps();
    test.press(Modifiers::NONE, Key::F2);
    test.type_into(Role::TextInput, "Title", "Another");
    test.press(Modifiers::NONE, Key::Enter);
    test.compose_in_d();
    test.until_rows(2);
    assert!(test.row("The One").starts_with("The One, jig in D"));
    assert_eq!(files(&at), ["One.abc"]);
    // The other tune goes with the window to a folder that takes it.
    disk.mend();
    let other = at.with_file_name("other");
    test.click("Choose another folder");
    test.answer("Folder", &other, "Keep tunes here");
    test.until("it is there", |t| other.is_dir() && files(&other).len() == 1 && !t.says(FOLDER));
    test.until_rows(1);
    assert_eq!(files(&at), ["One.abc"], "what was kept stays where it is");
}

#[test]
fn another_folder_is_remembered_and_a_file_is_none() {
    let (mut test, at) = window(&[("One.abc", jig("The One", "D"))]);
    test.until_rows(1);
    let other = at.with_file_name("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("Two.abc"), jig("The Two", "G")).unwrap();
    test.click("More of the history");
    test.click("Choose another folder");
    test.type_into(Role::TextInput, "Folder", &at.join("One.abc").display().to_string());
    assert!(test.says("This is a file. Name a folder."), "{:?}", test.texts());
    assert_eq!(test.button("Keep tunes here"), Some(false));
    test.answer("Folder", &other, "Keep tunes here");
    test.until("its tunes are there", |t| {
        t.rows().iter().all(|row| row.starts_with("The Two, jig in G")) && t.rows().len() == 1
    });
    // The window is closed and opened again.
    let data = at.parent().unwrap().to_owned();
    *test.harness.state_mut() = None;
    let settings = text(&data.join("settings.toml"));
    assert!(settings.contains("other"), "{settings}");
    test.steps();
    test.until("its tunes are there again", |t| {
        t.rows().iter().all(|row| row.starts_with("The Two, jig in G")) && t.rows().len() == 1
    });
}

#[test]
fn a_folder_chosen_just_before_the_window_closes_is_remembered() {
    let (mut test, at) = window(&[("One.abc", jig("The One", "D"))]);
    test.until_rows(1);
    let other = at.with_file_name("other");
    test.click("More of the history");
    test.click("Choose another folder");
    test.answer("Folder", &other, "Keep tunes here");
    *test.harness.state_mut() = None;
    let settings = text(&at.with_file_name("settings.toml"));
    assert!(settings.contains("other"), "{settings}");
    assert!(other.is_dir());
}

#[test]
fn a_folder_that_vanishes_while_one_composes_takes_the_tune_when_it_is_back() {
    let (mut test, at) = window(&[("One.abc", jig("The One", "D"))]);
    test.until_rows(1);
    let elsewhere = at.with_file_name("elsewhere");
    fs::rename(&at, &elsewhere).unwrap();
    test.compose_in_d();
    test.until("it is said", |t| t.says(FOLDER) && t.rows().len() == 2);
    assert!(!at.exists(), "it is not made anew unasked");
    fs::rename(&elsewhere, &at).unwrap();
    test.click("Try again");
    test.until("both are there", |t| files(&at).len() == 2 && !t.says(FOLDER));
    assert!(test.rows().iter().all(|row| !row.contains("not saved yet")));
}
