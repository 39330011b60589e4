//! Loss, top-1 and top-5, counted by character.

use std::ops::AddAssign;

use serde::{Deserialize, Serialize};

/// What was counted over some part of a text.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    /// Characters foretold.
    pub characters: u64,
    /// Their loss in nats, added up.
    #[serde(with = "super::bits")]
    pub nats: f64,
    /// How often the right character was rated first.
    pub top1: u64,
    /// How often it was among the first five.
    pub top5: u64,
}

impl Counts {
    fn add(&mut self, nats: f64, above: usize) {
        self.characters += 1;
        self.nats += nats;
        self.top1 += u64::from(above == 0);
        self.top5 += u64::from(above < 5);
    }

    /// Mean loss in nats a character; NaN if nothing was counted.
    pub fn loss(&self) -> f64 {
        self.nats / self.characters as f64
    }

    /// Share of characters rated first, 0 to 1.
    pub fn top1_share(&self) -> f64 {
        self.top1 as f64 / self.characters as f64
    }

    /// Share of characters among the first five, 0 to 1.
    pub fn top5_share(&self) -> f64 {
        self.top5 as f64 / self.characters as f64
    }
}

impl AddAssign for Counts {
    fn add_assign(&mut self, other: Self) {
        self.characters += other.characters;
        self.nats += other.nats;
        self.top1 += other.top1;
        self.top5 += other.top5;
    }
}

/// Counts over the whole text, and from the K: line on.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// Every character, `<eos>` included.
    pub whole: Counts,
    /// From the colon of the K: line to `<eos>`.
    pub body: Counts,
}

impl Tally {
    /// Counts one character: its loss, and how many tokens were rated above it.
    pub(super) fn add(&mut self, nats: f64, above: usize, in_body: bool) {
        self.whole.add(nats, above);
        if in_body {
            self.body.add(nats, above);
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.whole += other.whole;
        self.body += other.body;
    }
}
