//! A tune as a musician expects to read it.
//!
//! In: a [`crate::abc::Tune`] and options. Out: a [`Sheet`], ink at places in staff spaces, which the
//! back ends draw without a decision of their own. It calls only [`crate::abc`] and [`crate::music`];
//! it knows no screen, no file format and no sound.

pub mod sheet;
pub mod smufl;
pub mod text;

pub use sheet::{Align, BarBox, Face, Ink, Item, Point, Rect, Role, Sheet, System};
