//! Bar lines, repeats and endings (§4.8 to §4.10).

/// A bar line and the repeats it closes and opens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BarLine {
    /// How it is drawn, repeat dots aside.
    pub line: Line,
    /// How many times what is before it is repeated: 0 for none, 1 for `:|`, 2 for `::|`.
    pub closes: u8,
    /// How many times what follows is repeated: 1 for `|:`, 2 for `|::`. Only what is drawn: how often
    /// it sounds is said by the bar line that closes it.
    pub opens: u8,
}

/// How a bar line is drawn. `::`, `:|:` and `:||:` are all `Double`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line {
    /// `|`
    Single,
    /// `||`
    Double,
    /// `|]`, thin and thick.
    Final,
    /// `[|`, thick and thin.
    Initial,
    /// `.|`
    Dotted,
    /// `[|]`: not at all.
    Invisible,
}

impl BarLine {
    /// Whether it ends a section: a repeat sign or more than a plain stroke. An ending lasts to such a
    /// line (§4.9).
    pub fn ends_section(&self) -> bool {
        self.closes > 0 || self.opens > 0 || matches!(self.line, Line::Double | Line::Final | Line::Initial)
    }
}

/// The times through that play an ending: `[1,3` or `[1-3` (§4.9, §4.10).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Numbers {
    /// Ranges with both ends in them, as written; at least one.
    pub ranges: Vec<(u8, u8)>,
}

impl Numbers {
    /// Whether the `time`-th time through, from 1, plays this ending.
    pub fn contains(&self, time: u8) -> bool {
        self.ranges.iter().any(|&(first, last)| (first..=last).contains(&time))
    }

    /// The greatest number in it.
    pub fn last(&self) -> u8 {
        self.ranges.iter().map(|&(_, last)| last).max().unwrap_or(1)
    }
}
