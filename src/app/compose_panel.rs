//! The Compose panel: what the next tune shall be, and the button that has it written.

use eframe::egui::accesskit::Live;
use eframe::egui::{
    Align2, Color32, Frame, Label, Margin, PointerButton, RichText, ScrollArea, Slider, Stroke, TextEdit, Ui,
    UiBuilder, pos2, vec2,
};

use crate::compose::Request;

use super::command::Command;
use super::fonts::{self, Icon};
use super::seed::Seed;
use super::theme::tokens;
use super::widgets::{Push, Weight, field_frame, finish_field, form_label, form_row, section};

/// The words under the slider stand where their temperature does: evenly from the least to the most.
const DARING: [&str; 5] = ["Safe", "Steady", "Lively", "Bold", "Wild"];
const LEAST_DARING: f32 = 0.4;
const MOST_DARING: f32 = 1.2;
const USUAL_DARING: f32 = 0.8;

/// A line of the status under the button.
const STATUS_LINE: f32 = 18.0;

/// The musician's wishes.
#[derive(Debug, Clone)]
pub(super) struct ComposePanel {
    prompt: String,
    temperature: f32,
    seed: Seed,
}

impl Default for ComposePanel {
    fn default() -> Self {
        Self { prompt: String::new(), temperature: USUAL_DARING, seed: Seed::default() }
    }
}

/// What the panel shows of the world outside it.
#[derive(Debug)]
pub(super) struct Surroundings<'a> {
    /// The model's name, once it is open.
    pub(super) model: Option<&'a str>,
    /// Where the model comes from, in words.
    pub(super) model_source: &'a str,
    /// The device it runs on, in words.
    pub(super) device: &'a str,
    /// A tune is being written.
    pub(super) writing: bool,
    /// Why nothing can be composed, if so.
    pub(super) obstacle: Option<&'a str>,
    /// One line under the button.
    pub(super) status: &'a str,
    /// The last attempt failed because of the prompt.
    pub(super) prompt_is_wrong: bool,
}

impl ComposePanel {
    /// The request these wishes make; takes a new seed if it is time for one. `None` while the seed
    /// is no number.
    pub(super) fn take_request(&mut self) -> Option<Request> {
        let seed = self.seed.take()?;
        Some(Request {
            prompt: self.prompt.clone(),
            temperature: self.temperature,
            seed,
            ..Request::default()
        })
    }

    /// The last request came to no tune: its seed is the next one's again.
    pub(super) fn give_back_seed(&mut self) {
        self.seed.give_back();
    }

    /// Draws the panel; returns whether the prompt was edited.
    pub(super) fn ui(&mut self, ui: &mut Ui, around: &Surroundings<'_>, commands: &mut Vec<Command>) -> bool {
        let place = ui.max_rect();
        let (sides, ends) = (16.0, 12.0);
        let status = around.status.to_owned();
        let lines = ui.painter().layout(
            status,
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
                        form.show(ui, |ui| self.form(ui, around)).inner
                    })
                    .inner
            })
            .inner;
        let hairline = Stroke::new(1.0, tokens(ui).line);
        ui.painter().hline(place.x_range(), ui.painter().round_to_pixel_center(edge), hairline);
        let foot = place.with_min_y(edge).shrink2(vec2(sides, ends));
        ui.scope_builder(UiBuilder::new().max_rect(foot), |ui| self.foot(ui, around, commands));
        changed
    }

    fn form(&mut self, ui: &mut Ui, around: &Surroundings<'_>) -> bool {
        let t = tokens(ui);
        ui.label(RichText::new("Compose").font(fonts::caslon(17.0)).line_height(Some(24.0)));
        ui.add_space(2.0);
        let changed = self.start_from(ui, around.prompt_is_wrong);
        section(ui, "How daring");
        self.daring(ui);
        section(ui, "This time");
        form_row(ui, "Seed", |ui| self.seed.ui(ui));
        if self.seed.value().is_none() {
            ui.label(RichText::new("A seed is a whole number.").font(fonts::words(12.5)).color(t.error));
        }
        let model = around.model.unwrap_or("None");
        form_row(ui, "Model", |ui| ui.add(Label::new(model).truncate())).on_hover_text(around.model_source);
        if around.model.is_some() {
            form_row(ui, "Runs on", |ui| ui.add(Label::new(around.device).truncate()))
                .on_hover_text("Where the writing is done.");
        }
        changed
    }

    fn start_from(&mut self, ui: &mut Ui, wrong: bool) -> bool {
        let t = tokens(ui);
        let label = form_label(ui, "Start from");
        let hint = RichText::new("Nothing, or some ABC of yours").color(t.muted).font(fonts::words(14.0));
        let edit = TextEdit::multiline(&mut self.prompt)
            .id_salt("prompt")
            .hint_text(hint)
            .font(fonts::mono(13.0))
            .text_color(t.text)
            .frame(field_frame(ui, Margin::symmetric(8, 6)))
            .desired_width(ui.available_width())
            .desired_rows(3);
        let field = ui.add(edit).labelled_by(label.id);
        finish_field(ui, &field, wrong);
        let changed = field.changed();
        field
            .on_hover_text("Nothing, or the first lines of a tune in ABC: M:6/8, K:G, a few notes of yours.");
        changed
    }

    fn daring(&mut self, ui: &mut Ui) {
        let t = tokens(ui);
        let word = (self.temperature - LEAST_DARING) / (MOST_DARING - LEAST_DARING) * 4.0;
        let word = DARING[(word.round() as usize).min(4)];
        let tip = format!(
            "How freely the tune may wander. Lively suits most dances. (Temperature {:.2})",
            self.temperature
        );
        let groove = ui
            .horizontal(|ui| {
                let width = ui.available_width() - 44.0;
                let visuals = &mut ui.style_mut().visuals;
                for state in
                    [&mut visuals.widgets.inactive, &mut visuals.widgets.hovered, &mut visuals.widgets.active]
                {
                    state.bg_fill = t.line;
                    state.corner_radius = 2.into();
                    state.fg_stroke = Stroke::NONE;
                }
                visuals.selection.bg_fill = t.accent;
                ui.spacing_mut().slider_width = width;
                ui.spacing_mut().interact_size.y = 20.0;
                let slider = Slider::new(&mut self.temperature, LEAST_DARING..=MOST_DARING)
                    .step_by(0.05)
                    .show_value(false)
                    .trailing_fill(true);
                let slider = ui.add(slider).accessible_name("How daring");
                self.knob(ui, &slider);
                // A drag needs no click, so egui reports none for a slider: ask the pointer.
                let twice = ui.input(|i| i.pointer.button_double_clicked(PointerButton::Primary));
                if twice && slider.contains_pointer() {
                    self.temperature = USUAL_DARING;
                }
                let slider = slider.on_hover_text(tip);
                let place = pos2(ui.max_rect().right(), slider.rect.center().y);
                let number = format!("{:.2}", self.temperature);
                ui.painter().text(place, Align2::RIGHT_CENTER, number, fonts::words(14.0), t.text);
                slider.rect
            })
            .inner;
        // The words are the slider's legend: drawn, not widgets.
        let (line, _) =
            ui.allocate_exact_size(vec2(ui.available_width(), 16.0), eframe::egui::Sense::hover());
        let names = DARING.map(|name| {
            let (font, colour) =
                if name == word { (fonts::strong(11.5), t.text) } else { (fonts::words(11.5), t.muted) };
            ui.painter().layout_no_wrap(name.to_owned(), font, colour)
        });
        let gap = (groove.width() - names.iter().map(|name| name.size().x).sum::<f32>()) / 4.0;
        let mut x = groove.left();
        for name in names {
            let (width, height) = (name.size().x, name.size().y);
            ui.painter().galley(pos2(x, line.center().y - height / 2.0), name, t.text);
            x += width + gap;
        }
    }

    /// Draws the slider's knob: egui's takes the groove's colour.
    fn knob(&self, ui: &Ui, slider: &eframe::egui::Response) {
        let t = tokens(ui);
        let along = (self.temperature - LEAST_DARING) / (MOST_DARING - LEAST_DARING);
        let centre =
            pos2(slider.rect.left() + 8.0 + (slider.rect.width() - 16.0) * along, slider.rect.center().y);
        let fill = if slider.hovered() || slider.dragged() { t.hover } else { t.raised };
        ui.painter().circle_filled(centre + vec2(0.0, 1.0), 8.5, Color32::from_black_alpha(28));
        ui.painter().circle(centre, 8.0, fill, Stroke::new(1.0, t.accent));
        if slider.has_focus() {
            ui.painter().circle_stroke(centre, 11.0, Stroke::new(2.0, t.selection));
        }
    }

    fn foot(&mut self, ui: &mut Ui, around: &Surroundings<'_>, commands: &mut Vec<Command>) {
        let t = tokens(ui);
        if around.writing {
            let keys = Command::Cancel.keys(ui.ctx()).unwrap_or_default();
            let cancel = Push::new(Weight::BigPlain, "Cancel").icon(Icon::STOP).keys(keys).wide();
            let cancel = ui.add(cancel).on_hover_text("Stops writing. What was written is kept.");
            // The second click of a double click on Compose lands here and means nothing.
            if cancel.clicked() && !cancel.double_clicked() {
                commands.push(Command::Cancel);
            }
        } else {
            let obstacle =
                if self.seed.value().is_none() { Some("A seed is a whole number.") } else { around.obstacle };
            let keys = Command::Compose.keys(ui.ctx()).unwrap_or_default();
            let compose = Push::new(Weight::Big, "Compose").icon(Icon::PEN).keys(keys).wide();
            let mut button = ui.add_enabled(obstacle.is_none(), compose);
            if let Some(obstacle) = obstacle {
                button = button.on_disabled_hover_text(obstacle);
                ui.ctx().accesskit_node_builder(button.id, |node| node.set_description(obstacle));
            }
            if button.clicked() {
                commands.push(Command::Compose);
            }
        }
        ui.vertical_centered(|ui| {
            let words = RichText::new(around.status)
                .font(fonts::words(13.0))
                .color(t.muted)
                .line_height(Some(STATUS_LINE));
            let status = ui.add(Label::new(words).wrap());
            ui.ctx().accesskit_node_builder(status.id, |node| node.set_live(Live::Polite));
        });
    }
}
