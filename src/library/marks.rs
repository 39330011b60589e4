//! What the library notes in a tune's own file: whether it is a favourite, its tags, since when it is
//! kept, and which tunes were composed together.

use crate::compose::directives::{get, set};

const FAVOURITE: &str = "favourite";
const TAGS: &str = "tags";
const KEPT: &str = "kept";
const GROUP: &str = "group";
const RANK: &str = "rank";
const CHOSEN: &str = "chosen";

/// The library's marks of a tune.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Marks {
    /// Whether it is a favourite.
    pub favourite: bool,
    /// Its tags, none of them empty or with a comma.
    pub tags: Vec<String>,
    /// When it came to be kept, as in RFC 3339, if that is noted.
    pub kept: Option<String>,
    /// The composing it came from, with others; any text.
    pub group: Option<String>,
    /// Its rank among them, the best 1; 0 if none is noted.
    pub rank: u32,
    /// Whether it was chosen among them.
    pub chosen: bool,
}

impl Marks {
    /// Reads them from a tune's text.
    pub fn read(text: &str) -> Self {
        Self {
            favourite: get(text, FAVOURITE).is_some(),
            tags: get(text, TAGS).map(|list| tags(&list)).unwrap_or_default(),
            kept: get(text, KEPT),
            group: get(text, GROUP).filter(|group| !group.is_empty()),
            rank: get(text, RANK).and_then(|rank| rank.parse().ok()).unwrap_or(0),
            chosen: get(text, CHOSEN).is_some(),
        }
    }

    /// The text with these marks and no others.
    pub fn write(&self, text: &str) -> String {
        let tags = (!self.tags.is_empty()).then(|| self.tags.join(", "));
        let rank = (self.rank > 0).then(|| self.rank.to_string());
        let lines = [
            (KEPT, self.kept.as_deref()),
            (GROUP, self.group.as_deref()),
            (RANK, rank.as_deref()),
            (CHOSEN, self.chosen.then_some("")),
            (FAVOURITE, self.favourite.then_some("")),
            (TAGS, tags.as_deref()),
        ];
        lines.into_iter().fold(text.to_owned(), |text, (key, value)| {
            if get(&text, key).as_deref() == value { text } else { set(&text, key, value) }
        })
    }
}

/// The tags in a list with commas, each once.
pub fn tags(list: &str) -> Vec<String> {
    let mut tags: Vec<String> = Vec::new();
    for tag in list.split(',').map(|tag| tag.split_whitespace().collect::<Vec<_>>().join(" ")) {
        if !tag.is_empty() && !tags.contains(&tag) {
            tags.push(tag);
        }
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_come_back_and_leave_the_rest_alone() {
        let tune = "X:1\n%%reelsmith seed 7\nT:One\nK:D\nDEF|\n";
        let marks = Marks {
            favourite: true,
            tags: tags("slow , for the  band,slow,"),
            kept: Some("2026-03-17T20:05:00+00:00".into()),
            group: Some("a".into()),
            rank: 2,
            chosen: true,
        };
        assert_eq!(marks.tags, ["slow", "for the band"]);
        let marked = marks.write(tune);
        assert_eq!(Marks::read(&marked), marks);
        assert_eq!(Marks::default().write(&marked), tune);
        assert_eq!(Marks::read(tune), Marks::default());
    }
}
