//! What can be done with the rows that are chosen: a strip below them, so that none of them moves.

use std::sync::Arc;

use eframe::egui::{Align, Frame, Key, Label, Layout, Margin, Panel, Popup, RichText, TextEdit, Ui};

use super::chosen_rows::ChosenRows;
use super::export_tunes::ExportTunes;
use super::fonts::{self, Icon};
use super::history_panel::Ask;
use super::theme::tokens;
use super::tip::Tip;
use super::widgets::{Push, Weight, field_frame, finish_field, icon_button};
use crate::library::{Entry, Job, Snapshot};

/// How far in words stand.
const IN: f32 = 12.0;

/// The strip, and the name of a set as far as it is typed.
#[derive(Debug, Default)]
pub(super) struct ChosenStrip {
    naming: Option<Naming>,
}

#[derive(Debug)]
struct Naming {
    text: String,
    begun: bool,
}

impl ChosenStrip {
    /// Draws it if any row is chosen; the name of a set that is to be shown.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        chosen: &mut ChosenRows,
        snapshot: &Snapshot,
        asks: &mut Vec<Ask>,
    ) -> Option<String> {
        if chosen.is_empty() {
            self.naming = None;
            return None;
        }
        let t = tokens(ui);
        let mut set = None;
        let frame = Frame::new().fill(t.sel_soft);
        let frame = frame.inner_margin(Margin { left: 4, right: 12, top: 4, bottom: 6 });
        let below = Panel::bottom("chosen tunes").resizable(false).show_separator_line(false);
        below.frame(frame).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 2.0;
            let mut close = false;
            ui.horizontal(|ui| {
                // Quiet buttons have their words as far in.
                ui.add_space(IN);
                let words = format!("{} chosen", chosen.len());
                ui.label(RichText::new(words).font(fonts::strong(13.0)).color(t.selection));
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                    close = icon_button(ui, Icon::CLOSE, "Drop the choice of tunes", None)
                        .tip("Drop the choice (Esc)")
                        .clicked();
                });
            });
            if self.naming.is_some() {
                let inner = Frame::new().inner_margin(Margin { left: IN as i8, ..Margin::ZERO });
                set = inner.show(ui, |ui| self.name(ui, chosen, snapshot, asks)).inner;
            } else {
                ui.horizontal_wrapped(|ui| {
                    ui.spacing_mut().item_spacing.x = 0.0;
                    set = self.actions(ui, chosen, snapshot, asks);
                });
            }
            if close || set.is_some() {
                chosen.drop_choice();
            }
        });
        set
    }

    fn actions(
        &mut self,
        ui: &mut Ui,
        chosen: &ChosenRows,
        snapshot: &Snapshot,
        asks: &mut Vec<Ask>,
    ) -> Option<String> {
        let mut shown = None;
        if ui.add(Push::new(Weight::Quiet, "Export")).clicked() {
            asks.push(Ask::Export(ExportTunes::of(entries(chosen, snapshot), snapshot)));
        }
        let button = ui.add(Push::new(Weight::Quiet, "Set"));
        Popup::menu(&button).gap(2.0).show(|ui| {
            ui.set_width(190.0);
            ui.spacing_mut().item_spacing.y = 0.0;
            if ui.add(Push::new(Weight::Quiet, "Make a set").wide()).clicked() {
                let first = chosen.files().first().and_then(|file| snapshot.get(file)).cloned();
                let text = first.map(|entry| format!("{} set", entry.title)).unwrap_or_default();
                self.naming = Some(Naming { text, begun: false });
            }
            for set in &snapshot.sets {
                let words = format!("Add to {}", set.name);
                if ui.add(Push::new(Weight::Quiet, &words).wide()).clicked() {
                    let tunes = set.tunes.iter().cloned().chain(chosen.files()).collect();
                    asks.push(Ask::Library(Job::KeepSet(set.name.clone(), tunes)));
                    shown = Some(set.name.clone());
                }
            }
        });
        button.tip("Tunes that are played one after another, in the order they were chosen in.");
        if chosen.len() == 2
            && let [one, other] = &entries(chosen, snapshot)[..]
            && ui.add(Push::new(Weight::Quiet, "Compare")).clicked()
        {
            asks.push(Ask::Compare(Arc::clone(other), Some(Arc::clone(one))));
        }
        if ui.add(Push::new(Weight::Quiet, "Delete")).clicked() {
            asks.push(Ask::Library(Job::Delete(chosen.files())));
        }
        shown
    }

    /// A field for the name of a new set: Enter makes it, Esc leaves it.
    fn name(
        &mut self,
        ui: &mut Ui,
        chosen: &ChosenRows,
        snapshot: &Snapshot,
        asks: &mut Vec<Ask>,
    ) -> Option<String> {
        let naming = self.naming.as_mut()?;
        let edit = TextEdit::singleline(&mut naming.text)
            .hint_text("What the set is called")
            .font(fonts::words(13.0))
            .frame(field_frame(ui, Margin::symmetric(8, 4)))
            .desired_width(ui.available_width());
        let field = ui.add(edit);
        ui.ctx().accesskit_node_builder(field.id, |node| node.set_label("What the set is called"));
        let name = naming.text.split_whitespace().collect::<Vec<_>>().join(" ");
        let taken = snapshot.sets.iter().any(|set| set.name == name);
        finish_field(ui, &field, taken);
        if taken {
            let words = format!("There is a set called “{name}” already.");
            ui.add(Label::new(RichText::new(words).font(fonts::words(12.5)).color(tokens(ui).error)).wrap());
        }
        if !naming.begun {
            naming.begun = true;
            field.request_focus();
            return None;
        }
        if !field.lost_focus() {
            return None;
        }
        if !ui.input(|input| input.key_pressed(Key::Enter)) || name.is_empty() {
            self.naming = None;
            return None;
        }
        if taken {
            field.request_focus();
            return None;
        }
        self.naming = None;
        asks.push(Ask::Library(Job::KeepSet(name.clone(), chosen.files())));
        Some(name)
    }
}

/// The tunes of the chosen rows, the oldest first.
fn entries(chosen: &ChosenRows, snapshot: &Snapshot) -> Vec<Arc<Entry>> {
    snapshot.entries.iter().rev().filter(|entry| chosen.has(&entry.file)).cloned().collect()
}
