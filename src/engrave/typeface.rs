//! A font, opened: the sign of a character, how wide it is, and its outline.

use std::fmt;

use skrifa::charmap::Charmap;
use skrifa::metrics::GlyphMetrics;
use skrifa::outline::{DrawSettings, OutlineGlyphCollection, OutlinePen};
use skrifa::prelude::{LocationRef, Size};
use skrifa::raw::TableProvider;
use skrifa::{FontRef, GlyphId, MetadataProvider};

/// A font of the program's own.
#[derive(Clone)]
pub struct Typeface {
    font: FontRef<'static>,
    signs: Charmap<'static>,
    widths: GlyphMetrics<'static>,
    outlines: OutlineGlyphCollection<'static>,
    /// The font's units in an em.
    em: f32,
}

impl Typeface {
    /// Opens a file of TrueType or PostScript outlines; `None` if it is none.
    pub fn open(file: &'static [u8]) -> Option<Self> {
        let font = FontRef::new(file).ok()?;
        let em = f32::from(font.head().ok()?.units_per_em().max(1));
        let (signs, outlines) = (font.charmap(), font.outline_glyphs());
        let widths = font.glyph_metrics(Size::unscaled(), LocationRef::default());
        Some(Self { font, signs, widths, outlines, em })
    }

    /// Its tables.
    pub fn font(&self) -> &FontRef<'static> {
        &self.font
    }

    /// The font's units in an em.
    pub fn em(&self) -> f32 {
        self.em
    }

    /// The sign of a character; `None` if the font has none.
    pub fn sign(&self, character: char) -> Option<GlyphId> {
        self.signs.map(character).filter(|&id| id != GlyphId::NOTDEF)
    }

    /// From a sign's origin to that of the next, in ems; 0 for a sign that is not there.
    pub fn advance(&self, id: GlyphId) -> f32 {
        self.widths.advance_width(id).unwrap_or(0.0) / self.em
    }

    /// Draws a sign's outline in ems, y up; nothing for a space.
    pub fn draw(&self, id: GlyphId, pen: &mut dyn OutlinePen) {
        let settings = DrawSettings::unhinted(Size::unscaled(), LocationRef::default());
        if let Some(outline) = self.outlines.get(id) {
            // An outline that is damaged breaks off; fonts that are built in have none.
            let _ = outline.draw(settings, &mut Scaled { pen, scale: 1.0 / self.em });
        }
    }
}

impl fmt::Debug for Typeface {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Typeface").field("em", &self.em).finish_non_exhaustive()
    }
}

/// A pen that draws in another size.
struct Scaled<'a> {
    pen: &'a mut dyn OutlinePen,
    scale: f32,
}

impl OutlinePen for Scaled<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        self.pen.move_to(x * self.scale, y * self.scale);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.pen.line_to(x * self.scale, y * self.scale);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        let s = self.scale;
        self.pen.quad_to(x1 * s, y1 * s, x * s, y * s);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        let s = self.scale;
        self.pen.curve_to(x1 * s, y1 * s, x2 * s, y2 * s, x * s, y * s);
    }

    fn close(&mut self) {
        self.pen.close();
    }
}
