//! `m:` macros (§9): a piece of text that stands for another one.
//!
//! A macro is used where something may begin in music: not within quotes, chords, grace notes and fields.
//! What it stands for holds no macros, so that nothing grows without bound.

use super::limits;
use super::scan::Piece;
use super::write::letter_in_octave;
use crate::music::Letter;

/// A macro.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Macro {
    /// What is looked for; of a transposing macro, what stands before the note.
    target: String,
    /// The length after the note of a transposing macro (§9.2).
    note: Option<String>,
    replacement: String,
}

impl Macro {
    /// `m:` (§9.1): `~G3 = G{A}G{F}G`, or for all notes `~n3 = n{o}n{m}n`. `None` if it defines nothing or
    /// is longer than the standard allows.
    pub(super) fn read(value: Piece<'_>) -> Option<Self> {
        let (target, replacement) = value.text.split_once('=')?;
        let (target, replacement) = (target.trim(), replacement.trim());
        if target.is_empty() || replacement.is_empty() {
            return None;
        }
        if target.chars().count() > limits::MACRO_TARGET || replacement.chars().count() > limits::MACRO_TEXT {
            return None;
        }
        let (target, note) = match target.rsplit_once('n') {
            None => (target, None),
            Some((target, length)) => {
                let is_length = length.bytes().all(|byte| byte.is_ascii_digit() || byte == b'/');
                if !is_length || target.contains('n') {
                    return None;
                }
                (target, Some(length.to_owned()))
            }
        };
        Some(Self { target: target.to_owned(), note, replacement: replacement.to_owned() })
    }

    /// Whether the other one is looked for by the same text.
    fn has_target_of(&self, other: &Self) -> bool {
        (&self.target, &self.note) == (&other.target, &other.note)
    }

    /// If the macro is used at the start of `text`: how many bytes it is, and what they stand for.
    fn expand(&self, text: &str) -> Option<(usize, String)> {
        let rest = text.strip_prefix(self.target.as_str())?;
        let Some(length) = &self.note else {
            let used = self.target.len();
            return ends(&self.target, rest).then(|| (used, self.replacement.clone()));
        };
        let letter = rest.trim_start_matches(['^', '_', '=']);
        let accidental = &rest[..rest.len() - letter.len()];
        let byte = letter.bytes().next()?;
        let step = Letter::from_ascii(byte)?.step() + if byte.is_ascii_lowercase() { 35 } else { 28 };
        let after = letter[1..].trim_start_matches([',', '\'']);
        let signs = &letter[1..letter.len() - after.len()];
        let up = signs.bytes().filter(|&sign| sign == b'\'').count();
        // No note is so high or low.
        let octaves = i32::try_from(up).ok()? - i32::try_from(signs.len() - up).ok()?;
        if octaves.abs() > 8 {
            return None;
        }
        let after = after.strip_prefix(length.as_str())?;
        let used = text.len() - after.len();
        ends(length, after).then(|| (used, self.transposed(accidental, step + octaves * 7)))
    }

    /// The replacement for a note: h to z are the notes around it, n itself.
    fn transposed(&self, accidental: &str, step: i32) -> String {
        let mut out = String::with_capacity(self.replacement.len() * 2);
        let mut quote = None;
        for c in self.replacement.chars() {
            if matches!(c, '"' | '!') && quote.is_none_or(|quote| quote == c) {
                quote = if quote.is_none() { Some(c) } else { None };
            }
            if quote.is_some() || !('h'..='z').contains(&c) {
                out.push(c);
                continue;
            }
            let step = step + c as i32 - 'n' as i32;
            out.push_str(if c == 'n' { accidental } else { "" });
            let octave = i8::try_from(step.div_euclid(7)).unwrap_or(4);
            out += &letter_in_octave(Letter::from_step(step), octave);
        }
        out
    }
}

/// Whether a length that ends `target` is all of the length: `~G3` is not `~G3/2`.
fn ends(target: &str, rest: &str) -> bool {
    let is_length = |byte: Option<u8>| byte.is_some_and(|byte| byte.is_ascii_digit() || byte == b'/');
    !(is_length(target.bytes().last()) && is_length(rest.bytes().next()))
}

/// Defines a macro, in place of one with the same target. False if there is no room for it.
pub(super) fn define(macros: &mut Vec<Macro>, new: Macro) -> bool {
    macros.retain(|old| !old.has_target_of(&new));
    if macros.len() >= limits::MACROS {
        return false;
    }
    macros.push(new);
    true
}

/// The macro used at the start of `text`, the one with the longest target: its bytes, and what they
/// stand for.
pub(super) fn expand(macros: &[Macro], text: &str) -> Option<(usize, String)> {
    macros.iter().filter_map(|one| one.expand(text)).max_by_key(|(used, _)| *used)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn used(macros: &[&str], text: &str) -> Option<(usize, String)> {
        let mut all = Vec::new();
        for text in macros {
            assert!(define(&mut all, Macro::read(Piece { text, start: 0 }).unwrap()));
        }
        expand(&all, text)
    }

    #[test]
    fn static_macros_stand_for_their_own_text_only() {
        let roll = ["~G3 = G{A}G{F}G"];
        assert_eq!(used(&roll, "~G3 A"), Some((3, "G{A}G{F}G".into())));
        for other in ["~G2", "~g3", "~G3/2", "~G32", "G3"] {
            assert_eq!(used(&roll, other), None, "{other}");
        }
        assert_eq!(used(&["~G=x", "~G3=y", "~G = z"], "~G3"), Some((3, "y".into())), "the longest");
        assert_eq!(used(&["~G=x", "~G = z"], "~G3"), Some((2, "z".into())), "the latest");
    }

    #[test]
    fn transposing_macros_move_with_the_note() {
        let roll = ["~n3 = n{o}n{m}\"^n\"!trill!n"];
        assert_eq!(used(&roll, "~G3|"), Some((3, "G{A}G{F}\"^n\"!trill!G".into())));
        assert_eq!(used(&roll, "~^b'3|"), Some((5, "^b'{c''}^b'{a'}\"^n\"!trill!^b'".into())));
        assert_eq!(used(&roll, "~C,3"), Some((4, "C,{D,}C,{B,,}\"^n\"!trill!C,".into())));
        assert_eq!(used(&roll, "~C2"), None);
        assert_eq!(used(&["n = hz"], "c"), Some((1, "Da'".into())));
    }

    #[test]
    fn what_defines_nothing_is_no_macro() {
        let long = format!("a={}", "b".repeat(201));
        for text in ["", "a", "=b", "a=", "nb=c", "na2=c", "n3n=c", &format!("{}=b", "a".repeat(32)), &long] {
            assert_eq!(Macro::read(Piece { text, start: 0 }), None, "{text}");
        }
    }
}
