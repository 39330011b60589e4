//! Whatever bytes stand in a file, reading it gives what is in it or says why not, and does not panic: tunes,
//! sets, settings and checkpoints, each a good one with bytes changed, left out, put in and moved about.
//! What is accepted can be written and is then read as the same.

use std::time::{Duration, Instant};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

mod reads;

/// How long one is at it: some changes each time, ten minutes if that is asked for.
enum Patience {
    Cases(u32),
    Minutes(u64),
}

/// Hands `take` a good file with ever other faults.
fn with_noise(good: &[Vec<u8>], patience: &Patience, mut take: impl FnMut(&[u8])) {
    let mut random = ChaCha8Rng::seed_from_u64(2026);
    let started = Instant::now();
    let mut cases = 0_u32;
    loop {
        match patience {
            Patience::Cases(most) if cases >= *most => break,
            Patience::Minutes(most) if started.elapsed() > Duration::from_secs(60 * most) => break,
            _ => {}
        }
        let mut bytes = good[cases as usize % good.len()].clone();
        for _ in 0..=random.next_u32() % 8 {
            change(&mut bytes, &mut random);
        }
        take(&bytes);
        cases += 1;
    }
    println!("{cases} files read");
}

fn change(bytes: &mut Vec<u8>, random: &mut ChaCha8Rng) {
    let mut place = |len: usize| random.next_u32() as usize % len.max(1);
    let (from, to) = (place(bytes.len()), place(bytes.len()));
    let (least, most) = (from.min(to), from.max(to));
    match place(8) {
        _ if bytes.is_empty() => bytes.push(b'|'),
        0 => bytes[from] = place(256) as u8,
        1 => bytes[from] ^= 1 << place(8),
        2 => drop(bytes.drain(least..most.min(least + 64))),
        3 => bytes.truncate(most),
        4 => {
            let piece = bytes[least..most.min(least + 64)].to_vec();
            let at = place(bytes.len());
            bytes.splice(at..at, piece);
        }
        5 => bytes.insert(from, b"|:[]{}\"!%=#\n\0-9"[place(15)]),
        // Numbers at the ends of what fits.
        6 => {
            let number =
                ["-1", "0", "4294967296", "99999999999999999999", "1e999", "NaN", "\u{2028}", "é"][place(8)];
            bytes.splice(from..from, number.bytes());
        }
        _ => bytes.swap(from, to),
    }
}

fn tunes(patience: &Patience) {
    with_noise(&reads::good_tunes(), patience, reads::tune);
}

fn sets(patience: &Patience) {
    with_noise(&reads::good_sets(), patience, reads::set);
}

fn settings(patience: &Patience) {
    let folder = tempfile::tempdir().unwrap();
    let good = reads::good_settings(folder.path());
    with_noise(&good, patience, |bytes| reads::settings(bytes, folder.path()));
}

fn checkpoints(patience: &Patience) {
    with_noise(&reads::good_checkpoints(), patience, reads::checkpoint);
}

#[test]
fn a_tune_s_file_may_hold_anything() {
    tunes(&Patience::Cases(2_000));
}

#[test]
fn a_set_s_file_may_hold_anything() {
    sets(&Patience::Cases(20_000));
}

#[test]
fn a_settings_file_may_hold_anything() {
    settings(&Patience::Cases(2_000));
}

#[test]
fn a_checkpoint_s_file_may_hold_anything() {
    checkpoints(&Patience::Cases(4_000));
}

#[test]
#[ignore = "ten minutes: cargo test --release ten_minutes_of_noise -- --ignored --nocapture"]
fn ten_minutes_of_noise_each() {
    std::thread::scope(|threads| {
        for read in [tunes, sets, settings, checkpoints] {
            threads.spawn(move || read(&Patience::Minutes(10)));
        }
    });
}
