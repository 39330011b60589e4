//! A matrix of weights × a vector of inputs, a block of rows at a time.
//!
//! A block is four registers of rows: the four gates of as many hidden units as a register has lanes,
//! so that what follows the sums never leaves the registers; or four registers of logits. Blocks lie
//! one after the other in memory and each is read once, in order, which is all a step costs.

#![forbid(unsafe_code)]
#![allow(
    clippy::needless_range_loop,
    reason = "loops over lanes and tunes are by number, as the registers are"
)]

use half::f16;

use super::aligned::{AHEAD, Aligned, LINE};
use super::format::{Compact, Format, LEVELS};

/// Registers of a block.
pub(super) const QUARTERS: usize = 4;

/// The weights of some rows in one of the formats.
#[derive(Debug, Clone)]
pub(super) enum Rows {
    /// 4 bytes a weight.
    F32(Plain<f32>),
    /// 2 bytes a weight.
    F16(Plain<f16>),
    /// 1 byte a weight.
    Int8(Scaled),
}

/// Weights as they are.
#[derive(Debug, Clone)]
pub(super) struct Plain<S: Float>(Aligned<S>);

/// Integers with a scale a row.
#[derive(Debug, Clone)]
pub(super) struct Scaled {
    weights: Aligned<i8>,
    /// What takes the bias of the inputs (see [`Compact::BIAS`]) out of a row's sum.
    corrections: Aligned<i32>,
    scales: Aligned<f32>,
}

/// Where rows lie: `row(block, quarter, lane)` is the row there, if there is one, and `weights(row)`
/// its weights, `inputs` of them.
pub(super) struct Source<'a> {
    /// How many blocks there are.
    pub blocks: usize,
    /// Weights a row.
    pub inputs: usize,
    /// Which row is where.
    pub row: &'a dyn Fn(usize, usize, usize) -> Option<usize>,
    /// A weight by row and input.
    pub weight: &'a dyn Fn(usize, usize) -> f32,
}

impl Rows {
    /// Packs rows for registers of kind V.
    pub fn pack<V: Compact>(format: Format, source: &Source<'_>) -> Self {
        match format {
            Format::F32 => Self::F32(Plain(spread::<V, f32>(source, 1, |_, w| w))),
            Format::F16 => Self::F16(Plain(spread::<V, f16>(source, 1, |_, w| f16::from_f32(w)))),
            Format::Int8 => {
                let places = source.blocks * QUARTERS * V::LANES;
                let (mut scales, mut corrections) = (Aligned::zeros(places), Aligned::zeros(places));
                for place in 0..places {
                    let Some(row) = source.row_at::<V>(place) else { continue };
                    let weights = || (0..source.inputs).map(|i| (source.weight)(row, i));
                    let scale = weights().fold(0.0, |most: f32, w| most.max(w.abs())) / 127.0;
                    scales.as_mut_slice()[place] = scale / LEVELS;
                    let sum: i32 = weights().map(|w| i32::from(quantise(w, scale))).sum();
                    corrections.as_mut_slice()[place] = -sum * V::BIAS;
                }
                let weights = spread::<V, i8>(source, V::GROUP, |place, w| {
                    quantise(w, scales.as_slice()[place] * LEVELS)
                });
                Self::Int8(Scaled { weights, corrections, scales })
            }
        }
    }

    /// Bytes of weights.
    pub fn bytes(&self) -> usize {
        match self {
            Self::F32(rows) => size_of_val(rows.0.as_slice()),
            Self::F16(rows) => size_of_val(rows.0.as_slice()),
            Self::Int8(rows) => size_of_val(rows.weights.as_slice()),
        }
    }
}

/// The nearest of 255 integers.
fn quantise(weight: f32, scale: f32) -> i8 {
    if scale == 0.0 { 0 } else { (weight / scale).round() as i8 }
}

impl Source<'_> {
    /// The row at a place counted over blocks, quarters and lanes.
    fn row_at<V: Compact>(&self, place: usize) -> Option<usize> {
        let (register, lane) = (place / V::LANES, place % V::LANES);
        (self.row)(register / QUARTERS, register % QUARTERS, lane)
    }
}

/// Weights in the order in which a step reads them: block, group of inputs, quarter, lane, input.
fn spread<V: Compact, S: Copy + Default>(
    source: &Source<'_>,
    group: usize,
    convert: impl Fn(usize, f32) -> S,
) -> Aligned<S> {
    let groups = source.inputs.div_ceil(group);
    let places = QUARTERS * V::LANES;
    let mut packed = Aligned::zeros(source.blocks * groups * places * group);
    for (number, weights) in packed.as_mut_slice().chunks_exact_mut(places * group).enumerate() {
        let (block, first) = (number / groups, number % groups * group);
        for (i, weight) in weights.iter_mut().enumerate() {
            let (place, input) = (block * places + i / group, first + i % group);
            if let Some(row) = source.row_at::<V>(place)
                && input < source.inputs
            {
                *weight = convert(place, (source.weight)(row, input));
            }
        }
    }
    packed
}

/// Rows in one format, as the inner loop sees them.
pub(super) trait Product<V: Compact> {
    /// Inputs of a code.
    const GROUP: usize;

    /// GROUP inputs in one code.
    fn encode(inputs: &[f32]) -> u32;

    /// The four sums of a block: rows × inputs + `start`.
    fn block(&self, block: usize, codes: &[u32], start: &[f32]) -> [V; QUARTERS];

    /// The same for several inputs at once, to the last bit what [`Product::block`] gives for each.
    #[inline(always)]
    fn blocks<const B: usize>(
        &self,
        block: usize,
        codes: [&[u32]; B],
        starts: [&[f32]; B],
    ) -> [[V; QUARTERS]; B] {
        let mut results = [[V::splat(0.0); QUARTERS]; B];
        for b in 0..B {
            results[b] = self.block(block, codes[b], starts[b]);
        }
        results
    }
}

impl<V: Compact, S: Float> Product<V> for Plain<S> {
    const GROUP: usize = 1;

    #[inline(always)]
    fn encode(inputs: &[f32]) -> u32 {
        inputs[0].to_bits()
    }

    #[inline(always)]
    fn block(&self, block: usize, codes: &[u32], start: &[f32]) -> [V; QUARTERS] {
        let width = QUARTERS * V::LANES;
        let weights = &self.0.as_slice()[block * codes.len() * width..];
        let mut ahead = weights.get(AHEAD / size_of::<S>()..).unwrap_or(&[]).chunks_exact(2 * width);
        let weights = &weights[..codes.len() * width];
        // Loops and no closures: a closure is a function of its own, compiled for no instruction set.
        let mut sums = [V::splat(0.0); QUARTERS];
        for q in 0..QUARTERS {
            sums[q] = V::load(&start[q * V::LANES..]);
        }
        // Two chains, so that an addition need not wait for the one before.
        let mut others = [V::splat(0.0); QUARTERS];
        let (pairs, rest) = codes.as_chunks::<2>();
        let mut two = weights.chunks_exact(2 * width);
        for (codes, weights) in pairs.iter().zip(&mut two) {
            for line in ahead.next().unwrap_or(&[]).chunks_exact(LINE / size_of::<S>()) {
                V::fetch(line);
            }
            let inputs = [V::splat(f32::from_bits(codes[0])), V::splat(f32::from_bits(codes[1]))];
            for q in 0..QUARTERS {
                sums[q] = inputs[0].fma(S::load::<V>(&weights[q * V::LANES..]), sums[q]);
                others[q] = inputs[1].fma(S::load::<V>(&weights[width + q * V::LANES..]), others[q]);
            }
        }
        for (code, weights) in rest.iter().zip(two.remainder().chunks_exact(width)) {
            let input = V::splat(f32::from_bits(*code));
            for q in 0..QUARTERS {
                sums[q] = input.fma(S::load::<V>(&weights[q * V::LANES..]), sums[q]);
            }
        }
        for q in 0..QUARTERS {
            sums[q] = sums[q].add(others[q]);
        }
        sums
    }
}

/// A weight that a register can be filled with.
pub(super) trait Float: Copy + Default {
    /// As many as V has lanes.
    fn load<V: Compact>(from: &[Self]) -> V;
}

impl Float for f32 {
    #[inline(always)]
    fn load<V: Compact>(from: &[f32]) -> V {
        V::load(from)
    }
}

impl Float for f16 {
    #[inline(always)]
    fn load<V: Compact>(from: &[f16]) -> V {
        V::load_f16(from)
    }
}

impl<V: Compact> Product<V> for Scaled {
    const GROUP: usize = V::GROUP;

    #[inline(always)]
    fn encode(inputs: &[f32]) -> u32 {
        V::pack(inputs)
    }

    #[inline(always)]
    fn block(&self, block: usize, codes: &[u32], start: &[f32]) -> [V; QUARTERS] {
        let [sums] = self.blocks::<1>(block, [codes], [start]);
        sums
    }

    /// Sums of integers are exact, whatever their order: here a weight is read once for all inputs.
    #[inline(always)]
    fn blocks<const B: usize>(
        &self,
        block: usize,
        codes: [&[u32]; B],
        starts: [&[f32]; B],
    ) -> [[V; QUARTERS]; B] {
        let (width, places) = (QUARTERS * V::LANES * V::GROUP, QUARTERS * V::LANES);
        let groups = codes[0].len();
        let weights = &self.weights.as_slice()[block * groups * width..][..groups * width];
        let corrections = &self.corrections.as_slice()[block * places..][..places];
        let scales = &self.scales.as_slice()[block * places..][..places];
        let mut sums = [[V::load_ints(corrections); QUARTERS]; B];
        for b in 0..B {
            for q in 1..QUARTERS {
                sums[b][q] = V::load_ints(&corrections[q * V::LANES..]);
            }
        }
        for (group, weights) in weights.chunks_exact(width).enumerate() {
            for q in 0..QUARTERS {
                let weights = V::load_bytes(&weights[q * V::LANES * V::GROUP..]);
                for b in 0..B {
                    sums[b][q] = V::dot(sums[b][q], weights, codes[b][group]);
                }
            }
        }
        let mut results = [[V::splat(0.0); QUARTERS]; B];
        for b in 0..B {
            for q in 0..QUARTERS {
                let at = q * V::LANES;
                let scale = V::load(&scales[at..]);
                results[b][q] = V::from_ints(sums[b][q]).fma(scale, V::load(&starts[b][at..]));
            }
        }
        results
    }
}
