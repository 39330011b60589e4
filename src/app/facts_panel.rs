//! The tune in figures, beside those of its type in the corpus.

use eframe::egui::{
    Align2, Color32, Context, Label, Rect, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2,
};

use super::dialog;
use super::fonts;
use super::page::Page;
use super::theme::tokens;
use super::widgets::{Push, Weight};
use super::words;
use crate::compose::Beside;
use crate::compose::beside::{Share, form_in_words};
use crate::music::Fraction;

const WIDTH: f32 = 676.0;
/// A table, and from one to the next.
const COLUMN: f32 = 306.0;
const GAP: f32 = 32.0;
const ROW: f32 = 22.0;
/// The words of a row, and its figures.
const NAME: f32 = 138.0;
const FIGURES: f32 = 82.0;
const BAR: f32 = 6.0;

/// By semitones above home.
const DEGREES: [&str; 12] = [
    "Home",
    "Minor second",
    "Second",
    "Minor third",
    "Third",
    "Fourth",
    "Sharp fourth",
    "Fifth",
    "Minor sixth",
    "Sixth",
    "Minor seventh",
    "Seventh",
];
/// By semitones.
const INTERVALS: [&str; 13] = [
    "the same note",
    "a semitone",
    "a tone",
    "a minor third",
    "a third",
    "a fourth",
    "a tritone",
    "a fifth",
    "a minor sixth",
    "a sixth",
    "a minor seventh",
    "a seventh",
    "an octave or more",
];

/// What can be said of a tune in figures.
#[derive(Debug, Clone)]
pub(super) struct FactsPanel {
    beside: Beside,
}

impl FactsPanel {
    /// Of the tune on a page; `None` if there is none.
    pub(super) fn of(page: &Page) -> Option<Self> {
        let reading = page.reading_now();
        let tune = reading.tune()?;
        let text = page.text().get(tune.span.range())?;
        Some(Self { beside: Beside::of(tune, text) })
    }

    /// Draws it over the window; whether it is to be closed.
    pub(super) fn ui(&self, ctx: &Context) -> bool {
        let (done, closed) = dialog::show(ctx, "Facts about the tune", WIDTH, |ui| {
            self.summary(ui);
            ui.add_space(8.0);
            let height = ui.ctx().content_rect().height() - 300.0;
            ScrollArea::vertical()
                .max_height(height)
                .min_scrolled_height(height)
                .show(ui, |ui| self.tables(ui));
            ui.add_space(12.0);
            ui.add(Push::new(Weight::Plain, "Close")).clicked()
        });
        done || closed
    }

    fn summary(&self, ui: &mut Ui) {
        let Beside { facts, form, tunes, .. } = &self.beside;
        let mut lines = Vec::new();
        if let Some(facts) = facts {
            lines.push(format!(
                "{} notes over {} semitones. Of the bars {} come back within their part, and of those of later \
                 parts {} are in an earlier one.",
                facts.notes,
                facts.range.1 - facts.range.0,
                percent(facts.returning),
                percent(facts.shared),
            ));
        }
        lines.push(match form {
            None => "Its form is none that composed tunes have.".to_owned(),
            Some((form, _)) if *tunes == 0 => format!("{}.", form_in_words(form)),
            Some((form, share)) => {
                let words = form_in_words(form);
                format!("{words}: {} of {tunes} {} have this form.", percent(*share), self.others())
            }
        });
        for line in lines {
            ui.add(Label::new(RichText::new(line).font(fonts::words(14.0))).wrap());
        }
    }

    /// "reels".
    fn others(&self) -> String {
        words::plural(self.beside.kind.name())
    }

    fn tables(&self, ui: &mut Ui) {
        let others = self.others();
        let Beside { degrees, lengths, intervals, .. } = &self.beside;
        ui.horizontal_top(|ui| {
            ui.spacing_mut().item_spacing.x = GAP;
            ui.vertical(|ui| {
                ui.set_width(COLUMN);
                table(ui, "Notes", &others, degrees, |&of| DEGREES[of % DEGREES.len()].to_owned());
                ui.add_space(10.0);
                table(ui, "Lengths", &others, lengths, |of| length(*of));
            });
            ui.vertical(|ui| {
                ui.set_width(COLUMN);
                table(ui, "Intervals", &others, intervals, |of| interval(*of));
            });
        });
    }
}

fn percent(share: f64) -> String {
    // Less than a tenth would else be told from nothing only roughly.
    let digits = usize::from(share > 0.0 && share < 0.0995);
    format!("{:.digits$} %", 100.0 * share)
}

fn length(length: Fraction) -> String {
    let tuplet = || {
        let written = length.checked_mul(Fraction::of(3, 2))?;
        Some(format!("{} of a triplet", words::length(written)?))
    };
    let named = words::length(length).or_else(tuplet);
    words::capitalised(&named.unwrap_or_else(|| format!("{}/{}", length.numerator(), length.denominator())))
}

fn interval(semitones: i32) -> String {
    let words = INTERVALS.get(semitones.unsigned_abs() as usize).copied().unwrap_or_default();
    match semitones {
        0 => words::capitalised(words),
        1.. => format!("Up {words}"),
        _ => format!("Down {words}"),
    }
}

/// A table of shares, two bars a row: the tune above, the others below.
fn table<T>(ui: &mut Ui, title: &str, others: &str, rows: &[Share<T>], name: impl Fn(&T) -> String) {
    let t = tokens(ui);
    ui.spacing_mut().item_spacing.y = 0.0;
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        let title = RichText::new(title).font(fonts::caslon_italic(14.0)).color(t.muted);
        ui.label(title.line_height(Some(24.0)));
        legend(ui, t.accent, "here");
        legend(ui, t.edge, others);
    });
    let most = rows.iter().map(|row| row.here.max(row.corpus)).fold(0.01, f64::max);
    for row in rows {
        let name = name(&row.of);
        let (rect, response) = ui.allocate_exact_size(vec2(COLUMN, ROW), Sense::hover());
        let said = format!("{name}: {} here, {} in {others}", percent(row.here), percent(row.corpus));
        response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
        if !ui.is_rect_visible(rect) {
            continue;
        }
        let middle = rect.center().y;
        let (left, right) = (Align2::LEFT_CENTER, Align2::RIGHT_CENTER);
        ui.painter().text(pos2(rect.left(), middle), left, name, fonts::words(12.5), t.text);
        let room = rect.width() - NAME - FIGURES;
        let bar = |share: f64, top: f32, colour: Color32| {
            let width = (room * (share / most) as f32).max(if share > 0.0 { 1.0 } else { 0.0 });
            let bar = Rect::from_min_size(pos2(rect.left() + NAME, top), vec2(width, BAR));
            ui.painter().rect_filled(bar, 1, colour);
        };
        bar(row.here, middle - BAR - 0.5, t.accent);
        bar(row.corpus, middle + 0.5, t.edge);
        let figure = |at: f32, share: f64, colour: Color32| {
            ui.painter().text(pos2(at, middle), right, percent(share), fonts::words(11.5), colour);
        };
        figure(rect.right() - 42.0, row.here, t.accent);
        figure(rect.right(), row.corpus, t.muted);
    }
}

fn legend(ui: &mut Ui, colour: Color32, words: &str) {
    let (rect, _) = ui.allocate_exact_size(vec2(8.0, 24.0), Sense::hover());
    ui.painter().rect_filled(Rect::from_center_size(rect.center(), vec2(8.0, BAR)), 1, colour);
    ui.label(RichText::new(words).font(fonts::words(11.5)).color(tokens(ui).muted));
}
