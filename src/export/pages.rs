//! Sheets on pages: which system stands where, and on which page a title is found.
//!
//! No system is cut, titles stay with their first system, and a tune that fits on a page is not spread
//! over two: nobody likes to turn one in the middle of a reel. Lengths are millimetres on the paper, x to
//! the right, y down, from the page's upper left corner.

use std::ops::Range;

use super::blocks::{Kind, blocks};
use crate::engrave::{Ink, Item, Point, Rect, Sheet};

/// A size of paper in millimetres.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Paper {
    /// Its short side.
    pub width: f32,
    /// Its long side.
    pub height: f32,
}

impl Paper {
    /// ISO 216.
    pub const A4: Self = Self { width: 210.0, height: 297.0 };
    /// North America's.
    pub const LETTER: Self = Self { width: 215.9, height: 279.4 };
}

/// The measures of a page in millimetres, each at least 0. Margins that leave nothing are an error of
/// whoever sets them, and everything on the page becomes very small.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Layout {
    /// The paper.
    pub paper: Paper,
    /// Left and right margin.
    pub side: f32,
    /// Above the music.
    pub top: f32,
    /// Below the music; the footer stands in it.
    pub bottom: f32,
    /// A staff space: a quarter of a staff's height.
    pub space: f32,
    /// At least as much is left free between one tune and the next.
    pub between: f32,
}

impl Default for Layout {
    /// A4, staves of 7 mm as in printed tunebooks.
    fn default() -> Self {
        Self { paper: Paper::A4, side: 15.0, top: 15.0, bottom: 20.0, space: 1.75, between: 10.0 }
    }
}

impl Layout {
    /// Between the margins, where all music stands.
    pub fn area(&self) -> Rect {
        let min = Point { x: self.side, y: self.top };
        let max = Point {
            x: (self.paper.width - self.side).max(min.x + 1.0),
            y: (self.paper.height - self.bottom).max(min.y + 1.0),
        };
        Rect { min, max }
    }

    /// How wide a sheet has to be to fill the page, in staff spaces.
    pub fn sheet_width(&self) -> f32 {
        let area = self.area();
        (area.max.x - area.min.x) / self.space.max(0.01)
    }
}

/// Part of a sheet on a page. A point of the sheet is at `at` plus `scale` times itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// Which sheet, by its place among those given.
    pub sheet: usize,
    /// The items drawn, among [`Sheet::items`].
    pub items: Range<usize>,
    /// The systems among them, in [`Sheet::systems`].
    pub systems: Range<usize>,
    /// Where the sheet's corner would be.
    pub at: Point,
    /// Millimetres of a staff space: the layout's, or less if the sheet did not fit.
    pub scale: f32,
    /// From where to where it reaches down the page.
    pub rows: (f32, f32),
}

/// A page.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Page {
    /// What is on it, from top to bottom.
    pub parts: Vec<Placed>,
}

/// Where a sheet begins.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Start {
    /// Its page, from 0.
    pub page: usize,
    /// How far down.
    pub y: f32,
}

/// All sheets on pages.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Pages {
    /// The pages; none if there is no sheet.
    pub pages: Vec<Page>,
    /// For every sheet where it begins.
    pub starts: Vec<Start>,
}

/// What is never cut, and where it reaches from and to on its sheet, in staff spaces.
struct Row {
    items: Range<usize>,
    systems: Range<usize>,
    top: f32,
    bottom: f32,
}

/// Lays sheets out on pages, one after the other. A sheet wider or a system higher than the page is made
/// smaller as a whole.
pub fn paginate(sheets: &[&Sheet], layout: &Layout) -> Pages {
    let area = layout.area();
    let height = area.max.y - area.min.y;
    let mut pages = Pages::default();
    // How far down the last page is filled.
    let mut filled = area.min.y;
    for (number, sheet) in sheets.iter().enumerate() {
        let rows = rows(sheet);
        let scale = scale(sheet, &rows, layout);
        let total = match (rows.first(), rows.last()) {
            (Some(first), Some(last)) => (last.bottom - first.top) * scale,
            _ => 0.0,
        };
        let mut top = if filled > area.min.y { filled + layout.between } else { filled };
        let begins_page = if total <= height + SLACK {
            top + total > area.max.y + SLACK
        } else {
            // Two systems make it worth while to begin a long tune low on a page.
            let second = rows.get(1).or(rows.first()).map_or(0.0, |row| row.bottom);
            let first = rows.first().map_or(0.0, |row| row.top);
            top + (second - first) * scale > area.max.y + SLACK
        };
        if begins_page || pages.pages.is_empty() {
            pages.pages.push(Page::default());
            top = area.min.y;
        }
        pages.starts.push(Start { page: pages.pages.len() - 1, y: top });
        filled = top;
        // Where the sheet's corner would be.
        let mut corner = top - rows.first().map_or(0.0, |row| row.top) * scale;
        for row in rows {
            if corner + row.bottom * scale > area.max.y + SLACK && filled > area.min.y {
                pages.pages.push(Page::default());
                corner = area.min.y - row.top * scale;
            }
            let rows = (corner + row.top * scale, corner + row.bottom * scale);
            filled = rows.1.max(rows.0);
            let at = Point { x: area.min.x, y: corner };
            if let Some(page) = pages.pages.last_mut() {
                let Row { items, systems, .. } = row;
                page.parts.push(Placed { sheet: number, items, systems, at, scale, rows });
            }
        }
    }
    // The last page is as full as it is.
    if let Some((_, full)) = pages.pages.split_last_mut() {
        full.iter_mut().for_each(|page| spread(page, area.max.y));
    }
    let mut last = None;
    for (number, page) in pages.pages.iter().enumerate() {
        for part in &page.parts {
            if last.replace(part.sheet) != Some(part.sheet)
                && let Some(start) = pages.starts.get_mut(part.sheet)
            {
                *start = Start { page: number, y: part.rows.0 };
            }
        }
    }
    pages
}

/// The most by which systems are moved apart to fill a page, in millimetres; tunes are by three times it.
const APART: f32 = 3.0;

/// Moves tunes, and less so their systems, apart, so that pages end at one height.
fn spread(page: &mut Page, end: f32) {
    let mut last: Option<usize> = None;
    let mut weigh = |part: &Placed| {
        let before = last.replace(part.sheet);
        match before {
            None => 0.0,
            Some(sheet) if sheet != part.sheet => 3.0,
            // Verses stay together.
            Some(_) if part.systems.is_empty() => 0.0,
            Some(_) => 1.0,
        }
    };
    let weights: Vec<f32> = page.parts.iter().map(&mut weigh).collect();
    let room = end - page.parts.iter().map(|part| part.rows.1).fold(f32::MIN, f32::max);
    let apart = (room / weights.iter().sum::<f32>().max(1.0)).clamp(0.0, APART);
    let mut down = 0.0;
    for (part, weight) in page.parts.iter_mut().zip(weights) {
        down += apart * weight;
        part.at.y += down;
        part.rows = (part.rows.0 + down, part.rows.1 + down);
    }
}

/// What is lost in the digits is no reason for a new page, in millimetres.
const SLACK: f32 = 0.01;

/// Millimetres of a staff space, so that the sheet and each of its rows fit.
fn scale(sheet: &Sheet, rows: &[Row], layout: &Layout) -> f32 {
    let area = layout.area();
    let mut scale = layout.space;
    let mut fit = |size: f32, room: f32| {
        if size.is_finite() && size * scale > room + SLACK {
            scale = room / size;
        }
    };
    fit(sheet.width, area.max.x - area.min.x);
    rows.iter().for_each(|row| fit(row.bottom - row.top, area.max.y - area.min.y));
    scale
}

/// The rows of a sheet from top to bottom: the first system with all that stands above it, the other
/// systems, and the lines of words below one by one.
fn rows(sheet: &Sheet) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    let mut head: Option<(Range<usize>, f32, f32)> = None;
    for block in blocks(sheet) {
        let items = sheet.items.get(block.items.clone()).unwrap_or_default();
        match block.kind {
            Kind::Head => {
                let (top, bottom) = reach(items).unwrap_or_default();
                head = Some((block.items, top, bottom));
            }
            Kind::System(place) => {
                let Some(system) = sheet.systems.get(place) else { continue };
                let (mut top, mut bottom) = (system.extent.min.y, system.extent.max.y);
                let mut range = block.items;
                if let Some((items, head_top, head_bottom)) = head.take() {
                    (top, bottom) = (top.min(head_top), bottom.max(head_bottom));
                    range.start = items.start;
                }
                rows.push(Row { items: range, systems: place..place + 1, top, bottom });
            }
            Kind::Tail => lines(sheet, block.items, &mut rows),
        }
    }
    if let Some((items, top, bottom)) = head {
        rows.push(Row { items, systems: 0..0, top, bottom });
    }
    rows
}

/// Cuts what stands below a system wherever nothing is drawn.
fn lines(sheet: &Sheet, range: Range<usize>, rows: &mut Vec<Row>) {
    let system = rows.last().map_or(0, |row| row.systems.end);
    let mut open: Option<Row> = None;
    for place in range {
        let item = sheet.items.get(place..=place).unwrap_or_default();
        let Some((top, bottom)) = reach(item) else { continue };
        match &mut open {
            Some(row) if top < row.bottom => {
                row.items.end = place + 1;
                (row.top, row.bottom) = (row.top.min(top), row.bottom.max(bottom));
            }
            _ => {
                rows.extend(open.take());
                open = Some(Row { items: place..place + 1, systems: system..system, top, bottom });
            }
        }
    }
    rows.extend(open);
}

/// From where to where items reach down the sheet, near enough for a page: a sign of music is taken to be
/// two staff spaces high.
fn reach(items: &[Item]) -> Option<(f32, f32)> {
    let mut reach: Option<(f32, f32)> = None;
    let mut include = |y: f32| {
        if !y.is_finite() {
            return;
        }
        let (top, bottom) = reach.unwrap_or((y, y));
        reach = Some((top.min(y), bottom.max(y)));
    };
    for item in items {
        match &item.ink {
            Ink::Glyph { at, scale, .. } => {
                include(at.y - scale);
                include(at.y + scale);
            }
            Ink::Line { from, to, .. } => {
                include(from.y);
                include(to.y);
            }
            Ink::Polygon(corners) => corners.iter().for_each(|corner| include(corner.y)),
            Ink::Crescent { outer, inner } => outer.iter().chain(inner).for_each(|point| include(point.y)),
            // Accents on capitals and tails of letters.
            Ink::Text { at, size, .. } => {
                include(at.y - 0.95 * size);
                include(at.y + 0.3 * size);
            }
        }
    }
    reach
}
