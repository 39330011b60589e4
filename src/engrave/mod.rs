//! A tune as a musician expects to read it.
//!
//! In: a [`crate::abc::Tune`] and [`Options`]. Out: a [`Sheet`], ink at places in staff spaces, which the
//! back ends draw without a decision of their own. It calls only [`crate::abc`] and [`crate::music`];
//! it knows no screen, no file format and no sound.
//!
//! The way through the room: `read` sorts a voice's elements into events, `staves` the voices onto
//! staves, `columns` puts what sounds together above each other and finds how far apart columns have to
//! be, `lines` makes systems of bars, and `system` draws one after another, each kind of thing in a file
//! of its own, all of them onto a `canvas` that knows what is free.

mod bar_line;
mod beams;
mod canvas;
mod chord;
mod clef;
mod columns;
mod curves;
mod frame;
mod header;
mod heading;
mod hit;
mod kerning;
mod lines;
mod marks;
mod notes;
pub mod options;
mod read;
mod score;
pub mod sheet;
mod signature;
mod signs;
pub mod smufl;
mod staves;
mod system;
pub mod text;
mod tuplets;
mod typeface;
mod words;

pub use options::{BarNumbers, Breaks, Options};
pub use sheet::{Align, BarBox, Face, Ink, Item, Point, Rect, Role, Sheet, System};
pub use typeface::Typeface;

use crate::abc::Tune;
use canvas::Canvas;
use system::Spot;

/// Draws a tune. It never fails: whatever the tune and the options, there is a sheet, which may have no
/// more than a heading.
pub fn engrave(tune: &Tune, options: &Options) -> Sheet {
    let options = &options.in_range();
    let mut score = staves::sort(tune, options, &[]);
    columns::lay(&mut score, options);
    let room = options.width - 2.0 * options.margin;
    let splits = lines::splits(&score, room);
    if !splits.is_empty() {
        score = staves::sort(tune, options, &splits);
        columns::lay(&mut score, options);
    }
    if options.section_letters {
        score.sections = signs::sections(&score);
    }
    let mut canvas = Canvas::new(options.width, Vec::with_capacity(score.columns.len() * 4 + 64));
    let heading = heading::draw(&mut canvas, tune, options);
    let left =
        |first: bool| options.margin + frame::names_room(&score, options, first) + frame::group_room(&score);
    let (left, right) = ([left(true), left(false)], options.width - options.margin);
    let lines = lines::break_lines(&score, options, (right - left[0], right - left[1]));
    let mut sheet = Sheet { width: options.width, height: heading + 1.0, ..Sheet::default() };
    let (mut ink, mut staves) = (heading - 1.0, f32::MIN);
    for (i, line) in lines.iter().enumerate() {
        let left = left[i.min(1)];
        let spot = Spot { left, right, ink, staves };
        let system = system::draw(&mut canvas, &mut score, options, line, spot);
        (ink, staves) = (system.extent.max.y, system.staves.max.y);
        sheet.systems.push(system);
    }
    ink = heading::draw_words_after(&mut canvas, tune, options, ink);
    sheet.height = sheet.height.max(ink + 1.0);
    sheet.items = canvas.items;
    sheet
}
