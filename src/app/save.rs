//! Saving a tune to a file: the system's dialog on a thread of its own, and a small one of ours
//! where the system has none.

use std::io;
use std::path::{Path, PathBuf};
use std::pin::pin;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::task::{Context as TaskContext, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

use eframe::egui::Context;

use crate::files::write_atomically;

use super::file_kind::FileKind;
use super::page::Page;
use super::path_dialog::{Answer, PathDialog, with_ending};
use super::player::Manner;

/// rfd says "cancelled" where there is neither a portal nor zenity; no hand is this quick.
pub(super) const TOO_QUICK_FOR_A_HAND: Duration = Duration::from_millis(150);

/// How a saving ended.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The tune is in this file.
    Saved(PathBuf),
    /// It is not.
    Failed {
        /// What it was to be saved as.
        kind: FileKind,
        /// The file it was meant for.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// There can be no such file of this tune.
    Impossible {
        /// What it was to be saved as.
        kind: FileKind,
        /// Why.
        reason: String,
    },
    /// Nothing could be started.
    NoThread {
        /// What it was to be saved as.
        kind: FileKind,
        /// What the system said.
        error: io::Error,
    },
}

/// What the thread says.
enum Word {
    Done(Outcome),
    Cancelled,
    NoDialog,
}

/// How far the saving has got.
#[derive(Debug)]
enum Stage {
    Idle,
    /// A thread asks or writes.
    Away(Receiver<Word>),
    /// Our own dialog is open.
    Asking(PathDialog),
}

/// Saves one tune at a time.
#[derive(Debug)]
pub(super) struct Saving {
    stage: Stage,
    kind: FileKind,
    page: Arc<Page>,
    manner: Manner,
    suggestion: PathBuf,
}

impl Default for Saving {
    fn default() -> Self {
        Self {
            stage: Stage::Idle,
            kind: FileKind::Abc,
            page: Arc::new(Page::own()),
            manner: Manner::default(),
            suggestion: PathBuf::new(),
        }
    }
}

impl Saving {
    /// Whether a dialog is open or a file is being written.
    pub(super) fn is_busy(&self) -> bool {
        !matches!(self.stage, Stage::Idle)
    }

    /// Whether our own dialog is on the screen: it takes the keys.
    pub(super) fn is_asking(&self) -> bool {
        matches!(self.stage, Stage::Asking(_))
    }

    /// Asks where to save `page`, with the system's dialog if `native`, else with ours. A file that sounds is
    /// played in this manner.
    pub(super) fn begin(
        &mut self,
        kind: FileKind,
        page: &Page,
        manner: Manner,
        native: bool,
        ctx: &Context,
    ) -> Option<Outcome> {
        (self.kind, self.page, self.manner) = (kind, Arc::new(page.clone()), manner);
        let file_name = format!("{}.{}", page.file_name(), kind.ending());
        self.suggestion = folder().join(&file_name);
        if !native {
            self.stage = Stage::Asking(PathDialog::to_save(&self.suggestion, kind));
            return None;
        }
        // macOS wants its dialog made on this thread, all systems let it be waited for on another.
        let dialog = rfd::AsyncFileDialog::new()
            .set_title("Save the tune")
            .add_filter(kind.name(), &[kind.ending()])
            .set_directory(folder())
            .set_file_name(file_name)
            .save_file();
        let (page, manner) = (Arc::clone(&self.page), self.manner.clone());
        self.away(ctx, move || {
            let asked = Instant::now();
            match wait_for(dialog) {
                Some(file) => Word::Done(write(kind, &chosen(file.path(), kind), &page, &manner)),
                None if asked.elapsed() < TOO_QUICK_FOR_A_HAND => Word::NoDialog,
                None => Word::Cancelled,
            }
        })
    }

    /// Draws our dialog if it is open; says how the saving ended, once.
    pub(super) fn ui(&mut self, ctx: &Context) -> Option<Outcome> {
        match &mut self.stage {
            Stage::Idle => None,
            Stage::Away(receiver) => match receiver.try_recv() {
                Err(TryRecvError::Empty) => None,
                Ok(Word::Done(outcome)) => {
                    self.stage = Stage::Idle;
                    Some(outcome)
                }
                Ok(Word::NoDialog) => {
                    self.stage = Stage::Asking(PathDialog::to_save(&self.suggestion, self.kind));
                    ctx.request_repaint();
                    None
                }
                Ok(Word::Cancelled) | Err(TryRecvError::Disconnected) => {
                    self.stage = Stage::Idle;
                    None
                }
            },
            Stage::Asking(dialog) => match dialog.ui(ctx) {
                None => None,
                Some(Answer::Cancel) => {
                    self.stage = Stage::Idle;
                    None
                }
                Some(Answer::Use(path)) => {
                    let (kind, page, manner) = (self.kind, Arc::clone(&self.page), self.manner.clone());
                    self.away(ctx, move || Word::Done(write(kind, &path, &page, &manner)))
                }
            },
        }
    }

    fn away(&mut self, ctx: &Context, work: impl FnOnce() -> Word + Send + 'static) -> Option<Outcome> {
        let (sender, receiver) = channel();
        let ctx = ctx.clone();
        let thread = std::thread::Builder::new().name("save".to_owned()).spawn(move || {
            // A window that is gone need not be told.
            let _ = sender.send(work());
            ctx.request_repaint();
        });
        match thread {
            Ok(_) => {
                self.stage = Stage::Away(receiver);
                None
            }
            Err(error) => {
                self.stage = Stage::Idle;
                Some(Outcome::NoThread { kind: self.kind, error })
            }
        }
    }
}

/// Where tunes go unless another place is chosen: the documents, else the home folder.
pub(super) fn folder() -> PathBuf {
    directories::UserDirs::new()
        .map(|dirs| dirs.document_dir().unwrap_or(dirs.home_dir()).to_owned())
        .filter(|folder| folder.is_dir())
        .unwrap_or_default()
}

/// The file chosen in the system's dialog, which adds no ending and asked about this name only: it
/// gets its kind's ending where that replaces nothing.
fn chosen(path: &Path, kind: FileKind) -> PathBuf {
    let named = with_ending(path.to_owned(), kind);
    if named.exists() { path.to_owned() } else { named }
}

/// Makes the file and writes it; a picture or sound takes longer than a frame may.
fn write(kind: FileKind, path: &Path, page: &Page, manner: &Manner) -> Outcome {
    let bytes = match kind.bytes(page, manner) {
        Ok(bytes) => bytes,
        Err(reason) => return Outcome::Impossible { kind, reason },
    };
    match write_atomically(path, &bytes) {
        Ok(()) => Outcome::Saved(path.to_owned()),
        Err(error) => Outcome::Failed { kind, path: path.to_owned(), error },
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Lets this thread sleep until the future is there.
pub(super) fn wait_for<F: Future>(future: F) -> F::Output {
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let mut task = TaskContext::from_waker(&waker);
    let mut future = pin!(future);
    loop {
        match future.as_mut().poll(&mut task) {
            Poll::Ready(output) => return output,
            Poll::Pending => std::thread::park(),
        }
    }
}
