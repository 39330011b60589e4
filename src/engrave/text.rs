//! Words: the fonts they are set in, and how wide they are.

use super::Face;

/// The font of a face, TrueType.
pub fn font(face: Face) -> &'static [u8] {
    match face {
        Face::Roman => include_bytes!("../../assets/fonts/libre-caslon-text/LibreCaslonText-Regular.ttf"),
        Face::Italic => include_bytes!("../../assets/fonts/libre-caslon-text/LibreCaslonText-Italic.ttf"),
        Face::Bold => include_bytes!("../../assets/fonts/libre-caslon-text/LibreCaslonText-Bold.ttf"),
        Face::Sans => include_bytes!("../../assets/fonts/source-sans-3/SourceSans3-Regular.ttf"),
    }
}
