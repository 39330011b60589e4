//! Kept tunes go out: chosen ones, favourites or all, as one file, a folder or a book.

use std::fs;
use std::path::{Path, PathBuf};

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};

use super::{files, jig, window};
use crate::paper::{page_count, read_pdf};
use crate::window::Test;

/// Three tunes, two of them favourites, and a folder outside.
fn three() -> (Test, PathBuf) {
    let star = |title: &str| jig(title, "D").replace("X:1\n", "X:1\n%%reelsmith favourite\n");
    let (mut test, at) =
        window(&[("One.abc", star("One")), ("Two.abc", star("Two")), ("Three.abc", jig("Three", "G"))]);
    test.until_rows(3);
    let out = at.with_file_name("out");
    fs::create_dir(&out).unwrap();
    (test, out)
}

impl Test {
    fn export_all(&mut self) {
        self.click("More of the history");
        self.click("Export tunes");
    }

    fn which(&mut self, words: &str) {
        self.harness.get_by_role_and_label(Role::RadioButton, words).click();
        self.steps();
    }
}

fn titles(path: &Path) -> Vec<String> {
    let text = fs::read_to_string(path).unwrap();
    let mut titles: Vec<String> =
        text.lines().filter_map(|line| line.strip_prefix("T:")).map(str::to_owned).collect();
    titles.sort();
    titles
}

#[test]
fn chosen_tunes_favourites_and_all_become_one_abc_file() {
    let (mut test, out) = three();
    test.click_row_with("Three", Modifiers::COMMAND);
    test.click_row_with("Two", Modifiers::COMMAND);
    test.click("Export");
    for (which, file, expected) in [
        ("2 chosen", "chosen.abc", &["Three", "Two"][..]),
        ("2 favourites", "favourites.abc", &["One", "Two"]),
        ("All 3", "all.abc", &["One", "Three", "Two"]),
    ] {
        if which != "2 chosen" {
            test.export_all();
        }
        test.which(which);
        test.choose("As", "One ABC file");
        test.click("Save as ABC");
        test.answer("File", &out.join(file), "Save as ABC");
        test.until("it is written", |t| t.says(&format!("saved as “{file}”")));
        assert_eq!(titles(&out.join(file)), expected);
    }
}

#[test]
fn favourites_become_a_book_with_title_page_and_a_folder() {
    let (mut test, out) = three();
    test.export_all();
    test.which("2 favourites");
    test.type_into(Role::TextInput, "Name", "Our jigs");
    test.click("Save as PDF");
    assert!(test.value(Role::TextInput, "File").ends_with("Our jigs.pdf"));
    test.answer("File", &out.join("book.pdf"), "Save as PDF");
    test.until("it is written", |t| t.says("2 tunes saved as “book.pdf”"));
    let pdf = fs::read(out.join("book.pdf")).unwrap();
    assert_eq!(page_count(&pdf), 2, "a title page and the tunes");
    if let Some(pages) = read_pdf(&pdf) {
        assert!(pages[0].contains("Our jigs") && pages[0].contains("2 tunes"), "{}", pages[0]);
    }
    test.export_all();
    test.which("All 3");
    test.choose("As", "A folder");
    test.click("Save as files");
    test.answer("Folder", &out.join("files"), "Save the files");
    test.until("they are written", |t| t.says("3 tunes saved in “files”."));
    assert_eq!(files(&out.join("files")), ["One.abc", "Three.abc", "Two.abc"]);
}

#[test]
fn an_export_that_fails_is_said_and_finds_another_place() {
    let (mut test, out) = three();
    test.export_all();
    test.choose("As", "One ABC file");
    test.click("Save as ABC");
    test.type_into(Role::TextInput, "File", &out.join("gone/book.abc").display().to_string());
    assert_eq!(test.button("Save as ABC"), Some(false), "{:?}", test.texts());
    fs::create_dir(out.join("gone")).unwrap();
    test.type_into(Role::TextInput, "File", &out.join("gone/book2.abc").display().to_string());
    // The folder goes after it was chosen.
    fs::remove_dir(out.join("gone")).unwrap();
    test.click("Save as ABC");
    test.until("it is said", |t| t.says("could not be written"));
    fs::create_dir(out.join("gone")).unwrap();
    test.click("Try again");
    test.until("it is written", |t| t.says("saved as “book2.abc”"));
    assert!(!test.says("could not be written"));
}

#[test]
fn a_long_export_says_how_far_it_is_and_can_be_cancelled() {
    let (mut test, out) = three();
    // Whoever holds the folder's lock keeps the export waiting at its first tune.
    let to = out.join("files");
    fs::create_dir(&to).unwrap();
    let held = fs::File::create(to.join(".lock")).unwrap();
    held.lock().unwrap();
    test.export_all();
    test.which("All 3");
    test.choose("As", "A folder");
    test.click("Save as files");
    test.answer("Folder", &to, "Save the files");
    test.until("it is said", |t| t.says("Folder, 0 of 3 tunes"));
    test.export_all();
    test.until("one at a time", |t| t.says("Tunes are being written already."));
    test.click("Cancel");
    assert!(test.says("Cancelling") && test.button("Cancel") == Some(false));
    drop(held);
    test.until("it has stopped", |t| t.says("The export was cancelled. 1 of 3 tunes are in “files”."));
    assert_eq!(files(&to).len(), 1);
}

#[test]
fn the_export_of_a_tune_offers_all_favourites_as_a_book_or_as_one_file() {
    let (mut test, out) = three();
    test.write("X:1\nT:Another\nK:D\nD8|\n");
    test.harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    test.steps();
    assert_eq!(test.button("Title and date").map(|_| ()), Some(()));
    test.which("2 favourites");
    assert_eq!(test.button("Title and date"), None, "a book has both");
    let off =
        |name| test.harness.get_by_role_and_label(Role::RadioButton, name).accesskit_node().is_disabled();
    assert!(off("MIDI") && off("FLAC") && !off("PDF"));
    test.which("ABC");
    test.click("Save as ABC");
    test.answer("File", &out.join("favourites.abc"), "Save as ABC");
    test.until("it is written", |t| t.says("2 tunes saved as “favourites.abc”"));
    assert_eq!(titles(&out.join("favourites.abc")), ["One", "Two"]);
}
