//! The `%%reelsmith` lines of a tune: what the program itself notes in it, a key and a value a line.
//!
//! Other programs pass over them. They stand in the header of the text's first tune; line breaks and
//! backslashes in a value are escaped, as is a space at its end.

use super::request::Request;
use super::wish_words;
use super::wishes::Aim;

const START: &str = "%%reelsmith ";

/// One such line, with its end.
pub fn line(key: &str, value: &str) -> String {
    let mut value = value.replace('\\', "\\\\").replace('\n', "\\n").replace('\r', "\\r");
    // Editors take spaces at the end of a line away.
    if value.ends_with(' ') {
        value.pop();
        value.push_str("\\s");
    }
    let space = if value.is_empty() { "" } else { " " };
    format!("{START}{key}{space}{value}\n")
}

/// The first value of a key; `None` if there is no such line.
pub fn get(text: &str, key: &str) -> Option<String> {
    let (start, end) = find(text, key)?;
    Some(unescaped(value_of(text.get(start..end)?, key)?))
}

/// The text with the first line of this key set to a value, or without it. A new line goes behind those
/// there are, else behind `X:`, else before everything.
pub fn set(text: &str, key: &str, value: Option<&str>) -> String {
    let new = value.map(|value| line(key, value)).unwrap_or_default();
    let (start, end) = find(text, key).unwrap_or_else(|| {
        let at = place_for_new(text);
        (at, at)
    });
    let (before, after) = (text.get(..start).unwrap_or_default(), text.get(end..).unwrap_or_default());
    let newline = if !new.is_empty() && !before.is_empty() && !before.ends_with('\n') { "\n" } else { "" };
    [before, newline, &new, after].concat()
}

/// The text without any such line in its first header.
pub fn without(text: &str) -> String {
    let mut rest = String::with_capacity(text.len());
    let mut at = 0;
    for (start, line) in header(text) {
        if !is_ours(line) {
            rest.push_str(line);
        }
        at = start + line.len();
    }
    rest + text.get(at..).unwrap_or_default()
}

/// What was asked for when the tune was composed, as far as its lines say; the rest is the usual. `None`
/// if they say nothing of it. It may be out of range: see [`Request::validate`].
pub fn request(text: &str) -> Option<Request> {
    let usual = Request::default();
    let (prompt, seed) = (get(text, "prompt"), number(text, "seed"));
    let (temperature, length) = (number(text, "temperature"), number(text, "length"));
    if prompt.is_none() && seed.is_none() && temperature.is_none() && length.is_none() {
        return None;
    }
    Some(Request {
        // An empty prompt is one, too.
        prompt: prompt.unwrap_or(usual.prompt),
        temperature: temperature.unwrap_or(usual.temperature),
        top_k: number(text, "top-k"),
        top_p: number(text, "top-p").unwrap_or(usual.top_p),
        seed: seed.unwrap_or(usual.seed),
        length: length.unwrap_or(usual.length),
        bars: number(text, "bars"),
        wishes: wish_words::read(|name| get(text, name)),
        aim: get(text, "aim").as_deref().and_then(wish_words::read_aim).unwrap_or_default(),
        cut: get(text, "cut").is_some(),
        raw: get(text, "grammar").as_deref() == Some("off"),
    })
}

/// The lines that say what was asked for: [`request`] takes it back.
pub fn of_request(request: &Request) -> String {
    let top_k = request.top_k.map_or("all".to_owned(), |k| k.to_string());
    let bars = request.bars.map_or("any".to_owned(), |bars| bars.to_string());
    let mut lines = vec![
        ("seed", request.seed.to_string()),
        ("temperature", request.temperature.to_string()),
        ("top-k", top_k),
        ("top-p", request.top_p.to_string()),
        ("length", request.length.to_string()),
        ("bars", bars),
        ("prompt", request.prompt.clone()),
        ("grammar", if request.raw { "off" } else { "on" }.to_owned()),
    ];
    lines.extend((request.aim != Aim::Tune).then(|| ("aim", wish_words::aim(request.aim).to_owned())));
    lines.extend(request.cut.then(|| ("cut", String::new())));
    lines.extend(wish_words::write(&request.wishes));
    lines.iter().map(|(key, value)| line(key, value)).collect()
}

fn number<T: std::str::FromStr>(text: &str, key: &str) -> Option<T> {
    get(text, key)?.parse().ok()
}

/// The lines of the first header with their ends, and where each begins; that of `K:` is the last.
fn header(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut at = 0;
    let mut over = false;
    text.split_inclusive('\n').map_while(move |line| {
        let start = at;
        at += line.len();
        (!std::mem::replace(&mut over, line.starts_with("K:"))).then_some((start, line))
    })
}

fn is_ours(line: &str) -> bool {
    line.strip_prefix(START.trim_end())
        .is_some_and(|rest| rest.is_empty() || rest.starts_with([' ', '\n', '\r']))
}

fn value_of<'a>(line: &'a str, key: &str) -> Option<&'a str> {
    let rest = line.strip_prefix(START)?.trim_end_matches(['\n', '\r']).strip_prefix(key)?;
    if rest.is_empty() { Some(rest) } else { rest.strip_prefix(' ') }
}

/// Where the line of a key begins and ends.
fn find(text: &str, key: &str) -> Option<(usize, usize)> {
    let (start, line) = header(text).find(|(_, line)| value_of(line, key).is_some())?;
    Some((start, start + line.len()))
}

fn place_for_new(text: &str) -> usize {
    let ours = header(text).filter(|(_, line)| is_ours(line)).last();
    let number = || header(text).find(|(_, line)| line.trim_start_matches('\u{feff}').starts_with("X:"));
    ours.or_else(number).map_or(0, |(start, line)| start + line.len())
}

fn unescaped(value: &str) -> String {
    let mut out = String::with_capacity(value.len());
    let mut characters = value.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => match characters.next() {
                Some('n') => out.push('\n'),
                Some('r') => out.push('\r'),
                Some('s') => out.push(' '),
                Some(other) => out.push(other),
                None => out.push('\\'),
            },
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::num::NonZeroUsize;

    use proptest::prelude::*;

    use super::*;
    use crate::compose::instrument::Instrument;
    use crate::compose::wishes::Wishes;
    use crate::perform::TuneType;

    const TUNE: &str = "X:1\n%%reelsmith seed 7\n%%reelsmith prompt X:1\\nM:6/8\nT:One\nK:D\nD\n";

    #[test]
    fn lines_are_set_where_they_stand_and_taken_out_again() {
        assert_eq!(get(TUNE, "prompt").as_deref(), Some("X:1\nM:6/8"));
        assert_eq!(get(TUNE, "see"), None);
        let marked = set(TUNE, "favourite", Some(""));
        assert_eq!(get(&marked, "favourite").as_deref(), Some(""));
        assert!(marked.contains("M:6/8\n%%reelsmith favourite\nT:One\n"), "{marked}");
        assert_eq!(set(&marked, "favourite", None), TUNE);
        assert_eq!(set(TUNE, "seed", Some("8")), TUNE.replace("seed 7", "seed 8"));
        assert_eq!(without(&marked), "X:1\nT:One\nK:D\nD\n");
        assert_eq!(set("K:D\nD", "tags", Some("slow")), "%%reelsmith tags slow\nK:D\nD");
        assert_eq!(set("X:1", "a", Some("b")), "X:1\n%%reelsmith a b\n");
        assert_eq!(get("X:1\nK:D\n%%reelsmith seed 7\n", "seed"), None, "only the header counts");
    }

    #[test]
    fn a_request_comes_back_from_what_its_tune_says() {
        assert_eq!(request("X:1\nT:By hand\nK:D\n"), None);
        let request = request(TUNE).unwrap();
        assert_eq!((request.seed, request.prompt.as_str()), (7, "X:1\nM:6/8"));
        assert_eq!(request.temperature, Request::default().temperature);
    }

    #[test]
    fn all_that_was_asked_for_comes_back() {
        let wishes = Wishes {
            tune_type: Some(TuneType::SlipJig),
            pickup: Some(true),
            instrument: Some(Instrument::WhistleD),
            ends_home: true,
            ..Wishes::default()
        };
        let asked = Request {
            prompt: "X:1\nM:9/8\nK:D\nDEF ".to_owned(),
            temperature: 0.65,
            top_k: NonZeroUsize::new(5),
            top_p: 0.9,
            seed: 7,
            length: 900,
            bars: NonZeroUsize::new(32),
            wishes,
            aim: Aim::Section,
            cut: true,
            raw: true,
        };
        assert_eq!(request(&format!("X:1\n{}K:D\n", of_request(&asked))), Some(asked));
    }

    proptest! {
        #[test]
        fn any_value_comes_back(
            text in "(X:1\n)?([A-Z]:[ -~]{0,5}\n|%%[a-z ]{0,12}\n){0,4}",
            value in "(.|\n|\r|\\\\| ){0,20}",
        ) {
            let marked = set(&text, "key", Some(&value));
            prop_assert_eq!(get(&marked, "key"), Some(value));
            if get(&text, "key").is_none() {
                prop_assert_eq!(set(&marked, "key", None), text);
            }
        }
    }
}
