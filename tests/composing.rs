//! Tunes are valid by construction and do what they are told.

use std::fs;
use std::num::NonZeroUsize;
use std::path::Path;
use std::process::{Command, Stdio};

use reelsmith::abc::grammar::{Chords, Pickup};
use reelsmith::abc::{Kind, parse};
use reelsmith::compose::habits::free_grammar;
use reelsmith::compose::plan::grants;
use reelsmith::compose::{
    Aim, ComposeError, Composition, Facts, Instrument, Ornaments, Request, WishError, Wishes, compose_many,
    now, thread_pool,
};
use reelsmith::model::{DeviceName, Network, open_device};
use reelsmith::music::{Metre, Mode, Name};
use reelsmith::perform::TuneType;
use reelsmith::settings::open_checkpoint;

fn network() -> Network {
    let (checkpoint, _) = open_checkpoint(None).unwrap();
    Network::new(&checkpoint, open_device(DeviceName::Cpu).unwrap(), None).unwrap()
}

fn write(network: &Network, request: &Request, count: u64) -> Vec<Composition> {
    let pool = thread_pool(NonZeroUsize::new(2)).unwrap();
    compose_many(network, request, count, &now(), &pool).into_iter().map(Result::unwrap).collect()
}

/// Wishes of every kind, a different set for every number.
fn wishes(number: usize) -> Wishes {
    let of = |n: usize, of: usize| number / n % of;
    Wishes {
        tune_type: (of(1, 3) > 0).then_some(TuneType::COMMON[number * 7 % TuneType::COMMON.len()]),
        tonic: (of(1, 4) == 1).then_some(Name::from_fifths(number as i32 % 6 - 2)),
        mode: (of(1, 4) == 1).then_some([Mode::Major, Mode::Minor, Mode::Dorian, Mode::Mixolydian][of(3, 4)]),
        parts: [None, Some(1), Some(2), Some(3)][of(2, 4)],
        bars: [None, Some(4), Some(8), None, Some(5)][of(1, 5)],
        repeats: [None, Some(true), None, Some(false)][of(5, 4)],
        endings: [None, None, Some(false), None][of(7, 4)],
        pickup: [None, Some(true), Some(false)][of(2, 3)],
        instrument: [None, Some(Instrument::Flute), Some(Instrument::Fiddle)][of(4, 3)],
        in_key: of(1, 2) == 1,
        ends_home: of(2, 2) == 1,
        chords: [Chords::Any, Chords::Never, Chords::Always][of(1, 3)],
        ornaments: [Ornaments::Any, Ornaments::None, Ornaments::Light, Ornaments::Full][of(3, 4)],
        ..Wishes::default()
    }
}

/// That a tune is read without a word and is what was wished for.
fn check(tune: &Composition, wishes: &Wishes) {
    let abc = tune.abc(1, "x");
    let parsed = parse(&abc);
    assert!(parsed.diagnostics.is_empty(), "{abc}\n{:#?}", parsed.diagnostics);
    let read = &parsed.tunes[0];
    let facts = Facts::of(read).unwrap();
    let form = free_grammar(&tune.text).and_then(|(mut grammar, _)| grammar.form(&tune.text));
    let form = form.unwrap_or_else(|| panic!("{abc}"));
    assert!(grants(wishes, &form), "{form}: {wishes:?}\n{abc}");
    assert_eq!(wishes.pickup.unwrap_or(form.pickup != Pickup::None), form.pickup != Pickup::None);
    let key = read.key.key.unwrap();
    assert!(wishes.tonic.is_none_or(|tonic| key.tonic() == Some(tonic)), "{abc}");
    assert!(wishes.mode.is_none_or(|mode| key.mode() == Some(mode)), "{abc}");
    assert!(!wishes.ends_home || facts.last == 0, "{abc}");
    assert!(!wishes.in_key || facts.in_key == 1.0, "{abc}");
    if let Some(instrument) = wishes.instrument {
        assert!(
            instrument.range().contains(&facts.range.0) && instrument.range().contains(&facts.range.1),
            "{abc}"
        );
    }
    let elements = || read.voices[0].elements.iter().map(|element| &element.kind);
    let symbols = elements().filter(|kind| matches!(kind, Kind::ChordSymbol(_))).count();
    match wishes.chords {
        Chords::Any => {}
        Chords::Never => assert_eq!(symbols, 0, "{abc}"),
        Chords::Always => assert!(symbols >= form.sections.len(), "{abc}"),
    }
    let ornaments = elements().filter(|kind| matches!(kind, Kind::Grace(_) | Kind::Decoration(_))).count();
    assert!(wishes.ornaments != Ornaments::None || ornaments == 0, "{abc}");
}

/// Composes tunes with wishes of every kind, checks them, and returns them as a tunebook.
fn batch(count: usize, temperature: f32) -> String {
    let network = network();
    let mut book = String::new();
    let (mut lost, mut characters) = (0.0, 0);
    for number in 0..count.div_ceil(4) {
        let wishes = wishes(number);
        let request =
            Request { wishes: wishes.clone(), temperature, seed: number as u64, ..Request::default() };
        for tune in write(&network, &request, 4) {
            check(&tune, &wishes);
            let strain = tune.strain.clone().unwrap();
            lost += strain.total();
            characters += strain.characters;
            book += &format!("{}\n", tune.abc(book.matches("X:").count() + 1, "x"));
        }
    }
    println!(
        "{count} tunes at {temperature}: {:.4} nats a character lost to the mask",
        lost / characters as f64
    );
    book
}

fn run(command: &mut Command) -> Option<String> {
    let out = command.stdin(Stdio::null()).output().ok()?;
    Some(String::from_utf8_lossy(&out.stdout).into_owned())
}

/// abc2midi and the counter of bars.py, where they are there.
fn ask_others(book: &str) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("tunes.abc");
    fs::write(&file, book).unwrap();
    match run(Command::new("abc2midi").arg(&file).arg("-c").current_dir(&folder)) {
        Some(said) => {
            let is_fault = |line: &&str| {
                // It has no rhythm of its own for chords in 3/2, and says so.
                (line.starts_with("Error") || line.starts_with("Warning"))
                    && !line.contains("no default gchord")
            };
            let faults: Vec<&str> = said.lines().filter(is_fault).collect();
            assert!(faults.is_empty(), "{faults:#?}\n{book}");
        }
        None => eprintln!("skipped: there is no abc2midi"),
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/bars.py");
    match run(Command::new("python3").arg(script).arg(&file)) {
        Some(said) => assert!(said.ends_with(", 0 with a bar of the wrong length\n"), "{said}\n{book}"),
        None => eprintln!("skipped: there is no python3"),
    }
}

#[test]
fn composed_tunes_are_valid_and_as_wished() {
    for temperature in [0.8, 1.2] {
        ask_others(&batch(16, temperature));
    }
}

#[test]
#[ignore = "a minute in a release build: cargo test --release a_thousand_composed_tunes -- --ignored"]
fn a_thousand_composed_tunes_are_valid_and_as_wished() {
    for temperature in [0.8, 1.2] {
        ask_others(&batch(1000, temperature));
    }
}

#[test]
fn contradictory_wishes_are_refused_before_anything_is_written() {
    let network = network();
    let refused = |wishes: Wishes| {
        let request = Request { wishes, ..Request::default() };
        let pool = thread_pool(NonZeroUsize::new(1)).unwrap();
        match compose_many(&network, &request, 1, &now(), &pool).remove(0) {
            Err(ComposeError::Wish(error)) => error,
            other => panic!("{other:?}"),
        }
    };
    let slip_jig = Some(TuneType::SlipJig);
    let error = refused(Wishes { tune_type: slip_jig, metre: Some(Metre::new(4, 4)), ..Wishes::default() });
    assert_eq!(error.to_string(), "A slip jig needs 9/8. Change the metre or the tune type.");
    let error = refused(Wishes { endings: Some(true), repeats: Some(false), ..Wishes::default() });
    assert_eq!(error, WishError::Endings);
    let error = refused(Wishes { parts: Some(9), ..Wishes::default() });
    assert_eq!(error, WishError::Size);
    let parts = refused(Wishes { parts: Some(8), bars: Some(32), ..Wishes::default() });
    assert!(matches!(parts, WishError::TooLong { bars: 256.., .. }), "{parts}");
    // A whistle in D has no E flat.
    let e_flat = Some(Name::from_fifths(-3));
    let whistle = Some(Instrument::WhistleD);
    let error = refused(Wishes {
        tonic: e_flat,
        mode: Some(Mode::Major),
        instrument: whistle,
        ends_home: true,
        ..Wishes::default()
    });
    assert!(matches!(error, WishError::Spec(_)), "{error}");
}

#[test]
fn a_prompt_is_carried_on_and_what_is_no_part_of_the_dialect_is_named() {
    let network = network();
    let header = "X:1\nL:1/8\nM:6/8\nK:G\n";
    let compose = |music: &str, change: &dyn Fn(&mut Request)| {
        let mut request = Request { prompt: format!("{header}{music}"), ..Request::default() };
        change(&mut request);
        let pool = thread_pool(NonZeroUsize::new(1)).unwrap();
        compose_many(&network, &request, 1, &now(), &pool).remove(0)
    };
    let first = "|: GAB AGE | GED DEG | GAB AGE | A3 G3 :| ";
    let two = compose(first, &|request| request.aim = Aim::Section).unwrap();
    assert!(two.text.starts_with(&format!("{header}{first}")), "{}", two.text);
    let (mut grammar, _) = free_grammar(&two.text).unwrap();
    assert_eq!(grammar.form(&two.text).unwrap().sections.len(), 2, "{}", two.text);
    let begun = "|: GAB AGE | GED DEG | ";
    let ended = compose(begun, &|request| request.aim = Aim::Ending).unwrap();
    let (mut grammar, _) = free_grammar(&ended.text).unwrap();
    assert_eq!(grammar.form(&ended.text).unwrap().sections.len(), 1, "{}", ended.text);
    let wrong = "|: GAB AGE | GED \"^slow\" DEG | ";
    match compose(wrong, &|_| ()) {
        Err(ComposeError::Wish(WishError::Outside { offset, line, column, found })) => {
            assert_eq!((offset, line, column, found), (header.len() + 18, 5, 19, '^'));
        }
        other => panic!("{other:?}"),
    }
    let cut = compose(wrong, &|request| request.cut = true).unwrap();
    assert!(cut.text.starts_with(&format!("{header}|: GAB AGE | ")), "{}", cut.text);
    let raw = compose(wrong, &|request| request.raw = true).unwrap();
    assert!(raw.abc(1, "x").contains("%%reelsmith grammar off\n") && raw.strain.is_none());
}

#[test]
fn nothing_is_drawn_without_the_mask_but_what_is_asked_for_raw() {
    // The sampler draws in three places: under the grammar, where `raw` has left it out, and for single bars
    // under theirs.
    let mut calls = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("src")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).unwrap();
                let own = text.split("#[cfg(test)]").next().unwrap();
                let here = own.matches("sampler.draw(").count() + own.matches("Sampler::draw").count();
                calls.extend(std::iter::repeat_n(path.file_name().unwrap().to_owned(), here));
            }
        }
    }
    calls.sort();
    assert_eq!(calls, ["draft.rs", "draft.rs", "pen.rs"]);
}
