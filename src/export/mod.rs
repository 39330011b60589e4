//! What leaves the house in another form than ABC.
//!
//! In: what other rooms made, such as a [`crate::perform::Performance`] or an [`crate::engrave::Sheet`].
//! Out: bytes of a file. It never opens one.

mod blocks;
pub mod colours;
mod fonts;
pub mod index;
pub mod midi;
pub mod pages;
pub mod pdf;
pub mod png;
pub mod svg;

pub use colours::{Colour, Colours};
pub use fonts::FontError;
