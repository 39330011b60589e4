//! What the grammar costs a composer: microseconds for a mask, and for taking a character, on one thread, over
//! the tunes of a book that are in the dialect, each under a grammar for its own form. One JSON object.
//!
//! `cargo bench --bench grammar -- [FILE.abc] [--tunes N]`: a tunebook, used over again up to N tunes.

#![allow(clippy::expect_used, reason = "a bench that cannot run says why by its panic")]

mod book;

use std::hint::black_box;
use std::time::Instant;

use reelsmith::abc::grammar::{Grammar, Spec, State, canonical};
use reelsmith::compose::habits::free_grammar;

fn main() {
    let texts: Vec<String> = book::texts().iter().map(|text| canonical(text).trim_end().to_owned()).collect();
    let (mut masks, mut steps, mut tunes, mut characters, mut choices) = (0.0, 0.0, 0, 0_usize, 0_u64);
    for text in &texts {
        let Some((mut free, _)) = free_grammar(text) else { continue };
        let Some(form) = free.form(text) else { continue };
        let exact = Grammar::new(Spec { form: Some(form), most: 2_000, ..free.spec().clone() });
        let Ok(mut grammar) = exact else { continue };
        let started = Instant::now();
        let mut states: Vec<State> = vec![grammar.start()];
        for character in text.chars() {
            let state = states[states.len() - 1];
            states.push(grammar.step(&state, character).expect("a text in the dialect"));
        }
        steps += started.elapsed().as_secs_f64() * 1e6;
        // A header leaves no choice.
        let music = &states[grammar.spec().header.len()..];
        let started = Instant::now();
        for state in music {
            choices += u64::from(black_box(grammar.mask(black_box(state))).count());
        }
        masks += started.elapsed().as_secs_f64() * 1e6;
        (tunes, characters) = (tunes + 1, characters + music.len());
    }
    assert!(characters > 0, "no tune is in the dialect");
    let each = |micros: f64| micros / characters as f64;
    println!(
        "{{\"tunes\": {tunes}, \"characters\": {characters}, \"choices\": {:.1}, \"mask_us\": {:.2}, \"step_us\": {:.2}}}",
        choices as f64 / characters as f64,
        each(masks),
        each(steps)
    );
}
