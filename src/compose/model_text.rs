//! The door from tune text to model text: what the network reads when it is to go on from a tune.

use std::ops::Range;

use crate::abc::{self, Kind, Span, Tune};
use crate::model::Vocabulary;
use crate::music::Metre;

/// A tune in the form of the corpus, and where each piece of it stands in the text it was made of.
///
/// The header is X, L, M, K; a bar line stands between spaces; titles, words, comments, annotations,
/// directives and what a player does with a tune (tempo, parts) are left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ModelText {
    /// The text. It ends after the last note or bar line.
    pub text: String,
    /// Stretches of the text and the bytes they were made of, in the order of both.
    places: Vec<(Range<usize>, Span)>,
}

/// Why the network cannot read a tune.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelTextError {
    /// No tune, or none with a note in it.
    #[error("there is no tune in it yet")]
    Nothing,
    /// The network knows tunes of one voice.
    #[error("it has {0} voices, and the network has learnt tunes of one voice only")]
    Voices(usize),
    /// `&`.
    #[error("it has voices that share a staff (“&”), and the network has learnt tunes of one voice only")]
    Overlay,
    /// `m:` or `U:`.
    #[error("it uses signs of its own (“m:” or “U:”): write out what they stand for")]
    OwnSigns,
    /// A change the network's form has no place for.
    #[error("its key, metre or note length changes on the way (“{field}”), which the network has not learnt")]
    Changes {
        /// The change as it is written.
        field: String,
    },
    /// A character outside the vocabulary.
    #[error("the network has not learnt the sign {0:?}")]
    Unknown(char),
}

impl ModelText {
    /// Makes it of the first tune in `source`.
    ///
    /// # Errors
    /// If the network cannot read such a tune; the sentence goes on from “This tune cannot be carried
    /// on: ”.
    pub fn of(source: &str, vocabulary: &Vocabulary) -> Result<Self, ModelTextError> {
        let parsed = abc::parse(source);
        let tune = parsed.tunes.first().ok_or(ModelTextError::Nothing)?;
        let voice = match &tune.voices[..] {
            [voice] if voice.elements.iter().any(|element| element.kind.takes_time()) => voice,
            [] | [_] => return Err(ModelTextError::Nothing),
            voices => return Err(ModelTextError::Voices(voices.len())),
        };
        if !tune.expansions.is_empty() || tune.fields.iter().any(|field| "mU".contains(field.letter)) {
            return Err(ModelTextError::OwnSigns);
        }
        let mut made = Self { text: header(tune), places: Vec::new() };
        for element in &voice.elements {
            let written = element.span.of(source);
            match &element.kind {
                Kind::Overlay { .. } => return Err(ModelTextError::Overlay),
                Kind::Key(_) | Kind::Metre(_) | Kind::Unit(_) => {
                    return Err(ModelTextError::Changes { field: written.trim().to_owned() });
                }
                Kind::Space => made.space(),
                Kind::LineBreak(_) => {
                    made.space();
                    made.text.push('\n');
                }
                Kind::Bar(_) => {
                    made.space();
                    made.push(written.trim(), element.span);
                    made.space();
                }
                // `|1`: the number follows its bar line at once.
                Kind::Ending(_) => {
                    made.text.truncate(made.text.trim_end_matches(' ').len());
                    let digits =
                        if made.text.ends_with('|') { written.trim_start_matches('[') } else { written };
                    made.push(digits.trim(), element.span);
                    made.space();
                }
                Kind::Annotation(_)
                | Kind::Room(_)
                | Kind::Tempo(_)
                | Kind::Part(_)
                | Kind::Rhythm(_)
                | Kind::Directive(_)
                | Kind::Field { .. } => {}
                _ => made.push(written, element.span),
            }
        }
        made.text.truncate(made.text.trim_end().len());
        if let Some(unknown) =
            made.text.chars().find(|&c| vocabulary.encode(c.encode_utf8(&mut [0; 4])).is_err())
        {
            return Err(ModelTextError::Unknown(unknown));
        }
        Ok(made)
    }

    /// The bytes of the tune that a byte of the text was made of; `None` for the header and for space.
    pub fn source(&self, byte: usize) -> Option<Span> {
        let after = self.places.partition_point(|(range, _)| range.end <= byte);
        self.places.get(after).filter(|(range, _)| range.contains(&byte)).map(|(_, span)| *span)
    }

    /// The bytes of the text that were made of a stretch of the tune; `None` if there are none.
    pub fn place(&self, span: Span) -> Option<Range<usize>> {
        let inside = |(_, made): &&(Range<usize>, Span)| span.start <= made.start && made.end <= span.end;
        let first = self.places.iter().find(inside)?;
        let last = self.places.iter().rfind(inside)?;
        Some(first.0.start..last.0.end)
    }

    fn push(&mut self, written: &str, span: Span) {
        // A line of music begins with a space unless it begins with a bar line.
        if self.text.ends_with('\n') && !written.starts_with(['|', ':', '[']) {
            self.text.push(' ');
        }
        let start = self.text.len();
        self.text.push_str(written);
        self.places.push((start..self.text.len(), span));
    }

    fn space(&mut self) {
        if !self.text.ends_with([' ', '\n']) {
            self.text.push(' ');
        }
    }
}

/// The header as every tune of the corpus has it.
fn header(tune: &Tune) -> String {
    let metre = match &tune.metre {
        // The corpus was made from MusicXML, which has no signs for them.
        Metre::Common => Metre::new(4, 4),
        Metre::Cut => Metre::new(2, 2),
        other => other.clone(),
    };
    let unit = tune.unit;
    let key = abc::write::write_key(&abc::KeyField { key: tune.key.key, ..abc::KeyField::default() });
    format!("X:1\nL:{}/{}\nM:{metre}\nK:{key}\n", unit.numerator(), unit.denominator())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(source: &str) -> Result<ModelText, ModelTextError> {
        ModelText::of(source, &Vocabulary::reference())
    }

    #[test]
    fn a_tune_takes_the_corpus_form_and_every_byte_knows_where_it_came_from() {
        let source = "X:7\nT:Séan's\n%%scale 0.7\nM:C|\nK:Edor % home\n|:B,E|\"^slow\"\"Em\"~E2 (3Bcd|1 e4:|[2 f4|]\nw: la la\n% end\n";
        let made = read(source).unwrap();
        assert_eq!(made.text, "X:1\nL:1/8\nM:2/2\nK:Edor\n|: B,E | \"Em\"~E2 (3Bcd |1 e4 :|2 f4 |]");
        for (piece, from) in [("B,", "B,"), ("~E2", "~"), (":|2", ":|"), ("f4", "f4")] {
            let span = made.source(made.text.find(piece).unwrap()).unwrap();
            assert_eq!(span.of(source), from, "{piece}");
        }
        assert_eq!(made.source(0), None);
    }

    #[test]
    fn lines_end_and_begin_as_in_the_corpus() {
        let made = read("X:1\nL:1/4\nM:3/4\nK:G\nG A B|\nc3|\n|:d3:|\n").unwrap();
        assert_eq!(made.text, "X:1\nL:1/4\nM:3/4\nK:G\n G A B | \n c3 | \n|: d3 :|");
    }

    #[test]
    fn what_the_network_cannot_read_is_refused_with_a_reason() {
        for (source, reason) in [
            ("", "no tune"),
            ("X:1\nT:Empty\nK:D\n", "no tune"),
            ("X:1\nK:D\nV:1\nDEF|\nV:2\nFGA|\n", "2 voices"),
            ("X:1\nK:D\nDEF & FGA|\n", "share a staff"),
            ("X:1\nK:D\nDEF|[K:G]GAB|\n", "[K:G]"),
            ("X:1\nm:~n2=(3o/n/m/ n\nK:D\nDEF|\n", "of its own"),
        ] {
            let error = read(source).unwrap_err().to_string();
            assert!(error.contains(reason), "{source:?}: {error}");
        }
    }
}
