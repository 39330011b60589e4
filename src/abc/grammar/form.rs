//! The form of a tune: sections, bars, repeats, endings, and where a pickup stands.

use std::fmt;

/// Sections a tune has at most.
pub const MOST_SECTIONS: usize = 8;

/// Bars a section has at most, as a player counts them.
pub const MOST_BARS: u8 = 32;

/// Where a tune begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Pickup {
    /// With a full bar.
    None,
    /// Every section with so many ticks (quarters of the unit note length), which the bar before each
    /// repeat lacks.
    Inside(u8),
    /// With so many ticks before the first repeat, which is never played again.
    Before(u8),
}

/// One section.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Section {
    /// Bars as a player counts them: a pickup is none, of two endings one counts. 1 to [`MOST_BARS`].
    pub bars: u8,
    /// It is played twice.
    pub repeat: bool,
    /// Bars of the first ending and of the second; 0 for none. Fewer than `bars`, and only with a repeat.
    pub ending: u8,
}

/// The form of a whole tune.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Form {
    /// Where it begins.
    pub pickup: Pickup,
    /// Its sections, 1 to [`MOST_SECTIONS`].
    pub sections: Vec<Section>,
}

impl Form {
    /// Whether a tune in bars of `bar` ticks can have this form.
    pub fn is_possible(&self, bar: u8) -> bool {
        let pickup = match self.pickup {
            Pickup::None => true,
            Pickup::Inside(ticks) => 0 < ticks && ticks < bar,
            Pickup::Before(ticks) => {
                0 < ticks && ticks < bar && self.sections.first().is_some_and(|s| s.repeat)
            }
        };
        let section = |s: &Section| {
            (1..=MOST_BARS).contains(&s.bars) && s.ending < s.bars && (s.ending == 0 || s.repeat)
        };
        pickup && (1..=MOST_SECTIONS).contains(&self.sections.len()) && self.sections.iter().all(section)
    }

    /// Ticks every section begins with.
    pub(super) fn inside(&self) -> u8 {
        if let Pickup::Inside(ticks) = self.pickup { ticks } else { 0 }
    }
}

/// `2 |: 8 :| 8/1 :|`: the pickup in ticks, in brackets if before the first repeat, then the sections.
impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.pickup {
            Pickup::None => f.write_str("0")?,
            Pickup::Inside(ticks) => write!(f, "{ticks}")?,
            Pickup::Before(ticks) => write!(f, "({ticks})")?,
        }
        for section in &self.sections {
            write!(f, " {}", section.bars)?;
            if section.repeat {
                f.write_str(":")?;
            }
            if section.ending > 0 {
                write!(f, "{}", section.ending)?;
            }
        }
        Ok(())
    }
}

impl std::str::FromStr for Form {
    type Err = FormError;

    fn from_str(text: &str) -> Result<Self, FormError> {
        let error = || FormError(text.to_owned());
        let number = |text: &str| text.parse::<u8>().map_err(|_| error());
        let mut words = text.split_whitespace();
        let pickup = words.next().ok_or_else(error)?;
        let pickup = match pickup.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')) {
            Some(ticks) => Pickup::Before(number(ticks)?),
            None if pickup == "0" => Pickup::None,
            None => Pickup::Inside(number(pickup)?),
        };
        let section = |word: &str| {
            let (bars, ending) = word.split_once(':').map_or((word, None), |(bars, end)| (bars, Some(end)));
            let repeat = ending.is_some();
            let ending = ending.filter(|ending| !ending.is_empty()).map_or(Ok(0), number)?;
            Ok(Section { bars: number(bars)?, repeat, ending })
        };
        let sections = words.map(section).collect::<Result<Vec<_>, FormError>>()?;
        Ok(Self { pickup, sections })
    }
}

/// A text that names no form.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is no form: a form is a pickup in quarters of the unit note length and sections, as in \"4 8: 8:1\""
)]
pub struct FormError(pub String);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn forms_are_read_as_they_are_written() {
        for text in ["0 8: 8:1", "4 8 8", "(8) 16:2"] {
            assert_eq!(text.parse::<Form>().unwrap().to_string(), text);
        }
        for text in ["", "x 8", "4 8:x", "4 300"] {
            assert!(text.parse::<Form>().is_err(), "{text}");
        }
    }

    #[test]
    fn impossible_forms_are_known() {
        let possible = |text: &str| text.parse::<Form>().unwrap().is_possible(24);
        assert!(possible("0 8: 8:1") && possible("(4) 8:") && possible("4 8"));
        for text in ["0", "24 8", "(4) 8", "0 33", "0 0", "0 4:4", "0 8 8 8 8 8 8 8 8 8"] {
            assert!(!possible(text), "{text}");
        }
    }
}
