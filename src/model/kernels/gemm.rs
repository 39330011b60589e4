//! C += A × B, both sides packed beforehand.
//!
//! B (weights, as a rule) is cut into panels of as many columns as two vector registers hold, A into
//! strips of as many rows as there are registers left to hold sums. A tile of strip × panel then
//! keeps all its sums in registers while it runs down the common dimension, reading both sides in
//! order. (The scheme is Goto and van de Geijn, "Anatomy of high-performance matrix
//! multiplication", ACM TOMS 34, 2008.)

use super::dispatch;
use super::isa::{Isa, Kind};
use super::real::Real;
use super::vector::Vector;

/// Rows of a strip for vectors of an instruction set: two sums a row fill the registers, with room
/// for a row of the panel and a number of the strip.
fn strip_height(isa: Isa) -> usize {
    match isa.0 {
        #[cfg(target_arch = "x86_64")]
        Kind::Avx512 => 12,
        #[cfg(target_arch = "x86_64")]
        Kind::Avx2 => 6,
        Kind::Portable => 4,
    }
}

/// Columns of a panel: two vectors.
fn panel_width<R: Real>(isa: Isa) -> usize {
    match isa.0 {
        #[cfg(target_arch = "x86_64")]
        Kind::Avx512 => 2 * R::Avx512::LANES,
        #[cfg(target_arch = "x86_64")]
        Kind::Avx2 => 2 * R::Avx2::LANES,
        Kind::Portable => 2 * R::Portable::LANES,
    }
}

/// The right side of a product, K × N, in panels; columns beyond N are zero.
#[derive(Debug, Clone)]
pub struct PackedMatrix<R> {
    isa: Isa,
    k: usize,
    n: usize,
    panels: Vec<R>,
}

impl<R: Real> PackedMatrix<R> {
    /// An empty matrix to be filled by the `pack_` methods, which reuse its memory.
    pub fn new(isa: Isa) -> Self {
        Self { isa, k: 0, n: 0, panels: Vec::new() }
    }

    fn reset(&mut self, k: usize, n: usize) -> usize {
        let width = panel_width::<R>(self.isa);
        (self.k, self.n) = (k, n);
        self.panels.clear();
        self.panels.resize(n.div_ceil(width) * width * k, R::from_f32(0.0));
        width
    }

    /// Packs a matrix given row by row: `rows(i)` is row i of K, N long.
    pub fn pack_rows<'a>(&mut self, k: usize, n: usize, rows: impl Fn(usize) -> Option<&'a [R]>) {
        let width = self.reset(k, n);
        for row in 0..k {
            // A row that is not there is zero.
            let Some(values) = rows(row) else { continue };
            for (panel, part) in values[..n].chunks(width).enumerate() {
                let start = (panel * k + row) * width;
                self.panels[start..start + part.len()].copy_from_slice(part);
            }
        }
    }

    /// Packs the transpose of a matrix stored row by row, N × K.
    pub fn pack_transposed(&mut self, k: usize, n: usize, values: &[R]) {
        assert_eq!(values.len(), n * k);
        let width = self.reset(k, n);
        for (column, values) in values.chunks_exact(k).enumerate() {
            let start = (column / width) * k * width + column % width;
            for (target, &value) in self.panels[start..].iter_mut().step_by(width).zip(values) {
                *target = value;
            }
        }
    }
}

/// The left side of a product, M × K, in strips of nearly equal height.
#[derive(Debug, Clone)]
pub struct PackedRows<R> {
    isa: Isa,
    k: usize,
    heights: Vec<usize>,
    strips: Vec<R>,
}

impl<R: Real> PackedRows<R> {
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
        self.strips.resize(m * k, R::from_f32(0.0));
    }

    /// Packs `values`, M × K, stored row by row.
    pub fn pack(&mut self, m: usize, k: usize, values: &[R]) {
        assert_eq!(values.len(), m * k);
        self.reset(m, k);
        let (mut from, mut to) = (values, self.strips.as_mut_slice());
        for &height in &self.heights {
            let (rows, rest) = from.split_at(height * k);
            let (strip, others) = to.split_at_mut(height * k);
            for (i, row) in rows.chunks_exact(k).enumerate() {
                for (target, &value) in strip[i..].iter_mut().step_by(height).zip(row) {
                    *target = value;
                }
            }
            (from, to) = (rest, others);
        }
    }

    /// Packs the transpose of `values`, K × M, stored row by row.
    pub fn pack_transposed(&mut self, m: usize, k: usize, values: &[R]) {
        assert_eq!(values.len(), m * k);
        self.reset(m, k);
        let (mut column, mut to) = (0, self.strips.as_mut_slice());
        for &height in &self.heights {
            let (strip, others) = to.split_at_mut(height * k);
            for (target, row) in strip.chunks_exact_mut(height).zip(values.chunks_exact(m)) {
                target.copy_from_slice(&row[column..column + height]);
            }
            column += height;
            to = others;
        }
    }

    fn rows(&self) -> usize {
        self.heights.iter().sum()
    }
}

/// C += A × B, with C row by row, `stride` elements from one row to the next.
///
/// # Panics
/// If the sides do not fit each other or C is too small, or were packed for different instruction
/// sets: the callers' sizes are fixed by the network's shape.
pub fn multiply_add<R: Real>(a: &PackedRows<R>, b: &PackedMatrix<R>, c: &mut [R], stride: usize) {
    assert!(a.isa == b.isa && a.k == b.k && b.n <= stride, "sides of a product that do not fit");
    if a.heights.is_empty() {
        return;
    }
    assert!(c.len() >= (a.rows() - 1) * stride + b.n, "no room for the product");
    dispatch!(a.isa, multiply::<R>(a: &PackedRows<R>, b: &PackedMatrix<R>, c: &mut [R], stride: usize));
}

/// The loop over tiles; a strip's height picks the copy of [`tile`] made for it.
#[inline(always)]
fn multiply<V: Vector>(a: &PackedRows<V::Lane>, b: &PackedMatrix<V::Lane>, c: &mut [V::Lane], stride: usize) {
    let (k, width) = (a.k, 2 * V::LANES);
    for (index, panel) in b.panels.chunks_exact(k * width).enumerate() {
        let column = index * width;
        let columns = (b.n - column).min(width);
        let (mut strips, mut row) = (a.strips.as_slice(), 0);
        for &height in &a.heights {
            let (strip, rest) = strips.split_at(height * k);
            let target = &mut c[row * stride + column..];
            match height {
                1 => tile::<V, 1>(strip, panel, target, stride, columns),
                2 => tile::<V, 2>(strip, panel, target, stride, columns),
                3 => tile::<V, 3>(strip, panel, target, stride, columns),
                4 => tile::<V, 4>(strip, panel, target, stride, columns),
                5 => tile::<V, 5>(strip, panel, target, stride, columns),
                6 => tile::<V, 6>(strip, panel, target, stride, columns),
                7 => tile::<V, 7>(strip, panel, target, stride, columns),
                8 => tile::<V, 8>(strip, panel, target, stride, columns),
                9 => tile::<V, 9>(strip, panel, target, stride, columns),
                10 => tile::<V, 10>(strip, panel, target, stride, columns),
                11 => tile::<V, 11>(strip, panel, target, stride, columns),
                12 => tile::<V, 12>(strip, panel, target, stride, columns),
                _ => unreachable!("strips are no higher than twelve rows"),
            }
            strips = rest;
            row += height;
        }
    }
}

/// One tile: `H` rows × two vectors of sums over the common dimension.
#[inline(always)]
fn tile<V: Vector, const H: usize>(
    strip: &[V::Lane],
    panel: &[V::Lane],
    c: &mut [V::Lane],
    stride: usize,
    columns: usize,
) {
    let width = 2 * V::LANES;
    let zero = V::splat(V::Lane::from_f32(0.0));
    let mut sums = [[zero; 2]; H];
    for (a, b) in strip.as_chunks::<H>().0.iter().zip(panel.chunks_exact(width)) {
        let (b0, b1) = (V::load(b), V::load(&b[V::LANES..]));
        for i in 0..H {
            let a = V::splat(a[i]);
            sums[i] = [a.fma(b0, sums[i][0]), a.fma(b1, sums[i][1])];
        }
    }
    for (row, sums) in c.chunks_mut(stride).zip(sums) {
        if columns == width {
            V::load(row).add(sums[0]).store(row);
            let row = &mut row[V::LANES..];
            V::load(row).add(sums[1]).store(row);
        } else {
            let mut edge = [V::Lane::from_f32(0.0); 32];
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

    proptest! {
        #[test]
        fn every_kernel_agrees_with_three_loops(m in 0usize..40, k in 1usize..40, n in 1usize..70, seed: u64) {
            let (a, b) = (values(m * k, seed), values(k * n, seed ^ 1));
            let expected = product(&a, &b, m, k, n);
            for isa in Isa::available() {
                let (mut rows, mut rows_t) = (PackedRows::new(isa), PackedRows::new(isa));
                rows.pack(m, k, &a);
                rows_t.pack_transposed(m, k, &transpose(&a, m, k));
                let (mut matrix, mut matrix_t) = (PackedMatrix::new(isa), PackedMatrix::new(isa));
                matrix.pack_rows(k, n, |i| Some(&b[i * n..][..n]));
                matrix_t.pack_transposed(k, n, &transpose(&b, k, n));
                for (a, b) in [(&rows, &matrix), (&rows_t, &matrix_t)] {
                    // A stride wider than the product: what lies beyond must stay untouched.
                    let stride = n + 3;
                    let mut c = vec![1.0; m * stride];
                    multiply_add(a, b, &mut c, stride);
                    for i in 0..m {
                        for j in 0..stride {
                            let want = if j < n { 1.0 + expected[i * n + j] } else { 1.0 };
                            prop_assert!((c[i * stride + j] - want).abs() < 1e-12, "{isa} at {i}, {j}");
                        }
                    }
                }
            }
        }
    }
}
