//! Work that is done anew whenever something changes: here while it is quick, else on a thread.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use eframe::egui::Context;

/// What took longer than this twice running is done on a thread the next time: a frame has 16 ms.
const QUICK: Duration = Duration::from_millis(4);

/// Does one job at a time. A clone of it begins idle.
#[derive(Debug)]
pub(super) struct Background<T> {
    /// How long the last two took.
    took: [Duration; 2],
    away: Option<Place<T>>,
}

/// Where a thread puts what it has made, and how long that took.
type Place<T> = Arc<Mutex<Option<(T, Duration)>>>;

impl<T> Default for Background<T> {
    fn default() -> Self {
        Self { took: [Duration::ZERO; 2], away: None }
    }
}

impl<T> Clone for Background<T> {
    fn clone(&self) -> Self {
        Self { took: self.took, away: None }
    }
}

impl<T: Send + 'static> Background<T> {
    /// One whose first job is known to take long.
    pub(super) fn slow() -> Self {
        Self { took: [2 * QUICK; 2], away: None }
    }

    /// What a thread has brought back since the last call.
    pub(super) fn poll(&mut self) -> Option<T> {
        let place = self.away.as_ref()?;
        let alone = Arc::strong_count(place) == 1;
        let made = place.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A thread that has gone and left nothing broke off.
        if made.is_some() || alone {
            self.away = None;
        }
        let (result, took) = made?;
        self.note(took);
        Some(result)
    }

    /// Does the job: its result, if it was done at once. Else the window is woken when it is there. As
    /// long as another job is away, nothing is done.
    pub(super) fn run(&mut self, ctx: &Context, job: impl FnOnce() -> T + Send + 'static) -> Option<T> {
        if self.away.is_some() {
            return None;
        }
        let timed = move || {
            let start = Instant::now();
            (job(), start.elapsed())
        };
        if self.took.iter().any(|&took| took < QUICK) {
            let (result, took) = timed();
            self.note(took);
            return Some(result);
        }
        let place: Place<T> = Arc::default();
        let (theirs, waker) = (Arc::clone(&place), ctx.clone());
        let thread = std::thread::Builder::new().name("reading".to_owned()).spawn(move || {
            let made = timed();
            *theirs.lock().unwrap_or_else(PoisonError::into_inner) = Some(made);
            waker.request_repaint();
        });
        match thread {
            Ok(_) => self.away = Some(place),
            // The system has no thread now: it is asked again soon.
            Err(_) => ctx.request_repaint_after(Duration::from_millis(500)),
        }
        None
    }

    fn note(&mut self, took: Duration) {
        self.took = [self.took[1], took];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_slow_goes_away_and_what_is_quick_comes_back() {
        let ctx = Context::default();
        let mut work = Background::default();
        let slow = || std::thread::sleep(2 * QUICK);
        assert_eq!(work.run(&ctx, slow), Some(()));
        assert_eq!(work.run(&ctx, slow), Some(()), "once may be chance");
        assert_eq!(work.run(&ctx, || ()), None);
        assert_eq!(work.run(&ctx, || ()), None, "one job at a time");
        while work.poll().is_none() {
            std::thread::yield_now();
        }
        assert_eq!(work.run(&ctx, || ()), Some(()), "the last was quick");
    }
}
