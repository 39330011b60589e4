//! The desktop window, in egui: one panel a file, one state struct a panel.
//!
//! In: [`Options`]. Out: nothing but what the musician saves. Panels draw and collect
//! commands; [`Window`] carries them out. Models are opened, tunes composed and files
//! written on other threads, which wake the window when they are done; at rest nothing repaints.

mod abc_editor;
mod abc_panel;
mod abc_text;
mod actions;
mod asking;
mod background;
mod backing;
mod candidate_cards;
mod candidate_names;
mod candidates;
mod chip;
mod choices;
mod chosen_bars;
mod chosen_rows;
mod command;
mod comparison;
mod compose_panel;
mod composing;
mod daring;
mod description;
mod desk;
mod dialog;
mod dialogs;
mod document;
mod engine;
mod engraving;
mod excerpt;
mod export_dialog;
mod export_tunes;
mod exporting;
mod facts_panel;
mod file_kind;
mod find;
mod fonts;
mod help;
mod hints;
mod history_chosen;
mod history_finder;
mod history_list;
mod history_panel;
mod history_row;
mod history_rows;
mod history_said;
mod incipit;
mod keeper;
mod landmark;
mod layout;
mod licences;
mod notes;
mod notice;
mod opening;
mod origin;
mod pace;
mod page;
mod palette;
mod parts;
mod path_dialog;
mod picture;
mod player;
mod playing;
mod problems;
mod reading;
mod rescue;
mod rewriting;
mod ruler;
mod save;
mod seed;
mod set_playing;
mod set_view;
mod sheet_aloud;
mod sheet_painter;
mod sheet_view;
mod shelf;
mod sound_dialog;
mod stand;
mod tabs;
mod theme;
mod tip;
mod titles;
mod toasts;
mod top_bar;
mod transport_panel;
mod tunebook;
mod undo;
mod version_tabs;
mod versions;
mod widgets;
mod window;
mod wish_chips;
mod wish_form;
mod words;
mod zigzag;
mod zoom;

use eframe::egui::{ViewportBuilder, vec2};

use crate::settings::Preferences;

pub use window::{Options, Window};

/// The program's sign where the system lists windows. Wayland finds it by the name of the desktop entry instead, which
/// is that of the window (`with_app_id`).
const ICON: &[u8] = include_bytes!("../../assets/icon/window.png");

impl eframe::App for Window {
    fn ui(&mut self, ui: &mut eframe::egui::Ui, _frame: &mut eframe::Frame) {
        Self::ui(self, ui);
    }
}

/// Opens the window and returns when it is closed.
///
/// # Errors
/// If the system gives no window to draw in.
pub fn run(options: Options) -> Result<(), eframe::Error> {
    let size = options.data.as_deref().and_then(|folder| Preferences::load(folder).ok()?.window);
    let mut viewport = ViewportBuilder::default()
        .with_title("Reelsmith")
        .with_app_id("reelsmith")
        .with_inner_size(size.map_or(vec2(1280.0, 800.0), |(wide, high)| vec2(wide, high)))
        .with_min_inner_size(layout::SMALLEST);
    match eframe::icon_data::from_png_bytes(ICON) {
        Ok(icon) => viewport = viewport.with_icon(icon),
        Err(error) => log::warn!("The window has no icon: {error}"),
    }
    let native = eframe::NativeOptions {
        viewport,
        renderer: eframe::Renderer::Glow,
        ..eframe::NativeOptions::default()
    };
    eframe::run_native(
        "reelsmith",
        native,
        Box::new(|creation| Ok(Box::new(Window::new(&creation.egui_ctx, options)))),
    )
}

/// Says why there is no window, in the system's own way where it has one.
pub fn show_failure(words: &str) {
    rfd::MessageDialog::new()
        .set_level(rfd::MessageLevel::Error)
        .set_title("Reelsmith")
        .set_description(words)
        .show();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_has_an_icon_as_wide_as_high() {
        let icon = eframe::icon_data::from_png_bytes(ICON).unwrap();
        assert_eq!((icon.width, icon.height), (128, 128));
    }
}
