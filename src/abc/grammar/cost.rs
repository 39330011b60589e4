//! The fewest characters that finish a tune.

use super::Grammar;
use super::ledger::{BarId, SYMBOL};
use super::lexicon::{CHORDS, DECORATIONS, LENGTHS, LINES, Line, NEVER, Ticks, UNIT, Word, lines_from};
use super::pitches::{Step, octaves, signs};
use super::read::grouped;
use super::state::{At, Group, Inside, NO_BAR, Open, Place, Stage, State, What};

/// Notes owed before a line other than `|`, notes owed before the end, and characters owed besides.
#[derive(Debug, Clone, Copy)]
struct Owed {
    any: usize,
    end: usize,
    characters: u16,
}

/// All that what a growing note costs depends on, but for being home.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Grown {
    bar: BarId,
    used: Ticks,
    group: Group,
    slur: u8,
    length: Word,
    graced: bool,
}

impl Grammar {
    /// The fewest characters that finish a tune from here; [`NEVER`] if none do.
    pub(super) fn cost(&mut self, state: &State) -> u16 {
        let cost = match state.at {
            At::Header(at) => {
                let start = State { at: At::Place(Place::START), ..*state };
                self.header.len() as u16 - at + self.place(&start, Place::START)
            }
            At::Place(place) => self.place(state, place),
            At::Parenthesis(place) => {
                let slur = if state.slur == 0 {
                    self.place(&State { slur: 1, ..*state }, Place { stage: Stage::Slur, ..place })
                } else {
                    NEVER
                };
                let triplet = if place.stage < Stage::Triplet && state.group == Group::None {
                    let state = State { group: Group::Triplet, ..*state };
                    1 + self.place(&state, Place { stage: Stage::Triplet, ..place })
                } else {
                    NEVER
                };
                slur.min(triplet)
            }
            At::Symbol(place, word) => {
                let state = State { owes_symbol: false, ..*state };
                CHORDS.rest(word) + self.place(&state, Place { stage: Stage::Symbol, ..place })
            }
            At::Decoration(place, word) => {
                DECORATIONS.rest(word) + self.place(state, Place { stage: Stage::Decoration, ..place })
            }
            At::Grace { place, step, .. } => {
                let written = match step {
                    None => 2,
                    Some(step) => 1 + self.signs_to(state, step, None, None),
                };
                written + self.place(state, Place { stage: Stage::Grace, ..place })
            }
            At::Accidental { alter, graced, .. } => {
                let ends = self.ledger.ends(state.bar);
                let letter = self.letters[usize::from(ends)][(alter + 1) as usize];
                letter - 1 + self.notes(state, graced, self.away())
            }
            At::Chord { notes, floor, inside } => self.chord(state, notes, floor, inside),
            At::Note(open) => self.note(state, open),
            At::Line(word) => self.line(state, word),
            At::Opening => self.ledger.opening(state.bar).map_or(NEVER, |rest| 1 + rest[0][0]),
        };
        cost.min(NEVER)
    }

    /// What is owed once a note stands that is home or not.
    #[inline]
    fn owed(&self, state: &State, home: bool, touching: bool) -> Owed {
        let slur = match state.slur {
            0 => 0,
            3 => usize::from(!touching),
            notes => 3 - usize::from(notes),
        };
        let tie = state.tie.is_some();
        // A tied note is home as its pitch is, however short the note before was.
        let end = match state.tie {
            Some(step) => 1 + usize::from(!self.is_home(state, What::Pitch(step, None))),
            None => usize::from(!home),
        };
        let characters = u16::from(state.slur > 0) + state.tie.map_or(0, signs);
        Owed { any: slur.max(usize::from(tie)), end, characters }
    }

    /// Whether a note that is not said to be home is not.
    fn away(&self) -> bool {
        self.spec.home.is_none()
    }

    #[inline]
    fn place(&mut self, state: &State, place: Place) -> u16 {
        if state.may_end && place.stage == Stage::Nothing {
            return 0;
        }
        if state.bar == NO_BAR {
            return NEVER;
        }
        let symbol = if state.owes_symbol { SYMBOL } else { 0 };
        // A line of text begins with a space or something that is no letter: a quote does as well.
        let space = u16::from(place.line_start && place.stage == Stage::Nothing && symbol == 0);
        if place.stage > Stage::Nothing || state.group != Group::None {
            let home = state.tie.is_none_or(|step| self.is_home(state, What::Pitch(step, None)));
            return symbol + space + self.notes(state, place.stage == Stage::Grace, home);
        }
        let owed = self.owed(state, state.home, place.touching.is_some());
        let go_on = self.ledger.closing(state.bar, state.used, owed.any, owed.end) + owed.characters;
        let go_on = go_on + symbol + space;
        let opened = if state.used == 0 { self.ledger.opening(state.bar) } else { None };
        let Some(rest) = opened else { return go_on };
        go_on.min(rest[owed.any][owed.end] + if place.spaced || place.line_start { 2 } else { 3 })
    }

    /// What it costs when a note or a group comes next: its first note is graced and home, or is not.
    fn notes(&mut self, state: &State, graced: bool, home: bool) -> u16 {
        let open = Open { what: What::Rest, length: 0, graced, decorated: false };
        1 + state.tie.map_or(0, signs) + self.grown(state, open, home)
    }

    /// What it costs after a note of so many ticks, after which so much is owed.
    #[inline]
    fn noted(&self, state: &State, ticks: Ticks, mut owed: Owed) -> u16 {
        let Some((group, used)) = grouped(state.group, state.used, ticks) else { return NEVER };
        if let Group::Owed { notes, ticks, .. } = group {
            let Some(length) = LENGTHS.characters[usize::from(ticks)] else { return NEVER };
            owed.characters += u16::from(notes) * (1 + length);
            owed.any = owed.any.saturating_sub(notes.into());
            owed.end = owed.end.saturating_sub(notes.into());
            if ticks < self.least_last() {
                // The last of the group is not the tune's.
                owed.end = owed.end.max(1);
            }
        }
        self.ledger.closing(state.bar, used, owed.any, owed.end) + owed.characters
    }

    fn note(&mut self, state: &State, open: Open) -> u16 {
        let What::Pitch(step, alter) = open.what else {
            return self.grown(state, open, self.is_home(state, open.what));
        };
        let (_, octaves) = octaves(step);
        let mut cost = NEVER;
        for (signs, step) in (0..).zip(octaves).filter_map(|(signs, step)| Some((signs, step?))) {
            if (open.length == 0 || signs == 0) && self.may_sound(state, step, alter) && signs < cost {
                let home = self.is_home(state, What::Pitch(step, alter));
                cost = cost.min(signs + self.grown(state, open, home));
                if home {
                    break;
                }
            }
        }
        cost
    }

    /// What it costs when a note's length ends as it may. Most letters a mask asks about ask the same
    /// question, so that the last answers are kept.
    #[inline]
    fn grown(&mut self, state: &State, open: Open, home: bool) -> u16 {
        let question = Grown {
            bar: state.bar,
            used: state.used,
            group: state.group,
            slur: state.slur,
            length: open.length,
            graced: open.graced,
        };
        let place = usize::from(home) + 2 * usize::from(open.graced);
        if let Some((asked, answer)) = self.grown[place]
            && asked == question
        {
            return answer;
        }
        let after =
            State { tie: None, slur: if state.slur > 0 { (state.slur + 1).min(3) } else { 0 }, ..*state };
        let [short, long] = [false, home].map(|home| self.owed(&after, home, true));
        let rest = self.ledger.cheapest(state.bar);
        let mut answer = NEVER;
        for &(characters, ticks) in &LENGTHS.completions[usize::from(open.length)] {
            // They come shortest first: what follows is no better.
            if characters + rest >= answer {
                break;
            }
            if ticks >= least(open.graced) {
                let owed = if ticks < self.least_last() { short } else { long };
                answer = answer.min(characters + self.noted(state, ticks, owed));
            }
        }
        self.grown[place] = Some((question, answer));
        answer
    }

    /// Octave signs a letter needs to sound as it may, above a chord's other notes.
    fn signs_to(&self, state: &State, step: Step, alter: Option<i8>, floor: Option<Step>) -> u16 {
        let (_, octaves) = octaves(step);
        let may = |step: &Step| floor.is_none_or(|f| *step > f) && self.may_sound(state, *step, alter);
        (0..).zip(octaves).find(|(_, step)| step.as_ref().is_some_and(may)).map_or(NEVER, |(signs, _)| signs)
    }

    /// Within `[`: the notes up to two, the bracket, and then a note.
    fn chord(&mut self, state: &State, notes: u8, floor: Option<Step>, inside: Inside) -> u16 {
        let lowest = |grammar: &Self, floor: Option<Step>, alter: Option<i8>| {
            let steps = (0..super::pitches::STEPS as Step).filter(|s| floor.is_none_or(|floor| *s > floor));
            let steps = steps.filter(|&step| grammar.may_sound(state, step, alter));
            steps.map(|step| (1 + signs(step), step)).min()
        };
        let (mut cost, mut notes, mut floor) = (1, notes, floor);
        match inside {
            Inside::Nothing => {}
            Inside::Accidental(alter) => match lowest(self, floor, Some(alter)) {
                Some((characters, step)) => {
                    cost += characters;
                    (notes, floor) = (notes + 1, Some(step));
                }
                None => return NEVER,
            },
            Inside::Letter { step, alter } => {
                let signs = self.signs_to(state, step, alter, floor);
                let (_, octaves) = octaves(step);
                let Some(step) = octaves.get(usize::from(signs)).copied().flatten() else { return NEVER };
                cost += signs;
                (notes, floor) = (notes + 1, Some(step));
            }
        }
        while notes < 2 {
            let Some((characters, step)) = lowest(self, floor, None) else { return NEVER };
            cost += characters;
            (notes, floor) = (notes + 1, Some(step));
        }
        let open = Open { what: What::Chord, length: 0, graced: false, decorated: false };
        cost + self.note(state, open)
    }

    fn line(&mut self, state: &State, word: Word) -> u16 {
        let mut least = NEVER;
        for &(characters, line) in lines_from(word) {
            let open = state.tie.is_some() || state.slur > 0;
            if open && line != Line::Bar {
                continue;
            }
            if let Some(rest) = self.ledger.beyond(state.bar, state.used, line, state.home) {
                let owed = self.owed(state, state.home, false);
                least = least.min(characters + rest[owed.any][owed.end] + owed.characters);
            }
        }
        least
    }

    /// Whether the tune may end here and now.
    pub(super) fn is_whole(&self, state: &State) -> bool {
        match state.at {
            At::Place(place) => state.may_end && place.stage == Stage::Nothing,
            At::Line(word) => LINES.value(word).is_some_and(|line| {
                let closed = state.tie.is_none() && state.slur == 0;
                let after = self.ledger.after(self.ledger.bar(state.bar), state.used, line);
                closed && state.home && after.is_some_and(|after| after.end)
            }),
            _ => false,
        }
    }
}

/// The least a note lasts.
fn least(graced: bool) -> Ticks {
    if graced { UNIT } else { 1 }
}
