//! Bar arithmetic: what every bar lasts against what the metre says.
//!
//! A bar may be split where the music goes back or on: a pickup and the bar before its repeat, the two
//! halves around a double bar, the bar an ending begins in. Such parts are put together, in every
//! order in which they are played, before anything is said about them.

use super::super::diagnostic::{Code, Sink};
use super::super::{Element, Kind, Span, Tune, Voice};
use crate::music::{Fraction, Metre};

/// What lies between two bar lines, if it takes time.
#[derive(Debug)]
struct Bar {
    span: Span,
    duration: Fraction,
    /// How long it should be.
    full: Fraction,
    /// The number below the line of its metre.
    value: u32,
    /// What stands before it.
    before: Edge,
    /// The section it is played again from, if what follows it goes back.
    section: usize,
    /// It is in order, alone or together with others.
    fits: bool,
}

/// The bar lines and endings between two bars.
#[derive(Debug, Clone, Copy, Default)]
struct Edge {
    /// More than a plain bar line: the bar may be split here.
    splits: bool,
    opens: bool,
    closes: bool,
    ending: bool,
}

impl Edge {
    fn begins_section(self) -> bool {
        self.splits && !self.ending
    }
}

/// Bars in a chain that are tried together.
const CHAIN: usize = 4;

pub(super) fn check(tune: &Tune, voice: &Voice, sink: &mut Sink) {
    let mut bars = Vec::new();
    let last = collect(tune, voice, &mut bars, sink);
    let Some(short) = (0..bars.len()).find(|&i| bars[i].duration < bars[i].full) else {
        return report(&bars, last, sink);
    };
    let endings = next_endings(&bars);
    for first in short..bars.len() {
        if bars[first].duration < bars[first].full {
            let sum = bars[first].duration;
            join(&mut bars, last, &endings, &mut [first; CHAIN], 1, sum);
        }
    }
    report(&bars, last, sink);
}

/// Gathers the bars that have a metre; returns what stands after the last one.
fn collect(tune: &Tune, voice: &Voice, bars: &mut Vec<Bar>, sink: &mut Sink) -> Edge {
    let mut metre = &tune.metre;
    let mut edge = Edge { splits: true, ..Edge::default() };
    let (mut section, mut open) = (0, Open::default());
    for element in &voice.elements {
        match &element.kind {
            Kind::Metre(new) => metre = new,
            Kind::Bar(line) => {
                open.finish(bars, &mut edge, &mut section, sink);
                edge.splits |= line.ends_section();
                edge.opens |= line.opens > 0;
                edge.closes |= line.closes > 0;
            }
            Kind::Ending(_) => {
                open.finish(bars, &mut edge, &mut section, sink);
                (edge.splits, edge.ending) = (true, true);
            }
            Kind::Part(_) if !open.timed => edge.splits = true,
            Kind::Overlay { bars } => open.overlay(element.span, *bars),
            kind => {
                let duration = match kind {
                    Kind::Note(note) => note.duration,
                    Kind::Rest(rest) => rest.duration,
                    Kind::Chord(chord) => chord.duration,
                    Kind::BarsRest { .. } => {
                        open.whole_bars = true;
                        Fraction::ZERO
                    }
                    _ => continue,
                };
                open.add(element, duration, metre);
            }
        }
    }
    open.finish(bars, &mut edge, &mut section, sink);
    edge
}

/// A bar as it is gathered.
#[derive(Debug, Default)]
struct Open {
    timed: bool,
    span: Span,
    /// The sum so far of the present layer; `None` if no integer can say it.
    sum: Option<Fraction>,
    full: Option<Fraction>,
    value: u32,
    whole_bars: bool,
    /// The first layer, once there is an overlay, and where the present layer begins.
    main: Option<(Option<Fraction>, Span)>,
    /// An overlay went back further than this bar.
    far: bool,
    unequal: Option<Span>,
}

impl Open {
    fn add(&mut self, element: &Element, duration: Fraction, metre: &Metre) {
        if self.timed {
            self.span.end = element.span.end;
            self.sum = self.sum.and_then(|sum| sum.checked_add(duration));
        } else {
            self.timed = true;
            (self.span, self.sum) = (element.span, Some(duration));
            (self.full, self.value) = (metre.bar(), metre.value());
        }
    }

    fn overlay(&mut self, span: Span, bars: u8) {
        self.end_layer();
        let main = self.main.map_or(self.sum, |(main, _)| main);
        self.main = Some((main, span));
        self.far |= bars > 1;
        self.sum = Some(Fraction::ZERO);
    }

    fn end_layer(&mut self) {
        if let Some((main, start)) = self.main
            && self.sum != main
        {
            self.unequal.get_or_insert(start.to(self.span));
        }
    }

    fn finish(&mut self, bars: &mut Vec<Bar>, edge: &mut Edge, section: &mut usize, sink: &mut Sink) {
        if !self.timed {
            *self = Self::default();
            return;
        }
        self.end_layer();
        let before = std::mem::take(edge);
        let index = bars.len();
        if before.opens || before.begins_section() {
            *section = index;
        }
        if let (Some(span), false) = (self.unequal, self.far) {
            sink.report(Code::UnequalOverlay, span, "This overlay is not as long as what it lies over.");
        }
        let duration = self.main.map_or(self.sum, |(main, _)| main);
        let (duration, full) = match (duration, self.full) {
            (Some(duration), Some(full)) if !self.whole_bars => (duration, full),
            // Nothing can be said about it; it still has its place in the tune.
            _ => (Fraction::ONE, Fraction::ONE),
        };
        let fits = duration == full;
        let value = self.value;
        bars.push(Bar { span: self.span, duration, full, value, before, section: *section, fits });
        *self = Self::default();
    }
}

/// For each bar, the next one after it that begins an ending of the same group.
fn next_endings(bars: &[Bar]) -> Vec<Option<usize>> {
    let mut next = vec![None; bars.len()];
    let mut ending = None;
    for i in (0..bars.len()).rev() {
        next[i] = ending;
        if bars[i].before.ending {
            ending = Some(i);
        } else if bars[i].before.opens {
            ending = None;
        }
    }
    next
}

/// Extends a chain of short bars in every way in which they may be played one after the other, and
/// marks them when they are a full bar together.
fn join(
    bars: &mut [Bar],
    end: Edge,
    endings: &[Option<usize>],
    chain: &mut [usize; CHAIN],
    length: usize,
    sum: Fraction,
) {
    let last = chain[length - 1];
    if sum == bars[last].full {
        chain[..length].iter().for_each(|&i| bars[i].fits = true);
        return;
    }
    let is_last = last + 1 == bars.len();
    let after = bars.get(last + 1).map_or(end, |next| next.before);
    if length == CHAIN || !(after.splits || is_last) {
        return;
    }
    // On to the next bar; to the other endings; back to the section's start and to the tune's.
    let on = (!is_last).then_some(last + 1);
    let second = if after.ending { endings.get(last + 1).copied().flatten() } else { None };
    let third = second.and_then(|second| endings[second]);
    let back = (after.closes || after.begins_section() || is_last).then_some(bars[last].section);
    let start = (after.begins_section() || is_last).then_some(0);
    for next in [on, second, third, back, start].into_iter().flatten() {
        if bars[next].duration < bars[next].full
            && let Some(sum) = sum.checked_add(bars[next].duration)
            && sum <= bars[next].full
        {
            chain[length] = next;
            join(bars, end, endings, chain, length + 1, sum);
        }
    }
}

fn report(bars: &[Bar], end: Edge, sink: &mut Sink) {
    for (i, bar) in bars.iter().enumerate() {
        if bar.fits {
            continue;
        }
        if sink.is_full() {
            return;
        }
        let is_last = i + 1 == bars.len();
        let after = bars.get(i + 1).map_or(end, |next| next.before);
        let too_long = bar.duration > bar.full;
        // A pickup whose last bar is full in spite of it is no fault.
        let is_pickup =
            bar.before.splits && !bar.before.ending && (!(after.splits || is_last) || after.opens);
        if !too_long && is_pickup && bars.len() > 1 {
            continue;
        }
        let say = |fraction| in_metre(fraction, bar.value);
        let difference =
            if too_long { bar.duration.checked_sub(bar.full) } else { bar.full.checked_sub(bar.duration) };
        let Some(difference) = difference else { continue };
        let (code, word) = if too_long { (Code::LongBar, "long") } else { (Code::ShortBar, "short") };
        let (by, lasts, full) = (say(difference), say(bar.duration), say(bar.full));
        let message = format!("This bar is {by} too {word}: it lasts {lasts} instead of {full}.");
        if bar.full.checked_add(bar.full) == Some(bar.duration) {
            sink.report_with_hint(code, bar.span, message, "a bar line may be missing");
        } else {
            sink.report(code, bar.span, message);
        }
    }
}

/// A duration counted in the metre's note value if that is possible: 6/8, not 3/4.
fn in_metre(fraction: Fraction, value: u32) -> String {
    let value = i64::from(value);
    let times = if value % fraction.denominator() == 0 { value / fraction.denominator() } else { 0 };
    match fraction.numerator().checked_mul(times) {
        Some(numerator) if numerator > 0 => format!("{numerator}/{value}"),
        _ => fraction.to_string(),
    }
}
