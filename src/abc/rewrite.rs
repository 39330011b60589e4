//! Changing a tune's text and nothing of its layout: transposing, doubling and halving lengths, bars a
//! line, header fields, chord symbols, macros written out.
//!
//! Each function takes the text a tune was read from and gives the whole text back, with only what has
//! to change changed: comments, spacing and everything outside the tune stay.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::element::LineBreak;
use super::scan::{Piece, comment_start, length as scan_length};
use super::{Element, Kind, Span, Tune, parse, write};
use crate::music::{Chord, Fraction};

/// Why a text was not rewritten.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RewriteError {
    /// A transposition to a key needs one to start from.
    #[error("the tune has no key to transpose from")]
    NoKey,
    /// A transposition by more than four octaves, or beyond what can be written.
    #[error("a tune is transposed by at most 48 semitones")]
    TooFar,
    /// A length or metre that cannot be written.
    #[error("“{}” would have a length that cannot be written", .0)]
    Length(String),
    /// Words or symbols lie under lines of music.
    #[error("the tune has words or symbols under its lines of music, which would not fit other lines")]
    Lyrics,
    /// Chord symbols stand in the tune already.
    #[error("the tune has chord symbols already")]
    Chords,
    /// The macros of a file's header, once written out, would be used again.
    #[error("the macros of the file's header cannot be written out: move them into the tune")]
    Macros,
    /// Lines of several voices belong together.
    #[error("a tune of several voices cannot get other lines")]
    Voices,
    /// A field's text is one line.
    #[error("the text of a field is one line without control characters")]
    FieldText,
    /// A letter that is no field of a header, or `X:`, `K:` or `V:` without text.
    #[error("there is no field {0}: to be set in a header so")]
    Field(char),
}

/// Changes of a text, each a place and what stands there instead.
#[derive(Debug, Default)]
pub(super) struct Edits(Vec<(Span, String)>);

impl Edits {
    pub(super) fn replace(&mut self, span: Span, with: impl Into<String>) {
        self.0.push((span, with.into()));
    }

    /// The text with all of them. Where two overlap, the first in the text is made.
    pub(super) fn apply(mut self, text: &str) -> String {
        self.0.sort_by_key(|(span, _)| *span);
        let mut out = String::with_capacity(text.len() + self.0.len());
        let mut at = 0;
        for (span, with) in &self.0 {
            if let Some(between) = text.get(at..span.start as usize) {
                out.push_str(between);
                out.push_str(with);
                at = span.end as usize;
            }
        }
        out.push_str(text.get(at..).unwrap_or_default());
        out
    }
}

/// The text and the tune with all macros (§9) written out: in the text that is rewritten, everything
/// stands where it sounds. Without macros they are what they were.
///
/// # Errors
/// If what a macro stands for would be read as a macro again.
pub fn without_macros<'a>(
    text: &'a str,
    tune: &'a Tune,
) -> Result<(Cow<'a, str>, Cow<'a, Tune>), RewriteError> {
    if tune.expansions.iter().all(|expansion| expansion.text.is_none()) {
        return Ok((Cow::Borrowed(text), Cow::Borrowed(tune)));
    }
    let mut edits = Edits::default();
    for expansion in tune.expansions.iter().filter(|expansion| is_own(expansion.span, tune)) {
        let Span { start, end } = expansion.span;
        match &expansion.text {
            Some(text) => edits.replace(expansion.span, text.clone()),
            None if expansion.span.of(text).starts_with('[') => edits.replace(expansion.span, ""),
            // A line that defines a macro goes as a whole.
            None => edits.replace(Span::new(start as usize, line_end(text, end as usize)), ""),
        }
    }
    let written = edits.apply(text);
    let again = parse(&written).tunes.into_iter().find(|again| again.span.start == tune.span.start);
    let again = again.filter(|again| again.expansions.iter().all(|expansion| expansion.text.is_none()));
    Ok((Cow::Owned(written), Cow::Owned(again.ok_or(RewriteError::Macros)?)))
}

/// How lengths change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Lengths {
    /// Twice as long: `A` becomes `A2`, 2/4 becomes 2/2.
    Double,
    /// Half as long: `A` becomes `A/`, 2/4 becomes 2/8.
    Halve,
}

/// Writes every note, rest and chord twice or half as long, and the metre and the tempo's beat with
/// them: the tune sounds as before if it has a tempo. The unit note length stays.
///
/// # Errors
/// If a length, metre or beat cannot be written.
pub fn scale_lengths(text: &str, tune: &Tune, lengths: Lengths) -> Result<String, RewriteError> {
    let (text, tune) = &without_macros(text, tune)?;
    let factor = match lengths {
        Lengths::Double => Fraction::of(2, 1),
        Lengths::Halve => Fraction::of(1, 2),
    };
    let mut edits = Edits::default();
    for field in tune.fields.iter().filter(|field| is_own(field.span, tune)) {
        match field.letter {
            'M' => edits.replace(value_of(text, field.span), scaled_metre(&tune.metre, lengths)?),
            'Q' if let Some(tempo) = &tune.tempo => {
                edits.replace(value_of(text, field.span), scaled_tempo(tempo, factor)?);
            }
            _ => {}
        }
    }
    // A metre in the header or its absence says the unit; it is written down before that changes.
    let metre = tune.fields.iter().rfind(|field| field.letter == 'M' && is_own(field.span, tune));
    if let (Some(metre), false) = (metre, tune.fields.iter().any(|field| field.letter == 'L')) {
        let end = metre.span.end;
        let unit = format!("\nL:{}/{}", tune.unit.numerator(), tune.unit.denominator());
        edits.replace(Span { start: end, end }, unit);
    }
    for element in tune.voices.iter().flat_map(|voice| &voice.elements) {
        let (from, written) = match &element.kind {
            Kind::Note(note) => (pitch_end(text, element.span), note.written),
            Kind::Rest(rest) => (element.span.start as usize + 1, rest.written),
            Kind::Chord(chord) => {
                let inner = chord.notes.last().map_or(element.span, |(span, _)| *span);
                let rest = text.get(inner.end as usize..element.span.end as usize).unwrap_or_default();
                let Some(bracket) = rest.find(']') else { continue };
                (inner.end as usize + bracket + 1, chord.written)
            }
            Kind::Metre(metre) => {
                edits.replace(value_of(text, element.span), scaled_metre(metre, lengths)?);
                continue;
            }
            Kind::Tempo(tempo) => {
                edits.replace(value_of(text, element.span), scaled_tempo(tempo, factor)?);
                continue;
            }
            _ => continue,
        };
        let (_, to) = scan_length(text.as_bytes(), from);
        let scaled = written.checked_mul(factor).filter(|scaled| scaled.denominator() <= 1024);
        let scaled = scaled.filter(|scaled| scaled.numerator() <= 1024);
        let scaled = scaled.ok_or_else(|| RewriteError::Length(element.span.of(text).to_owned()))?;
        edits.replace(Span::new(from, to), write::length(scaled));
    }
    Ok(edits.apply(text))
}

fn scaled_metre(metre: &crate::music::Metre, lengths: Lengths) -> Result<String, RewriteError> {
    use crate::music::Metre;
    let (groups, value) = match metre {
        Metre::Free => return Ok(metre.to_string()),
        Metre::Common => (vec![4], 4),
        Metre::Cut => (vec![2], 2),
        Metre::Beats { groups, value } => (groups.clone(), *value),
    };
    let scaled = match lengths {
        Lengths::Double if value % 2 == 0 => Metre::Beats { groups, value: value / 2 },
        Lengths::Double => {
            Metre::Beats { groups: groups.iter().map(|group| group.saturating_mul(2)).collect(), value }
        }
        Lengths::Halve if value <= 128 => Metre::Beats { groups, value: value * 2 },
        Lengths::Halve => return Err(RewriteError::Length(metre.to_string())),
    };
    Ok(scaled.to_string())
}

fn scaled_tempo(tempo: &super::Tempo, factor: Fraction) -> Result<String, RewriteError> {
    let mut scaled = tempo.clone();
    for beat in &mut scaled.beats {
        let longer = beat.checked_mul(factor);
        *beat = longer.ok_or_else(|| RewriteError::Length(beat.to_string()))?;
    }
    Ok(write::write_tempo(&scaled))
}

/// Writes the music in lines of `bars` bars. A pickup is no bar of its own, nor are the halves of a bar
/// that is split at a repeat. Lines that end before a field or with a comment still do.
///
/// # Errors
/// If the tune has words under its notes or more than one voice.
pub fn reflow(text: &str, tune: &Tune, bars: u32) -> Result<String, RewriteError> {
    let (text, tune) = &without_macros(text, tune)?;
    let [voice] = tune.voices.as_slice() else { return Err(RewriteError::Voices) };
    let has_symbols = tune.span.of(text).lines().any(|line| line.starts_with("s:"));
    if has_symbols || !voice.lyrics.is_empty() {
        return Err(RewriteError::Lyrics);
    }
    let mut edits = Edits::default();
    let mut full = tune.metre.bar();
    // Bars since the last line break, and the time since the last bar that was counted.
    let (mut count, mut time) = (0, Fraction::ZERO);
    for (i, element) in voice.elements.iter().enumerate() {
        match &element.kind {
            Kind::Metre(metre) => full = metre.bar(),
            Kind::Note(note) => time = time.checked_add(note.duration).unwrap_or(time),
            Kind::Rest(rest) => time = time.checked_add(rest.duration).unwrap_or(time),
            Kind::Chord(chord) => time = time.checked_add(chord.duration).unwrap_or(time),
            Kind::BarsRest { bars, duration, .. } => {
                count += u32::from(*bars).saturating_sub(1);
                time = duration.unwrap_or(Fraction::ONE);
            }
            Kind::LineBreak(LineBreak::Line) => {
                if joins(text, element.span.start as usize, tune) && voice.elements.len() > i + 1 {
                    let space =
                        if text[..element.span.start as usize].ends_with([' ', '\t']) { "" } else { " " };
                    edits.replace(Span::new(element.span.start as usize, next_line(text, element)), space);
                } else {
                    (count, time) = (0, Fraction::ZERO);
                }
            }
            Kind::Bar(_) if !time.is_zero() => {
                let is_bar = full.is_none_or(|full| time >= full);
                // A pickup is part of the bar it complements at the end.
                if is_bar {
                    count += 1;
                }
                if is_bar || count == 0 {
                    time = Fraction::ZERO;
                }
                if count >= bars.max(1) && break_after(text, &voice.elements[i..], &mut edits) {
                    count = 0;
                }
            }
            _ => {}
        }
    }
    Ok(edits.apply(text))
}

/// Breaks the line after the bar line that comes first, if music follows.
fn break_after(text: &str, elements: &[Element], edits: &mut Edits) -> bool {
    let [bar, rest @ ..] = elements else { return false };
    let quiet = |kind: &Kind| matches!(kind, Kind::Space | Kind::LineBreak(_));
    if rest.iter().all(|element| quiet(&element.kind)) {
        return false;
    }
    match rest.iter().find(|element| element.kind != Kind::Space) {
        // The line ends here anyhow; whether it goes on is for its own break to say.
        Some(Element { kind: Kind::LineBreak(_), span }) => {
            edits.replace(Span { start: span.start, end: span.start }, "\n");
        }
        Some(Element { kind: Kind::Ending(_), span }) => {
            let bracket = if span.of(text).starts_with('[') { "" } else { "[" };
            edits.replace(Span { start: span.start, end: span.start }, format!("\n{bracket}"));
        }
        _ => edits.replace(Span { start: bar.span.end, end: bar.span.end }, "\n"),
    }
    true
}

/// Whether the line that ends at `end` can be joined to the next: it has no comment, and the next one is
/// music.
fn joins(text: &str, end: usize, tune: &Tune) -> bool {
    let line_start = text[..end].rfind('\n').map_or(0, |newline| newline + 1);
    let line = &text[line_start..end];
    let next_start = end + text[end..].find('\n').map_or(text.len() - end, |newline| newline + 1);
    let rest = text.get(next_start..tune.span.end as usize).unwrap_or_default();
    let next = rest.lines().next().unwrap_or_default();
    let is_field =
        matches!(next.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic() || *letter == b'+');
    comment_start(line) == line.len() && !next.trim().is_empty() && !next.starts_with('%') && !is_field
}

/// Where the line after a line break begins.
fn next_line(text: &str, line_break: &Element) -> usize {
    let end = line_break.span.start as usize;
    let rest = text.get(end..).unwrap_or_default();
    let newline = rest.find('\n').map_or(rest.len(), |newline| newline + 1);
    let indent = rest[newline..].len() - rest[newline..].trim_start_matches([' ', '\t']).len();
    end + newline + indent
}

/// Writes chord symbols over notes: each before the note or chord with these bytes, and before the grace
/// notes and decorations that touch it.
///
/// # Errors
/// If the tune has chord symbols already, or macros that cannot be written out. A tune in which macros
/// are used has to be written out first ([`without_macros`]): the bytes are those of the notes.
pub fn add_chords(text: &str, tune: &Tune, chords: &[(Span, Chord)]) -> Result<String, RewriteError> {
    let elements = || tune.voices.iter().flat_map(|voice| &voice.elements);
    if elements().any(|element| matches!(&element.kind, Kind::ChordSymbol(symbol) if symbol.chord.is_some()))
    {
        return Err(RewriteError::Chords);
    }
    if tune.expansions.iter().any(|expansion| expansion.text.is_some()) {
        return Err(RewriteError::Macros);
    }
    let chords: BTreeMap<Span, Chord> = chords.iter().copied().collect();
    let mut edits = Edits::default();
    for voice in &tune.voices {
        // Where what belongs to the next note begins.
        let mut start = None;
        for element in &voice.elements {
            let belongs = matches!(
                element.kind,
                Kind::Grace(_)
                    | Kind::Decoration(_)
                    | Kind::Annotation(_)
                    | Kind::Tuplet(_)
                    | Kind::SlurStart { .. }
            );
            // What an `s:` line says stands elsewhere.
            let from = match start {
                Some((from, to)) if to == element.span.start => from,
                _ => element.span.start,
            };
            if belongs {
                start = Some((from, element.span.end));
                continue;
            }
            start = None;
            if !matches!(element.kind, Kind::Note(_) | Kind::Chord(_)) {
                continue;
            }
            if let Some(chord) = chords.get(&element.span) {
                edits.replace(Span { start: from, end: from }, format!("\"{chord}\""));
            }
        }
    }
    Ok(edits.apply(text))
}

/// Sets a header field: the last one of its letter in the tune's own header (of `T:` the first), or a
/// new line, `T:` after `X:` and others before `K:`. An empty text takes the field out. Setting `K:`
/// does not transpose.
///
/// # Errors
/// If the text is more than a line, or the letter cannot be set so.
pub fn set_field(text: &str, tune: &Tune, letter: char, value: &str) -> Result<String, RewriteError> {
    let value = value.trim();
    if value.contains(char::is_control) {
        return Err(RewriteError::FieldText);
    }
    if !letter.is_ascii_uppercase() || matches!(letter, 'E' | 'J' | 'Y' | 'V' | 'U' | 'I') {
        return Err(RewriteError::Field(letter));
    }
    if value.is_empty() && matches!(letter, 'X' | 'K') {
        return Err(RewriteError::Field(letter));
    }
    let own = |wanted: char| {
        let mut fields = tune.fields.iter().filter(move |f| f.letter == wanted && is_own(f.span, tune));
        if wanted == 'T' { fields.next() } else { fields.next_back() }
    };
    let line = format!("{letter}:{}", escape(value));
    let mut edits = Edits::default();
    let number = number_line(text, tune);
    let found = if letter == 'X' { number } else { own(letter).map(|field| field.span) };
    match found {
        Some(span) if value.is_empty() => {
            let newline = text[span.end as usize..].find('\n').map_or(0, |newline| newline + 1);
            edits.replace(Span::new(span.start as usize, span.end as usize + newline), "");
        }
        Some(span) => {
            let kept = &span.of(text)[..comment_start(span.of(text)).min(span.of(text).len())];
            let end = span.start as usize + kept.trim_end().len();
            // A continued field is replaced as a whole.
            let end = if span.of(text).contains('\n') { span.end as usize } else { end };
            edits.replace(Span::new(span.start as usize, end), line);
        }
        None if value.is_empty() => {}
        None => {
            let after_number = number.map(|span| line_end(text, span.end as usize));
            let before_key = own('K').map(|field| field.span.start as usize);
            let at = if letter == 'X' {
                tune.span.start as usize
            } else if letter == 'T' {
                after_number.unwrap_or(tune.span.start as usize)
            } else {
                before_key.unwrap_or(tune.body as usize)
            };
            let newline = if at > 0 && !text[..at].ends_with('\n') { "\n" } else { "" };
            edits.replace(Span::new(at, at), format!("{newline}{line}\n"));
        }
    }
    Ok(edits.apply(text))
}

/// A `%` would begin a comment.
fn escape(value: &str) -> String {
    value.replace("\\%", "%").replace('%', "\\%")
}

/// The tune's `X:` line.
fn number_line(text: &str, tune: &Tune) -> Option<Span> {
    let line = tune.span.of(text).lines().next().filter(|line| line.starts_with("X:"))?;
    let start = tune.span.start as usize;
    Some(Span::new(start, start + line.len()))
}

fn line_end(text: &str, at: usize) -> usize {
    at + text[at..].find('\n').map_or(text.len() - at, |newline| newline + 1)
}

/// Whether a field stands in the tune itself and not in the file's header.
pub(super) fn is_own(span: Span, tune: &Tune) -> bool {
    span.start >= tune.span.start
}

/// The bytes of a field's value: after the colon, without brackets, comment and white space around it.
pub(super) fn value_of(text: &str, field: Span) -> Span {
    let whole = Piece { text: field.of(text), start: field.start as usize };
    let inline = whole.text.starts_with('[');
    let (_, value) = whole.split_at(if inline { 3 } else { 2 });
    let value = if inline { value.split_at(value.text.len().saturating_sub(1)).0 } else { value };
    value.split_at(comment_start(value.text)).0.trim().span()
}

/// Where a note's accidental, letter and octave end and its length begins.
pub(super) fn pitch_end(text: &str, note: Span) -> usize {
    let written = note.of(text);
    let letter = written.trim_start_matches(['^', '_', '=']);
    let after = letter.get(1..).unwrap_or_default();
    note.end as usize - after.trim_start_matches([',', '\'']).len()
}
