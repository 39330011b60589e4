//! Asking for files that are no tune to be opened: those to bring in, where many are written to, a folder for
//! the tunes, a model. The system's dialogs wait on a thread of their own.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use eframe::egui::Context;

use super::dialogs::{Dialogs, Reply, wait_for};
use super::exporting::Order;
use super::path_dialog::{Answer, PathDialog, Purpose};
use super::save::chosen;

/// What is asked for.
#[derive(Debug, Clone)]
pub(super) enum Question {
    /// Tunes to bring in.
    Tunes,
    /// A folder of tunes to bring in.
    TunesFolder,
    /// Where to write tunes.
    Export(Order),
    /// A folder to keep tunes in.
    Folder,
    /// A checkpoint to compose with.
    Model,
}

/// What was chosen.
#[derive(Debug, Clone)]
pub(super) struct Asked {
    /// What for.
    pub(super) question: Question,
    /// What: one path, or several files to bring in.
    pub(super) paths: Vec<PathBuf>,
}

/// One dialog at a time.
#[derive(Debug, Default)]
pub(super) enum Asking {
    /// Nothing is asked.
    #[default]
    Idle,
    /// A thread waits for the system's dialog.
    Away(Question, PathBuf, Receiver<Reply<Vec<PathBuf>>>),
    /// Our own dialog is open.
    Own(Question, PathDialog),
}

impl Question {
    fn purpose(&self) -> Purpose {
        match self {
            Self::Tunes | Self::TunesFolder => Purpose::BringIn,
            Self::Export(order) => order.kind().map_or(Purpose::Fill, Purpose::SaveAll),
            Self::Folder => Purpose::Folder,
            Self::Model => Purpose::Model,
        }
    }

    /// Our own dialog for it, beginning in a folder.
    fn dialog(&self, folder: &Path) -> PathDialog {
        match self {
            Self::Export(order) => PathDialog::to_save_all(&folder.join(order.file_name()), self.purpose()),
            _ => PathDialog::to_find(self.purpose(), folder),
        }
    }
}

impl Asking {
    /// Whether our own dialog is on the screen: it takes the keys.
    pub(super) fn is_asking(&self) -> bool {
        matches!(self, Self::Own(..))
    }

    /// Asks, unless something else is being asked.
    pub(super) fn ask(&mut self, question: Question, dialogs: &Dialogs, ctx: &Context) {
        if !matches!(self, Self::Idle) {
            return;
        }
        if !dialogs.native {
            let dialog = question.dialog(&dialogs.folder);
            *self = Self::Own(question, dialog);
            return;
        }
        let title = question.purpose().head();
        let dialog = rfd::AsyncFileDialog::new().set_title(title).set_directory(&dialogs.folder);
        let one = |file: rfd::FileHandle| vec![file.path().to_owned()];
        let kind = if let Question::Export(order) = &question { order.kind() } else { None };
        match (&question, kind) {
            (Question::Export(order), Some(kind)) => {
                let named = dialog.set_file_name(order.file_name());
                let file = named.add_filter(kind.name(), &[kind.ending()]).save_file();
                let whole = move |file: rfd::FileHandle| vec![chosen(file.path(), kind)];
                self.away(question, dialogs, ctx, async move { file.await.map(whole) });
            }
            (Question::Tunes, _) => {
                let dialog = dialog.add_filter("Tunes", &["abc", "json"]).pick_files();
                let all = move |files: Vec<rfd::FileHandle>| files.into_iter().flat_map(one).collect();
                self.away(question, dialogs, ctx, async move { dialog.await.map(all) });
            }
            (Question::TunesFolder | Question::Folder | Question::Export(_), _) => {
                let dialog = dialog.pick_folder();
                self.away(question, dialogs, ctx, async move { dialog.await.map(one) });
            }
            (Question::Model, _) => {
                let dialog = dialog.add_filter("Models", &["safetensors"]).pick_file();
                self.away(question, dialogs, ctx, async move { dialog.await.map(one) });
            }
        }
    }

    fn away(
        &mut self,
        question: Question,
        dialogs: &Dialogs,
        ctx: &Context,
        dialog: impl Future<Output = Option<Vec<PathBuf>>> + Send + 'static,
    ) {
        let (sender, receiver) = channel();
        let wake = ctx.clone();
        let thread = std::thread::Builder::new().name("dialog".to_owned()).spawn(move || {
            // A window that is gone need not be told.
            let _ = sender.send(wait_for(dialog));
            wake.request_repaint();
        });
        match thread {
            Ok(_) => *self = Self::Away(question, dialogs.folder.clone(), receiver),
            Err(error) => log::warn!("no dialog: no thread could be started: {error}"),
        }
    }

    /// Draws our dialog if it is open; what was chosen, once. Never waits.
    pub(super) fn ui(&mut self, ctx: &Context) -> Option<Asked> {
        match self {
            Self::Idle => None,
            Self::Away(question, folder, receiver) => {
                let (question, reply) = (question.clone(), receiver.try_recv());
                let next = match &reply {
                    Err(TryRecvError::Empty) => return None,
                    Ok(Reply::NoDialog) => {
                        let dialog = question.dialog(folder);
                        Self::Own(question.clone(), dialog)
                    }
                    _ => Self::Idle,
                };
                *self = next;
                ctx.request_repaint();
                match reply {
                    Ok(Reply::Chosen(paths)) => Some(Asked { question, paths }),
                    _ => None,
                }
            }
            Self::Own(question, dialog) => {
                let (answer, question) = (dialog.ui(ctx)?, question.clone());
                *self = Self::Idle;
                ctx.request_repaint();
                match answer {
                    Answer::Use(path) => Some(Asked { question, paths: vec![path] }),
                    Answer::Cancel => None,
                }
            }
        }
    }
}
