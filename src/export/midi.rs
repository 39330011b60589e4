//! Standard MIDI files of a performance.

use midly::num::{u4, u7, u15, u24, u28};
use midly::{Format, Header, MetaMessage, MidiMessage, Smf, Timing, Track, TrackEvent, TrackEventKind};

use crate::music::{Fraction, Key, Metre, Mode};
use crate::perform::{Performance, Role, TempoMark};

/// Ticks of a crotchet.
pub const TICKS: u16 = 480;

/// The channel of General MIDI's percussion, from 0.
const PERCUSSION: u8 = 9;

/// The performance cannot be a MIDI file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MidiError {
    /// Later than a file can count.
    #[error("the tune is too long for a MIDI file")]
    TooLong,
    /// The bytes cannot be put together.
    #[error("the MIDI file cannot be put together")]
    Write,
}

/// Makes a MIDI file with [`TICKS`] ticks a crotchet: a track with titles, tempo, metre and key, and
/// then one for every track of the performance.
///
/// # Errors
/// If the performance is longer than a file can say.
pub fn write(performance: &Performance) -> Result<Vec<u8>, MidiError> {
    let mut file = Smf::new(Header::new(Format::Parallel, Timing::Metrical(u15::new(TICKS))));
    file.tracks.push(conductor(performance)?);
    let mut voices = Vec::with_capacity(performance.tracks.len());
    for (place, track) in (0..).zip(&performance.tracks) {
        let notes = performance.notes.iter().filter(|note| note.track == place).count();
        voices.push(Events::named(&track.name, channel(voices.len(), track.role), track.program, notes));
    }
    for note in &performance.notes {
        if let Some(events) = voices.get_mut(usize::from(note.track)) {
            let start = ticks(note.start)?;
            let key = u7::new(note.pitch.min(127));
            let vel = u7::new(note.velocity.clamp(1, 127));
            events.push(start, message(events.channel, MidiMessage::NoteOn { key, vel }));
            // What is too short for a tick would be switched off before it is switched on.
            events.ends.push((ticks(note.end())?.max(start + 1), key));
        }
    }
    let end = ticks(performance.length())?;
    for events in voices {
        file.tracks.push(events.track(end));
    }
    let mut bytes = Vec::with_capacity(performance.notes.len() * 9 + 256);
    file.write_std(&mut bytes).map_err(|_| MidiError::Write)?;
    Ok(bytes)
}

/// Voices have channels of their own as long as there are some; percussion has its own always.
fn channel(place: usize, role: Role) -> u4 {
    if role == Role::Count {
        return u4::new(PERCUSSION);
    }
    let place = (place % 15) as u8;
    u4::new(if place < PERCUSSION { place } else { place + 1 })
}

/// Events of one track, in any order.
struct Events<'a> {
    channel: u4,
    /// When, and what.
    all: Vec<(u32, TrackEventKind<'a>)>,
    /// When which note ends. There are as many as there are notes, and sorting them apart takes half the
    /// time.
    ends: Vec<(u32, u7)>,
}

impl<'a> Events<'a> {
    fn new(channel: u4, notes: usize) -> Self {
        Self { channel, all: Vec::with_capacity(notes + 2), ends: Vec::with_capacity(notes) }
    }

    fn named(name: &'a str, channel: u4, program: u8, notes: usize) -> Self {
        let mut events = Self::new(channel, notes);
        if !name.is_empty() {
            events.push(0, TrackEventKind::Meta(MetaMessage::TrackName(name.as_bytes())));
        }
        let program = u7::new(program.min(127));
        if channel.as_int() != PERCUSSION {
            events.push(0, message(channel, MidiMessage::ProgramChange { program }));
        }
        events
    }

    fn push(&mut self, tick: u32, event: TrackEventKind<'a>) {
        self.all.push((tick, event));
    }

    /// The events in order, each with the ticks since the one before.
    fn track(mut self, end: u32) -> Track<'a> {
        self.all.sort_by_key(|&(tick, _)| tick);
        self.ends.sort();
        let channel = self.channel;
        let mut last = 0;
        let mut track = Vec::with_capacity(self.all.len() + self.ends.len() + 1);
        let mut add = |tick: u32, kind| {
            track.push(TrackEvent { delta: u28::new(tick - last), kind });
            last = tick;
        };
        let vel = u7::new(0);
        let off = |key| message(channel, MidiMessage::NoteOff { key, vel });
        let mut ends = self.ends.into_iter().peekable();
        for (tick, kind) in self.all {
            // What ends at a tick ends before anything begins there.
            while let Some((end, key)) = ends.next_if(|&(end, _)| end <= tick) {
                add(end, off(key));
            }
            add(tick, kind);
        }
        ends.for_each(|(end, key)| add(end, off(key)));
        let delta = u28::new(end.saturating_sub(last));
        track.push(TrackEvent { delta, kind: TrackEventKind::Meta(MetaMessage::EndOfTrack) });
        track
    }
}

fn message(channel: u4, message: MidiMessage) -> TrackEventKind<'static> {
    TrackEventKind::Midi { channel, message }
}

/// Titles, tempo, metre and key.
fn conductor(performance: &Performance) -> Result<Track<'_>, MidiError> {
    let mut events = Events::new(u4::new(0), 0);
    let title = performance.titles.first().map_or("", String::as_str);
    events.push(0, TrackEventKind::Meta(MetaMessage::TrackName(title.as_bytes())));
    for mark in &performance.tempos {
        events.push(ticks(mark.at)?, TrackEventKind::Meta(MetaMessage::Tempo(tempo(mark))));
    }
    for (at, metre) in &performance.metres {
        if let Some(event) = time_signature(metre) {
            events.push(ticks(*at)?, TrackEventKind::Meta(event));
        }
    }
    for (at, key) in &performance.keys {
        events.push(ticks(*at)?, TrackEventKind::Meta(key_signature(key)));
    }
    Ok(events.track(ticks(performance.length())?))
}

/// A time in ticks, to the nearest.
fn ticks(time: Fraction) -> Result<u32, MidiError> {
    let whole = i64::from(TICKS) * 4;
    // What is added makes it the nearest. Numbers of 128 bits take far longer to divide.
    let ticks = match (time.numerator().checked_mul(whole * 2), time.denominator().checked_mul(2)) {
        (Some(numerator), Some(double)) if let Some(sum) = numerator.checked_add(time.denominator()) => {
            i128::from(sum.div_euclid(double))
        }
        _ => {
            let denominator = i128::from(time.denominator());
            let numerator = i128::from(time.numerator()) * i128::from(whole * 2);
            (numerator + denominator).div_euclid(denominator * 2)
        }
    };
    // 28 bits is what a step from one event to the next can say.
    u32::try_from(ticks).ok().filter(|&ticks| ticks < (1 << 28) - 1).ok_or(MidiError::TooLong)
}

/// Microseconds of a crotchet.
fn tempo(mark: &TempoMark) -> u24 {
    let microseconds = (mark.whole() * 250_000.0).round();
    u24::new((microseconds as u32).clamp(1, (1 << 24) - 1))
}

/// The metre; none for a metre a file cannot say.
fn time_signature(metre: &Metre) -> Option<MetaMessage<'static>> {
    let beats = u8::try_from(metre.beats()).ok().filter(|&beats| beats > 0)?;
    let value = metre.value();
    if !value.is_power_of_two() {
        return None;
    }
    // A click every dotted crotchet or every beat, in 24ths of a crotchet.
    let beat = if metre.is_compound() { 3 * 96 / value } else { 96 / value };
    let clicks = u8::try_from(beat.clamp(1, 255)).unwrap_or(24);
    Some(MetaMessage::TimeSignature(beats, value.trailing_zeros() as u8, clicks, 8))
}

/// The key: sharps or flats, as many as a file can say, and whether it is minor.
fn key_signature(key: &Key) -> MetaMessage<'static> {
    let minor = matches!(key.mode(), Some(Mode::Minor));
    MetaMessage::KeySignature(key.fifths().clamp(-7, 7) as i8, minor)
}
