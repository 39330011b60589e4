//! Where in a bar something stands, when bars are split by repeats and tunes begin with a pickup.

use super::performance::Bar;
use crate::music::Fraction;

/// Finds how far into a full bar each bar begins.
///
/// A short bar goes on where the short bar played before it left off; else, where a section begins,
/// it is a pickup and ends where a full bar would.
pub(super) fn place(bars: &mut [Bar]) {
    for i in 0..bars.len() {
        let bar = bars[i];
        let Some(full) = bar.full.filter(|&full| bar.length < full) else { continue };
        let before = i.checked_sub(1).map(|i| bars[i]);
        let reached = before.filter(|before| before.full == bar.full);
        let reached = reached.and_then(|before| before.offset.checked_add(before.length));
        let continued = reached.filter(|&reached| {
            reached < full && reached.checked_add(bar.length).is_some_and(|end| end <= full)
        });
        // A short bar between two section edges is a pickup at the start of the tune, each time it is
        // played, and else a short ending.
        let opens = bar.span == bars[0].span;
        let leads = bar.first && bars.get(i + 1).is_some_and(|next| opens || !next.first);
        let pickup = full.checked_sub(bar.length).filter(|_| leads);
        bars[i].offset = continued.or(pickup).unwrap_or(Fraction::ZERO);
    }
}

/// The bar that sounds at a time, and how far into a full bar that is.
pub(super) fn at(bars: &[Bar], time: Fraction) -> Option<(usize, Fraction)> {
    Finder { bars, last: usize::MAX }.at(time)
}

/// Finds the bars of many times, most of which are soon after the one before.
#[derive(Debug)]
pub(super) struct Finder<'b> {
    bars: &'b [Bar],
    last: usize,
}

impl<'b> Finder<'b> {
    pub(super) fn new(bars: &'b [Bar]) -> Self {
        Self { bars, last: 0 }
    }

    /// See [`at`].
    pub(super) fn at(&mut self, time: Fraction) -> Option<(usize, Fraction)> {
        let is_within = |i: usize| {
            self.bars.get(i).is_some_and(|bar| bar.start <= time)
                && self.bars.get(i.wrapping_add(1)).is_none_or(|next| next.start > time)
        };
        let near = [self.last, self.last.wrapping_add(1)].into_iter().find(|&i| is_within(i));
        let search = || self.bars.partition_point(|bar| bar.start <= time).checked_sub(1);
        self.last = near.or_else(search)?;
        let bar = self.bars.get(self.last)?;
        Some((self.last, time.checked_sub(bar.start)?.checked_add(bar.offset)?))
    }
}

/// Whether a time is a whole number of steps; a step of nothing leads nowhere.
pub(super) fn on(time: Fraction, step: Fraction) -> bool {
    let above = time.numerator().checked_mul(step.denominator());
    let below = time.denominator().checked_mul(step.numerator()).filter(|&below| below != 0);
    above.zip(below).is_some_and(|(above, below)| above % below == 0)
}

/// Whether a bar is a pickup, with nothing before it that it completes.
pub(super) fn is_pickup(bars: &[Bar], i: usize) -> bool {
    let Some(bar) = bars.get(i).filter(|bar| !bar.offset.is_zero()) else { return false };
    let before = i.checked_sub(1).and_then(|i| bars.get(i));
    before.is_none_or(|before| before.offset.checked_add(before.length) != Some(bar.offset))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abc::Span;

    fn offsets(lengths: &[(i64, bool)]) -> Vec<i64> {
        let mut time = 0;
        let mut bars: Vec<Bar> = lengths
            .iter()
            .map(|&(length, first)| {
                time += length;
                Bar {
                    start: Fraction::of(time - length, 8),
                    length: Fraction::of(length, 8),
                    offset: Fraction::ZERO,
                    full: Some(Fraction::of(6, 8)),
                    span: Span::new(time as usize, time as usize),
                    tune: 0,
                    first,
                }
            })
            .collect();
        place(&mut bars);
        bars.iter().map(|bar| (bar.offset.to_f64() * 8.0) as i64).collect()
    }

    #[test]
    fn a_short_bar_is_a_pickup_the_rest_of_one_or_just_short() {
        assert_eq!(offsets(&[(1, true), (6, false), (6, false)]), [5, 0, 0], "pickup");
        assert_eq!(
            offsets(&[(6, true), (5, false), (1, true), (6, false)]),
            [0, 0, 5, 0],
            "split at a repeat"
        );
        assert_eq!(offsets(&[(1, true), (6, false), (5, true)]), [5, 0, 0], "a short ending is no pickup");
        assert_eq!(offsets(&[(1, true), (6, true), (6, false)]), [5, 0, 0], "a pickup before |:");
        assert_eq!(offsets(&[(6, true), (4, false), (6, false)]), [0, 0, 0], "short within a section");
    }
}
