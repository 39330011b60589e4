//! Writing a tune: the network reads the prompt once and then what it draws, its state carried along.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

use super::bars::{Bars, End, close};
use super::composition::{Composition, Ending, Provenance};
use super::guided::{Guided, Mark, Strain, Verdict};
use super::ornament::ornamented;
use super::plan::Plan;
use super::request::{Request, RequestError};
use super::sampler::{Sampler, SamplerError};
use super::wishes::{Ornaments, WishError};
use crate::abc;
use crate::model::kernels::TOGETHER;
use crate::model::{Network, NetworkError, State, Token, Vocabulary, VocabularyError};
use crate::music::Name;
use crate::perform::TuneType;

/// How many characters beyond the length asked for the network has to come to a bar line.
const GRACE: usize = 300;

/// Why there is no tune.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// The request is not in order.
    #[error(transparent)]
    Request(#[from] RequestError),
    /// The network could not be run.
    #[error(transparent)]
    Network(#[from] NetworkError),
    /// The wishes cannot be met.
    #[error(transparent)]
    Wish(#[from] WishError),
    /// Nothing could be drawn.
    #[error(transparent)]
    Sampler(#[from] SamplerError),
    /// What was written is no music, so there is nowhere to end it.
    #[error(
        "the network wrote {characters} characters without a bar line; try a lower temperature or another prompt"
    )]
    NoBarLine {
        /// How many, the prompt not counted.
        characters: usize,
    },
    /// The network could not be run while several tunes were being written: one reason for all.
    #[error(transparent)]
    Together(Arc<NetworkError>),
    /// The thread that composes is gone, after a panic.
    #[error("the part of the program that composes has stopped; please start the program again")]
    Stopped,
}

impl From<VocabularyError> for ComposeError {
    fn from(error: VocabularyError) -> Self {
        Self::Request(error.into())
    }
}

/// Writes tune `index` of a request. `time` goes into its provenance (see [`super::now`]).
///
/// Every character, the prompt's first, goes to `on_text` as it is read or written; a `Break` ends
/// the tune there and then as [`Ending::Cancelled`]. The last bar line can still change when the
/// tune is ended at its length: the composition has the final text.
///
/// The tune ends where the network ends it, which it may do only after music and a bar line, or
/// with `|]` at the first bar line after `request.length` characters.
///
/// # Errors
/// See [`ComposeError`].
pub fn compose(
    network: &Network,
    request: &Request,
    index: u64,
    time: &str,
    on_text: &mut dyn FnMut(&str) -> ControlFlow<()>,
) -> Result<Composition, ComposeError> {
    let mut draft = Draft::new(network, request, index, on_text)?;
    let mut state = network.start()?;
    let ending = loop {
        draft.mark(&state);
        network.step(&mut state, draft.token)?;
        if let Some(ending) = draft.go_on(&mut state)? {
            break ending;
        }
    };
    Ok(draft.finish(network, ending, time))
}

/// A tune being written: what is there so far and the token the network reads next. Whoever owns it
/// runs the network.
struct Draft<'a, F> {
    request: &'a Request,
    vocabulary: &'a Vocabulary,
    index: u64,
    /// The prompt with what goes before it, and its tokens.
    opening: String,
    prompt: std::vec::IntoIter<Token>,
    /// Read next by the network.
    token: Token,
    text: String,
    bars: Bars,
    on_text: F,
    sampler: Sampler,
    /// Characters drawn, and the sum of their log-probabilities.
    characters: usize,
    sum: f64,
    /// Bars of the prompt.
    bars_given: usize,
    /// The grammar it is written under.
    guided: Option<Guided>,
    /// What is done with it when it is written.
    finish: Finish,
}

/// What is done with a tune when it is written.
#[derive(Debug, Default)]
struct Finish {
    tune_type: Option<TuneType>,
    tonic: Option<Name>,
    ornaments: Ornaments,
    lowest: i32,
}

impl<'a, F: FnMut(&str) -> ControlFlow<()>> Draft<'a, F> {
    fn new(network: &'a Network, request: &'a Request, index: u64, on_text: F) -> Result<Self, ComposeError> {
        let vocabulary = network.vocabulary();
        request.validate(vocabulary)?;
        let (opening, guided, finish) = if request.raw {
            (request.opening(), None, Finish::default())
        } else {
            let plan = Plan::draw(request, index)?;
            let Plan { tune_type, tonic, ornaments, lowest, .. } = plan;
            let opening = plan.opening.clone();
            (opening, Some(Guided::new(plan, vocabulary)), Finish { tune_type, tonic, ornaments, lowest })
        };
        Ok(Self {
            request,
            vocabulary,
            index,
            prompt: vocabulary.encode(&opening)?.into_iter(),
            opening,
            token: vocabulary.sos(),
            text: String::new(),
            bars: Bars::new(),
            on_text,
            sampler: Sampler::new(request, index),
            characters: 0,
            sum: 0.0,
            bars_given: 0,
            guided,
            finish,
        })
    }

    /// To be called with the network before it reads [`Draft::token`]: a bar may begin here.
    fn mark(&mut self, state: &State) {
        // What begins with the last character of the prompt is the first bar.
        if self.guided.as_ref().is_some_and(Guided::wants_mark) && self.prompt.as_slice().is_empty() {
            let mark = self.marked(state.clone());
            if let Some(guided) = &mut self.guided {
                guided.begin(mark);
            }
        }
    }

    fn marked(&self, network: State) -> Mark {
        let here = self.guided.as_ref().map(|guided| guided.here);
        Mark {
            network,
            token: self.token,
            here,
            length: self.text.len(),
            characters: self.characters,
            sum: self.sum,
        }
    }

    /// Takes the logits the network gives after [`Draft::token`]; how the tune ended, if it did. The
    /// network is put back where a bar is to be drawn again.
    fn go_on(&mut self, state: &mut State) -> Result<Option<Ending>, ComposeError> {
        if let Some(token) = self.prompt.next() {
            // Every token of the prompt is a character.
            let character = self.vocabulary.character(token);
            let stopped = character.is_some_and(|c| self.push(c).is_break());
            self.token = token;
            self.bars_given = self.bars.count();
            return Ok(stopped.then_some(Ending::Cancelled));
        }
        if self.guided.is_some() {
            return self.go_on_guided(state);
        }
        let logits = state.logits();
        let (bars, vocabulary) = (&self.bars, self.vocabulary);
        // A tune that is carried on is more than its prompt.
        let may_end = bars.end() == End::Closed && bars.count() > self.bars_given;
        let allows = |token| match vocabulary.character(token) {
            Some(c) => bars.allows(c),
            None => token == vocabulary.eos() && may_end,
        };
        let drawn = self.sampler.draw(logits, allows)?;
        self.sum += drawn.log_probability;
        self.token = drawn.token;
        self.characters += 1;
        let Some(c) = self.vocabulary.character(drawn.token) else { return Ok(Some(Ending::Eos)) };
        if self.push(c).is_break() {
            return Ok(Some(Ending::Cancelled));
        }
        self.end_at_length()
    }

    /// The same under the grammar. What is drawn is handed over bar by bar, once it stays.
    fn go_on_guided(&mut self, state: &mut State) -> Result<Option<Ending>, ComposeError> {
        let Some(guided) = &mut self.guided else { return Ok(None) };
        let mask = guided.mask();
        let drawn = self.sampler.draw(state.logits(), |token| guided.allows(mask, token))?;
        self.sum += drawn.log_probability;
        self.characters += 1;
        self.token = drawn.token;
        let character = self.vocabulary.character(drawn.token);
        self.text.extend(character);
        if !guided.take(character, drawn.log_allowed) {
            let stopped = (self.on_text)("").is_break();
            return Ok(stopped.then_some(Ending::Cancelled));
        }
        let (start, mark) = (guided.start(), self.marked(state.clone()));
        let Some(guided) = &mut self.guided else { return Ok(None) };
        let (verdict, ended) =
            guided.judge(mark, &self.text, character.is_none(), self.request.temperature > 0.0);
        let again = matches!(verdict, Verdict::Again(_));
        if let Verdict::Again(mark) | Verdict::Instead(_, mark) = &verdict {
            self.text.truncate(start);
            *state = mark.network.clone();
            (self.token, self.characters, self.sum) = (mark.token, mark.characters, mark.sum);
        }
        if let Verdict::Instead(text, _) = &verdict {
            self.text.push_str(text);
        }
        let text = if again { "" } else { self.text.get(start..).unwrap_or_default() };
        if (self.on_text)(text).is_break() {
            return Ok(Some(Ending::Cancelled));
        }
        Ok(ended.then_some(Ending::Eos))
    }

    fn push(&mut self, c: char) -> ControlFlow<()> {
        self.text.push(c);
        self.bars.read(c);
        (self.on_text)(c.encode_utf8(&mut [0; 4]))
    }

    /// Closes the tune once it is as long as asked for and has come to a bar line.
    fn end_at_length(&mut self) -> Result<Option<Ending>, ComposeError> {
        let (characters, length) = (self.characters, self.request.length);
        let bars = self.bars.count().saturating_sub(self.bars_given);
        if characters < length && self.request.bars.is_none_or(|most| bars < most.get()) {
            return Ok(None);
        }
        let in_time = characters < length + GRACE;
        // A bar line that stood in the prompt is not the network's, and a prompt is never cut.
        match self.bars.last().filter(|&last| last > self.opening.len()) {
            Some(last) if self.bars.end() != End::Inside || !in_time => {
                close(&mut self.text, last);
                Ok(Some(Ending::Length))
            }
            None if !in_time => Err(ComposeError::NoBarLine { characters }),
            _ => Ok(None),
        }
    }

    fn finish(self, network: &Network, ending: Ending, time: &str) -> Composition {
        let request = self.request;
        let provenance = Provenance {
            model: network.name().to_owned(),
            device: network.device().to_string(),
            kernel: network.kernel(),
            seed: request.seed,
            index: self.index,
            temperature: request.temperature,
            top_k: request.top_k,
            top_p: request.top_p,
            length: request.length,
            bars: request.bars,
            tune_type: request.tune_type,
            prompt: request.prompt.clone(),
            grammar: self.guided.is_some(),
            time: time.to_owned(),
        };
        let log_probability = self.sum / self.characters.max(1) as f64;
        let strain = self.guided.map(|guided| Strain { characters: self.characters, ..guided.strain });
        let planned = self.finish.tune_type;
        let text = if ending == Ending::Cancelled { self.text } else { self.finish.apply(self.text) };
        Composition { text, ending, provenance, log_probability, strain, planned }
    }
}

impl Finish {
    /// Adds the ornaments asked for and moves the tune to its key.
    fn apply(&self, text: String) -> String {
        let text = ornamented(&text, self.ornaments, self.lowest);
        let Some(tonic) = self.tonic else { return text };
        let parsed = abc::parse(&text);
        let moved = parsed.tunes.first().map(|tune| abc::transpose(&text, tune, abc::Target::Tonic(tonic)));
        // A composed tune has a key and no macros, which is all that can stand in the way.
        moved.and_then(Result::ok).unwrap_or(text)
    }
}

/// Writes the tunes 0 to `count` of a request on the threads of `pool` (see [`thread_pool`]), in
/// order. Each is the tune [`compose`] gives for its index, whatever the count and the threads; one
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
/// what takes its text (see [`compose`]'s `on_text`), or `None` if no more tunes are wanted. `done`
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
    use crate::compose::testing::network;

    /// Everything that can make a bar line hard to see.
    const ABC: &str = "ABcd |:[]\"!\n12M(";

    fn request(length: usize) -> Request {
        Request {
            prompt: "X:1\nM:C|\nK:D\n".into(),
            temperature: 1.0,
            length,
            raw: true,
            ..Request::default()
        }
    }

    fn write_one(network: &Network, request: &Request, index: u64) -> Result<Composition, ComposeError> {
        compose(network, request, index, "now", &mut |_| ControlFlow::Continue(()))
    }

    #[test]
    fn no_tune_ends_inside_a_bar_and_none_has_a_blank_line() {
        let network = network(ABC, 3.5);
        let mut endings = [0, 0];
        for index in 0..60 {
            let tune = write_one(&network, &request(150), index).unwrap();
            let end = tune.text.trim_end();
            match tune.ending {
                Ending::Eos => {
                    endings[0] += 1;
                    assert!(end.ends_with('|') || end.ends_with("|]"), "{end:?}");
                }
                Ending::Length => {
                    endings[1] += 1;
                    assert!(end.ends_with("|]") && tune.text == end, "{end:?}");
                }
                Ending::Cancelled => panic!("nobody cancelled"),
            }
            assert!(tune.text.lines().all(|l| !l.trim().is_empty()), "{:?}", tune.text);
            assert!(tune.text.len() <= 13 + 150 + GRACE + 3);
            let mut bars = Bars::new();
            tune.text.chars().for_each(|c| bars.read(c));
            assert_eq!(bars.end(), End::Closed, "{:?}", tune.text);
        }
        assert!(endings.iter().all(|&n| n > 5), "both endings are to be tried: {endings:?}");
    }

    #[test]
    fn without_any_bar_line_there_is_no_tune() {
        let network = network("A", -8.0);
        let mut request = request(20);
        request.temperature = 0.0;
        assert!(matches!(
            write_one(&network, &request, 0),
            Err(ComposeError::NoBarLine { characters }) if characters == 20 + GRACE
        ));
        request.prompt.push_str("DEF | ");
        assert!(
            matches!(write_one(&network, &request, 0), Err(ComposeError::NoBarLine { .. })),
            "a bar line of the prompt is not the network's, and a prompt is never cut"
        );
    }

    #[test]
    fn cutting_back_leaves_whole_bars() {
        // Quotes open often, so that many tunes find no bar line in time.
        let network = network("AB|\"", -8.0);
        let cut = (0..50).filter_map(|index| write_one(&network, &request(1), index).ok()).filter(|tune| {
            assert!(tune.text.ends_with("|]"), "{:?}", tune.text);
            tune.ending == Ending::Length
        });
        assert!(cut.count() > 10);
    }

    #[test]
    fn the_text_is_handed_over_as_it_is_written_and_ends_where_it_is_cancelled() {
        let network = network(ABC, -8.0);
        for stop in [1, 5, 40] {
            let (mut seen, mut calls) = (String::new(), 0);
            let tune = compose(&network, &request(150), 0, "now", &mut |text| {
                seen.push_str(text);
                calls += 1;
                if calls == stop { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
            .unwrap();
            assert_eq!((tune.ending, calls), (Ending::Cancelled, stop));
            assert_eq!(tune.text, seen);
            assert_eq!(seen.chars().count(), stop);
        }
    }

    #[test]
    fn the_prompt_stands_unchanged_at_the_start() {
        let network = network(ABC, 0.0);
        let mut request = request(50);
        for (prompt, start) in [("M:6/8\nK:G\n", "X:1\nM:6/8\nK:G\n"), ("X:9\nK:G", "X:9\nK:G")] {
            request.prompt = prompt.into();
            // Without a break after `K:G` the music may never begin; what counts is the text so far.
            let mut seen = String::new();
            let _ = compose(&network, &request, 0, "now", &mut |text| {
                seen.push_str(text);
                ControlFlow::Continue(())
            });
            assert!(seen.starts_with(start), "{seen:?}");
        }
        request.prompt = "DEF".into();
        assert!(matches!(write_one(&network, &request, 0), Err(ComposeError::Request(_))));
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
        assert_eq!(tunes[5], write_one(&network, &request(100), 5).unwrap());
        assert_ne!(tunes[0].text, tunes[1].text);
        let mut other = request(100);
        other.seed = 1;
        assert_ne!(tunes[0].text, write_one(&network, &other, 0).unwrap().text);
    }

    #[test]
    fn a_tune_ends_after_the_bars_asked_for_and_the_prompt_s_do_not_count() {
        let network = network("ABcd |", -8.0);
        let mut request = request(2000);
        request.bars = NonZeroUsize::new(5);
        for given in ["", "A | B | C | "] {
            request.prompt = format!("X:1\nM:C|\nK:D\n{given}");
            let tune = write_one(&network, &request, 0).unwrap();
            let mut bars = Bars::new();
            tune.text.chars().for_each(|c| bars.read(c));
            assert_eq!(tune.ending, Ending::Length);
            assert_eq!(bars.count(), 5 + given.matches('|').count(), "{:?}", tune.text);
        }
    }

    #[test]
    fn a_tune_that_is_carried_on_is_more_than_its_prompt() {
        // The network would end every tune at once.
        let network = network("A|", 9.0);
        let mut request = request(100);
        request.prompt.push_str("D4 || ");
        let tune = write_one(&network, &request, 0).unwrap();
        assert!(tune.text.len() > request.prompt.len() + 1, "{:?}", tune.text);
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

    #[test]
    fn provenance_goes_with_the_tune() {
        let network = network(ABC, 0.0);
        let tune = write_one(&network, &request(50), 3).unwrap();
        let from = &tune.provenance;
        assert_eq!(
            (from.model.as_str(), from.device.as_str(), from.kernel.as_str()),
            ("unnamed", "cpu", network.kernel().as_str())
        );
        assert_eq!((from.seed, from.index, from.length, from.time.as_str()), (0, 3, 50, "now"));
        assert!(tune.log_probability < 0.0 && tune.log_probability > -10.0, "{}", tune.log_probability);
    }
}
