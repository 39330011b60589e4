//! Notes and bars in a musician's words.

use super::notes::{Bar, Note, Notes};
use crate::abc::{Decoration, Span};
use crate::music::{Fraction, Pitch};

/// "quarter", "dotted eighth"; `None` if it is no length with a name of its own.
pub(super) fn length(duration: Fraction) -> Option<String> {
    const NAMES: [(i64, &str); 8] = [
        (1, "whole"),
        (2, "half"),
        (4, "quarter"),
        (8, "eighth"),
        (16, "sixteenth"),
        (32, "thirty-second"),
        (64, "sixty-fourth"),
        (128, "hundred-and-twenty-eighth"),
    ];
    let (number, below) = (duration.numerator(), duration.denominator());
    let (dots, base) = match number {
        1 => ("", below),
        3 if below >= 2 => ("dotted ", below / 2),
        7 if below >= 4 => ("double dotted ", below / 4),
        2 if below == 1 => return Some("double whole".to_owned()),
        _ => return None,
    };
    NAMES.iter().find(|(value, _)| *value == base).map(|(_, name)| format!("{dots}{name}"))
}

/// "an eighth note"; a length in a tuplet has the name it is written with.
pub(super) fn length_of(note: &Note) -> String {
    let kind = if note.pitches.is_empty() { "rest" } else { "note" };
    let (words, tuplet) = match length(note.duration) {
        Some(words) => (Some(words), ""),
        None => (length(note.written), " of a tuplet"),
    };
    match words {
        Some(words) => format!("{} {words} {kind}{tuplet}", article(&words)),
        None => format!("a {kind} of {} of a whole", note.duration),
    }
}

/// With a capital.
pub(super) fn capitalised(words: &str) -> String {
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// "marches", "waltzes", "jigs".
pub(super) fn plural(name: &str) -> String {
    if name.ends_with("ch") || name.ends_with('z') { format!("{name}es") } else { format!("{name}s") }
}

fn article(word: &str) -> &'static str {
    if word.starts_with(['a', 'e', 'i', 'o']) { "an" } else { "a" }
}

/// What is struck: "F sharp", "D, F sharp and A", "rest".
fn struck(note: &Note) -> String {
    let names: Vec<String> = note.pitches.iter().map(|pitch| pitch.name.in_words()).collect();
    match names.as_slice() {
        [] => "rest".to_owned(),
        [one] => one.clone(),
        [most @ .., last] => format!("{} and {last}", most.join(", ")),
    }
}

/// "bar 3", "the pickup".
pub(super) fn bar(bar: &Bar) -> String {
    bar.number.map_or("the pickup".to_owned(), |number| format!("bar {number}"))
}

/// "F sharp, an eighth note, bar 6".
pub(super) fn note_in_bar(note: &Note, notes: &Notes) -> String {
    let what = if note.pitches.is_empty() { String::new() } else { format!("{}, ", struck(note)) };
    let place = notes.bars().get(note.bar).map_or(String::new(), |it| format!(", {}", bar(it)));
    format!("{what}{}{place}", length_of(note))
}

/// As one reads it aloud: "D eighth", "roll on G quarter", "quarter rest".
pub(super) fn aloud(note: &Note) -> String {
    let length = length(note.duration).or_else(|| length(note.written));
    let length = length.map(|length| format!(" {length}")).unwrap_or_default();
    if note.pitches.is_empty() {
        return format!("{length} rest").trim_start().to_owned();
    }
    let signs: Vec<String> = note.signs.iter().filter_map(sign).map(|sign| format!("{sign} on ")).collect();
    format!("{}{}{length}", signs.concat(), struck(note))
}

/// The name of a sign that is played on a note.
fn sign(sign: &Decoration) -> Option<&str> {
    Some(match sign {
        Decoration::LowerMordent => "lower mordent",
        Decoration::UpperMordent => "upper mordent",
        Decoration::InvertedTurn | Decoration::TurnX | Decoration::InvertedTurnX => "turn",
        Decoration::InvertedFermata => "fermata",
        Decoration::UpBow => "up bow",
        Decoration::DownBow => "down bow",
        Decoration::Roll
        | Decoration::Trill
        | Decoration::Turn
        | Decoration::Staccato
        | Decoration::Accent
        | Decoration::Fermata
        | Decoration::Slide
        | Decoration::Tenuto
        | Decoration::Marcato => sign.name(),
        _ => return None,
    })
}

/// "the E above middle C".
fn place_of(pitch: Pitch) -> String {
    let name = pitch.name.in_words();
    match pitch.octave {
        4 if name == "C" => "middle C".to_owned(),
        4 => format!("the {name} above middle C"),
        5 => format!("the high {name}"),
        6 => format!("the very high {name}"),
        3 => format!("the {name} below middle C"),
        2 => format!("the low {name}"),
        octave => format!("the {name} in octave {octave}"),
    }
}

/// What stands at the caret: its text, and what is to be said about it.
pub(super) fn at_cursor(notes: &Notes, note: &Note, text: &str) -> (String, String) {
    let written = note.span.of(text).to_owned();
    let what = match note.pitches.as_slice() {
        [] => length_of(note),
        [one] => format!("{}, {}", place_of(*one), length_of(note)),
        _ => format!("{}, {}", struck(note), length_of(note)),
    };
    let bar = notes.bars().get(note.bar).map(fullness).unwrap_or_default();
    (written, format!("{what}.{bar}"))
}

/// " Bar 3 is full."
fn fullness(it: &Bar) -> String {
    let Some(number) = it.number else { return " It stands in the pickup.".to_owned() };
    let Some(excess) = it.excess else { return format!(" It stands in bar {number}.") };
    let amount = Fraction::new(excess.numerator().abs(), excess.denominator()).unwrap_or(excess);
    let amount = match length(amount) {
        Some(words) => format!("{} {words} note", article(&words)),
        None => format!("{amount} of a whole note"),
    };
    if excess.is_zero() {
        format!(" Bar {number} is full.")
    } else if excess > Fraction::ZERO {
        format!(" Bar {number} is {amount} too long.")
    } else {
        format!(" Bar {number} is {amount} short.")
    }
}

/// "Bars 9–12", "Bar 3", "Pickup and bar 1".
pub(super) fn bars(bars: &[Bar]) -> String {
    let numbers = || bars.iter().filter_map(|bar| bar.number);
    let pickup = bars.first().is_some_and(|bar| bar.number.is_none());
    match (pickup, numbers().min().zip(numbers().max())) {
        (_, None) => "Pickup".to_owned(),
        (false, Some((first, last))) if first == last => format!("Bar {first}"),
        (false, Some((first, last))) => format!("Bars {first}–{last}"),
        (true, Some((first, last))) if first == last => format!("Pickup and bar {first}"),
        (true, Some((first, last))) => format!("Pickup and bars {first}–{last}"),
    }
}

/// What there is in chosen bars: "30 notes, D to g, about five seconds."
pub(super) fn summary(notes: &Notes, chosen: &[Bar], span: Span) -> String {
    let inside = |note: &&Note| (span.start..span.end).contains(&note.span.start);
    let inside: Vec<&Note> = notes.all().iter().filter(inside).collect();
    let count = inside.iter().filter(|note| !note.pitches.is_empty()).count();
    let pitches = || inside.iter().flat_map(|note| &note.pitches);
    let lowest = pitches().min_by_key(|pitch| pitch.midi());
    let highest = pitches().max_by_key(|pitch| pitch.midi());
    let range = match lowest.zip(highest) {
        Some((low, high)) if low != high => format!(", {} to {}", letter(*low), letter(*high)),
        Some((low, _)) => format!(", {}", letter(*low)),
        None => String::new(),
    };
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} note{plural}{range}, {}.", seconds(notes.seconds_of(chosen)))
}

/// A pitch as ABC writes it, accidentals left to the key.
fn letter(pitch: Pitch) -> String {
    let letter = pitch.name.letter.to_char();
    let octaves = usize::from(pitch.octave.abs_diff(if pitch.octave < 5 { 4 } else { 5 }));
    if pitch.octave < 5 {
        format!("{letter}{}", ",".repeat(octaves))
    } else {
        format!("{}{}", letter.to_ascii_lowercase(), "'".repeat(octaves))
    }
}

/// "about five seconds".
fn seconds(time: f64) -> String {
    const WORDS: [&str; 13] = [
        "no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven",
        "twelve",
    ];
    let whole = time.round().max(0.0) as usize;
    match WORDS.get(whole) {
        Some(&"no") => "less than a second".to_owned(),
        Some(&"one") => "about a second".to_owned(),
        Some(word) => format!("about {word} seconds"),
        None => format!("about {whole} seconds"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abc;

    fn notes(text: &str) -> Notes {
        Notes::of(abc::parse(text).tunes.first().unwrap())
    }

    #[test]
    fn notes_are_named_in_words() {
        let text = "X:1\nM:4/4\nL:1/8\nK:D\nd|F2 E>D ~G3 z|(3ABc [DF]4 D2|C,8|\n";
        let notes = notes(text);
        let names: Vec<String> = notes.all().iter().map(|note| note_in_bar(note, &notes)).collect();
        assert_eq!(names[0], "D, an eighth note, the pickup");
        assert_eq!(names[1], "F sharp, a quarter note, bar 1");
        assert_eq!(names[2], "E, a dotted eighth note, bar 1");
        assert_eq!(names[5], "an eighth rest, bar 1");
        assert_eq!(names[6], "A, an eighth note of a tuplet, bar 2");
        assert_eq!(names[9], "D and F sharp, a half note, bar 2");
        assert_eq!(aloud(&notes.all()[4]), "roll on G dotted quarter");
        assert_eq!(aloud(&notes.all()[5]), "eighth rest");
        let (written, words) = at_cursor(&notes, &notes.all()[1], text);
        assert_eq!(written, "F2");
        assert_eq!(words, "the F sharp above middle C, a quarter note. Bar 1 is full.");
        let (_, words) = at_cursor(&notes, notes.all().last().unwrap(), text);
        assert_eq!(words, "the C sharp below middle C, a whole note. Bar 3 is full.");
    }

    #[test]
    fn a_bar_that_does_not_add_up_says_by_how_much() {
        for (bar, words) in
            [("D8E", "Bar 2 is an eighth note too long."), ("D6", "Bar 2 is a quarter note short.")]
        {
            let text = format!("X:1\nM:4/4\nL:1/8\nK:D\nD8|{bar}|D8|\n");
            let notes = notes(&text);
            assert!(at_cursor(&notes, &notes.all()[1], &text).1.ends_with(words), "{bar}");
        }
    }

    #[test]
    fn chosen_bars_are_summed_up() {
        let notes = notes("X:1\nM:4/4\nL:1/8\nQ:1/4=120\nK:D\nd|D4E4|g8|D8|\n");
        let some = &notes.bars()[1..3];
        assert_eq!(bars(some), "Bars 1–2");
        let span = some[0].span.to(some[1].span);
        assert_eq!(summary(&notes, some, span), "3 notes, D to g, about four seconds.");
        assert_eq!(bars(&notes.bars()[..2]), "Pickup and bar 1");
    }
}
