//! The values of fields: metre, unit, tempo, parts, user-defined symbols.

use super::scan::{Piece, fraction};
use super::{Decoration, Parts, Tempo, limits};
use crate::music::{Fraction, Metre};

/// `M:` (§3.1.6): `C`, `C|`, `none`, `6/8`, `2+3/8`, `(2+3)/8`.
pub(super) fn read_metre(text: &str) -> Option<Metre> {
    match text {
        "C" | "c" => return Some(Metre::Common),
        "C|" | "c|" => return Some(Metre::Cut),
        _ if text.eq_ignore_ascii_case("none") => return Some(Metre::Free),
        _ => {}
    }
    let (above, below) = text.rsplit_once('/')?;
    let small = |text: &str| text.trim().parse().ok().filter(|number| (1..=256).contains(number));
    let above = above.trim();
    let above = above.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).unwrap_or(above);
    let groups = above.split('+').map(small).collect::<Option<Vec<u16>>>()?;
    if groups.len() > limits::DEPTH {
        return None;
    }
    Some(Metre::Beats { groups, value: small(below)? })
}

/// `L:` (§3.1.7): `1/8`, `1`.
pub(super) fn read_unit(text: &str) -> Option<Fraction> {
    fraction(text).filter(|&unit| unit <= Fraction::ONE)
}

/// The unit note length without `L:`: a semiquaver if the metre as a fraction is below 3/4, else a
/// quaver (§3.1.7).
pub(super) fn default_unit(metre: &Metre) -> Fraction {
    match metre.bar() {
        Some(bar) if bar < Fraction::of(3, 4) => Fraction::of(1, 16),
        _ => Fraction::of(1, 8),
    }
}

/// `Q:` (§3.1.8): `1/4=120`, `"Allegro" 1/4 3/8=40`, and the outdated `120`, `C=120`, `C3=40`, which
/// count unit note lengths.
pub(super) fn read_tempo(text: &str, unit: Fraction) -> Option<Tempo> {
    let mut tempo = Tempo::default();
    let mut numbers = String::new();
    for (i, part) in text.split('"').enumerate() {
        if i % 2 == 0 {
            numbers.push_str(part);
            numbers.push(' ');
        } else if tempo.words.is_empty() {
            part.clone_into(&mut tempo.words);
        } else {
            tempo.words.push(' ');
            tempo.words.push_str(part);
        }
    }
    let numbers = numbers.trim();
    let Some((beats, per_minute)) = numbers.split_once('=') else {
        if numbers.is_empty() {
            return (!tempo.words.is_empty()).then_some(tempo);
        }
        tempo.beats.push(unit);
        tempo.per_minute = Some(read_per_minute(numbers)?);
        return Some(tempo);
    };
    tempo.per_minute = Some(read_per_minute(per_minute.trim())?);
    for beat in beats.split_whitespace().take(limits::DEPTH) {
        tempo.beats.push(match beat.strip_prefix('C') {
            Some("") => unit,
            Some(times) => fraction(times)?.checked_mul(unit)?,
            None => fraction(beat)?,
        });
    }
    (!tempo.beats.is_empty()).then_some(tempo)
}

/// Beats a minute: a whole number or a decimal one, above 0 and at most 10,000.
fn read_per_minute(text: &str) -> Option<Fraction> {
    let (whole, decimals) = text.split_once('.').unwrap_or((text, ""));
    if decimals.len() > 6 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let scale = 10_i64.pow(decimals.len() as u32);
    let whole: u32 = if whole.is_empty() { 0 } else { whole.parse().ok()? };
    let rest: i64 = if decimals.is_empty() { 0 } else { decimals.parse().ok()? };
    let value = Fraction::new(i64::from(whole).checked_mul(scale)?.checked_add(rest)?, scale)?;
    (value > Fraction::ZERO && value <= Fraction::of(10_000, 1)).then_some(value)
}

/// The order of the parts in the header's `P:` (§3.1.9): `ABAB`, `A3(BC)2`, dots as one likes. `None`
/// if brackets do not match or are deeper than [`limits::DEPTH`], if there are other characters, or
/// more parts than [`limits::PARTS`].
pub(super) fn read_parts(text: &str) -> Option<Parts> {
    let bytes = text.as_bytes();
    // The order so far, and where each open bracket began in it.
    let (mut order, mut open) = (Vec::new(), Vec::new());
    let (mut last, mut at) = (0, 0);
    while let Some(&byte) = bytes.get(at) {
        at += 1;
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' => {
                last = order.len();
                order.push(char::from(byte));
            }
            b'(' if open.len() < limits::DEPTH => {
                open.push(order.len());
                last = order.len();
            }
            b')' => last = open.pop()?,
            b'0'..=b'9' => {
                let (times, end) = super::scan::number(bytes, at - 1);
                at = end;
                let (times, group) = (times? as usize, order.len() - last);
                // Nothing, however often, is nothing, and takes long.
                if times == 0 || group == 0 || group.checked_mul(times - 1)? > limits::PARTS {
                    return None;
                }
                for _ in 1..times {
                    order.extend_from_within(last..last + group);
                }
            }
            b'.' | b' ' | b'\t' => {}
            _ => return None,
        }
        if order.len() > limits::PARTS {
            return None;
        }
    }
    (open.is_empty() && !order.is_empty()).then(|| Parts { text: text.to_owned(), order })
}

/// What a sign of `U:` stands for (§4.16).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Symbol {
    Decoration(Decoration),
    /// An annotation or chord symbol with its quotes' content.
    Words(String),
    Nothing,
}

/// `U:` (§4.16): `T=!trill!`, `T = trill`, `n="^nasal"`.
pub(super) fn read_symbol(text: Piece<'_>) -> Option<(u8, Symbol)> {
    let (sign, meaning) = text.text.split_once('=')?;
    let [sign @ (b'h'..=b'w' | b'H'..=b'Y' | b'~')] = sign.trim().as_bytes() else { return None };
    let meaning = meaning.trim();
    let symbol = if let Some(words) = meaning.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        Symbol::Words(words.to_owned())
    } else {
        match meaning.trim_matches(['!', '+']) {
            "" => return None,
            "nil" | "none" => Symbol::Nothing,
            name if name.contains(['!', '|', '[', ']', ' ', '\t']) => return None,
            name => Symbol::Decoration(Decoration::from_name(name)),
        }
    };
    Some((*sign, symbol))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metres_are_read_in_every_form() {
        for (text, bar) in [
            ("C", Some((1, 1))),
            ("C|", Some((1, 1))),
            ("6/8", Some((3, 4))),
            ("(2+3+2)/8", Some((7, 8))),
            ("2+3/8", Some((5, 8))),
            ("none", None),
        ] {
            let bar = bar.map(|(above, below)| Fraction::of(above, below));
            assert_eq!(read_metre(text).map(|metre| metre.bar()), Some(bar), "{text}");
        }
        for text in ["", "4", "0/4", "4/0", "4/x", "4/4/4", "+/8", "99999/4"] {
            assert_eq!(read_metre(text), None, "{text}");
        }
    }

    #[test]
    fn the_unit_follows_the_metre() {
        assert_eq!(default_unit(&Metre::new(2, 4)), Fraction::of(1, 16));
        assert_eq!(default_unit(&Metre::new(3, 4)), Fraction::of(1, 8));
        assert_eq!(default_unit(&Metre::Free), Fraction::of(1, 8));
    }

    #[test]
    fn tempos_are_read_in_every_form() {
        let tempo = |text| {
            read_tempo(text, Fraction::of(1, 8))
                .map(|tempo| (tempo.words.clone(), tempo.beat(), tempo.per_minute))
        };
        let number = |n| Some(Fraction::of(n, 1));
        let beat = |above, below| Some(Fraction::of(above, below));
        assert_eq!(tempo("1/4=120"), Some((String::new(), beat(1, 4), number(120))));
        assert_eq!(tempo("\"Slow\" 3/8 = 40"), Some(("Slow".into(), beat(3, 8), number(40))));
        assert_eq!(tempo("1/4 3/8 1/4 3/8=40"), Some((String::new(), beat(5, 4), number(40))));
        assert_eq!(tempo("\"Slow\""), Some(("Slow".into(), None, None)));
        assert_eq!(tempo("120"), Some((String::new(), beat(1, 8), number(120))));
        assert_eq!(tempo("C3=40"), Some((String::new(), beat(3, 8), number(40))));
        assert_eq!(tempo("1/4=92.5").unwrap().2, beat(185, 2));
        for text in ["", "fast", "1/4=", "1/4=0", "=120", "1/0=120", "1/4=1e9", "1/4=99999999999"] {
            assert_eq!(tempo(text), None, "{text}");
        }
    }

    #[test]
    fn parts_are_worked_out() {
        let order = |text| read_parts(text).map(|parts| parts.order.into_iter().collect::<String>());
        assert_eq!(order("ABAB").as_deref(), Some("ABAB"));
        assert_eq!(order("A3.(BC)2").as_deref(), Some("AAABCBC"));
        assert_eq!(order("((AB)3.(CD)3)2").as_deref(), Some("ABABABCDCDCDABABABCDCDCD"));
        for text in [
            "",
            "(A",
            "A)",
            "A-B",
            "A0",
            "A99999",
            "3A",
            "4294967295",
            "()4294967295",
            "((((A99)99)99)99)",
            &"(".repeat(40),
        ] {
            assert_eq!(order(text), None, "{text}");
        }
    }
}
