//! The ink of a system as it is gathered, and how high and low it reaches.

use super::score::Stem;
use super::smufl::Sign;
use super::{Align, Face, Ink, Item, Point, Rect, Role, text};
use crate::abc::Span;

/// How wide a step of the outline is, in staff spaces.
const STEP: f32 = 0.5;

/// A point.
pub(super) fn point(x: f32, y: f32) -> Point {
    Point { x, y }
}

/// A rectangle by its edges.
pub(super) fn rect(left: f32, top: f32, right: f32, bottom: f32) -> Rect {
    Rect { min: point(left, top), max: point(right, bottom) }
}

/// What is drawn so far, with the outline of the staff at work.
#[derive(Debug)]
pub(super) struct Canvas {
    pub items: Vec<Item>,
    /// The highest and the lowest ink for each step from left to right.
    top: Vec<f32>,
    bottom: Vec<f32>,
}

impl Canvas {
    pub(super) fn new(width: f32, items: Vec<Item>) -> Self {
        let steps = (width / STEP) as usize + 2;
        Self { items, top: vec![0.0; steps], bottom: vec![0.0; steps] }
    }

    /// A new staff begins, which reaches `half` above and below its middle line.
    pub(super) fn begin_staff(&mut self, half: f32) {
        self.top.fill(-half);
        self.bottom.fill(half);
    }

    fn steps(&self, left: f32, right: f32) -> std::ops::Range<usize> {
        let last = self.top.len() - 1;
        let step = |x: f32| ((x / STEP).max(0.0) as usize).min(last);
        step(left)..step(right) + 1
    }

    /// Counts a rectangle to the outline.
    pub(super) fn cover(&mut self, rect: Rect) {
        for step in self.steps(rect.min.x, rect.max.x) {
            self.top[step] = self.top[step].min(rect.min.y);
            self.bottom[step] = self.bottom[step].max(rect.max.y);
        }
    }

    /// Where the outline is highest between two places.
    pub(super) fn top(&self, left: f32, right: f32) -> f32 {
        self.top[self.steps(left, right)].iter().copied().fold(f32::MAX, f32::min)
    }

    /// Where the outline is lowest between two places.
    pub(super) fn bottom(&self, left: f32, right: f32) -> f32 {
        self.bottom[self.steps(left, right)].iter().copied().fold(f32::MIN, f32::max)
    }

    /// Where the outline ends on the side of a stem's direction.
    pub(super) fn edge(&self, side: Stem, left: f32, right: f32) -> f32 {
        match side {
            Stem::Up => self.top(left, right),
            Stem::Down => self.bottom(left, right),
        }
    }

    pub(super) fn push(&mut self, ink: Ink, role: Role, span: Option<Span>) {
        self.items.push(Item { ink, role, span });
    }

    /// A sign that counts to the outline.
    pub(super) fn sign(&mut self, sign: Sign, at: Point, scale: f32, role: Role, span: Option<Span>) {
        self.cover(sign_bounds(sign, at, scale));
        self.push(Ink::Glyph { code: sign.code(), at, scale }, role, span);
    }

    /// A straight stroke that counts to the outline.
    pub(super) fn line(&mut self, from: Point, to: Point, thickness: f32, role: Role, span: Option<Span>) {
        let half = thickness / 2.0;
        let (left, right) = (from.x.min(to.x), from.x.max(to.x));
        let (top, bottom) = (from.y.min(to.y), from.y.max(to.y));
        if from.x == to.x {
            self.cover(rect(left - half, top, right + half, bottom));
        } else {
            self.cover(rect(left, top - half, right, bottom + half));
        }
        self.push(Ink::Line { from, to, thickness, dash: None }, role, span);
    }

    /// A slanted bar of even height between two places, as beams are: `from` and `to` are the middles of
    /// its upright ends.
    pub(super) fn beam(&mut self, from: Point, to: Point, thickness: f32, role: Role, span: Option<Span>) {
        let half = thickness / 2.0;
        let run = (to.x - from.x).max(1e-3);
        let mut x = from.x;
        while x < to.x {
            let next = (x + 1.0).min(to.x);
            let y = |x: f32| from.y + (to.y - from.y) * (x - from.x) / run;
            let (a, b) = (y(x), y(next));
            self.cover(rect(x, a.min(b) - half, next, a.max(b) + half));
            x = next;
        }
        let corners = vec![
            point(from.x, from.y - half),
            point(to.x, to.y - half),
            point(to.x, to.y + half),
            point(from.x, from.y + half),
        ];
        self.push(Ink::Polygon(corners), role, span);
    }

    /// A line of words that counts to the outline.
    #[expect(clippy::too_many_arguments, reason = "what words look like, where they stand, what they are")]
    pub(super) fn words(
        &mut self,
        text: &str,
        at: Point,
        align: Align,
        face: Face,
        size: f32,
        role: Role,
        span: Option<Span>,
    ) {
        if text.is_empty() {
            return;
        }
        self.cover(text::bounds(text, at, align, face, size));
        self.push(Ink::Text { text: text.to_owned(), at, align, face, size }, role, span);
    }
}

/// The rectangle a sign fills.
pub(super) fn sign_bounds(sign: Sign, at: Point, scale: f32) -> Rect {
    let bounds = sign.bounds();
    rect(
        at.x + bounds.min.x * scale,
        at.y + bounds.min.y * scale,
        at.x + bounds.max.x * scale,
        at.y + bounds.max.y * scale,
    )
}

/// Moves a shape down.
pub(super) fn shift(ink: &mut Ink, dy: f32) {
    each_point(ink, |point| point.y += dy);
}

/// Makes a shape smaller or larger around a place.
pub(super) fn scale(ink: &mut Ink, around: Point, factor: f32) {
    each_point(ink, |point| {
        point.x = around.x + (point.x - around.x) * factor;
        point.y = around.y + (point.y - around.y) * factor;
    });
    match ink {
        Ink::Glyph { scale, .. } => *scale *= factor,
        Ink::Line { thickness, dash, .. } => {
            *thickness *= factor;
            if let Some((dash, gap)) = dash {
                (*dash, *gap) = (*dash * factor, *gap * factor);
            }
        }
        Ink::Text { size, .. } => *size *= factor,
        Ink::Polygon(_) | Ink::Crescent { .. } => {}
    }
}

fn each_point(ink: &mut Ink, mut change: impl FnMut(&mut Point)) {
    match ink {
        Ink::Glyph { at, .. } | Ink::Text { at, .. } => change(at),
        Ink::Line { from, to, .. } => [from, to].into_iter().for_each(change),
        Ink::Polygon(points) => points.iter_mut().for_each(change),
        Ink::Crescent { outer, inner } => outer.iter_mut().chain(inner).for_each(change),
    }
}
