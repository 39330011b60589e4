//! Composing off the caller's thread.

use std::cell::Cell;
use std::io;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, Sender, TryRecvError, channel};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use super::composition::{Composition, now};
use super::request::Request;
use super::writer::{ComposeError, compose};
use crate::model::Network;

/// A chunk is handed over when it has this many characters, or after [`CHUNK_TIME`].
const CHUNK_CHARACTERS: usize = 16;
/// The time of one picture on the screen.
const CHUNK_TIME: Duration = Duration::from_millis(16);

/// What the worker has to say.
#[derive(Debug)]
pub enum Event {
    /// The next piece of the tune's text as it is written, the prompt first.
    Text(String),
    /// The tune is written, or cancelled; its text is the final one.
    Finished(Composition),
    /// There is no tune.
    Failed(ComposeError),
}

/// A thread that composes one tune after the other.
///
/// Dropping it cancels what it writes and waits for the thread, which takes as long as one character.
#[derive(Debug)]
pub struct Worker {
    /// Gone only while the worker is being dropped.
    requests: Option<Sender<(u64, Request)>>,
    events: Receiver<Event>,
    /// The number of the request that is wanted; every other one ends at its next character.
    wanted: Arc<AtomicU64>,
    /// Requests whose end the caller has not been told yet.
    open: Cell<usize>,
    thread: Option<JoinHandle<()>>,
}

impl Worker {
    /// Starts the thread. It calls `wake` whenever [`Worker::poll`] has something new.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn spawn(network: Arc<Network>, wake: impl Fn() + Send + 'static) -> io::Result<Self> {
        let (requests, inbox) = channel::<(u64, Request)>();
        let (outbox, events) = channel();
        let wanted = Arc::new(AtomicU64::new(0));
        let current = Arc::clone(&wanted);
        let thread = std::thread::Builder::new().name("composer".to_owned()).spawn(move || {
            let tell = |event| {
                // A caller that no longer listens is dropping the worker.
                let _ = outbox.send(event);
                wake();
            };
            for (number, request) in inbox {
                let is_wanted = || current.load(Ordering::Relaxed) == number;
                tell(run(&network, &request, is_wanted, &tell));
            }
        })?;
        Ok(Self { requests: Some(requests), events, wanted, open: Cell::new(0), thread: Some(thread) })
    }

    /// Asks for tune 0 of a request. One that is being written is cancelled; its `Finished` comes first.
    pub fn compose(&self, request: Request) {
        let number = self.wanted.fetch_add(1, Ordering::Relaxed) + 1;
        self.open.set(self.open.get() + 1);
        if let Some(requests) = &self.requests {
            // If the thread is gone, poll says so.
            let _ = requests.send((number, request));
        }
    }

    /// Ends the tune that is being written at its next character; a `Finished` with the text so far
    /// follows. Does nothing if there is none.
    pub fn cancel(&self) {
        self.wanted.fetch_add(1, Ordering::Relaxed);
    }

    /// What has happened since the last call, in order; never waits.
    pub fn poll(&self) -> Vec<Event> {
        let mut events = Vec::new();
        loop {
            match self.events.try_recv() {
                Ok(event) => {
                    if !matches!(event, Event::Text(_)) {
                        self.open.set(self.open.get().saturating_sub(1));
                    }
                    events.push(event);
                }
                Err(TryRecvError::Empty) => return events,
                Err(TryRecvError::Disconnected) => {
                    if self.open.replace(0) > 0 {
                        events.push(Event::Failed(ComposeError::Stopped));
                    }
                    return events;
                }
            }
        }
    }

    /// Whether a request is under way whose end [`Worker::poll`] has not given yet.
    pub fn is_busy(&self) -> bool {
        self.open.get() > 0
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

/// Writes one tune, hands its text over in chunks, and gives its last event.
fn run(network: &Network, request: &Request, is_wanted: impl Fn() -> bool, tell: &impl Fn(Event)) -> Event {
    let mut chunk = String::new();
    let mut told = Instant::now();
    let result = compose(network, request, 0, &now(), &mut |text| {
        chunk.push_str(text);
        if chunk.chars().count() >= CHUNK_CHARACTERS || told.elapsed() >= CHUNK_TIME {
            tell(Event::Text(std::mem::take(&mut chunk)));
            told = Instant::now();
        }
        if is_wanted() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
    });
    if !chunk.is_empty() {
        tell(Event::Text(chunk));
    }
    match result {
        Ok(composition) => Event::Finished(composition),
        Err(error) => Event::Failed(error),
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
        Request { prompt: "X:1\nK:D\n".into(), length, ..Request::default() }
    }

    /// Polls when woken until the worker has told the end of everything.
    fn collect(worker: &Worker, woken: &Receiver<()>) -> Vec<Event> {
        let mut events = Vec::new();
        while worker.is_busy() {
            woken.recv_timeout(Duration::from_secs(20)).unwrap();
            events.extend(worker.poll());
        }
        events
    }

    fn text(events: &[Event]) -> String {
        events.iter().filter_map(|e| if let Event::Text(t) = e { Some(t.as_str()) } else { None }).collect()
    }

    #[test]
    fn a_tune_comes_in_pieces_and_then_whole() {
        let (worker, woken) = spawn();
        assert!(!worker.is_busy());
        worker.compose(request(100));
        assert!(worker.is_busy());
        let events = collect(&worker, &woken);
        let Some(Event::Finished(tune)) = events.last() else { panic!("{events:?}") };
        assert_eq!(tune.ending, Ending::Length);
        assert!(events.len() > 4);
        let seen = text(&events);
        assert!(
            seen.starts_with("X:1\nK:D\n")
                && seen.trim_end_matches(['|', ' ']) == tune.text.trim_end_matches("|]").trim_end()
        );
    }

    #[test]
    fn a_tune_that_is_cancelled_ends_with_the_text_so_far() {
        let (worker, woken) = spawn();
        worker.compose(request(20_000));
        woken.recv_timeout(Duration::from_secs(20)).unwrap();
        worker.cancel();
        let events = collect(&worker, &woken);
        let Some(Event::Finished(tune)) = events.last() else { panic!("{events:?}") };
        assert_eq!(tune.ending, Ending::Cancelled);
        assert_eq!(tune.text, text(&events));
        // The next one is not affected.
        worker.compose(request(30));
        let events = collect(&worker, &woken);
        assert!(matches!(events.last(), Some(Event::Finished(t)) if t.ending == Ending::Length));
    }

    #[test]
    fn a_new_request_takes_the_place_of_the_one_before() {
        let (worker, woken) = spawn();
        worker.compose(request(20_000));
        worker.compose(request(30));
        let endings: Vec<Ending> = collect(&worker, &woken)
            .iter()
            .filter_map(|e| if let Event::Finished(tune) = e { Some(tune.ending) } else { None })
            .collect();
        assert_eq!(endings, [Ending::Cancelled, Ending::Length]);
    }

    #[test]
    fn a_bad_request_fails_and_the_worker_lives_on() {
        let (worker, woken) = spawn();
        worker.compose(request(0));
        let events = collect(&worker, &woken);
        assert!(matches!(events[..], [Event::Failed(ComposeError::Request(_))]), "{events:?}");
        worker.compose(request(30));
        assert!(matches!(collect(&worker, &woken).last(), Some(Event::Finished(_))));
    }

    #[test]
    fn dropping_the_worker_stops_it_at_once() {
        let (worker, woken) = spawn();
        worker.compose(request(20_000));
        woken.recv_timeout(Duration::from_secs(20)).unwrap();
        let start = Instant::now();
        drop(worker);
        assert!(start.elapsed() < Duration::from_secs(2));
        // The thread is gone, and with it the other end.
        while woken.try_recv().is_ok() {}
        assert!(woken.recv().is_err());
    }
}
