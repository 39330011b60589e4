//! Kerning: how much nearer to each other than usual two letters of a font stand, such as A and V.
//!
//! Read from the font's own table (OpenType's GPOS, feature `kern`), pair by pair. That is all a line of
//! Latin letters needs of it; a shaper, which joins letters and orders scripts, would be larger than the
//! rest of this room.

use ttf_parser::gpos::{PairAdjustment, PositioningSubtable};
use ttf_parser::{Face, GlyphId, Tag};

/// The characters whose pairs are looked up beforehand: ASCII's.
const FIRST: u32 = 0x20;
const COUNT: u32 = 0x5f;

/// The kerning of a font.
pub(super) struct Kerning {
    lookups: Vec<Vec<PairAdjustment<'static>>>,
    /// Of all pairs of ASCII characters, in the font's units.
    ascii: Vec<i16>,
}

impl Kerning {
    /// None at all, if the font has none.
    pub(super) fn of(font: &Face<'static>) -> Self {
        let mut kerning = Self { lookups: lookups(font), ascii: Vec::new() };
        let id = |c: u32| char::from_u32(c).and_then(|c| font.glyph_index(c));
        let ids: Vec<Option<GlyphId>> = (FIRST..FIRST + COUNT).map(id).collect();
        let pairs = ids.iter().flat_map(|&a| ids.iter().map(move |&b| Some((a?, b?))));
        kerning.ascii = pairs.map(|pair| pair.map_or(0, |(a, b)| kerning.pair(a, b))).collect();
        kerning
    }

    /// How much further from `a` than usual `b` stands, in the font's units; negative for nearer.
    pub(super) fn between(&self, font: &Face<'static>, a: char, b: char) -> i16 {
        let place = |c: char| u32::from(c).checked_sub(FIRST).filter(|&place| place < COUNT);
        if let (Some(a), Some(b)) = (place(a), place(b)) {
            return self.ascii.get((a * COUNT + b) as usize).copied().unwrap_or(0);
        }
        match (font.glyph_index(a), font.glyph_index(b)) {
            (Some(a), Some(b)) => self.pair(a, b),
            _ => 0,
        }
    }

    fn pair(&self, a: GlyphId, b: GlyphId) -> i16 {
        // Of each lookup the first subtable that knows the pair counts.
        let each = self.lookups.iter().map(|tables| tables.iter().find_map(|table| adjustment(table, a, b)));
        each.fold(0, |sum, adjustment| sum.saturating_add(adjustment.unwrap_or(0)))
    }
}

fn adjustment(table: &PairAdjustment<'_>, a: GlyphId, b: GlyphId) -> Option<i16> {
    let place = table.coverage().get(a)?;
    let (first, _) = match table {
        PairAdjustment::Format1 { sets, .. } => sets.get(place)?.get(b)?,
        PairAdjustment::Format2 { classes, matrix, .. } => {
            matrix.get((classes.0.get(a), classes.1.get(b)))?
        }
    };
    Some(first.x_advance)
}

/// The tables of pairs that the feature `kern` names for Latin script, lookup by lookup.
fn lookups(font: &Face<'static>) -> Vec<Vec<PairAdjustment<'static>>> {
    let Some(table) = font.tables().gpos else { return Vec::new() };
    let script = [b"latn", b"DFLT"].into_iter().find_map(|tag| table.scripts.find(Tag::from_bytes(tag)));
    let Some(language) = script.and_then(|script| script.default_language) else { return Vec::new() };
    let features = language.feature_indices.into_iter().filter_map(|index| table.features.get(index));
    let kern = features.filter(|feature| feature.tag == Tag::from_bytes(b"kern"));
    let mut indices: Vec<u16> = kern.flat_map(|feature| feature.lookup_indices).collect();
    indices.sort_unstable();
    indices.dedup();
    let lookups = indices.into_iter().filter_map(|index| table.lookups.get(index));
    let pairs = |table| match table {
        PositioningSubtable::Pair(pairs) => Some(pairs),
        _ => None,
    };
    lookups.map(|lookup| lookup.subtables.into_iter().filter_map(pairs).collect()).collect()
}
