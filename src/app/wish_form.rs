//! The musician's wishes as rows of the Compose panel.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use eframe::egui::accesskit::Live;
use eframe::egui::{Id, Label, Margin, Response, RichText, TextEdit, Ui};

use super::abc_editor::choose;
use super::choices::{Entry, combo, segments, stepper};
use super::fonts;
use super::theme::tokens;
use super::tip::Tip;
use super::widgets::{field_frame, finish_field, form_row};
use super::wish_chips::{self, Wished};
use super::words;
use crate::abc::{self, Span};
use crate::compose::request::MOST_CHARACTERS;
use crate::compose::{Aim, Plan, Request, Start, Wishes, wish_words};
use crate::music::{Metre, Mode, Name};
use crate::perform::TuneType;

/// Home notes, on the line of fifths (C is 0), in the order of the scale.
const TONICS: [i32; 11] = [0, 2, -3, 4, -1, 6, 1, 3, -2, 5, -4];
/// The modes the corpus has.
const MODES: [Mode; 4] = [Mode::Major, Mode::Minor, Mode::Dorian, Mode::Mixolydian];
/// The metres the corpus has.
const METRES: [(u16, u16); 8] = [(4, 4), (6, 8), (9, 8), (12, 8), (2, 4), (3, 4), (3, 2), (2, 2)];
const MOST_PARTS: usize = 8;
/// Bars a part usually has.
const BARS: [usize; 4] = [4, 8, 12, 16];

/// How it is kept that the grammar is left out.
const GRAMMAR: &str = "grammar";
const OFF: &str = "off";

/// Two fields in a row stand so far apart.
const GAP: f32 = 6.0;

/// What a tune begins with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum From {
    #[default]
    Nothing,
    Notes,
    Editor,
}

/// What is to become of the music a tune begins with.
const AIMS: [(Aim, &str); 3] =
    [(Aim::Tune, "A whole tune"), (Aim::Section, "One more part"), (Aim::Ending, "An ending")];

/// The wishes as they stand in the form.
#[derive(Debug, Clone, Default)]
pub(super) struct WishForm {
    wished: Wished,
    from: From,
    notes: String,
    aim: Aim,
    /// What is to be chosen in the notes.
    go_to: Option<Span>,
    checked: Option<Checked>,
}

/// Wishes that were looked at, and the bars a tune was to stop after.
#[derive(Debug, Clone)]
struct Checked {
    wished: Wished,
    bars: Option<NonZeroUsize>,
    /// What stands in their way.
    obstacle: Option<String>,
}

impl WishForm {
    /// As it was kept: names and values of wishes.
    pub(super) fn restored(kept: &BTreeMap<String, String>) -> Self {
        let wishes = wish_words::read(|name| kept.get(name).cloned());
        let raw = kept.get(GRAMMAR).is_some_and(|value| value == OFF);
        Self { wished: Wished { wishes, raw }, ..Self::default() }
    }

    /// What is to be kept of it.
    pub(super) fn kept(&self) -> BTreeMap<String, String> {
        let words = wish_words::write(&self.wished.wishes);
        let raw = self.wished.raw.then(|| (GRAMMAR, OFF.to_owned()));
        words.into_iter().chain(raw).map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// What is wished for.
    pub(super) fn wishes(&self) -> &Wishes {
        &self.wished.wishes
    }

    /// Whether the grammar is left out.
    pub(super) fn is_raw(&self) -> bool {
        self.wished.raw
    }

    /// What the tune begins with; `editor` is the tune in the editor.
    pub(super) fn start(&self, editor: &str) -> Start {
        match self.from {
            From::Nothing => Start::Nothing,
            From::Notes if self.notes.trim().is_empty() => Start::Nothing,
            From::Notes => Start::Notes(self.notes.clone()),
            From::Editor => Start::Tune(editor.to_owned()),
        }
    }

    /// What is to become of that.
    pub(super) fn aim(&self) -> Aim {
        if self.from == From::Nothing { Aim::Tune } else { self.aim }
    }

    /// Why no tune can be as wished that stops after so many bars.
    pub(super) fn obstacle(&mut self, bars: Option<NonZeroUsize>) -> Option<&str> {
        let known = self.checked.as_ref().is_some_and(|it| it.wished == self.wished && it.bars == bars);
        if !known {
            let wished = self.wished.clone();
            let wishes = wished.wishes.clone();
            let request = Request { wishes, bars, length: MOST_CHARACTERS, ..Request::default() };
            // Without the grammar wishes are not kept, but those of the header are still to agree.
            let possible =
                if wished.raw { request.wishes.check() } else { Plan::draw(&request, 0).map(drop) };
            let obstacle = possible.err().map(|error| error.to_string());
            self.checked = Some(Checked { wished, bars, obstacle });
        }
        self.checked.as_ref()?.obstacle.as_deref()
    }

    /// Puts the keyboard into the notes, these bytes of them chosen.
    pub(super) fn go_to_notes(&mut self, place: Span) {
        self.go_to = Some(place);
    }

    /// Wishes for what a request asked for.
    pub(super) fn wish_like(&mut self, request: &Request) {
        let mut wishes = request.wishes.clone();
        let parsed = abc::parse(&format!("{}\nz|\n", request.prompt.trim_end()));
        let tune = parsed.tunes.first();
        let begins = tune.is_some_and(|tune| !request.prompt[tune.body as usize..].trim().is_empty());
        let says = |field| request.prompt.lines().any(|line| line.starts_with(field));
        let key = tune.filter(|_| says("K:") && !begins).and_then(|tune| tune.key.key);
        wishes.tonic = wishes.tonic.or(key.and_then(|key| key.tonic()));
        wishes.mode = wishes.mode.or(key.and_then(|key| key.mode()));
        let metre = tune.filter(|_| says("M:") && !begins).map(|tune| tune.metre.clone());
        wishes.metre = wishes.metre.or(metre);
        *self = Self { wished: Wished { wishes, raw: request.raw }, aim: request.aim, ..Self::default() };
        if begins {
            let fields = request.prompt.strip_prefix("X:1\n").unwrap_or(&request.prompt);
            (self.from, self.notes) = (From::Notes, fields.trim_end().to_owned());
        }
    }

    /// Wishes for a type, in a key if one is said, and leaves the rest open.
    pub(super) fn wish(&mut self, tune_type: TuneType, tonic: Option<Name>, mode: Option<Mode>) {
        let wishes = Wishes { tune_type: Some(tune_type), tonic, mode, ..Wishes::default() };
        *self = Self { wished: Wished { wishes, raw: false }, ..Self::default() };
    }

    /// What the tunes are called in a sentence, one or many.
    pub(super) fn called(&self, count: u64) -> String {
        let name = self.wished.wishes.tune_type.unwrap_or(TuneType::Other).name();
        if count == 1 { name.to_owned() } else { words::plural(name) }
    }

    /// Draws the rows. `wrong` says that the tune cannot begin with these notes; whether that was changed.
    pub(super) fn ui(&mut self, ui: &mut Ui, wrong: bool) -> bool {
        let before = (self.notes.clone(), self.from);
        self.tune_type(ui);
        self.key(ui);
        self.metre(ui);
        self.parts(ui);
        self.start_ui(ui, wrong);
        wish_chips::ui(ui, &mut self.wished);
        before != (self.notes.clone(), self.from)
    }

    /// Says below the rows what stands in the way.
    pub(super) fn say_obstacle(&mut self, ui: &mut Ui, bars: Option<NonZeroUsize>) {
        if let Some(words) = self.obstacle(bars) {
            let words = RichText::new(words).font(fonts::words(12.5)).color(tokens(ui).error);
            let said = ui.add(Label::new(words).wrap());
            ui.ctx().accesskit_node_builder(said.id, |node| node.set_live(Live::Polite));
        }
    }

    fn tune_type(&mut self, ui: &mut Ui) {
        let field = form_row(ui, "Tune type", |ui| {
            let width = ui.available_width();
            any_of(ui, "Tune type", width, &mut self.wished.wishes.tune_type, &TuneType::COMMON, |of| {
                words::capitalised(of.name())
            })
        });
        field.tip(
            "The dance. It sets the metre, the form and what the tune is called. A reel and a hornpipe in 4/4 \
             look alike to the network: the rest of it is a wish.",
        );
    }

    fn key(&mut self, ui: &mut Ui) {
        let wishes = &mut self.wished.wishes;
        let fields = form_row(ui, "Key", |ui| {
            let left = ((ui.available_width() - GAP) * 0.4).floor();
            let tonics = TONICS.map(Name::from_fifths);
            let tonic = any_of(ui, "Key", left, &mut wishes.tonic, &tonics, |name| name.in_words());
            ui.add_space(GAP - ui.spacing().item_spacing.x);
            let width = ui.available_width();
            tonic | any_of(ui, "Mode", width, &mut wishes.mode, &MODES, |mode| mode_in_words(*mode))
        });
        fields.tip("The home note and the mode. “Any” lets the tune choose.");
    }

    fn metre(&mut self, ui: &mut Ui) {
        let metres = METRES.map(|(beats, value)| Metre::new(beats, value));
        let field = form_row(ui, "Metre", |ui| {
            let width = ui.available_width();
            any_of(ui, "Metre", width, &mut self.wished.wishes.metre, &metres, Metre::to_string)
        });
        field.tip("Beats in a bar. Every bar keeps to it.");
    }

    fn parts(&mut self, ui: &mut Ui) {
        let wishes = &mut self.wished.wishes;
        let fields = form_row(ui, "Parts", |ui| {
            let left = ((ui.available_width() - GAP) * 0.5).floor();
            let shown = |parts| if parts == 0 { "Any".to_owned() } else { format!("{parts}") };
            let value = wishes.parts.unwrap_or(0);
            let (parts, new) = stepper(ui, "Parts", "parts", left, value, 0..=MOST_PARTS, shown);
            if let Some(new) = new {
                wishes.parts = Some(new).filter(|&parts| parts > 0);
            }
            ui.add_space(GAP - ui.spacing().item_spacing.x);
            let width = ui.available_width();
            parts | any_of(ui, "Bars a part", width, &mut wishes.bars, &BARS, |bars| format!("{bars} bars"))
        });
        fields.tip("How many parts, and bars in each. “Any” takes what is usual for the dance.");
    }

    fn start_ui(&mut self, ui: &mut Ui, wrong: bool) {
        let t = tokens(ui);
        let words = ["Nothing", "Notes", "Editor"];
        let chosen = self.from as usize;
        let new = form_row(ui, "Start from", |ui| {
            let width = ui.available_width();
            segments(ui, "Start from", width, chosen, &words)
        });
        if let Some(new) = new {
            self.from = [From::Nothing, From::Notes, From::Editor][new];
        }
        if self.from == From::Notes {
            let id = Id::unique("notes to start from");
            if let Some(place) = self.go_to.take() {
                choose(ui, id, &self.notes, place);
                ui.memory_mut(|memory| memory.request_focus(id));
            }
            let hint = RichText::new("A few notes in ABC").color(t.muted).font(fonts::words(14.0));
            let edit = TextEdit::multiline(&mut self.notes)
                .id(id)
                .hint_text(hint)
                .font(fonts::mono(13.0))
                .text_color(t.text)
                .frame(field_frame(ui, Margin::symmetric(8, 6)))
                .desired_width(ui.available_width())
                .desired_rows(2);
            let field = ui.add(edit).accessible_name("Notes to start from");
            finish_field(ui, &field, wrong);
            field.tip("The first notes of the tune, such as |:DEF G2A. Notes run from A to G.");
        }
        if self.from != From::Nothing {
            let row = form_row(ui, "Go on to", |ui| {
                let entries = AIMS.map(|(_, words)| Entry::new(words));
                let chosen = AIMS.iter().position(|(aim, _)| *aim == self.aim).unwrap_or(0);
                let width = ui.available_width();
                let (field, new) = combo(ui, "Go on to", width, chosen, &entries);
                self.aim = new.and_then(|new| AIMS.get(new)).map_or(self.aim, |(aim, _)| *aim);
                field
            });
            row.tip("What is to become of it: a tune that begins so, another part, or its last bars.");
        }
    }
}

/// A field that can be left open. A value that is not offered, as of a tune from elsewhere, is one more option.
fn any_of<T: Clone + PartialEq>(
    ui: &mut Ui,
    name: &str,
    width: f32,
    value: &mut Option<T>,
    options: &[T],
    words: impl Fn(&T) -> String,
) -> Response {
    let other = value.clone().filter(|value| !options.contains(value));
    let options: Vec<T> = options.iter().cloned().chain(other).collect();
    let entries: Vec<Entry> =
        std::iter::once(Entry::any()).chain(options.iter().map(|option| Entry::new(words(option)))).collect();
    let chosen =
        value.as_ref().and_then(|value| options.iter().position(|o| o == value)).map_or(0, |at| at + 1);
    let (response, new) = combo(ui, name, width, chosen, &entries);
    if let Some(new) = new {
        *value = new.checked_sub(1).and_then(|at| options.get(at)).cloned();
    }
    response
}

/// In a list, major does not go without saying.
fn mode_in_words(mode: Mode) -> String {
    match mode {
        Mode::Major => "Major".to_owned(),
        other => words::capitalised(other.in_words()),
    }
}
