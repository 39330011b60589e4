//! The candidates as tabs above the sheet.

use eframe::egui::{
    Align2, Color32, CornerRadius, EventFilter, Id, Key, Modifiers, Rect, Response, Role, Sense, Shape,
    Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::candidate_cards;
use super::candidate_names;
use super::candidates::{Candidate, Candidates, Facts};
use super::command::Command;
use super::fonts::{self, Icon};
use super::theme::{Tokens, tokens};
use super::tip::Tip;
use super::widgets::{focus_ring, snap};

/// How high the row of tabs is.
pub(super) const HEIGHT: f32 = 36.0;
/// Under this width tabs keep only their number.
const NARROW: f32 = 700.0;
/// The same where the stand is narrow: what its margins and the zoom leave.
const NARROW_ROW: f32 = NARROW - 48.0 - 110.0;
const GAP: f32 = 4.0;

/// Draws the tabs; the chosen one is part of the paper below.
pub(super) fn ui(ui: &mut Ui, place: Rect, candidates: &Candidates, commands: &mut Vec<Command>) {
    let count = candidates.tunes().len();
    if count == 0 || (count == 1 && !candidates.is_writing()) {
        return;
    }
    let narrow = ui.ctx().content_rect().width() < NARROW || place.width() < NARROW_ROW;
    let wide = if narrow { 30.0 } else { 62.0 };
    let mut left = place.left() + 11.0;
    let names = candidate_names::of(candidates);
    for (index, tune) in candidates.tunes().iter().enumerate() {
        let chosen = index == candidates.chosen();
        let name = names.get(index).map_or("", String::as_str);
        let width = if chosen { chosen_width(ui, name) } else { wide };
        let tab = Rect::from_min_max(pos2(left, place.top()), pos2(left + width, place.bottom()));
        left += width + GAP;
        if tab.right() > place.right() {
            break;
        }
        let response = tab_ui(ui, tab, index, count, tune, chosen, name, candidates.is_writing());
        if response.clicked() && !chosen {
            commands.push(Command::ChooseCandidate(index));
        }
        arrows(ui, &response, index, count, commands);
        if chosen {
            candidate_cards::ui(&response, candidates, &names, commands);
        }
    }
}

fn chosen_width(ui: &Ui, name: &str) -> f32 {
    let words = ui.painter().layout_no_wrap(name.to_owned(), fonts::words(13.0), Color32::WHITE);
    (words.size().x + 56.0).ceil()
}

#[expect(clippy::too_many_arguments, reason = "a tab is drawn from what it is and where it stands")]
fn tab_ui(
    ui: &Ui,
    tab: Rect,
    index: usize,
    count: usize,
    tune: &Candidate,
    chosen: bool,
    name: &str,
    writing: bool,
) -> Response {
    let t = tokens(ui);
    let response = ui.interact(tab, Id::unique(("tab", index)), Sense::click());
    let words = format!("Candidate {} of {count}: {name}", index + 1);
    response.widget_info(|| WidgetInfo::selected(Role::Tab, true, chosen, &words));
    let lowered = if chosen { 0.0 } else { 5.0 };
    let tab = snap(ui.painter(), tab.with_min_y(tab.top() + lowered));
    let radius = CornerRadius { nw: 6, ne: 6, sw: 0, se: 0 };
    let fill = if chosen {
        t.paper
    } else if response.hovered() {
        t.hover
    } else {
        t.leaf
    };
    ui.painter().rect_filled(tab, radius, fill);
    if tune.facts().is_none() && writing {
        dashes(ui, tab, t);
    } else if !chosen {
        ui.painter().rect_stroke(tab, radius, Stroke::new(1.0, t.line), StrokeKind::Inside);
    }
    let number = (index + 1).to_string();
    let middle = tab.center().y;
    if chosen {
        ui.painter().text(
            pos2(tab.left() + 9.0, middle),
            Align2::LEFT_CENTER,
            number,
            fonts::caslon_bold(15.0),
            t.text,
        );
        ui.painter().text(
            pos2(tab.left() + 24.0, middle),
            Align2::LEFT_CENTER,
            name,
            fonts::words(13.0),
            t.text,
        );
        let sign = Icon::CARET_DOWN;
        let at = pos2(tab.right() - 14.0, middle);
        ui.painter().text(at, Align2::CENTER_CENTER, sign.sign, sign.font(12.0), t.muted);
    } else {
        let narrow = tab.width() < 40.0;
        let at = if narrow { tab.center() } else { pos2(tab.left() + 14.0, middle) };
        ui.painter().text(at, Align2::CENTER_CENTER, number, fonts::caslon(15.0), t.muted);
        if let (false, Some(facts)) = (narrow, tune.facts()) {
            let line = Rect::from_min_max(
                pos2(tab.left() + 25.0, middle - 6.0),
                pos2(tab.right() - 8.0, middle + 6.0),
            );
            contour(ui, line, facts, Stroke::new(1.4, t.muted));
        }
    }
    focus_ring(ui, &response.clone().with_new_rect(tab.shrink(2.0)), 4);
    let tip = if chosen {
        "Opens what is known of each tune.".to_owned()
    } else {
        format!("{name}. (Ctrl {})", index + 1)
    };
    response.tip(tip)
}

/// A tab whose tune is being written.
fn dashes(ui: &Ui, tab: Rect, t: &Tokens) {
    let corners = [tab.left_bottom(), tab.left_top(), tab.right_top(), tab.right_bottom()]
        .map(|p| p.round() + vec2(0.5, 0.5));
    ui.painter().extend(Shape::dashed_line(&corners, Stroke::new(1.0, t.edge), 4.0, 3.0));
}

/// The line of the first notes.
fn contour(ui: &Ui, place: Rect, facts: &Facts, stroke: Stroke) {
    let highest = facts.contour.iter().copied().max().unwrap_or(0).max(1);
    let last = facts.contour.len().saturating_sub(1).max(1);
    let points = facts.contour.iter().enumerate().map(|(at, &step)| {
        let along = at as f32 / last as f32;
        let up = f32::from(step) / f32::from(highest);
        pos2(place.left() + place.width() * along, place.bottom() - place.height() * up)
    });
    ui.painter().add(Shape::line(points.collect(), stroke));
}

/// The tabs are one stop for the keyboard: the arrows choose within.
fn arrows(ui: &Ui, response: &Response, index: usize, count: usize, commands: &mut Vec<Command>) {
    if !response.has_focus() {
        return;
    }
    let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let step = ui.input_mut(|input| {
        if input.consume_key(Modifiers::NONE, Key::ArrowRight) {
            1
        } else if input.consume_key(Modifiers::NONE, Key::ArrowLeft) {
            -1
        } else {
            0
        }
    });
    if let Some(next) = index.checked_add_signed(step).filter(|&next| step != 0 && next < count) {
        ui.memory_mut(|memory| memory.request_focus(Id::unique(("tab", next))));
        commands.push(Command::ChooseCandidate(next));
    }
}
