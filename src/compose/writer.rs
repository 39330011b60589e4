//! Writing a tune: the network reads the prompt once and then what it draws, its state carried along.

use std::num::NonZeroUsize;
use std::ops::ControlFlow;

use rayon::prelude::*;
use rayon::{ThreadPool, ThreadPoolBuildError, ThreadPoolBuilder};

use super::bars::{Bars, End, close};
use super::composition::{Composition, Ending, Provenance};
use super::request::{Request, RequestError};
use super::sampler::{Sampler, SamplerError};
use crate::model::{Network, NetworkError, Token, Vocabulary, VocabularyError};

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
    let vocabulary = network.vocabulary();
    request.validate(vocabulary)?;
    let mut tune = Tune { text: String::new(), bars: Bars::new(), on_text };
    let (ending, log_probability) = match write(network, request, index, &mut tune)? {
        Some(written) => (written.ending, written.log_probability),
        None => (Ending::Cancelled, 0.0),
    };
    let provenance = Provenance {
        model: network.name().to_owned(),
        device: network.device().to_string(),
        kernel: network.kernel().to_owned(),
        seed: request.seed,
        index,
        temperature: request.temperature,
        top_k: request.top_k,
        top_p: request.top_p,
        length: request.length,
        prompt: request.prompt.clone(),
        time: time.to_owned(),
    };
    Ok(Composition { text: tune.text, ending, provenance, log_probability })
}

/// The tune so far.
struct Tune<'a> {
    text: String,
    bars: Bars,
    on_text: &'a mut dyn FnMut(&str) -> ControlFlow<()>,
}

impl Tune<'_> {
    fn push(&mut self, c: char) -> ControlFlow<()> {
        self.text.push(c);
        self.bars.read(c);
        (self.on_text)(c.encode_utf8(&mut [0; 4]))
    }

    /// Whether a token may come next.
    fn allows(&self, vocabulary: &Vocabulary, token: Token) -> bool {
        match vocabulary.character(token) {
            Some(c) => self.bars.allows(c),
            None => token == vocabulary.eos() && self.bars.end() == End::Closed,
        }
    }
}

struct Written {
    ending: Ending,
    log_probability: f64,
}

/// Reads the prompt and writes on to the end; `None` if it was cancelled while reading.
fn write(
    network: &Network,
    request: &Request,
    index: u64,
    tune: &mut Tune<'_>,
) -> Result<Option<Written>, ComposeError> {
    let vocabulary = network.vocabulary();
    let opening = request.opening();
    let mut state = network.start()?;
    let mut logits = network.step(&mut state, vocabulary.sos())?;
    for (c, token) in opening.chars().zip(vocabulary.encode(&opening)?) {
        if tune.push(c).is_break() {
            return Ok(None);
        }
        logits = network.step(&mut state, token)?;
    }

    let mut sampler = Sampler::new(request, index);
    let mut sum = 0.0;
    let mut characters = 0;
    let ending = loop {
        let drawn = sampler.draw(logits, |token| tune.allows(vocabulary, token))?;
        sum += drawn.log_probability;
        let Some(c) = vocabulary.character(drawn.token) else { break Ending::Eos };
        characters += 1;
        if tune.push(c).is_break() {
            break Ending::Cancelled;
        }
        if characters >= request.length {
            let in_time = characters < request.length + GRACE;
            // A bar line that stood in the prompt is not the network's, and a prompt is never cut.
            match tune.bars.last().filter(|&last| last > opening.len()) {
                Some(last) if tune.bars.end() != End::Inside || !in_time => {
                    close(&mut tune.text, last);
                    break Ending::Length;
                }
                None if !in_time => return Err(ComposeError::NoBarLine { characters }),
                _ => {}
            }
        }
        logits = network.step(&mut state, drawn.token)?;
    };
    let drawn = characters + usize::from(ending == Ending::Eos);
    Ok(Some(Written { ending, log_probability: sum / drawn as f64 }))
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
    let one = |index| compose(network, request, index, time, &mut |_| ControlFlow::Continue(()));
    pool.install(|| (0..count).into_par_iter().map(one).collect())
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
        Request { prompt: "X:1\nM:C|\nK:D\n".into(), temperature: 1.0, length, ..Request::default() }
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
