//! Some bars of a tune as a tune of their own.

use crate::abc::{Kind, RewriteError, Span, Tune, parse, set_field};

/// A text with only the music within `span`, under the tune's header; `name` is added to its title. What
/// was changed by then (key, metre, unit note length) holds from the start.
///
/// # Errors
/// If the title cannot be written.
pub(super) fn excerpt(text: &str, tune: &Tune, span: Span, name: &str) -> Result<String, RewriteError> {
    let header = text.get(tune.span.start as usize..tune.body as usize).unwrap_or_default();
    let mut changes: [Option<String>; 3] = [None, None, None];
    let voice = tune.voices.first();
    for element in voice.iter().flat_map(|voice| &voice.elements) {
        if element.span.start >= span.start {
            break;
        }
        let place = match element.kind {
            Kind::Key(_) => 0,
            Kind::Metre(_) => 1,
            Kind::Unit(_) => 2,
            _ => continue,
        };
        changes[place] = Some(inline(element.span.of(text)));
    }
    let changes: String = changes.into_iter().flatten().collect();
    let own = format!("{header}{changes}{}|\n", span.of(text));
    let parsed = parse(&own);
    let Some(excerpt) = parsed.tunes.first() else { return Ok(own) };
    let title = match tune.title() {
        Some(title) => format!("{title}, {}", name.to_lowercase()),
        None => name.to_owned(),
    };
    set_field(&own, excerpt, 'T', &title)
}

/// A field within the music, in brackets.
fn inline(field: &str) -> String {
    if field.starts_with('[') { field.to_owned() } else { format!("[{}]", field.trim()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chosen_bars_keep_the_header_and_what_holds_by_then() {
        let text = "X:1\nT:Two keys\nL:1/8\nM:4/4\nK:D\nD8|[K:G]G8|\nA8|B8|]\n";
        let parsed = parse(text);
        let tune = parsed.tunes.first().unwrap();
        let at = text.find("A8").unwrap();
        let some = excerpt(text, tune, Span::new(at, at + 2), "Bar 3").unwrap();
        assert_eq!(some, "X:1\nT:Two keys, bar 3\nL:1/8\nM:4/4\nK:D\n[K:G]A8|\n");
    }
}
