//! What stands at the caret, and what is wrong with the text, as a list: each line leads to its place.

use eframe::egui::text::{LayoutJob, TextFormat};
use eframe::egui::{Color32, Frame, Margin, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2};

use super::fonts::{self, Icon};
use super::page::Page;
use super::theme::{Tokens, tokens};
use super::tip::Tip;
use super::widgets::focus_ring;
use crate::abc::{Diagnostic, Severity, Span};

/// A problem was chosen: the bytes it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Choice(pub(super) Span);

/// What is told of one place in the text, or of chosen bars.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct About {
    /// The caption.
    pub(super) head: &'static str,
    /// What it is about; empty if there is nothing to tell.
    pub(super) what: String,
    /// What is to be said about it.
    pub(super) words: String,
}

/// The colour of a severity.
pub(super) fn colour(t: &Tokens, severity: Severity) -> Color32 {
    match severity {
        Severity::Note => t.muted,
        Severity::Warning => t.warning,
        Severity::Error => t.error,
    }
}

/// Draws the column.
pub(super) fn ui(ui: &mut Ui, page: &Page, about: &About) -> Option<Choice> {
    let t = tokens(ui);
    let mut choice = None;
    let mut content = |ui: &mut Ui| {
        ui.spacing_mut().item_spacing.y = 2.0;
        caption(ui, about.head);
        tell(ui, about);
        ui.add_space(6.0);
        caption(ui, "Problems");
        if page.is_blank() || page.is_writing() {
            return;
        }
        if page.problem_count() == 0 {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = 6.0;
                let sign = Icon::CHECK_CIRCLE;
                ui.label(RichText::new(sign.sign).font(sign.font(16.0)).color(t.success));
                ui.label(RichText::new("None. Every bar adds up.").font(fonts::words(13.0)).color(t.success));
            });
        }
        for problem in page.problems() {
            if row(ui, problem) {
                choice = Some(Choice(problem.span));
            }
        }
    };
    ScrollArea::vertical().id_salt(("problems", page.number())).auto_shrink([false, false]).show(ui, |ui| {
        Frame::new().inner_margin(Margin::symmetric(12, 8)).show(ui, |ui| {
            ui.vertical(|ui| content(ui));
        });
    });
    choice
}

fn caption(ui: &mut Ui, words: &str) {
    let words = RichText::new(words).font(fonts::caslon_italic(14.0)).color(tokens(ui).muted);
    ui.label(words.line_height(Some(20.0)));
    ui.add_space(2.0);
}

fn tell(ui: &mut Ui, about: &About) {
    let t = tokens(ui);
    if about.what.is_empty() {
        let words = RichText::new("No note here.").font(fonts::words(13.0)).color(t.muted);
        ui.label(words.line_height(Some(18.0)));
        return;
    }
    let format =
        |font_id| TextFormat { font_id, color: t.text, line_height: Some(18.0), ..Default::default() };
    let mut job = LayoutJob::default();
    job.append(&about.what, 0.0, format(fonts::strong(13.0)));
    job.append(&format!(": {}", about.words), 0.0, format(fonts::words(13.0)));
    ui.label(job);
}

/// One problem; whether it was chosen.
fn row(ui: &mut Ui, problem: &Diagnostic) -> bool {
    let t = tokens(ui);
    let severity = problem.severity();
    let words = format!("Line {}: {}", problem.line, problem.message);
    let width = ui.available_width() - 24.0;
    let galley = ui.painter().layout(words.clone(), fonts::words(13.0), t.text, width);
    let size = vec2(ui.available_width(), galley.size().y + 8.0);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &words));
    if response.hovered() {
        ui.painter().rect_filled(rect, 4, t.hover);
    }
    let sign = if severity == Severity::Error { Icon::ERROR } else { Icon::WARNING };
    let align = eframe::egui::Align2::LEFT_TOP;
    let colour = colour(t, severity);
    ui.painter().text(rect.min + vec2(2.0, 4.0), align, sign.sign, sign.font(16.0), colour);
    ui.painter().galley(pos2(rect.left() + 24.0, rect.top() + 4.0), galley, t.text);
    focus_ring(ui, &response, 4);
    let clicked = response.clicked();
    if let Some(hint) = &problem.hint {
        response.tip(hint.as_ref());
    }
    clicked
}
