//! The form of a tune: its parts, and how many bars each has.

use crate::abc::{Element, Kind, Tune};
use crate::music::Fraction;

/// Bars of each part, as a player counts them: a pickup and the bar that makes up for it are one, and
/// of two endings one counts. Parts lie between repeat signs and double bars; without metre there are
/// none.
pub fn parts(tune: &Tune) -> Vec<usize> {
    let (Some(bar), Some(voice)) = (tune.metre.bar(), tune.voices.first()) else { return Vec::new() };
    let mut parts = Vec::new();
    let mut time = Fraction::of(0, 1);
    // Within a second or later ending, which is played instead of the first.
    let mut instead = false;
    for (place, element) in voice.elements.iter().enumerate() {
        match &element.kind {
            Kind::Ending(numbers) => instead = !numbers.contains(1),
            // `:|2` ends the first ending, but not the part.
            Kind::Bar(line) if line.ends_section() && !opens_ending(&voice.elements[place + 1..]) => {
                instead = false;
                close(&mut time, bar, &mut parts);
            }
            kind if !instead => time = time.checked_add(duration(kind)).unwrap_or(time),
            _ => {}
        }
    }
    close(&mut time, bar, &mut parts);
    parts
}

/// Ends a part. Less than half a bar is none: a pickup before the first repeat goes to what follows.
fn close(time: &mut Fraction, bar: Fraction, parts: &mut Vec<usize>) {
    let bars = time.checked_div(bar).map_or(0.0, Fraction::to_f64).round() as usize;
    if bars > 0 {
        parts.push(bars);
        *time = Fraction::of(0, 1);
    }
}

/// Whether a second or later ending comes next.
fn opens_ending(rest: &[Element]) -> bool {
    let next = rest.iter().find(|e| !matches!(e.kind, Kind::Space | Kind::LineBreak(_)));
    matches!(next.map(|e| &e.kind), Some(Kind::Ending(numbers)) if !numbers.contains(1))
}

fn duration(kind: &Kind) -> Fraction {
    match kind {
        Kind::Note(note) => note.duration,
        Kind::Rest(rest) => rest.duration,
        Kind::Chord(chord) => chord.duration,
        Kind::BarsRest { duration: Some(duration), .. } => *duration,
        _ => Fraction::of(0, 1),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_counted_as_players_do() {
        for (music, expected) in [
            ("D8|E8|F8|G8|]", vec![4]),
            ("|:D8|E8:|:F8|G8:|", vec![2, 2]),
            ("A2|:D8|E8|F6:|A2|:G8|A6:|", vec![3, 2]),
            ("|:D8|E8|1F8:|2G8||A8|B8|]", vec![3, 2]),
            ("|:D8|E8|1F8:|2G8:|", vec![3]),
            ("", vec![]),
        ] {
            let parsed = crate::abc::parse(&format!("X:1\nM:4/4\nL:1/8\nK:D\n{music}\n"));
            assert_eq!(parts(&parsed.tunes[0]), expected, "{music}");
        }
    }
}
