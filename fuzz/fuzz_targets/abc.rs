//! Any bytes as ABC: they are read and checked, every place is within the text, the tunes are played,
//! written, rewritten and made MIDI files of.
#![no_main]

use libfuzzer_sys::fuzz_target;
use reelsmith::abc::{
    Lengths, Target, Tune, parse, reflow, scale_lengths, set_field, transpose, without_macros, write,
};
use reelsmith::export::midi;
use reelsmith::music::{Fraction, Name};
use reelsmith::perform::{Instrument, Options, Performance, write_chords};

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let parsed = parse(&text);
    for diagnostic in &parsed.diagnostics {
        assert!(text.get(diagnostic.span.range()).is_some());
    }
    for tune in parsed.tunes.iter().take(4) {
        for element in tune.voices.iter().flat_map(|voice| &voice.elements) {
            assert!(text.get(element.span.range()).is_some());
        }
        // What is written can be read and written again; that it is the same tune is promised for texts
        // that tests/abc.rs describes.
        parse(&write(tune));
        play(&text, tune);
        rewrite(&text, tune);
    }
});

/// Plays a tune as the options' ends have it.
fn play(text: &str, tune: &Tune) {
    let player = Options { times: 2, held_end: true, count_in: true, ..Options::default() };
    let other = Options {
        jig_lilt: Options::JIG_LILT,
        reel_swing: Fraction::of(11, 10),
        instrument: Instrument::BANJO,
        ..Options::default()
    };
    for options in [Options::literal(), player, other] {
        let Ok(performance) = Performance::new(tune, &options) else { continue };
        let mut last = Fraction::ZERO;
        for note in &performance.notes {
            assert!(note.start >= last && note.length > Fraction::ZERO && note.pitch < 128);
            assert!((1..128).contains(&note.velocity) && text.get(note.span.range()).is_some());
            last = note.start;
        }
        let _ = midi::write(&performance);
    }
}

/// Everything outside the tune stays as it is, and what comes out can be read.
fn rewrite(text: &str, tune: &Tune) {
    let rewritten = [
        transpose(text, tune, Target::Semitones(3)),
        transpose(text, tune, Target::Tonic(Name::from_fifths(-4))),
        scale_lengths(text, tune, Lengths::Halve),
        scale_lengths(text, tune, Lengths::Double),
        reflow(text, tune, 4),
        set_field(text, tune, 'T', "A title"),
        without_macros(text, tune).map(|(text, _)| text.into_owned()),
    ];
    let rewritten = rewritten.into_iter().flatten().chain(write_chords(text, tune));
    for new in rewritten {
        assert!(new.starts_with(&text[..tune.span.start as usize]));
        assert!(new.ends_with(&text[tune.span.end as usize..]));
    }
}
