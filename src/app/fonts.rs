//! The faces the window is set in. egui picks no bold or italic of a family, so each is a family of
//! its own, with Source Sans behind it for what it lacks.

use std::sync::Arc;

use eframe::egui::{FontData, FontDefinitions, FontFamily, FontId, FontTweak};

use crate::engrave::{Face, smufl, text};

const WORDS: &str = "source-sans";
const STRONG: &str = "source-sans-semibold";
const CASLON: &str = "caslon";
const CASLON_BOLD: &str = "caslon-bold";
const CASLON_ITALIC: &str = "caslon-italic";
const MONO: &str = "jetbrains-mono";
const ICONS: &str = "phosphor";
const ICONS_FILLED: &str = "phosphor-fill";

const MUSIC: &str = "leland";

/// The fonts of the sheet and those that are the window's alone.
fn files() -> [(&'static str, &'static [u8]); 9] {
    [
        (WORDS, text::font(Face::Sans)),
        (STRONG, include_bytes!("../../assets/fonts/source-sans-3/SourceSans3-Semibold.ttf")),
        (CASLON, text::font(Face::Roman)),
        (CASLON_BOLD, text::font(Face::Bold)),
        (CASLON_ITALIC, text::font(Face::Italic)),
        (MUSIC, smufl::FONT),
        (MONO, include_bytes!("../../assets/fonts/jetbrains-mono/JetBrainsMono-Regular.ttf")),
        (ICONS, include_bytes!("../../assets/fonts/phosphor/Phosphor-subset.ttf")),
        (ICONS_FILLED, include_bytes!("../../assets/fonts/phosphor/Phosphor-Fill-subset.ttf")),
    ]
}

/// A sign of the icon font.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Icon {
    /// Its code in the font.
    pub(super) sign: char,
    filled: bool,
    /// Turned upside down, and so, where both halves are alike, to the other side.
    pub(super) turned: bool,
}

impl Icon {
    /// A folder.
    pub(super) const FOLDER: Self = Self::outlined('\u{e256}');
    /// More to do.
    pub(super) const MORE: Self = Self::outlined('\u{e1fe}');
    /// Not a favourite.
    pub(super) const STAR: Self = Self::outlined('\u{e46a}');
    /// A favourite.
    pub(super) const STAR_ON: Self = Self::STAR.filled();
    /// It sounds.
    pub(super) const SPEAKER: Self = Self::outlined('\u{e44a}');
    /// Fold.
    pub(super) const CARET_DOWN: Self = Self::outlined('\u{e136}');
    /// Unfold.
    pub(super) const CARET_UP: Self = Self::outlined('\u{e13c}');
    /// What went well.
    pub(super) const CHECK_CIRCLE: Self = Self::outlined('\u{e184}');
    /// What is chosen in a list.
    pub(super) const CHECK: Self = Self::outlined('\u{e182}');
    /// One fewer.
    pub(super) const MINUS: Self = Self::outlined('\u{e32a}');
    /// One more.
    pub(super) const PLUS: Self = Self::outlined('\u{e3d4}');
    /// Find.
    pub(super) const FIND: Self = Self::outlined('\u{e30c}');
    /// A panel at the left.
    pub(super) const PANEL_LEFT: Self = Self::outlined('\u{ec24}');
    /// A panel at the right.
    pub(super) const PANEL_RIGHT: Self = Self { turned: true, ..Self::PANEL_LEFT };
    /// A panel below.
    pub(super) const PANEL_BELOW: Self = Self::outlined('\u{eb16}');
    /// A new seed.
    pub(super) const DICE: Self = Self::outlined('\u{e1ee}');
    /// Out of the program.
    pub(super) const EXPORT: Self = Self::outlined('\u{eaf0}');
    /// Kept.
    pub(super) const LOCK: Self = Self::outlined('\u{e308}');
    /// Not kept.
    pub(super) const LOCK_OPEN: Self = Self::outlined('\u{e30a}');
    /// Close.
    pub(super) const CLOSE: Self = Self::outlined('\u{e4f6}');
    /// Side by side.
    pub(super) const COLUMNS: Self = Self::outlined('\u{e546}');
    /// One above the other.
    pub(super) const ROWS: Self = Self::outlined('\u{e5a2}');
    /// Back by one change.
    pub(super) const UNDO: Self = Self::outlined('\u{e08a}');
    /// Forth by one change.
    pub(super) const REDO: Self = Self::outlined('\u{e08c}');
    /// Something failed.
    pub(super) const ERROR: Self = Self::outlined('\u{e4f8}');
    /// Something may be wrong.
    pub(super) const WARNING: Self = Self::outlined('\u{e4e0}');
    /// Compose.
    pub(super) const PEN: Self = Self { sign: '\u{e3ac}', filled: true, turned: false };
    /// Play.
    pub(super) const PLAY: Self = Self { sign: '\u{e3d0}', filled: true, turned: false };
    /// Stand still.
    pub(super) const PAUSE: Self = Self { sign: '\u{e39e}', filled: true, turned: false };
    /// Back to the start.
    pub(super) const SKIP_BACK: Self = Self { sign: '\u{e5a4}', filled: true, turned: false };
    /// Again and again.
    pub(super) const REPEAT: Self = Self::outlined('\u{e3f6}');
    /// Beats are clicked.
    pub(super) const METRONOME: Self = Self::outlined('\u{ec8e}');
    /// More to set.
    pub(super) const SLIDERS: Self = Self::outlined('\u{e434}');
    /// Cancel.
    pub(super) const STOP: Self = Self { sign: '\u{e46c}', filled: true, turned: false };

    const fn outlined(sign: char) -> Self {
        Self { sign, filled: false, turned: false }
    }

    /// The same sign, filled: what it stands for is there.
    pub(super) const fn filled(self) -> Self {
        Self { filled: true, ..self }
    }

    /// The font it is drawn in.
    pub(super) fn font(self, size: f32) -> FontId {
        named(if self.filled { ICONS_FILLED } else { ICONS }, size)
    }
}

fn named(family: &'static str, size: f32) -> FontId {
    FontId::new(size, FontFamily::Name(family.into()))
}

/// Controls and messages.
pub(super) fn words(size: f32) -> FontId {
    FontId::new(size, FontFamily::Proportional)
}

/// The same, for stress.
pub(super) fn strong(size: f32) -> FontId {
    named(STRONG, size)
}

/// Heads of panels.
pub(super) fn caslon(size: f32) -> FontId {
    named(CASLON, size)
}

/// The name of the program, the title of the tune, the big button.
pub(super) fn caslon_bold(size: f32) -> FontId {
    named(CASLON_BOLD, size)
}

/// Captions, and the line under the title.
pub(super) fn caslon_italic(size: f32) -> FontId {
    named(CASLON_ITALIC, size)
}

/// ABC.
pub(super) fn mono(size: f32) -> FontId {
    FontId::new(size, FontFamily::Monospace)
}

/// Signs of music; 4 staff spaces an em.
pub(super) fn music(size: f32) -> FontId {
    named(MUSIC, size)
}

/// All of it, as egui takes it.
pub(super) fn definitions() -> FontDefinitions {
    let mut fonts = FontDefinitions::empty();
    for (name, bytes) in files() {
        let mut data = FontData::from_static(bytes);
        if name == MUSIC {
            // Notes have their places to the fraction of a pixel.
            let tweak =
                FontTweak { hinting: Some(false), subpixel_binning: Some(true), ..FontTweak::default() };
            data = data.tweak(tweak);
        }
        fonts.font_data.insert(name.to_owned(), Arc::new(data));
        let chain = match name {
            WORDS | MUSIC => vec![name.to_owned()],
            _ => vec![name.to_owned(), WORDS.to_owned()],
        };
        let family = match name {
            WORDS => FontFamily::Proportional,
            MONO => FontFamily::Monospace,
            _ => FontFamily::Name(name.into()),
        };
        fonts.families.insert(family, chain);
    }
    fonts
}
