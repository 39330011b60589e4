//! Composing in the window.

use std::path::Path;
use std::time::Duration;

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use reelsmith::app::Options;
use reelsmith::model::Precision;

use super::{Test, long_tunes, short_tunes, without_title};

#[test]
fn compose_puts_a_tune_on_the_paper() {
    let mut test = Test::with(&short_tunes());
    assert!(test.says("Tiny 1") && test.says("Processor"), "{:?}", test.texts());
    assert_eq!(test.line("File", "Save as…"), Some(false), "there is nothing to save yet");
    let tune = test.compose_in_d();
    assert!(tune.contains("K:D") && !tune.contains("%%reelsmith"), "{tune}");
    assert_eq!(test.line("File", "Save as…"), Some(true));
    assert_eq!(test.line("Edit", "Copy ABC"), Some(true));
}

#[test]
fn the_same_seed_gives_the_same_tune_again() {
    let mut test = Test::with(&short_tunes());
    test.one_tune_from("K:D\n");
    let compose = |test: &mut Test| {
        test.click("Compose");
        test.until("the tune is there", |t| t.says("One tune in"));
        (test.seed(), without_title(&test.tune().unwrap()))
    };
    test.click("Keep this seed");
    let first = compose(&mut test);
    assert_eq!(compose(&mut test), first, "a locked seed stays");
    test.click("Keep this seed");
    let other = compose(&mut test);
    assert_ne!(other.0, first.0, "a free seed is new for each tune");
    test.type_into(Role::TextInput, "Seed", &first.0.replace(' ', ""));
    assert_eq!(compose(&mut test).1, first.1, "a typed seed is used");
    let before = test.seed();
    test.click("New seed");
    assert_ne!(test.seed(), before);
}

#[test]
fn cancel_keeps_what_was_written() {
    let mut test = Test::with(&long_tunes());
    test.one_tune_from("K:D\n");
    test.harness.key_press_modifiers(Modifiers::COMMAND, Key::G);
    test.until("some of it is there", |t| t.tune().is_some_and(|tune| tune.len() > 60));
    assert_eq!(test.button("Compose"), None, "Cancel stands in its place");
    test.click("Cancel");
    test.until("it has stopped", |t| t.says("Stopped. What was written is kept."));
    assert!(test.tune().unwrap().len() > 60);
    assert_eq!(test.line("File", "Save as…"), Some(true));
    assert_eq!(test.button("Compose"), Some(true));
}

#[test]
fn a_prompt_the_network_cannot_read_is_said_and_costs_nothing() {
    let mut test = Test::with(&short_tunes());
    let tune = Some(test.compose_in_d());
    test.start_from("K:Dé");
    test.click("Compose");
    test.until("it is said", |t| t.says("the network has not learnt the sign 'é'"));
    assert_eq!(test.tune(), tune, "the tune before is still on the paper");
    assert_eq!(test.button("Compose"), Some(true), "and one can go on");
    test.click("Dismiss");
    assert!(!test.says("the sign 'é'"));
}

#[test]
fn wishes_are_in_the_tune() {
    let mut test = Test::with(&short_tunes());
    test.one_tune_from("");
    for (field, option) in [("Tune type", "Slip jig"), ("Key", "E"), ("Mode", "Dorian")] {
        test.choose(field, option);
    }
    assert!(test.says("1 slip jig in"), "what it takes is measured: {:?}", test.texts());
    test.click("Compose");
    test.until("the tune is there", |t| t.says("One tune in"));
    let tune = test.tune().unwrap();
    assert!(tune.starts_with("X:1\nT:Slip jig No. 1\nR:slip jig\nM:9/8\nL:1/8\nK:Edor\n"), "{tune}");
    test.click("Compose");
    test.until("the next is there", |t| t.tune().is_some_and(|tune| tune.contains("Slip jig No. 2")));
}

#[test]
fn wishes_that_cannot_be_met_are_said_before_composing() {
    let mut test = Test::with(&short_tunes());
    test.choose("Tune type", "Slip jig");
    test.choose("Metre", "4/4");
    assert!(test.says("A slip jig needs 9/8. Change the metre or the tune type."));
    assert_eq!(test.button("Compose"), Some(false));
    test.choose("Metre", "Any");
    assert_eq!(test.button("Compose"), Some(true));
}

#[test]
fn the_tune_in_the_editor_is_carried_on() {
    let mut test = Test::with(&short_tunes());
    test.one_tune_from("");
    test.type_into(Role::MultilineTextInput, "ABC", "X:1\nT:Mine\nM:4/4\nK:D\nDEFA dcBA|d8|]\n");
    test.harness.get_by_role_and_label(Role::RadioButton, "Editor").click();
    test.steps();
    test.click("Compose");
    test.until("the tune is there", |t| t.says("One tune in"));
    let tune = test.tune().unwrap();
    assert!(tune.contains("DEFA dcBA | d8 ||") && tune.len() > 60, "{tune}");
    test.type_into(Role::MultilineTextInput, "ABC", "X:1\nK:D\nV:1\nD|\nV:2\nE|\n");
    test.click("Compose");
    assert!(test.says("This tune cannot be carried on: it has 2 voices"), "{:?}", test.texts());
}

#[test]
fn candidates_are_tabs_and_the_best_is_on_the_paper() {
    let mut test = Test::with(&short_tunes());
    test.start_from("K:D\n");
    test.click("Compose");
    test.until("all are there", |t| t.says("6 tunes in"));
    let names = test.tabs();
    assert_eq!(names[0], "Candidate 1 of 6: Best of 6");
    for (place, name) in (1..).zip(&names) {
        assert!(name.starts_with(&format!("Candidate {place} of 6: ")), "{names:?}");
    }
    let mut tunes = vec![test.tune().unwrap()];
    for key in [Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6] {
        test.harness.key_press_modifiers(Modifiers::COMMAND, key);
        test.steps();
        tunes.push(test.tune().unwrap());
    }
    let best = tunes[0].clone();
    tunes.sort();
    tunes.dedup();
    assert_eq!(tunes.len(), 6, "each tab has a tune of its own");
    test.harness.get_by_role_and_label(Role::Tab, "Candidate 1 of 6: Best of 6").click();
    test.steps();
    assert_eq!(test.tune(), Some(best));
    test.harness.get_by_role_and_label(Role::Tab, "Candidate 1 of 6: Best of 6").click();
    test.steps();
    for (place, name) in (1..).zip(&names) {
        let name = name.split_once(": ").unwrap().1;
        let card = test.texts().into_iter().find(|text| text.starts_with(&format!("{place}, {name}: ")));
        let reasons = card.unwrap().matches(", ").count();
        assert!(
            (2..=4).contains(&reasons),
            "a card says what speaks for it and against it: {:?}",
            test.texts()
        );
    }
}

#[test]
fn the_card_of_a_tune_being_written_says_how_far_it_is() {
    let mut test = Test::with(&long_tunes());
    test.harness.key_press_modifiers(Modifiers::COMMAND, Key::G);
    test.until("some of it is there", |t| t.tune().is_some_and(|tune| tune.len() > 60));
    let tab = test.tabs().into_iter().find(|name| name.starts_with("Candidate 1 of")).unwrap();
    test.harness.get_by_role_and_label(Role::Tab, &tab).click();
    test.steps();
    let card = test.texts().into_iter().find(|text| text.starts_with("1, Writing, bar ")).unwrap();
    assert!(card.contains(" of "), "{card}");
}

#[test]
fn a_locked_seed_gives_the_same_candidates_again() {
    let mut test = Test::with(&short_tunes());
    test.start_from("K:D\n");
    test.click("Keep this seed");
    let all = |test: &mut Test| {
        test.click("Compose");
        test.until("all are there", |t| t.says("6 tunes in"));
        let mut tunes = Vec::new();
        for key in [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6] {
            test.harness.key_press_modifiers(Modifiers::COMMAND, key);
            test.steps();
            tunes.push(without_title(&test.tune().unwrap()));
        }
        tunes
    };
    let first = all(&mut test);
    assert_eq!(all(&mut test), first);
}

#[test]
fn composing_and_cancelling_at_random_loses_and_crosses_no_tune() {
    let mut test = Test::with(&long_tunes());
    test.start_from("K:D\n");
    let mut random = 12345_u32;
    for round in 0..50 {
        test.harness.key_press_modifiers(Modifiers::COMMAND, Key::G);
        random = random.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        for _ in 0..random >> 29 {
            test.harness.step();
            std::thread::sleep(Duration::from_millis(u64::from(random >> 16) % 5));
        }
        test.harness.key_press(Key::Escape);
        test.until("it has stopped", |t| t.button("Compose") == Some(true));
        let tunes = test.tabs().len();
        assert_eq!(tunes, 0, "no tune is ever whole here, so there is one at most: round {round}");
        let tune = test.tune().unwrap_or_default();
        assert!(tune.is_empty() || tune.starts_with("X:1\nT:"), "{tune}");
        assert!(tune.matches("X:1").count() < 2, "one tune on the paper: {tune}");
    }
}

#[test]
fn a_seed_that_is_no_number_keeps_compose_off() {
    let mut test = Test::with(&short_tunes());
    test.type_into(Role::TextInput, "Seed", "twelve");
    assert_eq!(test.button("Compose"), Some(false));
    assert!(test.says("A seed is a whole number."));
    test.click("New seed");
    assert_eq!(test.button("Compose"), Some(true));
}

#[test]
fn without_a_model_the_window_says_so_and_tries_again() {
    let folder = tempfile::tempdir().unwrap();
    let model = folder.path().join("late.safetensors");
    let mut test = Test::open(folder, &model);
    test.until("the error is there", |t| t.says("late.safetensors"));
    assert!(test.says("Without a model nothing can be composed."), "{:?}", test.texts());
    assert_eq!(test.button("Compose"), Some(false));
    let off = test.harness.get_by_role_and_label(Role::Button, "Compose").accesskit_node().description();
    assert_eq!(off.as_deref(), Some("There is no model to compose with."));
    std::fs::write(&model, short_tunes().to_bytes(Precision::F16).unwrap()).unwrap();
    test.click("Try again");
    test.until("the model is open", |t| t.button("Compose") == Some(true));
}

#[test]
fn a_tune_can_be_edited_once_it_is_written() {
    let mut test = Test::with(&short_tunes());
    let tune = test.compose_in_d();
    test.type_into(Role::MultilineTextInput, "ABC", "X:1\nT:Mine\nK:D\nD4|\n");
    assert!(test.says("Mine"), "the paper follows");
    test.click("Compose");
    test.until("the next tune is there", |t| t.says("One tune in"));
    test.until("it is another", |t| t.tune().is_some_and(|text| !text.contains("Mine") && text != tune));
}

#[test]
fn a_damaged_model_is_an_error_that_is_shown() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("half.safetensors");
    let whole = short_tunes().to_bytes(Precision::F32).unwrap();
    std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
    let mut test = Test::open(folder, &path);
    test.until("the error is there", |t| t.says("half.safetensors"));
    assert_eq!(test.button("Try again"), Some(true));
    assert_eq!(test.button("Compose"), Some(false));
    test.harness.key_press_modifiers(Modifiers::COMMAND, Key::G);
    test.harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    test.steps();
    assert_eq!(test.button("Cancel"), None, "keys do what their buttons would: nothing");
}

#[test]
fn esc_closes_a_menu_and_cancels_only_a_tune_being_written() {
    let mut test = Test::with(&long_tunes());
    test.click("File");
    assert!(test.says("Quit"));
    test.harness.key_press(Key::Escape);
    test.steps();
    assert!(!test.says("Quit"), "the menu is closed");
    test.one_tune_from("K:D\n");
    // On a busy machine a tune can be over before the key is read; then there is another.
    let stopped = (0..20).any(|_| {
        test.harness.key_press_modifiers(Modifiers::COMMAND, Key::G);
        test.steps();
        test.harness.key_press(Key::Escape);
        test.until("it is over", |t| t.button("Cancel").is_none());
        test.says("Stopped. What was written is kept.")
    });
    assert!(stopped, "{:?}", test.texts());
}

#[test]
fn a_double_click_on_compose_does_not_cancel() {
    let mut test = Test::with(&long_tunes());
    test.one_tune_from("K:D\n");
    test.click("More tunes");
    test.click("Compose");
    test.click("Cancel");
    test.until("both are written to their ends", |t| t.says("2 tunes in"));
}

#[test]
fn a_model_is_chosen_in_the_window_and_kept() {
    let folder = tempfile::tempdir().unwrap();
    let (data, file) = (folder.path().join("data"), folder.path().join("other.safetensors"));
    std::fs::write(&file, short_tunes().to_bytes(Precision::F32).unwrap()).unwrap();
    let options = Options { data: Some(data.clone()), ..Options::default() };
    let mut test = Test::open_as(folder, options.clone());
    test.until("the model inside is open", |t| t.button("Compose") == Some(true));
    let own = test.value(Role::ComboBox, "Model");
    test.choose("Model", "Choose a file…");
    test.type_into(Role::TextInput, "File", file.to_str().unwrap());
    test.click("Use this model");
    test.until("the other is open", |t| t.value(Role::ComboBox, "Model") == "Tiny 1");
    test.until("it is kept", |_| {
        std::fs::read_to_string(data.join("settings.toml"))
            .is_ok_and(|text| text.contains("other.safetensors"))
    });
    let Test { harness, folder } = test;
    drop(harness);
    let mut test = Test::open_as(folder, options);
    test.until("the other is open again", |t| t.value(Role::ComboBox, "Model") == "Tiny 1");
    test.choose("Model", "Reelsmith’s own");
    test.until("the model inside is open again", |t| t.value(Role::ComboBox, "Model") == own);
}

#[test]
fn a_model_that_is_missing_can_be_chosen_anew() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("here.safetensors");
    std::fs::write(&file, short_tunes().to_bytes(Precision::F32).unwrap()).unwrap();
    let mut test = Test::open(folder, Path::new("gone.safetensors"));
    test.until("it is said", |t| {
        t.says("The model “gone.safetensors” is missing. You can still open, play and edit tunes.")
    });
    test.click("Choose a file");
    test.type_into(Role::TextInput, "File", file.to_str().unwrap());
    test.click("Use this model");
    test.until("the model is open", |t| t.button("Compose") == Some(true));
}
