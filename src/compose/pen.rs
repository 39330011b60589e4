//! The network reading and writing a bar at a time, its state carried along.

use super::fresh_bars::BEFORE;
use super::sampler::Sampler;
use super::writer::ComposeError;
use crate::abc::grammar::Grammar;
use crate::model::{Network, NetworkError, State, Token};

/// The network with all it has read.
#[derive(Debug, Clone)]
pub(super) struct Pen<'a> {
    network: &'a Network,
    state: State,
    /// The last character it has read.
    last: char,
    /// Something has been written, and what is read from then on is judged: the logarithms of its
    /// probability, added up, and of how many characters.
    judged: bool,
    sum: f64,
    characters: usize,
}

/// A bar that was written.
pub(super) struct Written<'a> {
    /// The network after it.
    pub(super) pen: Pen<'a>,
    pub(super) bar: String,
    /// What the mask took from it, in nats; 0 or less.
    pub(super) lost: f64,
}

impl<'a> Pen<'a> {
    /// It has read nothing yet.
    pub(super) fn new(network: &'a Network) -> Result<Self, NetworkError> {
        let mut state = network.start()?;
        network.step(&mut state, network.vocabulary().sos())?;
        Ok(Self { network, state, last: '\n', judged: false, sum: 0.0, characters: 0 })
    }

    /// The average logarithm of the probability of what was written, and read since.
    pub(super) fn likely(&self) -> f64 {
        self.sum / self.characters.max(1) as f64
    }

    /// Has the network read a text.
    pub(super) fn read(&mut self, text: &str) -> Result<(), ComposeError> {
        // One space is enough.
        let text = if self.last == ' ' { text.trim_start_matches(' ') } else { text };
        for token in self.network.vocabulary().encode(text)? {
            if self.judged {
                self.sum += log_probability(self.state.logits(), token);
                self.characters += 1;
            }
            self.network.step(&mut self.state, token)?;
        }
        self.last = text.chars().next_back().unwrap_or(self.last);
        Ok(())
    }

    /// Writes a bar that the grammar has room for; its bar line is the tune's own.
    pub(super) fn write_bar(
        &self,
        grammar: &mut Grammar,
        sampler: &mut Sampler,
    ) -> Result<Written<'a>, ComposeError> {
        let vocabulary = self.network.vocabulary();
        let mut pen = Self { judged: true, ..self.clone() };
        let (mut bar, mut lost) = (String::new(), 0.0);
        let start = grammar.start();
        let mut here = grammar.read_text(&start, BEFORE).unwrap_or(start);
        loop {
            let mask = grammar.mask(&here);
            let allowed = |token| vocabulary.character(token).is_some_and(|c| mask.allows(c));
            let drawn = sampler.draw(pen.state.logits(), allowed)?;
            let next = vocabulary.character(drawn.token).filter(|c| *c != '|');
            let Some((character, next)) = next.and_then(|c| Some((c, grammar.step(&here, c)?))) else {
                break;
            };
            here = next;
            bar.push(character);
            lost += drawn.log_allowed;
            pen.sum += drawn.log_probability;
            pen.characters += 1;
            pen.last = character;
            pen.network.step(&mut pen.state, drawn.token)?;
        }
        Ok(Written { pen, bar, lost })
    }
}

fn log_probability(logits: &[f32], token: Token) -> f64 {
    let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let sum: f32 = logits.iter().map(|logit| (logit - highest).exp()).sum();
    logits.get(token as usize).map_or(0.0, |logit| f64::from(logit - highest) - f64::from(sum).ln())
}
