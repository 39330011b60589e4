//! The dialog in which the sound device is chosen.

use eframe::egui::{
    Align, Align2, Context, Layout, Response, RichText, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2, vec2,
};

use super::composing::sentence;
use super::dialog;
use super::fonts::{self, Icon};
use super::player::Player;
use super::theme::tokens;
use super::tip::Tip;
use super::widgets::{Push, Weight, focus_ring};
use crate::audio::{DeviceState, OutputDevice};

/// How high a line of the list is.
const LINE: f32 = 30.0;
const MOST_LINES: f32 = 8.0;

/// Draws it over everything; whether it is to be closed.
pub(super) fn ui(ctx: &Context, player: &mut Player) -> bool {
    let (closed, beside) = dialog::show(ctx, "Sound device", 400.0, |ui| content(ui, player));
    closed || beside
}

fn content(ui: &mut Ui, player: &mut Player) -> bool {
    let t = tokens(ui);
    let chosen = player.device().map(|device| device.id.clone());
    let mut new: Option<Option<OutputDevice>> = None;
    let mut list = |ui: &mut Ui, devices: &[OutputDevice]| {
        if line(ui, "As the system says", chosen.is_none()).clicked() {
            new = Some(None);
        }
        for device in devices {
            if line(ui, &device.name, chosen.as_ref() == Some(&device.id)).clicked() {
                new = Some(Some(device.clone()));
            }
        }
    };
    let mut words = match player.devices() {
        None => "Looking for sound devices".to_owned(),
        Some(Err(error)) => sentence(&error.to_string()),
        Some(Ok(devices)) => {
            ScrollArea::vertical().max_height(MOST_LINES * LINE).show(ui, |ui| {
                ui.spacing_mut().item_spacing.y = 0.0;
                list(ui, devices);
            });
            String::new()
        }
    };
    if let Some(device) = new {
        player.choose_device(device);
    }
    match player.device_state() {
        DeviceState::Open(open) => words = format!("{} is open: {} samples a second.", open.name, open.rate),
        DeviceState::Failed(error) | DeviceState::Lost(error) => words = sentence(&error.to_string()),
        DeviceState::Closed => {}
    }
    ui.add_space(4.0);
    ui.label(RichText::new(words).font(fonts::words(12.5)).color(t.muted));
    ui.add_space(4.0);
    ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let closed = ui.add(Push::new(Weight::Main, "Close")).clicked();
        if ui.add(Push::new(Weight::Plain, "Look again")).clicked() {
            player.look_for_devices();
        }
        closed
    })
    .inner
}

/// A device, and whether it is the one.
fn line(ui: &mut Ui, name: &str, chosen: bool) -> Response {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), LINE), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, chosen, name));
    if response.hovered() {
        ui.painter().rect_filled(rect, 5, t.hover);
    }
    let middle = rect.center().y;
    if chosen {
        let sign = Icon::CHECK;
        let at = pos2(rect.left() + 14.0, middle);
        ui.painter().text(at, Align2::CENTER_CENTER, sign.sign, sign.font(14.0), t.accent);
    }
    let words = rect.with_min_x(rect.left() + 28.0);
    let painter = ui.painter().with_clip_rect(words.intersect(ui.clip_rect()));
    let drawn = painter.text(words.left_center(), Align2::LEFT_CENTER, name, fonts::words(14.0), t.text);
    focus_ring(ui, &response.clone().with_new_rect(rect.shrink(2.0)), 4);
    if drawn.width() > words.width() { response.tip(name) } else { response }
}
