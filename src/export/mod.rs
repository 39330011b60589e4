//! What leaves the house in another form than ABC.
//!
//! In: what other rooms made, such as a [`crate::perform::Performance`], a [`crate::synth::Rendering`] or an [`crate::engrave::Sheet`].
//! Out: bytes of a file. It never opens one.

mod blocks;
pub mod colours;
pub mod flac;
mod fonts;
pub mod index;
pub mod midi;
pub mod pages;
pub mod pdf;
pub mod png;
pub mod sound;
pub mod svg;
pub mod wav;

pub use colours::{Colour, Colours};
pub use fonts::FontError;
