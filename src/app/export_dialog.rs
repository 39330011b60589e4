//! The export dialog: what the tune is to become.

use eframe::egui::{Align, Context, Layout, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::choices::{Entry, combo, segments};
use super::dialog;
use super::file_kind::{FileKind, Sheets};
use super::fonts;
use super::theme::tokens;
use super::widgets::{Push, Weight, focus_ring, form_row, snap};
use crate::abc::Span;

const CARD: (f32, f32) = (98.0, 46.0);
const GAP: f32 = 8.0;

/// The kinds as they stand in rows: what is read, then what is heard.
const CARDS: [FileKind; 7] = [
    FileKind::Pdf(Sheets::A4),
    FileKind::Png,
    FileKind::Svg,
    FileKind::Abc,
    FileKind::Midi,
    FileKind::Wav,
    FileKind::Flac,
];

/// Its state: the kind of file that is chosen, and of how much.
#[derive(Debug, Clone)]
pub(super) struct ExportDialog {
    kind: FileKind,
    /// The bars that are chosen on the sheet, in words and by their bytes.
    bars: Option<(String, Span)>,
    only_bars: bool,
}

/// What was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// Save the tune as this.
    Save(FileKind),
    /// Save these bars of it.
    SaveBars(FileKind, Span),
    /// Not at all.
    Close,
}

impl ExportDialog {
    /// For the tune, or the bars of it that are chosen; `only_bars` begins with these.
    pub(super) fn new(bars: Option<(String, Span)>, only_bars: bool) -> Self {
        let only_bars = only_bars && bars.is_some();
        Self { kind: CARDS[0], bars, only_bars }
    }

    /// Draws it over everything.
    pub(super) fn ui(&mut self, ctx: &Context, title: &str) -> Option<Answer> {
        let width = 4.0 * CARD.0 + 3.0 * GAP;
        let (answer, closed) = dialog::show(ctx, &format!("Export {title}"), width, |ui| self.content(ui));
        answer.or(closed.then_some(Answer::Close))
    }

    fn content(&mut self, ui: &mut Ui) -> Option<Answer> {
        if let Some((words, _)) = &self.bars {
            let width = ui.available_width();
            let chosen = usize::from(self.only_bars);
            if let Some(new) = segments(ui, "How much of it", width, chosen, &["This tune", words]) {
                self.only_bars = new == 1;
            }
        }
        for row in CARDS.chunks(4) {
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
                Some(match &self.bars {
                    Some((_, span)) if self.only_bars => Answer::SaveBars(self.kind, *span),
                    _ => Answer::Save(self.kind),
                })
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
