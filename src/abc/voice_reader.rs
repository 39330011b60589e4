//! The music of voices as it is gathered: durations, broken rhythm, tuplets and ties.

use super::diagnostic::{Code, Sink};
use super::macros::Macro;
use super::read_field::Symbol;
use super::{Element, Kind, Span, Tie, Tune, Tuplet, Voice, limits};
use crate::music::{Fraction, Metre};

/// A tune whose music is being read.
#[derive(Debug)]
pub(super) struct VoiceReader<'t> {
    pub(super) text: &'t str,
    pub(super) tune: Tune,
    /// What `U:` defined.
    pub(super) symbols: Vec<(u8, Symbol)>,
    /// What `m:` defined.
    pub(super) macros: Vec<Macro>,
    /// `I:linebreak !`: a `!` ends a line and never a decoration.
    pub(super) breaks_at_exclamation: bool,
    /// `I:decoration +`: decorations are written `+trill+`.
    pub(super) plus_decorates: bool,
    /// What is pushed goes here instead of the voice, while an `s:` line is read.
    captured: Option<Vec<Element>>,
    states: Vec<State>,
    /// `None` while a voice is read that there is no room for.
    current: Option<usize>,
    /// Lines of music so far.
    line: u32,
    /// The last of them was joined to the next.
    joined: bool,
    /// How many elements there is room for.
    room: usize,
    /// Where the first element without room would have stood.
    overflow: Option<Span>,
}

/// How far a voice has got.
#[derive(Debug)]
struct State {
    unit: Fraction,
    metre: Metre,
    /// Open tuplets, outermost first.
    tuplets: Vec<OpenTuplet>,
    /// Broken rhythm whose second note is to come.
    broken: Option<(i8, Span)>,
    /// The last note, rest or chord, unless a bar line came after it.
    last: Option<usize>,
    /// The last one in any bar.
    last_in_any_bar: Option<usize>,
    slurs: Vec<Span>,
    /// The line of music `from` and `verse` are about.
    line: u32,
    from: usize,
    verse: u16,
    /// `s:` lines so far of that line.
    symbol_lines: usize,
    /// Where `(&` stands, and bar lines since it or the last `&`.
    overlay: Option<(Span, u8)>,
}

/// Where an `s:` line may go on.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stop {
    /// A note or chord, its place among the voice's elements.
    Note(usize),
    /// Behind a bar line.
    Bar,
}

#[derive(Debug)]
struct OpenTuplet {
    span: Span,
    factor: Fraction,
    left: u8,
}

impl<'t> VoiceReader<'t> {
    pub(super) fn new(
        text: &'t str,
        tune: Tune,
        symbols: Vec<(u8, Symbol)>,
        macros: Vec<Macro>,
        room: usize,
    ) -> Self {
        let breaks_at_exclamation = tune.directive("linebreak").is_some_and(|signs| signs.contains('!'));
        let plus_decorates = breaks_at_exclamation || tune.directive("decoration") == Some("+");
        Self {
            text,
            breaks_at_exclamation,
            plus_decorates,
            tune,
            symbols,
            macros,
            captured: None,
            states: Vec::new(),
            current: Some(0),
            line: 0,
            joined: false,
            room,
            overflow: None,
        }
    }

    /// The unit note length that holds in the current voice.
    pub(super) fn unit(&self) -> Fraction {
        self.current.and_then(|current| self.states.get(current)).map_or(self.tune.unit, |state| state.unit)
    }

    /// A new line of music begins: words that follow lie under what follows. A line that is `joined` to
    /// the next one by a backslash is one line with it.
    pub(super) fn begin_line(&mut self, joined: bool) {
        if !self.joined {
            self.line += 1;
        }
        self.joined = joined;
    }

    /// Goes on with another voice.
    pub(super) fn switch_to(&mut self, voice: Option<usize>) {
        self.current = voice;
        // What stands before the first `V:` of the music belongs to that voice.
        let Some(new @ 1) = voice else { return };
        let nameless = &self.tune.voices[0];
        if nameless.id.is_empty() && !nameless.elements.iter().any(|element| is_music(&element.kind)) {
            let mut elements = self.tune.voices.remove(0).elements;
            let voice = &mut self.tune.voices[new - 1];
            elements.append(&mut voice.elements);
            voice.elements = elements;
            // What they said about unit and metre holds for it.
            self.states.truncate(1);
            self.current = Some(0);
        }
    }

    fn voice(&mut self) -> Option<(&mut Voice, &mut State)> {
        let current = self.current?;
        if self.tune.voices.is_empty() {
            self.tune.voices.push(Voice::default());
        }
        while self.states.len() <= current {
            self.states.push(State {
                unit: self.tune.unit,
                metre: self.tune.metre.clone(),
                tuplets: Vec::new(),
                broken: None,
                last: None,
                last_in_any_bar: None,
                slurs: Vec::new(),
                line: 0,
                from: 0,
                verse: 0,
                symbol_lines: 0,
                overlay: None,
            });
        }
        Some((self.tune.voices.get_mut(current)?, self.states.get_mut(current)?))
    }

    /// Adds an element that takes no time.
    pub(super) fn push(&mut self, span: Span, kind: Kind) {
        if self.room == 0 {
            self.overflow.get_or_insert(span);
            return;
        }
        if let Some(captured) = &mut self.captured {
            captured.push(Element { span, kind });
            self.room -= 1;
            return;
        }
        let line = self.line;
        let Some((voice, state)) = self.voice() else { return };
        if state.line != line {
            (state.line, state.from, state.verse) = (line, voice.elements.len(), 0);
            state.symbol_lines = 0;
        }
        match &kind {
            Kind::Unit(unit) => state.unit = *unit,
            Kind::Metre(metre) => state.metre = Metre::clone(metre),
            Kind::Bar(_) | Kind::Overlay { .. } => {
                state.last = None;
                if let Some((_, bars)) = &mut state.overlay {
                    *bars = if matches!(kind, Kind::Bar(_)) { bars.saturating_add(1) } else { 0 };
                }
            }
            _ => {}
        }
        voice.elements.push(Element { span, kind });
        self.room -= 1;
    }

    /// Adds a note, rest or chord, and gives it its duration: unit, tuplets and broken rhythm.
    pub(super) fn push_timed(&mut self, span: Span, mut kind: Kind, sink: &mut Sink) {
        let Some((voice, state)) = self.voice() else { return };
        scale(&mut kind, state.unit);
        if !state.tuplets.is_empty() {
            for tuplet in &mut state.tuplets {
                scale(&mut kind, tuplet.factor);
                tuplet.left = tuplet.left.saturating_sub(1);
            }
            state.tuplets.retain(|tuplet| tuplet.left > 0);
        }
        if let Some((depth, sign)) = state.broken.take()
            && let Some(last) = state.last_in_any_bar.and_then(|last| voice.elements.get_mut(last))
        {
            if written(&last.kind) != written(&kind) {
                let message = "Broken rhythm stands between notes of different lengths.";
                sink.report_with_hint(
                    Code::UnequalBroken,
                    sign,
                    message,
                    "write the lengths out: c3/2d/ for c>d",
                );
            }
            let part = Fraction::new(1, 1 << depth.unsigned_abs().min(limits::DEPTH as u8));
            let short = part.unwrap_or(Fraction::ONE);
            let long = Fraction::of(2, 1).checked_sub(short).unwrap_or(Fraction::ONE);
            let (first, second) = if depth > 0 { (long, short) } else { (short, long) };
            scale(&mut last.kind, first);
            scale(&mut kind, second);
        }
        let index = voice.elements.len();
        state.last = Some(index);
        state.last_in_any_bar = Some(index);
        self.push(span, kind);
    }

    /// `Z4`: so many bars' rest.
    pub(super) fn push_bars_rest(&mut self, span: Span, bars: u16, visible: bool) {
        let Some((_, state)) = self.voice() else { return };
        let duration = state.metre.bar().and_then(|bar| bar.checked_mul(u32::from(bars).into()));
        self.push(span, Kind::BarsRest { bars, visible, duration });
    }

    /// `>`, `<<`: broken rhythm between the last note and the next.
    pub(super) fn push_broken(&mut self, span: Span, depth: i8, sink: &mut Sink) {
        let Some((_, state)) = self.voice() else { return };
        if state.last.is_none() || state.broken.is_some() {
            let message = "Broken rhythm needs a note before it and one after it.";
            return sink.report(Code::LooseBroken, span, message);
        }
        state.broken = Some((depth, span));
        self.push(span, Kind::Broken(depth));
    }

    /// `(3`: a tuplet. Without q it is found by the metre (§4.13).
    pub(super) fn push_tuplet(
        &mut self,
        span: Span,
        count: u8,
        time: Option<u8>,
        notes: Option<u8>,
        sink: &mut Sink,
    ) {
        let Some((_, state)) = self.voice() else { return };
        let compound = state.metre.is_compound();
        let time = time.or(match count {
            2 | 4 | 8 => Some(3),
            3 | 6 => Some(2),
            5 | 7 | 9 => Some(if compound { 3 } else { 2 }),
            _ => None,
        });
        let time = time.unwrap_or_else(|| {
            let message = format!("A tuplet of {count} needs to say in the time of how many notes it is.");
            sink.report_with_hint(Code::OddTuplet, span, message, "write (p:q:r: p notes in the time of q");
            count
        });
        let tuplet = Tuplet { count, time, notes: notes.unwrap_or(count) };
        let Some(factor) = Fraction::new(time.into(), count.into()).filter(|factor| !factor.is_zero()) else {
            return sink.report(Code::OddTuplet, span, "A tuplet has at least one note and takes time.");
        };
        if state.tuplets.len() >= limits::DEPTH {
            return sink.report(Code::Limit, span, "Tuplets stand at most 16 deep in each other.");
        }
        if tuplet.notes > 0 {
            state.tuplets.push(OpenTuplet { span, factor, left: tuplet.notes });
        }
        self.push(span, Kind::Tuplet(tuplet));
    }

    /// `-`: ties the last note or chord to the next.
    pub(super) fn tie(&mut self, span: Span, tie: Tie, sink: &mut Sink) {
        let Some((voice, state)) = self.voice() else { return };
        let after = state.last.map(|last| voice.elements.split_at_mut(last));
        let Some((_, [element, between @ ..])) = after else {
            let message = "A tie must touch the note it begins at.";
            return sink.report_with_hint(Code::LooseTie, span, message, "write c-|c, not c|-c");
        };
        if between.iter().any(|element| !matches!(element.kind, Kind::Broken(_) | Kind::SlurEnd)) {
            let message = "A tie must touch the note it begins at.";
            sink.report_with_hint(Code::LooseTie, span, message, "take out what is between");
        } else if between.is_empty() {
            element.span.end = span.end;
        }
        match &mut element.kind {
            Kind::Note(note) => note.tie = Some(tie),
            Kind::Chord(chord) => chord.tie = Some(tie),
            _ => sink.report(Code::LooseTie, span, "A rest cannot be tied."),
        }
    }

    /// `(` or `.(`
    pub(super) fn push_slur(&mut self, span: Span, dotted: bool, sink: &mut Sink) {
        let Some((_, state)) = self.voice() else { return };
        if state.slurs.len() >= limits::DEPTH {
            return sink.report(Code::Limit, span, "Slurs stand at most 16 deep in each other.");
        }
        state.slurs.push(span);
        self.push(span, Kind::SlurStart { dotted });
    }

    /// `)`
    pub(super) fn push_slur_end(&mut self, span: Span, sink: &mut Sink) {
        let Some((_, state)) = self.voice() else { return };
        if state.slurs.pop().is_none() {
            return sink.report(Code::UnopenedSlur, span, "This slur ends and never began.");
        }
        self.push(span, Kind::SlurEnd);
    }

    /// Whether the last thing in the bar so far is its bar line, white space aside.
    pub(super) fn is_after_bar_line(&self) -> bool {
        let voice = self.current.and_then(|current| self.tune.voices.get(current));
        voice
            .and_then(|voice| voice.elements.iter().rev().take(2).find(|e| !matches!(e.kind, Kind::Space)))
            .is_some_and(|element| matches!(element.kind, Kind::Bar(_)))
    }

    /// Lays a `w:` line under the current voice's last line of music.
    pub(super) fn lay_lyrics(&mut self, span: Span, pieces: &[super::scan::Piece<'_>], sink: &mut Sink) {
        let Some((voice, state)) = self.voice() else { return };
        state.verse = state.verse.saturating_add(1);
        let range = state.from..voice.elements.len();
        let line = super::read_lyrics::lay(span, pieces, state.verse, range, &voice.elements, sink);
        voice.lyrics.push(line);
    }

    /// What is pushed from here on is captured.
    pub(super) fn capture(&mut self) {
        self.captured = Some(Vec::new());
    }

    /// What was captured; from here on it is the voice's again.
    pub(super) fn take_captured(&mut self) -> Vec<Element> {
        self.captured.take().unwrap_or_default()
    }

    /// Where the symbols of another `s:` line may lie over the current voice's last line of music. `None`
    /// if it has as many of them as are read.
    pub(super) fn symbol_stops(&mut self) -> Option<Vec<Stop>> {
        let Some((voice, state)) = self.voice() else { return Some(Vec::new()) };
        state.symbol_lines += 1;
        if state.symbol_lines > limits::SYMBOL_LINES {
            return None;
        }
        let from = state.from;
        let stop = |(i, element): (usize, &Element)| match element.kind {
            Kind::Note(_) | Kind::Chord(_) => Some(Stop::Note(i)),
            Kind::Bar(_) => Some(Stop::Bar),
            _ => None,
        };
        Some(voice.elements.iter().enumerate().skip(from).filter_map(stop).collect())
    }

    /// Puts symbols before the notes with these places among the current voice's elements, which ascend.
    pub(super) fn lay_symbols(&mut self, laid: Vec<(usize, Element)>) {
        let Some(&(first, _)) = laid.first() else { return };
        let Some((voice, state)) = self.voice() else { return };
        let places: Vec<usize> = laid.iter().map(|&(at, _)| at).collect();
        // How many symbols now stand before an element, and before the end of a range.
        let moved = |element: usize| element + places.partition_point(|&at| at <= element);
        let end = |to: u32| to + u32::try_from(places.partition_point(|&at| at < to as usize)).unwrap_or(0);
        let mut laid = laid.into_iter().peekable();
        let tail: Vec<Element> = voice.elements.drain(first..).collect();
        for (i, element) in (first..).zip(tail) {
            while let Some((_, symbol)) = laid.next_if(|&(at, _)| at <= i) {
                voice.elements.push(symbol);
            }
            voice.elements.push(element);
        }
        state.last = state.last.map(moved);
        state.last_in_any_bar = state.last_in_any_bar.map(moved);
        for line in voice.lyrics.iter_mut().rev().take_while(|line| line.to as usize > first) {
            line.to = end(line.to);
            for syllable in &mut line.syllables {
                syllable.element = u32::try_from(moved(syllable.element as usize)).unwrap_or(u32::MAX);
            }
        }
    }

    /// `(&`: an overlay over several bars begins.
    pub(super) fn open_overlay(&mut self, span: Span, sink: &mut Sink) {
        let Some((_, state)) = self.voice() else { return };
        if state.last.is_some() {
            let message = "An overlay begins where its bar begins.";
            sink.report_with_hint(Code::LooseOverlay, span, message, "put (& after the bar line");
        }
        if let Some((old, _)) = state.overlay.replace((span, 0)) {
            sink.report(Code::LooseOverlay, old, "This overlay is not closed by &).");
        }
    }

    /// Whether `(&` stands before without its `&)`.
    pub(super) fn is_in_overlay(&self) -> bool {
        let state = self.current.and_then(|current| self.states.get(current));
        state.is_some_and(|state| state.overlay.is_some())
    }

    /// `&)`
    pub(super) fn close_overlay(&mut self) {
        if let Some((_, state)) = self.voice() {
            state.overlay = None;
        }
    }

    /// How many `&` one stands for: as many as lead back to `(&`.
    pub(super) fn overlay_bars(&mut self, written: u8) -> u8 {
        let overlay = self.voice().and_then(|(_, state)| state.overlay);
        overlay.map_or(written, |(_, bars)| bars.saturating_add(1))
    }

    /// The tune, when all is read.
    pub(super) fn finish(mut self, sink: &mut Sink) -> Tune {
        if self.tune.voices.is_empty() {
            self.tune.voices.push(Voice::default());
        }
        for state in &self.states {
            if let Some((_, span)) = state.broken {
                sink.report(
                    Code::LooseBroken,
                    span,
                    "Broken rhythm needs a note before it and one after it.",
                );
            }
            if let Some((span, _)) = state.overlay {
                sink.report(Code::LooseOverlay, span, "This overlay is not closed by &).");
            }
            for tuplet in &state.tuplets {
                sink.report(Code::ShortTuplet, tuplet.span, "This tuplet has too few notes.");
            }
            for &slur in &state.slurs {
                sink.report(Code::UnclosedSlur, slur, "This slur begins and never ends.");
            }
        }
        if let Some(span) = self.overflow {
            sink.report(Code::Limit, span, "The music is longer than is read; the rest is left out.");
        }
        self.tune
    }
}

fn is_music(kind: &Kind) -> bool {
    matches!(kind, Kind::Note(_) | Kind::Rest(_) | Kind::BarsRest { .. } | Kind::Chord(_) | Kind::Bar(_))
}

/// The length as written.
fn written(kind: &Kind) -> Option<Fraction> {
    match kind {
        Kind::Note(note) => Some(note.written),
        Kind::Rest(rest) => Some(rest.written),
        Kind::Chord(chord) => chord.notes.first().map(|(_, note)| note.written)?.checked_mul(chord.written),
        _ => None,
    }
}

/// Makes what lasts last so many times as long. Where no integer can say how long that is, it stays as
/// it was.
fn scale(kind: &mut Kind, factor: Fraction) {
    let scale = |duration: &mut Fraction| {
        if let Some(scaled) = duration.checked_mul(factor) {
            *duration = scaled;
        }
    };
    match kind {
        Kind::Note(note) => scale(&mut note.duration),
        Kind::Rest(rest) => scale(&mut rest.duration),
        Kind::Chord(chord) => {
            chord.notes.iter_mut().for_each(|(_, note)| scale(&mut note.duration));
            scale(&mut chord.duration);
        }
        _ => {}
    }
}
