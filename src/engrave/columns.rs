//! What sounds together stands above each other: columns, and how far apart they are at least and by
//! their time.

use super::chord::{self, Loose};
use super::score::{Bar, Column, Event, MarkKind, NONE, Part, Score, What};
use super::{Face, Options, clef, marks, signature, text};
use crate::music::Fraction;

/// The room a whole note takes. A note takes √2 times the room of one half as long, the growth that
/// manuals of engraving such as Ross (1970) and Gould (2011) come near to with their tables: quaver 2½
/// spaces, crotchet 3½, minim 5, semibreve 7.
const WHOLE: f32 = 7.0;

/// From ink to ink of neighbouring columns at least.
const GAP: f32 = 0.35;

/// From a bar line to the first ink, and to the first head, and from the last ink to the bar line.
const AFTER_LINE: f32 = 1.0;
const FIRST_HEAD: f32 = 1.5;
const BEFORE_LINE: f32 = 0.6;

/// Between chord symbols, and between syllables with and without a hyphen.
const CHORD_GAP: f32 = 0.9;
const SYLLABLE_GAP: f32 = 0.6;
const DYNAMICS_GAP: f32 = 0.3;
const HYPHEN_GAP: f32 = 1.2;

/// Times closer than this are the same.
const SAME: f64 = 1e-6;

/// A time as a whole number, so that what is the same compares as such.
fn tick(time: f64) -> i64 {
    (time / SAME).round() as i64
}

/// The room a duration in whole notes takes, in staff spaces.
pub(super) fn room(duration: f64, options: &Options) -> f32 {
    (WHOLE * duration.max(0.0).sqrt() as f32 * options.spacing).clamp(1.5, 40.0)
}

/// An event on its way to its column.
#[derive(Debug, Clone, Copy)]
struct Entry {
    time: f64,
    tick: i64,
    rank: u8,
    layer: u8,
    staff: usize,
    part: usize,
    event: u32,
}

/// The right ends of words, in least distances from the start of the bar.
#[derive(Debug, Clone, Copy)]
struct WordEnd {
    at: f32,
    /// The column it belongs to; `None` in another bar.
    column: Option<usize>,
}

impl Default for WordEnd {
    fn default() -> Self {
        Self { at: f32::MIN, column: None }
    }
}

/// Lays out the columns of every bar.
pub(super) fn lay(score: &mut Score<'_>, options: &Options) {
    let bars = score.parts.iter().map(|part| part.bars.len()).max().unwrap_or(0);
    let count = score.parts.iter().map(|part| part.events.len()).sum();
    score.columns = Vec::with_capacity(count);
    score.ends = Vec::with_capacity(bars);
    let mut lines = Words::new(score, options);
    let mut entries: Vec<Entry> = Vec::new();
    let mut loose: Vec<Loose> = Vec::new();
    let mut together: Vec<(usize, u32)> = Vec::new();
    for bar in 0..bars {
        entries.clear();
        for (p, part) in score.parts.iter_mut().enumerate() {
            whole_bar_rest(part, bar);
            let staff = part.staff;
            let events = part.events_of(bar);
            entries.extend(events.iter().filter_map(|&e| {
                let event = part.event(e)?;
                let (time, rank, layer) = (event.time, event.what.rank(), event.layer);
                Some(Entry { time, tick: tick(time), rank, layer, staff, part: p, event: e })
            }));
        }
        let layered = |part: &Part<'_>| part.bars.get(bar).is_some_and(|bar| bar.layered);
        let several = score.parts.len() > 1 || score.parts.iter().any(layered);
        // Alone, this puts clef, key and metre into their usual order.
        entries.sort_by_key(|entry| (entry.tick, entry.rank, entry.staff));
        let first_column = score.columns.len();
        let mut spacer = Spacer { options, before: None, shortest: f64::INFINITY, time: 0.0 };
        lines.begin_bar();
        let mut at = 0;
        while let Some(&first) = entries.get(at) {
            // Alone, nothing stands with anything else, even if it takes no time.
            let same = |entry: &&Entry| {
                if several {
                    (entry.tick, entry.rank) == (first.tick, first.rank)
                } else {
                    entry.event == first.event
                }
            };
            let end = at + entries[at..].iter().take_while(same).count();
            let group = &entries[at..end];
            at = end;
            // Staff by staff.
            let mut from = 0;
            while from < group.len() {
                let staff = group[from].staff;
                let count = group[from..].iter().take_while(|entry| entry.staff == staff).count();
                together.clear();
                together.extend(group[from..from + count].iter().map(|entry| (entry.part, entry.event)));
                chord::arrange(&mut score.parts, &together, &mut loose);
                from += count;
            }
            let index = score.columns.len();
            let mut column = Column { change: first.rank < 3, ..Column::default() };
            let mut shortest = f64::INFINITY;
            for entry in group {
                let part = &mut score.parts[entry.part];
                let bar_clef = part.bars.get(bar).map_or(clef::TREBLE, |bar| bar.clef);
                let event = &mut part.events[entry.event as usize];
                event.column = index as u32;
                let (left, right) = change_extent(event, bar_clef);
                column.left = column.left.max(left - event.dx);
                column.right = column.right.max(right + event.dx);
                shortest = shortest.min(event.length);
            }
            spacer.space(&mut column, first, shortest);
            score.columns.push(column);
            lines.place(score, first_column, index, group);
        }
        let length = entries.iter().map(|entry| end_of(score, entry)).fold(0.0, f64::max);
        score.ends.push(spacer.end(length));
        lines.end_bar(score, first_column, bar);
        let span = bar_span(score, bar);
        let columns = first_column..score.columns.len();
        score.bars.push(Bar { number: 0, label: None, span, columns });
    }
    number(score);
}

fn end_of(score: &Score<'_>, entry: &Entry) -> f64 {
    score.parts[entry.part].event(entry.event).map_or(0.0, |event| event.time + event.length)
}

/// How far an event reaches to both sides; for a change that is the width of its signs.
fn change_extent(event: &Event<'_>, bar_clef: crate::abc::Clef) -> (f32, f32) {
    let width = match &event.what {
        What::Clef(new) => clef::sign(*new, true).map_or(0.0, |(sign, scale, _)| sign.width() * scale),
        What::Key { cancelled, signature } => signature::key_width(signature, cancelled, bar_clef),
        What::Metre(metre) => signature::metre_width(metre),
        _ => return (event.left, event.right),
    };
    (0.0, width)
}

/// A rest that is alone in its bar and fills it stands in its middle, as a whole note's.
fn whole_bar_rest(part: &mut Part<'_>, bar: usize) {
    let Some(full) = part.bars.get(bar).and_then(|bar| bar.metre.bar()).map(Fraction::to_f64) else { return };
    let mut timed = part
        .events_of(bar)
        .iter()
        .copied()
        .filter(|&e| part.event(e).is_some_and(|event| event.what.rank() == 4));
    if let (Some(only), None) = (timed.next(), timed.next())
        && let Some(event) = part.events.get_mut(only as usize)
        && let What::Rest { visible } = event.what
        && event.time < SAME
        && (event.length - full).abs() < SAME
    {
        event.what = What::BarsRest { bars: 1, visible };
    }
}

/// Finds the distances between the columns of a bar.
struct Spacer<'o> {
    options: &'o Options,
    before: Option<Column>,
    /// The shortest note of the column of notes before.
    shortest: f64,
    /// When that one sounds.
    time: f64,
}

impl Spacer<'_> {
    fn space(&mut self, column: &mut Column, entry: Entry, shortest: f64) {
        match self.before {
            None => {
                let to_head = if column.change { 0.0 } else { FIRST_HEAD };
                column.rod = (AFTER_LINE + column.left).max(to_head);
            }
            Some(before) => {
                let gap = if before.change || column.change { 2.0 * GAP } else { GAP };
                column.rod = before.right + gap + column.left;
                column.spring = self.spring(entry.time);
                if before.change && !column.change {
                    column.rod = column.rod.max(before.right + FIRST_HEAD);
                }
            }
        }
        if column.change {
            // The time goes on to the next note.
            if column.spring > 0.0 {
                (self.time, self.shortest) = (entry.time, f64::INFINITY);
            }
        } else {
            (self.time, self.shortest) = (entry.time, shortest);
        }
        self.before = Some(*column);
    }

    /// The room for the time since the column before.
    fn spring(&self, time: f64) -> f32 {
        let passed = time - self.time;
        if passed <= SAME || passed.is_nan() {
            return 0.0;
        }
        // Where a longer note sounds on beside it, the shorter one says how much room its time takes.
        if self.shortest.is_finite() && self.shortest > SAME && passed < self.shortest {
            return room(self.shortest, self.options) * (passed / self.shortest) as f32;
        }
        room(passed, self.options)
    }

    fn end(&self, length: f64) -> Column {
        let right = self.before.map_or(2.0, |before| before.right);
        Column { rod: right + BEFORE_LINE, spring: self.spring(length), ..Column::default() }
    }
}

/// Keeps chord symbols and syllables clear of each other.
struct Words {
    options: Options,
    /// One for the chord symbols and one for the dynamics of each staff, then one for each verse of each
    /// part.
    ends: Vec<WordEnd>,
    /// The first of each part's verses.
    verses: Vec<usize>,
    /// Each part's next syllable.
    next: Vec<usize>,
    /// The least distance from the start of the bar to the last column.
    position: f32,
}

impl Words {
    fn new(score: &mut Score<'_>, options: &Options) -> Self {
        let mut count = 2 * score.staves.len();
        let mut verses = Vec::new();
        for part in &mut score.parts {
            // Verses come line by line in the text, and are wanted note by note.
            part.lyrics.sort_by_key(|lyric| (lyric.event, lyric.verse));
            verses.push(count);
            count += usize::from(part.verses);
        }
        let next = vec![0; score.parts.len()];
        let options = options.clone();
        Self { options, ends: vec![WordEnd::default(); count], verses, next, position: 0.0 }
    }

    fn begin_bar(&mut self) {
        self.position = 0.0;
    }

    /// Widens the distance before the newest column until its words clear those before.
    fn place(&mut self, score: &mut Score<'_>, first: usize, index: usize, group: &[Entry]) {
        self.position += score.columns[index].rod;
        for entry in group {
            let mut width: f32 = 0.0;
            if self.options.chords {
                let part = &score.parts[entry.part];
                if let Some(event) = part.event(entry.event) {
                    for mark in part.marks_of(event) {
                        if let MarkKind::Chord(symbol) = mark.kind {
                            // Several at one note stand side by side.
                            width += marks::chord_width(&symbol.text);
                            width += if width > 0.0 { marks::CHORD_STEP } else { 0.0 };
                        }
                    }
                }
            }
            if width > 0.0 {
                self.word(score, 2 * entry.staff, first, index, 0.0, width, CHORD_GAP);
            }
            let part = &score.parts[entry.part];
            let half = part.event(entry.event).map_or(0.0, |event| marks::dynamics_width(part, event)) / 2.0;
            if half > 0.0 {
                self.word(score, 2 * entry.staff + 1, first, index, half - 0.65, half + 0.65, DYNAMICS_GAP);
            }
            if !self.options.lyrics || entry.layer > 0 || score.parts[entry.part].lyrics.is_empty() {
                continue;
            }
            // Overlays are not in the order of the text, but have no words of their own.
            while let Some(lyric) = score.parts[entry.part].lyrics.get(self.next[entry.part]).copied()
                && lyric.event <= entry.event
            {
                self.next[entry.part] += 1;
                if lyric.event < entry.event {
                    continue;
                }
                let line = self.verses[entry.part] + usize::from(lyric.verse);
                let width = text::width(&lyric.syllable.text, Face::Roman, marks::LYRIC_SIZE);
                let gap = if lyric.syllable.hyphen { HYPHEN_GAP } else { SYLLABLE_GAP };
                self.word(score, line, first, index, width / 2.0 - 0.65, width / 2.0 + 0.65 + gap, 0.0);
            }
        }
    }

    #[expect(clippy::too_many_arguments, reason = "a line of words, a place in it, and the word")]
    fn word(
        &mut self,
        score: &mut Score<'_>,
        line: usize,
        first: usize,
        index: usize,
        left: f32,
        right: f32,
        gap: f32,
    ) {
        let Some(end) = self.ends.get(line).copied() else { return };
        let missing = end.at + gap - (self.position - left);
        if missing > 0.0 {
            // Shared by all distances from the word before.
            let from = end.column.map_or(first, |column| column + 1).min(index);
            let share = missing / (index - from + 1) as f32;
            score.columns[from..=index].iter_mut().for_each(|column| column.rod += share);
            self.position += missing;
            for other in &mut self.ends {
                if other.column.is_some_and(|column| column >= from) {
                    other.at += missing;
                }
            }
        }
        self.ends[line] = WordEnd { at: self.position + right, column: Some(index) };
    }

    fn end_bar(&mut self, score: &mut Score<'_>, first: usize, bar: usize) {
        let last = score.columns.len() > first;
        let end = &mut score.ends[bar];
        self.position += end.rod;
        for word in &mut self.ends {
            // Into the next bar a word may reach a little, not through it.
            let over = word.at - self.position - AFTER_LINE;
            if word.column.is_some() && over > 0.0 && last {
                end.rod += over;
                self.position += over;
            }
        }
        for word in &mut self.ends {
            *word = WordEnd { at: (word.at - self.position).max(f32::MIN), column: None };
        }
    }
}

/// The bytes of the first voice that has this bar, between its bar lines.
fn bar_span(score: &Score<'_>, bar: usize) -> crate::abc::Span {
    let spans = score.parts.iter().filter_map(|part| {
        let events = part.events_of(bar);
        let mut span: Option<crate::abc::Span> = None;
        // A clef before a bar line is written after it.
        let here = |event: &&Event<'_>| !matches!(event.what, What::Clef(_));
        for event in events.iter().filter_map(|&e| part.event(e)).filter(here) {
            let grace = part.graces.get(event.grace as usize).map_or(event.span, |grace| grace.span);
            let start = part.marks_of(event).first().map_or(grace, |mark| mark.span).start;
            let start = start.min(grace.start).min(event.span.start);
            let old = span.unwrap_or(crate::abc::Span { start, end: event.span.end });
            span = Some(crate::abc::Span { start: old.start.min(start), end: old.end.max(event.span.end) });
        }
        let mut span = span?;
        if let Some(start) = part.boundaries.get(bar).and_then(|boundary| boundary.span) {
            span.start = start.end.min(span.start);
        }
        if let Some(end) = part.boundaries.get(bar + 1).and_then(|boundary| boundary.span) {
            span.end = end.start.max(span.end);
        }
        Some(span)
    });
    let mut spans = spans;
    spans.next().unwrap_or_default()
}

/// Numbers the bars: as written, and as players count.
fn number(score: &mut Score<'_>) {
    let (mut written, mut counted, mut filled) = (0, 0, 0.0);
    let lengths: Vec<(f64, Option<f64>, usize)> =
        (0..score.bars.len()).map(|bar| bar_length(score, bar)).collect();
    for (i, (bar, &(length, full, rests))) in score.bars.iter_mut().zip(&lengths).enumerate() {
        let split = score.boundaries.get(i).is_some_and(|boundary| boundary.split);
        if i > 0 && !split {
            written += 1;
        }
        bar.number = written;
        let full = full.unwrap_or(length);
        // Only a repeat sign or a double bar stands within a bar.
        let divided = score.boundaries.get(i).is_some_and(|boundary| boundary.line.ends_section());
        let goes_on = split || divided && filled > SAME && filled + length <= full + SAME;
        if i == 0 && length < full - SAME && lengths.len() > 1 {
            // A pickup.
            (bar.label, filled) = (Some(0), 0.0);
            continue;
        }
        if goes_on {
            filled += length;
        } else {
            counted += 1;
            bar.label = Some(counted);
            filled = length;
            counted += rests.saturating_sub(1);
        }
        if filled >= full - SAME {
            filled = 0.0;
        }
    }
}

/// How long a bar is, how long it should be, and for how many bars it stands.
pub(super) fn bar_length(score: &Score<'_>, bar: usize) -> (f64, Option<f64>, usize) {
    let Some(part) = score.parts.iter().find(|part| part.bars.len() > bar) else { return (0.0, None, 1) };
    let full = part.bars[bar].metre.bar().map(Fraction::to_f64);
    let (mut from, mut to, mut rests) = (f64::INFINITY, 0.0_f64, 1);
    for event in part.events_of(bar).iter().filter_map(|&e| part.event(e)) {
        from = from.min(event.time);
        to = to.max(event.time + event.length);
        if let What::BarsRest { bars, .. } = event.what {
            rests = usize::from(bars).max(1);
        }
    }
    let length = (to - from).max(0.0);
    (if rests > 1 { full.unwrap_or(length) } else { length }, full, rests)
}

impl Score<'_> {
    /// The first column of a bar that is no change at its start, when those stand before the system.
    pub(super) fn first_note(&self, bar: usize) -> usize {
        let Some(bar) = self.bars.get(bar) else { return 0 };
        let columns = &self.columns[bar.columns.clone()];
        let changes = columns.iter().take_while(|column| column.change && column.spring == 0.0).count();
        // A bar of nothing but changes keeps them.
        if changes == columns.len() { bar.columns.start } else { bar.columns.start + changes }
    }

    /// The least distance of a bar's first column from where the bar begins, for one before which only
    /// changes stand that are not drawn there.
    pub(super) fn first_rod(&self, column: &Column) -> f32 {
        (AFTER_LINE + column.left).max(FIRST_HEAD)
    }

    /// Where an event stands.
    pub(super) fn x_of(&self, event: &Event<'_>) -> f32 {
        if event.column == NONE {
            return 0.0;
        }
        self.columns.get(event.column as usize).map_or(0.0, |column| column.x) + event.dx
    }
}
