//! The one time line of a tune as it is played.

use super::options::Options;
use super::score::Score;
use super::tempo::{self, Clock, TempoMark};
use super::{
    MOST_NOTES, MOST_TUNES, PerformError, accents, accompany, add, form, ornament, positions, swing,
};
use crate::abc::{Span, Tune};
use crate::music::{Fraction, Key, Metre};

/// A tune, or several one after another, as they are played.
///
/// Times are exact fractions of a whole note from the start; [`Performance::seconds`] makes seconds of
/// them. Everything is in the order of its time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Performance {
    /// Who plays.
    pub tracks: Vec<Track>,
    /// The notes, by start; at most [`MOST_NOTES`] of voices.
    pub notes: Vec<TimedNote>,
    /// The bars, each as often as it is played. They follow each other without gaps from 0 to the end.
    pub bars: Vec<Bar>,
    /// The tempo, each up to the next; the first at 0.
    pub tempos: Vec<TempoMark>,
    /// The metre, each up to the next; the first at 0.
    pub metres: Vec<(Fraction, Metre)>,
    /// The key, each up to the next; the first at 0.
    pub keys: Vec<(Fraction, Key)>,
    /// The titles of the tunes, as many as there are tunes.
    pub titles: Vec<String>,
}

/// One who plays: a voice of the tune, or who goes with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Track {
    /// What is played.
    pub role: Role,
    /// The voice's name, or else its id; may be empty.
    pub name: String,
    /// The instrument's number in General MIDI, from 0.
    pub program: u8,
}

/// What a track plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// The voice with this place among the tune's voices.
    Voice(u16),
    /// Chords and basses.
    Accompaniment,
    /// The count-in. Pitches are those of General MIDI's percussion.
    Count,
}

/// A note as it sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TimedNote {
    /// When it begins.
    pub start: Fraction,
    /// How long it sounds; more than 0.
    pub length: Fraction,
    /// As MIDI counts, 0 to 127: middle C is 60.
    pub pitch: u8,
    /// How loud, 1 to 127.
    pub velocity: u8,
    /// Its place in [`Performance::tracks`].
    pub track: u16,
    /// Which of the tunes it belongs to, from 0; [`TimedNote::span`] is in that tune's text.
    pub tune: u8,
    /// What it was written with: for the notes of an ornament, the note that has it; for a note tied
    /// to others, the first of them; for an accompaniment, the chord symbol, or nothing.
    pub span: Span,
}

impl TimedNote {
    /// When it ends; its start, should no number hold the end.
    pub fn end(&self) -> Fraction {
        self.start.checked_add(self.length).unwrap_or(self.start)
    }
}

/// A bar each time it is played. A bar that is split by a repeat sign is two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Bar {
    /// When it begins.
    pub start: Fraction,
    /// How long it lasts.
    pub length: Fraction,
    /// How far into a full bar it begins: more than 0 in a pickup and in the second half of a split bar.
    pub offset: Fraction,
    /// How long a full bar of the metre is; `None` without metre.
    pub full: Option<Fraction>,
    /// Its bytes, with the bar line behind it; empty in a count-in.
    pub span: Span,
    /// Which of the tunes it belongs to.
    pub tune: u8,
    /// Whether a section begins with it, by repeat sign, double bar or ending, or a jump leads here.
    pub first: bool,
}

impl Performance {
    /// Plays a tune.
    ///
    /// # Errors
    /// An option outside its range; more than [`MOST_NOTES`] notes; lengths that cannot be added up.
    pub fn new(tune: &Tune, options: &Options) -> Result<Self, PerformError> {
        options.validate()?;
        Self::of_tune(tune, 0, options, true)
    }

    /// Plays up to [`MOST_TUNES`] tunes one after another, each as often as the options say. There is a
    /// count-in before the first and a held note at the end of the last only.
    ///
    /// # Errors
    /// As [`Performance::new`]; and no tune, or too many.
    pub fn set(tunes: &[&Tune], options: &Options) -> Result<Self, PerformError> {
        options.validate()?;
        if !(1..=MOST_TUNES).contains(&tunes.len()) {
            return Err(PerformError::Tunes(tunes.len()));
        }
        let mut set = Self::default();
        for (number, tune) in (0..).zip(tunes) {
            let last = usize::from(number) + 1 == tunes.len();
            set.append(Self::of_tune(tune, number, options, last)?)?;
        }
        Ok(set)
    }

    fn of_tune(tune: &Tune, number: u8, options: &Options, last: bool) -> Result<Self, PerformError> {
        let mut score = Score::read(tune, options)?;
        for bar in &mut score.bars {
            bar.tune = number;
        }
        positions::place(&mut score.bars);
        let player = !options.literal;
        let tempos = tempo::map(&score, options)?;
        if player {
            swing::swing(&mut score, options)?;
            if options.accents {
                accents::accent(&mut score);
            }
            if last && options.held_end {
                form::hold_end(&mut score)?;
            }
        }
        let mut performance = Self {
            tracks: (0..)
                .zip(&tune.voices)
                .map(|(i, voice)| Track {
                    role: Role::Voice(i),
                    name: voice.name.clone().unwrap_or_else(|| voice.id.clone()),
                    program: options.instrument.program,
                })
                .collect(),
            titles: vec![tune.title().unwrap_or_default().to_owned()],
            tempos,
            ..Self::default()
        };
        for &(at, state) in &score.changes {
            let state = &score.states[state];
            if performance.metres.last().is_none_or(|(_, metre)| metre != state.metre) {
                performance.metres.push((at, state.metre.clone()));
            }
            if performance.keys.last().is_none_or(|(_, key)| *key != state.key) {
                performance.keys.push((at, state.key));
            }
        }
        let notes = &mut performance.notes;
        notes.reserve(score.tones.len());
        if player {
            ornament::play(&score, &performance.tempos, options, number, notes)?;
        } else {
            for (track, events) in (0..).zip(&score.voices) {
                for event in events {
                    notes.extend(score.tones_of(event).iter().filter(|tone| !tone.tied).map(|tone| {
                        TimedNote {
                            start: event.start,
                            length: tone.length,
                            pitch: tone.pitch,
                            velocity: event.velocity,
                            track,
                            tune: number,
                            span: tone.span,
                        }
                    }));
                }
            }
        }
        notes.retain(|note| note.length > Fraction::ZERO);
        if notes.len() > MOST_NOTES {
            return Err(PerformError::TooLong);
        }
        if player {
            accompany::accompany(&score, options, number, &mut performance);
        }
        performance.bars = score.bars;
        if player {
            tempo::fermatas(&score.voices, &mut performance.tempos)?;
            if number == 0 && options.count_in {
                form::count_in(&mut performance)?;
            }
        }
        performance.notes.sort_by_key(|note| note.start);
        Ok(performance)
    }

    /// How long all of it lasts, in whole notes.
    pub fn length(&self) -> Fraction {
        self.bars.last().and_then(|bar| bar.start.checked_add(bar.length)).unwrap_or_default()
    }

    /// The seconds from the start to a time in whole notes.
    pub fn seconds(&self, at: Fraction) -> f64 {
        self.clock().seconds(at)
    }

    /// [`Performance::seconds`] for many times.
    pub fn clock(&self) -> Clock<'_> {
        Clock::new(&self.tempos)
    }

    /// Everything later by a time.
    pub(super) fn shift(&mut self, by: Fraction) -> Result<(), PerformError> {
        for note in &mut self.notes {
            note.start = add(note.start, by)?;
        }
        for bar in &mut self.bars {
            bar.start = add(bar.start, by)?;
        }
        let times = self.tempos.iter_mut().map(|mark| &mut mark.at);
        let times = times.chain(self.metres.iter_mut().map(|(at, _)| at));
        for at in times.chain(self.keys.iter_mut().map(|(at, _)| at)) {
            *at = add(*at, by)?;
        }
        Ok(())
    }

    /// Another performance after this one. Tracks with the same role are one.
    fn append(&mut self, mut next: Self) -> Result<(), PerformError> {
        next.shift(self.length())?;
        for (old, track) in (0..).zip(next.tracks) {
            let place = self.tracks.iter().position(|mine| mine.role == track.role);
            let new = place.unwrap_or(self.tracks.len());
            if place.is_none() {
                self.tracks.push(track);
            }
            let new = u16::try_from(new).unwrap_or(u16::MAX);
            self.notes.extend(
                next.notes
                    .iter()
                    .filter(|note| note.track == old)
                    .map(|&note| TimedNote { track: new, ..note }),
            );
        }
        self.notes.sort_by_key(|note| note.start);
        self.bars.append(&mut next.bars);
        self.tempos.append(&mut next.tempos);
        self.metres.append(&mut next.metres);
        self.keys.append(&mut next.keys);
        self.titles.append(&mut next.titles);
        Ok(())
    }
}
