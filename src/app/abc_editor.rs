//! The editor of the ABC: the text in colours, the numbers of its lines, and what is marked in it.

use std::sync::Arc;

use eframe::egui::text::{CCursor, CCursorRange};
use eframe::egui::text_edit::TextEditState;
use eframe::egui::{
    Color32, Event, Frame, Galley, Id, Key, Margin, Modifiers, PopupAnchor, Pos2, Rect, Response, ScrollArea,
    Shape, Stroke, TextBuffer, TextEdit, Ui, pos2, vec2,
};

use super::abc_text;
use super::fonts;
use super::page::Page;
use super::playing::Playing;
use super::problems;
use super::theme::tokens;
use super::tip;
use super::zigzag;
use crate::abc::{Diagnostic, Span};

/// Where the numbers of the lines stand.
const GUTTER: f32 = 34.0;
const LINE: f32 = 20.0;

/// What is marked in the text besides what is wrong with it.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Marks<'a> {
    /// What sounds.
    pub(super) playing: Option<&'a Playing>,
    /// The bars that are chosen on the sheet.
    pub(super) chosen: Option<Span>,
    /// What was looked for, and which of these places one is at.
    pub(super) found: (&'a [Span], usize),
}

/// The editor's state; egui keeps the caret.
#[derive(Debug, Clone, Default)]
pub(super) struct AbcEditor {
    /// What is to be chosen, and whether the keyboard goes there too.
    go_to: Option<(Span, bool)>,
    /// What is to be brought into view.
    show: Option<Span>,
    /// What was pointed at without the keyboard; egui chooses only where that is.
    pointed: Option<Span>,
    /// Where the caret was last, in bytes.
    caret: u32,
}

impl AbcEditor {
    /// What the editor of a page is known by to egui.
    pub(super) fn id(page: &Page) -> Id {
        Id::unique(("abc", page.number()))
    }

    /// Chooses these bytes of the text, with the keyboard on them or not.
    pub(super) fn go_to(&mut self, span: Span, keyboard: bool) {
        self.go_to = Some((span, keyboard));
    }

    /// Where the caret is, in bytes.
    pub(super) fn caret(&self) -> u32 {
        self.caret
    }

    /// Draws the editor; `name` is the label that says what it is.
    pub(super) fn ui(&mut self, ui: &mut Ui, name: Id, page: &mut Page, marks: Marks<'_>) {
        let id = Self::id(page);
        let writing = page.is_writing();
        if let Some((span, keyboard)) = self.go_to.take() {
            self.show = Some(span);
            if keyboard {
                choose(ui, id, page.text(), span);
                ui.memory_mut(|memory| memory.request_focus(id));
            } else {
                choose(ui, id, page.text(), Span { end: span.start, ..span });
                self.pointed = Some(span);
            }
        }
        tabs(ui, id);
        ScrollArea::vertical()
            .id_salt(("abc", page.number(), writing))
            .auto_shrink([false, false])
            .stick_to_bottom(writing)
            .show(ui, |ui| self.text(ui, id, name, page, marks));
    }

    fn text(&mut self, ui: &mut Ui, id: Id, name: Id, page: &mut Page, marks: Marks<'_>) {
        let t = tokens(ui);
        let interactive = !page.is_writing();
        let mut layouter = |ui: &Ui, text: &dyn TextBuffer, width: f32| -> Arc<Galley> {
            let mut job = abc_text::layout(text.as_str(), &fonts::mono(13.0), LINE, tokens(ui));
            job.wrap.max_width = width;
            ui.ctx().fonts_mut(|fonts| fonts.layout_job(job))
        };
        let room = ui.available_height();
        // What lies behind the letters can be drawn only once these have their places.
        let behind = ui.painter().add(Shape::Noop);
        let mut shown = None;
        page.edit(|text| {
            let edit = TextEdit::multiline(text)
                .id(id)
                .interactive(interactive)
                .hint_text("Type ABC here, drop a file, or press Compose.")
                .font(fonts::mono(13.0))
                .frame(Frame::new().inner_margin(Margin {
                    left: GUTTER as i8 + 8,
                    right: 8,
                    top: 6,
                    bottom: 6,
                }))
                .desired_width(f32::INFINITY)
                .desired_rows(((room - 12.0) / LINE).floor().max(1.0) as usize)
                .layouter(&mut layouter);
            shown = Some(edit.show(ui));
        });
        let Some(output) = shown else { return };
        if output.response.changed() {
            // The sheet was drawn before the letter came.
            ui.ctx().request_repaint();
        }
        (*output.response).clone().labelled_by(name);
        let text = Laid { text: page.text(), galley: &output.galley, at: output.galley_pos };
        let cursor = TextEditState::load(ui.ctx(), id).and_then(|state| state.cursor.char_range());
        let caret = cursor.map(|range| range.primary);
        // Of what is chosen the beginning counts.
        self.caret = cursor.map_or(0, |range| {
            text.byte(if range.primary.index < range.secondary.index {
                range.primary
            } else {
                range.secondary
            })
        });
        self.pointed = self.pointed.filter(|span| span.start == self.caret);
        let marks = Marks { chosen: marks.chosen.or(self.pointed), ..marks };
        let marked = marked(&text, marks, caret, &output.response, ui);
        ui.painter().set(behind, Shape::Vec(marked));
        if !text.text.is_empty() {
            line_numbers(ui, &text, page);
        }
        for problem in page.problems() {
            let colour = problems::colour(t, problem.severity());
            for row in text.rows(problem.span) {
                zigzag::draw(ui.painter(), row, colour);
            }
        }
        for note in marks.playing.map_or(&[][..], |playing| &playing.notes) {
            for row in text.rows(*note) {
                let y = ui.painter().round_to_pixel_center(row.bottom() - 2.0);
                ui.painter().hline(row.x_range(), y, Stroke::new(2.0, t.playhead));
            }
        }
        self.hint(ui, &text, page, &output.response);
        if let Some(place) = self.show.take().and_then(|span| text.rows(span).first().copied()) {
            ui.scroll_to_rect(place.expand2(vec2(0.0, LINE)), None);
        }
        if !interactive {
            let end = text.galley.pos_from_cursor(text.galley.end()).translate(text.at.to_vec2());
            let x = ui.painter().round_to_pixel_center(end.right() + 2.0);
            ui.painter().vline(x, end.y_range(), Stroke::new(2.0, t.accent));
        }
    }

    /// What to do about the problem under the pointer, or else at the caret.
    fn hint(&self, ui: &Ui, text: &Laid<'_>, page: &Page, response: &Response) {
        let words = |problem: &Diagnostic| problem.hint.as_ref().unwrap_or(&problem.message).to_string();
        let under = response.hover_pos().and_then(|pointer| {
            let at = |row: &Rect| row.expand2(vec2(2.0, 0.0)).contains(pointer);
            page.problems().iter().find(|problem| text.rows(problem.span).iter().any(at))
        });
        if let Some(problem) = under {
            tip::always(ui, "hint", response, PopupAnchor::Pointer, words(problem));
            return;
        }
        if !response.has_focus() {
            return;
        }
        let within = |problem: &&Diagnostic| (problem.span.start..=problem.span.end).contains(&self.caret);
        let Some(problem) = page.problems().iter().find(within) else { return };
        let Some(row) = text.rows(problem.span).first().copied() else { return };
        let anchor = PopupAnchor::ParentRect(row);
        tip::always(ui, "hint", response, anchor, words(problem));
    }
}

/// A text and where its letters are.
struct Laid<'a> {
    text: &'a str,
    galley: &'a Galley,
    at: Pos2,
}

impl Laid<'_> {
    /// The rectangles of the rows that a stretch takes.
    fn rows(&self, span: Span) -> Vec<Rect> {
        let rows = zigzag::under(self.galley, self.text, span).into_iter();
        rows.map(|row| row.translate(self.at.to_vec2())).collect()
    }

    /// The byte at a caret.
    fn byte(&self, caret: CCursor) -> u32 {
        let before = self.text.char_indices().nth(caret.index.0);
        let byte = before.map_or(self.text.len(), |(byte, _)| byte);
        Span::new(byte, byte).start
    }
}

/// The grounds behind the letters, the lowest first.
fn marked(
    text: &Laid<'_>,
    marks: Marks<'_>,
    caret: Option<CCursor>,
    response: &Response,
    ui: &Ui,
) -> Vec<Shape> {
    let t = tokens(ui);
    let mut shapes = Vec::new();
    if let Some(caret) = caret.filter(|_| !text.text.is_empty()) {
        let row = text.galley.pos_from_cursor(caret).translate(text.at.to_vec2());
        let line = Rect::from_x_y_ranges(response.rect.x_range(), row.y_range());
        shapes.push(Shape::rect_filled(line, 0, t.accent_soft.gamma_multiply(0.5)));
    }
    let mut lay = |span: Span, colour: Color32| {
        shapes.extend(text.rows(span).into_iter().map(|row| Shape::rect_filled(row, 2, colour)));
    };
    if let Some(chosen) = marks.chosen {
        lay(chosen, t.sel_soft);
    }
    if let Some(playing) = marks.playing {
        lay(playing.bar, t.play_soft);
    }
    let (found, current) = marks.found;
    for (place, span) in found.iter().enumerate() {
        lay(*span, if place == current { t.sel_soft } else { t.hover });
    }
    shapes
}

/// Tab leaves the editor, as everywhere; Ctrl Tab writes a tab.
fn tabs(ui: &Ui, id: Id) {
    if ui.memory(|memory| memory.has_focus(id)) {
        ui.input_mut(|input| {
            if input.consume_key(Modifiers::CTRL, Key::Tab) {
                input.events.push(Event::Text("\t".to_owned()));
            }
        });
    }
}

/// A number for each line of the text, not for each row it takes.
fn line_numbers(ui: &Ui, text: &Laid<'_>, page: &Page) {
    let t = tokens(ui);
    let mut number = 1;
    let mut begins = true;
    for row in &text.galley.rows {
        if begins {
            let line = u32::try_from(number).unwrap_or(u32::MAX);
            let faulty =
                page.problems().iter().filter(|problem| problem.line == line).map(Diagnostic::severity).max();
            let colour = faulty.map_or(t.muted, |severity| problems::colour(t, severity));
            let place = pos2(text.at.x - 14.0, text.at.y + row.rect().center().y);
            let align = eframe::egui::Align2::RIGHT_CENTER;
            ui.painter().text(place, align, number.to_string(), fonts::mono(13.0), colour);
            number += 1;
        }
        begins = row.ends_with_newline;
    }
}

/// Chooses the bytes of `span`, without the keyboard.
pub(super) fn choose(ui: &Ui, id: Id, text: &str, span: Span) {
    let cursor = |byte: u32| {
        let before = text.get(..byte as usize).unwrap_or(text);
        CCursor::new(before.chars().count())
    };
    let mut state = TextEditState::load(ui.ctx(), id).unwrap_or_default();
    state.cursor.set_char_range(Some(CCursorRange::two(cursor(span.start), cursor(span.end))));
    state.store(ui.ctx(), id);
}
