//! What the history says above its rows, or in their place: what is wrong with the folder, what was deleted,
//! and that there is nothing.

use eframe::egui::accesskit::Live;
use eframe::egui::{Align, Frame, Label, Layout, Margin, RichText, Ui, UiBuilder, vec2};

use super::exporting::tunes;
use super::fonts::{self, Icon};
use super::history_finder::Finder;
use super::history_panel::{Ask, SIDE};
use super::shelf::{Gone, Shelf};
use super::theme::tokens;
use super::widgets::{Push, Weight};
use crate::library::{Job, Trouble};
use crate::music::{Key, Mode};

/// What stands against keeping tunes, and what can be done about it.
pub(super) fn trouble(ui: &mut Ui, shelf: &Shelf, asks: &mut Vec<Ask>) {
    let (snapshot, _) = shelf.snapshot();
    let Some(trouble) = snapshot.trouble else { return };
    let t = tokens(ui);
    let unsaved = snapshot.entries.iter().find(|entry| !entry.saved);
    let words = match (trouble, unsaved) {
        (Trouble::Full, Some(entry)) => format!("{trouble} “{}” is not saved yet.", entry.title),
        _ => trouble.to_string(),
    };
    let frame = Frame::new().fill(t.err_soft).corner_radius(6).inner_margin(Margin::symmetric(10, 8));
    frame.show(ui, |ui| {
        let words = RichText::new(words).font(fonts::words(13.0)).color(t.error);
        let label = ui.add(Label::new(words).wrap());
        ui.ctx().accesskit_node_builder(label.id, |node| node.set_live(Live::Polite));
        ui.horizontal_wrapped(|ui| {
            if ui.add(Push::new(Weight::Plain, "Try again")).clicked() {
                asks.push(Ask::Library(Job::Retry));
            }
            let other = if trouble == Trouble::Full { "Save elsewhere" } else { "Choose another folder" };
            if ui.add(Push::new(Weight::Plain, other)).clicked() {
                asks.push(Ask::ChooseFolder);
            }
        });
    });
}

/// What was deleted last, for ten seconds.
pub(super) fn undo_row(ui: &mut Ui, shelf: &Shelf, asks: &mut Vec<Ask>) {
    let Some((gone, left)) = shelf.deleted() else { return };
    let t = tokens(ui);
    let words = match gone {
        Gone::Set(set) => format!("{} deleted", set.name),
        Gone::Tunes(deleted) => match &deleted.tunes[..] {
            [(entry, _)] => format!("{} deleted", entry.title),
            tunes => format!("{} tunes deleted", tunes.len()),
        },
    };
    ui.ctx().request_repaint_after(left);
    Frame::new().fill(t.row_hover).corner_radius(6).inner_margin(Margin::symmetric(10, 2)).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.add(Push::new(Weight::Quiet, "Undo")).clicked() {
                    asks.push(Ask::UndoDeletion);
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let words = RichText::new(words).font(fonts::words(13.0)).color(t.text);
                    let label = ui.add(Label::new(words).truncate());
                    ui.ctx().accesskit_node_builder(label.id, |node| node.set_live(Live::Polite));
                });
            });
        });
    });
}

/// No tune is kept yet.
pub(super) fn nothing_kept(ui: &mut Ui, asks: &mut Vec<Ask>) {
    let words = "Every tune you compose or open is kept here by itself.";
    empty_place(ui, "Nothing kept yet.", words, |ui| {
        if ui.add(Push::new(Weight::Plain, "Bring in ABC files").icon(Icon::FOLDER)).clicked() {
            asks.push(Ask::BringIn);
        }
    });
}

/// A place with nothing in it, and why.
fn empty_place(ui: &mut Ui, head: &str, words: &str, button: impl FnOnce(&mut Ui)) {
    let t = tokens(ui);
    let place = ui.available_rect_before_wrap().shrink2(vec2(SIDE.into(), 24.0));
    ui.scope_builder(UiBuilder::new().max_rect(place).layout(Layout::top_down(Align::Center)), |ui| {
        ui.spacing_mut().item_spacing.y = 8.0;
        ui.add(Label::new(RichText::new(head).font(fonts::caslon_italic(16.0)).color(t.text)).wrap());
        ui.add(Label::new(RichText::new(words).font(fonts::words(13.0)).color(t.muted)).wrap());
        button(ui);
    });
}

/// Of so many tunes none fits what is looked for.
pub(super) fn nothing_fits(ui: &mut Ui, finder: &Finder, count: usize, asks: &mut Vec<Ask>) {
    let wish = finder.filter().query.wish();
    let head = match finder.search() {
        "" => "No tune fits".to_owned(),
        search => format!("No tune fits “{search}”."),
    };
    let words = format!("None of your {} fits.", tunes(count));
    empty_place(ui, &head, &words, |ui| {
        let Some((kind, key)) = wish else { return };
        let mut words = format!("Compose a {}", kind.name());
        if let Some((tonic, mode)) = key {
            let key = Key::new(tonic, mode.unwrap_or(Mode::Major));
            words.push_str(&format!(" in {}", key.in_words()));
        }
        if ui.add(Push::new(Weight::Plain, &words).icon(Icon::PEN)).clicked() {
            asks.push(Ask::ComposeWish(kind, key));
        }
    });
}
