//! What the program has to say about itself: a sign, a sentence, and what can be done about it, on a card.

use std::path::PathBuf;

use eframe::egui::accesskit::Live;
use eframe::egui::{Align, Align2, Color32, Label, Layout, OpenUrl, RichText, Sense, Ui, vec2};

use super::command::Command;
use super::fonts::{self, Icon};
use super::theme::tokens;
use super::widgets::{Push, Weight, icon_button};

/// Longer words go on on another line.
const WORDS: f32 = 280.0;
/// So many buttons stand beside the words, more stand below them.
const BESIDE: usize = 2;
/// So long stays what went well, in seconds; a little longer where there is something to press.
const STAYS: f64 = 6.0;
const STAYS_TO_BE_PRESSED: f64 = 12.0;

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Severity {
    /// It went well.
    Success,
    /// Something is missing that one can do without.
    Warning,
    /// It failed.
    Error,
}

/// One thing said.
#[derive(Debug, Clone)]
pub(super) struct Notice {
    severity: Severity,
    words: String,
    remedies: Vec<(&'static str, Command)>,
    /// A folder that can be shown.
    folder: Option<PathBuf>,
    /// When it was seen first.
    since: Option<f64>,
}

impl Notice {
    /// A sentence.
    pub(super) fn new(severity: Severity, words: impl Into<String>) -> Self {
        Self { severity, words: words.into(), remedies: Vec::new(), folder: None, since: None }
    }

    /// A button that does something about it.
    pub(super) fn remedy(mut self, words: &'static str, command: Command) -> Self {
        self.remedies.push((words, command));
        self
    }

    /// A button that shows a folder.
    pub(super) fn show(mut self, folder: PathBuf) -> Self {
        self.folder = Some(folder);
        self
    }

    /// Whether a button of it does this.
    pub(super) fn offers(&self, command: Command) -> bool {
        self.remedies.iter().any(|(_, remedy)| *remedy == command)
    }

    /// Seen at a time, in seconds: how long it stays yet; `None` for what stays until it is taken away.
    pub(super) fn stays(&mut self, now: f64) -> Option<f64> {
        let since = *self.since.get_or_insert(now);
        let pressed = self.folder.is_some() || !self.remedies.is_empty();
        let stays = if pressed { STAYS_TO_BE_PRESSED } else { STAYS };
        (self.severity == Severity::Success).then_some(since + stays - now)
    }

    /// Draws what stands on its card.
    pub(super) fn ui(&self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let t = tokens(ui);
        let (icon, colour) = match self.severity {
            Severity::Success => (Icon::CHECK_CIRCLE, t.success),
            Severity::Warning => (Icon::WARNING, t.warning),
            Severity::Error => (Icon::ERROR, t.error),
        };
        row(ui, icon, colour, &self.words, |ui| {
            if let Some(folder) = &self.folder
                && ui.add(Push::new(Weight::Plain, "Show")).clicked()
            {
                ui.ctx().open_url(OpenUrl::new_tab(format!("file://{}", folder.display())));
            }
            if self.remedies.len() <= BESIDE {
                self.offer(ui, commands);
            }
            if icon_button(ui, Icon::CLOSE, "Dismiss", None).clicked() {
                commands.push(Command::Dismiss);
            }
        });
        if self.remedies.len() > BESIDE {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 4.0;
                self.offer(ui, commands);
            });
        }
    }

    /// The buttons that do something about it.
    fn offer(&self, ui: &mut Ui, commands: &mut Vec<Command>) {
        for (words, command) in &self.remedies {
            if ui.add(Push::new(Weight::Plain, words)).clicked() {
                commands.push(*command);
            }
        }
    }
}

/// A sign, words, and buttons behind them; all in the middle of as many lines as the words take.
pub(super) fn row(ui: &mut Ui, icon: Icon, colour: Color32, words: &str, buttons: impl FnOnce(&mut Ui)) {
    let t = tokens(ui);
    let galley = ui.painter().layout(words.to_owned(), fonts::words(14.0), t.text, WORDS);
    let lines = galley.rows.len() as f32 * 20.0;
    let height = lines.max(30.0);
    let middle = Layout::left_to_right(Align::Center);
    ui.allocate_ui_with_layout(vec2(0.0, height), middle, |ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let (place, _) = ui.allocate_exact_size(vec2(18.0, height), Sense::hover());
        ui.painter().text(place.center(), Align2::CENTER_CENTER, icon.sign, icon.font(18.0), colour);
        ui.allocate_ui_with_layout(
            vec2(galley.size().x.ceil() + 1.0, lines),
            Layout::top_down(Align::Min),
            |ui| {
                let words =
                    RichText::new(words).font(fonts::words(14.0)).color(t.text).line_height(Some(20.0));
                let label = ui.add(Label::new(words).wrap().selectable(true));
                ui.ctx().accesskit_node_builder(label.id, |node| node.set_live(Live::Polite));
            },
        );
        ui.add_space(4.0);
        ui.spacing_mut().item_spacing.x = 4.0;
        buttons(ui);
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_went_well_goes_by_itself_and_what_failed_stays() {
        let mut saved = Notice::new(Severity::Success, "Saved.");
        assert_eq!(saved.stays(100.0), Some(STAYS));
        assert_eq!(saved.stays(104.0), Some(STAYS - 4.0));
        assert_eq!(Notice::new(Severity::Error, "Not saved.").stays(0.0), None);
    }
}
