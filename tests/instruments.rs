//! Instruments are in tune, as loud as each other, and different: what docs/sound.md says of them is measured.

use reelsmith::synth::{Instrument, Reach};

use super::listening::{RATE, dry, frequency, hertz, instrument, level, note, spectrum};

/// Those who play tunes.
fn leaders() -> impl Iterator<Item = &'static Instrument> {
    Instrument::all().iter().filter(|instrument| instrument.leads)
}

/// Written pitches from the lowest to the highest, as far as they are heard well.
fn range(instrument: &Instrument) -> std::ops::RangeInclusive<u8> {
    instrument.playing.lowest.max(40)..=instrument.stretch.min(96)
}

#[test]
fn every_instrument_is_in_tune_over_its_range() {
    for instrument in leaders() {
        for pitch in range(instrument).step_by(6) {
            // A note that dies away is measured soon, another over many turns of its vibrato.
            let (window, apart) =
                if instrument.recipe.decay.is_some() { (8_192, 2_000) } else { (40_960, 20_000) };
            let frames = note(dry(instrument.id), pitch, 90, 3.0, 4_000 + window + apart);
            let expected = hertz(i32::from(pitch) + i32::from(instrument.sounds));
            let found = frequency(&frames[4_000..], expected, window, apart);
            let cents = 1_200.0 * (found / expected).log2();
            assert!(cents.abs() < 1.0, "{} {pitch}: {cents} cents", instrument.id);
        }
    }
}

#[test]
fn instruments_are_as_loud_as_each_other_and_over_their_range() {
    let mut middles = Vec::new();
    for instrument in leaders() {
        let levels: Vec<f64> = range(instrument)
            .step_by(3)
            .map(|pitch| level(&note(dry(instrument.id), pitch, 90, 0.4, RATE as usize * 2 / 5)))
            .collect();
        let mean = levels.iter().sum::<f64>() / levels.len() as f64;
        for (pitch, level) in range(instrument).step_by(3).zip(&levels) {
            assert!((level - mean).abs() < 6.0, "{} {pitch}: {level} dB beside {mean}", instrument.id);
        }
        middles.push((instrument.id, mean));
    }
    let mean = middles.iter().map(|(_, level)| level).sum::<f64>() / middles.len() as f64;
    for (id, level) in &middles {
        assert!((level - mean).abs() < 3.5, "{id}: {level} dB beside {mean}: {middles:?}");
    }
}

#[test]
fn louder_notes_are_louder_and_brighter() {
    for instrument in leaders() {
        let sound = |velocity| {
            let frames = note(dry(instrument.id), 69, velocity, 0.5, 32_768);
            (level(&frames[..16_384]), centroid(&frames))
        };
        let ((soft, dull), (loud, bright)) = (sound(50), sound(120));
        assert!((6.0..16.0).contains(&(loud - soft)), "{}: {soft} to {loud} dB", instrument.id);
        assert!(bright >= dull * 0.98, "{}: {dull} to {bright} Hz", instrument.id);
    }
}

/// The centroid of the amplitude spectrum from 0.1 s on, of what is within 60 dB of the strongest partial.
fn centroid(frames: &[f64]) -> f64 {
    let spectrum = spectrum(&frames[4_800..4_800 + 16_384]);
    let least = spectrum.iter().copied().fold(0.0, f64::max) / 1_000.0;
    let (mut sum, mut all) = (0.0, 0.0);
    for (i, amplitude) in spectrum.iter().enumerate().filter(|(_, amplitude)| **amplitude > least) {
        sum += i as f64 * f64::from(RATE) / 16_384.0 * amplitude;
        all += amplitude;
    }
    sum / all
}

/// What an instrument sounds like, of the written A4.
#[derive(Debug, Clone, Copy)]
struct Character {
    /// Milliseconds from a tenth to eight tenths of the greatest level of the first quarter of a second.
    attack: f64,
    /// Of the sounding note's first partial.
    centroid: f64,
    /// Seconds in which it dies away by 60 dB, by what it does from 0.1 to 0.5 s; 0 if it does not.
    decay: f64,
    /// Cents to either side, from 0.8 to 2 s.
    vibrato: f64,
    /// Decibels of noise between the partials, beside the note.
    noise: f64,
}

fn character(id: &str) -> Character {
    let frames = note(dry(id), 69, 90, 2.5, 2 * RATE as usize + 4_096);
    let window = 192;
    let peaks: Vec<f64> = frames[..12_000 + window]
        .windows(window)
        .map(|frames| frames.iter().fold(0.0, |peak: f64, frame| peak.max(frame.abs())))
        .collect();
    let top = peaks.iter().copied().fold(0.0, f64::max);
    let reach = |share: f64| peaks.iter().position(|&peak| peak > share * top).unwrap() as f64;
    let rate = f64::from(RATE);
    let slope = (level(&frames[4_800..7_200]) - level(&frames[24_000..26_400])) / 0.4;
    let first = hertz(69 + i32::from(instrument(id).sounds));
    let cents: Vec<f64> = (38_400..92_000)
        .step_by(480)
        .map(|i| 1_200.0 * (frequency(&frames[i..], first, 1_920, 480) / first).log2())
        .collect();
    let mean = cents.iter().sum::<f64>() / cents.len() as f64;
    let deviation = (cents.iter().map(|c| (c - mean).powi(2)).sum::<f64>() / cents.len() as f64).sqrt();
    let spectrum = spectrum(&frames[20_000..20_000 + 65_536]);
    // Far from all partials.
    let hertz_each = rate / 65_536.0;
    let between = spectrum.iter().enumerate().filter(|(i, _)| {
        let order = *i as f64 * hertz_each / first;
        (1.2..12.0).contains(&order) && (order - order.round()).abs() > 0.3
    });
    let noise = between.map(|(_, amplitude)| amplitude * amplitude).sum::<f64>();
    let all = spectrum.iter().map(|amplitude| amplitude * amplitude).sum::<f64>();
    Character {
        attack: (reach(0.8) - reach(0.1)) * 1_000.0 / rate,
        centroid: centroid(&frames) / first,
        decay: if slope > 8.0 { 60.0 / slope } else { 0.0 },
        vibrato: if slope > 8.0 { 0.0 } else { deviation * std::f64::consts::SQRT_2 },
        noise: (10.0 * (noise / all).log10()).max(-80.0),
    }
}

/// The rows of the table in docs/sound.md: name, then attack, centroid, decay, vibrato and noise.
fn documented() -> Vec<(String, [f64; 5])> {
    let text = include_str!("../docs/sound.md");
    let rows = text.lines().filter(|line| line.starts_with("| `"));
    rows.map(|line| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let number = |i: usize| cells[i].replace('−', "-").parse().unwrap_or(0.0);
        (cells[1].trim_matches('`').to_owned(), [2, 3, 4, 5, 6].map(number))
    })
    .collect()
}

#[test]
fn the_table_says_what_is_heard_and_no_two_sound_alike() {
    let documented = documented();
    let mut heard = Vec::new();
    let mut faults = Vec::new();
    for instrument in leaders() {
        let id = instrument.id;
        let found = character(id);
        let row = format!(
            "| `{id}` | {:.0} | {:.1} | {:.1} | {:.0} | {:.0} |",
            found.attack, found.centroid, found.decay, found.vibrato, found.noise
        );
        let said = documented.iter().find(|(name, _)| name == id).map(|(_, figures)| figures);
        let near =
            |said: f64, found: f64, share: f64, least: f64| (said - found).abs() <= (said * share).max(least);
        let is_true = said.is_some_and(|[attack, centroid, decay, vibrato, noise]| {
            near(*attack, found.attack, 0.1, 1.0)
                && near(*centroid, found.centroid, 0.05, 0.1)
                && near(*decay, found.decay, 0.1, 0.1)
                && near(*vibrato, found.vibrato, 0.15, 1.0)
                && near(*noise, found.noise, 0.0, 2.0)
        });
        if !is_true {
            faults.push(row);
        }
        heard.push((id, found));
    }
    assert!(faults.is_empty(), "docs/sound.md should say\n{}", faults.join("\n"));
    let apart = |a: f64, b: f64, times: f64| a.max(b) > a.min(b) * times;
    for (i, (id, a)) in heard.iter().enumerate() {
        for (other, b) in &heard[..i] {
            let ways = [
                apart(a.attack.max(2.0), b.attack.max(2.0), 1.4),
                apart(a.centroid, b.centroid, 1.2),
                apart(a.decay.max(0.1), b.decay.max(0.1), 1.3),
                (a.vibrato - b.vibrato).abs() > 3.0,
                (a.noise - b.noise).abs() > 6.0,
            ];
            let count = ways.iter().filter(|way| **way).count();
            assert!(count >= 2, "{id} and {other} are too much alike: {a:?} {b:?}");
        }
    }
}

#[test]
fn ranges_are_those_of_the_instruments() {
    let reach = |id, pitch| instrument(id).reach(pitch);
    for (id, lowest, highest, stretch) in [
        ("whistle", 62, 83, 86),
        ("flute", 62, 83, 86),
        ("pipes", 62, 86, 86),
        ("fiddle", 55, 83, 88),
        ("mandolin", 55, 83, 88),
        ("banjo", 55, 83, 88),
        ("concertina", 55, 86, 86),
        ("accordion", 55, 86, 86),
    ] {
        assert_eq!(reach(id, lowest - 1), Reach::Outside, "{id}");
        assert_eq!((reach(id, lowest), reach(id, highest)), (Reach::Easy, Reach::Easy), "{id}");
        if stretch > highest {
            assert_eq!(reach(id, stretch), Reach::Stretch, "{id}");
        }
        assert_eq!(reach(id, stretch + 1), Reach::Outside, "{id}");
    }
}
