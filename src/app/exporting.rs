//! Kept tunes on their way out: a thread writes them, and a strip in the history says how far it is.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::time::Duration;

use eframe::egui::accesskit::Live;
use eframe::egui::{
    Align, Context, Frame, Label, Layout, Margin, ProgressBar, RichText, Role, Ui, WidgetInfo,
};

use super::file_kind::{FileKind, Print, Sheets};
use super::fonts;
use super::opening::name;
use super::theme::tokens;
use super::widgets::{Push, Weight};
use crate::export::pages::Layout as Pages;
use crate::library::Entry;
use crate::library::export::{self, ExportError, Form, Progress};
use crate::library::names::file_stem;

/// How often the strip is drawn anew.
const LOOK: Duration = Duration::from_millis(100);

/// What a number of tunes is to become.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outlet {
    /// One file of ABC.
    Tunebook,
    /// A file of ABC for each.
    Folder,
    /// A book to print on this paper.
    Book(Sheets),
}

/// Tunes to be written.
#[derive(Debug, Clone)]
pub(super) struct Order {
    /// The tunes, in the order in which they are written.
    pub(super) tunes: Vec<Arc<Entry>>,
    /// What they become.
    pub(super) outlet: Outlet,
    /// What they are called together: the title of a book, the name of a file.
    pub(super) name: String,
}

impl Order {
    /// The kind of its file; none for a folder.
    pub(super) fn kind(&self) -> Option<FileKind> {
        match self.outlet {
            Outlet::Tunebook => Some(FileKind::Abc),
            Outlet::Folder => None,
            Outlet::Book(sheets) => Some(FileKind::Pdf(Print { sheets, ..Print::USUAL })),
        }
    }

    /// A name for its file, or for its folder.
    pub(super) fn file_name(&self) -> String {
        let stem = file_stem(&self.name);
        let stem = if stem.is_empty() { "Tunes" } else { &stem };
        self.kind().map_or_else(|| stem.to_owned(), |kind| format!("{stem}.{}", kind.ending()))
    }

    fn form(&self) -> Form {
        match self.outlet {
            Outlet::Tunebook => Form::Tunebook,
            Outlet::Folder => Form::Folder,
            Outlet::Book(sheets) => Form::Book {
                title: self.name.clone(),
                layout: Pages { paper: sheets.paper(), ..Pages::default() },
            },
        }
    }

    /// What it is, at the beginning of a sentence.
    fn words(&self) -> &'static str {
        match self.outlet {
            Outlet::Tunebook => "ABC file",
            Outlet::Folder => "Folder",
            Outlet::Book(_) => "Tune book",
        }
    }
}

/// What is asked for in the strip.
#[derive(Debug, Clone)]
pub(super) enum Wanted {
    /// Write it once more to the same place.
    Again(Order, PathBuf),
    /// Write it to another.
    Elsewhere(Order),
}

/// One export at a time.
#[derive(Debug, Default)]
pub(super) struct Exporting {
    now: Option<Export>,
}

#[derive(Debug)]
struct Export {
    order: Order,
    to: PathBuf,
    progress: Arc<Progress>,
    state: State,
}

#[derive(Debug)]
enum State {
    Away(Receiver<Result<(), ExportError>>),
    Failed(String),
}

impl Exporting {
    /// Whether tunes are being written.
    pub(super) fn is_busy(&self) -> bool {
        matches!(&self.now, Some(Export { state: State::Away(_), .. }))
    }

    /// Writes an order to a file or a folder, unless another is being written.
    pub(super) fn begin(&mut self, order: Order, to: PathBuf, ctx: &Context) {
        if self.is_busy() {
            return;
        }
        let (sender, receiver) = channel();
        let progress = Arc::new(Progress::default());
        let (theirs, path, seen) = (order.clone(), to.clone(), Arc::clone(&progress));
        let wake = ctx.clone();
        let thread = std::thread::Builder::new().name("export".to_owned()).spawn(move || {
            // A window that is gone need not be told.
            let _ = sender.send(export::write(&theirs.tunes, &theirs.form(), &path, &seen));
            wake.request_repaint();
        });
        let state = match thread {
            Ok(_) => State::Away(receiver),
            Err(error) => State::Failed(failure(&to, &error)),
        };
        self.now = Some(Export { order, to, progress, state });
    }

    /// What has come of it since the last call, and the folder what was written is in, if anything was.
    pub(super) fn poll(&mut self) -> Option<(String, Option<PathBuf>)> {
        let Export { order, to, progress, state } = self.now.as_mut()?;
        let State::Away(receiver) = state else { return None };
        let count = tunes(order.tunes.len());
        match receiver.try_recv() {
            Err(TryRecvError::Empty) => None,
            Ok(Ok(())) => {
                let (words, folder) = match order.outlet {
                    Outlet::Folder => (format!("{count} saved in “{}”.", name(to)), Some(to.clone())),
                    _ => (format!("{count} saved as “{}”.", name(to)), to.parent().map(Path::to_owned)),
                };
                self.now = None;
                Some((words, folder))
            }
            Ok(Err(ExportError::Cancelled)) => {
                let (done, name) = (progress.done(), name(to));
                let outcome = match order.outlet {
                    Outlet::Folder if done > 0 => {
                        let words = format!("The export was cancelled. {done} of {count} are in “{name}”.");
                        (words, Some(to.clone()))
                    }
                    _ => ("The export was cancelled. Nothing was written.".to_owned(), None),
                };
                self.now = None;
                Some(outcome)
            }
            Ok(Err(error)) => {
                *state = State::Failed(failure(to, &error));
                None
            }
            Err(TryRecvError::Disconnected) => {
                *state = State::Failed(failure(to, &"the work on it broke off"));
                None
            }
        }
    }

    /// Draws the strip, if there is anything to be said.
    pub(super) fn strip(&mut self, ui: &mut Ui) -> Option<Wanted> {
        let export = self.now.as_ref()?;
        let mut wanted = None;
        let mut done = false;
        match &export.state {
            State::Away(_) => progress(ui, export),
            State::Failed(words) => {
                let t = tokens(ui);
                let frame = Frame::new().fill(t.err_soft).corner_radius(6);
                frame.inner_margin(Margin::symmetric(10, 8)).show(ui, |ui| {
                    let words = RichText::new(words).font(fonts::words(13.0)).color(t.error);
                    let label = ui.add(Label::new(words).wrap());
                    ui.ctx().accesskit_node_builder(label.id, |node| node.set_live(Live::Polite));
                    ui.horizontal_wrapped(|ui| {
                        if ui.add(Push::new(Weight::Plain, "Try again")).clicked() {
                            wanted = Some(Wanted::Again(export.order.clone(), export.to.clone()));
                        }
                        if ui.add(Push::new(Weight::Plain, "Save elsewhere")).clicked() {
                            wanted = Some(Wanted::Elsewhere(export.order.clone()));
                        }
                        done = ui.add(Push::new(Weight::Quiet, "Leave it")).clicked();
                    });
                });
            }
        }
        if done || wanted.is_some() {
            self.now = None;
        }
        wanted
    }
}

/// "Tune book, 18 of 64 tunes", how far that is, and Cancel.
fn progress(ui: &mut Ui, export: &Export) {
    let t = tokens(ui);
    ui.ctx().request_repaint_after(LOOK);
    let (done, all) = (export.progress.done(), export.order.tunes.len());
    let cancelled = export.progress.is_cancelled();
    let words = if cancelled {
        "Cancelling".to_owned()
    } else {
        format!("{}, {done} of {}", export.order.words(), tunes(all))
    };
    Frame::new().fill(t.row_hover).corner_radius(6).inner_margin(Margin::symmetric(10, 4)).show(ui, |ui| {
        ui.horizontal(|ui| {
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                if ui.add_enabled(!cancelled, Push::new(Weight::Plain, "Cancel")).clicked() {
                    export.progress.cancel();
                }
                ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                    let words = RichText::new(&words).font(fonts::words(13.0)).color(t.text);
                    ui.add(Label::new(words).truncate());
                });
            });
        });
        let share = done as f32 / all.max(1) as f32;
        let bar = ui.add(ProgressBar::new(share).desired_height(4.0).fill(t.accent));
        bar.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, &words));
    });
}

fn failure(to: &Path, error: &impl std::fmt::Display) -> String {
    format!("“{}” could not be written: {error}.", to.display())
}

/// "1 tune", "64 tunes"
pub(super) fn tunes(count: usize) -> String {
    if count == 1 { "1 tune".to_owned() } else { format!("{count} tunes") }
}
