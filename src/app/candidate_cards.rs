//! The candidates as cards: what is known of each, and its first bars.

use eframe::egui::{
    Align2, Popup, PopupCloseBehavior, Rect, Response, Role, ScrollArea, Sense, Shape, Stroke, StrokeKind,
    Ui, WidgetInfo, pos2, vec2,
};

use super::candidates::{Candidate, Candidates, Facts, INCIPIT};
use super::command::Command;
use super::fonts::{self, Icon};
use super::incipit::{SPACE, paint_first};
use super::theme::tokens;
use super::widgets::{focus_ring, snap};

/// From the card's edge to what is in it.
const LEFT: f32 = 48.0;
const RIGHT: f32 = 14.0;
const WIDTH: f32 = LEFT + INCIPIT * SPACE + RIGHT;
/// Name, first bars, a line of reasons.
const NAME: f32 = 34.0;
const BARS: f32 = 44.0;
const LINE: f32 = 20.0;
/// A card of a tune that is being written.
const WRITING: f32 = 48.0;

/// The list that the chosen tab opens.
pub(super) fn ui(tab: &Response, candidates: &Candidates, names: &[String], commands: &mut Vec<Command>) {
    // A click on a card chooses it; the others can still be looked at.
    let menu = Popup::menu(tab).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
    menu.width(WIDTH).gap(4.0).show(|ui| {
        ui.set_width(WIDTH);
        ui.spacing_mut().item_spacing.y = 6.0;
        let most = (ui.ctx().content_rect().bottom() - tab.rect.bottom() - 40.0).max(WRITING);
        ScrollArea::vertical().max_height(most).min_scrolled_height(most).show(ui, |ui| {
            for (index, (tune, name)) in candidates.tunes().iter().zip(names).enumerate() {
                let chosen = index == candidates.chosen();
                let response = match tune.facts() {
                    Some(facts) => card(ui, index, facts, chosen, name),
                    None => writing(ui, index, tune, chosen, name),
                };
                if response.clicked() {
                    commands.push(Command::ChooseCandidate(index));
                }
            }
        });
    });
}

/// What is known of one tune.
fn card(ui: &mut Ui, index: usize, facts: &Facts, chosen: bool, name: &str) -> Response {
    let t = tokens(ui);
    let lines = facts.reasons.len().div_ceil(2) as f32;
    let (rect, response) =
        ui.allocate_exact_size(vec2(WIDTH, NAME + BARS + lines * LINE + 8.0), Sense::click());
    let said: Vec<&str> = facts.reasons.iter().map(|reason| reason.words.as_str()).collect();
    let words = format!("{}, {name}: {}", index + 1, said.join(", "));
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &words));
    if !ui.is_rect_visible(rect) {
        return response;
    }
    let place = snap(ui.painter(), rect);
    let fill = if response.hovered() { t.row_hover } else { t.raised };
    let (width, line) = if chosen { (2.0, t.accent) } else { (1.0, t.line) };
    ui.painter().rect(place, 6, fill, Stroke::new(width, line), StrokeKind::Inside);
    heading(ui, place, index, name);
    if let Some(sheet) = &facts.incipit {
        let bars = Rect::from_min_size(place.min + vec2(LEFT, NAME), vec2(INCIPIT * SPACE, BARS));
        paint_first(ui.painter(), sheet, bars, t);
    }
    for (at, reason) in facts.reasons.iter().enumerate() {
        let (column, row) = ((at % 2) as f32, (at / 2) as f32);
        let left = place.left() + LEFT + column * (place.width() - LEFT - RIGHT) / 2.0;
        let y = place.top() + NAME + BARS + (row + 0.5) * LINE;
        let (sign, colour) = if reason.good { (Icon::CHECK, t.success) } else { (Icon::MINUS, t.warning) };
        ui.painter().text(pos2(left + 6.0, y), Align2::CENTER_CENTER, sign.sign, sign.font(13.0), colour);
        let words = pos2(left + 18.0, y);
        ui.painter().text(words, Align2::LEFT_CENTER, &reason.words, fonts::words(12.5), t.text);
    }
    focus_ring(ui, &response.clone().with_new_rect(place.shrink(3.0)), 4);
    response
}

/// How far a tune is that is being written.
fn writing(ui: &mut Ui, index: usize, tune: &Candidate, chosen: bool, name: &str) -> Response {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(WIDTH, WRITING), Sense::click());
    let words = format!("{}, {name}", index + 1);
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &words));
    let place = snap(ui.painter(), rect);
    let corners =
        [place.left_top(), place.right_top(), place.right_bottom(), place.left_bottom(), place.left_top()];
    let corners = corners.map(|corner| corner.round() + vec2(0.5, 0.5));
    ui.painter().extend(Shape::dashed_line(&corners, Stroke::new(1.0, t.edge), 4.0, 3.0));
    let end = heading(ui, place.with_max_y(place.top() + WRITING - 12.0), index, name);
    if let (bar, Some(last)) = tune.bar() {
        let groove = Rect::from_min_max(
            pos2(end + 16.0, place.center().y - 2.0),
            pos2(place.right() - RIGHT, place.center().y + 2.0),
        );
        ui.painter().rect_filled(groove, 2, t.line);
        let done = groove.width() * bar as f32 / last.max(1) as f32;
        ui.painter().rect_filled(groove.with_max_x(groove.left() + done), 2, t.accent);
    }
    response
}

/// The number and the name; where they end.
fn heading(ui: &Ui, place: Rect, index: usize, name: &str) -> f32 {
    let t = tokens(ui);
    let y =
        if place.height() < NAME + BARS { place.center().y + 6.0 } else { place.top() + NAME / 2.0 + 2.0 };
    let number = (index + 1).to_string();
    let left = Align2::LEFT_CENTER;
    ui.painter().text(pos2(place.left() + 16.0, y), left, number, fonts::caslon_bold(17.0), t.text);
    ui.painter().text(pos2(place.left() + LEFT, y), left, name, fonts::caslon(15.0), t.text).right()
}
