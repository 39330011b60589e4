//! A batch of tunes of different lengths, laid out without padding.
//!
//! Tunes are sorted longest first and stored step by step: the rows of step t are the tunes that
//! are still running, always the first n(t) of them. Every row is a real character, and the rows
//! of step t continue the first rows of step t − 1.

use super::corpus::Tune;
use crate::model::Token;

/// The rows of a batch; a row is one character of one tune.
#[derive(Debug, Clone)]
pub(super) struct Ragged {
    /// First row of each step, and the number of rows at the end.
    starts: Vec<usize>,
    /// By row: the token read.
    pub inputs: Vec<Token>,
    /// By row: the token to be foretold.
    pub targets: Vec<Token>,
    /// By row: whether the target stands from the K: line on.
    pub in_body: Vec<bool>,
    /// By tune, longest first: its place in the batch as it was given.
    pub order: Vec<usize>,
}

impl Ragged {
    /// Lays out tunes. `numbers[i]` is the place of `tunes[i]` in the whole batch.
    pub fn new(tunes: &[&Tune], numbers: &[usize]) -> Self {
        let mut by_length: Vec<usize> = (0..tunes.len()).collect();
        by_length.sort_by_key(|&i| std::cmp::Reverse(tunes[i].steps()));
        let longest = by_length.first().map_or(0, |&i| tunes[i].steps());
        let rows = tunes.iter().map(|t| t.steps()).sum();
        let mut layout = Self {
            starts: Vec::with_capacity(longest + 1),
            inputs: Vec::with_capacity(rows),
            targets: Vec::with_capacity(rows),
            in_body: Vec::with_capacity(rows),
            order: by_length.iter().map(|&i| numbers[i]).collect(),
        };
        for step in 0..longest {
            layout.starts.push(layout.inputs.len());
            for tune in by_length.iter().map(|&i| tunes[i]).take_while(|t| step < t.steps()) {
                layout.inputs.push(tune.tokens[step]);
                layout.targets.push(tune.tokens[step + 1]);
                layout.in_body.push(step >= tune.body);
            }
        }
        layout.starts.push(layout.inputs.len());
        layout
    }

    /// All rows.
    pub fn rows(&self) -> usize {
        self.inputs.len()
    }

    /// Steps of the longest tune.
    pub fn steps(&self) -> usize {
        self.starts.len() - 1
    }

    /// The rows of a step.
    pub fn step(&self, step: usize) -> std::ops::Range<usize> {
        self.starts[step]..self.starts[step + 1]
    }

    /// For every row the row of the same tune one step before, if there is one.
    pub fn previous(&self) -> Vec<Option<usize>> {
        let mut previous = Vec::with_capacity(self.rows());
        for step in 0..self.steps() {
            let before = step.checked_sub(1).map(|s| self.starts[s]);
            previous.extend((0..self.step(step).len()).map(|i| before.map(|b| b + i)));
        }
        previous
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_character_has_one_row_and_follows_its_own_tune(
            tunes in prop::collection::vec(prop::collection::vec(0u32..90, 2..30), 1..12)
        ) {
            let tunes: Vec<Tune> = tunes.into_iter().map(|tokens| Tune { tokens, body: 3 }).collect();
            let refs: Vec<&Tune> = tunes.iter().collect();
            let numbers: Vec<usize> = (0..tunes.len()).collect();
            let layout = Ragged::new(&refs, &numbers);
            let previous = layout.previous();
            // Follow each tune through the rows.
            for (place, &number) in layout.order.iter().enumerate() {
                let (mut read, mut last) = (Vec::new(), None);
                for step in 0..layout.steps() {
                    if let Some(row) = layout.step(step).nth(place) {
                        prop_assert_eq!(previous[row], last);
                        prop_assert_eq!(layout.in_body[row], step >= 3);
                        prop_assert_eq!(layout.targets[row], tunes[number].tokens[step + 1]);
                        read.push(layout.inputs[row]);
                        last = Some(row);
                    }
                }
                prop_assert_eq!(&read[..], &tunes[number].tokens[..tunes[number].steps()]);
            }
        }
    }
}
