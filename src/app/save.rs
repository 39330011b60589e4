//! Saving a tune to a file: the system's dialog on a thread of its own, and a small one of ours
//! where the system has none.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, TryRecvError, channel};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use eframe::egui::Context;

use crate::files::write_atomically;
use crate::synth::Watch;

use super::dialogs::{Dialogs, Reply, wait_for};
use super::file_kind::FileKind;
use super::opening;
use super::page::Page;
use super::path_dialog::{Answer, PathDialog, with_ending};
use super::player::Manner;

/// A file that takes longer than this is said to be written.
const SAID_AFTER: Duration = Duration::from_millis(400);

/// How far a file is that is being written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Progress {
    /// The file's name.
    pub(super) name: String,
    /// How much of it there is, 0 to 1.
    pub(super) share: f32,
}

/// The writing of one file, as the thread that does it tells it.
#[derive(Debug, Default)]
struct Work {
    watch: Arc<Watch>,
    /// Since when, and the file's name.
    begun: OnceLock<(Instant, String)>,
}

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
    Away(Receiver<Word>, Arc<Work>),
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

    /// Asks where to save `page`. A file that sounds is played in this manner.
    pub(super) fn begin(
        &mut self,
        kind: FileKind,
        page: &Page,
        manner: Manner,
        dialogs: &Dialogs,
        ctx: &Context,
    ) -> Option<Outcome> {
        (self.kind, self.page, self.manner) = (kind, Arc::new(page.clone()), manner);
        let file_name = format!("{}.{}", page.file_name(), kind.ending());
        self.suggestion = dialogs.folder.join(&file_name);
        if !dialogs.native {
            self.stage = Stage::Asking(PathDialog::to_save(&self.suggestion, kind));
            return None;
        }
        // macOS wants its dialog made on this thread, all systems let it be waited for on another.
        let dialog = rfd::AsyncFileDialog::new()
            .set_title("Save the tune")
            .add_filter(kind.name(), &[kind.ending()])
            .set_directory(&dialogs.folder)
            .set_file_name(file_name)
            .save_file();
        let (page, manner, wake) = (Arc::clone(&self.page), self.manner.clone(), ctx.clone());
        self.away(ctx, move |work| match wait_for(dialog) {
            Reply::Chosen(file) => write(kind, &chosen(file.path(), kind), &page, &manner, work, &wake),
            Reply::NoDialog => Word::NoDialog,
            Reply::Cancelled => Word::Cancelled,
        })
    }

    /// Draws our dialog if it is open; says how the saving ended, once.
    pub(super) fn ui(&mut self, ctx: &Context) -> Option<Outcome> {
        match &mut self.stage {
            Stage::Idle => None,
            Stage::Away(receiver, work) => match receiver.try_recv() {
                Err(TryRecvError::Empty) => {
                    if work.begun.get().is_some() {
                        ctx.request_repaint_after(Duration::from_millis(100));
                    }
                    None
                }
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
                    let wake = ctx.clone();
                    self.away(ctx, move |work| write(kind, &path, &page, &manner, work, &wake))
                }
            },
        }
    }

    /// The file that is being written, if it takes its time.
    pub(super) fn progress(&self) -> Option<Progress> {
        let Stage::Away(_, work) = &self.stage else { return None };
        let (since, name) = work.begun.get()?;
        let progress = || Progress { name: name.clone(), share: work.watch.share() };
        (since.elapsed() > SAID_AFTER).then(progress)
    }

    /// Gives up the file that is being written.
    pub(super) fn cancel(&self) {
        if let Stage::Away(_, work) = &self.stage {
            work.watch.stop();
        }
    }

    fn away(&mut self, ctx: &Context, job: impl FnOnce(&Work) -> Word + Send + 'static) -> Option<Outcome> {
        let (sender, receiver) = channel();
        let ctx = ctx.clone();
        let work = Arc::new(Work::default());
        let theirs = Arc::clone(&work);
        let thread = std::thread::Builder::new().name("save".to_owned()).spawn(move || {
            // A window that is gone need not be told.
            let _ = sender.send(job(&theirs));
            ctx.request_repaint();
        });
        match thread {
            Ok(_) => {
                self.stage = Stage::Away(receiver, work);
                None
            }
            Err(error) => {
                self.stage = Stage::Idle;
                Some(Outcome::NoThread { kind: self.kind, error })
            }
        }
    }
}

/// The file chosen in the system's dialog, which adds no ending and asked about this name only: it
/// gets its kind's ending where that replaces nothing.
pub(super) fn chosen(path: &Path, kind: FileKind) -> PathBuf {
    let named = with_ending(path.to_owned(), kind);
    if named.exists() { path.to_owned() } else { named }
}

/// Makes the file and writes it; a picture or sound takes longer than a frame may.
fn write(kind: FileKind, path: &Path, page: &Page, manner: &Manner, work: &Work, wake: &Context) -> Word {
    work.begun.get_or_init(|| (Instant::now(), opening::name(path)));
    wake.request_repaint();
    let bytes = kind.bytes(page, manner, &work.watch);
    if work.watch.is_stopped() {
        return Word::Cancelled;
    }
    Word::Done(match bytes {
        Err(reason) => Outcome::Impossible { kind, reason },
        Ok(bytes) => match write_atomically(path, &bytes) {
            Ok(()) => Outcome::Saved(path.to_owned()),
            Err(error) => Outcome::Failed { kind, path: path.to_owned(), error },
        },
    })
}
