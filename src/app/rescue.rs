//! Keeps the tune in the editor where the next start finds it, should this one break off.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::crash::Recovery;
use crate::library::Version;

/// Changes are written together when so much time has passed without another.
const REST: Duration = Duration::from_millis(500);

/// What the first line begins with that says where the tune is kept.
const KEPT: &str = "%%reelsmith kept ";

/// A tune in the editor.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Left {
    /// Its ABC with the lines that say where it came from.
    pub(super) text: String,
    /// The file of the library it is kept in, and which state of that was read or written last.
    pub(super) kept: Option<(String, Version)>,
}

impl Left {
    fn to_file(&self) -> String {
        match &self.kept {
            Some((file, version)) if !self.text.is_empty() => {
                format!("{KEPT}{version} {file}\n{}", self.text)
            }
            _ => self.text.clone(),
        }
    }

    fn of_file(file: String) -> Self {
        let first = file.split_once('\n').and_then(|(line, text)| {
            let (version, name) = line.strip_prefix(KEPT)?.split_once(' ')?;
            Some(Self { text: text.to_owned(), kept: Some((name.to_owned(), Version::parse(version)?)) })
        });
        first.unwrap_or(Self { text: file, kept: None })
    }
}

/// Writes the tune off the window's thread.
#[derive(Debug)]
pub(super) struct Rescue {
    last: Left,
    /// None where nothing can be kept.
    sender: Option<Sender<String>>,
    thread: Option<JoinHandle<()>>,
}

impl Rescue {
    /// For a data folder; gives the tune that a copy left which broke off, the last if there are several.
    /// Without a folder nothing is kept.
    pub(super) fn begin(data: Option<&Path>) -> (Self, Option<Left>) {
        let nothing = Self { last: Left::default(), sender: None, thread: None };
        let Some(data) = data else { return (nothing, None) };
        let (recovery, left) = match Recovery::begin(data) {
            Ok(begun) => begun,
            Err(error) => {
                log::warn!("the tune in the editor cannot be kept in {}: {error}", data.display());
                return (nothing, None);
            }
        };
        let (sender, receiver) = channel();
        let thread =
            std::thread::Builder::new().name("rescue".to_owned()).spawn(move || write(&recovery, &receiver));
        let rescue = match thread {
            Ok(thread) => Self { last: Left::default(), sender: Some(sender), thread: Some(thread) },
            Err(error) => {
                log::warn!("the tune in the editor is not kept: no thread could be started: {error}");
                nothing
            }
        };
        (rescue, left.into_iter().next_back().map(Left::of_file))
    }

    /// The tune is this now.
    pub(super) fn follow(&mut self, tune: Left) {
        if tune != self.last
            && let Some(sender) = &self.sender
        {
            // A thread that is gone has said why.
            let _ = sender.send(tune.to_file());
            self.last = tune;
        }
    }
}

impl Drop for Rescue {
    fn drop(&mut self) {
        if std::thread::panicking() {
            // The tune stays for the next start, and so does the thread's end of it.
            if let (Some(sender), Some(thread)) = (self.sender.take(), self.thread.take()) {
                // What was typed last is still to be written.
                std::thread::sleep(2 * REST);
                std::mem::forget(sender);
                drop(thread);
            }
            return;
        }
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported where it happened.
            let _ = thread.join();
        }
    }
}

fn write(recovery: &Recovery, inbox: &Receiver<String>) {
    while let Ok(mut newest) = inbox.recv() {
        while let Ok(newer) = inbox.recv_timeout(REST) {
            newest = newer;
        }
        if let Err(error) = recovery.keep(&newest) {
            log::warn!("the tune in the editor could not be kept: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tune_is_read_as_it_was_written_and_a_plain_one_as_it_stands() {
        let text = "X:1\n%%reelsmith seed 7\nK:D\n".to_owned();
        let kept = Some(("The Humours of Whiskey.abc".to_owned(), Version::of(b"X:1\n")));
        for kept in [kept, None] {
            let left = Left { text: text.clone(), kept };
            assert_eq!(Left::of_file(left.to_file()), left);
        }
        let plain = Left { text: text.clone(), kept: None };
        assert_eq!(Left::of_file(text), plain);
        assert_eq!(
            Left { text: String::new(), kept: Some(("A.abc".to_owned(), Version::of(b""))) }.to_file(),
            ""
        );
    }
}
