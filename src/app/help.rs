//! What Help shows: the keys, and what the program is.

use eframe::egui::{Context, Label, RichText, ScrollArea, Ui};

use super::actions::{Menu, actions};
use super::command::Command;
use super::dialog;
use super::fonts;
use super::theme::tokens;
use super::widgets::{Push, Weight, section};

/// Keys that are no commands of a menu, and what they do.
const OTHER_KEYS: [(&str, &str); 3] = [
    ("Ctrl 1 … Ctrl 9", "Choose a candidate"),
    ("Tab", "Next control; leaves the editor"),
    ("Esc", "Close what is open"),
];

/// The list of keys; whether it is to be closed.
pub(super) fn keys(ctx: &Context) -> bool {
    let (_, closed) = dialog::show(ctx, "Keys", 460.0, |ui| {
        ScrollArea::vertical().max_height(ui.ctx().content_rect().height() - 180.0).show(ui, |ui| {
            for menu in Menu::ALL {
                let lines: Vec<(String, String)> = actions()
                    .into_iter()
                    .filter(|action| action.menu == menu)
                    .filter_map(|action| Some((action.command.keys(ui.ctx())?, action.words)))
                    .collect();
                if !lines.is_empty() {
                    section(ui, menu.name());
                    lines.iter().for_each(|(keys, words)| line(ui, keys, words));
                }
            }
            section(ui, "Everywhere");
            OTHER_KEYS.iter().for_each(|(keys, words)| line(ui, keys, words));
        });
    });
    closed
}

fn line(ui: &mut Ui, keys: &str, words: &str) {
    let t = tokens(ui);
    ui.horizontal(|ui| {
        ui.set_height(22.0);
        let column = ui.max_rect().left() + 150.0;
        ui.label(RichText::new(keys).font(fonts::strong(13.0)).color(t.text));
        ui.add_space((column - ui.cursor().left()).max(8.0));
        ui.label(RichText::new(words).font(fonts::words(14.0)).color(t.text));
    });
}

/// What the program is, whose work is in it, and under what terms; whether it is to be closed.
pub(super) fn about(ctx: &Context, model: Option<&str>, commands: &mut Vec<Command>) -> bool {
    let (licences, closed) = dialog::show(ctx, "About Reelsmith", 480.0, |ui| {
        let mut say = |words: &str| {
            let text = RichText::new(words).font(fonts::words(14.0)).line_height(Some(20.0));
            ui.add(Label::new(text).wrap().selectable(true));
            ui.add_space(4.0);
        };
        let version = env!("CARGO_PKG_VERSION");
        match model {
            Some(model) => say(&format!("Version {version}, with the model “{model}”.")),
            None => say(&format!("Version {version}.")),
        }
        say(
            "Composes traditional tunes: a small recurrent network writes ABC notation. It works offline and \
             sends nothing anywhere.",
        );
        say(
            "The program: MIT or Apache-2.0, at your option. It is built on egui, candle, cpal, rayon and other \
             crates under MIT, Apache-2.0, BSD and similar licences.",
        );
        say(
            "The fonts: Leland, Libre Caslon Text, Source Sans 3 and JetBrains Mono under the SIL Open Font \
             License 1.1; icons by Phosphor under MIT.",
        );
        say(
            "The model: contains information from The Session (thesession.org), which is made available here \
             under the Open Database License (ODbL).",
        );
        ui.add_space(4.0);
        ui.add(Push::new(Weight::Plain, "Licences of the crates")).clicked()
    });
    if licences {
        commands.push(Command::Licences);
    }
    closed || licences
}
