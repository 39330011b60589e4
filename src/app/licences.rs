//! Whose work is in the program and under what terms, crate by crate.

use eframe::egui::{Context, Label, RichText, ScrollArea, Ui};

use super::dialog;
use super::fonts;
use super::theme::tokens;

/// A line for each crate that is linked into the program on some system: name, version, and its licence as an
/// SPDX expression. `python3 packaging/crates.py --list` makes it; a test holds it against `Cargo.lock`.
const CRATES: &str = include_str!("../../assets/crates.txt");

const WIDTH: f32 = 520.0;
const LINE: f32 = 20.0;

/// The list; whether it is to be closed.
pub(super) fn ui(ctx: &Context) -> bool {
    let (_, closed) = dialog::show(ctx, "Licences", WIDTH, |ui| {
        let say = |ui: &mut Ui, words: &str| {
            let text = RichText::new(words).font(fonts::words(14.0)).line_height(Some(LINE));
            ui.add(Label::new(text).wrap().selectable(true));
        };
        let crates: Vec<(&str, &str)> = crates().collect();
        say(
            ui,
            &format!(
                "Reelsmith is made with these {} crates. The packages hold the texts of their licences, and those of \
                 the fonts.",
                crates.len()
            ),
        );
        ui.add_space(8.0);
        let high = ui.ctx().content_rect().height() - 260.0;
        ScrollArea::vertical().max_height(high).auto_shrink(false).show_rows(
            ui,
            LINE,
            crates.len(),
            |ui, shown| {
                for (name, terms) in crates.get(shown).into_iter().flatten() {
                    line(ui, name, terms);
                }
            },
        );
    });
    closed
}

fn crates() -> impl Iterator<Item = (&'static str, &'static str)> {
    CRATES.lines().filter_map(|line| line.split_once(": "))
}

fn line(ui: &mut Ui, name: &str, terms: &str) {
    let t = tokens(ui);
    ui.horizontal(|ui| {
        ui.set_height(LINE);
        let column = ui.max_rect().left() + 220.0;
        ui.label(RichText::new(name).font(fonts::words(13.0)).color(t.text));
        ui.add_space((column - ui.cursor().left()).max(8.0));
        ui.add(Label::new(RichText::new(terms).font(fonts::words(12.5)).color(t.muted)).truncate());
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The list is made by hand, so that a build needs nothing but Rust: this says when it has become old.
    #[test]
    fn the_list_has_the_crates_that_are_locked_and_all_that_are_asked_for() {
        let lock: toml::Table = include_str!("../../Cargo.lock").parse().unwrap();
        let locked: Vec<String> = lock["package"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| format!("{} {}", it["name"].as_str().unwrap(), it["version"].as_str().unwrap()))
            .collect();
        for (name, terms) in crates() {
            assert!(locked.iter().any(|it| it == name), "{name}: python3 packaging/crates.py --list");
            assert!(!terms.is_empty() && terms != "None", "{name}");
        }
        let manifest: toml::Table = include_str!("../../Cargo.toml").parse().unwrap();
        for name in manifest["dependencies"].as_table().unwrap().keys() {
            let listed = crates().any(|(crate_, _)| crate_.split(' ').next() == Some(name));
            assert!(listed, "{name}: python3 packaging/crates.py --list");
        }
    }
}
