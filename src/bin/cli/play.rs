//! `play`: tunes in ABC are heard.

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressStyle};
use reelsmith::abc::parse;
use reelsmith::audio::{AudioError, DeviceState, Devices, OutputDevice, SystemDevices, Transport};
use reelsmith::perform::PerformError;
use reelsmith::synth::{Controls, Instrument, Program, Time, Volumes};

use super::convert::playing::Playing;
use super::convert::sounding::leader;
use super::{CliError, check, print};

/// Play tunes in ABC on the sound device
///
/// Several tunes are played one after another. Ctrl-C stops.
#[derive(Debug, clap::Args)]
pub(crate) struct Play {
    /// The ABC file
    #[arg(value_name = "IN", required_unless_present = "devices")]
    input: Option<PathBuf>,
    /// Only the tune with this number (X:)
    #[arg(long, value_name = "N")]
    tune: Option<u32>,
    /// The instrument that plays the tune [default: flute]
    #[arg(long, value_name = "NAME", value_parser = leader)]
    instrument: Option<&'static Instrument>,
    /// Of the tune's own tempo, in percent, 25 to 300
    #[arg(long, value_name = "PERCENT", default_value_t = 100, value_parser = clap::value_parser!(u16).range(25..=300))]
    tempo: u16,
    /// So many semitones higher, or lower, to two octaves either way
    #[arg(long, value_name = "SEMITONES", default_value_t = 0, allow_negative_numbers = true, value_parser = clap::value_parser!(i8).range(-24..=24))]
    transpose: i8,
    /// Click every beat
    #[arg(long)]
    metronome: bool,
    /// Loudness in percent, 0 to 200
    #[arg(long, value_name = "PERCENT", default_value_t = 100, value_parser = clap::value_parser!(u8).range(0..=200))]
    volume: u8,
    /// How much of the room is heard, in percent
    #[arg(long, value_name = "PERCENT", default_value_t = 50, value_parser = clap::value_parser!(u8).range(0..=100))]
    room: u8,
    /// The sound device: its id or a part of its name [default: the system's]
    #[arg(long, value_name = "NAME")]
    device: Option<String>,
    /// Make the sound so many milliseconds ahead; more where it breaks up [default: 50]
    #[arg(long, value_name = "MS", value_parser = clap::value_parser!(u16).range(10..=2000))]
    ahead: Option<u16>,
    /// List the sound devices and end
    #[arg(long)]
    devices: bool,
    #[command(flatten, next_help_heading = "How it is played")]
    playing: Playing,
}

/// Why a tune is not heard.
#[derive(Debug, thiserror::Error)]
pub(crate) enum PlayError {
    /// The file has none.
    #[error("there is no tune in it")]
    NoTune,
    /// None with this number.
    #[error("there is no tune X:{0} in it")]
    NoSuchTune(u32),
    /// It cannot be played.
    #[error(transparent)]
    Perform(#[from] PerformError),
}

/// How often the progress is shown, and the end looked for.
const LOOK: Duration = Duration::from_millis(50);

/// After Ctrl-C what sounds may die away for so long, and after the end of a tune for so long.
const RELEASE: Duration = Duration::from_millis(400);
const RINGING: Duration = Duration::from_secs(4);

/// How a shell tells that Ctrl-C ended a program.
const INTERRUPTED: u8 = 130;

impl Play {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<ExitCode, CliError> {
        let Some(input) = &self.input else { return list() };
        let programs = self.programs(input)?;
        let stop = Arc::new(AtomicBool::new(false));
        signal_hook::flag::register(signal_hook::consts::SIGINT, Arc::clone(&stop))
            .map_err(CliError::Signal)?;
        let mut transport = Transport::new(self.system(), self.device.clone(), || {})?;
        transport.set_controls(self.controls());
        for (title, program) in programs {
            if let Outcome::Stopped = play(&mut transport, &title, program, &stop)? {
                return Ok(ExitCode::from(INTERRUPTED));
            }
        }
        Ok(ExitCode::SUCCESS)
    }

    /// The tunes to play, with their titles; at least one.
    fn programs(&self, path: &Path) -> Result<Vec<(String, Arc<Program>)>, CliError> {
        let cannot = |error| CliError::Play { path: path.to_owned(), error };
        let tunes = parse(&check::read(path)?).tunes;
        if tunes.is_empty() {
            return Err(cannot(PlayError::NoTune));
        }
        let melody = self.controls().melody;
        let mut programs = Vec::new();
        for tune in tunes.iter().filter(|tune| self.tune.is_none() || tune.number == self.tune) {
            let performance = self.playing.performance(tune, melody).map_err(|error| cannot(error.into()))?;
            let title = tune.title().unwrap_or("Untitled").to_owned();
            programs.push((title, Arc::new(Program::new(&performance))));
        }
        match self.tune {
            Some(number) if programs.is_empty() => Err(cannot(PlayError::NoSuchTune(number))),
            _ => Ok(programs),
        }
    }

    fn system(&self) -> SystemDevices {
        let ahead = self.ahead.map(|ahead| Duration::from_millis(ahead.into()));
        ahead.map_or_else(SystemDevices::default, |ahead| SystemDevices { ahead })
    }

    fn controls(&self) -> Controls {
        let usual = Controls::default();
        Controls {
            tempo: f64::from(self.tempo) / 100.0,
            transpose: self.transpose,
            melody: self.instrument.unwrap_or(usual.melody),
            metronome: self.metronome,
            room: f32::from(self.room) / 100.0,
            volumes: Volumes { master: f32::from(self.volume) / 100.0, ..usual.volumes },
            ..usual
        }
    }
}

/// How a tune ended.
enum Outcome {
    /// By itself.
    Over,
    /// By Ctrl-C.
    Stopped,
}

/// Plays a tune to its end and shows how far it is.
fn play(
    transport: &mut Transport,
    title: &str,
    program: Arc<Program>,
    stop: &AtomicBool,
) -> Result<Outcome, CliError> {
    let progress = progress(title, &program);
    transport.load(program);
    transport.play();
    let mut state = DeviceState::Closed;
    // How it ended, and until when it may die away.
    let mut end: Option<(Outcome, Instant)> = None;
    loop {
        std::thread::sleep(LOOK);
        if stop.swap(false, Ordering::Relaxed) {
            transport.pause();
            end = Some((Outcome::Stopped, Instant::now() + RELEASE));
        }
        if *transport.device() != state {
            state = transport.device().clone();
            match &state {
                DeviceState::Failed(error) => return Err(error.clone().into()),
                DeviceState::Lost(error) => {
                    progress.suspend(|| eprintln!("reelsmith-cli: {error}; waiting for one (Ctrl-C stops)"));
                }
                DeviceState::Open(_) | DeviceState::Closed => {}
            }
        }
        let now = Instant::now();
        show(&progress, transport, now);
        if end.is_none() && !transport.is_playing() {
            end = Some((Outcome::Over, now + RINGING));
        }
        if let Some((outcome, _)) = end.take_if(|(_, latest)| transport.is_at_rest(now) || *latest < now) {
            progress.finish();
            return Ok(outcome);
        }
    }
}

fn progress(title: &str, program: &Program) -> ProgressBar {
    let milliseconds = (program.length().seconds() * 1e3) as u64;
    let progress = ProgressBar::new(milliseconds).with_prefix(title.to_owned());
    match ProgressStyle::with_template("{prefix}  {bar:30} {msg}") {
        Ok(style) => progress.with_style(style),
        Err(_) => progress,
    }
}

fn show(progress: &ProgressBar, transport: &mut Transport, now: Instant) {
    let Some(sounding) = transport.heard(now) else { return };
    let program = &sounding.program;
    let bar = program.place(Time::from_seconds(sounding.at)).bar + 1;
    let minutes = |seconds: f64| format!("{}:{:02}", seconds as u64 / 60, seconds as u64 % 60);
    progress.set_position((sounding.at * 1e3) as u64);
    progress.set_message(format!(
        "bar {} of {}, {} of {}",
        bar.min(program.bars().len()),
        program.bars().len(),
        minutes(sounding.at),
        minutes(program.length().seconds())
    ));
}

/// Prints the sound devices: id and name.
fn list() -> Result<ExitCode, CliError> {
    let devices = SystemDevices::default().list()?;
    if devices.is_empty() {
        return Err(AudioError::NoDevice.into());
    }
    let width = devices.iter().map(|device| device.id.len()).max().unwrap_or(0);
    let line = |device: &OutputDevice| format!("{:width$}  {}\n", device.id, device.name);
    print(&devices.iter().map(line).collect::<String>())?;
    Ok(ExitCode::SUCCESS)
}
