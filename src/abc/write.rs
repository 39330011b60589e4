//! A tune as text in the corpus' style.

use std::fmt::Write;

use super::element::LineBreak;
use super::field::ClefSign;
use super::lyrics::LyricLine;
use super::{
    BarLine, ChordNotes, Clef, Decoration, Directive, Element, KeyField, Kind, Line, Note, Numbers, Staff,
    Tempo, Tie, Tune, Tuplet, Voice,
};
use crate::music::{Accidental, Fraction, Key, Letter};

/// The tune as text: the header in the order X, T, others, Q, L, M, V, K; a space on both sides of a
/// bar line; voices one after the other. Comments are left out, and `U:` signs are written as what they
/// stand for. Read again it is the same tune, as [`Tune::canonical`] says.
pub fn write(tune: &Tune) -> String {
    let mut writer = Writer::default();
    writer.header(tune);
    let declared = declares_voices(tune);
    for voice in &tune.voices {
        if !voice.id.is_empty() {
            writer.start_line();
            writer.out.push_str("V:");
            writer.out.push_str(&voice.id);
            if !declared {
                writer.voice_properties(voice);
            }
            writer.out.push('\n');
        }
        writer.voice(voice);
    }
    writer.start_line();
    writer.out
}

/// The text of a `K:` field.
pub fn write_key(field: &KeyField) -> String {
    let mut out = String::new();
    if let Some(key) = &field.key {
        out += &key.to_string();
        for (letter, accidental) in Letter::ALL.into_iter().zip(key.explicit) {
            if let Some(accidental) = accidental {
                let letter = letter.to_char().to_ascii_lowercase();
                let _ = write!(out, " {}{letter}", accidental_signs(accidental));
            }
        }
    }
    staff(&field.staff, &mut out);
    out.trim_start().to_owned()
}

/// The text of a `Q:` field.
pub fn write_tempo(tempo: &Tempo) -> String {
    let mut out = String::new();
    if !tempo.words.is_empty() {
        let _ = write!(out, "\"{}\"", tempo.words);
    }
    if let Some(per_minute) = tempo.per_minute {
        for beat in &tempo.beats {
            let space = if out.is_empty() { "" } else { " " };
            let _ = write!(out, "{space}{}/{}", beat.numerator(), beat.denominator());
        }
        let _ = write!(out, "={}", per_minute.to_f64());
    }
    out
}

/// An accidental as ABC writes it.
pub fn accidental_signs(accidental: Accidental) -> &'static str {
    match accidental {
        Accidental::DoubleFlat => "__",
        Accidental::Flat => "_",
        Accidental::Natural => "=",
        Accidental::Sharp => "^",
        Accidental::DoubleSharp => "^^",
    }
}

/// A letter with its octave signs: `C,`, `c'`.
pub fn letter_in_octave(letter: Letter, octave: i8) -> String {
    let mut out = String::new();
    if octave >= 5 {
        out.push(letter.to_char().to_ascii_lowercase());
        out.extend(std::iter::repeat_n('\'', (octave - 5).unsigned_abs().into()));
    } else {
        out.push(letter.to_char());
        out.extend(std::iter::repeat_n(',', (4 - octave).unsigned_abs().into()));
    }
    out
}

/// A length after a note: nothing for 1, `/` for a half, `3/2`.
pub fn length(length: Fraction) -> String {
    match (length.numerator(), length.denominator()) {
        (1, 1) => String::new(),
        (above, 1) => above.to_string(),
        (1, 2) => "/".to_owned(),
        (1, below) => format!("/{below}"),
        (above, below) => format!("{above}/{below}"),
    }
}

/// Whether all voices have names, so that the header can list them.
fn declares_voices(tune: &Tune) -> bool {
    tune.voices.iter().all(|voice| !voice.id.is_empty())
}

fn staff(staff: &Staff, out: &mut String) {
    if let Some(clef) = staff.clef {
        let _ = write!(out, " clef={}", clef_name(clef));
    }
    if let Some(semitones) = staff.transpose {
        let _ = write!(out, " transpose={semitones}");
    }
    if let Some(octaves) = staff.octave {
        let _ = write!(out, " octave={octaves}");
    }
    if let Some(lines) = staff.lines {
        let _ = write!(out, " stafflines={lines}");
    }
    for (name, value) in &staff.others {
        let _ = write!(out, " {name}=\"{value}\"");
    }
}

fn clef_name(clef: Clef) -> String {
    let (name, line) = match clef.sign {
        ClefSign::G => ("treble", 2),
        ClefSign::C => ("alto", 3),
        ClefSign::F => ("bass", 4),
        ClefSign::Percussion => ("perc", 3),
        ClefSign::None => ("none", 3),
    };
    let line = if clef.line == line { String::new() } else { clef.line.to_string() };
    let octave = match clef.octave {
        0 => "",
        1 => "+8",
        -1 => "-8",
        2.. => "+15",
        _ => "-15",
    };
    format!("{name}{line}{octave}")
}

#[derive(Debug, Default)]
struct Writer {
    out: String,
}

impl Writer {
    fn header(&mut self, tune: &Tune) {
        let out = &mut self.out;
        // Writing to a string does not fail.
        let _ = writeln!(out, "X:{}", tune.number.unwrap_or(1));
        let directives = tune.directives.iter().filter(|directive| !directive.is_spelling());
        for Directive { name, value, .. } in directives {
            let _ = writeln!(out, "{}", format!("%%{name} {value}").trim_end());
        }
        for field in tune.header_texts() {
            let _ = writeln!(out, "{}:{}", field.letter, field.text);
        }
        if let Some(tempo) = &tune.tempo {
            let _ = writeln!(out, "Q:{}", write_tempo(tempo));
        }
        if let Some(parts) = &tune.parts {
            let _ = writeln!(out, "P:{}", parts.text);
        }
        let _ = writeln!(out, "L:{}/{}", tune.unit.numerator(), tune.unit.denominator());
        let _ = writeln!(out, "M:{}", tune.metre);
        if declares_voices(tune) {
            for voice in &tune.voices {
                self.out.push_str("V:");
                self.out.push_str(&voice.id);
                self.voice_properties(voice);
                self.out.push('\n');
            }
        }
        let _ = writeln!(self.out, "K:{}", write_key(&tune.key));
    }

    fn voice_properties(&mut self, voice: &Voice) {
        if let Some(name) = &voice.name {
            let _ = write!(self.out, " name=\"{name}\"");
        }
        if let Some(name) = &voice.subname {
            let _ = write!(self.out, " subname=\"{name}\"");
        }
        staff(&voice.staff, &mut self.out);
    }

    fn is_at_line_start(&self) -> bool {
        self.out.is_empty() || self.out.ends_with('\n')
    }

    /// Goes to the start of a line without ending the line of music.
    fn start_line(&mut self) {
        if !self.is_at_line_start() {
            self.out.push_str("\\\n");
        }
    }

    fn space(&mut self) {
        if !self.is_at_line_start() && !self.out.ends_with(' ') {
            self.out.push(' ');
        }
    }

    fn voice(&mut self, voice: &Voice) {
        let lyrics_follow = !voice.lyrics.is_empty();
        // An empty line of words is written only where it is the verse before one with words.
        let has_words = |line: &LyricLine| line.syllables.iter().any(|syllable| !syllable.text.is_empty());
        let is_needed = |(i, line): &(usize, &LyricLine)| {
            voice.lyrics[*i..].iter().take_while(|other| other.to == line.to).any(has_words)
        };
        let lines = voice.lyrics.iter().enumerate().filter(is_needed).map(|(_, line)| line);
        let mut lyrics = lines.peekable();
        // Words belong to a line of the text: it must not become two.
        let is_dropped =
            |element: &Element| lyrics_follow && element.kind == Kind::LineBreak(LineBreak::Exclamation);
        for (i, element) in voice.elements.iter().enumerate() {
            while let Some(line) = lyrics.next_if(|line| line.to as usize <= i) {
                self.lyrics(line, voice);
            }
            if is_dropped(element) {
                continue;
            }
            let counts = |other: &&Element| other.kind != Kind::Space && !is_dropped(other);
            let before = voice.elements[..i].iter().rev().find(counts);
            let after = voice.elements[i + 1..].iter().find(counts);
            let between = (before.map(|e| &e.kind), after.map(|e| &e.kind));
            // An ending's number touches its bar line.
            if element.kind == Kind::Space && matches!(between, (Some(Kind::Bar(_)), Some(Kind::Ending(_)))) {
                continue;
            }
            self.element(element, before, after);
        }
        for line in lyrics {
            self.lyrics(line, voice);
        }
    }

    fn element(&mut self, element: &Element, before: Option<&Element>, after: Option<&Element>) {
        match &element.kind {
            Kind::Note(one) => self.out += &note(one),
            Kind::Rest(rest) => {
                self.out.push(if rest.visible { 'z' } else { 'x' });
                self.out += &length(rest.written);
            }
            Kind::BarsRest { bars, visible, .. } => {
                self.out.push(if *visible { 'Z' } else { 'X' });
                self.out += &length(u32::from(*bars).into());
            }
            Kind::Chord(one) => self.out += &chord(one),
            Kind::Grace(grace) => {
                self.out.push_str(if grace.slashed { "{/" } else { "{" });
                for (place, (_, one)) in grace.notes.iter().enumerate() {
                    let chord = grace.chords.iter().find(|chord| chord.contains(&place));
                    self.out.push_str(if chord.is_some_and(|chord| chord.start == place) { "[" } else { "" });
                    self.out += &note(one);
                    self.out.push_str(if chord.is_some_and(|chord| chord.end == place + 1) {
                        "]"
                    } else {
                        ""
                    });
                }
                self.out.push('}');
            }
            Kind::Tuplet(tuplet) => self.tuplet(*tuplet),
            Kind::Broken(depth) => {
                let sign = if *depth > 0 { ">" } else { "<" };
                self.out += &sign.repeat(depth.unsigned_abs().into());
            }
            Kind::SlurStart { dotted } => self.out.push_str(if *dotted { ".(" } else { "(" }),
            Kind::SlurEnd => self.out.push(')'),
            Kind::Bar(line) => {
                self.space();
                self.out += &bar_line(*line);
                if !matches!(after.map(|after| &after.kind), Some(Kind::Ending(_))) {
                    self.space();
                }
            }
            Kind::Ending(numbers) => {
                if !matches!(before.map(|before| &before.kind), Some(Kind::Bar(_))) {
                    self.space();
                    self.out.push('[');
                }
                self.out += &ending(numbers);
                self.space();
            }
            Kind::Decoration(Decoration::Staccato)
                if matches!(after.map(|after| &after.kind), Some(Kind::SlurStart { .. })) =>
            {
                self.out.push_str("!staccato!");
            }
            Kind::Decoration(decoration) => {
                let _ = write!(self.out, "{decoration}");
            }
            Kind::ChordSymbol(symbol) => {
                let _ = write!(self.out, "\"{}\"", symbol.text);
            }
            Kind::Annotation(annotation) => {
                let _ = write!(self.out, "\"{}{}\"", annotation.place.sign(), annotation.text);
            }
            Kind::Room(width) => {
                self.out.push('y');
                self.out += &length(*width);
            }
            Kind::Space => self.space(),
            Kind::LineBreak(LineBreak::Dollar) => self.out.push('$'),
            Kind::LineBreak(LineBreak::Line | LineBreak::Exclamation) => {
                if !self.is_at_line_start() {
                    self.out.truncate(self.out.trim_end_matches(' ').len());
                    self.out.push('\n');
                }
            }
            Kind::Overlay { bars } => {
                self.space();
                self.out += &"&".repeat((*bars).into());
                self.space();
            }
            Kind::Key(field) => self.field('K', &write_key(field)),
            Kind::Metre(metre) => self.field('M', &metre.to_string()),
            Kind::Unit(unit) => self.field('L', &format!("{}/{}", unit.numerator(), unit.denominator())),
            Kind::Tempo(tempo) => self.field('Q', &write_tempo(tempo)),
            Kind::Part(part) => self.field('P', part),
            Kind::Rhythm(rhythm) => self.field('R', rhythm),
            Kind::Field { letter, text } => self.field(*letter, text),
            Kind::Directive(directive) => {
                let text = format!("{} {}", directive.name, directive.value);
                if !self.is_at_line_start() && !directive.needs_own_line() {
                    return self.field('I', text.trim_end());
                }
                self.start_line();
                let _ = writeln!(self.out, "%%{}", text.trim_end());
            }
        }
    }

    /// A field: at the start of a line on its own, within a line in brackets if it can be.
    fn field(&mut self, letter: char, text: &str) {
        let own_line = "KLMQPRNTOWr".contains(letter) && !text.starts_with(['|', ':']);
        if text.contains(']') || self.is_at_line_start() && own_line {
            self.start_line();
            let _ = writeln!(self.out, "{letter}:{text}");
        } else {
            let _ = write!(self.out, "[{letter}:{text}]");
        }
    }

    fn tuplet(&mut self, Tuplet { count, time, notes }: Tuplet) {
        let _ = match (count, time, notes) {
            (3, 2, 3) => write!(self.out, "(3"),
            _ => write!(self.out, "({count}:{time}:{notes}"),
        };
    }

    fn lyrics(&mut self, line: &LyricLine, voice: &Voice) {
        self.start_line();
        self.out.push_str("w:");
        let mut syllables = line.syllables.iter().filter(|syllable| !syllable.text.is_empty()).peekable();
        let mut held = 0;
        let range = line.from as usize..line.to as usize;
        for (i, element) in voice.elements.iter().enumerate().take(range.end).skip(range.start) {
            if !matches!(element.kind, Kind::Note(_) | Kind::Chord(_))
                || syllables.peek().is_none() && held == 0
            {
                continue;
            }
            if let Some(syllable) = syllables.next_if(|syllable| syllable.element as usize == i) {
                self.out.push(' ');
                self.out += &syllable.text.replace('-', "\\-").replace(' ', "~");
                self.out.push_str(if syllable.hyphen { "-" } else { "" });
                held = syllable.held;
            } else if held > 0 {
                self.out.push('_');
                held -= 1;
            } else {
                self.out.push_str(" *");
            }
        }
        self.out.push('\n');
    }
}

fn note(note: &Note) -> String {
    let mut out = note.accidental.map(accidental_signs).unwrap_or_default().to_owned();
    out += &letter_in_octave(note.letter, note.octave);
    out += &length(note.written);
    out.push_str(tie(note.tie));
    out
}

fn chord(chord: &ChordNotes) -> String {
    let notes: String = chord.notes.iter().map(|(_, one)| note(one)).collect();
    format!("[{notes}]{}{}", length(chord.written), tie(chord.tie))
}

fn tie(tie: Option<Tie>) -> &'static str {
    match tie {
        None => "",
        Some(Tie::Solid) => "-",
        Some(Tie::Dotted) => ".-",
    }
}

fn bar_line(bar: BarLine) -> String {
    let line = match bar.line {
        Line::Double if (bar.closes, bar.opens) == (1, 1) => return "::".to_owned(),
        Line::Single => "|",
        Line::Double => "||",
        Line::Final => "|]",
        Line::Initial => "[|",
        Line::Dotted => ".|",
        Line::Invisible => "[|]",
    };
    format!("{}{line}{}", ":".repeat(bar.closes.into()), ":".repeat(bar.opens.into()))
}

fn ending(numbers: &Numbers) -> String {
    let ranges = numbers.ranges.iter().map(|&(first, last)| match first == last {
        true => first.to_string(),
        false => format!("{first}-{last}"),
    });
    ranges.collect::<Vec<_>>().join(",")
}

/// A key's own text, without clef and the like.
pub fn key_text(key: Key) -> String {
    write_key(&KeyField { key: Some(key), ..KeyField::default() })
}
