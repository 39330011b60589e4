//! The notes of a tune in the order of its text: where each stands, in which bar, and how it sounds.

use std::collections::BTreeMap;

use crate::abc::{self, Decoration, Element, Kind, Span, Tune};
use crate::music::{Fraction, Key, Name, Pitch};
use crate::perform::{self, Accompaniment, Options, Performance, TimedNote};

/// A note, a chord or a rest.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Note {
    /// Its bytes.
    pub(super) span: Span,
    /// Its bar's place in [`Notes::bars`].
    pub(super) bar: usize,
    /// Where in its bar it begins, from 0 to 1.
    pub(super) onset: f32,
    /// What it sounds like; nothing for a rest.
    pub(super) pitches: Vec<Pitch>,
    /// How long it lasts, as a fraction of a whole note.
    pub(super) duration: Fraction,
    /// The same without tuplet and broken rhythm.
    pub(super) written: Fraction,
    /// The signs before it.
    pub(super) signs: Vec<Decoration>,
}

/// A bar as it is written.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Bar {
    /// Its bytes, with the bar line behind it.
    pub(super) span: Span,
    /// As musicians count: a pickup has none, and what completes a bar has that bar's.
    pub(super) number: Option<u32>,
    /// How much longer than its metre it is, negative if it is shorter; `None` without metre.
    pub(super) excess: Option<Fraction>,
}

/// All notes of a tune, voice after voice, and the bars they stand in.
#[derive(Debug, Clone, Default)]
pub(super) struct Notes {
    notes: Vec<Note>,
    bars: Vec<Bar>,
    /// What is written, played: nothing added to it. Nothing, too, if it cannot be played.
    performance: Performance,
}

impl Notes {
    /// Of a tune.
    pub(super) fn of(tune: &Tune) -> Self {
        let performance = Performance::new(tune, &plain()).unwrap_or_default();
        let mut notes = Self { notes: Vec::new(), bars: bars(&performance), performance };
        let mut sounding: BTreeMap<Span, TimedNote> = BTreeMap::new();
        for note in &notes.performance.notes {
            sounding.entry(note.span).or_insert(*note);
        }
        for voice in &tune.voices {
            notes.read(&voice.elements, tune, &sounding);
        }
        notes
    }

    fn read(&mut self, elements: &[Element], tune: &Tune, sounding: &BTreeMap<Span, TimedNote>) {
        let (mut unit, mut key, mut signs) = (tune.unit, tune.key.key.unwrap_or(Key::NONE), Vec::new());
        for element in elements {
            let (own, duration, written) = match &element.kind {
                Kind::Note(note) => (vec![(element.span, *note)], note.duration, note.written),
                Kind::Chord(chord) => {
                    let first = chord.notes.first().map_or(Fraction::ONE, |(_, note)| note.written);
                    let written = first.checked_mul(chord.written).unwrap_or(first);
                    (chord.notes.clone(), chord.duration, written)
                }
                Kind::Rest(rest) => (Vec::new(), rest.duration, rest.written),
                Kind::BarsRest { duration, .. } => (Vec::new(), duration.unwrap_or_default(), Fraction::ZERO),
                Kind::Decoration(sign) => {
                    signs.push(sign.clone());
                    continue;
                }
                Kind::Unit(new) => {
                    unit = *new;
                    continue;
                }
                Kind::Key(new) => {
                    // One that says a clef only leaves the key as it is.
                    key = new.key.unwrap_or(key);
                    continue;
                }
                _ => continue,
            };
            let played = own.iter().find_map(|(span, _)| sounding.get(span));
            let (bar, onset) = self.place(element.span, played);
            let pitches = own.iter().map(|(span, note)| self.pitch(note, sounding.get(span), &key)).collect();
            let written = written.checked_mul(unit).unwrap_or(written);
            let signs = std::mem::take(&mut signs);
            self.notes.push(Note { span: element.span, bar, onset, pitches, duration, written, signs });
        }
    }

    /// The bar a note stands in, and where in it.
    fn place(&self, span: Span, played: Option<&TimedNote>) -> (usize, f32) {
        if let Some(note) = played {
            let next = self.performance.bars.partition_point(|bar| bar.start <= note.start);
            if let Some(bar) = next.checked_sub(1).and_then(|bar| self.performance.bars.get(bar)) {
                let into = note.start.checked_sub(bar.start).and_then(|into| into.checked_div(bar.length));
                return (self.bar_of(bar.span.start), into.map_or(0.0, |into| into.to_f64() as f32));
            }
        }
        // A rest, or a note that another is tied to: it follows what is before it.
        let bar = self.bar_of(span.start);
        let before = self.notes.last().filter(|before| before.bar == bar);
        let length = self.bars.get(bar).and_then(|bar| self.length_of(bar));
        let onset = before.zip(length).map_or(0.0, |(before, length)| {
            before.onset + (before.duration.to_f64() / length.to_f64().max(1e-9)) as f32
        });
        (bar, onset.min(1.0))
    }

    fn length_of(&self, bar: &Bar) -> Option<Fraction> {
        self.performance.bars.iter().find(|played| played.span == bar.span).map(|played| played.length)
    }

    /// The pitch of a written note. One that another is tied to sounds like that one.
    fn pitch(&self, note: &abc::Note, played: Option<&TimedNote>, key: &Key) -> Pitch {
        let spelled = |alter: i8| Pitch { name: Name { letter: note.letter, alter }, octave: note.octave };
        let alter = if let Some(played) = played {
            // A voice may sound octaves away from what is written.
            let above = i32::from(played.pitch) - spelled(0).midi();
            i8::try_from((above + 6).rem_euclid(12) - 6).ok()
        } else if let Some(accidental) = note.accidental {
            Some(accidental.alter())
        } else {
            let before = self.notes.iter().rev().take(16).flat_map(|before| &before.pitches);
            let mut same = before.filter(|it| (it.name.letter, it.octave) == (note.letter, note.octave));
            same.next().map(|it| it.name.alter)
        };
        spelled(alter.unwrap_or_else(|| key.alter(note.letter)))
    }

    /// The notes, voice after voice, each in the order of the text.
    pub(super) fn all(&self) -> &[Note] {
        &self.notes
    }

    /// The bars in the order of the text.
    pub(super) fn bars(&self) -> &[Bar] {
        &self.bars
    }

    /// The place of the bar that has a byte, or else of the last one before it.
    pub(super) fn bar_of(&self, byte: u32) -> usize {
        self.bars.partition_point(|bar| bar.span.start <= byte).saturating_sub(1)
    }

    /// The place of the bar in which a stretch of the sheet ends: white space before its first note may
    /// still belong to the bar before.
    pub(super) fn bar_with(&self, stretch: Span) -> usize {
        self.bar_of(stretch.end.saturating_sub(1).max(stretch.start))
    }

    /// The place of the note that has a byte, or touches it from before.
    pub(super) fn at(&self, byte: u32) -> Option<usize> {
        let within = |note: &Note| (note.span.start..note.span.end).contains(&byte);
        let find = |is: &dyn Fn(&Note) -> bool| self.notes.iter().position(is);
        find(&within).or_else(|| find(&|note| note.span.end == byte))
    }

    /// The place of the first note in a range of bytes.
    pub(super) fn first_in(&self, span: Span) -> Option<usize> {
        self.notes.iter().position(|note| (span.start..span.end).contains(&note.span.start))
    }

    /// What is heard of a note by itself: pitches as MIDI counts, and seconds.
    #[cfg_attr(not(test), expect(dead_code, reason = "the transport, which is to come, plays it"))]
    pub(super) fn sound(&self, note: &Note) -> Vec<(u8, f64)> {
        let inside = |span: Span| note.span.start <= span.start && span.end <= note.span.end;
        let mut heard: Vec<(u8, f64)> = Vec::new();
        for played in self.performance.notes.iter().filter(|played| inside(played.span)) {
            if !heard.iter().any(|(pitch, _)| *pitch == played.pitch) {
                heard.push((played.pitch, self.seconds(played.start, played.end())));
            }
        }
        heard
    }

    /// How long bars last when they are played once.
    pub(super) fn seconds_of(&self, bars: &[Bar]) -> f64 {
        let played =
            bars.iter().filter_map(|bar| self.performance.bars.iter().find(|played| played.span == bar.span));
        let ends = played.filter_map(|bar| Some((bar.start, bar.start.checked_add(bar.length)?)));
        ends.map(|(start, end)| self.seconds(start, end)).sum()
    }

    fn seconds(&self, start: Fraction, end: Fraction) -> f64 {
        self.performance.seconds(end) - self.performance.seconds(start)
    }
}

/// What is written and nothing else, with the accidentals as the corpus means them.
fn plain() -> Options {
    Options {
        held_end: false,
        swing: Fraction::ONE,
        reel_swing: Fraction::ONE,
        ornaments: false,
        accents: false,
        accompaniment: Accompaniment::Off,
        ..Options::default()
    }
}

/// The bars of a performance, each once, in the order of the text, and counted.
fn bars(performance: &Performance) -> Vec<Bar> {
    // By their ends: after a repeat a bar begins behind its repeat sign, and ends as it did.
    let mut played: BTreeMap<u32, (perform::Bar, Option<Fraction>)> = BTreeMap::new();
    for (i, bar) in performance.bars.iter().enumerate() {
        let end = bar.offset.checked_add(bar.length);
        // What completes it may come after a repeat.
        let next = performance.bars.get(i + 1);
        let goes_on = next.is_some_and(|next| !next.offset.is_zero() && Some(next.offset) == end);
        let excess = bar.full.zip(end).and_then(|(full, end)| end.checked_sub(full));
        let excess = if goes_on { excess.map(|_| Fraction::ZERO) } else { excess };
        played.entry(bar.span.end).or_insert((*bar, excess));
    }
    let mut number = 0;
    let bars = played.into_values().map(|(bar, excess)| {
        number += u32::from(bar.offset.is_zero());
        Bar { span: bar.span, number: Some(number).filter(|&number| number > 0), excess }
    });
    bars.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn notes(text: &str) -> Notes {
        Notes::of(abc::parse(text).tunes.first().unwrap())
    }

    #[test]
    fn bars_are_counted_as_musicians_count() {
        let numbers =
            |text| -> Vec<Option<u32>> { notes(text).bars().iter().map(|bar| bar.number).collect() };
        assert_eq!(numbers("X:1\nM:4/4\nL:1/8\nK:D\nD8|E8|\nF8|\n"), [Some(1), Some(2), Some(3)]);
        let reel = "X:1\nM:4/4\nL:1/8\nK:D\n|:d|D8|E7:|\n|:B|F8|G7:|\n";
        assert_eq!(numbers(reel), [None, Some(1), Some(2), Some(2), Some(3), Some(4)]);
    }

    #[test]
    fn pitches_follow_key_bar_and_tie() {
        let notes = notes("X:1\nM:4/4\nL:1/4\nK:D\nF =F F c-|c [DFA] z2|\n");
        let alters: Vec<Vec<i8>> =
            notes.all().iter().map(|note| note.pitches.iter().map(|p| p.name.alter).collect()).collect();
        let expected: [&[i8]; 7] = [&[1], &[0], &[0], &[1], &[1], &[0, 1, 0], &[]];
        assert_eq!(alters, expected);
        let onsets: Vec<f32> = notes.all().iter().map(|note| note.onset).collect();
        assert_eq!(onsets, [0.0, 0.25, 0.5, 0.75, 0.0, 0.25, 0.5]);
    }

    #[test]
    fn a_note_is_heard_as_long_as_it_lasts() {
        let notes = notes("X:1\nM:4/4\nL:1/4\nQ:1/4=60\nK:D\n|:F2 [DA]2:|\n");
        assert_eq!(notes.sound(&notes.all()[0]), [(66, 2.0)]);
        assert_eq!(notes.sound(&notes.all()[1]), [(62, 2.0), (69, 2.0)]);
        assert_eq!(notes.seconds_of(notes.bars()), 4.0);
    }
}
