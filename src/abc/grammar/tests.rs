use super::*;
use crate::abc::parse;
use crate::music::{Mode, Name};
use proptest::prelude::*;

fn d_major() -> Key {
    Key::new(Name::from_fifths(2), Mode::Major)
}

/// A tune in D, in bars of `bar` quaver quarters, whatever its notes and form.
fn any(metre: &str, bar: u8, most: u16) -> Spec {
    Spec::any(format!("X:1\nL:1/8\nM:{metre}\nK:D\n"), d_major(), bar, most)
}

fn accepts(spec: &Spec, music: &str) -> Result<(), String> {
    let mut grammar = Grammar::new(spec.clone()).unwrap();
    let text = format!("{}{music}", spec.header);
    match grammar.read_text(&grammar.start(), &text) {
        Ok(state) if grammar.may_end(&state) => Ok(()),
        Ok(state) => Err(format!("not whole: {state:?}")),
        Err((offset, state)) => Err(format!("{} ‸ {}\n{state:?}", &text[..offset], &text[offset..])),
    }
}

#[test]
fn tunes_of_the_dialect_are_read() {
    let spec = any("6/8", 24, 2000);
    for music in [
        " D3 E3 | D6 ||",
        " D3 E3 | D6 |]",
        " D3 E3 | D6 :|",
        "|: D3 E3 | D6 :: D3 E3 | D6 :|",
        "|: D3 E3 |1 D6 :|2 D6 |]",
        " d | D3 E3 | D3 D2 :: d | D6 | D3 D2 :|",
        " d |: D3 E3 | D6 :: D6 | D6 :|",
        "|: d | D3 E3 |1 D3 D2 :|2 D6 |: D3 E3 | D6 :|",
        "|: d | D3 E3 |1 D3 D2 :|2 D3 D2 |: d | D3 E3 | D3 D2 :|",
        " D3 E3 | \n D6 || \n E6 | D6 ||",
        " (DEF) A>B ^c | (3DEF G2- G2 |\"D7/F#\" {/g}f3 [DFA]3 ||",
        " D3-D3- | D6 ||",
        " (D3 E3 | F)D2 D3 ||",
    ] {
        accepts(&spec, music).unwrap();
    }
}

#[test]
fn what_is_not_of_the_dialect_is_stopped_at_once() {
    let spec = any("6/8", 24, 2000);
    let stop = |music: &str| {
        let mut grammar = Grammar::new(spec.clone()).unwrap();
        let text = format!("{}{music}", spec.header);
        grammar.read_text(&grammar.start(), &text).err().map(|(offset, _)| offset - spec.header.len())
    };
    for (music, at) in [
        ("D", 0),
        (" D3 E3 D", 7),
        (" D3 E3  |", 7),
        (" D3 E3 | D3-E", 12),
        (" D3 E3 | D3- |:", 13),
        (" (D)", 3),
        (" (D(E", 4),
        (" (3DEF2", 6),
        (" A>B2", 4),
        (" D3 E3 :| D3 E3 :|", 16),
        (" {gf}", 3),
        (" {g}D/", 5),
        (" ~[", 2),
        (" \"H", 2),
        (" D3 E3 |1 D6 ||", 14),
        (" D3 E3 \n", 7),
        (" [D]", 3),
        (" [FD]", 3),
        (" ^F3-", 4),
        (" D3 E3 | D6 || \n", 99),
    ] {
        assert_eq!(stop(music).unwrap_or(99), at, "{music:?}");
    }
}

#[test]
fn the_form_asked_for_is_the_form_written() {
    let mut spec = any("6/8", 24, 2000);
    spec.form = Some("4 2: 2:1".parse().unwrap());
    accepts(&spec, " d | D6 | D5 :: d | D6 |1 D5 :|2 D5 ||").unwrap();
    accepts(&spec, "|: d | D6 | D5 :| \n|: d | D6 |1 D5 :|2 D5 |]").unwrap();
    for wrong in [
        " D6 | D6 :| D6 | D6 :|",
        " d | D5 :|",
        " d | D6 | D6",
        " d | D6 | D5 :: d | D6 | D5 :|",
        " d | D6 | D5 :| d",
    ] {
        assert!(accepts(&spec, wrong).is_err(), "{wrong}");
    }
    let mut grammar = Grammar::new(spec.clone()).unwrap();
    let start = grammar.start();
    assert_eq!(grammar.finish(&start), format!("{} d|d6|d5::d|d6|1d5:|2d5||", spec.header));
}

#[test]
fn wishes_about_notes_are_kept() {
    let mut spec = any("6/8", 24, 2000);
    spec.pitches = PitchSet::ALL.within(62..=83).of_classes(classes_of(&d_major()));
    spec.home = Some(1 << 2);
    accepts(&spec, " DFA ^fab | d6 ||").unwrap();
    for wrong in [" C", " =c", " ^G", " d'", " D6 | A6 ||", " D6 | z6 ||", " D6 | ^d"] {
        assert!(accepts(&spec, wrong).is_err(), "{wrong}");
    }
    accepts(&spec, " D6 | D5 d/d/ ||").unwrap();
    spec.long_end = true;
    accepts(&spec, " D6 | D5 d ||").unwrap();
    assert!(accepts(&spec, " D6 | D5 d/d/ ||").is_err());
    assert!(
        accepts(&spec, " D6 | D4 (3d/d/d/d ||").is_ok() && accepts(&spec, " D6 | D5 (3d/d/d/ ||").is_err()
    );
    spec.chords = Chords::Always;
    accepts(&spec, "\"D\" D6 | D6 ||").unwrap();
    assert!(accepts(&spec, " D").is_err());
    spec.chords = Chords::Never;
    assert!(accepts(&spec, " \"").is_err());
}

#[test]
fn what_swings_has_broken_pairs_where_pairs_begin_not_after_a_chord_and_no_ties() {
    let mut spec = any("4/4", 32, 2000);
    for (swings, well) in [(false, true), (true, false)] {
        spec.swings = swings;
        accepts(&spec, " A>B c2 d>e f2 ||").unwrap();
        assert_eq!(accepts(&spec, " c A>B c4 c ||").is_ok(), well);
        assert_eq!(accepts(&spec, " c2 A2-A4 ||").is_ok(), well);
        assert_eq!(accepts(&spec, " c2 A2>B2 c2 ||").is_ok(), well, "a pair of longer notes");
        assert_eq!(accepts(&spec, " [Ac]2 A>Bc2 d2 ||").is_ok(), well, "after a chord");
        accepts(&spec, " A>Bc2 [Ac]2 d2 | A>B c6 ||").unwrap();
    }
}

/// Draws a text under the mask, rare characters as often as common ones, until `patience` runs out,
/// then finishes it.
fn walk(spec: &Spec, choices: &[u8]) -> String {
    let mut grammar = Grammar::new(spec.clone()).unwrap();
    let mut text = spec.header.clone();
    let start = grammar.start();
    let mut state = grammar.read_text(&start, &text).unwrap();
    for &choice in choices {
        let mask = grammar.mask(&state);
        let taken = (0..128u8).filter(|&b| grammar.step(&state, b.into()).is_some());
        let taken = taken.fold(0u128, |taken, b| taken | 1 << b);
        assert_eq!(mask.characters, taken, "{text:?}: a mask is what may be taken");
        let least = grammar.least(&state);
        assert!(mask.count() > 0 && least < NEVER, "a dead end: {text:?} {state:?}");
        assert!(usize::from(least) + text.len() <= spec.most.into(), "{text:?}");
        // Letters are one choice among all signs.
        let allowed: Vec<u8> = (0..128).filter(|&b| mask.characters >> b & 1 == 1).collect();
        let signs: Vec<u8> = allowed.iter().copied().filter(|b| !b.is_ascii_alphabetic()).collect();
        let letters: Vec<u8> = allowed.iter().copied().filter(|b| b.is_ascii_alphabetic()).collect();
        let from = if letters.is_empty() || choice % 3 > 0 && !signs.is_empty() { &signs } else { &letters };
        if from.is_empty() || mask.end && choice > 240 {
            break;
        }
        let byte = from[usize::from(choice / 3) % from.len()];
        text.push(byte.into());
        state = grammar.step(&state, byte.into()).unwrap();
    }
    let least = grammar.least(&state);
    let end = grammar.finish(&state);
    assert_eq!(end.len(), usize::from(least), "{text:?} + {end:?}");
    text + &end
}

fn check(text: &str) {
    let parsed = parse(&format!("{text}\n"));
    assert!(parsed.diagnostics.is_empty(), "{text}\n{:#?}", parsed.diagnostics);
}

fn specs() -> impl Strategy<Value = Spec> {
    let metre = prop::sample::select(vec![("6/8", 24), ("4/4", 32), ("2/4", 16), ("9/8", 36), ("3/4", 24)]);
    let form = prop::sample::select(vec![
        None,
        Some("0 2: 2:1"),
        Some("4 4: 4"),
        Some("(4) 2: 2:"),
        Some("4 2:1 2:1"),
        Some("0 1 1"),
        Some("2 3:2"),
    ]);
    let chords = prop::sample::select(vec![Chords::Any, Chords::Never, Chords::Always]);
    let (home, long_end, whistle) = (any_bool(), any_bool(), any_bool());
    (metre, form, chords, home, long_end, whistle, 200u16..700).prop_map(
        |((metre, bar), form, chords, home, long_end, whistle, most)| {
            let mut spec = any(metre, bar, most);
            spec.form = form.map(|form| form.parse().unwrap());
            spec.chords = chords;
            spec.home = home.then_some(1 << 2);
            spec.long_end = long_end;
            if whistle {
                spec.pitches = PitchSet::ALL.within(62..=83).of_classes(classes_of(&d_major()) | 1);
            }
            spec
        },
    )
}

fn any_bool() -> impl Strategy<Value = bool> {
    prop_oneof![Just(true), Just(false)]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]
    #[test]
    fn random_walks_and_their_ends_are_read_without_a_word(
        spec in specs(),
        choices in prop::collection::vec(0u8..=255, 0..400),
    ) {
        check(&walk(&spec, &choices));
    }
}

/// Every state of every tune in 2/4 of two sections of two bars, without ornaments, chords and what
/// else would only make more of the same, is met, and from each the tune can be ended.
#[test]
fn every_state_of_a_small_form_reaches_the_end() {
    for (form, long_end) in [("0 2: 2:", false), ("4 2 2:1", true), ("(2) 2:1 2", false), ("0 2 2:1", true)] {
        let mut spec = any("2/4", 8, 200);
        spec.form = Some(form.parse().unwrap());
        spec.ornaments = false;
        spec.chords = Chords::Never;
        // Two notes are enough to tie, to slur and to tell home from away.
        spec.pitches = PitchSet::ALL.within(73..=74);
        spec.home = Some(1 << 2);
        spec.long_end = long_end;
        let mut grammar = Grammar::new(spec.clone()).unwrap();
        let start = grammar.start();
        let mut open = vec![grammar.read_text(&start, &spec.header).unwrap()];
        // Where a text stands does not depend on how long it is, as long as it may be longer.
        let mut seen = std::collections::HashSet::new();
        let mut ends = 0;
        while let Some(state) = open.pop() {
            let state = State { written: 20, ..state };
            if !seen.insert(state) {
                continue;
            }
            let least = grammar.least(&state);
            let mut nearest = NEVER;
            for byte in std::iter::once(b'\n').chain(b' '..=b'~') {
                if let Some(next) = grammar.read(&state, byte) {
                    let rest = grammar.least(&next);
                    // What is read and cannot be finished is never allowed.
                    assert_eq!(rest < NEVER, grammar.step(&state, byte.into()).is_some());
                    nearest = nearest.min(rest + 1);
                    if rest < NEVER {
                        open.push(next);
                    }
                }
            }
            if grammar.may_end(&state) {
                (ends, nearest) = (ends + 1, 0);
            }
            assert_eq!(least, nearest, "the shortest completion is exact: {state:?}");
        }
        assert!(ends > 2 && seen.len() > 50_000, "{} states, {ends} ends", seen.len());
        println!("{form}: {} states, {ends} ends", seen.len());
    }
}
