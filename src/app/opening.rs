//! Tunes from files: named on the command line, chosen in a dialog, or dropped on the window.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};

use eframe::egui::Context;

use super::dialogs::{Dialogs, Reply, wait_for};
use super::path_dialog::{Answer, PathDialog, Purpose};
use crate::abc;

/// No tune book is this large.
const MOST_BYTES: u64 = 64 << 20;

/// What opening a file came to: its text, or a sentence that says why there is nothing to be shown.
pub(super) type Opened = (PathBuf, Result<String, String>);

/// What a thread says.
enum Word {
    Read(Opened),
    NoDialog(PathBuf),
}

/// Asks for files and reads them, off the window's thread.
#[derive(Debug)]
pub(super) struct Opening {
    sender: Sender<Word>,
    receiver: Receiver<Word>,
    /// Our own dialog.
    asking: Option<PathDialog>,
}

impl Default for Opening {
    fn default() -> Self {
        let (sender, receiver) = channel();
        Self { sender, receiver, asking: None }
    }
}

impl Opening {
    /// Whether our own dialog is on the screen: it takes the keys.
    pub(super) fn is_asking(&self) -> bool {
        self.asking.is_some()
    }

    /// Asks which file.
    pub(super) fn ask(&mut self, dialogs: &Dialogs, ctx: &Context) {
        let folder = dialogs.folder.clone();
        if !dialogs.native {
            self.asking = Some(PathDialog::to_find(Purpose::Open, &folder));
            return;
        }
        let dialog = rfd::AsyncFileDialog::new()
            .set_title("Open a tune")
            .add_filter("ABC", &["abc"])
            .set_directory(&folder)
            .pick_file();
        self.away(ctx, move || match wait_for(dialog) {
            Reply::Chosen(file) => Some(Word::Read(read(file.path().to_owned()))),
            Reply::NoDialog => Some(Word::NoDialog(folder)),
            Reply::Cancelled => None,
        });
    }

    /// Begins to read a file.
    pub(super) fn begin(&self, path: PathBuf, ctx: &Context) {
        self.away(ctx, move || Some(Word::Read(read(path))));
    }

    /// Draws our dialog if it is open; gives a file that has been read since the last call.
    pub(super) fn ui(&mut self, ctx: &Context) -> Option<Opened> {
        if let Some(dialog) = &mut self.asking
            && let Some(answer) = dialog.ui(ctx)
        {
            self.asking = None;
            if let Answer::Use(path) = answer {
                self.begin(path, ctx);
            }
            ctx.request_repaint();
        }
        match self.receiver.try_recv().ok()? {
            Word::Read(opened) => Some(opened),
            Word::NoDialog(folder) => {
                self.asking = Some(PathDialog::to_find(Purpose::Open, &folder));
                ctx.request_repaint();
                None
            }
        }
    }

    fn away(&self, ctx: &Context, work: impl FnOnce() -> Option<Word> + Send + 'static) {
        let (sender, ctx) = (self.sender.clone(), ctx.clone());
        let thread = std::thread::Builder::new().name("open".to_owned()).spawn(move || {
            if let Some(word) = work() {
                // A window that is gone need not be told.
                let _ = sender.send(word);
            }
            ctx.request_repaint();
        });
        if let Err(error) = thread {
            log::error!("no file can be opened: no thread could be started: {error}");
        }
    }
}

fn read(path: PathBuf) -> Opened {
    let text = text(&path);
    (path, text)
}

fn text(path: &Path) -> Result<String, String> {
    let name = name(path);
    let is_abc = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("abc"));
    if !is_abc || path.is_dir() {
        return Err(format!("“{name}” is not a tune. Reelsmith opens .abc files."));
    }
    let failed = |error: std::io::Error| format!("“{name}” could not be read: {error}.");
    let mut bytes = Vec::new();
    let file = std::fs::File::open(path).map_err(failed)?;
    file.take(MOST_BYTES + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(format!("“{name}” is larger than {} MB; that is no tune book.", MOST_BYTES >> 20));
    }
    Ok(abc::decode(bytes))
}

/// A file's name without its folders.
pub(super) fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_abc_is_opened_and_old_files_too() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::write(&path, bytes).unwrap();
            path
        };
        assert_eq!(text(&write("new.ABC", "T:Sé".as_bytes())).unwrap(), "T:Sé");
        assert_eq!(text(&write("old.abc", b"T:S\xE9")).unwrap(), "T:Sé");
        assert_eq!(
            text(&write("photo.jpg", b"")).unwrap_err(),
            "“photo.jpg” is not a tune. Reelsmith opens .abc files."
        );
        assert!(text(&folder.path().join("none.abc")).unwrap_err().contains("“none.abc” could not be read"));
        assert!(text(folder.path()).unwrap_err().contains("is not a tune"));
    }
}
