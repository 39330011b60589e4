//! What the program has to say about itself: a strip above the paper, with a sign, a sentence, and
//! at most one thing to do about it.

use eframe::egui::accesskit::Live;
use eframe::egui::{Align, Align2, Frame, Label, Layout, Margin, RichText, Sense, Ui, vec2};

use super::command::Command;
use super::fonts::{self, Icon};
use super::theme::tokens;
use super::widgets::{Push, Weight, icon_button};

/// The height of a button beside which the first line of the words stands.
const LINE_HEIGHT: f32 = 30.0;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Severity {
    /// It went well.
    Success,
    /// It failed.
    Error,
}

/// One thing said.
#[derive(Debug, Clone)]
pub(super) struct Notice {
    severity: Severity,
    words: String,
    remedy: Option<(&'static str, Command)>,
}

impl Notice {
    /// A sentence.
    pub(super) fn new(severity: Severity, words: impl Into<String>) -> Self {
        Self { severity, words: words.into(), remedy: None }
    }

    /// A button that does something about it.
    pub(super) fn remedy(mut self, words: &'static str, command: Command) -> Self {
        self.remedy = Some((words, command));
        self
    }

    /// Draws the strip.
    pub(super) fn ui(&self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let t = tokens(ui);
        let (icon, sign, ground) = match self.severity {
            Severity::Success => (Icon::CHECK_CIRCLE, t.success, t.ok_soft),
            Severity::Error => (Icon::ERROR, t.error, t.err_soft),
        };
        let frame = Frame::new().fill(ground).corner_radius(6).inner_margin(Margin::symmetric(12, 6));
        frame.show(ui, |ui| {
            // Sign, words and buttons stand on the first line, however many lines the words take.
            ui.with_layout(Layout::right_to_left(Align::Min), |ui| {
                if icon_button(ui, Icon::CLOSE, "Dismiss", None).clicked() {
                    commands.push(Command::Dismiss);
                }
                if let Some((words, command)) = &self.remedy
                    && ui.add(Push::new(Weight::Plain, words)).clicked()
                {
                    commands.push(*command);
                }
                ui.add_space(6.0);
                ui.with_layout(Layout::left_to_right(Align::Min), |ui| {
                    let (place, _) = ui.allocate_exact_size(vec2(18.0, LINE_HEIGHT), Sense::hover());
                    let sign_font = icon.font(18.0);
                    ui.painter().text(place.center(), Align2::CENTER_CENTER, icon.sign, sign_font, sign);
                    ui.vertical(|ui| {
                        ui.add_space((LINE_HEIGHT - 20.0) / 2.0);
                        let words = RichText::new(&self.words).font(fonts::words(14.0)).color(sign);
                        let words = words.line_height(Some(20.0));
                        let label = ui.add(Label::new(words).wrap().selectable(true));
                        ui.ctx().accesskit_node_builder(label.id, |node| node.set_live(Live::Polite));
                    });
                });
            });
        });
    }
}
