//! The stand: the paper with the tune on it, the tabs of the other candidates behind it, and what can be
//! done with the tune at its foot.

use eframe::egui::accesskit::Live;
use eframe::egui::{Align, Frame, Layout, Margin, Rect, RichText, Stroke, Theme, Ui, UiBuilder, pos2, vec2};

use super::candidates::Candidates;
use super::command::Command;
use super::fonts::{self, Icon};
use super::notice::Notice;
use super::page::Page;
use super::playing::Playing;
use super::sheet_view::{ACTIONS_ROOM, SIDES, SheetView};
use super::tabs;
use super::theme::tokens;
use super::tip::Tip;
use super::versions::Versions;
use super::widgets::{Push, Weight, icon_button};
use crate::abc::Span;
use crate::settings;

const MARGIN: f32 = 24.0;
/// Above the paper, for the tabs of the candidates and the zoom.
const TABS: f32 = 48.0;
const ZOOM: f32 = 110.0;
/// Wider lines are hard to read; the paper keeps to the middle.
const WIDEST_PAPER: f32 = 1180.0;

/// What is on the stand.
#[derive(Debug, Clone, Default)]
pub(super) struct Stand {
    /// The text and its tune.
    pub(super) page: Page,
    /// Whether the paper is light or dark, or as the window around it.
    pub(super) paper: settings::Theme,
    /// How the tune is seen.
    pub(super) sheet: SheetView,
    /// What sounds.
    pub(super) playing: Option<Playing>,
    /// What chosen bars are being rewritten to.
    pub(super) versions: Option<Versions>,
    /// Why no bars can be rewritten.
    pub(super) no_rewriting: Option<&'static str>,
    /// What the program has to say.
    pub(super) notice: Option<Notice>,
}

impl Stand {
    /// How much of the stand's foot is taken by what floats there.
    pub(super) fn foot(&self) -> f32 {
        if self.sheet.has_chosen() { ACTIONS_ROOM } else { 0.0 }
    }

    /// Draws the paper; `waiting` is what an empty one says. With the ABC `beside` it the paper ends
    /// above the window's edge, else it goes on below the ABC.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        beside: bool,
        candidates: &Candidates,
        waiting: &str,
        commands: &mut Vec<Command>,
    ) {
        let room = ui.max_rect();
        let foot = if beside { MARGIN } else { 0.0 };
        let mut place = room.shrink2(vec2(MARGIN, 0.0)).with_max_y(room.bottom() - foot);
        place.min.y = room.top() + TABS;
        if place.width() > WIDEST_PAPER {
            place = Rect::from_center_size(place.center(), vec2(WIDEST_PAPER, place.height()));
        }
        let theme = match self.paper {
            settings::Theme::System => ui.ctx().theme(),
            settings::Theme::Light => Theme::Light,
            settings::Theme::Dark => Theme::Dark,
        };
        let around = std::sync::Arc::clone(ui.style());
        ui.set_style(ui.ctx().style_of(theme));
        let (size, paper) = self.sheet.size(ui, place);
        let above = Rect::from_min_max(pos2(paper.left(), paper.top() - tabs::HEIGHT), paper.right_top());
        tabs::ui(ui, above.with_max_x(above.right() - ZOOM), candidates, commands);
        let is_empty = self.page.is_blank() && !self.page.is_writing();
        if !is_empty {
            let right = Layout::right_to_left(Align::Center);
            let zoom = above.with_min_x(above.right() - ZOOM);
            ui.scope_builder(UiBuilder::new().max_rect(zoom).layout(right), |ui| self.sheet.zoom.ui(ui));
        }
        let t = tokens(ui);
        let mut painter = ui.painter().clone();
        painter.set_clip_rect(room);
        painter.add(t.paper_shadow().as_shape(paper, 3));
        painter.rect_filled(paper, 3, t.paper);
        if is_empty {
            empty(ui, paper, waiting);
            return;
        }
        let seen = (self.playing.as_ref(), self.versions.as_ref());
        self.sheet.ui(ui, (size, paper), &self.page, seen, commands);
        if self.page.is_writing() {
            return;
        }
        let notes = std::sync::Arc::clone(self.page.reading());
        ui.set_style(around);
        if let Some((words, span)) = self.sheet.chosen(notes.notes()) {
            let drop = float(ui, paper, |ui| match &self.versions {
                Some(versions) => {
                    versions_actions(ui, &words, versions, commands);
                    false
                }
                None => bars_actions(ui, &words, (span, self.no_rewriting), commands),
            });
            if drop {
                self.sheet.drop_choice();
            }
        }
    }
}

/// An empty paper says what to do.
fn empty(ui: &mut Ui, paper: Rect, waiting: &str) {
    let t = tokens(ui);
    ui.scope_builder(UiBuilder::new().max_rect(paper.shrink(SIDES)), |ui| {
        ui.vertical_centered(|ui| {
            ui.add_space((paper.height() * 0.4 - SIDES).max(0.0));
            ui.label(
                RichText::new(waiting)
                    .font(fonts::caslon_italic(17.0))
                    .color(t.muted)
                    .line_height(Some(26.0)),
            );
        });
    });
}

/// A strip that floats at the foot of the paper, in its middle.
fn float<R>(ui: &mut Ui, paper: Rect, content: impl FnOnce(&mut Ui) -> R) -> R {
    let t = tokens(ui);
    let id = ui.scope_id().with("float");
    // Its width is known once it has been drawn.
    let width: f32 = ui.data(|data| data.get_temp(id)).unwrap_or(260.0);
    let left = (paper.center().x - width / 2.0).max(paper.left()).round();
    let top = paper.bottom() - ACTIONS_ROOM;
    let place = Rect::from_min_size(pos2(left, top), vec2(paper.width(), 42.0));
    let row = UiBuilder::new().max_rect(place).layout(Layout::left_to_right(Align::Center));
    let frame = Frame::new()
        .fill(t.raised)
        .stroke(Stroke::new(1.0, t.line))
        .corner_radius(8)
        .shadow(t.float_shadow())
        .inner_margin(Margin::same(5));
    let shown = ui.scope_builder(row, |ui| frame.show(ui, content)).inner;
    let new = shown.response.rect.width();
    if (new - width).abs() > 0.5 {
        ui.data_mut(|data| data.insert_temp(id, new));
        ui.ctx().request_repaint();
    }
    shown.inner
}

/// What can be done with chosen bars; whether they are to be chosen no longer.
fn bars_actions(
    ui: &mut Ui,
    words: &str,
    (span, no_rewriting): (Span, Option<&'static str>),
    commands: &mut Vec<Command>,
) -> bool {
    bars_named(ui, words);
    let rewrite = Push::new(Weight::Quiet, "Rewrite bars").icon(Icon::PEN);
    let mut rewrite = ui.add_enabled(no_rewriting.is_none(), rewrite);
    if let Some(obstacle) = no_rewriting {
        rewrite = rewrite.tip_off(obstacle);
    }
    if rewrite.tip("Has these bars written anew, in several ways to choose from.").clicked() {
        commands.push(Command::RewriteBars(span));
    }
    let again = ui.add(Push::new(Weight::Quiet, "Loop").icon(Icon::REPEAT));
    if again.tip("Plays these bars over and over.").clicked() {
        commands.push(Command::LoopBars(span));
    }
    let export = ui.add(Push::new(Weight::Quiet, "Export").icon(Icon::EXPORT));
    if export.tip("Writes these bars to a file.").clicked() {
        commands.push(Command::ExportBars);
    }
    let keys = "Esc";
    icon_button(ui, Icon::CLOSE, "Drop the choice", None).tip(format!("Drop the choice ({keys})")).clicked()
}

/// The chosen bars' name at the start of the strip.
fn bars_named(ui: &mut Ui, words: &str) {
    let t = tokens(ui);
    ui.spacing_mut().item_spacing.x = 2.0;
    ui.add_space(8.0);
    ui.label(RichText::new(words).font(fonts::strong(13.0)).color(t.selection));
    ui.add_space(8.0);
}

/// What can be done with bars that are written anew.
fn versions_actions(ui: &mut Ui, words: &str, versions: &Versions, commands: &mut Vec<Command>) {
    bars_named(ui, words);
    let said = match versions.count() {
        0 => "Being written".to_owned(),
        count => format!("Version {} of {count}", versions.chosen() + 1),
    };
    let said = ui.label(RichText::new(said).font(fonts::words(14.0)));
    ui.ctx().accesskit_node_builder(said.id, |node| node.set_live(Live::Polite));
    ui.add_space(8.0);
    if versions.count() > 0 {
        let keep = ui.add(Push::new(Weight::Quiet, "Keep it").icon(Icon::CHECK));
        if keep.tip("These bars stay as they are now.").clicked() {
            commands.push(Command::KeepVersion);
        }
    }
    let back = ui.add(Push::new(Weight::Quiet, "Take back").icon(Icon::UNDO));
    if back.tip("The bars are as they were before. (Esc)").clicked() {
        commands.push(Command::TakeBarsBack);
    }
}
