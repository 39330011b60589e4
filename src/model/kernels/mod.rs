//! The CPU kernels: matrix products, gates and softmax for whole batches in training, and the fused
//! step that writes a tune ([`Stepper`]).
//!
//! In: checked slices. Out: numbers. Every kernel is written once over a vector of lanes and
//! compiled for each instruction set; which copy runs is chosen at run time by an [`Isa`], and an
//! `Isa` exists only where the CPU was found to have its features.
//!
//! This is the one room where `unsafe` is allowed, and only on x86-64: to call the copies compiled for a
//! CPU feature (here and in `gemm.rs`) and for the CPU's own registers (`x86.rs`). The portable copies
//! have none: what they are made of forbids it, and on other processors so does the whole room. Kernels
//! use loops and no closures over registers: a closure is a function of its own, compiled for no CPU
//! feature.

#![cfg_attr(
    target_arch = "x86_64",
    allow(unsafe_code, reason = "this room alone; every block gives its reason")
)]
#![cfg_attr(not(target_arch = "x86_64"), forbid(unsafe_code))]

mod aligned;
mod bandwidth;
mod factor;
mod format;
mod gemm;
mod isa;
mod pointwise;
mod real;
mod rows;
mod step;
mod vector;
#[cfg(target_arch = "x86_64")]
mod x86;

pub use bandwidth::read_all;
pub use factor::{Bf16Pair, Factor};
pub use format::{Format, UnknownFormat};
pub use gemm::{PackedMatrix, PackedRows, multiply_add};
pub use isa::Isa;
pub use pointwise::{LstmStep, LstmStepBack, add_rows, cross_entropy, lstm_backward, lstm_forward};
pub use real::Real;
pub use step::{StepState, Stepper, TOGETHER};
/// Calls a kernel `$name::<V>` with V the register for the lanes on the instruction set `$isa`,
/// from a function compiled for that instruction set.
macro_rules! dispatch {
    ($isa:expr, $name:ident :: <$r:ident> ( $($arg:ident : $type:ty),* ) $(-> $out:ty)?) => {
        dispatch!(@ $isa, $name, [$r: Real], [$r], $r, ( $($arg: $type),* ) $(-> $out)?)
    };
    ($isa:expr, $name:ident ( $($arg:ident : $type:ty),* ) $(-> $out:ty)?) => {
        dispatch!(@ $isa, $name, [], [], f32, ( $($arg: $type),* ) $(-> $out)?)
    };
    (@ $isa:expr, $name:ident, [$($generic:tt)*], [$($given:tt)*], $r:ty, ( $($arg:ident : $type:ty),* ) $(-> $out:ty)?) => {{
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni,avx2,fma,f16c")]
        fn avx512<$($generic)*>($($arg: $type),*) $(-> $out)? {
            $name::<<$r as $crate::model::kernels::Factor>::Avx512>($($arg),*)
        }
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma,f16c")]
        fn avx2<$($generic)*>($($arg: $type),*) $(-> $out)? {
            $name::<<$r as $crate::model::kernels::Factor>::Avx2>($($arg),*)
        }
        match $isa.0 {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: an `Isa` of this kind exists only where the CPU has these features.
            Kind::Avx512Bf16 | Kind::Avx512 => unsafe { avx512::<$($given)*>($($arg),*) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            Kind::Avx2 => unsafe { avx2::<$($given)*>($($arg),*) },
            Kind::Portable => $name::<<$r as $crate::model::kernels::Factor>::Portable>($($arg),*),
        }
    }};
}
use dispatch;
