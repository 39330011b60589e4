//! A tune the network wrote, where it came from, and the one door from its text to ABC.

use super::directives;
use super::guided::Strain;
use super::request::Request;
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
    /// What was asked for.
    pub request: Request,
    /// Which tune of the request, from 0.
    pub index: u64,
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
        self.provenance.request.wishes.tune_type.or(self.planned).unwrap_or_else(|| {
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
        let [model, device, kernel, time] = [
            ("model", &self.model),
            ("device", &self.device),
            ("kernel", &self.kernel),
            ("time", &self.time),
        ]
        .map(|(key, value)| directives::line(key, value));
        let asked = directives::of_request(&self.request);
        let index = directives::line("index", &self.index.to_string());
        [model, device, kernel, index, asked, time].concat()
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
            request: Request { seed: 7, top_p: 0.95, prompt: "X:1\nM:6/8\\".into(), ..Request::default() },
            index: 2,
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
             %%reelsmith index 2\n\
             %%reelsmith seed 7\n\
             %%reelsmith temperature 0.8\n\
             %%reelsmith top-k all\n\
             %%reelsmith top-p 0.95\n\
             %%reelsmith length 2000\n\
             %%reelsmith bars any\n\
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
        asked.provenance.request.wishes.tune_type = Some(TuneType::March);
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
