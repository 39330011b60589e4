//! The CPU kernels: matrix products, gates and softmax for whole batches.
//!
//! In: checked slices. Out: numbers. Every kernel is written once over a vector of lanes and
//! compiled for each instruction set; which copy runs is chosen at run time by an [`Isa`], and an
//! `Isa` exists only where the CPU was found to have its features.
//!
//! This is the one room where `unsafe` is allowed: to call the copies compiled for a CPU feature
//! (here) and for the CPU's own registers (`x86.rs`).

#![allow(unsafe_code, reason = "this room alone; every block gives its reason")]

mod gemm;
mod isa;
mod pointwise;
mod real;
mod vector;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use gemm::{PackedMatrix, PackedRows, multiply_add};
pub use isa::Isa;
pub use pointwise::{LstmStep, LstmStepBack, add_rows, cross_entropy, lstm_backward, lstm_forward};
pub use real::Real;
use registers::Registers;

mod registers {
    //! Which registers hold which numbers.

    /// A kind of number, and the register for it on each instruction set. Sealed: the kernels know
    /// `f32` and `f64`.
    pub trait Registers {
        /// On AVX-512.
        type Avx512: super::vector::Vector<Lane = Self>;
        /// On AVX2 with FMA.
        type Avx2: super::vector::Vector<Lane = Self>;
        /// Everywhere.
        type Portable: super::vector::Vector<Lane = Self>;
    }

    impl Registers for f32 {
        #[cfg(target_arch = "x86_64")]
        type Avx512 = super::x86::F32x16;
        #[cfg(target_arch = "x86_64")]
        type Avx2 = super::x86::F32x8;
        #[cfg(not(target_arch = "x86_64"))]
        type Avx512 = [f32; 4];
        #[cfg(not(target_arch = "x86_64"))]
        type Avx2 = [f32; 4];
        type Portable = [f32; 4];
    }

    /// `f64` serves tests only: the compiler's own vectors will do.
    impl Registers for f64 {
        type Avx512 = [f64; 4];
        type Avx2 = [f64; 4];
        type Portable = [f64; 2];
    }
}

/// Calls a kernel `$name::<V>` with V the register for the lanes on the instruction set `$isa`,
/// from a function compiled for that instruction set.
macro_rules! dispatch {
    ($isa:expr, $name:ident :: <$r:ident> ( $($arg:ident : $type:ty),* ) $(-> $out:ty)?) => {{
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx512f,avx2,fma")]
        fn avx512<$r: Real>($($arg: $type),*) $(-> $out)? {
            $name::<<$r as $crate::model::kernels::Registers>::Avx512>($($arg),*)
        }
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma")]
        fn avx2<$r: Real>($($arg: $type),*) $(-> $out)? {
            $name::<<$r as $crate::model::kernels::Registers>::Avx2>($($arg),*)
        }
        match $isa.0 {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: an `Isa` of this kind exists only where the CPU has these features.
            Kind::Avx512 => unsafe { avx512::<$r>($($arg),*) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            Kind::Avx2 => unsafe { avx2::<$r>($($arg),*) },
            Kind::Portable => $name::<<$r as $crate::model::kernels::Registers>::Portable>($($arg),*),
        }
    }};
}
use dispatch;
