//! The system's dialogs for files to bring in and for a folder, on a thread of their own.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use eframe::egui::Context;

use super::save::wait_for;

/// What was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Asked {
    /// Files to bring in.
    Files(Vec<PathBuf>),
    /// A folder to keep tunes in.
    Folder(PathBuf),
}

/// One dialog at a time.
#[derive(Debug, Default)]
pub(super) struct Asking(Option<Receiver<Option<Asked>>>);

impl Asking {
    /// Asks for ABC files, or favourites of the Flask demo.
    pub(super) fn files(&mut self, ctx: &Context) {
        let dialog = rfd::AsyncFileDialog::new()
            .set_title("Bring in ABC files")
            .add_filter("Tunes", &["abc", "json"])
            .pick_files();
        self.away(ctx, move || {
            let files = wait_for(dialog)?;
            Some(Asked::Files(files.iter().map(|file| file.path().to_owned()).collect()))
        });
    }

    /// Asks for a folder.
    pub(super) fn folder(&mut self, ctx: &Context) {
        let dialog = rfd::AsyncFileDialog::new().set_title("A folder to keep tunes in").pick_folder();
        self.away(ctx, move || Some(Asked::Folder(wait_for(dialog)?.path().to_owned())));
    }

    fn away(&mut self, ctx: &Context, ask: impl FnOnce() -> Option<Asked> + Send + 'static) {
        if self.0.is_some() {
            return;
        }
        let (sender, receiver) = channel();
        let wake = ctx.clone();
        let thread = std::thread::Builder::new().name("dialog".to_owned()).spawn(move || {
            // A window that is gone need not be told.
            let _ = sender.send(ask());
            wake.request_repaint();
        });
        match thread {
            Ok(_) => self.0 = Some(receiver),
            Err(error) => log::warn!("no dialog: no thread could be started: {error}"),
        }
    }

    /// What was chosen, once; never waits.
    pub(super) fn poll(&mut self) -> Option<Asked> {
        match self.0.as_ref()?.try_recv() {
            Err(TryRecvError::Empty) => None,
            Ok(asked) => {
                self.0 = None;
                asked
            }
            Err(TryRecvError::Disconnected) => {
                self.0 = None;
                None
            }
        }
    }
}
