//! What stands above and below notes: decorations, dynamics, hairpins, long trills.

use super::canvas::{Canvas, point, rect};
use super::curves::Ends;
use super::score::{Event, Extended, Mark, MarkKind, NONE, Part, Stem, Stretch, within};
use super::smufl::{Sign, defaults};
use super::{Align, Face, Ink, Role, chord, notes, text};
use crate::abc::{Decoration, Span};

/// The size of lyrics and of chord symbols.
pub(super) const LYRIC_SIZE: f32 = 2.1;
pub(super) const CHORD_SIZE: f32 = 2.3;

/// Accidentals in chord symbols are drawn at this size.
pub(super) const CHORD_ACCIDENTAL: f32 = 0.7;

/// Between chord symbols at the same note.
pub(super) const CHORD_STEP: f32 = 0.7;

/// Between marks that stand on top of each other.
const GAP: f32 = 0.35;

/// The parts of a chord symbol: words, and accidentals of the music font.
pub(super) fn chord_pieces(text: &str, mut piece: impl FnMut(&str, Option<Sign>)) {
    let bytes = text.as_bytes();
    let mut from = 0;
    let mut at = 0;
    while at < bytes.len() {
        let before = at.checked_sub(1).map(|before| bytes[before]);
        let after_letter = before.is_some_and(|b| b.is_ascii_uppercase() && b <= b'G');
        let before_digit = bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        let rest = text.get(at..).unwrap_or_default();
        let (sign, length) = match bytes[at] {
            b'#' => (Sign::Sharp, 1),
            b'b' if after_letter || before_digit => (Sign::Flat, 1),
            b'=' if after_letter => (Sign::Natural, 1),
            _ if rest.starts_with('♯') => (Sign::Sharp, '♯'.len_utf8()),
            _ if rest.starts_with('♭') => (Sign::Flat, '♭'.len_utf8()),
            _ if rest.starts_with('♮') => (Sign::Natural, '♮'.len_utf8()),
            _ => {
                at += 1;
                continue;
            }
        };
        if let Some(words) = text.get(from..at).filter(|words| !words.is_empty()) {
            piece(words, None);
        }
        piece("", Some(sign));
        at += length;
        from = at;
    }
    if let Some(words) = text.get(from..).filter(|words| !words.is_empty()) {
        piece(words, None);
    }
}

/// The width of a piece of a chord symbol.
pub(super) fn piece_width(words: &str, sign: Option<Sign>) -> f32 {
    match sign {
        Some(sign) => sign.width() * CHORD_ACCIDENTAL + 0.1,
        None => text::width(words, Face::Sans, CHORD_SIZE),
    }
}

/// The width of a chord symbol.
pub(super) fn chord_width(text: &str) -> f32 {
    let mut width = 0.0;
    chord_pieces(text, |words, sign| width += piece_width(words, sign));
    width
}

/// Where a decoration is drawn.
enum Way {
    /// Close to the head, on the side away from the stem: its signs above and below.
    Head(Sign, Sign),
    /// Above the staff.
    Above(Sign, f32),
    /// Below the staff.
    Below(Sign, f32),
    /// Words above the staff.
    Words(&'static str),
    /// A dynamic sign.
    Dynamic(Sign),
    /// Drawn by hand.
    Roll,
    Slide,
    Arpeggio,
    Thumb,
    Plus,
    Phrase(f32),
    Nothing,
}

fn way(decoration: &Decoration) -> Way {
    use Decoration as D;
    match decoration {
        D::Staccato => Way::Head(Sign::StaccatoAbove, Sign::StaccatoBelow),
        D::Tenuto => Way::Head(Sign::TenutoAbove, Sign::TenutoBelow),
        D::Accent => Way::Head(Sign::AccentAbove, Sign::AccentBelow),
        D::Wedge => Way::Head(Sign::WedgeAbove, Sign::WedgeBelow),
        D::Marcato => Way::Above(Sign::MarcatoAbove, 1.0),
        D::Roll => Way::Roll,
        D::Fermata => Way::Above(Sign::FermataAbove, 1.0),
        D::InvertedFermata => Way::Below(Sign::FermataBelow, 1.0),
        D::LowerMordent => Way::Above(Sign::Mordent, 1.0),
        D::UpperMordent => Way::Above(Sign::ShortTrill, 1.0),
        D::Trill => Way::Above(Sign::Trill, 1.0),
        D::Turn => Way::Above(Sign::Turn, 1.0),
        D::TurnX | D::InvertedTurnX => Way::Above(Sign::TurnSlash, 1.0),
        D::InvertedTurn => Way::Above(Sign::TurnInverted, 1.0),
        D::Arpeggio => Way::Arpeggio,
        D::Slide => Way::Slide,
        D::UpBow => Way::Above(Sign::UpBow, 0.9),
        D::DownBow => Way::Above(Sign::DownBow, 0.9),
        D::Open => Way::Above(Sign::Open, 1.0),
        D::Thumb => Way::Thumb,
        D::Snap => Way::Above(Sign::Snap, 1.0),
        D::Plus => Way::Plus,
        D::Breath => Way::Phrase(0.0),
        D::ShortPhrase => Way::Phrase(1.0),
        D::MediumPhrase => Way::Phrase(2.0),
        D::LongPhrase => Way::Phrase(3.0),
        D::Coda => Way::Above(Sign::Coda, 0.85),
        D::Segno => Way::Above(Sign::Segno, 0.85),
        D::DalSegno => Way::Words("D.S."),
        D::DaCapo => Way::Words("D.C."),
        D::ToCoda => Way::Words("To Coda"),
        D::DaCapoAlFine => Way::Words("D.C. al Fine"),
        D::DaCapoAlCoda => Way::Words("D.C. al Coda"),
        D::DalSegnoAlFine => Way::Words("D.S. al Fine"),
        D::DalSegnoAlCoda => Way::Words("D.S. al Coda"),
        D::Fine => Way::Words("Fine"),
        D::Pppp => Way::Dynamic(Sign::Pppp),
        D::Ppp => Way::Dynamic(Sign::Ppp),
        D::Pp => Way::Dynamic(Sign::Pp),
        D::P => Way::Dynamic(Sign::Piano),
        D::Mp => Way::Dynamic(Sign::Mp),
        D::Mf => Way::Dynamic(Sign::Mf),
        D::F => Way::Dynamic(Sign::Forte),
        D::Ff => Way::Dynamic(Sign::Ff),
        D::Fff => Way::Dynamic(Sign::Fff),
        D::Ffff => Way::Dynamic(Sign::Ffff),
        D::Sfz => Way::Dynamic(Sign::Sfz),
        D::Finger(finger) => Way::Above(
            [Sign::Finger0, Sign::Finger1, Sign::Finger2, Sign::Finger3, Sign::Finger4, Sign::Finger5]
                [usize::from(*finger).min(5)],
            1.1,
        ),
        D::TrillStart
        | D::TrillEnd
        | D::CrescendoStart
        | D::CrescendoEnd
        | D::DiminuendoStart
        | D::DiminuendoEnd
        | D::Other(_) => Way::Nothing,
    }
}

/// The width of the dynamic signs of an event, side by side.
pub(super) fn dynamics_width(part: &Part<'_>, event: &Event<'_>) -> f32 {
    let widths = part.marks_of(event).iter().filter_map(|mark| match mark.kind {
        MarkKind::Decoration(decoration) => match way(decoration) {
            Way::Dynamic(sign) => Some(sign.width() - sign.bounds().min.x),
            _ => None,
        },
        _ => None,
    });
    widths.sum()
}

/// The decorations of an event that stand close to its heads; they come before slurs.
pub(super) fn draw_articulations(canvas: &mut Canvas, part: &Part<'_>, event: &Event<'_>) {
    for mark in part.marks_of(event) {
        let MarkKind::Decoration(decoration) = mark.kind else { continue };
        match way(decoration) {
            Way::Head(above, below) => articulation(canvas, part, event, mark, (above, below)),
            Way::Slide => slide(canvas, part, event, mark.span),
            Way::Arpeggio => arpeggio(canvas, part, event, mark.span),
            _ => {}
        }
    }
}

fn articulation(
    canvas: &mut Canvas,
    part: &Part<'_>,
    event: &Event<'_>,
    mark: &Mark<'_>,
    (above, below): (Sign, Sign),
) {
    let layered = part.shares_staff(event);
    let up = (event.stem == Stem::Down) != layered;
    let (high, low) = part.reach(event);
    let sign = if up { above } else { below };
    let middle = event.x + chord::head_width(event) / 2.0;
    let left = middle - sign.width() / 2.0;
    let small = matches!(above, Sign::StaccatoAbove | Sign::TenutoAbove);
    let direction = if up { -1.0 } else { 1.0 };
    let edge = canvas.edge(if up { Stem::Up } else { Stem::Down }, left, left + sign.width());
    let outer = if up { high } else { -low };
    let position = outer + 2 + i32::from((outer + 2) % 2 == 0);
    // In the staff a dot takes the next free space; everything else goes outside.
    let bounds = sign.bounds();
    let y = if small && position <= 4 && !layered && articulations(part, event) == 1 {
        // The sign's middle in the middle of the space.
        direction * 0.5 * position as f32 - (bounds.min.y + bounds.max.y) / 2.0
    } else {
        edge + direction * GAP
    };
    canvas.sign(sign, point(left, y), 1.0, Role::Mark, Some(mark.span));
}

/// How many signs stand close to an event's heads.
fn articulations(part: &Part<'_>, event: &Event<'_>) -> usize {
    let close = |mark: &&Mark<'_>| match mark.kind {
        MarkKind::Decoration(decoration) => matches!(way(decoration), Way::Head(..)),
        _ => false,
    };
    part.marks_of(event).iter().filter(close).count()
}

fn slide(canvas: &mut Canvas, part: &Part<'_>, event: &Event<'_>, span: Span) {
    let Some(head) = part.heads_of(event).first() else { return };
    let right = event.x + head.accidental.map_or(head.dx, |_| head.accidental_dx) - 0.2;
    let (from, to) = (point(right - 1.1, head.y() + 0.9), point(right, head.y() + 0.2));
    canvas.line(from, to, 0.2, Role::Mark, Some(span));
}

/// A wavy line along the chord, from crescents that bulge to one side and the other.
fn arpeggio(canvas: &mut Canvas, part: &Part<'_>, event: &Event<'_>, span: Span) {
    let (high, low) = part.reach(event);
    let leftmost = part.heads_of(event).iter().map(|head| match head.accidental {
        Some(_) => head.accidental_dx,
        None => head.dx,
    });
    let x = event.x + leftmost.fold(0.0, f32::min) - 0.55;
    let (mut y, bottom) = (-0.5 * high as f32 - 0.6, -0.5 * low as f32 + 0.6);
    let mut side = 1.0;
    while y < bottom {
        let next = y + 0.5;
        let bulge = |by: f32| {
            [point(x, y), point(x + side * by, y + 0.15), point(x + side * by, next - 0.15), point(x, next)]
        };
        let (outer, inner) = (bulge(0.45), bulge(0.15));
        canvas.push(Ink::Crescent { outer, inner }, Role::Mark, Some(span));
        (y, side) = (next, -side);
    }
    canvas.cover(rect(x - 0.3, -0.5 * high as f32 - 0.6, x + 0.3, y));
}

/// The decorations of an event that stand above and below the staff, the innermost first.
pub(super) fn draw_ornaments(canvas: &mut Canvas, part: &Part<'_>, event: &Event<'_>) {
    // Fingering and ornaments inside, what is said about the form outside.
    for round in 0..2 {
        for mark in part.marks_of(event) {
            let MarkKind::Decoration(decoration) = mark.kind else { continue };
            let outside = matches!(
                decoration,
                Decoration::Coda | Decoration::Segno | Decoration::Fermata | Decoration::Other(_)
            ) || matches!(way(decoration), Way::Words(_));
            if outside == (round == 1) {
                ornament(canvas, part, event, decoration, mark.span);
            }
        }
    }
}

fn ornament(canvas: &mut Canvas, part: &Part<'_>, event: &Event<'_>, decoration: &Decoration, span: Span) {
    let middle = event.x + chord::head_width(event) / 2.0;
    let lower = event.stem == Stem::Down && part.shares_staff(event);
    match way(decoration) {
        Way::Above(sign, scale) if lower && decoration != &Decoration::Segno => {
            below(canvas, sign, scale, middle, span);
        }
        Way::Above(sign, scale) => above(canvas, sign, scale, middle, span),
        Way::Below(sign, scale) => below(canvas, sign, scale, middle, span),
        Way::Words(words) => words_above(canvas, words, middle, Align::Middle, span),
        Way::Roll => roll(canvas, middle, span),
        Way::Thumb => thumb(canvas, middle, span),
        Way::Plus => {
            let y = canvas.top(middle - 0.5, middle + 0.5) - GAP - 0.5;
            let stroke = 0.16;
            canvas.line(point(middle - 0.5, y), point(middle + 0.5, y), stroke, Role::Mark, Some(span));
            canvas.line(point(middle, y - 0.5), point(middle, y + 0.5), stroke, Role::Mark, Some(span));
        }
        Way::Phrase(length) => phrase(canvas, event, length, span),
        Way::Nothing => {
            if let Decoration::Other(name) = decoration {
                let size = 1.8;
                let half = text::width(name, Face::Italic, size) / 2.0;
                let y = canvas.top(middle - half, middle + half) - GAP - 0.25 * size;
                notes::small_words(canvas, name, point(middle, y), span);
            }
        }
        Way::Head(..) | Way::Dynamic(_) | Way::Slide | Way::Arpeggio => {}
    }
}

fn above(canvas: &mut Canvas, sign: Sign, scale: f32, middle: f32, span: Span) {
    let bounds = sign.bounds();
    let half = (bounds.max.x - bounds.min.x) * scale / 2.0;
    let y = canvas.top(middle - half, middle + half) - GAP - bounds.max.y * scale;
    let x = middle - (bounds.min.x + bounds.max.x) * scale / 2.0;
    canvas.sign(sign, point(x, y), scale, Role::Mark, Some(span));
}

fn below(canvas: &mut Canvas, sign: Sign, scale: f32, middle: f32, span: Span) {
    let bounds = sign.bounds();
    let half = (bounds.max.x - bounds.min.x) * scale / 2.0;
    let y = canvas.bottom(middle - half, middle + half) + GAP - bounds.min.y * scale;
    let x = middle - (bounds.min.x + bounds.max.x) * scale / 2.0;
    canvas.sign(sign, point(x, y), scale, Role::Mark, Some(span));
}

/// Words about the form, above the staff.
pub(super) fn words_above(canvas: &mut Canvas, words: &str, x: f32, align: Align, span: Span) {
    let size = 2.1;
    let bounds = text::bounds(words, point(x, 0.0), align, Face::Italic, size);
    let y = canvas.top(bounds.min.x - 0.6, bounds.max.x + 0.6) - GAP - 0.25 * size;
    canvas.words(words, point(x, y), align, Face::Italic, size, Role::Mark, Some(span));
}

/// An arch over the note, as Breandán Breathnach's collections have it.
fn roll(canvas: &mut Canvas, middle: f32, span: Span) {
    let half = 0.95;
    let y = canvas.top(middle - half, middle + half) - 0.3;
    let arch = |height: f32| {
        [
            point(middle - half, y),
            point(middle - 0.55, y - height),
            point(middle + 0.55, y - height),
            point(middle + half, y),
        ]
    };
    canvas.cover(rect(middle - half, y - 0.9, middle + half, y));
    canvas.push(Ink::Crescent { outer: arch(1.2), inner: arch(0.8) }, Role::Mark, Some(span));
}

/// An upright oval with a stroke below it.
fn thumb(canvas: &mut Canvas, middle: f32, span: Span) {
    let y = canvas.top(middle - 0.4, middle + 0.4) - GAP - 0.4;
    let at = point(middle - Sign::Open.width() / 2.0, y);
    canvas.sign(Sign::Open, at, 1.0, Role::Mark, Some(span));
    canvas.line(point(middle, y), point(middle, y + 0.4), 0.16, Role::Mark, Some(span));
}

/// A breath, or the stroke through the upper lines that ends a phrase.
fn phrase(canvas: &mut Canvas, event: &Event<'_>, length: f32, span: Span) {
    let x = event.x + event.right + 0.3;
    if length == 0.0 {
        let y = canvas.top(x, x + Sign::Breath.width()) - 0.2;
        return canvas.sign(Sign::Breath, point(x, y), 1.0, Role::Mark, Some(span));
    }
    let (from, to) = (point(x, -3.0), point(x, -2.0 + length));
    canvas.line(from, to, defaults().thin_barline_thickness, Role::Mark, Some(span));
}

/// Draws the decorations of a bar line.
pub(super) fn draw_line_mark(canvas: &mut Canvas, decoration: &Decoration, x: f32, right: f32, span: Span) {
    match way(decoration) {
        Way::Above(sign, scale) => {
            let half = sign.width() * scale / 2.0;
            above(canvas, sign, scale, x.min(right - half), span);
        }
        Way::Below(sign, scale) => below(canvas, sign, scale, x, span),
        Way::Words(words) => words_above(canvas, words, (x + 0.3).min(right), Align::Right, span),
        Way::Dynamic(sign) => below(canvas, sign, 1.0, x, span),
        _ => {
            if let Decoration::Other(name) = decoration {
                words_above(canvas, name, (x + 0.3).min(right), Align::Right, span);
            }
        }
    }
}

/// Draws dynamics and hairpins on a line of their own below the staff, and long trills above it.
pub(super) fn draw_dynamics(canvas: &mut Canvas, part: &Part<'_>, ends: Ends, indices: &[u32]) {
    let signs = || {
        indices.iter().filter_map(|&e| part.event(e)).flat_map(|event| {
            part.marks_of(event).iter().filter_map(move |mark| match mark.kind {
                MarkKind::Decoration(decoration) => match way(decoration) {
                    Way::Dynamic(sign) => Some((event, sign, mark.span)),
                    _ => None,
                },
                _ => None,
            })
        })
    };
    let mine = |extended: &&Extended| {
        let (from, to) = (part.event(extended.from), part.event(extended.to));
        from.is_some_and(|from| from.bar <= ends.last_bar) && to.is_some_and(|to| to.bar >= ends.first_bar)
    };
    let edges = |extended: &Extended| {
        let (Some(from), Some(to)) = (part.event(extended.from), part.event(extended.to)) else {
            return (ends.left, ends.right);
        };
        let left = if from.bar >= ends.first_bar { from.x } else { ends.left };
        let right = if to.bar <= ends.last_bar { to.x + 1.3 } else { ends.right };
        (left, right.max(left + 1.0))
    };
    let mut y = f32::MIN;
    for (event, sign, _) in signs() {
        let half = sign.width() / 2.0;
        let middle = event.x + 0.65;
        y = y.max(canvas.bottom(middle - half, middle + half) + GAP - sign.bounds().min.y);
    }
    let all = || within(&part.extended, |one| one.reach, ends.first_bar, ends.last_bar).filter(mine);
    for extended in all().filter(|extended| extended.kind != Stretch::Trill) {
        let (left, right) = edges(extended);
        y = y.max(canvas.bottom(left, right) + GAP + 0.9);
    }
    let mut before = (NONE, 0.0);
    for (event, sign, span) in signs() {
        let mut x = event.x + 0.65 - (sign.bounds().min.x + sign.bounds().max.x) / 2.0;
        if before.0 == event.column {
            x = before.1 + 0.2 - sign.bounds().min.x;
        }
        before = (event.column, x + sign.width());
        canvas.sign(sign, point(x, y), 1.0, Role::Mark, Some(span));
    }
    for extended in all() {
        let (mut left, mut right) = edges(extended);
        if extended.kind == Stretch::Trill {
            long_trill(canvas, left, right, extended.span);
            continue;
        }
        // A sign at its end keeps its room.
        for (event, sign, _) in signs() {
            let (from, to) =
                (event.x + 0.65 - sign.width() / 2.0 - 0.4, event.x + 0.65 + sign.width() / 2.0 + 0.4);
            if from < left && left < to {
                left = to;
            }
            if from < right && right < to {
                right = from;
            }
        }
        let right = right.max(left + 1.0);
        let (thickness, middle) = (defaults().hairpin_thickness, y - 0.45);
        let (closed, open) = match extended.kind {
            Stretch::Crescendo => (left, right),
            _ => (right, left),
        };
        for side in [-0.6, 0.6] {
            let (from, to) = (point(closed, middle), point(open, middle + side));
            canvas.line(from, to, thickness, Role::Mark, Some(extended.span));
        }
    }
}

fn long_trill(canvas: &mut Canvas, left: f32, right: f32, span: Span) {
    let y = canvas.top(left, right) - GAP;
    canvas.sign(Sign::Trill, point(left, y), 1.0, Role::Mark, Some(span));
    let mut x = left + Sign::Trill.width() + 0.2;
    while x + Sign::WiggleTrill.width() <= right {
        canvas.sign(Sign::WiggleTrill, point(x, y + 0.1), 1.0, Role::Mark, Some(span));
        x += 0.84;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chord_symbols_have_real_accidentals() {
        let pieces = |text: &str| {
            let mut pieces = Vec::new();
            chord_pieces(text, |words, sign| {
                pieces.push(sign.map_or(words.to_owned(), |sign| sign.name().to_owned()));
            });
            pieces
        };
        assert_eq!(
            pieces("Bbm7b5/F#"),
            ["B", "accidentalFlat", "m7", "accidentalFlat", "5/F", "accidentalSharp"]
        );
        assert_eq!(pieces("Abba"), ["A", "accidentalFlat", "ba"]);
        assert_eq!(pieces("é♭"), ["é", "accidentalFlat"]);
        assert_eq!(pieces(""), Vec::<String>::new());
        assert!(chord_width("F#m7") > chord_width("F"));
    }
}
