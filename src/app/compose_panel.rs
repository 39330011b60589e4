//! The Compose panel: what the next tune shall be, and the button that has it written.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;

use eframe::egui::accesskit::Live;
use eframe::egui::{
    Color32, Frame, Label, Margin, Rect, RichText, ScrollArea, Stroke, Ui, UiBuilder, pos2, vec2,
};

use super::choices::{Entry, combo, stepper};
use super::command::Command;
use super::daring::Daring;
use super::fonts::{self, Icon};
use super::pace::Pace;
use super::seed::Seed;
use super::theme::tokens;
use super::tip::Tip;
use super::widgets::{Push, Weight, form_row, section};
use super::wish_form::WishForm;
use crate::abc::Span;
use crate::compose::{Aim, Request, Start, Wishes};
use crate::model::DeviceName;
use crate::music::{Mode, Name};
use crate::perform::TuneType;
use crate::settings::ModelSource;

/// The most tunes at once: a tab for each.
const MOST_TUNES: usize = 12;
/// What a tune may be ended after, in bars.
const STOP_AFTER: [usize; 4] = [32, 64, 96, 128];
const NO_SEED: &str = "A seed is a whole number.";
/// A line of the status under the button.
const STATUS_LINE: f32 = 18.0;

/// What the musician asks for.
#[derive(Debug, Clone)]
pub(super) struct ComposePanel {
    form: WishForm,
    daring: Daring,
    tunes: usize,
    seed: Seed,
    stop_after: usize,
}

impl Default for ComposePanel {
    fn default() -> Self {
        Self {
            form: WishForm::default(),
            daring: Daring::default(),
            tunes: 6,
            seed: Seed::default(),
            stop_after: 64,
        }
    }
}

/// What one press of the button asks for.
#[derive(Debug, Clone)]
pub(super) struct Order {
    /// What the tunes are to be.
    pub(super) wishes: Wishes,
    /// What they begin with, and what is to become of it.
    pub(super) start: Start,
    pub(super) aim: Aim,
    /// What they begin with is cut back to its last good bar.
    pub(super) cut: bool,
    /// They are written without the grammar.
    pub(super) raw: bool,
    /// How daring.
    pub(super) temperature: f32,
    /// How many.
    pub(super) count: u64,
    /// The random seed.
    pub(super) seed: u64,
    /// When to give a tune up.
    pub(super) bars: Option<NonZeroUsize>,
}

/// What the panel shows of the world outside it.
#[derive(Debug)]
pub(super) struct Surroundings<'a> {
    /// The model's name, once it is open.
    pub(super) model: Option<&'a str>,
    /// Where the model comes from.
    pub(super) model_source: Option<&'a ModelSource>,
    /// The devices there are; the first is the one in use.
    pub(super) devices: &'a [Device],
    /// Tunes are being written, and this part of them is done.
    pub(super) writing: Option<f32>,
    /// Why nothing can be composed, if so.
    pub(super) obstacle: Option<&'a str>,
    /// One line under the button; without it, what the tunes will take.
    pub(super) status: Option<&'a str>,
    /// What the last attempt failed by was what the tune was to begin with.
    pub(super) start_is_wrong: bool,
}

/// A place where the network can run.
#[derive(Debug, Clone)]
pub(super) struct Device {
    /// By name.
    pub(super) name: DeviceName,
    /// In words.
    pub(super) words: String,
    /// How fast it has been found to write.
    pub(super) pace: Option<Pace>,
}

impl ComposePanel {
    /// With wishes as they were kept.
    pub(super) fn restored(wishes: &BTreeMap<String, String>) -> Self {
        Self { form: WishForm::restored(wishes), ..Self::default() }
    }

    /// The wishes, to be kept.
    pub(super) fn kept(&self) -> BTreeMap<String, String> {
        self.form.kept()
    }

    /// What is asked for, with the tune in the editor; takes a new seed if it is time for one. `None` while
    /// the seed is no number.
    pub(super) fn order(&mut self, editor: &str) -> Option<Order> {
        let seed = self.seed.take()?;
        Some(Order {
            wishes: self.form.wishes().clone(),
            start: self.form.start(editor),
            aim: self.form.aim(),
            cut: false,
            raw: self.form.is_raw(),
            temperature: self.daring.temperature(),
            count: self.tunes as u64,
            seed,
            bars: NonZeroUsize::new(self.stop_after),
        })
    }

    /// Asks for what a request asked for: another tune like its.
    pub(super) fn ask_like(&mut self, request: &Request) {
        self.form.wish_like(request);
        self.daring = Daring::new(request.temperature);
        self.stop_after = request.bars.map_or(self.stop_after, NonZeroUsize::get);
        self.seed = Seed::default();
    }

    /// Asks for a tune of a type, in a key if one is said.
    pub(super) fn wish(&mut self, tune_type: TuneType, tonic: Option<Name>, mode: Option<Mode>) {
        self.form.wish(tune_type, tonic, mode);
    }

    /// Puts the keyboard into the notes to start from, these bytes of them chosen.
    pub(super) fn go_to_notes(&mut self, place: Span) {
        self.form.go_to_notes(place);
    }

    /// How daring what is written is to be.
    pub(super) fn temperature(&self) -> f32 {
        self.daring.temperature()
    }

    /// The last order came to no tune: its seed is the next one's again.
    pub(super) fn give_back_seed(&mut self) {
        self.seed.give_back();
    }

    /// What stands in the way in the form itself.
    fn own_obstacle(&mut self) -> Option<&str> {
        if self.seed.value().is_none() {
            return Some(NO_SEED);
        }
        self.form.obstacle(NonZeroUsize::new(self.stop_after))
    }

    /// The line under the button before it is pressed: `6 reels in about half a second`.
    fn forecast(&self, around: &Surroundings<'_>) -> String {
        let called = self.form.called(self.tunes as u64);
        let pace = around.devices.first().and_then(|device| device.pace);
        match pace {
            Some(pace) => format!("{} {called} in {}", self.tunes, pace.words(self.tunes)),
            None => String::new(),
        }
    }

    /// Draws the panel; returns whether what the tune begins with was changed.
    pub(super) fn ui(&mut self, ui: &mut Ui, around: &Surroundings<'_>, commands: &mut Vec<Command>) -> bool {
        let place = ui.max_rect();
        let (sides, ends) = (16.0, 12.0);
        let status = around.status.map_or_else(|| self.forecast(around), str::to_owned);
        let lines = ui.painter().layout(
            status.clone(),
            fonts::words(13.0),
            Color32::PLACEHOLDER,
            place.width() - 2.0 * sides,
        );
        let foot = 46.0 + ui.spacing().item_spacing.y + lines.rows.len() as f32 * STATUS_LINE;
        let edge = place.bottom() - foot - 2.0 * ends;
        // The form is drawn first, so that the Tab key comes to the button last.
        let changed = ui
            .scope_builder(UiBuilder::new().max_rect(place.with_max_y(edge)), |ui| {
                ScrollArea::vertical()
                    .auto_shrink([false, false])
                    .show(ui, |ui| {
                        let form =
                            Frame::new().inner_margin(Margin { left: 16, right: 16, top: 8, bottom: 12 });
                        form.show(ui, |ui| self.form(ui, around, commands)).inner
                    })
                    .inner
            })
            .inner;
        let hairline = Stroke::new(1.0, tokens(ui).line);
        ui.painter().hline(place.x_range(), ui.painter().round_to_pixel_center(edge), hairline);
        let foot = place.with_min_y(edge).shrink2(vec2(sides, ends));
        ui.scope_builder(UiBuilder::new().max_rect(foot), |ui| self.foot(ui, around, &status, commands));
        changed
    }

    fn form(&mut self, ui: &mut Ui, around: &Surroundings<'_>, commands: &mut Vec<Command>) -> bool {
        let t = tokens(ui);
        ui.label(RichText::new("Compose").font(fonts::caslon(17.0)).line_height(Some(24.0)));
        ui.add_space(2.0);
        let changed = self.form.ui(ui, around.start_is_wrong);
        self.form.say_obstacle(ui, NonZeroUsize::new(self.stop_after));
        section(ui, "How daring");
        self.daring.ui(ui);
        section(ui, "This time");
        self.tunes(ui);
        form_row(ui, "Seed", |ui| self.seed.ui(ui));
        if self.seed.value().is_none() {
            ui.label(RichText::new(NO_SEED).font(fonts::words(12.5)).color(t.error));
        }
        self.stop_after(ui);
        self.model(ui, around, commands);
        self.device(ui, around, commands);
        changed
    }

    fn tunes(&mut self, ui: &mut Ui) {
        let t = tokens(ui);
        let row = form_row(ui, "Tunes", |ui| {
            let number = |tunes: usize| tunes.to_string();
            let (field, new) =
                stepper(ui, "Tunes at once", "tunes", 74.0, self.tunes, 1..=MOST_TUNES, number);
            self.tunes = new.unwrap_or(self.tunes);
            ui.add_space(5.0);
            ui.label(RichText::new("best first").font(fonts::words(13.0)).color(t.muted));
            field
        });
        row.tip("How many are written at once. Those the network itself finds likeliest come first.");
    }

    fn stop_after(&mut self, ui: &mut Ui) {
        let field = form_row(ui, "Stop after", |ui| {
            let entries = STOP_AFTER.map(|bars| Entry::new(format!("{bars} bars")));
            let chosen = STOP_AFTER.iter().position(|&bars| bars == self.stop_after).unwrap_or(0);
            let width = ui.available_width();
            let (field, new) = combo(ui, "Stop after", width, chosen, &entries);
            self.stop_after = new.map_or(self.stop_after, |new| STOP_AFTER[new]);
            field
        });
        field.tip("Ends a tune that will not end by itself.");
    }

    fn model(&self, ui: &mut Ui, around: &Surroundings<'_>, commands: &mut Vec<Command>) {
        let field = form_row(ui, "Model", |ui| {
            let mut entries = vec![Entry::new(around.model.unwrap_or("Not open"))];
            let mut wishes = vec![None];
            if let (Some(source), Some(entry)) = (around.model_source, entries.first_mut()) {
                *entry = entry.clone().detail(source.to_string());
            }
            if around.model_source != Some(&ModelSource::BuiltIn) {
                entries.push(Entry::new("Reelsmith’s own").detail("the checkpoint inside the program"));
                wishes.push(Some(Command::UseOwnModel));
            }
            entries.push(Entry::new("Choose a file…"));
            wishes.push(Some(Command::ChooseModel));
            let width = ui.available_width();
            let (field, new) = combo(ui, "Model", width, 0, &entries);
            commands.extend(new.and_then(|new| wishes.get(new).copied().flatten()));
            field
        });
        field.tip("The network that writes.");
    }

    fn device(&self, ui: &mut Ui, around: &Surroundings<'_>, commands: &mut Vec<Command>) {
        if around.model.is_none() {
            return;
        }
        let field = form_row(ui, "Runs on", |ui| {
            let entries: Vec<Entry> = around
                .devices
                .iter()
                .map(|device| {
                    let cost = device.pace.map_or_else(
                        || "Not tried yet.".to_owned(),
                        |pace| format!("Six tunes in {}.", pace.words(6)),
                    );
                    Entry::new(&device.words).detail(cost)
                })
                .collect();
            let width = ui.available_width();
            let (field, new) = combo(ui, "Runs on", width, 0, &entries);
            if let Some(device) = new.and_then(|new| around.devices.get(new)) {
                commands.push(Command::RunOn(device.name));
            }
            field
        });
        field.tip("Where the writing is done, and how long six tunes take there.");
    }

    fn foot(&mut self, ui: &mut Ui, around: &Surroundings<'_>, status: &str, commands: &mut Vec<Command>) {
        let t = tokens(ui);
        if let Some(done) = around.writing {
            let keys = Command::Cancel.keys(ui.ctx()).unwrap_or_default();
            let cancel = Push::new(Weight::BigPlain, "Cancel").icon(Icon::STOP).keys(keys).wide();
            let cancel = ui.add(cancel).tip("Stops writing. What was written is kept.");
            // The second click of a double click on Compose, and a third, lands here and means nothing.
            if cancel.clicked() && !cancel.double_clicked() && !cancel.triple_clicked() {
                commands.push(Command::Cancel);
            }
            progress(ui, done);
        } else {
            let obstacle = self.own_obstacle().or(around.obstacle);
            let keys = Command::Compose.keys(ui.ctx()).unwrap_or_default();
            let compose = Push::new(Weight::Big, "Compose").icon(Icon::PEN).keys(keys).wide();
            let mut button = ui.add_enabled(obstacle.is_none(), compose);
            if let Some(obstacle) = obstacle {
                button = button.tip_off(obstacle);
                ui.ctx().accesskit_node_builder(button.id, |node| node.set_description(obstacle));
            }
            if button.clicked() {
                commands.push(Command::Compose);
            }
        }
        ui.vertical_centered(|ui| {
            let words =
                RichText::new(status).font(fonts::words(13.0)).color(t.muted).line_height(Some(STATUS_LINE));
            let status = ui.add(Label::new(words).wrap());
            ui.ctx().accesskit_node_builder(status.id, |node| node.set_live(Live::Polite));
        });
    }
}

/// A line that fills up below the button.
fn progress(ui: &Ui, done: f32) {
    let t = tokens(ui);
    let above = ui.min_rect();
    let groove = Rect::from_min_size(pos2(above.left(), above.bottom() + 2.0), vec2(above.width(), 3.0));
    ui.painter().rect_filled(groove, 2, t.line);
    ui.painter().rect_filled(groove.with_max_x(groove.left() + groove.width() * done), 2, t.accent);
}
