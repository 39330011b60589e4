//! Whatever bytes stand in a file, reading it gives what is in it or says why not, and does not panic: tunes,
//! sets, settings and checkpoints, each a good one with bytes changed, left out, put in and moved about.
//! What is accepted can be written and is then read as the same.

use std::fs;
use std::time::{Duration, Instant};

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};
use reelsmith::abc::parse;
use reelsmith::library::{Entry, Set};
use reelsmith::model::{Cell, Checkpoint, Parameters, Precision, Shape, Vocabulary};
use reelsmith::settings::Preferences;

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
    let book = include_str!("fixtures/public-domain.abc");
    let mut good: Vec<Vec<u8>> = parse(book).tunes.iter().map(|tune| tune.span.of(book).into()).collect();
    good.push(
        b"X:1\n%%reelsmith seed 7\n%%reelsmith temperature 0.8\n%%reelsmith time 2026-11-27T11:00:00+00:00\n\
        %%reelsmith favourite\n%%reelsmith tags session, slow\nT:Reel No. 1\nR:reel\nM:4/4\nL:1/8\nK:D\nDEFG ABcd|]\n"
            .to_vec(),
    );
    with_noise(&good, patience, |bytes| {
        if let Ok(entry) = Entry::read("Some tune.abc", bytes, None) {
            let again = Entry::read("Some tune.abc", entry.text.as_bytes(), None).unwrap();
            assert_eq!((&again.title, &again.marks, again.kind), (&entry.title, &entry.marks, entry.kind));
            // What it was composed with, if anything can be made of that.
            let _ = entry.request();
        }
    });
}

fn sets(patience: &Patience) {
    let set = Set {
        file: "Monday.abc".into(),
        name: "Monday’s reels".into(),
        tunes: vec!["Reel No. 12.abc".into(), "The Barefoot Boy.abc".into()],
    };
    with_noise(&[set.write()], patience, |bytes| {
        let read = Set::read("Monday.abc", bytes);
        assert!(read.tunes.iter().all(|tune| !tune.contains(['/', '\\'])), "out of the folder: {read:?}");
        let again = Set::read("Monday.abc", &read.write());
        // A set without a name has its file's.
        assert_eq!((&again.tunes, again.name.is_empty()), (&read.tunes, read.name.is_empty()));
    });
}

fn settings(patience: &Patience) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("settings.toml");
    Preferences::default().save(folder.path()).unwrap();
    let good = fs::read(&path).unwrap();
    with_noise(&[good], patience, |bytes| {
        fs::write(&path, bytes).unwrap();
        if let Ok(read) = Preferences::load(folder.path()) {
            read.save(folder.path()).unwrap();
            assert_eq!(Preferences::load(folder.path()).unwrap(), read);
        }
        // Damaged ones are put aside, each under a name of its own.
        for entry in fs::read_dir(folder.path()).unwrap() {
            fs::remove_file(entry.unwrap().path()).unwrap();
        }
    });
}

fn checkpoints(patience: &Patience) {
    let vocabulary = Vocabulary::reference();
    let shape = Shape { cell: Cell::Lstm, vocabulary: vocabulary.len(), embedding: 3, layers: 1, hidden: 2 };
    let facts = [("name".to_owned(), "Tiny".to_owned())].into();
    let checkpoint = Checkpoint { vocabulary, parameters: Parameters::zeros(shape), facts };
    let good = [Precision::F32, Precision::F16].map(|precision| checkpoint.to_bytes(precision).unwrap());
    with_noise(&good, patience, |bytes| {
        if let Ok(read) = Checkpoint::from_bytes(bytes) {
            let again = Checkpoint::from_bytes(&read.to_bytes(Precision::F32).unwrap()).unwrap();
            assert_eq!((again.shape(), again.name()), (read.shape(), read.name()));
        }
    });
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
