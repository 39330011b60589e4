//! What stands at the left end of a system: clef, key, metre.

use super::score::{Score, Signature};
use super::{bar_line, clef, signature};
use crate::music::Metre;

/// From the left end of the staff to the clef, and between clef, key and metre.
const BEFORE_CLEF: f32 = 0.7;
const AFTER_CLEF: f32 = 0.8;
const AFTER_KEY: f32 = 0.8;

/// Where the signs at the left end of a system stand, from the left end of its staves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Header {
    pub clef: f32,
    pub key: f32,
    /// `None` if no metre is drawn here.
    pub metre: Option<f32>,
    /// The bar line that opens a repeat.
    pub line: f32,
    /// Where the first bar begins.
    pub end: f32,
}

impl Header {
    /// Of a system that begins with this bar.
    pub(super) fn of(score: &Score<'_>, bar: usize, first: bool) -> Self {
        let bars = || score.parts.iter().filter_map(|part| part.bars.get(bar));
        let widest = |widths: &mut dyn Iterator<Item = f32>| widths.fold(0.0, f32::max);
        let clef_width = widest(
            &mut bars()
                .map(|bar| clef::sign(bar.clef, false).map_or(0.0, |(sign, scale, _)| sign.width() * scale)),
        );
        let key_width =
            widest(&mut bars().map(|bar| signature::key_width(&bar.signature, &[None; 7], bar.clef)));
        let metre_width = if first || metre_changes(score, bar) {
            widest(&mut bars().map(|bar| signature::metre_width(bar.metre)))
        } else {
            0.0
        };
        let clef = BEFORE_CLEF;
        let key = clef + clef_width + if clef_width > 0.0 { AFTER_CLEF } else { 0.0 };
        let mut end = key + key_width;
        let mut metre = None;
        if metre_width > 0.0 {
            let at = if key_width > 0.0 { end + AFTER_KEY } else { end };
            metre = Some(at);
            end = at + metre_width;
        } else if key_width == 0.0 {
            end -= AFTER_CLEF;
        }
        let opens = score
            .boundaries
            .get(bar)
            .map_or(0.0, |boundary| bar_line::width(boundary.line, bar_line::Place::Start));
        let line = end + 0.8;
        if opens > 0.0 {
            end = line + opens;
        }
        Self { clef, key, metre, line, end }
    }
}

/// Whether a metre that begins with this bar is drawn.
pub(super) fn metre_changes(score: &Score<'_>, bar: usize) -> bool {
    score
        .parts
        .iter()
        .any(|part| part.bars.get(bar).is_some_and(|bar| bar.metre_changes && *bar.metre != Metre::Free))
}

/// What is said at the end of a system of what changes with the next one, for a part: the new key with
/// what it takes back, and the new metre.
pub(super) fn courtesy<'s>(
    score: &'s Score<'_>,
    part: usize,
    bar: usize,
) -> (Option<(Signature, Signature)>, Option<&'s Metre>) {
    let Some(part) = score.parts.get(part) else { return (None, None) };
    let (Some(before), Some(after)) = (bar.checked_sub(1).and_then(|b| part.bars.get(b)), part.bars.get(bar))
    else {
        return (None, None);
    };
    let key = after.key_changes.then(|| {
        // The key may have changed again within the bar before.
        (after.signature, signature::cancelled(&before.signature, &after.signature))
    });
    let metre = (after.metre_changes && *after.metre != Metre::Free).then_some(after.metre);
    (key, metre)
}

/// The room before each sign of [`courtesy`].
pub(super) const COURTESY_GAP: f32 = 0.6;

/// The width of what is said at the end of a system that ends before this bar.
pub(super) fn courtesy_width(score: &Score<'_>, bar: usize) -> f32 {
    let (key, metre) = courtesy_widths(score, bar);
    [key, metre].into_iter().filter(|&width| width > 0.0).map(|width| width + COURTESY_GAP).sum()
}

/// The widths of key and metre at the end of a system that ends before this bar; 0 for none.
pub(super) fn courtesy_widths(score: &Score<'_>, bar: usize) -> (f32, f32) {
    let (mut keys, mut metres) = (0.0_f32, 0.0_f32);
    for (i, part) in score.parts.iter().enumerate() {
        let (key, metre) = courtesy(score, i, bar);
        if let (Some((signature, cancelled)), Some(bar)) = (key, part.bars.get(bar)) {
            keys = keys.max(signature::key_width(&signature, &cancelled, bar.clef));
        }
        metres = metres.max(metre.map_or(0.0, signature::metre_width));
    }
    (keys, metres)
}
