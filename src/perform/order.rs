//! In which order the music of a voice is played: repeats, endings and parts.
//!
//! A voice is cut into stretches that are played without a jump. [`Stretches::order`] says how they
//! follow each other within a part.

use super::accidentals::Rule;
use super::score::State;
use super::tune_type::TuneType;
use crate::abc::{Element, Kind, Numbers, Staff, Tune, Voice};

/// The greatest number of times a section is played, whatever the text says.
const MOST_TIMES: u8 = 100;

/// A stretch of a voice: it ends behind the bar line that ends a section, or before an ending or part.
#[derive(Debug)]
pub(super) struct Stretch<'t> {
    /// The first element.
    pub from: usize,
    /// The element after the last.
    pub to: usize,
    /// What holds where it begins, wherever one comes from.
    pub state: State<'t>,
    /// `|:` stands before it.
    opens: bool,
    /// Another bar line that ends a section stands before it.
    fresh: bool,
    /// The ending it is.
    ending: Option<&'t Numbers>,
    /// The part that begins with it.
    part: Option<char>,
    /// How many times `:|` behind it asks to go back.
    closes: u8,
    /// Behind it stands a bar line that ends a section.
    ends: bool,
}

impl<'t> Stretch<'t> {
    fn starting(from: usize, state: State<'t>) -> Self {
        Self {
            from,
            to: from,
            state,
            opens: false,
            fresh: false,
            ending: None,
            part: None,
            closes: 0,
            ends: false,
        }
    }
}

/// A stretch, or a part of one, as it is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Leg {
    /// Its place among the stretches.
    pub stretch: usize,
    /// The first element.
    pub from: usize,
    /// The element after the last.
    pub to: usize,
}

impl Leg {
    /// What of it lies within two elements; `None` if nothing.
    pub(super) fn within(self, from: usize, to: usize) -> Option<Self> {
        let leg = Self { from: self.from.max(from), to: self.to.min(to), ..self };
        (leg.from < leg.to).then_some(leg)
    }
}

/// The stretches of a voice, in the order of the text.
#[derive(Debug)]
pub(super) struct Stretches<'t>(pub Vec<Stretch<'t>>);

impl<'t> State<'t> {
    /// What holds where a voice begins.
    pub(super) fn first(tune: &'t Tune, voice: &Voice, literal: bool) -> Self {
        let rhythm = tune.rhythm();
        let kind = TuneType::of(rhythm, &tune.metre);
        let by_default = if literal { Rule::Pitch } else { Rule::Octave };
        let rule = tune.directive("propagate-accidentals").and_then(Rule::named).unwrap_or(by_default);
        let key = tune.key.key.unwrap_or(crate::music::Key::NONE);
        let tempo = tune.tempo.as_ref();
        let mut state = Self {
            key,
            metre: &tune.metre,
            kind,
            named: rhythm.is_some(),
            tempo,
            semitones: 0,
            octaves: 0,
            rule,
        };
        state.staff(&tune.key.staff);
        state.staff(&voice.staff);
        state
    }

    /// Clef and transposition, where a field says something about them (§4.6).
    fn staff(&mut self, staff: &Staff) {
        if let Some(transpose) = staff.transpose {
            self.semitones = transpose.into();
        }
        if let Some(clef) = staff.clef {
            self.octaves = i32::from(clef.octave);
        }
        if let Some(octave) = staff.octave {
            self.octaves = i32::from(octave);
        }
    }

    /// Takes over what an element says about the music after it; whether it says anything.
    pub(super) fn follow(&mut self, kind: &'t Kind) -> bool {
        match kind {
            Kind::Key(field) => {
                self.key = field.key.unwrap_or(self.key);
                self.staff(&field.staff);
            }
            Kind::Metre(metre) => {
                self.metre = metre;
                if !self.named {
                    self.kind = TuneType::of_metre(metre);
                }
            }
            Kind::Tempo(tempo) => self.tempo = Some(tempo),
            Kind::Rhythm(text) => {
                self.named = true;
                self.kind = TuneType::of(Some(text), self.metre);
            }
            Kind::Directive(directive) if directive.name == "propagate-accidentals" => {
                self.rule = Rule::named(&directive.value).unwrap_or(self.rule);
            }
            _ => return false,
        }
        true
    }
}

impl<'t> Stretches<'t> {
    /// Cuts a voice.
    pub(super) fn of(elements: &'t [Element], mut state: State<'t>) -> Self {
        let mut all = Vec::new();
        let mut open = Stretch::starting(0, state);
        for (i, element) in elements.iter().enumerate() {
            match &element.kind {
                Kind::Bar(bar) if bar.ends_section() => {
                    open.to = i + 1;
                    open.closes = bar.closes;
                    open.ends = true;
                    all.push(std::mem::replace(&mut open, Stretch::starting(i + 1, state)));
                    open.opens = bar.opens > 0;
                    open.fresh = true;
                }
                Kind::Ending(numbers) => {
                    if takes_time(&elements[open.from..i]) {
                        open.to = i;
                        all.push(std::mem::replace(&mut open, Stretch::starting(i, state)));
                    }
                    open.ending = Some(numbers);
                }
                Kind::Part(name) => {
                    if takes_time(&elements[open.from..i]) {
                        open.to = i;
                        all.push(std::mem::replace(&mut open, Stretch::starting(i, state)));
                    }
                    open.part = name.chars().find(|c| c.is_ascii_alphabetic());
                    open.fresh = true;
                }
                kind => {
                    state.follow(kind);
                }
            }
        }
        open.to = elements.len();
        all.push(open);
        Self(all)
    }

    /// All of a stretch.
    pub(super) fn leg(&self, stretch: usize) -> Leg {
        let Stretch { from, to, .. } = self.0[stretch];
        Leg { stretch, from, to }
    }

    /// Whether a stretch is an ending.
    pub(super) fn is_ending(&self, stretch: usize) -> bool {
        self.0[stretch].ending.is_some()
    }

    /// Whether a part of this name begins somewhere.
    pub(super) fn has_part(&self, name: char) -> bool {
        self.0.iter().any(|stretch| stretch.part == Some(name))
    }

    /// The stretches of a part, or with `None` those before the first part.
    pub(super) fn part(&self, name: Option<char>) -> std::ops::Range<usize> {
        let start = match name {
            None => 0,
            Some(name) => match self.0.iter().position(|stretch| stretch.part == Some(name)) {
                Some(start) => start,
                None => return 0..0,
            },
        };
        let from = start + usize::from(name.is_some());
        let length = self.0.get(from..).into_iter().flatten().position(|stretch| stretch.part.is_some());
        start..length.map_or(self.0.len(), |length| from + length)
    }

    /// The stretches of a range in the order they are played (§4.8 to §4.10).
    ///
    /// A `:|` goes back to the last `|:`; without one, to the last bar line that ends a section, or to
    /// the start of the range.
    pub(super) fn order(&self, range: std::ops::Range<usize>) -> Vec<usize> {
        let mut order = Vec::new();
        let mut start = range.start;
        let mut explicit = false;
        let mut time = 1;
        let mut jumped = false;
        let mut i = range.start;
        while i < range.end {
            let stretch = &self.0[i];
            let skipped = stretch.ending.is_some_and(|numbers| !numbers.contains(time));
            if !jumped && (stretch.opens || (stretch.fresh && !explicit && stretch.ending.is_none())) {
                (start, explicit, time) = (i, stretch.opens, 1);
            }
            jumped = false;
            if skipped {
                i += 1;
                if self.0.get(i).is_some_and(|next| next.ending.is_none()) {
                    // No ending is left: the section is over.
                    (start, explicit, time) = (i, false, 1);
                    jumped = !self.0[i].opens;
                } else {
                    jumped = true;
                }
                continue;
            }
            order.push(i);
            if self.goes_back(i, &range) && time < self.times(i, &range) {
                time += 1;
                i = start;
                jumped = true;
                continue;
            }
            i += 1;
            if stretch.closes > 0 || (stretch.ending.is_some() && stretch.ends) {
                (start, explicit, time) = (i, false, 1);
            }
        }
        order
    }

    /// Whether one may go back behind a stretch: at `:|`, or where the next ending begins although `:|`
    /// has been forgotten.
    fn goes_back(&self, i: usize, range: &std::ops::Range<usize>) -> bool {
        let next_is_ending = i + 1 < range.end && self.0[i + 1].ending.is_some();
        self.0[i].closes > 0 || (self.0[i].ending.is_some() && next_is_ending)
    }

    /// How many times the section that ends with this stretch is played.
    fn times(&self, i: usize, range: &std::ops::Range<usize>) -> u8 {
        let by_dots = self.0[i].closes.saturating_add(1);
        let is_ending = |&i: &usize| self.0[i].ending.is_some();
        let before = (range.start..=i).rev().take_while(is_ending);
        let endings = before.chain((i + 1..range.end).take_while(is_ending));
        let numbers: Vec<u8> = endings.filter_map(|i| self.0[i].ending).map(Numbers::last).collect();
        let times = match numbers[..] {
            [] => by_dots,
            // What follows a lone ending is the other one.
            [last] => last.saturating_add(1),
            _ => numbers.into_iter().max().unwrap_or(by_dots),
        };
        times.min(MOST_TIMES)
    }
}

/// Whether anything in a range sounds, or is silent for a time; white space and fields are not.
fn takes_time(elements: &[Element]) -> bool {
    elements.iter().any(|element| element.kind.takes_time())
}
