//! A tune the network wrote, where it came from, and the one door from its text to ABC.

use std::num::NonZeroUsize;

use super::directives;
use super::guided::Strain;
use crate::perform::TuneType;

/// How a tune came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The network ended it.
    Eos,
    /// It reached the length asked for and was ended at a bar line.
    Length,
    /// The caller stopped it; the text may stop anywhere.
    Cancelled,
}

/// Where a tune came from: with the same checkpoint, device and kernel these values write it again.
#[derive(Debug, Clone, PartialEq)]
pub struct Provenance {
    /// The checkpoint's name.
    pub model: String,
    /// The device it ran on, by its name on the command line.
    pub device: String,
    /// What computed the network there.
    pub kernel: String,
    /// The random seed.
    pub seed: u64,
    /// Which tune of the seed, from 0.
    pub index: u64,
    /// The temperature.
    pub temperature: f32,
    /// Top-k, if it was used.
    pub top_k: Option<NonZeroUsize>,
    /// Top-p.
    pub top_p: f32,
    /// The length asked for, in characters.
    pub length: usize,
    /// The most bars it might have, if that was said.
    pub bars: Option<NonZeroUsize>,
    /// The tune type asked for, if one was.
    pub tune_type: Option<TuneType>,
    /// The prompt as it was given.
    pub prompt: String,
    /// Whether it was written under the grammar.
    pub grammar: bool,
    /// When, as in RFC 3339; see [`now`].
    pub time: String,
}

/// The time on the clock and its distance from UTC, as in RFC 3339: `2026-03-17T20:05:00+00:00`.
pub fn now() -> String {
    jiff::Zoned::now().strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
}

/// A tune as the network wrote it.
#[derive(Debug, Clone, PartialEq)]
pub struct Composition {
    /// The text in the network's form, prompt included.
    pub text: String,
    /// How it came to its end.
    pub ending: Ending,
    /// Where it came from.
    pub provenance: Provenance,
    /// The average natural logarithm of the probability the network gave each character it wrote, at
    /// temperature 1 (0 is certainty); 0 if it wrote none.
    pub log_probability: f64,
    /// What the grammar cost it; `None` if it was written without.
    pub strain: Option<Strain>,
    /// The tune type it was planned as; `None` if it was written without grammar or in a metre of no type.
    pub planned: Option<TuneType>,
}

impl Composition {
    /// The tune type: the one asked for, else what it is heard as.
    pub fn tune_type(&self) -> TuneType {
        self.provenance.tune_type.or(self.planned).unwrap_or_else(|| {
            let parsed = crate::abc::parse(&self.text);
            parsed.tunes.first().map_or(TuneType::Other, TuneType::of_tune)
        })
    }

    /// The name it has until it is given one: `Reel No. 12`.
    pub fn working_title(&self, number: u64) -> String {
        let name = self.tune_type().name();
        let (first, rest) = name.split_at(1);
        format!("{}{rest} No. {number}", first.to_uppercase())
    }

    /// The tune as ABC for people and programs, as number `number` of a tunebook.
    ///
    /// `X:` comes first, then the provenance as `%%reelsmith` lines, then the header in the order T,
    /// R, others, M, L, K, then the music. A title and a type the network did not write are added:
    /// `title`, and [`Composition::tune_type`] if it has a name. Control codes (S:, B:, E:) and the
    /// tempo (Q:) are left out of the header, spaces at line ends and blank lines everywhere. It ends
    /// with one line break.
    pub fn abc(&self, number: usize, title: &str) -> String {
        let title = format!("T:{title}");
        let tune_type = self.tune_type();
        let rhythm = format!("R:{}", tune_type.name());
        let mut lines = self.text.lines().map(str::trim_end).filter(|l| !l.is_empty());
        let mut header: Vec<&str> = Vec::new();
        for line in lines.by_ref() {
            header.push(line);
            if line.starts_with("K:") {
                break;
            }
        }
        header.retain(|line| !["X:", "S:", "B:", "E:", "Q:"].iter().any(|f| line.starts_with(f)));
        if !header.iter().any(|line| line.starts_with("T:")) {
            header.push(&title);
        }
        if tune_type != TuneType::Other && !header.iter().any(|line| line.starts_with("R:")) {
            header.push(&rhythm);
        }
        header.sort_by_key(|line| match line.get(..2) {
            Some("T:") => 0,
            Some("R:") => 1,
            Some("M:") => 3,
            Some("L:") => 4,
            Some("K:") => 5,
            _ => 2,
        });
        let mut abc = format!("X:{number}\n{}", self.provenance.directives());
        for line in header.into_iter().chain(lines) {
            abc.push_str(line);
            abc.push('\n');
        }
        abc
    }
}

impl Provenance {
    /// One line for each value; see [`directives`].
    fn directives(&self) -> String {
        let top_k = self.top_k.map_or("all".to_owned(), |k| k.to_string());
        let bars = self.bars.map_or("any".to_owned(), |bars| bars.to_string());
        let tune_type = self.tune_type.map_or("any", TuneType::name);
        let grammar = if self.grammar { "on" } else { "off" };
        let values: [(&str, &dyn std::fmt::Display); 14] = [
            ("model", &self.model),
            ("device", &self.device),
            ("kernel", &self.kernel),
            ("seed", &self.seed),
            ("index", &self.index),
            ("temperature", &self.temperature),
            ("top-k", &top_k),
            ("top-p", &self.top_p),
            ("length", &self.length),
            ("bars", &bars),
            ("type", &tune_type),
            ("prompt", &self.prompt),
            ("grammar", &grammar),
            ("time", &self.time),
        ];
        values.iter().map(|(key, value)| directives::line(key, &value.to_string())).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn composition(text: &str) -> Composition {
        let provenance = Provenance {
            model: "reference".into(),
            device: "cpu".into(),
            kernel: "candle f32".into(),
            seed: 7,
            index: 2,
            temperature: 0.8,
            top_k: None,
            top_p: 0.95,
            length: 2000,
            bars: None,
            tune_type: None,
            prompt: "X:1\nM:6/8\\".into(),
            grammar: true,
            time: "2026-03-17T20:05:00+00:00".into(),
        };
        Composition {
            text: text.into(),
            ending: Ending::Eos,
            provenance,
            log_probability: -0.8,
            strain: None,
            planned: None,
        }
    }

    #[test]
    fn abc_has_number_provenance_header_and_music_in_order() {
        let text = "S:2\nB:9\nX:88\nL:1/8\nQ:1/4=180\nM:6/8\nC:trad.\nR:jig\nT:The Test\nK:D\n|: DED FEF | \n A3 d3 :| ";
        assert_eq!(
            composition(text).abc(3, "The Test No. 3"),
            "X:3\n\
             %%reelsmith model reference\n\
             %%reelsmith device cpu\n\
             %%reelsmith kernel candle f32\n\
             %%reelsmith seed 7\n\
             %%reelsmith index 2\n\
             %%reelsmith temperature 0.8\n\
             %%reelsmith top-k all\n\
             %%reelsmith top-p 0.95\n\
             %%reelsmith length 2000\n\
             %%reelsmith bars any\n\
             %%reelsmith type any\n\
             %%reelsmith prompt X:1\\nM:6/8\\\\\n\
             %%reelsmith grammar on\n\
             %%reelsmith time 2026-03-17T20:05:00+00:00\n\
             T:The Test\nR:jig\nC:trad.\nM:6/8\nL:1/8\nK:D\n|: DED FEF |\n A3 d3 :|\n"
        );
    }

    #[test]
    fn a_tune_gets_a_working_title_and_the_type_it_is_heard_as() {
        let tune = composition("X:1\nL:1/8\nM:9/8\nK:G\n G3 A3 B3 |]");
        assert_eq!(tune.working_title(12), "Slip jig No. 12");
        let abc = tune.abc(1, &tune.working_title(12));
        assert!(abc.contains("\nT:Slip jig No. 12\nR:slip jig\nM:9/8\nL:1/8\nK:G\n"), "{abc}");
        let mut asked = tune.clone();
        asked.provenance.tune_type = Some(TuneType::March);
        assert!(asked.abc(1, "x").contains("\nR:march\n"));
        let odd = composition("X:1\nM:7/8\nK:G\n G3 A2 B2 |]").abc(1, "x");
        assert!(!odd.contains("R:"), "{odd}");
    }

    #[test]
    fn what_was_cancelled_early_is_still_a_text() {
        for text in ["", "X:1\nM:6", "X:1\nK:D\n D\n"] {
            let abc = composition(text).abc(1, "Tune No. 1");
            assert!(abc.starts_with("X:1\n%%reelsmith") && abc.ends_with('\n'));
            assert!(!abc.contains("\n\n"), "{abc}");
        }
    }

    #[test]
    fn the_time_is_rfc_3339() {
        let text = now();
        assert!(text.parse::<jiff::Timestamp>().is_ok(), "{text}");
    }
}
