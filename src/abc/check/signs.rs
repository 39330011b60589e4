//! D.C. and D.S. that lead nowhere.

use super::super::diagnostic::{Code, Sink};
use super::super::{Decoration, Kind, Tune};

/// Looks at the signs of all voices together: they stand in one of them, as a rule.
pub(super) fn check(tune: &Tune, sink: &mut Sink) {
    let elements = tune.voices.iter().flat_map(|voice| &voice.elements);
    let decorations = elements.filter_map(|element| match &element.kind {
        Kind::Decoration(decoration) => Some((decoration, element.span)),
        _ => None,
    });
    let (mut segno, mut fine, mut coda) = (false, false, false);
    let mut jumps = Vec::new();
    for (decoration, span) in decorations {
        match decoration {
            Decoration::Segno => segno = true,
            Decoration::Fine => fine = true,
            Decoration::Coda => coda = true,
            Decoration::DalSegno
            | Decoration::DalSegnoAlFine
            | Decoration::DalSegnoAlCoda
            | Decoration::DaCapoAlFine
            | Decoration::DaCapoAlCoda
            | Decoration::ToCoda => jumps.push((decoration, span)),
            _ => {}
        }
    }
    for (decoration, span) in jumps {
        use Decoration::{DaCapoAlFine, DalSegno, DalSegnoAlCoda, DalSegnoAlFine};
        let missing = match decoration {
            DalSegno | DalSegnoAlFine | DalSegnoAlCoda if !segno => "segno",
            DaCapoAlFine | DalSegnoAlFine if !fine => "fine",
            DalSegno | DaCapoAlFine | DalSegnoAlFine => continue,
            // The others lead to a coda.
            _ if !coda => "coda",
            _ => continue,
        };
        if sink.is_full() {
            return;
        }
        let message = format!("“{}” needs a {missing}, and there is none.", decoration.name());
        sink.report_with_hint(Code::LooseSign, span, message, format!("put !{missing}! where it is"));
    }
}
