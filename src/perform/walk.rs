//! A voice is read in playing order, and becomes events.

use super::accidentals::Accidentals;
use super::dynamics::Dynamics;
use super::jumps::Signs;
use super::options::Options;
use super::order::{Leg, Stretches};
use super::performance::Bar;
use super::score::{Event, Marks, Score, State, Tone};
use super::{MOST_NOTES, PerformError, add, form, positions, sub};
use crate::abc::{ChordNotes, Decoration, Element, Grace, Kind, Note, Span, Tune};
use crate::music::{Fraction, Letter};

/// Elements read, repeats counted, after which there must be something wrong: rests and bar lines are no
/// notes, and repeats make many of them.
const MOST_ELEMENTS: usize = 4_000_000;

impl<'t> Score<'t> {
    /// Plays a tune out: parts, repeats, endings, ties and accidentals.
    pub(super) fn read(tune: &'t Tune, options: &Options) -> Result<Self, PerformError> {
        let mut score = Self::default();
        // `Q:` holds for all voices: the first that has one says it.
        let leader = tune
            .voices
            .iter()
            .position(|voice| voice.elements.iter().any(|element| matches!(element.kind, Kind::Tempo(_))))
            .unwrap_or(0);
        let chorder = tune
            .voices
            .iter()
            .position(|voice| {
                voice.elements.iter().any(|element| matches!(element.kind, Kind::ChordSymbol(_)))
            })
            .unwrap_or(0);
        let mut walkers = Vec::with_capacity(tune.voices.len());
        for (i, (voice, signs)) in tune.voices.iter().zip(Signs::of_voices(tune)).enumerate() {
            let state = State::first(tune, voice, options.literal);
            let stretches = Stretches::of(&voice.elements, state);
            let mut walker = Walker::new(&voice.elements, stretches, signs, state);
            walker.first_voice = i == 0;
            walker.leads = i == leader;
            walker.chords = i == chorder;
            walkers.push(walker);
        }
        // As many as there would be if all were played twice.
        let elements: usize = tune.voices.iter().map(|voice| voice.elements.len()).sum();
        score.tones.reserve(elements.min(MOST_NOTES));
        for time in 0..options.times {
            if time > 0 && !options.literal {
                score.make_room_for_pickup(&mut walkers)?;
            }
            let Some(parts) = tune.parts.as_ref().filter(|parts| {
                parts.order.iter().any(|&name| walkers.iter().any(|walker| walker.stretches.has_part(name)))
            }) else {
                score
                    .play_all(&mut walkers, |walker| walker.stretches.legs(&walker.signs, walker.elements))?;
                continue;
            };
            // The order of the parts says where one goes back.
            let part = |walker: &Walker<'_>, name| {
                let order = walker.stretches.order(walker.stretches.part(name));
                order.into_iter().map(|i| walker.stretches.leg(i)).collect()
            };
            if walkers.iter().any(|walker| !walker.stretches.part(None).is_empty()) {
                score.play_all(&mut walkers, |walker| part(walker, None))?;
            }
            for &name in &parts.order {
                score.play_all(&mut walkers, |walker| part(walker, Some(name)))?;
            }
        }
        score.voices = walkers.into_iter().map(|walker| walker.events).collect();
        score.close_bars()?;
        Ok(score)
    }

    /// All voices play some of their stretches and wait for each other at the end.
    fn play_all(
        &mut self,
        walkers: &mut [Walker<'t>],
        legs: impl Fn(&Walker<'t>) -> Vec<Leg>,
    ) -> Result<(), PerformError> {
        let mut end = self.end;
        for walker in walkers.iter_mut() {
            walker.begin(self.end);
            for leg in legs(walker) {
                walker.leg(leg, self)?;
            }
            walker.end_bar(None, self)?;
            walker.dynamics.rest(&mut walker.events);
            end = end.max(walker.time);
        }
        self.end = end;
        Ok(())
    }

    /// Before a tune is played again: a last bar that is full, although the pickup comes next, ends where
    /// the pickup begins, unless it leads back with other notes.
    fn make_room_for_pickup(&mut self, walkers: &mut [Walker<'t>]) -> Result<(), PerformError> {
        let mut bars = self.bars.clone();
        positions::place(&mut bars);
        let Some(voice) = walkers.first() else { return Ok(()) };
        let room = form::room_for_pickup(&bars, &voice.events, &self.tones, self.end);
        let Some((cut, _)) = room else { return Ok(()) };
        for walker in walkers {
            walker.events.retain(|event| event.start < cut);
            // What was struck long before may still sound.
            for event in walker.events.iter_mut().rev().take_while(|event| event.start > Fraction::ZERO) {
                let left = sub(cut, event.start)?;
                event.length = event.length.min(left);
                for tone in &mut self.tones[event.first..event.first + event.count] {
                    tone.length = tone.length.min(left);
                }
            }
            walker.ties.clear();
        }
        self.chords.retain(|&(at, _, _)| at < cut);
        self.changes.retain(|&(at, _)| at < cut);
        self.tempos.retain(|&(at, _)| at < cut);
        if let Some(bar) = self.bars.last_mut() {
            bar.length = sub(cut, bar.start)?;
        }
        self.end = cut;
        Ok(())
    }

    /// Makes the bars last as long as the notes of all voices, and one bar at least.
    fn close_bars(&mut self) -> Result<(), PerformError> {
        let mut filled = Vec::with_capacity(self.bars.len());
        for (i, &bar) in self.bars.iter().enumerate() {
            let next = self.bars.get(i + 1).map_or(self.end, |next| next.start);
            filled.push(Bar { length: sub(next, bar.start)?, ..bar });
        }
        self.bars = filled;
        if let Some(first) = self.bars.first_mut()
            && first.start > Fraction::ZERO
        {
            // Only other voices play before it.
            first.length = add(first.length, first.start)?;
            first.start = Fraction::ZERO;
        }
        if self.bars.is_empty() && self.end > Fraction::ZERO {
            let full = self.states.first().and_then(|state| state.metre.bar());
            let (start, offset) = (Fraction::ZERO, Fraction::ZERO);
            let span = Span::default();
            self.bars.push(Bar { start, length: self.end, offset, full, span, tune: 0, first: true });
            self.bar_states.push(0);
        }
        Ok(())
    }
}

/// A note that waits for the one it is tied to.
#[derive(Debug, Clone, Copy)]
struct OpenTie {
    letter: Letter,
    octave: i8,
    pitch: u8,
    /// The tone that sounds.
    tone: usize,
    /// The event it belongs to.
    event: usize,
    layer: u16,
    /// When the tied note must begin.
    at: Fraction,
}

/// Reads one voice.
#[derive(Debug)]
struct Walker<'t> {
    elements: &'t [Element],
    stretches: Stretches<'t>,
    signs: Signs,
    first_voice: bool,
    leads: bool,
    chords: bool,
    events: Vec<Event<'t>>,
    state: State<'t>,
    state_index: usize,
    /// The state has not been stored yet.
    changed: bool,
    /// The state has not been entered among the changes yet.
    untold: bool,
    accidentals: Accidentals,
    time: Fraction,
    /// Where the bars so far began, the last one open.
    bar_starts: Vec<Fraction>,
    bar_span: Option<Span>,
    section: bool,
    layer: u16,
    /// Bar lines the overlay has still to pass, and how far the voice had come before it.
    overlay: Option<(u8, Fraction)>,
    ties: Vec<OpenTie>,
    marks: Marks,
    grace: Option<&'t Grace>,
    tuplet: u8,
    dynamics: Dynamics,
    /// The element after those that were read last.
    reached: Option<usize>,
    read: usize,
}

impl<'t> Walker<'t> {
    fn new(elements: &'t [Element], stretches: Stretches<'t>, signs: Signs, state: State<'t>) -> Self {
        Self {
            elements,
            stretches,
            signs,
            first_voice: false,
            leads: false,
            chords: false,
            events: Vec::with_capacity(elements.len()),
            state,
            state_index: 0,
            changed: true,
            untold: false,
            accidentals: Accidentals::default(),
            time: Fraction::ZERO,
            bar_starts: vec![Fraction::ZERO],
            bar_span: None,
            section: true,
            layer: 0,
            overlay: None,
            ties: Vec::new(),
            marks: Marks::default(),
            grace: None,
            tuplet: 0,
            dynamics: Dynamics::default(),
            reached: None,
            read: 0,
        }
    }

    /// The voice goes on at a time, when others have been waited for.
    fn begin(&mut self, time: Fraction) {
        self.time = time;
        if let Some(start) = self.bar_starts.last_mut() {
            *start = time;
        }
        self.section = true;
        self.reached = None;
    }

    fn leg(&mut self, Leg { stretch, from, to }: Leg, score: &mut Score<'t>) -> Result<(), PerformError> {
        let elements = self.elements;
        if self.reached != Some(from) {
            let stretch = &self.stretches.0[stretch];
            self.state = stretch.state;
            for element in &elements[stretch.from..from] {
                self.state.follow(&element.kind);
            }
            self.changed = true;
            self.section = true;
            self.tuplet = 0;
            self.accidentals.clear();
            self.dynamics.rest(&mut self.events);
        }
        self.reached = Some(to);
        self.read += to - from;
        if self.read > MOST_ELEMENTS {
            return Err(PerformError::TooLong);
        }
        for element in &elements[from..to] {
            self.element(element, score)?;
        }
        Ok(())
    }

    fn element(&mut self, element: &'t Element, score: &mut Score<'t>) -> Result<(), PerformError> {
        match &element.kind {
            Kind::Note(note) => self.note(note, element.span, score),
            Kind::Chord(chord) => self.chord(chord, element.span, score),
            Kind::Rest(rest) => {
                self.event(rest.duration, score.tones.len(), element.span, score)?;
                self.time = add(self.time, rest.duration)?;
                Ok(())
            }
            Kind::BarsRest { duration, .. } => self.bars_rest(*duration, element.span, score),
            Kind::Bar(bar) => {
                self.cover(element.span);
                self.end_bar(Some(element.span), score)?;
                self.section |= bar.ends_section();
                self.marks = Marks::default();
                Ok(())
            }
            Kind::Ending(_) => {
                self.section = true;
                Ok(())
            }
            Kind::Grace(grace) => {
                self.grace = Some(grace);
                Ok(())
            }
            Kind::Tuplet(tuplet) => {
                self.tuplet = tuplet.notes;
                Ok(())
            }
            Kind::Broken(depth) => {
                if let Some(event) = self.events.last_mut() {
                    event.broken = *depth;
                }
                Ok(())
            }
            Kind::Decoration(decoration) => {
                self.decoration(decoration);
                Ok(())
            }
            Kind::ChordSymbol(symbol) => {
                // A name that is none may be a word; only "no chord" silences.
                let silent = matches!(symbol.text.trim(), "N.C." | "NC" | "N.C" | "n.c.");
                if self.chords && self.layer == 0 && (symbol.chord.is_some() || silent) {
                    score.chords.push((self.time, symbol.chord, element.span));
                }
                Ok(())
            }
            Kind::Overlay { bars } => self.overlay(*bars),
            kind => {
                self.changed |= self.state.follow(kind);
                Ok(())
            }
        }
    }

    /// The open bar reaches over these bytes too.
    fn cover(&mut self, span: Span) {
        self.bar_span = Some(match self.bar_span {
            Some(bar) if bar.start <= span.start => bar.to(span),
            _ => span,
        });
    }

    fn store_state(&mut self, score: &mut Score<'t>) {
        if self.changed {
            self.changed = false;
            self.untold = true;
            self.state_index = score.states.len();
            score.states.push(self.state);
        }
        // Within an overlay time has gone back; all who listen are told when it goes on.
        if !self.untold || self.layer > 0 {
            return;
        }
        self.untold = false;
        if self.first_voice {
            score.changes.push((self.time, self.state_index));
        }
        if self.leads && score.tempos.last().is_none_or(|&(_, tempo)| tempo != self.state.tempo) {
            score.tempos.push((self.time, self.state.tempo));
        }
    }

    /// Something that takes time begins; its tones follow `first`.
    fn event(
        &mut self,
        length: Fraction,
        first: usize,
        span: Span,
        score: &mut Score<'t>,
    ) -> Result<(), PerformError> {
        self.store_state(score);
        self.cover(span);
        if self.events.len() >= MOST_ELEMENTS || score.tones.len() > MOST_NOTES {
            return Err(PerformError::TooLong);
        }
        let velocity = self.dynamics.velocity(&mut self.events);
        let marks = std::mem::take(&mut self.marks);
        let louder = u8::from(marks.has(Marks::ACCENT)) * 16 + u8::from(marks.has(Marks::MARCATO)) * 24;
        self.events.push(Event {
            start: self.time,
            length,
            first,
            count: score.tones.len() - first,
            span,
            marks,
            grace: self.grace.take(),
            state: self.state_index,
            layer: self.layer,
            tuplet: self.tuplet > 0,
            broken: 0,
            tie: false,
            velocity: velocity.saturating_add(louder).min(127),
        });
        self.tuplet = self.tuplet.saturating_sub(1);
        Ok(())
    }

    fn note(&mut self, note: &'t Note, span: Span, score: &mut Score<'t>) -> Result<(), PerformError> {
        self.grace_accidentals();
        let first = score.tones.len();
        let waiting = std::mem::take(&mut self.ties);
        let mut tied = false;
        self.tone(note, span, note.tie.is_some(), &waiting, &mut tied, score)?;
        self.keep_other_layers(waiting);
        self.event(note.duration, first, span, score)?;
        self.close_event(tied || note.tie.is_some());
        self.time = add(self.time, note.duration)?;
        Ok(())
    }

    fn chord(
        &mut self,
        chord: &'t ChordNotes,
        span: Span,
        score: &mut Score<'t>,
    ) -> Result<(), PerformError> {
        self.grace_accidentals();
        let first = score.tones.len();
        let waiting = std::mem::take(&mut self.ties);
        let mut tied = false;
        let mut ties = chord.tie.is_some();
        for (span, note) in &chord.notes {
            ties |= note.tie.is_some();
            let tie = note.tie.is_some() || chord.tie.is_some();
            self.tone(note, *span, tie, &waiting, &mut tied, score)?;
        }
        self.keep_other_layers(waiting);
        self.event(chord.duration, first, span, score)?;
        self.close_event(tied || ties);
        let end = add(self.time, chord.duration)?;
        for tie in &mut self.ties {
            if tie.layer == self.layer {
                tie.at = end;
            }
        }
        self.time = end;
        Ok(())
    }

    /// Accidentals of grace notes hold for the bar as others do.
    fn grace_accidentals(&mut self) {
        for (_, note) in self.grace.into_iter().flat_map(|grace| &grace.notes) {
            if let Some(accidental) = note.accidental {
                self.accidentals.set(note.letter, note.octave, accidental.alter());
            }
        }
    }

    fn close_event(&mut self, tie: bool) {
        if let Some(event) = self.events.last_mut() {
            event.tie = tie;
        }
    }

    fn keep_other_layers(&mut self, waiting: Vec<OpenTie>) {
        self.ties.extend(waiting.into_iter().filter(|tie| tie.layer != self.layer));
    }

    /// One note of a note or chord; ties are resolved in playing order.
    fn tone(
        &mut self,
        note: &'t Note,
        span: Span,
        ties: bool,
        waiting: &[OpenTie],
        tied: &mut bool,
        score: &mut Score<'t>,
    ) -> Result<(), PerformError> {
        let (letter, octave) = (note.letter, note.octave);
        let alter = match note.accidental {
            Some(accidental) => {
                self.accidentals.set(letter, octave, accidental.alter());
                accidental.alter()
            }
            None => {
                let in_bar = self.accidentals.get(self.state.rule, letter, octave);
                in_bar.unwrap_or_else(|| self.state.key.alter(letter))
            }
        };
        let mut pitch = self.pitch(letter, octave, alter);
        let from = waiting.iter().find(|tie| {
            tie.layer == self.layer
                && tie.at == self.time
                && (tie.pitch == pitch
                    || (note.accidental.is_none() && (tie.letter, tie.octave) == (letter, octave)))
        });
        let mut length = note.duration;
        let mut sounding = score.tones.len();
        let mut event = self.events.len();
        if let Some(tie) = from {
            *tied = true;
            pitch = tie.pitch;
            sounding = tie.tone;
            event = tie.event;
            if let (Some(tone), Some(began)) = (score.tones.get_mut(tie.tone), self.events.get(tie.event)) {
                length = sub(add(self.time, note.duration)?, began.start)?;
                tone.length = length;
            }
        }
        score.tones.push(Tone { pitch, letter, octave, length, span, tied: from.is_some() });
        if ties {
            let at = add(self.time, note.duration)?;
            let layer = self.layer;
            self.ties.push(OpenTie { letter, octave, pitch, tone: sounding, event, layer, at });
        }
        Ok(())
    }

    /// The pitch that sounds.
    fn pitch(&self, letter: Letter, octave: i8, alter: i8) -> u8 {
        self.state.pitch(i32::from(octave) * 7 + letter.step(), alter)
    }

    /// `Z4` is four bars, not one of four times the length.
    fn bars_rest(
        &mut self,
        duration: Option<Fraction>,
        span: Span,
        score: &mut Score<'t>,
    ) -> Result<(), PerformError> {
        let Some(duration) = duration else { return Ok(()) };
        self.event(duration, score.tones.len(), span, score)?;
        let end = add(self.time, duration)?;
        let bar = self.state.metre.bar().filter(|&bar| bar > Fraction::ZERO);
        if let (Some(bar), None) = (bar, self.overlay) {
            let mut next = add(self.time, bar)?;
            while next < end && self.bar_starts.len() < MOST_ELEMENTS {
                self.time = next;
                self.end_bar(Some(span), score)?;
                self.cover(span);
                next = add(next, bar)?;
            }
        }
        self.time = end;
        Ok(())
    }

    /// `&`: back to the start of the bar, or to that of one before it (§7.4).
    fn overlay(&mut self, bars: u8) -> Result<(), PerformError> {
        let bars = bars.max(1);
        let reached = self.overlay.map_or(self.time, |(_, reached)| reached.max(self.time));
        let place = self.bar_starts.len().saturating_sub(bars.into());
        self.time = self.bar_starts.get(place).copied().unwrap_or_default();
        self.overlay = Some((bars, reached));
        self.layer = self.layer.saturating_add(1);
        self.accidentals.clear();
        Ok(())
    }

    /// A bar line, or the end of the voice.
    fn end_bar(&mut self, line: Option<Span>, score: &mut Score<'t>) -> Result<(), PerformError> {
        self.accidentals.clear();
        if let Some((bars, reached)) = self.overlay {
            if bars > 1 && line.is_some() && self.time < reached {
                self.overlay = Some((bars - 1, reached));
                return Ok(());
            }
            self.time = self.time.max(reached);
            self.overlay = None;
        }
        self.layer = 0;
        let start = self.bar_starts.last().copied().unwrap_or_default();
        if self.time <= start {
            // Nothing between two bar lines.
            if self.bar_starts.len() <= 1 || start.is_zero() {
                self.bar_span = None;
            }
            return Ok(());
        }
        let span = self.bar_span.take().unwrap_or_default();
        if self.first_voice {
            let full = self.state.metre.bar();
            let length = sub(self.time, start)?;
            let (offset, first) = (Fraction::ZERO, self.section);
            score.bars.push(Bar { start, length, offset, full, span, tune: 0, first });
            score.bar_states.push(self.state_index);
        }
        self.section = false;
        self.bar_starts.push(self.time);
        Ok(())
    }

    fn decoration(&mut self, decoration: &Decoration) {
        let mark = match decoration {
            Decoration::Staccato => Marks::STACCATO,
            Decoration::Wedge => Marks::WEDGE,
            Decoration::Tenuto => Marks::TENUTO,
            Decoration::Accent => Marks::ACCENT,
            Decoration::Marcato => Marks::MARCATO,
            Decoration::Fermata | Decoration::InvertedFermata => Marks::FERMATA,
            Decoration::Roll => Marks::ROLL,
            Decoration::Trill => Marks::TRILL,
            Decoration::LowerMordent => Marks::LOWER_MORDENT,
            Decoration::UpperMordent => Marks::UPPER_MORDENT,
            Decoration::Turn | Decoration::TurnX => Marks::TURN,
            Decoration::InvertedTurn | Decoration::InvertedTurnX => Marks::INVERTED_TURN,
            Decoration::Sfz => Marks::MARCATO,
            other => {
                self.dynamics.mark(other, &mut self.events);
                Marks::default()
            }
        };
        self.marks = self.marks.with(mark);
    }
}
