//! The names new tunes have until they are given one: "Reel No. 12", counted on for each tune type.

use std::collections::BTreeMap;

use crate::compose::Composition;

/// How many tunes of each type have been named.
#[derive(Debug, Clone, Default)]
pub(super) struct Titles {
    counts: BTreeMap<String, u64>,
    /// The types counted on for the request that is being carried out: its tunes are settings of one
    /// wish and share a number.
    counted: Vec<&'static str>,
}

impl Titles {
    /// Goes on from the counts that were kept.
    pub(super) fn new(counts: BTreeMap<String, u64>) -> Self {
        Self { counts, counted: Vec::new() }
    }

    /// The counts to be kept.
    pub(super) fn counts(&self) -> &BTreeMap<String, u64> {
        &self.counts
    }

    /// From now on the tunes are another request's.
    pub(super) fn next_request(&mut self) {
        self.counted.clear();
    }

    /// The name of a tune of the request.
    pub(super) fn name(&mut self, tune: &Composition) -> String {
        let name = tune.tune_type().name();
        let count = self.counts.entry(name.to_owned()).or_default();
        if !self.counted.contains(&name) {
            self.counted.push(name);
            *count += 1;
        }
        tune.working_title(*count)
    }
}
