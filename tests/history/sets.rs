//! Sets: tunes that play one after another.

use std::fs;
use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;
use reelsmith::audio::recorder::Recorder;
use reelsmith::files::Disk;

use super::{RATE, files, window_on};
use crate::window::Test;

/// A tune of one bar, a quarter of a second long.
fn short(title: &str, key: &str, minute: u32) -> (String, String) {
    let text = format!(
        "X:1\n%%reelsmith kept 2026-03-17T09:{minute}:00+00:00\nT:{title}\nR:reel\nM:4/4\nL:1/4\n\
         Q:1/4=960\nK:{key}\nDEFG|]\n"
    );
    (format!("{title}.abc"), text)
}

/// A set of three tunes, made of rows that were chosen; the window shows it.
fn with_set() -> (Test, PathBuf, Recorder) {
    let tunes = [short("One", "D", 30), short("Two", "G", 20), short("Three", "A", 10)];
    let tunes: Vec<(&str, String)> = tunes.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    let (mut test, at, recorder) = window_on(&tunes, Arc::new(Disk));
    test.until_rows(3);
    for title in ["Three", "One", "Two"] {
        test.click_row_with(title, Modifiers::COMMAND);
    }
    test.click("Set");
    test.click("Make a set");
    assert_eq!(test.value(Role::TextInput, "What the set is called"), "Three set");
    test.type_into(Role::TextInput, "What the set is called", "Monday");
    test.press(Modifiers::NONE, Key::Enter);
    test.until("it is shown", |t| t.button("Play the set").is_some());
    (test, at, recorder)
}

fn kept(at: &std::path::Path) -> Vec<String> {
    let text = fs::read_to_string(at.join("sets/Monday.abc")).unwrap();
    text.lines().filter_map(|line| line.strip_prefix("%%reelsmith tune ")).map(str::to_owned).collect()
}

#[test]
fn a_set_is_made_of_chosen_rows_and_put_in_order() {
    let (mut test, at, _) = with_set();
    assert_eq!(kept(&at), ["Three.abc", "One.abc", "Two.abc"], "in the order in which they were chosen");
    let rows = test.rows();
    assert_eq!(rows, ["1, Three, reel in A", "2, One, reel in D", "3, Two, reel in G"]);
    test.click_row("2, One");
    test.until("it is on the stand", |t| t.tune().is_some_and(|tune| tune.contains("T:One")));
    test.click("Earlier: One");
    test.until("it is first", |_| kept(&at) == ["One.abc", "Three.abc", "Two.abc"]);
    test.press(Modifiers::ALT, Key::ArrowDown);
    test.press(Modifiers::ALT, Key::ArrowDown);
    test.until("it is last", |_| kept(&at) == ["Three.abc", "Two.abc", "One.abc"]);
    test.press(Modifiers::NONE, Key::Delete);
    test.until("it is taken out", |_| kept(&at) == ["Three.abc", "Two.abc"]);
    assert_eq!(files(&at).len(), 3, "the tune is still there");
    test.click("Back to all tunes");
    test.until_rows(3);
    test.click_row_with("One", Modifiers::COMMAND);
    test.click("Set");
    test.click("Add to Monday");
    test.until("it is added", |t| kept(&at).len() == 3 && t.rows().len() == 3);
}

#[test]
fn a_set_is_renamed_deleted_and_brought_back() {
    let (mut test, at, _) = with_set();
    test.click("More of Monday");
    test.click("Rename the set");
    test.type_into(Role::TextInput, "Name of the set", "Tuesday’s reels");
    test.press(Modifiers::NONE, Key::Enter);
    test.until("it is renamed", |t| {
        t.says("Tuesday’s reels") && t.button("More of Tuesday’s reels").is_some()
    });
    assert_eq!(kept(&at).len(), 3);
    test.click("More of Tuesday’s reels");
    test.click("Delete the set");
    test.until("it can be undone", |t| t.says("Tuesday’s reels deleted") && t.button("Sets").is_none());
    assert_eq!(files(&at).len(), 3);
    test.press(Modifiers::COMMAND, Key::Z);
    test.until("it is back", |t| t.button("Sets").is_some());
    test.click("Sets");
    test.click("Tuesday’s reels, 3 tunes");
    test.until("it is shown", |t| t.rows().len() == 3 && t.button("Play the set").is_some());
    // A tune that has gone is said, and keeps its place.
    fs::remove_file(at.join("One.abc")).unwrap();
    test.until("it is said", |t| t.rows().contains(&"2, One.abc, no longer there".to_owned()));
    // Another set may not have the same name.
    test.click("Back to all tunes");
    test.until_rows(2);
    test.click_row_with("Two", Modifiers::COMMAND);
    test.click("Set");
    test.click("Make a set");
    test.type_into(Role::TextInput, "What the set is called", "Tuesday’s reels");
    assert!(test.says("There is a set called “Tuesday’s reels” already."));
}

#[test]
fn the_tunes_of_a_set_play_one_after_another() {
    let (mut test, _, recorder) = with_set();
    test.click("Play the set");
    let seen = std::cell::RefCell::new(Vec::new());
    test.until("all three have been played", |t| {
        recorder.run(RATE as usize / 50, 128, |fill| fill());
        for row in t.rows().into_iter().filter(|row| row.ends_with(", playing")) {
            if seen.borrow().last() != Some(&row) {
                seen.borrow_mut().push(row);
            }
        }
        seen.borrow().len() == 3 && t.button("Pause").is_none()
    });
    let rows = ["1, Three, reel in A, playing", "2, One, reel in D, playing", "3, Two, reel in G, playing"];
    assert_eq!(*seen.borrow(), rows);
    for _ in 0..20 {
        recorder.run(RATE as usize / 50, 128, |fill| fill());
        test.steps();
    }
    assert!(test.button("Pause").is_none(), "after the last it is over");
    // From the second on; another tune on the stand ends it.
    test.double_click_row("2, One");
    test.until("it is played", |t| t.rows()[1].ends_with("playing"));
    test.click_row("1, Three");
    test.until("another is on the stand", |t| t.tune().is_some_and(|tune| tune.contains("T:Three")));
    for _ in 0..40 {
        recorder.run(RATE as usize / 50, 128, |fill| fill());
        test.steps();
    }
    assert!(test.tune().is_some_and(|tune| tune.contains("T:Three")), "no other comes by itself");
}

#[test]
fn a_set_goes_out_as_one_file_in_its_order() {
    let (mut test, at, _) = with_set();
    let out = at.with_file_name("out.abc");
    test.click("More of Monday");
    test.click("Export the set");
    assert_eq!(test.value(Role::TextInput, "Name"), "Monday");
    test.choose("As", "One ABC file");
    test.click("Save as ABC");
    assert!(test.value(Role::TextInput, "File").ends_with("Monday.abc"));
    test.answer("File", &out, "Save as ABC");
    test.until("it is written", |t| t.says("3 tunes saved as “out.abc”"));
    let text = fs::read_to_string(&out).unwrap();
    let titles: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("T:")).collect();
    assert_eq!(titles, ["Three", "One", "Two"]);
    assert!(test.harness.query_by_role_and_label(Role::Dialog, "Export tunes").is_none());
}
