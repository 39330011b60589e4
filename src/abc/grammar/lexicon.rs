//! The words of the dialect, as tries: lengths, bar lines, chord names, decorations.

use std::sync::LazyLock;

/// A place in a [`Trie`]; 0 is its root.
pub(super) type Word = u16;

/// Words by their characters. Words that share an end may share its nodes.
#[derive(Debug, Default)]
pub(super) struct Trie<T> {
    nodes: Vec<Node<T>>,
}

#[derive(Debug)]
struct Node<T> {
    next: Vec<(u8, Word)>,
    value: Option<T>,
    /// Characters to the nearest whole word.
    rest: u8,
}

impl<T> Default for Node<T> {
    fn default() -> Self {
        Self { next: Vec::new(), value: None, rest: 0 }
    }
}

impl<T: Copy> Trie<T> {
    fn new(words: impl IntoIterator<Item = (String, T)>) -> Self {
        let mut trie = Self { nodes: vec![Node::default()] };
        for (word, value) in words {
            let end = word.bytes().fold(0, |node, byte| trie.grow(node, byte));
            trie.nodes[usize::from(end)].value = Some(value);
        }
        trie.measure();
        trie
    }

    fn grow(&mut self, node: Word, byte: u8) -> Word {
        if let Some(next) = self.next(node, byte) {
            return next;
        }
        let new = self.nodes.len() as Word;
        self.nodes.push(Node::default());
        self.nodes[usize::from(node)].next.push((byte, new));
        new
    }

    fn measure(&mut self) {
        // Longest words first would do; a trie of this size is settled in a few rounds anyway.
        self.nodes.iter_mut().for_each(|node| node.rest = if node.value.is_some() { 0 } else { u8::MAX });
        for _ in 0..16 {
            for i in 0..self.nodes.len() {
                let node = &self.nodes[i];
                let nearest = node.next.iter().map(|&(_, n)| self.nodes[usize::from(n)].rest).min();
                let rest = nearest.map_or(u8::MAX, |rest| rest.saturating_add(1));
                self.nodes[i].rest = self.nodes[i].rest.min(rest);
            }
        }
    }

    /// Where `byte` leads.
    pub(super) fn next(&self, node: Word, byte: u8) -> Option<Word> {
        self.nodes[usize::from(node)].next.iter().find(|(b, _)| *b == byte).map(|(_, next)| *next)
    }

    /// What the word read so far means, if it is whole.
    pub(super) fn value(&self, node: Word) -> Option<T> {
        self.nodes[usize::from(node)].value
    }

    /// Characters to the nearest whole word.
    pub(super) fn rest(&self, node: Word) -> u16 {
        self.nodes[usize::from(node)].rest.into()
    }

    /// The whole words from `node` on: how many characters are missing, and what they mean.
    fn completions(&self, node: Word) -> Vec<(u16, T)> {
        let mut found = Vec::new();
        let mut open = vec![(0, node)];
        while let Some((depth, node)) = open.pop() {
            let Node { next, value, .. } = &self.nodes[usize::from(node)];
            found.extend(value.map(|value| (depth, value)));
            open.extend(next.iter().map(|&(_, next)| (depth + 1, next)));
        }
        found.sort_by_key(|(depth, _)| *depth);
        found
    }
}

/// Quarters of the unit note length, the dialect's grid.
pub(super) type Ticks = u8;

/// Ticks of a note without a length.
pub(super) const UNIT: Ticks = 4;

/// The longest bar there is.
pub(super) const MOST_TICKS: Ticks = 96;

/// Note lengths as the corpus writes them.
#[derive(Debug)]
pub(super) struct Lengths {
    pub(super) trie: Trie<Ticks>,
    /// From each node of the trie: characters missing and ticks.
    pub(super) completions: Vec<Vec<(u16, Ticks)>>,
    /// Characters of a length, by its ticks; `None` for one that has no word.
    pub(super) characters: [Option<u16>; MOST_TICKS as usize + 1],
    /// The fewest characters that fill so many ticks with at least 0, 1 or 2 notes.
    pub(super) fill: [[u16; MOST_TICKS as usize + 1]; 3],
    /// The same if the last of them is to last a unit or more.
    pub(super) long_fill: [[u16; MOST_TICKS as usize + 1]; 3],
}

/// More characters than any tune has.
pub(super) const NEVER: u16 = 30_000;

pub(super) static LENGTHS: LazyLock<Lengths> = LazyLock::new(|| {
    let whole = (2..=MOST_TICKS / UNIT).map(|n| (n.to_string(), n * UNIT));
    let halves = (3..=9).step_by(2).map(|n| (format!("{n}/2"), n * UNIT / 2));
    let quarters = (3..=9).step_by(2).map(|n| (format!("{n}/4"), n));
    let short = [("", UNIT), ("/", UNIT / 2), ("/4", UNIT / 4)].map(|(word, ticks)| (word.to_owned(), ticks));
    let words: Vec<(String, Ticks)> = whole.chain(halves).chain(quarters).chain(short).collect();
    let mut characters = [None; MOST_TICKS as usize + 1];
    for (word, ticks) in &words {
        characters[usize::from(*ticks)] = Some(word.len() as u16);
    }
    let trie = Trie::new(words);
    let completions = (0..trie.nodes.len() as Word).map(|node| trie.completions(node)).collect();
    let mut fill = [[NEVER; MOST_TICKS as usize + 1]; 3];
    fill[0][0] = 0;
    for ticks in 1..=MOST_TICKS as usize {
        for notes in 0..3usize {
            let before = |length: usize| fill[notes.saturating_sub(1)][ticks - length];
            let ways = (1..=ticks).filter_map(|length| Some(characters[length]? + 1 + before(length)));
            fill[notes][ticks] = ways.min().unwrap_or(NEVER).min(NEVER);
        }
    }
    let mut long_fill = fill;
    for (notes, fills) in long_fill.iter_mut().enumerate() {
        for (ticks, least) in fills.iter_mut().enumerate().skip(1) {
            let before = |length: usize| fill[notes.saturating_sub(1)][ticks - length];
            let ways =
                (UNIT.into()..=ticks).filter_map(|length| Some(characters[length]? + 1 + before(length)));
            *least = ways.min().unwrap_or(NEVER).min(NEVER);
        }
    }
    Lengths { trie, completions, characters, fill, long_fill }
});

/// The bar lines of the dialect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Line {
    /// `|`
    Bar,
    /// `||`
    Double,
    /// `|]`
    Final,
    /// `|:`
    Open,
    /// `:|`
    Close,
    /// `::`
    Both,
    /// `|1`
    First,
    /// `:|2`
    Second,
}

impl Line {
    pub(super) const ALL: [(&str, Self); 8] = [
        ("|", Self::Bar),
        ("||", Self::Double),
        ("|]", Self::Final),
        ("|:", Self::Open),
        (":|", Self::Close),
        ("::", Self::Both),
        ("|1", Self::First),
        (":|2", Self::Second),
    ];
}

pub(super) static LINES: LazyLock<Trie<Line>> =
    LazyLock::new(|| Trie::new(Line::ALL.map(|(text, line)| (text.to_owned(), line))));

/// The bar lines a beginning of one may become, with the characters missing.
pub(super) fn lines_from(word: Word) -> &'static [(u16, Line)] {
    static COMPLETIONS: LazyLock<Vec<Vec<(u16, Line)>>> =
        LazyLock::new(|| (0..LINES.nodes.len() as Word).map(|node| LINES.completions(node)).collect());
    &COMPLETIONS[usize::from(word)]
}

/// Qualities of chords that our reader and abc2midi both know.
const QUALITIES: [&str; 12] = ["", "m", "7", "m7", "maj7", "6", "m6", "9", "dim", "dim7", "aug", "sus4"];

/// Chord names with the quote that ends them: `Em"`, `D7/F#"`.
pub(super) static CHORDS: LazyLock<Trie<()>> = LazyLock::new(|| {
    let roots = || "CDEFGAB".chars().flat_map(|letter| ["", "#", "b"].map(|sign| format!("{letter}{sign}")));
    let names = || roots().flat_map(|root| QUALITIES.map(|quality| format!("{root}{quality}")));
    let mut trie = Trie::new(names().map(|name| (format!("{name}\""), ())));
    // One tree of bass notes for all chords.
    let bass = trie.nodes.len() as Word;
    trie.nodes.push(Node::default());
    for root in roots() {
        let end = root.bytes().chain([b'"']).fold(bass, |node, byte| trie.grow(node, byte));
        trie.nodes[usize::from(end)].value = Some(());
    }
    for name in names() {
        let end = name.bytes().fold(0, |node, byte| trie.grow(node, byte));
        trie.nodes[usize::from(end)].next.push((b'/', bass));
    }
    trie.measure();
    trie
});

/// The decorations a note may have, those our reader and abc2midi both know wherever they stand: `.` and a fermata
/// it cannot swing in a pair of a hornpipe's quavers.
pub(super) static DECORATIONS: LazyLock<Trie<()>> = LazyLock::new(|| {
    let signs = ["~", "T", "M", "P", "u", "v", "!trill!", "!turn!"];
    Trie::new(signs.map(|sign| (sign.to_owned(), ())))
});

#[cfg(test)]
mod tests {
    use super::*;
    use crate::music::Chord;

    #[test]
    fn lengths_are_what_they_say() {
        let read = |text: &str| {
            let node = text.bytes().try_fold(0, |node, byte| LENGTHS.trie.next(node, byte));
            node.and_then(|node| LENGTHS.trie.value(node))
        };
        for (text, ticks) in [("", 4), ("2", 8), ("12", 48), ("/", 2), ("/4", 1), ("3/2", 6), ("3/4", 3)] {
            assert_eq!(read(text), Some(ticks), "{text}");
        }
        for text in ["1", "0", "2/4", "/8", "25", "//"] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn the_cheapest_fill_is_found() {
        let fill = &LENGTHS.fill;
        assert_eq!(fill[0][..9], [0, 3, 2, 4, 1, 4, 3, 4, 2]);
        assert_eq!([fill[1][0], fill[1][8], fill[2][8], fill[2][2]], [NEVER, 2, 2, 6]);
        assert_eq!([fill[2][1], fill[0][96], fill[2][96]], [NEVER, 3, 4]);
        let fill = &LENGTHS.long_fill;
        assert_eq!(fill[0][..8], [0, NEVER, NEVER, NEVER, 1, 4, 3, 4]);
        assert_eq!([fill[1][0], fill[1][7], fill[2][5], fill[2][6], fill[2][4]], [NEVER, 4, 4, 3, NEVER]);
    }

    #[test]
    fn every_chord_name_is_one() {
        let mut open = vec![(String::new(), 0)];
        let mut whole = 0;
        while let Some((text, node)) = open.pop() {
            if CHORDS.value(node).is_some() {
                let name = text.trim_end_matches('"');
                assert!(Chord::parse(name).is_some() && name.len() <= 10, "{name}");
                whole += 1;
            }
            for &(byte, next) in &CHORDS.nodes[usize::from(node)].next {
                open.push((format!("{text}{}", char::from(byte)), next));
            }
        }
        assert_eq!(whole, 21 * 12 * 22);
        assert_eq!(CHORDS.rest(0), 2);
    }
}
