//! The ABC language: every text gets an answer, every place in it is known, and what is written again
//! or rewritten is the same tune.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::time::Instant;

use proptest::prelude::*;
use reelsmith::abc::{
    Code, Kind, Lengths, Note, Parsed, Severity, Span, Target, Tune, limits, parse, parse_strict, reflow,
    scale_lengths, set_field, transpose, write,
};
use reelsmith::music::{Key, Letter};

use super::corpus::corpus;
use super::rewriting::rewritten;

fn fixture() -> String {
    fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/public-domain.abc"))
        .unwrap()
}

/// Every place lies in the text, on character boundaries, the elements' in the order of the text.
fn check_places(text: &str, parsed: &Parsed) {
    let check = |span: Span| {
        assert!(span.start <= span.end && text.get(span.range()).is_some(), "{span:?} of {text:?}");
    };
    for diagnostic in &parsed.diagnostics {
        check(diagnostic.span);
        assert!(diagnostic.line > 0 && diagnostic.column > 0);
    }
    for tune in &parsed.tunes {
        check(tune.span);
        tune.fields.iter().for_each(|field| check(field.span));
        tune.directives.iter().for_each(|directive| check(directive.span));
        for voice in &tune.voices {
            for element in &voice.elements {
                check(element.span);
                match &element.kind {
                    Kind::Chord(chord) => chord.notes.iter().for_each(|(span, _)| check(*span)),
                    Kind::Grace(grace) => grace.notes.iter().for_each(|(span, _)| check(*span)),
                    _ => {}
                }
            }
            for line in &voice.lyrics {
                check(line.span);
                line.syllables.iter().for_each(|syllable| check(syllable.span));
            }
        }
    }
}

/// Writes every tune and reads it again.
fn check_round_trip(parsed: &Parsed) {
    for tune in &parsed.tunes {
        let written = write(tune);
        let again = parse(&written).tunes;
        assert_eq!(again.len(), 1, "{written}");
        assert_eq!(again[0].canonical(), tune.canonical(), "{written}");
        assert_eq!(write(&again[0]), written);
    }
}

/// What a tune sounds: MIDI pitches in the order of the text, accidentals carried within bar and octave.
fn pitches(tune: &Tune) -> Vec<i32> {
    let mut pitches = Vec::new();
    for voice in &tune.voices {
        let mut key = tune.key.key.unwrap_or(Key::NONE);
        let mut carried: BTreeMap<(Letter, i8), i8> = BTreeMap::new();
        let mut add = |note: &Note, key: &Key, carried: &mut BTreeMap<(Letter, i8), i8>| {
            let place = (note.letter, note.octave);
            if let Some(accidental) = note.accidental {
                carried.insert(place, accidental.alter());
            }
            let alter = carried.get(&place).copied().unwrap_or(key.alter(note.letter));
            pitches.push((i32::from(note.octave) + 1) * 12 + note.letter.semitone() + i32::from(alter));
        };
        for element in &voice.elements {
            match &element.kind {
                Kind::Bar(_) => carried.clear(),
                Kind::Key(field) => key = field.key.unwrap_or(key),
                Kind::Note(note) => add(note, &key, &mut carried),
                Kind::Chord(chord) => chord.notes.iter().for_each(|(_, note)| add(note, &key, &mut carried)),
                Kind::Grace(grace) => grace.notes.iter().for_each(|(_, note)| add(note, &key, &mut carried)),
                _ => {}
            }
        }
    }
    pitches
}

fn check_transposed(text: &str, semitones: i32) {
    let before = parse(text);
    let moved = transpose(text, &before.tunes[0], Target::Semitones(semitones)).unwrap();
    let after = parse(&moved);
    let expected: Vec<i32> = pitches(&before.tunes[0]).iter().map(|pitch| pitch + semitones).collect();
    assert_eq!(pitches(&after.tunes[0]), expected, "{text}\n{moved}");
    assert_eq!(after.diagnostics.len(), before.diagnostics.len(), "{text}\n{moved}");
}

#[test]
fn the_corpus_is_read_and_its_faults_are_those_that_are_known() {
    let Some(tunes) = corpus("train.json") else { return };
    let started = Instant::now();
    let parsed: Vec<Parsed> = tunes.iter().map(|text| parse(text)).collect();
    let seconds = started.elapsed().as_secs_f64();
    // Places and sentences by code, and the tunes they are in.
    let mut counts: BTreeMap<Code, (usize, usize)> = BTreeMap::new();
    for one in &parsed {
        let mut codes: Vec<Code> = one.diagnostics.iter().map(|diagnostic| diagnostic.code).collect();
        codes.iter().for_each(|code| counts.entry(*code).or_default().0 += 1);
        codes.sort();
        codes.dedup();
        codes.iter().for_each(|code| counts.entry(*code).or_default().1 += 1);
    }
    println!("{} tunes, {:.1} µs each (unoptimised)", tunes.len(), 1e6 * seconds / tunes.len() as f64);
    for (code, (places, tunes)) in &counts {
        println!("{code:22}{places:8} in {tunes:6} tunes");
    }
    for (text, one) in tunes.iter().zip(&parsed) {
        assert_eq!(one.tunes.len(), 1, "{text}");
        check_places(text, one);
    }
    // Short bars stand only at section edges in 92 % of the corpus, and there they find their other half.
    let share = |code| counts.get(&code).map_or(0.0, |(_, tunes)| *tunes as f64) / tunes.len() as f64;
    assert!(share(Code::ShortBar) < 0.09 && share(Code::LongBar) < 0.06);
    let errors: usize =
        counts.iter().filter(|(c, _)| c.severity() == Severity::Error).map(|(_, (_, t))| t).sum();
    assert!(errors < tunes.len() / 1000, "{errors} tunes with errors");
}

#[test]
fn the_corpus_is_written_and_read_again_unchanged() {
    let Some(tunes) = corpus("validation.json") else { return };
    tunes.iter().for_each(|text| check_round_trip(&parse(text)));
}

#[test]
fn the_corpus_transposes_by_any_interval() {
    let Some(tunes) = corpus("validation.json") else { return };
    for (text, semitones) in tunes.iter().zip((-11..=12).cycle()) {
        check_transposed(text, semitones);
    }
}

#[test]
fn old_tunes_are_in_order_and_come_back_from_being_written() {
    let parsed = parse_strict(&fixture()).unwrap();
    assert_eq!(parsed.tunes.len(), 10);
    check_places(&fixture(), &parsed);
    check_round_trip(&parsed);
}

/// Pieces of ABC, right and wrong, to be put together in any order.
const PIECES: &[&str] = &[
    "X:1\n",
    "K:D\n",
    "K:Emin\n",
    "M:6/8\n",
    "L:1/8\n",
    "T:é\n",
    "Q:1/4=120\n",
    "P:A(BC)2\n",
    "V:1 clef=bass\n",
    "V:2\n",
    "w: do-re _ * mi|~é\n",
    "U:T=!turn!\n",
    "%%MIDI program 1\n",
    "%%begintext\n",
    "%%endtext\n",
    "% comment\n",
    "+:more\n",
    "I:linebreak $\n",
    "I:linebreak !\n",
    "I:decoration +\n",
    "R:reel\n",
    "\n",
    "\r\n",
    "\\\n",
    " ",
    "|",
    "||",
    "|:",
    ":|",
    "::",
    "|]",
    "[|",
    ".|",
    "[|]",
    "|1",
    ":|2",
    "[1,3",
    "[2-4",
    "C",
    "d",
    "e'",
    "F,,",
    "^f",
    "__g",
    "=c",
    "2",
    "/",
    "//",
    "3/2",
    "0",
    ">",
    "<<",
    "-",
    ".-",
    "(",
    ")",
    ".(",
    "(3",
    "(3:2:4",
    "(5",
    "(0",
    "{",
    "}",
    "{/g}",
    "{[ce]2}",
    "[",
    "]",
    "[CEG]2",
    "[K:A]",
    "[M:3/4]",
    "[L:1/16]",
    "[V:2]",
    "[V:1]",
    "[Q:1/4=90]",
    "[P:B]",
    "[r:x]",
    "[I:x y]",
    "&",
    "&&",
    "z",
    "x2",
    "Z4",
    "X",
    "y",
    "~",
    ".",
    "T",
    "u",
    "!trill!",
    "!fly!",
    "!",
    "+turn+",
    "+",
    "\"Am\"",
    "\"^up\"",
    "\"\"",
    "\"",
    "`",
    "$",
    "*",
    "é",
    "\u{feff}",
    "\0",
    "h",
    "\t",
    "\\",
    ":",
    "s:*\n",
    "\ns: !p! * | \"Am\" ~\n",
    "s: \"^x\" \"\n",
    "[s:x]",
    "m:a=b\n",
    "\nm:~n2 = n/{o}[nq]!p!n\n",
    "[m:~G=(3GAB]",
    "~G2",
    "~^f2",
    "(&",
    "&)",
    "!D.S.!",
    "!<(!",
    "N:n]\n",
    "K:none ^f\n",
    "K:HP\n",
    "M:none\n",
    "9999999999",
    "A:|",
];

pub fn pieces() -> impl Strategy<Value = String> {
    let header = prop_oneof![Just(""), Just("X:1\nL:1/8\nM:4/4\nK:G\n")];
    let body = prop::collection::vec(prop::sample::select(PIECES), 0..60);
    (header, body).prop_map(|(header, body)| header.to_owned() + &body.concat())
}

/// A real tune with some of its characters taken out, doubled or put elsewhere.
fn mutated() -> impl Strategy<Value = String> {
    let changes = prop::collection::vec((any::<prop::sample::Index>(), 0_u8..4, any::<char>()), 1..8);
    (any::<prop::sample::Index>(), changes).prop_map(|(tune, changes)| {
        let text = fixture();
        let tunes: Vec<&str> = text.split("\n\n").skip(1).collect();
        let mut chars: Vec<char> = tunes[tune.index(tunes.len())].chars().collect();
        for (place, change, c) in changes {
            let place = place.index(chars.len());
            match change {
                0 => drop(chars.remove(place)),
                1 => chars.insert(place, c),
                2 => chars.insert(place, chars[(place * 7 + 3) % chars.len()]),
                _ => chars.truncate(place.max(40)),
            }
        }
        chars.into_iter().collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_bytes_get_an_answer(bytes: Vec<u8>) {
        let text = String::from_utf8_lossy(&bytes);
        check_places(&text, &parse(&text));
    }

    #[test]
    fn any_pieces_get_an_answer_and_are_written_again(text in pieces()) {
        let parsed = parse(&text);
        check_places(&text, &parsed);
        // Words in the middle of a joined line, and blocks of text without their start, are not written
        // back as they were.
        prop_assume!(!text.contains("\\\nw:") && !text.contains("%%end"));
        check_round_trip(&parsed);
    }

    #[test]
    fn spoilt_tunes_get_an_answer_and_are_written_again(text in mutated()) {
        let parsed = parse(&text);
        check_places(&text, &parsed);
        check_round_trip(&parsed);
    }

    #[test]
    fn any_pieces_can_be_rewritten(text in pieces(), semitones in -48..=48, bars in 0_u32..9) {
        for tune in &parse(&text).tunes {
            // An answer or an error is all that is promised here, and that the rest of the text stays.
            for rewritten in [
                transpose(&text, tune, Target::Semitones(semitones)),
                scale_lengths(&text, tune, Lengths::Double),
                scale_lengths(&text, tune, Lengths::Halve),
                reflow(&text, tune, bars),
                set_field(&text, tune, 'T', "New"),
                set_field(&text, tune, 'K', "Ador"),
                set_field(&text, tune, 'R', ""),
            ].into_iter().flatten() {
                prop_assert!(rewritten.starts_with(&text[..tune.span.start as usize]), "{rewritten}");
                prop_assert!(rewritten.ends_with(&text[tune.span.end as usize..]));
            }
        }
    }
}

#[test]
fn beyond_every_limit_there_is_a_diagnostic() {
    let tune = "X:1\nL:1/8\nM:none\nK:D\n";
    let voices: String = (0..70).map(|i| format!("V:{i}\nabc|\n")).collect();
    for (what, text) in [
        ("bytes", format!("{tune}{}", "abcd|".repeat(limits::BYTES / 5 + 1))),
        ("voices", format!("{tune}{voices}")),
        ("elements", format!("{tune}{}", "a ".repeat(limits::ELEMENTS))),
        ("slurs", format!("{tune}{}", "(".repeat(100_000))),
        ("tuplets", format!("{tune}{}", "(3".repeat(100_000))),
        ("broken rhythm", format!("{tune}a{}b", ">".repeat(100_000))),
        ("chord", format!("{tune}[{}]", "c".repeat(100_000))),
        ("grace notes", format!("{tune}{{{}}}", "c".repeat(100_000))),
        ("tunes", "X:1\n".repeat(limits::TUNES + 1)),
        ("diagnostics", format!("{tune}{}", "@ ".repeat(100_000))),
    ] {
        let started = Instant::now();
        let parsed = parse(&text);
        assert!(parsed.diagnostics.iter().any(|diagnostic| diagnostic.code == Code::Limit), "{what}");
        assert!(parsed.diagnostics.len() <= limits::DIAGNOSTICS + 1, "{what}");
        assert!(started.elapsed().as_secs() < 20, "{what}");
    }
}

#[test]
fn faults_in_continued_fields_have_places() {
    for text in ["X:1\nK:C u\n+:.\u{fffd}w\nA|", "X:1\nK:C é\n+:é\n", "X:1\nM:é\n+:é\nQ:é\n+:é\nK:D\n"]
    {
        check_places(text, &parse(text));
    }
}

#[test]
fn words_without_notes_leave_the_line_whole() {
    let text = "X:1\nK:none ^f\n|\\\nK:D\nw: do-re _ * mi|~é\n2\n";
    check_round_trip(&parse(text));
    // An empty verse keeps its place before one that has words.
    check_round_trip(&parse("X:1\nK:C\nCD|\nw:\nw: do re\n"));
}

#[test]
fn names_of_voices_are_read_without_their_quotes() {
    let parsed = parse("X:1\nV:1 name=\"The\"_ clef=bass\" middle=\"d\nK:C\nA|\n");
    check_round_trip(&parsed);
    assert_eq!(parsed.tunes[0].voices[0].name.as_deref(), Some("The_"));
}

#[test]
fn texts_made_to_take_long_do_not() {
    let tune = "X:1\nL:1/8\nM:4/4\nK:D\n";
    for text in [
        format!("{tune}{}", "[K:".repeat(500_000)),
        format!("{tune}{}", "%%begintext\n".repeat(150_000)),
        format!("X:1\n{}", "%\n\n".repeat(500_000)),
        format!("{tune}{}", "\"".repeat(1_500_001)),
        format!("{tune}{}", "+a".repeat(800_000)),
        format!("{tune}{}", ":|c".repeat(300_000)),
        format!("{tune}{}", "|1c:|2c".repeat(150_000)),
        format!("{tune}{}{}", "c".repeat(300_000), "\nw:a\ns:!p!".repeat(20_000)),
        format!("{tune}{}", "c\nw:a\ns:!p!\n".repeat(100_000)),
        format!("{tune}{}{}{}", "!D.S.!".repeat(200_000), "c", "!segno!".repeat(200_000)),
        format!("{tune}m:n=n\n{}", "(&c|&".repeat(200_000)),
        format!("A:{}\n\n{}", "a".repeat(1_000_000), "X:1\nK:D\n\n".repeat(10_000)),
    ] {
        let started = Instant::now();
        parse(&text);
        assert!(started.elapsed().as_secs() < 20, "{:.40}…", &text[20..]);
    }
}

pub fn one(text: &str) -> Tune {
    parse(text).tunes.remove(0)
}

#[test]
fn macros_stand_for_music_and_know_where_they_are_used() {
    let text = "X:1\nL:1/8\nM:4/4\nm:~n3 = n{o}n{m}n\nm: HH = \"Am\"A2 >>\nK:D\n~g3 HH ~F2 ~a3 |\n";
    let parsed = parse(text);
    let written = "X:1\nL:1/8\nM:4/4\nK:D\ng{a}g{f}g \"Am\"A2 >> ~F2 a{b}a{g}a |\n";
    let plain = one(written);
    assert_eq!(parsed.tunes[0].canonical(), plain.canonical());
    check_places(text, &parsed);
    check_round_trip(&parsed);
    let uses: Vec<&str> = parsed.tunes[0].expansions.iter().map(|use_| use_.span.of(text)).collect();
    assert_eq!(uses[2..], ["~g3", "HH", "~a3"]);
    let from_macros = |element: &&reelsmith::abc::Element| uses[2..].contains(&element.span.of(text));
    assert_eq!(parsed.tunes[0].voices[0].elements.iter().filter(from_macros).count(), 5 + 4 + 5);
    // A fault within a macro is told where it is used.
    let fault = "X:1\nL:1/8\nM:none\nm: Q = \"slow\"[K:H]\nK:D\nA QA|\n";
    let said: Vec<(Code, String)> =
        parse(fault).diagnostics.iter().map(|d| (d.code, d.span.of(fault).to_owned())).collect();
    assert_eq!(said, [(Code::UnknownChord, "Q".into()), (Code::UnknownKey, "Q".into())]);
}

#[test]
fn macros_cannot_blow_up() {
    let hundred = "B".repeat(200);
    let uses = format!("X:1\nL:1/8\nM:none\nm:A={hundred}\nm:B={hundred}\nK:D\n{}", "A".repeat(1_000_000));
    let many: String = (0..1000).map(|i| format!("m:~{i}=A\n")).collect();
    let nested: String = (1..32).map(|i| format!("m:{}={hundred}\n", "C".repeat(i))).collect();
    for text in [
        uses,
        format!("X:1\n{many}K:D\n{}", "~9".repeat(1_000_000)),
        format!("X:1\nM:none\n{nested}K:D\n{}", "C".repeat(3_000_000)),
    ] {
        let started = Instant::now();
        let parsed = parse(&text);
        assert!(parsed.diagnostics.iter().any(|diagnostic| diagnostic.code == Code::Limit));
        assert!(started.elapsed().as_secs() < 20);
    }
}

#[test]
fn symbol_lines_lie_over_notes_as_words_lie_under_them() {
    let head = "X:1\nL:1/8\nM:4/4\nK:C\n";
    for (lines, inline) in [
        ("CDEF    | G```AB`c\ns: \"^slow\" | !f! ** !fff!\n", "\"^slow\"CDEF | !f!GAB!fff!c\n"),
        ("C2 C2 Ez   A2|\ns: \"C\" *  \"Am\" * |\ns: *   *  !>! * |\n", "\"C\"C2 C2 \"Am\"!>!Ez   A2|\n"),
        ("C{g}D>[EG](3ABc\nw:a b c\ns:~ T !p! u\n+:.\nw:d\n", "~C{g}TD>!p![EG](3uA.Bc\nw:a b c\nw:d\n"),
        ("C4|\\\nD4\ns:*!p!\n", "C4|\\\n!p!D4\n"),
        ("CD\nEF\ns:*!p!\nGA\nw:x y\n", "CD\nE!p!F\nGA\nw:x y\n"),
    ] {
        let (lines, inline) = (format!("{head}{lines}"), format!("{head}{inline}"));
        assert_eq!(one(&lines).canonical(), one(&inline).canonical(), "{lines}");
        check_places(&lines, &parse(&lines));
        check_round_trip(&parse(&lines));
    }
    for (line, code) in [
        ("s:!p! !p! !p!", Code::LongSymbols),
        ("s:!p", Code::UnknownCharacter),
        ("s:é", Code::UnknownCharacter),
        ("s:!fly!", Code::UnknownDecoration),
        ("[s:!p!]", Code::MisplacedField),
    ] {
        let said = parse(&format!("{head}C4 D4|\n{line}\n")).diagnostics;
        assert_eq!(said.iter().map(|fault| fault.code).collect::<Vec<_>>(), [code], "{line}");
    }
    let text = format!("{head}C4 D4|\ns:\"Am\" !p!\n");
    let up = rewritten(&text, |text, tune| transpose(text, tune, Target::Semitones(2)).unwrap());
    assert!(up.ends_with("K:D\nD4 E4|\ns:\"Bm\" !p!\n"), "{up}");
    assert!(reflow(&text, &one(&text), 2).is_err());
}

#[test]
fn a_text_may_say_how_it_spells_decorations_and_line_breaks() {
    let text = "X:1\nI:linebreak !\nL:1/8\nM:none\nK:C\nC+trill+D!EF!G!\nA\n";
    let parsed = parse(text);
    assert_eq!(parsed.diagnostics, []);
    let tune = &parsed.tunes[0];
    let breaks = tune.voices[0].elements.iter().filter_map(|element| match element.kind {
        Kind::LineBreak(line_break) => Some(tune.breaks_staff(line_break)),
        _ => None,
    });
    assert_eq!(breaks.collect::<Vec<_>>(), [true, true, true, false, false]);
    check_round_trip(&parsed);
    let plus = parse("X:1\nI:decoration +\nL:1/8\nM:none\nK:C\n+trill+C!p!D\n");
    assert_eq!(plus.diagnostics, []);
}

#[test]
fn an_overlay_may_last_several_bars() {
    let head = "X:1\nL:1/8\nM:2/4\nK:C\n";
    for (several, each) in [
        ("C4|(&c4|d4&E4|F4&)|G4|\n", "C4|c4|d4&&E4|F4|G4|\n"),
        ("(&c4&E4&C4&)|G4|\n", "c4&E4&C4|G4|\n"),
        ("(&c4|d4&E4|F4&C4|D4&)|G4|\n", "c4|d4&&E4|F4&&C4|D4|G4|\n"),
    ] {
        let (several, each) = (format!("{head}{several}"), format!("{head}{each}"));
        assert_eq!(one(&several).canonical(), one(&each).canonical(), "{several}");
        assert_eq!(parse(&several).diagnostics, []);
    }
    for music in ["C2(&C2&D2&)|", "(&C4&D4|", "(&C4|(&C4&D4&)|"] {
        let said = parse(&format!("{head}{music}\n")).diagnostics;
        assert!(said.iter().any(|fault| fault.code == Code::LooseOverlay), "{music} {said:?}");
    }
}
