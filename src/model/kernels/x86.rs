//! [`Vector`] in the registers of x86-64.
//!
//! The methods are always inlined into functions compiled for the CPU feature they use; nothing
//! outside this room can reach them, and those functions are entered only through an [`Isa`](super::Isa)
//! of that feature. That is the reason for every `unsafe` block here; loads and stores besides
//! check the length of their slice first.

use std::arch::x86_64::*;

use half::f16;

use super::factor::{Bf16Pair, Multiply};
use super::format::Compact;
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
            fn fetch<T>(from: &[T]) {
                // SAFETY: see the head of the file; whatever the address, this only fills a cache.
                unsafe { _mm_prefetch::<_MM_HINT_T0>(from.as_ptr().cast()) }
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

impl Compact for F32x8 {
    type Ints = __m256i;
    type Bytes = __m256i;
    const GROUP: usize = 4;
    const BIAS: i32 = 0;

    #[inline(always)]
    fn load_f16(from: &[f16]) -> Self {
        let from = &from[..8];
        // SAFETY: see the head of the file; the slice holds all lanes.
        Self(unsafe { _mm256_cvtph_ps(_mm_loadu_si128(from.as_ptr().cast())) })
    }

    #[inline(always)]
    fn load_ints(from: &[i32]) -> __m256i {
        let from = &from[..8];
        // SAFETY: see the head of the file; the slice holds all lanes.
        unsafe { _mm256_loadu_si256(from.as_ptr().cast()) }
    }

    #[inline(always)]
    fn load_bytes(from: &[i8]) -> __m256i {
        let from = &from[..32];
        // SAFETY: see the head of the file; the slice holds four weights a lane.
        unsafe { _mm256_loadu_si256(from.as_ptr().cast()) }
    }

    /// The one product of bytes there is takes one side without a sign: the inputs hand theirs on to the
    /// weights. Its sums of two are at most 2 × 127 × 127, which 16 bits hold.
    #[inline(always)]
    fn dot(sums: __m256i, weights: __m256i, code: u32) -> __m256i {
        // SAFETY: see the head of the file.
        unsafe {
            let inputs = _mm256_set1_epi32(code as i32);
            let pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(inputs), _mm256_sign_epi8(weights, inputs));
            _mm256_add_epi32(sums, _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)))
        }
    }

    #[inline(always)]
    fn from_ints(sums: __m256i) -> Self {
        // SAFETY: see the head of the file.
        Self(unsafe { _mm256_cvtepi32_ps(sums) })
    }
}

impl Compact for F32x16 {
    type Ints = __m512i;
    type Bytes = __m512i;
    const GROUP: usize = 4;
    const BIAS: i32 = 128;

    #[inline(always)]
    fn load_f16(from: &[f16]) -> Self {
        let from = &from[..16];
        // SAFETY: see the head of the file; the slice holds all lanes.
        Self(unsafe { _mm512_cvtph_ps(_mm256_loadu_si256(from.as_ptr().cast())) })
    }

    #[inline(always)]
    fn load_ints(from: &[i32]) -> __m512i {
        let from = &from[..16];
        // SAFETY: see the head of the file; the slice holds all lanes.
        unsafe { _mm512_loadu_si512(from.as_ptr().cast()) }
    }

    #[inline(always)]
    fn load_bytes(from: &[i8]) -> __m512i {
        let from = &from[..64];
        // SAFETY: see the head of the file; the slice holds four weights a lane.
        unsafe { _mm512_loadu_si512(from.as_ptr().cast()) }
    }

    #[inline(always)]
    fn dot(sums: __m512i, weights: __m512i, code: u32) -> __m512i {
        // SAFETY: see the head of the file.
        unsafe { _mm512_dpbusd_epi32(sums, _mm512_set1_epi32(code as i32), weights) }
    }

    #[inline(always)]
    fn from_ints(sums: __m512i) -> Self {
        // SAFETY: see the head of the file.
        Self(unsafe { _mm512_cvtepi32_ps(sums) })
    }
}

/// Only functions compiled for AVX-512 with bf16 come here.
impl Multiply<Bf16Pair> for F32x16 {
    type Factors = __m512i;

    #[inline(always)]
    fn spread(factor: Bf16Pair) -> __m512i {
        // SAFETY: see the head of the file.
        unsafe { _mm512_set1_epi32(factor.0 as i32) }
    }

    #[inline(always)]
    fn load_factors(from: &[Bf16Pair]) -> __m512i {
        let from = &from[..16];
        // SAFETY: see the head of the file; the slice holds all lanes.
        unsafe { _mm512_loadu_si512(from.as_ptr().cast()) }
    }

    #[inline(always)]
    fn add_product(self, a: __m512i, b: __m512i) -> Self {
        // SAFETY: see the head of the file; 512 bits are 512 bits.
        unsafe {
            Self(_mm512_dpbf16_ps(
                self.0,
                std::mem::transmute::<__m512i, __m512bh>(a),
                std::mem::transmute::<__m512i, __m512bh>(b),
            ))
        }
    }
}
