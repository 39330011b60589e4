//! The history: every tune that is kept, newest first, with what finds it again.

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::{Align, Context, Frame, Layout, Margin, Popup, Rect, RichText, Ui};

use super::export_tunes::ExportTunes;
use super::exporting::{Exporting, Order, Wanted, tunes};
use super::fonts::{self, Icon};
use super::history_chosen::ChosenStrip;
use super::history_finder::{Finder, search_id};
use super::history_list::{HistoryList, OnStand};
use super::history_said::{nothing_fits, nothing_kept, trouble, undo_row};
use super::set_view::SetView;
use super::shelf::Shelf;
use super::theme::tokens;
use super::tip::Tip;
use super::widgets::{Push, Weight, icon_button};
use crate::library::search::AskedKey;
use crate::library::{Entry, Job};
use crate::perform::TuneType;

/// Between the panel's edge and what stands in it.
pub(super) const SIDE: i8 = 12;

/// What is asked of the window.
#[derive(Debug, Clone)]
pub(super) enum Ask {
    /// Put a tune on the stand.
    Open(Arc<Entry>),
    /// Put it there and play it.
    Play(Arc<Entry>),
    /// Play tunes one after another, by their files, from one of them on.
    PlaySet {
        /// The files.
        tunes: Vec<String>,
        /// The first to be played.
        place: usize,
    },
    /// See it beside another, or beside the tune on the stand.
    Compare(Arc<Entry>, Option<Arc<Entry>>),
    /// Compose another with the same wishes.
    ComposeLike(Arc<Entry>),
    /// Compose a tune of this type, in this key if one is said.
    ComposeWish(TuneType, Option<AskedKey>),
    /// Something for the library.
    Library(Job),
    /// Bring back what was deleted last.
    UndoDeletion,
    /// Choose files to bring in.
    BringIn,
    /// Choose a folder of them.
    BringInFolder,
    /// Choose another folder.
    ChooseFolder,
    /// Show the folder to the system.
    OpenFolder,
    /// Choose what tunes are to become.
    Export(ExportTunes),
    /// Write tunes to a place where that failed before.
    ExportAgain(Order, PathBuf),
    /// Choose another place for them.
    ExportElsewhere(Order),
}

/// The panel's state.
#[derive(Debug, Default)]
pub(super) struct HistoryPanel {
    finder: Finder,
    list: HistoryList,
    strip: ChosenStrip,
    /// The set that is shown in place of the list.
    set: Option<SetView>,
    /// Where it was drawn last.
    place: Option<Rect>,
}

impl HistoryPanel {
    /// Draws it.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        shelf: &Shelf,
        stand: OnStand<'_>,
        exporting: &mut Exporting,
    ) -> Vec<Ask> {
        let mut asks = Vec::new();
        self.place = Some(ui.max_rect());
        let (snapshot, changes) = shelf.snapshot();
        self.finder.follow(snapshot, changes);
        self.list.follow(snapshot, changes, self.finder.filter());
        ui.spacing_mut().item_spacing.y = 6.0;
        Frame::new().inner_margin(Margin { left: SIDE, right: SIDE, top: 6, bottom: 6 }).show(ui, |ui| {
            head(ui, shelf, &mut asks);
            if self.finder.field(ui) {
                // What is found is seen.
                self.set = None;
            }
            let set = self.finder.chips(ui, snapshot);
            trouble(ui, shelf, &mut asks);
            undo_row(ui, shelf, &mut asks);
            asks.extend(exporting.strip(ui).map(|wanted| match wanted {
                Wanted::Again(order, to) => Ask::ExportAgain(order, to),
                Wanted::Elsewhere(order) => Ask::ExportElsewhere(order),
            }));
            if let Some(name) = set {
                self.set = Some(SetView::of(name));
            }
        });
        if let Some(view) = &mut self.set {
            match view.set(snapshot) {
                Some(set) => {
                    if view.ui(ui, &set, (snapshot, changes), stand, &mut asks) {
                        self.set = None;
                    }
                    return asks;
                }
                // It has gone.
                None if view.was_seen() => self.set = None,
                None => {}
            }
        }
        if let Some(name) = self.strip.ui(ui, self.list.chosen(), snapshot, &mut asks) {
            self.set = Some(SetView::of(name));
        }
        if snapshot.entries.is_empty() && snapshot.damaged.is_empty() {
            if changes > 0 {
                nothing_kept(ui, &mut asks);
            }
        } else if self.list.is_empty() {
            nothing_fits(ui, &self.finder, snapshot.entries.len(), &mut asks);
        } else {
            self.list.ui(ui, stand, &mut asks);
        }
        asks
    }

    /// Whether the keyboard is in it.
    pub(super) fn has_focus(&self, ctx: &Context) -> bool {
        let focused = ctx.memory(|memory| memory.focused()).and_then(|id| ctx.read_response(id));
        let inside = |place: Rect| focused.is_some_and(|focused| place.contains_rect(focused.rect));
        self.place.is_some_and(inside)
    }

    /// Sends the keyboard to the field that finds tunes; a set makes room for them.
    pub(super) fn find(&mut self, ctx: &Context) {
        self.set = None;
        ctx.memory_mut(|memory| memory.request_focus(search_id()));
    }
}

fn head(ui: &mut Ui, shelf: &Shelf, asks: &mut Vec<Ask>) {
    let t = tokens(ui);
    let (snapshot, _) = shelf.snapshot();
    ui.horizontal(|ui| {
        ui.label(RichText::new("History").font(fonts::caslon(17.0)).color(t.text));
        let count = snapshot.entries.len();
        if count > 0 {
            let words = counts(count, snapshot.favourites());
            ui.label(RichText::new(words).font(fonts::words(12.5)).color(t.muted));
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            let more = icon_button(ui, Icon::MORE, "More of the history", None);
            Popup::menu(&more).gap(2.0).show(|ui| {
                ui.set_width(210.0);
                ui.spacing_mut().item_spacing.y = 0.0;
                let mut line =
                    |on, words: &str| ui.add_enabled(on, Push::new(Weight::Quiet, words).wide()).clicked();
                if line(true, "Bring in ABC files") {
                    asks.push(Ask::BringIn);
                }
                if line(true, "Bring in a folder") {
                    asks.push(Ask::BringInFolder);
                }
                if line(count > 0, "Export tunes") {
                    asks.push(Ask::Export(ExportTunes::of(Vec::new(), snapshot)));
                }
                let others = snapshot.entries.iter().filter(|entry| !entry.marks.favourite);
                let others: Vec<String> = others.map(|entry| entry.file.clone()).collect();
                if line(!others.is_empty(), "Delete all but favourites") {
                    asks.push(Ask::Library(Job::Delete(others)));
                }
                if line(true, "Choose another folder") {
                    asks.push(Ask::ChooseFolder);
                }
            });
            if icon_button(ui, Icon::FOLDER, "Open folder", None).tip("Open folder").clicked() {
                asks.push(Ask::OpenFolder);
            }
        });
    });
}

/// "214 tunes, 9 favourites"
fn counts(count: usize, favourites: usize) -> String {
    match favourites {
        0 => tunes(count),
        1 => format!("{}, 1 favourite", tunes(count)),
        _ => format!("{}, {favourites} favourites", tunes(count)),
    }
}
