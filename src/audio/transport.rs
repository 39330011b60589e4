//! The handle by which the rest of the program plays.

use std::collections::VecDeque;
use std::ops::Range;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;
use std::time::Instant;

use rtrb::{Consumer, Producer, RingBuffer};

use super::device::{AudioError, Devices};
use super::keeper::{DeviceList, DeviceState, Errand, Keeper, News};
use super::playhead::{Playhead, Report};
use super::renderer::{Message, Pulse, Renderer};
use crate::synth::{Controls, Program};

/// How many messages and reports may be on their way. A device that stands still holds up more messages
/// than that only if somebody drags a slider for a quarter of a minute.
const QUEUE: usize = 1024;

/// How many messages wait for room in the queue; older ones are dropped then.
const BACKLOG: usize = 1024;

/// Plays programs on a sound device. No method waits for the device or for its thread.
///
/// A device is opened when something is to sound, and given back to the system after half a minute without
/// a sound.
#[derive(Debug)]
pub struct Transport {
    messages: Producer<Message>,
    backlog: VecDeque<Message>,
    reports: Consumer<Report>,
    errands: Sender<Errand>,
    states: Receiver<DeviceState>,
    state: DeviceState,
    lists: Receiver<DeviceList>,
    list: Option<DeviceList>,
    thread: Option<JoinHandle<()>>,
    playhead: Playhead,
    /// Programs that may still be heard or held by the renderer, with their loads. They are freed here.
    programs: VecDeque<(u64, Arc<Program>)>,
    loads: u64,
    /// How many messages have been sent.
    sent: u64,
    playing: bool,
    controls: Controls,
    bars: Option<Range<usize>>,
}

/// What is heard at a moment.
#[derive(Debug, Clone)]
pub struct Sounding {
    /// Of which program.
    pub program: Arc<Program>,
    /// Where in it: seconds on its own clock, from 0 to its length.
    pub at: f64,
    /// How loud, left and right, from 0 to 1.
    pub levels: [f32; 2],
}

impl Transport {
    /// A transport for some devices; `wanted` is the id or a part of the name of one of them. `wake` is called
    /// on another thread when the state of the device has changed.
    ///
    /// # Errors
    /// If the system gives no thread.
    pub fn new(
        devices: impl Devices + 'static,
        wanted: Option<String>,
        wake: impl Fn() + Send + Sync + 'static,
    ) -> Result<Self, AudioError> {
        let (messages, inbox) = RingBuffer::new(QUEUE);
        let (outbox, reports) = RingBuffer::new(QUEUE);
        let (errands, inbound) = channel();
        let (tell, states) = channel();
        let (tell_list, lists) = channel();
        let pulse = Arc::new(Pulse::default());
        let renderer = Box::new(Renderer::new(inbox, outbox, Arc::clone(&pulse)));
        let news = News { states: tell, lists: tell_list, wake: Arc::new(wake) };
        let keeper = Keeper { devices, errands: inbound, own_door: errands.clone(), news, pulse, wanted };
        let thread = std::thread::Builder::new()
            .name("sound".to_owned())
            .spawn(move || keeper.run(renderer))
            .map_err(|error| AudioError::Thread(error.to_string()))?;
        Ok(Self {
            messages,
            backlog: VecDeque::new(),
            reports,
            errands,
            states,
            state: DeviceState::Closed,
            lists,
            list: None,
            thread: Some(thread),
            playhead: Playhead::default(),
            programs: VecDeque::new(),
            loads: 0,
            sent: 0,
            playing: false,
            controls: Controls::default(),
            bars: None,
        })
    }

    /// Stops, and stands at the beginning of another program. A loop is dropped.
    pub fn load(&mut self, program: Arc<Program>) {
        self.playing = false;
        self.bars = None;
        self.keep(&program);
        self.send(Message::Load(program), false);
    }

    /// The same music changed: it takes over at the next bar line, or at once where nothing plays, at the
    /// same bar and beat.
    pub fn exchange(&mut self, program: Arc<Program>) {
        if self.program().is_none() {
            return self.load(program);
        }
        self.keep(&program);
        self.send(Message::Exchange(program), false);
    }

    /// The program that was the last to be handed over.
    pub fn program(&self) -> Option<&Arc<Program>> {
        self.programs.back().map(|(_, program)| program)
    }

    /// Plays on from where it stands, or from the beginning if it stands at the end.
    pub fn play(&mut self) {
        if self.program().is_some() {
            self.playing = true;
            if matches!(self.state, DeviceState::Failed(_)) {
                // It is tried again.
                self.state = DeviceState::Closed;
            }
            self.send(Message::Play, true);
        }
    }

    /// Stands still. What sounds is released.
    pub fn pause(&mut self) {
        self.playing = false;
        self.send(Message::Pause, false);
    }

    /// Stands still at the beginning.
    pub fn stop(&mut self) {
        self.pause();
        self.seek(0.0);
    }

    /// Whether it plays, or will as soon as a lost device is back.
    pub fn is_playing(&self) -> bool {
        self.playing
    }

    /// Goes to a time, in seconds on the program's own clock.
    pub fn seek(&mut self, at: f64) {
        self.send(Message::Seek(at), false);
    }

    /// Plays some bars over and over, without a gap; `None` plays on to the end. Places that no bar has are
    /// left out.
    pub fn set_loop(&mut self, bars: Option<Range<usize>>) {
        let count = self.program().map_or(0, |program| program.bars().len());
        let there = |bars: Range<usize>| bars.start..bars.end.min(count);
        self.bars = bars.map(there).filter(|bars| !bars.is_empty());
        self.send(Message::Loop(self.bars.clone()), false);
    }

    /// The bars that are played over and over.
    pub fn bars(&self) -> Option<Range<usize>> {
        self.bars.clone()
    }

    /// What can be changed while it sounds.
    pub fn controls(&self) -> Controls {
        self.controls
    }

    /// Changes it.
    pub fn set_controls(&mut self, controls: Controls) {
        let controls = controls.within_range();
        if controls != self.controls {
            self.controls = controls;
            self.send(Message::Controls(controls), false);
        }
    }

    /// Sounds one note of the melody's instrument at once: its pitch as written, as MIDI counts.
    pub fn audition(&mut self, pitch: u8) {
        self.send(Message::Audition(pitch), true);
    }

    /// Plays on another device from now on, by its id or a part of its name; without one, on the system's.
    pub fn choose_device(&mut self, wanted: Option<String>) {
        self.errand(Errand::Choose(wanted));
    }

    /// Has it looked which devices there are; [`Transport::devices`] says when that is known.
    pub fn look_for_devices(&mut self) {
        self.list = None;
        self.errand(Errand::List);
    }

    /// The devices that were found when they were last looked for.
    pub fn devices(&mut self) -> Option<&DeviceList> {
        self.list = self.lists.try_iter().last().or(self.list.take());
        self.list.as_ref()
    }

    /// How it is with the device.
    pub fn device(&mut self) -> &DeviceState {
        self.listen(Instant::now());
        &self.state
    }

    /// What is heard at a moment, which must not lie in the past; `None` as long as there is no program.
    pub fn heard(&mut self, now: Instant) -> Option<Sounding> {
        self.listen(now);
        let (load, program) = self.programs.front()?;
        let heard = self.playhead.at(now).filter(|heard| heard.load == *load);
        let at = heard.map_or(0.0, |heard| heard.at.clamp(0.0, program.length().seconds()));
        let levels = heard.map_or([0.0; 2], |heard| heard.levels);
        Some(Sounding { program: Arc::clone(program), at, levels })
    }

    /// Whether all that was asked for has been done, nothing moves, and what sounded has died away.
    pub fn is_at_rest(&mut self, now: Instant) -> bool {
        self.listen(now);
        let heard = self.playhead.at(now);
        let quiet = heard.is_none_or(|heard| heard.command == self.sent && heard.levels == [0.0; 2]);
        quiet && !self.playing
    }

    /// Takes in what has been reported.
    fn listen(&mut self, now: Instant) {
        self.flush();
        while let Ok(report) = self.reports.pop() {
            self.playhead.add(report);
        }
        while let Ok(state) = self.states.try_recv() {
            match state {
                DeviceState::Failed(_) => self.playing = false,
                DeviceState::Lost(_) => self.playhead.stand(now),
                _ => {}
            }
            self.state = state;
        }
        if let Some(heard) = self.playhead.at(now) {
            while self.programs.len() > 1 && self.programs.front().is_some_and(|(load, _)| *load < heard.load)
            {
                self.programs.pop_front();
            }
            // The end of the program has been heard.
            if heard.command == self.sent && !heard.playing {
                self.playing = false;
            }
        }
    }

    /// Remembers a program as long as it may be heard.
    fn keep(&mut self, program: &Arc<Program>) {
        self.loads += 1;
        self.programs.push_back((self.loads, Arc::clone(program)));
    }

    fn send(&mut self, message: Message, sound: bool) {
        self.sent += 1;
        self.backlog.push_back(message);
        self.flush();
        if self.backlog.len() > BACKLOG {
            self.backlog.pop_front();
            self.sent -= 1;
        }
        if sound || !matches!(self.state, DeviceState::Open(_)) {
            self.errand(Errand::Look { sound });
        }
    }

    fn flush(&mut self) {
        while let Some(message) = self.backlog.pop_front() {
            if let Err(rtrb::PushError::Full(message)) = self.messages.push(message) {
                self.backlog.push_front(message);
                return;
            }
        }
    }

    fn errand(&self, errand: Errand) {
        // The thread ends only with the transport.
        let _ = self.errands.send(errand);
    }
}

impl Drop for Transport {
    fn drop(&mut self) {
        self.errand(Errand::Quit);
        if let Some(thread) = self.thread.take() {
            // A thread that panicked has been reported already.
            let _ = thread.join();
        }
    }
}
