//! Words: the fonts they are set in, and how wide they are.

use std::sync::OnceLock;

use super::kerning::Kerning;
use super::typeface::Typeface;
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

/// What is known of a face: its widths, in ems, and its kerning.
struct Metrics {
    /// The widths of the characters up to U+017F, which are nearly all there are in tunes.
    latin: Vec<f32>,
    font: Option<(Typeface, Kerning)>,
}

impl Metrics {
    fn of(face: Face) -> Self {
        let font = Typeface::open(font(face));
        let latin = (0..0x180).filter_map(char::from_u32).map(|c| measure(font.as_ref(), c)).collect();
        Self { latin, font: font.map(|font| (font.clone(), Kerning::of(&font))) }
    }

    fn get(face: Face) -> &'static Self {
        static METRICS: [OnceLock<Metrics>; 4] = [const { OnceLock::new() }; 4];
        METRICS[face as usize].get_or_init(|| Self::of(face))
    }

    fn width(&self, c: char) -> f32 {
        let known = self.latin.get(c as usize).copied();
        known.unwrap_or_else(|| measure(self.font.as_ref().map(|(font, _)| font), c))
    }

    fn kerning(&self, a: char, b: char) -> f32 {
        self.font.as_ref().map_or(0.0, |(font, kerning)| f32::from(kerning.between(font, a, b)) / font.em())
    }
}

fn measure(font: Option<&Typeface>, c: char) -> f32 {
    font.and_then(|font| Some(font.advance(font.sign(c)?))).unwrap_or(MISSING)
}

/// How wide a line of words is in staff spaces, kerned. `size` is the height of an em. A character the font
/// lacks counts 0.6 ems.
pub fn width(text: &str, face: Face, size: f32) -> f32 {
    let metrics = Metrics::get(face);
    let (mut width, mut before) = (0.0, None);
    for c in text.chars() {
        width += metrics.width(c) + before.map_or(0.0, |before| metrics.kerning(before, c));
        before = Some(c);
    }
    width * size
}

/// How much further from a character than usual the one after it stands, in ems; negative for nearer.
pub fn kerning(face: Face, a: char, b: char) -> f32 {
    Metrics::get(face).kerning(a, b)
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
            assert!((of("HH") - 2.0 * of("H")).abs() < 1e-4);
            assert!(of("AV") < of("A") + of("V") - 0.02, "{face:?} is kerned");
            assert!(of("To") < of("T") + of("o") - 0.02, "{face:?} is kerned");
            let kerned = of("AVÁV") - of("A") - of("Á") - 2.0 * of("V");
            let sum = ["AV", "VÁ", "ÁV"].map(|pair| {
                let mut pair = pair.chars();
                kerning(face, pair.next().unwrap(), pair.next().unwrap())
            });
            assert!((kerned - 2.0 * sum.iter().sum::<f32>()).abs() < 1e-4);
            assert_eq!(of("\u{10ffff}"), 1.2);
            assert!(of("Ó Ríada 東京 🎻").is_finite());
        }
    }
}
