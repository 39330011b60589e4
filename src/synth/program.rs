//! A performance made ready to be sounded.

use super::instrument::{Instrument, Reach};
use super::time::Time;
use crate::music::{Fraction, Metre};
use crate::perform::{Bar, Performance, Role};

/// A performance made ready to be sounded: everything on one clock, in order. It never changes, so that it can
/// be shared with the thread that sounds it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Program {
    notes: Vec<Note>,
    /// When the bars begin, and the end of the last.
    bars: Vec<Time>,
    length: Time,
    /// How many bars are counted in.
    counted_in: usize,
}

/// A note on the program's clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Note {
    /// When it begins.
    pub start: Time,
    /// When it ends.
    pub end: Time,
    /// As MIDI counts, as it is written; for a drone the semitones of the tune's home note above C.
    pub pitch: u8,
    /// How loud, 1 to 127.
    pub velocity: u8,
    /// Who plays it.
    pub part: Part,
    /// Its place in [`Performance::notes`], if it has one.
    pub index: Option<u32>,
}

/// Who plays a note.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The voice with this place among the tune's voices.
    Melody(u16),
    /// Chords and basses.
    Accompaniment,
    /// The drones of whoever plays the melody.
    Drone,
    /// The count-in.
    Count,
    /// The metronome.
    Metronome,
}

/// A place in the music that another program of the same tune has too.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Place {
    /// The bar, counted as played.
    pub bar: usize,
    /// How much of the bar is over, from 0 to below 1.
    pub share: f64,
}

/// Pitches of the strong and the other beats.
const BEATS: (u8, u8) = (86, 81);
/// How loud a click of the metronome is, on the first beat and on others.
const CLICK: (u8, u8) = (96, 74);
/// The high wood block of General MIDI, on which a performance counts the first beats.
const HIGH_BLOCK: u8 = 76;
/// The most beats of a bar that are clicked.
const MOST_BEATS: i64 = 64;

impl Program {
    /// Makes a performance ready.
    pub fn new(performance: &Performance) -> Self {
        let clock = performance.clock();
        let time = |at| Time::from_seconds(clock.seconds(at));
        let mut notes: Vec<Note> = (0..)
            .zip(&performance.notes)
            .filter_map(|(index, note)| {
                let part = match performance.tracks.get(usize::from(note.track))?.role {
                    Role::Voice(place) => Part::Melody(place),
                    Role::Accompaniment => Part::Accompaniment,
                    Role::Count => Part::Count,
                };
                let pitch = match part {
                    Part::Count if note.pitch == HIGH_BLOCK => BEATS.0,
                    Part::Count => BEATS.1,
                    _ => note.pitch.min(127),
                };
                let (start, end) = (time(note.start), time(note.end()));
                Some(Note { start, end, pitch, velocity: note.velocity, part, index: Some(index) })
            })
            .collect();
        for bar in performance.bars.iter().filter(|bar| bar.span.start < bar.span.end) {
            let end = bar.start.checked_add(bar.length).unwrap_or(bar.start);
            if let Some(home) = at(&performance.keys, bar.start).and_then(|key| key.tonic()) {
                notes.push(Note {
                    start: time(bar.start),
                    end: time(end),
                    pitch: home.semitone() as u8,
                    velocity: 80,
                    part: Part::Drone,
                    index: None,
                });
            }
            let metre = at(&performance.metres, bar.start);
            for (start, first) in metre.into_iter().flat_map(|metre| beats(bar, metre)) {
                notes.push(Note {
                    start: time(start),
                    end: time(end),
                    pitch: if first { BEATS.0 } else { BEATS.1 },
                    velocity: if first { CLICK.0 } else { CLICK.1 },
                    part: Part::Metronome,
                    index: None,
                });
            }
        }
        notes.sort_by_key(|note| note.start);
        let length = time(performance.length());
        let length = notes.iter().map(|note| note.end).fold(length, Time::max);
        let bars = performance.bars.iter().map(|bar| time(bar.start)).chain([length]).collect();
        let counted_in = performance.bars.iter().take_while(|bar| bar.span.start == bar.span.end).count();
        Self { notes, bars, length, counted_in }
    }

    /// The notes, by start; those of all parts, heard or not.
    pub fn notes(&self) -> &[Note] {
        &self.notes
    }

    /// When all is over but what sounds on.
    pub fn length(&self) -> Time {
        self.length
    }

    /// When each bar begins, as often as it is played.
    pub fn bars(&self) -> &[Time] {
        self.bars.split_last().map_or(&[], |(_, bars)| bars)
    }

    /// The notes of the tune that the instrument cannot play or only at a stretch, by their place in
    /// [`Performance::notes`]. They sound all the same.
    pub fn out_of_reach(
        &self,
        instrument: &Instrument,
        transpose: i8,
    ) -> impl Iterator<Item = (u32, Reach)> + use<'_> {
        let (instrument, transpose) = (*instrument, i16::from(transpose));
        let melody = self.notes.iter().filter(|note| matches!(note.part, Part::Melody(_)));
        melody.filter_map(move |note| {
            let pitch = i16::from(note.pitch) + transpose;
            let reach = u8::try_from(pitch).map_or(Reach::Outside, |pitch| instrument.reach(pitch));
            (reach != Reach::Easy).then_some((note.index?, reach))
        })
    }

    /// Where in the music a time is.
    pub fn place(&self, time: Time) -> Place {
        let after = self.bars.partition_point(|&bar| bar <= time);
        let bar = after.saturating_sub(1);
        let share = match (self.bars.get(bar), self.bars.get(after)) {
            (Some(start), Some(end)) if time >= *start => {
                (time.0 - start.0) as f64 / (end.0 - start.0).max(1) as f64
            }
            _ => 0.0,
        };
        Place { bar, share }
    }

    /// When a place is played; the end if there is no such bar.
    pub fn time(&self, place: Place) -> Time {
        match (self.bars.get(place.bar), self.bars.get(place.bar + 1)) {
            (Some(start), Some(end)) => Time(start.0 + ((end.0 - start.0) as f64 * place.share) as i64),
            _ => self.length,
        }
    }

    /// When another program of the same tune is where this one is at a time. The start is the start of both,
    /// whether they are counted in or not; else the bars of the tune itself are counted.
    pub fn time_in(&self, other: &Self, time: Time) -> Time {
        if time <= Time::ZERO {
            return Time::ZERO;
        }
        let Place { bar, share } = self.place(time);
        match bar.checked_sub(self.counted_in) {
            Some(bar) => other.time(Place { bar: bar + other.counted_in, share }),
            None if bar < other.counted_in => other.time(Place { bar, share }),
            None => Time::ZERO,
        }
    }

    /// The first note that begins at a time or later.
    pub(super) fn first_from(&self, time: Time) -> usize {
        self.notes.partition_point(|note| note.start < time)
    }
}

/// What holds at a time, of things that each hold up to the next.
fn at<T>(changes: &[(Fraction, T)], time: Fraction) -> Option<&T> {
    let place = changes.partition_point(|(from, _)| *from <= time).checked_sub(1)?;
    changes.get(place).map(|(_, what)| what)
}

/// When a bar's beats are, and whether each is the first of a full bar.
fn beats(bar: &Bar, metre: &Metre) -> Vec<(Fraction, bool)> {
    let value = i64::from(metre.value().max(1));
    let beat = Fraction::new(if metre.is_compound() { 3 } else { 1 }, value).unwrap_or(Fraction::ONE);
    let mut beats = Vec::new();
    for place in 0..MOST_BEATS {
        let into = beat.checked_mul(Fraction::of(place, 1)).and_then(|into| into.checked_sub(bar.offset));
        let Some(into) = into.filter(|&into| into < bar.length) else { break };
        if into >= Fraction::ZERO
            && let Some(start) = bar.start.checked_add(into)
        {
            beats.push((start, place == 0));
        }
    }
    beats
}
