//! A voice's elements become events: what is drawn at which moment of which bar.

mod bars;
mod finish;

use super::clef;
use super::score::{
    Arc, BeamGroup, Boundary, Event, Extended, GraceGroup, Head, Mark, MarkKind, NONE, Part, Reach,
    Signature, Stem, Stretch, TupletMark, Value, What,
};
use super::signature;
use crate::abc::element::LineBreak;
use crate::abc::{
    BarLine, ChordNotes, Clef, Decoration, Element, Grace, Kind, Line, Note, Span, Staff, Tie, Tune, Tuplet,
    Voice,
};
use crate::music::key::Scale;
use crate::music::{Accidental, Fraction, Key, Metre};

/// Which of the text's line breaks count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BreakSigns {
    lines: bool,
    dollars: bool,
    exclamations: bool,
}

impl BreakSigns {
    /// None at all.
    pub(super) const NONE: Self = Self { lines: false, dollars: false, exclamations: false };

    /// What `I:linebreak` says, or else whatever the text has.
    pub(super) fn of(tune: &Tune) -> Self {
        let Some(signs) = tune.directive("linebreak") else {
            return Self { lines: true, dollars: true, exclamations: true };
        };
        let has = |sign| signs.contains(sign);
        Self { lines: has("EOL"), dollars: has("$"), exclamations: has("!") }
    }

    fn counts(self, line_break: LineBreak) -> bool {
        match line_break {
            LineBreak::Line => self.lines,
            LineBreak::Dollar => self.dollars,
            LineBreak::Exclamation => self.exclamations,
        }
    }
}

/// Reads a voice. `alone` says that it is the only one, whose bars may be broken by the text's lines;
/// `cautionary` asks for accidentals that remind of the key; before the events in `splits` bars are broken
/// because they are too wide.
pub(super) fn read<'t>(
    tune: &'t Tune,
    voice: &'t Voice,
    breaks: BreakSigns,
    alone: bool,
    cautionary: bool,
    splits: &[u32],
) -> Part<'t> {
    let key = tune.key.key.unwrap_or(Key::NONE);
    let mut reader = Reader {
        part: Part {
            voice,
            staff: 0,
            stems: None,
            events: Vec::with_capacity(voice.elements.len()),
            heads: Vec::with_capacity(voice.elements.len()),
            marks: Vec::new(),
            graces: Vec::new(),
            slurs: Vec::new(),
            tuplets: Vec::new(),
            beams: Vec::new(),
            extended: Vec::new(),
            lyrics: Vec::new(),
            verses: 0,
            bars: Vec::new(),
            order: Vec::new(),
            boundaries: vec![Boundary { line: NO_LINE, span: None, breaks: false, split: false }],
            line_marks: Vec::new(),
            endings: Vec::new(),
        },
        breaks,
        alone,
        clef: clef::TREBLE,
        middle: 0,
        shift: 0,
        key,
        signature: signature::of(&key),
        metre: &tune.metre,
        bar: 0,
        last_bar: 0,
        layer: 0,
        time: 0.0,
        has_music: false,
        marks_from: 0,
        grace: NONE,
        tuplets: Vec::new(),
        slurs: Vec::new(),
        pending_slurs: Vec::new(),
        beam: None,
        last: None,
        extended: Vec::new(),
        memory: cautionary.then(Memory::default),
        places: Vec::new(),
        splits,
        pipes: matches!(key.scale, Scale::Pipes { .. }),
    };
    reader.set_staff(&tune.key.staff);
    reader.set_staff(&voice.staff);
    reader.open_bar();
    let with_lyrics = !voice.lyrics.is_empty();
    for element in &voice.elements {
        let before = reader.part.events.len();
        reader.read(element);
        if with_lyrics {
            let made = if reader.part.events.len() > before { before as u32 } else { NONE };
            reader.places.push(made);
        }
    }
    reader.finish()
}

/// No bar line at all.
pub(super) const NO_LINE: BarLine = BarLine { line: Line::Invisible, closes: 0, opens: 0 };

/// Accidentals of this bar and the one before, by letter: what was last written.
#[derive(Debug, Default)]
struct Memory {
    before: [Option<Accidental>; 7],
    now: [Option<Accidental>; 7],
    /// Letters said in this bar, with or without accidental.
    said: [bool; 7],
}

#[derive(Debug)]
struct OpenTuplet {
    factor: f64,
    left: u8,
    mark: usize,
}

struct Reader<'t, 's> {
    part: Part<'t>,
    breaks: BreakSigns,
    alone: bool,
    clef: Clef,
    /// Steps of the staff's middle line above middle C.
    middle: i32,
    /// Steps the notes are moved up by `octave=`.
    shift: i32,
    key: Key,
    signature: Signature,
    metre: &'t Metre,
    bar: usize,
    /// The furthest bar; an overlay goes back.
    last_bar: usize,
    layer: u8,
    time: f64,
    /// Something of this bar is read that takes time.
    has_music: bool,
    /// The first of the marks that wait for their note.
    marks_from: u32,
    grace: u32,
    tuplets: Vec<OpenTuplet>,
    /// Open slurs, in [`Part::slurs`].
    slurs: Vec<usize>,
    /// Slurs that wait for their first note; whether grace notes came after them.
    pending_slurs: Vec<(Span, bool, bool)>,
    beam: Option<u32>,
    /// The last note, rest or chord.
    last: Option<u32>,
    /// Open hairpins and trills, in [`Part::extended`].
    extended: Vec<usize>,
    memory: Option<Memory>,
    /// The event each element became.
    places: Vec<u32>,
    /// Events before which bars are still to be broken.
    splits: &'s [u32],
    pipes: bool,
}

impl<'t> Reader<'t, '_> {
    fn set_staff(&mut self, staff: &Staff) {
        if let Some(clef) = staff.clef {
            self.clef = clef;
            self.middle = clef::middle_step(clef);
        } else if self.middle == 0 {
            self.middle = clef::middle_step(self.clef);
        }
        if let Some(octave) = staff.octave {
            self.shift = 7 * i32::from(octave);
        }
        if let Some((_, pitch)) = staff.others.iter().find(|(name, _)| name == "middle")
            && let Some(step) = clef::step_of(pitch)
        {
            self.middle = step;
        }
    }

    fn read(&mut self, element: &'t Element) {
        let span = element.span;
        match &element.kind {
            Kind::Note(note) => self.note(span, note),
            Kind::Chord(chord) => self.chord(span, chord),
            Kind::Rest(rest) => {
                self.rest(span, rest.duration, rest.visible);
            }
            Kind::BarsRest { bars, visible, duration } => {
                self.beam = None;
                let what = What::BarsRest { bars: *bars, visible: *visible };
                self.push_timed(span, what, duration.unwrap_or(Fraction::ONE), 0);
            }
            Kind::Grace(grace) => self.grace(span, grace),
            Kind::Tuplet(tuplet) => self.tuplet(span, *tuplet),
            Kind::SlurStart { dotted } => self.pending_slurs.push((span, *dotted, false)),
            Kind::SlurEnd => self.slur_end(span),
            Kind::Bar(line) => self.bar_line(span, *line),
            Kind::Ending(numbers) => self.part.endings.push((self.bar as u32, numbers, span)),
            Kind::Decoration(decoration) => self.decoration(span, decoration),
            Kind::ChordSymbol(symbol) => self.mark(span, MarkKind::Chord(symbol)),
            Kind::Annotation(annotation) => self.mark(span, MarkKind::Annotation(annotation)),
            Kind::Room(width) => {
                let width = (width.to_f64() * 2.0).clamp(0.0, 40.0) as f32;
                self.push(span, What::Room(width), 0.0, Value { log: 2, dots: 0 });
            }
            Kind::Space => self.beam = None,
            Kind::LineBreak(line_break) => {
                self.beam = None;
                if self.breaks.counts(*line_break) {
                    self.line_break();
                }
            }
            Kind::Overlay { bars } => {
                self.beam = None;
                self.layer = (self.layer + 1).min(7);
                self.bar = (self.last_bar + 1).saturating_sub(usize::from(*bars));
                self.time = 0.0;
                if let Some(bar) = self.part.bars.get_mut(self.bar) {
                    bar.layered = true;
                }
            }
            Kind::Key(field) => self.key_field(span, field),
            Kind::Metre(metre) => self.metre_field(span, metre),
            Kind::Tempo(tempo) => self.mark(span, MarkKind::Tempo(tempo)),
            Kind::Part(text) => self.mark(span, MarkKind::Part(text)),
            Kind::Field { letter: 'T', text } => self.mark(span, MarkKind::Words(text)),
            Kind::Broken(_) | Kind::Unit(_) | Kind::Rhythm(_) | Kind::Directive(_) | Kind::Field { .. } => {}
        }
    }

    fn mark(&mut self, span: Span, kind: MarkKind<'t>) {
        self.part.marks.push(Mark { span, kind });
    }

    fn decoration(&mut self, span: Span, decoration: &'t Decoration) {
        let starts = match decoration {
            Decoration::CrescendoStart => Some(Stretch::Crescendo),
            Decoration::DiminuendoStart => Some(Stretch::Diminuendo),
            Decoration::TrillStart => Some(Stretch::Trill),
            _ => None,
        };
        if let Some(kind) = starts {
            self.extended.push(self.part.extended.len());
            self.part.extended.push(Extended { kind, from: NONE, to: NONE, span, reach: Reach::default() });
            return;
        }
        let ends = match decoration {
            Decoration::CrescendoEnd => Stretch::Crescendo,
            Decoration::DiminuendoEnd => Stretch::Diminuendo,
            Decoration::TrillEnd => Stretch::Trill,
            _ => return self.mark(span, MarkKind::Decoration(decoration)),
        };
        // It ends with the note it stands before.
        let open = self.extended.iter().rposition(|&open| {
            self.part.extended.get(open).is_some_and(|extended| extended.kind == ends && extended.to == NONE)
        });
        if let Some(open) = open {
            let index = self.extended.remove(open);
            if let Some(extended) = self.part.extended.get_mut(index) {
                extended.to = self.part.events.len() as u32;
            }
        }
    }

    /// Adds what takes no time, or what time is counted for by the caller.
    fn push(&mut self, span: Span, what: What<'t>, length: f64, value: Value) -> u32 {
        let index = self.part.events.len() as u32;
        if let Some((&split, rest)) = self.splits.split_first()
            && index >= split
        {
            self.splits = rest;
            if self.alone && self.has_music {
                self.split(false);
            }
        }
        let is_change = what.is_change();
        let marks_end = self.part.marks.len() as u32;
        let marks = if is_change { marks_end..marks_end } else { self.marks_from..marks_end };
        if !is_change {
            self.marks_from = marks_end;
            self.has_music = true;
        }
        let heads = self.part.heads.len() as u32;
        self.part.events.push(Event {
            what,
            span,
            bar: self.bar as u32,
            layer: self.layer,
            time: self.time,
            length,
            value,
            stem: Stem::Up,
            heads: heads..heads,
            marks,
            grace: NONE,
            beam: NONE,
            column: NONE,
            dx: 0.0,
            dot_x: 0.0,
            left: 0.0,
            right: 0.0,
            x: 0.0,
            tip: 0.0,
        });
        index
    }

    /// Adds a note, rest or chord whose first head is the one after `heads` heads of the part are taken
    /// off its end.
    fn push_timed(&mut self, span: Span, what: What<'t>, duration: Fraction, heads: usize) -> u32 {
        let length = duration.to_f64();
        let factor: f64 = self.tuplets.iter().map(|tuplet| tuplet.factor).product();
        let value = Value::of(length / factor);
        let is_chord = what == What::Chord;
        let index = self.push(span, what, length, value);
        let to = self.part.heads.len() as u32;
        if let Some(event) = self.part.events.last_mut() {
            event.heads = to - heads as u32..to;
            event.grace = std::mem::replace(&mut self.grace, NONE);
            if is_chord && value.flags() > 0 {
                let beams = &mut self.part.beams;
                let beam = *self.beam.get_or_insert_with(|| {
                    beams.push(BeamGroup { from: index, to: index });
                    beams.len() as u32 - 1
                });
                event.beam = beam;
                if let Some(group) = beams.get_mut(beam as usize) {
                    group.to = index;
                }
            } else {
                self.beam = None;
            }
        }
        self.time += length;
        for (span, dotted, graced) in self.pending_slurs.drain(..) {
            self.slurs.push(self.part.slurs.len());
            self.part.slurs.push(Arc {
                from: index,
                to: NONE,
                span,
                dotted,
                at_grace: graced,
                reach: Reach::default(),
            });
        }
        for open in &self.extended {
            if let Some(extended) = self.part.extended.get_mut(*open)
                && extended.from == NONE
            {
                extended.from = index;
            }
        }
        for tuplet in &mut self.tuplets {
            tuplet.left = tuplet.left.saturating_sub(1);
            if let Some(mark) = self.part.tuplets.get_mut(tuplet.mark) {
                mark.from = mark.from.min(index);
                mark.to = index;
            }
        }
        self.tuplets.retain(|tuplet| tuplet.left > 0);
        self.last = Some(index);
        index
    }

    /// Adds a rest; where none lasts as long, several. One that fills its bar stays one.
    fn rest(&mut self, span: Span, duration: Fraction, visible: bool) {
        let fills = self.time == 0.0 && self.metre.bar() == Some(duration);
        let rests = if !visible || fills || !self.tuplets.is_empty() {
            vec![duration]
        } else {
            Value::tied(duration, self.time, self.metre.beat())
        };
        for rest in rests {
            // A beam goes on over a rest that is shorter than a crotchet.
            let beam = self.beam.take();
            let index = self.push_timed(span, What::Rest { visible }, rest, 0);
            self.beam = beam.filter(|_| self.part.event(index).is_some_and(|rest| rest.value.flags() > 0));
        }
    }

    /// Adds a chord whose heads are the last so many of the part; where no note lasts as long, several that
    /// are tied.
    fn push_chord(&mut self, span: Span, duration: Fraction, heads: usize) {
        // In a tuplet a written length is another.
        if !self.tuplets.is_empty() || Value::of(duration.to_f64()).duration() == duration {
            self.push_timed(span, What::Chord, duration, heads);
            return;
        }
        let notes = Value::tied(duration, self.time, self.metre.beat());
        let Some((&last, before)) = notes.split_last() else { return };
        for &note in before {
            let from = self.part.heads.len() - heads;
            let again: Vec<Head> = self.part.heads[from..]
                .iter()
                .map(|head| Head { accidental: None, cautionary: false, ..head.clone() })
                .collect();
            for head in &mut self.part.heads[from..] {
                head.tie = Some(Tie::Solid);
            }
            self.push_timed(span, What::Chord, note, heads);
            self.part.heads.extend(again);
        }
        self.push_timed(span, What::Chord, last, heads);
    }

    fn head(&mut self, span: Span, note: &Note, tie: Option<Tie>) -> Head {
        let step = (i32::from(note.octave) - 4) * 7 + note.letter.step() + self.shift;
        let mut accidental = note.accidental;
        let mut cautionary = false;
        if let Some(memory) = &mut self.memory {
            let letter = note.letter as usize;
            let own = self.key.alter(note.letter);
            let altered = memory.before[letter].is_some_and(|before| before.alter() != own);
            if accidental.is_none() && !memory.said[letter] && altered {
                accidental = Accidental::from_alter(own.into());
                cautionary = accidental.is_some();
            } else if accidental.is_some() {
                memory.now[letter] = accidental;
            }
            memory.said[letter] = true;
        }
        let position = step - self.middle;
        Head {
            span,
            position: position.clamp(-60, 60),
            accidental,
            cautionary,
            tie: note.tie.or(tie),
            joined: false,
            dx: 0.0,
            accidental_dx: 0.0,
        }
    }

    fn note(&mut self, span: Span, note: &Note) {
        let head = self.head(span, note, None);
        self.part.heads.push(head);
        self.push_chord(span, note.duration, 1);
    }

    fn chord(&mut self, span: Span, chord: &ChordNotes) {
        if chord.notes.is_empty() {
            return;
        }
        for (span, note) in &chord.notes {
            let head = self.head(*span, note, chord.tie);
            self.part.heads.push(head);
        }
        self.push_chord(span, chord.duration, chord.notes.len());
    }

    fn grace(&mut self, span: Span, grace: &Grace) {
        let from = self.part.heads.len() as u32;
        for (span, note) in &grace.notes {
            let head = self.head(*span, note, None);
            self.part.heads.push(head);
        }
        let heads = from..self.part.heads.len() as u32;
        if heads.is_empty() {
            return;
        }
        for chord in &grace.chords {
            let heads = self.part.heads.get_mut(from as usize + chord.start..from as usize + chord.end);
            let heads = heads.unwrap_or_default();
            heads.sort_by_key(|head| head.position);
            heads.iter_mut().skip(1).for_each(|head| head.joined = true);
        }
        // One alone is a quaver; several are semiquavers, a piper's demisemiquavers.
        let usual = if self.pipes {
            3.0
        } else if grace.notes.len() == 1 || grace.chords.first() == Some(&(0..grace.notes.len())) {
            1.0
        } else {
            2.0
        };
        let written = grace.notes.first().map_or(1.0, |(_, note)| note.written.to_f64());
        let flags = (usual - written.max(1e-3).log2()).round().clamp(0.0, 4.0) as u8;
        for pending in &mut self.pending_slurs {
            pending.2 = true;
        }
        // A second group before the same note is one with the first.
        if let Some(open) = self.part.graces.get_mut(self.grace as usize)
            && open.heads.end == heads.start
        {
            open.heads.end = heads.end;
            open.flags = open.flags.max(2);
            open.span = open.span.to(span);
            return;
        }
        self.grace = self.part.graces.len() as u32;
        self.part.graces.push(GraceGroup { heads, slashed: grace.slashed, span, flags, x: 0.0 });
    }

    fn tuplet(&mut self, span: Span, tuplet: Tuplet) {
        let factor = f64::from(tuplet.time) / f64::from(tuplet.count.max(1));
        if tuplet.notes == 0 || factor <= 0.0 {
            return;
        }
        let mark = self.part.tuplets.len();
        let depth = self.tuplets.len() as u8;
        self.part.tuplets.push(TupletMark {
            from: NONE,
            to: NONE,
            span,
            count: tuplet.count,
            depth,
            reach: Reach::default(),
        });
        self.tuplets.push(OpenTuplet { factor, left: tuplet.notes, mark });
    }

    fn slur_end(&mut self, span: Span) {
        if let Some(open) = self.slurs.pop()
            && let Some(slur) = self.part.slurs.get_mut(open)
        {
            slur.to = self.last.unwrap_or(slur.from);
            slur.span = slur.span.to(span);
        } else if let Some((start, dotted, true)) = self.pending_slurs.pop() {
            // Within grace notes, which come with their note.
            self.pending_slurs.push((start.to(span), dotted, true));
        }
    }
}
