//! What is drawn on a page: items of a sheet as the operators of PDF.

use pdf_writer::{Content, Name, Str, TextStr};

use super::embed::{Embedded, resource};
use crate::engrave::{Align, Face, Ink, Item, Point, Role};
use crate::export::colours::{Colour, Colours};
use crate::export::fonts::{Font, FontError, Fonts, spoken};

/// Points, PDF's unit, in a millimetre.
pub(super) const POINTS: f32 = 72.0 / 25.4;

/// A page being drawn.
pub(super) struct Canvas<'a> {
    content: Content,
    fonts: &'static Fonts,
    embedded: &'a mut Embedded,
    colours: &'a Colours,
    /// The page's height in points: PDF measures from the lower left corner.
    height: f32,
    /// The colour in use.
    colour: Colour,
}

/// Where a sheet stands on the page.
#[derive(Clone, Copy)]
pub(super) struct Place {
    /// Its corner in millimetres.
    pub at: Point,
    /// Millimetres of a staff space.
    pub scale: f32,
}

/// What is drawn in one go. Ink is opaque, so that the order does not show, and few changes make small
/// files.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Layer {
    Strokes,
    Shapes,
    Signs,
    /// Signs that are part of words: the sharp of a chord symbol.
    Spoken,
    Words,
}

fn layer(item: &Item) -> Layer {
    match &item.ink {
        Ink::Line { .. } => Layer::Strokes,
        Ink::Polygon(_) | Ink::Crescent { .. } => Layer::Shapes,
        Ink::Glyph { code, .. } => match item.role {
            Role::Chord | Role::Words if spoken(*code).is_some() => Layer::Spoken,
            _ => Layer::Signs,
        },
        Ink::Text { .. } => Layer::Words,
    }
}

/// To the hundredth of a point, which no printer shows. What is no number is 0.
pub(super) fn round(points: f32) -> f32 {
    if points.is_finite() { (points * 100.0).round() / 100.0 } else { 0.0 }
}

impl<'a> Canvas<'a> {
    /// An empty page of this height in millimetres.
    pub(super) fn new(
        height: f32,
        embedded: &'a mut Embedded,
        colours: &'a Colours,
    ) -> Result<Self, FontError> {
        let (content, fonts) = (Content::new(), Fonts::get()?);
        Ok(Self { content, fonts, embedded, colours, height: height * POINTS, colour: Colour::BLACK })
    }

    /// Draws items of a sheet.
    pub(super) fn draw(&mut self, items: &[Item], place: Place) {
        let mut order: Vec<&Item> = items.iter().collect();
        let colours = self.colours;
        let group = |item: &Item| (layer(item), colours.of(item.role).0);
        order.sort_by_key(|item| group(item));
        for alike in order.chunk_by(|a, b| group(a) == group(b)) {
            let Some(first) = alike.first() else { continue };
            self.set_colour(self.colours.of(first.role));
            match layer(first) {
                Layer::Strokes => self.strokes(alike, place),
                Layer::Shapes => alike.iter().for_each(|item| self.shape(&item.ink, place)),
                Layer::Signs => self.silent(alike, place),
                Layer::Spoken => self.signs(alike, place),
                Layer::Words => alike.iter().for_each(|item| self.words(&item.ink, place)),
            }
        }
    }

    /// The operators.
    pub(super) fn finish(self) -> Vec<u8> {
        self.content.finish().into_vec()
    }

    fn set_colour(&mut self, colour: Colour) {
        if colour != self.colour {
            let [red, green, blue] = colour.0.map(|part| round(f32::from(part) / 255.0));
            self.content.set_fill_rgb(red, green, blue).set_stroke_rgb(red, green, blue);
            self.colour = colour;
        }
    }

    /// A point of the sheet in points of the page.
    fn point(&self, point: Point, place: Place) -> (f32, f32) {
        let x = (place.at.x + point.x * place.scale) * POINTS;
        let y = (place.at.y + point.y * place.scale) * POINTS;
        (round(x), round(self.height - y))
    }

    /// Lines, as many in one path as have the same width and dashes.
    fn strokes(&mut self, items: &[&Item], place: Place) {
        let style = |item: &Item| match item.ink {
            Ink::Line { thickness, dash, .. } => (thickness, dash),
            _ => (0.0, None),
        };
        for alike in items.chunk_by(|a, b| style(a) == style(b)) {
            let Some(first) = alike.first() else { continue };
            let (thickness, dash) = style(first);
            let size = place.scale * POINTS;
            // A tenth finer than places: a line's width is seen.
            let width = round(thickness * size * 10.0) / 10.0;
            self.content.set_line_width(width.max(0.0));
            let dashes =
                dash.map_or_else(Vec::new, |(dash, gap)| vec![round(dash * size), round(gap * size)]);
            let dashed =
                dashes.iter().any(|&length| length > 0.0) && dashes.iter().all(|&length| length >= 0.0);
            if dashed {
                self.content.set_dash_pattern(dashes, 0.0);
            }
            for item in alike {
                if let Ink::Line { from, to, .. } = item.ink {
                    let ((x, y), (to_x, to_y)) = (self.point(from, place), self.point(to, place));
                    self.content.move_to(x, y).line_to(to_x, to_y);
                }
            }
            self.content.stroke();
            if dashed {
                self.content.set_dash_pattern([], 0.0);
            }
        }
    }

    fn shape(&mut self, ink: &Ink, place: Place) {
        match ink {
            Ink::Polygon(corners) => {
                for (number, &corner) in corners.iter().enumerate() {
                    let (x, y) = self.point(corner, place);
                    if number == 0 {
                        self.content.move_to(x, y);
                    } else {
                        self.content.line_to(x, y);
                    }
                }
                if corners.is_empty() {
                    return;
                }
            }
            Ink::Crescent { outer: [start, a, b, end], inner: [_, c, d, _] } => {
                let at = |point: &Point| self.point(*point, place);
                let (start, a, b, end, c, d) = (at(start), at(a), at(b), at(end), at(c), at(d));
                self.content.move_to(start.0, start.1);
                self.content.cubic_to(a.0, a.1, b.0, b.1, end.0, end.1);
                self.content.cubic_to(d.0, d.1, c.0, c.1, start.0, start.1);
            }
            Ink::Glyph { .. } | Ink::Line { .. } | Ink::Text { .. } => return,
        }
        self.content.close_path().fill_nonzero();
    }

    /// Signs that say nothing: who copies the words gets words only.
    fn silent(&mut self, items: &[&Item], place: Place) {
        let mut marked = self.content.begin_marked_content_with_properties(Name(b"Span"));
        marked.properties().actual_text(TextStr(""));
        drop(marked);
        self.signs(items, place);
        self.content.end_marked_content();
    }

    /// Signs of the music font, as letters.
    fn signs(&mut self, items: &[&Item], place: Place) {
        self.content.begin_text();
        let mut size = None;
        for item in items {
            let Ink::Glyph { code, at, scale } = item.ink else { continue };
            let Some(id) = self.fonts.sign(code) else { continue };
            let wanted = round(4.0 * scale * place.scale * POINTS);
            if size != Some(wanted) {
                self.content.set_font(Name(resource(Font::Music)), wanted);
                size = Some(wanted);
            }
            let (x, y) = self.point(at, place);
            self.content.set_text_matrix([1.0, 0.0, 0.0, 1.0, x, y]);
            let id = self.embedded.add(Font::Music, id, spoken(code));
            self.content.show(Str(&id.to_be_bytes()));
        }
        self.content.end_text();
    }

    fn words(&mut self, ink: &Ink, place: Place) {
        let Ink::Text { text, at, align, face, size } = ink else { return };
        let share = match align {
            Align::Left => 0.0,
            Align::Middle => 0.5,
            Align::Right => 1.0,
        };
        let width = if share > 0.0 { self.fonts.width(text, *face) * size } else { 0.0 };
        let start = Point { x: at.x - width * share, y: at.y };
        self.write(text, start, *face, *size, place);
    }

    /// A line of words from left to right, in as many pieces as it takes fonts.
    fn write(&mut self, text: &str, start: Point, face: Face, size: f32, place: Place) {
        let letters: Vec<_> = self.fonts.letters(text, face).collect();
        self.content.begin_text();
        let mut x = start.x;
        for piece in letters.chunk_by(|a, b| a.font == b.font && a.rise == b.rise) {
            let Some(first) = piece.first() else { continue };
            self.content.set_font(Name(resource(first.font)), round(size * place.scale * POINTS));
            let (px, py) = self.point(Point { x, y: start.y - first.rise * size }, place);
            self.content.set_text_matrix([1.0, 0.0, 0.0, 1.0, px, py]);
            let mut line = self.content.show_positioned();
            let mut pieces = line.items();
            let mut bytes = Vec::with_capacity(piece.len() * 2);
            for letter in piece {
                let id = self.embedded.add(letter.font, letter.id, Some(letter.character));
                bytes.extend(id.to_be_bytes());
                x += letter.advance * size;
                // Kerning is said in thousandths of an em to the left.
                let kerning = self.fonts.advance(letter.font, letter.id) - letter.advance;
                if kerning != 0.0 {
                    pieces.show(Str(&bytes));
                    pieces.adjust(round(kerning * 1000.0));
                    bytes.clear();
                }
            }
            if !bytes.is_empty() {
                pieces.show(Str(&bytes));
            }
        }
        self.content.end_text();
    }
}
