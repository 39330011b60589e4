//! The stand: the paper with the tune on it, and what can be done with the tune at its foot.

use eframe::egui::{
    Align, Frame, Label, Layout, Margin, Rect, RichText, ScrollArea, Stroke, Ui, UiBuilder, pos2, vec2,
};

use super::abc_text;
use super::command::Command;
use super::file_kind::FileKind;
use super::fonts::{self, Icon};
use super::notice::Notice;
use super::page::Page;
use super::theme::tokens;
use super::widgets::{Push, Weight, snap};

const MARGIN: f32 = 24.0;
const PAPER_SIDES: f32 = 34.0;
/// Wider lines are hard to read; the paper keeps to the middle.
const WIDEST_PAPER: f32 = 1180.0;
/// The foot of the paper belongs to the actions: the tune scrolls above it.
const FOOT_ROOM: f32 = 60.0;
/// The two actions side by side.
const ACTIONS_WIDTH: f32 = 222.0;

/// The sizes of the letters, and the lines they stand on, on a paper of some width.
struct Type {
    title: (f32, f32),
    abc: (f32, f32),
}

impl Type {
    /// Large enough to be read from behind a fiddle where there is room, and a line of music on a line.
    fn on(paper: Rect) -> Self {
        let width = paper.width();
        if width < 760.0 {
            Self { title: (25.0, 34.0), abc: (13.0, 20.0) }
        } else if width < 1100.0 {
            Self { title: (25.0, 34.0), abc: (14.0, 22.0) }
        } else {
            Self { title: (32.0, 42.0), abc: (17.0, 28.0) }
        }
    }
}

/// What is on the stand.
#[derive(Debug, Clone)]
pub(super) struct Stand {
    /// The text and its tune.
    pub(super) page: Page,
    /// What the program has to say.
    pub(super) notice: Option<Notice>,
}

impl Default for Stand {
    fn default() -> Self {
        Self { page: Page::own(), notice: None }
    }
}

impl Stand {
    /// Draws the paper; `waiting` is what an empty one says.
    pub(super) fn ui(&self, ui: &mut Ui, waiting: &str, commands: &mut Vec<Command>) {
        let mut place = ui.max_rect().shrink(MARGIN);
        if place.width() > WIDEST_PAPER {
            place = Rect::from_center_size(place.center(), vec2(WIDEST_PAPER, place.height()));
        }
        if let Some(notice) = &self.notice {
            let strip = ui.scope_builder(UiBuilder::new().max_rect(place), |ui| notice.ui(ui, commands));
            place.min.y = strip.response.rect.bottom() + 12.0;
        }
        let t = tokens(ui);
        let paper = snap(ui.painter(), place);
        let sheet_of_paper = Frame::new().fill(t.paper).corner_radius(3).shadow(t.paper_shadow());
        let page = &self.page;
        ui.scope_builder(UiBuilder::new().max_rect(paper), |ui| {
            sheet_of_paper.show(ui, |ui| {
                ui.set_min_size(paper.size());
                if page.is_blank() && !page.is_writing() {
                    empty(ui, paper, waiting);
                    return;
                }
                tune(ui, paper, page);
                if !page.is_writing() {
                    actions(ui, paper, commands);
                }
            });
        });
    }
}

/// An empty paper says what to do.
fn empty(ui: &mut Ui, paper: Rect, waiting: &str) {
    let t = tokens(ui);
    ui.scope_builder(UiBuilder::new().max_rect(paper.shrink(PAPER_SIDES)), |ui| {
        ui.vertical_centered(|ui| {
            ui.add_space((paper.height() * 0.4 - PAPER_SIDES).max(0.0));
            ui.label(
                RichText::new(waiting)
                    .font(fonts::caslon_italic(17.0))
                    .color(t.muted)
                    .line_height(Some(26.0)),
            );
        });
    });
}

fn tune(ui: &mut Ui, paper: Rect, page: &Page) {
    let t = tokens(ui);
    let sizes = Type::on(paper);
    let place = paper.with_max_y(paper.bottom() - FOOT_ROOM);
    let mut ui = ui.new_child(UiBuilder::new().max_rect(place));
    // Each tune scrolls for itself: the end is in sight while it grows, the top once it is there.
    ScrollArea::vertical()
        .id_salt(("paper", page.number(), page.is_writing()))
        .auto_shrink([false, false])
        .stick_to_bottom(page.is_writing())
        .show(&mut ui, |ui| {
            let margin = Margin { left: 34, right: 34, top: 16, bottom: 16 };
            Frame::new().inner_margin(margin).show(ui, |ui| {
                ui.vertical_centered(|ui| {
                    let (size, line) = sizes.title;
                    let title = RichText::new(page.title()).font(fonts::caslon_bold(size)).color(t.ink);
                    ui.label(title.line_height(Some(line)));
                });
                ui.horizontal(|ui| {
                    let line = |words: String| {
                        RichText::new(words)
                            .font(fonts::caslon_italic(14.0))
                            .color(t.muted)
                            .line_height(Some(20.0))
                    };
                    ui.label(line(page.description()));
                    ui.with_layout(Layout::right_to_left(Align::Center), |ui| ui.label(line(page.remark())));
                });
                ui.add_space(16.0);
                abc(ui, page, sizes.abc);
            });
        });
}

/// The ABC itself, and while it grows the mark where the next sign will stand.
fn abc(ui: &mut Ui, page: &Page, (size, line_height): (f32, f32)) {
    let t = tokens(ui);
    let mut job = abc_text::layout(page.text(), &fonts::mono(size), line_height, t);
    job.wrap.max_width = ui.available_width();
    let galley = ui.ctx().fonts_mut(|fonts| fonts.layout_job(job));
    let end = galley.pos_from_cursor(galley.end());
    let label = ui.add(Label::new(galley).selectable(true));
    if page.is_writing() {
        let mark = end.translate(label.rect.min.to_vec2());
        let x = ui.painter().round_to_pixel_center(mark.right() + 2.0);
        ui.painter().vline(x, mark.y_range(), Stroke::new(2.0, t.accent));
    }
}

/// What can be done with the tune: always at the foot of the paper.
fn actions(ui: &mut Ui, paper: Rect, commands: &mut Vec<Command>) {
    let t = tokens(ui);
    let save_keys = Command::Save(FileKind::Abc).keys(ui.ctx()).unwrap_or_default();
    let width = ACTIONS_WIDTH.min(paper.width());
    let place = Rect::from_min_size(
        pos2((paper.center().x - width / 2.0).round(), paper.bottom() - 10.0 - 42.0),
        vec2(width, 42.0),
    );
    ui.scope_builder(UiBuilder::new().max_rect(place).layout(Layout::left_to_right(Align::Center)), |ui| {
        let float = Frame::new()
            .fill(t.raised)
            .stroke(Stroke::new(1.0, t.line))
            .corner_radius(8)
            .shadow(t.float_shadow())
            .inner_margin(Margin::same(5));
        float.show(ui, |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            let copy = ui.add(Push::new(Weight::Quiet, "Copy ABC").icon(Icon::COPY));
            if copy.on_hover_text("Puts the tune's text on the clipboard.").clicked() {
                commands.push(Command::CopyAbc);
            }
            let save = ui.add(Push::new(Weight::Quiet, "Save as…").icon(Icon::EXPORT));
            if save.on_hover_text(format!("Writes the tune to a file. ({save_keys})")).clicked() {
                commands.push(Command::Save(FileKind::Abc));
            }
        });
    });
}
