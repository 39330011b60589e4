//! What happens between the matrix products: the LSTM's gates, forwards and backwards, the
//! softmax with its loss, and sums of rows.

use super::dispatch;
use super::isa::{Isa, Kind};
use super::real::Real;
use super::vector::Vector;

/// Calls a kernel for each vector of a row of `$len` lanes, and lane by lane for what is left.
macro_rules! each_vector {
    ($v:ident, $len:expr, $name:ident($at:ident $(, $arg:expr)*)) => {{
        let mut $at = 0;
        while $at + $v::LANES <= $len {
            $name::<$v>($at $(, $arg)*);
            $at += $v::LANES;
        }
        while $at < $len {
            $name::<[$v::Lane; 1]>($at $(, $arg)*);
            $at += 1;
        }
    }};
}

/// One step of an LSTM layer for some tunes: rows are tunes, H hidden units.
#[derive(Debug)]
pub struct LstmStep<'a, R> {
    /// Hidden units.
    pub hidden: usize,
    /// `[rows, 4H]`: the gates' sums on the way in, in the order i, f, g, o; the gates themselves
    /// on the way out.
    pub gates: &'a mut [R],
    /// `[rows, H]`: the cells before the step; `None` stands for zeros.
    pub before: Option<&'a [R]>,
    /// `[rows, H]`: the cells after the step.
    pub cells: &'a mut [R],
    /// `[rows, H]`: the outputs.
    pub outputs: &'a mut [R],
}

/// Gates, cells and outputs of one step.
///
/// # Panics
/// If the slices do not fit each other.
pub fn lstm_forward<R: Real>(isa: Isa, step: LstmStep<'_, R>) {
    let n = step.outputs.len();
    assert!(step.cells.len() == n && step.gates.len() == 4 * n && n.is_multiple_of(step.hidden));
    assert!(step.before.is_none_or(|b| b.len() >= n));
    dispatch!(isa, forward::<R>(step: LstmStep<'_, R>));
}

#[inline(always)]
fn forward<V: Vector>(step: LstmStep<'_, V::Lane>) {
    let h = step.hidden;
    let rows = step.gates.chunks_exact_mut(4 * h).zip(step.cells.chunks_exact_mut(h));
    for (row, ((gates, cells), outputs)) in rows.zip(step.outputs.chunks_exact_mut(h)).enumerate() {
        let before = step.before.map(|b| &b[row * h..(row + 1) * h]);
        each_vector!(V, h, forward_lanes(at, h, gates, before, cells, outputs));
    }
}

#[inline(always)]
fn forward_lanes<V: Vector>(
    at: usize,
    h: usize,
    gates: &mut [V::Lane],
    before: Option<&[V::Lane]>,
    cells: &mut [V::Lane],
    outputs: &mut [V::Lane],
) {
    let i = V::load(&gates[at..]).sigmoid();
    let f = V::load(&gates[h + at..]).sigmoid();
    let g = V::load(&gates[2 * h + at..]).tanh();
    let o = V::load(&gates[3 * h + at..]).sigmoid();
    let written = i.mul(g);
    let cell = before.map_or(written, |b| f.fma(V::load(&b[at..]), written));
    i.store(&mut gates[at..]);
    f.store(&mut gates[h + at..]);
    g.store(&mut gates[2 * h + at..]);
    o.store(&mut gates[3 * h + at..]);
    cell.store(&mut cells[at..]);
    o.mul(cell.tanh()).store(&mut outputs[at..]);
}

/// One step of an LSTM layer on the way back.
#[derive(Debug)]
pub struct LstmStepBack<'a, R> {
    /// Hidden units.
    pub hidden: usize,
    /// `[rows, 4H]`: the gates on the way in, the gradients of the gates' sums on the way out.
    pub gates: &'a mut [R],
    /// `[rows, H]`: the cells before the step; `None` stands for zeros.
    pub before: Option<&'a [R]>,
    /// `[rows, H]`: the cells after the step.
    pub cells: &'a [R],
    /// `[rows, H]`: the gradient of the outputs.
    pub output_gradient: &'a [R],
    /// `[rows, H]`: the gradient of the cells after the step on the way in, before it on the way out.
    pub cell_gradient: &'a mut [R],
}

/// The gradients of one step's gates and of the cells before it.
///
/// # Panics
/// If the slices do not fit each other.
pub fn lstm_backward<R: Real>(isa: Isa, step: LstmStepBack<'_, R>) {
    let n = step.cells.len();
    assert!(step.gates.len() == 4 * n && step.output_gradient.len() == n && step.cell_gradient.len() == n);
    assert!(n.is_multiple_of(step.hidden) && step.before.is_none_or(|b| b.len() >= n));
    dispatch!(isa, backward::<R>(step: LstmStepBack<'_, R>));
}

#[inline(always)]
fn backward<V: Vector>(step: LstmStepBack<'_, V::Lane>) {
    let h = step.hidden;
    let rows = step.gates.chunks_exact_mut(4 * h).zip(step.cells.chunks_exact(h));
    let gradients = step.output_gradient.chunks_exact(h).zip(step.cell_gradient.chunks_exact_mut(h));
    for (row, ((gates, cells), (dh, dc))) in rows.zip(gradients).enumerate() {
        let before = step.before.map(|b| &b[row * h..(row + 1) * h]);
        each_vector!(V, h, backward_lanes(at, h, gates, before, cells, dh, dc));
    }
}

#[inline(always)]
fn backward_lanes<V: Vector>(
    at: usize,
    h: usize,
    gates: &mut [V::Lane],
    before: Option<&[V::Lane]>,
    cells: &[V::Lane],
    output_gradient: &[V::Lane],
    cell_gradient: &mut [V::Lane],
) {
    let one = V::splat(V::Lane::from_f32(1.0));
    let i = V::load(&gates[at..]);
    let f = V::load(&gates[h + at..]);
    let g = V::load(&gates[2 * h + at..]);
    let o = V::load(&gates[3 * h + at..]);
    let tanh = V::load(&cells[at..]).tanh();
    let dh = V::load(&output_gradient[at..]);
    let dc = dh.mul(o).fma(one.sub(tanh.mul(tanh)), V::load(&cell_gradient[at..]));
    let df = before.map_or(V::splat(V::Lane::from_f32(0.0)), |b| dc.mul(V::load(&b[at..])));
    dc.mul(g).mul(i).mul(one.sub(i)).store(&mut gates[at..]);
    df.mul(f).mul(one.sub(f)).store(&mut gates[h + at..]);
    dc.mul(i).mul(one.sub(g.mul(g))).store(&mut gates[2 * h + at..]);
    dh.mul(tanh).mul(o).mul(one.sub(o)).store(&mut gates[3 * h + at..]);
    dc.mul(f).store(&mut cell_gradient[at..]);
}

/// Turns a row of logits into the gradient of its loss (softmax − one-hot), and gives the loss in
/// nats and how many tokens the network rated above the target.
///
/// # Panics
/// If the target is outside the row.
pub fn cross_entropy<R: Real>(isa: Isa, logits: &mut [R], target: usize) -> (R, usize) {
    assert!(target < logits.len());
    dispatch!(isa, softmax_loss::<R>(logits: &mut [R], target: usize) -> (R, usize))
}

#[inline(always)]
fn softmax_loss<V: Vector>(logits: &mut [V::Lane], target: usize) -> (V::Lane, usize) {
    let wanted = logits[target];
    let mut most = wanted;
    let mut above = 0;
    for &logit in logits.iter() {
        most = if logit > most { logit } else { most };
        above += usize::from(logit > wanted);
    }
    each_vector!(V, logits.len(), power_lanes(at, logits, most));
    let sum: V::Lane = logits.iter().copied().sum();
    let share = V::Lane::from_f32(1.0) / sum;
    for logit in logits.iter_mut() {
        *logit *= share;
    }
    logits[target] = logits[target] - V::Lane::from_f32(1.0);
    (sum.ln() + most - wanted, above)
}

#[inline(always)]
fn power_lanes<V: Vector>(at: usize, logits: &mut [V::Lane], most: V::Lane) {
    let logits = &mut logits[at..];
    V::load(logits).sub(V::splat(most)).exp().store(logits);
}

/// Adds every row of `rows` (as long as `sum`) to `sum`.
///
/// # Panics
/// If `rows` is no whole number of rows.
pub fn add_rows<R: Real>(isa: Isa, sum: &mut [R], rows: &[R]) {
    assert!(rows.len().is_multiple_of(sum.len()));
    dispatch!(isa, sum_rows::<R>(sum: &mut [R], rows: &[R]));
}

#[inline(always)]
fn sum_rows<V: Vector>(sum: &mut [V::Lane], rows: &[V::Lane]) {
    for row in rows.chunks_exact(sum.len()) {
        each_vector!(V, sum.len(), add_lanes(at, sum, row));
    }
}

#[inline(always)]
fn add_lanes<V: Vector>(at: usize, sum: &mut [V::Lane], row: &[V::Lane]) {
    let sum = &mut sum[at..];
    V::load(sum).add(V::load(&row[at..])).store(sum);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn softmax_gradients_sum_to_nought_and_the_rank_counts_what_is_above() {
        for isa in Isa::available() {
            let logits = [0.5f64, -1.0, 2.0, 0.0, 1.0];
            let mut gradient = logits;
            let (loss, above) = cross_entropy(isa, &mut gradient, 4);
            let sum: f64 = logits.iter().map(|l| l.exp()).sum();
            assert!((loss - (sum.ln() - 1.0)).abs() < 1e-12);
            assert_eq!(above, 1);
            assert!(gradient.iter().sum::<f64>().abs() < 1e-12);
            assert!((gradient[4] - (1f64.exp() / sum - 1.0)).abs() < 1e-12);
        }
    }

    #[test]
    fn every_instruction_set_gives_the_portable_gates() {
        let (hidden, rows) = (13, 3);
        let sums: Vec<f32> = (0..rows * 4 * hidden).map(|i| (i as f32 * 0.37).sin() * 3.0).collect();
        let before: Vec<f32> = (0..rows * hidden).map(|i| (i as f32 * 0.11).cos()).collect();
        let run = |isa| {
            let (mut gates, mut cells, mut outputs) =
                (sums.clone(), vec![0.0; rows * hidden], vec![0.0; rows * hidden]);
            lstm_forward(
                isa,
                LstmStep {
                    hidden,
                    gates: &mut gates,
                    before: Some(&before),
                    cells: &mut cells,
                    outputs: &mut outputs,
                },
            );
            let (mut back, mut dc) = (gates.clone(), before.clone());
            lstm_backward(
                isa,
                LstmStepBack {
                    hidden,
                    gates: &mut back,
                    before: Some(&before),
                    cells: &cells,
                    output_gradient: &outputs,
                    cell_gradient: &mut dc,
                },
            );
            [gates, cells, outputs, back, dc].concat()
        };
        let portable = run(Isa::portable());
        for isa in Isa::available() {
            for (a, b) in run(isa).iter().zip(&portable) {
                assert!((a - b).abs() < 1e-5, "{isa}: {a} for {b}");
            }
        }
    }
}
