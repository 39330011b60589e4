//! Where in a tune a text has got to: header or music, inside a bar or at a bar line.

/// What the next character would belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Before the music: every line is a field.
    Header,
    /// A field or a comment between lines of music, to the end of the line.
    Field,
    /// Notes and bar lines.
    Music,
    /// A chord symbol or annotation in quotes.
    Quote,
    /// `!fermata!`
    Decoration,
    /// Directly after a `[`, which opens five different things.
    Bracket,
    /// After `[` and this letter: a chord, or with a colon an inline field.
    BracketLetter,
    /// `[K:D]`, whose `M:C|` is no bar line.
    InlineField,
    /// `[ceg]`
    Chord,
}

/// How a text ends, white space aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum End {
    /// Within a bar, or before the music.
    Inside,
    /// With a bar line that can end a tune: `|`, `||`, `:|`, `|]`.
    Closed,
    /// With a bar line that opens something: `|:`, `::`.
    Opening,
}

/// Follows a tune's text character by character, so that it can be ended at a bar line.
///
/// A bar line counts only in the music and after at least one note.
#[derive(Debug, Clone)]
pub(super) struct Bars {
    place: Place,
    /// Characters of the line so far, its first, and whether all are white space.
    column: usize,
    first: char,
    blank: bool,
    /// The line is the K: field, which ends the header.
    key: bool,
    /// The header's fields so far, a bit for each letter.
    fields: u64,
    previous: char,
    note: bool,
    end: End,
    length: usize,
    last: Option<usize>,
    /// Bars that have been closed.
    count: usize,
}

impl Bars {
    pub(super) fn new() -> Self {
        Self {
            place: Place::Header,
            column: 0,
            first: '\n',
            blank: true,
            key: false,
            fields: 0,
            previous: '\n',
            note: false,
            end: End::Inside,
            length: 0,
            last: None,
            count: 0,
        }
    }

    /// How many bars have been closed; a pickup counts as one.
    pub(super) fn count(&self) -> usize {
        self.count
    }

    /// How the text ends.
    pub(super) fn end(&self) -> End {
        self.end
    }

    /// Whether `c` keeps the text a tune. A line break on a blank line would end it for every reader
    /// of ABC. In the header every line is a field, and number, metre and unit length are said once:
    /// what the prompt says is not taken back.
    pub(super) fn allows(&self, c: char) -> bool {
        match (c, self.place, self.column) {
            ('\n', ..) if self.blank => false,
            (_, Place::Header, 0) => {
                c.is_ascii_alphabetic() && !("XML".contains(c) && self.fields & bit(c) != 0)
            }
            (_, Place::Header, 1) => c == ':',
            _ => true,
        }
    }

    /// The byte offset directly after the last bar line.
    pub(super) fn last(&self) -> Option<usize> {
        self.last
    }

    /// Reads the next character.
    pub(super) fn read(&mut self, c: char) {
        self.length += c.len_utf8();
        if c == '\n' {
            self.read_newline();
        } else {
            if self.column == 0 {
                self.first = c;
            }
            self.blank &= c.is_whitespace();
            self.read_in_line(c);
            self.column += 1;
        }
        self.previous = c;
    }

    fn read_newline(&mut self) {
        // Nothing but a header goes on over the end of a line, however it was left open.
        if self.place != Place::Header || self.key {
            self.place = Place::Music;
        }
        (self.column, self.blank, self.key) = (0, true, false);
    }

    fn read_in_line(&mut self, c: char) {
        match self.place {
            Place::Header if self.column == 1 && c == ':' => {
                self.key = self.first == 'K';
                self.fields |= bit(self.first);
            }
            Place::Header => {}
            Place::Field => {}
            Place::Music => self.read_music(c),
            Place::Quote => self.leave(c == '"'),
            // An open `!` is an old line break (ABC 2.1, §12.2).
            Place::Decoration if "| []".contains(c) => self.read_music(c),
            Place::Decoration => self.leave(c == '!'),
            Place::Bracket if c.is_ascii_alphabetic() => {
                self.note |= is_note(c);
                self.place = Place::BracketLetter;
            }
            Place::Bracket if "^_=".contains(c) => self.place = Place::Chord,
            Place::Bracket => self.read_music(c),
            Place::BracketLetter if c == ':' => self.place = Place::InlineField,
            Place::BracketLetter | Place::Chord => {
                self.note |= is_note(c);
                self.place = if c == ']' { Place::Music } else { Place::Chord };
            }
            Place::InlineField => self.leave(c == ']'),
        }
    }

    fn leave(&mut self, ended: bool) {
        if ended {
            self.place = Place::Music;
        }
    }

    fn read_music(&mut self, c: char) {
        self.place = Place::Music;
        match c {
            ' ' | '\t' => return,
            '|' => return self.bar_line(End::Closed),
            ':' if "|:".contains(self.previous) => return self.bar_line(End::Opening),
            ':' if self.column == 1 && is_body_field(self.first) => self.place = Place::Field,
            '%' => self.place = Place::Field,
            // The second half of `|]`.
            ']' if self.previous == '|' && self.end != End::Inside => {
                self.last = Some(self.length);
                return;
            }
            '"' => self.place = Place::Quote,
            '!' => self.place = Place::Decoration,
            '[' => self.place = Place::Bracket,
            _ => self.note |= is_note(c),
        }
        self.end = End::Inside;
    }

    fn bar_line(&mut self, end: End) {
        if self.note {
            // `:| |:` and `::` are one bar line.
            self.count += usize::from(self.end == End::Inside);
            self.end = end;
            self.last = Some(self.length);
        }
    }
}

/// The bit of a letter; other characters have none.
fn bit(letter: char) -> u64 {
    if letter.is_ascii_alphabetic() { 1 << (letter as u32 - 'A' as u32) } else { 0 }
}

fn is_note(c: char) -> bool {
    matches!(c, 'A'..='G' | 'a'..='g')
}

/// The fields ABC allows between lines of music: none is a note's letter.
fn is_body_field(c: char) -> bool {
    "IKLMmNOPQRrsTUVWw+".contains(c)
}

/// Ends `text`, whose last bar line is `end` bytes in, there: with `:|]` after a repeat, else `|]`.
pub(super) fn close(text: &mut String, end: usize) {
    text.truncate(end);
    let mut kept = text.as_str();
    while let Some(shorter) =
        kept.strip_suffix("|]").or_else(|| kept.strip_suffix(['|', ':'])).or_else(|| {
            // `[|` would become the invisible bar line `[|]`.
            if kept.len() < text.len() { kept.strip_suffix('[') } else { None }
        })
    {
        kept = shorter;
    }
    let repeat = text[kept.len()..].starts_with(':');
    text.truncate(kept.len());
    text.push_str(if repeat { ":|]" } else { "|]" });
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Bars {
        let mut bars = Bars::new();
        text.chars().for_each(|c| bars.read(c));
        bars
    }

    fn in_body(music: &str) -> Bars {
        read(&format!("X:1\nM:C|\nK:D\n{music}"))
    }

    #[test]
    fn the_end_of_a_text_is_known() {
        for (music, end) in [
            ("", End::Inside),
            (" |", End::Inside),
            ("|: !fermata! |", End::Inside),
            ("DEF", End::Inside),
            ("DEF |", End::Closed),
            ("DEF :| \n ", End::Closed),
            ("DEF |] ", End::Closed),
            ("[DF] ||", End::Closed),
            ("[^DF] ||", End::Closed),
            ("D !f |", End::Closed),
            ("D [|]", End::Closed),
            ("DEF |:", End::Opening),
            ("DEF ::", End::Opening),
            ("DEF |1", End::Inside),
            ("DEF \"|", End::Inside),
            ("DEF \"|\" |", End::Closed),
            ("DEF [M:C|]", End::Inside),
            ("DEF | [K:G]", End::Inside),
            ("DEF |\nM:C|", End::Inside),
            ("DEF |\nM:C|\n", End::Inside),
            ("DEF |\nz:|", End::Closed),
            ("DEF | [D|", End::Inside),
        ] {
            assert_eq!(in_body(music).end(), end, "{music:?}");
        }
        assert_eq!(read("X:1\nM:C|").end(), End::Inside, "the header has no bars");
        assert_eq!(read("DEF |").end(), End::Inside, "before the K: line there is no music");
    }

    #[test]
    fn bars_are_counted_and_a_bar_line_of_two_signs_is_one() {
        for (music, count) in [
            ("|: ", 0),
            ("A|", 1),
            ("A|B|", 2),
            ("A:| |:B", 1),
            ("A::B|", 2),
            ("A|1 B:|2 C||", 3),
            ("A|]", 1),
        ] {
            assert_eq!(in_body(music).count(), count, "{music:?}");
        }
    }

    #[test]
    fn a_line_break_on_a_blank_line_is_not_allowed() {
        for (bars, allowed) in [
            (read(""), false),
            (in_body(""), false),
            (in_body("DEF |\n "), false),
            (in_body("DEF |"), true),
            (read("X:1"), true),
        ] {
            assert_eq!(bars.allows('\n'), allowed, "{bars:?}");
        }
    }

    #[test]
    fn the_header_has_fields_only_and_says_them_once() {
        for (header, next, allowed) in [
            ("X:1\n", 'M', true),
            ("X:1\n", '8', false),
            ("X:1\n", ' ', false),
            ("X:1\nM", ':', true),
            ("X:1\nM", '6', false),
            ("X:1\nM", '\n', false),
            ("X:1\nM:6/8\n", 'M', false),
            ("X:1\nM:6/8\n", 'X', false),
            ("X:1\nM:6/8\n", 'L', true),
            ("S:2\nB:8\n", 'B', true),
            ("X:1\nM:6/8\nK:D\n", 'M', true),
        ] {
            assert_eq!(read(header).allows(next), allowed, "{next:?} after {header:?}");
        }
    }

    #[test]
    fn tunes_close_with_a_bar_line_players_know() {
        for (music, closed) in [
            ("DEF | GA", "DEF |]"),
            ("DEF :| GA", "DEF :|]"),
            ("DEF || GA", "DEF |]"),
            ("DEF :: GA", "DEF :|]"),
            ("DEF :", "DEF | GA"),
            ("DEF [| GA", "DEF |]"),
            ("[DF]|", "[DF]|]"),
            ("DEF |] GA", "DEF |]"),
            ("DEF |1 GA", "DEF |]"),
        ] {
            let bars = in_body(music);
            let Some(last) = bars.last() else {
                assert_eq!(music, "DEF :", "a lone colon is no bar line");
                continue;
            };
            let mut text = format!("X:1\nM:C|\nK:D\n{music}");
            close(&mut text, last);
            assert_eq!(text, format!("X:1\nM:C|\nK:D\n{closed}"));
        }
    }
}
