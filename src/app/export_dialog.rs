//! The export dialog: what the tune is to become.

use std::sync::Arc;

use eframe::egui::{Align, Context, Layout, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::chip::Chip;
use super::choices::{Entry as Choice, combo, segments};
use super::dialog;
use super::exporting::{Order, Outlet};
use super::file_kind::{FileKind, Print, Sheets};
use super::fonts::{self, Icon};
use super::theme::tokens;
use super::tip::Tip;
use super::widgets::{Push, Weight, focus_ring, form_row, snap};
use crate::abc::Span;
use crate::library::Entry;

const CARD: (f32, f32) = (98.0, 46.0);
const GAP: f32 = 8.0;

/// The kinds as they stand in rows: what is read, then what is heard.
const CARDS: [FileKind; 7] = [
    FileKind::Pdf(Print::USUAL),
    FileKind::Png,
    FileKind::Svg,
    FileKind::Abc,
    FileKind::Midi,
    FileKind::Wav,
    FileKind::Flac,
];

/// What is to be exported.
#[derive(Debug, Clone)]
enum Extent {
    /// The tune on the stand.
    Tune,
    /// The bars of it that are chosen on the sheet, in words and by their bytes.
    Bars(String, Span),
    /// All favourites, the oldest first.
    Favourites(Vec<Arc<Entry>>),
}

impl Extent {
    fn words(&self) -> String {
        match self {
            Self::Tune => "This tune".to_owned(),
            Self::Bars(words, _) => words.clone(),
            Self::Favourites(tunes) => {
                format!("{} favourite{}", tunes.len(), if tunes.len() == 1 { "" } else { "s" })
            }
        }
    }

    /// What of it is saved as this kind of file; none if it cannot be.
    fn answer(&self, kind: FileKind) -> Option<Answer> {
        let outlet = match (self, kind) {
            (Self::Tune, kind) => return Some(Answer::Save(kind)),
            (Self::Bars(_, span), kind) => return Some(Answer::SaveBars(kind, *span)),
            (Self::Favourites(_), FileKind::Pdf(print)) => Outlet::Book(print.sheets),
            (Self::Favourites(_), FileKind::Abc) => Outlet::Tunebook,
            (Self::Favourites(_), _) => return None,
        };
        let Self::Favourites(tunes) = self else { return None };
        Some(Answer::SaveTunes(Order { tunes: tunes.clone(), outlet, name: "Favourites".to_owned() }))
    }
}

/// Its state: the kind of file that is chosen, and of how much.
#[derive(Debug, Clone)]
pub(super) struct ExportDialog {
    kind: FileKind,
    extents: Vec<Extent>,
    extent: usize,
}

/// What was answered.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    /// Save the tune as this.
    Save(FileKind),
    /// Save these bars of it.
    SaveBars(FileKind, Span),
    /// Save these kept tunes.
    SaveTunes(Order),
    /// Not at all.
    Close,
}

impl ExportDialog {
    /// For the tune, the bars of it that are chosen, or all favourites; `only_bars` begins with the bars.
    pub(super) fn new(bars: Option<(String, Span)>, only_bars: bool, favourites: Vec<Arc<Entry>>) -> Self {
        let extent = usize::from(only_bars && bars.is_some());
        let mut extents = vec![Extent::Tune];
        extents.extend(bars.map(|(words, span)| Extent::Bars(words, span)));
        extents.extend((!favourites.is_empty()).then_some(Extent::Favourites(favourites)));
        Self { kind: CARDS[0], extents, extent }
    }

    /// Draws it over everything.
    pub(super) fn ui(&mut self, ctx: &Context, title: &str) -> Option<Answer> {
        let width = 4.0 * CARD.0 + 3.0 * GAP;
        let (answer, closed) = dialog::show(ctx, &format!("Export {title}"), width, |ui| self.content(ui));
        answer.or(closed.then_some(Answer::Close))
    }

    fn content(&mut self, ui: &mut Ui) -> Option<Answer> {
        if self.extents.len() > 1 {
            let width = ui.available_width();
            let words: Vec<String> = self.extents.iter().map(Extent::words).collect();
            let words: Vec<&str> = words.iter().map(String::as_str).collect();
            if let Some(new) = segments(ui, "How much of it", width, self.extent, &words) {
                self.extent = new;
            }
        }
        let extent = self.extents.get(self.extent)?;
        if extent.answer(self.kind).is_none() {
            self.kind = CARDS[0];
        }
        for row in CARDS.chunks(4) {
            ui.horizontal(|ui| {
                ui.spacing_mut().item_spacing.x = GAP;
                for &kind in row {
                    let can_be = extent.answer(kind).is_some();
                    let chosen = kind.name() == self.kind.name();
                    let card = ui.add_enabled_ui(can_be, |ui| card(ui, kind, chosen)).inner;
                    if card.tip_off("One tune at a time.").clicked() {
                        self.kind = kind;
                    }
                }
            });
        }
        if let FileKind::Pdf(print) = &mut self.kind {
            form_row(ui, "Paper", |ui| {
                let entries = Sheets::ALL.map(|sheets| Choice::new(sheets.name()));
                let chosen = Sheets::ALL.iter().position(|known| *known == print.sheets).unwrap_or(0);
                let (_, new) = combo(ui, "Paper", 110.0, chosen, &entries);
                print.sheets = new.map_or(print.sheets, |new| Sheets::ALL[new]);
                // A book has titles in any case, and its own on a page in front.
                if !matches!(extent, Extent::Favourites(_)) {
                    ui.add_space(GAP);
                    let chip = Chip::new("Title and date", print.headed);
                    let chip = ui.add(chip.before(print.headed.then_some(Icon::CHECK)));
                    if chip
                        .tip("The title above the music, and today's date at the foot of the page.")
                        .clicked()
                    {
                        print.headed = !print.headed;
                    }
                }
            });
        }
        ui.add_space(8.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let words = format!("Save as {}", self.kind.name());
            let save = ui.add(Push::new(Weight::Main, &words));
            let cancel = ui.add(Push::new(Weight::Plain, "Cancel"));
            if save.clicked() { extent.answer(self.kind) } else { cancel.clicked().then_some(Answer::Close) }
        })
        .inner
    }
}

/// A kind of file and what it is for.
fn card(ui: &mut Ui, kind: FileKind, chosen: bool) -> Response {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(CARD.0, CARD.1), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), chosen, kind.name()));
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
