//! The numbers kernels compute with: `f32` for work, `f64` for tests that need the digits.

#![forbid(unsafe_code)]

use std::fmt::Debug;
use std::iter::Sum;
use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub};

use super::vector::exp;

/// A floating-point number.
pub trait Real:
    Copy
    + Default
    + Debug
    + PartialOrd
    + Send
    + Sync
    + Add<Output = Self>
    + AddAssign
    + Sub<Output = Self>
    + Mul<Output = Self>
    + MulAssign
    + Div<Output = Self>
    + Neg<Output = Self>
    + Sum
    + super::Factor<Real = Self>
    + 'static
{
    /// From an `f32`, without loss.
    fn from_f32(value: f32) -> Self;

    /// To an `f64`, without loss.
    fn to_f64(self) -> f64;

    /// self × b + c, fused where the architecture always can (elsewhere `mul_add` is a slow
    /// library call).
    fn mul_then_add(self, b: Self, c: Self) -> Self;

    /// eˣ; the `f32` version clamps x to ±87 and is within 3e-7 of the exact value.
    fn exp(self) -> Self;

    /// Natural logarithm.
    fn ln(self) -> Self;

    /// Square root.
    fn sqrt(self) -> Self;
}

impl Real for f32 {
    #[inline(always)]
    fn from_f32(value: f32) -> Self {
        value
    }

    #[inline(always)]
    fn to_f64(self) -> f64 {
        f64::from(self)
    }

    #[inline(always)]
    fn mul_then_add(self, b: Self, c: Self) -> Self {
        if cfg!(target_arch = "aarch64") { self.mul_add(b, c) } else { self * b + c }
    }

    #[inline(always)]
    fn exp(self) -> Self {
        // By comparison and not by min and max: NaN stays NaN for the caller to see.
        let x = if self > exp::MOST { exp::MOST } else { self };
        let x = if x < -exp::MOST { -exp::MOST } else { x };
        let shifted = x.mul_then_add(std::f32::consts::LOG2_E, exp::ROUND);
        let n = shifted - exp::ROUND;
        let r = n.mul_then_add(-exp::LN2_HIGH, x);
        let r = n.mul_then_add(-exp::LN2_LOW, r);
        let p = exp::TAYLOR.iter().fold(0.0, |p, &coefficient| r.mul_then_add(p, coefficient));
        p * f32::from_bits((shifted.to_bits() << exp::SHIFT).wrapping_add(exp::ONE_BITS))
    }

    #[inline(always)]
    fn ln(self) -> Self {
        f32::ln(self)
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        f32::sqrt(self)
    }
}

impl Real for f64 {
    #[inline(always)]
    fn from_f32(value: f32) -> Self {
        f64::from(value)
    }

    #[inline(always)]
    fn to_f64(self) -> f64 {
        self
    }

    #[inline(always)]
    fn mul_then_add(self, b: Self, c: Self) -> Self {
        if cfg!(target_arch = "aarch64") { self.mul_add(b, c) } else { self * b + c }
    }

    #[inline(always)]
    fn exp(self) -> Self {
        f64::exp(self)
    }

    #[inline(always)]
    fn ln(self) -> Self {
        f64::ln(self)
    }

    #[inline(always)]
    fn sqrt(self) -> Self {
        f64::sqrt(self)
    }
}
