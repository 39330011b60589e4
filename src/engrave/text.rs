//! Words: the fonts they are set in, and how wide they are.

use std::sync::LazyLock;

use super::{Align, Face, Point, Rect};

/// The font of a face, TrueType.
pub fn font(face: Face) -> &'static [u8] {
    match face {
        Face::Roman => include_bytes!("../../assets/fonts/libre-caslon-text/LibreCaslonText-Regular.ttf"),
        Face::Italic => include_bytes!("../../assets/fonts/libre-caslon-text/LibreCaslonText-Italic.ttf"),
        Face::Bold => include_bytes!("../../assets/fonts/libre-caslon-text/LibreCaslonText-Bold.ttf"),
        Face::Sans => include_bytes!("../../assets/fonts/source-sans-3/SourceSans3-Regular.ttf"),
    }
}

/// How wide a character is taken to be that a font does not have, in ems.
const MISSING: f32 = 0.6;

/// How high letters rise above their line, in ems: capitals, `b` and brackets of all faces.
const ASCENT: f32 = 0.78;

/// How deep letters reach below their line, in ems.
const DESCENT: f32 = 0.25;

/// The widths of a font's characters, in ems.
struct Widths {
    /// Of the characters up to U+017F, which are nearly all there are in tunes.
    latin: Vec<f32>,
    font: Option<ttf_parser::Face<'static>>,
}

impl Widths {
    fn of(face: Face) -> Self {
        let font = ttf_parser::Face::parse(font(face), 0).ok();
        let latin = (0..0x180).filter_map(char::from_u32).map(|c| measure(font.as_ref(), c));
        Self { latin: latin.collect(), font }
    }

    fn get(&self, c: char) -> f32 {
        self.latin.get(c as usize).copied().unwrap_or_else(|| measure(self.font.as_ref(), c))
    }
}

fn measure(font: Option<&ttf_parser::Face<'_>>, c: char) -> f32 {
    let advance = font.and_then(|font| {
        let advance = font.glyph_hor_advance(font.glyph_index(c)?)?;
        Some(f32::from(advance) / f32::from(font.units_per_em()).max(1.0))
    });
    advance.unwrap_or(MISSING)
}

static WIDTHS: LazyLock<[Widths; 4]> =
    LazyLock::new(|| [Face::Roman, Face::Italic, Face::Bold, Face::Sans].map(Widths::of));

/// How wide a line of words is in staff spaces, without kerning. `size` is the height of an em. A
/// character the font lacks counts 0.6 ems.
pub fn width(text: &str, face: Face, size: f32) -> f32 {
    let widths = &WIDTHS[face as usize];
    text.chars().map(|c| widths.get(c)).sum::<f32>() * size
}

/// The rectangle a line of words fills, ascenders and descenders counted in.
pub fn bounds(text: &str, at: Point, align: Align, face: Face, size: f32) -> Rect {
    let width = width(text, face, size);
    let left = match align {
        Align::Left => at.x,
        Align::Middle => at.x - width / 2.0,
        Align::Right => at.x - width,
    };
    Rect {
        min: Point { x: left, y: at.y - ASCENT * size },
        max: Point { x: left + width, y: at.y + DESCENT * size },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_have_a_width_in_every_face_whatever_they_are() {
        for face in [Face::Roman, Face::Italic, Face::Bold, Face::Sans] {
            let of = |text| width(text, face, 2.0);
            assert!(of("iiii") < of("MMMM") && of("a") > 0.3, "{face:?}");
            assert!((of("ab") - of("a") - of("b")).abs() < 1e-4);
            assert_eq!(of("\u{10ffff}"), 1.2);
            assert!(of("Ó Ríada 東京 🎻").is_finite());
        }
    }
}
