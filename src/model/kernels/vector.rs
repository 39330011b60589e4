//! A register of numbers. The kernels are written once over [`Vector`]; arrays implement it in
//! plain Rust (the safe twin of every other), [`super::x86`] with the CPU's own registers.

#![forbid(unsafe_code)]

use super::real::Real;

/// A fixed number of lanes of one type of number.
pub trait Vector: Copy {
    /// What a lane holds.
    type Lane: Real;

    /// How many lanes there are.
    const LANES: usize;

    /// The same value in every lane.
    fn splat(value: Self::Lane) -> Self;

    /// The first [`Vector::LANES`] values; panics if there are fewer.
    fn load(from: &[Self::Lane]) -> Self;

    /// Writes the first [`Vector::LANES`] values; panics if there is room for fewer.
    fn store(self, to: &mut [Self::Lane]);

    /// Asks for the cache line of the first value, which will be wanted soon.
    #[inline(always)]
    fn fetch<T>(_from: &[T]) {}

    /// Lane by lane, self + b.
    fn add(self, b: Self) -> Self;

    /// Lane by lane, self − b.
    fn sub(self, b: Self) -> Self;

    /// Lane by lane, self × b.
    fn mul(self, b: Self) -> Self;

    /// Lane by lane, self ÷ b.
    fn div(self, b: Self) -> Self;

    /// Lane by lane, self × b + c.
    fn fma(self, b: Self, c: Self) -> Self;

    /// Lane by lane, eˣ. The `f32` versions clamp x to ±87 and are within 3e-7 of the exact value.
    fn exp(self) -> Self;

    /// 1 / (1 + e⁻ˣ), lane by lane.
    #[inline(always)]
    fn sigmoid(self) -> Self {
        let one = Self::splat(Real::from_f32(1.0));
        one.div(one.add(Self::splat(Real::from_f32(0.0)).sub(self).exp()))
    }

    /// The hyperbolic tangent, 2 sigmoid(2x) − 1, lane by lane: absolute error below 3e-7 in `f32`.
    #[inline(always)]
    fn tanh(self) -> Self {
        let s = self.add(self).sigmoid();
        s.add(s).sub(Self::splat(Real::from_f32(1.0)))
    }
}

impl<R: Real, const N: usize> Vector for [R; N] {
    type Lane = R;
    const LANES: usize = N;

    #[inline(always)]
    fn splat(value: R) -> Self {
        [value; N]
    }

    #[inline(always)]
    fn load(from: &[R]) -> Self {
        std::array::from_fn(|i| from[..N][i])
    }

    #[inline(always)]
    fn store(self, to: &mut [R]) {
        to[..N].copy_from_slice(&self);
    }

    #[inline(always)]
    fn add(self, b: Self) -> Self {
        std::array::from_fn(|i| self[i] + b[i])
    }

    #[inline(always)]
    fn sub(self, b: Self) -> Self {
        std::array::from_fn(|i| self[i] - b[i])
    }

    #[inline(always)]
    fn mul(self, b: Self) -> Self {
        std::array::from_fn(|i| self[i] * b[i])
    }

    #[inline(always)]
    fn div(self, b: Self) -> Self {
        std::array::from_fn(|i| self[i] / b[i])
    }

    #[inline(always)]
    fn fma(self, b: Self, c: Self) -> Self {
        std::array::from_fn(|i| self[i].mul_then_add(b[i], c[i]))
    }

    #[inline(always)]
    fn exp(self) -> Self {
        std::array::from_fn(|i| self[i].exp())
    }
}

/// The constants of eˣ = 2ⁿ eʳ in `f32`, with n the nearest integer to x / ln 2 and
/// |r| ≤ ln 2 / 2; eʳ by its Taylor series to r⁷ / 5040, whose remainder there is below 6e-9.
pub(super) mod exp {
    /// Beyond this eˣ leaves the normal numbers.
    pub const MOST: f32 = 87.0;
    /// Adding and subtracting 1.5 × 2²³ rounds to an integer, and leaves it in the low bits.
    pub const ROUND: f32 = 12_582_912.0;
    /// ln 2 in two parts, the first exact when multiplied by a small integer.
    pub const LN2_HIGH: f32 = 0.693_359_4;
    /// The second part.
    pub const LN2_LOW: f32 = -2.121_944_4e-4;
    /// 1/n! from r⁷ down to r⁰.
    pub const TAYLOR: [f32; 8] =
        [1.0 / 5040.0, 1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0];
    /// The exponent bits of 1.
    pub const ONE_BITS: u32 = 0x3f80_0000;
    /// Bits of a mantissa: how far the exponent is shifted.
    pub const SHIFT: u32 = 23;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn exp_is_within_3e_7_of_the_library_s(x in -86.0f32..86.0) {
            let exact = f64::from(x).exp();
            let [value] = [x].exp();
            prop_assert!((f64::from(value) / exact - 1.0).abs() < 3e-7, "{x}: {value} for {exact}");
        }

        #[test]
        fn sigmoid_and_tanh_are_within_3e_7(x in -200.0f32..200.0) {
            let s = 1.0 / (1.0 + (-f64::from(x)).exp());
            prop_assert!((f64::from([x].sigmoid()[0]) - s).abs() < 3e-7);
            prop_assert!((f64::from([x].tanh()[0]) - f64::from(x).tanh()).abs() < 3e-7);
        }
    }

    #[test]
    fn the_ends_are_finite_and_nan_stays_nan() {
        for x in [f32::MAX, f32::MIN, f32::INFINITY, f32::NEG_INFINITY] {
            assert!(Vector::exp([x])[0].is_finite());
            assert!([x].sigmoid()[0].is_finite());
        }
        assert!(Vector::exp([f32::NAN])[0].is_nan());
    }
}
