//! Writing under a grammar: what may come next is drawn, and a bar that went against the network's
//! grain is drawn again.

use super::plan::Plan;
use super::returning::Echo;
use crate::abc::grammar::{self, Grammar, Mask};
use crate::model::{State, Token, Vocabulary};

/// A bar in which the mask took more than so many nats is drawn again.
const STRAINED: f64 = -3.0;

/// How often at most.
const REDRAWS: u8 = 4;

/// What the grammar cost a tune.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Strain {
    /// For each bar that was written, the logarithm of the probability the network left to what was
    /// allowed, summed over its characters; 0 or less.
    pub bars: Vec<f64>,
    /// Characters that were drawn, those of bars drawn again not counted.
    pub characters: usize,
    /// Characters of bars that come back: no choice was left, and what they cost is not counted.
    pub returned: usize,
    /// Bars that were drawn again, each time counted.
    pub redrawn: usize,
}

impl Strain {
    /// Nats lost over the whole tune; 0 or more.
    pub fn total(&self) -> f64 {
        -self.bars.iter().sum::<f64>()
    }

    /// Nats lost in the worst bar, and which that is, from 0.
    pub fn worst(&self) -> Option<(usize, f64)> {
        let lost = self.bars.iter().map(|lost| -lost).enumerate();
        lost.max_by(|a, b| a.1.total_cmp(&b.1))
    }
}

/// Where a draft stands: everything that is put back when a bar is drawn again.
#[derive(Debug, Clone)]
pub(super) struct Mark {
    /// The network before it reads `token`.
    pub(super) network: State,
    pub(super) token: Token,
    pub(super) here: Option<grammar::State>,
    pub(super) length: usize,
    pub(super) characters: usize,
    pub(super) sum: f64,
}

/// A bar as it was drawn.
#[derive(Debug)]
struct Attempt {
    lost: f64,
    text: String,
    ended: bool,
    mark: Mark,
}

/// What is to be done after a bar.
#[derive(Debug)]
pub(super) enum Verdict {
    /// Go on from here.
    Keep,
    /// Put this text in the place of the bar's and go on from its end.
    Instead(String, Box<Mark>),
    /// Draw the bar again from here.
    Again(Box<Mark>),
}

/// A draft's grammar, and the bar being written.
#[derive(Debug)]
pub(super) struct Guided {
    pub(super) grammar: Grammar,
    pub(super) here: grammar::State,
    echo: Echo,
    /// The character of each token.
    bytes: Vec<Option<u8>>,
    eos: Token,
    /// Where the bar began.
    start: Option<Mark>,
    lost: f64,
    tries: u8,
    best: Option<Attempt>,
    pub(super) strain: Strain,
}

impl Guided {
    pub(super) fn new(mut plan: Plan, vocabulary: &Vocabulary) -> Self {
        let echo = Echo::new(plan.returning, &mut plan.grammar, &plan.opening);
        let byte = |token| vocabulary.character(token).and_then(|c| u8::try_from(c).ok());
        let tokens = u32::try_from(vocabulary.len()).unwrap_or(u32::MAX);
        Self {
            grammar: plan.grammar,
            here: plan.state,
            echo,
            bytes: (0..tokens).map(byte).collect(),
            eos: vocabulary.eos(),
            start: None,
            lost: 0.0,
            tries: 0,
            best: None,
            strain: Strain::default(),
        }
    }

    pub(super) fn mask(&mut self) -> Mask {
        self.echo.narrow(self.grammar.mask(&self.here))
    }

    /// Whether a mask allows a token.
    pub(super) fn allows(&self, mask: Mask, token: Token) -> bool {
        match self.bytes.get(token as usize).copied().flatten() {
            Some(byte) => byte < 128 && mask.characters >> byte & 1 == 1,
            None => token == self.eos && mask.end,
        }
    }

    /// Whether the first bar has still to begin.
    pub(super) fn wants_mark(&self) -> bool {
        self.start.is_none()
    }

    /// The length of the text at the start of the bar.
    pub(super) fn start(&self) -> usize {
        self.start.as_ref().map_or(0, |start| start.length)
    }

    /// The first bar begins here.
    pub(super) fn begin(&mut self, mark: Mark) {
        self.start = Some(mark);
    }

    /// Takes a character that was drawn and the logarithm of what was allowed; whether it ends a bar.
    pub(super) fn take(&mut self, character: Option<char>, log_allowed: f64) -> bool {
        if self.echo.follows() {
            self.strain.returned += 1;
        } else {
            self.lost += log_allowed;
        }
        let Some(character) = character else { return true };
        let Some(next) = self.grammar.step(&self.here, character) else { return true };
        let ends_bar = next.bar() != self.here.bar();
        self.here = next;
        if !ends_bar {
            self.echo.take(character);
        }
        ends_bar
    }

    /// Judges the bar that ends at `mark`. `text` is all of the tune so far, `ended` whether the tune ends
    /// with it, `may_redraw` whether drawing again can give anything else. With [`Verdict::Instead`] and
    /// `Keep` the second value says whether the tune has ended.
    pub(super) fn judge(&mut self, mark: Mark, text: &str, ended: bool, may_redraw: bool) -> (Verdict, bool) {
        let lost = std::mem::take(&mut self.lost);
        let Some(start) = &self.start else { return (Verdict::Keep, ended) };
        let start_length = start.length;
        let place = start.here.and_then(|here| self.grammar.full_bar(&here));
        let first = |text: &str| text.chars().next_back();
        let piece = || text.get(start_length..).unwrap_or_default().to_owned();
        if lost < STRAINED && self.tries < REDRAWS && may_redraw {
            if self.best.as_ref().is_none_or(|best| best.lost < lost) {
                self.best = Some(Attempt { lost, text: piece(), ended, mark });
            }
            self.tries += 1;
            self.strain.redrawn += 1;
            let start = start.clone();
            self.here = start.here.unwrap_or(self.here);
            self.echo.begin(place, text.get(..start_length).and_then(first));
            return (Verdict::Again(Box::new(start)), false);
        }
        self.tries = 0;
        let before = text.get(..start_length).and_then(first).map(String::from).unwrap_or_default();
        let (verdict, ended) = match self.best.take().filter(|best| best.lost > lost) {
            Some(best) => {
                self.strain.bars.push(best.lost);
                self.here = best.mark.here.unwrap_or(self.here);
                self.start = Some(best.mark.clone());
                (Verdict::Instead(best.text, Box::new(best.mark)), best.ended)
            }
            None => {
                self.strain.bars.push(lost);
                self.start = Some(mark);
                (Verdict::Keep, ended)
            }
        };
        let kept = match &verdict {
            Verdict::Instead(text, _) => text,
            _ => text.get(start_length..).unwrap_or_default(),
        };
        self.echo.keep(place, &(before + kept));
        self.echo.begin(self.grammar.full_bar(&self.here), first(kept));
        (verdict, ended)
    }
}
