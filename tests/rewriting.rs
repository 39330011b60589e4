//! Rewriting changes what was asked for and keeps the musician's layout and comments.

use std::fs;

use reelsmith::abc::{Lengths, Span, Target, Tune, parse, reflow, scale_lengths, set_field, transpose};

use super::abc::one;
use super::check::command;

const JIG: &str = "\
% My tunes
X:7
T:A Jig % the best
M:6/8
L:1/8
Q:3/8=112
R:jig
K:Dmaj clef=treble % major
|: \"D\"def  agf | \"Em/B\"g2 \"^up\"e ^c2_B- | % halfway
   {fg}[fa]2 f {/e}d>=c d :|

Some words.
";

pub fn rewritten(text: &str, rewrite: impl Fn(&str, &Tune) -> String) -> String {
    rewrite(text, &parse(text).tunes[0])
}

#[test]
fn transposing_keeps_layout_comments_and_spelling() {
    let up = rewritten(JIG, |text, tune| transpose(text, tune, Target::Semitones(2)).unwrap());
    let expected = JIG
        .replace("K:Dmaj", "K:Emaj")
        .replace("\"D\"def  agf", "\"E\"efg  bag")
        .replace("\"Em/B\"g2 \"^up\"e ^c2_B-", "\"F#m/C#\"a2 \"^up\"f ^d2=c-")
        .replace("{fg}[fa]2 f {/e}d>=c d", "{ga}[gb]2 g {/f}e>=d e");
    assert_eq!(up, expected);
    let down = rewritten(&up, |text, tune| transpose(text, tune, Target::Semitones(-2)).unwrap());
    assert_eq!(down, JIG);
    let a_flat = Target::Tonic(reelsmith::music::Name::from_fifths(-4));
    let flat = rewritten(JIG, |text, tune| transpose(text, tune, a_flat).unwrap());
    for moved in ["K:Abmaj clef=treble % major", "\"Ab\"abc'  e'd'c'", "\"Bbm/F\""] {
        assert!(flat.contains(moved), "{flat}");
    }
}

#[test]
fn lengths_double_and_halve_with_the_metre() {
    let double = rewritten(JIG, |text, tune| scale_lengths(text, tune, Lengths::Double).unwrap());
    assert!(double.contains("M:6/4") && double.contains("Q:3/4=112") && double.contains("L:1/8"), "{double}");
    assert!(double.contains("[fa]4 f2 {/e}d2>=c2 d2 :|") && double.contains("^c4_B2-"), "{double}");
    assert_eq!(parse(&double).diagnostics.len(), parse(JIG).diagnostics.len());
    assert_eq!(rewritten(&double, |text, tune| scale_lengths(text, tune, Lengths::Halve).unwrap()), JIG);
}

#[test]
fn bars_flow_into_new_lines() {
    let tune = "X:1\nL:1/8\nM:2/4\nK:D\nA|d4|e4|f4|\n g4|a3:|1 b|\nc'4|]\n";
    let two = rewritten(tune, |text, tune| reflow(text, tune, 2).unwrap());
    assert_eq!(two, "X:1\nL:1/8\nM:2/4\nK:D\nA|d4|e4|\nf4| g4|\na3:|1 b| c'4|]\n");
    let kept = rewritten(JIG, |text, tune| reflow(text, tune, 4).unwrap());
    assert_eq!(kept, JIG, "a line with a comment ends where it did");
}

#[test]
fn header_fields_are_set_where_they_stand_or_belong() {
    let set = |letter, value| rewritten(JIG, |text, tune| set_field(text, tune, letter, value).unwrap());
    assert_eq!(set('T', "Another"), JIG.replace("T:A Jig", "T:Another"));
    assert_eq!(set('R', ""), JIG.replace("R:jig\n", ""));
    assert_eq!(set('C', "50% me"), JIG.replace("K:Dmaj", "C:50\\% me\nK:Dmaj"));
    assert_eq!(set('X', "8"), JIG.replace("X:7", "X:8"));
    assert!(set_field(JIG, &parse(JIG).tunes[0], 'T', "two\nlines").is_err());
}

#[test]
fn macros_are_written_out_before_a_text_is_rewritten() {
    let text = "X:1\nL:1/8\nM:4/4\n% rolls\nm:~n3 = n{o}n{m}n\nK:D\n~g3 A2 z3 | % end\n";
    let up = rewritten(text, |text, tune| transpose(text, tune, Target::Semitones(2)).unwrap());
    assert_eq!(up, "X:1\nL:1/8\nM:4/4\n% rolls\nK:E\na{b}a{g}a B2 z3 | % end\n");
    let double = rewritten(text, |text, tune| scale_lengths(text, tune, Lengths::Double).unwrap());
    assert!(double.contains("g2{a}g2{f}g2 A4 z6 |"), "{double}");
    let kept = rewritten(text, |text, tune| set_field(text, tune, 'T', "Rolls").unwrap());
    assert!(kept.contains("m:~n3") && kept.contains("~g3"), "{kept}");
    // What cannot be written out is left alone.
    let file = format!("m:A = AA\n\n{}", "X:1\nL:1/8\nM:none\nK:D\nAB|\n");
    assert!(transpose(&file, &one(&file), Target::Semitones(2)).is_err());
}

#[test]
fn chord_symbols_are_added_before_what_belongs_to_their_notes() {
    let text = "X:1\nL:1/8\nM:4/4\nK:C\nC2{d}~D2 \"^x\"(3EFG ([CE] G) | % end\n";
    let tune = one(text);
    let notes: Vec<Span> =
        tune.voices[0].elements.iter().filter(|e| e.kind.takes_time()).map(|e| e.span).collect();
    let chord = |name| reelsmith::music::Chord::parse(name).unwrap();
    let chords = [(notes[1], chord("G")), (notes[2], chord("Am7")), (notes[5], chord("F/C"))];
    let added = reelsmith::abc::add_chords(text, &tune, &chords).unwrap();
    assert_eq!(added, "X:1\nL:1/8\nM:4/4\nK:C\nC2\"G\"{d}~D2 \"Am7\"\"^x\"(3EFG \"F/C\"([CE] G) | % end\n");
    assert!(reelsmith::abc::add_chords(&added, &one(&added), &chords).is_err());
}

#[test]
fn the_command_line_rewrites_tunes() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let jig = "X:1\nT:One % first\nM:6/8\nL:1/8\nK:D\nd|DFA dAF|A2B AFD| % half\n\n";
    let reel = "X:2\nM:4/4\nL:1/8\nK:G\n\"G\"G2BG dGBG|G2BG dGBG|GABc d4|]\n";
    fs::write(at("book.abc"), format!("{jig}{reel}")).unwrap();
    let book = at("book.abc");

    let (done, both, _) = command("rewrite", &[&book, "--transpose", "-2"]);
    assert!(
        done && both.contains("K:C\nc|CEG cGE|G2A GEC| % half\n") && both.contains("\"F\"F2AF"),
        "{both}"
    );
    let (_, one, _) =
        command("rewrite", &[&book, "--number", "2", "--key", "D", "--bars", "1", "--set", "T=New"]);
    assert_eq!(
        one,
        format!("{jig}{}", "X:2\nT:New\nM:4/4\nL:1/8\nK:D\n\"D\"D2FD ADFD|\nD2FD ADFD|\nDEFG A4|]\n")
    );
    let (_, chords, _) = command("rewrite", &[&book, "--chords", "--double"]);
    assert!(chords.contains("d2|\"D\"D2F2A2 d2A2F2|") && chords.contains("M:6/4"), "{chords}");
    assert!(chords.contains("\"G\"G4B2G2 d2G2B2G2|G4B2G2"), "what has chords keeps them: {chords}");

    assert!(command("rewrite", &[&book, "--halve", "-o", &at("new.abc")]).0);
    assert!(fs::read_to_string(at("new.abc")).unwrap().contains("M:6/16"));
    let (done, _, told) = command("rewrite", &[&book, "-o", &at("new.abc")]);
    assert!(!done && told.contains("--force"), "nothing is overwritten unasked: {told}");
    for (arguments, said) in [
        (&["--number", "3"][..], "no tune in it with the number 3"),
        (&["--transpose", "99"], "tune 2: a tune is transposed by at most 48 semitones"),
        (&["--key", "H"], "a key is named by its note"),
        (&["--set", "title"], "LETTER=TEXT"),
    ] {
        let (done, _, told) = command("rewrite", &[&[book.as_str()], arguments].concat());
        assert!(!done && told.contains(said), "{told}");
    }
}
