//! When frames will be heard, by the clock on the wall.

use std::time::{Duration, Instant};

/// What a measurement may differ before it is believed at once: the device has stumbled or begun anew.
const JUMP: Duration = Duration::from_millis(30);

/// How much of a small difference is believed: what is left comes from the system's scheduling.
const BELIEF: u32 = 32;

/// Counts frames, and sets itself by what the device says.
///
/// A device asks for frames in lumps and at moments that jitter, and its crystal is not the computer's.
/// So each measurement moves the clock a little; only a great difference moves it at once.
#[derive(Debug, Clone)]
pub(super) struct Clock {
    rate: f64,
    /// When frame 0 was heard, or would have been.
    origin: Option<Instant>,
    frames: u64,
}

impl Clock {
    /// A clock for so many frames a second.
    pub(super) fn new(rate: u32) -> Self {
        Self { rate: f64::from(rate), origin: None, frames: 0 }
    }

    /// When the next frame will be heard, if the device says `measured`; then so many frames pass.
    pub(super) fn pass(&mut self, frames: usize, measured: Instant) -> Instant {
        let since = Duration::from_secs_f64(self.frames as f64 / self.rate);
        let expected = self.origin.map(|origin| origin + since);
        let heard = match expected {
            Some(expected) if measured >= expected => {
                let late = measured - expected;
                if late > JUMP { measured } else { expected + late / BELIEF }
            }
            Some(expected) => {
                let early = expected - measured;
                if early > JUMP { measured } else { expected - early / BELIEF }
            }
            None => measured,
        };
        self.origin = heard.checked_sub(since).or(self.origin);
        self.frames += frames as u64;
        heard
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten minutes of blocks on a device that runs fast by `ppm` and whose measurements jitter: the
    /// greatest error after the first second, in microseconds.
    fn error(ppm: f64, jitter: f64) -> f64 {
        let start = Instant::now() + Duration::from_secs(1);
        let mut clock = Clock::new(48_000);
        let mut worst = 0.0f64;
        for block in 0..60_000u32 {
            let truth = f64::from(block) * 480.0 / 48_000.0 / (1.0 + ppm / 1e6);
            // A cheap hash for noise.
            let noise = f64::from(block.wrapping_mul(2_654_435_761) >> 8) / f64::from(1 << 24) - 0.5;
            let measured = start + Duration::from_secs_f64(1.0 + truth + noise * jitter);
            let heard = clock.pass(480, measured).duration_since(start).as_secs_f64() - 1.0;
            if truth > 1.0 {
                worst = worst.max((heard - truth).abs());
            }
        }
        worst * 1e6
    }

    #[test]
    fn the_clock_follows_the_device_for_ten_minutes() {
        assert!(error(0.0, 0.0) < 0.01);
        // No crystal is worse than this.
        assert!(error(200.0, 0.0) < 100.0, "{}", error(200.0, 0.0));
        assert!(error(-200.0, 0.004) < 700.0, "{}", error(-200.0, 0.004));
    }

    #[test]
    fn a_stumble_is_believed_at_once() {
        let start = Instant::now();
        let mut clock = Clock::new(1000);
        clock.pass(100, start);
        let late = start + Duration::from_millis(400);
        assert_eq!(clock.pass(100, late), late);
        assert_eq!(clock.pass(100, late + Duration::from_millis(100)), late + Duration::from_millis(100));
    }
}
