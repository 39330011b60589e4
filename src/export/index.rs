//! The index of a tunebook: titles in the order of the alphabet, each with its page.

use crate::engrave::{Align, Face, Ink, Item, Point, Rect, Role};
use crate::plain;

use super::fonts::{FontError, Fonts};
use super::pages::Layout;

/// A title and where it is found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The title.
    pub title: String,
    /// The tune, by its place in the book.
    pub tune: usize,
    /// The number on its page.
    pub page: usize,
}

/// A page of the index, in millimetres.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct IndexPage {
    /// What is drawn; a staff space is a millimetre.
    pub items: Vec<Item>,
    /// Which part of the page leads to which tune.
    pub links: Vec<(Rect, usize)>,
}

/// The height of an em of a title, of a line, of the heading, and what is between two columns.
const SIZE: f32 = 3.6;
const LINE: f32 = 5.2;
const HEADING: f32 = 6.0;
const GUTTER: f32 = 10.0;

/// Sets an index: in one column if that is enough, in two otherwise. Titles too long for their line are
/// cut, with dots to show it.
///
/// # Errors
/// If the program's own fonts cannot be read.
pub fn index(mut entries: Vec<Entry>, layout: &Layout) -> Result<Vec<IndexPage>, FontError> {
    let fonts = Fonts::get()?;
    entries.sort_by_cached_key(|entry| (key(&entry.title), entry.page, entry.tune));
    entries.dedup_by(|a, b| a.title == b.title && a.page == b.page);
    let area = layout.area();
    let lines = |top: f32| (((area.max.y - top) / LINE).floor() as usize).max(1);
    let below_heading = area.min.y + 2.0 * HEADING;
    let width = area.max.x - area.min.x;
    let columns = if entries.len() <= lines(below_heading) { 1 } else { 2 };
    let column = ((width - GUTTER * (columns as f32 - 1.0)) / columns as f32).max(1.0);
    let mut pages = Vec::new();
    let mut rest = &entries[..];
    while !rest.is_empty() {
        let mut page = IndexPage::default();
        let mut top = area.min.y;
        if pages.is_empty() {
            let at = Point { x: area.min.x + width / 2.0, y: top + HEADING };
            page.items.push(words("Index of titles", at, Align::Middle, Face::Bold, HEADING));
            top = below_heading;
        }
        for number in 0..columns {
            let (here, others) = rest.split_at(lines(top).min(rest.len()));
            rest = others;
            let left = area.min.x + number as f32 * (column + GUTTER);
            for (line, entry) in here.iter().enumerate() {
                let corner = Point { x: left, y: top + line as f32 * LINE };
                page.line(entry, corner, column, fonts);
            }
        }
        pages.push(page);
    }
    Ok(pages)
}

impl IndexPage {
    /// Title, dots and page number.
    fn line(&mut self, entry: &Entry, corner: Point, width: f32, fonts: &Fonts) {
        let y = corner.y + LINE * 0.75;
        let number = entry.page.to_string();
        let number_width = fonts.width(&number, Face::Roman) * SIZE;
        let title = cut(&entry.title, Face::Roman, (width - number_width) / SIZE - 1.5, fonts);
        let title_end = corner.x + fonts.width(&title, Face::Roman) * SIZE;
        let right = corner.x + width;
        self.items.push(words(&title, Point { x: corner.x, y }, Align::Left, Face::Roman, SIZE));
        self.items.push(words(&number, Point { x: right, y }, Align::Right, Face::Roman, SIZE));
        let (from, to) = (title_end + 0.4 * SIZE, right - number_width - 0.4 * SIZE);
        // Dots stand at the same places in all lines.
        let step = 1.6;
        let from = (from / step).ceil() * step;
        if from + step < to {
            let ends = (Point { x: from, y: y - 0.15 }, Point { x: to, y: y - 0.15 });
            let ink = Ink::Line { from: ends.0, to: ends.1, thickness: 0.3, dash: Some((0.3, step - 0.3)) };
            self.items.push(Item { ink, role: Role::Words, span: None });
        }
        let max = Point { x: right, y: corner.y + LINE };
        self.links.push((Rect { min: corner, max }, entry.tune));
    }
}

/// Words of an index or a footer.
pub(super) fn words(text: &str, at: Point, align: Align, face: Face, size: f32) -> Item {
    Item { ink: Ink::Text { text: text.to_owned(), at, align, face, size }, role: Role::Words, span: None }
}

/// The title, or as much of it as is at most so many ems wide.
pub(super) fn cut(title: &str, face: Face, width: f32, fonts: &Fonts) -> String {
    if fonts.width(title, face) <= width {
        return title.to_owned();
    }
    let mut sum = fonts.width("…", face);
    let fits = fonts.letters(title, face).take_while(|letter| {
        sum += letter.advance;
        sum <= width
    });
    let shorter: String = fits.map(|letter| letter.character).collect();
    format!("{}…", shorter.trim_end())
}

/// What a title is sorted by: without article, accents and signs, in small letters.
fn key(title: &str) -> (String, String) {
    let plain: String = title.chars().flat_map(char::to_lowercase).map(plain::letter).collect();
    let words: Vec<&str> = plain.split(|c: char| !c.is_alphanumeric() && c != '\'').collect();
    let words: Vec<&str> = words.into_iter().filter(|word| !word.is_empty()).collect();
    let rest = match &words[..] {
        // "Banshee, The" and "The Banshee" are one place.
        ["the" | "a" | "an", rest @ ..] | [rest @ .., "the" | "a" | "an"] if !rest.is_empty() => rest,
        all => all,
    };
    // Numbers go by their value: 9 comes before 10.
    let rest: Vec<String> = rest
        .iter()
        .map(|word| match word.parse::<u32>() {
            Ok(number) => format!("{number:010}"),
            Err(_) => word.replace('\'', ""),
        })
        .collect();
    (rest.join(" "), title.to_owned())
}
