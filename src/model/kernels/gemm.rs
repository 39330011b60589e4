//! C += A × B, both sides packed beforehand.
//!
//! B (weights, as a rule) is cut into panels of as many columns as two vector registers hold, A into
//! strips of as many rows as there are registers left to hold sums. A tile of strip × panel then
//! keeps all its sums in registers while it runs down the common dimension, reading both sides in
//! order. (The scheme is Goto and van de Geijn, "Anatomy of high-performance matrix
//! multiplication", ACM TOMS 34, 2008.)

#![allow(clippy::needless_range_loop, reason = "loops over rows are by number, as the registers are")]

use super::factor::{Factor, Multiply};
use super::isa::{Isa, Kind};
use super::real::Real;
use super::vector::Vector;

/// Calls `$name::<F, V>`, V being the register for factors F on an instruction set, from a function
/// compiled for that instruction set.
macro_rules! compiled {
    ($isa:expr, $name:ident :: <$f:ident> ( $($arg:ident : $type:ty),* )) => {{
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni,avx512bf16,avx2,fma,f16c")]
        fn bf16<$f: Factor>($($arg: $type),*) {
            $name::<$f, <$f as Factor>::Bf16>($($arg),*)
        }
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni,avx2,fma,f16c")]
        fn avx512<$f: Factor>($($arg: $type),*) {
            $name::<$f, <$f as Factor>::Avx512>($($arg),*)
        }
        #[cfg(target_arch = "x86_64")]
        #[target_feature(enable = "avx2,fma,f16c")]
        fn avx2<$f: Factor>($($arg: $type),*) {
            $name::<$f, <$f as Factor>::Avx2>($($arg),*)
        }
        match $isa.0 {
            #[cfg(target_arch = "x86_64")]
            // SAFETY: an `Isa` of this kind exists only where the CPU has these features.
            Kind::Avx512Bf16 => unsafe { bf16::<$f>($($arg),*) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            Kind::Avx512 => unsafe { avx512::<$f>($($arg),*) },
            #[cfg(target_arch = "x86_64")]
            // SAFETY: as above.
            Kind::Avx2 => unsafe { avx2::<$f>($($arg),*) },
            Kind::Portable => $name::<$f, <$f as Factor>::Portable>($($arg),*),
        }
    }};
}

/// Calls `$name::<F, V, H>`, H being the height of a strip.
macro_rules! by_height {
    ($height:expr, $name:ident :: <$f:ty, $v:ty> ( $($arg:expr),* )) => {
        match $height {
            1 => $name::<$f, $v, 1>($($arg),*),
            2 => $name::<$f, $v, 2>($($arg),*),
            3 => $name::<$f, $v, 3>($($arg),*),
            4 => $name::<$f, $v, 4>($($arg),*),
            5 => $name::<$f, $v, 5>($($arg),*),
            6 => $name::<$f, $v, 6>($($arg),*),
            7 => $name::<$f, $v, 7>($($arg),*),
            8 => $name::<$f, $v, 8>($($arg),*),
            9 => $name::<$f, $v, 9>($($arg),*),
            10 => $name::<$f, $v, 10>($($arg),*),
            11 => $name::<$f, $v, 11>($($arg),*),
            12 => $name::<$f, $v, 12>($($arg),*),
            _ => unreachable!("strips are no higher than twelve rows"),
        }
    };
}

/// Rows of a strip for vectors of an instruction set: two sums a row fill the registers, with room
/// for a row of the panel and a number of the strip.
fn strip_height(isa: Isa) -> usize {
    match isa.0 {
        #[cfg(target_arch = "x86_64")]
        Kind::Avx512Bf16 | Kind::Avx512 => 12,
        #[cfg(target_arch = "x86_64")]
        Kind::Avx2 => 6,
        Kind::Portable => 4,
    }
}

/// Columns of a panel: two vectors.
fn panel_width<F: Factor>(isa: Isa) -> usize {
    match isa.0 {
        #[cfg(target_arch = "x86_64")]
        Kind::Avx512Bf16 => 2 * F::Bf16::LANES,
        #[cfg(target_arch = "x86_64")]
        Kind::Avx512 => 2 * F::Avx512::LANES,
        #[cfg(target_arch = "x86_64")]
        Kind::Avx2 => 2 * F::Avx2::LANES,
        Kind::Portable => 2 * F::Portable::LANES,
    }
}

/// A row of the right side, if it is there; one that is not is zero.
pub type Row<'a, R> = &'a dyn Fn(usize) -> Option<&'a [R]>;

/// The right side of a product, K × N, in panels; columns beyond N are zero.
#[derive(Debug, Clone)]
pub struct PackedMatrix<F> {
    isa: Isa,
    k: usize,
    n: usize,
    panels: Vec<F>,
}

impl<F: Factor> PackedMatrix<F> {
    /// An empty matrix to be filled by the `pack_` methods, which reuse its memory.
    pub fn new(isa: Isa) -> Self {
        Self { isa, k: 0, n: 0, panels: Vec::new() }
    }

    fn reset(&mut self, k: usize, n: usize) {
        let width = panel_width::<F>(self.isa);
        (self.k, self.n) = (k, n);
        self.panels.clear();
        self.panels.resize(n.div_ceil(width) * width * k.div_ceil(F::GROUP), F::default());
    }

    /// Packs a matrix given row by row: `rows(i)` is row i of K, N long or longer.
    pub fn pack_rows<'a>(&mut self, k: usize, n: usize, rows: Row<'a, F::Real>) {
        self.reset(k, n);
        let panels = self.panels.as_mut_slice();
        compiled!(self.isa, fill_panels::<F>(panels: &mut [F], k: usize, n: usize, rows: Row<'_, F::Real>));
    }

    /// Packs the transpose of a matrix stored row by row, N × K.
    pub fn pack_transposed(&mut self, k: usize, n: usize, values: &[F::Real]) {
        assert_eq!(values.len(), n * k);
        self.reset(k, n);
        let (width, depth) = (panel_width::<F>(self.isa), k.div_ceil(F::GROUP));
        for (column, values) in values.chunks_exact(k).enumerate() {
            let start = (column / width) * depth * width + column % width;
            for (target, group) in self.panels[start..].iter_mut().step_by(width).zip(values.chunks(F::GROUP))
            {
                *target = factor(group);
            }
        }
    }
}

/// A factor of the numbers that are left.
#[inline(always)]
fn factor<F: Factor>(group: &[F::Real]) -> F {
    F::group([group[0], if group.len() > 1 { group[1] } else { F::Real::from_f32(0.0) }])
}

#[inline(always)]
fn fill_panels<F: Factor, V: Multiply<F>>(panels: &mut [F], k: usize, n: usize, rows: Row<'_, F::Real>) {
    let (width, depth) = (2 * V::LANES, k.div_ceil(F::GROUP));
    for group in 0..depth {
        let row = |i: usize| if i < k { rows(i) } else { None };
        let (first, second) = (row(group * F::GROUP), if F::GROUP == 2 { row(group * 2 + 1) } else { None });
        for panel in 0..n.div_ceil(width) {
            let (from, to) = (panel * width, ((panel + 1) * width).min(n));
            let target = &mut panels[(panel * depth + group) * width..][..to - from];
            let zero = F::Real::from_f32(0.0);
            match (first, second) {
                (Some(a), Some(b)) => {
                    for ((target, &a), &b) in target.iter_mut().zip(&a[from..to]).zip(&b[from..to]) {
                        *target = F::group([a, b]);
                    }
                }
                (Some(a), None) => {
                    for (target, &a) in target.iter_mut().zip(&a[from..to]) {
                        *target = F::group([a, zero]);
                    }
                }
                (None, Some(b)) => {
                    for (target, &b) in target.iter_mut().zip(&b[from..to]) {
                        *target = F::group([zero, b]);
                    }
                }
                (None, None) => {}
            }
        }
    }
}

/// The left side of a product, M × K, in strips of nearly equal height.
#[derive(Debug, Clone)]
pub struct PackedRows<F> {
    isa: Isa,
    k: usize,
    heights: Vec<usize>,
    strips: Vec<F>,
}

impl<F: Factor> PackedRows<F> {
    /// Empty, to be filled by the `pack_` methods, which reuse its memory.
    pub fn new(isa: Isa) -> Self {
        Self { isa, k: 0, heights: Vec::new(), strips: Vec::new() }
    }

    fn reset(&mut self, m: usize, k: usize) {
        let most = strip_height(self.isa);
        let count = m.div_ceil(most);
        self.k = k;
        self.heights.clear();
        // Equal heights keep every tile busy: 16 rows are 6, 5, 5 and not 6, 6, 4.
        self.heights.extend((0..count).map(|i| m / count + usize::from(i < m % count)));
        self.strips.resize(m * k.div_ceil(F::GROUP), F::default());
    }

    /// Packs `values`, M × K, stored row by row.
    pub fn pack(&mut self, m: usize, k: usize, values: &[F::Real]) {
        assert_eq!(values.len(), m * k);
        self.reset(m, k);
        let (heights, strips) = (self.heights.as_slice(), self.strips.as_mut_slice());
        compiled!(self.isa, fill_strips::<F>(strips: &mut [F], heights: &[usize], k: usize, values: &[F::Real]));
    }

    /// Packs the transpose of `values`, K × M, stored row by row.
    pub fn pack_transposed(&mut self, m: usize, k: usize, values: &[F::Real]) {
        assert_eq!(values.len(), m * k);
        self.reset(m, k);
        let (heights, strips) = (self.heights.as_slice(), self.strips.as_mut_slice());
        compiled!(self.isa, fill_strips_transposed::<F>(strips: &mut [F], heights: &[usize], m: usize, values: &[F::Real]));
    }

    fn rows(&self) -> usize {
        self.heights.iter().sum()
    }
}

// V is not needed in these, but they are compiled for it.
#[inline(always)]
fn fill_strips<F: Factor, V: Multiply<F>>(strips: &mut [F], heights: &[usize], k: usize, values: &[F::Real]) {
    let depth = k.div_ceil(F::GROUP);
    let (mut from, mut to) = (values, strips);
    for &height in heights {
        let (rows, rest) = from.split_at(height * k);
        let (strip, others) = to.split_at_mut(height * depth);
        by_height!(height, fill_strip::<F, V>(strip, k, rows));
        (from, to) = (rest, others);
    }
}

/// One strip from `H` rows of k numbers.
#[inline(always)]
fn fill_strip<F: Factor, V: Multiply<F>, const H: usize>(strip: &mut [F], k: usize, values: &[F::Real]) {
    let mut rows = [values; H];
    for i in 0..H {
        rows[i] = &values[i * k..][..k];
    }
    for (group, target) in strip.as_chunks_mut::<H>().0.iter_mut().enumerate() {
        let first = group * F::GROUP;
        for i in 0..H {
            let second = if first + 1 < k { rows[i][first + 1] } else { F::Real::from_f32(0.0) };
            target[i] = F::group([rows[i][first], second]);
        }
    }
}

/// Rows of the source that are spread over all strips before the next ones are looked at: as many as
/// the first-level cache can hold a line of each, whatever lies between them.
const SPREAD: usize = 4;

#[inline(always)]
fn fill_strips_transposed<F: Factor, V: Multiply<F>>(
    strips: &mut [F],
    heights: &[usize],
    m: usize,
    values: &[F::Real],
) {
    let m = m.max(1);
    let depth = (values.len() / m).div_ceil(F::GROUP);
    for (part, rows) in values.chunks(SPREAD * F::GROUP * m).enumerate() {
        let (mut column, mut to) = (0, &mut *strips);
        for &height in heights {
            let (strip, others) = to.split_at_mut(height * depth);
            let target = &mut strip[part * SPREAD * height..];
            by_height!(height, spread_rows::<F, V>(target, m, column, rows));
            column += height;
            to = others;
        }
    }
}

/// `H` columns of some rows of m numbers, into the beginning of a strip.
#[inline(always)]
fn spread_rows<F: Factor, V: Multiply<F>, const H: usize>(
    strip: &mut [F],
    m: usize,
    column: usize,
    rows: &[F::Real],
) {
    for (target, rows) in strip.as_chunks_mut::<H>().0.iter_mut().zip(rows.chunks(F::GROUP * m)) {
        let mut second = [F::Real::from_f32(0.0); H];
        if rows.len() > m {
            second.copy_from_slice(&rows[m + column..][..H]);
        }
        let first = &rows[column..][..H];
        for i in 0..H {
            target[i] = F::group([first[i], second[i]]);
        }
    }
}

/// C += A × B, with C row by row, `stride` elements from one row to the next.
///
/// # Panics
/// If the sides do not fit each other or C is too small, or were packed for different instruction
/// sets: the callers' sizes are fixed by the network's shape.
pub fn multiply_add<F: Factor>(a: &PackedRows<F>, b: &PackedMatrix<F>, c: &mut [F::Real], stride: usize) {
    assert!(a.isa == b.isa && a.k == b.k && b.n <= stride, "sides of a product that do not fit");
    if a.heights.is_empty() {
        return;
    }
    assert!(c.len() >= (a.rows() - 1) * stride + b.n, "no room for the product");
    compiled!(a.isa, multiply::<F>(a: &PackedRows<F>, b: &PackedMatrix<F>, c: &mut [F::Real], stride: usize));
}

/// The loop over tiles; a strip's height picks the copy of [`tile`] made for it.
#[inline(always)]
fn multiply<F: Factor, V: Multiply<F>>(
    a: &PackedRows<F>,
    b: &PackedMatrix<F>,
    c: &mut [F::Real],
    stride: usize,
) {
    let (depth, width) = (a.k.div_ceil(F::GROUP), 2 * V::LANES);
    for (index, panel) in b.panels.chunks_exact(depth * width).enumerate() {
        let column = index * width;
        let columns = (b.n - column).min(width);
        let (mut strips, mut row) = (a.strips.as_slice(), 0);
        for &height in &a.heights {
            let (strip, rest) = strips.split_at(height * depth);
            let target = &mut c[row * stride + column..];
            by_height!(height, tile::<F, V>(strip, panel, target, stride, columns));
            strips = rest;
            row += height;
        }
    }
}

/// One tile: `H` rows × two vectors of sums over the common dimension.
#[inline(always)]
fn tile<F: Factor, V: Multiply<F>, const H: usize>(
    strip: &[F],
    panel: &[F],
    c: &mut [F::Real],
    stride: usize,
    columns: usize,
) {
    let width = 2 * V::LANES;
    let zero = V::splat(F::Real::from_f32(0.0));
    // The sums are added to C only at the end: until then its lines can come from afar.
    for row in c.chunks(stride).take(H) {
        V::fetch(row);
    }
    let mut sums = [[zero; 2]; H];
    for (a, b) in strip.as_chunks::<H>().0.iter().zip(panel.chunks_exact(width)) {
        let (b0, b1) = (V::load_factors(b), V::load_factors(&b[V::LANES..]));
        for i in 0..H {
            let a = V::spread(a[i]);
            sums[i] = [sums[i][0].add_product(a, b0), sums[i][1].add_product(a, b1)];
        }
    }
    for (row, sums) in c.chunks_mut(stride).zip(sums) {
        if columns == width {
            V::load(row).add(sums[0]).store(row);
            let row = &mut row[V::LANES..];
            V::load(row).add(sums[1]).store(row);
        } else {
            let mut edge = [F::Real::from_f32(0.0); 32];
            sums[0].store(&mut edge);
            sums[1].store(&mut edge[V::LANES..]);
            for (target, &sum) in row[..columns].iter_mut().zip(&edge) {
                *target += sum;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::kernels::Bf16Pair;
    use proptest::prelude::*;

    fn values(n: usize, seed: u64) -> Vec<f64> {
        let mut x = seed.wrapping_mul(2).wrapping_add(1);
        (0..n)
            .map(|_| {
                x = x.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                (x >> 33) as f64 / f64::from(1u32 << 30) - 1.0
            })
            .collect()
    }

    /// The safe twin: three loops.
    fn product(a: &[f64], b: &[f64], m: usize, k: usize, n: usize) -> Vec<f64> {
        let mut c = vec![0.0; m * n];
        for i in 0..m {
            for j in 0..n {
                c[i * n + j] = (0..k).map(|p| a[i * k + p] * b[p * n + j]).sum();
            }
        }
        c
    }

    fn transpose(a: &[f64], rows: usize, columns: usize) -> Vec<f64> {
        (0..rows * columns).map(|i| a[(i % rows) * columns + i / rows]).collect()
    }

    /// Every instruction set gives the product of `a` and `b` that three loops give, within `most`.
    fn agree<F: Factor>(m: usize, k: usize, n: usize, a: &[f64], b: &[f64], most: f64)
    where
        F::Real: FromF64,
    {
        let expected = product(a, b, m, k, n);
        let real = |values: &[f64]| values.iter().map(|&v| F::Real::from_f64(v)).collect::<Vec<_>>();
        for isa in Isa::available() {
            let (mut rows, mut rows_t) = (PackedRows::<F>::new(isa), PackedRows::<F>::new(isa));
            rows.pack(m, k, &real(a));
            rows_t.pack_transposed(m, k, &real(&transpose(a, m, k)));
            let (mut matrix, mut matrix_t) = (PackedMatrix::new(isa), PackedMatrix::new(isa));
            let right = real(b);
            matrix.pack_rows(k, n, &|i| Some(&right[i * n..][..n]));
            matrix_t.pack_transposed(k, n, &real(&transpose(b, k, n)));
            for (a, b) in [(&rows, &matrix), (&rows_t, &matrix_t)] {
                // A stride wider than the product: what lies beyond must stay untouched.
                let stride = n + 3;
                let mut c = real(&vec![1.0; m * stride]);
                multiply_add(a, b, &mut c, stride);
                for i in 0..m {
                    for j in 0..stride {
                        let want = if j < n { 1.0 + expected[i * n + j] } else { 1.0 };
                        let found = c[i * stride + j].to_f64();
                        assert!((found - want).abs() < most, "{isa} at {i}, {j}: {found} for {want}");
                    }
                }
            }
        }
    }

    trait FromF64 {
        fn from_f64(value: f64) -> Self;
    }

    impl FromF64 for f64 {
        fn from_f64(value: f64) -> Self {
            value
        }
    }

    impl FromF64 for f32 {
        fn from_f64(value: f64) -> Self {
            value as f32
        }
    }

    proptest! {
        #[test]
        fn every_kernel_agrees_with_three_loops(m in 0usize..40, k in 1usize..70, n in 1usize..100, seed: u64) {
            let (a, b) = (values(m * k, seed), values(k * n, seed ^ 1));
            agree::<f64>(m, k, n, &a, &b, 1e-12);
            // The products of rounded numbers are exact in bf16, and summed in single precision.
            let rounded = |values: Vec<f64>| -> Vec<f64> {
                values.into_iter().map(|v| half::bf16::from_f64(v).to_f64()).collect()
            };
            agree::<Bf16Pair>(m, k, n, &rounded(a), &rounded(b), 1e-4);
        }
    }
}
