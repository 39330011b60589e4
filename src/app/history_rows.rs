//! What stands in the history from top to bottom: days, tunes, files that cannot be read.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use jiff::Zoned;
use jiff::civil::Date;
use jiff::tz::TimeZone;

use crate::library::{Damaged, Entry, Filter, Snapshot};

/// One row.
#[derive(Debug, Clone)]
pub(super) enum Row {
    /// A caption over the tunes of a day.
    Day(String),
    /// A tune, or the one that stands for those of its composing.
    Tune {
        /// The tune.
        entry: Arc<Entry>,
        /// The time of day, as it is shown.
        time: String,
        /// How many others of its composing are behind it.
        more: usize,
        /// Whether those are shown below it.
        unfolded: bool,
    },
    /// A file that cannot be read.
    Damaged(Damaged),
}

impl Row {
    /// How high it is.
    pub(super) fn height(&self) -> f32 {
        match self {
            Self::Day(_) => 26.0,
            Self::Tune { .. } => 89.0,
            Self::Damaged(_) => 56.0,
        }
    }
}

/// The rows of what the filter lets through. Of the tunes of one composing one stands for all, the chosen
/// or else the best, unless they are `unfolded` or looked for.
pub(super) fn rows(
    snapshot: &Snapshot,
    filter: &Filter,
    unfolded: &HashSet<String>,
    now: &Zoned,
) -> Vec<Row> {
    let mut rows = Vec::new();
    let mut day = None;
    // Files that cannot be read have no day: they stand where they are seen.
    if filter.is_empty() {
        rows.extend(snapshot.damaged.iter().cloned().map(Row::Damaged));
    }
    let groups = if filter.is_empty() { groups(snapshot) } else { HashMap::new() };
    let mut told = HashSet::new();
    for entry in snapshot.entries.iter().filter(|entry| filter.fits(entry)) {
        let name = entry.marks.group.as_deref().unwrap_or_default();
        let Some(group) = groups.get(name) else {
            push(&mut rows, entry, (0, false), &mut day, now);
            continue;
        };
        let open = unfolded.contains(name);
        if told.insert(name) {
            push(&mut rows, group.face, (group.others, open), &mut day, now);
        }
        if open && entry.file != group.face.file {
            push(&mut rows, entry, (0, false), &mut day, now);
        }
    }
    rows
}

/// The tunes of one composing.
struct Group<'a> {
    /// The one that stands for all.
    face: &'a Arc<Entry>,
    others: usize,
}

/// Those of more than one tune, by name.
fn groups(snapshot: &Snapshot) -> HashMap<&str, Group<'_>> {
    let mut groups: HashMap<&str, Group<'_>> = HashMap::new();
    for entry in &snapshot.entries {
        let Some(name) = entry.marks.group.as_deref() else { continue };
        let known = groups.entry(name);
        let group = known.and_modify(|group| group.others += 1).or_insert(Group { face: entry, others: 0 });
        if entry.marks.chosen {
            group.face = entry;
        }
    }
    groups.retain(|_, group| group.others > 0);
    groups
}

fn push(
    rows: &mut Vec<Row>,
    entry: &Arc<Entry>,
    (more, unfolded): (usize, bool),
    day: &mut Option<Date>,
    now: &Zoned,
) {
    let time = entry.time.to_zoned(now.time_zone().clone());
    if day.replace(time.date()) != Some(time.date()) {
        rows.push(Row::Day(caption(time.date(), now.date())));
    }
    let time = time.strftime("%H:%M").to_string();
    rows.push(Row::Tune { entry: Arc::clone(entry), time, more, unfolded });
}

/// "Today", "Yesterday", "Monday", "22 November", "22 November 2025".
fn caption(day: Date, today: Date) -> String {
    let days = today.since(day).map_or(i32::MAX, |span| span.get_days());
    match days {
        0 => "Today".to_owned(),
        1 => "Yesterday".to_owned(),
        2..=6 => day.strftime("%A").to_string(),
        _ if day.year() == today.year() => day.strftime("%-d %B").to_string(),
        _ => day.strftime("%-d %B %Y").to_string(),
    }
}

/// The clock and the zone of this computer.
pub(super) fn now() -> Zoned {
    Zoned::now().with_time_zone(TimeZone::system())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::Query;

    fn entry(file: &str, lines: &str) -> Arc<Entry> {
        let text = format!("X:1\n{lines}T:{file}\nM:6/8\nL:1/8\nK:D\nDEF|\n");
        Arc::new(Entry::read(file, text.as_bytes(), None).unwrap())
    }

    fn told(rows: &[Row]) -> Vec<String> {
        let tell = |row: &Row| match row {
            Row::Day(day) => format!("{day}:"),
            Row::Tune { entry, more, time, .. } => format!("{} {time} +{more}", entry.title),
            Row::Damaged(damaged) => format!("!{}", damaged.file),
        };
        rows.iter().map(tell).collect()
    }

    #[test]
    fn days_have_captions_and_a_composing_one_row() {
        let at = |time: &str, rest: &str| format!("%%reelsmith kept 2026-03-{time}:00+00:00\n{rest}");
        let group = "%%reelsmith group a\n";
        let chosen = "%%reelsmith group a\n%%reelsmith chosen\n";
        let entries = vec![
            entry("one", &at("17T20:05", "")),
            entry("two", &at("17T09:30", group)),
            entry("three", &at("17T09:30", chosen)),
            entry("four", &at("17T09:30", group)),
            entry("five", &at("16T23:59", "")),
            entry("six", &at("12T12:00", "")),
            entry("seven", &at("01T12:00", "")),
            entry("eight", "%%reelsmith kept 2025-12-31T12:00:00+00:00\n"),
        ];
        let snapshot = Snapshot { entries, ..Snapshot::default() };
        let now = "2026-03-17T21:00:00Z".parse::<jiff::Timestamp>().unwrap().to_zoned(TimeZone::UTC);
        let none = HashSet::new();
        let folded = told(&rows(&snapshot, &Filter::default(), &none, &now));
        let expected = [
            "Today:",
            "one 20:05 +0",
            "three 09:30 +2",
            "Yesterday:",
            "five 23:59 +0",
            "Thursday:",
            "six 12:00 +0",
            "1 March:",
            "seven 12:00 +0",
            "31 December 2025:",
            "eight 12:00 +0",
        ];
        assert_eq!(folded, expected);
        let open = HashSet::from(["a".to_owned()]);
        let unfolded = told(&rows(&snapshot, &Filter::default(), &open, &now));
        assert_eq!(&unfolded[2..5], ["three 09:30 +2", "two 09:30 +0", "four 09:30 +0"]);
        let filter = Filter { query: Query::read("four"), ..Filter::default() };
        assert_eq!(told(&rows(&snapshot, &filter, &none, &now)), ["Today:", "four 09:30 +0"]);
    }
}
