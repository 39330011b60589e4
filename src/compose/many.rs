//! Many tunes at once: several threads, a few tunes on each.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

use super::composition::Composition;
use super::draft::Draft;
use super::request::Request;
use super::writer::ComposeError;
use crate::model::kernels::TOGETHER;
use crate::model::{Network, State, Token};

/// Writes the tunes 0 to `count` of a request on the threads of `pool` (see [`thread_pool`]), in
/// order. Each is the tune [`super::compose`] gives for its index, whatever the count and the threads; one
/// that fails does not keep the others.
pub fn compose_many(
    network: &Network,
    request: &Request,
    count: u64,
    time: &str,
    pool: &ThreadPool,
) -> Vec<Result<Composition, ComposeError>> {
    let tunes = Mutex::new(Vec::new());
    let begin = |_| Some(|_: &str| ControlFlow::Continue(()));
    compose_each(network, request, count, time, pool, begin, |index, result| {
        tunes.lock().unwrap_or_else(PoisonError::into_inner).push((index, result));
    });
    let mut tunes = tunes.into_inner().unwrap_or_else(PoisonError::into_inner);
    tunes.sort_by_key(|(index, _)| *index);
    tunes.into_iter().map(|(_, result)| result).collect()
}

/// The same for who wants to see them grow. `begin` is asked before tune `index` is begun; it gives
/// what takes its text (see [`super::compose`]'s `on_text`), or `None` if no more tunes are wanted. `done`
/// takes each tune as it is finished. Both are called on the threads that write.
pub fn compose_each<F: FnMut(&str) -> ControlFlow<()>>(
    network: &Network,
    request: &Request,
    count: u64,
    time: &str,
    pool: &ThreadPool,
    begin: impl Fn(u64) -> Option<F> + Sync,
    done: impl Fn(u64, Result<Composition, ComposeError>) + Sync,
) {
    let next = AtomicU64::new(0);
    pool.broadcast(|_| {
        let batch = Batch { network, request, count, time, next: &next };
        batch.write_several(&begin, &done);
    });
}

/// What the threads of [`compose_each`] share.
struct Batch<'a> {
    network: &'a Network,
    request: &'a Request,
    count: u64,
    time: &'a str,
    /// The index of the tune that is begun next.
    next: &'a AtomicU64,
}

impl Batch<'_> {
    /// One thread's part: a few tunes a character at a time, a new one for each that ends.
    fn write_several<F: FnMut(&str) -> ControlFlow<()>>(
        &self,
        begin: &impl Fn(u64) -> Option<F>,
        done: &impl Fn(u64, Result<Composition, ComposeError>),
    ) {
        let mut drafts = Vec::with_capacity(TOGETHER);
        loop {
            while drafts.len() < TOGETHER {
                let index = self.next.fetch_add(1, Ordering::Relaxed);
                let Some(on_text) = (index < self.count).then(|| begin(index)).flatten() else { break };
                let begun = Draft::new(self.network, self.request, index, on_text);
                match begun.and_then(|draft| Ok((draft, self.network.start()?))) {
                    Ok(begun) => drafts.push(begun),
                    Err(error) => done(index, Err(error)),
                }
            }
            if drafts.is_empty() {
                return;
            }
            drafts.iter_mut().for_each(|(draft, state)| draft.mark(state));
            let mut tunes: Vec<(&mut State, Token)> =
                drafts.iter_mut().map(|(draft, state)| (state, draft.token)).collect();
            if let Err(error) = self.network.step_together(&mut tunes) {
                // The device has failed, and with it every tune that is being written.
                let error = Arc::new(error);
                for (draft, _) in drafts.drain(..) {
                    done(draft.index, Err(ComposeError::Together(Arc::clone(&error))));
                }
                continue;
            }
            let mut place = 0;
            while let Some((draft, state)) = drafts.get_mut(place) {
                let result = match draft.go_on(state) {
                    Ok(None) => {
                        place += 1;
                        continue;
                    }
                    Ok(Some(ending)) => Ok(ending),
                    Err(error) => Err(error),
                };
                let (draft, _) = drafts.swap_remove(place);
                done(draft.index, result.map(|ending| draft.finish(self.network, ending, self.time)));
            }
        }
    }
}

/// The pool tunes are composed on: `threads`, or one less than the machine has, and at least one.
///
/// # Errors
/// If the system gives no threads.
pub fn thread_pool(threads: Option<NonZeroUsize>) -> Result<ThreadPool, ThreadPoolBuildError> {
    let all = || std::thread::available_parallelism().map_or(1, usize::from);
    let threads = threads.map_or_else(|| all().saturating_sub(1).max(1), usize::from);
    ThreadPoolBuilder::new().num_threads(threads).thread_name(|i| format!("compose-{i}")).build()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::compose;
    use crate::compose::testing::{ABC, network, request};

    fn write_one(network: &crate::model::Network, request: &Request, index: u64) -> Composition {
        compose(network, request, index, "now", &mut |_| ControlFlow::Continue(())).unwrap()
    }

    #[test]
    fn the_ith_tune_is_the_same_whatever_the_count_and_the_threads() {
        let network = network(ABC, 0.0);
        let many = |count, threads| -> Vec<Composition> {
            let pool = thread_pool(NonZeroUsize::new(threads)).unwrap();
            let results = compose_many(&network, &request(100), count, "now", &pool);
            results.into_iter().map(Result::unwrap).collect()
        };
        let tunes = many(7, 1);
        assert_eq!(tunes, many(7, 3));
        assert_eq!(tunes[..3], many(3, 2));
        assert_eq!(tunes[5], write_one(&network, &request(100), 5));
        assert_ne!(tunes[0].text, tunes[1].text);
        let mut other = request(100);
        other.seed = 1;
        assert_ne!(tunes[0].text, write_one(&network, &other, 0).text);
    }

    #[test]
    fn no_tune_is_begun_that_is_not_wanted_any_more() {
        let network = network(ABC, -8.0);
        let pool = thread_pool(NonZeroUsize::new(2)).unwrap();
        let ended = Mutex::new(Vec::new());
        compose_each(
            &network,
            &request(100),
            20,
            "now",
            &pool,
            |index| (index < 3).then_some(|_: &str| ControlFlow::Continue(())),
            |index, result| ended.lock().unwrap().push((index, result.is_ok())),
        );
        let mut ended = ended.into_inner().unwrap();
        ended.sort_unstable();
        assert_eq!(ended, [(0, true), (1, true), (2, true)]);
    }
}
