//! How files are asked for: by the system's dialogs or by ours, and where they begin.

use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context as TaskContext, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant};

/// rfd says "cancelled" where there is neither a portal nor zenity; no hand is this quick.
const TOO_QUICK_FOR_A_HAND: Duration = Duration::from_millis(150);

/// Which dialogs there are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dialogs {
    /// The system's are used where there are any.
    pub(super) native: bool,
    /// The folder they begin in.
    pub(super) folder: PathBuf,
}

impl Dialogs {
    /// Beginning in a folder, or where the system keeps documents.
    pub(super) fn new(native: bool, folder: Option<PathBuf>) -> Self {
        Self { native, folder: folder.unwrap_or_else(documents) }
    }
}

/// The documents, else the home folder.
fn documents() -> PathBuf {
    directories::UserDirs::new()
        .map(|dirs| dirs.document_dir().unwrap_or(dirs.home_dir()).to_owned())
        .filter(|folder| folder.is_dir())
        .unwrap_or_default()
}

/// What became of a dialog of the system's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reply<T> {
    /// It was answered.
    Chosen(T),
    /// It was closed.
    Cancelled,
    /// The system has none: ours is to be used.
    NoDialog,
}

/// Lets this thread sleep until a dialog is closed.
pub(super) fn wait_for<T>(dialog: impl Future<Output = Option<T>>) -> Reply<T> {
    let asked = Instant::now();
    match block_on(dialog) {
        Some(chosen) => Reply::Chosen(chosen),
        None if asked.elapsed() < TOO_QUICK_FOR_A_HAND => Reply::NoDialog,
        None => Reply::Cancelled,
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

fn block_on<F: Future>(future: F) -> F::Output {
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
