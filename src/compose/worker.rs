//! Composing off the caller's thread.

use std::cell::Cell;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use rayon::ThreadPool;

use super::composition::{Composition, now};
use super::many::{compose_each, thread_pool};
use super::request::Request;
use super::writer::ComposeError;
use crate::model::Network;

/// A chunk is handed over when it has this many characters, or after [`CHUNK_TIME`].
const CHUNK_CHARACTERS: usize = 64;
/// The time of one picture on the screen.
const CHUNK_TIME: Duration = Duration::from_millis(16);

/// What the worker has to say about a request.
#[derive(Debug)]
pub enum Event {
    /// The next piece of a tune's text as it is written, the prompt first.
    Text {
        /// Which tune of the request, from 0.
        index: u64,
        /// The piece.
        text: String,
    },
    /// A tune is written, or cancelled; its text is the final one.
    Finished {
        /// Which tune of the request.
        index: u64,
        /// The tune.
        tune: Box<Composition>,
    },
    /// There is no such tune.
    Failed {
        /// Which tune of the request.
        index: u64,
        /// Why.
        error: ComposeError,
    },
    /// Nothing more will be said about the request. An error is one of all its tunes.
    Ended(Result<(), ComposeError>),
}

/// A thread that carries out one request after the other, with a pool that writes its tunes.
///
/// Dropping it cancels what it writes and waits for the thread, which takes as long as one character.
#[derive(Debug)]
pub struct Worker {
    /// Gone only while the worker is being dropped.
    requests: Option<Sender<Job>>,
    events: Receiver<(u64, Event)>,
    /// The number of the request that is wanted; the tunes of every other one end at their next character.
    wanted: Arc<AtomicU64>,
    /// The last request whose end the caller has not been told yet, and how many such there are.
    open: Cell<(u64, usize)>,
    thread: Option<JoinHandle<()>>,
}

/// A request and how many of its tunes are wanted.
#[derive(Debug)]
struct Job {
    number: u64,
    request: Request,
    count: u64,
}

impl Worker {
    /// Starts the threads. They call `wake` whenever [`Worker::poll`] has something new.
    ///
    /// # Errors
    /// If the system gives no threads.
    pub fn spawn(network: Arc<Network>, wake: impl Fn() + Send + Sync + 'static) -> io::Result<Self> {
        let (requests, inbox) = channel::<Job>();
        let (outbox, events) = channel();
        let wanted = Arc::new(AtomicU64::new(0));
        let current = Arc::clone(&wanted);
        let pool = thread_pool(None).map_err(io::Error::other)?;
        let thread = std::thread::Builder::new().name("composer".to_owned()).spawn(move || {
            for job in inbox {
                let tell = |event| {
                    // A caller that no longer listens is dropping the worker.
                    let _ = outbox.send((job.number, event));
                    wake();
                };
                let is_wanted = || current.load(Ordering::Relaxed) == job.number;
                run(&network, &pool, &job, &is_wanted, &tell);
            }
        })?;
        Ok(Self { requests: Some(requests), events, wanted, open: Cell::new((0, 0)), thread: Some(thread) })
    }

    /// Asks for the tunes 0 to `count` of a request, and gives the number its events will have. A
    /// request that is being carried out is cancelled; its events come first.
    pub fn compose(&self, request: Request, count: u64) -> u64 {
        let number = self.wanted.fetch_add(1, Ordering::Relaxed) + 1;
        self.open.set((number, self.open.get().1 + 1));
        if let Some(requests) = &self.requests {
            // If the thread is gone, poll says so.
            let _ = requests.send(Job { number, request, count });
        }
        number
    }

    /// Ends the tunes that are being written at their next character and begins no more of them; what
    /// was begun is told as `Finished` with the text so far. Does nothing if there is none.
    pub fn cancel(&self) {
        self.wanted.fetch_add(1, Ordering::Relaxed);
    }

    /// What has happened since the last call, in order, each with its request's number; never waits.
    pub fn poll(&self) -> Vec<(u64, Event)> {
        let mut events = Vec::new();
        loop {
            let (last, open) = self.open.get();
            match self.events.try_recv() {
                Ok((number, event)) => {
                    if matches!(event, Event::Ended(_)) {
                        self.open.set((last, open.saturating_sub(1)));
                    }
                    events.push((number, event));
                }
                Err(TryRecvError::Empty) => return events,
                Err(TryRecvError::Disconnected) => {
                    if open > 0 {
                        self.open.set((last, 0));
                        events.push((last, Event::Ended(Err(ComposeError::Stopped))));
                    }
                    return events;
                }
            }
        }
    }

    /// Whether a request is under way whose end [`Worker::poll`] has not given yet.
    pub fn is_busy(&self) -> bool {
        self.open.get().1 > 0
    }
}

impl Drop for Worker {
    fn drop(&mut self) {
        self.cancel();
        self.requests = None;
        if let Some(thread) = self.thread.take() {
            // A panic of the thread has been reported where it happened.
            let _ = thread.join();
        }
    }
}

/// Writes the tunes of a request and hands their text over in chunks.
fn run(
    network: &Network,
    pool: &ThreadPool,
    job: &Job,
    is_wanted: &(impl Fn() -> bool + Sync),
    tell: &(impl Fn(Event) + Sync),
) {
    if let Err(error) = job.request.validate(network.vocabulary()) {
        return tell(Event::Ended(Err(error.into())));
    }
    let begin = |index| {
        if !is_wanted() {
            return None;
        }
        let mut chunk = Chunk { index, text: String::new(), told: Instant::now(), tell };
        Some(move |text: &str| {
            chunk.push(text);
            if is_wanted() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        })
    };
    compose_each(network, &job.request, job.count, &now(), pool, begin, |index, result| match result {
        Ok(tune) => tell(Event::Finished { index, tune: Box::new(tune) }),
        Err(error) => tell(Event::Failed { index, error }),
    });
    tell(Event::Ended(Ok(())));
}

/// A piece of a tune that has not been told yet. The last one never is: the whole tune follows.
struct Chunk<'a, T> {
    index: u64,
    text: String,
    told: Instant,
    tell: &'a T,
}

impl<T: Fn(Event)> Chunk<'_, T> {
    fn push(&mut self, text: &str) {
        self.text.push_str(text);
        if self.text.len() >= CHUNK_CHARACTERS || self.told.elapsed() >= CHUNK_TIME {
            (self.tell)(Event::Text { index: self.index, text: std::mem::take(&mut self.text) });
            self.told = Instant::now();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::Ending;
    use crate::compose::testing::network;
    use std::sync::mpsc::Receiver;

    fn spawn() -> (Worker, Receiver<()>) {
        let (wake, woken) = channel();
        let worker = Worker::spawn(Arc::new(network("ABcd |", -8.0)), move || {
            let _ = wake.send(());
        });
        (worker.unwrap(), woken)
    }

    fn request(length: usize) -> Request {
        Request { prompt: "X:1\nK:D\n".into(), length, raw: true, ..Request::default() }
    }

    /// Polls when woken until the worker has told the end of everything.
    fn collect(worker: &Worker, woken: &Receiver<()>) -> Vec<(u64, Event)> {
        let mut events = Vec::new();
        while worker.is_busy() {
            woken.recv_timeout(Duration::from_secs(20)).unwrap();
            events.extend(worker.poll());
        }
        events
    }

    fn text(events: &[(u64, Event)], wanted: u64) -> String {
        let mut all = String::new();
        for (_, event) in events {
            if let Event::Text { index, text } = event
                && *index == wanted
            {
                all.push_str(text);
            }
        }
        all
    }

    fn tunes(events: &[(u64, Event)]) -> Vec<(u64, &Composition)> {
        let mut tunes = Vec::new();
        for (_, event) in events {
            if let Event::Finished { index, tune } = event {
                tunes.push((*index, tune.as_ref()));
            }
        }
        tunes.sort_by_key(|(index, _)| *index);
        tunes
    }

    #[test]
    fn tunes_come_in_pieces_and_then_whole() {
        let (worker, woken) = spawn();
        assert!(!worker.is_busy());
        let number = worker.compose(request(300), 6);
        assert!(worker.is_busy());
        let events = collect(&worker, &woken);
        assert!(events.iter().all(|(of, _)| *of == number));
        assert!(matches!(events.last(), Some((_, Event::Ended(Ok(()))))));
        let tunes = tunes(&events);
        assert_eq!(tunes.iter().map(|(index, _)| *index).collect::<Vec<_>>(), [0, 1, 2, 3, 4, 5]);
        for (index, tune) in tunes {
            assert_eq!((tune.ending, tune.provenance.index), (Ending::Length, index));
            let seen = text(&events, index);
            assert!(seen.starts_with("X:1\nK:D\n") && seen.len() + 2 * CHUNK_CHARACTERS > tune.text.len());
            assert!(tune.text.starts_with(seen.trim_end_matches(['|', ' '])), "no tune has another's text");
        }
    }

    #[test]
    fn tunes_that_are_cancelled_end_with_the_text_so_far() {
        let (worker, woken) = spawn();
        worker.compose(request(20_000), 12);
        woken.recv_timeout(Duration::from_secs(20)).unwrap();
        worker.cancel();
        let events = collect(&worker, &woken);
        let cancelled = tunes(&events);
        assert!(!cancelled.is_empty());
        for (index, tune) in cancelled {
            assert_eq!(tune.ending, Ending::Cancelled);
            assert!(tune.text.starts_with(&text(&events, index)));
        }
        // The next ones are not affected.
        worker.compose(request(30), 1);
        let events = collect(&worker, &woken);
        assert!(matches!(tunes(&events)[..], [(0, tune)] if tune.ending == Ending::Length));
    }

    #[test]
    fn a_new_request_takes_the_place_of_the_one_before() {
        let (worker, woken) = spawn();
        let first = worker.compose(request(20_000), 1);
        woken.recv_timeout(Duration::from_secs(20)).unwrap();
        let second = worker.compose(request(30), 1);
        let ends: Vec<(u64, Ending)> = collect(&worker, &woken)
            .into_iter()
            .filter_map(
                |(of, e)| if let Event::Finished { tune, .. } = e { Some((of, tune.ending)) } else { None },
            )
            .collect();
        assert_eq!(ends, [(first, Ending::Cancelled), (second, Ending::Length)]);
    }

    #[test]
    fn a_bad_request_fails_and_the_worker_lives_on() {
        let (worker, woken) = spawn();
        worker.compose(request(0), 3);
        let events = collect(&worker, &woken);
        assert!(matches!(events[..], [(1, Event::Ended(Err(ComposeError::Request(_))))]), "{events:?}");
        worker.compose(request(30), 1);
        assert_eq!(tunes(&collect(&worker, &woken)).len(), 1);
    }

    #[test]
    fn dropping_the_worker_stops_it_at_once() {
        let (worker, woken) = spawn();
        worker.compose(request(20_000), 12);
        woken.recv_timeout(Duration::from_secs(20)).unwrap();
        let start = Instant::now();
        drop(worker);
        assert!(start.elapsed() < Duration::from_secs(2));
        // The thread is gone, and with it the other end.
        while woken.try_recv().is_ok() {}
        assert!(woken.recv().is_err());
    }
}
