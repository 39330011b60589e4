//! What is wrong with a tune as a whole: bars, repeats, ties.

mod bars;
mod repeats;
mod ties;

use super::Tune;
use super::diagnostic::Sink;

/// Looks at every voice.
pub(super) fn check(tune: &Tune, sink: &mut Sink) {
    for voice in &tune.voices {
        bars::check(tune, voice, sink);
        repeats::check(voice, sink);
        ties::check(tune, voice, sink);
    }
}
