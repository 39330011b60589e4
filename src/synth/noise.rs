//! Noise of breath, bow, pick and key, made once and read over and over.

use super::QUANTUM;
use super::instrument::Instrument;
use super::oscillator::scramble;
use super::recipe::{Noise, SILENT};

/// Frames of a noise that goes on, long enough for nobody to hear it come round, and of one that is over soon.
const LENGTHS: (usize, usize) = (1 << 15, 1 << 13);
/// Frames after which a filter has forgotten what was before.
const RUN_UP: usize = 1 << 11;

/// A table for every noise of every instrument.
#[derive(Debug)]
pub(super) struct NoiseTables {
    /// The colour, and frames of root mean square 1; behind them the first quantum once more, to read over
    /// the end.
    tables: Vec<((f32, f32), Vec<f32>)>,
}

impl NoiseTables {
    pub(super) fn new(rate: u32) -> Self {
        let mut tables: Vec<((f32, f32), Vec<f32>)> = Vec::new();
        for noise in Instrument::all().iter().flat_map(|instrument| instrument.recipe.noises) {
            let colour = (noise.centre, noise.width);
            if tables.iter().all(|(known, _)| *known != colour) {
                let length = if noise.steady > SILENT { LENGTHS.0 } else { LENGTHS.1 };
                tables.push((colour, table(colour, length, rate)));
            }
        }
        Self { tables }
    }

    /// The place of the table for a noise.
    pub(super) fn place(&self, noise: &Noise) -> Option<usize> {
        self.tables.iter().position(|(colour, _)| *colour == (noise.centre, noise.width))
    }

    /// Adds a quantum of noise whose level goes from `level` by `slope` a frame.
    pub(super) fn add(
        &self,
        out: &mut [f32; QUANTUM],
        place: usize,
        from: usize,
        (level, slope): (f32, f32),
    ) {
        let table = self.tables.get(place).map(|(_, table)| &table[from % (table.len() - QUANTUM)..]);
        let Some(noise) = table.and_then(<[f32]>::first_chunk::<QUANTUM>) else { return };
        for (i, (out, noise)) in out.iter_mut().zip(noise).enumerate() {
            *out += noise * (level + slope * i as f32);
        }
    }
}

/// White noise through two band-passes (the second-order one of R. Bristow-Johnson's cookbook), which begin before
/// the start with what is at the end, so that the end leads into the start.
fn table((centre, width): (f32, f32), length: usize, rate: u32) -> Vec<f32> {
    let turn = std::f32::consts::TAU * (centre / rate as f32).min(0.4);
    let alpha = turn.sin() * (std::f32::consts::LN_2 / 2.0 * width * turn / turn.sin()).sinh();
    let (b, a1, a2) =
        (alpha / (1.0 + alpha), -2.0 * turn.cos() / (1.0 + alpha), (1.0 - alpha) / (1.0 + alpha));
    let white = |i: usize| scramble(i as u32) as i32 as f32 * (1.0 / 2_147_483_648.0);
    let mut frames: Vec<f32> = (0..length).map(white).collect();
    for _ in 0..2 {
        let (mut x, mut y) = ([0.0; 2], [0.0; 2]);
        let mut filter = |input: f32| {
            let output = b * (input - x[1]) - a1 * y[0] - a2 * y[1];
            (x, y) = ([input, x[0]], [output, y[0]]);
            output
        };
        frames[length - RUN_UP..].iter().for_each(|&frame| _ = filter(frame));
        frames.iter_mut().for_each(|frame| *frame = filter(*frame));
    }
    let power = frames.iter().map(|frame| frame * frame).sum::<f32>() / length as f32;
    let scale = 1.0 / power.sqrt().max(1e-9);
    frames.iter_mut().for_each(|frame| *frame *= scale);
    frames.extend_from_within(..QUANTUM);
    frames
}
