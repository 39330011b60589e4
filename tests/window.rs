//! The window, through its accessibility tree: no display and no sound card.

mod composing;
mod files;
mod first_start;
mod panels;
mod storm;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, vec2};
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

    /// A window that is not opened for the very first time.
    pub(crate) fn open_as(folder: TempDir, options: Options) -> Self {
        if let Some(data) = options.data.as_deref().filter(|data| !data.join("settings.toml").exists()) {
            std::fs::create_dir_all(data).unwrap();
            std::fs::write(data.join("settings.toml"), "").unwrap();
        }
        Self::open_first(folder, options)
    }

    fn open_first(folder: TempDir, options: Options) -> Self {
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
