//! The ABC beside or under the sheet: its head, the editor, what stands at the caret, and what is wrong.

use eframe::egui::{
    Align, Id, Layout, Rect, Response, RichText, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo,
    pos2, vec2,
};

use super::abc_editor::{AbcEditor, Marks};
use super::command::Command;
use super::find::{self, Find};
use super::fonts::{self, Icon};
use super::page::Page;
use super::problems::{self, About, Choice};
use super::theme::tokens;
use super::tip::Tip;
use super::undo::Deed;
use super::widgets::{focus_ring, icon_button, snap};
use super::words;
use crate::abc::Span;

/// The panel's head; folded, the panel is no more than this.
pub(super) const HEAD: f32 = 36.0;
/// In lower windows it folds by itself.
const LOW: f32 = 680.0;
/// What stands at the caret and what is wrong have a column of their own, or, beside the sheet, a strip.
const COLUMN: f32 = 226.0;
const STRIP: f32 = 150.0;

/// The panel's state.
#[derive(Debug, Clone, Default)]
pub(super) struct AbcPanel {
    /// Opened or folded by hand; else it is open where there is room.
    open: Option<bool>,
    editor: AbcEditor,
    find: Find,
}

impl AbcPanel {
    /// What the editor is known by to egui.
    pub(super) fn id(page: &Page) -> Id {
        AbcEditor::id(page)
    }

    /// Shows these bytes of the text, chosen, and puts the keyboard there.
    pub(super) fn go_to(&mut self, span: Span) {
        self.open = Some(true);
        self.editor.go_to(span, true);
    }

    /// Puts the caret there, and leaves the keyboard where it is.
    pub(super) fn caret_at(&mut self, span: Span) {
        self.editor.go_to(span, false);
    }

    /// Looks for words.
    pub(super) fn find(&mut self) {
        self.open = Some(true);
        self.find.open();
    }

    /// As it was left: opened or folded by hand, or by the room there is.
    pub(super) fn opened_by_hand(&self) -> Option<bool> {
        self.open
    }

    /// Opens or folds it.
    pub(super) fn set_open(&mut self, open: Option<bool>) {
        self.open = open;
    }

    /// Whether there is more of it than its head, in a window so high.
    pub(super) fn is_open(&self, window: f32) -> bool {
        self.open.unwrap_or(window >= LOW)
    }

    /// Draws the panel; typing changes the page. `beside` says whether it stands beside the sheet, if there is
    /// room to; `chosen` what there is in chosen bars.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        beside: Option<bool>,
        page: &mut Page,
        marks: Marks<'_>,
        chosen: Option<(String, String)>,
        commands: &mut Vec<Command>,
    ) {
        let place = ui.max_rect();
        let open = self.is_open(ui.ctx().content_rect().height());
        let head = place.with_max_y(place.top() + HEAD);
        let head_ui = UiBuilder::new().max_rect(head.shrink2(vec2(16.0, 0.0)));
        let name = ui.scope_builder(head_ui, |ui| self.head(ui, open, beside, page, commands)).inner;
        if !open {
            return;
        }
        let t = tokens(ui);
        let body = Rect::from_min_max(pos2(place.left() + 12.0, head.bottom()), place.max - vec2(12.0, 12.0));
        let body = snap(ui.painter(), body);
        ui.painter().rect(body, 5, t.field, Stroke::new(1.0, t.line), StrokeKind::Inside);
        let (mut editor, column) = if beside == Some(true) {
            let split = (body.bottom() - STRIP).max(body.center().y).round();
            let y = ui.painter().round_to_pixel_center(split);
            ui.painter().hline(body.x_range(), y, Stroke::new(1.0, t.line));
            (body.with_max_y(split), body.with_min_y(split + 1.0))
        } else {
            let split = (body.right() - COLUMN).max(body.center().x).round();
            let x = ui.painter().round_to_pixel_center(split);
            ui.painter().vline(x, body.y_range(), Stroke::new(1.0, t.line));
            (body.with_max_x(split), body.with_min_x(split + 1.0))
        };
        if self.find.is_open() {
            let strip = editor.with_max_y(editor.top() + find::HEIGHT);
            editor.min.y = strip.bottom();
            let (version, from) = (page.version(), self.editor.caret());
            let found = ui.scope_builder(UiBuilder::new().max_rect(strip), |ui| {
                self.find.ui(ui, page.text(), version, from)
            });
            if let Some(span) = found.inner {
                self.editor.go_to(span, false);
            }
            if !self.find.is_open() {
                match self.find.current() {
                    Some(span) => self.editor.go_to(span, true),
                    None => ui.memory_mut(|memory| memory.request_focus(AbcEditor::id(page))),
                }
            }
        }
        let marks = Marks { found: self.find.found(), ..marks };
        ui.scope_builder(UiBuilder::new().max_rect(editor.shrink(1.0)), |ui| {
            self.editor.ui(ui, name, page, marks);
        });
        let about = self.about(page, chosen);
        ui.scope_builder(UiBuilder::new().max_rect(column), |ui| {
            if let Some(Choice(span)) = problems::ui(ui, page, &about) {
                self.editor.go_to(span, true);
            }
        });
    }

    /// What stands at the caret, unless there are chosen bars to be told of.
    fn about(&self, page: &Page, chosen: Option<(String, String)>) -> About {
        if let Some((what, words)) = chosen {
            return About { head: "Selected", what, words };
        }
        let notes = page.reading().notes();
        let note = notes.at(self.editor.caret()).and_then(|at| notes.all().get(at));
        let note = note.filter(|_| !page.is_writing());
        let (what, words) = note.map(|note| words::at_cursor(notes, note, page.text())).unwrap_or_default();
        About { head: "At the cursor", what, words }
    }

    /// Gives the label that names the editor.
    fn head(
        &mut self,
        ui: &mut Ui,
        open: bool,
        beside: Option<bool>,
        page: &Page,
        commands: &mut Vec<Command>,
    ) -> Id {
        let t = tokens(ui);
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.set_height(HEAD);
            ui.spacing_mut().item_spacing.x = 2.0;
            let name = ui.label(RichText::new("ABC").font(fonts::caslon(17.0)).color(t.text));
            ui.add_space(10.0);
            step_button(ui, Icon::UNDO, "Undo", page.next_undo(), Command::Undo, commands);
            step_button(ui, Icon::REDO, "Redo", page.next_redo(), Command::Redo, commands);
            let keys = Command::Find.keys(ui.ctx()).unwrap_or_default();
            let find = icon_button(ui, Icon::FIND, "Find in the ABC…", Some(self.find.is_open()));
            if find.tip(format!("Looks for words and notes. ({keys})")).clicked() {
                commands.push(Command::Find);
            }
            ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
                ui.spacing_mut().item_spacing.x = 2.0;
                if fold_button(ui, open).clicked() {
                    self.open = Some(!open);
                }
                if open {
                    let is_beside = beside == Some(true);
                    let (icon, name) = if is_beside {
                        (Icon::ROWS, "Put the ABC below the sheet")
                    } else {
                        (Icon::COLUMNS, "Put the ABC beside the sheet")
                    };
                    let button =
                        ui.add_enabled_ui(beside.is_some(), |ui| icon_button(ui, icon, name, None)).inner;
                    let why = "There is no room beside the sheet. Close a panel, or make the window wider.";
                    if button.tip(name).tip_off(why).clicked() {
                        commands.push(Command::PutAbcBeside(!is_beside));
                    }
                } else if !page.is_writing() && !page.is_blank() {
                    ui.add_space(6.0);
                    summary(ui, page.problem_count());
                }
            });
            name.id
        })
        .inner
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
    if button.tip(format!("{name} ({keys})")).tip_off(none).clicked() {
        commands.push(command);
    }
}

/// What a folded panel says.
fn summary(ui: &mut Ui, problems: usize) {
    let t = tokens(ui);
    let (sign, words, colour) = match problems {
        0 => (Icon::CHECK_CIRCLE, "No problems".to_owned(), t.success),
        1 => (Icon::WARNING, "1 problem".to_owned(), t.warning),
        count => (Icon::WARNING, format!("{count} problems"), t.warning),
    };
    ui.spacing_mut().item_spacing.x = 6.0;
    ui.label(RichText::new(words).font(fonts::words(13.0)).color(colour));
    ui.label(RichText::new(sign.sign).font(sign.font(16.0)).color(colour));
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
    response.tip(name)
}
