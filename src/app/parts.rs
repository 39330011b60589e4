//! A performance as a ruler shows it: parts one after another, each with its bars.

use std::ops::Range;

use crate::abc::{Kind, Tune};
use crate::music::Fraction;
use crate::perform::Performance;

/// A part each time it is played.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Part {
    /// Its letter, in the order in which parts come: 0 is A.
    letter: usize,
    /// How often it has been played before.
    pub(super) before: usize,
    /// Its bars, by their places in the performance.
    pub(super) bars: Range<usize>,
}

impl Part {
    /// What it is called: "A", "A again".
    pub(super) fn name(&self) -> String {
        let again = if self.before > 0 { " again" } else { "" };
        format!("{}{again}", self.letter())
    }

    /// Its letter; after Z come numbers.
    pub(super) fn letter(&self) -> String {
        match u8::try_from(self.letter) {
            Ok(place @ 0..26) => char::from(b'A' + place).to_string(),
            _ => (self.letter + 1).to_string(),
        }
    }
}

/// The parts of a performance, and the numbers that its bars have on the sheet.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Parts {
    /// In the order in which they are played; a count-in is none.
    pub(super) parts: Vec<Part>,
    /// For each bar as played, the number of the bar on the sheet: 0 for a pickup and a count-in.
    numbers: Vec<usize>,
    /// How many bars there are on the sheet.
    pub(super) count: usize,
}

impl Parts {
    /// Finds them. A part begins at a double bar or a repeat, but not at an ending, or where a jump leads.
    pub(super) fn new(performance: &Performance, tune: Option<&Tune>) -> Self {
        let endings: Vec<u32> = tune
            .and_then(|tune| tune.voices.first())
            .into_iter()
            .flat_map(|voice| &voice.elements)
            .filter(|element| matches!(element.kind, Kind::Ending(_)))
            .map(|element| element.span.end)
            .collect();
        let mut ends: Vec<u32> = performance.bars.iter().map(|bar| bar.span.end).collect();
        ends.sort_unstable();
        let mut found = Self::default();
        // Bars are known by where they end: a repeat sign before one is its own only the first time. For each
        // letter, the part's first bar, and how often it has been played.
        let mut begun: Vec<(u32, usize)> = Vec::new();
        let mut known: Vec<(u32, usize)> = Vec::new();
        for (place, bar) in performance.bars.iter().enumerate() {
            if bar.span.start >= bar.span.end {
                found.numbers.push(0);
                continue;
            }
            let number = match known.iter().find(|(end, _)| *end == bar.span.end) {
                Some(&(_, number)) => number,
                None => {
                    found.count += usize::from(bar.offset == Fraction::ZERO);
                    known.push((bar.span.end, found.count));
                    found.count
                }
            };
            found.numbers.push(number);
            let before = place.checked_sub(1).and_then(|before| performance.bars.get(before));
            let pickup = before.is_some_and(|bar| bar.offset > Fraction::ZERO);
            // The sign of an ending stands behind the bar line before.
            let line = ends[..ends.partition_point(|&end| end < bar.span.end)].last().copied().unwrap_or(0);
            let is_ending = endings.iter().any(|&ending| line < ending && ending <= bar.span.end);
            match found.parts.last_mut() {
                Some(part) if !bar.first || is_ending => part.bars.end = place + 1,
                // A pickup before a repeat sign belongs to the part behind it.
                Some(part) if part.bars.len() == 1 && pickup => {
                    part.bars.end = place + 1;
                    begun[part.letter].0 = bar.span.end;
                }
                _ => {
                    let letter = begun.iter().position(|(end, _)| *end == bar.span.end);
                    let letter = letter.unwrap_or_else(|| {
                        begun.push((bar.span.end, 0));
                        begun.len() - 1
                    });
                    let before = begun[letter].1;
                    begun[letter].1 += 1;
                    found.parts.push(Part { letter, before, bars: place..place + 1 });
                }
            }
        }
        found
    }

    /// The part in which a bar is played.
    pub(super) fn of_bar(&self, bar: usize) -> Option<&Part> {
        self.parts.iter().find(|part| part.bars.contains(&bar))
    }

    /// The number of a bar on the sheet, as words.
    pub(super) fn bar_in_words(&self, bar: usize) -> String {
        match self.numbers.get(bar) {
            Some(0) if self.of_bar(bar).is_none() => "Count in".to_owned(),
            Some(0) => "Pickup".to_owned(),
            Some(number) => format!("Bar {number}"),
            None => format!("Bar {}", self.count.max(1)),
        }
    }

    /// Where one plays from, as words: "bar 3".
    pub(super) fn starting_words(&self, bar: usize) -> String {
        match self.numbers.get(bar) {
            Some(0) => "the start".to_owned(),
            _ => self.bar_in_words(bar).to_lowercase(),
        }
    }

    /// The numbers of the first and the last of some bars, as words: "bars 5–8".
    pub(super) fn bars_in_words(&self, bars: &Range<usize>) -> String {
        let numbers = self.bars_in_numbers(bars);
        if numbers.contains('–') { format!("bars {numbers}") } else { format!("bar {numbers}") }
    }

    /// The same in fewest words: "5–8".
    pub(super) fn bars_in_numbers(&self, bars: &Range<usize>) -> String {
        let number = |bar: usize| self.numbers.get(bar).copied().unwrap_or(0).max(1);
        let (first, last) = (number(bars.start), number(bars.end.saturating_sub(1)));
        if first == last { first.to_string() } else { format!("{first}–{last}") }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abc::parse;
    use crate::perform::Options;

    fn parts(music: &str) -> Parts {
        let parsed = parse(&format!("X:1\nM:4/4\nL:1/4\nK:D\n{music}\n"));
        let options = Options { count_in: true, ..Options::default() };
        let performance = Performance::new(&parsed.tunes[0], &options).unwrap();
        Parts::new(&performance, parsed.tunes.first())
    }

    fn names(parts: &Parts) -> Vec<(String, usize)> {
        parts.parts.iter().map(|part| (part.name(), part.bars.len())).collect()
    }

    #[test]
    fn a_part_is_a_block_each_time_it_is_played_with_its_endings() {
        let expected = [("A", 4), ("A again", 3), ("B", 2)];
        let found = names(&parts("A|:D4|E4|1F4:|2G4||\na4|b4|]"));
        let found: Vec<(&str, usize)> = found.iter().map(|(name, bars)| (name.as_str(), *bars)).collect();
        assert_eq!(found, expected);
        let found = names(&parts("|:D4|E4:|\n|:F4|G4:|"));
        let found: Vec<&str> = found.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(found, ["A", "A again", "B", "B again"]);
    }

    #[test]
    fn bars_have_the_numbers_of_the_sheet() {
        let parts = parts("|:D4|E4:|F4|G4|]");
        let words: Vec<String> = (0..9).map(|bar| parts.bar_in_words(bar)).collect();
        let expected =
            ["Count in", "Count in", "Bar 1", "Bar 2", "Bar 1", "Bar 2", "Bar 3", "Bar 4", "Bar 4"];
        assert_eq!(words, expected);
        assert_eq!(parts.count, 4);
        assert_eq!(parts.bars_in_words(&(3..7)), "bars 2–3");
        assert_eq!(parts.bars_in_words(&(6..7)), "bar 3");
    }
}
