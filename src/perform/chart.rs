//! Chords found for a tune, written into its text.

use std::collections::HashSet;

use super::options::Options;
use super::score::Score;
use super::{PerformError, harmony, positions};
use crate::abc::{RewriteError, Span, Tune, add_chords, without_macros};
use crate::music::{Chord, Key, Mode, Quality};

/// Why no chords are written.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ChartError {
    /// The tune cannot be played, so that nobody knows what sounds with what.
    #[error(transparent)]
    Perform(#[from] PerformError),
    /// The text cannot be changed.
    #[error(transparent)]
    Rewrite(#[from] RewriteError),
}

/// The text with the chords that [`super::Accompaniment::Inferred`] plays written over the notes of the
/// first voice.
///
/// # Errors
/// If the tune has chord symbols already, cannot be played, or has macros that cannot be written out.
pub fn write_chords(text: &str, tune: &Tune) -> Result<String, ChartError> {
    let (text, tune) = without_macros(text, tune)?;
    Ok(add_chords(&text, &tune, &chords(&tune)?)?)
}

/// The chords for a tune and the notes or chords of its first voice they stand over, in playing order.
///
/// A chord is said where it changes and where a section begins, and not over a pickup. What is played
/// again has the chords of the first time.
///
/// # Errors
/// If the tune cannot be played.
pub fn chords(tune: &Tune) -> Result<Vec<(Span, Chord)>, PerformError> {
    let mut score = Score::read(tune, &Options::default())?;
    positions::place(&mut score.bars);
    let found = harmony::infer(&score);
    let key = score.states.first().map_or(Key::NONE, |state| state.key);
    let events = score.voices.first().map(Vec::as_slice).unwrap_or_default();
    let mut seen = HashSet::new();
    let mut chart = Vec::new();
    let mut last = None;
    let (mut bar, mut again) = (None, false);
    for (i, &(start, chord, _)) in found.iter().enumerate() {
        let Some((place, _)) = positions::at(&score.bars, start) else { continue };
        let here = score.bars[place];
        if bar != Some(place) {
            bar = Some(place);
            again = !seen.insert(here.span);
            if again || here.first {
                last = None;
            }
        }
        if again {
            continue;
        }
        let Some(chord) = chord.filter(|_| !positions::is_pickup(&score.bars, place)) else { continue };
        let chord = with_third(chord, &key);
        if last == Some(chord) {
            continue;
        }
        let end = found.get(i + 1).map_or(score.end, |next| next.0);
        let mut notes = events[events.partition_point(|event| event.start < start)..].iter();
        let note = notes.find(|event| event.count > 0 && event.layer == 0).filter(|event| event.start < end);
        if let Some(note) = note {
            chart.push((note.span, chord));
            last = Some(chord);
        }
    }
    Ok(chart)
}

/// Open fifths are played on the tonic of some modes, and written with the third of the mode.
fn with_third(chord: Chord, key: &Key) -> Chord {
    let third = match key.mode() {
        Some(Mode::Major | Mode::Lydian | Mode::Mixolydian) | None => Quality::Major,
        Some(_) => Quality::Minor,
    };
    let quality = if chord.quality == Quality::Power { third } else { chord.quality };
    Chord { quality, ..chord }
}
