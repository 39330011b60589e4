//! The versions of chosen bars as tabs over them.

use eframe::egui::{
    Align2, CornerRadius, Id, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::command::Command;
use super::fonts;
use super::theme::tokens;
use super::tip::Tip;
use super::versions::Versions;
use super::widgets::{focus_ring, snap};

const SIZE: eframe::egui::Vec2 = vec2(26.0, 22.0);

/// Draws them above the first row of the bars.
pub(super) fn ui(ui: &Ui, row: Rect, versions: &Versions, commands: &mut Vec<Command>) {
    let t = tokens(ui);
    let count = versions.count();
    for version in 0..count {
        let left = row.left() + 4.0 + version as f32 * (SIZE.x + 2.0);
        let tab = snap(ui.painter(), Rect::from_min_size(pos2(left, row.top() - SIZE.y), SIZE));
        let chosen = version == versions.chosen();
        let response = ui.interact(tab, Id::unique(("version", version)), Sense::click());
        let name = format!("Version {} of {count}", version + 1);
        response.widget_info(|| WidgetInfo::selected(Role::Tab, true, chosen, &name));
        let fill = match (chosen, response.hovered()) {
            (true, _) => t.sel_soft,
            (false, true) => t.hover,
            (false, false) => t.leaf,
        };
        let radius = CornerRadius { nw: 5, ne: 5, sw: 0, se: 0 };
        let line = if chosen { t.selection } else { t.line };
        ui.painter().rect(tab, radius, fill, Stroke::new(1.0, line), StrokeKind::Inside);
        let number = (version + 1).to_string();
        let (font, colour) =
            if chosen { (fonts::caslon_bold(14.0), t.text) } else { (fonts::caslon(14.0), t.muted) };
        ui.painter().text(tab.center(), Align2::CENTER_CENTER, number, font, colour);
        focus_ring(ui, &response.clone().with_new_rect(tab.shrink(2.0)), 4);
        if response.tip(name).clicked() {
            commands.push(Command::ChooseVersion(version));
        }
    }
}
