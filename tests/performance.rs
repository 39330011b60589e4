//! A tune is played as the standard, or a player, plays it. The tunes in `fixtures/performance` say in
//! comments what must sound.
//!
//! `% clause:` why; `% play:` literal, or player with options; `% voice N:` the notes of the N-th voice in
//! quavers: MIDI pitches, several joined by `+`, each with `*length` unless it is 1, `z` a rest, `@` a time.
//! Several lines for a voice sound together. `% chords:` and `% count:` are the tracks of that name;
//! `% bars:` the lengths of the bars and `% tempo:` times and tempi, in whole notes; `% loud:` the
//! velocities of the first voice's notes.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use proptest::prelude::*;
use reelsmith::abc::{Kind, Span, Tune, parse};
use reelsmith::export::midi;
use reelsmith::music::{Chord, Fraction};
use reelsmith::perform::{
    Accompaniment, Instrument, Options, PerformError, Performance, Role, chords, write_chords,
};

use super::corpus::corpus;

type Notes = Vec<(Fraction, Fraction, u8)>;

fn fraction(text: &str) -> Fraction {
    let (above, below) = text.split_once('/').unwrap_or((text, "1"));
    Fraction::of(above.parse().expect(text), below.parse().expect(text))
}

fn options(words: &str) -> Options {
    let mut words = words.split_whitespace();
    let mut options = match words.next() {
        Some("literal") => Options::literal(),
        Some("player") => Options::default(),
        other => panic!("who plays {other:?}?"),
    };
    for word in words {
        match word.split_once('=').unwrap_or((word, "")) {
            ("chords", "off") => options.accompaniment = Accompaniment::Off,
            ("chords", "written") => options.accompaniment = Accompaniment::Written,
            ("instrument", "banjo") => options.instrument = Instrument::BANJO,
            ("times", times) => options.times = times.parse().unwrap(),
            ("held-end", _) => options.held_end = true,
            ("count-in", _) => options.count_in = true,
            ("no-accents", _) => options.accents = false,
            ("lilt", _) => options.jig_lilt = Options::JIG_LILT,
            _ => panic!("no option: {word}"),
        }
    }
    options
}

/// A line of notes, from quavers to whole notes.
fn expected(line: &str, notes: &mut Notes) {
    let quaver = Fraction::of(1, 8);
    let mut time = Fraction::ZERO;
    for word in line.split_whitespace() {
        if let Some(at) = word.strip_prefix('@') {
            time = fraction(at).checked_mul(quaver).unwrap();
            continue;
        }
        let (pitches, length) = word.split_once('*').unwrap_or((word, "1"));
        let length = fraction(length).checked_mul(quaver).unwrap();
        if pitches != "z" {
            notes.extend(pitches.split('+').map(|pitch| (time, length, pitch.parse().expect(word))));
        }
        time = time.checked_add(length).unwrap();
    }
}

fn played(performance: &Performance, role: Role) -> Notes {
    let track = performance.tracks.iter().position(|track| track.role == role);
    let notes = performance.notes.iter().filter(|note| Some(usize::from(note.track)) == track);
    let mut notes: Notes = notes.map(|note| (note.start, note.length, note.pitch)).collect();
    notes.sort_unstable();
    notes
}

fn one_tune(text: &str) -> Tune {
    let mut tunes = parse(text).tunes;
    assert_eq!(tunes.len(), 1);
    tunes.remove(0)
}

#[test]
fn every_tune_of_the_fixtures_sounds_as_it_says() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/performance");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|e| e == "abc")).collect();
    files.sort();
    assert!(files.len() >= 40, "there are {}", files.len());
    let mut wrong = Vec::new();
    for path in files {
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        let text = fs::read_to_string(&path).unwrap();
        let said = |name: &str| -> Vec<&str> {
            let head = format!("% {name}: ");
            text.lines().filter_map(|line| line.strip_prefix(&head)).collect()
        };
        assert_eq!(said("clause").len(), 1, "{name} says why");
        let performance = Performance::new(&one_tune(&text), &options(said("play")[0])).unwrap();
        check_invariants(&performance, &text);
        let voices = performance.tracks.iter().filter(|track| matches!(track.role, Role::Voice(_))).count();
        let roles = (0..voices).map(|i| (format!("voice {}", i + 1), Role::Voice(i as u16)));
        let others = [("chords", Role::Accompaniment), ("count", Role::Count)];
        for (what, role) in roles.chain(others.map(|(what, role)| (what.to_owned(), role))) {
            let mut notes = Notes::new();
            said(&what).into_iter().for_each(|line| expected(line, &mut notes));
            notes.sort_unstable();
            let played = played(&performance, role);
            if notes != played {
                wrong.push(format!("{name}, {what}:\n  {notes:?} expected\n  {played:?} played"));
            }
        }
        for line in said("bars") {
            let bars: Vec<Fraction> = performance.bars.iter().map(|bar| bar.length).collect();
            let expected: Vec<Fraction> = line.split_whitespace().map(fraction).collect();
            if bars != expected {
                wrong.push(format!("{name}: bars {bars:?}"));
            }
        }
        for line in said("loud") {
            let loud = performance.notes.iter().filter(|note| note.track == 0);
            let loud: Vec<String> = loud.map(|note| note.velocity.to_string()).collect();
            if loud.join(" ") != line {
                wrong.push(format!("{name}: loud {loud:?}"));
            }
        }
        for line in said("tempo") {
            let tempos: Vec<String> = performance
                .tempos
                .iter()
                .map(|mark| format!("{} {}={}", mark.at, mark.beat, mark.per_minute))
                .collect();
            if tempos.join(", ") != line {
                wrong.push(format!("{name}: tempo {tempos:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What holds for every performance.
fn check_invariants(performance: &Performance, text: &str) {
    let mut end = Fraction::ZERO;
    for bar in &performance.bars {
        assert_eq!(bar.start, end, "bars follow each other");
        assert!(bar.length > Fraction::ZERO);
        assert!(text.get(bar.span.range()).is_some(), "a bar's bytes");
        end = bar.start.checked_add(bar.length).unwrap();
    }
    assert_eq!(performance.length(), end);
    let mut last = Fraction::ZERO;
    for note in &performance.notes {
        assert!(note.start >= last, "notes are in the order of time");
        last = note.start;
        assert!(note.length > Fraction::ZERO && note.pitch < 128);
        assert!((1..128).contains(&note.velocity));
        assert!(note.start < end, "a note begins before the end");
        assert!(text.get(note.span.range()).is_some(), "a note's bytes");
        assert!(usize::from(note.track) < performance.tracks.len());
    }
    assert!(performance.tempos.first().is_some_and(|mark| mark.at.is_zero()));
    assert!(performance.tempos.is_sorted_by_key(|mark| mark.at));
    assert!(performance.metres.is_sorted_by_key(|(at, _)| *at));
    assert!(performance.keys.is_sorted_by_key(|(at, _)| *at));
}

/// Texts that look like tunes more often than arbitrary ones do.
fn tune_like() -> impl Strategy<Value = String> {
    let word = prop::sample::select(vec![
        "A",
        "B2",
        "c/",
        "d3/2",
        "^f",
        "_e'",
        "=G,",
        "z",
        "Z2",
        "[CEG]2",
        "[C-E]",
        "{g}",
        "{/ab}",
        "(3",
        "(5",
        "(7:3:2",
        ">",
        "<",
        ">>",
        "-",
        "|",
        "||",
        "|:",
        ":|",
        "::",
        "|1",
        ":|2",
        "[3",
        "[1,3",
        "|]",
        "&",
        "&&",
        "~",
        "T",
        ".",
        "H",
        "!turn!",
        "!p!",
        "!ff!",
        "!<(!",
        "!<)!",
        "!>(!",
        "!>)!",
        "!D.C.!",
        "!D.S.alcoda!",
        "!segno!",
        "!fine!",
        "O",
        "\"Em7\"",
        "\"^x\"",
        "[K:D]",
        "[M:6/8]",
        "[L:1/16]",
        "[Q:1/4=90]",
        "[V:2]",
        "[V:1]",
        "[P:A]",
        "[P:B]",
        "[R:hornpipe]",
        "\n",
        " ",
        "w: la la",
        "P:B\n",
        "J",
        "99",
        "/////",
        "Z9999",
        "C1024",
        "A/1024",
    ]);
    let head = prop::sample::select(vec![
        "X:1\nM:4/4\nK:G\n",
        "X:1\nM:6/8\nR:jig\nP:AB2(AB)3\nK:Ador\n",
        "X:1\nK:none\n",
        "X:1\nM:2/4\nR:hornpipe\nQ:1/8=9\nK:Dmix\n",
        "X:1\nM:3/4\nL:1/1\nK:HP\n",
        "",
    ]);
    (head, prop::collection::vec(word, 0..60)).prop_map(|(head, words)| format!("{head}{}", words.concat()))
}

fn play_every_way(text: &str) {
    let player = Options { times: 2, held_end: true, count_in: true, ..Options::default() };
    let lilted = Options {
        jig_lilt: Options::JIG_LILT,
        reel_swing: Fraction::of(11, 10),
        instrument: Instrument::BANJO,
        ..Options::default()
    };
    for tune in &parse(text).tunes {
        for options in [&Options::literal(), &player, &lilted] {
            match Performance::new(tune, options) {
                Ok(performance) => {
                    check_invariants(&performance, text);
                    // Too long for a file is an answer too.
                    let _ = midi::write(&performance);
                }
                Err(error) => assert!(matches!(error, PerformError::TooLong | PerformError::Time)),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_written_can_be_played_or_refused(text in tune_like()) {
        play_every_way(&text);
    }

    #[test]
    fn arbitrary_text_can_be_played_or_refused(text in "\\PC*") {
        play_every_way(&format!("X:1\nK:C\n{text}"));
    }
}

#[test]
fn an_ornament_ends_with_its_chord_even_on_a_longer_note() {
    for text in ["[A~a2", "[A~a2]", "[A!trill!a8]", "[A~a2-]", "[Aa-]~[Aa4]"] {
        play_every_way(&format!("X:1\nK:C\n{text}"));
    }
}

#[test]
fn repeats_without_end_are_refused_at_once() {
    let notes = "CDEFGABc".repeat(40);
    let text = format!("X:1\nP:(A10)99\nL:1/8\nK:C\nP:A\n|:::::: {notes} ::::::|\n");
    let played = Performance::new(&one_tune(&text), &Options::literal()).map(|played| played.notes.len());
    assert_eq!(played, Err(PerformError::TooLong));
    // Nor are signs, however many.
    let signs = format!("X:1\nM:4/4\nK:C\nC8|{}D8|\n", "!fine!!segno!!coda!!D.S.!".repeat(60_000));
    assert!(Performance::new(&one_tune(&signs), &Options::default()).is_ok());
    // Bars without a note are no reason to go on for ever.
    let rests = format!("X:1\nP:(A10)99\nM:4/4\nK:C\nP:A\n|:::::: {} ::::::|\n", "z8|".repeat(2000));
    let started = std::time::Instant::now();
    assert!(Performance::new(&one_tune(&rests), &Options::default()).is_err());
    assert!(started.elapsed().as_secs() < 20);
}

#[test]
fn a_set_plays_its_tunes_one_after_another() {
    let jig = one_tune("X:1\nT:Jig\nR:jig\nM:6/8\nL:1/8\nK:D\nD3 E3 | F6 |]\n");
    let reel = one_tune("X:2\nT:Reel\nR:reel\nM:4/4\nL:1/8\nK:G\n\"G\"G8 |]\n");
    let options = Options { held_end: true, count_in: true, ..Options::default() };
    let set = Performance::set(&[&jig, &reel], &options).unwrap();
    assert_eq!(set.titles, ["Jig", "Reel"]);
    let bars: Vec<(u8, Fraction)> = set.bars.iter().map(|bar| (bar.tune, bar.length)).collect();
    let (six, four) = (Fraction::of(3, 4), Fraction::ONE);
    assert_eq!(bars, [(0, six), (0, six), (0, six), (0, six), (1, four)]);
    assert_eq!(set.tracks.len(), 3, "the tune, the chords, the count-in");
    assert_eq!(set.tempos.len(), 2, "the tempo changes with the tune");
    assert_eq!(Performance::set(&[], &options), Err(PerformError::Tunes(0)));
    // Two bars of 6/8 last as long as they do at 112 beats a minute.
    let two_bars = set.seconds(set.bars[2].start);
    assert!((two_bars - 4.0 * 60.0 / 112.0).abs() < 1e-9, "{two_bars}");
}

#[test]
fn options_outside_their_range_are_refused() {
    let tune = one_tune("X:1\nK:C\nC\n");
    let play = |change: fn(&mut Options)| {
        let mut options = Options::default();
        change(&mut options);
        Performance::new(&tune, &options).map(|_| ())
    };
    assert_eq!(play(|options| options.times = 0), Err(PerformError::Times(0)));
    assert_eq!(play(|options| options.times = 4), Err(PerformError::Times(4)));
    let four = Fraction::of(4, 1);
    assert_eq!(play(|options| options.swing = Fraction::of(4, 1)), Err(PerformError::Swing(four)));
    assert_eq!(play(|options| options.jig_lilt[0] = Fraction::of(2, 1)), Err(PerformError::Lilt));
}

#[test]
fn chords_are_found_where_none_are_written() {
    let text = "X:1\nM:4/4\nL:1/8\nR:reel\nK:G\nG2BG dGBG | c2ec AFDF | G2BG dGBG | AFDF G4 |]\n";
    let performance = Performance::new(&one_tune(text), &Options::default()).unwrap();
    let basses: Vec<u8> = played(&performance, Role::Accompaniment)
        .iter()
        .filter(|(start, _, pitch)| {
            *pitch < 53 && start.checked_mul(Fraction::of(2, 1)).unwrap().denominator() == 1
        })
        .map(|(_, _, pitch)| pitch % 12)
        .collect();
    assert_eq!(basses.len(), 8, "a bass every half bar");
    assert_eq!(basses[..2], [7, 2], "root and fifth by turns under a chord that lasts");
    assert_eq!((basses[0], basses[6], basses[7]), (7, 2, 7), "home at the start, and from D at the end");
    assert!(basses[2] == 0 || basses[2] == 9, "C or Am over c2ec");
    let written = Options { accompaniment: Accompaniment::Written, ..Options::default() };
    let silent = Performance::new(&one_tune(text), &written).unwrap();
    assert_eq!(played(&silent, Role::Accompaniment), []);
}

#[test]
fn chords_that_are_found_can_be_written_into_the_text() {
    let text = "X:1\nM:4/4\nL:1/8\nR:reel\nK:G\nD2|:{a}G2BG dGBG | c2ec A2FD |1 G2BG dGBG | A2FD G2 D2 :|2\\\n\
                (3DEF AD FDAD | % end\nGABc G4 |]\n";
    let written = write_chords(text, &one_tune(text)).unwrap();
    let expected = text
        .replace("{a}G2BG", "\"G\"{a}G2BG")
        .replace("c2ec A2FD", "\"C\"c2ec \"D\"A2FD")
        .replace("1 G2BG", "1 \"G\"G2BG")
        .replace("A2FD G2 D2", "\"D\"A2FD \"G\"G2 D2")
        .replace("(3DEF", "\"D\"(3DEF")
        .replace("GABc", "\"G\"GABc");
    assert_eq!(written, expected);
    assert!(write_chords(&written, &one_tune(&written)).is_err(), "there are chords already");
    let split = "X:1\nM:4/4\nL:1/8\nK:D\n|:AG|F2FA d2dA|d2f2 d2::fg|a2fd d2fd|a2f2 d2:|\n";
    let written = write_chords(split, &one_tune(split)).unwrap();
    assert!(written.ends_with("\n|:AG|\"D\"F2FA d2dA|d2f2 d2::fg|\"D\"a2fd d2fd|a2f2 d2:|\n"), "{written}");
    let dorian = "X:1\nM:6/8\nL:1/8\nm:~n3 = n{o}n{m}n\nK:Edor\n~E3 GFE | DFA d3 | ~E3 B3 | E6 |]\n";
    let written = write_chords(dorian, &one_tune(dorian)).unwrap();
    assert!(written.contains("\"Em\"E{F}E{D}E GFE | \"D\"DFA d3 | \"Em\"E"), "{written}");
}

/// How long the chords found for a tune have the root of the chord that is written, and how long both are
/// there, in whole notes.
fn agreement(tune: &Tune) -> (f64, f64) {
    let found: BTreeMap<Span, Chord> = chords(tune).unwrap().into_iter().collect();
    let (mut written, mut here) = (None, None);
    let (mut same, mut all) = (0.0, 0.0);
    for element in &tune.voices[0].elements {
        let duration = match &element.kind {
            Kind::ChordSymbol(symbol) => {
                written = symbol.chord.or(written);
                continue;
            }
            Kind::Note(note) => note.duration,
            Kind::Chord(chord) => chord.duration,
            _ => continue,
        };
        here = found.get(&element.span).copied().or(here);
        if let (Some(written), Some(here)) = (written, here) {
            all += duration.to_f64();
            let apart = (written.root.semitone() - here.root.semitone()).rem_euclid(12);
            same += if apart == 0 { duration.to_f64() } else { 0.0 };
        }
    }
    (same, all)
}

#[test]
fn chords_found_are_mostly_those_that_are_written() {
    for name in ["validation.json", "train.json"] {
        let Some(texts) = corpus(name) else { continue };
        let (mut tunes, mut same, mut all) = (0, 0.0, 0.0);
        for text in &texts {
            if text.matches('"').count() < 24 {
                continue;
            }
            let tune = one_tune(text);
            let symbols = tune.voices[0].elements.iter().filter(
                |element| matches!(&element.kind, Kind::ChordSymbol(symbol) if symbol.chord.is_some()),
            );
            if symbols.count() >= 12 {
                let (more_same, more) = agreement(&tune);
                (tunes, same, all) = (tunes + 1, same + more_same, all + more);
            }
        }
        println!("{name}: the root of the written chord for {:.1} % of {tunes} tunes", 100.0 * same / all);
        assert!(same > 0.6 * all, "{name}: {:.3} of {tunes} tunes", same / all);
    }
}

#[test]
fn a_midi_file_says_tempo_metre_key_and_names() {
    let text = "X:1\nT:Two\nM:6/8\nL:1/8\nQ:3/8=100\nV:1 name=\"Flute\"\nV:2 name=\"Harp\"\nK:Em\n[V:1] \"Em\"E6 | [V:2] B,6 |\n";
    let performance = Performance::new(&one_tune(text), &Options::default()).unwrap();
    let bytes = midi::write(&performance).unwrap();
    let file = midly::Smf::parse(&bytes).unwrap();
    assert_eq!(file.tracks.len(), 4, "conductor, two voices, accompaniment");
    let all: Vec<String> = file.tracks.iter().flatten().map(|event| format!("{:?}", event.kind)).collect();
    let has = |what: &str| all.iter().any(|event| event.contains(what));
    assert!(has("Tempo(u24(400000))"), "{all:?}");
    assert!(has("TimeSignature(6, 3, 36, 8)"));
    assert!(has("KeySignature(1, true)"));
    for name in ["Two", "Flute", "Harp", "Accompaniment"] {
        assert!(has(&format!("TrackName({:?})", name.as_bytes())), "{name}");
    }
}

fn convert(arguments: &[&Path]) -> (bool, String) {
    let command = Command::new(env!("CARGO_BIN_EXE_reelsmith-cli")).arg("convert").args(arguments).output();
    let output = command.unwrap();
    (output.status.success(), String::from_utf8(output.stderr).unwrap())
}

#[test]
fn convert_makes_files_of_tunes_tunebooks_and_folders() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let tune = "X:7\nT:One\nL:1/8\nM:4/4\nK:C\nC8|\n";
    fs::create_dir(at("in")).unwrap();
    fs::write(at("in/one.abc"), tune).unwrap();
    fs::write(at("in/two.abc"), format!("{tune}\n{}", tune.replace("X:7", "X:9"))).unwrap();
    fs::write(at("in/notes.txt"), "no tune").unwrap();

    assert!(convert(&[&at("in/one.abc"), &at("one.mid")]).0);
    assert_eq!(midly::Smf::parse(&fs::read(at("one.mid")).unwrap()).unwrap().tracks.len(), 3);
    let literal = Path::new("--literal");
    let (done, told) = convert(&[literal, &at("in/one.abc"), &at("one.mid")]);
    assert!(!done && told.contains("--force"), "nothing is overwritten unasked: {told}");
    assert!(convert(&[literal, Path::new("--force"), &at("in/one.abc"), &at("one.mid")]).0);
    assert_eq!(midly::Smf::parse(&fs::read(at("one.mid")).unwrap()).unwrap().tracks.len(), 2);

    let (done, told) = convert(&[&at("in/two.abc"), &at("two.mid")]);
    assert!(!done && told.contains("2 tunes"), "{told}");
    assert!(convert(&[&at("in"), &at("out")]).0);
    let mut names: Vec<String> = fs::read_dir(at("out"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert_eq!(names, ["one.mid", "two-7.mid", "two-9.mid"]);

    fs::write(at("in/empty.abc"), "nothing here\n").unwrap();
    let (done, told) = convert(&[Path::new("--force"), &at("in"), &at("out")]);
    assert!(!done && told.contains("empty.abc") && !told.contains("one.abc"), "{told}");
}
