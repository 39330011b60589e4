//! A tunebook becomes tunes that stand for themselves: what its header says for all of them is said by
//! each, and nothing of its text is lost.

use crate::abc::{Tune, limits, parse};

/// What a tunebook came to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Split {
    /// The tunes' texts, each with one line break at its end.
    pub tunes: Vec<String>,
    /// Whether something was too long to be read: more than 4 MB without a tune's beginning.
    pub too_long: bool,
}

/// Splits a text. Header lines of the file stand behind each tune's `X:`, except titles; text between tunes
/// becomes comments before the next, or behind the last.
pub fn split(text: &str) -> Split {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let mut split = Split::default();
    let mut pieces = pieces(text);
    // Text before the first X: is a file header and free text, or tunes without a number.
    let first = pieces.next().unwrap_or_default();
    let (header, mut between, rest) = file_header(first);
    for piece in std::iter::once(rest).chain(pieces) {
        if piece.len() + header.len() > limits::BYTES {
            split.too_long = true;
            continue;
        }
        split_piece(piece, &header, &mut between, &mut split.tunes);
    }
    if let Some(last) = split.tunes.last_mut() {
        last.push_str(&comments(&between));
    }
    split
}

/// The text up to the first line with `X:`, and from each such line to the next.
fn pieces(text: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(text);
    let mut first = true;
    std::iter::from_fn(move || {
        let piece = rest?;
        // A line at the very start begins the second piece; the first is empty then.
        let from = usize::from(!std::mem::take(&mut first));
        let end = if from == 0 && piece.starts_with("X:") {
            Some(0)
        } else {
            piece.match_indices("\nX:").map(|(at, _)| at + 1).find(|&at| at >= from)
        };
        rest = end.map(|end| &piece[end..]);
        Some(&piece[..end.unwrap_or(piece.len())])
    })
}

/// The lines of the file's header, other lines up to its end, and the text after it. The header is the
/// first block that is more than comments, unless it is a tune without a number.
fn file_header(text: &str) -> (String, String, &str) {
    let is_comment = |line: &str| line.starts_with('%') && !line.starts_with("%%");
    let (mut header, mut others) = (String::new(), String::new());
    let (mut at, mut inside) = (0, false);
    for line in text.split_inclusive('\n') {
        let blank = line.trim().is_empty();
        if inside && blank {
            break;
        }
        inside |= !blank && !is_comment(line);
        at += line.len();
        let is_field =
            matches!(line.as_bytes(), [letter, b':', ..] if letter.is_ascii_alphabetic() || *letter == b'+');
        // A book's title is none of its tunes'.
        if inside && (line.starts_with('%') || is_field && !line.starts_with("T:")) {
            header.push_str(line.trim_end());
            header.push('\n');
        } else {
            others.push_str(line);
        }
    }
    let (block, rest) = text.split_at(at);
    if parse(block).tunes.is_empty() { (header, others, rest) } else { (String::new(), String::new(), text) }
}

/// The tunes of a piece; what is before and between them goes to the next one's comments.
fn split_piece(piece: &str, header: &str, between: &mut String, tunes: &mut Vec<String>) {
    let mut at = 0;
    for tune in &parse(piece).tunes {
        between.push_str(piece.get(at..tune.span.start as usize).unwrap_or_default());
        at = tune.span.end as usize;
        tunes.push(whole(tune, tune.span.of(piece), header, &comments(&std::mem::take(between))));
    }
    between.push_str(piece.get(at..).unwrap_or_default());
}

/// A tune with number, comments and the file's header.
fn whole(tune: &Tune, text: &str, header: &str, comments: &str) -> String {
    let (number, rest) = if tune.number.is_some() || text.starts_with("X:") {
        let end = text.find('\n').map_or(text.len(), |end| end + 1);
        text.split_at(end)
    } else {
        ("X:1\n", text)
    };
    let newline = if number.ends_with('\n') { "" } else { "\n" };
    let text = [number, newline, comments, header, rest].concat();
    format!("{}\n", text.trim_end())
}

/// Text that is no tune, as lines other programs pass over.
fn comments(text: &str) -> String {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines
        .map(|line| match line.strip_prefix('%') {
            // A directive between tunes is for nobody any more; a comment is one already.
            Some(rest) if !rest.starts_with('%') => format!("{line}\n"),
            _ => format!("% {line}\n"),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_tunebook_becomes_tunes_that_stand_for_themselves() {
        let book = "\u{feff}%abc-2.1\n%%titlefont Times 20\nM:6/8\nL:1/8\nC:Trad.\nU:W=!trill!\n\nnotes on the book\n\n\
                    X:1\nT:One\nK:D\nDEF|\n% last words\n\nA story.\n%%sep 1\n\nX:7\nT:Two\nM:4/4\nK:G\nWG4|\n\nK:A\nABC|\n\nThe end.\n";
        let split = split(book);
        let header = "%%titlefont Times 20\nM:6/8\nL:1/8\nC:Trad.\nU:W=!trill!\n";
        assert_eq!(
            split.tunes,
            [
                format!("X:1\n%abc-2.1\n% notes on the book\n{header}T:One\nK:D\nDEF|\n% last words\n"),
                format!("X:7\n% A story.\n% %%sep 1\n{header}T:Two\nM:4/4\nK:G\nWG4|\n"),
                format!("X:1\n{header}K:A\nABC|\n% The end.\n"),
            ]
        );
        let again = parse(&split.tunes[1]);
        assert_eq!(again.tunes[0].canonical(), parse(book).tunes[1].canonical());
    }

    #[test]
    fn one_tune_stays_as_it_is() {
        let tune = "X:3\nT:One\nK:D\nDEF|\n";
        assert_eq!(split(tune).tunes, [tune]);
        assert_eq!(split("K:D\nDEF"), Split { tunes: vec!["X:1\nK:D\nDEF\n".into()], too_long: false });
        assert_eq!(split("no tune"), Split::default());
        assert_eq!(split(""), Split::default());
    }

    proptest! {
        #[test]
        fn no_line_is_lost_and_every_tune_says_the_same(
            book in "([%a-z ]{0,8}\n|M:3/4\n|%%x y\n|\n){0,4}(X:[0-9]\n(T:[a-z]{1,4}\n)?(K:[A-G]\n)?([A-G ]{1,4}\\|\n){0,2}(\n([%a-z ]{0,9}\n){0,2})?){0,4}"
        ) {
            let before = parse(&book).tunes;
            let after = split(&book).tunes;
            prop_assert_eq!(before.len(), after.len());
            for (tune, text) in before.iter().zip(&after) {
                let parsed = parse(text);
                prop_assert_eq!(parsed.tunes.len(), 1, "{}", text);
                prop_assert_eq!(parsed.tunes[0].canonical(), tune.canonical(), "{}", text);
            }
            if !after.is_empty() {
                let all = after.concat();
                for line in book.lines().filter(|line| !line.trim().is_empty()) {
                    prop_assert!(all.contains(line.trim_end()), "{:?} in {:?}", line, all);
                }
            }
        }
    }
}
