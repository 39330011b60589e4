//! A sheet from top to bottom: what stands above the music, its systems, what stands below.

use std::ops::Range;

use crate::engrave::Sheet;

/// A stretch of [`Sheet::items`] that belongs together.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Block {
    pub kind: Kind,
    pub items: Range<usize>,
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Titles and what else stands above the first system.
    Head,
    /// The system at this place in [`Sheet::systems`].
    System(usize),
    /// What stands below a system and belongs to none, such as further verses.
    Tail,
}

/// The blocks of a sheet. Every item is in exactly one of them, in order, whatever the systems say of
/// their items; a system always has its block, head and tail only if they have items.
pub(super) fn blocks(sheet: &Sheet) -> Vec<Block> {
    let count = sheet.items.len();
    let mut blocks = Vec::with_capacity(sheet.systems.len() + 2);
    let mut done = 0;
    let between = |from: usize, to: usize, first: bool| {
        let kind = if first { Kind::Head } else { Kind::Tail };
        (from < to).then_some(Block { kind, items: from..to })
    };
    for (place, system) in sheet.systems.iter().enumerate() {
        let start = system.items.start.clamp(done, count);
        let end = system.items.end.clamp(start, count);
        blocks.extend(between(done, start, place == 0));
        blocks.push(Block { kind: Kind::System(place), items: start..end });
        done = end;
    }
    blocks.extend(between(done, count, sheet.systems.is_empty()));
    blocks
}
