//! Drawing the next token from the network's logits.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use super::request::Request;
use crate::model::Token;

/// Draws tokens for one tune.
///
/// The random numbers of tune i are stream i of ChaCha8 seeded with the request's seed, one number a
/// token. So they do not depend on how many tunes there are or on the threads that write them.
#[derive(Debug, Clone)]
pub struct Sampler {
    temperature: f64,
    top_k: usize,
    top_p: f64,
    random: ChaCha8Rng,
    /// The tokens to draw from with their weights; kept to save the allocation.
    candidates: Vec<(Token, f64)>,
}

/// A token drawn.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drawn {
    /// The token.
    pub token: Token,
    /// The natural logarithm of the probability the network itself gave it: at temperature 1, with
    /// nothing left out.
    pub log_probability: f64,
    /// The natural logarithm of the probability the network gave all that was allowed, likewise; at most 0.
    pub log_allowed: f64,
}

/// Why nothing could be drawn.
#[derive(Debug, Clone, Copy, PartialEq, thiserror::Error)]
pub enum SamplerError {
    /// A logit that is NaN or infinite.
    #[error(
        "the network's score for token {token} is {value}: the checkpoint is damaged, or the device computes wrongly"
    )]
    NotFinite {
        /// The token.
        token: Token,
        /// Its logit.
        value: f32,
    },
    /// No token was allowed.
    #[error("the vocabulary has no character that may come next")]
    NothingAllowed,
}

impl Sampler {
    /// For the tune `index` of a request, which has been validated.
    pub fn new(request: &Request, index: u64) -> Self {
        let mut random = ChaCha8Rng::seed_from_u64(request.seed);
        random.set_stream(index);
        Self {
            temperature: f64::from(request.temperature),
            top_k: request.top_k.map_or(usize::MAX, usize::from),
            top_p: f64::from(request.top_p),
            random,
            candidates: Vec::new(),
        }
    }

    /// Draws one of the tokens for which `allowed` holds: top-k first, then top-p of what is left.
    /// At temperature 0 it takes the likeliest, of equals the first.
    ///
    /// # Errors
    /// If a logit is no finite number or nothing is allowed.
    pub fn draw(&mut self, logits: &[f32], allowed: impl Fn(Token) -> bool) -> Result<Drawn, SamplerError> {
        if let Some(index) = logits.iter().position(|l| !l.is_finite()) {
            return Err(SamplerError::NotFinite { token: index as Token, value: logits[index] });
        }
        self.candidates.clear();
        self.candidates
            .extend((0..).zip(logits).filter(|(t, _)| allowed(*t)).map(|(t, &l)| (t, f64::from(l))));
        let token = if self.temperature == 0.0 { self.likeliest()? } else { self.at_random()? };
        let highest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let (mut sum, mut kept) = (0.0, 0.0);
        for (index, logit) in (0..).zip(logits) {
            let weight = (logit - highest).exp();
            sum += weight;
            kept += if allowed(index) { weight } else { 0.0 };
        }
        let log_sum = f64::from(sum).ln();
        let log_probability = f64::from(logits[token as usize] - highest) - log_sum;
        // Where less is allowed than a float can say, what was drawn is nearly all of it.
        let log_allowed = (f64::from(kept).ln() - log_sum).max(log_probability);
        Ok(Drawn { token, log_probability, log_allowed })
    }

    fn likeliest(&self) -> Result<Token, SamplerError> {
        let better = |best: (Token, f64), next: &(Token, f64)| if next.1 > best.1 { *next } else { best };
        let first = *self.candidates.first().ok_or(SamplerError::NothingAllowed)?;
        Ok(self.candidates.iter().fold(first, better).0)
    }

    fn at_random(&mut self) -> Result<Token, SamplerError> {
        let uniform = self.uniform();
        let list = &mut self.candidates;
        if self.top_k < list.len() || self.top_p < 1.0 {
            // The sort is stable, so that equals stay in the vocabulary's order.
            list.sort_by(|a, b| b.1.total_cmp(&a.1));
            list.truncate(self.top_k);
        }
        // Measured from the highest, no weight overflows and at least one is 1.
        let highest = list.iter().map(|c| c.1).fold(f64::NEG_INFINITY, f64::max);
        for (_, value) in list.iter_mut() {
            *value = ((*value - highest) / self.temperature).exp();
        }
        let mut sum: f64 = list.iter().map(|c| c.1).sum();
        if self.top_p < 1.0 {
            let wanted = sum * self.top_p;
            sum = 0.0;
            let kept = list.iter().position(|c| {
                sum += c.1;
                sum >= wanted
            });
            list.truncate(kept.map_or(list.len(), |last| last + 1));
        }
        let mut rest = uniform * sum;
        for &(token, weight) in list.iter() {
            rest -= weight;
            if rest < 0.0 {
                return Ok(token);
            }
        }
        // Rounding can leave a crumb: it belongs to the last token with any weight.
        list.iter().rev().find(|c| c.1 > 0.0).map(|c| c.0).ok_or(SamplerError::NothingAllowed)
    }

    /// A number from 0 up to but not including 1, made here from 53 random bits, so that it stays
    /// the same whatever a crate's next version does.
    fn uniform(&mut self) -> f64 {
        (self.random.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn sampler(temperature: f32, top_k: usize, top_p: f32) -> Sampler {
        let top_k = std::num::NonZeroUsize::new(top_k);
        Sampler::new(&Request { temperature, top_k, top_p, seed: 7, ..Request::default() }, 0)
    }

    /// How often each of the tokens was drawn in 4000 draws.
    fn counts(mut sampler: Sampler, logits: &[f32]) -> Vec<u32> {
        let mut counts = vec![0; logits.len()];
        for _ in 0..4000 {
            counts[sampler.draw(logits, |_| true).unwrap().token as usize] += 1;
        }
        counts
    }

    #[test]
    fn temperature_nought_takes_the_likeliest_that_is_allowed() {
        let mut s = sampler(0.0, 0, 1.0);
        let logits = [1.0, 3.0, 3.0, 9.0];
        assert_eq!(s.draw(&logits, |_| true).unwrap().token, 3);
        assert_eq!(s.draw(&logits, |t| t != 3).unwrap().token, 1, "of equals the first");
    }

    #[test]
    fn draws_follow_the_probabilities_at_every_temperature() {
        // Probabilities 1/2, 1/4, 1/4 at temperature 1; squared and normalised at 0.5.
        let logits = [2f32.ln(), 0.0, 0.0];
        for (temperature, expected) in [(1.0, 0.5), (0.5, 2.0 / 3.0)] {
            let share = f64::from(counts(sampler(temperature, 0, 1.0), &logits)[0]) / 4000.0;
            assert!((share - expected).abs() < 0.03, "{share} at {temperature}");
        }
    }

    #[test]
    fn top_k_and_top_p_leave_out_the_unlikely() {
        let logits = [0.4f32.ln(), 0.1f32.ln(), 0.3f32.ln(), 0.2f32.ln()];
        let drawn = |s| counts(s, &logits).iter().map(|&n| n > 0).collect::<Vec<_>>();
        assert_eq!(drawn(sampler(1.0, 0, 1.0)), [true, true, true, true]);
        assert_eq!(drawn(sampler(1.0, 2, 1.0)), [true, false, true, false]);
        assert_eq!(drawn(sampler(1.0, 0, 0.6)), [true, false, true, false]);
        assert_eq!(drawn(sampler(1.0, 3, 0.3)), [true, false, false, false]);
    }

    #[test]
    fn the_log_probability_is_the_network_s_own() {
        let drawn = sampler(0.0, 1, 0.1).draw(&[0.6f32.ln(), 0.4f32.ln()], |t| t == 1).unwrap();
        assert!((drawn.log_probability - 0.4f64.ln()).abs() < 1e-6, "{drawn:?}");
    }

    #[test]
    fn logits_that_are_no_numbers_are_an_error() {
        for (value, temperature) in [(f32::NAN, 0.0), (f32::NAN, 1.0), (f32::INFINITY, 1.0)] {
            let error = sampler(temperature, 0, 1.0).draw(&[0.0, value], |_| true).unwrap_err();
            assert!(matches!(error, SamplerError::NotFinite { token: 1, .. }));
        }
        for temperature in [0.0, 1.0] {
            let error = sampler(temperature, 0, 0.5).draw(&[0.0], |_| false).unwrap_err();
            assert_eq!(error, SamplerError::NothingAllowed);
        }
    }

    #[test]
    fn tunes_of_one_seed_draw_different_numbers() {
        let logits = [0.0; 50];
        let tune = |index| {
            let mut s = Sampler::new(&Request::default(), index);
            (0..20).map(|_| s.draw(&logits, |_| true).unwrap().token).collect::<Vec<_>>()
        };
        assert_eq!(tune(3), tune(3));
        assert_ne!(tune(3), tune(4));
    }

    proptest! {
        #[test]
        fn whatever_the_logits_what_is_drawn_is_allowed(
            logits in prop::collection::vec(-3.4e38f32..3.4e38, 1..40),
            temperature in prop_oneof![Just(0.0f32), Just(1e-40), 0.0f32..2.0],
            top_k in 0usize..5,
            top_p in 1e-6f32..=1.0,
        ) {
            let only = |t: Token| t.is_multiple_of(2);
            let drawn = sampler(temperature, top_k, top_p).draw(&logits, only).unwrap();
            prop_assert!(only(drawn.token) && (drawn.token as usize) < logits.len());
            prop_assert!(drawn.log_probability <= 1e-6);
        }
    }
}
