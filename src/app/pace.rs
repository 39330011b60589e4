//! How fast tunes are written here: measured, never guessed.

use std::time::Duration;

/// The time a tune takes while several are being written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Pace {
    a_tune: Duration,
}

impl Pace {
    /// Of tunes that took so long together.
    pub(super) fn of(tunes: usize, took: Duration) -> Option<Self> {
        let tunes = u32::try_from(tunes).ok().filter(|&tunes| tunes > 0)?;
        Some(Self { a_tune: took / tunes })
    }

    /// What so many tunes take, in words that promise no more than is known: `about half a second`.
    pub(super) fn words(self, tunes: usize) -> String {
        let seconds = self.a_tune.as_secs_f64() * tunes as f64;
        match seconds {
            ..0.15 => "a moment".to_owned(),
            ..0.35 => "about a quarter of a second".to_owned(),
            ..0.75 => "about half a second".to_owned(),
            ..1.5 => "about a second".to_owned(),
            ..100.0 => format!("about {seconds:.0} seconds"),
            _ => format!("about {:.0} minutes", seconds / 60.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_grow_with_the_time() {
        let pace = Pace::of(6, Duration::from_millis(480)).unwrap();
        assert_eq!(pace.words(1), "a moment");
        assert_eq!(pace.words(6), "about half a second");
        assert_eq!(pace.words(60), "about 5 seconds");
        assert_eq!(Pace::of(0, Duration::from_secs(1)), None);
    }
}
