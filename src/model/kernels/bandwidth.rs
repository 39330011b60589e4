//! How fast memory can be read at all: the floor under a step, which reads every weight once.

use super::aligned::{AHEAD, LINE};
use super::dispatch;
use super::isa::{Isa, Kind};
use super::vector::Vector;

/// Reads `values` in whole registers, in order (what is left beyond eight of them is not read), and
/// adds them up, which keeps the compiler from leaving it out and costs nothing beside the reading.
/// The benches measure steps against it.
pub fn read_all(isa: Isa, values: &[f32]) -> f32 {
    dispatch!(isa, read(values: &[f32]) -> f32)
}

#[inline(always)]
fn read<V: Vector<Lane = f32>>(values: &[f32]) -> f32 {
    let mut sums = [V::splat(0.0); 8];
    let mut ahead = values.get(AHEAD / size_of::<f32>()..).unwrap_or(&[]).chunks_exact(8 * V::LANES);
    for part in values.chunks_exact(8 * V::LANES) {
        for line in ahead.next().unwrap_or(&[]).chunks_exact(LINE / size_of::<f32>()) {
            V::fetch(line);
        }
        for i in 0..8 {
            sums[i] = sums[i].add(V::load(&part[i * V::LANES..]));
        }
    }
    let mut total = [0.0; 16];
    let mut result = 0.0;
    for sum in sums {
        sum.store(&mut total);
        for value in &total[..V::LANES] {
            result += value;
        }
    }
    result
}
