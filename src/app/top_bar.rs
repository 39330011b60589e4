//! The top bar: the program's name, its menus, the way to every command, and the panel switches.

use eframe::egui::containers::menu::{MenuButton, MenuConfig, menu_style};
use eframe::egui::style::StyleModifier;
use eframe::egui::{
    Align, Align2, Button, Color32, Layout, Rect, Response, RichText, Role, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};

use super::actions::{Action, Menu, actions};
use super::command::Command;
use super::fonts::{self, Icon};
use super::layout::Side;
use super::theme::tokens;
use super::tip::Tip;
use super::widgets::{focus_ring, icon_button, snap};

/// The field that leads to the commands, and where there is no room for it.
const FIELD: f32 = 236.0;
const NO_ROOM_FOR_FIELD: f32 = 1120.0;

/// What the bar shows of the world outside it.
pub(super) struct Surroundings<'a> {
    /// Why a command cannot be carried out now.
    pub(super) obstacle: &'a dyn Fn(Command) -> Option<&'static str>,
    /// Whether a choice among several is the one that holds.
    pub(super) holds: &'a dyn Fn(Command) -> bool,
    /// Whether a panel is open.
    pub(super) open: &'a dyn Fn(Side) -> bool,
}

/// Draws the bar.
pub(super) fn ui(ui: &mut Ui, around: &Surroundings<'_>, commands: &mut Vec<Command>) {
    let width = ui.available_width();
    ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
        ui.label(RichText::new("Reelsmith").font(fonts::caslon_bold(15.0)).line_height(Some(20.0)));
        ui.add_space(6.0);
        ui.spacing_mut().item_spacing.x = 2.0;
        let actions = actions();
        for of in Menu::ALL {
            menu(ui, of.name(), |ui| lines(ui, of, &actions, around, commands));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            // From the right: the last switch is drawn first.
            for (side, icon, name) in [
                (Side::History, Icon::PANEL_RIGHT, "History panel"),
                (Side::Abc, Icon::PANEL_BELOW, "ABC panel"),
                (Side::Compose, Icon::PANEL_LEFT, "Compose panel"),
            ] {
                let open = (around.open)(side);
                let command = Command::Toggle(side);
                let icon = if open { icon.filled() } else { icon };
                let keys = command.keys(ui.ctx()).unwrap_or_default();
                let verb = if open { "Closes" } else { "Opens" };
                let button = icon_button(ui, icon, name, None);
                if button.tip(format!("{verb} the {name}. ({keys})")).clicked() {
                    commands.push(command);
                }
            }
            ui.add_space(10.0);
            let finder = if width < NO_ROOM_FOR_FIELD {
                icon_button(ui, Icon::FIND, "Find a command", None)
            } else {
                field(ui)
            };
            if finder.tip("Every command by its name.").clicked() {
                commands.push(Command::Palette);
            }
        });
    });
}

/// The lines of a menu.
fn lines(
    ui: &mut Ui,
    menu: Menu,
    actions: &[Action],
    around: &Surroundings<'_>,
    commands: &mut Vec<Command>,
) {
    let mut group = None;
    let mut lines = actions.iter().filter(|action| action.menu == menu).peekable();
    while let Some(action) = lines.next() {
        if group.replace(action.group).is_some_and(|before| before != action.group) {
            ui.separator();
        }
        let Some(under) = action.under else {
            line(ui, action, around, commands);
            continue;
        };
        ui.menu_button(under, |ui| {
            line(ui, action, around, commands);
            while let Some(action) = lines.next_if(|action| action.under == Some(under)) {
                line(ui, action, around, commands);
            }
        });
        while lines.next_if(|action| action.under == Some(under)).is_some() {}
    }
}

fn line(ui: &mut Ui, action: &Action, around: &Surroundings<'_>, commands: &mut Vec<Command>) {
    let mut button = Button::new(&action.words).selected((around.holds)(action.command));
    if let Some(keys) = action.command.keys(ui.ctx()) {
        button = button.shortcut_text(keys);
    }
    let off = (around.obstacle)(action.command);
    let button = ui.add_enabled(off.is_none(), button);
    if button.tip_off(off.unwrap_or_default()).clicked() {
        commands.push(action.command);
        ui.close();
    }
}

/// Looks like a field, and leads to the palette, which has a real one.
fn field(ui: &mut Ui) -> Response {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(FIELD, 28.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Find a command"));
    let place = snap(ui.painter(), rect);
    let fill = if response.hovered() { t.hover } else { t.field };
    ui.painter().rect(place, 5, fill, Stroke::new(1.0, t.line), StrokeKind::Inside);
    let sign = Icon::FIND;
    let y = place.center().y;
    ui.painter().text(
        pos2(place.left() + 18.0, y),
        Align2::CENTER_CENTER,
        sign.sign,
        sign.font(16.0),
        t.muted,
    );
    let words = "Find a command";
    ui.painter().text(pos2(place.left() + 36.0, y), Align2::LEFT_CENTER, words, fonts::words(14.0), t.muted);
    if let Some(keys) = Command::Palette.keys(ui.ctx()) {
        let keys = ui.painter().layout_no_wrap(keys, fonts::words(12.0), t.muted);
        let cap = vec2(keys.size().x + 10.0, 18.0);
        let cap = Rect::from_min_size(pos2(place.right() - 6.0 - cap.x, y - 9.0), cap);
        ui.painter().rect_stroke(snap(ui.painter(), cap), 4, Stroke::new(1.0, t.line), StrokeKind::Inside);
        ui.painter().galley(cap.center() - keys.size() / 2.0, keys, t.muted);
    }
    focus_ring(ui, &response, 5);
    response
}

fn menu(ui: &mut Ui, name: &str, content: impl FnOnce(&mut Ui)) {
    let t = tokens(ui);
    // On the bar a menu is a word alone; its pop-up has the window's own look again.
    let before = ui.style().clone();
    let widgets = &mut ui.style_mut().visuals.widgets;
    widgets.inactive.weak_bg_fill = Color32::TRANSPARENT;
    for state in [&mut widgets.inactive, &mut widgets.hovered, &mut widgets.active, &mut widgets.open] {
        state.bg_stroke = Stroke::NONE;
    }
    ui.spacing_mut().button_padding.x = 8.0;
    let button = Button::new(RichText::new(name).color(t.text));
    let roomy = StyleModifier::new(|style| {
        menu_style(style);
        style.spacing.button_padding = vec2(8.0, 4.0);
        style.spacing.item_spacing.y = 2.0;
    });
    let menu = MenuButton::from_button(button).config(MenuConfig::new().style(roomy));
    let (button, _) = menu.ui(ui, |ui| {
        ui.set_min_width(160.0);
        content(ui);
    });
    ui.set_style(before);
    focus_ring(ui, &button, 6);
}
