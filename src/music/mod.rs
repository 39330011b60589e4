//! Pitch, key, metre, exact durations and chord names: what music is made of, whoever wrote it down.
//!
//! Everything here is a small value without text behind it. It knows no ABC, reads no file and never
//! panics on a number from outside: what may overflow is checked.

pub mod chord;
pub mod fraction;
pub mod key;
pub mod metre;
pub mod pitch;

pub use chord::{Chord, Quality};
pub use fraction::Fraction;
pub use key::{Key, Mode};
pub use metre::Metre;
pub use pitch::{Accidental, Letter, Name, Pitch};
