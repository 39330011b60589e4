//! What is wrong with a tune as a whole: bars, repeats, ties, signs.

mod bars;
mod repeats;
mod signs;
mod ties;

use super::Tune;
use super::diagnostic::Sink;

/// Looks at every voice.
pub(super) fn check(tune: &Tune, sink: &mut Sink) {
    for voice in &tune.voices {
        bars::check(tune, voice, sink);
        repeats::check(voice, sink);
        ties::check(tune, voice, sink);
    }
    signs::check(tune, sink);
}

#[cfg(test)]
mod tests {
    use super::super::parse;

    /// The codes said about some music in D, with the text each is about.
    fn codes(header: &str, music: &str) -> Vec<(String, String)> {
        let text = format!("X:1\nL:1/8\n{header}\nK:D\n{music}\n");
        let said = parse(&text).diagnostics.into_iter();
        said.map(|diagnostic| (diagnostic.code.to_string(), diagnostic.span.of(&text).to_owned())).collect()
    }

    #[test]
    fn bars_that_are_full_alone_or_together_are_in_order() {
        for (metre, music) in [
            ("M:6/8", "ABc def|g3 a3|]"),
            ("M:6/8", "d|ABc def|g3 a2|]"),
            ("M:6/8", "d|ABc def|g3 a3|]"),
            ("M:6/8", "d|:ABc def|g3 a2:|d|ABc def|g3 a2:|"),
            ("M:6/8", "|:d|ABc def|1 g3 a2:|2 g3 a3||"),
            ("M:6/8", "|:d|ABc def|g3 |1 a2:|2 a2||d|ABc def|g3 a2|]"),
            ("M:4/4", "AB|c8|d6:|:fg|a8|f6:|"),
            ("M:4/4", "ABcd||efga|b8|]"),
            ("M:4/4", "Z4|ABcd efga|"),
            ("M:none", "A|AB|ABc|"),
            ("M:4/4", "(3ABc d>e f<g a2|A{gag}B c2 y d4|"),
            ("M:4/4", "A8|[M:6/8]ABc def|[M:4/4]A8|"),
            ("M:4/4", "A8 & c4 e4|c8|"),
            ("M:2+3/8", "AB cde|"),
        ] {
            assert_eq!(codes(metre, music), [], "{metre} {music}");
        }
    }

    #[test]
    fn other_bars_are_too_long_or_too_short() {
        for (metre, music, code, bar) in [
            ("M:4/4", "A8|A7|A8|", "bar-too-short", "A7"),
            ("M:4/4", "A8|A9|A8|", "bar-too-long", "A9"),
            ("M:4/4", "A8|A8|A7|]", "bar-too-short", "A7"),
            ("M:6/8", "d|ABc def|g3 a|]", "bar-too-short", "g3 a"),
            ("M:4/4", "A8|[M:3/4]A8|", "bar-too-long", "A8"),
            ("M:4/4", "A8 & c4 e3|c8|", "unequal-overlay", "& c4 e3"),
        ] {
            assert_eq!(codes(metre, music), [(code.to_owned(), bar.to_owned())], "{metre} {music}");
        }
    }

    #[test]
    fn repeats_and_endings_have_their_others() {
        for (music, code, place) in [
            ("|:A8|:A8:|", "unclosed-repeat", "|:"),
            ("|:A8|A8|]", "unclosed-repeat", "|:"),
            ("|:A8|1A8:|A8|]", "unbalanced-ending", "1"),
            ("|:A8:|2A8|]", "unbalanced-ending", "2"),
        ] {
            assert_eq!(codes("M:4/4", music), [(code.to_owned(), place.to_owned())], "{music}");
        }
        for music in ["A8:|A8:|", "|:A8|1A8:|2A8:|3A8|]", "|:A8|1,3A8:|2A8|]", "|:A8::A8:|"] {
            assert_eq!(codes("M:4/4", music), [], "{music}");
        }
    }

    #[test]
    fn ties_lead_to_the_same_pitch() {
        for music in
            ["A8-|A8|", "^A8-|A8|", "^A8-|^A8|", "[Ac]8-|[Ac]8|", "A8-:|", "|:A8-|1A8:|2A8|]", "A4-{g}A4|"]
        {
            assert_eq!(codes("M:4/4", music), [], "{music}");
        }
        for music in ["A8-|B8|", "A8-|a8|", "A8-|^A8|", "A8-|z8|", "A8-|]"] {
            assert_eq!(codes("M:4/4", music)[0].0, "tie-to-other-pitch", "{music}");
        }
        assert_eq!(codes("M:4/4", "A8|-A8|")[0].0, "loose-tie");
    }

    #[test]
    fn every_other_fault_has_its_code() {
        for (music, code) in [
            ("\"am\"A8|", "lower-case-chord"),
            ("\"slow\"A8|", "unknown-chord"),
            ("!fly!A8|", "unknown-decoration"),
            ("A8!|", "old-line-break"),
            ("+trill+A8|", "old-decoration"),
            ("A8!D.S.!|", "loose-sign"),
            ("A8!D.C.alfine!|", "loose-sign"),
            ("A8!dacoda!|", "loose-sign"),
            ("A8@|", "unknown-character"),
            ("[Ac4 A8|", "unclosed-chord"),
            ("A8{g|", "unclosed-grace"),
            ("A8[K:D|", "unclosed-field"),
            ("(A8|", "unclosed-slur"),
            ("A8)|", "unopened-slur"),
            ("A0A7|", "odd-length"),
            ("A>B2 c5|", "unequal-broken"),
            ("A8>|", "loose-broken"),
            ("A6(3ab|", "short-tuplet"),
            ("(1aA7|", "odd-tuplet"),
            ("[K:H]A8|", "unknown-key"),
            ("[M:x]A8|", "unknown-metre"),
            ("[Q:x]A8|", "unknown-tempo"),
            ("A8|\nw:a b c", "long-lyrics"),
            ("A8|\nY:x", "unknown-field"),
            ("A8|\nZ:me", "misplaced-field"),
        ] {
            assert!(codes("M:4/4", music).iter().any(|(said, _)| said == code), "{music}");
        }
    }
}
