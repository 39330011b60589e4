//! Panels as places for the keyboard: F6 goes from one to the next.

use eframe::egui::{Id, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

use super::theme::tokens;

/// The panels in the order of F6.
pub(super) const PANELS: [&str; 6] =
    ["Top bar", "Compose panel", "Sheet", "ABC panel", "History panel", "Transport"];

/// What a panel is known by to egui.
pub(super) fn id(name: &str) -> Id {
    Id::unique(("landmark", name))
}

/// A place for the keyboard at the beginning of a panel, from which Tab goes on into it.
pub(super) fn landmark(ui: &Ui, name: &str) {
    let place = ui.max_rect();
    let mark = Rect::from_min_size(place.min, vec2(1.0, 1.0));
    let response = ui.interact(mark, id(name), Sense::focusable_noninteractive());
    response.widget_info(|| WidgetInfo::labeled(Role::Group, true, name));
    if response.has_focus() {
        let ring = Stroke::new(2.0, tokens(ui).selection);
        ui.painter().rect_stroke(place.shrink(2.0), 4, ring, StrokeKind::Inside);
    }
}
