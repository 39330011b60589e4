//! A library on a thread of its own, for a window that must not wait for the disk.

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::import::{self, ImportError};
use super::{Deleted, Entry, Folder, Incoming, Library, LibraryError, Set, Snapshot, Version};

/// How often the folder is looked at. Listing 5,000 files takes some milliseconds; the system's own word of
/// changes (as the crate `notify` has it) would cost a thread and a back end for each system, says nothing
/// on network drives, and would need this listing beside it all the same.
const LOOK: Duration = Duration::from_secs(2);

/// Something to do.
#[derive(Debug, Clone)]
pub enum Job {
    /// See [`Library::keep`].
    Keep(Incoming),
    /// See [`Library::save`].
    Save {
        /// The tune's file.
        file: String,
        /// The version of it that was edited.
        read: Version,
        /// The text it came to.
        text: String,
    },
    /// Make it a favourite, or no longer.
    Favourite(String, bool),
    /// Give it these tags and no others.
    Tag(String, Vec<String>),
    /// See [`Library::choose`].
    Choose(String),
    /// See [`Library::rename`].
    Rename(String, String),
    /// See [`Library::duplicate`].
    Duplicate(String),
    /// See [`Library::delete`].
    Delete(Vec<String>),
    /// See [`Library::restore`].
    Restore(Deleted),
    /// See [`Library::keep_set`].
    KeepSet(String, Vec<String>),
    /// See [`Library::rename_set`].
    RenameSet(String, String),
    /// See [`Library::delete_set`].
    DeleteSet(String),
    /// Keep what is in these files and folders; see [`import::read`].
    Import(Vec<PathBuf>),
    /// See [`Library::retry`].
    Retry,
    /// See [`Library::use_folder`].
    UseFolder(PathBuf),
}

/// What the thread has to say.
#[derive(Debug)]
pub enum Event {
    /// This is what there is now.
    Changed(Snapshot),
    /// The job with this number is done.
    Done(u64, Outcome),
    /// The job with this number is not done, or not all of it.
    Failed(u64, LibraryError),
}

/// What a job came to.
#[derive(Debug)]
pub enum Outcome {
    /// There is nothing more to say.
    Done,
    /// A tune is kept, as it is now.
    Kept(Arc<Entry>),
    /// A text is saved.
    Saved {
        /// The file it was meant for.
        file: String,
        /// The tune as it is kept.
        entry: Arc<Entry>,
        /// Whether it became a second file, because another program had changed the first.
        second: bool,
    },
    /// A tune has another title, and perhaps another file.
    Renamed {
        /// The file it was in.
        from: String,
        /// The tune as it is kept.
        entry: Arc<Entry>,
    },
    /// Tunes are in files now, or in others; each stands after the name it had.
    Moved(Vec<(String, Arc<Entry>)>),
    /// Tunes were deleted.
    Deleted(Deleted),
    /// A set was deleted; it can be kept again as it was.
    SetDeleted(Arc<Set>),
    /// Tunes from elsewhere are kept.
    Imported {
        /// How many.
        kept: usize,
        /// How many were here already.
        already: usize,
        /// Files that gave no tunes, or not all.
        problems: Vec<(PathBuf, ImportError)>,
    },
}

/// The thread. Dropping it waits until all that was asked for is done.
#[derive(Debug)]
pub struct Keeper {
    jobs: Option<Sender<(u64, Job)>>,
    events: Receiver<Event>,
    asked: u64,
    thread: Option<JoinHandle<()>>,
}

impl Keeper {
    /// Starts the thread, which opens the library. It calls `wake` whenever [`Keeper::poll`] has something
    /// new.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn spawn(folder: Folder, wake: impl Fn() + Send + 'static) -> io::Result<Self> {
        let (jobs, inbox) = channel::<(u64, Job)>();
        let (outbox, events) = channel();
        let thread = std::thread::Builder::new().name("library".to_owned()).spawn(move || {
            let tell = |event| {
                // A caller that no longer listens is dropping the keeper.
                let _ = outbox.send(event);
                wake();
            };
            let mut library = Library::open(folder);
            tell(Event::Changed(library.snapshot()));
            run(&mut library, &inbox, &tell);
        })?;
        Ok(Self { jobs: Some(jobs), events, asked: 0, thread: Some(thread) })
    }

    /// Asks for a job; jobs are done in the order they were asked for. Returns its number.
    pub fn ask(&mut self, job: Job) -> u64 {
        self.asked += 1;
        if let Some(jobs) = &self.jobs {
            // The thread ends only with the keeper.
            let _ = jobs.send((self.asked, job));
        }
        self.asked
    }

    /// What has happened since the last call, in order; never waits.
    pub fn poll(&self) -> Vec<Event> {
        self.events.try_iter().collect()
    }

    /// Waits until all it was asked for is done; what has happened since the last [`Keeper::poll`]. After
    /// it nothing can be asked for.
    pub fn finish(&mut self) -> Vec<Event> {
        self.jobs = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported where it happened.
            let _ = thread.join();
        }
        self.poll()
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        self.finish();
    }
}

fn run(library: &mut Library, inbox: &Receiver<(u64, Job)>, tell: &impl Fn(Event)) {
    let mut looked = Instant::now();
    loop {
        match inbox.recv_timeout(LOOK.saturating_sub(looked.elapsed())) {
            Ok((number, job)) => {
                let result = carry_out(library, job, tell, number);
                // What there is now comes first, so that what is told of can be found in it.
                tell(Event::Changed(library.snapshot()));
                match result {
                    Ok(outcome) => tell(Event::Done(number, outcome)),
                    Err(error) => tell(Event::Failed(number, error)),
                }
            }
            Err(RecvTimeoutError::Timeout) => {
                if library.refresh() {
                    tell(Event::Changed(library.snapshot()));
                }
                looked = Instant::now();
            }
            Err(RecvTimeoutError::Disconnected) => return,
        }
    }
}

fn carry_out(
    library: &mut Library,
    job: Job,
    tell: &impl Fn(Event),
    number: u64,
) -> Result<Outcome, LibraryError> {
    Ok(match job {
        Job::Keep(incoming) => {
            let (entry, error) = library.keep_anyhow(&incoming)?;
            if let Some(error) = error {
                tell(Event::Failed(number, error));
            }
            Outcome::Kept(entry)
        }
        Job::Save { file, read, text } => {
            let saved = library.save(&file, read, &text)?;
            Outcome::Saved { file, entry: saved.entry, second: saved.second }
        }
        Job::Favourite(file, on) => Outcome::Kept(library.mark(&file, |marks| marks.favourite = on)?),
        Job::Tag(file, tags) => Outcome::Kept(library.mark(&file, |marks| marks.tags.clone_from(&tags))?),
        Job::Choose(file) => {
            library.choose(&file)?;
            Outcome::Done
        }
        Job::Rename(from, title) => {
            let entry = library.rename(&from, &title)?;
            Outcome::Renamed { from, entry }
        }
        Job::Duplicate(file) => Outcome::Kept(library.duplicate(&file)?),
        Job::Delete(files) => {
            let (deleted, result) = library.delete(&files);
            if let Err(error) = result {
                tell(Event::Failed(number, error));
            }
            Outcome::Deleted(deleted)
        }
        Job::Restore(deleted) => {
            library.restore(&deleted)?;
            Outcome::Done
        }
        Job::KeepSet(name, tunes) => {
            library.keep_set(&name, tunes)?;
            Outcome::Done
        }
        Job::RenameSet(file, name) => {
            library.rename_set(&file, &name)?;
            Outcome::Done
        }
        Job::DeleteSet(file) => Outcome::SetDeleted(library.delete_set(&file)?),
        Job::Import(paths) => {
            let import = import::read(&paths);
            let already = library.import(&import.tunes, &mut |_| {})?;
            let kept = import.tunes.len() - already;
            Outcome::Imported { kept, already, problems: import.problems }
        }
        Job::Retry => Outcome::Moved(library.retry()?),
        Job::UseFolder(path) => Outcome::Moved(library.use_folder(path)?),
    })
}
