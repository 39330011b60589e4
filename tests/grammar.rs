//! What may be composed is a language of its own: the corpus against it.

use std::collections::BTreeMap;

use rayon::prelude::*;
use reelsmith::abc::grammar::canonical;
use reelsmith::compose::habits::free_grammar;

use crate::corpus::corpus;

/// Why a tune is not in the dialect, in a word or two; `None` if it is.
fn outside(text: &str) -> Option<String> {
    let Some((mut grammar, _)) = free_grammar(text) else { return Some("its header".into()) };
    let start = grammar.start();
    match grammar.read_text(&start, text) {
        Ok(state) if grammar.may_end(&state) => None,
        Ok(_) => Some("how it ends".into()),
        Err((offset, _)) => {
            let (before, after) = text.split_at(offset);
            let quotes = before.rsplit('\n').next().unwrap_or_default().matches('"').count();
            Some(match after.chars().next().unwrap_or(' ') {
                _ if quotes % 2 == 1 => "words in quotes, or a chord of another kind".into(),
                '|' | ':' | '1'..='9' if before.ends_with(['|', ':']) => "repeats and endings".into(),
                '|' | ':' => "a bar that is short".into(),
                '>' | '<' => "broken rhythm of other notes".into(),
                '[' if after[1..].starts_with(|c: char| "KLMQRP".contains(c)) => {
                    "fields within the music".into()
                }
                c if "abcdefgzABCDEFG^_=([{(".contains(c) && !before.contains('{') => {
                    "a bar that is long".into()
                }
                c => format!("{c:?} after {:?}", before.chars().rev().take(1).collect::<String>()),
            })
        }
    }
}

/// Prints what keeps tunes out of the dialect, and how many are in it.
fn share_in_the_dialect(name: &str) {
    let Some(tunes) = corpus(name) else { return };
    let reasons: Vec<Option<String>> = tunes.par_iter().map(|tune| outside(&canonical(tune))).collect();
    let inside = reasons.iter().filter(|reason| reason.is_none()).count();
    let share = 100.0 * inside as f64 / tunes.len() as f64;
    println!("{name}: {inside} of {} tunes, {share:.2} %", tunes.len());
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    reasons.iter().flatten().for_each(|reason| *counts.entry(reason).or_default() += 1);
    let mut counts: Vec<_> = counts.into_iter().collect();
    counts.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    for (reason, count) in counts.iter().take(25) {
        println!("  {:5.2} %  {reason}", 100.0 * *count as f64 / tunes.len() as f64);
    }
    assert!(share > 60.0, "{share:.2} %");
}

#[test]
fn most_tunes_of_the_corpus_are_in_the_dialect() {
    share_in_the_dialect("validation.json");
}

#[test]
#[ignore = "a minute of all cores: cargo test --release all_tunes_of_the_corpus -- --ignored --nocapture"]
fn all_tunes_of_the_corpus_are_counted_by_the_dialect() {
    share_in_the_dialect("train.json");
}
