//! The first bars of a tune, small, as the rows of the history show them.

use std::collections::HashMap;
use std::sync::Arc;

use eframe::egui::{Painter, Rect, pos2};

use super::sheet_painter::{Placement, paint};
use super::theme::Tokens;
use crate::abc::parse;
use crate::engrave::{Breaks, Options, Sheet, engrave};
use crate::library::{Entry, Version};

/// Points a staff space: a staff is 18 points high, its notes stand in a row of 41.
pub(super) const SPACE: f32 = 4.5;
/// What is read of the music: two bars are far shorter, and a tune may have megabytes.
const MOST_MUSIC: usize = 400;
/// So many are remembered; a row takes a tenth of a millisecond to be engraved.
const REMEMBERED: usize = 256;

/// Sheets of first bars, each engraved once.
#[derive(Debug, Default)]
pub(super) struct Incipits {
    sheets: HashMap<(String, Version), Option<Arc<Sheet>>>,
    /// In staff spaces.
    width: f32,
}

impl Incipits {
    /// Paints the first bars of a tune into a place.
    pub(super) fn paint(&mut self, painter: &Painter, entry: &Entry, place: Rect, t: &Tokens) {
        let width = place.width() / SPACE;
        if self.width != width || self.sheets.len() > REMEMBERED {
            self.sheets.clear();
            self.width = width;
        }
        let key = (entry.file.clone(), entry.version);
        let sheet = self.sheets.entry(key).or_insert_with(|| first_bars(&entry.text, width).map(Arc::new));
        if let Some(sheet) = sheet {
            paint_first(painter, sheet, place, t);
        }
    }
}

/// Paints first bars into the middle of a place.
pub(super) fn paint_first(painter: &Painter, sheet: &Sheet, place: Rect, t: &Tokens) {
    let Some(system) = sheet.systems.first() else { return };
    let middle = (system.staves.min.y + system.staves.max.y) / 2.0;
    let origin = pos2(place.left(), place.center().y - middle * SPACE);
    let clip = place.expand2(eframe::egui::vec2(2.0, 0.0)).intersect(painter.clip_rect());
    paint(&painter.with_clip_rect(clip), sheet, Placement { origin, space: SPACE }, &[], t);
}

/// The first system of a tune, of two bars if they fit; the width is in staff spaces.
pub(super) fn first_bars(text: &str, width: f32) -> Option<Sheet> {
    let parsed = parse(&shortened(text));
    let tune = parsed.tunes.first()?;
    let options = Options {
        width,
        margin: 0.0,
        breaks: Breaks::Bars(2),
        heading: false,
        chords: false,
        lyrics: false,
        annotations: false,
        spacing: 0.8,
        ..Options::default()
    };
    let mut sheet = engrave(tune, &options);
    // What follows is not shown.
    sheet.systems.truncate(1);
    let end = sheet.systems.first()?.items.end;
    sheet.items.truncate(end);
    Some(sheet)
}

/// The text up to its first bars, all of the header before them.
fn shortened(text: &str) -> String {
    let mut kept = String::new();
    let mut music = 0;
    let mut body = false;
    for line in text.split_inclusive('\n') {
        if body && (line.trim().is_empty() || music >= MOST_MUSIC) {
            break;
        }
        let room = line.floor_char_boundary(MOST_MUSIC);
        let line = if line.len() > MOST_MUSIC { line.get(..room).unwrap_or_default() } else { line };
        music += if body { line.len() } else { 0 };
        body |= line.starts_with("K:");
        kept.push_str(line);
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_two_bars_are_one_system() {
        let music = "d2e fed|BAF A2F|GAB c2d|\n".repeat(100_000);
        let text = format!("X:1\nT:Long\nM:6/8\nL:1/8\nK:D\n{music}");
        let sheet = first_bars(&text, 53.0).unwrap();
        assert_eq!(sheet.systems.len(), 1);
        assert_eq!(sheet.systems[0].bars.len(), 2);
        assert!(first_bars("", 53.0).is_none());
        assert!(shortened(&text).len() < 600);
        assert!(shortened(&format!("K:D\n{}", "d".repeat(1_000_000))).len() < 600);
    }
}
