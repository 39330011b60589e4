//! Bar lines, line breaks, and changes of key, clef and metre.

use super::super::score::{Boundary, MarkKind, PartBar, Value, What};
use super::super::signature;
use super::{NO_LINE, Reader};
use crate::abc::{BarLine, Clef, KeyField, Line, Span};
use crate::music::Metre;
use crate::music::key::Scale;

impl<'t> Reader<'t, '_> {
    pub(super) fn open_bar(&mut self) {
        self.part.bars.push(PartBar {
            clef: self.clef,
            signature: self.signature,
            metre: self.metre,
            key_changes: false,
            metre_changes: false,
            layered: false,
            events: 0..0,
        });
        self.time = 0.0;
        self.has_music = false;
        self.beam = None;
        if let Some(memory) = &mut self.memory {
            memory.before = memory.now;
            (memory.now, memory.said) = ([None; 7], [false; 7]);
        }
    }

    pub(super) fn bar_line(&mut self, span: Span, line: BarLine) {
        // In an overlay the lines of what it is laid over count.
        if self.bar < self.last_bar {
            self.bar += 1;
            self.time = 0.0;
            if let Some(bar) = self.part.bars.get_mut(self.bar) {
                bar.layered = true;
            }
            return;
        }
        self.take_line_marks(self.has_music);
        // What ends before a bar line does not reach beyond it.
        let next = self.part.events.len() as u32;
        for extended in self.part.extended.iter_mut().rev().take(4).filter(|one| one.to == next) {
            extended.to = next.saturating_sub(1).max(extended.from);
        }
        self.layer = 0;
        if self.has_music {
            self.bar += 1;
            self.last_bar = self.bar;
            self.open_bar();
            self.part.boundaries.push(Boundary { line, span: Some(span), breaks: false, split: false });
            return;
        }
        // Two lines with nothing between are one, such as `:|` and, on the next line, `|:`.
        if let Some(boundary) = self.part.boundaries.last_mut() {
            let old = boundary.line;
            let weight = |line: Line| match line {
                Line::Invisible => 0,
                Line::Dotted => 1,
                Line::Single => 2,
                Line::Double => 3,
                Line::Initial => 4,
                Line::Final => 5,
            };
            let stronger = if weight(line.line) > weight(old.line) { line.line } else { old.line };
            boundary.line = BarLine {
                line: stronger,
                closes: old.closes.max(line.closes),
                opens: old.opens.max(line.opens),
            };
            boundary.span = Some(boundary.span.map_or(span, |old| old.to(span)));
            boundary.split = false;
        }
    }

    /// Decorations before a bar line are the line's; words and chords wait for the next note.
    pub(super) fn take_line_marks(&mut self, has_music: bool) {
        let bar = (self.bar + usize::from(has_music)) as u32;
        let from = self.marks_from as usize;
        if from >= self.part.marks.len() {
            return;
        }
        let line_marks = &mut self.part.line_marks;
        let mut kept = from;
        for i in from..self.part.marks.len() {
            let mark = self.part.marks[i];
            if matches!(mark.kind, MarkKind::Decoration(_)) {
                line_marks.push((bar, mark));
            } else {
                self.part.marks[kept] = mark;
                kept += 1;
            }
        }
        self.part.marks.truncate(kept);
    }

    pub(super) fn line_break(&mut self) {
        if self.bar < self.last_bar || self.layer > 0 {
            return;
        }
        if !self.has_music {
            if let Some(boundary) = self.part.boundaries.last_mut() {
                boundary.breaks = true;
            }
        } else if self.alone {
            self.split(true);
        }
    }

    /// The bar goes on in another line, which `breaks` asks for or only allows.
    pub(super) fn split(&mut self, breaks: bool) {
        self.bar += 1;
        self.last_bar = self.bar;
        let time = self.time;
        self.open_bar();
        self.time = time;
        self.part.boundaries.push(Boundary { line: NO_LINE, span: None, breaks, split: true });
    }

    pub(super) fn key_field(&mut self, span: Span, field: &'t KeyField) {
        self.beam = None;
        let old_clef = self.clef;
        self.set_staff(&field.staff);
        let at_start = !self.has_music;
        if self.clef != old_clef {
            self.clef_change(span, self.clef);
        }
        if let Some(key) = field.key {
            let signature = signature::of(&key);
            let cancelled = signature::cancelled(&self.signature, &signature);
            (self.key, self.signature) = (key, signature);
            self.pipes = matches!(key.scale, Scale::Pipes { .. });
            if signature.iter().chain(&cancelled).any(Option::is_some) {
                let what = What::Key { cancelled, signature };
                self.push(span, what, 0.0, Value { log: 2, dots: 0 });
            }
        }
        if at_start && let Some(bar) = self.part.bars.last_mut() {
            bar.key_changes |= bar.signature != self.signature;
            (bar.clef, bar.signature) = (self.clef, self.signature);
        }
    }

    /// A new clef; at the start of a bar it stands before the bar line.
    fn clef_change(&mut self, span: Span, clef: Clef) {
        let index = self.push(span, What::Clef(clef), 0.0, Value { log: 2, dots: 0 }) as usize;
        let Some(before) = self.bar.checked_sub(1).map(|bar| bar as u32) else { return };
        if self.has_music || self.layer > 0 || self.bar < self.last_bar {
            return;
        }
        let events = self.part.events[..index].iter().rev().take_while(|event| event.bar >= before);
        let end = events.filter(|event| event.bar == before).map(|event| event.time + event.length);
        let end = end.fold(0.0, f64::max);
        if let Some(event) = self.part.events.get_mut(index) {
            (event.bar, event.time) = (before, end);
        }
    }

    pub(super) fn metre_field(&mut self, span: Span, metre: &'t Metre) {
        self.beam = None;
        self.metre = metre;
        if *metre != Metre::Free {
            self.push(span, What::Metre(metre), 0.0, Value { log: 2, dots: 0 });
        }
        let at_start = !self.has_music;
        if at_start && let Some(bar) = self.part.bars.last_mut() {
            bar.metre_changes = bar.metre != metre;
            bar.metre = metre;
        }
    }
}
