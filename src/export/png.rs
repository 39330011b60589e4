//! A sheet as PNG: a picture of pixels, for programs that take nothing better.

use skrifa::outline::OutlinePen;
use tiny_skia::{FillRule, LineCap, Paint, Path, PathBuilder, Pixmap, Stroke, StrokeDash, Transform};

use super::colours::{Colour, Colours};
use super::fonts::{Font, FontError, Fonts};
use crate::engrave::{Align, Ink, Item, Point, Role, Sheet};

/// The most pixels of a picture: a hundred million, 400 MB while it is drawn.
pub const MAX_PIXELS: u64 = 100_000_000;

/// The sheet cannot be a picture.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PngError {
    /// A sheet without width or height, or a scale that makes it so.
    #[error("the sheet has no pixels at this scale")]
    Empty,
    /// More than [`MAX_PIXELS`].
    #[error("at this scale the sheet has {width} × {height} pixels, and {MAX_PIXELS} is the most")]
    TooLarge {
        /// How wide it would be.
        width: u64,
        /// How high.
        height: u64,
    },
    /// The program's own fonts.
    #[error(transparent)]
    Font(#[from] FontError),
    /// The bytes cannot be put together.
    #[error("the PNG file cannot be put together: {0}")]
    Write(String),
}

/// How many pixels a sheet has at a scale, width and height, rounded up.
///
/// # Errors
/// If it has none, or more than [`MAX_PIXELS`].
pub fn size(sheet: &Sheet, scale: f32) -> Result<(u32, u32), PngError> {
    // A little less than a whole pixel too much comes from the digits, not from the sheet.
    let pixels = |spaces: f32| (f64::from(spaces) * f64::from(scale) - 1e-3).ceil();
    let (width, height) = (pixels(sheet.width), pixels(sheet.height));
    if !(width >= 1.0 && height >= 1.0) {
        return Err(PngError::Empty);
    }
    let too_large = PngError::TooLarge { width: width as u64, height: height as u64 };
    if width * height > MAX_PIXELS as f64 {
        return Err(too_large);
    }
    let whole = |number: f64| u32::try_from(number as u64);
    match (whole(width), whole(height)) {
        (Ok(width), Ok(height)) => Ok((width, height)),
        _ => Err(too_large),
    }
}

/// Draws a sheet with `scale` pixels a staff space; 10 is a screen's, 20 about 300 dots an inch on
/// staves of 7 mm. Greys on paper become a picture of greys, which is smaller.
///
/// # Errors
/// [`size`] says which sizes there are; besides, if the program's own fonts cannot be read.
pub fn write(sheet: &Sheet, scale: f32, colours: &Colours) -> Result<Vec<u8>, PngError> {
    encode(&draw(sheet, scale, colours)?, colours)
}

/// A picture that is not a file yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picture {
    /// Its pixels across and down.
    pub size: (u32, u32),
    /// Red, green, blue and opacity of each, row by row from the top.
    pub bytes: Vec<u8>,
}

/// Draws a sheet as [`write()`] does, for who shows it.
///
/// # Errors
/// As [`write()`].
pub fn picture(sheet: &Sheet, scale: f32, colours: &Colours) -> Result<Picture, PngError> {
    let pixmap = draw(sheet, scale, colours)?;
    let pixels = pixmap.pixels().iter().map(|pixel| pixel.demultiply());
    let bytes = pixels.flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()]).collect();
    Ok(Picture { size: (pixmap.width(), pixmap.height()), bytes })
}

fn draw(sheet: &Sheet, scale: f32, colours: &Colours) -> Result<Pixmap, PngError> {
    let (width, height) = size(sheet, scale)?;
    let too_large = || PngError::TooLarge { width: width.into(), height: height.into() };
    let pixmap = Pixmap::new(width, height).ok_or_else(too_large)?;
    let mut canvas = Canvas { pixmap, fonts: Fonts::get()?, scale };
    if let Some(paper) = colours.paper {
        canvas.pixmap.fill(paint_colour(paper));
    }
    for item in &sheet.items {
        canvas.draw(item, colours.of(item.role));
    }
    Ok(canvas.pixmap)
}

fn paint_colour(Colour([red, green, blue]): Colour) -> tiny_skia::Color {
    tiny_skia::Color::from_rgba8(red, green, blue, 255)
}

struct Canvas {
    pixmap: Pixmap,
    fonts: &'static Fonts,
    /// Pixels a staff space.
    scale: f32,
}

impl Canvas {
    fn draw(&mut self, item: &Item, colour: Colour) {
        let mut paint = Paint::default();
        paint.set_color(paint_colour(colour));
        paint.anti_alias = true;
        match &item.ink {
            Ink::Glyph { code, at, scale } => {
                if let Some(id) = self.fonts.sign(*code) {
                    let mut pen = Pen(PathBuilder::new());
                    self.fonts.outline(Font::Music, id, &mut pen);
                    self.fill(pen.0.finish(), &paint, self.place(*at, 4.0 * scale));
                }
            }
            Ink::Line { from, to, thickness, dash } => {
                self.line(item, (*from, *to), *thickness, *dash, &paint)
            }
            Ink::Polygon(corners) => {
                let mut path = PathBuilder::new();
                for (place, corner) in corners.iter().enumerate() {
                    if place == 0 {
                        path.move_to(corner.x, corner.y);
                    } else {
                        path.line_to(corner.x, corner.y);
                    }
                }
                path.close();
                self.fill(path.finish(), &paint, self.sheet());
            }
            Ink::Crescent { outer: [start, a, b, end], inner: [_, c, d, _] } => {
                let mut path = PathBuilder::new();
                path.move_to(start.x, start.y);
                path.cubic_to(a.x, a.y, b.x, b.y, end.x, end.y);
                path.cubic_to(d.x, d.y, c.x, c.y, start.x, start.y);
                path.close();
                self.fill(path.finish(), &paint, self.sheet());
            }
            Ink::Text { text, at, align, face, size } => {
                let share = match align {
                    Align::Left => 0.0,
                    Align::Middle => 0.5,
                    Align::Right => 1.0,
                };
                let mut x = at.x - self.fonts.width(text, *face) * size * share;
                for letter in self.fonts.letters(text, *face) {
                    let mut pen = Pen(PathBuilder::new());
                    self.fonts.outline(letter.font, letter.id, &mut pen);
                    let origin = Point { x, y: at.y - letter.rise * size };
                    self.fill(pen.0.finish(), &paint, self.place(origin, *size));
                    x += letter.advance * size;
                }
            }
        }
    }

    /// From staff spaces to pixels.
    fn sheet(&self) -> Transform {
        Transform::from_scale(self.scale, self.scale)
    }

    /// From ems, y up, to pixels: an origin on the sheet and the size of an em.
    fn place(&self, origin: Point, em: f32) -> Transform {
        let em = em * self.scale;
        Transform::from_row(em, 0.0, 0.0, -em, origin.x * self.scale, origin.y * self.scale)
    }

    /// Fills an outline; nothing if there is none, as of a space.
    fn fill(&mut self, path: Option<Path>, paint: &Paint<'_>, transform: Transform) {
        if let Some(path) = path.and_then(|path| path.transform(transform)).filter(is_near) {
            let transform = Transform::identity();
            self.pixmap.fill_path(&path, paint, FillRule::Winding, transform, None);
        }
    }

    fn line(
        &mut self,
        item: &Item,
        (mut from, mut to): (Point, Point),
        thickness: f32,
        dash: Option<(f32, f32)>,
        paint: &Paint<'_>,
    ) {
        let mut width = thickness * self.scale;
        for point in [&mut from, &mut to] {
            (point.x, point.y) = (point.x * self.scale, point.y * self.scale);
        }
        // All staff lines look alike only if each fills whole pixels.
        if item.role == Role::StaffLine && from.y == to.y {
            width = width.round().max(1.0);
            let top = (from.y - width / 2.0).round();
            (from.y, to.y) = (top + width / 2.0, top + width / 2.0);
        }
        let mut path = PathBuilder::new();
        path.move_to(from.x, from.y);
        path.line_to(to.x, to.y);
        let dash =
            dash.and_then(|(dash, gap)| StrokeDash::new(vec![dash * self.scale, gap * self.scale], 0.0));
        let stroke = Stroke { width, line_cap: LineCap::Butt, dash, ..Stroke::default() };
        if let Some(path) = path.finish().filter(is_near).filter(|_| width < FAR) {
            self.pixmap.stroke_path(&path, paint, &stroke, Transform::identity(), None);
        }
    }
}

/// How far from the picture's corner, in pixels, nothing can be that belongs on it: tiny-skia reckons in
/// fixed point, which has no place for more.
const FAR: f32 = 1e6;

/// Whether a path in pixels is on the picture or near it. What is no number is nowhere.
fn is_near(path: &Path) -> bool {
    path.points().iter().all(|point| point.x.abs() < FAR && point.y.abs() < FAR)
}

/// Takes an outline over as it is.
struct Pen(PathBuilder);

impl OutlinePen for Pen {
    fn move_to(&mut self, x: f32, y: f32) {
        self.0.move_to(x, y);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.0.line_to(x, y);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.0.quad_to(x1, y1, x, y);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.0.cubic_to(x1, y1, x2, y2, x, y);
    }

    fn close(&mut self) {
        self.0.close();
    }
}

/// The pixels as a file: one byte each for greys, three for colours, four if the paper is see-through.
fn encode(pixmap: &Pixmap, colours: &Colours) -> Result<Vec<u8>, PngError> {
    let (kind, bytes): (_, Vec<u8>) = if colours.is_grey() {
        (png::ColorType::Grayscale, pixmap.pixels().iter().map(|pixel| pixel.red()).collect())
    } else if colours.paper.is_some() {
        let pixels = pixmap.pixels().iter();
        (png::ColorType::Rgb, pixels.flat_map(|pixel| [pixel.red(), pixel.green(), pixel.blue()]).collect())
    } else {
        let pixels = pixmap.pixels().iter().map(|pixel| pixel.demultiply());
        let bytes = |pixel: tiny_skia::ColorU8| [pixel.red(), pixel.green(), pixel.blue(), pixel.alpha()];
        (png::ColorType::Rgba, pixels.flat_map(bytes).collect())
    };
    let write = |error: png::EncodingError| PngError::Write(error.to_string());
    let mut file = Vec::with_capacity(bytes.len() / 16);
    let mut encoder = png::Encoder::new(&mut file, pixmap.width(), pixmap.height());
    encoder.set_color(kind);
    encoder.set_depth(png::BitDepth::Eight);
    let mut writer = encoder.write_header().map_err(write)?;
    writer.write_image_data(&bytes).map_err(write)?;
    writer.finish().map_err(write)?;
    Ok(file)
}
