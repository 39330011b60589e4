//! Keeps the tune in the editor where the next start finds it, should this one break off.

use std::path::Path;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;

use crate::crash::Recovery;

/// Changes are written together when so much time has passed without another.
const REST: Duration = Duration::from_millis(500);

/// Writes the tune off the window's thread.
#[derive(Debug)]
pub(super) struct Rescue {
    last: String,
    /// None where nothing can be kept.
    sender: Option<Sender<String>>,
    thread: Option<JoinHandle<()>>,
}

impl Rescue {
    /// For a data folder; gives the tune that a copy left which broke off, the last if there are several.
    /// Without a folder nothing is kept.
    pub(super) fn begin(data: Option<&Path>) -> (Self, Option<String>) {
        let nothing = Self { last: String::new(), sender: None, thread: None };
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
            Ok(thread) => Self { last: String::new(), sender: Some(sender), thread: Some(thread) },
            Err(error) => {
                log::warn!("the tune in the editor is not kept: no thread could be started: {error}");
                nothing
            }
        };
        (rescue, left.into_iter().next_back())
    }

    /// The tune is this now.
    pub(super) fn follow(&mut self, tune: &str) {
        if tune != self.last
            && let Some(sender) = &self.sender
        {
            self.last = tune.to_owned();
            // A thread that is gone has said why.
            let _ = sender.send(self.last.clone());
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
