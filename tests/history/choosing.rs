//! Several rows are chosen, by pointer and by keys, and used together.

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};

use super::{files, jig, window};
use crate::window::Test;

/// Four tunes, the first row first.
fn four() -> (Test, std::path::PathBuf) {
    let kept = |title: &str, minute: u32| {
        let line = format!("X:1\n%%reelsmith kept 2026-03-17T09:{minute}:00+00:00\n");
        (format!("{title}.abc"), jig(title, "D").replace("X:1\n", &line))
    };
    let tunes = [kept("One", 40), kept("Two", 30), kept("Three", 20), kept("Four", 10)];
    let tunes: Vec<(&str, String)> = tunes.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    let (mut test, at) = window(&tunes);
    test.until_rows(4);
    (test, at)
}

#[test]
fn rows_are_chosen_with_the_pointer() {
    let (mut test, _) = four();
    test.click_row("Two");
    test.click_row_with("Four", Modifiers::COMMAND);
    assert_eq!(test.selected_rows(), ["Two", "Four"], "the one that was clicked before is one of them");
    assert!(test.says("2 chosen"));
    test.click_row_with("Two", Modifiers::COMMAND);
    assert_eq!(test.selected_rows(), ["Four"]);
    test.click_row_with("One", Modifiers::COMMAND);
    test.click_row_with("Three", Modifiers::SHIFT);
    assert_eq!(test.selected_rows(), ["One", "Two", "Three"]);
    test.click("Drop the choice of tunes");
    assert!(!test.says("chosen"));
    assert_eq!(test.selected_rows(), ["Two"], "what is on the stand stays there");
}

#[test]
fn rows_are_chosen_with_the_keys() {
    let (mut test, _) = four();
    test.click_row("One");
    test.press(Modifiers::SHIFT, Key::ArrowDown);
    test.press(Modifiers::SHIFT, Key::ArrowDown);
    assert_eq!(test.selected_rows(), ["One", "Two", "Three"]);
    test.press(Modifiers::SHIFT, Key::ArrowUp);
    assert_eq!(test.selected_rows(), ["One", "Two"]);
    test.press(Modifiers::NONE, Key::End);
    test.press(Modifiers::COMMAND, Key::Space);
    assert_eq!(test.selected_rows(), ["One", "Two", "Four"]);
    test.press(Modifiers::COMMAND, Key::A);
    assert_eq!(test.selected_rows().len(), 4);
    test.press(Modifiers::NONE, Key::Escape);
    assert_eq!(test.selected_rows(), ["One"]);
    let row = test.row("Four");
    assert!(test.harness.get_by_role_and_label(Role::ListItem, &row).accesskit_node().is_focused());
}

#[test]
fn what_is_chosen_is_starred_compared_and_deleted_together() {
    let (mut test, at) = four();
    test.click_row("One");
    test.click_row_with("Two", Modifiers::COMMAND);
    test.press(Modifiers::NONE, Key::S);
    test.until("both are favourites", |t| t.says("4 tunes, 2 favourites"));
    test.click("Compare");
    assert!(test.says("Compare two tunes") && !test.says("On the stand"));
    test.click("Close");
    test.click("Delete");
    test.until_rows(2);
    test.until("it can be undone", |t| t.says("2 tunes deleted"));
    assert_eq!(files(&at), ["Four.abc", "Three.abc"]);
    assert!(!test.says("chosen"), "what has gone is not chosen");
    test.click("Undo");
    test.until_rows(4);
}

#[test]
fn of_five_thousand_tunes_those_in_sight_are_laid_out() {
    let tunes: Vec<(String, String)> =
        (0..5_000).map(|n| (format!("{n}.abc"), jig(&format!("Tune {n:04}"), "D"))).collect();
    let tunes: Vec<(&str, String)> = tunes.iter().map(|(name, text)| (name.as_str(), text.clone())).collect();
    let (mut test, _) = window(&tunes);
    test.until("the library is read", |t| t.says("5000 tunes"));
    let parts = |test: &Test| test.harness.root().children_recursive().count();
    let (rows, all) = (test.rows(), parts(&test));
    assert!(rows.len() < 12, "{} rows are laid out", rows.len());
    test.harness.get_by_role_and_label(Role::ListItem, &rows[0]).focus();
    test.steps();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..30 {
        test.press(Modifiers::NONE, Key::ArrowDown);
        assert!(test.rows().len() < 12, "{:?}", test.rows());
        seen.extend(test.rows());
    }
    assert!(seen.len() > 25, "the rows move: {}", seen.len());
    test.press(Modifiers::NONE, Key::End);
    test.steps();
    assert!(test.rows().len() < 12 && !test.rows().contains(&rows[0]));
    assert!(parts(&test) < all + 20, "{} parts, {all} before", parts(&test));
}
