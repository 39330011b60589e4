//! Where in a program the sound is, and what begins and ends there.

use std::sync::Arc;

use super::QUANTUM;
use super::program::{Note, Part, Program};
use super::time::Time;

/// A stretch that is played over and over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loop {
    from: Time,
    to: Time,
}

impl Loop {
    /// The shortest loop: a twentieth of a second.
    pub const SHORTEST: Time = Time(Time::PER_SECOND / 20);

    /// From a time up to another; `None` if that is shorter than [`Loop::SHORTEST`].
    pub fn new(from: Time, to: Time) -> Option<Self> {
        (from >= Time::ZERO && to.0.checked_sub(from.0)? >= Self::SHORTEST.0).then_some(Self { from, to })
    }

    /// When it begins.
    pub fn from(self) -> Time {
        self.from
    }

    /// When it comes back to its beginning: the first time that is not played.
    pub fn to(self) -> Time {
        self.to
    }
}

/// What happens in a quantum, at which frame of it.
#[derive(Debug, Clone, Copy)]
pub(super) enum Event {
    /// A note begins.
    Start(Note),
    /// The clock goes from one time up to another: what ends in between ends.
    Pass(Passage),
    /// The clock jumps: what sounds ends as soon as it goes on.
    Jump,
    /// It is over.
    End,
}

/// A stretch of the clock.
#[derive(Debug, Clone, Copy)]
pub(super) struct Passage {
    from: i64,
    until: i64,
    step: i64,
    frame: usize,
}

impl Passage {
    /// The frame of the quantum at which a time is reached, if it is reached.
    pub(super) fn frame_of(self, time: Time) -> Option<usize> {
        (time.0 < self.until).then(|| self.frame + frames_to(self.from, time.0, self.step))
    }
}

/// The frames until the clock is at a time or past it.
fn frames_to(clock: i64, time: i64, step: i64) -> usize {
    let way = time.saturating_sub(clock).max(0);
    usize::try_from(way / step + i64::from(way % step != 0)).unwrap_or(usize::MAX)
}

/// Where the way on is interrupted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Stop {
    /// Back to the start of the loop.
    Loop,
    /// Another program from here on.
    Exchange,
    /// The end.
    End,
}

#[derive(Debug, Default)]
pub(super) struct Sequencer {
    program: Arc<Program>,
    pending: Option<Arc<Program>>,
    retired: Option<Arc<Program>>,
    clock: Time,
    /// The next note to begin.
    next: usize,
    playing: bool,
    /// Whether what is under way where the clock has come is still to be taken up.
    arrived: bool,
    looped: Option<Loop>,
}

impl Sequencer {
    pub(super) fn clock(&self) -> Time {
        self.clock
    }

    pub(super) fn is_playing(&self) -> bool {
        self.playing
    }

    pub(super) fn play(&mut self) {
        if self.clock >= self.program.length() {
            self.go_to(Time::ZERO);
        }
        self.playing = true;
        self.arrived = true;
    }

    pub(super) fn stop(&mut self) {
        self.playing = false;
        self.exchange();
    }

    pub(super) fn go_to(&mut self, time: Time) {
        self.clock = time.clamp(Time::ZERO, self.program.length());
        self.next = self.program.first_from(self.clock);
        self.arrived = true;
    }

    pub(super) fn set_loop(&mut self, looped: Option<Loop>) {
        self.looped = looped;
    }

    pub(super) fn load(&mut self, program: Arc<Program>) -> Arc<Program> {
        let old = std::mem::replace(&mut self.program, program);
        // What waited to take over from it does not.
        self.retired = self.pending.take().or(self.retired.take());
        self.playing = false;
        self.looped = None;
        self.go_to(Time::ZERO);
        old
    }

    /// See [`super::Synth::load_at_bar`].
    pub(super) fn load_at_bar(&mut self, program: Arc<Program>) -> Option<Arc<Program>> {
        let displaced = self.pending.replace(program);
        if !self.playing {
            self.exchange();
        }
        displaced.or_else(|| self.retired())
    }

    pub(super) fn retired(&mut self) -> Option<Arc<Program>> {
        self.retired.take()
    }

    /// Takes up the waiting program at the same place in the music; waits if nobody has fetched the last.
    fn exchange(&mut self) {
        let Some(new) = self.pending.take_if(|_| self.retired.is_none()) else { return };
        let old = std::mem::replace(&mut self.program, new);
        let moved = |time| old.time_in(&self.program, time);
        let clock = moved(self.clock);
        self.looped = self.looped.and_then(|looped| Loop::new(moved(looped.from), moved(looped.to)));
        self.retired = Some(old);
        self.go_to(clock);
    }

    /// Where the clock is next interrupted, and by what.
    fn next_stop(&self) -> (Time, Stop) {
        let end = (self.program.length(), Stop::End);
        let looped = self.looped.filter(|looped| self.clock < looped.to);
        let looped = looped.map(|looped| (looped.to.min(end.0), Stop::Loop));
        let bars = self.program.bars();
        let bar = bars.get(bars.partition_point(|&bar| bar < self.clock));
        let waiting = self.pending.is_some() && self.retired.is_none();
        let exchange = bar.filter(|_| waiting).map(|&bar| (bar, Stop::Exchange));
        [looped, exchange].into_iter().flatten().fold(end, Ord::min)
    }

    /// Goes on for a quantum. `times` become the clock's at each frame.
    pub(super) fn advance(
        &mut self,
        step: i64,
        times: &mut [Time; QUANTUM],
        mut happens: impl FnMut(usize, Event),
    ) {
        let mut frame = 0;
        while self.playing && frame < QUANTUM {
            if std::mem::take(&mut self.arrived)
                && let Some(drone) = self.drone_under_way()
            {
                happens(frame, Event::Start(drone));
            }
            let (stop, why) = self.next_stop();
            let run = frames_to(self.clock.0, stop.0, step).min(QUANTUM - frame);
            let from = self.clock.0;
            let until = from + step * run as i64;
            let passage = Passage { from, until, step, frame };
            while let Some(note) = self.program.notes().get(self.next).filter(|note| note.start.0 < until) {
                happens(passage.frame_of(note.start).unwrap_or(frame), Event::Start(*note));
                self.next += 1;
            }
            happens(frame, Event::Pass(passage));
            for (i, time) in (0_i64..).zip(&mut times[frame..frame + run]) {
                *time = Time(from + step * i);
            }
            self.clock = Time(until);
            frame += run;
            if self.clock >= stop {
                happens(frame, Event::Jump);
                self.interrupt(stop, why);
                if !self.playing {
                    happens(frame, Event::End);
                }
            }
        }
        times[frame..].fill(self.clock);
    }

    /// What is over time at a stop is kept: a loop is as long as it is, whatever the frames.
    fn interrupt(&mut self, stop: Time, why: Stop) {
        let over = self.clock.0 - stop.0;
        self.clock = stop;
        match why {
            Stop::End => {
                self.playing = false;
                self.exchange();
                return;
            }
            Stop::Exchange => self.exchange(),
            Stop::Loop => {
                if let Some(looped) = self.looped {
                    self.go_to(looped.from);
                }
                self.exchange();
            }
        }
        // Notes that begin where the clock has come do begin, though it is over the time.
        self.clock.0 += over;
    }

    /// The drone that sounds through the present bar.
    fn drone_under_way(&self) -> Option<Note> {
        /// No bar has more notes.
        const MOST: usize = 512;
        let before = self.program.notes().get(..self.next)?;
        let drone = before.iter().rev().take(MOST).find(|note| note.part == Part::Drone)?;
        (drone.end > self.clock).then_some(*drone)
    }
}
