//! The grammar of what may be composed: an automaton over characters that accepts only tunes of the
//! dialect in `docs/dialect.md`, which is narrower than what [`crate::abc::parse`] reads without a word.
//!
//! In: a [`Spec`] (header, key, bar, and what is wished for) and characters one by one. Out: whether
//! a character may come next, all that may ([`Mask`]), and the shortest end of a tune ([`Grammar::finish`]).
//! A character is allowed if and only if the shortest completion after it fits into the length that is
//! left, so that whatever is drawn, the tune can be ended.
//!
//! What has been read is a [`State`], small and copied. It knows the place among the letters (`state`,
//! `lexicon`), the ticks of the bar, and the bar's number in the `ledger`, which knows what bar lines
//! may follow, from the rules of repeats alone or from a [`Form`] asked for. `read` advances a state,
//! `cost` says what finishing it takes.

mod canonical;
mod cost;
mod form;
mod ledger;
mod lexicon;
mod pitches;
mod read;
mod state;

pub use canonical::canonical;
pub use form::{Form, FormError, MOST_BARS, MOST_SECTIONS, Pickup, Section};
pub use pitches::{PitchSet, classes_of};
pub use state::State;

use crate::music::{Fraction, Key, Letter, Metre};
use ledger::Ledger;
use lexicon::{MOST_TICKS, NEVER};
use pitches::{STEPS, Step};
use state::{At, Group, NO_BAR};

/// Whether chord symbols are written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Chords {
    /// As it comes.
    #[default]
    Any,
    /// There are none.
    Never,
    /// Every section has one at its first full bar, and more as they come.
    Always,
}

/// What a grammar accepts.
#[derive(Debug, Clone, PartialEq)]
pub struct Spec {
    /// The header, letter by letter, up to and with the line break after `K:`.
    pub header: String,
    /// The key in `K:`.
    pub key: Key,
    /// Quarters of the unit note length in a bar; see [`ticks_of`].
    pub bar: u8,
    /// The notes there may be.
    pub pitches: PitchSet,
    /// The pitch classes the last note may have, a bit for each semitone above C; `None` for any.
    pub home: Option<u16>,
    /// Whether the last note lasts a unit or more.
    pub long_end: bool,
    /// Whether there are chord symbols.
    pub chords: Chords,
    /// Whether there may be grace notes and decorations.
    pub ornaments: bool,
    /// Whether nothing stands in the way of swinging even pairs: broken pairs (`>`, `<`) begin where pairs of
    /// such notes do, counted from the bar line, and not after a chord in the bar, and there are no ties.
    pub swings: bool,
    /// The form; `None` for any.
    pub form: Option<Form>,
    /// The most characters the text may have, header included.
    pub most: u16,
}

impl Spec {
    /// Any tune of the dialect with this header, key and bar.
    pub fn any(header: String, key: Key, bar: u8, most: u16) -> Self {
        Self {
            header,
            key,
            bar,
            pitches: PitchSet::ALL,
            home: None,
            long_end: false,
            chords: Chords::Any,
            ornaments: true,
            swings: false,
            form: None,
            most,
        }
    }
}

/// Why nothing can be written as a [`Spec`] asks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SpecError {
    /// The bar cannot be counted.
    #[error("bars of {metre} with notes of {unit} cannot be counted in quarters of a note, 96 at most")]
    Bar {
        /// The metre.
        metre: Metre,
        /// The unit note length.
        unit: Fraction,
    },
    /// The form is none for these bars.
    #[error("no tune can have the form \"{0}\"")]
    Form(Form),
    /// No note of the key that is written as a plain letter may sound.
    #[error("the instrument or range has no note of the key between middle C and the B two octaves above")]
    NoNotes,
    /// No plain letter is home.
    #[error("the instrument or range has not the note the tune is to end on")]
    NoHome,
    /// The shortest tune is too long.
    #[error("such a tune has at least {least} characters, and {most} are allowed")]
    Length {
        /// The shortest.
        least: u16,
        /// What is allowed.
        most: u16,
    },
}

/// The characters that may come next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Mask {
    /// A bit for each ASCII character.
    pub characters: u128,
    /// The tune may end here.
    pub end: bool,
}

impl Mask {
    /// Whether a character may come next.
    pub fn allows(self, character: char) -> bool {
        u8::try_from(character).is_ok_and(|byte| byte < 128 && self.characters >> byte & 1 == 1)
    }

    /// How many choices there are, the end included.
    pub fn count(self) -> u32 {
        self.characters.count_ones() + u32::from(self.end)
    }
}

/// The bytes of music, but for those within chord symbols and decorations.
const BYTES: &[u8] = b"\n !\"'(),-/0123456789:<=>ABCDEFGMPT[]^_abcdefguvz{|}~";

/// All bytes there are.
const ALL_BYTES: [u8; 96] = {
    let mut bytes = [b'\n'; 96];
    let mut byte = b' ';
    while byte <= b'~' {
        bytes[(byte - b' ') as usize + 1] = byte;
        byte += 1;
    }
    bytes
};

/// Ticks of a bar: quarters of the unit note length.
///
/// # Errors
/// If it is not a whole number from 1 to 96.
pub fn ticks_of(metre: &Metre, unit: Fraction) -> Result<u8, SpecError> {
    let ticks = metre.bar().and_then(|bar| bar.checked_mul(4.into())?.checked_div(unit));
    let whole = ticks.filter(|ticks| ticks.denominator() == 1).and_then(|t| u8::try_from(t.numerator()).ok());
    whole
        .filter(|ticks| (1..=MOST_TICKS).contains(ticks))
        .ok_or_else(|| SpecError::Bar { metre: metre.clone(), unit })
}

/// The automaton. It keeps what it has worked out about bars it has met, which is why reading needs
/// it mutable; its answers depend on spec and state alone.
#[derive(Debug)]
pub struct Grammar {
    spec: Spec,
    header: Vec<u8>,
    ledger: Ledger,
    /// What the key adds to each letter.
    signature: [i8; 7],
    /// The steps that are home as the key has them, a bit for each.
    home_steps: u64,
    /// Characters of the shortest note with an accidental (flat, natural, sharp), in bars that cannot
    /// end the tune and in those that can.
    letters: [[u16; 3]; 2],
    /// The last answers of [`Grammar::grown`], for notes that are home or not, and graced or not.
    grown: [Option<(cost::Grown, u16)>; 4],
}

impl Grammar {
    /// The automaton for a spec.
    ///
    /// # Errors
    /// If no tune meets it.
    pub fn new(spec: Spec) -> Result<Self, SpecError> {
        if let Some(form) = spec.form.as_ref().filter(|form| !form.is_possible(spec.bar)) {
            return Err(SpecError::Form(form.clone()));
        }
        let signature = Letter::ALL.map(|letter| spec.key.alter(letter));
        let steps = || 0..STEPS as Step;
        let plain = |step: Step| {
            let alter = signature[usize::from(step % 7)];
            spec.pitches.contains(step, alter).then_some(alter)
        };
        let home = |step: Step| {
            let class = plain(step).map(|alter| pitches::class(step, alter));
            class.is_some_and(|class| spec.home.is_some_and(|home| home >> class & 1 == 1))
        };
        let home_steps = steps().filter(|&step| home(step)).fold(0, |steps, step| steps | 1u64 << step);
        let mut written = steps().filter(|&step| pitches::signs(step) == 0);
        if !written.clone().any(|step| plain(step).is_some()) {
            return Err(SpecError::NoNotes);
        }
        if spec.home.is_some() && !written.any(home) {
            return Err(SpecError::NoHome);
        }
        let letter = |last: bool, alter: i8| {
            let may =
                |step: &Step| spec.pitches.contains(*step, alter) && !(last && home_steps >> *step & 1 == 1);
            steps().filter(may).map(|step| 1 + pitches::signs(step)).min().unwrap_or(NEVER)
        };
        let letters = [false, true].map(|last| [-1, 0, 1].map(|alter| letter(last, alter)));
        let ledger = Ledger::new(spec.bar, spec.form.clone(), spec.chords == Chords::Always, spec.long_end);
        let header = spec.header.as_bytes().to_vec();
        let mut grammar = Self { spec, header, ledger, signature, home_steps, letters, grown: [None; 4] };
        let least = grammar.cost(&grammar.start());
        match least > grammar.spec.most {
            true => Err(SpecError::Length { least, most: grammar.spec.most }),
            false => Ok(grammar),
        }
    }

    /// What it accepts.
    pub fn spec(&self) -> &Spec {
        &self.spec
    }

    /// Before the first character.
    pub fn start(&self) -> State {
        State {
            written: 0,
            at: At::Header(0),
            bar: 0,
            used: 0,
            carried: Default::default(),
            group: Group::None,
            tie: None,
            slur: 0,
            home: true,
            may_end: false,
            owes_symbol: self.ledger.owes_symbol(&self.ledger.bar(0)),
            unbroken: false,
        }
    }

    /// The state after a character, if it may come next.
    pub fn step(&mut self, state: &State, character: char) -> Option<State> {
        let byte = u8::try_from(character).ok().filter(u8::is_ascii)?;
        let next = self.read(state, byte)?;
        (next.written.saturating_add(self.cost(&next)) <= self.spec.most).then_some(next)
    }

    /// Reads a text from a state on.
    ///
    /// # Errors
    /// The byte offset of the first character that may not come, and the state before it.
    pub fn read_text(&mut self, state: &State, text: &str) -> Result<State, (usize, State)> {
        let mut state = *state;
        for (offset, character) in text.char_indices() {
            state = self.step(&state, character).ok_or((offset, state))?;
        }
        Ok(state)
    }

    /// The form of a whole text: `None` if it is not in the dialect, or its sections differ in their
    /// pickups or a section's endings in their bars, which no [`Form`] says.
    pub fn form(&mut self, text: &str) -> Option<Form> {
        let text = text.trim_end();
        let mut state = self.start();
        let mut pickup = None;
        let mut sections = Vec::new();
        // A space after the last bar line says that it is whole.
        for (offset, character) in text.char_indices().chain([(text.len(), ' ')]) {
            let next = self.step(&state, character)?;
            if next.bar != state.bar {
                let closed = self.ledger.bar(state.bar);
                let last = next.bar == NO_BAR || next.may_end && offset == text.len();
                pickup = pickup.or(closed.pickup());
                let text = &text[..offset];
                if last || self.ledger.bar(next.bar).section != closed.section {
                    sections.push(closed.section(text.ends_with(":|") || text.ends_with("::")));
                }
            }
            state = next;
        }
        let form = Form { pickup: pickup.unwrap_or(Pickup::None), sections };
        let spec = Spec { form: Some(form.clone()), ..self.spec.clone() };
        let mut exact = Self::new(spec).ok()?;
        let end = exact.read_text(&exact.start(), text).ok()?;
        (state.may_end && exact.may_end(&end)).then_some(form)
    }

    /// All that may come next.
    pub fn mask(&mut self, state: &State) -> Mask {
        let mut mask = Mask { characters: 0, end: self.may_end(state) };
        // What stands is settled once for all characters that leave it.
        let settled = self.settled(state);
        // Most bytes occur in words alone.
        let bytes = match state.at {
            At::Header(_) | At::Symbol(..) | At::Decoration(..) => &ALL_BYTES[..],
            _ => BYTES,
        };
        for &byte in bytes {
            let Some(next) = self.read_settled(state, settled.as_ref(), byte) else { continue };
            if next.written.saturating_add(self.cost(&next)) <= self.spec.most {
                mask.characters |= 1 << byte;
            }
        }
        mask
    }

    /// How many sections a text has that has got here, one that is begun included.
    pub fn sections(&self, state: &State) -> usize {
        if state.bar == NO_BAR {
            return usize::MAX;
        }
        let bar = self.ledger.bar(state.bar);
        usize::from(bar.section) + usize::from(!bar.is_first() || state.used > 0)
    }

    /// The section of the bar a text has got to, and the bar's number there, both from 0; nothing for pickups
    /// and for bars of endings.
    pub fn full_bar(&self, state: &State) -> Option<(u8, u8)> {
        (state.bar != NO_BAR).then(|| self.ledger.full(&self.ledger.bar(state.bar))).flatten()
    }

    /// Whether the tune may end here.
    pub fn may_end(&self, state: &State) -> bool {
        self.is_whole(state)
    }

    /// The fewest characters that finish the tune from here.
    pub fn least(&mut self, state: &State) -> u16 {
        self.cost(state)
    }

    /// The shortest text that ends the tune from a state reached by [`Grammar::step`].
    pub fn finish(&mut self, state: &State) -> String {
        let mut state = *state;
        let mut text = String::new();
        // Home and the notes around it first, rests last: of equals the first is taken.
        let tonic = self.spec.key.tonic().map_or('d', |name| name.letter.to_char().to_ascii_lowercase());
        let order: Vec<char> = "|:"
            .chars()
            .chain([tonic, tonic.to_ascii_uppercase()])
            .chain("\n !".chars())
            .chain(('"'..='~').filter(|c| *c != '|' && *c != ':'))
            .collect();
        while !self.may_end(&state) {
            let next = order.iter().filter_map(|&c| Some((c, self.step(&state, c)?)));
            let costs: Vec<(char, State)> = next.collect();
            let best = costs.into_iter().min_by_key(|(_, next)| self.cost(next));
            // From a state that was reached there is always a way on.
            let Some((character, next)) = best else { break };
            text.push(character);
            state = next;
        }
        text
    }
}

#[cfg(test)]
mod tests;
