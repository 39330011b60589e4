//! Time as the synthesizer counts it.

/// A time on a program's own clock, which is that of the performance at its own tempo.
///
/// It is a whole number of [`Time::PER_SECOND`]ths of a second, so that sums are exact: a frame is a whole
/// number of them at all usual rates, and a loop comes back to the same sample each time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Time(pub(super) i64);

impl Time {
    /// The start.
    pub const ZERO: Self = Self(0);
    /// Units of a second: 705,600,000 is a multiple of all usual rates, and 2,048 parts of that keep the
    /// rounding at odd tempos below a sample in half an hour.
    pub const PER_SECOND: i64 = 705_600_000 * 2_048;

    /// So many seconds from the start, to the nearest unit; the start for what is no number.
    pub fn from_seconds(seconds: f64) -> Self {
        Self((seconds * Self::PER_SECOND as f64).round() as i64)
    }

    /// Seconds from the start.
    pub fn seconds(self) -> f64 {
        self.0 as f64 / Self::PER_SECOND as f64
    }

    /// How far the clock goes in a frame.
    pub(super) fn step(rate: u32, tempo: f64) -> i64 {
        ((Self::PER_SECOND as f64 * tempo / f64::from(rate.max(1))).round() as i64).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_is_a_whole_number_of_units() {
        for rate in [8_000, 22_050, 44_100, 48_000, 88_200, 96_000, 192_000] {
            assert_eq!(Time::step(rate, 1.0) * i64::from(rate), Time::PER_SECOND, "{rate}");
        }
        assert_eq!(Time::from_seconds(f64::NAN), Time::ZERO);
        assert!(Time::from_seconds(f64::INFINITY) > Time::from_seconds(1e6));
    }
}
