//! The flags that say what a tune is to be like.

use std::num::NonZeroUsize;

use clap::ValueEnum;
use reelsmith::abc::grammar::Chords;
use reelsmith::abc::parse;
use reelsmith::compose::{Aim, Instrument, Ornaments, Request, Wishes};
use reelsmith::music::{Key, Metre};
use reelsmith::perform::TuneType;

/// What a tune is to be like; whatever is left out is drawn as often as the corpus has it.
#[derive(Debug, Clone, Default, clap::Args)]
#[command(next_help_heading = "Wishes")]
pub(crate) struct WishArgs {
    /// The tune type: reel, jig, 'slip jig', hornpipe, polka, waltz, …
    #[arg(long = "type", value_name = "TYPE", value_parser = read_type)]
    tune_type: Option<TuneType>,
    /// The key, as K: writes it: G, Emin, Ador, Dmix
    #[arg(long, value_parser = read_key)]
    key: Option<Key>,
    /// The metre, as M: writes it: 6/8
    #[arg(long, value_parser = read_metre)]
    metre: Option<Metre>,
    /// How many parts
    #[arg(long, value_name = "N")]
    parts: Option<usize>,
    /// How many bars each part has
    #[arg(long, value_name = "N")]
    part_bars: Option<usize>,
    /// Whether every part is played twice
    #[arg(long, value_name = "YES")]
    repeats: Option<bool>,
    /// Whether every part has a first and a second ending
    #[arg(long, value_name = "YES")]
    endings: Option<bool>,
    /// Whether it begins with a pickup
    #[arg(long, value_name = "YES")]
    pickup: Option<bool>,
    /// The instrument it is to fit
    #[arg(long, value_name = "NAME", value_parser = read_instrument)]
    instrument: Option<Instrument>,
    /// No notes but the key's own
    #[arg(long)]
    in_key: bool,
    /// It ends on its home note
    #[arg(long)]
    ends_home: bool,
    /// Chord symbols: any as it comes, never none, always at least at every part's start
    #[arg(long, value_enum, default_value_t)]
    chords: ChordsArg,
    /// Ornaments: any as the network has them, none, or light or full by rule
    #[arg(long, value_enum, default_value_t)]
    ornaments: OrnamentsArg,
    /// What becomes of music in the prompt: it begins a tune, gets one more part, or an ending
    #[arg(long, value_enum, default_value_t)]
    aim: AimArg,
    /// Cut a prompt that composed tunes cannot begin with back to its last good bar
    #[arg(long)]
    cut: bool,
    /// Without grammar and wishes: whatever the network writes, faults and all
    #[arg(long)]
    pub(crate) raw: bool,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum ChordsArg {
    #[default]
    Any,
    Never,
    Always,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum OrnamentsArg {
    #[default]
    Any,
    None,
    Light,
    Full,
}

#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum AimArg {
    #[default]
    Tune,
    Section,
    Ending,
}

impl WishArgs {
    /// Puts the wishes into a request.
    pub(crate) fn apply(&self, request: Request) -> Request {
        let chords = match self.chords {
            ChordsArg::Any => Chords::Any,
            ChordsArg::Never => Chords::Never,
            ChordsArg::Always => Chords::Always,
        };
        let ornaments = match self.ornaments {
            OrnamentsArg::Any => Ornaments::Any,
            OrnamentsArg::None => Ornaments::None,
            OrnamentsArg::Light => Ornaments::Light,
            OrnamentsArg::Full => Ornaments::Full,
        };
        let aim = match self.aim {
            AimArg::Tune => Aim::Tune,
            AimArg::Section => Aim::Section,
            AimArg::Ending => Aim::Ending,
        };
        let wishes = Wishes {
            tune_type: self.tune_type,
            tonic: self.key.and_then(|key| key.tonic()),
            mode: self.key.and_then(|key| key.mode()),
            metre: self.metre.clone(),
            parts: self.parts,
            bars: self.part_bars,
            repeats: self.repeats,
            endings: self.endings,
            pickup: self.pickup,
            instrument: self.instrument,
            in_key: self.in_key,
            ends_home: self.ends_home,
            chords,
            ornaments,
        };
        Request { wishes, aim, cut: self.cut, raw: self.raw, ..request }
    }
}

fn read_type(text: &str) -> Result<TuneType, String> {
    let names = || TuneType::COMMON.map(TuneType::name).join(", ");
    TuneType::COMMON
        .into_iter()
        .find(|kind| kind.name() == text.to_lowercase())
        .ok_or_else(|| format!("the types are {}", names()))
}

fn read_key(text: &str) -> Result<Key, String> {
    let parsed = parse(&format!("X:1\nK:{text}\n"));
    let key = parsed.tunes.first().filter(|_| parsed.diagnostics.is_empty()).and_then(|tune| tune.key.key);
    key.filter(|key| key.tonic().is_some() && key.mode().is_some())
        .ok_or_else(|| "a key is a home note and a mode, as in G, Emin, Ador".to_owned())
}

fn read_metre(text: &str) -> Result<Metre, String> {
    let numbers = text.split_once('/').and_then(|(b, v)| Some((b.parse().ok()?, v.parse().ok()?)));
    match numbers.filter(|&(beats, value): &(u16, u16)| beats > 0 && value.is_power_of_two()) {
        Some((beats, value)) => Ok(Metre::new(beats, value)),
        None => Err("a metre is beats and their value, as in 6/8".to_owned()),
    }
}

fn read_instrument(text: &str) -> Result<Instrument, String> {
    let names = || Instrument::ALL.map(Instrument::name).join(", ");
    Instrument::ALL
        .into_iter()
        .find(|instrument| instrument.name() == text)
        .ok_or_else(|| format!("the instruments are {}", names()))
}

/// How many tunes are composed for each that is kept, if they are ranked.
#[derive(Debug, Clone, Copy, Default, clap::Args)]
pub(crate) struct RankArgs {
    /// Keep the N best of the tunes written, best first
    #[arg(long, value_name = "N")]
    pub(crate) best: Option<NonZeroUsize>,
}
