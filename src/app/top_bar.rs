//! The top bar: the program's name and its menus.

use eframe::egui::containers::menu::{MenuButton, MenuConfig, menu_style};
use eframe::egui::style::StyleModifier;
use eframe::egui::{Align, Button, Color32, Layout, RichText, Stroke, ThemePreference, Ui, vec2};

use super::command::Command;
use super::file_kind::FileKind;
use super::fonts;
use super::rewriting::Rewriting;
use super::theme::tokens;
use super::widgets::focus_ring;

const NO_TUNE: &str = "There is no tune yet.";

/// Its state: the theme that was chosen.
#[derive(Debug, Clone)]
pub(super) struct TopBar {
    theme: ThemePreference,
}

impl Default for TopBar {
    fn default() -> Self {
        Self { theme: ThemePreference::System }
    }
}

impl TopBar {
    /// Draws the bar; `tune` is whether there is one to save.
    pub(super) fn ui(&mut self, ui: &mut Ui, tune: bool, commands: &mut Vec<Command>) {
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.label(RichText::new("Reelsmith").font(fonts::caslon_bold(15.0)).line_height(Some(20.0)));
            ui.add_space(6.0);
            ui.spacing_mut().item_spacing.x = 2.0;
            menu(ui, "File", |ui| {
                let mut item = |ui: &mut Ui, words: &str, command: Command, enabled: bool| {
                    let mut button = Button::new(words);
                    if let Some(keys) = command.keys(ui.ctx()) {
                        button = button.shortcut_text(keys);
                    }
                    let button = ui.add_enabled(enabled, button);
                    if button.on_disabled_hover_text(NO_TUNE).clicked() {
                        commands.push(command);
                        ui.close();
                    }
                };
                for kind in FileKind::ALL {
                    item(ui, kind.command(), Command::Save(kind), tune);
                }
                ui.separator();
                item(ui, "Copy ABC", Command::CopyAbc, tune);
                ui.separator();
                item(ui, "Quit", Command::Quit, true);
            });
            menu(ui, "Tune", |ui| tune_menu(ui, tune, commands));
            menu(ui, "View", |ui| {
                let before = self.theme;
                for (theme, words) in [
                    (ThemePreference::System, "As the system"),
                    (ThemePreference::Light, "Light"),
                    (ThemePreference::Dark, "Dark"),
                ] {
                    ui.radio_value(&mut self.theme, theme, words);
                }
                if self.theme != before {
                    ui.ctx().set_theme(self.theme);
                    ui.close();
                }
            });
        });
    }
}

/// What can be done with the whole tune.
fn tune_menu(ui: &mut Ui, tune: bool, commands: &mut Vec<Command>) {
    let mut item = |ui: &mut Ui, how: Rewriting| {
        let button = ui.add_enabled(tune, Button::new(how.words()));
        if button.on_disabled_hover_text(NO_TUNE).clicked() {
            commands.push(Command::Rewrite(how));
            ui.close();
        }
    };
    item(ui, Rewriting::Transpose(1));
    item(ui, Rewriting::Transpose(-1));
    ui.menu_button("To the key of", |ui| {
        Rewriting::keys().for_each(|key| item(ui, Rewriting::ToKey(key)));
    });
    ui.separator();
    item(ui, Rewriting::Double);
    item(ui, Rewriting::Halve);
    ui.separator();
    Rewriting::BARS.into_iter().for_each(|how| item(ui, how));
    ui.separator();
    item(ui, Rewriting::Chords);
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
