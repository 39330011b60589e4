//! Bars that come back. A player's tune says much of what it says twice: in the corpus nearly every fifth bar
//! is one that its part has had, and every sixth of a later part is one of the first part's. A network of
//! this size remembers the key and the beat but hardly what was played eight bars ago, so which bars
//! come back is drawn before a tune is written, as often as the corpus has it for the type, and a bar
//! that comes back is written letter by letter as it was.
//!
//! `returning.tsv` is made of the corpus by `reelsmith-cli habits train.json --returning`: a line for each type, what it
//! counts, a pattern, and how many sections have it. `within` has a letter a bar, the same for bars that are the
//! same; `across` has a `#` for every bar of a later section that is the first section's in that place.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::LazyLock;

use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

use super::census::LEAST_TUNES;
use super::habits::free_grammar;
use super::plan::draw;
use crate::abc::grammar::{Form, Grammar, Mask, Spec, canonical};
use crate::perform::TuneType;

/// Sections a pattern needs to be kept.
const LEAST_SECTIONS: u32 = 2;

/// Letters for the bars of a section, of which there are 32 at most.
const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyzABCDEF";

/// A full bar by its section and its number there, from 0.
type Place = (u8, u8);

/// The patterns of one type and how many sections have them, the most frequent first.
#[derive(Debug, Clone, PartialEq, Default)]
struct Patterns {
    within: Vec<(String, u32)>,
    across: Vec<(String, u32)>,
}

static PATTERNS: LazyLock<BTreeMap<String, Patterns>> = LazyLock::new(|| read(include_str!("returning.tsv")));

/// Which bar of a tune is to be like which before it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Returning(BTreeMap<Place, Place>);

impl Returning {
    /// Draws for every section of a form which of its bars before its endings come back, as often as tunes
    /// of the type have it. Without a type, or where the corpus has too few sections so long, none do.
    pub fn draw(kind: Option<TuneType>, form: &Form, random: &mut ChaCha8Rng) -> Self {
        let mut returning = Self::default();
        let Some(patterns) = kind.and_then(|kind| PATTERNS.get(kind.name())) else { return returning };
        let lengths: Vec<usize> = form.sections.iter().map(|s| usize::from(s.bars - s.ending)).collect();
        let drawn = |list: &[(String, u32)], bars: usize, random: &mut ChaCha8Rng| {
            let fitting: Vec<_> = list.iter().filter(|(pattern, _)| pattern.len() == bars).cloned().collect();
            (!fitting.is_empty()).then(|| draw(&fitting, random).clone().into_bytes())
        };
        for (section, &bars) in (0..).zip(&lengths) {
            let within = drawn(&patterns.within, bars, random).unwrap_or_default();
            for (bar, letter) in (0..).zip(&within) {
                let first = (0..).zip(&within[..usize::from(bar)]).find(|(_, other)| *other == letter);
                if let Some((first, _)) = first {
                    returning.0.insert((section, bar), (section, first));
                }
            }
            if section > 0 && bars == lengths[0] {
                let across = drawn(&patterns.across, bars, random).unwrap_or_default();
                for (bar, _) in (0..).zip(&across).filter(|(_, sign)| **sign == b'#') {
                    returning.0.insert((section, bar), (0, bar));
                }
            }
        }
        returning
    }
}

/// A tune's bars as they are written, and the bar that is being written again, if one is.
#[derive(Debug, Default)]
pub(super) struct Echo {
    returning: Returning,
    written: BTreeMap<Place, String>,
    /// What the bar repeats; empty if it repeats nothing.
    source: String,
    /// How much of it is there.
    at: usize,
}

impl Echo {
    /// What is to come back in a tune that begins with `opening`.
    pub(super) fn new(returning: Returning, grammar: &mut Grammar, opening: &str) -> Self {
        let written = bars_of(grammar, opening);
        Self { returning, written, source: String::new(), at: 0 }
    }

    /// A bar begins whose first character is there already.
    pub(super) fn begin(&mut self, place: Option<Place>, first: Option<char>) {
        let source = place.and_then(|place| self.returning.0.get(&place));
        self.source = source.and_then(|source| self.written.get(source)).cloned().unwrap_or_default();
        self.at = 0;
        if let Some(first) = first {
            self.take(first);
        }
    }

    /// Keeps a bar that stays: its text from its first character to the next bar's.
    pub(super) fn keep(&mut self, place: Option<Place>, text: &str) {
        let music = music(text);
        if let Some(place) = place.filter(|_| !music.is_empty()) {
            self.written.insert(place, music.to_owned());
        }
    }

    /// Whether what comes next is what was there before.
    pub(super) fn follows(&self) -> bool {
        self.at < self.source.len()
    }

    /// What may come next if the bar is to be the one before. Where the grammar forbids that, as a tune's
    /// last note may have to be home, the bar goes its own way from there.
    pub(super) fn narrow(&self, mask: Mask) -> Mask {
        if self.source.is_empty() {
            return mask;
        }
        let between = bit(b' ') | bit(b'\n') | bit(b'|') | bit(b':');
        let wanted = match self.source.as_bytes().get(self.at) {
            Some(&next) if self.at == 0 => bit(next) | between,
            Some(&next) => bit(next),
            None => between,
        };
        let must = self.source.as_bytes().get(self.at).map_or(between, |&next| bit(next));
        match mask.characters & must {
            // At a bar's start the note may have to wait for the space before it.
            0 if self.at > 0 || mask.characters & between == 0 => mask,
            _ => Mask { characters: mask.characters & wanted, end: mask.end && self.at == self.source.len() },
        }
    }

    /// A character of the bar was written.
    pub(super) fn take(&mut self, character: char) {
        let between = matches!(character, ' ' | '\n' | '|' | ':');
        match self.source[self.at..].chars().next() {
            Some(next) if next == character => self.at += next.len_utf8(),
            // Before its first note, or after its last.
            Some(_) if between && self.at == 0 => {}
            None if character.is_whitespace() => {}
            _ => {
                self.source.clear();
                self.at = 0;
            }
        }
    }
}

fn bit(byte: u8) -> u128 {
    1 << byte
}

/// A bar's text without its bar lines and the space around it.
fn music(text: &str) -> &str {
    let text = text.trim_start_matches(['|', ':', ' ', '\n']);
    let mut quoted = false;
    let end = text.find(|c| {
        quoted ^= c == '"';
        !quoted && matches!(c, '|' | ':')
    });
    text[..end.unwrap_or(text.len())].trim_end()
}

/// The full bars of a text that begins with the grammar's header, endings left out.
fn bars_of(grammar: &mut Grammar, text: &str) -> BTreeMap<Place, String> {
    let mut bars = BTreeMap::new();
    let (mut state, mut from) = (grammar.start(), grammar.spec().header.len());
    // A space after the last bar line says that it is whole.
    for (offset, character) in text.char_indices().chain([(text.len(), ' ')]) {
        let Some(next) = grammar.step(&state, character) else { break };
        if next.bar() != state.bar() {
            let bar = music(text.get(from..offset).unwrap_or_default());
            if let Some(place) = grammar.full_bar(&state).filter(|_| !bar.is_empty()) {
                bars.insert(place, bar.to_owned());
            }
            from = offset;
        }
        state = next;
    }
    bars
}

/// The patterns of a tune's sections: within each, and across from the first. `None` if it is not in the
/// dialect.
fn of_tune(text: &str) -> Option<[Vec<String>; 2]> {
    let text = canonical(text);
    let (mut free, _) = free_grammar(&text)?;
    let form = free.form(&text)?;
    let lengths: Vec<u8> = form.sections.iter().map(|s| s.bars - s.ending).collect();
    let mut grammar = Grammar::new(Spec { form: Some(form), ..free.spec().clone() }).ok()?;
    let bars: BTreeMap<Place, String> =
        bars_of(&mut grammar, text.trim_end()).into_iter().map(|(place, bar)| (place, plain(&bar))).collect();
    let mut patterns = [Vec::new(), Vec::new()];
    for (section, &length) in (0..).zip(&lengths) {
        let bar = |number| bars.get(&(section, number));
        let letter = |number: u8| {
            let first = (0..number).find(|&other| bar(number).is_some() && bar(other) == bar(number));
            char::from(LETTERS[usize::from(first.unwrap_or(number)) % LETTERS.len()])
        };
        patterns[0].push((0..length).map(letter).collect());
        if section > 0 && length == lengths[0] {
            let same = |number| bar(number).is_some() && bar(number) == bars.get(&(0, number));
            patterns[1].push((0..length).map(|number| if same(number) { '#' } else { '.' }).collect());
        }
    }
    Some(patterns)
}

/// A bar's notes alone: without ornaments, chord symbols, slurs and beams.
fn plain(bar: &str) -> String {
    let mut until = None;
    let mut notes = String::new();
    for c in bar.chars() {
        match until {
            Some(end) if c == end => until = None,
            Some(_) => {}
            None => match c {
                '"' | '!' => until = Some(c),
                '{' => until = Some('}'),
                ' ' | '~' | '.' => {}
                _ => notes.push(c),
            },
        }
    }
    notes
}

/// Counts which bars come back in tunes: their types, as the corpus names them, and texts. The lines of
/// `returning.tsv`.
pub fn count<'a>(tunes: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let tunes: Vec<(&str, &str)> = tunes.collect();
    let mut by_type: BTreeMap<&str, usize> = BTreeMap::new();
    tunes.iter().for_each(|(name, _)| *by_type.entry(name).or_default() += 1);
    let read = |&(name, text): &(&str, &str)| {
        let named =
            TuneType::named(name).filter(|kind| kind.name() == name && by_type[name] >= LEAST_TUNES)?;
        Some((named.name(), of_tune(text)?))
    };
    let mut counts: BTreeMap<(&str, &str, usize, String), u32> = BTreeMap::new();
    for (name, patterns) in tunes.par_iter().filter_map(read).collect::<Vec<_>>() {
        for (what, patterns) in ["within", "across"].into_iter().zip(patterns) {
            for pattern in patterns {
                *counts.entry((name, what, pattern.len(), pattern)).or_default() += 1;
            }
        }
    }
    let mut lines: Vec<_> = counts.into_iter().filter(|(_, count)| *count >= LEAST_SECTIONS).collect();
    lines.sort_by_key(|((name, what, bars, _), count)| (*name, *what, *bars, std::cmp::Reverse(*count)));
    lines.iter().fold(String::new(), |mut out, ((name, what, _, pattern), count)| {
        // Writing to a string cannot fail.
        let _ = writeln!(out, "{name}\t{what}\t{pattern}\t{count}");
        out
    })
}

/// Reads the lines of `returning.tsv`; lines that are none are left out, which a test would find.
fn read(text: &str) -> BTreeMap<String, Patterns> {
    let mut all: BTreeMap<String, Patterns> = BTreeMap::new();
    for line in text.lines() {
        let fields: Vec<&str> = line.split('\t').collect();
        let &[name, what, pattern, count] = &fields[..] else { continue };
        let Ok(count) = count.parse() else { continue };
        let patterns = all.entry(name.to_owned()).or_default();
        let list = if what == "within" { &mut patterns.within } else { &mut patterns.across };
        list.push((pattern.to_owned(), count));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand_chacha::rand_core::SeedableRng;

    #[test]
    fn what_comes_back_in_a_tune_is_seen() {
        let tune = "X:1\nL:1/8\nM:2/4\nK:D\n|: d | DEFA | d2 B2 | D~EFA | B2 A :| |: e | fedB | d2 B2 | d2 B2 | d3 :|\n";
        assert_eq!(
            of_tune(tune).unwrap(),
            [vec!["abad".to_owned(), "abbd".to_owned()], vec![".#..".to_owned()]]
        );
        assert!(of_tune("X:1\nK:C\n(5cdefg c4 |\n").is_none());
    }

    #[test]
    fn the_table_has_every_type_and_is_drawn_from_as_it_is() {
        assert_eq!(PATTERNS.len(), TuneType::COMMON.len());
        for (name, patterns) in PATTERNS.iter() {
            assert!(TuneType::named(name).is_some_and(|kind| kind.name() == name), "{name}");
            assert!(patterns.within.iter().chain(&patterns.across).all(|(pattern, _)| pattern.len() <= 32));
            for pattern in patterns.within.iter().map(|(pattern, _)| pattern.as_bytes()) {
                let known =
                    |(i, letter): (usize, &u8)| *letter == LETTERS[i] || pattern[..i].contains(letter);
                assert!(pattern.iter().enumerate().all(known), "{name}: {pattern:?}");
            }
        }
        let form: Form = "0 8: 8:".parse().unwrap();
        let mut random = ChaCha8Rng::seed_from_u64(1);
        let mut returning = 0;
        for _ in 0..500 {
            let drawn = Returning::draw(TuneType::named("reel"), &form, &mut random);
            assert!(drawn.0.iter().all(|(bar, source)| source < bar));
            returning += drawn.0.len();
        }
        let share = f64::from(returning as u32) / (500.0 * 16.0);
        assert!((0.15..0.4).contains(&share), "{share} of the bars of reels come back");
        assert_eq!(Returning::draw(None, &form, &mut random), Returning::default());
    }

    #[test]
    fn a_bar_is_written_again_as_it_was() {
        let spec = free_grammar("X:1\nL:1/8\nM:2/4\nK:D\n").unwrap().0.spec().clone();
        let form = "0 4: 4:".parse().unwrap();
        let mut grammar = Grammar::new(Spec { form: Some(form), ..spec }).unwrap();
        let returning = Returning([((0, 2), (0, 0)), ((1, 3), (0, 3))].into());
        let opening = "X:1\nL:1/8\nM:2/4\nK:D\n DE FA | d2 B2 |";
        let mut echo = Echo::new(returning, &mut grammar, opening);
        let mut state = grammar.read_text(&grammar.start(), &format!("{opening} ")).unwrap();
        echo.begin(grammar.full_bar(&state), Some(' '));
        let mut text = String::new();
        while echo.follows() {
            let mask = echo.narrow(grammar.mask(&state));
            let all: Vec<char> = (' '..='~').filter(|&c| mask.allows(c)).collect();
            assert!(
                all.len() == 1 || text.is_empty() && all == [' ', 'D', '|'] || all == ['D', '|'],
                "{all:?}"
            );
            let next = all.into_iter().find(|&c| c != '|' && (c != ' ' || !text.is_empty())).unwrap();
            state = grammar.step(&state, next).unwrap();
            echo.take(next);
            text.push(next);
        }
        assert_eq!(text, "DE FA");
        let mask = echo.narrow(grammar.mask(&state));
        assert!(mask.allows('|') && !mask.allows('B') && !mask.allows('2'), "{mask:?}");
        echo.begin(Some((0, 3)), Some(' '));
        assert!(!echo.follows() && echo.narrow(grammar.mask(&state)) == grammar.mask(&state));
    }
}
