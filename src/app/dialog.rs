//! The frame of a dialog over the window.

use eframe::egui::{Context, Frame, Id, Margin, Modal, RichText, Stroke, Ui};

use super::fonts;
use super::theme;

/// Shows a dialog with a head; gives what `content` gives, and whether it is to be closed (Esc, a click
/// beside it).
pub(super) fn show<R>(
    ctx: &Context,
    name: &str,
    width: f32,
    content: impl FnOnce(&mut Ui) -> R,
) -> (R, bool) {
    let t = if ctx.global_style().visuals.dark_mode { &theme::DARK } else { &theme::LIGHT };
    let frame = Frame::new()
        .fill(t.raised)
        .stroke(Stroke::new(1.0, t.line))
        .corner_radius(10)
        .shadow(t.dialog_shadow())
        .inner_margin(Margin::same(24));
    let response = Modal::new(Id::unique(("dialog", name))).frame(frame).show(ctx, |ui| {
        ui.set_width(width.min(ui.ctx().content_rect().width() - 96.0));
        ui.label(RichText::new(name).font(fonts::caslon_bold(17.0)).line_height(Some(24.0)));
        ui.add_space(4.0);
        content(ui)
    });
    let closed = response.should_close();
    (response.inner, closed)
}
