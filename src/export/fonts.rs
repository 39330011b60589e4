//! The fonts of a sheet, opened: outlines of signs, and words set letter by letter.

use std::sync::OnceLock;

use skrifa::GlyphId;
use skrifa::outline::OutlinePen;

use crate::engrave::{Face, Typeface, smufl, text};

/// A font that is built in cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the program's own {0} cannot be read")]
pub struct FontError(&'static str);

impl FontError {
    /// What is left of a font cannot be read.
    pub(super) fn embedded() -> Self {
        Self("font for a file")
    }
}

/// Which font a sign or letter is from. They have an order, so that a file comes out the same every time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Font {
    Music,
    Roman,
    Italic,
    Bold,
    Sans,
}

impl Font {
    pub(super) const ALL: [Self; 5] = [Self::Music, Self::Roman, Self::Italic, Self::Bold, Self::Sans];

    /// The font's file.
    pub(super) fn bytes(self) -> &'static [u8] {
        match self {
            Self::Music => smufl::FONT,
            Self::Roman => text::font(Face::Roman),
            Self::Italic => text::font(Face::Italic),
            Self::Bold => text::font(Face::Bold),
            Self::Sans => text::font(Face::Sans),
        }
    }

    fn open(self) -> Result<Typeface, FontError> {
        let error = FontError(if self == Self::Music { "music font" } else { "font for words" });
        Typeface::open(self.bytes()).ok_or(error)
    }
}

impl From<Face> for Font {
    fn from(face: Face) -> Self {
        match face {
            Face::Roman => Self::Roman,
            Face::Italic => Self::Italic,
            Face::Bold => Self::Bold,
            Face::Sans => Self::Sans,
        }
    }
}

/// Accidentals as signs of the music font and as letters, and how deep the signs reach below their
/// line, in ems.
const ACCIDENTALS: [(char, char, f32); 3] =
    [('\u{E260}', '♭', 0.18), ('\u{E261}', '♮', 0.34), ('\u{E262}', '♯', 0.33)];

/// The letter that says the same as a sign of the music font; there is one for accidentals.
pub(super) fn spoken(sign: char) -> Option<char> {
    ACCIDENTALS.into_iter().find(|accidental| accidental.0 == sign).map(|accidental| accidental.1)
}

/// A letter of a line of words.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Letter {
    /// What it says.
    pub character: char,
    /// The font that has it.
    pub font: Font,
    /// Its place in the font; 0 if no font has it, which draws a box.
    pub id: GlyphId,
    /// From its origin to that of the next, kerned, in ems.
    pub advance: f32,
    /// How far it is lifted above the line of writing, in ems.
    pub rise: f32,
}

/// All fonts of a sheet.
pub(super) struct Fonts([Typeface; 5]);

impl Fonts {
    /// The fonts, opened at the first call.
    pub(super) fn get() -> Result<&'static Self, FontError> {
        static FONTS: OnceLock<Result<Fonts, FontError>> = OnceLock::new();
        FONTS.get_or_init(Self::open).as_ref().map_err(|&error| error)
    }

    fn open() -> Result<Self, FontError> {
        let [music, roman, italic, bold, sans] = Font::ALL.map(Font::open);
        Ok(Self([music?, roman?, italic?, bold?, sans?]))
    }

    /// The font itself.
    pub(super) fn face(&self, font: Font) -> &Typeface {
        let [music, roman, italic, bold, sans] = &self.0;
        match font {
            Font::Music => music,
            Font::Roman => roman,
            Font::Italic => italic,
            Font::Bold => bold,
            Font::Sans => sans,
        }
    }

    /// The place of a sign in the music font; `None` if it has none.
    pub(super) fn sign(&self, code: char) -> Option<GlyphId> {
        self.face(Font::Music).sign(code)
    }

    /// Draws an outline in ems, y up.
    pub(super) fn outline(&self, font: Font, id: GlyphId, pen: &mut dyn OutlinePen) {
        self.face(font).draw(id, pen);
    }

    /// The letters of a line of words. What the face lacks comes from the sans, which has most of the
    /// world's Latin, Greek and Cyrillic letters, and signs of music from the music font.
    pub(super) fn letters(&self, words: &str, face: Face) -> impl Iterator<Item = Letter> {
        let own = Font::from(face);
        words.char_indices().map(move |(at, character)| {
            let mut letter = self.letter(character, own);
            let next = words.get(at + character.len_utf8()..).and_then(|rest| rest.chars().next());
            letter.advance += next.map_or(0.0, |next| text::kerning(face, character, next));
            letter
        })
    }

    fn letter(&self, character: char, face: Font) -> Letter {
        for font in [face, Font::Sans] {
            if let Some(id) = self.face(font).sign(character) {
                return Letter { character, font, id, advance: self.advance(font, id), rise: 0.0 };
            }
        }
        // In the music font an accidental stands on the line by its middle, here by its foot.
        let accidental = ACCIDENTALS.into_iter().find(|accidental| accidental.1 == character);
        if let Some((sign, _, rise)) = accidental
            && let Some(id) = self.sign(sign)
        {
            return Letter { character, font: Font::Music, id, advance: self.advance(Font::Music, id), rise };
        }
        let id = GlyphId::NOTDEF;
        Letter { character, font: face, id, advance: self.advance(face, id), rise: 0.0 }
    }

    /// From a sign's origin to that of the next, in ems.
    pub(super) fn advance(&self, font: Font, id: GlyphId) -> f32 {
        self.face(font).advance(id)
    }

    /// How wide a line of words is, in ems.
    pub(super) fn width(&self, text: &str, face: Face) -> f32 {
        self.letters(text, face).map(|letter| letter.advance).sum()
    }
}
