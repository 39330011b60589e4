//! The ABC language: text becomes tunes and diagnostics, and text is rewritten.
//!
//! In: any text. Out: [`parse`]'s tunes, whose every element knows its bytes, and what is wrong with
//! the text in plain sentences. It calls only [`crate::music`]; it never opens a file, never plays or
//! draws, and never fails: whatever the bytes, there is an answer. § in the documentation refers to
//! the ABC 2.1 standard.

pub mod bar_line;
pub mod decoration;
pub mod element;
pub mod field;
pub mod limits;
pub mod lyrics;
pub mod note;
pub mod span;
pub mod tune;

pub use bar_line::{BarLine, Line, Numbers};
pub use decoration::Decoration;
pub use element::{Element, Kind};
pub use field::{Clef, Directive, KeyField, Parts, Staff, Tempo};
pub use note::{ChordNotes, Grace, Note, Rest, Tie, Tuplet};
pub use span::Span;
pub use tune::{HeaderField, Tune, Voice};
