//! The ABC under the sheet: an editor, and what is wrong with the text.

use std::sync::Arc;

use eframe::egui::text::{CCursor, CCursorRange};
use eframe::egui::text_edit::TextEditState;
use eframe::egui::{
    Align, Frame, Galley, Id, Layout, Margin, Pos2, Rect, Response, RichText, Role, ScrollArea, Sense,
    Stroke, StrokeKind, TextEdit, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::abc_text;
use super::command::Command;
use super::fonts::{self, Icon};
use super::page::Page;
use super::problems::{self, Choice};
use super::theme::tokens;
use super::undo::Deed;
use super::widgets::{focus_ring, icon_button, snap};
use super::zigzag;
use crate::abc::Span;

/// The panel's head; folded, the panel is no more than this.
pub(super) const HEAD: f32 = 36.0;
/// The panel as it opens, head included.
pub(super) const HEIGHT: f32 = 206.0;
/// Where there is less room for it and the sheet, it folds.
const ROOM: f32 = 640.0;
/// What is wrong has a column of its own.
const PROBLEMS: f32 = 226.0;
/// Where the numbers of the lines stand.
const GUTTER: f32 = 34.0;
const LINE: f32 = 20.0;

/// The panel's state.
#[derive(Debug, Clone, Default)]
pub(super) struct AbcPanel {
    /// Opened or folded by hand; else it is open where there is room.
    open: Option<bool>,
    /// Where the caret is to go, in bytes.
    go_to: Option<Span>,
}

impl AbcPanel {
    /// Shows these bytes of the text, chosen.
    pub(super) fn go_to(&mut self, span: Span) {
        (self.open, self.go_to) = (Some(true), Some(span));
    }

    /// How high it is where there is so much room for it and the sheet.
    pub(super) fn height(&self, room: f32) -> f32 {
        if self.is_open(room) { HEIGHT.min((room / 2.0).round()) } else { HEAD }
    }

    /// As it was left: opened or folded by hand, or by the room there is.
    pub(super) fn opened_by_hand(&self) -> Option<bool> {
        self.open
    }

    /// Opens or folds it.
    pub(super) fn set_open(&mut self, open: Option<bool>) {
        self.open = open;
    }

    /// Whether it is open where there is so much room for it and the sheet.
    pub(super) fn is_open(&self, room: f32) -> bool {
        self.open.unwrap_or(room >= ROOM)
    }

    /// What the editor is known by to egui.
    pub(super) fn id(page: &Page) -> Id {
        Id::unique(("abc", page.number()))
    }

    /// Draws the panel; typing changes the page.
    pub(super) fn ui(&mut self, ui: &mut Ui, room: f32, page: &mut Page, commands: &mut Vec<Command>) {
        let place = ui.max_rect();
        let head = place.with_max_y(place.top() + HEAD);
        let head_ui = UiBuilder::new().max_rect(head.shrink2(vec2(16.0, 0.0)));
        let name = ui.scope_builder(head_ui, |ui| self.head(ui, room, page, commands)).inner;
        if !self.is_open(room) {
            return;
        }
        let t = tokens(ui);
        let body = Rect::from_min_max(pos2(place.left() + 12.0, head.bottom()), place.max - vec2(12.0, 12.0));
        let body = snap(ui.painter(), body);
        ui.painter().rect(body, 5, t.field, Stroke::new(1.0, t.line), StrokeKind::Inside);
        let split = (body.right() - PROBLEMS).max(body.center().x).round();
        let x = ui.painter().round_to_pixel_center(split);
        ui.painter().vline(x, body.y_range(), Stroke::new(1.0, t.line));
        let editor = body.with_max_x(split).shrink(1.0);
        ui.scope_builder(UiBuilder::new().max_rect(editor), |ui| self.editor(ui, name, page));
        let column = body.with_min_x(split + 1.0);
        ui.scope_builder(UiBuilder::new().max_rect(column), |ui| {
            if let Some(Choice(span)) = problems::ui(ui, page) {
                self.go_to = Some(span);
            }
        });
    }

    /// Gives the label that names the editor.
    fn head(&mut self, ui: &mut Ui, room: f32, page: &Page, commands: &mut Vec<Command>) -> Id {
        let t = tokens(ui);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.set_height(HEAD);
            let name = ui.label(RichText::new("ABC").font(fonts::caslon(17.0)).color(t.text));
            ui.add_space(6.0);
            step_button(ui, Icon::UNDO, "Undo", page.next_undo(), Command::Undo, commands);
            step_button(ui, Icon::REDO, "Redo", page.next_redo(), Command::Redo, commands);
            if !self.is_open(room) && !page.is_writing() && !page.is_blank() {
                ui.add_space(8.0);
                ui.label(RichText::new(summary(page)).font(fonts::words(13.0)).color(t.muted));
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                let open = self.is_open(room);
                if fold_button(ui, open).clicked() {
                    self.open = Some(!open);
                }
            });
            name.id
        })
        .inner
    }

    fn editor(&mut self, ui: &mut Ui, name: Id, page: &mut Page) {
        let id = Self::id(page);
        let writing = page.is_writing();
        if let Some(span) = self.go_to.take() {
            choose(ui, id, page.text(), span);
        }
        ScrollArea::vertical()
            .id_salt(("abc", page.number(), writing))
            .auto_shrink([false, false])
            .stick_to_bottom(writing)
            .show(ui, |ui| text(ui, id, name, page));
    }
}

/// The editor itself; `name` is the label that says what it is.
fn text(ui: &mut Ui, id: Id, name: Id, page: &mut Page) {
    let t = tokens(ui);
    let interactive = !page.is_writing();
    let mut layouter = |ui: &Ui, text: &dyn eframe::egui::TextBuffer, width: f32| -> Arc<Galley> {
        let mut job = abc_text::layout(text.as_str(), &fonts::mono(13.0), LINE, tokens(ui));
        job.wrap.max_width = width;
        ui.ctx().fonts_mut(|fonts| fonts.layout_job(job))
    };
    let room = ui.available_height();
    let mut shown = None;
    page.edit(|text| {
        let edit = TextEdit::multiline(text)
            .id(id)
            .interactive(interactive)
            .hint_text("Type ABC here, or press Compose.")
            .font(fonts::mono(13.0))
            .frame(Frame::new().inner_margin(Margin { left: GUTTER as i8 + 8, right: 8, top: 6, bottom: 6 }))
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
    let (galley, at) = (&output.galley, output.galley_pos);
    if !page.text().is_empty() {
        line_numbers(ui, galley, at, page);
    }
    for problem in page.problems() {
        let colour = problems::colour(t, problem.severity());
        for stroke in zigzag::under(galley, page.text(), problem.span) {
            zigzag::draw(ui.painter(), stroke.translate(at.to_vec2()), colour);
        }
    }
    if let Some(problem) = pointed_at(&output.response, galley, at, page) {
        let words = problem.hint.as_ref().unwrap_or(&problem.message).to_string();
        (*output.response).clone().on_hover_text_at_pointer(words);
    }
    if !interactive {
        let end = galley.pos_from_cursor(galley.end()).translate(at.to_vec2());
        let x = ui.painter().round_to_pixel_center(end.right() + 2.0);
        ui.painter().vline(x, end.y_range(), Stroke::new(2.0, t.accent));
    }
}

/// The problem under the pointer.
fn pointed_at<'a>(
    response: &Response,
    galley: &Galley,
    at: Pos2,
    page: &'a Page,
) -> Option<&'a crate::abc::Diagnostic> {
    let pointer = response.hover_pos()?;
    page.problems().iter().find(|problem| {
        zigzag::under(galley, page.text(), problem.span)
            .iter()
            .any(|row| row.translate(at.to_vec2()).expand2(vec2(2.0, 0.0)).contains(pointer))
    })
}

/// A number for each line of the text, not for each row it takes.
fn line_numbers(ui: &Ui, galley: &Galley, at: Pos2, page: &Page) {
    let t = tokens(ui);
    let mut number = 1;
    let mut begins = true;
    for row in &galley.rows {
        if begins {
            let line = u32::try_from(number).unwrap_or(u32::MAX);
            let faulty = page
                .problems()
                .iter()
                .filter(|problem| problem.line == line)
                .map(crate::abc::Diagnostic::severity)
                .max();
            let colour = faulty.map_or(t.muted, |severity| problems::colour(t, severity));
            let place = pos2(at.x - 14.0, at.y + row.rect().center().y);
            let align = eframe::egui::Align2::RIGHT_CENTER;
            ui.painter().text(place, align, number.to_string(), fonts::mono(13.0), colour);
            number += 1;
        }
        begins = row.ends_with_newline;
    }
}

/// Puts the keyboard into the editor, with the bytes of `span` chosen.
fn choose(ui: &Ui, id: Id, text: &str, span: Span) {
    let cursor = |byte: u32| {
        let before = text.get(..byte as usize).unwrap_or(text);
        CCursor::new(before.chars().count())
    };
    let mut state = TextEditState::load(ui.ctx(), id).unwrap_or_default();
    state.cursor.set_char_range(Some(CCursorRange::two(cursor(span.start), cursor(span.end))));
    state.store(ui.ctx(), id);
    ui.memory_mut(|memory| memory.request_focus(id));
}

/// What a folded panel says.
pub(super) fn summary(page: &Page) -> String {
    match page.problem_count() {
        0 => "No problems".to_owned(),
        1 => "1 problem".to_owned(),
        count => format!("{count} problems"),
    }
}

/// Undo or redo; its name says what would be done.
fn step_button(
    ui: &mut Ui,
    icon: Icon,
    verb: &str,
    deed: Option<Deed>,
    command: Command,
    commands: &mut Vec<Command>,
) {
    let name = deed.map_or(verb.to_owned(), |deed| format!("{verb} {}", deed.words()));
    let keys = command.keys(ui.ctx()).unwrap_or_default();
    let button = ui.add_enabled_ui(deed.is_some(), |ui| icon_button(ui, icon, &name, None)).inner;
    let none = format!("Nothing to {}.", verb.to_lowercase());
    if button.on_hover_text(format!("{name} ({keys})")).on_disabled_hover_text(none).clicked() {
        commands.push(command);
    }
}

/// Opens and folds the panel.
fn fold_button(ui: &mut Ui, open: bool) -> Response {
    let t = tokens(ui);
    let name = if open { "Fold the ABC" } else { "Show the ABC" };
    let (rect, response) = ui.allocate_exact_size(vec2(30.0, 30.0), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    if response.hovered() {
        ui.painter().rect_filled(rect, 6, t.hover);
    }
    let sign = if open { Icon::CARET_DOWN } else { Icon::CARET_UP };
    let align = eframe::egui::Align2::CENTER_CENTER;
    ui.painter().text(rect.center(), align, sign.sign, sign.font(17.0), t.text);
    focus_ring(ui, &response, 6);
    response.on_hover_text(name)
}
