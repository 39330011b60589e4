//! What both sides of a matrix product are kept as while it is computed: single or double precision,
//! or pairs of bf16.

#![forbid(unsafe_code)]

use std::fmt::Debug;

use super::real::Real;
use super::vector::Vector;

/// One entry of a packed matrix: a number, or two numbers of bf16 that follow each other along the
/// common dimension. Sums are always kept in [`Factor::Real`].
pub trait Factor: Copy + Default + Debug + Send + Sync + 'static {
    /// The numbers it is made from, and those the product is added up in.
    type Real: Real;
    /// Registers on AVX-512 with instructions for bf16.
    type Bf16: Multiply<Self>;
    /// Registers on AVX-512.
    type Avx512: Multiply<Self>;
    /// Registers on AVX2 with FMA.
    type Avx2: Multiply<Self>;
    /// Registers everywhere.
    type Portable: Multiply<Self>;

    /// How many numbers make a factor: 1 or 2.
    const GROUP: usize;

    /// A factor of two numbers; of one, the second is not looked at.
    fn group(values: [Self::Real; 2]) -> Self;
}

/// A register of sums to which products of factors are added.
pub trait Multiply<F: Factor>: Vector<Lane = F::Real> {
    /// A register of factors.
    type Factors: Copy;

    /// The same factor in every lane.
    fn spread(factor: F) -> Self::Factors;

    /// The first [`Vector::LANES`] factors; panics if there are fewer.
    fn load_factors(from: &[F]) -> Self::Factors;

    /// self + a × b, lane by lane.
    fn add_product(self, a: Self::Factors, b: Self::Factors) -> Self;
}

/// The factor a number is by itself.
macro_rules! plain {
    ($real:ty, $wide:ty, $avx2:ty, $portable:ty) => {
        impl Factor for $real {
            type Real = $real;
            type Bf16 = $wide;
            type Avx512 = $wide;
            type Avx2 = $avx2;
            type Portable = $portable;
            const GROUP: usize = 1;

            #[inline(always)]
            fn group(values: [$real; 2]) -> $real {
                values[0]
            }
        }

        impl<const N: usize> Multiply<$real> for [$real; N] {
            plain!(@ $real, [$real; N]);
        }
    };
    (@ $real:ty, $register:ty) => {
        type Factors = $register;

        #[inline(always)]
        fn spread(factor: $real) -> $register {
            <$register as Vector>::splat(factor)
        }

        #[inline(always)]
        fn load_factors(from: &[$real]) -> $register {
            <$register as Vector>::load(from)
        }

        #[inline(always)]
        fn add_product(self, a: $register, b: $register) -> $register {
            a.fma(b, self)
        }
    };
}

#[cfg(target_arch = "x86_64")]
plain!(f32, super::x86::F32x16, super::x86::F32x8, [f32; 4]);
#[cfg(not(target_arch = "x86_64"))]
plain!(f32, [f32; 4], [f32; 4], [f32; 4]);
// Double precision serves tests only: the compiler's own vectors will do.
plain!(f64, [f64; 4], [f64; 4], [f64; 2]);

#[cfg(target_arch = "x86_64")]
impl Multiply<f32> for super::x86::F32x8 {
    plain!(@ f32, super::x86::F32x8);
}

#[cfg(target_arch = "x86_64")]
impl Multiply<f32> for super::x86::F32x16 {
    plain!(@ f32, super::x86::F32x16);
}

/// Two numbers of bf16 (the upper half of an `f32`), the first in the lower bits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[repr(transparent)]
pub struct Bf16Pair(pub(super) u32);

impl Bf16Pair {
    #[inline(always)]
    fn numbers(self) -> [f32; 2] {
        [f32::from_bits(self.0 << 16), f32::from_bits(self.0 & 0xffff_0000)]
    }
}

impl Factor for Bf16Pair {
    type Real = f32;
    #[cfg(target_arch = "x86_64")]
    type Bf16 = super::x86::F32x16;
    #[cfg(not(target_arch = "x86_64"))]
    type Bf16 = [f32; 4];
    type Avx512 = [f32; 4];
    type Avx2 = [f32; 4];
    type Portable = [f32; 4];
    const GROUP: usize = 2;

    /// Rounds to the nearest, of two equally near to the even one. NaN may become infinite, which
    /// the loss shows all the same.
    #[inline(always)]
    fn group(values: [f32; 2]) -> Self {
        let [low, high] = [round(values[0]), round(values[1])];
        Self(low >> 16 | high & 0xffff_0000)
    }
}

/// An `f32` whose upper half is the nearest bf16.
#[inline(always)]
fn round(value: f32) -> u32 {
    let bits = value.to_bits();
    bits.wrapping_add(0x7fff + (bits >> 16 & 1))
}

impl<const N: usize> Multiply<Bf16Pair> for [f32; N] {
    type Factors = [Bf16Pair; N];

    #[inline(always)]
    fn spread(factor: Bf16Pair) -> [Bf16Pair; N] {
        [factor; N]
    }

    #[inline(always)]
    fn load_factors(from: &[Bf16Pair]) -> [Bf16Pair; N] {
        std::array::from_fn(|i| from[..N][i])
    }

    #[inline(always)]
    fn add_product(self, a: [Bf16Pair; N], b: [Bf16Pair; N]) -> Self {
        std::array::from_fn(|i| {
            let ([a0, a1], [b0, b1]) = (a[i].numbers(), b[i].numbers());
            // The order in which the CPU's own instruction adds them.
            a0.mul_then_add(b0, a1.mul_then_add(b1, self[i]))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn bf16_is_the_nearest_of_its_numbers(low in -1e30f32..1e30, high in -1e30f32..1e30) {
            for (value, rounded) in [low, high].into_iter().zip(Bf16Pair::group([low, high]).numbers()) {
                prop_assert_eq!(rounded, half::bf16::from_f32(value).to_f32());
            }
        }
    }
}
