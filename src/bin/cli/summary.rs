//! `check --summary`: how often each fault, and each thing ABC can say, is found in many tunes.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use reelsmith::abc::{Code, Kind, Line, Parsed, Tune, parse};
use reelsmith::music::{Fraction, Metre};
use serde_json::{Value, json};

use super::{CliError, check};

/// What is counted, in the order it is told, and of how many tunes (or bar lines, or tuplets) it is a share.
const FACTS: [(&str, &str); 24] = [
    ("begins with a pickup", "tunes"),
    ("pickup, and the last bar complements it", "tunes with a pickup"),
    ("pickup, and the last bar is full", "tunes with a pickup"),
    ("repeat bar line within a bar", "repeat bar lines after music"),
    ("a second :| without its own |:", "tunes"),
    ("ends with ||", "tunes"),
    ("ends with :|", "tunes"),
    ("every bar is full", "tunes"),
    ("short bars at section edges only", "tunes with short bars"),
    ("Q: in the header", "tunes"),
    ("inline fields", "tunes"),
    ("~", "tunes"),
    ("grace notes", "tunes"),
    ("chord symbols", "tunes"),
    ("annotations", "tunes"),
    ("decorations", "tunes"),
    ("tuplets", "tunes"),
    ("(3", "tuplets"),
    ("broken rhythm", "tunes"),
    ("ties", "tunes"),
    ("slurs", "tunes"),
    ("chords", "tunes"),
    ("overlays", "tunes"),
    ("accidentals", "tunes"),
];

/// The counts of many texts.
#[derive(Debug, Default)]
pub(crate) struct Summary {
    tunes: usize,
    /// Places and tunes, by code.
    codes: BTreeMap<Code, (usize, usize)>,
    /// How often, and out of how many, in the order of [`FACTS`].
    facts: [(usize, usize); FACTS.len()],
}

impl Summary {
    /// Reads a file, or all files of a folder: ABC, or JSON with a list of records that have `"abc notation"`.
    pub(crate) fn add(&mut self, path: &Path) -> Result<(), CliError> {
        if !path.is_dir() {
            return self.add_file(path);
        }
        let mut files: Vec<PathBuf> = Vec::new();
        for entry in fs::read_dir(path).map_err(CliError::file("list the folder", path))? {
            let file = entry.map_err(CliError::file("list the folder", path))?.path();
            if file.extension().is_some_and(|e| e.eq_ignore_ascii_case("abc") || is_json(e)) {
                files.push(file);
            }
        }
        files.sort();
        files.iter().try_for_each(|file| self.add_file(file))
    }

    fn add_file(&mut self, path: &Path) -> Result<(), CliError> {
        if !path.extension().is_some_and(is_json) {
            let parsed = parse(&check::read(path)?);
            self.add_parsed(&parsed);
            return Ok(());
        }
        let bytes = fs::read(path).map_err(CliError::file("read", path))?;
        let records: Vec<Value> = serde_json::from_slice(&bytes)
            .map_err(|error| CliError::file("read", path)(std::io::Error::other(error)))?;
        for text in records.iter().filter_map(|record| record["abc notation"].as_str()) {
            self.add_parsed(&parse(text));
        }
        Ok(())
    }

    fn add_parsed(&mut self, parsed: &Parsed) {
        self.tunes += parsed.tunes.len();
        let mut codes: Vec<(usize, Code)> = Vec::new();
        for diagnostic in &parsed.diagnostics {
            self.codes.entry(diagnostic.code).or_default().0 += 1;
            // What stands between tunes is counted with the one before.
            let tune = parsed.tunes.partition_point(|tune| tune.span.start <= diagnostic.span.start);
            codes.push((tune, diagnostic.code));
        }
        codes.sort_unstable();
        codes.dedup();
        for (_, code) in codes {
            self.codes.entry(code).or_default().1 += 1;
        }
        for tune in &parsed.tunes {
            for ((count, of), (more, among)) in self.facts.iter_mut().zip(facts(tune)) {
                (*count, *of) = (*count + more, *of + among);
            }
        }
    }

    /// As text for people.
    pub(crate) fn to_text(&self) -> String {
        let mut out = format!("{} tunes\n\n", self.tunes);
        // Writing to a string does not fail.
        let _ = writeln!(out, "{:<8} {:<20} {:>8} {:>8} {:>8}", "", "fault", "places", "tunes", "share");
        for (code, (places, tunes)) in &self.codes {
            let (severity, share) = (code.severity().as_str(), percent(*tunes, self.tunes));
            let _ = writeln!(out, "{severity:<8} {code:<20} {places:>8} {tunes:>8} {share:>8}");
        }
        let _ = writeln!(out, "\n{:<42} {:>8} {:>8}  of", "", "count", "share");
        for ((name, what), (count, of)) in FACTS.iter().zip(self.facts) {
            let _ = writeln!(out, "{name:<42} {count:>8} {:>8}  {what}", percent(count, of));
        }
        out
    }

    /// As one JSON object.
    pub(crate) fn to_json(&self) -> String {
        let codes: BTreeMap<&str, Value> = self
            .codes
            .iter()
            .map(|(code, (places, tunes))| (code.as_str(), json!({ "places": places, "tunes": tunes })))
            .collect();
        let fact = |((name, what), (count, of)): (&(&str, &str), (usize, usize))| json!({ "fact": name, "count": count, "of": of, "what": what });
        let facts: Vec<Value> = FACTS.iter().zip(self.facts).map(fact).collect();
        format!("{}\n", json!({ "tunes": self.tunes, "faults": codes, "facts": facts }))
    }
}

fn is_json(extension: &std::ffi::OsStr) -> bool {
    extension.eq_ignore_ascii_case("json")
}

fn percent(count: usize, of: usize) -> String {
    if of == 0 { "–".to_owned() } else { format!("{:.2} %", 100.0 * count as f64 / of as f64) }
}

/// What lies between two bar lines of the first voice.
#[derive(Debug, Clone, Copy)]
struct Bar {
    duration: Fraction,
    /// `None` without metre.
    full: Option<Fraction>,
    /// A section begins with it or ends with it.
    at_edge: bool,
}

impl Bar {
    fn is_short(&self) -> bool {
        self.full.is_some_and(|full| self.duration < full)
    }
}

/// What [`FACTS`] counts, in one tune.
fn facts(tune: &Tune) -> [(usize, usize); FACTS.len()] {
    let (bars, repeats, split) = bars(tune);
    let first = bars.first().filter(|bar| bar.is_short() && bars.len() > 1);
    let last = bars.last().filter(|_| first.is_some());
    let complements = |last: &Bar| {
        let sum = first.and_then(|first| first.duration.checked_add(last.duration));
        sum.is_some() && sum == last.full
    };
    let full = |bar: &Bar| bar.full.is_none_or(|full| full == bar.duration);
    let elements = || tune.voices.iter().flat_map(|voice| &voice.elements).map(|element| &element.kind);
    let has = |wanted: fn(&Kind) -> bool| (usize::from(elements().any(wanted)), 1);
    let one = |is: bool| (usize::from(is), 1);
    let ending =
        elements().filter_map(|kind| if let Kind::Bar(bar) = kind { Some(bar) } else { None }).next_back();
    let pickup = usize::from(first.is_some());
    let short = bars.iter().any(Bar::is_short);
    let at_edges = short && bars.iter().all(|bar| !bar.is_short() || bar.at_edge);
    let tuplets: Vec<u8> = elements()
        .filter_map(|kind| if let Kind::Tuplet(one) = kind { Some(one.count) } else { None })
        .collect();
    [
        (pickup, 1),
        (usize::from(last.is_some_and(complements)), pickup),
        (usize::from(last.is_some_and(full)), pickup),
        (split, repeats),
        one(has_second_close(tune)),
        one(ending.is_some_and(|bar| bar.line == Line::Double && bar.closes == 0)),
        one(ending.is_some_and(|bar| bar.closes > 0)),
        one(bars.iter().all(full)),
        (usize::from(at_edges), usize::from(short)),
        one(tune.tempo.is_some()),
        has(|kind| {
            matches!(
                kind,
                Kind::Key(_)
                    | Kind::Metre(_)
                    | Kind::Unit(_)
                    | Kind::Tempo(_)
                    | Kind::Part(_)
                    | Kind::Rhythm(_)
                    | Kind::Field { .. }
            )
        }),
        has(|kind| matches!(kind, Kind::Decoration(reelsmith::abc::Decoration::Roll))),
        has(|kind| matches!(kind, Kind::Grace(_))),
        has(|kind| matches!(kind, Kind::ChordSymbol(symbol) if symbol.chord.is_some())),
        has(|kind| matches!(kind, Kind::Annotation(_))),
        has(|kind| matches!(kind, Kind::Decoration(_))),
        one(!tuplets.is_empty()),
        (tuplets.iter().filter(|&&count| count == 3).count(), tuplets.len()),
        has(|kind| matches!(kind, Kind::Broken(_))),
        has(|kind| match kind {
            Kind::Note(note) => note.tie.is_some(),
            Kind::Chord(chord) => {
                chord.tie.is_some() || chord.notes.iter().any(|(_, note)| note.tie.is_some())
            }
            _ => false,
        }),
        has(|kind| matches!(kind, Kind::SlurStart { .. })),
        has(|kind| matches!(kind, Kind::Chord(_))),
        has(|kind| matches!(kind, Kind::Overlay { .. })),
        has(|kind| match kind {
            Kind::Note(note) => note.accidental.is_some(),
            Kind::Chord(chord) => chord.notes.iter().any(|(_, note)| note.accidental.is_some()),
            Kind::Grace(grace) => grace.notes.iter().any(|(_, note)| note.accidental.is_some()),
            _ => false,
        }),
    ]
}

/// The bars of the first voice; how many repeat bar lines stand after music in it, and how many of them
/// behind a bar that is short.
fn bars(tune: &Tune) -> (Vec<Bar>, usize, usize) {
    let mut bars: Vec<Bar> = Vec::new();
    let (mut repeats, mut split) = (0, 0);
    let mut metre: &Metre = &tune.metre;
    let mut sum: Option<Fraction> = None;
    let mut at_edge = true;
    let mut close = |sum: &mut Option<Fraction>, edge: bool, metre: &Metre, bars: &mut Vec<Bar>| {
        if let Some(duration) = sum.take() {
            bars.push(Bar { duration, full: metre.bar(), at_edge: at_edge || edge });
            at_edge = edge;
        } else {
            at_edge |= edge;
        }
    };
    for element in tune.voices.first().into_iter().flat_map(|voice| &voice.elements) {
        let duration = match &element.kind {
            Kind::Metre(new) => {
                metre = new;
                continue;
            }
            Kind::Bar(bar) => {
                close(&mut sum, bar.ends_section(), metre, &mut bars);
                if let Some(last) = bars.last().filter(|_| bar.closes > 0 || bar.opens > 0) {
                    repeats += 1;
                    split += usize::from(last.is_short());
                }
                continue;
            }
            Kind::Ending(_) => {
                close(&mut sum, true, metre, &mut bars);
                continue;
            }
            Kind::Note(note) => note.duration,
            Kind::Rest(rest) => rest.duration,
            Kind::Chord(chord) => chord.duration,
            Kind::BarsRest { .. } => metre.bar().unwrap_or(Fraction::ONE),
            _ => continue,
        };
        sum = sum.unwrap_or(Fraction::ZERO).checked_add(duration);
    }
    close(&mut sum, true, metre, &mut bars);
    (bars, repeats, split)
}

/// Whether a `:|` that is not the first has no `|:` of its own.
fn has_second_close(tune: &Tune) -> bool {
    let (mut closed, mut open, mut ending) = (false, false, false);
    for element in tune.voices.first().into_iter().flat_map(|voice| &voice.elements) {
        match &element.kind {
            // `:|` after a further ending closes the repeat of the first.
            Kind::Ending(numbers) => ending = !numbers.contains(1),
            Kind::Bar(bar) => {
                if bar.closes > 0 && closed && !open && !ending {
                    return true;
                }
                if bar.closes > 0 {
                    (closed, open) = (true, false);
                }
                open |= bar.opens > 0;
                ending &= !bar.ends_section();
            }
            _ => {}
        }
    }
    false
}
