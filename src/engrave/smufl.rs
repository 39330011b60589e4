//! The music font: Leland, laid out by SMuFL (the Standard Music Font Layout).

/// The font, OpenType with PostScript outlines. An em is 4 staff spaces.
pub const FONT: &[u8] = include_bytes!("../../assets/fonts/leland/Leland.otf");
