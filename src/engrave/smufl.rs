//! The music font: Leland, laid out by SMuFL (the Standard Music Font Layout).
//!
//! Sizes are in staff spaces. SMuFL counts y upwards; here it is turned down like on the sheet.

use std::collections::HashMap;
use std::sync::LazyLock;

use serde::Deserialize;

use super::{Point, Rect};

/// The font, OpenType with PostScript outlines. An em is 4 staff spaces.
pub const FONT: &[u8] = include_bytes!("../../assets/fonts/leland/Leland.otf");

const METADATA: &str = include_str!("../../assets/fonts/leland/metadata.json");

macro_rules! signs {
    ($($sign:ident $name:literal $code:literal;)*) => {
        /// The signs in use, by their SMuFL names.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        #[expect(missing_docs, reason = "SMuFL says what they are")]
        pub enum Sign {
            $($sign,)*
        }

        impl Sign {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$sign),*];

            /// The name in SMuFL.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$sign => $name,)*
                }
            }

            /// The code point in SMuFL's private area.
            pub const fn code(self) -> char {
                match self {
                    $(Self::$sign => $code,)*
                }
            }
        }
    };
}

signs! {
    Brace "brace" '\u{E000}';
    BracketTop "bracketTop" '\u{E003}';
    BracketBottom "bracketBottom" '\u{E004}';
    RepeatDot "repeatDot" '\u{E044}';
    Segno "segno" '\u{E047}';
    Coda "coda" '\u{E048}';
    GClef "gClef" '\u{E050}';
    GClef15mb "gClef15mb" '\u{E051}';
    GClef8vb "gClef8vb" '\u{E052}';
    GClef8va "gClef8va" '\u{E053}';
    GClef15ma "gClef15ma" '\u{E054}';
    CClef "cClef" '\u{E05C}';
    CClef8vb "cClef8vb" '\u{E05D}';
    FClef "fClef" '\u{E062}';
    FClef15mb "fClef15mb" '\u{E063}';
    FClef8vb "fClef8vb" '\u{E064}';
    FClef8va "fClef8va" '\u{E065}';
    FClef15ma "fClef15ma" '\u{E066}';
    PercussionClef "unpitchedPercussionClef1" '\u{E069}';
    GClefChange "gClefChange" '\u{E07A}';
    CClefChange "cClefChange" '\u{E07B}';
    FClefChange "fClefChange" '\u{E07C}';
    Time0 "timeSig0" '\u{E080}';
    Time1 "timeSig1" '\u{E081}';
    Time2 "timeSig2" '\u{E082}';
    Time3 "timeSig3" '\u{E083}';
    Time4 "timeSig4" '\u{E084}';
    Time5 "timeSig5" '\u{E085}';
    Time6 "timeSig6" '\u{E086}';
    Time7 "timeSig7" '\u{E087}';
    Time8 "timeSig8" '\u{E088}';
    Time9 "timeSig9" '\u{E089}';
    TimeCommon "timeSigCommon" '\u{E08A}';
    TimeCut "timeSigCutCommon" '\u{E08B}';
    TimePlus "timeSigPlus" '\u{E08C}';
    HeadDoubleWhole "noteheadDoubleWhole" '\u{E0A0}';
    HeadWhole "noteheadWhole" '\u{E0A2}';
    HeadHalf "noteheadHalf" '\u{E0A3}';
    HeadBlack "noteheadBlack" '\u{E0A4}';
    TempoDot "metAugmentationDot" '\u{ECB7}';
    TempoWhole "metNoteWhole" '\u{ECA2}';
    TempoHalf "metNoteHalfUp" '\u{ECA3}';
    TempoQuarter "metNoteQuarterUp" '\u{ECA5}';
    Tempo8th "metNote8thUp" '\u{ECA7}';
    Tempo16th "metNote16thUp" '\u{ECA9}';
    Dot "augmentationDot" '\u{E1E7}';
    Flag8thUp "flag8thUp" '\u{E240}';
    Flag8thDown "flag8thDown" '\u{E241}';
    Flag16thUp "flag16thUp" '\u{E242}';
    Flag16thDown "flag16thDown" '\u{E243}';
    Flag32ndUp "flag32ndUp" '\u{E244}';
    Flag32ndDown "flag32ndDown" '\u{E245}';
    Flag64thUp "flag64thUp" '\u{E246}';
    Flag64thDown "flag64thDown" '\u{E247}';
    Flag128thUp "flag128thUp" '\u{E248}';
    Flag128thDown "flag128thDown" '\u{E249}';
    Flag256thUp "flag256thUp" '\u{E24A}';
    Flag256thDown "flag256thDown" '\u{E24B}';
    Flat "accidentalFlat" '\u{E260}';
    Natural "accidentalNatural" '\u{E261}';
    Sharp "accidentalSharp" '\u{E262}';
    DoubleSharp "accidentalDoubleSharp" '\u{E263}';
    DoubleFlat "accidentalDoubleFlat" '\u{E264}';
    ParenLeft "accidentalParensLeft" '\u{E26A}';
    ParenRight "accidentalParensRight" '\u{E26B}';
    AccentAbove "articAccentAbove" '\u{E4A0}';
    AccentBelow "articAccentBelow" '\u{E4A1}';
    StaccatoAbove "articStaccatoAbove" '\u{E4A2}';
    StaccatoBelow "articStaccatoBelow" '\u{E4A3}';
    TenutoAbove "articTenutoAbove" '\u{E4A4}';
    TenutoBelow "articTenutoBelow" '\u{E4A5}';
    WedgeAbove "articStaccatissimoWedgeAbove" '\u{E4A8}';
    WedgeBelow "articStaccatissimoWedgeBelow" '\u{E4A9}';
    MarcatoAbove "articMarcatoAbove" '\u{E4AC}';
    FermataAbove "fermataAbove" '\u{E4C0}';
    FermataBelow "fermataBelow" '\u{E4C1}';
    Breath "breathMarkComma" '\u{E4CE}';
    RestDoubleWhole "restDoubleWhole" '\u{E4E2}';
    RestWhole "restWhole" '\u{E4E3}';
    RestHalf "restHalf" '\u{E4E4}';
    RestQuarter "restQuarter" '\u{E4E5}';
    Rest8th "rest8th" '\u{E4E6}';
    Rest16th "rest16th" '\u{E4E7}';
    Rest32nd "rest32nd" '\u{E4E8}';
    Rest64th "rest64th" '\u{E4E9}';
    Rest128th "rest128th" '\u{E4EA}';
    Piano "dynamicPiano" '\u{E520}';
    Forte "dynamicForte" '\u{E522}';
    Pppp "dynamicPPPP" '\u{E529}';
    Ppp "dynamicPPP" '\u{E52A}';
    Pp "dynamicPP" '\u{E52B}';
    Mp "dynamicMP" '\u{E52C}';
    Mf "dynamicMF" '\u{E52D}';
    Ff "dynamicFF" '\u{E52F}';
    Fff "dynamicFFF" '\u{E530}';
    Ffff "dynamicFFFF" '\u{E531}';
    Sfz "dynamicSforzato" '\u{E539}';
    Trill "ornamentTrill" '\u{E566}';
    Turn "ornamentTurn" '\u{E567}';
    TurnInverted "ornamentTurnInverted" '\u{E568}';
    TurnSlash "ornamentTurnSlash" '\u{E569}';
    ShortTrill "ornamentShortTrill" '\u{E56C}';
    Mordent "ornamentMordent" '\u{E56D}';
    DownBow "stringsDownBow" '\u{E610}';
    UpBow "stringsUpBow" '\u{E612}';
    Open "stringsHarmonic" '\u{E614}';
    Snap "pluckedSnapPizzicatoAbove" '\u{E631}';
    Tuplet0 "tuplet0" '\u{E880}';
    Tuplet1 "tuplet1" '\u{E881}';
    Tuplet2 "tuplet2" '\u{E882}';
    Tuplet3 "tuplet3" '\u{E883}';
    Tuplet4 "tuplet4" '\u{E884}';
    Tuplet5 "tuplet5" '\u{E885}';
    Tuplet6 "tuplet6" '\u{E886}';
    Tuplet7 "tuplet7" '\u{E887}';
    Tuplet8 "tuplet8" '\u{E888}';
    Tuplet9 "tuplet9" '\u{E889}';
    WiggleTrill "wiggleTrill" '\u{EAA4}';
    WiggleArpeggio "wiggleArpeggiatoUp" '\u{EAA9}';
    Finger0 "fingering0" '\u{ED10}';
    Finger1 "fingering1" '\u{ED11}';
    Finger2 "fingering2" '\u{ED12}';
    Finger3 "fingering3" '\u{ED13}';
    Finger4 "fingering4" '\u{ED14}';
    Finger5 "fingering5" '\u{ED15}';
}

impl Sign {
    /// The rectangle its ink fills around its origin, at full size.
    pub fn bounds(self) -> Rect {
        METRICS.boxes.get(self as usize).copied().unwrap_or_default()
    }

    /// How far its ink reaches to the right of its origin, at full size.
    pub fn width(self) -> f32 {
        self.bounds().max.x
    }

    /// Where a stem that goes up ends at this head, from its origin: the stem's right edge.
    pub fn stem_up(self) -> Point {
        self.anchor("stemUpSE").unwrap_or(Point { x: self.width(), y: 0.0 })
    }

    /// Where a stem that goes down begins at this head: the stem's left edge.
    pub fn stem_down(self) -> Point {
        self.anchor("stemDownNW").unwrap_or_default()
    }

    /// How much longer than usual a stem has to be for this flag.
    pub fn stem_extra(self) -> f32 {
        let anchor = self.anchor("stemUpNW").or_else(|| self.anchor("stemDownSW"));
        anchor.map_or(0.0, |anchor| anchor.y.abs())
    }

    fn anchor(self, name: &str) -> Option<Point> {
        let anchors = METRICS.anchors.get(self as usize)?;
        anchors.iter().find(|(other, _)| other == name).map(|(_, point)| *point)
    }

    /// A digit of a metre.
    pub(super) fn time(digit: u32) -> Self {
        const DIGITS: [Sign; 10] = [
            Sign::Time0,
            Sign::Time1,
            Sign::Time2,
            Sign::Time3,
            Sign::Time4,
            Sign::Time5,
            Sign::Time6,
            Sign::Time7,
            Sign::Time8,
            Sign::Time9,
        ];
        DIGITS[digit as usize % 10]
    }

    /// A digit of a tuplet's number.
    pub(super) fn tuplet(digit: u32) -> Self {
        const DIGITS: [Sign; 10] = [
            Sign::Tuplet0,
            Sign::Tuplet1,
            Sign::Tuplet2,
            Sign::Tuplet3,
            Sign::Tuplet4,
            Sign::Tuplet5,
            Sign::Tuplet6,
            Sign::Tuplet7,
            Sign::Tuplet8,
            Sign::Tuplet9,
        ];
        DIGITS[digit as usize % 10]
    }
}

/// The rectangle a glyph's ink fills around its origin, at full size; `None` if the glyph is none of
/// [`Sign`].
pub fn bounds(code: char) -> Option<Rect> {
    METRICS.by_code.get(&code).map(|&sign| Sign::bounds(sign))
}

/// How thick lines are and how far apart, in staff spaces: SMuFL's `engravingDefaults`.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
#[expect(missing_docs, reason = "SMuFL says what they are")]
pub struct Defaults {
    pub staff_line_thickness: f32,
    pub stem_thickness: f32,
    pub beam_thickness: f32,
    pub beam_spacing: f32,
    pub leger_line_thickness: f32,
    pub leger_line_extension: f32,
    pub slur_endpoint_thickness: f32,
    pub slur_midpoint_thickness: f32,
    pub tie_endpoint_thickness: f32,
    pub tie_midpoint_thickness: f32,
    pub thin_barline_thickness: f32,
    pub thick_barline_thickness: f32,
    pub barline_separation: f32,
    pub repeat_barline_dot_separation: f32,
    pub dashed_barline_dash_length: f32,
    pub dashed_barline_gap_length: f32,
    pub bracket_thickness: f32,
    pub hairpin_thickness: f32,
    pub repeat_ending_line_thickness: f32,
    pub tuplet_bracket_thickness: f32,
    pub lyric_line_thickness: f32,
}

/// The font's own line widths.
pub fn defaults() -> &'static Defaults {
    &METRICS.defaults
}

#[derive(Debug)]
struct Metrics {
    boxes: Vec<Rect>,
    anchors: Vec<Vec<(String, Point)>>,
    by_code: HashMap<char, Sign>,
    defaults: Defaults,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Metadata {
    engraving_defaults: Defaults,
    glyph_b_boxes: HashMap<String, BBox>,
    glyphs_with_anchors: HashMap<String, HashMap<String, [f32; 2]>>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
struct BBox {
    #[serde(rename = "bBoxNE")]
    ne: [f32; 2],
    #[serde(rename = "bBoxSW")]
    sw: [f32; 2],
}

static METRICS: LazyLock<Metrics> = LazyLock::new(|| {
    // The file is our own and a test reads it, so there is nothing to tell a user.
    let metadata: Metadata = serde_json::from_str(METADATA).unwrap_or_default();
    let boxes = Sign::ALL.iter().map(|sign| {
        let BBox { ne, sw } = metadata.glyph_b_boxes.get(sign.name()).copied().unwrap_or_default();
        Rect { min: Point { x: sw[0], y: -ne[1] }, max: Point { x: ne[0], y: -sw[1] } }
    });
    let anchors = Sign::ALL.iter().map(|sign| {
        let anchors = metadata.glyphs_with_anchors.get(sign.name()).into_iter().flatten();
        let stems = anchors.filter(|(name, _)| name.starts_with("stem"));
        stems.map(|(name, [x, y])| (name.clone(), Point { x: *x, y: -y })).collect()
    });
    Metrics {
        boxes: boxes.collect(),
        anchors: anchors.collect(),
        by_code: Sign::ALL.iter().map(|&sign| (sign.code(), sign)).collect(),
        defaults: metadata.engraving_defaults,
    }
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_font_and_its_metadata_have_every_sign() {
        let face = crate::engrave::Typeface::open(FONT).unwrap();
        for &sign in Sign::ALL {
            assert!(face.sign(sign.code()).is_some(), "{sign:?} is not in the font");
            assert!(sign.width() > 0.0, "{sign:?} has no box");
        }
    }

    #[test]
    fn stems_meet_heads_where_the_font_says() {
        assert_eq!(Sign::HeadBlack.stem_up(), Point { x: 1.3, y: -0.16 });
        assert_eq!(Sign::HeadBlack.stem_down(), Point { x: 0.0, y: 0.168 });
        assert!(Sign::Flag64thUp.stem_extra() > 1.0);
        assert!(defaults().staff_line_thickness > 0.0 && defaults().beam_thickness == 0.5);
    }
}
