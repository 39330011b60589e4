//! A small switch of words.

use eframe::egui::{
    Align2, CornerRadius, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::fonts::{self, Icon};
use super::theme::tokens;
use super::widgets::{focus_ring, snap};

/// How high it is.
pub(super) const HEIGHT: f32 = 24.0;

/// Draws a chip, perhaps with a sign before its words.
pub(super) fn chip(ui: &mut Ui, words: &str, icon: Option<Icon>, on: bool) -> Response {
    let t = tokens(ui);
    let galley = ui.painter().layout_no_wrap(words.to_owned(), fonts::words(12.5), t.text);
    let sign = if icon.is_some() { 20.0 } else { 0.0 };
    let (rect, _) = ui.allocate_exact_size(vec2(galley.size().x + sign + 20.0, HEIGHT), Sense::hover());
    // Chips come and go: each is known by its words, not by its place.
    let response = ui.interact(rect, ui.scope_id().with(("chip", words)), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), on, words));
    let place = snap(ui.painter(), rect);
    let fill = match (response.hovered(), on) {
        (true, _) => t.hover,
        (false, true) => t.accent_soft,
        (false, false) => t.raised,
    };
    let (line, colour) = if on { (t.accent, t.accent) } else { (t.line, t.text) };
    ui.painter().rect(place, CornerRadius::same(12), fill, Stroke::new(1.0, line), StrokeKind::Inside);
    if let Some(icon) = icon {
        let at = pos2(place.left() + 17.0, place.center().y);
        ui.painter().text(at, Align2::CENTER_CENTER, icon.sign, icon.font(13.0), colour);
    }
    let at = pos2(place.left() + 10.0 + sign, place.center().y - galley.size().y / 2.0);
    ui.painter().galley_with_override_text_color(at, galley, colour);
    focus_ring(ui, &response, 12);
    response
}
