//! The tune on the stand as it is played: its performance, made again when text or wishes change, and the
//! transport that sounds it.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::time::Instant;

use eframe::egui::Context;

use super::background::Background;
use super::backing::{self, Backing};
use super::page::Page;
use super::parts::Parts;
use super::playing::Playing;
use super::reading::Reading;
use crate::abc::Span;
use crate::audio::{AudioError, DeviceList, DeviceState, Devices, OutputDevice, Sounding, Transport};
use crate::music::Fraction;
use crate::perform::{Bar, Options, PerformError, Performance, Role};
use crate::settings::{Sound, SoundDevice};
use crate::synth::{Controls, Instrument, Program, Time, Volumes};

/// So near the end, in seconds, is at the end.
const END: f64 = 0.01;

/// How uneven notes are played.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Swing {
    /// Long and short only in dances that are danced so.
    #[default]
    Usual,
    /// Even everywhere.
    Straight,
    /// A little, in reels and jigs too.
    Light,
    /// As much as anybody plays.
    Strong,
}

impl Swing {
    /// All, in the order of the list.
    pub(super) const ALL: [Self; 4] = [Self::Usual, Self::Straight, Self::Light, Self::Strong];

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Usual => "Usual",
            Self::Straight => "Straight",
            Self::Light => "Light",
            Self::Strong => "Strong",
        }
    }

    /// The one with this name, in small letters.
    fn called(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|swing| swing.name().to_lowercase() == name)
    }

    fn options(self) -> Options {
        let usual = Options::default();
        let (swing, reel_swing, jig_lilt) = match self {
            Self::Usual => return usual,
            Self::Straight => (Fraction::ONE, Fraction::ONE, usual.jig_lilt),
            Self::Light => (Fraction::of(3, 2), Fraction::of(11, 10), Options::JIG_LILT),
            Self::Strong => (Fraction::of(3, 1), Fraction::of(3, 2), Options::JIG_LILT),
        };
        Options { swing, reel_swing, jig_lilt, ..usual }
    }
}

/// What a performance is made of: page, version of its text, and wishes.
type Source = (u64, u64, Wishes);

/// The wishes that take a new performance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Wishes {
    swing: Swing,
    count_in: bool,
    instrument: &'static str,
}

/// What sounds as it was set; an instrument that is not known is the usual one.
fn controls_of(sound: &Sound) -> Controls {
    let mut controls = Controls::default();
    let lead = sound.instrument.as_deref().and_then(Instrument::by_id).filter(|found| found.leads);
    controls.melody = lead.unwrap_or(controls.melody);
    controls.metronome = sound.metronome;
    controls.volumes.master = sound.volume;
    if let Some(backing) =
        Backing::all().into_iter().find(|known| sound.backing.as_deref() == Some(known.id()))
    {
        backing.set(&mut controls);
    }
    controls
}

/// What is played, and what is known of it.
#[derive(Debug)]
pub(super) struct Music {
    source: Source,
    program: Arc<Program>,
    performance: Performance,
    /// Its parts and bars.
    pub(super) parts: Parts,
    /// Why the text cannot be played.
    pub(super) trouble: Option<PerformError>,
}

/// Where the playhead is.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Place {
    /// The bar, counted as played.
    pub(super) bar: usize,
    /// How much of it is over, 0 to 1.
    pub(super) share: f64,
    /// Seconds from the start at the tempo that is chosen, and of how many.
    pub(super) seconds: f64,
    /// The whole tune at that tempo.
    pub(super) length: f64,
    /// How loud it is, left and right, 0 to 1.
    pub(super) levels: [f32; 2],
}

/// How tunes are played here, for a file that is to sound alike.
#[derive(Debug, Clone, Default)]
pub(super) struct Manner {
    /// How the player plays.
    pub(super) options: Options,
    /// What is heard of it, and how loud.
    pub(super) controls: Controls,
}

/// Plays the page on the stand.
#[derive(Debug)]
pub(super) struct Player {
    transport: Result<Transport, AudioError>,
    work: Background<Music>,
    /// The last is what the page holds; the others may still be heard.
    music: VecDeque<Music>,
    /// How uneven it is played.
    pub(super) swing: Swing,
    /// Whether two bars are counted before it begins.
    pub(super) count_in: bool,
    /// The device that was chosen, unless the system is to choose.
    device: Option<OutputDevice>,
    /// The state of the device that was told last.
    told: DeviceState,
}

/// What there is to be said of the sound.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum News {
    /// Nothing can be heard.
    Silent(AudioError),
    /// The device that was chosen is not there, by its name.
    Missing(String),
    /// Something can be heard again.
    Back,
}

impl Player {
    /// A player on some devices, which sounds as it is set. Nothing is opened yet.
    pub(super) fn new(ctx: &Context, devices: impl Devices + 'static, sound: &Sound) -> Self {
        let waker = ctx.clone();
        let device = sound.device.clone().map(|SoundDevice { id, name }| OutputDevice { id, name });
        let wanted = device.as_ref().map(|device| device.id.clone());
        let mut player = Self {
            transport: Transport::new(devices, wanted, move || waker.request_repaint()),
            work: Background::default(),
            music: VecDeque::new(),
            swing: sound.swing.as_deref().and_then(Swing::called).unwrap_or_default(),
            count_in: sound.count_in,
            device,
            told: DeviceState::Closed,
        };
        player.set_controls(controls_of(sound));
        player
    }

    /// How it sounds, to be kept: what belongs to the musician and not to the tune.
    pub(super) fn sound(&self) -> Sound {
        let controls = self.controls();
        Sound {
            instrument: Some(controls.melody.id.to_owned()),
            backing: Some(Backing::of(&controls).id().to_owned()),
            swing: Some(self.swing.name().to_lowercase()),
            volume: controls.volumes.master,
            metronome: backing::has_metronome(&controls),
            count_in: self.count_in,
            device: self.device.clone().map(|OutputDevice { id, name }| SoundDevice { id, name }),
        }
    }

    /// Looks whether the page or the wishes for it are new. Another page is begun anew; the same page, changed,
    /// goes on at the next bar line.
    pub(super) fn follow(&mut self, page: &Page, ctx: &Context) {
        if page.is_writing() {
            return;
        }
        let melody = self.controls().melody;
        let wishes = Wishes { swing: self.swing, count_in: self.count_in, instrument: melody.id };
        let source = (page.number(), page.reading().version, wishes);
        let mut made = self.work.poll();
        let newest = made.as_ref().or(self.music.back()).map(|music| music.source);
        if newest != Some(source) {
            let reading = Arc::clone(page.reading());
            let options = self.manner().options;
            made = self.work.run(ctx, move || Music::new(source, &reading, &options)).or(made);
        }
        let (Some(music), Ok(transport)) = (made, &mut self.transport) else { return };
        let program = Arc::clone(&music.program);
        if self.music.back().is_some_and(|before| before.source.0 == music.source.0) {
            transport.exchange(program);
        } else {
            transport.load(program);
        }
        self.music.push_back(music);
    }

    /// Whether something can be heard, once for each time that it comes to be otherwise.
    pub(super) fn news(&mut self) -> Option<News> {
        let state = self.device_state();
        if state == self.told {
            return None;
        }
        self.told = state.clone();
        match (state, &self.device) {
            (DeviceState::Failed(AudioError::Unknown(_)), Some(device)) => {
                Some(News::Missing(device.name.clone()))
            }
            (DeviceState::Failed(error) | DeviceState::Lost(error), _) => Some(News::Silent(error)),
            (DeviceState::Open(_), _) => Some(News::Back),
            (DeviceState::Closed, _) => None,
        }
    }

    /// How it is with the device.
    pub(super) fn device_state(&mut self) -> DeviceState {
        match &mut self.transport {
            Ok(transport) => transport.device().clone(),
            Err(error) => DeviceState::Failed(error.clone()),
        }
    }

    /// The device that was chosen, unless the system is to choose.
    pub(super) fn device(&self) -> Option<&OutputDevice> {
        self.device.as_ref()
    }

    /// Plays on a device from now on; without one, on the system's.
    pub(super) fn choose_device(&mut self, device: Option<OutputDevice>) {
        if let Ok(transport) = &mut self.transport {
            transport.choose_device(device.as_ref().map(|device| device.id.clone()));
        }
        self.device = device;
    }

    /// Has it looked which devices there are.
    pub(super) fn look_for_devices(&mut self) {
        if let Ok(transport) = &mut self.transport {
            transport.look_for_devices();
        }
    }

    /// The devices there are, once that is known.
    pub(super) fn devices(&mut self) -> Option<&DeviceList> {
        self.transport.as_mut().ok()?.devices()
    }

    /// Looks once more for a device, and plays.
    pub(super) fn try_again(&mut self) {
        if self.is_playing() {
            // It is looked for already, and told about again if it does not come.
            self.told = DeviceState::Closed;
        } else {
            self.play_or_pause();
        }
    }

    /// Whether there is anything to play.
    pub(super) fn has_music(&self) -> bool {
        self.music.back().is_some_and(|music| !music.performance.notes.is_empty())
    }

    /// What the page holds.
    pub(super) fn music(&self) -> Option<&Music> {
        self.music.back()
    }

    /// Whether it plays.
    pub(super) fn is_playing(&self) -> bool {
        self.transport.as_ref().is_ok_and(Transport::is_playing)
    }

    /// Plays, or stands still.
    pub(super) fn play_or_pause(&mut self) {
        let has_music = self.has_music();
        // A device that failed before may be there now, and is told about again if it is not.
        self.told = DeviceState::Closed;
        match &mut self.transport {
            Ok(transport) if transport.is_playing() => transport.pause(),
            Ok(transport) if has_music => transport.play(),
            _ => {}
        }
    }

    /// Whether what it would play is this page as it is now.
    pub(super) fn has(&self, page: &Page) -> bool {
        let now = (page.number(), page.version());
        self.music.back().is_some_and(|music| (music.source.0, music.source.1) == now)
    }

    /// Plays, unless it does.
    pub(super) fn play(&mut self) {
        if !self.is_playing() {
            self.play_or_pause();
        }
    }

    /// Whether it stands still because the end has been heard.
    pub(super) fn has_ended(&mut self) -> bool {
        !self.is_playing()
            && self.sounding().is_some_and(|Sounding { program, at, .. }| {
                at > 0.0 && at + END >= program.length().seconds()
            })
    }

    /// Stands still at the beginning, or at that of the loop.
    pub(super) fn stop(&mut self) {
        if let Ok(transport) = &mut self.transport {
            transport.pause();
        }
        self.back_to_start();
    }

    /// Goes to the beginning, or to that of the loop.
    pub(super) fn back_to_start(&mut self) {
        self.go_to(self.bars().map_or(0, |bars| bars.start));
    }

    /// Goes to where a bar begins, counted as played.
    pub(super) fn go_to(&mut self, bar: usize) {
        let (Ok(transport), Some(music)) = (&mut self.transport, self.music.back()) else { return };
        let at = music.program.bars().get(bar).copied().unwrap_or_default();
        transport.seek(at.seconds());
    }

    /// Plays from the first time that a place in the text is played.
    pub(super) fn play_from(&mut self, place: Span) {
        let Some(note) = self.note_at(place) else { return };
        let (Ok(transport), Some(music)) = (&mut self.transport, self.music.back()) else { return };
        transport.seek(music.performance.seconds(music.performance.notes[note].start));
        if !transport.is_playing() {
            self.play_or_pause();
        }
    }

    /// Sounds the note at a place in the text by itself.
    pub(super) fn hear(&mut self, place: Span) {
        let Some(note) = self.note_at(place) else { return };
        if let (Ok(transport), Some(music)) = (&mut self.transport, self.music.back()) {
            transport.audition(music.performance.notes[note].pitch);
        }
    }

    /// The first note that is written at a place.
    fn note_at(&self, place: Span) -> Option<usize> {
        let performance = &self.music.back()?.performance;
        performance.notes.iter().position(|note| {
            let voice = performance.tracks.get(usize::from(note.track)).map(|track| track.role);
            matches!(voice, Some(Role::Voice(_)))
                && note.span.start < place.end
                && place.start < note.span.end
        })
    }

    /// The bars that are played over and over.
    pub(super) fn bars(&self) -> Option<Range<usize>> {
        self.transport.as_ref().ok()?.bars()
    }

    /// Plays some bars over and over, or does no longer.
    pub(super) fn set_loop(&mut self, bars: Option<Range<usize>>) {
        if let Ok(transport) = &mut self.transport {
            transport.set_loop(bars);
        }
    }

    /// Plays the bars of a stretch of the text over and over, from where they are played first.
    pub(super) fn loop_place(&mut self, place: Span) {
        let Some(music) = self.music.back() else { return };
        let within = |bar: &Bar| bar.span.start < place.end && place.start < bar.span.end;
        let bars = &music.performance.bars;
        let Some(first) = bars.iter().position(within) else { return };
        let count = bars[first..].iter().take_while(|bar| within(bar)).count();
        self.set_loop(Some(first..first + count));
    }

    /// What can be changed while it sounds.
    pub(super) fn controls(&self) -> Controls {
        self.transport.as_ref().map_or_else(|_| Controls::default(), Transport::controls)
    }

    /// How it plays, as loud as can be.
    pub(super) fn manner(&self) -> Manner {
        let controls = self.controls();
        let instrument = controls.melody.playing;
        let options = Options { count_in: self.count_in, instrument, ..self.swing.options() };
        let volumes = Volumes { master: Volumes::default().master, ..controls.volumes };
        Manner { options, controls: Controls { volumes, ..controls } }
    }

    /// Changes it.
    pub(super) fn set_controls(&mut self, controls: Controls) {
        if let Ok(transport) = &mut self.transport {
            transport.set_controls(controls);
        }
    }

    /// The beats a minute at the beginning, at the tempo that is chosen.
    pub(super) fn beats(&self) -> Option<f64> {
        let mark = self.music.back()?.performance.tempos.first()?;
        Some(mark.per_minute.to_f64() * self.controls().tempo)
    }

    /// Where the playhead is now.
    pub(super) fn place(&mut self) -> Place {
        let tempo = self.controls().tempo;
        let sounding = self.sounding();
        let Some(Sounding { program, at, levels }) = sounding else {
            return Place { bar: 0, share: 0.0, seconds: 0.0, length: 0.0, levels: [0.0; 2] };
        };
        let place = program.place(Time::from_seconds(at));
        let length = program.length().seconds() / tempo;
        let last = program.bars().len().saturating_sub(1);
        // The end is the end of the last bar.
        let (bar, share) = if place.bar > last { (last, 1.0) } else { (place.bar, place.share) };
        Place { bar, share, seconds: at / tempo, length, levels }
    }

    /// What of a page's text is heard now; nothing while it stands still, or while another text is still heard.
    pub(super) fn playing(&mut self, page: &Page) -> Option<Playing> {
        let Sounding { program, at, .. } = self.sounding().filter(|_| self.is_playing())?;
        let music = self.music.iter().find(|music| Arc::ptr_eq(&music.program, &program))?;
        let (number, version, _) = music.source;
        if (number, version) != (page.number(), page.version()) {
            return None;
        }
        let time = Time::from_seconds(at);
        let place = program.place(time);
        let bar = music.performance.bars.get(place.bar)?.span;
        if bar.start >= bar.end {
            return None;
        }
        let notes = program.notes();
        let begun = &notes[..notes.partition_point(|note| note.start <= time)];
        let sounding = begun.iter().filter(|note| note.end > time).filter_map(|note| {
            let note = music.performance.notes.get(usize::try_from(note.index?).ok()?)?;
            Some(note.span).filter(|span| span.start < span.end)
        });
        Some(Playing { notes: sounding.collect(), bar, fraction: place.share as f32 })
    }

    /// What is heard now. What will be heard no more is forgotten.
    fn sounding(&mut self) -> Option<Sounding> {
        let sounding = self.transport.as_mut().ok()?.heard(Instant::now())?;
        while self.music.len() > 1
            && self.music.front().is_some_and(|music| !Arc::ptr_eq(&music.program, &sounding.program))
        {
            self.music.pop_front();
        }
        Some(sounding)
    }

    /// Whether what is to be seen changes by itself.
    pub(super) fn is_moving(&mut self) -> bool {
        self.transport.as_mut().is_ok_and(|transport| !transport.is_at_rest(Instant::now()))
    }

    /// The instruments that play tunes.
    pub(super) fn leads() -> Vec<&'static Instrument> {
        Instrument::all().iter().filter(|instrument| instrument.leads).collect()
    }
}

impl Music {
    /// The text as it is played; without notes, if it cannot be.
    fn new(source: Source, reading: &Reading, options: &Options) -> Self {
        let tune = reading.tune();
        let (performance, trouble) = match tune.map(|tune| Performance::new(tune, options)) {
            Some(Ok(performance)) => (performance, None),
            Some(Err(error)) => (Performance::default(), Some(error)),
            None => (Performance::default(), None),
        };
        let program = Arc::new(Program::new(&performance));
        let parts = Parts::new(&performance, tune);
        Self { source, program, performance, parts, trouble }
    }

    /// How long a bar is, in seconds at the performance's own tempo.
    pub(super) fn bar_length(&self, bar: usize) -> f64 {
        let bars = self.program.bars();
        let end = bars.get(bar + 1).copied().unwrap_or(self.program.length());
        bars.get(bar).map_or(0.0, |start| end.seconds() - start.seconds())
    }
}
