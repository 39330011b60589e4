//! Bars and sections: which bar lines may close a bar, what follows them, and what the rest of a tune
//! costs at least.

use std::collections::HashMap;

use super::form::{Form, MOST_BARS, MOST_SECTIONS, Pickup, Section};
use super::lexicon::{LENGTHS, Line, NEVER, Ticks};

/// A place in the ledger's list of bars.
pub(super) type BarId = u32;

/// How a section came to be repeated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Repeat {
    /// It is not.
    No,
    /// As the tune's first, which needs no `|:`.
    First,
    /// By `|:` or `::`.
    Opened,
}

/// Everything a bar needs to know about where in the tune it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Bar {
    pub(super) section: u8,
    /// Bars of the section before this one, as a player counts them.
    bars: u8,
    /// Ticks the section begins with; `None` while that is open.
    pickup: Option<Ticks>,
    /// This is the section's first.
    first: bool,
    repeat: Repeat,
    /// Which ending it stands in; 0 for none.
    ending: u8,
    /// Bars before the endings.
    before_endings: u8,
    /// Ticks before the first repeat.
    lead: Ticks,
}

impl Bar {
    /// Whether it is its section's first.
    pub(super) fn is_first(&self) -> bool {
        self.first
    }

    /// The tune's pickup, once it is known.
    pub(super) fn pickup(&self) -> Option<Pickup> {
        match (self.lead, self.pickup?) {
            (0, 0) => Some(Pickup::None),
            (0, ticks) => Some(Pickup::Inside(ticks)),
            (ticks, _) => Some(Pickup::Before(ticks)),
        }
    }

    /// The section this bar closes, if it is its last.
    pub(super) fn section(&self, repeated: bool) -> Section {
        let bars = self.bars + 1;
        let ending = if self.ending == 2 { bars - self.before_endings } else { 0 };
        Section { bars, repeat: repeated || ending > 0, ending }
    }
}

/// What a bar line leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct After {
    /// The bar it opens, if there may be one.
    pub(super) next: Option<Bar>,
    /// The tune may end here.
    pub(super) end: bool,
}

/// A way out of a bar: at so many ticks, by a bar line of so many characters.
#[derive(Debug, Clone, Copy)]
struct Exit {
    ticks: Ticks,
    line: Line,
    characters: u16,
    /// Ties and slurs may cross it.
    plain: bool,
    /// The least the tune costs after it, by the notes that are owed; see [`Ledger::closing`].
    rest: Costs,
    /// The tune ends with it.
    end: bool,
}

/// The least something costs, by notes owed before a line other than `|` and before the end.
pub(super) type Costs = [[u16; 3]; 3];

/// A bar, its exits, and what is asked about it at every character.
#[derive(Debug)]
struct Entry {
    bar: Bar,
    exits: Vec<Exit>,
    ends: bool,
    /// From each tick on; see [`Ledger::closing`].
    closing: Vec<Costs>,
    /// The least of them.
    cheapest: u16,
    /// From a `|:` at its start on, if there may be one.
    opened: Option<Costs>,
}

/// The bars of a tune, worked out as they are met.
#[derive(Debug)]
pub(super) struct Ledger {
    /// Ticks of a full bar.
    full: Ticks,
    form: Option<Form>,
    /// Every section's first full bar begins with a chord symbol.
    pub(super) chords: bool,
    /// The last note lasts a unit or more.
    long_end: bool,
    entries: Vec<Entry>,
    ids: HashMap<Bar, BarId>,
    /// The least each bar costs from its start, by notes owed.
    rests: HashMap<Bar, Costs>,
}

/// Characters of the shortest chord symbol.
pub(super) const SYMBOL: u16 = 3;

impl Ledger {
    pub(super) fn new(full: Ticks, form: Option<Form>, chords: bool, long_end: bool) -> Self {
        let (entries, ids, rests) = Default::default();
        let mut ledger = Self { full, form, chords, long_end, entries, ids, rests };
        ledger.id(Bar {
            section: 0,
            bars: 0,
            pickup: None,
            first: true,
            repeat: Repeat::First,
            ending: 0,
            before_endings: 0,
            lead: 0,
        });
        ledger
    }

    /// The number of a bar.
    pub(super) fn id(&mut self, bar: Bar) -> BarId {
        if let Some(&id) = self.ids.get(&bar) {
            return id;
        }
        let exits = self.exits(bar);
        let ends = exits.iter().any(|exit| exit.end);
        let costs = |used| costs(|any, end| self.cheapest_of(&exits, used, any, end));
        let closing: Vec<Costs> = (0..=self.full).map(costs).collect();
        let cheapest = closing.iter().flatten().flatten().copied().min().unwrap_or(NEVER);
        let opened = self.opened(bar).map(|opened| self.rest(opened));
        let id = self.entries.len() as BarId;
        self.entries.push(Entry { bar, exits, ends, closing, cheapest, opened });
        self.ids.insert(bar, id);
        id
    }

    #[inline]
    fn entry(&self, id: BarId) -> &Entry {
        &self.entries[id as usize]
    }

    /// Whether the tune may end with this bar.
    #[inline]
    pub(super) fn ends(&self, id: BarId) -> bool {
        self.entry(id).ends
    }

    /// Whether a bar has to begin with a chord symbol.
    pub(super) fn owes_symbol(&self, bar: &Bar) -> bool {
        // Without a form the tune's first bar can still turn out to be a pickup.
        let unknown = bar.first && bar.pickup.is_none() && self.form.is_none();
        self.chords && bar.bars == 0 && !unknown && !self.is_pickup(bar)
    }

    /// The section of a bar and its number there; nothing for pickups and bars of endings.
    pub(super) fn full(&self, bar: &Bar) -> Option<(u8, u8)> {
        (bar.ending == 0 && !self.is_pickup(bar)).then_some((bar.section, bar.bars))
    }

    /// Whether a section's first bar can only be its pickup.
    fn is_pickup(&self, bar: &Bar) -> bool {
        let asked = |form: &Form| bar.section == 0 && form.pickup != Pickup::None;
        bar.first && (bar.pickup.is_some_and(|pickup| pickup > 0) || self.form.as_ref().is_some_and(asked))
    }

    #[inline]
    pub(super) fn bar(&self, id: BarId) -> Bar {
        self.entry(id).bar
    }

    /// Whether `|:` may stand at the start of this bar, and the bar it becomes.
    pub(super) fn opened(&self, bar: Bar) -> Option<Bar> {
        let opened = Bar { repeat: Repeat::Opened, ..bar };
        let wanted = self.section(bar.section).is_none_or(|section| section.repeat);
        let may = bar.first && bar.bars == 0 && bar.repeat != Repeat::Opened && wanted;
        may.then_some(opened)
    }

    fn section(&self, section: u8) -> Option<Section> {
        self.form.as_ref().and_then(|form| form.sections.get(usize::from(section)).copied())
    }

    /// What a bar line at `ticks` leads to; nothing if it may not stand there.
    pub(super) fn after(&self, bar: Bar, ticks: Ticks, line: Line) -> Option<After> {
        let pickup = bar.pickup.unwrap_or(0);
        if bar.first && ticks < self.full {
            // A pickup, known or not, and the bar after it; or a whole section of one bar below.
            let fits = bar.pickup.is_none_or(|pickup| pickup == ticks);
            let asked = self.form.as_ref().map(|form| form.pickup);
            match line {
                Line::Bar if fits && asked.is_none_or(|p| bar.section > 0 || p == Pickup::Inside(ticks)) => {
                    return only(Bar { first: false, pickup: Some(ticks), ..bar });
                }
                Line::Open
                    if bar.pickup.is_none()
                        && bar.repeat == Repeat::First
                        && asked.is_none_or(|p| p == Pickup::Before(ticks)) =>
                {
                    return only(Bar {
                        first: false,
                        pickup: Some(0),
                        lead: ticks,
                        repeat: Repeat::Opened,
                        ..bar
                    });
                }
                _ => {}
            }
        }
        if self.is_pickup(&bar) {
            return None;
        }
        self.after_full(Bar { pickup: Some(pickup), ..bar }, ticks, line)
    }

    /// The same for a bar that is none but a section's pickup.
    fn after_full(&self, bar: Bar, ticks: Ticks, line: Line) -> Option<After> {
        let bars = bar.bars + 1;
        let pickup = bar.pickup.unwrap_or(0);
        let form = self.section(bar.section);
        let whole = ticks == self.full;
        let completes = ticks == self.full - pickup;
        let inside = Bar { bars, first: false, ..bar };
        let goes_on = bars < form.map_or(MOST_BARS, |form| form.bars);
        let is_last = form.is_none_or(|form| bars == form.bars);
        let next = |pickup: Ticks, repeat| self.next_section(bar, pickup, repeat);
        match line {
            Line::Bar => {
                let before_ending = form
                    .is_none_or(|form| bar.ending > 0 || bars + form.ending < form.bars || form.ending == 0);
                (whole && goes_on && before_ending).then_some(())?;
                only(inside)
            }
            Line::First => {
                let here = form.map_or(goes_on, |form| form.ending > 0 && bars + form.ending == form.bars);
                (whole && here && bar.ending == 0 && bar.repeat != Repeat::No).then_some(())?;
                only(Bar { ending: 1, before_endings: bars, ..inside })
            }
            Line::Second => {
                (completes && bar.ending == 1 && is_last).then_some(())?;
                only(Bar { bars: bar.before_endings, ending: 2, ..inside })
            }
            Line::Close | Line::Both => {
                let plain_repeat = form.is_none_or(|form| form.repeat && form.ending == 0);
                (completes && bar.ending == 0 && bar.repeat != Repeat::No && is_last && plain_repeat)
                    .then_some(())?;
                if line == Line::Both {
                    return only(next(pickup, Repeat::Opened)?);
                }
                some(next(pickup, Repeat::No), self.is_end(bar))
            }
            Line::Double | Line::Open | Line::Final => {
                let open = bar.repeat == Repeat::Opened && bar.ending != 2 || bar.ending == 1;
                let once = form.is_none_or(|form| !form.repeat || bar.ending == 2);
                (!open && is_last && once && ticks <= self.full).then_some(())?;
                let end = line != Line::Open && completes && self.is_end(bar);
                let next = match line {
                    Line::Double => next(self.full - ticks, Repeat::No),
                    Line::Open => next(self.full - ticks, Repeat::Opened),
                    _ => None,
                };
                some(next, end)
            }
        }
    }

    /// Whether the tune may end after this bar's section.
    fn is_end(&self, bar: Bar) -> bool {
        self.form.as_ref().is_none_or(|form| usize::from(bar.section) + 1 == form.sections.len())
    }

    /// The first bar of the section after `bar`'s, if there may be one.
    fn next_section(&self, bar: Bar, pickup: Ticks, repeat: Repeat) -> Option<Bar> {
        let section = bar.section + 1;
        if let Some(form) = &self.form {
            let asked = form.sections.get(usize::from(section))?;
            (pickup == form.inside() && (repeat == Repeat::No || asked.repeat)).then_some(())?;
        }
        (usize::from(section) < MOST_SECTIONS).then_some(Bar {
            section,
            bars: 0,
            pickup: Some(pickup),
            first: true,
            repeat,
            ending: 0,
            before_endings: 0,
            lead: bar.lead,
        })
    }

    /// The ways out of a bar that a shortest completion may take.
    fn exits(&mut self, bar: Bar) -> Vec<Exit> {
        let form = self.form.clone();
        let asked = form.map_or(0, |form| match form.pickup {
            Pickup::None => 0,
            Pickup::Inside(ticks) | Pickup::Before(ticks) => ticks,
        });
        let own = bar.pickup.unwrap_or(0);
        let mut ticks = vec![self.full, self.full - own, own, self.full - asked, asked];
        ticks.sort_unstable();
        ticks.dedup();
        let mut exits = Vec::new();
        for ticks in ticks.into_iter().filter(|&ticks| ticks > 0) {
            for (text, line) in Line::ALL {
                let Some(after) = self.after(bar, ticks, line) else { continue };
                let plain = line == Line::Bar;
                let characters = text.len() as u16;
                if after.end {
                    exits.push(Exit { ticks, line, characters, plain, rest: [[0; 3]; 3], end: true });
                }
                // Without a form nothing is gained by one more section, but where a section is full.
                if let Some(next) = after.next.filter(|_| !after.end) {
                    let rest = self.rest(next);
                    exits.push(Exit { ticks, line, characters, plain, rest, end: false });
                }
            }
        }
        exits
    }

    /// The least a tune costs from the start of a bar, by the notes owed before another line than `|`
    /// and before the end.
    pub(super) fn rest(&mut self, bar: Bar) -> Costs {
        let bar = self.alike(bar);
        if let Some(rest) = self.rests.get(&bar) {
            return *rest;
        }
        let exits = self.exits(bar);
        let opened = self.opened(bar).map(|opened| self.rest(opened));
        let symbol = if self.owes_symbol(&bar) { SYMBOL } else { 0 };
        let rest = costs(|any, end| {
            // ` |:`
            let opened = opened.map_or(NEVER, |opened| opened[any][end] + 3);
            (self.cheapest_of(&exits, 0, any, end) + symbol).min(opened).min(NEVER)
        });
        self.rests.insert(bar, rest);
        rest
    }

    /// A bar from which the tune costs as much, so that few need to be worked out: without a form
    /// sections end long before they are full.
    fn alike(&self, bar: Bar) -> Bar {
        if self.form.is_some() {
            return bar;
        }
        let bars = if bar.bars == 0 { 0 } else { bar.bars.max(MOST_BARS - 4) };
        Bar { bars, before_endings: bar.before_endings.min(bars), lead: 0, ..bar }
    }

    /// The fewest characters that finish the tune from `used` ticks of a bar on, where `any` more notes
    /// are owed before a line other than `|`, and `end` before the tune's end (0 to 2 each).
    #[inline]
    pub(super) fn closing(&self, id: BarId, used: Ticks, any: usize, end: usize) -> u16 {
        // A bar that is too long is never closed.
        self.entry(id).closing.get(usize::from(used)).map_or(NEVER, |costs| costs[any][end])
    }

    /// The least of what [`Ledger::closing`] says of a bar.
    pub(super) fn cheapest(&self, id: BarId) -> u16 {
        self.entry(id).cheapest
    }

    /// The least the tune costs from a `|:` at the start of a bar on; nothing if there may be none.
    #[inline]
    pub(super) fn opening(&self, id: BarId) -> Option<&Costs> {
        self.entry(id).opened.as_ref()
    }

    /// The least the tune costs after a bar line at `used` ticks; nothing if it may not stand there. What
    /// is owed counts only beyond `|`, and `home` says whether the last note may be the tune's last.
    pub(super) fn beyond(&mut self, id: BarId, used: Ticks, line: Line, home: bool) -> Option<Costs> {
        let exits = &self.entry(id).exits;
        let found = exits.iter().find(|exit| exit.ticks == used && exit.line == line && (home || !exit.end));
        if let Some(exit) = found {
            return Some(exit.rest);
        }
        // A way that no shortest completion takes.
        let after = self.after(self.bar(id), used, line)?;
        match after.next {
            _ if after.end && home => Some([[0; 3]; 3]),
            Some(next) => Some(self.rest(next)),
            None => None,
        }
    }

    /// The least it costs from so many ticks of a bar on to leave it.
    fn cheapest_of(&self, exits: &[Exit], used: Ticks, any: usize, end: usize) -> u16 {
        let mut least = NEVER;
        for exit in exits {
            let Some(left) = exit.ticks.checked_sub(used) else { continue };
            let fill = |notes: usize| LENGTHS.fill[notes][usize::from(left)];
            let cost = if exit.end {
                let fill = if self.long_end { &LENGTHS.long_fill } else { &LENGTHS.fill };
                fill[any.max(end)][usize::from(left)]
            } else if exit.plain {
                let after = |notes: usize| {
                    fill(notes) + exit.rest[any.saturating_sub(notes)][end.saturating_sub(notes)]
                };
                (0..=any.max(end)).map(after).min().unwrap_or(NEVER)
            } else {
                fill(any) + exit.rest[0][0]
            };
            least = least.min(cost + exit.characters);
        }
        least.min(NEVER)
    }
}

fn costs(cost: impl Fn(usize, usize) -> u16) -> Costs {
    [0, 1, 2].map(|any| [0, 1, 2].map(|end| cost(any, end)))
}

fn only(next: Bar) -> Option<After> {
    Some(After { next: Some(next), end: false })
}

fn some(next: Option<Bar>, end: bool) -> Option<After> {
    (next.is_some() || end).then_some(After { next, end })
}
