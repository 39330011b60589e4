//! Any bytes as ABC: they are read, every place is within the text, and what can be rewritten is.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reelsmith::abc::{Lengths, Target, parse, reflow, scale_lengths, transpose, write};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let parsed = parse(&text);
    for diagnostic in &parsed.diagnostics {
        assert!(text.get(diagnostic.span.range()).is_some());
    }
    for tune in &parsed.tunes {
        for element in tune.voices.iter().flat_map(|voice| &voice.elements) {
            assert!(text.get(element.span.range()).is_some());
        }
        parse(&write(tune));
        let _ = transpose(&text, tune, Target::Semitones(3));
        let _ = scale_lengths(&text, tune, Lengths::Halve);
        let _ = reflow(&text, tune, 4);
    }
});
