//! Bar lines: of which strokes and dots they are made.

use super::smufl::{Sign, defaults};
use crate::abc::{BarLine, Line};

/// A part of a bar line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stroke {
    Thin,
    Thick,
    Dashed,
    Dots,
}

/// Where a bar line stands in its system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// After clef and key: only what opens a repeat is drawn.
    Start,
    Middle,
    /// At the right end: what opens a repeat is drawn in the next system.
    End,
}

/// The part of a bar line that is drawn at a place.
fn at(line: BarLine, place: Place) -> BarLine {
    match place {
        Place::Middle => line,
        Place::Start if line.opens > 0 || line.line == Line::Initial => BarLine { closes: 0, ..line },
        Place::Start => BarLine { line: Line::Invisible, closes: 0, opens: 0 },
        Place::End => {
            let plain = line.closes == 0 && (line.line == Line::Initial || line.opens > 0);
            let stays = matches!(line.line, Line::Double | Line::Final) && line.opens > 0;
            let kind = if plain && !stays { Line::Single } else { line.line };
            BarLine { line: kind, opens: 0, ..line }
        }
    }
}

/// Calls `draw` with every stroke from left to right: how far its left edge is from the bar line's, and
/// how wide it is. Returns the width of all.
pub(super) fn each_stroke(line: BarLine, place: Place, mut draw: impl FnMut(Stroke, f32, f32)) -> f32 {
    let sizes = defaults();
    let line = at(line, place);
    let mut x = 0.0;
    let mut first = true;
    let mut put = |stroke: Stroke| {
        let (width, gap) = match stroke {
            Stroke::Thin | Stroke::Dashed => (sizes.thin_barline_thickness, sizes.barline_separation),
            Stroke::Thick => (sizes.thick_barline_thickness, sizes.barline_separation),
            Stroke::Dots => (Sign::RepeatDot.width(), sizes.repeat_barline_dot_separation),
        };
        x += if first { 0.0 } else { gap };
        first = false;
        draw(stroke, x, width);
        x += width;
    };
    use Stroke::{Dashed, Dots, Thick, Thin};
    let strokes: &[Stroke] = match (line.closes > 0, line.opens > 0, line.line) {
        (true, true, _) => &[Dots, Thin, Thick, Thin, Dots],
        (true, false, _) => &[Dots, Thin, Thick],
        (false, true, _) => &[Thick, Thin, Dots],
        (_, _, Line::Single) => &[Thin],
        (_, _, Line::Double) => &[Thin, Thin],
        (_, _, Line::Final) => &[Thin, Thick],
        (_, _, Line::Initial) => &[Thick, Thin],
        (_, _, Line::Dotted) => &[Dashed],
        (_, _, Line::Invisible) => &[],
    };
    strokes.iter().for_each(|&stroke| put(stroke));
    x
}

/// The width of a bar line at a place.
pub(super) fn width(line: BarLine, place: Place) -> f32 {
    each_stroke(line, place, |_, _, _| {})
}

#[cfg(test)]
mod tests {
    use super::*;

    fn strokes(line: Line, closes: u8, opens: u8, place: Place) -> Vec<Stroke> {
        let mut strokes = Vec::new();
        each_stroke(BarLine { line, closes, opens }, place, |stroke, _, _| strokes.push(stroke));
        strokes
    }

    #[test]
    fn repeats_have_their_dots_inside() {
        use Stroke::{Dots, Thick, Thin};
        assert_eq!(strokes(Line::Single, 1, 0, Place::Middle), [Dots, Thin, Thick]);
        assert_eq!(strokes(Line::Double, 1, 1, Place::Middle), [Dots, Thin, Thick, Thin, Dots]);
        assert_eq!(strokes(Line::Double, 1, 1, Place::End), [Dots, Thin, Thick]);
        assert_eq!(strokes(Line::Double, 1, 1, Place::Start), [Thick, Thin, Dots]);
        assert_eq!(strokes(Line::Single, 0, 1, Place::End), [Thin]);
        assert_eq!(strokes(Line::Single, 0, 0, Place::Start), []);
        assert_eq!(strokes(Line::Final, 0, 0, Place::End), [Thin, Thick]);
    }
}
