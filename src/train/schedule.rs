//! The step size from step to step, and when to stop.

use serde::{Deserialize, Serialize};

use super::settings::{Schedule, Settings};

/// What the validation losses so far have led to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Progress {
    /// The best validation loss so far, infinite before the first.
    #[serde(with = "super::bits")]
    pub best: f64,
    /// Epochs since then.
    since_best: u64,
    /// Epochs since then or since the step size last fell.
    since_change: u64,
    /// How often the step size has fallen.
    reductions: i32,
}

impl Progress {
    pub fn new() -> Self {
        Self { best: f64::INFINITY, since_best: 0, since_change: 0, reductions: 0 }
    }

    /// Takes an epoch's validation loss; true if it is the best so far.
    pub fn epoch_ended(&mut self, loss: f64, settings: &Settings) -> bool {
        let better = loss < self.best;
        if better {
            (self.best, self.since_best, self.since_change) = (loss, 0, 0);
        } else {
            self.since_best += 1;
            self.since_change += 1;
            if self.since_change > settings.patience {
                self.reductions += 1;
                self.since_change = 0;
            }
        }
        better
    }

    /// Whether the loss has not improved for so long that training ends.
    pub fn exhausted(&self, settings: &Settings) -> bool {
        settings.stop_after > 0 && self.since_best >= settings.stop_after
    }

    /// The step size at a step (from 0) of `total`.
    pub fn rate(&self, step: u64, total: u64, settings: &Settings) -> f64 {
        let rate = match settings.schedule {
            Schedule::Plateau => settings.learning_rate * settings.factor.powi(self.reductions),
            Schedule::Cosine => {
                let length = total.saturating_sub(settings.warm_up).max(1) as f64;
                let part = step.saturating_sub(settings.warm_up) as f64 / length;
                settings.learning_rate * 0.5 * (1.0 + (std::f64::consts::PI * part.min(1.0)).cos())
            }
        };
        if step < settings.warm_up { rate * (step + 1) as f64 / settings.warm_up as f64 } else { rate }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plateau_halves_after_more_than_two_idle_epochs_and_stops_after_three() {
        let settings = Settings { stop_after: 4, ..Settings::default() };
        let mut progress = Progress::new();
        assert!(progress.epoch_ended(1.0, &settings));
        for _ in 0..2 {
            assert!(!progress.epoch_ended(1.0, &settings));
        }
        assert_eq!(progress.rate(9, 10, &settings), 1e-3);
        progress.epoch_ended(1.0, &settings);
        assert_eq!(progress.rate(9, 10, &settings), 5e-4);
        assert!(progress.exhausted(&Settings::default()) && !progress.exhausted(&settings));
        assert!(progress.epoch_ended(0.5, &settings));
        assert_eq!(progress.best, 0.5);
    }

    #[test]
    fn the_cosine_rises_in_the_warm_up_and_ends_at_nought() {
        let settings =
            Settings { schedule: Schedule::Cosine, warm_up: 10, learning_rate: 1.0, ..Settings::default() };
        let rate = |step| Progress::new().rate(step, 110, &settings);
        assert!((rate(0) - 0.1).abs() < 1e-12 && (rate(9) - 1.0).abs() < 1e-12);
        assert!((rate(60) - 0.5).abs() < 1e-12);
        assert!(rate(109) < 1e-3 && rate(110) == 0.0);
    }
}
