//! How daring the next tune is to be: the temperature, with words under its slider.

use eframe::egui::{Align2, Color32, PointerButton, Response, Sense, Slider, Stroke, Ui, pos2, vec2};

use super::fonts;
use super::theme::tokens;
use super::tip::Tip;

/// The words under the slider stand where their temperature does: evenly from the least to the most.
const WORDS: [&str; 5] = ["Safe", "Steady", "Lively", "Bold", "Wild"];
const LEAST: f32 = 0.4;
const MOST: f32 = 1.2;
const USUAL: f32 = 0.8;

/// The temperature.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Daring(f32);

impl Default for Daring {
    fn default() -> Self {
        Self(USUAL)
    }
}

impl Daring {
    /// That of a temperature, or the nearest there is.
    pub(super) fn new(temperature: f32) -> Self {
        if temperature.is_finite() { Self(temperature.clamp(LEAST, MOST)) } else { Self::default() }
    }

    /// As the network takes it.
    pub(super) fn temperature(self) -> f32 {
        self.0
    }

    /// Draws the slider and its words.
    pub(super) fn ui(&mut self, ui: &mut Ui) {
        let t = tokens(ui);
        let word = (self.0 - LEAST) / (MOST - LEAST) * 4.0;
        let word = WORDS[(word.round() as usize).min(4)];
        let tip =
            format!("How freely the tune may wander. Lively suits most dances. (Temperature {:.2})", self.0);
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
                let slider = Slider::new(&mut self.0, LEAST..=MOST)
                    .step_by(0.05)
                    .show_value(false)
                    .trailing_fill(true);
                let slider = ui.add(slider).accessible_name("How daring");
                self.knob(ui, &slider);
                // A drag needs no click, so egui reports none for a slider: ask the pointer.
                let twice = ui.input(|i| i.pointer.button_double_clicked(PointerButton::Primary));
                if twice && slider.contains_pointer() {
                    self.0 = USUAL;
                }
                let slider = slider.tip(tip);
                let place = pos2(ui.max_rect().right(), slider.rect.center().y);
                let number = format!("{:.2}", self.0);
                ui.painter().text(place, Align2::RIGHT_CENTER, number, fonts::words(14.0), t.text);
                slider.rect
            })
            .inner;
        // The words are the slider's legend: drawn, not widgets.
        let (line, _) = ui.allocate_exact_size(vec2(ui.available_width(), 16.0), Sense::hover());
        let names = WORDS.map(|name| {
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
    fn knob(&self, ui: &Ui, slider: &Response) {
        let t = tokens(ui);
        let along = (self.0 - LEAST) / (MOST - LEAST);
        let centre =
            pos2(slider.rect.left() + 8.0 + (slider.rect.width() - 16.0) * along, slider.rect.center().y);
        let fill = if slider.hovered() || slider.dragged() { t.hover } else { t.raised };
        ui.painter().circle_filled(centre + vec2(0.0, 1.0), 8.5, Color32::from_black_alpha(28));
        ui.painter().circle(centre, 8.0, fill, Stroke::new(1.0, t.accent));
        if slider.has_focus() {
            ui.painter().circle_stroke(centre, 11.0, Stroke::new(2.0, t.selection));
        }
    }
}
