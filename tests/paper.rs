//! What is on the sheet is on the paper: SVG, PNG and PDF hold all of it, where it belongs.

use std::fs;
use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use reelsmith::abc::{Span, Tune, parse};
use reelsmith::engrave::{
    Align, BarBox, Face, Ink, Item, Options, Point, Rect, Role, Sheet, System, engrave,
};
use reelsmith::export::colours::{Colour, Colours};
use reelsmith::export::pages::{Layout, Paper, paginate};
use reelsmith::export::pdf::{self, PdfError, Piece};
use reelsmith::export::png::PngError;
use reelsmith::export::{index, png, svg};

use super::pages::check_pages;

fn point(x: f32, y: f32) -> Point {
    Point { x, y }
}

pub fn rect(left: f32, top: f32, right: f32, bottom: f32) -> Rect {
    Rect { min: point(left, top), max: point(right, bottom) }
}

fn item(role: Role, ink: Ink) -> Item {
    Item { ink, role, span: None }
}

fn words(text: &str, x: f32, y: f32, align: Align, face: Face, size: f32) -> Item {
    item(Role::Words, Ink::Text { text: text.to_owned(), at: point(x, y), align, face, size })
}

fn line(role: Role, from: Point, to: Point, thickness: f32) -> Item {
    item(role, Ink::Line { from, to, thickness, dash: None })
}

fn glyph(role: Role, code: char, x: f32, y: f32, scale: f32) -> Item {
    item(role, Ink::Glyph { code, at: point(x, y), scale })
}

/// A sheet with a title, `systems` systems of five lines and some notes, and further verses below.
pub fn sheet(title: &str, width: f32, systems: usize, verses: usize) -> Sheet {
    let mut sheet = Sheet { width, ..Sheet::default() };
    sheet.items.push(words(title, width / 2.0, 4.0, Align::Middle, Face::Bold, 4.0));
    sheet.items.push(words("Trad. <Kerry> & \"Clare\"", width, 7.0, Align::Right, Face::Roman, 2.2));
    let mut top = 11.0;
    for number in 0..systems {
        let first = sheet.items.len();
        for place in 0..5 {
            let y = top + place as f32;
            sheet.items.push(line(Role::StaffLine, point(0.0, y), point(width, y), 0.13));
        }
        sheet.items.push(glyph(Role::Signature, '\u{E050}', 0.5, top + 3.0, 1.0));
        for note in 0..12 {
            let x = 8.0 + note as f32 * (width - 12.0) / 12.0;
            let y = top + 4.0 - (note % 8) as f32 * 0.5;
            sheet.items.push(glyph(Role::Note, '\u{E0A4}', x, y, 1.0));
            sheet.items.push(line(Role::Note, point(x + 1.1, y - 0.2), point(x + 1.1, y - 3.5), 0.12));
        }
        let beam = [point(9.0, top), point(16.0, top - 0.5), point(16.0, top), point(9.0, top + 0.5)];
        sheet.items.push(item(Role::Note, Ink::Polygon(beam.to_vec())));
        let outer =
            [point(9.0, top + 5.0), point(11.0, top + 6.2), point(14.0, top + 6.2), point(16.0, top + 5.0)];
        let inner =
            [point(9.0, top + 5.0), point(11.0, top + 6.0), point(14.0, top + 6.0), point(16.0, top + 5.0)];
        sheet.items.push(item(Role::Mark, Ink::Crescent { outer, inner }));
        sheet.items.push(glyph(Role::Note, '\u{E0A4}', 5.5, top + 2.0, 0.6));
        let chord = Ink::Text {
            text: "F♯m7".to_owned(),
            at: point(8.0, top - 2.5),
            align: Align::Left,
            face: Face::Sans,
            size: 2.0,
        };
        sheet.items.push(item(Role::Chord, chord));
        sheet.items.push(words("lá-", 8.0, top + 8.0, Align::Middle, Face::Roman, 2.0));
        sheet.items.push(words("na", 14.0, top + 8.0, Align::Middle, Face::Italic, 2.0));
        let dash = Ink::Line {
            from: point(20.0, top - 2.0),
            to: point(30.0, top - 2.0),
            thickness: 0.16,
            dash: Some((0.6, 0.4)),
        };
        sheet.items.push(item(Role::Mark, dash));
        sheet.systems.push(System {
            extent: rect(0.0, top - 4.5, width, top + 8.6),
            staves: rect(0.0, top, width, top + 4.0),
            items: first..sheet.items.len(),
            bars: vec![BarBox {
                number,
                extent: rect(0.0, top, width, top + 4.0),
                span: Span { start: 0, end: 1 },
            }],
        });
        top += 15.0;
    }
    for verse in 0..verses {
        sheet.items.push(words(&format!("{}. Verse", verse + 2), 4.0, top, Align::Left, Face::Roman, 2.0));
        top += 3.0;
    }
    sheet.height = top;
    sheet
}

fn texts(sheet: &Sheet) -> Vec<&str> {
    let items = sheet.items.iter();
    items
        .filter_map(|item| match &item.ink {
            Ink::Text { text, .. } => Some(text.as_str()),
            _ => None,
        })
        .collect()
}

/// Where to look at what the tests make, if `REELSMITH_LOOK` names a folder.
fn look(name: &str, bytes: &[u8]) {
    if let Some(folder) = std::env::var_os("REELSMITH_LOOK") {
        fs::write(Path::new(&folder).join(name), bytes).unwrap();
    }
}

#[test]
fn svg_is_well_formed_and_holds_every_word_and_every_sign() {
    let sheet = sheet("Bean an Tí ar Lár", 100.0, 3, 2);
    let options = svg::Options {
        title: "Bean & \u{1}<Tí>".to_owned(),
        description: "Reel".to_owned(),
        space: svg::Space::Millimetres(1.75),
        ..svg::Options::default()
    };
    let text = svg::write(&sheet, &options).unwrap();
    look("sheet.svg", text.as_bytes());
    let document = roxmltree::Document::parse(&text).unwrap();
    let root = document.root_element();
    assert_eq!(root.attribute("width"), Some("175mm"));
    assert_eq!(root.attribute("viewBox"), Some(format!("0 0 25000 {}", sheet.height * 250.0).as_str()));
    let find = |tag| {
        document.descendants().filter(move |node| node.has_tag_name(("http://www.w3.org/2000/svg", tag)))
    };
    assert_eq!(find("title").next().unwrap().text(), Some("Bean &  <Tí>"));
    let mut drawn: Vec<&str> = find("text").map(|node| node.text().unwrap()).collect();
    let mut written = texts(&sheet);
    drawn.sort_unstable();
    written.sort_unstable();
    assert_eq!(drawn, written);
    // Every sign that is used is there once.
    let ids: Vec<&str> =
        find("defs").next().unwrap().children().map(|node| node.attribute("id").unwrap()).collect();
    assert_eq!(ids, ["ue050", "ue0a4"]);
    assert_eq!(find("use").count(), 3 * 14);
    assert!(find("use").all(|node| ids.contains(
        &node.attribute(("http://www.w3.org/1999/xlink", "href")).unwrap().trim_start_matches('#')
    )));
    assert_eq!(find("g").filter(|node| node.attribute("class") == Some("system")).count(), 3);
    assert!(text.len() < 20_000, "{}", text.len());
}

#[test]
fn svg_tells_roles_apart_by_class_and_colour() {
    let colours = Colours::new(None, Colour([0x20, 0x40, 0x60])).with(Role::StaffLine, Colour([0x99; 3]));
    let text =
        svg::write(&sheet("A", 60.0, 1, 0), &svg::Options { colours, ..svg::Options::default() }).unwrap();
    let document = roxmltree::Document::parse(&text).unwrap();
    let class =
        |name: &str| document.descendants().find(|node| node.attribute("class") == Some(name)).unwrap();
    assert_eq!(class("staff-line").attribute("fill"), Some("#999"));
    assert_eq!(class("staff-line").children().next().unwrap().attribute("stroke"), Some("#999"));
    assert_eq!(class("note").attribute("fill"), None);
    assert!(text.contains("<g fill=\"#204060\""));
    assert!(!text.contains("#fff"), "no paper was asked for");
}

/// The pixels of a PNG: width, height, bytes a pixel, bytes.
pub fn decode(bytes: &[u8]) -> (usize, usize, usize, Vec<u8>) {
    let mut reader = ::png::Decoder::new(std::io::Cursor::new(bytes)).read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let channels = info.color_type.samples();
    (info.width as usize, info.height as usize, channels, pixels)
}

#[test]
fn png_has_the_asked_size_and_ink_where_the_sheet_says() {
    let sheet = sheet("The Kesh Jig", 80.0, 2, 0);
    for scale in [5.0, 10.0, 17.3] {
        let bytes = png::write(&sheet, scale, &Colours::default()).unwrap();
        look(&format!("sheet-{scale}.png"), &bytes);
        let (width, height, channels, pixels) = decode(&bytes);
        assert_eq!((width as f32, height as f32), ((80.0 * scale).ceil(), (sheet.height * scale).ceil()));
        assert_eq!(channels, 1, "black on white is a picture of greys");
        let at = |x: f32, y: f32| pixels[(y * scale) as usize * width + (x * scale) as usize];
        assert_eq!(at(0.5, 9.0), 255, "nothing stands there");
        for system in &sheet.systems {
            // In the middle of a head, of a stem, of the beam, and somewhere in the clef.
            let top = system.staves.min.y;
            assert_eq!(at(8.6, top + 4.0), 0);
            assert!(at(9.1, top + 2.0) < 128);
            assert_eq!(at(12.0, top), 0);
            let clef = (0..300).any(|i| at(0.5 + (i % 20) as f32 * 0.1, top + (i / 20) as f32 * 0.2) == 0);
            assert!(clef);
            // All five lines are as dark, and as wide.
            for place in 0..5 {
                let middle = ((top + place as f32) * scale).round() as usize;
                let column: Vec<u8> =
                    (middle - 2..middle + 2).map(|y| pixels[y * width + 7 * width / 80]).collect();
                assert_eq!(
                    column.iter().filter(|&&pixel| pixel == 0).count(),
                    (0.13 * scale).round().max(1.0) as usize
                );
                assert!(column.iter().all(|&pixel| pixel == 0 || pixel == 255), "{column:?}");
            }
        }
    }
}

#[test]
fn png_takes_colours_and_paper_that_is_see_through() {
    let sheet = sheet("A", 30.0, 1, 0);
    let colours = Colours::new(None, Colour([200, 0, 0]));
    let (width, _, channels, pixels) = decode(&png::write(&sheet, 10.0, &colours).unwrap());
    assert_eq!(channels, 4);
    assert_eq!(&pixels[..4], [0; 4]);
    let head = ((15.0 * 10.0) as usize * width + 86) * 4;
    assert_eq!(&pixels[head..head + 4], [200, 0, 0, 255]);
    let colours = Colours::new(Some(Colour([250, 240, 230])), Colour([200, 0, 0]));
    let (_, _, channels, pixels) = decode(&png::write(&sheet, 10.0, &colours).unwrap());
    assert_eq!((channels, &pixels[..3]), (3, &[250, 240, 230][..]));
}

#[test]
fn png_refuses_sizes_no_picture_has() {
    let small = sheet("A", 30.0, 1, 0);
    for scale in [0.0, -1.0, f32::NAN] {
        assert_eq!(png::write(&small, scale, &Colours::default()), Err(PngError::Empty));
    }
    for scale in [1e4, 1e20, f32::INFINITY] {
        assert!(matches!(png::write(&small, scale, &Colours::default()), Err(PngError::TooLarge { .. })));
    }
    assert_eq!(png::write(&Sheet::default(), 10.0, &Colours::default()), Err(PngError::Empty));
}

/// Counts pages by the file's own objects.
pub fn page_count(pdf: &[u8]) -> usize {
    let text = String::from_utf8_lossy(pdf);
    text.matches("/Type/Page/").count()
        + text.matches("/Type/Page ").count()
        + text.matches("/Type /Page\n").count()
}

/// What poppler reads, page by page; `None` if it is not installed.
pub fn read_pdf(bytes: &[u8]) -> Option<Vec<String>> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.pdf");
    fs::write(&path, bytes).unwrap();
    let output = Command::new("pdftotext").arg("-layout").arg(&path).arg("-").output();
    let Ok(output) = output else {
        eprintln!("pdftotext is not installed: what the PDF says is not read back");
        return None;
    };
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let text = String::from_utf8(output.stdout).unwrap();
    Some(text.trim_end_matches('\u{c}').split('\u{c}').map(str::to_owned).collect())
}

fn book(count: usize) -> Vec<(Sheet, String)> {
    let names = ["The Kesh", "Banshee", "A Fig for a Kiss", "Éamonn an Chnoic", "Zurich", "An Old One"];
    let width = Layout::default().sheet_width();
    (0..count)
        .map(|i| {
            let title = format!("{} {i}", names[i % names.len()]);
            (sheet(&title, width, 2 + i % 5, 0), title)
        })
        .collect()
}

#[test]
fn a_page_alone_has_the_date_below_it_and_nothing_else() {
    let book = book(1);
    let pieces = [Piece { sheet: &book[0].0, titles: vec![book[0].1.clone()] }];
    let with = |date: &str| {
        let options = pdf::Options { date: date.to_owned(), ..pdf::Options::default() };
        read_pdf(&pdf::write(&pieces, &options).unwrap())
    };
    let (Some(dated), Some(plain)) = (with("1 May 1907"), with("")) else { return };
    assert!(dated[0].trim_end().ends_with("1 May 1907"), "{}", dated[0]);
    let words = |page: &str| page.split_whitespace().map(str::to_owned).collect::<Vec<_>>();
    assert_eq!(words(&dated[0].replace("1 May 1907", "")), words(&plain[0]));
}

#[test]
fn a_pdf_has_its_pages_and_all_words_can_be_read() {
    let book = book(30);
    let pieces: Vec<Piece<'_>> =
        book.iter().map(|(sheet, title)| Piece { sheet, titles: vec![title.clone()] }).collect();
    let options = pdf::Options { title: "Tunes of (Clare) — vol. 2".to_owned(), ..pdf::Options::default() };
    let bytes = pdf::write(&pieces, &options).unwrap();
    look("book.pdf", &bytes);
    assert_eq!(bytes, pdf::write(&pieces, &options).unwrap(), "the same tunes make the same file");
    let sheets: Vec<&Sheet> = book.iter().map(|(sheet, _)| sheet).collect();
    let music = paginate(&sheets, &options.layout);
    assert_eq!(page_count(&bytes), music.pages.len() + 1);
    let Some(pages) = read_pdf(&bytes) else { return };
    assert_eq!(pages.len(), music.pages.len() + 1);
    let index = pages.last().unwrap();
    assert!(index.contains("Index of titles"));
    for ((_, title), start) in book.iter().zip(&music.starts) {
        assert!(pages[start.page].contains(title), "{title} is on page {}", start.page);
        let line = index.lines().find(|line| line.contains(title)).unwrap();
        assert!(line.trim_end().ends_with(&format!(" {}", start.page + 1)), "{line}");
    }
    for (number, page) in pages.iter().enumerate() {
        assert!(page.contains("Tunes of (Clare) — vol. 2"));
        assert!(page.trim_end().ends_with(&format!(" {}", number + 1)));
        let private = |c: char| ('\u{E000}'..='\u{F8FF}').contains(&c);
        assert!(!page.contains(private), "signs of music are no words");
    }
    assert!(pages[0].contains("F♯m7") && pages[0].contains("Trad. <Kerry> & \"Clare\""));
}

#[test]
fn bookmarks_and_index_lead_to_the_pages_of_their_tunes() {
    let book = book(40);
    let pieces: Vec<Piece<'_>> =
        book.iter().map(|(sheet, title)| Piece { sheet, titles: vec![title.clone()] }).collect();
    let bytes = pdf::write(&pieces, &pdf::Options::default()).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    // References look like "12 0 R".
    let reference = |text: &str| text.split(" 0 R").next().unwrap().trim().parse::<u32>().unwrap();
    let kids = text.split("/Kids[").nth(1).unwrap().split(']').next().unwrap();
    let kids: Vec<u32> = kids.split("0 R").filter_map(|kid| kid.trim().parse().ok()).collect();
    let page = |text: &str| kids.iter().position(|&kid| kid == reference(text)).unwrap();
    let sheets: Vec<&Sheet> = book.iter().map(|(sheet, _)| sheet).collect();
    let music = paginate(&sheets, &Layout::default());
    assert_eq!(kids.len(), music.pages.len() + 1);
    let starts: Vec<usize> = music.starts.iter().map(|start| start.page).collect();

    let mut marks: Vec<usize> = text.split("/Dest[").skip(1).map(page).collect();
    assert_eq!(marks.pop(), Some(music.pages.len()), "the last bookmark is the index");
    assert_eq!(marks, starts);
    let entry = |(tune, (_, title)): (usize, &(Sheet, String))| index::Entry {
        title: title.clone(),
        tune,
        page: starts[tune] + 1,
    };
    let index = index::index(book.iter().enumerate().map(entry).collect(), &Layout::default()).unwrap();
    let expected: Vec<usize> = index.iter().flat_map(|page| &page.links).map(|link| starts[link.1]).collect();
    let links: Vec<usize> = text.split("/S/GoTo/D[").skip(1).map(page).collect();
    assert_eq!(links, expected);
}

#[test]
fn one_tune_on_one_page_has_no_footer_and_no_index() {
    let layout = Layout { paper: Paper::LETTER, ..Layout::default() };
    let sheet = sheet("The Kesh", layout.sheet_width(), 3, 0);
    let titles = vec!["The Kesh".to_owned()];
    let options = pdf::Options { title: "A book".to_owned(), layout, ..pdf::Options::default() };
    let bytes = pdf::write(&[Piece { sheet: &sheet, titles }], &options).unwrap();
    look("one.pdf", &bytes);
    assert_eq!(page_count(&bytes), 1);
    assert!(String::from_utf8_lossy(&bytes).contains("/MediaBox[0 0 612 792"));
    assert!(bytes.len() < 40_000, "{}", bytes.len());
    if let Some(pages) = read_pdf(&bytes) {
        assert!(!pages[0].contains("A book") && pages[0].contains("The Kesh"));
    }
    assert_eq!(pdf::write(&[], &options), Err(PdfError::Empty));
    // Of several pages each says what it is of.
    let long = self::sheet("Long", Layout::default().sheet_width(), 25, 0);
    let piece = Piece { sheet: &long, titles: vec!["The Long Road".to_owned()] };
    let bytes = pdf::write(&[piece], &pdf::Options::default()).unwrap();
    if let Some(pages) = read_pdf(&bytes) {
        assert!(pages.len() > 1 && pages.iter().all(|page| page.contains("The Long Road")));
    }
}

#[test]
fn an_index_is_in_the_order_of_the_alphabet() {
    let entry = |title: &str, tune, page| index::Entry { title: title.to_owned(), tune, page };
    let titles = ["The Kesh", "Éamonn", "banshee, The", "A Fig", "'Twas", "Zurich", "Eagle", "Banish"];
    let entries: Vec<_> = titles.iter().enumerate().map(|(i, title)| entry(title, i, 10 + i)).collect();
    let pages = index::index(entries, &Layout::default()).unwrap();
    assert_eq!(pages.len(), 1);
    let order: Vec<&str> = pages[0].links.iter().map(|&(_, tune)| titles[tune]).collect();
    assert_eq!(order, ["Banish", "banshee, The", "Eagle", "Éamonn", "A Fig", "The Kesh", "'Twas", "Zurich"]);
    // Many titles, some too long for a line: all are there, inside the margins.
    let layout = Layout::default();
    let area = layout.area();
    let entries = (0..500).map(|i| entry(&format!("{} {i}", "long ".repeat(i % 40)), i, i)).collect();
    let pages = index::index(entries, &layout).unwrap();
    assert!(pages.len() > 1);
    let mut tunes: Vec<usize> = pages.iter().flat_map(|page| page.links.iter().map(|link| link.1)).collect();
    tunes.sort_unstable();
    assert_eq!(tunes, (0..500).collect::<Vec<_>>());
    for (link, _) in pages.iter().flat_map(|page| &page.links) {
        assert!(link.min.x >= area.min.x && link.max.x <= area.max.x + 0.01);
        assert!(link.min.y >= area.min.y && link.max.y <= area.max.y + 0.01);
    }
}

#[test]
#[expect(clippy::reversed_empty_ranges, reason = "it is what the test is about")]
fn what_a_sheet_should_not_say_harms_nobody() {
    let mut sheet = sheet("\u{0}\u{FFFF}]]> 東京 🎻 ־", 50.0, 2, 0);
    sheet.items.push(glyph(Role::Note, '\u{F0000}', f32::NAN, f32::INFINITY, -1.0));
    sheet.items.push(item(Role::Note, Ink::Polygon(Vec::new())));
    sheet.items.push(line(Role::Note, point(f32::NAN, 0.0), point(1.0, f32::INFINITY), -1.0));
    let dash = Some((0.0, -1.0));
    sheet.items.push(item(
        Role::Note,
        Ink::Line { from: point(0.0, 0.0), to: point(1.0, 1.0), thickness: 0.1, dash },
    ));
    sheet.systems[0].items = 90..10;
    sheet.systems[1].items = 5..9_999;
    let text = svg::write(&sheet, &svg::Options::default()).unwrap();
    roxmltree::Document::parse(&text).unwrap();
    png::write(&sheet, 10.0, &Colours::default()).unwrap();
    let bytes = pdf::write(&[Piece { sheet: &sheet, titles: Vec::new() }], &pdf::Options::default()).unwrap();
    read_pdf(&bytes);
}

#[test]
fn engraved_tunes_are_printed_whole() {
    let layout = Layout::default();
    let options = Options { width: layout.sheet_width(), margin: 0.0, ..Options::default() };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests");
    let mut tunes = Vec::new();
    for file in
        ["fixtures/tunes.abc", "fixtures/public-domain.abc", "gallery/03-waltz.abc", "gallery/18-voices.abc"]
    {
        tunes.extend(parse(&fs::read_to_string(folder.join(file)).unwrap()).tunes);
    }
    let sheets: Vec<Sheet> = tunes.iter().map(|tune| engrave(tune, &options)).collect();
    let references: Vec<&Sheet> = sheets.iter().collect();
    let pages = paginate(&references, &layout);
    check_pages(&references, &pages, &layout);
    let titles = |tune: &Tune| tune.title().map(str::to_owned).into_iter().collect();
    let pieces: Vec<Piece<'_>> =
        sheets.iter().zip(&tunes).map(|(sheet, tune)| Piece { sheet, titles: titles(tune) }).collect();
    let bytes = pdf::write(&pieces, &pdf::Options::default()).unwrap();
    look("engraved.pdf", &bytes);
    for sheet in &sheets {
        let text = svg::write(sheet, &svg::Options::default()).unwrap();
        let document = roxmltree::Document::parse(&text).unwrap();
        let mut drawn: Vec<&str> = document
            .descendants()
            .filter(|node| node.tag_name().name() == "text")
            .map(|node| node.text().unwrap_or_default())
            .collect();
        let mut written = texts(sheet);
        drawn.sort_unstable();
        written.sort_unstable();
        assert_eq!(drawn, written);
    }
    let Some(read) = read_pdf(&bytes) else { return };
    for (tune, start) in tunes.iter().zip(&pages.starts) {
        let title = tune.title().unwrap_or_default();
        assert!(read[start.page].contains(title), "{title} is on page {}", start.page + 1);
    }
    // Accidentals of chord symbols are words too.
    assert!(read.iter().any(|page| page.contains("F♯m7♭5")));
}

/// Numbers as a fault elsewhere might make them.
fn number() -> impl Strategy<Value = f32> {
    prop_oneof![
        8 => -10.0..60.0f32,
        1 => any::<f32>(),
        1 => prop::sample::select(vec![f32::NAN, f32::INFINITY, f32::NEG_INFINITY, f32::MAX, 1e9, -1e9, 0.0, 1e-30]),
    ]
}

fn any_point() -> impl Strategy<Value = Point> {
    (number(), number()).prop_map(|(x, y)| point(x, y))
}

fn any_ink() -> impl Strategy<Value = Ink> {
    let curve = || [any_point(), any_point(), any_point(), any_point()];
    let face = prop::sample::select(vec![Face::Roman, Face::Italic, Face::Bold, Face::Sans]);
    let align = prop::sample::select(vec![Align::Left, Align::Middle, Align::Right]);
    prop_oneof![
        (any::<char>(), any_point(), number()).prop_map(|(code, at, scale)| Ink::Glyph { code, at, scale }),
        (prop::char::range('\u{E000}', '\u{EFFF}'), any_point(), number())
            .prop_map(|(code, at, scale)| Ink::Glyph { code, at, scale }),
        (any_point(), any_point(), number(), prop::option::of((number(), number())))
            .prop_map(|(from, to, thickness, dash)| Ink::Line { from, to, thickness, dash }),
        prop::collection::vec(any_point(), 0..6).prop_map(Ink::Polygon),
        (curve(), curve()).prop_map(|(outer, inner)| Ink::Crescent { outer, inner }),
        (any::<String>(), any_point(), align, face, number())
            .prop_map(|(text, at, align, face, size)| Ink::Text { text, at, align, face, size }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_sheet_is_so_wrong_that_it_stops_the_program(
        inks in prop::collection::vec(any_ink(), 0..30),
        systems in prop::collection::vec((any_point(), any_point(), 0..40usize, 0..40usize), 0..5),
        (width, height, scale) in (number(), number(), number()),
    ) {
        let items = inks.into_iter().map(|ink| item(Role::Note, ink)).collect();
        let system = |(min, max, start, end)| System {
            extent: Rect { min, max },
            staves: Rect { min, max },
            items: start..end,
            bars: Vec::new(),
        };
        let sheet = Sheet { width, height, items, systems: systems.into_iter().map(system).collect() };
        let text = svg::write(&sheet, &svg::Options::default()).unwrap();
        roxmltree::Document::parse(&text).unwrap();
        if png::size(&sheet, scale).is_ok_and(|(width, height)| width * height < 1_000_000) {
            png::write(&sheet, scale, &Colours::default()).unwrap();
        }
        let piece = Piece { sheet: &sheet, titles: vec!["T".to_owned()] };
        pdf::write(&[piece.clone(), piece], &pdf::Options::default()).unwrap();
    }
}
