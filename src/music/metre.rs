//! Metres: how long a bar is and how it is counted.

use std::fmt;

use super::Fraction;

/// A metre.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Metre {
    /// No metre: bars have any length.
    Free,
    /// Common time: 4/4 written as a C.
    Common,
    /// Cut time: 2/2 written as a C with a stroke.
    Cut,
    /// Beats over a note value. More than one group is an additive metre such as 2+3/8.
    Beats {
        /// The beats of each group; at least one group, each at least 1.
        groups: Vec<u16>,
        /// The note value, as the denominator of a whole note; at least 1.
        value: u16,
    },
}

impl Metre {
    /// A metre of one group, such as 6/8.
    pub fn new(beats: u16, value: u16) -> Self {
        Self::Beats { groups: vec![beats.max(1)], value: value.max(1) }
    }

    /// The length of a full bar as a fraction of a whole note; `None` if there is no metre.
    pub fn bar(&self) -> Option<Fraction> {
        match self {
            Self::Free => None,
            Self::Common | Self::Cut => Some(Fraction::ONE),
            Self::Beats { value, .. } => Fraction::new(self.beats().into(), i64::from(*value).max(1)),
        }
    }

    /// A beat in whole notes: of the number below the line, three of them in compound time.
    pub fn beat(&self) -> Fraction {
        let parts = if self.is_compound() { 3 } else { 1 };
        Fraction::new(parts, i64::from(self.value()).max(1)).unwrap_or(Fraction::of(1, 4))
    }

    /// The number above the line, groups added up; 4 and 2 for C and C with a stroke, 0 without metre.
    pub fn beats(&self) -> u32 {
        match self {
            Self::Free => 0,
            Self::Common => 4,
            Self::Cut => 2,
            Self::Beats { groups, .. } => groups.iter().map(|&group| u32::from(group)).sum(),
        }
    }

    /// The number below the line; 4 and 2 for C and C with a stroke, 4 without metre.
    pub fn value(&self) -> u32 {
        match self {
            Self::Free | Self::Common => 4,
            Self::Cut => 2,
            Self::Beats { value, .. } => (*value).into(),
        }
    }

    /// Whether it is counted in threes: 6/8, 9/8, 12/8 and the like. 3/8 is not.
    pub fn is_compound(&self) -> bool {
        let beats = self.beats();
        self.value() >= 8 && beats > 3 && beats.is_multiple_of(3)
    }
}

impl fmt::Display for Metre {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Free => f.write_str("none"),
            Self::Common => f.write_str("C"),
            Self::Cut => f.write_str("C|"),
            Self::Beats { groups, value } => {
                for (i, group) in groups.iter().enumerate() {
                    write!(f, "{}{group}", if i > 0 { "+" } else { "" })?;
                }
                write!(f, "/{value}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_beats() {
        assert_eq!(Metre::new(6, 8).bar(), Some(Fraction::of(3, 4)));
        assert_eq!(Metre::Cut.bar(), Some(Fraction::ONE));
        assert_eq!(Metre::Free.bar(), None);
        let additive = Metre::Beats { groups: vec![2, 3], value: 8 };
        assert_eq!(additive.bar(), Some(Fraction::of(5, 8)));
        assert_eq!(additive.to_string(), "2+3/8");
    }

    #[test]
    fn compound_metres_are_those_counted_in_threes() {
        let compound: Vec<bool> = [(3, 8), (6, 8), (9, 8), (12, 8), (3, 4), (6, 4), (5, 8), (6, 16)]
            .map(|(beats, value)| Metre::new(beats, value).is_compound())
            .into();
        assert_eq!(compound, [false, true, true, true, false, false, false, true]);
    }
}
