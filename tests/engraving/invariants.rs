//! Of any tune at any width: every note is drawn once and knows its bytes, nothing collides that should not, bars and
//! systems are in order, and everything stays on the paper.

use std::collections::HashMap;
use std::fs;
use std::iter;
use std::path::Path;

use proptest::prelude::*;
use reelsmith::abc::{Kind, Span, Tune, parse};
use reelsmith::engrave::{Breaks, Ink, Item, Options, Point, Rect, Role, Sheet, engrave};
use reelsmith::music::Fraction;

use super::is_head;
use crate::corpus::corpus;

fn fixtures() -> Vec<Tune> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let files = ["public-domain.abc", "tunes.abc", "engraving.abc"];
    files.iter().flat_map(|file| parse(&fs::read_to_string(folder.join(file)).unwrap()).tunes).collect()
}

/// How many tied notes a duration takes: one with up to three dots, or the fewest with a dot at most, if that is
/// no more than three; else one.
fn heads_of(duration: Fraction) -> usize {
    const WHOLE: i64 = 2048;
    let parts = duration.numerator().saturating_mul(WHOLE);
    if parts % duration.denominator() != 0 {
        return 1;
    }
    let parts = parts / duration.denominator();
    let plain = || iter::once(2 * WHOLE).chain((0..=8).map(|log| WHOLE >> log));
    let dotted: Vec<i64> = plain().flat_map(|note| [note, note * 3 / 2]).collect();
    if dotted.contains(&parts) || plain().any(|note| note * 7 / 4 == parts || note * 15 / 8 == parts) {
        return 1;
    }
    let two = |parts: i64| dotted.iter().any(|note| dotted.contains(&(parts - note)));
    if two(parts) {
        return 2;
    }
    if dotted.iter().any(|note| two(parts - note)) { 3 } else { 1 }
}

/// The bytes of every head of a note, chords counted note by note. In a tuplet each is one note.
fn written(tune: &Tune) -> Vec<Span> {
    let mut spans = Vec::new();
    for voice in &tune.voices {
        let mut in_tuplet = 0;
        for element in &voice.elements {
            let heads = |duration| if in_tuplet > 0 { 1 } else { heads_of(duration) };
            match &element.kind {
                Kind::Tuplet(tuplet) => {
                    in_tuplet = in_tuplet.max(tuplet.notes);
                    continue;
                }
                Kind::Note(note) => spans.extend(iter::repeat_n(element.span, heads(note.duration))),
                Kind::Chord(chord) => {
                    for (span, _) in &chord.notes {
                        spans.extend(iter::repeat_n(*span, heads(chord.duration)));
                    }
                }
                Kind::Rest(_) => {}
                _ => continue,
            }
            in_tuplet = in_tuplet.saturating_sub(1);
        }
    }
    spans.sort();
    spans
}

/// Grace notes without a note after them are not drawn, so they are looked at apart.
fn grace(tune: &Tune) -> Vec<Span> {
    let elements = tune.voices.iter().flat_map(|voice| &voice.elements);
    let groups = elements.filter_map(|element| match &element.kind {
        Kind::Grace(grace) => Some(grace),
        _ => None,
    });
    let mut spans: Vec<Span> = groups.flat_map(|grace| grace.notes.iter().map(|(span, _)| *span)).collect();
    spans.sort();
    spans
}

fn check_notes(tune: &Tune, sheet: &Sheet) {
    let drawn = |items: &mut dyn Iterator<Item = &Item>| {
        let mut spans: Vec<Span> = items.filter_map(|item| item.span).collect();
        spans.sort();
        spans
    };
    let written = written(tune);
    let grace = grace(tune);
    let all = drawn(&mut sheet.items.iter().filter(|item| is_head(item)));
    let mut both = [written.clone(), grace].concat();
    both.sort();
    let mut left = both.clone();
    for span in &all {
        let at =
            left.binary_search(span).unwrap_or_else(|_| panic!("{span:?} is drawn twice, or is no note"));
        left.remove(at);
    }
    assert!(left.iter().all(|span| written.binary_search(span).is_err()), "notes are missing: {left:?}");
}

fn check_paper(sheet: &Sheet) {
    for item in &sheet.items {
        let bounds = item.ink.bounds();
        let slack = 0.15;
        assert!(
            bounds.min.x >= -slack
                && bounds.min.y >= -slack
                && bounds.max.x <= sheet.width + slack
                && bounds.max.y <= sheet.height + slack,
            "{item:?} leaves the sheet of {} by {}: {bounds:?}",
            sheet.width,
            sheet.height
        );
    }
}

fn check_order(sheet: &Sheet) {
    let mut last = None;
    let mut from = None;
    for (i, system) in sheet.systems.iter().enumerate() {
        assert!(system.items.end <= sheet.items.len());
        if let Some(from) = from {
            assert_eq!(system.items.start, from, "the items of systems follow each other");
        }
        from = Some(system.items.end);
        if let Some(above) = i.checked_sub(1).map(|above| &sheet.systems[above]) {
            assert!(above.extent.max.y <= system.extent.min.y, "systems {i} overlap");
        }
        let mut x = f32::MIN;
        for bar in &system.bars {
            assert!(bar.extent.min.x >= x - 1e-3 && bar.extent.max.x > bar.extent.min.x, "{bar:?}");
            x = bar.extent.max.x;
            let next = last.map_or(0, |last| last + 1);
            assert!(bar.number == next || Some(bar.number) == last, "bar {} after {last:?}", bar.number);
            last = Some(bar.number);
        }
        assert!(system.staves.max.x <= sheet.width + 0.1);
    }
}

/// Every head lies in the bar whose bytes it has.
fn check_bars(sheet: &Sheet) {
    for system in &sheet.systems {
        for item in sheet.items[system.items.clone()].iter().filter(|item| is_head(item)) {
            let bounds = item.ink.bounds();
            let middle = (bounds.min.x + bounds.max.x) / 2.0;
            let bar = system.bars.iter().find(|bar| (bar.extent.min.x..=bar.extent.max.x).contains(&middle));
            assert!(bar.is_some(), "{item:?} is in no bar");
            // Grace notes before a bar line stand behind it, with the note they belong to.
            let Some(span) = item.span.filter(|_| matches!(item.ink, Ink::Glyph { scale: 1.0, .. })) else {
                continue;
            };
            let owner = system.bars.iter().find(|bar| (bar.span.start..bar.span.end).contains(&span.start));
            if let (Some(owner), Some(bar)) = (owner, bar) {
                assert_eq!(owner.number, bar.number, "{item:?}");
            }
        }
    }
}

/// What touches and may not. Glyphs and words: none may touch another, but for those of the same bytes (a
/// flag its head, a bracket its accidental) and the heads of a unison. Upright lines, which are stems and
/// the hooks of brackets: no word, chord symbol or mark may touch one of other bytes. Beams, slurs and
/// hairpins slant, so that rectangles say nothing about them.
fn collisions(sheet: &Sheet) -> Vec<(Item, Item)> {
    let mut found = Vec::new();
    for system in &sheet.systems {
        let mut solid: Vec<(Rect, &Item)> = sheet.items[system.items.clone()]
            .iter()
            .filter(|item| match item.ink {
                Ink::Glyph { .. } | Ink::Text { .. } => true,
                Ink::Line { from, to, .. } => from.x == to.x && item.role != Role::BarLine,
                _ => false,
            })
            .map(|item| (shrunk(item), item))
            .collect();
        solid.sort_by(|a, b| a.0.min.x.total_cmp(&b.0.min.x));
        for (i, (a, first)) in solid.iter().enumerate() {
            for (b, second) in &solid[i + 1..] {
                if b.min.x >= a.max.x {
                    break;
                }
                let together = first.span.is_some() && first.span == second.span;
                let unison = is_head(first) && is_head(second) && a.min.x == b.min.x && a.min.y == b.min.y;
                let line = |item: &Item| matches!(item.ink, Ink::Line { .. });
                let sign =
                    |item: &Item| !line(item) && matches!(item.role, Role::Mark | Role::Chord | Role::Words);
                let allowed =
                    if line(first) || line(second) { !sign(first) && !sign(second) } else { unison };
                if a.overlaps(b) && !together && !allowed {
                    found.push(((*first).clone(), (*second).clone()));
                }
            }
        }
    }
    found
}

/// The rectangle of a glyph's middle: corners of letters and of slanted signs are empty.
fn shrunk(item: &Item) -> Rect {
    let Rect { min, max } = item.ink.bounds();
    if matches!(item.ink, Ink::Line { .. }) {
        return Rect { min, max };
    }
    let (dx, dy) = ((max.x - min.x) * 0.14, (max.y - min.y) * 0.14);
    // Few words have both ascenders and descenders.
    let dy = if matches!(item.ink, Ink::Text { .. }) { (max.y - min.y) * 0.25 } else { dy };
    Rect { min: Point { x: min.x + dx, y: min.y + dy }, max: Point { x: max.x - dx, y: max.y - dy } }
}

pub(super) fn check(tune: &Tune, options: &Options) -> Sheet {
    let sheet = engrave(tune, options);
    assert_eq!(sheet.width, options.width);
    if tune.directive("score").is_none() && tune.directive("staves").is_none() {
        check_notes(tune, &sheet);
    }
    check_paper(&sheet);
    check_order(&sheet);
    if tune.voices.len() == 1 {
        check_bars(&sheet);
    }
    sheet
}

#[test]
fn fixtures_are_drawn_without_fault_at_any_width() {
    for tune in &fixtures() {
        for width in [30.0, 70.0, 108.0, 200.0] {
            for breaks in [Breaks::Text, Breaks::Fit, Breaks::Bars(4)] {
                let options = Options { width, breaks, ..Options::default() };
                check(tune, &options);
            }
        }
        let sheet = check(tune, &Options::default());
        let collisions = collisions(&sheet);
        assert!(collisions.is_empty(), "{:?}: {collisions:#?}", tune.title());
    }
}

#[test]
fn the_corpus_is_drawn_without_fault() {
    let Some(tunes) = corpus("train.json") else { return };
    let options = Options::default();
    let (mut collided, mut found) = (0, HashMap::new());
    let every = std::env::var("REELSMITH_EVERY").ok().and_then(|n| n.parse().ok());
    let step = every.unwrap_or(if cfg!(debug_assertions) { 40 } else { 1 });
    let tunes: Vec<&String> = tunes.iter().step_by(step).collect();
    for text in &tunes {
        let parsed = parse(text);
        let sheet = check(&parsed.tunes[0], &options);
        let collisions = collisions(&sheet);
        collided += usize::from(!collisions.is_empty());
        if let Some((a, b)) = collisions.first() {
            println!("{:?} touches {:?} in\n{text}", a.ink, b.ink);
        }
        for (a, b) in collisions {
            *found.entry((a.role, b.role)).or_insert(0) += 1;
        }
    }
    println!("{collided} of {} tunes have collisions: {found:?}", tunes.len());
    assert!(collided * 10_000 <= tunes.len(), "{collided} of {} tunes: {found:?}", tunes.len());
}

/// Music that makes sense.
fn music() -> impl Strategy<Value = String> {
    let pitch = prop::sample::select(vec![
        "D", "F", "A", "^c", "e", "_b", "=g", "d'", "A,", "[DF]", "[Ace]", "[DEF]",
    ]);
    let length = prop::sample::select(vec!["", "", "2", "/", "3/2", "4", "3", "5", "8", "9/2", "//"]);
    let before = prop::sample::select(vec![
        "",
        "",
        "",
        "",
        "{g}",
        "{/ag}",
        "\"Bm7\"",
        "\"^up\"",
        "~",
        ".",
        "(3",
        "!trill!",
        "!f!",
        "u",
        "\"F#m/C#\"",
        "!5!",
        "!fermata!",
        "!>!",
    ]);
    let after =
        prop::sample::select(vec!["", "", "", " ", " ", "|", "-", "z", ":|", "|1", "||", "|\n", "&", "y"]);
    let piece = (before, pitch, length, after).prop_map(|(a, b, c, d)| format!("{a}{b}{c}{d}"));
    (
        prop::sample::select(vec!["C", "D", "Ebm", "F#", "HP", "D exp _b", "C clef=bass", "Am clef=alto"]),
        prop::collection::vec(piece, 1..80),
    )
        .prop_map(|(key, pieces)| format!("X:1\nT:Any\nL:1/8\nM:4/4\nK:{key}\n{}|]\n", pieces.concat()))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(192))]

    #[test]
    fn any_music_stays_on_the_paper_and_in_its_bars(text in music(), width in 20.0_f32..180.0, breaks in 0..3) {
        let parsed = parse(&text);
        let breaks = [Breaks::Text, Breaks::Fit, Breaks::Bars(3)][breaks as usize];
        check(&parsed.tunes[0], &Options { width, breaks, cautionary_accidentals: true, ..Options::default() });
    }

    #[test]
    fn any_text_gets_a_sheet(text in crate::abc::pieces(), width in 0.0_f32..300.0) {
        for tune in &parse(&text).tunes {
            let sheet = engrave(tune, &Options { width, ..Options::default() });
            prop_assert!(sheet.height.is_finite() && sheet.height < 1e6);
            for item in &sheet.items {
                let bounds = item.ink.bounds();
                prop_assert!(bounds.min.x.is_finite() && bounds.max.y.is_finite(), "{item:?}");
            }
        }
    }
}
