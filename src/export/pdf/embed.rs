//! The fonts inside a PDF: only the signs that are used, and what they say.

use std::collections::BTreeMap;

use pdf_writer::types::{CidFontType, FontFlags, SystemInfo, UnicodeCmap};
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, Str};
use skrifa::prelude::{LocationRef, Size};
use skrifa::string::StringId;
use skrifa::{FontRef, GlyphId, MetadataProvider, Tag};
use subsetter::GlyphRemapper;

use super::{PdfError, compress};
use crate::engrave::Typeface;
use crate::export::fonts::{Font, FontError, Fonts};

/// The name pages call a font by.
pub(super) fn resource(font: Font) -> &'static [u8] {
    match font {
        Font::Music => b"M",
        Font::Roman => b"R",
        Font::Italic => b"I",
        Font::Bold => b"B",
        Font::Sans => b"S",
    }
}

/// Which signs of which fonts are used.
#[derive(Default)]
pub(super) struct Embedded {
    fonts: BTreeMap<Font, Used>,
}

#[derive(Default)]
struct Used {
    /// Signs are numbered anew in the order in which they are first used.
    numbers: GlyphRemapper,
    /// By new number: advance in thousandths of an em, and what it says.
    signs: BTreeMap<u16, (f32, Option<char>)>,
}

impl Embedded {
    /// Notes that a sign is used, and gives its number in the embedded font.
    pub(super) fn add(&mut self, font: Font, id: GlyphId, says: Option<char>) -> u16 {
        let used = self.fonts.entry(font).or_default();
        // A font of ours has no more signs.
        let id = u16::try_from(id.to_u32()).unwrap_or(0);
        let number = used.numbers.remap(id);
        used.signs.entry(number).or_insert_with(|| {
            let advance = Fonts::get().map_or(0.0, |fonts| fonts.advance(font, GlyphId::from(id)));
            (advance * 1000.0, says.filter(|_| id != 0))
        });
        number
    }

    /// Writes the fonts, and gives the names pages call them by with their places in the file.
    pub(super) fn write(self, pdf: &mut Pdf, next: &mut Ref) -> Result<Vec<(&'static [u8], Ref)>, PdfError> {
        let mut written = Vec::new();
        for (font, used) in self.fonts {
            written.push((resource(font), embed(font, &used, pdf, next)?));
        }
        Ok(written)
    }
}

/// Writes one font.
fn embed(font: Font, used: &Used, pdf: &mut Pdf, next: &mut Ref) -> Result<Ref, PdfError> {
    let face = Fonts::get()?.face(font);
    let subset = subsetter::subset(font.bytes(), 0, &used.numbers)
        .map_err(|error| PdfError::Subset(error.to_string()))?;
    // Of PostScript outlines PDF wants the table alone.
    let outlines = match FontRef::new(&subset) {
        Ok(file) => file.table_data(Tag::new(b"CFF ")).map(|table| table.as_bytes()),
        Err(_) => return Err(FontError::embedded().into()),
    };
    let postscript = outlines.is_some();
    let file = compress(outlines.unwrap_or(&subset));

    let name = name(face, used);
    let system = SystemInfo { registry: Str(b"Adobe"), ordering: Str(b"Identity"), supplement: 0 };
    let (whole, letters, descriptor, stream, cmap) =
        (next.bump(), next.bump(), next.bump(), next.bump(), next.bump());

    let mut type0 = pdf.type0_font(whole);
    type0.base_font(Name(name.as_bytes())).encoding_predefined(Name(b"Identity-H"));
    type0.descendant_font(letters).to_unicode(cmap);
    type0.finish();

    let mut cid = pdf.cid_font(letters);
    cid.subtype(if postscript { CidFontType::Type0 } else { CidFontType::Type2 });
    cid.base_font(Name(name.as_bytes())).system_info(system).font_descriptor(descriptor);
    cid.default_width(0.0);
    if !postscript {
        cid.cid_to_gid_map_predefined(Name(b"Identity"));
    }
    let mut widths = cid.widths();
    for (&number, &(advance, _)) in &used.signs {
        widths.consecutive(number, [advance]);
    }
    widths.finish();
    cid.finish();

    let metrics = face.font().metrics(Size::unscaled(), LocationRef::default());
    let units = |number: f32| number * 1000.0 / face.em();
    let bounds = metrics.bounds.unwrap_or_default();
    let mut about = pdf.font_descriptor(descriptor);
    about.name(Name(name.as_bytes()));
    about.flags(match font {
        Font::Music => FontFlags::SYMBOLIC,
        Font::Italic => FontFlags::SYMBOLIC | FontFlags::SERIF | FontFlags::ITALIC,
        Font::Roman | Font::Bold => FontFlags::SYMBOLIC | FontFlags::SERIF,
        Font::Sans => FontFlags::SYMBOLIC,
    });
    about.bbox(Rect::new(units(bounds.x_min), units(bounds.y_min), units(bounds.x_max), units(bounds.y_max)));
    about.italic_angle(metrics.italic_angle);
    about.ascent(units(metrics.ascent)).descent(units(metrics.descent));
    about.cap_height(units(metrics.cap_height.unwrap_or(metrics.ascent)));
    about.stem_v(if font == Font::Bold { 140.0 } else { 80.0 });
    if postscript {
        about.font_file3(stream)
    } else {
        about.font_file2(stream)
    };
    about.finish();

    let mut font_file = pdf.stream(stream, &file);
    font_file.filter(Filter::FlateDecode);
    if postscript {
        font_file.pair(Name(b"Subtype"), Name(b"CIDFontType0C"));
    }
    font_file.finish();

    let mut says = UnicodeCmap::new(Name(b"Reelsmith"), system);
    for (&number, &(_, character)) in &used.signs {
        if let Some(character) = character {
            says.pair(number, character);
        }
    }
    let says = compress(&says.finish());
    pdf.cmap(cmap, &says).filter(Filter::FlateDecode);
    Ok(whole)
}

/// The font's name behind six letters that tell one subset from another, as the standard asks for.
fn name(face: &Typeface, used: &Used) -> String {
    let mut names = face.font().localized_strings(StringId::POSTSCRIPT_NAME);
    let name = names.next().map_or_else(|| "Font".to_owned(), |name| name.to_string());
    let mut hash = 0u64;
    for id in used.numbers.remapped_gids() {
        hash = hash.wrapping_mul(0x100_0000_01b3).wrapping_add(u64::from(id) + 1);
    }
    let mut tag = String::with_capacity(7 + name.len());
    for _ in 0..6 {
        tag.push(char::from(b'A' + (hash % 26) as u8));
        hash /= 26;
    }
    tag.push('+');
    tag.extend(name.chars().filter(|c| c.is_ascii_alphanumeric() || *c == '-'));
    tag
}
