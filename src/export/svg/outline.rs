//! Outlines of signs as paths of SVG.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use skrifa::outline::OutlinePen;

use super::UNITS;
use crate::export::fonts::{Font, Fonts};

/// Ems of the music font are 4 staff spaces.
const EM: f32 = 4.0 * UNITS;

/// The outline of a sign as a path, remembered from the first time it is asked for.
pub(super) fn outline(fonts: &Fonts, code: char) -> Option<Arc<str>> {
    static OUTLINES: Mutex<BTreeMap<char, Arc<str>>> = Mutex::new(BTreeMap::new());
    // Whoever panicked with the lock in hand left whole outlines behind.
    let mut outlines = OUTLINES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(outline) = outlines.get(&code) {
        return Some(Arc::clone(outline));
    }
    let mut path = String::new();
    fonts.outline(Font::Music, fonts.sign(code)?, &mut Pen { out: &mut path, x: 0, y: 0 });
    let outline: Arc<str> = path.into();
    outlines.insert(code, Arc::clone(&outline));
    Some(outline)
}

/// Adds a whole number, faster than formatting does.
pub(super) fn push(number: i32, out: &mut String) {
    let mut digits = [0; 10];
    let mut rest = number.unsigned_abs();
    let mut count = 0;
    for digit in &mut digits {
        *digit = b'0' + (rest % 10) as u8;
        rest /= 10;
        count += 1;
        if rest == 0 {
            break;
        }
    }
    if number < 0 {
        out.push('-');
    }
    out.extend(digits.iter().take(count).rev().map(|&digit| char::from(digit)));
}

/// Writes an outline as a path, each point by its distance from the one before.
struct Pen<'a> {
    out: &'a mut String,
    x: i32,
    y: i32,
}

impl Pen<'_> {
    fn to(&mut self, command: char, points: &[(f32, f32)]) {
        let (mut x, mut y) = (self.x, self.y);
        self.out.push(command);
        let mut first = true;
        for &(px, py) in points {
            // The file's y goes down.
            (x, y) = ((px * EM).round() as i32, (-py * EM).round() as i32);
            for number in [x - self.x, y - self.y] {
                if !first && number >= 0 {
                    self.out.push(' ');
                }
                push(number, self.out);
                first = false;
            }
        }
        (self.x, self.y) = (x, y);
    }
}

impl OutlinePen for Pen<'_> {
    fn move_to(&mut self, x: f32, y: f32) {
        // Absolute, because closing goes back to the start.
        (self.x, self.y) = (0, 0);
        self.to('M', &[(x, y)]);
    }

    fn line_to(&mut self, x: f32, y: f32) {
        self.to('l', &[(x, y)]);
    }

    fn quad_to(&mut self, x1: f32, y1: f32, x: f32, y: f32) {
        self.to('q', &[(x1, y1), (x, y)]);
    }

    fn curve_to(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, x: f32, y: f32) {
        self.to('c', &[(x1, y1), (x2, y2), (x, y)]);
    }

    fn close(&mut self) {
        self.out.push('z');
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_formatting_writes_them() {
        for number in [0, 7, -7, 10, 1_234_567, i32::MAX, i32::MIN] {
            let mut text = String::new();
            push(number, &mut text);
            assert_eq!(text, number.to_string());
        }
    }
}
