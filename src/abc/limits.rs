//! How much is read. Beyond a limit there is a diagnostic and less is read, never a failure.

/// Bytes of a text: what is beyond is not read.
pub const BYTES: usize = 4 << 20;

/// Bytes of a file header: fields beyond are not read.
pub const FILE_HEADER: usize = 4 << 10;

/// Tunes of a text: further ones are not read.
pub const TUNES: usize = 20_000;

/// Notes of a chord, or of a group of grace notes: further ones are left out.
pub const CHORD: usize = 64;

/// Voices of a tune: the music of further ones is left out.
pub const VOICES: usize = 64;

/// Elements of all tunes of a text together: music beyond is left out.
pub const ELEMENTS: usize = 1_000_000;

/// How deep slurs, tuplets and brackets in `P:` may be in each other, and how many `>` stand together.
pub const DEPTH: usize = 16;

/// Parts in the order `P:` gives, worked out.
pub const PARTS: usize = 1_000;

/// The greatest number in a note's length, above or below the line.
pub const LENGTH: u32 = 1_024;

/// Characters of what a macro is used by, and of what it stands for (§9.1).
pub const MACRO_TARGET: usize = 31;
/// See [`MACRO_TARGET`].
pub const MACRO_TEXT: usize = 200;

/// Macros of a tune: further ones are not read.
pub const MACROS: usize = 64;

/// Bytes that the macros of a text stand for, all uses together: beyond, they are read as written.
pub const EXPANSIONS: usize = 1 << 20;

/// `s:` lines of a line of music: further ones are left out.
pub const SYMBOL_LINES: usize = 16;

/// Diagnostics of a text: further ones are left out.
pub const DIAGNOSTICS: usize = 1_000;
