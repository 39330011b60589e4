//! The window, through its accessibility tree: no display and no sound card.

use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, OutputCommand, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use reelsmith::app::{Options, Window};
use reelsmith::model::{Cell, Checkpoint, Parameters, Precision, Shape, Vocabulary};
use tempfile::TempDir;

/// A network that writes `text` whatever it read before: its hidden state says nothing, and the
/// bias of its last layer says everything. `weights` are the characters and how likely they are.
fn checkpoint(cell: Cell, weights: &[(char, f32)], end: f32) -> Checkpoint {
    let vocabulary = Vocabulary::reference();
    let shape = Shape { cell, vocabulary: vocabulary.len(), embedding: 4, layers: 1, hidden: 4 };
    let mut parameters = Parameters::zeros(shape);
    let bias = parameters.tensor_mut("fc.bias");
    bias.fill(-30.0);
    for &(character, weight) in weights {
        let token = vocabulary.encode(&character.to_string()).unwrap()[0];
        bias[token as usize] = weight;
    }
    bias[vocabulary.eos() as usize] = end;
    let facts = BTreeMap::from([("name".to_owned(), "Tiny 1".to_owned())]);
    Checkpoint { vocabulary, parameters, facts }
}

/// Notes and bar lines, soon over.
pub(crate) fn short_tunes() -> Checkpoint {
    checkpoint(
        Cell::Lstm,
        &[('\n', 0.0), ('K', 0.0), (':', 0.0), ('D', 1.0), ('E', 1.0), ('F', 1.0), ('|', 1.0)],
        -2.0,
    )
}

/// Notes and bar lines, hardly ever over. A GRU runs on candle, slowly enough to be watched.
fn long_tunes() -> Checkpoint {
    checkpoint(Cell::Gru, &[('D', 1.0), ('E', 1.0), ('|', 1.0)], -30.0)
}

pub(crate) struct Test {
    pub(crate) harness: Harness<'static, Option<Window>>,
    folder: TempDir,
}

impl Test {
    pub(crate) fn with(checkpoint: &Checkpoint) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tiny.safetensors");
        std::fs::write(&path, checkpoint.to_bytes(Precision::F32).unwrap()).unwrap();
        let mut test = Self::open(folder, &path);
        test.until("the model is open", |t| t.button("Compose").is_some_and(|enabled| enabled));
        test
    }

    pub(crate) fn open(folder: TempDir, model: &Path) -> Self {
        let options = Options { model: Some(model.to_owned()), native_dialogs: false };
        let builder = Harness::builder().with_size(vec2(1280.0, 800.0)).with_step_dt(1.0 / 60.0);
        let harness = builder.build_ui_state(
            move |ui, window: &mut Option<Window>| match window {
                Some(window) => window.ui(ui),
                // The fonts are there from the next frame on.
                None => {
                    *window = Some(Window::new(ui.ctx(), options.clone()));
                    ui.ctx().request_repaint();
                }
            },
            None,
        );
        Self { harness, folder }
    }

    /// Draws frames until something is so. The window wakes itself on other threads, so that
    /// `Harness::run` would never end.
    pub(crate) fn until(&mut self, what: &str, is_so: impl Fn(&Self) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(30);
        while !is_so(self) {
            assert!(Instant::now() < deadline, "waited 30 s until {what}");
            self.harness.step();
            std::thread::sleep(Duration::from_millis(2));
        }
    }

    pub(crate) fn steps(&mut self) {
        self.harness.run_steps(4);
    }

    /// Whether a button is on; `None` if it is not there.
    pub(crate) fn button(&self, name: &str) -> Option<bool> {
        let node = self.harness.query_by_role_and_label(Role::Button, name)?;
        Some(!node.accesskit_node().is_disabled())
    }

    pub(crate) fn click(&mut self, name: &str) {
        self.harness.get_by_role_and_label(Role::Button, name).click();
        self.steps();
    }

    /// Every text in sight.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.harness
            .root()
            .children_recursive()
            .filter_map(|node| {
                let node = node.accesskit_node();
                node.label().or_else(|| node.value())
            })
            .collect()
    }

    pub(crate) fn says(&self, words: &str) -> bool {
        self.texts().iter().any(|text| text.contains(words))
    }

    /// The text in the editor, once there is some.
    pub(crate) fn tune(&self) -> Option<String> {
        Some(self.value(Role::MultilineTextInput, "ABC")).filter(|text| !text.is_empty())
    }

    pub(crate) fn value(&self, role: Role, name: &str) -> String {
        self.harness.get_by_role_and_label(role, name).accesskit_node().value().unwrap_or_default()
    }

    /// Has a tune in D written; gives what is on the paper.
    pub(crate) fn compose_in_d(&mut self) -> String {
        self.type_into(Role::MultilineTextInput, "Start from", "K:D\n");
        self.click("Compose");
        self.until("the tune is there", |t| t.says("One tune in"));
        self.tune().unwrap()
    }

    pub(crate) fn seed(&self) -> String {
        self.value(Role::TextInput, "Seed")
    }

    pub(crate) fn type_into(&mut self, role: Role, name: &str, text: &str) {
        let field = self.harness.get_by_role_and_label(role, name);
        field.focus();
        self.steps();
        self.harness.key_press_modifiers(Modifiers::COMMAND, Key::A);
        self.steps();
        self.harness.get_by_role_and_label(role, name).type_text(text);
        self.steps();
    }
}

#[test]
fn compose_puts_a_tune_on_the_paper() {
    let mut test = Test::with(&short_tunes());
    assert!(test.says("Tiny 1") && test.says("Processor"), "{:?}", test.texts());
    assert_eq!(test.button("Save as…"), None, "there is nothing to save yet");
    let tune = test.compose_in_d();
    assert!(tune.contains("K:D") && !tune.contains("%%reelsmith"), "{tune}");
    assert_eq!(test.button("Save as…"), Some(true));
    assert_eq!(test.button("Copy ABC"), Some(true));
}

#[test]
fn the_same_seed_gives_the_same_tune_again() {
    let mut test = Test::with(&short_tunes());
    test.type_into(Role::MultilineTextInput, "Start from", "K:D\n");
    let compose = |test: &mut Test| {
        test.click("Compose");
        test.until("the tune is there", |t| t.says("One tune in"));
        (test.seed(), test.tune().unwrap())
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
    test.type_into(Role::MultilineTextInput, "Start from", "K:D\n");
    test.harness.key_press_modifiers(Modifiers::COMMAND, Key::G);
    test.until("some of it is there", |t| t.tune().is_some_and(|tune| tune.len() > 60));
    assert_eq!(test.button("Compose"), None, "Cancel stands in its place");
    test.click("Cancel");
    test.until("it has stopped", |t| t.says("Stopped. What was written is kept."));
    assert!(test.tune().unwrap().len() > 60);
    assert_eq!(test.button("Save as…"), Some(true));
    assert_eq!(test.button("Compose"), Some(true));
}

#[test]
fn a_prompt_the_network_cannot_read_is_said_and_costs_nothing() {
    let mut test = Test::with(&short_tunes());
    let tune = Some(test.compose_in_d());
    test.type_into(Role::MultilineTextInput, "Start from", "K:Dé");
    test.click("Compose");
    test.until("it is said", |t| t.says("'é' at line 1, column 4"));
    assert_eq!(test.tune(), tune, "the tune before is still on the paper");
    assert_eq!(test.button("Compose"), Some(true), "and one can go on");
    test.click("Dismiss");
    assert!(!test.says("'é' at line 1"));
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
fn a_tune_is_saved_where_the_dialog_says() {
    let mut test = Test::with(&short_tunes());
    test.compose_in_d();
    test.click("Save as…");
    let nowhere = test.folder.path().join("none").join("tune");
    test.type_into(Role::TextInput, "File", nowhere.to_str().unwrap());
    assert!(test.says("There is no such folder."), "{:?}", test.texts());
    assert_eq!(test.button("Save as ABC"), Some(false));
    let path = test.folder.path().join("tune");
    test.type_into(Role::TextInput, "File", path.to_str().unwrap());
    test.click("Save as ABC");
    test.until("it is saved", |t| t.says("Saved as “tune.abc”"));
    let saved = std::fs::read_to_string(path.with_extension("abc")).unwrap();
    assert!(saved.starts_with("X:1\n") && saved.contains("%%reelsmith seed "), "{saved}");
    // A second time it asks before it replaces, and Esc closes the dialog.
    test.harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    test.steps();
    test.type_into(Role::TextInput, "File", path.to_str().unwrap());
    assert_eq!(test.button("Replace"), Some(true));
    test.harness.key_press(Key::Escape);
    test.steps();
    assert_eq!(test.button("Replace"), None);
}

#[test]
fn a_tune_is_saved_as_sound_and_as_paper() {
    let mut test = Test::with(&short_tunes());
    test.type_into(Role::MultilineTextInput, "ABC", "X:1\nT:Two notes\nK:D\nDE|\n");
    for (name, ending, begins) in
        [("MIDI", "mid", "MThd"), ("PDF", "pdf", "%PDF"), ("PNG", "png", "\u{89}PNG"), ("SVG", "svg", "<svg")]
    {
        test.click("File");
        test.click(&format!("Save as {name}…"));
        let path = test.folder.path().join("two");
        test.type_into(Role::TextInput, "File", path.to_str().unwrap());
        test.click(&format!("Save as {name}"));
        test.until("it is saved", |t| t.says(&format!("Saved as “two.{ending}”")));
        let bytes = std::fs::read(path.with_extension(ending)).unwrap();
        let first: Vec<u8> = begins.chars().map(|c| c as u8).collect();
        assert!(bytes.starts_with(&first), "{name}: {:?}", &bytes[..8]);
    }
}

#[test]
fn what_cannot_be_saved_is_said_and_makes_no_file() {
    let mut test = Test::with(&short_tunes());
    test.type_into(Role::MultilineTextInput, "ABC", "no tune at all");
    test.click("File");
    test.click("Save as MIDI…");
    let path = test.folder.path().join("none.mid");
    test.type_into(Role::TextInput, "File", path.to_str().unwrap());
    test.click("Save as MIDI");
    test.until("it is said", |t| t.says("This tune cannot be saved as MIDI"));
    assert!(!path.exists());
}

#[test]
fn the_paper_shows_the_music_of_the_text() {
    let mut test = Test::with(&short_tunes());
    let sheet = |test: &Test| test.texts().into_iter().find(|text| text.starts_with("Sheet music"));
    test.type_into(Role::MultilineTextInput, "ABC", "X:1\nK:D\nD8|E8|\nF8|\n");
    assert_eq!(sheet(&test).unwrap(), "Sheet music: 3 bars in 2 systems");
    test.type_into(Role::MultilineTextInput, "ABC", "X:1\nT:Half a header");
    assert_eq!(sheet(&test).unwrap(), "Sheet music: 3 bars in 2 systems", "the last good sheet stays");
    test.type_into(Role::MultilineTextInput, "ABC", "X:1\nK:D\nD8|\n");
    assert_eq!(sheet(&test).unwrap(), "Sheet music: 1 bar in 1 system");
}

#[test]
fn problems_are_listed_as_the_text_changes_and_lead_to_their_place() {
    let mut test = Test::with(&short_tunes());
    assert!(!test.says("Every bar adds up"), "an empty page is not judged");
    test.type_into(Role::MultilineTextInput, "ABC", "X:1\nM:4/4\nK:D\nDEFA dcBA|d8|A8|\n");
    assert!(test.says("None. Every bar adds up."), "{:?}", test.texts());
    test.type_into(Role::MultilineTextInput, "ABC", "X:1\nM:4/4\nK:D\nDEFA dcBA|d8q|A8|\n");
    assert!(!test.says("Every bar adds up"));
    let problem = test.texts().into_iter().find(|text| text.starts_with("Line 4: ")).unwrap();
    test.click(&problem);
    // The letter that means nothing is chosen: what is typed replaces it.
    test.harness.get_by_role_and_label(Role::MultilineTextInput, "ABC").type_text(" ");
    test.steps();
    assert!(test.says("None. Every bar adds up."), "{:?}", test.texts());
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
fn a_file_that_cannot_be_written_is_said_and_the_tune_stays() {
    let mut test = Test::with(&short_tunes());
    let tune = test.compose_in_d();
    test.click("Save as…");
    // No system takes a name this long.
    let path = test.folder.path().join("a".repeat(300));
    test.type_into(Role::TextInput, "File", path.to_str().unwrap());
    test.click("Save as ABC");
    test.until("it is said", |t| t.says("could not be written"));
    assert_eq!(test.button("Save elsewhere"), Some(true));
    assert_eq!(test.tune(), Some(tune));
}

#[test]
fn copy_takes_the_tune_as_it_is_read() {
    let mut test = Test::with(&short_tunes());
    let tune = test.compose_in_d();
    test.harness.get_by_role_and_label(Role::Button, "Copy ABC").click();
    let mut copied = None;
    for _ in 0..4 {
        test.harness.step();
        copied = copied.or(test.harness.output().platform_output.commands.iter().find_map(|command| {
            if let OutputCommand::CopyText(text) = command { Some(text.clone()) } else { None }
        }));
    }
    assert_eq!(copied, Some(tune));
    assert!(test.says("The tune is on the clipboard."));
}

#[test]
fn esc_closes_a_menu_and_cancels_only_a_tune_being_written() {
    let mut test = Test::with(&long_tunes());
    test.click("File");
    assert!(test.says("Quit"));
    test.harness.key_press(Key::Escape);
    test.steps();
    assert!(!test.says("Quit"), "the menu is closed");
    test.type_into(Role::MultilineTextInput, "Start from", "K:D\n");
    test.harness.key_press_modifiers(Modifiers::COMMAND, Key::G);
    test.until("some of it is there", |t| t.tune().is_some_and(|tune| tune.len() > 60));
    test.harness.key_press(Key::Escape);
    test.until("it has stopped", |t| t.says("Stopped. What was written is kept."));
}

#[test]
fn a_double_click_on_compose_does_not_cancel() {
    let mut test = Test::with(&long_tunes());
    test.type_into(Role::MultilineTextInput, "Start from", "K:D\n");
    test.click("Compose");
    test.click("Cancel");
    test.until("some of it is there", |t| t.tune().is_some_and(|tune| tune.len() > 200));
    assert_eq!(test.button("Cancel"), Some(true), "it is still being written");
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
