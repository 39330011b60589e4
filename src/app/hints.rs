//! The very first start: a jig on the stand, and three hints over it, one after the other.

use eframe::egui::accesskit::Live;
use eframe::egui::{
    Align, Align2, Area, Context, Frame, Id, Label, Layout, Margin, Order, Rect, RichText, Sense, Stroke, Ui,
    UiBuilder, vec2,
};

use super::fonts;
use super::theme::tokens;
use super::widgets::{Push, Weight};

/// The jig, from O'Neill's Music of Ireland (1903), long in the public domain.
pub(super) const JIG: &str = include_str!("../../assets/tunes/first.abc");

/// How high the card is.
pub(super) const HEIGHT: f32 = 132.0;
const WIDTH: f32 = 342.0;
/// Around what stands on it.
const PADDING: f32 = 16.0;

/// Head and words of each.
const HINTS: [(&str, &str); 3] = [
    ("Here is a jig to begin with", "Press Space to hear it. Click any note to hear that note alone."),
    ("Press Compose for a tune nobody has played", "Leave anything on Any that you do not mind about."),
    ("Drag over bars to loop them", "Or have them written anew. Everything is kept at the right."),
];

/// The hint that is shown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Hints(usize);

impl Hints {
    /// Draws it with its middle over that of the stand, `above` its foot; whether it was the last, or enough.
    pub(super) fn ui(&mut self, ctx: &Context, stand: Rect, above: f32) -> bool {
        let middle = stand.center_bottom() - vec2(0.0, 16.0 + above);
        let area = Area::new(Id::unique("hints")).order(Order::Middle).pivot(Align2::CENTER_BOTTOM);
        area.fixed_pos(middle)
            .show(ctx, |ui| {
                let t = tokens(ui);
                let frame = Frame::new().fill(t.raised).stroke(Stroke::new(1.0, t.line)).corner_radius(10);
                let frame = frame.shadow(t.float_shadow()).inner_margin(Margin::same(PADDING as i8));
                frame.show(ui, |ui| self.content(ui)).inner
            })
            .inner
    }

    fn content(&mut self, ui: &mut Ui) -> bool {
        let t = tokens(ui);
        let (head, words) = HINTS[self.0];
        let size = vec2(WIDTH, HEIGHT) - 2.0 * vec2(PADDING, PADDING);
        let (card, _) = ui.allocate_exact_size(size, Sense::hover());
        ui.scope_builder(UiBuilder::new().max_rect(card), |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let head = RichText::new(head).font(fonts::caslon_bold(15.0)).color(t.text);
            ui.label(head.line_height(Some(22.0)));
            let words = RichText::new(words).font(fonts::words(14.0)).color(t.text).line_height(Some(20.0));
            let said = ui.add(Label::new(words).wrap());
            ui.ctx().accesskit_node_builder(said.id, |node| node.set_live(Live::Polite));
        });
        let foot = card.with_min_y(card.bottom() - 30.0);
        let row = UiBuilder::new().max_rect(foot).layout(Layout::left_to_right(Align::Center));
        ui.scope_builder(row, |ui| self.foot(ui)).inner
    }

    /// Where among the three one is, and the ways on.
    fn foot(&mut self, ui: &mut Ui) -> bool {
        let t = tokens(ui);
        for place in 0..HINTS.len() {
            let (dot, _) = ui.allocate_exact_size(vec2(8.0, 30.0), Sense::hover());
            ui.painter().circle_filled(dot.center(), 3.0, if place == self.0 { t.accent } else { t.line });
        }
        let count = format!("{} of {}", self.0 + 1, HINTS.len());
        ui.label(RichText::new(count).font(fonts::words(13.0)).color(t.muted));
        let last = self.0 + 1 == HINTS.len();
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            if last {
                return ui.add(Push::new(Weight::Main, "Begin")).clicked();
            }
            if ui.add(Push::new(Weight::Main, "Next")).clicked() {
                self.0 += 1;
            }
            ui.add(Push::new(Weight::Quiet, "Skip")).clicked()
        })
        .inner
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abc::{Severity, parse};

    #[test]
    fn the_jig_is_a_tune_without_a_fault() {
        let parsed = parse(JIG);
        assert_eq!(parsed.tunes.len(), 1);
        let faults: Vec<_> =
            parsed.diagnostics.iter().filter(|found| found.severity() != Severity::Note).collect();
        assert!(faults.is_empty(), "{faults:?}");
    }
}
