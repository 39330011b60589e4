//! Ornaments: rolls, grace notes, trills and the rest, and how short a note is played.

use super::options::{Instrument, Options};
use super::performance::TimedNote;
use super::score::{Event, Marks, Score, State, Tone};
use super::tempo::{self, TempoMark};
use super::{MOST_NOTES, PerformError, add, sub};
use crate::abc::Grace;
use crate::music::Fraction;

/// A cut: a flick of the note above.
const CUT: i64 = 35;
/// A tap: a flick of the note below.
const TAP: i64 = 30;
/// A grace note.
const GRACE: i64 = 60;
/// A grace note of `{/g}`.
const ACCIACCATURA: i64 = 35;
/// A note of a trill, about.
const TRILL: i64 = 70;
/// The most notes of a trill.
const MOST_TRILLED: i64 = 65;

/// How much softer a flick is than the note it belongs to: a cut is heard as the edge of its note.
const FLICK: u8 = 16;
/// How much softer the other notes of a roll are: the accent is the first one's.
const WITHIN: u8 = 8;

/// A part of an ornament.
#[derive(Debug, Clone, Copy)]
struct Piece {
    pitch: u8,
    /// How long it sounds.
    length: Fraction,
    /// How much softer than the note that has the ornament.
    softer: u8,
}

impl Piece {
    fn new(pitch: u8, length: Fraction) -> Self {
        Self { pitch, length, softer: 0 }
    }

    fn softer(self, softer: u8) -> Self {
        Self { softer, ..self }
    }
}

/// Plays all events as a player does.
pub(super) fn play(
    score: &Score<'_>,
    tempos: &[TempoMark],
    options: &Options,
    tune: u8,
    notes: &mut Vec<TimedNote>,
) -> Result<(), PerformError> {
    let mut pieces = Vec::new();
    for (track, events) in (0..).zip(&score.voices) {
        for event in events {
            if notes.len() > MOST_NOTES {
                return Err(PerformError::TooLong);
            }
            let tones = score.tones_of(event);
            let sounding = |tone: &Tone| TimedNote {
                start: event.start,
                length: tone.length,
                pitch: tone.pitch,
                velocity: event.velocity,
                track,
                tune,
                span: tone.span,
            };
            // Nearly all notes are just played.
            if event.grace.is_none() && event.marks == Marks::default() {
                let struck = tones.iter().filter(|tone| !tone.tied && tone.length > Fraction::ZERO);
                notes.extend(struck.map(sounding));
                continue;
            }
            // The highest note has the ornament.
            let top = tones.iter().enumerate().max_by_key(|(_, tone)| tone.pitch).map(|(i, _)| i);
            for (i, tone) in tones.iter().enumerate().filter(|(_, tone)| !tone.tied) {
                pieces.clear();
                let time = Moment {
                    state: &score.states[event.state],
                    tempo: tempo::at(tempos, event.start),
                    instrument: options.instrument,
                };
                if options.ornaments && Some(i) == top {
                    // A chord takes the time of its first note (§4.17). One that is written longer has its
                    // ornament within that time and sounds on.
                    let within = tones.first().map_or(tone.length, |first| first.length.min(tone.length));
                    time.ornament(event, &Tone { length: within, ..*tone }, &mut pieces)?;
                    if let Some(last) = pieces.last_mut() {
                        last.length = add(last.length, sub(tone.length, within)?)?;
                    }
                } else {
                    pieces.push(Piece::new(tone.pitch, tone.length));
                }
                time.articulate(event.marks, &mut pieces);
                sound(sounding(tone), &pieces, notes)?;
            }
        }
    }
    Ok(())
}

/// The pieces one after another.
fn sound(plain: TimedNote, pieces: &[Piece], notes: &mut Vec<TimedNote>) -> Result<(), PerformError> {
    let mut start = plain.start;
    for &Piece { pitch, length, softer } in pieces {
        if length > Fraction::ZERO {
            let velocity = plain.velocity.saturating_sub(softer).max(1);
            notes.push(TimedNote { start, length, pitch, velocity, ..plain });
            start = add(start, length)?;
        }
    }
    Ok(())
}

/// What an ornament depends on.
struct Moment<'a> {
    state: &'a State<'a>,
    tempo: Option<&'a TempoMark>,
    instrument: Instrument,
}

impl Moment<'_> {
    /// So many milliseconds, and never over a share of the note.
    fn flick(&self, milliseconds: i64, note: Fraction, share: i64) -> Fraction {
        let most = part(note, share);
        self.tempo.and_then(|tempo| tempo.milliseconds(milliseconds)).map_or(most, |flick| flick.min(most))
    }

    fn ornament(&self, event: &Event<'_>, tone: &Tone, pieces: &mut Vec<Piece>) -> Result<(), PerformError> {
        let mut rest = Tone { length: tone.length, ..*tone };
        if let Some(grace) = event.grace {
            rest.length = sub(tone.length, self.grace(grace, tone.length, pieces)?)?;
        }
        let marks = event.marks;
        if marks.has(Marks::ROLL) {
            self.roll(&rest, pieces)
        } else if marks.has(Marks::TRILL) {
            self.trill(&rest, pieces);
            Ok(())
        } else if marks.has(Marks::LOWER_MORDENT) {
            self.mordent(&rest, -1, pieces)
        } else if marks.has(Marks::UPPER_MORDENT) {
            self.mordent(&rest, 1, pieces)
        } else if marks.has(Marks::TURN) {
            self.turn(&rest, 1, pieces)
        } else if marks.has(Marks::INVERTED_TURN) {
            self.turn(&rest, -1, pieces)
        } else {
            pieces.push(Piece::new(rest.pitch, rest.length));
            Ok(())
        }
    }

    /// Grace notes take their time from the note (§4.20): all of them together at most half of it.
    fn grace(
        &self,
        grace: &Grace,
        note: Fraction,
        pieces: &mut Vec<Piece>,
    ) -> Result<Fraction, PerformError> {
        let count = i64::try_from(grace.notes.len()).unwrap_or(i64::MAX).max(1);
        let each = if grace.slashed { ACCIACCATURA } else { GRACE };
        let length = self.flick(each, note, count.saturating_mul(2));
        let mut taken = Fraction::ZERO;
        for (_, written) in &grace.notes {
            let alter =
                written.accidental.map_or_else(|| self.state.key.alter(written.letter), |sign| sign.alter());
            let step = i32::from(written.octave) * 7 + written.letter.step();
            pieces.push(Piece::new(self.state.pitch(step, alter), length).softer(FLICK));
            taken = add(taken, length)?;
        }
        Ok(taken)
    }

    /// A long roll on a dotted crotchet or more is note, cut, note, tap, note in three parts, of which
    /// the last two are quavers; a short roll begins with the cut. Shorter notes have a cut only.
    fn roll(&self, tone: &Tone, pieces: &mut Vec<Piece>) -> Result<(), PerformError> {
        let quaver = Fraction::of(1, 8);
        let length = tone.length;
        let cut = |note| self.flick(CUT, note, 4);
        let note = |length| Piece::new(tone.pitch, length);
        let flick = |pitch, length| Piece::new(pitch, length).softer(FLICK);
        let (first, part_of_rest) = if length >= Fraction::of(3, 8) {
            (sub(length, Fraction::of(1, 4))?, quaver)
        } else if length > quaver {
            (Fraction::ZERO, part(length, 2))
        } else {
            pieces.push(flick(self.state.neighbour(tone, 1), cut(length)));
            pieces.push(note(sub(length, cut(length))?));
            return Ok(());
        };
        pieces.push(note(first));
        // Without a first note the accent is that of the note after the cut.
        let within = if first.is_zero() { 0 } else { WITHIN };
        if self.instrument.plucked {
            let third = part(add(part_of_rest, part_of_rest)?, 3);
            pieces.extend([
                note(third).softer(within),
                note(third).softer(WITHIN),
                note(third).softer(WITHIN),
            ]);
            return Ok(());
        }
        let tapped = self.state.neighbour(tone, -1);
        let short = cut(part_of_rest);
        // Nothing can be tapped below the lowest note: two cuts of different pitch make a cran.
        let (flicks, second) = if tapped < self.instrument.lowest {
            ([self.state.neighbour(tone, 2), self.state.neighbour(tone, 1)], short)
        } else {
            ([self.state.neighbour(tone, 1), tapped], self.flick(TAP, part_of_rest, 4))
        };
        pieces.push(flick(flicks[0], short));
        pieces.push(note(sub(part_of_rest, short)?).softer(within));
        pieces.push(flick(flicks[1], second));
        pieces.push(note(sub(part_of_rest, second)?).softer(WITHIN));
        Ok(())
    }

    /// Note and note above by turns, beginning and ending with the note.
    fn trill(&self, tone: &Tone, pieces: &mut Vec<Piece>) {
        let one = self.tempo.and_then(|tempo| tempo.milliseconds(TRILL)).unwrap_or(Fraction::of(1, 32));
        let fit = tone.length.checked_div(one).map_or(5, |count| count.numerator() / count.denominator());
        let count = fit.clamp(3, MOST_TRILLED - 1) | 1;
        let above = self.state.neighbour(tone, 1);
        let each = part(tone.length, count);
        pieces.extend((0..count).map(|i| Piece::new(if i % 2 == 0 { tone.pitch } else { above }, each)));
    }

    /// Note, neighbour, note.
    fn mordent(&self, tone: &Tone, steps: i32, pieces: &mut Vec<Piece>) -> Result<(), PerformError> {
        let short = self.flick(GRACE, tone.length, 4);
        let rest = sub(tone.length, add(short, short)?)?;
        let neighbour = self.state.neighbour(tone, steps);
        pieces.extend([(tone.pitch, short), (neighbour, short), (tone.pitch, rest)].map(from_pair));
        Ok(())
    }

    /// Neighbour, note, other neighbour, note.
    fn turn(&self, tone: &Tone, steps: i32, pieces: &mut Vec<Piece>) -> Result<(), PerformError> {
        let short = self.flick(TRILL + 20, tone.length, 4);
        let rest = sub(tone.length, add(short, add(short, short)?)?)?;
        pieces.extend(
            [
                (self.state.neighbour(tone, steps), short),
                (tone.pitch, short),
                (self.state.neighbour(tone, -steps), short),
                (tone.pitch, rest),
            ]
            .map(from_pair),
        );
        Ok(())
    }

    /// Staccato and wedge shorten what sounds last.
    fn articulate(&self, marks: Marks, pieces: &mut [Piece]) {
        if let Some(last) = pieces.last_mut() {
            if marks.has(Marks::WEDGE) {
                last.length = part(last.length, 4);
            } else if marks.has(Marks::STACCATO) && !marks.has(Marks::TENUTO) {
                last.length = part(last.length, 2);
            }
        }
    }
}

fn from_pair((pitch, length): (u8, Fraction)) -> Piece {
    Piece::new(pitch, length)
}

/// One of so many equal parts of a length.
fn part(length: Fraction, parts: i64) -> Fraction {
    Fraction::new(1, parts).and_then(|share| length.checked_mul(share)).unwrap_or(length)
}
