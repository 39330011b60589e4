//! A tune being written: a draft that takes what the network makes of each character, until it ends.

use std::ops::ControlFlow;

use super::bars::{Bars, End, close};
use super::composition::{Composition, Ending, Provenance};
use super::guided::{Guided, Mark, Strain, Verdict};
use super::ornament::ornamented;
use super::plan::Plan;
use super::request::Request;
use super::sampler::Sampler;
use super::wishes::Ornaments;
use super::writer::ComposeError;
use crate::abc;
use crate::model::{Network, State, Token, Vocabulary};
use crate::music::Name;
use crate::perform::TuneType;

/// How many characters beyond the length asked for the network has to come to a bar line.
pub(super) const GRACE: usize = 300;

/// A tune being written: what is there so far and the token the network reads next. Whoever owns it
/// runs the network.
pub(super) struct Draft<'a, F> {
    request: &'a Request,
    vocabulary: &'a Vocabulary,
    /// Which tune of the request.
    pub(super) index: u64,
    /// The prompt with what goes before it, and its tokens.
    opening: String,
    prompt: std::vec::IntoIter<Token>,
    /// Read next by the network.
    pub(super) token: Token,
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
    /// Tune `index` of a request, before its first character.
    pub(super) fn new(
        network: &'a Network,
        request: &'a Request,
        index: u64,
        on_text: F,
    ) -> Result<Self, ComposeError> {
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
    pub(super) fn mark(&mut self, state: &State) {
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
    pub(super) fn go_on(&mut self, state: &mut State) -> Result<Option<Ending>, ComposeError> {
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

    /// The tune as it ended.
    pub(super) fn finish(self, network: &Network, ending: Ending, time: &str) -> Composition {
        let request = self.request;
        let provenance = Provenance {
            model: network.name().to_owned(),
            device: network.device().to_string(),
            kernel: network.kernel(),
            request: request.clone(),
            index: self.index,
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
