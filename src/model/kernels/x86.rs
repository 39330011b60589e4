//! [`Vector`] in the registers of x86-64.
//!
//! The methods are always inlined into functions compiled for the CPU feature they use; nothing
//! outside this room can reach them, and those functions are entered only through an [`Isa`](super::Isa)
//! of that feature. That is the reason for every `unsafe` block here; loads and stores besides
//! check the length of their slice first.

use std::arch::x86_64::*;

use super::vector::{Vector, exp};

macro_rules! register {
    (
        $(#[$doc:meta])* $name:ident($raw:ty), $lanes:literal, $set1:ident, $load:ident, $store:ident,
        $add:ident, $sub:ident, $mul:ident, $div:ident, $fma:ident, $min:ident, $max:ident,
        $bits:ident, $shift:ident, $add_int:ident, $set1_int:ident, $float:ident
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug)]
        pub struct $name($raw);

        impl Vector for $name {
            type Lane = f32;
            const LANES: usize = $lanes;

            #[inline(always)]
            fn splat(value: f32) -> Self {
                // SAFETY: see the head of the file.
                Self(unsafe { $set1(value) })
            }

            #[inline(always)]
            fn load(from: &[f32]) -> Self {
                let from = &from[..$lanes];
                // SAFETY: see the head of the file; the slice holds all lanes.
                Self(unsafe { $load(from.as_ptr()) })
            }

            #[inline(always)]
            fn store(self, to: &mut [f32]) {
                let to = &mut to[..$lanes];
                // SAFETY: see the head of the file; the slice has room for all lanes.
                unsafe { $store(to.as_mut_ptr(), self.0) }
            }

            #[inline(always)]
            fn add(self, b: Self) -> Self {
                // SAFETY: see the head of the file.
                Self(unsafe { $add(self.0, b.0) })
            }

            #[inline(always)]
            fn sub(self, b: Self) -> Self {
                // SAFETY: see the head of the file.
                Self(unsafe { $sub(self.0, b.0) })
            }

            #[inline(always)]
            fn mul(self, b: Self) -> Self {
                // SAFETY: see the head of the file.
                Self(unsafe { $mul(self.0, b.0) })
            }

            #[inline(always)]
            fn div(self, b: Self) -> Self {
                // SAFETY: see the head of the file.
                Self(unsafe { $div(self.0, b.0) })
            }

            #[inline(always)]
            fn fma(self, b: Self, c: Self) -> Self {
                // SAFETY: see the head of the file.
                Self(unsafe { $fma(self.0, b.0, c.0) })
            }

            #[inline(always)]
            fn exp(self) -> Self {
                // The bound is the first operand: these instructions give the second if one is NaN.
                // SAFETY: see the head of the file.
                let x = Self(unsafe { $min($set1(exp::MOST), $max($set1(-exp::MOST), self.0)) });
                let round = Self::splat(exp::ROUND);
                let shifted = x.fma(Self::splat(std::f32::consts::LOG2_E), round);
                let n = shifted.sub(round);
                let r = n.fma(Self::splat(-exp::LN2_HIGH), x);
                let r = n.fma(Self::splat(-exp::LN2_LOW), r);
                let mut p = Self::splat(exp::TAYLOR[0]);
                for coefficient in &exp::TAYLOR[1..] {
                    p = r.fma(p, Self::splat(*coefficient));
                }
                // SAFETY: see the head of the file.
                let power = Self(unsafe {
                    let exponent = $shift::<{ exp::SHIFT as _ }>($bits(shifted.0));
                    $float($add_int(exponent, $set1_int(exp::ONE_BITS as i32)))
                });
                p.mul(power)
            }
        }
    };
}

register!(
    /// Eight lanes; needs AVX2 and FMA.
    F32x8(__m256), 8, _mm256_set1_ps, _mm256_loadu_ps, _mm256_storeu_ps,
    _mm256_add_ps, _mm256_sub_ps, _mm256_mul_ps, _mm256_div_ps, _mm256_fmadd_ps, _mm256_min_ps, _mm256_max_ps,
    _mm256_castps_si256, _mm256_slli_epi32, _mm256_add_epi32, _mm256_set1_epi32, _mm256_castsi256_ps
);

register!(
    /// Sixteen lanes; needs AVX-512F.
    F32x16(__m512), 16, _mm512_set1_ps, _mm512_loadu_ps, _mm512_storeu_ps,
    _mm512_add_ps, _mm512_sub_ps, _mm512_mul_ps, _mm512_div_ps, _mm512_fmadd_ps, _mm512_min_ps, _mm512_max_ps,
    _mm512_castps_si512, _mm512_slli_epi32, _mm512_add_epi32, _mm512_set1_epi32, _mm512_castsi512_ps
);
