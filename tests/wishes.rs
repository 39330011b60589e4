//! The wishes of the Compose panel, through its accessibility tree: they are met, said where they cannot be,
//! kept, and brought back with a tune.

use std::fs;
use std::path::Path;

use eframe::egui::Key;
use eframe::egui::accesskit::{Role, Toggled};
use egui_kittest::kittest::{NodeT, Queryable};
use reelsmith::model::Precision;

use crate::window::{Test, short_tunes};

impl Test {
    /// Whether the only chip with these words is on; `None` if there is none.
    fn chip(&self, words: &str) -> Option<bool> {
        let node = self.harness.query_by_role_and_label(Role::Button, words)?;
        Some(node.accesskit_node().toggled() == Some(Toggled::True))
    }

    /// Puts on wishes that have no chip of their own.
    fn wish(&mut self, wishes: &[&str]) {
        self.click("More wishes");
        for words in wishes {
            self.click(words);
        }
        self.harness.key_press(Key::Escape);
        self.steps();
    }

    fn one_tune(&mut self) {
        while self.button("Fewer tunes") == Some(true) {
            self.click("Fewer tunes");
        }
    }

    /// Composes; gives what is on the paper.
    fn compose(&mut self) -> String {
        self.click("Compose");
        self.until("the tune is there", |t| t.says("One tune in"));
        self.tune().unwrap()
    }
}

fn window_over(folder: tempfile::TempDir) -> Test {
    let path = folder.path().join("tiny.safetensors");
    fs::write(&path, short_tunes().to_bytes(Precision::F32).unwrap()).unwrap();
    let data = folder.path().join("data");
    let mut test = Test::open_with(folder, &path, Some(data));
    test.until("the model is open", |t| t.button("Compose") == Some(true));
    test
}

/// The texts of all tunes that are kept.
fn kept(folder: &Path) -> Vec<String> {
    let files = fs::read_dir(folder.join("data/tunes")).into_iter().flatten();
    let files = files.map(|file| file.unwrap().path());
    files
        .filter(|path| path.extension() == Some("abc".as_ref()))
        .map(|path| fs::read_to_string(path).unwrap())
        .collect()
}

#[test]
fn wishes_are_chips_and_are_met() {
    let mut test = Test::with(&short_tunes());
    test.one_tune();
    assert_eq!((test.chip("Fits a whistle in D"), test.chip("Chords")), (Some(false), Some(false)));
    assert_eq!(test.chip("Ends at home"), None, "what is off and has no chip is not there");
    for (field, option) in [("Tune type", "Reel"), ("Key", "D"), ("Mode", "Major")] {
        test.choose(field, option);
    }
    test.click("Fits a whistle in D");
    test.click("Chords");
    test.wish(&["Every part once", "No pickup", "Ends at home", "Only notes of the key"]);
    for words in ["Fits a whistle in D", "Chords", "Every part once", "No pickup", "Ends at home"] {
        assert_eq!(test.chip(words), Some(true), "{words}");
    }
    let tune = test.compose();
    let music = tune.split_once("K:D\n").unwrap().1;
    assert!(music.contains('"') && !music.contains(":|"), "{tune}");
    let last =
        music.trim_end().trim_end_matches(['|', ']', ' ']).trim_end_matches(|c: char| !c.is_alphabetic());
    assert!(last.ends_with(['D', 'd']), "{tune}");
    test.click("Ends at home");
    assert_eq!(test.chip("Ends at home"), None, "a click takes a wish off");
    test.click("Chords");
    test.wish(&["No chords"]);
    assert_eq!((test.chip("No chords"), test.chip("Chords")), (Some(true), None));
    assert!(!test.compose().contains('"'));
}

#[test]
fn wishes_that_cannot_all_be_met_keep_compose_off_and_say_why() {
    let mut test = Test::with(&short_tunes());
    let off = |test: &Test| {
        let compose = test.harness.get_by_role_and_label(Role::Button, "Compose");
        let node = compose.accesskit_node();
        node.is_disabled().then(|| node.description().unwrap_or_default())
    };
    assert_eq!(off(&test), None);
    test.wish(&["Two endings", "Every part once"]);
    let reason = "A section that is played once has no second ending. Ask for repeats, or for no endings.";
    assert!(test.says(reason), "{:?}", test.texts());
    assert_eq!(off(&test).as_deref(), Some(reason));
    test.click("Every part once");
    assert_eq!(off(&test), None);
    // A whistle in D has no E flat to end on: that takes a plan to be seen.
    test.click("Fits a whistle in D");
    test.choose("Key", "E flat");
    test.wish(&["Ends at home"]);
    assert!(off(&test).is_some_and(|reason| reason.contains("has not the note the tune is to end on")));
    test.choose("Key", "Any");
    (0..8).for_each(|_| test.click("More parts"));
    test.choose("Bars a part", "16 bars");
    assert!(off(&test).is_some_and(|reason| reason.contains("it is to stop after 64")), "{:?}", off(&test));
}

#[test]
fn wishes_are_kept_and_come_back_with_the_window() {
    let mut test = window_over(tempfile::tempdir().unwrap());
    test.choose("Tune type", "Slip jig");
    test.click("Fits a whistle in D");
    test.wish(&["Many ornaments", "Without grammar"]);
    let settings = test.folder.path().join("data/settings.toml");
    test.until("they are kept", |_| fs::read_to_string(&settings).is_ok_and(|text| text.contains("grammar")));
    let Test { harness, folder } = test;
    drop(harness);
    let test = window_over(folder);
    assert_eq!(test.value(Role::ComboBox, "Tune type"), "Slip jig");
    for words in ["Fits a whistle in D", "Many ornaments", "Without grammar"] {
        assert_eq!(test.chip(words), Some(true), "{words}");
    }
}

#[test]
fn another_tune_like_a_kept_one_has_all_its_wishes() {
    let mut test = window_over(tempfile::tempdir().unwrap());
    test.one_tune();
    test.choose("Tune type", "Jig");
    test.choose("Key", "G");
    test.choose("Mode", "Major");
    test.click("Fits a whistle in D");
    test.wish(&["Ends at home", "Every part twice", "No ornaments"]);
    test.start_from("|:GAB");
    test.choose("Go on to", "An ending");
    test.compose();
    test.until("it is kept", |t| kept(t.folder.path()).len() == 1);
    let first = kept(test.folder.path()).remove(0);
    for line in [
        "type jig",
        "tonic G",
        "instrument whistle",
        "ends-home yes",
        "repeats yes",
        "ornaments none",
        "aim ending",
    ] {
        assert!(first.contains(&format!("%%reelsmith {line}\n")), "{line} in {first}");
    }
    for words in ["Ends at home", "Fits a whistle in D", "Every part twice", "No ornaments"] {
        test.click(words);
    }
    test.choose("Tune type", "Any");
    test.choose("Key", "Any");
    test.harness.get_by_role_and_label(Role::RadioButton, "Nothing").click();
    test.steps();
    let row = test.harness.get_all_by_role(Role::ListItem).next().unwrap().accesskit_node().label().unwrap();
    test.harness.get_by_role_and_label(Role::ListItem, &row).click();
    test.steps();
    test.click("More: Jig No. 1");
    test.click("Compose another like this");
    test.until("the next is there", |t| kept(t.folder.path()).len() == 2);
    for words in ["Ends at home", "Fits a whistle in D", "Every part twice", "No ornaments"] {
        assert_eq!(test.chip(words), Some(true), "{words}");
    }
    assert_eq!(test.value(Role::ComboBox, "Tune type"), "Jig");
    assert_eq!(test.value(Role::ComboBox, "Go on to"), "An ending");
    assert!(test.value(Role::MultilineTextInput, "Notes to start from").ends_with("|: GAB"));
    let lines = |text: &str| -> Vec<String> {
        let lines = text.lines().filter(|line| line.starts_with("%%reelsmith"));
        let own =
            |line: &&str| !["seed", "time", "kept", "group"].iter().any(|key| line[12..].starts_with(key));
        lines.filter(own).map(str::to_owned).collect()
    };
    let tunes = kept(test.folder.path());
    let next = tunes.iter().find(|text| **text != first).unwrap();
    assert_eq!(lines(next), lines(&first));
}

#[test]
fn notes_that_are_no_part_of_a_composed_tune_are_shown_and_there_are_three_ways_on() {
    let mut test = Test::with(&short_tunes());
    test.one_tune_from("M:4/4\nK:D\n|:DEFA d4|DE{AB}FA d4|");
    test.click("Compose");
    assert!(test.says("“{AB}”, which stands in line 3 of these notes, at letter 13"), "{:?}", test.texts());
    assert_eq!(test.tune(), None, "nothing was written");
    test.click("Mend it");
    let notes = test.harness.get_by_role_and_label(Role::MultilineTextInput, "Notes to start from");
    assert!(notes.accesskit_node().is_focused());
    // What is typed replaces what was to blame.
    notes.type_text("~");
    test.steps();
    assert!(test.compose().contains("DE~FA d4"), "{:?}", test.tune());
    test.start_from("M:4/4\nK:D\n|:DEFA d4|DE{AB}FA d4|");
    test.click("Compose");
    test.click("Go on from the last good bar");
    test.until("it goes on", |t| {
        t.tune().is_some_and(|tune| tune.contains("|: DEFA d4 | ") && !tune.contains("DE~"))
    });
    test.until("it is there", |t| t.says("One tune in"));
    test.click("Compose");
    test.click("Compose without grammar");
    test.until("it is there", |t| t.says("without grammar"));
    assert!(test.tune().unwrap().contains("DEFA d4 | DE"), "{:?}", test.tune());
}

#[test]
fn a_tune_that_cannot_be_carried_on_is_mended_in_the_editor() {
    let mut test = Test::with(&short_tunes());
    test.one_tune();
    test.write("X:1\nT:Mine\nM:4/4\nL:1/8\nK:D\nDEFA d4|(5DEFGA d4|]\n");
    test.harness.get_by_role_and_label(Role::RadioButton, "Editor").click();
    test.steps();
    test.click("Compose");
    assert!(test.says("“(5”, which stands in line 6 of this tune, at letter 9"), "{:?}", test.texts());
    test.click("Mend it");
    let editor = test.harness.get_by_role_and_label(Role::MultilineTextInput, "ABC");
    assert!(editor.accesskit_node().is_focused());
    editor.type_text("(3");
    test.steps();
    assert!(test.tune().unwrap().contains("|(3DEFGA"), "{:?}", test.tune());
}

#[test]
fn the_tune_is_set_beside_others_of_its_type_in_figures() {
    let mut test = Test::with(&short_tunes());
    test.write("X:1\nT:One\nR:reel\nM:4/4\nL:1/8\nK:D\n|:DEFA d2BA|DEFA B4|DEFA d2BA|FEDE D4:|\n");
    test.click("Tune");
    test.click("Facts about the tune");
    assert!(test.says("1 part of 4 bars, played twice:"), "{:?}", test.texts());
    assert!(test.says("24 notes over 12 semitones"), "{:?}", test.texts());
    for row in ["Home: ", "Eighth: ", "Up a tone: "] {
        let words = test.texts().into_iter().find(|text| text.starts_with(row)).unwrap();
        assert!(words.contains(" % here, ") && words.ends_with(" % in reels"), "{words}");
    }
    test.click("Close");
    assert!(!test.says("played twice"));
}
