//! Cards above the foot of the stand: a file that is being written, and what there is to be said.

use eframe::egui::{Align2, Area, Context, Frame, Id, Margin, Order, Rect, Stroke, Ui, vec2};
use std::time::Duration;

use super::command::Command;
use super::fonts::Icon;
use super::notice::{Notice, row};
use super::save::Progress;
use super::theme::{self, tokens};
use super::widgets::{Push, Weight};

/// From the stand's edges.
const MARGIN: f32 = 36.0;

/// Draws them over a stand, `above` its foot. What has been there long enough is gone.
pub(super) fn show(
    ctx: &Context,
    stand: Rect,
    above: f32,
    progress: Option<&Progress>,
    notice: &mut Option<Notice>,
    commands: &mut Vec<Command>,
) {
    if let Some(left) = notice.as_mut().and_then(|notice| notice.stays(ctx.input(|input| input.time))) {
        if left <= 0.0 {
            *notice = None;
        } else {
            ctx.request_repaint_after(Duration::from_secs_f64(left));
        }
    }
    if notice.is_none() && progress.is_none() {
        return;
    }
    let corner = stand.right_bottom() - vec2(MARGIN, 12.0 + above);
    let area = Area::new(Id::unique("toasts")).order(Order::Middle).pivot(Align2::RIGHT_BOTTOM);
    area.fixed_pos(corner).constrain(true).show(ctx, |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        if let Some(progress) = progress {
            card(ui, |ui| written(ui, progress, commands));
        }
        if let Some(notice) = notice {
            card(ui, |ui| notice.ui(ui, commands));
        }
    });
}

fn card(ui: &mut Ui, content: impl FnOnce(&mut Ui)) {
    let t = if ui.visuals().dark_mode { &theme::DARK } else { &theme::LIGHT };
    let frame = Frame::new().fill(t.raised).stroke(Stroke::new(1.0, t.line)).corner_radius(8);
    frame
        .shadow(t.float_shadow())
        .inner_margin(Margin { left: 12, right: 8, top: 7, bottom: 7 })
        .show(ui, content);
}

/// How far a file is, and a way to give it up.
fn written(ui: &mut Ui, progress: &Progress, commands: &mut Vec<Command>) {
    let t = tokens(ui);
    row(ui, Icon::EXPORT, t.text, &format!("Writing “{}”", progress.name), |ui| {
        let cancel = ui.add(Push::new(Weight::Plain, "Cancel"));
        // Another Cancel stands below Compose.
        ui.ctx().accesskit_node_builder(cancel.id, |node| node.set_label("Cancel the export"));
        if cancel.clicked() {
            commands.push(Command::CancelSaving);
        }
    });
    let place = ui.min_rect();
    let groove =
        Rect::from_min_max(place.left_bottom() + vec2(0.0, 2.0), place.right_bottom() + vec2(0.0, 5.0));
    ui.allocate_space(vec2(0.0, 4.0));
    ui.painter().rect_filled(groove, 2, t.line);
    ui.painter().rect_filled(groove.with_max_x(groove.left() + groove.width() * progress.share), 2, t.accent);
}
