//! The window's panels, commands and settings.

use std::time::Duration;

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use reelsmith::model::Precision;

use super::{Test, short_tunes};

#[test]
fn every_command_is_found_by_its_name() {
    let mut test = Test::with(&short_tunes());
    test.harness.key_press_modifiers(Modifiers::COMMAND, Key::K);
    test.steps();
    test.harness.get_by_role_and_label(Role::TextInput, "Find a command").type_text("dar");
    test.steps();
    assert!(test.says("View: Dark theme") && !test.says("View: Larger"), "{:?}", test.texts());
    test.harness.key_press(Key::Enter);
    test.steps();
    assert!(!test.says("View: Dark theme"), "it is closed again");
    assert!(test.harness.ctx.global_style().visuals.dark_mode);
    test.click("Find a command");
    assert!(test.says("File: Quit"));
    test.harness.key_press(Key::Escape);
    test.steps();
    assert!(!test.says("File: Quit"));
}

#[test]
fn keys_are_listed_on_a_question_mark_but_not_while_one_is_typed() {
    let mut test = Test::with(&short_tunes());
    test.harness.key_press(Key::Questionmark);
    test.steps();
    assert!(test.says("Ctrl G") && test.says("Next panel"), "{:?}", test.texts());
    test.harness.key_press(Key::Escape);
    test.steps();
    assert!(!test.says("Next panel"));
    test.harness.get_by_role_and_label(Role::MultilineTextInput, "ABC").focus();
    test.steps();
    test.harness.key_press(Key::Questionmark);
    test.steps();
    assert!(!test.says("Next panel"));
    test.click("Help");
    test.click("About Reelsmith");
    assert!(test.says("Open Database License (ODbL)"));
    test.click("Licences of the crates");
    assert!(test.says("accesskit 0.") && test.says("MIT OR Apache-2.0"), "{:?}", test.texts());
}

#[test]
fn panels_close_and_come_back_and_the_keyboard_goes_from_one_to_the_next() {
    let mut test = Test::with(&short_tunes());
    test.harness.key_press_modifiers(Modifiers::COMMAND, Key::B);
    test.steps();
    assert!(!test.says("Tune type"));
    test.click("Compose panel");
    assert!(test.says("Tune type"));
    let visited: Vec<String> = (0..6)
        .map(|_| {
            test.harness.key_press(Key::F6);
            test.steps();
            let focused =
                test.harness.root().children_recursive().find(|node| node.accesskit_node().is_focused());
            focused.and_then(|node| node.accesskit_node().label()).unwrap_or_default()
        })
        .collect();
    let panels = ["Compose panel", "Sheet", "ABC panel", "History panel", "Transport", "Top bar"];
    assert_eq!(visited, panels);
}

#[test]
fn the_window_opens_as_it_was_left() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tiny.safetensors");
    std::fs::write(&path, short_tunes().to_bytes(Precision::F32).unwrap()).unwrap();
    let data = folder.path().join("data");
    let mut test = Test::open_with(folder, &path, Some(data.clone()));
    test.until("the model is open", |t| t.button("Compose") == Some(true));
    test.harness.key_press_modifiers(Modifiers::COMMAND, Key::B);
    test.harness.key_press_modifiers(Modifiers::COMMAND, Key::Plus);
    test.click("View");
    test.click("Dark theme");
    test.until("it is kept", |_| {
        std::fs::read_to_string(data.join("settings.toml")).is_ok_and(|text| text.contains("dark"))
    });
    let Test { harness, folder } = test;
    drop(harness);
    let mut test = Test::open_with(folder, &path, Some(data.clone()));
    test.steps();
    assert!(!test.says("Tune type"), "Compose stays closed");
    assert!(test.harness.ctx.global_style().visuals.dark_mode);
    assert!((test.harness.ctx.zoom_factor() - 1.1).abs() < 1e-3);
    let Test { harness, folder } = test;
    drop(harness);
    std::fs::write(data.join("settings.toml"), "theme = ").unwrap();
    let mut test = Test::open_with(folder, &path, Some(data.clone()));
    test.steps();
    assert!(test.says("are damaged") && test.says("settings-broken.toml"), "{:?}", test.texts());
    assert!(data.join("settings-broken.toml").exists());
}

#[test]
fn in_a_narrow_window_compose_opens_over_the_sheet() {
    let mut test = Test::with(&short_tunes());
    test.harness.set_size(vec2(760.0, 520.0));
    test.steps();
    assert!(!test.says("Tune type"), "there is no room for it");
    test.click("Compose panel");
    assert!(test.says("Tune type"));
    test.harness.set_size(vec2(1280.0, 800.0));
    test.steps();
    assert!(test.says("Tune type"), "and it has room again");
}

#[test]
fn at_rest_nothing_repaints() {
    let mut test = Test::with(&short_tunes());
    test.until("nothing is left to draw", |t| {
        t.harness
            .output()
            .viewport_output
            .values()
            .all(|viewport| viewport.repaint_delay >= Duration::from_secs(10))
    });
}
