//! A sheet as SVG: a picture that stays sharp at every size and whose words can be searched.
//!
//! Signs of the music font are outlines, each written once. Words are text: a program that lacks their
//! font takes another and sets it to the same width. Coordinates are whole numbers, [`UNITS`] a staff
//! space, the grid on which the music font itself is drawn; that makes small files.

mod outline;

use std::collections::BTreeSet;
use std::fmt::Write;
use std::ops::Range;

use self::outline::{outline, push};
use super::blocks::{Kind, blocks};
use super::colours::{Colour, Colours, place};
use super::fonts::{Font, FontError, Fonts};
use crate::engrave::text::width;
use crate::engrave::{Align, Face, Ink, Item, Point, Role, Sheet};

/// Units of the picture's coordinates in a staff space.
pub const UNITS: f32 = 250.0;

/// What is said beside the sheet itself.
#[derive(Debug, Clone, PartialEq)]
pub struct Options {
    /// What the picture is called, for those who cannot see it; empty for none.
    pub title: String,
    /// What is on it, for the same; empty for none.
    pub description: String,
    /// How large a program shows it of itself.
    pub space: Space,
    /// Paper and ink.
    pub colours: Colours,
}

impl Default for Options {
    /// Without title, black on white, 10 pixels a staff space.
    fn default() -> Self {
        Self {
            title: String::new(),
            description: String::new(),
            space: Space::Pixels(10.0),
            colours: Colours::default(),
        }
    }
}

/// How large a staff space is; a number above 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Space {
    /// On screens.
    Pixels(f32),
    /// On paper. Staves of 7 mm have spaces of 1.75 mm.
    Millimetres(f32),
}

/// Writes a sheet as a file that needs no other. Signs the music font lacks are left out.
///
/// # Errors
/// If the program's own fonts cannot be read.
pub fn write(sheet: &Sheet, options: &Options) -> Result<String, FontError> {
    let mut svg =
        Writer { out: String::with_capacity(4096 + sheet.items.len() * 24), fonts: Fonts::get()?, options };
    svg.open(sheet);
    svg.signs(sheet);
    for block in blocks(sheet) {
        let class = match block.kind {
            Kind::Head => "head",
            Kind::System(_) => "system",
            Kind::Tail => "tail",
        };
        svg.block(class, sheet, block.items);
    }
    svg.out.push_str("</g>\n</svg>\n");
    Ok(svg.out)
}

struct Writer<'a> {
    out: String,
    fonts: &'static Fonts,
    options: &'a Options,
}

/// What items of one role have in common if they are written together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Style {
    /// Width, dash and gap.
    Stroke(i32, i32, i32),
    Shape,
    Sign,
    /// Font, size, and where the words stand: 0 for after their place, 1 for around it, 2 for before it.
    Words(Font, i32, u8),
}

impl Style {
    fn of(ink: &Ink) -> Self {
        match ink {
            Ink::Line { thickness, dash, .. } => {
                let (dash, gap) = dash.unwrap_or_default();
                Self::Stroke(tenths(*thickness), units(dash), units(gap))
            }
            Ink::Polygon(_) | Ink::Crescent { .. } => Self::Shape,
            Ink::Glyph { .. } => Self::Sign,
            Ink::Text { face, size, align, .. } => {
                let align = match align {
                    Align::Left => 0,
                    Align::Middle => 1,
                    Align::Right => 2,
                };
                Self::Words(Font::from(*face), units(*size), align)
            }
        }
    }
}

/// Staff spaces in the picture's units, to the nearest. What is no number is 0.
fn units(spaces: f32) -> i32 {
    (spaces * UNITS).round() as i32
}

/// The same in tenths of a unit: widths of lines are too small for whole ones.
fn tenths(spaces: f32) -> i32 {
    (spaces * UNITS * 10.0).round() as i32
}

/// A number with up to 3 decimals and without zeros at the end.
fn decimal(number: f32) -> String {
    let text = format!("{number:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

impl Writer<'_> {
    /// Adds formatted text; a String takes everything.
    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        let _ = self.out.write_fmt(text);
    }

    fn open(&mut self, sheet: &Sheet) {
        let (width, height) = (sheet.width.max(0.0), sheet.height.max(0.0));
        let (space, unit) = match self.options.space {
            Space::Pixels(space) => (space, ""),
            Space::Millimetres(space) => (space, "mm"),
        };
        let (w, h) = (units(width), units(height));
        let (shown_width, shown_height) = (decimal(width * space), decimal(height * space));
        self.put(format_args!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" width=\"{shown_width}{unit}\" \
             height=\"{shown_height}{unit}\" viewBox=\"0 0 {w} {h}\" role=\"img\">\n"
        ));
        for (name, text) in [("title", &self.options.title), ("desc", &self.options.description)] {
            if !text.is_empty() {
                self.put(format_args!("<{name}>"));
                escape(text, &mut self.out);
                self.put(format_args!("</{name}>\n"));
            }
        }
        if let Some(paper) = self.options.colours.paper {
            self.put(format_args!("<path fill=\"{}\" d=\"M0 0H{w}V{h}H0Z\"/>\n", hex(paper)));
        }
    }

    /// The outlines of all signs on the sheet, each once, and the group all else stands in.
    fn signs(&mut self, sheet: &Sheet) {
        let codes: BTreeSet<char> = sheet
            .items
            .iter()
            .filter_map(|item| match item.ink {
                Ink::Glyph { code, .. } => Some(code),
                _ => None,
            })
            .collect();
        self.out.push_str("<defs>");
        for code in codes {
            if let Some(outline) = outline(self.fonts, code) {
                self.put(format_args!("<path id=\"{:x}\" d=\"{outline}\"/>", SignId(code)));
            }
        }
        let ink = hex(self.options.colours.of(Role::Note));
        self.put(format_args!(
            "</defs>\n<g fill=\"{ink}\" font-family=\"'Libre Caslon Text','Libre Caslon',Georgia,\
             'Times New Roman',serif\">\n"
        ));
    }

    /// One block as a group, in it a group a role.
    fn block(&mut self, kind: &str, sheet: &Sheet, range: Range<usize>) {
        let Some(items) = sheet.items.get(range) else { return };
        if items.is_empty() {
            return;
        }
        let mut order: Vec<(usize, Style, &Item)> =
            items.iter().map(|item| (place(item.role), Style::of(&item.ink), item)).collect();
        order.sort_by_key(|&(role, style, _)| (role, style));
        self.put(format_args!("<g class=\"{kind}\">\n"));
        for role in order.chunk_by(|a, b| a.0 == b.0) {
            let Some(&(_, _, item)) = role.first() else { continue };
            let ink = self.options.colours.of(item.role);
            self.put(format_args!("<g class=\"{}\"", class(item.role)));
            if ink != self.options.colours.of(Role::Note) {
                self.put(format_args!(" fill=\"{}\"", hex(ink)));
            }
            self.out.push('>');
            for alike in role.chunk_by(|a, b| a.1 == b.1) {
                self.alike(alike, ink);
            }
            self.out.push_str("</g>\n");
        }
        self.out.push_str("</g>\n");
    }

    /// Items of one role and style.
    fn alike(&mut self, items: &[(usize, Style, &Item)], ink: Colour) {
        let Some(&(_, style, _)) = items.first() else { return };
        let inks = items.iter().map(|(_, _, item)| &item.ink);
        match style {
            Style::Stroke(width, dash, gap) => {
                let width = decimal(width as f32 / 10.0);
                self.put(format_args!("<path stroke=\"{}\" stroke-width=\"{width}\"", hex(ink)));
                if gap > 0 {
                    self.put(format_args!(" stroke-dasharray=\"{dash} {gap}\""));
                }
                self.out.push_str(" d=\"");
                for ink in inks {
                    if let Ink::Line { from, to, .. } = ink {
                        self.stroke(*from, *to);
                    }
                }
                self.out.push_str("\"/>");
            }
            Style::Shape => inks.for_each(|ink| self.shape(ink)),
            Style::Sign => {
                for ink in inks {
                    if let Ink::Glyph { code, at, scale } = ink {
                        self.sign(*code, *at, *scale);
                    }
                }
            }
            Style::Words(font, size, align) => {
                self.out.push_str("<g");
                self.out.push_str(match font {
                    Font::Italic => " font-style=\"italic\"",
                    Font::Bold => " font-weight=\"bold\"",
                    Font::Sans => {
                        " font-family=\"'Source Sans 3','Source Sans Pro',Helvetica,Arial,sans-serif\""
                    }
                    Font::Roman | Font::Music => "",
                });
                self.out.push_str(match align {
                    1 => " text-anchor=\"middle\"",
                    2 => " text-anchor=\"end\"",
                    _ => "",
                });
                self.put(format_args!(" font-size=\"{size}\">"));
                for ink in inks {
                    if let Ink::Text { text, at, face, size, .. } = ink {
                        self.words(text, *at, *face, *size);
                    }
                }
                self.out.push_str("</g>");
            }
        }
    }

    /// Adds a command of a path, or what stands before a number, and a number in the picture's units.
    fn number(&mut self, before: &str, spaces: f32) {
        self.out.push_str(before);
        push(units(spaces), &mut self.out);
    }

    fn point(&mut self, before: &str, point: Point) {
        self.number(before, point.x);
        self.number(" ", point.y);
    }

    fn stroke(&mut self, from: Point, to: Point) {
        self.point("M", from);
        if units(from.y) == units(to.y) {
            self.number("H", to.x);
        } else if units(from.x) == units(to.x) {
            self.number("V", to.y);
        } else {
            self.point("L", to);
        }
    }

    fn shape(&mut self, ink: &Ink) {
        self.out.push_str("<path d=\"");
        match ink {
            Ink::Polygon(corners) => {
                for (place, corner) in corners.iter().enumerate() {
                    self.point(if place == 0 { "M" } else { "L" }, *corner);
                }
            }
            Ink::Crescent { outer: [start, a, b, end], inner: [_, c, d, _] } => {
                self.point("M", *start);
                for (before, point) in [("C", a), (" ", b), (" ", end), ("C", d), (" ", c), (" ", start)] {
                    self.point(before, *point);
                }
            }
            Ink::Glyph { .. } | Ink::Line { .. } | Ink::Text { .. } => {}
        }
        self.out.push_str("Z\"/>");
    }

    /// A sign, by the older name of a link: every program that reads SVG knows it.
    fn sign(&mut self, code: char, at: Point, scale: f32) {
        if self.fonts.sign(code).is_none() {
            return;
        }
        self.put(format_args!("<use xlink:href=\"#{:x}\"", SignId(code)));
        if scale == 1.0 {
            self.number(" x=\"", at.x);
            self.number("\" y=\"", at.y);
            self.out.push_str("\"/>");
        } else {
            self.point(" transform=\"translate(", at);
            self.put(format_args!(")scale({})\"/>", decimal(scale)));
        }
    }

    fn words(&mut self, text: &str, at: Point, face: Face, size: f32) {
        self.number("<text x=\"", at.x);
        self.number("\" y=\"", at.y);
        // The space between letters takes up what another font lacks; a letter alone has none.
        if text.chars().nth(1).is_some() {
            self.number("\" textLength=\"", width(text, face, size));
        }
        self.out.push('"');
        if text.starts_with(' ') || text.ends_with(' ') || text.contains("  ") {
            self.out.push_str(" xml:space=\"preserve\"");
        }
        self.out.push('>');
        escape(text, &mut self.out);
        self.out.push_str("</text>");
    }
}

/// The class of a role, for style sheets.
fn class(role: Role) -> &'static str {
    match role {
        Role::StaffLine => "staff-line",
        Role::BarLine => "bar-line",
        Role::Signature => "signature",
        Role::Note => "note",
        Role::Rest => "rest",
        Role::Mark => "mark",
        Role::Chord => "chord",
        Role::Words => "words",
    }
}

/// The name of a sign's outline in the file: a letter and its code point.
struct SignId(char);

impl std::fmt::LowerHex for SignId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "u{:x}", u32::from(self.0))
    }
}

/// A colour as style sheets write it, short where that says the same.
fn hex(colour: Colour) -> String {
    let Colour([red, green, blue]) = colour;
    let text = format!("#{red:02x}{green:02x}{blue:02x}");
    if [red, green, blue].iter().all(|part| part / 16 == part % 16) {
        format!("#{:x}{:x}{:x}", red % 16, green % 16, blue % 16)
    } else {
        text
    }
}

/// Words as XML has them. Control characters, which it has no way to write, become spaces.
fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\u{FFFE}' | '\u{FFFF}' => out.push('\u{FFFD}'),
            other if other.is_control() => out.push(' '),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_colours_are_short() {
        assert_eq!([0.0, 1.0, 1.25, -0.5, 0.0004].map(decimal), ["0", "1", "1.25", "-0.5", "0"]);
        assert_eq!(hex(Colour([0x11, 0xff, 0x00])), "#1f0");
        assert_eq!(hex(Colour([0x11, 0xfe, 0x00])), "#11fe00");
    }
}
