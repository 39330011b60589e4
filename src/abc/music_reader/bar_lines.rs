//! Bar lines and endings (§4.8 to §4.10).

use super::super::scan::number;
use super::super::{BarLine, Kind, Line, Numbers, limits};
use super::Reader;

impl Reader<'_, '_, '_> {
    /// Bar lines are read liberally (§4.8): any run of strokes and brackets, with colons before and
    /// after it.
    pub(super) fn read_bar_line(&mut self) {
        let start = self.at;
        let dotted = self.peek(0) == b'.';
        if dotted {
            self.at += 1;
        }
        let before = self.run_of(b':');
        let (mut strokes, mut thick_start, mut thick_end) = (0, false, false);
        loop {
            match self.peek(0) {
                b'|' => strokes += 1,
                b'[' if self.peek(1) == b'|' => thick_start = true,
                b']' if strokes > 0 => {
                    thick_end = true;
                    self.at += 1;
                    break;
                }
                _ => break,
            }
            self.at += 1;
        }
        let few = |count: usize| count.min(9) as u8;
        let (closes, opens) = match (strokes, before) {
            (0, 0 | 1) => {
                self.at = start;
                return self.read_unknown();
            }
            (0, colons) => (few(colons.div_ceil(2)), few(colons / 2)),
            _ => (few(before), few(self.run_of(b':'))),
        };
        let line = match () {
            () if closes > 0 && opens > 0 => Line::Double,
            () if dotted => Line::Dotted,
            () if thick_start && thick_end => Line::Invisible,
            () if thick_end => Line::Final,
            () if thick_start => Line::Initial,
            () if strokes > 1 => Line::Double,
            () => Line::Single,
        };
        self.push_from(start, Kind::Bar(BarLine { line, closes, opens }));
        if self.peek(0).is_ascii_digit() {
            self.read_ending(self.at);
        }
    }

    /// The numbers of an ending: `1`, `1,3`, `1-3`. `start` is where it begins, with its bracket.
    pub(super) fn read_ending(&mut self, start: usize) {
        let mut numbers = Numbers::default();
        while let (Some(first), mut end) = number(self.bytes, self.at) {
            let mut last = first;
            if self.bytes.get(end) == Some(&b'-')
                && let (Some(to), after) = number(self.bytes, end + 1)
            {
                (last, end) = (to, after);
            }
            let small = |number: u32| u8::try_from(number).unwrap_or(u8::MAX).max(1);
            let (first, last) = (small(first), small(last));
            if numbers.ranges.len() < limits::DEPTH {
                numbers.ranges.push((first.min(last), first.max(last)));
            }
            self.at = end;
            if self.peek(0) != b',' || !self.peek(1).is_ascii_digit() {
                break;
            }
            self.at += 1;
        }
        self.push_from(start, Kind::Ending(numbers));
    }
}
