//! Sheets as PDF: pages to print, with fonts inside, words that can be searched and copied, bookmarks, and
//! for books an index whose lines lead to their tunes.

mod canvas;
mod embed;

use pdf_writer::types::{ActionType, AnnotationType, PageMode};
use pdf_writer::{Filter, Finish, Name, Pdf, Rect, Ref, TextStr};

use self::canvas::{Canvas, POINTS, Place, round};
use self::embed::Embedded;
use super::colours::Colours;
use super::fonts::{FontError, Fonts};
use super::index::{Entry, IndexPage, cut, index, words};
use super::pages::{Layout, Pages, Start, paginate};
use crate::engrave::{Align, Face, Item, Point, Sheet};

/// A tune on paper.
#[derive(Debug, Clone, PartialEq)]
pub struct Piece<'a> {
    /// Its sheet, engraved as wide as [`Layout::sheet_width`] says.
    pub sheet: &'a Sheet,
    /// Its titles; the first is its bookmark, all of them are in the index.
    pub titles: Vec<String>,
}

/// How a book is made.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// What the book is called, printed below every page if there are several; empty for none, or for the
    /// title of a tune alone.
    pub title: String,
    /// Printed in the middle below every page; empty for none.
    pub date: String,
    /// The page.
    pub layout: Layout,
    /// Ink; the paper is the printer's.
    pub colours: Colours,
    /// An index behind several tunes that take more than two pages: two lie open at once.
    pub index: bool,
    /// A page in front with the title and the number of tunes, if the book has a title. It is not counted.
    pub title_page: bool,
}

impl Default for Options {
    /// Black on A4, with an index, without a title page.
    fn default() -> Self {
        Self {
            title: String::new(),
            date: String::new(),
            layout: Layout::default(),
            colours: Colours::default(),
            index: true,
            title_page: false,
        }
    }
}

/// The sheets cannot be a PDF.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PdfError {
    /// Nothing to print.
    #[error("there is nothing to print")]
    Empty,
    /// The program's own fonts.
    #[error(transparent)]
    Font(#[from] FontError),
    /// A font cannot be made smaller.
    #[error("a font cannot be embedded: {0}")]
    Subset(String),
}

/// Makes a file of all pieces, one below the other; [`paginate`] says how they are laid out.
///
/// # Errors
/// If there is no piece, or the program's own fonts cannot be used.
pub fn write(pieces: &[Piece<'_>], options: &Options) -> Result<Vec<u8>, PdfError> {
    let sheets: Vec<&Sheet> = pieces.iter().map(|piece| piece.sheet).collect();
    let pages = paginate(&sheets, &options.layout);
    if pages.pages.is_empty() {
        return Err(PdfError::Empty);
    }
    let index = if options.index && pieces.len() > 1 && pages.pages.len() > 2 {
        index(entries(pieces, &pages), &options.layout)?
    } else {
        Vec::new()
    };
    let title = match pieces {
        // A tune alone is the book.
        [piece] if options.title.is_empty() => piece.titles.first().map_or("", String::as_str),
        _ => &options.title,
    };
    let mut book = Book::new(options, title);
    if options.title_page && !title.is_empty() {
        book.title_page(&title_page(title, pieces.len(), &options.layout)?)?;
    }
    book.pages(&sheets, &pages, &index)?;
    book.bookmarks(pieces, &pages.starts, pages.pages.len(), !index.is_empty());
    book.finish()
}

/// The index' entries. Pages are counted from 1.
fn entries(pieces: &[Piece<'_>], pages: &Pages) -> Vec<Entry> {
    let mut entries = Vec::new();
    for (tune, (piece, start)) in pieces.iter().zip(&pages.starts).enumerate() {
        let titles = piece.titles.iter().filter(|title| !title.trim().is_empty());
        entries.extend(titles.map(|title| Entry { title: title.clone(), tune, page: start.page + 1 }));
    }
    entries
}

/// A stream made small. Level 6, which is usual, saves one more byte in a hundred and takes half as long again.
fn compress(bytes: &[u8]) -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(bytes, 4)
}

/// A file being written.
struct Book<'a> {
    pdf: Pdf,
    options: &'a Options,
    /// What it is called; may be empty.
    title: &'a str,
    embedded: Embedded,
    catalog: Ref,
    tree: Ref,
    resources: Ref,
    /// The next number that is free.
    next: Ref,
    /// The title page's own number in the file, if there is one.
    title_page: Option<Ref>,
    /// The own numbers in the file of the pages that are counted.
    pages: Vec<Ref>,
    /// The tree of bookmarks, if there is one.
    outline: Option<Ref>,
}

impl<'a> Book<'a> {
    fn new(options: &'a Options, title: &'a str) -> Self {
        let mut next = Ref::new(1);
        let (catalog, tree, resources) = (next.bump(), next.bump(), next.bump());
        let settings = pdf_writer::Settings { pretty: false };
        let (pdf, embedded) = (Pdf::with_settings(settings), Embedded::default());
        Self {
            pdf,
            options,
            title,
            embedded,
            catalog,
            tree,
            resources,
            next,
            title_page: None,
            pages: Vec::new(),
            outline: None,
        }
    }

    /// A place on the paper in points.
    fn point(&self, point: Point) -> (f32, f32) {
        (round(point.x * POINTS), round((self.options.layout.paper.height - point.y) * POINTS))
    }

    fn title_page(&mut self, items: &[Item]) -> Result<(), PdfError> {
        let (height, colours) = (self.options.layout.paper.height, &self.options.colours);
        let mut canvas = Canvas::new(height, &mut self.embedded, colours)?;
        canvas.draw(items, Place { at: Point::default(), scale: 1.0 });
        let content = compress(&canvas.finish());
        let id = self.next.bump();
        self.page(id, &content, Vec::new());
        self.title_page = Some(id);
        Ok(())
    }

    fn pages(&mut self, sheets: &[&Sheet], pages: &Pages, index: &[IndexPage]) -> Result<(), PdfError> {
        let count = pages.pages.len() + index.len();
        // A link may lead to a page that is not yet written.
        self.pages = (0..count).map(|_| self.next.bump()).collect();
        let paper = Place { at: Point::default(), scale: 1.0 };
        for number in 0..count {
            let (height, colours) = (self.options.layout.paper.height, &self.options.colours);
            let mut canvas = Canvas::new(height, &mut self.embedded, colours)?;
            if let Some(page) = pages.pages.get(number) {
                for part in &page.parts {
                    let items = sheets.get(part.sheet).and_then(|sheet| sheet.items.get(part.items.clone()));
                    canvas.draw(items.unwrap_or_default(), Place { at: part.at, scale: part.scale });
                }
            }
            let index = number.checked_sub(pages.pages.len()).and_then(|place| index.get(place));
            if let Some(index) = index {
                canvas.draw(&index.items, paper);
            }
            let numbered = (count > 1).then_some((number + 1, self.title));
            canvas.draw(&footer(numbered, self.options)?, paper);
            let content = compress(&canvas.finish());
            let links = index.map(|index| self.links(index, &pages.starts)).unwrap_or_default();
            if let Some(&id) = self.pages.get(number) {
                self.page(id, &content, links);
            }
        }
        Ok(())
    }

    fn page(&mut self, id: Ref, content: &[u8], links: Vec<Ref>) {
        let stream = self.next.bump();
        let mut page = self.pdf.page(id);
        page.parent(self.tree).contents(stream);
        if !links.is_empty() {
            page.annotations(links);
        }
        page.finish();
        self.pdf.stream(stream, content).filter(Filter::FlateDecode);
    }

    /// The lines of an index page lead to their tunes.
    fn links(&mut self, index: &IndexPage, starts: &[Start]) -> Vec<Ref> {
        let mut links = Vec::with_capacity(index.links.len());
        for (area, tune) in &index.links {
            let Some(start) = starts.get(*tune) else { continue };
            let Some(&page) = self.pages.get(start.page) else { continue };
            let id = self.next.bump();
            let ((left, top), (right, bottom)) = (self.point(area.min), self.point(area.max));
            let y = self.target(*start);
            let mut link = self.pdf.annotation(id);
            link.subtype(AnnotationType::Link).rect(Rect::new(left, bottom, right, top));
            link.border(0.0, 0.0, 0.0, None);
            let mut action = link.action();
            action.action_type(ActionType::GoTo);
            action.destination().page(page).xyz(0.0, y, None);
            action.finish();
            link.finish();
            links.push(id);
        }
        links
    }

    /// How high a page is shown from to see where a tune begins: a little above it.
    fn target(&self, start: Start) -> f32 {
        self.point(Point { x: 0.0, y: (start.y - 5.0).max(0.0) }).1
    }

    /// A bookmark a tune, and one for the index; a tune alone needs none.
    fn bookmarks(&mut self, pieces: &[Piece<'_>], starts: &[Start], music: usize, index: bool) {
        if pieces.len() < 2 {
            return;
        }
        let mut marks: Vec<(&str, usize, f32)> = Vec::with_capacity(pieces.len() + 1);
        for (piece, start) in pieces.iter().zip(starts) {
            let title = piece.titles.first().map_or("Untitled", String::as_str);
            marks.push((title, start.page, self.target(*start)));
        }
        if index {
            marks.push(("Index of titles", music, self.point(Point::default()).1));
        }
        let outline = self.next.bump();
        let ids: Vec<Ref> = marks.iter().map(|_| self.next.bump()).collect();
        for (place, ((title, page, y), &id)) in marks.iter().zip(&ids).enumerate() {
            let mut item = self.pdf.outline_item(id);
            item.title(TextStr(title)).parent(outline);
            if let Some(&previous) = place.checked_sub(1).and_then(|place| ids.get(place)) {
                item.prev(previous);
            }
            if let Some(&next) = ids.get(place + 1) {
                item.next(next);
            }
            if let Some(&page) = self.pages.get(*page) {
                item.dest().page(page).xyz(0.0, *y, None);
            }
        }
        if let (Some(&first), Some(&last)) = (ids.first(), ids.last()) {
            let count = i32::try_from(ids.len()).unwrap_or(i32::MAX);
            self.pdf.outline(outline).first(first).last(last).count(count);
            self.outline = Some(outline);
        }
    }

    /// Fonts, the tree of pages, and what the file says of itself. No date: the same tunes make the same
    /// file.
    fn finish(mut self) -> Result<Vec<u8>, PdfError> {
        let fonts = self.embedded.write(&mut self.pdf, &mut self.next)?;
        let mut resources = self.pdf.indirect(self.resources).dict();
        let mut names = resources.insert(Name(b"Font")).dict();
        for (name, font) in fonts {
            names.pair(Name(name), font);
        }
        names.finish();
        resources.finish();

        let paper = self.options.layout.paper;
        let pages: Vec<Ref> = self.title_page.into_iter().chain(self.pages.iter().copied()).collect();
        let count = i32::try_from(pages.len()).unwrap_or(i32::MAX);
        let mut tree = self.pdf.pages(self.tree);
        tree.kids(pages).count(count);
        tree.media_box(Rect::new(0.0, 0.0, round(paper.width * POINTS), round(paper.height * POINTS)));
        tree.pair(Name(b"Resources"), self.resources);
        tree.finish();

        let about = self.next.bump();
        let mut info = self.pdf.document_info(about);
        if !self.title.is_empty() {
            info.title(TextStr(self.title));
        }
        info.creator(TextStr("Reelsmith"));
        info.finish();

        let mut catalog = self.pdf.catalog(self.catalog);
        catalog.pages(self.tree);
        if !self.title.is_empty() {
            catalog.viewer_preferences().display_doc_title(true);
        }
        if let Some(outline) = self.outline {
            catalog.outlines(outline).page_mode(PageMode::UseOutlines);
        }
        catalog.finish();
        Ok(self.pdf.finish())
    }
}

/// On a page with a number, the book's title on the left and the number on the right; the date between them.
fn footer(numbered: Option<(usize, &str)>, options: &Options) -> Result<Vec<Item>, FontError> {
    let (area, size, date) = (options.layout.area(), 3.2, &options.date);
    // In the middle of the margin.
    let y = area.max.y + (options.layout.paper.height - area.max.y) * 0.5 + size * 0.35;
    let width = area.max.x - area.min.x;
    let mut items = Vec::new();
    if !date.is_empty() {
        let at = Point { x: area.min.x + width / 2.0, y };
        items.push(words(date, at, Align::Middle, Face::Roman, size));
    }
    let Some((number, title)) = numbered else { return Ok(items) };
    items.push(words(&number.to_string(), Point { x: area.max.x, y }, Align::Right, Face::Roman, size));
    if !title.is_empty() {
        let room = if date.is_empty() { width / size - 8.0 } else { width / size / 2.0 - 8.0 };
        let title = cut(title, Face::Italic, room, Fonts::get()?);
        items.push(words(&title, Point { x: area.min.x, y }, Align::Left, Face::Italic, size));
    }
    Ok(items)
}

/// The title a third down the page, as large as fits, and below it how many tunes there are.
fn title_page(title: &str, tunes: usize, layout: &Layout) -> Result<Vec<Item>, FontError> {
    let (fonts, area) = (Fonts::get()?, layout.area());
    let width = area.max.x - area.min.x;
    let ems = fonts.width(title, Face::Bold);
    let size = (width * 0.8 / ems.max(0.1)).clamp(6.0, 14.0);
    let middle = |y: f32| Point { x: area.min.x + width / 2.0, y };
    let y = area.min.y + (area.max.y - area.min.y) / 3.0;
    let shown = cut(title, Face::Bold, width / size, fonts);
    let count = format!("{tunes} {}", if tunes == 1 { "tune" } else { "tunes" });
    Ok(vec![
        words(&shown, middle(y), Align::Middle, Face::Bold, size),
        words(&count, middle(y + size * 0.4 + 8.0), Align::Middle, Face::Italic, 5.0),
    ])
}
