//! Which tunes make up which batch.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use super::corpus::Tune;
use super::settings::Settings;

/// Tunes are sorted by length within so many batches' worth of shuffled tunes: alike lengths waste
/// no time, and the neighbours change from epoch to epoch.
const BUCKET: usize = 50;

/// The batches of an epoch, each a list of places in the corpus: every tune once, in an order that
/// depends on the seed and the epoch only.
pub(super) fn epoch_batches(tunes: &[Tune], settings: &Settings, epoch: u64) -> Vec<Vec<usize>> {
    let mut random = ChaCha8Rng::seed_from_u64(settings.seed);
    // The streams with this bit are never used for dropout.
    random.set_stream(1 << 63 | epoch);
    let mut order: Vec<usize> = (0..tunes.len()).collect();
    shuffle(&mut order, &mut random);
    let mean = tunes.iter().map(Tune::steps).sum::<usize>() / tunes.len().max(1);
    let tunes_a_batch = match settings.batch_characters {
        Some(characters) => (characters / mean.max(1)).max(1),
        None => settings.batch,
    };
    let mut batches = Vec::new();
    for bucket in order.chunks_mut(tunes_a_batch * BUCKET) {
        bucket.sort_by_key(|&i| tunes[i].steps());
        cut(bucket, tunes, settings, &mut batches);
    }
    shuffle(&mut batches, &mut random);
    batches
}

fn cut(bucket: &[usize], tunes: &[Tune], settings: &Settings, batches: &mut Vec<Vec<usize>>) {
    let Some(characters) = settings.batch_characters else {
        batches.extend(bucket.chunks(settings.batch).map(<[usize]>::to_vec));
        return;
    };
    let (mut batch, mut filled) = (Vec::new(), 0);
    for &tune in bucket {
        batch.push(tune);
        filled += tunes[tune].steps();
        if filled >= characters {
            batches.push(std::mem::take(&mut batch));
            filled = 0;
        }
    }
    if !batch.is_empty() {
        batches.push(batch);
    }
}

/// Fisher and Yates' shuffle.
fn shuffle<T>(items: &mut [T], random: &mut ChaCha8Rng) {
    for last in (1..items.len()).rev() {
        // The bias of the remainder is below last / 2⁶⁴.
        let other = (random.next_u64() % (last as u64 + 1)) as usize;
        items.swap(last, other);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_tune_comes_once_an_epoch(
            lengths in prop::collection::vec(2usize..60, 1..300),
            batch in 1usize..9,
            characters in prop::option::of(1usize..400),
        ) {
            let tunes: Vec<Tune> =
                lengths.iter().map(|&n| Tune { tokens: vec![5; n], body: 0 }).collect();
            let settings = Settings { batch, batch_characters: characters, ..Settings::default() };
            let batches = epoch_batches(&tunes, &settings, 3);
            prop_assert_eq!(&batches, &epoch_batches(&tunes, &settings, 3));
            let mut seen: Vec<usize> = batches.iter().flatten().copied().collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..tunes.len()).collect::<Vec<_>>());
            for batch in &batches {
                match characters {
                    // Full after its last tune, and not before.
                    Some(most) => prop_assert!(
                        batch[..batch.len() - 1].iter().map(|&i| tunes[i].steps()).sum::<usize>() < most
                    ),
                    None => prop_assert!(batch.len() <= settings.batch),
                }
            }
        }
    }

    #[test]
    fn epochs_differ() {
        let tunes = vec![Tune { tokens: vec![5; 9], body: 0 }; 100];
        let settings = Settings::default();
        assert_ne!(epoch_batches(&tunes, &settings, 0), epoch_batches(&tunes, &settings, 1));
    }
}
