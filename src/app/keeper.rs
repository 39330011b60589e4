//! Keeps the settings: a thread writes them when they have changed, and once more at the end.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use crate::settings::Preferences;

/// Writes settings off the window's thread. Dropping it waits for the last of them.
#[derive(Debug)]
pub(super) struct Keeper {
    kept: Preferences,
    /// None where nothing is kept.
    sender: Option<Sender<Preferences>>,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// For a data folder, in which `kept` stands already. Without a folder, or without a thread for it,
    /// nothing is kept.
    pub(super) fn new(folder: Option<PathBuf>, kept: Preferences) -> Self {
        let Some(folder) = folder else { return Self { kept, sender: None, thread: None } };
        let (sender, receiver) = channel();
        let thread =
            std::thread::Builder::new().name("settings".to_owned()).spawn(move || write(&folder, &receiver));
        match thread {
            Ok(thread) => Self { kept, sender: Some(sender), thread: Some(thread) },
            Err(error) => {
                log::warn!("the settings are not kept: no thread could be started: {error}");
                Self { kept, sender: None, thread: None }
            }
        }
    }

    /// What is kept, or will be soon.
    pub(super) fn kept(&self) -> &Preferences {
        &self.kept
    }

    /// Keeps these if they are not kept yet.
    pub(super) fn keep(&mut self, now: Preferences) {
        if now != self.kept
            && let Some(sender) = &self.sender
        {
            // A thread that is gone has said why.
            let _ = sender.send(now.clone());
        }
        self.kept = now;
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.sender = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported where it happened.
            let _ = thread.join();
        }
    }
}

fn write(folder: &std::path::Path, inbox: &Receiver<Preferences>) {
    while let Ok(mut newest) = inbox.recv() {
        // While a window is dragged larger there is a new size with every frame.
        while let Ok(newer) = inbox.recv_timeout(std::time::Duration::from_millis(300)) {
            newest = newer;
        }
        if let Err(error) = newest.save(folder) {
            log::warn!("the settings could not be kept in {}: {error}", folder.display());
        }
    }
}
