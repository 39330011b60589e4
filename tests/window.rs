//! The window, through its accessibility tree: no display and no sound card.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use eframe::egui::accesskit::Role;
use eframe::egui::{DroppedFile, Key, Modifiers, OutputCommand, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use reelsmith::app::{Options, Window};
use reelsmith::audio::recorder::Recorder;
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
    // Bars so long that the panel's 64 of them are never reached.
    checkpoint(Cell::Gru, &[('D', 1.0), ('E', 1.0), ('|', -3.0)], -30.0)
}

/// Titles are counted on; everything else of a tune follows from its seed.
fn without_title(tune: &str) -> String {
    tune.lines().filter(|line| !line.starts_with("T:")).map(|line| format!("{line}\n")).collect()
}

pub(crate) struct Test {
    pub(crate) harness: Harness<'static, Option<Window>>,
    pub(crate) folder: TempDir,
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
        Self::open_with(folder, model, None)
    }

    pub(crate) fn open_with(folder: TempDir, model: &Path, data: Option<PathBuf>) -> Self {
        Self::open_as(folder, Options { model: Some(model.to_owned()), data, ..Options::default() })
    }

    pub(crate) fn with_recorder(checkpoint: &Checkpoint, recorder: Recorder) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("tiny.safetensors");
        std::fs::write(&path, checkpoint.to_bytes(Precision::F32).unwrap()).unwrap();
        Self::open_as(folder, Options { model: Some(path), recorder: Some(recorder), ..Options::default() })
    }

    fn open_as(folder: TempDir, options: Options) -> Self {
        // No test asks for the sound devices of the machine it runs on.
        let recorder = options.recorder.clone().or(Some(Recorder::new(8_000, Duration::ZERO)));
        let options = Options { native_dialogs: false, recorder, ..options };
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
            assert!(Instant::now() < deadline, "waited 30 s until {what}: {:?}", self.texts());
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

    /// Whether a line of a menu is on; `None` if it is not there.
    pub(crate) fn line(&mut self, menu: &str, words: &str) -> Option<bool> {
        self.click(menu);
        let item = self.item(words);
        self.harness.key_press(Key::Escape);
        self.steps();
        Some(item?.1)
    }

    /// Does what a line of the File menu says.
    pub(crate) fn file(&mut self, words: &str) {
        self.click("File");
        let (name, _) = self.item(words).expect("a line of the menu");
        self.click(&name);
    }

    /// The whole name of a menu's line, its keys included, and whether it is on.
    fn item(&self, words: &str) -> Option<(String, bool)> {
        let mut buttons = self.harness.query_all_by_role(Role::Button);
        buttons.find_map(|button| {
            let node = button.accesskit_node();
            let name = node.label().filter(|name| name.starts_with(words))?;
            Some((name, !node.is_disabled()))
        })
    }

    /// Every text in sight.
    pub(crate) fn texts(&self) -> Vec<String> {
        self.harness
            .root()
            .children_recursive()
            .flat_map(|node| {
                let node = node.accesskit_node();
                [node.label(), node.value()]
            })
            .flatten()
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
        self.one_tune_from("K:D\n");
        self.click("Compose");
        self.until("the tune is there", |t| t.says("One tune in"));
        self.tune().unwrap()
    }

    /// What the tunes are to begin with.
    pub(crate) fn start_from(&mut self, notes: &str) {
        self.harness.get_by_role_and_label(Role::RadioButton, "Notes").click();
        self.steps();
        self.type_into(Role::MultilineTextInput, "Notes to start from", notes);
    }

    /// Asks for one tune that begins with these notes.
    pub(crate) fn one_tune_from(&mut self, notes: &str) {
        while self.button("Fewer tunes") == Some(true) {
            self.click("Fewer tunes");
        }
        self.start_from(notes);
    }

    /// Chooses from a list.
    pub(crate) fn choose(&mut self, field: &str, option: &str) {
        self.harness.get_by_role_and_label(Role::ComboBox, field).click();
        self.steps();
        self.click(option);
    }

    /// The tabs of the candidates, by name.
    pub(crate) fn tabs(&self) -> Vec<String> {
        let tabs = self.harness.query_all_by_role(Role::Tab);
        tabs.filter_map(|tab| tab.accesskit_node().label()).collect()
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
    assert_eq!(
        test.tabs(),
        [
            "Candidate 1 of 6: Best of 6",
            "Candidate 2 of 6: Second of 6",
            "Candidate 3 of 6: Third of 6",
            "Candidate 4 of 6: Fourth of 6",
            "Candidate 5 of 6: Fifth of 6",
            "Candidate 6 of 6: Sixth of 6",
        ]
    );
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
    assert!(test.says("nats a character"), "the cards say what is known: {:?}", test.texts());
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
fn a_tune_is_saved_where_the_dialog_says() {
    let mut test = Test::with(&short_tunes());
    test.compose_in_d();
    test.file("Save as…");
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
    assert_eq!(test.button("Save as PDF"), Some(true));
    test.harness.get_by_role_and_label(Role::RadioButton, "ABC").click();
    test.steps();
    test.click("Save as ABC");
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
    test.file("Save as…");
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
    test.click("Edit");
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
    test.one_tune_from("K:D\n");
    test.harness.key_press_modifiers(Modifiers::COMMAND, Key::G);
    test.until("some of it is there", |t| t.tune().is_some_and(|tune| tune.len() > 60));
    test.harness.key_press(Key::Escape);
    test.until("it has stopped", |t| t.says("Stopped. What was written is kept."));
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

/// A file from the system's file manager.
#[derive(Debug)]
struct Dropped(PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

#[test]
fn tunes_are_opened_from_the_dialog_and_by_dropping_them() {
    let mut test = Test::with(&short_tunes());
    let write = |test: &Test, name: &str, text: &str| {
        let path = test.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let one = write(&test, "one.abc", "X:1\nT:The One\nK:D\nD8|\n");
    let book = write(&test, "book.abc", "X:1\nT:First\nK:D\nD8|\n\nX:2\nT:Second\nK:G\nG8|\n");
    let photo = write(&test, "photo.jpg", "");
    test.harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    test.steps();
    test.type_into(Role::TextInput, "File", one.to_str().unwrap());
    test.click("Open");
    test.until("it is open", |t| t.tune().is_some_and(|tune| tune.contains("The One")));
    let drop_file = |test: &mut Test, path: PathBuf| {
        test.harness.input_mut().dropped_files.push(Arc::new(Dropped(path)));
        test.steps();
    };
    drop_file(&mut test, photo);
    test.until("it is said", |t| t.says("“photo.jpg” is not a tune. Reelsmith opens .abc files."));
    assert!(test.tune().unwrap().contains("The One"), "the tune stays");
    drop_file(&mut test, book);
    test.until("its tunes are listed", |t| t.says("First") && t.says("Second"));
}

#[test]
fn the_tune_in_the_editor_survives_a_copy_that_broke_off() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let model = folder.path().join("tiny.safetensors");
    std::fs::write(&model, short_tunes().to_bytes(Precision::F32).unwrap()).unwrap();
    let left = data.join("recovery");
    std::fs::create_dir_all(&left).unwrap();
    std::fs::write(left.join("7-0.abc"), "X:1\nT:Left\nK:D\nD8|\n").unwrap();
    let mut test = Test::open_with(folder, &model, Some(data.clone()));
    test.steps();
    assert!(test.tune().is_some_and(|tune| tune.contains("T:Left")), "{:?}", test.tune());
    assert!(test.says("Reelsmith broke off when it ran last. This tune was in the editor."));
    let files = || {
        std::fs::read_dir(&left)
            .unwrap()
            .filter(|e| e.as_ref().unwrap().path().extension() == Some("abc".as_ref()))
            .count()
    };
    test.until("it is kept again", |_| files() == 1);
    let Test { harness, folder } = test;
    drop(harness);
    assert_eq!(files(), 0, "a window that is closed in order leaves nothing");
    drop(folder);
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
