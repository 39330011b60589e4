//! Tune types, which say how fast and with what lilt a tune is played.

use crate::abc::{Kind, Tempo, Tune};
use crate::music::{Fraction, Metre};

/// The type of a tune, of `R:` or, without one that is known, of its metre.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names are players' own")]
pub enum TuneType {
    Reel,
    Jig,
    SlipJig,
    Slide,
    Polka,
    Hornpipe,
    Barndance,
    Fling,
    Strathspey,
    Waltz,
    Mazurka,
    March,
    ThreeTwo,
    Air,
    /// None of these: played as it is written.
    Other,
}

/// Names in lower case without spaces and hyphens. The first that is part of the text counts, so that
/// longer names stand before those they contain.
const NAMES: [(&str, TuneType); 23] = [
    ("slipjig", TuneType::SlipJig),
    ("hopjig", TuneType::SlipJig),
    ("slide", TuneType::Slide),
    ("singlejig", TuneType::Slide),
    ("threetwo", TuneType::ThreeTwo),
    ("3/2", TuneType::ThreeTwo),
    ("strathspey", TuneType::Strathspey),
    ("hornpipe", TuneType::Hornpipe),
    ("barndance", TuneType::Barndance),
    ("schottische", TuneType::Barndance),
    ("fling", TuneType::Fling),
    ("polka", TuneType::Polka),
    ("mazurka", TuneType::Mazurka),
    ("mazourka", TuneType::Mazurka),
    ("waltz", TuneType::Waltz),
    ("valse", TuneType::Waltz),
    ("march", TuneType::March),
    ("reel", TuneType::Reel),
    ("jig", TuneType::Jig),
    ("air", TuneType::Air),
    ("lament", TuneType::Air),
    ("planxty", TuneType::Jig),
    ("lullaby", TuneType::Air),
];

impl TuneType {
    /// The types the network has learnt from at least two hundred tunes, the commonest first.
    pub const COMMON: [Self; 12] = [
        Self::Reel,
        Self::Jig,
        Self::Hornpipe,
        Self::Polka,
        Self::Waltz,
        Self::SlipJig,
        Self::Barndance,
        Self::Strathspey,
        Self::March,
        Self::Slide,
        Self::Mazurka,
        Self::ThreeTwo,
    ];

    /// The name in a sentence, which is also what `R:` says; `tune` for [`TuneType::Other`].
    pub const fn name(self) -> &'static str {
        self.names().0
    }

    /// The name by itself; empty for [`TuneType::Other`].
    pub const fn in_words(self) -> &'static str {
        self.names().1
    }

    const fn names(self) -> (&'static str, &'static str) {
        match self {
            Self::Reel => ("reel", "Reel"),
            Self::Jig => ("jig", "Jig"),
            Self::SlipJig => ("slip jig", "Slip jig"),
            Self::Slide => ("slide", "Slide"),
            Self::Polka => ("polka", "Polka"),
            Self::Hornpipe => ("hornpipe", "Hornpipe"),
            Self::Barndance => ("barndance", "Barndance"),
            Self::Fling => ("fling", "Fling"),
            Self::Strathspey => ("strathspey", "Strathspey"),
            Self::Waltz => ("waltz", "Waltz"),
            Self::Mazurka => ("mazurka", "Mazurka"),
            Self::March => ("march", "March"),
            Self::ThreeTwo => ("three-two", "Three-two"),
            Self::Air => ("air", "Air"),
            Self::Other => ("tune", ""),
        }
    }

    /// The metres it is written in, as beats and note value, the usual one first; none where any will do.
    pub fn metres(self) -> &'static [(u16, u16)] {
        match self {
            Self::Reel | Self::Hornpipe => &[(4, 4), (2, 2), (2, 4)],
            Self::Jig => &[(6, 8)],
            Self::SlipJig => &[(9, 8)],
            Self::Slide => &[(12, 8), (6, 8)],
            Self::Polka => &[(2, 4)],
            Self::Barndance => &[(4, 4), (2, 4)],
            Self::Fling => &[(2, 2), (4, 4), (2, 4)],
            Self::Strathspey => &[(4, 4)],
            Self::Waltz | Self::Mazurka => &[(3, 4)],
            Self::March => &[(4, 4), (2, 4), (6, 8), (2, 2)],
            Self::ThreeTwo => &[(3, 2)],
            Self::Air | Self::Other => &[],
        }
    }

    /// The type a tune is heard as: what `R:` says, else by its metre, and in common time by how often
    /// its rhythm is broken. Of the corpus' 4/4 tunes with as many snaps (`<`) as this asks for most
    /// are strathspeys, of those with a `>` in every bar most are not reels.
    pub fn of_tune(tune: &Tune) -> Self {
        let named = tune.rhythm().and_then(Self::named);
        let by_metre = Self::of_metre(&tune.metre);
        if named.is_some() || tune.metre.beats() != 4 || by_metre != Self::Reel {
            return named.unwrap_or(by_metre);
        }
        let count = |wanted: fn(&Kind) -> bool| {
            let elements = tune.voices.iter().flat_map(|voice| &voice.elements);
            elements.filter(|element| wanted(&element.kind)).count()
        };
        let bars = count(|kind| matches!(kind, Kind::Bar(_))).max(1);
        let long_first = count(|kind| matches!(kind, Kind::Broken(1..)));
        let short_first = count(|kind| matches!(kind, Kind::Broken(..0)));
        if 5 * short_first >= bars && 3 * long_first >= bars {
            Self::Strathspey
        } else if long_first >= bars {
            Self::Hornpipe
        } else {
            Self::Reel
        }
    }

    /// The type that `R:` names; without one that is known, that of the metre.
    pub fn of(rhythm: Option<&str>, metre: &Metre) -> Self {
        rhythm.and_then(Self::named).unwrap_or_else(|| Self::of_metre(metre))
    }

    /// The type a text names, whatever the case: `Slip jig`, `reels`.
    pub fn named(text: &str) -> Option<Self> {
        let plain: String = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        let plain = plain.to_ascii_lowercase();
        NAMES.iter().find(|(name, _)| plain.contains(name)).map(|&(_, found)| found)
    }

    /// The usual type of a metre.
    pub fn of_metre(metre: &Metre) -> Self {
        match (metre.beats(), metre.value()) {
            (4, 4) | (2, 2) => Self::Reel,
            (6, 8) => Self::Jig,
            (9, 8) => Self::SlipJig,
            (12, 8) => Self::Slide,
            (3, 4) => Self::Waltz,
            (2, 4) => Self::Polka,
            (3, 2) => Self::ThreeTwo,
            _ => Self::Other,
        }
    }

    /// The tempo without `Q:`: players' own, for the standard has none (§3.1.8).
    pub fn tempo(self, metre: &Metre) -> Tempo {
        let half = Fraction::of(1, 2);
        let crotchet = Fraction::of(1, 4);
        let dotted = Fraction::of(3, 8);
        let (beat, per_minute) = match self {
            Self::Reel => (half, 104),
            Self::Jig | Self::SlipJig => (dotted, 112),
            Self::Slide => (dotted, 132),
            Self::Polka | Self::Mazurka => (crotchet, 132),
            Self::Hornpipe => (half, 80),
            Self::Barndance | Self::Fling => (half, 84),
            Self::Strathspey => (crotchet, 120),
            Self::Waltz => (crotchet, 126),
            Self::March if metre.is_compound() => (dotted, 104),
            Self::March => (crotchet, 112),
            Self::ThreeTwo => (half, 108),
            Self::Air => (crotchet, 72),
            Self::Other if metre.is_compound() => (dotted, 112),
            Self::Other => (crotchet, 120),
        };
        Tempo { words: String::new(), beats: vec![beat], per_minute: Some(Fraction::of(per_minute, 1)) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_as_people_write_them() {
        for (text, expected) in [
            ("reel", Some(TuneType::Reel)),
            ("Slip Jig", Some(TuneType::SlipJig)),
            ("double jig", Some(TuneType::Jig)),
            ("single jig", Some(TuneType::Slide)),
            ("Highland Fling", Some(TuneType::Fling)),
            ("three-two", Some(TuneType::ThreeTwo)),
            ("barn dance", Some(TuneType::Barndance)),
            ("Slow Air", Some(TuneType::Air)),
            ("unheard of", None),
        ] {
            assert_eq!(TuneType::named(text), expected, "{text}");
        }
        for (_, kind) in NAMES {
            assert_eq!(TuneType::named(kind.in_words()), Some(kind));
        }
        assert_eq!(TuneType::of(Some("x"), &Metre::Cut), TuneType::Reel);
        assert_eq!(TuneType::of(None, &Metre::new(12, 8)), TuneType::Slide);
        assert_eq!(TuneType::of(None, &Metre::Free), TuneType::Other);
    }

    #[test]
    fn every_name_is_known_again_and_every_metre_is_one() {
        for kind in TuneType::COMMON {
            assert_eq!(TuneType::named(kind.name()), Some(kind));
            assert!(kind.metres().iter().all(|&(beats, value)| Metre::new(beats, value).bar().is_some()));
        }
    }

    #[test]
    fn a_tune_without_a_type_is_heard_by_its_metre_and_its_rhythm() {
        for (text, expected) in [
            ("M:4/4\nK:D\nDEFA d4|ABde f4|", TuneType::Reel),
            ("M:4/4\nK:D\nD>EF>A d4|A>Bd>e f4|", TuneType::Hornpipe),
            ("M:4/4\nK:D\nD>EF<A d4|A>Bd<e f4|", TuneType::Strathspey),
            ("R:march\nM:4/4\nK:D\nD>EF>A d4|", TuneType::March),
            ("M:2/2\nK:D\nD>EF>A d4|", TuneType::Reel),
            ("M:9/8\nK:D\nD3 E3 F3|", TuneType::SlipJig),
        ] {
            let parsed = crate::abc::parse(&format!("X:1\n{text}\n"));
            assert_eq!(TuneType::of_tune(&parsed.tunes[0]), expected, "{text}");
        }
    }

    #[test]
    fn a_march_in_six_eight_is_counted_in_dotted_crotchets() {
        let tempo = TuneType::March.tempo(&Metre::new(6, 8));
        assert_eq!((tempo.beat(), tempo.per_minute), (Some(Fraction::of(3, 8)), Some(Fraction::of(104, 1))));
    }
}
