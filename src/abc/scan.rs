//! Small pieces of text: numbers, words, comments.

use super::{Span, limits};
use crate::music::Fraction;

/// A part of the text with its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Piece<'t> {
    pub(super) text: &'t str,
    pub(super) start: usize,
}

impl<'t> Piece<'t> {
    pub(super) fn span(self) -> Span {
        Span::new(self.start, self.start + self.text.len())
    }

    /// Without white space around it.
    pub(super) fn trim(self) -> Self {
        let text = self.text.trim_start();
        Self { text: text.trim_end(), start: self.start + self.text.len() - text.len() }
    }

    /// The next word and the rest. A word ends at white space outside quotes.
    pub(super) fn word(self) -> Option<(Self, Self)> {
        let trimmed = self.trim();
        if trimmed.text.is_empty() {
            return None;
        }
        let mut quoted = false;
        let end = trimmed.text.bytes().position(|byte| {
            quoted ^= byte == b'"';
            !quoted && byte.is_ascii_whitespace()
        });
        Some(trimmed.split_at(end.unwrap_or(trimmed.text.len())))
    }

    pub(super) fn split_at(self, at: usize) -> (Self, Self) {
        let (left, right) = self.text.split_at_checked(at).unwrap_or((self.text, ""));
        (Self { text: left, ..self }, Self { text: right, start: self.start + left.len() })
    }
}

/// Where a line's text ends and its comment begins: at a `%` without `\` before it.
pub(super) fn comment_start(line: &str) -> usize {
    let bytes = line.as_bytes();
    let mut from = 0;
    while let Some(found) = bytes.get(from..).and_then(|rest| rest.iter().position(|&b| b == b'%')) {
        let at = from + found;
        if at == 0 || bytes[at - 1] != b'\\' {
            return at;
        }
        from = at + 1;
    }
    line.len()
}

/// The digits at `at` as a number, and where they end. Numbers too great are as great as can be.
pub(super) fn number(bytes: &[u8], mut at: usize) -> (Option<u32>, usize) {
    let mut value = None;
    while let Some(digit) = bytes.get(at).filter(|byte| byte.is_ascii_digit()) {
        let tens = value.unwrap_or(0_u32).saturating_mul(10);
        value = Some(tens.saturating_add(u32::from(digit - b'0')));
        at += 1;
    }
    (value, at)
}

/// A length at `at` (§4.3), in unit note lengths, and where it ends: `3`, `/`, `//`, `3/2`. `None` if
/// it is nothing, infinite or beyond [`limits::LENGTH`].
pub(super) fn length(bytes: &[u8], at: usize) -> (Option<Fraction>, usize) {
    let next = bytes.get(at).copied().unwrap_or(0);
    if !next.is_ascii_digit() && next != b'/' {
        return (Some(Fraction::ONE), at);
    }
    let (above, mut at) = number(bytes, at);
    let mut below = 1_u32;
    while bytes.get(at) == Some(&b'/') {
        let (value, end) = number(bytes, at + 1);
        below = below.saturating_mul(value.unwrap_or(2));
        at = end;
    }
    let (above, within) = (above.unwrap_or(1), 1..=limits::LENGTH);
    if !within.contains(&above) || !within.contains(&below) {
        return (None, at);
    }
    (Fraction::new(above.into(), below.into()), at)
}

/// A fraction such as `1/8` or `2` that is all of `text`; both numbers from 1 to [`limits::LENGTH`].
pub(super) fn fraction(text: &str) -> Option<Fraction> {
    let (above, below) = text.split_once('/').unwrap_or((text, "1"));
    let read = |part: &str| {
        let number: u32 = part.trim().parse().ok()?;
        (1..=limits::LENGTH).contains(&number).then_some(i64::from(number))
    };
    Fraction::new(read(above)?, read(below)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_read_to_their_end() {
        for (text, read, end) in [
            ("", Some((1, 1)), 0),
            ("3", Some((3, 1)), 1),
            ("/", Some((1, 2)), 1),
            ("//", Some((1, 4)), 2),
            ("3/2", Some((3, 2)), 3),
            ("/4c", Some((1, 4)), 2),
            ("3//", Some((3, 4)), 3),
            ("0", None, 1),
            ("/0", None, 2),
            ("99999999999", None, 11),
            ("//////////", Some((1, 1024)), 10),
            ("///////////", None, 11),
        ] {
            let expected = read.and_then(|(above, below)| Fraction::new(above, below));
            assert_eq!(length(text.as_bytes(), 0), (expected, end), "{text}");
        }
    }

    #[test]
    fn comments_begin_at_an_unescaped_percent_sign() {
        for (line, start) in [("abc", 3), ("abc % d", 4), ("a\\%b", 4), ("a\\%b%", 4), ("%", 0), ("", 0)] {
            assert_eq!(comment_start(line), start, "{line}");
        }
    }

    #[test]
    fn words_keep_their_quotes_together() {
        let piece = Piece { text: " 1 name=\"a b\" c", start: 10 };
        let (one, rest) = piece.word().unwrap();
        let (name, rest) = rest.word().unwrap();
        assert_eq!((one.text, one.start, name.text, name.start), ("1", 11, "name=\"a b\"", 13));
        assert_eq!(rest.word().unwrap().0.text, "c");
    }
}
