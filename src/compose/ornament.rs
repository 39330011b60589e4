//! Ornaments as a player adds them to a tune, written into its text by rule.

use super::wishes::Ornaments;
use crate::abc::write::letter_in_octave;
use crate::abc::{Element, Kind, Note, Span, Tune, parse};
use crate::music::{Fraction, Key, Letter};

/// Adds ornaments to a tune: rolls on dotted crotchets, cuts between repeated notes, and, where there are
/// to be many, a triplet now and then. None stands in a pickup, on the last note, where it would go
/// below `lowest` (MIDI) or above the tune's highest note, or a second time in a beat; notes that have something already are left alone.
pub fn ornamented(text: &str, level: Ornaments, lowest: i32) -> String {
    let every = match level {
        Ornaments::Any | Ornaments::None => return text.to_owned(),
        Ornaments::Light => 2,
        Ornaments::Full => 1,
    };
    let parsed = parse(text);
    let Some(tune) = parsed.tunes.first() else { return text.to_owned() };
    let mut out = text.to_owned();
    let mut chosen: Vec<(Span, String)> = Vec::new();
    let mut met = [0usize; 3];
    let highest = highest(tune);
    for place in places(tune) {
        let Some((kind, written)) = place.ornament(level, lowest, highest) else { continue };
        // Of every kind the first, then every second or each.
        met[kind] += 1;
        if met[kind] % every == 1 % every && (kind != TRIPLET || met[kind] % 3 == 1) {
            chosen.push((place.span, written));
        }
    }
    for (span, written) in chosen.into_iter().rev() {
        out.replace_range(span.start as usize..span.end as usize, &written);
    }
    out
}

const ROLL: usize = 0;
const CUT: usize = 1;
const TRIPLET: usize = 2;

/// A note that may bear an ornament.
struct Place {
    span: Span,
    note: Note,
    written: String,
    key: Key,
    /// The note before, if it is the same.
    repeated: bool,
}

impl Place {
    fn ornament(&self, level: Ornaments, lowest: i32, highest: i32) -> Option<(usize, String)> {
        let (up, down) = (self.neighbour(1), self.neighbour(-1));
        let duration = self.note.duration;
        if duration == Fraction::of(3, 8) {
            return (down.midi >= lowest).then(|| (ROLL, format!("~{}", self.written)));
        }
        if staff_step(&self.note) >= highest {
            return None;
        }
        // The dialect has a grace note before no shorter one than `L:` says.
        if self.repeated && duration >= Fraction::of(1, 8) && self.note.written >= Fraction::of(1, 1) {
            return Some((CUT, format!("{{{}}}{}", up.written, self.written)));
        }
        let crotchet = duration == Fraction::of(1, 4) && self.note.written == Fraction::of(2, 1);
        if level == Ornaments::Full && crotchet && self.note.accidental.is_none() {
            let own = letter_in_octave(self.note.letter, self.note.octave);
            return Some((TRIPLET, format!("(3{own}{}{own}", up.written)));
        }
        None
    }

    /// The note a step away, as the key has it.
    fn neighbour(&self, steps: i32) -> Neighbour {
        let step = self.note.letter as i32 + steps;
        let letter = Letter::from_step(step);
        let octave = self.note.octave + step.div_euclid(7) as i8;
        let alter = i32::from(self.key.alter(letter));
        let midi = (i32::from(octave) + 1) * 12 + letter.semitone() + alter;
        Neighbour { midi, written: letter_in_octave(letter, octave) }
    }
}

/// A note's place on the staff, whatever its accidental.
fn staff_step(note: &Note) -> i32 {
    i32::from(note.octave) * 7 + note.letter as i32
}

/// The highest place on the staff a tune has.
fn highest(tune: &Tune) -> i32 {
    let elements = tune.voices.iter().flat_map(|voice| &voice.elements);
    let highest = elements.filter_map(|element| match &element.kind {
        Kind::Note(note) => Some(staff_step(note)),
        Kind::Chord(chord) => chord.notes.iter().map(|(_, note)| staff_step(note)).max(),
        _ => None,
    });
    highest.max().unwrap_or(i32::MIN)
}

struct Neighbour {
    midi: i32,
    written: String,
}

/// The notes that may bear an ornament, one a beat at most.
fn places(tune: &Tune) -> Vec<Place> {
    let (Some(voice), Some(bar)) = (tune.voices.first(), tune.metre.bar()) else { return Vec::new() };
    let beat = if tune.metre.is_compound() {
        Fraction::of(3, i64::from(tune.metre.value()))
    } else {
        Fraction::of(1, 4)
    };
    let key = tune.key.key.unwrap_or(Key::NONE);
    let mut places: Vec<(Place, usize)> = Vec::new();
    let mut time = Fraction::of(0, 1);
    let (mut before, mut bars, mut first_of_bar) = (None, 0usize, 0usize);
    let mut last_beat = None;
    // What stands before the note keeps ornaments off it, and so does a group it belongs to.
    let (mut busy, mut grouped) = (false, 0usize);
    let (mut changed, mut tied) = (false, false);
    for (i, element) in voice.elements.iter().enumerate() {
        match &element.kind {
            Kind::Bar(_) => {
                // What is too short is a pickup.
                if time < bar {
                    places.truncate(first_of_bar);
                }
                bars += usize::from(time >= bar);
                (time, before, last_beat, changed) = (Fraction::of(0, 1), None, None, false);
                first_of_bar = places.len();
            }
            Kind::Tuplet(tuplet) => grouped = usize::from(tuplet.notes),
            Kind::Grace(_) | Kind::Decoration(_) | Kind::Broken(_) | Kind::SlurStart { .. } => busy = true,
            Kind::Note(note) => {
                changed |= note.accidental.is_some();
                let in_beat = time.checked_div(beat).map_or(0, |beats| beats.to_f64().floor() as i64);
                let pitch = (note.letter, note.octave);
                let broken = matches!(voice.elements.get(i + 1).map(|e| &e.kind), Some(Kind::Broken(_)));
                // An accidental in the bar may change what the ornament's other notes are.
                let free = !busy && !tied && grouped == 0 && note.tie.is_none() && !broken && !changed;
                if free && last_beat != Some((bars, in_beat)) {
                    let repeated = before == Some(pitch);
                    places.push((place(element, *note, key, repeated), i));
                    last_beat = Some((bars, in_beat));
                }
                grouped = grouped.saturating_sub(1);
                (busy, before, tied) = (false, Some(pitch), note.tie.is_some());
                time = time.checked_add(note.duration).unwrap_or(time);
            }
            Kind::Rest(rest) => {
                (busy, before) = (false, None);
                time = time.checked_add(rest.duration).unwrap_or(time);
            }
            Kind::Chord(chord) => {
                (busy, before) = (false, None);
                time = time.checked_add(chord.duration).unwrap_or(time);
            }
            _ => {}
        }
    }
    let last = voice.elements.iter().rposition(|e| matches!(e.kind, Kind::Note(_) | Kind::Chord(_)));
    places.retain(|(_, i)| Some(*i) != last);
    places.into_iter().map(|(place, _)| place).collect()
}

fn place(element: &Element, note: Note, key: Key, repeated: bool) -> Place {
    let length = crate::abc::write::length(note.written);
    let written = format!("{}{length}", letter_in_octave(note.letter, note.octave));
    Place { span: element.span, note, written, key, repeated }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn jig(music: &str, level: Ornaments, lowest: i32) -> String {
        let header = "X:1\nL:1/8\nM:6/8\nK:D\n";
        ornamented(&format!("{header}{music}"), level, lowest)[header.len()..].to_owned()
    }

    #[test]
    fn rolls_and_cuts_stand_where_players_have_them() {
        let tune = " d | F3 A3 | AFd d2 e | B2 A F3 | F3 D3 :|";
        assert_eq!(jig(tune, Ornaments::Full, 62), " d | ~F3 ~A3 | AFd {e}d2 e | (3BcB A ~F3 | ~F3 D3 :|");
        assert_eq!(jig(tune, Ornaments::None, 62), tune);
        let light = jig(tune, Ornaments::Light, 62);
        assert_eq!(light, " d | ~F3 A3 | AFd {e}d2 e | B2 A ~F3 | F3 D3 :|");
    }

    #[test]
    fn a_note_shorter_than_the_unit_is_not_cut() {
        let tune = "X:1\nL:1/4\nM:3/4\nK:G\n G D D/D/4G/4 | G3 :|\n";
        assert_eq!(ornamented(tune, Ornaments::Full, 62), tune);
        let long = tune.replace("D D/D/4G/4", "D D");
        assert_eq!(ornamented(&long, Ornaments::Full, 62), long.replace("D D", "D {E}D"));
    }

    #[test]
    fn no_ornament_goes_above_the_tune_s_highest_note() {
        let tune = " d2 d e2 e | B2 B A3 | d3 D3 :|";
        assert_eq!(jig(tune, Ornaments::Full, 62), " (3ded d e2 e | B2 B ~A3 | ~d3 D3 :|");
    }

    #[test]
    fn some_notes_bear_none() {
        for tune in [" D3 F>A F | D6 |", " F3- F3 | D6 |", " .F3 (3FGA F | D6 |", " ^G3 F3 | D6 |"] {
            assert_eq!(jig(tune, Ornaments::Full, 62).matches(['~', '{']).count(), 0, "{tune}");
        }
    }
}
