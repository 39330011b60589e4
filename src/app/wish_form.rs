//! The musician's wishes as rows of the Compose panel.

use eframe::egui::{Label, Margin, Response, RichText, TextEdit, Ui};

use super::choices::{Entry, combo, segments, stepper};
use super::fonts;
use super::theme::tokens;
use super::tip::Tip;
use super::widgets::{field_frame, finish_field, form_row};
use crate::abc;
use crate::compose::{Request, Start, Wishes};
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

/// The wishes as they stand in the form.
#[derive(Debug, Clone, Default)]
pub(super) struct WishForm {
    tune_type: Option<TuneType>,
    tonic: Option<Name>,
    mode: Option<Mode>,
    metre: Option<Metre>,
    parts: Option<usize>,
    bars: Option<usize>,
    from: From,
    notes: String,
}

impl WishForm {
    /// The wishes; `editor` is the tune in the editor.
    pub(super) fn wishes(&self, editor: &str) -> Wishes {
        let start = match self.from {
            From::Nothing => Start::Nothing,
            From::Notes if self.notes.trim().is_empty() => Start::Nothing,
            From::Notes => Start::Notes(self.notes.clone()),
            From::Editor => Start::Tune(editor.to_owned()),
        };
        Wishes {
            tune_type: self.tune_type,
            tonic: self.tonic,
            mode: self.mode,
            metre: self.metre.clone(),
            parts: self.parts,
            bars: self.bars,
            start,
            ..Wishes::default()
        }
    }

    /// Wishes for what a request asked for: its type, and what its prompt says of key and metre.
    pub(super) fn wish_like(&mut self, request: &Request) {
        let parsed = abc::parse(&format!("{}\nz|\n", request.prompt.trim_end()));
        let tune = parsed.tunes.first();
        let says = |field| request.prompt.lines().any(|line| line.starts_with(field));
        let key = tune.filter(|_| says("K:")).and_then(|tune| tune.key.key);
        *self = Self {
            tune_type: request.tune_type,
            tonic: key.and_then(|key| key.tonic()),
            mode: key.and_then(|key| key.mode()),
            metre: tune.filter(|_| says("M:")).map(|tune| tune.metre.clone()),
            ..Self::default()
        };
    }

    /// Wishes for a type, in a key if one is said, and leaves the rest open.
    pub(super) fn wish(&mut self, tune_type: TuneType, tonic: Option<Name>, mode: Option<Mode>) {
        *self = Self { tune_type: Some(tune_type), tonic, mode, ..Self::default() };
    }

    /// What the tunes are called in a sentence, one or many.
    pub(super) fn called(&self, count: u64) -> String {
        let name = self.tune_type.unwrap_or(TuneType::Other).name();
        match (count, name) {
            (1, _) => name.to_owned(),
            // Marches, and waltzes.
            _ if name.ends_with("ch") || name.ends_with('z') => format!("{name}es"),
            _ => format!("{name}s"),
        }
    }

    /// Draws the rows. `wrong` is what cannot be met about what the tune begins with.
    pub(super) fn ui(&mut self, ui: &mut Ui, wrong: bool) -> bool {
        let before = self.clone();
        self.tune_type(ui);
        self.key(ui);
        self.metre(ui);
        self.parts(ui);
        self.start(ui, wrong);
        before.notes != self.notes || before.from != self.from
    }

    fn tune_type(&mut self, ui: &mut Ui) {
        let field = form_row(ui, "Tune type", |ui| {
            let width = ui.available_width();
            any_of(ui, "Tune type", width, &mut self.tune_type, &TuneType::COMMON, |of| {
                capitalised(of.name())
            })
        });
        field.tip(
            "The dance. It sets the metre, the form and what the tune is called. A reel and a hornpipe in 4/4 \
             look alike to the network: the rest of it is a wish.",
        );
    }

    fn key(&mut self, ui: &mut Ui) {
        let fields = form_row(ui, "Key", |ui| {
            let left = ((ui.available_width() - GAP) * 0.4).floor();
            let tonics = TONICS.map(Name::from_fifths);
            let tonic = any_of(ui, "Key", left, &mut self.tonic, &tonics, |name| note_in_words(*name));
            ui.add_space(GAP - ui.spacing().item_spacing.x);
            let width = ui.available_width();
            tonic | any_of(ui, "Mode", width, &mut self.mode, &MODES, |mode| mode_in_words(*mode).to_owned())
        });
        fields.tip("The home note and the mode. “Any” lets the tune choose.");
    }

    fn metre(&mut self, ui: &mut Ui) {
        let metres = METRES.map(|(beats, value)| Metre::new(beats, value));
        let field = form_row(ui, "Metre", |ui| {
            let width = ui.available_width();
            any_of(ui, "Metre", width, &mut self.metre, &metres, Metre::to_string)
        });
        field.tip("Beats in a bar. Every bar keeps to it.");
        if let Err(error) = self.wishes("").check() {
            let words = RichText::new(error.to_string()).font(fonts::words(12.5)).color(tokens(ui).error);
            ui.add(Label::new(words).wrap());
        }
    }

    fn parts(&mut self, ui: &mut Ui) {
        let fields = form_row(ui, "Parts", |ui| {
            let left = ((ui.available_width() - GAP) * 0.5).floor();
            let shown = |parts| if parts == 0 { "Any".to_owned() } else { format!("{parts}") };
            let value = self.parts.unwrap_or(0);
            let (parts, new) = stepper(ui, "Parts", "parts", left, value, 0..=MOST_PARTS, shown);
            if let Some(new) = new {
                self.parts = Some(new).filter(|&parts| parts > 0);
            }
            ui.add_space(GAP - ui.spacing().item_spacing.x);
            let width = ui.available_width();
            parts | any_of(ui, "Bars a part", width, &mut self.bars, &BARS, |bars| format!("{bars} bars"))
        });
        fields.tip("How many parts, and bars in each. “Any” takes what is usual for the dance.");
    }

    fn start(&mut self, ui: &mut Ui, wrong: bool) {
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
            let hint = RichText::new("A few notes in ABC").color(t.muted).font(fonts::words(14.0));
            let edit = TextEdit::multiline(&mut self.notes)
                .id_salt("notes")
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
    }
}

/// A field that can be left open.
fn any_of<T: Clone + PartialEq>(
    ui: &mut Ui,
    name: &str,
    width: f32,
    value: &mut Option<T>,
    options: &[T],
    words: impl Fn(&T) -> String,
) -> Response {
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

fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// "B flat".
fn note_in_words(name: Name) -> String {
    let sign = match name.alter {
        1.. => " sharp",
        0 => "",
        _ => " flat",
    };
    format!("{}{sign}", name.letter.to_char())
}

fn mode_in_words(mode: Mode) -> &'static str {
    match mode {
        Mode::Major => "Major",
        Mode::Minor => "Minor",
        Mode::Dorian => "Dorian",
        Mode::Phrygian => "Phrygian",
        Mode::Lydian => "Lydian",
        Mode::Mixolydian => "Mixolydian",
        Mode::Locrian => "Locrian",
    }
}
