//! The sheet on the window's stand, through its accessibility tree.

use eframe::egui::accesskit::{Role, Toggled};
use eframe::egui::{Event, Key, Modifiers, PointerButton, Pos2, vec2};
use egui_kittest::kittest::{NodeT, Queryable};

use crate::window::{Test, short_tunes};

const TUNE: &str = "X:1\nT:Three bars\nM:4/4\nL:1/8\nQ:1/4=120\nK:D\nd|D2 EF GABc|dcBA GFED|\nD2 ~G2 z4|]\n";

impl Test {
    fn with_tune() -> Self {
        let mut test = Self::with(&short_tunes());
        test.write(TUNE);
        test
    }

    /// The middle of a note, by the words it is read with: the last one with this name.
    pub(crate) fn note(&self, words: &str) -> Pos2 {
        let all = self.harness.query_all_by_role(Role::Label);
        let mut named = all.filter(|node| node.accesskit_node().value().as_deref() == Some(words));
        named.next_back().expect("a note").rect().center()
    }

    fn button_at(&mut self, at: Pos2, pressed: bool, modifiers: Modifiers) {
        self.harness.event_modifiers(
            Event::PointerButton { pos: at, button: PointerButton::Primary, pressed, modifiers },
            modifiers,
        );
        self.harness.step();
    }

    pub(crate) fn click_at(&mut self, at: Pos2, modifiers: Modifiers) {
        self.harness.event(Event::PointerMoved(at));
        self.harness.step();
        self.button_at(at, true, modifiers);
        self.button_at(at, false, modifiers);
        self.steps();
    }

    pub(crate) fn drag(&mut self, from: Pos2, to: Pos2) {
        self.harness.event(Event::PointerMoved(from));
        self.harness.step();
        self.button_at(from, true, Modifiers::NONE);
        for part in 1..=5 {
            self.harness.event(Event::PointerMoved(from + (to - from) * (part as f32 / 5.0)));
            self.harness.step();
        }
        self.button_at(to, false, Modifiers::NONE);
        self.steps();
    }

    /// What the sheet says of the note the keys are on.
    fn key_note(&self) -> Option<String> {
        self.harness.query_all_by_role(Role::Image).find_map(|node| node.accesskit_node().value())
    }
}

#[test]
fn the_sheet_is_read_aloud() {
    let test = Test::with_tune();
    let texts = test.texts();
    let start = texts.iter().position(|text| text.starts_with("Sheet music")).unwrap();
    let aloud = texts[start + 1..].join(", ");
    let expected = "the pickup, D eighth, bar 1, D quarter, E eighth, F sharp eighth, G eighth, A eighth, B eighth, \
                    C sharp eighth, bar 2, D eighth, C sharp eighth, B eighth, A eighth, G eighth, F sharp eighth, \
                    E eighth, D eighth, bar 3, D quarter, roll on G quarter, half rest";
    assert!(aloud.starts_with(expected), "{aloud}");
}

#[test]
fn a_click_on_a_note_puts_the_caret_there_and_keys_go_on_from_it() {
    let mut test = Test::with_tune();
    test.click_at(test.note("roll on G quarter"), Modifiers::NONE);
    assert_eq!(test.key_note().as_deref(), Some("G, a quarter note, bar 3"));
    assert!(test.says("G2: the G above middle C, a quarter note. Bar 3 is full."), "{:?}", test.texts());
    test.press(Modifiers::NONE, Key::ArrowRight);
    assert_eq!(test.key_note().as_deref(), Some("a half rest, bar 3"));
    test.press(Modifiers::COMMAND, Key::ArrowLeft);
    test.press(Modifiers::COMMAND, Key::ArrowLeft);
    assert_eq!(test.key_note().as_deref(), Some("D, an eighth note, bar 2"));
    assert!(test.says("d: the high D, an eighth note."), "the caret goes along: {:?}", test.texts());
    test.press(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::ArrowRight);
    assert!(test.says("Bars 2–3"), "{:?}", test.texts());
    assert_eq!(test.key_note().as_deref(), Some("D, a quarter note, bar 3"));
}

#[test]
fn a_drag_chooses_whole_bars_across_systems() {
    let mut test = Test::with_tune();
    test.drag(test.note("A eighth"), test.note("roll on G quarter"));
    assert!(test.says("Bars 2–3: 10 notes, D to d, about four seconds."), "{:?}", test.texts());
    test.click_at(test.note("E eighth"), Modifiers::SHIFT);
    assert!(test.says("Bar 2: 8 notes"), "Shift leaves the other end where it was: {:?}", test.texts());
    test.press(Modifiers::NONE, Key::Escape);
    assert!(!test.says("Bar 2:"), "Esc drops the choice");
    assert!(test.says("At the cursor"));
}

#[test]
fn chosen_bars_are_exported_by_themselves() {
    let mut test = Test::with_tune();
    test.drag(test.note("A eighth"), test.note("G eighth"));
    test.click("Export");
    assert!(test.says("This tune"), "{:?}", test.texts());
    let bars = test.harness.get_by_role_and_label(Role::RadioButton, "Bar 2");
    assert_eq!(bars.accesskit_node().toggled(), Some(Toggled::True));
    test.harness.get_by_role_and_label(Role::RadioButton, "ABC").click();
    test.steps();
    test.click("Save as ABC");
    let path = test.folder.path().join("bar");
    test.type_into(Role::TextInput, "File", path.to_str().unwrap());
    test.click("Save as ABC");
    test.until("it is saved", |t| t.says("Saved as “bar.abc”"));
    let saved = std::fs::read_to_string(path.with_extension("abc")).unwrap();
    let expected = "X:1\nT:Three bars, bar 2\nM:4/4\nL:1/8\nQ:1/4=120\nK:D\ndcBA GFED|\n";
    assert_eq!(saved, expected);
}

#[test]
fn chosen_bars_are_looped() {
    let mut test = Test::with_tune();
    test.until("there is something to play", |t| t.button("Play from the start") == Some(true));
    test.harness.set_size(vec2(1600.0, 800.0));
    test.steps();
    test.drag(test.note("A eighth"), test.note("roll on G quarter"));
    // The transport has a Loop too.
    test.harness.get_all_by_role_and_label(Role::Button, "Loop").last().unwrap().click();
    test.steps();
    for width in [1600.0, 1280.0] {
        test.harness.set_size(vec2(width, 800.0));
        test.steps();
        assert_eq!(test.button("Loop: bars 2–3"), Some(true), "{width}: {:?}", test.texts());
    }
}

#[test]
fn the_sheet_is_made_larger_by_name_and_with_the_wheel() {
    let mut test = Test::with_tune();
    test.click("Zoom, 100 %");
    test.click("200 %");
    assert_eq!(test.button("Zoom, 200 %"), Some(true));
    let at = test.note("roll on G quarter");
    test.harness.event(Event::PointerMoved(at));
    test.harness.event(Event::Zoom(0.5));
    test.steps();
    assert_eq!(test.button("Zoom, 100 %"), Some(true), "{:?}", test.texts());
    test.click("Zoom, 100 %");
    test.click("Whole page");
    assert_eq!(test.button("Zoom, Whole page"), Some(true));
}

#[test]
fn a_note_is_named_where_the_pointer_rests() {
    let mut test = Test::with_tune();
    test.harness.event(Event::PointerMoved(test.note("roll on G quarter")));
    test.steps();
    let named = |test: &Test| test.says("G, a quarter note, bar 3");
    assert!(!named(&test), "not at once");
    test.harness.run_steps(40);
    assert!(named(&test), "{:?}", test.texts());
}

#[test]
fn up_to_the_first_header_the_last_good_sheet_stays() {
    let mut test = Test::with_tune();
    test.write("X:1\nT:Another");
    assert!(test.texts().iter().any(|text| text.starts_with("Sheet music: 4 bars")), "{:?}", test.texts());
}
