//! Writing a tune: the network reads the prompt once and then what it draws, its state carried along.

use std::ops::ControlFlow;
use std::sync::Arc;

use super::composition::Composition;
use super::draft::Draft;
use super::request::{Request, RequestError};
use super::sampler::SamplerError;
use super::wishes::WishError;
use crate::model::{Network, NetworkError, VocabularyError};

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
/// the tune there and then as [`Ending::Cancelled`](super::Ending::Cancelled). The last bar line can still change when the
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

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use super::*;
    use crate::compose::bars::{Bars, End};
    use crate::compose::composition::Ending;
    use crate::compose::draft::GRACE;
    use crate::compose::testing::{ABC, network, request};

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
    fn provenance_goes_with_the_tune() {
        let network = network(ABC, 0.0);
        let tune = write_one(&network, &request(50), 3).unwrap();
        let from = &tune.provenance;
        assert_eq!(
            (from.model.as_str(), from.device.as_str(), from.kernel.as_str()),
            ("unnamed", "cpu", network.kernel().as_str())
        );
        assert_eq!(
            (from.request.seed, from.index, from.request.length, from.time.as_str()),
            (0, 3, 50, "now")
        );
        assert!(tune.log_probability < 0.0 && tune.log_probability > -10.0, "{}", tune.log_probability);
    }
}
