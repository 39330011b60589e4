//! The thread that opens devices, keeps them, and looks for one again when it is lost.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender};
use std::time::{Duration, Instant};

use super::device::{AudioError, Devices, OpenDevice, OutputDevice, Source, Stream};
use super::renderer::{Pulse, Renderer};

/// How often a device that is lost is looked for, and an open one looked at.
const LOOK: Duration = Duration::from_secs(1);

/// A device that asks for no sound for this long is as good as lost.
const STALLED: Duration = Duration::from_secs(3);

/// After so long without a sound the device is given back to the system.
const IDLE: Duration = Duration::from_secs(30);

/// What the keeper is told.
pub(super) enum Errand {
    /// There are messages for the renderer; if they are to `sound`, they need a device.
    Look { sound: bool },
    /// Play on another device from now on; without a name the system chooses.
    Choose(Option<String>),
    /// Say which devices there are.
    List,
    /// The device of this opening is lost.
    Lost(u64, AudioError),
    /// The renderer is back from its device.
    Home(Box<Renderer>),
    /// The program ends.
    Quit,
}

/// How it is with the device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DeviceState {
    /// None is needed.
    Closed,
    /// Sound comes out of it.
    Open(OpenDevice),
    /// There is none; what was to sound does not.
    Failed(AudioError),
    /// It was lost while it played. It is looked for, and the playing goes on when there is one.
    Lost(AudioError),
}

/// The devices of the system, or why it cannot be asked.
pub type DeviceList = Result<Vec<OutputDevice>, AudioError>;

/// Where the news go.
pub(super) struct News {
    /// To the transport.
    pub(super) states: Sender<DeviceState>,
    /// What devices there are, when that was asked.
    pub(super) lists: Sender<DeviceList>,
    /// Wakes who asks the transport.
    pub(super) wake: Arc<dyn Fn() + Send + Sync>,
}

/// The thread's own.
pub(super) struct Keeper<D> {
    pub(super) devices: D,
    pub(super) errands: Receiver<Errand>,
    /// For the renderer to come home by, and for devices to say that they are lost.
    pub(super) own_door: Sender<Errand>,
    pub(super) news: News,
    pub(super) pulse: Arc<Pulse>,
    /// Which device is wanted.
    pub(super) wanted: Option<String>,
}

/// What the thread does at the moment.
enum Now {
    /// No device is open.
    Closed,
    /// One is.
    Open { stream: Stream, pulse: u64, since: Instant },
    /// One is looked for.
    Lost,
}

impl<D: Devices> Keeper<D> {
    /// Runs until the program ends.
    pub(super) fn run(mut self, renderer: Box<Renderer>) {
        let mut home = Some(renderer);
        let mut now = Now::Closed;
        // Openings are numbered, because a device may say that it is lost when it is already another.
        let mut opening = 0u64;
        loop {
            let errand = match now {
                Now::Closed => self.errands.recv().map_err(|_| RecvTimeoutError::Disconnected),
                _ => self.errands.recv_timeout(LOOK),
            };
            match errand {
                Ok(Errand::Quit) | Err(RecvTimeoutError::Disconnected) => return,
                Ok(Errand::Home(renderer)) => home = Some(renderer),
                Ok(Errand::Choose(wanted)) => {
                    self.wanted = wanted;
                    let again = !matches!(now, Now::Closed);
                    now = self.close(now, &mut home);
                    if again {
                        now = self.open(&mut home, &mut opening, false);
                    }
                }
                Ok(Errand::Look { sound: true }) if matches!(now, Now::Closed) => {
                    now = self.open(&mut home, &mut opening, false);
                }
                Ok(Errand::Look { .. }) => {}
                Ok(Errand::List) => {
                    // A transport that is gone needs no list.
                    let _ = self.news.lists.send(self.devices.list());
                    (self.news.wake)();
                }
                Ok(Errand::Lost(which, error)) => {
                    if which == opening && matches!(now, Now::Open { .. }) {
                        now = self.lose(now, &mut home, error);
                    }
                }
                Err(RecvTimeoutError::Timeout) => now = self.look(now, &mut home, &mut opening),
            }
            // What is told to a renderer without a device is heeded here.
            if let Some(renderer) = &mut home {
                if renderer.heed() {
                    (self.news.wake)();
                }
                if matches!(now, Now::Lost) && !renderer.is_playing() {
                    now = Now::Closed;
                    self.tell(DeviceState::Closed);
                }
            }
        }
    }

    /// Opens the device that is wanted. If there is none, what was to play stands still, unless it
    /// `waits` for one.
    fn open(&mut self, home: &mut Option<Box<Renderer>>, opening: &mut u64, waits: bool) -> Now {
        let Some(renderer) = home.take() else { return Now::Closed };
        *opening += 1;
        let which = *opening;
        let door = self.own_door.clone();
        let lost = Box::new(move |error| {
            // A keeper that is gone needs no news.
            let _ = door.send(Errand::Lost(which, error));
        });
        let lent = Lent { renderer: Some(renderer), home: self.own_door.clone() };
        match self.devices.open(self.wanted.as_deref(), Box::new(lent), lost) {
            Ok(stream) => {
                self.tell(DeviceState::Open(stream.device.clone()));
                Now::Open { stream, pulse: self.pulse.fills(), since: Instant::now() }
            }
            Err(error) => {
                self.fetch(home);
                if waits {
                    return Now::Lost;
                }
                if let Some(renderer) = home {
                    renderer.give_up();
                }
                self.tell(DeviceState::Failed(error));
                Now::Closed
            }
        }
    }

    /// Takes the renderer back from the device.
    fn close(&mut self, now: Now, home: &mut Option<Box<Renderer>>) -> Now {
        drop(now);
        self.fetch(home);
        Now::Closed
    }

    /// Waits for the renderer, which a device that is dropped sends home.
    fn fetch(&mut self, home: &mut Option<Box<Renderer>>) {
        // What else comes meanwhile is about the device that is gone, or is put into the queue again.
        let mut later = Vec::new();
        while home.is_none() {
            match self.errands.recv_timeout(STALLED) {
                Ok(Errand::Home(renderer)) => *home = Some(renderer),
                Ok(Errand::Lost(..)) => {}
                Ok(other) => later.push(other),
                Err(_) => break,
            }
        }
        for errand in later {
            let _ = self.own_door.send(errand);
        }
    }

    fn lose(&mut self, now: Now, home: &mut Option<Box<Renderer>>, error: AudioError) -> Now {
        self.close(now, home);
        // A device that goes before its first block has not had the renderer told to play.
        if home.as_mut().is_some_and(|renderer| renderer.heed()) {
            (self.news.wake)();
        }
        let playing = home.as_ref().is_some_and(|renderer| renderer.is_playing());
        if playing {
            self.tell(DeviceState::Lost(error));
            Now::Lost
        } else {
            self.tell(DeviceState::Closed);
            Now::Closed
        }
    }

    /// Some time has passed.
    fn look(&mut self, now: Now, home: &mut Option<Box<Renderer>>, opening: &mut u64) -> Now {
        match now {
            Now::Closed => now,
            Now::Lost => self.open(home, opening, true),
            Now::Open { stream, pulse, since } => {
                let fills = self.pulse.fills();
                if fills == pulse && since.elapsed() >= STALLED {
                    return self.lose(Now::Open { stream, pulse, since }, home, AudioError::Stalled);
                }
                if self.pulse.silent_for() >= IDLE {
                    let closed = self.close(Now::Open { stream, pulse, since }, home);
                    self.tell(DeviceState::Closed);
                    return closed;
                }
                let since = if fills == pulse { since } else { Instant::now() };
                Now::Open { stream, pulse: fills, since }
            }
        }
    }

    fn tell(&self, state: DeviceState) {
        // A transport that is gone needs no news.
        let _ = self.news.states.send(state);
        (self.news.wake)();
    }
}

/// The renderer on its device. However the device ends, the renderer comes home.
struct Lent {
    renderer: Option<Box<Renderer>>,
    home: Sender<Errand>,
}

impl Source for Lent {
    fn prepare(&mut self, rate: u32) {
        if let Some(renderer) = &mut self.renderer {
            renderer.prepare(rate);
        }
    }

    fn fill(&mut self, frames: &mut [[f32; 2]], heard: Instant) {
        match &mut self.renderer {
            Some(renderer) => renderer.fill(frames, heard),
            None => frames.fill([0.0; 2]),
        }
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        if let Some(mut renderer) = self.renderer.take() {
            renderer.come_home();
            // A keeper that is gone needs no renderer.
            let _ = self.home.send(Errand::Home(renderer));
        }
    }
}
