//! Corpus text as the dialect writes it.

/// A tune of the corpus in the dialect's spelling: no tempo in the header, and where a later `:|` goes
/// back to a section's start without saying so, `|:` stands there; a last `|` is `||`.
pub fn canonical(text: &str) -> String {
    let body = text.find("\nK:").and_then(|key| text[key + 1..].find('\n').map(|end| key + end + 2));
    let (header, music) = text.split_at(body.unwrap_or(text.len()));
    let header: String = header.split_inclusive('\n').filter(|line| !line.starts_with("Q:")).collect();
    let mut music = with_openings(music);
    let end = music.trim_end().len();
    if music[..end].ends_with(" |") {
        music.insert(end, '|');
    }
    header + &music
}

/// Bar lines as they stand in a line of music.
fn bar_lines(music: &str) -> Vec<(usize, &str)> {
    let mut lines = Vec::new();
    let (mut offset, mut quoted) = (0, false);
    while let Some(character) = music[offset..].chars().next() {
        let is_line = |c: char| matches!(c, '|' | ':' | ']');
        let length = if !quoted && matches!(character, '|' | ':') {
            let rest = &music[offset..];
            let length = rest.find(|c| !is_line(c)).unwrap_or(rest.len());
            let length = length + usize::from(rest[length..].starts_with(['1', '2']));
            lines.push((offset, &rest[..length]));
            length
        } else {
            quoted ^= character == '"';
            character.len_utf8()
        };
        offset += length;
    }
    lines
}

fn with_openings(music: &str) -> String {
    let mut out = music.to_owned();
    // Whether a repeat after this place goes back to it without being told to.
    let mut needed = false;
    for (offset, line) in bar_lines(music).into_iter().rev() {
        match line {
            ":|" | "||" | "|]" if needed => {
                let opened = if line == ":|" { "::" } else { "|:" };
                out.replace_range(offset..offset + line.len(), opened);
                needed = line == ":|";
            }
            ":|" | "::" | "|1" => needed = true,
            "|:" | "||" | "|]" => needed = false,
            // A second ending runs into the section after it.
            ":|2" => needed = false,
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn repeats_are_opened_where_they_go_back_to() {
        let header = "X:1\nL:1/8\nM:6/8\nK:D\n";
        for (text, expected) in [
            (" A | B :| c | d :|", " A | B :: c | d :|"),
            (" A | B :| c | d |", " A | B :| c | d ||"),
            (" A || c | d :|", " A |: c | d :|"),
            ("|: A :: B :| c \"x:|\" :|", "|: A :: B :: c \"x:|\" :|"),
            (" A |1 B :|2 c |: d :|", " A |1 B :|2 c |: d :|"),
            (" A | B :| c |1 d :|2 e ||", " A | B :: c |1 d :|2 e ||"),
        ] {
            let tempo = header.replace("M:", "Q:1/4=100\nM:");
            assert_eq!(canonical(&format!("{tempo}{text}")), format!("{header}{expected}"));
        }
    }
}
