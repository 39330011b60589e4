//! What runs on the device's thread: carries out messages, has the synthesizer render, reports.

use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use rtrb::{Consumer, Producer};

use super::playhead::Report;
use crate::synth::{Controls, Loop, Program, QUANTUM, Synth, Time};

/// The loudness and the length in seconds of a note that is heard by itself.
const AUDITION: (u8, f32) = (96, 0.6);

/// What the renderer is told.
#[derive(Debug)]
pub(super) enum Message {
    /// A program to stand at the beginning of.
    Load(Arc<Program>),
    /// The same music changed: it takes over at the next bar line, or at once where nothing plays.
    Exchange(Arc<Program>),
    /// What can be changed while it sounds.
    Controls(Controls),
    /// Bars to play over and over.
    Loop(Option<Range<usize>>),
    /// Go to a time, in seconds on the program's clock.
    Seek(f64),
    /// Go on; from the beginning, if it stands at the end.
    Play,
    /// Stand still; what sounds is released.
    Pause,
    /// A note of the melody's instrument at once, whatever else goes on.
    Audition(u8),
}

/// Signs of life, for the thread that keeps the device.
#[derive(Debug, Default)]
pub(super) struct Pulse {
    fills: AtomicU64,
    silent: AtomicU64,
}

impl Pulse {
    /// How often the device has asked for sound.
    pub(super) fn fills(&self) -> u64 {
        self.fills.load(Ordering::Relaxed)
    }

    /// For how long there has been no sound.
    pub(super) fn silent_for(&self) -> Duration {
        Duration::from_millis(self.silent.load(Ordering::Relaxed))
    }
}

/// What is to sound, whichever device there is.
#[derive(Debug, Default)]
struct Wanted {
    program: Arc<Program>,
    load: u64,
    controls: Controls,
    bars: Option<Range<usize>>,
    at: Time,
    playing: bool,
}

impl Wanted {
    /// The same place in another program of the same music.
    fn exchange(&mut self, program: Arc<Program>, load: u64) {
        self.at = self.program.time_in(&program, self.at);
        (self.program, self.load) = (program, load);
    }

    fn looped(&self) -> Option<Loop> {
        let bars = self.bars.as_ref()?;
        let time = |bar: usize| self.program.bars().get(bar).copied().unwrap_or(self.program.length());
        Loop::new(time(bars.start), time(bars.end))
    }
}

/// Carries out messages and renders. It lives on the device's thread while there is a device; then it
/// neither allocates nor frees nor waits: a program it lets go is still held by the transport, until the
/// transport has read in a report that another has taken over.
#[derive(Debug)]
pub(super) struct Renderer {
    messages: Consumer<Message>,
    reports: Producer<Report>,
    pulse: Arc<Pulse>,
    /// While there is a synthesizer, the place in the program is only known there.
    wanted: Wanted,
    synth: Option<Synth>,
    /// What takes over at the next bar line, with its load.
    next: Option<(Arc<Program>, u64)>,
    /// How many programs have come.
    loads: u64,
    /// How many messages have been carried out.
    carried_out: u64,
    /// The load that is rendered, and for how many frames at most the one before still is.
    rendered: u64,
    overtaken: usize,
    /// Where the next frame is, if it goes on as before, and whether it goes on at all.
    expected: f64,
    moving: bool,
    /// The greatest amplitudes of the last block, left and right.
    peaks: [f32; 2],
    /// Frames without a sound.
    silent: u64,
}

impl Renderer {
    /// A renderer without a device.
    pub(super) fn new(messages: Consumer<Message>, reports: Producer<Report>, pulse: Arc<Pulse>) -> Self {
        Self {
            messages,
            reports,
            pulse,
            wanted: Wanted::default(),
            synth: None,
            next: None,
            loads: 0,
            carried_out: 0,
            rendered: 0,
            overtaken: 0,
            expected: 0.0,
            moving: false,
            peaks: [0.0; 2],
            silent: 0,
        }
    }

    /// Whether it plays, or would if there were a device.
    pub(super) fn is_playing(&self) -> bool {
        self.wanted.playing
    }

    /// Gets ready for a device that takes so many frames a second. This allocates.
    pub(super) fn prepare(&mut self, rate: u32) {
        let mut synth = Synth::new(rate);
        synth.set(self.wanted.controls);
        synth.load(Arc::clone(&self.wanted.program));
        synth.set_loop(self.wanted.looped());
        synth.seek(self.wanted.at);
        if self.wanted.playing {
            synth.play();
        }
        self.synth = Some(synth);
        self.silent = 0;
        self.pulse.silent.store(0, Ordering::Relaxed);
    }

    /// The device is gone. The place in the program is kept.
    pub(super) fn come_home(&mut self) {
        if let Some(synth) = self.synth.take() {
            self.wanted.at = synth.position();
        }
        if let Some((program, load)) = self.next.take() {
            self.wanted.exchange(program, load);
        }
        (self.rendered, self.overtaken) = (self.wanted.load, 0);
    }

    /// What was to play does not.
    pub(super) fn give_up(&mut self) {
        self.wanted.playing = false;
        self.stand();
    }

    /// Carries out messages where there is no device; whether there were any.
    pub(super) fn heed(&mut self) -> bool {
        let before = self.carried_out;
        while let Ok(message) = self.messages.pop() {
            self.carry_out(message);
        }
        let any = self.carried_out > before;
        if any {
            self.stand();
        }
        any
    }

    /// Reports that nothing moves.
    fn stand(&mut self) {
        self.rendered = self.wanted.load;
        self.peaks = [0.0; 2];
        self.report(Instant::now(), self.wanted.at.seconds(), false);
    }

    fn report(&mut self, heard: Instant, at: f64, moving: bool) {
        let report = Report {
            heard,
            load: self.rendered,
            at,
            speed: if moving { self.wanted.controls.tempo } else { 0.0 },
            playing: self.wanted.playing,
            command: self.carried_out,
            levels: self.peaks,
        };
        // Where nobody reads, a report is lost; the next one says all there is to say.
        let _ = self.reports.push(report);
    }

    /// Writes the next frames; the first is heard at `heard`.
    pub(super) fn fill(&mut self, frames: &mut [[f32; 2]], heard: Instant) {
        while let Ok(message) = self.messages.pop() {
            self.carry_out(message);
        }
        match self.synth.take() {
            Some(synth) => self.synth = Some(self.render(synth, frames, heard)),
            None => frames.fill([0.0; 2]),
        }
        self.pulse.fills.fetch_add(1, Ordering::Relaxed);
    }

    /// Renders frame by frame, and reports how the place in the program moves: once at the beginning, and
    /// wherever it does not go on as before.
    fn render(&mut self, mut synth: Synth, frames: &mut [[f32; 2]], heard: Instant) -> Synth {
        let rate = f64::from(synth.rate());
        let step = self.wanted.controls.tempo / rate;
        let mut peaks = [0.0f32; 2];
        for (i, frame) in (0u32..).zip(frames.iter_mut()) {
            let at = synth.position().seconds();
            synth.render(std::slice::from_mut(frame));
            peaks = [0, 1].map(|side| peaks[side].max(frame[side].abs()));
            let jumped = (at - self.expected).abs() > step / 2.0;
            // In the last frame before a jump the way is any, but not none.
            let moving = synth.position().seconds() != at;
            let overtaken = self.overtaken > 0 && (jumped || self.overtaken == 1);
            self.overtaken = if jumped { 0 } else { self.overtaken.saturating_sub(1) };
            if overtaken {
                self.rendered = self.wanted.load;
            }
            if i == 0 || jumped || overtaken || moving != self.moving {
                let when = heard + Duration::from_secs_f64(f64::from(i) / rate);
                self.report(when, at, moving);
            }
            (self.expected, self.moving) = (if moving { at + step } else { at }, moving);
            if synth.retired().is_some() {
                self.taken_over();
            }
        }
        self.peaks = peaks;
        self.wanted.playing &= synth.is_playing();
        let silent = !self.wanted.playing && synth.is_silent();
        self.silent = if silent { self.silent + frames.len() as u64 } else { 0 };
        self.pulse.silent.store((self.silent as f64 / rate * 1e3) as u64, Ordering::Relaxed);
        synth
    }

    /// The synthesizer has gone over to the program that waited. What it gives now was made a little before.
    fn taken_over(&mut self) {
        if let Some((program, load)) = self.next.take() {
            (self.wanted.program, self.wanted.load) = (program, load);
            self.overtaken = 2 * QUANTUM;
        }
    }

    fn carry_out(&mut self, message: Message) {
        self.carried_out += 1;
        let wanted = &mut self.wanted;
        match (message, &mut self.synth) {
            (Message::Load(program), synth) => {
                self.loads += 1;
                (wanted.at, wanted.playing, wanted.bars) = (Time::ZERO, false, None);
                (wanted.program, wanted.load) = (Arc::clone(&program), self.loads);
                (self.next, self.rendered, self.overtaken) = (None, self.loads, 0);
                if let Some(synth) = synth {
                    synth.load(program);
                    // What waited to take over does not.
                    synth.retired();
                }
            }
            (Message::Exchange(program), None) => {
                self.loads += 1;
                wanted.exchange(program, self.loads);
            }
            (Message::Exchange(program), Some(synth)) => {
                self.loads += 1;
                let handed_back = synth.load_at_bar(Arc::clone(&program)).is_some();
                let waited = self.next.replace((program, self.loads)).is_some();
                // Either what waited comes back, or what was rendered.
                if handed_back && !waited || synth.retired().is_some() {
                    self.taken_over();
                }
            }
            (Message::Controls(controls), synth) => {
                wanted.controls = controls;
                if let Some(synth) = synth {
                    synth.set(controls);
                }
            }
            (Message::Loop(bars), synth) => {
                wanted.bars = bars;
                if let Some(synth) = synth {
                    synth.set_loop(wanted.looped());
                }
            }
            (Message::Seek(at), synth) => {
                wanted.at = Time::from_seconds(at).clamp(Time::ZERO, wanted.program.length());
                if let Some(synth) = synth {
                    synth.seek(wanted.at);
                }
            }
            (Message::Play, synth) => {
                wanted.playing = true;
                if let Some(synth) = synth {
                    synth.play();
                } else if wanted.at >= wanted.program.length() {
                    wanted.at = Time::ZERO;
                }
            }
            (Message::Pause, synth) => {
                wanted.playing = false;
                if let Some(synth) = synth {
                    synth.stop();
                }
            }
            (Message::Audition(pitch), Some(synth)) => {
                let (velocity, seconds) = AUDITION;
                synth.audition(pitch, velocity, seconds);
            }
            (Message::Audition(_), None) => {}
        }
    }
}
