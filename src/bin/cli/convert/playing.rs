//! How tunes are played.

use reelsmith::abc::Tune;
use reelsmith::export::midi;
use reelsmith::perform::{Accompaniment, Options, PerformError, Performance};
use reelsmith::synth::Instrument;

use super::ConvertError;

/// How a tune is played.
#[derive(Debug, clap::Args)]
pub(crate) struct Playing {
    /// Play what is written, by the standard's defaults, and nothing else
    #[arg(long)]
    literal: bool,
    /// How many times all of a tune is played, 1 to 3 [default: 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(1..=3))]
    times: Option<u8>,
    /// Two bars of clicks before the tune
    #[arg(long, conflicts_with = "literal")]
    count_in: bool,
    /// Hold the last note for a bar
    #[arg(long, conflicts_with = "literal")]
    held_end: bool,
    /// Where chords come from [default: inferred]
    #[arg(long, value_enum, conflicts_with = "literal")]
    chords: Option<Chords>,
}

/// Where the accompaniment's chords come from.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Chords {
    /// No accompaniment
    Off,
    /// Chord symbols only
    Written,
    /// Chord symbols, or, in a tune without any, chords found for its notes
    Inferred,
}

impl Playing {
    /// The first of its options that was given, for a file that has no use for it.
    pub(super) fn given(&self) -> Option<&'static str> {
        [
            (self.literal, "--literal"),
            (self.times.is_some(), "--times"),
            (self.count_in, "--count-in"),
            (self.held_end, "--held-end"),
            (self.chords.is_some(), "--chords"),
        ]
        .into_iter()
        .find_map(|(given, name)| given.then_some(name))
    }

    /// The bytes of a MIDI file.
    pub(super) fn midi(&self, tune: &Tune, instrument: &Instrument) -> Result<Vec<u8>, ConvertError> {
        Ok(midi::write(&self.performance(tune, instrument)?)?)
    }

    /// The tune as it is played on an instrument.
    pub(crate) fn performance(
        &self,
        tune: &Tune,
        instrument: &Instrument,
    ) -> Result<Performance, PerformError> {
        Performance::new(tune, &self.options(instrument))
    }

    fn options(&self, instrument: &Instrument) -> Options {
        let (times, instrument) = (self.times.unwrap_or(1), instrument.playing);
        if self.literal {
            return Options { times, instrument, ..Options::literal() };
        }
        Options {
            times,
            instrument,
            count_in: self.count_in,
            held_end: self.held_end,
            accompaniment: match self.chords {
                Some(Chords::Off) => Accompaniment::Off,
                Some(Chords::Written) => Accompaniment::Written,
                Some(Chords::Inferred) | None => Accompaniment::Inferred,
            },
            ..Options::default()
        }
    }
}
