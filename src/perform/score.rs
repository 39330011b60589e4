//! A tune played out as written: events in time, before a player does anything to them.

use super::accidentals::Rule;
use super::performance::Bar;
use super::tune_type::TuneType;
use crate::abc::{Grace, Span, Tempo};
use crate::music::{Chord, Fraction, Key, Letter, Metre};

/// What holds at some place of a voice.
#[derive(Debug, Clone, Copy)]
pub(super) struct State<'t> {
    /// The key.
    pub key: Key,
    /// The metre.
    pub metre: &'t Metre,
    /// The type of tune.
    pub kind: TuneType,
    /// Whether `R:` names the type, so that a metre does not change it.
    pub named: bool,
    /// `Q:`.
    pub tempo: Option<&'t Tempo>,
    /// `transpose=`.
    pub semitones: i32,
    /// Octaves of the clef.
    pub octaves: i32,
    /// How long accidentals hold.
    pub rule: Rule,
}

impl State<'_> {
    /// The pitch that sounds for a note, its steps counted from C of octave 0, moved by octaves to
    /// where MIDI can count it.
    pub(super) fn pitch(&self, step: i32, alter: i8) -> u8 {
        let octaves = step.div_euclid(7) + 1 + self.octaves;
        in_range(octaves * 12 + Letter::from_step(step).semitone() + i32::from(alter) + self.semitones)
    }

    /// The note of the key so many steps above (or, if negative, below) a written one.
    pub(super) fn neighbour(&self, tone: &Tone, steps: i32) -> u8 {
        let step = i32::from(tone.octave) * 7 + tone.letter.step() + steps;
        let pitch = self.pitch(step, self.key.alter(Letter::from_step(step)));
        // Next to a note with an accidental of its own, the scale may have the same note again.
        if (i32::from(pitch) - i32::from(tone.pitch)) * steps > 0 {
            pitch
        } else {
            in_range(i32::from(tone.pitch) + steps.signum())
        }
    }
}

/// A note of an event. Spelling and pitch are as it sounds, transposition aside from the letter.
#[derive(Debug, Clone, Copy)]
pub(super) struct Tone {
    /// As MIDI counts.
    pub pitch: u8,
    /// The letter written.
    pub letter: Letter,
    /// The octave written.
    pub octave: i8,
    /// How long it lasts, notes tied to it included.
    pub length: Fraction,
    /// Its bytes.
    pub span: Span,
    /// Whether it goes on sounding from the note before it.
    pub tied: bool,
}

/// What happens at one moment in a voice: a note, a chord or a rest.
#[derive(Debug, Clone)]
pub(super) struct Event<'t> {
    /// When, in whole notes from the start.
    pub start: Fraction,
    /// How long it takes as written.
    pub length: Fraction,
    /// Its first tone in [`Score::tones`].
    pub first: usize,
    /// How many tones; none in a rest.
    pub count: usize,
    /// Its bytes.
    pub span: Span,
    /// What is to be done to it.
    pub marks: Marks,
    /// Grace notes before it.
    pub grace: Option<&'t Grace>,
    /// What holds for it, in [`Score::states`].
    pub state: usize,
    /// 0, or which of the overlays of its bar it is in (§7.4).
    pub layer: u16,
    /// It is in a tuplet.
    pub tuplet: bool,
    /// Broken rhythm with the event after it: positive for `>`.
    pub broken: i8,
    /// It is tied to what is before or after it.
    pub tie: bool,
    /// How loud, 1 to 127.
    pub velocity: u8,
}

/// Decorations that sound, a bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Marks(pub u16);

impl Marks {
    pub(super) const STACCATO: Self = Self(1);
    pub(super) const WEDGE: Self = Self(2);
    pub(super) const TENUTO: Self = Self(4);
    pub(super) const ACCENT: Self = Self(8);
    pub(super) const MARCATO: Self = Self(16);
    pub(super) const FERMATA: Self = Self(32);
    pub(super) const ROLL: Self = Self(64);
    pub(super) const TRILL: Self = Self(128);
    pub(super) const LOWER_MORDENT: Self = Self(256);
    pub(super) const UPPER_MORDENT: Self = Self(512);
    pub(super) const TURN: Self = Self(1024);
    pub(super) const INVERTED_TURN: Self = Self(2048);

    /// Whether one of these is among them.
    pub(super) const fn has(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// These too.
    pub(super) const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

/// A tune played out.
#[derive(Debug, Default)]
pub(super) struct Score<'t> {
    /// All notes of all events.
    pub tones: Vec<Tone>,
    /// The events of each voice in the order they are read: an overlay comes after what it is laid over.
    pub voices: Vec<Vec<Event<'t>>>,
    /// Every state there was.
    pub states: Vec<State<'t>>,
    /// The bars of the first voice.
    pub bars: Vec<Bar>,
    /// The state of each bar.
    pub bar_states: Vec<usize>,
    /// When which tempo begins.
    pub tempos: Vec<(Fraction, Option<&'t Tempo>)>,
    /// When which state of the first voice begins.
    pub changes: Vec<(Fraction, usize)>,
    /// When which chord begins; none where the accompaniment is to be silent.
    pub chords: Vec<(Fraction, Option<Chord>, Span)>,
    /// When the last voice ends.
    pub end: Fraction,
}

impl<'t> Score<'t> {
    /// The tones of an event.
    pub(super) fn tones_of(&self, event: &Event<'t>) -> &[Tone] {
        &self.tones[event.first..event.first + event.count]
    }
}

/// A pitch moved by octaves into 0 to 127.
pub(super) fn in_range(pitch: i32) -> u8 {
    let folded = match pitch {
        0..=127 => pitch,
        ..0 => pitch.rem_euclid(12),
        _ => 116 + (pitch - 116).rem_euclid(12),
    };
    u8::try_from(folded).unwrap_or(60)
}
