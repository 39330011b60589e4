//! The export dialog: what the tune is to become.

use eframe::egui::{Align, Context, Layout, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::choices::{Entry, combo};
use super::dialog;
use super::file_kind::{FileKind, Sheets};
use super::fonts;
use super::theme::tokens;
use super::widgets::{Push, Weight, focus_ring, form_row, snap};

const CARD: (f32, f32) = (98.0, 46.0);
const GAP: f32 = 8.0;

/// Its state: the kind of file that is chosen.
#[derive(Debug, Clone)]
pub(super) struct ExportDialog {
    kind: FileKind,
}

impl Default for ExportDialog {
    fn default() -> Self {
        Self { kind: FileKind::Pdf(Sheets::A4) }
    }
}

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// Save it as this.
    Save(FileKind),
    /// Not at all.
    Close,
}

impl ExportDialog {
    /// Draws it over everything.
    pub(super) fn ui(&mut self, ctx: &Context, title: &str) -> Option<Answer> {
        let width = 4.0 * CARD.0 + 3.0 * GAP;
        let (answer, closed) = dialog::show(ctx, &format!("Export {title}"), width, |ui| self.content(ui));
        answer.or(closed.then_some(Answer::Close))
    }

    fn content(&mut self, ui: &mut Ui) -> Option<Answer> {
        for row in FileKind::ALL.chunks(4) {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = GAP;
                for &kind in row {
                    if card(ui, kind, kind.name() == self.kind.name()).clicked() {
                        self.kind = kind;
                    }
                }
            });
        }
        if let FileKind::Pdf(sheets) = &mut self.kind {
            form_row(ui, "Paper", |ui| {
                let entries = Sheets::ALL.map(|sheets| Entry::new(sheets.name()));
                let chosen = Sheets::ALL.iter().position(|known| known == sheets).unwrap_or(0);
                let (_, new) = combo(ui, "Paper", 110.0, chosen, &entries);
                *sheets = new.map_or(*sheets, |new| Sheets::ALL[new]);
            });
        }
        ui.add_space(8.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let words = format!("Save as {}", self.kind.name());
            let save = ui.add(Push::new(Weight::Main, &words));
            let cancel = ui.add(Push::new(Weight::Plain, "Cancel"));
            if save.clicked() {
                Some(Answer::Save(self.kind))
            } else {
                cancel.clicked().then_some(Answer::Close)
            }
        })
        .inner
    }
}

/// A kind of file and what it is for.
fn card(ui: &mut Ui, kind: FileKind, chosen: bool) -> Response {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(CARD.0, CARD.1), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, kind.name()));
    let place = snap(ui.painter(), rect);
    let (fill, width, line) = if chosen {
        (t.accent_soft, 2.0, t.accent)
    } else if response.hovered() {
        (t.hover, 1.0, t.line)
    } else {
        (t.raised, 1.0, t.line)
    };
    ui.painter().rect(place, 5, fill, Stroke::new(width, line), StrokeKind::Inside);
    let at = place.min + vec2(10.0, 5.0);
    let align = eframe::egui::Align2::LEFT_TOP;
    ui.painter().text(at, align, kind.name(), fonts::words(14.0), t.text);
    ui.painter().text(at + vec2(0.0, 19.0), align, kind.purpose(), fonts::words(12.5), t.muted);
    focus_ring(ui, &response, 5);
    response
}
