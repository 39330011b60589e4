//! Paints an engraved sheet. It decides nothing but where a pixel begins.

use eframe::egui::{Color32, FontId, Mesh, Painter, Pos2, Rect, Shape, Stroke, pos2, vec2};

use super::fonts;
use super::theme::Tokens;
use crate::abc::Span;
use crate::engrave::{self, Align, Face, Ink, Item, Point, Role, Sheet};

/// Where a sheet lies on the screen.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Placement {
    /// The sheet's upper left corner.
    pub(super) origin: Pos2,
    /// Points a staff space. Whole pixels make all staves alike.
    pub(super) space: f32,
}

impl Placement {
    fn at(self, point: Point) -> Pos2 {
        self.origin + vec2(point.x, point.y) * self.space
    }

    /// A rectangle of the sheet on the screen.
    pub(super) fn rect(self, rect: engrave::Rect) -> Rect {
        Rect::from_min_max(self.at(rect.min), self.at(rect.max))
    }

    /// A point of the screen on the sheet.
    pub(super) fn on_sheet(self, place: Pos2) -> Point {
        let offset = (place - self.origin) / self.space;
        Point { x: offset.x, y: offset.y }
    }
}

/// Paints what of the sheet is in sight; notes with the bytes in `sounding` are in the playhead's colour.
pub(super) fn paint(painter: &Painter, sheet: &Sheet, place: Placement, sounding: &[Span], t: &Tokens) {
    let music = sheet.systems.first().map_or(sheet.items.len(), |system| system.items.start);
    paint_items(painter, &sheet.items[..music], place, &[], t);
    for system in &sheet.systems {
        let extent = place.rect(system.extent).expand(2.0 * place.space);
        if painter.clip_rect().intersects(extent) {
            // The top line of a staff lies on a pixel, and with it all its lines.
            let top = place.rect(system.staves).top();
            let nudge = painter.round_to_pixel_center(top) - top;
            let place = Placement { origin: place.origin + vec2(0.0, nudge), ..place };
            paint_items(painter, &sheet.items[system.items.clone()], place, sounding, t);
        }
    }
}

fn paint_items(painter: &Painter, items: &[Item], place: Placement, sounding: &[Span], t: &Tokens) {
    let sounds = |item: &Item| {
        let within = |own: Span| sounding.iter().any(|note| note.start <= own.start && own.end <= note.end);
        item.role == Role::Note && item.span.is_some_and(within)
    };
    for item in items {
        let colour = match item.role {
            Role::StaffLine => t.staff,
            _ if sounds(item) => t.playhead,
            _ => t.ink,
        };
        paint_ink(painter, &item.ink, place, colour);
    }
}

fn paint_ink(painter: &Painter, ink: &Ink, place: Placement, colour: Color32) {
    match ink {
        Ink::Glyph { code, at, scale } => {
            let font = fonts::music(4.0 * place.space * scale);
            write(painter, code.to_string(), font, place.at(*at), Align::Left, colour);
        }
        Ink::Line { from, to, thickness, dash } => {
            let ends = [place.at(*from), place.at(*to)];
            let width = thickness * place.space;
            match dash {
                Some((dash, gap)) => {
                    let stroke = Stroke::new(width.max(pixel(painter)), colour);
                    let (dash, gap) = (dash * place.space, gap * place.space);
                    painter.extend(Shape::dashed_line(&ends, stroke, dash.max(1.0), gap.max(1.0)));
                }
                None => line(painter, ends, width, colour),
            }
        }
        Ink::Polygon(points) => {
            let points = points.iter().map(|&point| place.at(point)).collect();
            painter.add(Shape::convex_polygon(points, colour, Stroke::NONE));
        }
        Ink::Crescent { outer, inner } => crescent(painter, [*outer, *inner], place, colour),
        Ink::Text { text, at, align, face, size } => {
            let size = size * place.space;
            let font = match face {
                Face::Roman => fonts::caslon(size),
                Face::Italic => fonts::caslon_italic(size),
                Face::Bold => fonts::caslon_bold(size),
                Face::Sans => fonts::words(size),
            };
            write(painter, text.clone(), font, place.at(*at), *align, colour);
        }
    }
}

/// Writes with the foot of the letters at `at`.
fn write(painter: &Painter, text: String, font: FontId, at: Pos2, align: Align, colour: Color32) {
    let galley = painter.layout_no_wrap(text, font, colour);
    let Some((row, glyph)) = galley.rows.first().and_then(|row| Some((row, row.glyphs.first()?))) else {
        return;
    };
    let foot = row.pos.y + glyph.pos.y;
    let left = match align {
        Align::Left => 0.0,
        Align::Middle => galley.size().x / 2.0,
        Align::Right => galley.size().x,
    };
    painter.galley(at - vec2(left, foot), galley, colour);
}

fn pixel(painter: &Painter) -> f32 {
    1.0 / painter.pixels_per_point()
}

/// A stroke; upright and level ones are whole pixels wide and begin on one, so that all look alike.
fn line(painter: &Painter, [from, to]: [Pos2; 2], width: f32, colour: Color32) {
    let pixel = pixel(painter);
    let whole = (width / pixel).round().max(1.0) * pixel;
    let snap = |middle: f32| ((middle - whole / 2.0) / pixel).round() * pixel;
    if from.y == to.y {
        let top = snap(from.y);
        let ends = Rect::from_min_max(pos2(from.x.min(to.x), top), pos2(from.x.max(to.x), top + whole));
        painter.rect_filled(ends, 0, colour);
    } else if from.x == to.x {
        let left = snap(from.x);
        let ends = Rect::from_min_max(pos2(left, from.y.min(to.y)), pos2(left + whole, from.y.max(to.y)));
        painter.rect_filled(ends, 0, colour);
    } else {
        painter.line_segment([from, to], Stroke::new(width.max(pixel), colour));
    }
}

/// A tie or slur: a strip between its two curves, and a hair around it that softens the edge.
fn crescent(painter: &Painter, [outer, inner]: [[Point; 4]; 2], place: Placement, colour: Color32) {
    const STEPS: u32 = 24;
    let along = |curve: &[Point; 4], part: f32| {
        let [a, b, c, d] = curve.map(|point| place.at(point).to_vec2());
        let rest = 1.0 - part;
        let sum = a * rest.powi(3)
            + b * (3.0 * rest * rest * part)
            + c * (3.0 * rest * part * part)
            + d * part.powi(3);
        sum.to_pos2()
    };
    let mut mesh = Mesh::default();
    let (mut over, mut under) = (Vec::new(), Vec::new());
    for step in 0..=STEPS {
        let part = step as f32 / STEPS as f32;
        let ends = [along(&outer, part), along(&inner, part)];
        for end in ends {
            mesh.colored_vertex(end, colour);
        }
        over.push(ends[0]);
        under.push(ends[1]);
        if step > 0 {
            let first = 2 * (step - 1);
            mesh.add_triangle(first, first + 1, first + 2);
            mesh.add_triangle(first + 1, first + 3, first + 2);
        }
    }
    painter.add(Shape::mesh(mesh));
    under.reverse();
    over.extend(under);
    painter.add(Shape::closed_line(over, Stroke::new(0.5, colour)));
}
