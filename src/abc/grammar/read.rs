//! Reading a character: what it makes of a state, if it may stand there at all.

use super::lexicon::{CHORDS, DECORATIONS, LENGTHS, LINES, Line, Ticks, UNIT};
use super::pitches::{Step, octaves, step_of};
use super::state::{At, Group, Inside, NO_BAR, Open, Place, Stage, State, Touched, What};
use super::{Chords, Grammar};

fn alter_of(byte: u8) -> Option<i8> {
    Some(match byte {
        b'_' => -1,
        b'=' => 0,
        b'^' => 1,
        _ => return None,
    })
}

impl Grammar {
    /// The state after `byte`; nothing if the dialect has no place for it here. Whether the rest of the
    /// tune is possible is for [`Grammar::cost`] to say.
    pub(super) fn read(&mut self, state: &State, byte: u8) -> Option<State> {
        let settled = self.settled(state);
        self.read_settled(state, settled.as_ref(), byte)
    }

    /// The place a state is in, if what stands last is whole: a note that may still grow, a bar line, or
    /// nothing.
    pub(super) fn settled(&mut self, state: &State) -> Option<(State, Place)> {
        match state.at {
            At::Place(place) => Some((*state, place)),
            At::Note(open) => self.close_note(*state, open),
            At::Line(word) => Some((self.close_bar(*state, LINES.value(word)?)?, Place::AFTER_LINE)),
            _ => None,
        }
    }

    /// [`Grammar::read`] with what [`Grammar::settled`] says of the state.
    pub(super) fn read_settled(
        &mut self,
        state: &State,
        settled: Option<&(State, Place)>,
        byte: u8,
    ) -> Option<State> {
        let mut next = *state;
        next.written += 1;
        let leave = |grammar: &mut Self| {
            let (mut next, place) = *settled?;
            next.written += 1;
            grammar.read_place(next, place, byte)
        };
        match state.at {
            At::Header(at) => {
                (self.header.get(usize::from(at)) == Some(&byte)).then_some(())?;
                next.at = At::Header(at + 1);
                if usize::from(at) + 1 == self.header.len() {
                    next.at = At::Place(Place::START);
                }
            }
            At::Place(_) => return leave(self),
            At::Parenthesis(place) => {
                if byte == b'3' && place.stage < Stage::Triplet && next.group == Group::None {
                    next.group = Group::Triplet;
                    next.at = place.at(Stage::Triplet);
                } else {
                    (next.slur == 0).then_some(())?;
                    next.slur = 1;
                    let At::Place(place) = place.at(Stage::Slur) else { return None };
                    return self.read_place(next, place, byte);
                }
            }
            At::Symbol(place, word) => {
                let word = CHORDS.next(word, byte)?;
                next.at = At::Symbol(place, word);
                if CHORDS.value(word).is_some() {
                    next.owes_symbol = false;
                    next.at = place.at(Stage::Symbol);
                }
            }
            At::Decoration(place, word) => {
                let word = DECORATIONS.next(word, byte)?;
                next.at = At::Decoration(place, word);
                if DECORATIONS.value(word).is_some() {
                    next.at = place.at(Stage::Decoration);
                }
            }
            At::Grace { place, slashed, step } => {
                next.at = self.read_grace(state, place, slashed, step, byte)?;
            }
            At::Accidental { alter, graced, decorated } => {
                let step = step_of(byte)?;
                self.reachable(state, step, Some(alter))?;
                next.at = note(What::Pitch(step, Some(alter)), graced, decorated);
            }
            At::Chord { notes, floor, inside } => {
                next.at = self.read_chord(&mut next, notes, floor, inside, byte)?;
            }
            At::Note(open) => match self.grow(state, open, byte) {
                Some(open) => next.at = At::Note(open?),
                None => return leave(self),
            },
            At::Line(word) => match LINES.next(word, byte) {
                Some(word) => next.at = At::Line(word),
                None => return leave(self),
            },
            At::Opening => {
                (byte == b':').then_some(())?;
                let opened = self.ledger.opened(self.ledger.bar(state.bar))?;
                next.bar = self.ledger.id(opened);
                next.at = At::Place(Place::AFTER_LINE);
            }
        }
        Some(next)
    }

    fn read_place(&mut self, mut next: State, place: Place, byte: u8) -> Option<State> {
        let Place { stage, spaced, line_start, after_line, may_break, touching } = place;
        let alone = next.group == Group::None;
        let free = alone && next.tie.is_none();
        let begun = next.bar != NO_BAR;
        // Where a chord symbol is owed, nothing else begins a note.
        let starts = begun && !next.owes_symbol;
        let empty = stage == Stage::Nothing;
        let graced = stage == Stage::Grace;
        let decorated = stage == Stage::Decoration || graced;
        if let Some(touched) = touching {
            match byte {
                b'-' => {
                    next.tie = Some(touched.ties?);
                    next.at = At::Place(Place { touching: None, ..place });
                    return Some(next);
                }
                b')' => {
                    (next.slur == 3).then_some(())?;
                    next.slur = 0;
                    next.at = At::Place(Place { touching: None, ..place });
                    return Some(next);
                }
                b'>' | b'<' => {
                    touched.breaks.then_some(())?;
                    next.used += touched.ticks;
                    next.group = Group::Owed { notes: 1, ticks: touched.ticks, broken: true };
                    next.at = At::Place(Place { touching: None, ..place });
                    return Some(next);
                }
                _ => {}
            }
        }
        // Everything but white space goes on with the tune.
        let may_end = std::mem::take(&mut next.may_end);
        next.at = match byte {
            b' ' => {
                let here = matches!(stage, Stage::Nothing | Stage::Symbol | Stage::Grace);
                (!spaced && alone && here).then_some(())?;
                next.may_end = may_end;
                At::Place(Place { spaced: true, line_start: false, touching: None, ..place })
            }
            b'\n' => {
                (may_break && begun).then_some(())?;
                At::Place(Place { spaced: false, line_start: true, may_break: false, ..place })
            }
            b'"' => {
                (begun && empty && alone && self.spec.chords != Chords::Never).then_some(())?;
                At::Symbol(place, 0)
            }
            b'(' => {
                (starts && stage < Stage::Slur && next.tie.is_none() && !is_broken(next.group))
                    .then_some(())?;
                At::Parenthesis(place)
            }
            b'{' => {
                (starts && stage <= Stage::Slur && free && self.spec.ornaments).then_some(())?;
                At::Grace { place, slashed: false, step: None }
            }
            b'^' | b'_' | b'=' => {
                (starts && next.tie.is_none() && !bare(place)).then_some(())?;
                At::Accidental { alter: alter_of(byte)?, graced, decorated }
            }
            b'z' => {
                (starts && free && stage <= Stage::Symbol && !bare(place)).then_some(())?;
                note(What::Rest, false, false)
            }
            b'[' => {
                let touches_line = after_line && empty && !spaced && !line_start;
                (starts && free && stage <= Stage::Slur && !touches_line).then_some(())?;
                At::Chord { notes: 0, floor: None, inside: Inside::Nothing }
            }
            b'|' | b':' => {
                (begun && empty && alone).then_some(())?;
                if next.used > 0 {
                    At::Line(LINES.next(0, byte)?)
                } else {
                    (byte == b'|' && (spaced || line_start)).then_some(())?;
                    self.ledger.opened(self.ledger.bar(next.bar))?;
                    At::Opening
                }
            }
            _ => {
                if let Some(step) = step_of(byte) {
                    (starts && !bare(place)).then_some(())?;
                    self.reachable(&next, step, None)?;
                    note(What::Pitch(step, None), graced, decorated)
                } else {
                    let here = starts && stage <= Stage::Slur && next.tie.is_none() && !is_broken(next.group);
                    (here && self.spec.ornaments && !bare(place)).then_some(())?;
                    let word = DECORATIONS.next(0, byte)?;
                    if DECORATIONS.value(word).is_some() {
                        place.at(Stage::Decoration)
                    } else {
                        At::Decoration(place, word)
                    }
                }
            }
        };
        Some(next)
    }

    fn read_grace(
        &self,
        state: &State,
        place: Place,
        slashed: bool,
        step: Option<Step>,
        byte: u8,
    ) -> Option<At> {
        Some(match (step, byte) {
            (None, b'/') if !slashed => At::Grace { place, slashed: true, step },
            (None, _) => {
                let step = step_of(byte)?;
                self.reachable(state, step, None)?;
                At::Grace { place, slashed, step: Some(step) }
            }
            (Some(step), b'}') => {
                self.may_sound(state, step, None).then_some(())?;
                place.at(Stage::Grace)
            }
            (Some(step), _) => {
                let step = signed(step, byte)?;
                self.reachable(state, step, None)?;
                At::Grace { place, slashed, step: Some(step) }
            }
        })
    }

    fn read_chord(
        &self,
        next: &mut State,
        notes: u8,
        floor: Option<Step>,
        inside: Inside,
        byte: u8,
    ) -> Option<At> {
        let above = |step: Step, alter, floor: Option<Step>, state: &State| {
            let (_, octaves) = octaves(step);
            let mut steps = octaves.into_iter().flatten();
            steps.any(|s| floor.is_none_or(|floor| s > floor) && self.may_sound(state, s, alter))
        };
        // What stands ends with what cannot be its octave.
        let (notes, floor, inside) = match inside {
            Inside::Letter { step, alter } => {
                if let Some(step) = signed(step, byte) {
                    above(step, alter, floor, next).then_some(())?;
                    return Some(At::Chord { notes, floor, inside: Inside::Letter { step, alter } });
                }
                let ends = floor.is_none_or(|floor| step > floor) && self.may_sound(next, step, alter);
                ends.then_some(())?;
                if let Some(alter) = alter {
                    next.carried.set(step, alter);
                }
                (notes + 1, Some(step), Inside::Nothing)
            }
            other => (notes, floor, other),
        };
        Some(match (inside, byte) {
            (Inside::Nothing, b']') => {
                (notes >= 2).then_some(())?;
                note(What::Chord, false, false)
            }
            (Inside::Nothing, b'^' | b'_' | b'=') => {
                (notes < 4).then_some(())?;
                At::Chord { notes, floor, inside: Inside::Accidental(alter_of(byte)?) }
            }
            (Inside::Nothing | Inside::Accidental(_), _) => {
                let step = step_of(byte).filter(|_| notes < 4)?;
                let alter = if let Inside::Accidental(alter) = inside { Some(alter) } else { None };
                above(step, alter, floor, next).then_some(())?;
                At::Chord { notes, floor, inside: Inside::Letter { step, alter } }
            }
            (Inside::Letter { .. }, _) => return None,
        })
    }

    /// A note with one more octave sign or character of its length: `None` if `byte` is neither, and within
    /// it nothing if the note may not become that.
    fn grow(&self, state: &State, open: Open, byte: u8) -> Option<Option<Open>> {
        if let What::Pitch(step, alter) = open.what {
            if let Some(step) = signed(step, byte).filter(|_| open.length == 0) {
                let grown = Open { what: What::Pitch(step, alter), ..open };
                return Some(self.reachable(state, step, alter).map(|()| grown));
            }
            if !self.may_sound(state, step, alter) {
                return Some(None);
            }
        }
        let length = LENGTHS.trie.next(open.length, byte)?;
        Some(Some(Open { length, ..open }))
    }

    /// The place after a note that is whole.
    fn close_note(&mut self, mut next: State, open: Open) -> Option<(State, Place)> {
        if let What::Pitch(step, alter) = open.what {
            self.may_sound(&next, step, alter).then_some(())?;
        }
        let ticks = LENGTHS.trie.value(open.length)?;
        let was_alone = next.group == Group::None;
        let in_place = !self.spec.swings || u16::from(next.used) % (2 * u16::from(ticks)) == 0;
        (!open.graced || ticks >= UNIT).then_some(())?;
        (next.group, next.used) = grouped(next.group, next.used, ticks)?;
        // After a chord abc2midi no longer finds the pairs of a bar.
        next.unbroken |= self.spec.swings && matches!(open.what, What::Chord);
        next.home = self.is_home(&next, open.what) && ticks >= self.least_last();
        next.tie = None;
        let mut ties = None;
        match open.what {
            What::Pitch(step, alter) => {
                if let Some(alter) = alter {
                    next.carried.set(step, alter);
                }
                let plain = was_alone && !self.spec.swings && !open.decorated && !next.carried.touches(step);
                ties = plain.then_some(step);
            }
            What::Rest | What::Chord => {}
        }
        if next.slur > 0 {
            next.slur = (next.slur + 1).min(3);
        }
        let breaks = was_alone && in_place && !next.unbroken && matches!(open.what, What::Pitch(..));
        let touching = Some(Touched { ticks, breaks, ties });
        let place =
            Place { touching, line_start: false, after_line: false, may_break: false, ..Place::START };
        Some((next, place))
    }

    /// Closes the bar with a line that may stand there.
    pub(super) fn close_bar(&mut self, mut next: State, line: Line) -> Option<State> {
        let open = next.tie.is_some() || next.slur > 0;
        (!open || line == Line::Bar).then_some(())?;
        let after = self.ledger.after(self.ledger.bar(next.bar), next.used, line)?;
        next.may_end = after.end && next.home;
        (next.may_end || after.next.is_some()).then_some(())?;
        next.owes_symbol = after.next.is_some_and(|bar| self.ledger.owes_symbol(&bar));
        next.bar = after.next.map_or(NO_BAR, |bar| self.ledger.id(bar));
        next.used = 0;
        next.carried = Default::default();
        next.unbroken = false;
        Some(next)
    }

    /// What an accidental or the bar or the key makes of a step.
    pub(super) fn alter(&self, state: &State, step: Step, alter: Option<i8>) -> i8 {
        alter.or_else(|| state.carried.get(step)).unwrap_or(self.signature[usize::from(step % 7)])
    }

    /// Whether a note may sound here.
    #[inline]
    pub(super) fn may_sound(&self, state: &State, step: Step, alter: Option<i8>) -> bool {
        if let Some(tied) = state.tie {
            return tied == step && alter.is_none();
        }
        // The last bar keeps its home note as the key has it, so that it can be reached by its letter.
        let changes_home = alter.is_some() && self.home_steps & 1 << step != 0 && self.ledger.ends(state.bar);
        !changes_home && self.spec.pitches.contains(step, self.alter(state, step, alter))
    }

    /// Whether a letter can become a note that may sound here, by octave signs if need be.
    #[inline]
    fn reachable(&self, state: &State, step: Step, alter: Option<i8>) -> Option<()> {
        let (_, octaves) = octaves(step);
        octaves.into_iter().flatten().any(|step| self.may_sound(state, step, alter)).then_some(())
    }

    /// The least the tune's last note lasts.
    #[inline]
    pub(super) fn least_last(&self) -> Ticks {
        if self.spec.long_end { UNIT } else { 1 }
    }

    /// Whether a note may be the last, if it is long enough.
    #[inline]
    pub(super) fn is_home(&self, state: &State, what: What) -> bool {
        let Some(classes) = self.spec.home else { return true };
        let What::Pitch(step, alter) = what else { return false };
        classes >> super::pitches::class(step, self.alter(state, step, alter)) & 1 == 1
    }
}

/// The group and ticks after a note; nothing if it has not the ticks it must have.
#[inline]
pub(super) fn grouped(group: Group, used: Ticks, ticks: Ticks) -> Option<(Group, Ticks)> {
    Some(match group {
        Group::None => (group, used.checked_add(ticks)?),
        Group::Triplet => {
            let used = used.checked_add(ticks.checked_mul(2)?)?;
            (Group::Owed { notes: 2, ticks, broken: false }, used)
        }
        Group::Owed { ticks: owed, .. } if owed != ticks => return None,
        Group::Owed { notes: 1, .. } => (Group::None, used),
        Group::Owed { notes, broken, .. } => (Group::Owed { notes: notes - 1, ticks, broken }, used),
    })
}

/// A line of text does not begin with a letter, which with a colon would be a field.
#[inline]
fn bare(place: Place) -> bool {
    place.line_start && place.stage == Stage::Nothing
}

#[inline]
fn is_broken(group: Group) -> bool {
    matches!(group, Group::Owed { broken: true, .. })
}

#[inline]
fn note(what: What, graced: bool, decorated: bool) -> At {
    At::Note(Open { what, length: 0, graced, decorated })
}

/// A step with one more octave sign.
fn signed(step: Step, byte: u8) -> Option<Step> {
    let (sign, octaves) = octaves(step);
    if byte == sign { octaves[1] } else { None }
}
