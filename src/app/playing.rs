//! What sounds at this moment, as the sheet and the text show it.

use super::notes::Notes;
use crate::abc::Span;
use crate::engrave::{Ink, Sheet};

/// The notes and the bar that sound.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Playing {
    /// The bytes of the notes.
    pub(super) notes: Vec<Span>,
    /// Those of the bar.
    pub(super) bar: Span,
    /// How much of the bar has sounded, from 0 to 1.
    pub(super) fraction: f32,
}

impl Playing {
    /// Where the playhead stands on the sheet: the system, and how far to the right in staff spaces. It
    /// goes evenly from note to note, wherever these stand.
    pub(super) fn playhead(&self, sheet: &Sheet, notes: &Notes) -> Option<(usize, f32)> {
        let bar = notes.bar_of(self.bar.start);
        let mut stops: Vec<(f32, usize, f32, f32)> = Vec::new();
        for (number, system) in sheet.systems.iter().enumerate() {
            let boxes = system.bars.iter().filter(|it| notes.bar_with(it.span) == bar);
            for extent in boxes.map(|it| it.extent) {
                // A bar may be on two systems.
                let here = notes.all().iter().filter(|note| note.bar == bar);
                for note in here {
                    let place = sheet.items_of(note.span).filter_map(|item| {
                        system.items.contains(&item).then(|| sheet.items.get(item)).flatten()
                    });
                    let ink = place.filter(|item| is_head(&item.ink));
                    let left = ink.map(|item| item.ink.bounds().min.x).reduce(f32::min);
                    let left = left.filter(|left| (extent.min.x..extent.max.x).contains(left));
                    stops.extend(left.map(|left| (note.onset, number, left + 0.6, extent.max.x)));
                }
                if stops.is_empty() {
                    stops.push((0.0, number, extent.min.x, extent.max.x));
                }
            }
        }
        stops.sort_by(|a, b| a.0.total_cmp(&b.0));
        let next = stops.partition_point(|stop| stop.0 <= self.fraction);
        let (onset, system, left, end) = *stops.get(next.saturating_sub(1))?;
        let (to, right) = match stops.get(next) {
            Some(&(to, on, right, _)) if on == system && next > 0 => (to, right),
            _ => (1.0, end),
        };
        let part = ((self.fraction - onset) / (to - onset).max(1e-6)).clamp(0.0, 1.0);
        Some((system, left + (right - left) * part))
    }
}

/// Whether it is the head of a note: beams reach over several.
fn is_head(ink: &Ink) -> bool {
    matches!(ink, Ink::Glyph { code: '\u{e0a0}'..='\u{e0ff}', .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::abc;
    use crate::engrave::{Options, engrave};

    #[test]
    fn the_playhead_goes_to_the_right_from_note_to_note() {
        let parsed = abc::parse("X:1\nM:4/4\nL:1/8\nK:D\nD2 EF GABc|d8|\n");
        let tune = parsed.tunes.first().unwrap();
        let (sheet, notes) = (engrave(tune, &Options::default()), Notes::of(tune));
        let bar = notes.bars()[0].span;
        let at =
            |fraction: f32| Playing { notes: Vec::new(), bar, fraction }.playhead(&sheet, &notes).unwrap().1;
        let mut last = 0.0;
        for step in 0..=16 {
            let x = at(step as f32 / 16.0);
            assert!(x > last, "{step}");
            last = x;
        }
        let head = |note: usize| sheet.place_of(notes.all()[note].span).unwrap();
        assert!(head(1).contains(crate::engrave::Point { x: at(0.25), y: head(1).min.y }));
        assert!(last <= sheet.systems[0].bars[0].extent.max.x);
    }
}
