//! Kerning: how much nearer to each other than usual two letters of a font stand, such as A and V.
//!
//! Read from the font's own table (OpenType's GPOS, feature `kern`), pair by pair. That is all a line of
//! Latin letters needs of it; a shaper, which joins letters and orders scripts, would be larger than the
//! rest of this room.

use std::cmp::Ordering;

use skrifa::GlyphId;
use skrifa::Tag;
use skrifa::raw::tables::gpos::{PairPos, PairPosFormat1, PairPosFormat2, PositionSubtables};
use skrifa::raw::{ReadError, TableProvider};

use super::typeface::Typeface;

/// The characters whose pairs are looked up beforehand: ASCII's.
const FIRST: u32 = 0x20;
const COUNT: u32 = 0x5f;

/// The kerning of a font.
pub(super) struct Kerning {
    lookups: Vec<Vec<PairPos<'static>>>,
    /// Of all pairs of ASCII characters, in the font's units.
    ascii: Vec<i16>,
}

impl Kerning {
    /// None at all, if the font has none.
    pub(super) fn of(font: &Typeface) -> Self {
        // A table that breaks off is as good as none.
        let mut kerning = Self { lookups: lookups(font).unwrap_or_default(), ascii: Vec::new() };
        let id = |c: u32| char::from_u32(c).and_then(|c| font.sign(c));
        let ids: Vec<Option<GlyphId>> = (FIRST..FIRST + COUNT).map(id).collect();
        let pairs = ids.iter().flat_map(|&a| ids.iter().map(move |&b| Some((a?, b?))));
        kerning.ascii = pairs.map(|pair| pair.map_or(0, |(a, b)| kerning.pair(a, b))).collect();
        kerning
    }

    /// How much further from `a` than usual `b` stands, in the font's units; negative for nearer.
    pub(super) fn between(&self, font: &Typeface, a: char, b: char) -> i16 {
        let place = |c: char| u32::from(c).checked_sub(FIRST).filter(|&place| place < COUNT);
        if let (Some(a), Some(b)) = (place(a), place(b)) {
            return self.ascii.get((a * COUNT + b) as usize).copied().unwrap_or(0);
        }
        match (font.sign(a), font.sign(b)) {
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

/// By how much a pair moves; `None` if the table does not know it.
fn adjustment(table: &PairPos<'_>, a: GlyphId, b: GlyphId) -> Option<i16> {
    match table {
        PairPos::Format1(pairs) => by_pair(pairs, a, b),
        PairPos::Format2(classes) => by_class(classes, a, b),
    }
}

fn by_pair(table: &PairPosFormat1<'_>, a: GlyphId, b: GlyphId) -> Option<i16> {
    let place = table.coverage().ok()?.get(a)?;
    let records = table.pair_sets().get(usize::from(place)).ok()?.pair_value_records();
    let (mut least, mut most) = (0, records.len());
    while least < most {
        let middle = least.midpoint(most);
        let record = records.get(middle).ok()?;
        match GlyphId::from(record.second_glyph()).cmp(&b) {
            Ordering::Less => least = middle + 1,
            Ordering::Greater => most = middle,
            Ordering::Equal => return Some(record.value_record1().x_advance().unwrap_or(0)),
        }
    }
    None
}

fn by_class(table: &PairPosFormat2<'_>, a: GlyphId, b: GlyphId) -> Option<i16> {
    table.coverage().ok()?.get(a)?;
    let (first, second) = (table.class_def1().ok()?.get(a), table.class_def2().ok()?.get(b));
    let row = table.class1_records().get(usize::from(first)).ok()?;
    let record = row.class2_records().get(usize::from(second)).ok()?;
    Some(record.value_record1().x_advance().unwrap_or(0))
}

/// The tables of pairs that the feature `kern` names for Latin script, lookup by lookup.
fn lookups(font: &Typeface) -> Result<Vec<Vec<PairPos<'static>>>, ReadError> {
    let table = font.font().gpos()?;
    let (scripts, features, lookups) = (table.script_list()?, table.feature_list()?, table.lookup_list()?);
    let script = [b"latn", b"DFLT"]
        .into_iter()
        .find_map(|tag| scripts.script_records().iter().find(|script| script.script_tag() == Tag::new(tag)));
    let Some(script) = script else { return Ok(Vec::new()) };
    let Some(language) = script.script(scripts.offset_data())?.default_lang_sys() else {
        return Ok(Vec::new());
    };
    let mut indices = Vec::new();
    for index in language?.feature_indices() {
        let feature = features.feature_records().get(usize::from(index.get()));
        if let Some(feature) = feature.filter(|feature| feature.feature_tag() == Tag::new(b"kern")) {
            let named = feature.feature(features.offset_data())?;
            indices.extend(named.lookup_list_indices().iter().map(|index| usize::from(index.get())));
        }
    }
    indices.sort_unstable();
    indices.dedup();
    let mut found = Vec::new();
    for index in indices {
        if let PositionSubtables::Pair(pairs) = lookups.lookups().get(index)?.subtables()? {
            found.push(pairs.iter().collect::<Result<_, _>>()?);
        }
    }
    Ok(found)
}
