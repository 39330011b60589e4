//! The sine that everything is made of.

use super::QUANTUM;

/// Coefficients of sin(πx) for x from −1 to 1 as v·(c₀ + c₁|v| + c₂|v|² + c₃|v|³) with v = x·(1 − |x|), fitted so
/// that the greatest error is the least: 5·10⁻⁸.
const SINE: [f32; 4] = [3.141_586, 3.141_849, 1.112_394_5, 0.219_318_7];

/// The sine of a phase, where 2³² is a full turn. A phase is a whole number, so that it never drifts.
#[inline(always)]
pub(super) fn sine(phase: u32) -> f32 {
    let x = phase as i32 as f32 * (1.0 / 2_147_483_648.0);
    let v = x * (1.0 - x.abs());
    let u = v.abs();
    v * (SINE[0] + u * (SINE[1] + u * (SINE[2] + u * SINE[3])))
}

/// Frames that are made side by side; the compiler makes vectors of them.
const LANES: usize = 8;

/// Adds a quantum of a partial whose level goes from `level` by `slope` a frame.
///
/// Each lane goes on by sin(a + b) = 2·cos(b)·sin(a) − sin(a − b), eight times, and begins with the phase anew in
/// the next quantum: too soon for rounding to add up. Kept apart from its caller, it has all registers to itself.
#[inline(never)]
pub(super) fn add(out: &mut [f32; QUANTUM], phase: u32, step: u32, level: f32, slope: f32) {
    let far = step.wrapping_mul(LANES as u32);
    let twice = 2.0 * sine(far.wrapping_add(1 << 30));
    let (mut before, mut now, mut gain) = ([0.0; LANES], [0.0; LANES], [0.0; LANES]);
    for (i, lane) in (0_u32..).zip(0..LANES) {
        let phase = phase.wrapping_add(step.wrapping_mul(i));
        before[lane] = sine(phase.wrapping_sub(far));
        now[lane] = sine(phase);
        gain[lane] = level + slope * i as f32;
    }
    let further = slope * LANES as f32;
    for out in out.chunks_exact_mut(LANES) {
        for lane in 0..LANES {
            out[lane] += now[lane] * gain[lane];
            let next = twice * now[lane] - before[lane];
            (before[lane], now[lane]) = (now[lane], next);
            gain[lane] += further;
        }
    }
}

/// A well-mixed number for a number.
pub(super) fn scramble(seed: u32) -> u32 {
    let mut x = seed.wrapping_mul(0x9e37_79b9).wrapping_add(0x7f4a_7c15);
    x = (x ^ (x >> 16)).wrapping_mul(0x21f0_aaad);
    x = (x ^ (x >> 15)).wrapping_mul(0x735a_2d97);
    x ^ (x >> 15)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sine_is_a_sine() {
        for i in 0..10_000_u32 {
            let phase = i.wrapping_mul(429_497);
            let exact = (f64::from(phase) / 4_294_967_296.0 * std::f64::consts::TAU).sin();
            assert!((f64::from(sine(phase)) - exact).abs() < 3e-7, "{phase}");
        }
    }

    #[test]
    fn a_quantum_is_a_sine_with_its_level() {
        for step in [2_500_000_u32, 40_000_000, 700_000_000, 1_900_000_000] {
            let mut out = [0.0; QUANTUM];
            add(&mut out, 123_456_789, step, 0.5, -0.005);
            for (i, made) in (0_u32..).zip(out) {
                let phase = 123_456_789_u32.wrapping_add(step.wrapping_mul(i));
                let exact = (f64::from(phase) / 4_294_967_296.0 * std::f64::consts::TAU).sin();
                let error = f64::from(made) - exact * (0.5 - 0.005 * f64::from(i));
                assert!(error.abs() < 2e-5, "{step} {i}: {error}");
            }
        }
    }
}
