//! The editor of the window, through its accessibility tree.

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::Queryable;

use crate::window::{Test, short_tunes};

const REDO: Modifiers = Modifiers::COMMAND.plus(Modifiers::SHIFT);

impl Test {
    pub(crate) fn write(&mut self, text: &str) {
        self.type_into(Role::MultilineTextInput, "ABC", text);
    }

    /// Types letter by letter, as hands do.
    fn type_letters(&mut self, text: &str) {
        for letter in text.chars() {
            self.harness
                .get_by_role_and_label(Role::MultilineTextInput, "ABC")
                .type_text(&letter.to_string());
            self.steps();
        }
    }

    pub(crate) fn press(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.steps();
    }

    fn text(&self) -> String {
        self.value(Role::MultilineTextInput, "ABC")
    }
}

#[test]
fn undo_goes_back_word_by_word_and_redo_forth() {
    let mut test = Test::with(&short_tunes());
    assert_eq!((test.button("Undo"), test.button("Redo")), (Some(false), Some(false)));
    test.write("X:1\nK:D\n");
    test.type_letters("DEF GAB");
    test.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(test.text(), "X:1\nK:D\nDEF ");
    test.click("Undo typing");
    assert_eq!(test.text(), "X:1\nK:D\n");
    test.press(REDO, Key::Z);
    test.press(Modifiers::COMMAND, Key::Y);
    assert_eq!(test.text(), "X:1\nK:D\nDEF GAB");
    assert_eq!(test.button("Redo"), Some(false), "there is no more");
    test.press(Modifiers::COMMAND, Key::Z);
    test.type_letters("c");
    assert_eq!(test.text(), "X:1\nK:D\nDEF c", "one types where it was undone");
    assert_eq!(test.button("Redo"), Some(false), "what was undone is gone");
}

#[test]
fn composing_is_undone_and_done_again_with_what_is_known_of_it() {
    let mut test = Test::with(&short_tunes());
    test.write("X:1\nT:Mine\nK:D\nD8|\n");
    let tune = test.compose_in_d();
    test.click("Undo composing");
    assert_eq!(test.text(), "X:1\nT:Mine\nK:D\nD8|\n");
    test.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(test.text(), "", "the way goes on beyond it");
    test.click("Redo pasting");
    test.click("Redo composing");
    assert_eq!(test.text(), tune);
}

#[test]
fn in_another_field_undo_is_that_fields_own() {
    let mut test = Test::with(&short_tunes());
    test.write("X:1\nK:D\nD8|\n");
    test.one_tune_from("K:G\n");
    test.press(Modifiers::COMMAND, Key::Z);
    assert_eq!(test.text(), "X:1\nK:D\nD8|\n");
}

#[test]
fn the_tune_is_rewritten_from_the_menu_in_steps_that_can_be_undone() {
    let mut test = Test::with(&short_tunes());
    let tune = "X:1\nL:1/8\nM:4/4\nK:D\nD2 F2 A2 d2 | D8 |\n";
    test.write(tune);
    let mut rewrite = |menu: &[&str], begins: &str| {
        test.click("Tune");
        menu.iter().for_each(|item| test.click(item));
        let text = test.text();
        assert!(text.contains(begins), "{menu:?}: {text}");
        test.press(Modifiers::COMMAND, Key::Z);
        assert_eq!(test.text(), tune, "{menu:?}");
    };
    rewrite(&["A semitone up"], "K:Eb\nE2 G2 B2 e2 | E8 |");
    rewrite(&["A semitone down"], "K:Db\nD2 F2 A2 d2 | D8 |");
    rewrite(&["To the key of", "G"], "K:G\nG2 B2 d2 g2 | G8 |");
    rewrite(&["Notes twice as long"], "D4 F4 A4 d4 | D16 |");
    rewrite(&["Notes half as long"], "D F A d | D4 |");
    rewrite(&["Write chords"], "\"D\"D2 F2");
    // Two bars a line changes nothing here, and is no step.
    test.click("Tune");
    test.click("2 bars a line");
    assert_eq!(test.button("Undo pasting"), Some(true));
}

#[test]
fn what_cannot_be_rewritten_says_why() {
    let mut test = Test::with(&short_tunes());
    test.write("X:1\nM:4/4\nK:D\n\"D\"D8|\n");
    test.click("Tune");
    test.click("Write chords");
    assert!(test.says("The tune has chord symbols already."), "{:?}", test.texts());
}

#[test]
fn words_are_found_and_counted_and_one_goes_from_one_to_the_next() {
    let mut test = Test::with(&short_tunes());
    test.write("X:1\nM:4/4\nL:1/8\nK:D\nDEFG ABcd|dcBA GFED|\n");
    test.press(Modifiers::COMMAND, Key::F);
    test.harness.get_by_role_and_label(Role::TextInput, "Find in the ABC").type_text("D");
    test.steps();
    assert!(test.says("1 of 3"), "D, and not d: {:?}", test.texts());
    test.press(Modifiers::NONE, Key::Enter);
    assert!(test.says("2 of 3"));
    assert!(test.says("D: the D above middle C, an eighth note."), "{:?}", test.texts());
    test.click("Previous place");
    test.click("Previous place");
    assert!(test.says("3 of 3"), "it goes round");
    test.press(Modifiers::NONE, Key::Escape);
    assert!(!test.says("of 3"));
    test.type_letters("E");
    assert!(test.text().contains("GFEE"), "the keyboard is on what was found: {}", test.text());
}

#[test]
fn tab_leaves_the_editor_and_ctrl_tab_writes_one() {
    let mut test = Test::with(&short_tunes());
    test.write("X:1\nK:D\n");
    test.press(Modifiers::CTRL, Key::Tab);
    assert_eq!(test.text(), "X:1\nK:D\n\t");
    test.press(Modifiers::NONE, Key::Tab);
    test.harness.event(eframe::egui::Event::Text("DEF".to_owned()));
    test.steps();
    assert_eq!(test.text(), "X:1\nK:D\n\t", "the keyboard has gone elsewhere");
}

#[test]
fn the_abc_stands_where_it_is_put() {
    let mut test = Test::with(&short_tunes());
    test.write("X:1\nK:D\nD8|\n");
    let editor = |test: &Test| test.harness.get_by_role_and_label(Role::MultilineTextInput, "ABC").rect();
    assert_eq!(test.button("Put the ABC beside the sheet"), Some(false), "the history takes the room");
    test.press(Modifiers::COMMAND, Key::H);
    test.steps();
    let below = editor(&test);
    test.click("Put the ABC beside the sheet");
    assert!(editor(&test).top() < below.top() && editor(&test).left() > below.left());
    test.click("Put the ABC below the sheet");
    assert_eq!(editor(&test), below);
    test.click("Fold the ABC");
    assert!(test.says("No problems"), "{:?}", test.texts());
}

#[test]
fn a_pasted_book_opens_as_a_list_of_its_tunes() {
    let mut test = Test::with(&short_tunes());
    test.write("X:1\nK:D\nD8|\n");
    let book: String = (1..=1000).map(|n| format!("X:{n}\nT:Tune {n}\nR:reel\nK:G\nG8|A8|\n\n")).collect();
    test.harness.event(eframe::egui::Event::Paste(book));
    test.until("the list is there", |t| t.says("A book of 1000 tunes"));
    test.harness.get_by_role_and_label(Role::TextInput, "Choose one to work on.").type_text("Tune 777");
    test.steps();
    test.click("Tune 777, Reel in G");
    assert!(test.text().starts_with("X:777\nT:Tune 777\n"), "{}", test.text());
    test.click("Undo opening");
    assert_eq!(test.text(), "X:1\nK:D\nD8|\n");
}
