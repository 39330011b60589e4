//! Some bars of a tune written anew: the network reads what stands before them, each bar is written under
//! the grammar to the length it had, and nothing else of the text is touched.

use super::model_text::{ModelText, ModelTextError};
use super::pen::Pen;
use super::request::Request;
use super::sampler::Sampler;
use super::wishes::{Ornaments, Wishes};
use super::writer::ComposeError;
use crate::abc::grammar::{Chords, Form, Grammar, Pickup, PitchSet, Section, Spec, SpecError, classes_of};
use crate::abc::{Diagnostic, Element, Kind, Parsed, Span, Tune, parse};
use crate::model::{Network, Vocabulary};
use crate::music::{Fraction, Key};

/// Quarters of the unit note length a bar may have, and characters.
const MOST_TICKS: u8 = 96;
const MOST: u16 = 256;
/// A bar's grammar has no header to speak of, and the bar begins after a space, as in the middle of a line.
const HEADER: &str = "\n";
pub(super) const BEFORE: &str = "\n ";
/// A bar in which the mask took more nats is written again, so often at most.
const STRAINED: f64 = -3.0;
const REDRAWS: usize = 4;
/// Characters after the bars by which versions are judged: what comes after must still follow.
const FOLLOWING: usize = 60;

/// Bars of a tune that are to be written anew.
#[derive(Debug, Clone)]
pub struct FreshBars {
    source: String,
    bars: Vec<Slot>,
    /// What the network reads first.
    opening: String,
    /// What follows the bars, as the network reads it.
    after: String,
    key: Key,
    pitches: PitchSet,
    chords: Chords,
    ornaments: bool,
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Slot {
    /// Its notes and what belongs to them, without bar lines.
    span: Span,
    /// Quarters of the unit note length.
    ticks: u8,
    /// What the network reads between the bar before and this one.
    lead: String,
}

/// What came of writing them once.
#[derive(Debug, Clone, PartialEq)]
pub struct Version {
    /// The whole text of the tune.
    pub text: String,
    /// How likely the network finds the new bars and what follows them: the average natural logarithm
    /// of a character's probability.
    pub likely: f64,
}

/// Why bars cannot be written anew.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum FreshBarsError {
    /// There are no notes in them.
    #[error("there are no notes in these bars")]
    Nothing,
    /// The network cannot read the tune.
    #[error(transparent)]
    Tune(#[from] ModelTextError),
    /// A slur or a tie goes over the edge.
    #[error("a slur or a tie goes over the edge of these bars: choose the bars it goes to, too")]
    Edge,
    /// More than notes.
    #[error("there is more than notes in these bars: words under them, a comment, or a field")]
    More,
    /// A bar that cannot be counted.
    #[error("a bar of {0} whole notes cannot be counted in quarters of the unit note length, 96 at most")]
    Length(Fraction),
    /// Nothing fits the wishes.
    #[error(transparent)]
    Spec(#[from] SpecError),
}

impl FreshBars {
    /// The bars of the first tune in `source` that have notes within `span`. Of the wishes those for single
    /// notes are kept: instrument, alphabet, chord symbols, ornaments.
    ///
    /// # Errors
    /// If they cannot be written anew; the sentence goes on from “These bars cannot be rewritten: ”.
    pub fn of(
        source: &str,
        span: Span,
        wishes: &Wishes,
        vocabulary: &Vocabulary,
    ) -> Result<Self, FreshBarsError> {
        let model = ModelText::of(source, vocabulary)?;
        let parsed = parse(source);
        let tune = parsed.tunes.first().ok_or(ModelTextError::Nothing)?;
        let bars = slots(source, tune, span)?;
        let mut fresh = Self {
            source: source.to_owned(),
            bars: Vec::new(),
            opening: String::new(),
            after: String::new(),
            key: tune.key.key.unwrap_or(Key::NONE),
            pitches: wishes.instrument.map_or(PitchSet::ALL, |instrument| instrument.pitches(0)),
            chords: if has_symbols(tune) { Chords::Any } else { Chords::Never },
            ornaments: wishes.ornaments == Ornaments::Any,
        };
        if wishes.in_key {
            fresh.pitches = fresh.pitches.of_classes(classes_of(&fresh.key));
        }
        let mut read = 0;
        for (span, ticks) in bars {
            let place = model.place(span).ok_or(FreshBarsError::Nothing)?;
            let lead = model.text.get(read..place.start).unwrap_or_default().to_owned();
            read = place.end;
            if fresh.bars.is_empty() {
                fresh.opening.clone_from(&lead);
            }
            fresh.bars.push(Slot { span, ticks, lead });
        }
        fresh.after = model.text.get(read..).unwrap_or_default().chars().take(FOLLOWING).collect();
        // What no bar can be written by is known before the first.
        for slot in &fresh.bars {
            fresh.grammar(slot.ticks)?;
        }
        Ok(fresh)
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.bars.len()
    }

    /// Writes them `count` times, the likeliest first; what is the same again, or as it was, is left out.
    /// `go_on` is asked before each.
    ///
    /// # Errors
    /// If the network cannot be run.
    pub fn write(
        &self,
        network: &Network,
        seed: u64,
        temperature: f32,
        count: u64,
        go_on: &dyn Fn() -> bool,
    ) -> Result<Vec<Version>, ComposeError> {
        let request = Request { seed, temperature, ..Request::default() };
        let mut pen = Pen::new(network)?;
        pen.read(&self.opening)?;
        let mut versions: Vec<Version> = Vec::new();
        for index in (0..count).take_while(|_| go_on()) {
            let version = self.write_once(pen.clone(), Sampler::new(&request, index))?;
            let is_new =
                version.text != self.source && versions.iter().all(|other| other.text != version.text);
            if is_new && self.is_sound(&version.text) {
                versions.push(version);
            }
        }
        versions.sort_by(|a, b| b.likely.total_cmp(&a.likely));
        Ok(versions)
    }

    fn write_once(&self, mut pen: Pen<'_>, mut sampler: Sampler) -> Result<Version, ComposeError> {
        let mut new = Vec::new();
        for (i, slot) in self.bars.iter().enumerate() {
            if i > 0 {
                pen.read(&slot.lead)?;
            }
            // That the grammar can be made was seen before.
            let mut grammar = self.grammar(slot.ticks).map_err(super::WishError::from)?;
            let mut best = pen.write_bar(&mut grammar, &mut sampler)?;
            for _ in 0..REDRAWS {
                if best.lost >= STRAINED {
                    break;
                }
                let again = pen.write_bar(&mut grammar, &mut sampler)?;
                if again.lost > best.lost {
                    best = again;
                }
            }
            new.push(best.bar);
            pen = best.pen;
        }
        pen.read(&self.after)?;
        let mut text = self.source.clone();
        for (slot, bar) in self.bars.iter().zip(&new).rev() {
            text.replace_range(slot.span.range(), bar.trim());
        }
        Ok(Version { text, likely: pen.likely() })
    }

    /// Whether a version is read with no complaint the tune had not, and has bars as long.
    fn is_sound(&self, text: &str) -> bool {
        let (old, new) = (parse(&self.source), parse(text));
        let count = |of: &Parsed, code| of.diagnostics.iter().filter(|found| found.code == code).count();
        let complains = |found: &Diagnostic| count(&new, found.code) > count(&old, found.code);
        let lengths = |of: &Parsed| of.tunes.first().map(bar_lengths);
        !new.diagnostics.iter().any(complains) && lengths(&old) == lengths(&new)
    }

    /// The grammar of one bar.
    fn grammar(&self, ticks: u8) -> Result<Grammar, SpecError> {
        let form =
            Form { pickup: Pickup::None, sections: vec![Section { bars: 1, repeat: false, ending: 0 }] };
        Grammar::new(Spec {
            pitches: self.pitches,
            chords: self.chords,
            ornaments: self.ornaments,
            form: Some(form),
            ..Spec::any(HEADER.to_owned(), self.key, ticks, MOST)
        })
    }
}

/// The bars with notes within `span`: the bytes of their music, and their length in ticks.
fn slots(source: &str, tune: &Tune, span: Span) -> Result<Vec<(Span, u8)>, FreshBarsError> {
    let inside = |element: &Element| {
        element.kind.takes_time() && span.start <= element.span.start && element.span.end <= span.end
    };
    let voice = tune.voices.first().ok_or(FreshBarsError::Nothing)?;
    let bars: Vec<&[Element]> =
        voice.elements.split(|element| matches!(element.kind, Kind::Bar(_))).collect();
    let chosen: Vec<usize> = (0..bars.len()).filter(|&bar| bars[bar].iter().any(inside)).collect();
    let (Some(&first), Some(&last)) = (chosen.first(), chosen.last()) else {
        return Err(FreshBarsError::Nothing);
    };
    let before = bars[..first].iter().copied().flatten().rfind(|element| element.kind.takes_time());
    let ends = bars[last].iter().rfind(|element| element.kind.takes_time());
    if before.is_some_and(is_tied) || ends.is_some_and(is_tied) {
        return Err(FreshBarsError::Edge);
    }
    let mut slots = Vec::new();
    let mut open_slurs = 0;
    for bar in chosen {
        let Some(music) = music_of(bars[bar]) else { continue };
        for element in music {
            match element.kind {
                Kind::SlurStart { .. } => open_slurs += 1,
                Kind::SlurEnd if open_slurs == 0 => return Err(FreshBarsError::Edge),
                Kind::SlurEnd => open_slurs -= 1,
                _ => {}
            }
        }
        let (Some(start), Some(end)) = (music.first(), music.last()) else { continue };
        let span = start.span.to(end.span);
        let sung = voice.lyrics.iter().flat_map(|line| &line.syllables).any(|syllable| {
            let note = voice.elements.get(syllable.element as usize);
            note.is_some_and(|note| span.start <= note.span.start && note.span.end <= span.end)
        });
        if sung || span.of(source).contains('%') || !music.iter().all(|element| is_music(&element.kind)) {
            return Err(FreshBarsError::More);
        }
        slots.push((span, ticks(length(music), tune.unit)?));
    }
    if open_slurs > 0 { Err(FreshBarsError::Edge) } else { Ok(slots) }
}

/// From the first thing that belongs to a note to the last; nothing without a note.
fn music_of(bar: &[Element]) -> Option<&[Element]> {
    let begins = |element: &Element| is_music(&element.kind) && !is_beside(&element.kind);
    let ends = |element: &Element| element.kind.takes_time() || element.kind == Kind::SlurEnd;
    let first = bar.iter().position(begins)?;
    let last = bar.iter().rposition(ends)?;
    bar.get(first..=last)
}

/// What stands in a bar of notes.
fn is_music(kind: &Kind) -> bool {
    matches!(
        kind,
        Kind::Note(_)
            | Kind::Rest(_)
            | Kind::Chord(_)
            | Kind::Grace(_)
            | Kind::Tuplet(_)
            | Kind::Broken(_)
            | Kind::SlurStart { .. }
            | Kind::SlurEnd
            | Kind::Decoration(_)
            | Kind::ChordSymbol(_)
    ) || is_beside(kind)
}

/// What stands there and says nothing of the notes.
fn is_beside(kind: &Kind) -> bool {
    matches!(kind, Kind::Annotation(_) | Kind::Space | Kind::LineBreak(_))
}

fn is_tied(element: &Element) -> bool {
    match &element.kind {
        Kind::Note(note) => note.tie.is_some(),
        Kind::Chord(chord) => chord.tie.is_some() || chord.notes.iter().any(|(_, note)| note.tie.is_some()),
        _ => false,
    }
}

fn length(music: &[Element]) -> Fraction {
    let sum = |all: Fraction, element: &Element| {
        let own = match &element.kind {
            Kind::Note(note) => note.duration,
            Kind::Rest(rest) => rest.duration,
            Kind::Chord(chord) => chord.duration,
            _ => Fraction::ZERO,
        };
        all.checked_add(own).unwrap_or(all)
    };
    music.iter().fold(Fraction::ZERO, sum)
}

/// The lengths of all bars.
fn bar_lengths(tune: &Tune) -> Vec<Fraction> {
    let voices = tune.voices.iter();
    let bars = voices.flat_map(|voice| voice.elements.split(|element| matches!(element.kind, Kind::Bar(_))));
    bars.map(length).collect()
}

fn ticks(length: Fraction, unit: Fraction) -> Result<u8, FreshBarsError> {
    let ticks = length.checked_mul(4.into()).and_then(|quarters| quarters.checked_div(unit));
    let whole = ticks.filter(|ticks| ticks.denominator() == 1);
    let number = whole.and_then(|ticks| u8::try_from(ticks.numerator()).ok());
    number.filter(|ticks| (1..=MOST_TICKS).contains(ticks)).ok_or(FreshBarsError::Length(length))
}

fn has_symbols(tune: &Tune) -> bool {
    let mut elements = tune.voices.iter().flat_map(|voice| &voice.elements);
    elements.any(|element| matches!(element.kind, Kind::ChordSymbol(_)))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::compose::testing::network;
    use crate::music::Metre;

    /// A tune with everything that may stand around bars: a pickup, repeats, endings, a comment.
    const TUNE: &str = "X:1\nT:Tune\nM:6/8\nL:1/8\nK:G\n\
        D|:\"G\"GAB \"^slow\" AGE|GED {g}DEG|~G3 (AGE)|1A3 G2D:|2 A3 G3||% end\n\
        |:B2d g2B|A>Gc- cBA|(3GAB dc2-c|G3 G2:|\n";

    fn fresh(span: Span) -> Result<FreshBars, FreshBarsError> {
        FreshBars::of(TUNE, span, &Wishes::default(), &Vocabulary::reference())
    }

    fn span(from: &str, to: &str) -> Span {
        Span::new(TUNE.find(from).unwrap(), TUNE.find(to).unwrap() + to.len())
    }

    fn write(bars: &FreshBars, seed: u64) -> Vec<Version> {
        let network = network("ABcdefg2 |(3<>\"", -8.0);
        bars.write(&network, seed, 1.2, 3, &|| true).unwrap()
    }

    #[test]
    fn bars_are_written_anew_and_nothing_else_is_touched() {
        let bars = fresh(span("GED", "AGE)")).unwrap();
        assert_eq!(bars.count(), 2);
        let versions = write(&bars, 1);
        assert!(!versions.is_empty());
        for version in &versions {
            let text = &version.text;
            let before = &TUNE[..TUNE.find("GED").unwrap()];
            let after = &TUNE[TUNE.find("|1A3").unwrap()..];
            assert!(text.starts_with(before) && text.ends_with(after), "{text}");
            assert_eq!(text[before.len()..text.len() - after.len()].matches('|').count(), 1, "{text}");
            assert!(parse(text).diagnostics.is_empty(), "{text}");
        }
        assert!(versions.windows(2).all(|pair| pair[0].likely >= pair[1].likely));
        assert_eq!(versions, write(&bars, 1), "the same seed, the same bars");
    }

    #[test]
    fn endings_and_pickups_keep_their_lengths_and_their_lines() {
        for (from, to) in [("D|:", "D"), ("A3 G2D", "A3 G3"), ("G3 G2:", "G3 G2")] {
            let bars = fresh(span(from, to)).unwrap();
            for version in write(&bars, 3) {
                let (old, new) = (parse(TUNE), parse(&version.text));
                assert_eq!(bar_lengths(&old.tunes[0]), bar_lengths(&new.tunes[0]), "{}", version.text);
                assert!(version.text.contains("|1") && version.text.contains(":|2 "), "{}", version.text);
            }
        }
    }

    #[test]
    fn what_goes_over_the_edge_is_said() {
        let refused = |text: &str| {
            let source = format!("X:1\nM:4/4\nL:1/8\nK:D\n{text}\n");
            let at = source.rfind("D4").unwrap();
            let span = Span::new(at, source.rfind("E4").unwrap() + 2);
            FreshBars::of(&source, span, &Wishes::default(), &Vocabulary::reference()).unwrap_err()
        };
        assert_eq!(refused("F8|D4 E4-|E8|"), FreshBarsError::Edge);
        assert_eq!(refused("F4 D4-|D4 E4|F8|"), FreshBarsError::Edge);
        assert_eq!(refused("F8|D4 (E4|F8)|"), FreshBarsError::Edge);
        assert_eq!(refused("(F8|D4) E4|F8|"), FreshBarsError::Edge);
        assert_eq!(refused("F8|D4 E4|F8|\nw:la la la"), FreshBarsError::More);
        assert!(matches!(refused("F8|[K:G]D4 E4|F8|"), FreshBarsError::Tune(_)));
        assert!(matches!(refused("F8|D4/3E4|F8|"), FreshBarsError::Length(_)));
        let nothing = FreshBars::of(TUNE, Span::new(0, 3), &Wishes::default(), &Vocabulary::reference());
        assert_eq!(nothing.unwrap_err(), FreshBarsError::Nothing);
    }

    /// Tunes of plain notes, rests and chords, in bars of any length.
    fn tune() -> impl Strategy<Value = (String, Vec<Span>)> {
        let note = prop_oneof![
            "[A-Ga-g]",
            "[A-Ga-g][,']?[2-4]?",
            "z2?",
            "\\[DF\\]2",
            "~A3",
            "\\{g\\}A2",
            "\\(3ABc",
            "A>B",
            "\\^c2",
        ];
        let bar = proptest::collection::vec(note, 1..7);
        let line = proptest::sample::select(vec![" | ", "|", " :|\n|: ", "|\n", " || "]);
        let bars = proptest::collection::vec((bar, line), 2..9);
        bars.prop_map(|bars| {
            let mut text = format!("X:1\nT:Any\nM:{}\nL:1/8\nK:D\n", Metre::new(4, 4));
            let mut spans = Vec::new();
            for (notes, line) in bars {
                let start = text.len();
                text.push_str(&notes.join(" "));
                spans.push(Span::new(start, text.len()));
                text.push_str(line);
            }
            (text, spans)
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn any_bars_are_exact_and_all_around_them_is_as_it_was(
            (text, spans) in tune(),
            from in any::<proptest::sample::Index>(),
            many in 0..4usize,
            seed in any::<u64>(),
        ) {
            let from = from.index(spans.len());
            let last = (from + many).min(spans.len() - 1);
            let chosen = spans[from].to(spans[last]);
            let bars = FreshBars::of(&text, chosen, &Wishes::default(), &Vocabulary::reference()).unwrap();
            prop_assert_eq!(bars.count(), last - from + 1);
            let network = network("ABcdefgDE2 |(3<>/\"{}~[]", -8.0);
            let once = |index| {
                let request = Request { seed, temperature: 1.5, ..Request::default() };
                let mut pen = Pen::new(&network).unwrap();
                pen.read(&bars.opening).unwrap();
                bars.write_once(pen, Sampler::new(&request, index)).unwrap().text
            };
            for new in (0..3).map(once) {
                prop_assert!(bars.is_sound(&new), "{}\n{}", text, new);
                // Between the bars, too, every byte is there.
                let mut rest = new.as_str();
                let mut at = 0;
                for span in &spans[from..=last] {
                    let kept = &text[at..span.start as usize];
                    prop_assert!(rest.contains(kept));
                    rest = &rest[rest.find(kept).unwrap() + kept.len()..];
                    at = span.end as usize;
                }
                prop_assert!(new.starts_with(&text[..chosen.start as usize]));
                prop_assert!(new.ends_with(&text[chosen.end as usize..]));
            }
        }
    }
}
