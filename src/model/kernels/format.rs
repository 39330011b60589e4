//! How weights are kept when they are only read, and how a register multiplies them.

#![forbid(unsafe_code)]

use std::fmt;
use std::str::FromStr;

use half::f16;

use super::isa::Isa;
use super::vector::Vector;

/// How the weights of a network that runs are kept. Reading them is most of what a step costs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// 4 bytes a weight: the checkpoint's own numbers.
    F32,
    /// 2 bytes: 11 significant bits.
    F16,
    /// 1 byte and a scale a row; what the layers hand on is rounded too.
    Int8,
}

impl Format {
    /// All there are.
    pub const ALL: [Self; 3] = [Self::F32, Self::F16, Self::Int8];

    /// The fastest on an instruction set among those that cost less than 0.002 nats a character, which
    /// is all of them. Portable code has no instruction that adds up products of small integers.
    pub fn fastest(isa: Isa) -> Self {
        if isa == Isa::portable() { Self::F32 } else { Self::Int8 }
    }

    /// How far the logits of two sound kernels may lie apart: the order of additions differs, and with
    /// integers the last digit of an output can decide to which it is rounded.
    pub fn tolerance(self) -> f32 {
        match self {
            Self::F32 | Self::F16 => 1e-3,
            Self::Int8 => 0.1,
        }
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::F32 => "f32",
            Self::F16 => "f16",
            Self::Int8 => "int8",
        })
    }
}

/// A name that is no format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("there is no weight format {0:?}: say f32, f16 or int8")]
pub struct UnknownFormat(String);

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(text: &str) -> Result<Self, UnknownFormat> {
        Self::ALL
            .into_iter()
            .find(|format| format.to_string() == text)
            .ok_or_else(|| UnknownFormat(text.to_owned()))
    }
}

/// Outputs of a layer, from −1 to 1, become integers from −LEVELS to LEVELS: on every instruction set
/// the same, so that their sums are the same.
pub(super) const LEVELS: f32 = 127.0;

/// A register of `f32` that can also be filled from weights of 2 bytes and 1 byte.
pub trait Compact: Vector<Lane = f32> {
    /// As many sums of integers as there are lanes.
    type Ints: Copy;
    /// Lanes × GROUP weights of 1 byte.
    type Bytes: Copy;

    /// Products of small integers that one instruction adds up in each lane.
    const GROUP: usize;

    /// What is added to those integers before they are multiplied, because the instruction takes them
    /// without a sign.
    const BIAS: i32;

    /// [`Vector::LANES`] numbers of 2 bytes; panics if there are fewer.
    fn load_f16(from: &[f16]) -> Self;

    /// [`Vector::LANES`] integers; panics if there are fewer.
    fn load_ints(from: &[i32]) -> Self::Ints;

    /// [`Vector::LANES`] × [`Compact::GROUP`] weights; panics if there are fewer.
    fn load_bytes(from: &[i8]) -> Self::Bytes;

    /// Adds, in each lane, the products of its weights with the integers packed into `code`.
    fn dot(sums: Self::Ints, weights: Self::Bytes, code: u32) -> Self::Ints;

    /// The sums as `f32`.
    fn from_ints(sums: Self::Ints) -> Self;

    /// Packs [`Compact::GROUP`] outputs for [`Compact::dot`].
    #[inline(always)]
    fn pack(outputs: &[f32]) -> u32 {
        let bits = 32 / Self::GROUP as u32;
        let mut packed = 0;
        for (i, &output) in outputs[..Self::GROUP].iter().enumerate() {
            // Adding 1.5 × 2²³ rounds to an integer and leaves it in the low bits.
            let rounded = output * LEVELS + (12_582_912.0 + Self::BIAS as f32);
            packed |= (rounded.to_bits() & (u32::MAX >> (32 - bits))) << (bits * i as u32);
        }
        packed
    }
}

impl<const N: usize> Compact for [f32; N] {
    type Ints = [i32; N];
    type Bytes = [[i8; 2]; N];
    const GROUP: usize = 2;
    const BIAS: i32 = 0;

    #[inline(always)]
    fn load_f16(from: &[f16]) -> Self {
        std::array::from_fn(|i| widen(from[..N][i]))
    }

    #[inline(always)]
    fn load_ints(from: &[i32]) -> [i32; N] {
        std::array::from_fn(|i| from[..N][i])
    }

    #[inline(always)]
    fn load_bytes(from: &[i8]) -> [[i8; 2]; N] {
        std::array::from_fn(|i| from[..2 * N].as_chunks().0[i])
    }

    #[inline(always)]
    fn dot(sums: [i32; N], weights: [[i8; 2]; N], code: u32) -> [i32; N] {
        let inputs = [code as i16, (code >> 16) as i16].map(i32::from);
        std::array::from_fn(|i| {
            let [a, b] = weights[i].map(i32::from);
            sums[i] + a * inputs[0] + b * inputs[1]
        })
    }

    #[inline(always)]
    fn from_ints(sums: [i32; N]) -> Self {
        std::array::from_fn(|i| sums[i] as f32)
    }
}

/// From 2 bytes to 4 without the CPU's help: the exponent's bias is put right by a multiplication, so
/// subnormal numbers need no branch. Infinities and NaN, which no checkpoint has, come out finite.
#[inline(always)]
fn widen(value: f16) -> f32 {
    let bits = u32::from(value.to_bits());
    let magnitude = f32::from_bits((bits & 0x7fff) << 13) * f32::from_bits((254 - 15) << 23);
    f32::from_bits(magnitude.to_bits() | (bits & 0x8000) << 16)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn widening_is_exact_for_every_finite_number(bits: u16) {
            let value = f16::from_bits(bits);
            prop_assume!(value.is_finite());
            prop_assert_eq!(widen(value).to_bits(), value.to_f32().to_bits());
        }

        #[test]
        fn packed_outputs_are_the_nearest_integers(a in -1.0f32..=1.0, b in -1.0f32..=1.0) {
            let packed = <[f32; 4]>::pack(&[a, b]);
            prop_assert!((f32::from(packed as i16) - LEVELS * a).abs() <= 0.5001);
            prop_assert!((f32::from((packed >> 16) as i16) - LEVELS * b).abs() <= 0.5001);
        }
    }

    #[test]
    fn names_survive_being_written() {
        for format in Format::ALL {
            assert_eq!(format.to_string().parse(), Ok(format));
        }
        assert!("int4".parse::<Format>().is_err());
    }
}
