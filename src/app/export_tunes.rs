//! The dialog for an export of many kept tunes: which, and what they are to become.

use std::sync::Arc;

use eframe::egui::{Align, Context, Layout, Margin, RichText, TextEdit, Ui};

use super::choices::{Entry as Choice, combo, segments};
use super::dialog;
use super::exporting::{Order, Outlet, tunes};
use super::file_kind::Sheets;
use super::fonts;
use super::theme::tokens;
use super::widgets::{Push, Weight, field_frame, finish_field, form_row};
use crate::library::{Entry, Snapshot};

const WIDTH: f32 = 416.0;

/// Its state.
#[derive(Debug, Clone)]
pub(super) struct ExportTunes {
    /// What there is to choose from, each with its words; none is empty.
    whats: Vec<(String, Vec<Arc<Entry>>)>,
    what: usize,
    outlet: Outlet,
    name: String,
}

/// What was answered.
#[derive(Debug, Clone)]
pub(super) enum Answer {
    /// Save these.
    Save(Order),
    /// Nothing.
    Close,
}

impl ExportTunes {
    /// For tunes that were chosen, beside all favourites and all there are.
    pub(super) fn of(chosen: Vec<Arc<Entry>>, snapshot: &Snapshot) -> Self {
        let favourites = snapshot.oldest_first(|entry| entry.marks.favourite);
        let count = favourites.len();
        let all = snapshot.oldest_first(|_| true);
        let words = [
            format!("{} chosen", chosen.len()),
            format!("{count} favourite{}", if count == 1 { "" } else { "s" }),
            format!("All {}", all.len()),
        ];
        let mut whats: Vec<_> = words.into_iter().zip([chosen, favourites, all]).collect();
        whats.retain(|(_, tunes)| !tunes.is_empty());
        Self { whats, what: 0, outlet: Outlet::Book(Sheets::A4), name: "Tunes".to_owned() }
    }

    /// For a set, in its order.
    pub(super) fn of_set(name: &str, set: Vec<Arc<Entry>>) -> Self {
        let whats = vec![(tunes(set.len()), set)];
        Self { whats, what: 0, outlet: Outlet::Book(Sheets::A4), name: name.to_owned() }
    }

    /// Draws it over everything.
    pub(super) fn ui(&mut self, ctx: &Context) -> Option<Answer> {
        let (answer, closed) = dialog::show(ctx, "Export tunes", WIDTH, |ui| self.content(ui));
        answer.or(closed.then_some(Answer::Close))
    }

    fn content(&mut self, ui: &mut Ui) -> Option<Answer> {
        if self.whats.len() > 1 {
            let words: Vec<&str> = self.whats.iter().map(|(words, _)| words.as_str()).collect();
            if let Some(new) = segments(ui, "Which tunes", WIDTH, self.what, &words) {
                self.what = new;
            }
            ui.add_space(4.0);
        }
        let outlets = [
            ("Tune book", "to print (PDF)"),
            ("One ABC file", "with all of them"),
            ("A folder", "an ABC file for each"),
        ];
        let place = match self.outlet {
            Outlet::Book(_) => 0,
            Outlet::Tunebook => 1,
            Outlet::Folder => 2,
        };
        form_row(ui, "As", |ui| {
            let entries = outlets.map(|(name, detail)| Choice::new(name).detail(detail));
            let (_, new) = combo(ui, "As", ui.available_width(), place, &entries);
            match new {
                Some(0) => self.outlet = Outlet::Book(Sheets::A4),
                Some(1) => self.outlet = Outlet::Tunebook,
                Some(_) => self.outlet = Outlet::Folder,
                None => {}
            }
        });
        form_row(ui, "Name", |ui| {
            let edit = TextEdit::singleline(&mut self.name)
                .font(fonts::words(14.0))
                .frame(field_frame(ui, Margin::symmetric(8, 4)))
                .desired_width(ui.available_width());
            let field = ui.add(edit);
            ui.ctx().accesskit_node_builder(field.id, |node| node.set_label("Name"));
            finish_field(ui, &field, false);
        });
        if let Outlet::Book(sheets) = &mut self.outlet {
            form_row(ui, "Paper", |ui| {
                let entries = Sheets::ALL.map(|sheets| Choice::new(sheets.name()));
                let chosen = Sheets::ALL.iter().position(|known| known == sheets).unwrap_or(0);
                let (_, new) = combo(ui, "Paper", 110.0, chosen, &entries);
                *sheets = new.and_then(|new| Sheets::ALL.get(new).copied()).unwrap_or(*sheets);
            });
        }
        let about = match self.outlet {
            Outlet::Book(_) => "The name is on the title page. An index is at the end.",
            Outlet::Tunebook => "Numbered from 1; any ABC program opens it.",
            Outlet::Folder => "Each is named after its title. No file is replaced.",
        };
        ui.label(RichText::new(about).font(fonts::words(12.5)).color(tokens(ui).muted));
        ui.add_space(8.0);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let words = match self.outlet {
                Outlet::Book(_) => "Save as PDF",
                Outlet::Tunebook => "Save as ABC",
                Outlet::Folder => "Save as files",
            };
            let save = ui.add(Push::new(Weight::Main, words));
            let cancel = ui.add(Push::new(Weight::Plain, "Cancel"));
            if save.clicked() {
                let (_, tunes) = self.whats.get(self.what)?;
                let (tunes, name) = (tunes.clone(), self.name.trim().to_owned());
                Some(Answer::Save(Order { tunes, outlet: self.outlet, name }))
            } else {
                cancel.clicked().then_some(Answer::Close)
            }
        })
        .inner
    }
}
