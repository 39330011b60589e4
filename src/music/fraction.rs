//! Exact numbers for time in music.

use std::cmp::Ordering;
use std::fmt;

/// A fraction in lowest terms with a positive denominator. Durations are fractions of a whole note:
/// a crotchet is 1/4.
///
/// Arithmetic is checked: texts from outside may ask for tuplets in tuplets until no integer holds
/// the denominator, and the answer is then `None`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fraction {
    numerator: i64,
    denominator: i64,
}

impl Fraction {
    /// 0.
    pub const ZERO: Self = Self::of(0, 1);
    /// 1: as a duration, a whole note (semibreve).
    pub const ONE: Self = Self::of(1, 1);

    /// `numerator / denominator` in lowest terms; `None` if the denominator is 0 or a number is too
    /// great (the least `i64` has no positive twin).
    pub const fn new(numerator: i64, denominator: i64) -> Option<Self> {
        if denominator == 0 || numerator == i64::MIN || denominator == i64::MIN {
            return None;
        }
        let common = gcd(numerator.unsigned_abs(), denominator.unsigned_abs()) as i64;
        let common = if denominator < 0 { -common } else { common };
        Some(Self { numerator: exact(numerator, common), denominator: exact(denominator, common) })
    }

    /// For numbers that stand in the source, as in `Fraction::of(3, 8)`.
    ///
    /// # Panics
    /// If the denominator is 0 or a number is the least `i64`. What comes from outside goes through
    /// [`Fraction::new`].
    pub const fn of(numerator: i64, denominator: i64) -> Self {
        match Self::new(numerator, denominator) {
            Some(fraction) => fraction,
            None => panic!("no fraction"),
        }
    }

    /// The number above the line; it carries the sign.
    pub const fn numerator(self) -> i64 {
        self.numerator
    }

    /// The number below the line, at least 1.
    pub const fn denominator(self) -> i64 {
        self.denominator
    }

    /// The sum, if `i64` can hold it.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        if self.denominator == other.denominator {
            return Self::new(self.numerator.checked_add(other.numerator)?, self.denominator);
        }
        let common = gcd(self.denominator as u64, other.denominator as u64) as i64;
        let (own, others) = (exact(self.denominator, common), exact(other.denominator, common));
        let (left, right) = (self.numerator.checked_mul(others)?, other.numerator.checked_mul(own)?);
        Self::new(left.checked_add(right)?, own.checked_mul(other.denominator)?)
    }

    /// The difference, if `i64` can hold it.
    pub fn checked_sub(self, other: Self) -> Option<Self> {
        self.checked_add(Self { numerator: -other.numerator, ..other })
    }

    /// The product, if `i64` can hold it.
    pub fn checked_mul(self, other: Self) -> Option<Self> {
        let across = gcd(self.numerator.unsigned_abs(), other.denominator as u64) as i64;
        let back = gcd(other.numerator.unsigned_abs(), self.denominator as u64) as i64;
        // What is left has no common divisor.
        Some(Self {
            numerator: exact(self.numerator, across).checked_mul(exact(other.numerator, back))?,
            denominator: exact(self.denominator, back).checked_mul(exact(other.denominator, across))?,
        })
    }

    /// The quotient, if there is one and `i64` can hold it.
    pub fn checked_div(self, other: Self) -> Option<Self> {
        self.checked_mul(Self::new(other.denominator, other.numerator)?)
    }

    /// Whether it is 0.
    pub const fn is_zero(self) -> bool {
        self.numerator == 0
    }

    /// The nearest floating-point number.
    pub fn to_f64(self) -> f64 {
        self.numerator as f64 / self.denominator as f64
    }
}

impl Default for Fraction {
    fn default() -> Self {
        Self::ZERO
    }
}

impl Ord for Fraction {
    fn cmp(&self, other: &Self) -> Ordering {
        if self.denominator == other.denominator {
            return self.numerator.cmp(&other.numerator);
        }
        let left = i128::from(self.numerator) * i128::from(other.denominator);
        left.cmp(&(i128::from(other.numerator) * i128::from(self.denominator)))
    }
}

impl PartialOrd for Fraction {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl From<u32> for Fraction {
    fn from(number: u32) -> Self {
        Self { numerator: number.into(), denominator: 1 }
    }
}

impl fmt::Display for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.denominator {
            1 => write!(f, "{}", self.numerator),
            denominator => write!(f, "{}/{denominator}", self.numerator),
        }
    }
}

impl fmt::Debug for Fraction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The greatest common divisor; that of two zeros is 1, so that one can always divide by it.
const fn gcd(mut a: u64, mut b: u64) -> u64 {
    // Nearly all denominators are powers of two.
    let (twos_a, twos_b) = (a.trailing_zeros(), b.trailing_zeros());
    let twos = if twos_a < twos_b { twos_a } else { twos_b };
    if a.is_power_of_two() || b.is_power_of_two() {
        return 1 << twos;
    }
    while b != 0 {
        (a, b) = (b, a % b);
    }
    if a == 0 { 1 } else { a }
}

/// A number divided by one of its divisors.
const fn exact(number: i64, divisor: i64) -> i64 {
    // Divisions take long, and nearly all divisors are powers of two.
    if divisor > 0 && divisor & (divisor - 1) == 0 {
        number >> divisor.trailing_zeros()
    } else {
        number / divisor
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fractions_are_in_lowest_terms_with_the_sign_above() {
        let fraction = Fraction::of(6, -8);
        assert_eq!((fraction.numerator(), fraction.denominator()), (-3, 4));
        assert_eq!(Fraction::of(0, -5), Fraction::ZERO);
        assert_eq!(format!("{} {}", Fraction::of(3, 8), Fraction::of(4, 2)), "3/8 2");
    }

    #[test]
    fn what_does_not_fit_is_none() {
        assert_eq!(Fraction::new(1, 0), None);
        assert_eq!(Fraction::new(i64::MIN, 1), None);
        assert_eq!(Fraction::of(i64::MAX, 1).checked_add(Fraction::ONE), None);
        assert_eq!(Fraction::of(1, i64::MAX).checked_mul(Fraction::of(1, 2)), None);
        assert_eq!(Fraction::ONE.checked_div(Fraction::ZERO), None);
    }

    proptest! {
        #[test]
        fn arithmetic_is_exact_or_none(a: i64, b: i64, c: i64, d: i64) {
            if let (Some(x), Some(y)) = (Fraction::new(a, b), Fraction::new(c, d)) {
                if let Some(sum) = x.checked_add(y) {
                    prop_assert_eq!(sum.checked_sub(y).unwrap_or(x), x);
                }
                if let Some(product) = x.checked_mul(y)
                    && let Some(quotient) = product.checked_div(y)
                {
                    prop_assert_eq!(quotient, x);
                }
                prop_assert_eq!(x.cmp(&y), y.cmp(&x).reverse());
            }
        }

        #[test]
        fn small_sums_never_fail(a in -999i64..999, b in 1i64..99, c in -999i64..999, d in 1i64..99) {
            let sum = Fraction::of(a, b).checked_add(Fraction::of(c, d)).unwrap();
            prop_assert_eq!(sum, Fraction::of(a * d + c * b, b * d));
        }
    }
}
