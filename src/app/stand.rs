//! The stand: the paper with the tune on it, and what can be done with the tune at its foot.

use eframe::egui::{
    Align, Frame, Layout, Margin, Rect, RichText, Role, ScrollArea, Sense, Stroke, Ui, UiBuilder, WidgetInfo,
    pos2, vec2,
};

use super::candidates::Candidates;
use super::command::Command;
use super::engraving::Engraving;
use super::file_kind::FileKind;
use super::fonts::{self, Icon};
use super::notice::Notice;
use super::page::Page;
use super::sheet_painter::{self, Placement};
use super::tabs;
use super::theme::tokens;
use super::widgets::{Push, Weight, snap};
use crate::engrave::Sheet;

const MARGIN: f32 = 24.0;
/// Above the paper, for the tabs of the candidates.
const TABS: f32 = 48.0;
const PAPER_SIDES: f32 = 34.0;
/// Wider lines are hard to read; the paper keeps to the middle.
const WIDEST_PAPER: f32 = 1180.0;
/// The foot of the paper belongs to the actions: the tune scrolls above it.
const FOOT_ROOM: f32 = 60.0;
/// The two actions side by side.
const ACTIONS_WIDTH: f32 = 222.0;

/// The size of the title and its line, and points a staff space, on a paper of some width.
struct Sizes {
    title: (f32, f32),
    space: f32,
}

impl Sizes {
    /// Large enough to be read from behind a fiddle where there is room.
    fn on(ui: &Ui, paper: Rect) -> Self {
        let width = paper.width();
        let (title, space) = if width < 760.0 {
            ((25.0, 34.0), 6.5)
        } else if width < 1100.0 {
            ((25.0, 34.0), 7.0)
        } else {
            ((32.0, 42.0), 8.0)
        };
        let pixels = ui.pixels_per_point();
        Self { title, space: (space * pixels).round().max(1.0) / pixels }
    }
}

/// What is on the stand.
#[derive(Debug, Clone)]
pub(super) struct Stand {
    /// The text and its tune.
    pub(super) page: Page,
    engraving: Engraving,
    /// What the program has to say.
    pub(super) notice: Option<Notice>,
}

impl Default for Stand {
    fn default() -> Self {
        Self { page: Page::own(), engraving: Engraving::default(), notice: None }
    }
}

impl Stand {
    /// Draws the paper; `waiting` is what an empty one says.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        candidates: &Candidates,
        waiting: &str,
        commands: &mut Vec<Command>,
    ) {
        let room = ui.max_rect();
        let mut place = room.shrink2(vec2(MARGIN, 0.0)).with_max_y(room.bottom() - MARGIN);
        place.min.y = room.top() + TABS;
        if place.width() > WIDEST_PAPER {
            place = Rect::from_center_size(place.center(), vec2(WIDEST_PAPER, place.height()));
        }
        if let Some(notice) = &self.notice {
            let strip = ui.scope_builder(UiBuilder::new().max_rect(place), |ui| notice.ui(ui, commands));
            place.min.y = strip.response.rect.bottom() + TABS;
        }
        let above = Rect::from_min_max(pos2(place.left(), place.top() - tabs::HEIGHT), place.right_top());
        tabs::ui(ui, above, candidates, commands);
        let t = tokens(ui);
        let paper = snap(ui.painter(), place);
        let sheet_of_paper = Frame::new().fill(t.paper).corner_radius(3).shadow(t.paper_shadow());
        let (page, engraving) = (&self.page, &mut self.engraving);
        ui.scope_builder(UiBuilder::new().max_rect(paper), |ui| {
            sheet_of_paper.show(ui, |ui| {
                ui.set_min_size(paper.size());
                if page.is_blank() && !page.is_writing() {
                    empty(ui, paper, waiting);
                    return;
                }
                tune(ui, paper, page, engraving, commands);
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

fn tune(ui: &mut Ui, paper: Rect, page: &Page, engraving: &mut Engraving, commands: &mut Vec<Command>) {
    let t = tokens(ui);
    let sizes = Sizes::on(ui, paper);
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
                music(ui, page, engraving, sizes.space, commands);
            });
        });
}

/// The music. A click on a note leads to its place in the text.
fn music(ui: &mut Ui, page: &Page, engraving: &mut Engraving, space: f32, commands: &mut Vec<Command>) {
    engraving.follow(page, (ui.available_width() / space).floor(), ui.ctx());
    let sheet = engraving.sheet();
    let size = vec2(sheet.width, sheet.height) * space;
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Image, true, description(sheet)));
    let origin = snap(ui.painter(), rect).min;
    let place = Placement { origin, space };
    let mut painter = ui.painter().clone();
    if engraving.is_last_good() && !page.is_writing() {
        painter.set_opacity(0.6);
    }
    sheet_painter::paint(&painter, sheet, place, tokens(ui));
    if let Some(pointer) = response.interact_pointer_pos()
        && response.clicked()
        && let Some(item) = sheet.item_at(place.on_sheet(pointer), 1.0)
        && let Some(span) = sheet.items[item].span
    {
        commands.push(Command::ShowInText(span));
    }
}

/// The sheet in words, for those who hear the window.
fn description(sheet: &Sheet) -> String {
    let bars: usize = sheet.systems.iter().map(|system| system.bars.len()).sum();
    let systems = sheet.systems.len();
    let plural = |count: usize| if count == 1 { "" } else { "s" };
    format!("Sheet music: {bars} bar{} in {systems} system{}", plural(bars), plural(systems))
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
