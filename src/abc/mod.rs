//! The ABC language: text becomes tunes and diagnostics, and text is rewritten.
//!
//! In: any text. Out: [`parse`]'s tunes, whose every element knows its bytes, and what is wrong with
//! the text in plain sentences. It calls only [`crate::music`]; it never opens a file, never plays or
//! draws, and never fails: whatever the bytes, there is an answer. § in the documentation refers to
//! the ABC 2.1 standard.

pub mod bar_line;
mod check;
mod decode;
pub mod decoration;
pub mod diagnostic;
pub mod element;
pub mod field;
pub mod grammar;
pub mod limits;
pub mod lyrics;
mod macros;
mod music_reader;
pub mod note;
pub mod parser;
mod read_field;
mod read_key;
mod read_lyrics;
pub mod rewrite;
mod scan;
pub mod span;
pub mod transpose;
pub mod tune;
mod voice_reader;
pub mod write;

pub use bar_line::{BarLine, Line, Numbers};
pub use decode::decode;
pub use decoration::Decoration;
pub use diagnostic::{Code, Diagnostic, Severity};
pub use element::{Element, Kind};
pub use field::{Clef, Directive, KeyField, Parts, Staff, Tempo};
pub use note::{ChordNotes, Grace, Note, Rest, Tie, Tuplet};
pub use parser::{Parsed, StrictError, parse, parse_strict};
pub use rewrite::{Lengths, RewriteError, add_chords, reflow, scale_lengths, set_field, without_macros};
pub use span::Span;
pub use transpose::{Target, transpose};
pub use tune::{Expansion, HeaderField, Tune, Voice};
pub use write::write;
