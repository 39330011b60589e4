//! How tunes are sounded for WAV and FLAC files.

use std::sync::Arc;

use reelsmith::abc::Tune;
use reelsmith::export::sound::Depth;
use reelsmith::export::{flac, wav};
use reelsmith::synth::{Controls, Instrument, Program, Reach, Rendering, Volumes};

use super::playing::Playing;
use super::{ConvertError, Format};

/// How a tune is sounded.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "For sound files")]
pub(crate) struct Sounding {
    /// What plays the tune; MIDI files know it too [default: flute]
    #[arg(long, value_name = "NAME", value_parser = leader)]
    instrument: Option<&'static Instrument>,
    /// What plays the chords [default: guitar]
    #[arg(long, value_name = "NAME", value_parser = backer)]
    backing: Option<&'static Instrument>,
    /// The tempo in per cent of the tune's own, 25 to 300 [default: 100]
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u16).range(25..=300))]
    tempo: Option<u16>,
    /// Semitones up, or down if below 0, to 24 [default: 0]
    #[arg(long, value_name = "N", allow_negative_numbers = true, value_parser = clap::value_parser!(i8).range(-24..=24))]
    transpose: Option<i8>,
    /// A click on every beat
    #[arg(long)]
    metronome: bool,
    /// Pipes: leave the drones out
    #[arg(long)]
    no_drones: bool,
    /// Accordion: cents between the reeds of a note, 0 (dry) to 8 [default: 4]
    #[arg(long, value_name = "CENTS", value_parser = clap::value_parser!(u8).range(0..=8))]
    tuning: Option<u8>,
    /// How loud chords are, in per cent of the usual, 0 to 200 [default: 100]
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u16).range(0..=200))]
    backing_volume: Option<u16>,
    /// How much of the room is heard, in per cent, 0 to 100 [default: 50]
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(0..=100))]
    room: Option<u8>,
    /// Samples a second [default: 44100]
    #[arg(long, value_enum)]
    rate: Option<Rate>,
    /// Bits of a sample [default: 16]
    #[arg(long, value_enum)]
    bits: Option<Bits>,
}

/// Samples a second.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Rate {
    /// As on a CD
    #[value(name = "44100")]
    Cd,
    /// As with pictures
    #[value(name = "48000")]
    Film,
}

/// How a sample is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Bits {
    /// Whole numbers of 16 bits
    #[value(name = "16")]
    Sixteen,
    /// Whole numbers of 24 bits
    #[value(name = "24")]
    TwentyFour,
    /// Single precision, WAV only
    Float,
}

/// The instrument with this name, of those who play tunes.
pub(crate) fn leader(id: &str) -> Result<&'static Instrument, String> {
    named(id, |instrument| instrument.leads)
}

/// The same of those who play chords.
fn backer(id: &str) -> Result<&'static Instrument, String> {
    named(id, |instrument| instrument.backs)
}

/// The instrument with this name among those that can.
fn named(id: &str, can: fn(&Instrument) -> bool) -> Result<&'static Instrument, String> {
    Instrument::by_id(id).filter(|instrument| can(instrument)).ok_or_else(|| {
        let able = Instrument::all().iter().filter(|instrument| can(instrument));
        format!("it has to be one of {}", able.map(|instrument| instrument.id).collect::<Vec<_>>().join(", "))
    })
}

impl Sounding {
    /// The first of its options that was given and that files of this form have no use for.
    pub(super) fn useless(&self, format: Format) -> Option<&'static str> {
        let (sounds, plays) = (format.sounds(), format == Format::Midi);
        [
            (self.instrument.is_some() && !sounds && !plays, "--instrument"),
            (self.backing.is_some() && !sounds, "--backing"),
            (self.tempo.is_some() && !sounds, "--tempo"),
            (self.transpose.is_some() && !sounds, "--transpose"),
            (self.metronome && !sounds, "--metronome"),
            (self.no_drones && !sounds, "--no-drones"),
            (self.tuning.is_some() && !sounds, "--tuning"),
            (self.backing_volume.is_some() && !sounds, "--backing-volume"),
            (self.room.is_some() && !sounds, "--room"),
            (self.rate.is_some() && !sounds, "--rate"),
            (self.bits.is_some() && !sounds, "--bits"),
            (self.bits == Some(Bits::Float) && format == Format::Flac, "--bits float"),
        ]
        .into_iter()
        .find_map(|(useless, name)| useless.then_some(name))
    }

    /// What plays the tune.
    pub(super) fn instrument(&self) -> &'static Instrument {
        self.instrument.unwrap_or(Controls::default().melody)
    }

    /// The bytes of a WAV or FLAC file, and what is to be said about notes that the instrument does not have.
    pub(super) fn sound(
        &self,
        tune: &Tune,
        playing: &Playing,
        format: Format,
    ) -> Result<(Vec<u8>, Option<String>), ConvertError> {
        let controls = self.controls();
        let program = Program::new(&playing.performance(tune, controls.melody)?);
        let outside = program.out_of_reach(controls.melody, controls.transpose);
        let outside = outside.filter(|(_, reach)| *reach == Reach::Outside).count();
        let name = controls.melody.name.to_lowercase();
        let query = match outside {
            0 => None,
            1 => Some(format!("1 note is out of the {name}'s range")),
            _ => Some(format!("{outside} notes are out of the {name}'s range")),
        };
        let rate = match self.rate {
            Some(Rate::Cd) | None => 44_100,
            Some(Rate::Film) => 48_000,
        };
        let depth = match self.bits {
            Some(Bits::Sixteen) | None => Depth::Sixteen,
            Some(Bits::TwentyFour) => Depth::TwentyFour,
            Some(Bits::Float) => Depth::Float,
        };
        let rendering = Rendering::new(Arc::new(program), controls, rate);
        let bytes = match format {
            Format::Flac => flac::write(rendering, depth),
            _ => wav::write(rendering, depth),
        }?;
        Ok((bytes, query))
    }

    fn controls(&self) -> Controls {
        let usual = Controls::default();
        let share = |percent: Option<u16>| percent.map_or(1.0, |percent| f32::from(percent) / 100.0);
        Controls {
            tempo: self.tempo.map_or(usual.tempo, |percent| f64::from(percent) / 100.0),
            transpose: self.transpose.unwrap_or(usual.transpose),
            melody: self.instrument(),
            accompaniment: self.backing.unwrap_or(usual.accompaniment),
            metronome: self.metronome,
            drones: !self.no_drones,
            reed_tuning: self.tuning.map_or(usual.reed_tuning, f32::from),
            room: self.room.map_or(usual.room, |percent| f32::from(percent) / 100.0),
            volumes: Volumes { accompaniment: share(self.backing_volume), ..usual.volumes },
            ..usual
        }
    }
}
