//! What is where: items, bars and systems at a point, and the places of bars and bytes.

use std::ops::Range;

use super::canvas::{point, rect};
use super::{BarBox, Ink, Point, Rect, Role, Sheet, System, smufl, text};
use crate::abc::Span;

impl Rect {
    /// Whether a point lies in it, its edges counted in.
    pub fn contains(&self, point: Point) -> bool {
        (self.min.x..=self.max.x).contains(&point.x) && (self.min.y..=self.max.y).contains(&point.y)
    }

    /// The smallest rectangle with both in it.
    pub fn with(self, other: Self) -> Self {
        rect(
            self.min.x.min(other.min.x),
            self.min.y.min(other.min.y),
            self.max.x.max(other.max.x),
            self.max.y.max(other.max.y),
        )
    }

    /// Whether two rectangles share more than their edges.
    pub fn overlaps(&self, other: &Self) -> bool {
        self.min.x < other.max.x
            && other.min.x < self.max.x
            && self.min.y < other.max.y
            && other.min.y < self.max.y
    }

    /// How far a point is from it; 0 within.
    fn distance(&self, to: Point) -> f32 {
        let dx = (self.min.x - to.x).max(to.x - self.max.x).max(0.0);
        let dy = (self.min.y - to.y).max(to.y - self.max.y).max(0.0);
        dx.hypot(dy)
    }
}

impl Ink {
    /// The rectangle it fills. Words count with all their ascenders and descenders, curves with the
    /// points they are drawn towards at three quarters, which they never pass.
    pub fn bounds(&self) -> Rect {
        match self {
            Self::Glyph { code, at, scale } => {
                let bounds = smufl::bounds(*code).unwrap_or_default();
                rect(
                    at.x + bounds.min.x * scale,
                    at.y + bounds.min.y * scale,
                    at.x + bounds.max.x * scale,
                    at.y + bounds.max.y * scale,
                )
            }
            Self::Line { from, to, thickness, .. } => {
                let (dx, dy) = ((to.x - from.x).abs(), (to.y - from.y).abs());
                let length = dx.hypot(dy).max(1e-6);
                // A square end reaches as far as the line is thick, across its way.
                let (half_x, half_y) = (dy / length * thickness / 2.0, dx / length * thickness / 2.0);
                rect(
                    from.x.min(to.x) - half_x,
                    from.y.min(to.y) - half_y,
                    from.x.max(to.x) + half_x,
                    from.y.max(to.y) + half_y,
                )
            }
            Self::Polygon(points) => around(points.iter().copied()),
            Self::Crescent { outer, inner } => {
                let drawn = |curve: &[Point; 4]| {
                    let [from, a, b, to] = *curve;
                    let pulled = |p: Point, end: Point| {
                        point(end.x + (p.x - end.x) * 0.75, end.y + (p.y - end.y) * 0.75)
                    };
                    [from, pulled(a, from), pulled(b, to), to]
                };
                around(drawn(outer).into_iter().chain(drawn(inner)))
            }
            Self::Text { text, at, align, face, size } => text::bounds(text, *at, *align, *face, *size),
        }
    }
}

fn around(points: impl Iterator<Item = Point>) -> Rect {
    let start = rect(f32::MAX, f32::MAX, f32::MIN, f32::MIN);
    let around = points.fold(start, |around, p| around.with(Rect { min: p, max: p }));
    if around.min.x > around.max.x { Rect::default() } else { around }
}

impl Sheet {
    /// The system at a point: the one whose ink is nearest, up or down.
    pub fn system_at(&self, at: Point) -> Option<usize> {
        let distance =
            |system: &System| (system.extent.min.y - at.y).max(at.y - system.extent.max.y).max(0.0);
        let nearest =
            self.systems.iter().enumerate().min_by(|(_, a), (_, b)| distance(a).total_cmp(&distance(b)));
        nearest.map(|(index, _)| index)
    }

    /// The bar at a point, which may lie above or below its staves; `None` left and right of the bars.
    pub fn bar_at(&self, at: Point) -> Option<&BarBox> {
        let system = self.systems.get(self.system_at(at)?)?;
        system.bars.iter().find(|bar| (bar.extent.min.x..=bar.extent.max.x).contains(&at.x))
    }

    /// The item with bytes that is at a point or nearest to it, at most `reach` staff spaces away; a
    /// note or rest rather than anything else. Its place in [`Sheet::items`].
    pub fn item_at(&self, at: Point, reach: f32) -> Option<usize> {
        let near = |role: &dyn Fn(Role) -> bool| {
            let items =
                self.items.iter().enumerate().filter(|(_, item)| item.span.is_some() && role(item.role));
            let distances = items.map(|(index, item)| (index, item.ink.bounds().distance(at)));
            let near = distances.filter(|(_, distance)| *distance <= reach);
            near.min_by(|(_, a), (_, b)| a.total_cmp(b))
        };
        let sounds = |role| matches!(role, Role::Note | Role::Rest);
        let note = near(&sounds);
        let other = near(&|role| !sounds(role));
        match (note, other) {
            // Straight on a word or sign it is meant, not the note beside it.
            (Some((_, distance)), Some((other, on))) if on == 0.0 && distance > 0.0 => Some(other),
            (Some((note, _)), _) => Some(note),
            (None, other) => other.map(|(index, _)| index),
        }
    }

    /// The items whose bytes share some with a range, by their places in [`Sheet::items`]. An item with
    /// no bytes between its ends counts if it lies within.
    pub fn items_of(&self, span: Span) -> impl Iterator<Item = usize> + '_ {
        let shares = move |own: Span| {
            own.start < span.end && span.start < own.end
                || own.start == own.end && (span.start..=span.end).contains(&own.start)
        };
        let items = self.items.iter().enumerate();
        items.filter(move |(_, item)| item.span.is_some_and(shares)).map(|(index, _)| index)
    }

    /// The rectangles that bars with these numbers fill, one a system that has any of them.
    pub fn bars_extent(&self, numbers: Range<usize>) -> Vec<Rect> {
        let rows = self.systems.iter().filter_map(|system| {
            let bars = system.bars.iter().filter(|bar| numbers.contains(&bar.number));
            bars.map(|bar| bar.extent).reduce(Rect::with)
        });
        rows.collect()
    }

    /// The bar that has a byte, or else the last one that begins before it.
    pub fn bar_of(&self, byte: u32) -> Option<&BarBox> {
        let bars = || self.systems.iter().flat_map(|system| &system.bars);
        let within = |bar: &&BarBox| (bar.span.start..bar.span.end).contains(&byte);
        bars().find(within).or_else(|| bars().rfind(|bar| bar.span.start <= byte))
    }

    /// The rectangle around everything drawn for a range of bytes; `None` if there is nothing. A range
    /// that lies in several systems gets those in all of them.
    pub fn place_of(&self, span: Span) -> Option<Rect> {
        self.items_of(span)
            .filter_map(|index| self.items.get(index))
            .map(|i| i.ink.bounds())
            .reduce(Rect::with)
    }
}
