//! How loud: dynamics, and hairpins from one to the next.

use super::score::Event;
use crate::abc::Decoration;

/// How loud a note is if nothing says how loud.
const VELOCITY: u8 = 80;

/// How much louder or softer a hairpin leads if no dynamic stands at its end: about one dynamic.
const STEP: i8 = 14;

/// The loudness of a voice as it goes on.
#[derive(Debug)]
pub(super) struct Dynamics {
    velocity: u8,
    hairpin: Option<Hairpin>,
}

/// A crescendo or diminuendo.
#[derive(Debug, Clone, Copy)]
struct Hairpin {
    /// Its first event.
    first: usize,
    /// Its last event, once it is closed.
    last: Option<usize>,
    louder: bool,
    from: u8,
    /// The dynamic at its end, if there is one.
    to: Option<u8>,
}

impl Default for Dynamics {
    fn default() -> Self {
        Self { velocity: VELOCITY, hairpin: None }
    }
}

impl Dynamics {
    /// Takes over what a decoration of the event after these says.
    pub(super) fn mark(&mut self, decoration: &Decoration, events: &mut [Event<'_>]) {
        let next = events.len();
        match decoration {
            Decoration::CrescendoStart => self.open(true, events),
            Decoration::DiminuendoStart => self.open(false, events),
            Decoration::CrescendoEnd | Decoration::DiminuendoEnd => {
                if let Some(hairpin) = &mut self.hairpin {
                    hairpin.last.get_or_insert(next);
                }
            }
            other => {
                let Some(level) = level(other) else { return };
                self.velocity = level;
                match &mut self.hairpin {
                    // At its start it is what the hairpin comes from.
                    Some(hairpin) if hairpin.first == next => hairpin.from = level,
                    Some(hairpin) if (level > hairpin.from) == hairpin.louder => {
                        hairpin.last.get_or_insert(next);
                        hairpin.to = Some(level);
                    }
                    // Loud after growing softer comes suddenly.
                    Some(hairpin) => {
                        hairpin.last.get_or_insert(next - 1);
                        hairpin.to = Some(hairpin.end());
                    }
                    None => {}
                }
            }
        }
    }

    fn open(&mut self, louder: bool, events: &mut [Event<'_>]) {
        // One that was not closed ends where the next one begins.
        if let Some(hairpin) = &mut self.hairpin {
            hairpin.last.get_or_insert(events.len());
            self.rest(events);
        }
        let (first, from) = (events.len(), self.velocity);
        self.hairpin = Some(Hairpin { first, last: None, louder, from, to: None });
    }

    /// How loud the next event is; a hairpin that ended before it is worked out.
    pub(super) fn velocity(&mut self, events: &mut [Event<'_>]) -> u8 {
        if self.hairpin.is_some_and(|hairpin| hairpin.last.is_some_and(|last| last < events.len())) {
            self.rest(events);
        }
        // What a hairpin adds comes when its end is known.
        self.hairpin.map_or(self.velocity, |hairpin| hairpin.from)
    }

    /// Works out the last hairpin; one that is never closed says nothing.
    pub(super) fn rest(&mut self, events: &mut [Event<'_>]) {
        let Some(hairpin) = self.hairpin.take() else { return };
        let Some(last) = hairpin.last.filter(|&last| last > hairpin.first) else { return };
        let to = hairpin.end();
        if hairpin.to.is_none() {
            self.velocity = to;
        }
        let change = i16::from(to) - i16::from(hairpin.from);
        let steps = last - hairpin.first;
        for (i, event) in events.iter_mut().skip(hairpin.first).take(steps + 1).enumerate() {
            let louder = (f64::from(change) * i as f64 / steps as f64).round();
            event.velocity = event.velocity.saturating_add_signed(louder as i8).clamp(1, 127);
        }
    }
}

impl Hairpin {
    /// Where it leads.
    fn end(self) -> u8 {
        let step = if self.louder { STEP } else { -STEP };
        self.to.unwrap_or_else(|| self.from.saturating_add_signed(step).clamp(20, 120))
    }
}

/// What a dynamic is as MIDI counts.
fn level(decoration: &Decoration) -> Option<u8> {
    Some(match decoration {
        Decoration::Pppp => 30,
        Decoration::Ppp => 38,
        Decoration::Pp => 46,
        Decoration::P => 56,
        Decoration::Mp => 68,
        Decoration::Mf => VELOCITY,
        Decoration::F => 92,
        Decoration::Ff => 102,
        Decoration::Fff => 110,
        Decoration::Ffff => 118,
        _ => return None,
    })
}
