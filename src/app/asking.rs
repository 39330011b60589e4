//! Asking for files that are no tune to be opened: those to bring in, a folder for the tunes, a model. The
//! system's dialogs wait on a thread of their own.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, TryRecvError, channel};

use eframe::egui::Context;

use super::dialogs::{Dialogs, Reply, wait_for};
use super::path_dialog::{Answer, PathDialog, Purpose};

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Question {
    /// Tunes to bring in.
    Tunes,
    /// A folder to keep tunes in.
    Folder,
    /// A checkpoint to compose with.
    Model,
}

/// What was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
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
    fn title(self) -> &'static str {
        self.purpose().head()
    }

    fn purpose(self) -> Purpose {
        match self {
            Self::Tunes => Purpose::BringIn,
            Self::Folder => Purpose::Folder,
            Self::Model => Purpose::Model,
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
            *self = Self::Own(question, PathDialog::to_find(question.purpose(), &dialogs.folder));
            return;
        }
        let dialog = rfd::AsyncFileDialog::new().set_title(question.title()).set_directory(&dialogs.folder);
        let one = |file: rfd::FileHandle| vec![file.path().to_owned()];
        match question {
            Question::Tunes => {
                let dialog = dialog.add_filter("Tunes", &["abc", "json"]).pick_files();
                let all = move |files: Vec<rfd::FileHandle>| files.into_iter().flat_map(one).collect();
                self.away(question, dialogs, ctx, async move { dialog.await.map(all) });
            }
            Question::Folder => {
                let dialog = dialog.pick_folder();
                self.away(question, dialogs, ctx, async move { dialog.await.map(one) });
            }
            Question::Model => {
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
                let (question, reply) = (*question, receiver.try_recv());
                let next = match &reply {
                    Err(TryRecvError::Empty) => return None,
                    Ok(Reply::NoDialog) => {
                        Self::Own(question, PathDialog::to_find(question.purpose(), folder))
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
                let (question, answer) = (*question, dialog.ui(ctx)?);
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
