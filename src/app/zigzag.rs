//! The line under what is wrong.

use eframe::egui::{Color32, Galley, Painter, Pos2, Rect, Shape, Stroke, pos2};

use crate::abc::Span;

/// Thickness, and how far a tooth goes along and down.
const THICKNESS: f32 = 1.3;
const TOOTH: f32 = 2.0;

/// The rectangles of the rows that a span's characters take, in the galley's own coordinates. A span
/// without characters has the width of one.
pub(super) fn under(galley: &Galley, text: &str, span: Span) -> Vec<Rect> {
    let chars = |byte: u32| text.get(..byte as usize).unwrap_or(text).chars().count();
    let start = chars(span.start);
    let end = chars(span.end).max(start + 1);
    let mut rects = Vec::new();
    let mut first = 0;
    for row in &galley.rows {
        let count = row.char_count_excluding_newline().0;
        let (from, to) = (start.max(first), end.min(first + count));
        let whole = row.rect();
        if from < to {
            let x = |place: usize| whole.left() + row.x_offset((place - first).into());
            rects.push(Rect::from_x_y_ranges(x(from)..=x(to), whole.y_range()));
        } else if start >= first && start == first + count && rects.is_empty() {
            // Something is missing at the row's end.
            let left = whole.right();
            rects.push(Rect::from_x_y_ranges(left..=left + 8.0, whole.y_range()));
        }
        first += count + usize::from(row.ends_with_newline);
        if first >= end {
            break;
        }
    }
    rects
}

/// Draws it at the foot of a rectangle.
pub(super) fn draw(painter: &Painter, under: Rect, colour: Color32) {
    let y = under.bottom() - 3.0;
    let mut points: Vec<Pos2> = Vec::new();
    let mut x = under.left();
    while x <= under.right().max(under.left() + 2.0 * TOOTH) {
        let down = if points.len().is_multiple_of(2) { TOOTH } else { 0.0 };
        points.push(pos2(x, y + down));
        x += TOOTH;
    }
    painter.add(Shape::line(points, Stroke::new(THICKNESS, colour)));
}
