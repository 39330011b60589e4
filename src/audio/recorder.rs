//! A device that keeps what is played on it: for tests, and wherever there is no sound card.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::device::{AudioError, Devices, Lost, OpenDevice, OutputDevice, Source, Stream, choose};

/// A device that plays only when it is told to, with a clock of its own, and keeps every frame. Clones are
/// the same device.
#[derive(Clone)]
pub struct Recorder(Arc<Mutex<Inner>>);

struct Inner {
    rate: u32,
    latency: Duration,
    /// Whether it can be opened.
    there: bool,
    playing: Option<(Box<dyn Source>, Lost)>,
    openings: u64,
    /// When frame 0 was asked for.
    start: Instant,
    frames: Vec<[f32; 2]>,
}

impl Recorder {
    /// A device of a rate; what is played on it is heard so much later.
    pub fn new(rate: u32, latency: Duration) -> Self {
        let start = Instant::now();
        let (there, playing, openings) = (true, None, 0);
        Self(Arc::new(Mutex::new(Inner {
            rate,
            latency,
            there,
            playing,
            openings,
            start,
            frames: Vec::new(),
        })))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        // What a test left behind when it panicked is in order.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether something plays on it.
    pub fn is_open(&self) -> bool {
        self.inner().playing.is_some()
    }

    /// How often it has been opened.
    pub fn openings(&self) -> u64 {
        self.inner().openings
    }

    /// Asks for so many frames in blocks of so many. `around` is called with every single filling, which it has
    /// to carry out: it may watch over it.
    pub fn run(&self, frames: usize, block: usize, mut around: impl FnMut(&mut dyn FnMut())) {
        let mut inner = self.inner();
        let inner = &mut *inner;
        let mut left = frames;
        while left > 0 {
            let from = inner.frames.len();
            let count = block.clamp(1, left);
            left -= count;
            let heard = inner.time(from) + inner.latency;
            inner.frames.resize(from + count, [0.0; 2]);
            if let Some((source, _)) = &mut inner.playing {
                let out = &mut inner.frames[from..];
                around(&mut || source.fill(out, heard));
            }
        }
    }

    /// When a frame is heard by the device's clock.
    pub fn heard(&self, frame: usize) -> Instant {
        let inner = self.inner();
        inner.time(frame) + inner.latency
    }

    /// What has been played since it was opened, left and right.
    pub fn frames(&self) -> Vec<[f32; 2]> {
        self.inner().frames.clone()
    }

    /// It is unplugged, and what plays on it is told so.
    pub fn unplug(&self) {
        let mut inner = self.inner();
        inner.there = false;
        if let Some((_, lost)) = &mut inner.playing {
            lost(AudioError::Lost("it was unplugged".to_owned()));
        }
    }

    /// It is plugged in again, perhaps with another rate.
    pub fn plug_in(&self, rate: u32) {
        let mut inner = self.inner();
        (inner.there, inner.rate) = (true, rate);
    }
}

impl Inner {
    fn time(&self, frame: usize) -> Instant {
        self.start + Duration::from_secs_f64(frame as f64 / f64::from(self.rate))
    }
}

impl fmt::Debug for Recorder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recorder").field("frames", &self.inner().frames.len()).finish_non_exhaustive()
    }
}

impl Devices for Recorder {
    fn list(&mut self) -> Result<Vec<OutputDevice>, AudioError> {
        let device = OutputDevice { id: "recorder".to_owned(), name: "Recorder".to_owned() };
        Ok(if self.inner().there { vec![device] } else { Vec::new() })
    }

    fn open(
        &mut self,
        wanted: Option<&str>,
        mut source: Box<dyn Source>,
        lost: Lost,
    ) -> Result<Stream, AudioError> {
        let devices = self.list()?;
        if let Some(wanted) = wanted {
            choose(&devices, wanted)?;
        }
        let device = devices.first().ok_or(AudioError::NoDevice)?;
        let mut inner = self.inner();
        let open = OpenDevice { name: device.name.clone(), rate: inner.rate, channels: 2 };
        source.prepare(inner.rate);
        inner.playing = Some((source, lost));
        inner.openings += 1;
        // Each opening is a recording of its own.
        inner.start = Instant::now();
        inner.frames.clear();
        Ok(Stream::new(open, Open(self.clone())))
    }
}

/// Drops what plays when it is dropped itself.
struct Open(Recorder);

impl Drop for Open {
    fn drop(&mut self) {
        let playing = self.0.inner().playing.take();
        drop(playing);
    }
}
