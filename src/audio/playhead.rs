//! What is sounding now.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

/// From a moment on: where the program is and how fast it goes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Report {
    /// When this is heard.
    pub heard: Instant,
    /// The load the program came with; it counts up.
    pub load: u64,
    /// Where the program is then: seconds on its own clock.
    pub at: f64,
    /// How many of its seconds pass in one; 0 when it stands still.
    pub speed: f64,
    /// Whether it is to play, though it may stand still for want of a device.
    pub playing: bool,
    /// How many messages had been carried out.
    pub command: u64,
    /// The greatest amplitudes of late, left and right.
    pub levels: [f32; 2],
}

/// Where a program is heard to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Heard {
    /// Which load.
    pub load: u64,
    /// Seconds on the program's own clock.
    pub at: f64,
    /// Whether it is to play.
    pub playing: bool,
    /// How many messages had been carried out.
    pub command: u64,
    /// How loud it is, left and right, from 0 to 1.
    pub levels: [f32; 2],
}

/// The reports whose time has not yet passed, and the last that has.
#[derive(Debug, Clone, Default)]
pub(super) struct Playhead {
    reports: VecDeque<Report>,
}

/// More reports than any device is ahead of what is heard. Older ones then give way.
const MOST: usize = 4096;

/// Without news for so long, it has come to a halt.
const STALE: Duration = Duration::from_millis(500);

impl Playhead {
    /// Takes in a report; they come in the order in which they are heard.
    pub(super) fn add(&mut self, report: Report) {
        // What was to be heard later than this was thrown away by a device that began anew.
        while self.reports.back().is_some_and(|last| last.heard > report.heard) {
            self.reports.pop_back();
        }
        if self.reports.len() >= MOST {
            self.reports.pop_front();
        }
        self.reports.push_back(report);
    }

    /// Where the program is heard to be; `None` if nothing has been reported yet.
    pub(super) fn at(&mut self, now: Instant) -> Option<Heard> {
        while self.reports.get(1).is_some_and(|next| next.heard <= now) {
            self.reports.pop_front();
        }
        let report = self.reports.front()?;
        let passed = now.saturating_duration_since(report.heard).min(STALE).as_secs_f64();
        let mut at = report.at + passed * report.speed;
        // Without news, it goes on no longer than to where the news begin.
        if let Some(next) = self.reports.get(1).filter(|next| next.load == report.load) {
            let last = report.at + (next.heard - report.heard).as_secs_f64() * report.speed;
            at = at.min(last);
        }
        let &Report { load, playing, command, levels, .. } = report;
        Some(Heard { load, at, playing, command, levels })
    }

    /// Forgets all: the device is gone. It stays where it was last heard.
    pub(super) fn stand(&mut self, now: Instant) {
        if let (Some(heard), Some(&report)) = (self.at(now), self.reports.front()) {
            self.reports.clear();
            self.reports.push_back(Report {
                heard: now,
                at: heard.at,
                speed: 0.0,
                levels: [0.0; 2],
                ..report
            });
        }
    }
}
