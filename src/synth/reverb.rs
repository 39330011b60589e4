//! A small room.

use super::QUANTUM;

const LINES: usize = 8;
/// Seconds of the delay lines: lengths with little in common.
const DELAYS: [f32; LINES] = [0.0113, 0.0137, 0.0163, 0.0191, 0.0229, 0.0263, 0.0307, 0.0353];
/// Seconds until the room has died away by 60 dB.
const TIME: f32 = 0.55;
/// How much each pass takes from the high frequencies: the share of the frame before in each.
const DAMPING: f32 = 0.35;
/// Which lines are turned over on the left and on the right, so that the sides differ.
const LEFT: [f32; LINES] = [1.0, -1.0, 1.0, 1.0, -1.0, 1.0, -1.0, -1.0];
const RIGHT: [f32; LINES] = [1.0, 1.0, -1.0, 1.0, 1.0, -1.0, -1.0, 1.0];
/// What is weaker is taken for silence.
const SILENCE: f32 = 1e-7;

/// Eight delay lines that feed each other through a Hadamard matrix, which loses nothing (J.-M. Jot, A. Chaigne:
/// Digital delay networks for designing artificial reverberators, 1991), so that the decay is that of the lines'
/// own gains.
#[derive(Debug)]
pub(super) struct Reverb {
    lines: Vec<Line>,
    place: usize,
    /// Quanta since something was heard in it.
    quiet: usize,
    /// So many of them and it is empty.
    empty_after: usize,
}

#[derive(Debug)]
struct Line {
    ring: Vec<f32>,
    delay: usize,
    gain: f32,
    before: f32,
}

type Block = [f32; QUANTUM];

impl Reverb {
    pub(super) fn new(rate: u32) -> Self {
        let frames = |seconds: f32| ((seconds * rate as f32) as usize).max(QUANTUM);
        let longest = frames(DELAYS[LINES - 1]);
        let line = |seconds: f32| Line {
            ring: vec![0.0; (longest + QUANTUM).next_power_of_two()],
            delay: frames(seconds),
            // The matrix' own factor is in it.
            gain: 10.0_f32.powf(-3.0 * seconds / TIME) / (LINES as f32).sqrt(),
            before: 0.0,
        };
        let empty_after = longest / QUANTUM + 2;
        Self { lines: DELAYS.map(line).into(), place: 0, quiet: empty_after, empty_after }
    }

    /// Whether nothing is heard in it any more.
    pub(super) fn is_quiet(&self) -> bool {
        self.quiet >= self.empty_after
    }

    /// Sends a quantum in, and adds what comes back.
    pub(super) fn add(&mut self, input: [&Block; 2], left: &mut Block, right: &mut Block) {
        let is_silent = input.iter().all(|side| side.iter().all(|&frame| frame == 0.0));
        if is_silent && self.is_quiet() {
            return;
        }
        let mut blocks = [[0.0; QUANTUM]; LINES];
        for ((i, line), block) in self.lines.iter_mut().enumerate().zip(&mut blocks) {
            line.read(self.place, block);
            for ((frame, left), right) in block.iter_mut().zip(left.iter_mut()).zip(right.iter_mut()) {
                *left += *frame * LEFT[i];
                *right += *frame * RIGHT[i];
            }
            line.damp(block);
        }
        // Ends at the first frame that is heard.
        let is_heard = blocks.iter().flatten().any(|frame| frame.abs() > SILENCE);
        hadamard(&mut blocks);
        for ((i, line), block) in self.lines.iter_mut().enumerate().zip(&mut blocks) {
            for (frame, input) in block.iter_mut().zip(input[i % 2]) {
                *frame += input;
            }
            line.write(self.place, block);
        }
        self.place = self.place.wrapping_add(QUANTUM);
        self.quiet = if is_silent && !is_heard { self.quiet + 1 } else { 0 };
        if self.is_quiet() {
            for line in &mut self.lines {
                line.ring.fill(0.0);
                line.before = 0.0;
            }
        }
    }
}

impl Line {
    fn read(&self, place: usize, block: &mut Block) {
        let mask = self.ring.len() - 1;
        let from = place.wrapping_sub(self.delay) & mask;
        let whole = (self.ring.len() - from).min(QUANTUM);
        block[..whole].copy_from_slice(&self.ring[from..from + whole]);
        block[whole..].copy_from_slice(&self.ring[..QUANTUM - whole]);
    }

    fn write(&mut self, place: usize, block: &Block) {
        // Quanta fill the ring without a rest.
        let from = place & (self.ring.len() - 1);
        self.ring[from..from + QUANTUM].copy_from_slice(block);
    }

    fn damp(&mut self, block: &mut Block) {
        let undamped = *block;
        let before = [self.before].into_iter().chain(undamped);
        for (frame, before) in block.iter_mut().zip(before) {
            *frame = self.gain * (*frame * (1.0 - DAMPING) + before * DAMPING);
        }
        self.before = undamped[QUANTUM - 1];
    }
}

/// Every line becomes a sum of all, each with a sign of its own: all together √8 times as strong.
fn hadamard(blocks: &mut [Block; LINES]) {
    for half in [1, 2, 4] {
        for i in (0..LINES).filter(|i| i & half == 0) {
            let (low, high) = blocks.split_at_mut(i + half);
            for (a, b) in low[i].iter_mut().zip(&mut high[0]) {
                (*a, *b) = (*a + *b, *a - *b);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_room_dies_away_in_its_time_and_is_then_empty() {
        for rate in [44_100, 96_000] {
            let mut room = Reverb::new(rate);
            let (mut energy, mut quanta) = (Vec::new(), 0);
            let mut click = [0.0; QUANTUM];
            click[5] = 1.0;
            loop {
                let (mut left, mut right) = ([0.0; QUANTUM], [0.0; QUANTUM]);
                room.add([&click, &click], &mut left, &mut right);
                energy.push(left.iter().chain(&right).map(|frame| frame * frame).sum::<f32>());
                assert!(left.iter().chain(&right).all(|frame| frame.is_finite() && frame.abs() <= 2.0));
                click = [0.0; QUANTUM];
                quanta += 1;
                if room.is_quiet() {
                    break;
                }
                assert!(quanta < 10_000, "it never dies away");
            }
            let after = |seconds: f32| {
                energy[(seconds * rate as f32) as usize / QUANTUM..].iter().sum::<f32>().log10() * 10.0
            };
            let fall = after(0.05) - after(0.25);
            assert!((18.0..40.0).contains(&fall), "{rate}: {fall} dB in a fifth of a second");
        }
    }
}
