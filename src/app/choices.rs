//! Controls with which one of several is chosen: a field with a list, a stepper, a row of a few.

use std::ops::RangeInclusive;

use eframe::egui::{
    Align2, EventFilter, Key, Modifiers, Popup, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui,
    WidgetInfo, pos2, vec2,
};

use super::fonts::{self, Icon};
use super::theme::tokens;
use super::widgets::{finish_field, focus_ring, snap};

/// How high fields in a form are.
const HEIGHT: f32 = 28.0;
/// A line of a list, and one with a second line of words.
const OPTION: f32 = 28.0;
const OPTION_WITH_DETAIL: f32 = 44.0;

/// One line of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Entry {
    /// What it is called.
    words: String,
    /// A second line, smaller.
    detail: Option<String>,
    /// It leaves the choice open.
    open: bool,
}

impl Entry {
    /// A choice.
    pub(super) fn new(words: impl Into<String>) -> Self {
        Self { words: words.into(), detail: None, open: false }
    }

    /// No choice: "Any".
    pub(super) fn any() -> Self {
        Self { open: true, ..Self::new("Any") }
    }

    /// With a second line.
    pub(super) fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }
}

/// A field that shows what is chosen and opens the list of what else there is. Gives what was newly
/// chosen. Up and down choose without opening it.
pub(super) fn combo(
    ui: &mut Ui,
    name: &str,
    width: f32,
    chosen: usize,
    entries: &[Entry],
) -> (Response, Option<usize>) {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::click());
    let enabled = ui.is_enabled();
    let none = Entry::new("");
    let entry = entries.get(chosen).unwrap_or(&none);
    response.widget_info(|| WidgetInfo {
        enabled,
        label: Some(name.to_owned()),
        current_text_value: Some(entry.words.clone()),
        ..WidgetInfo::new(Role::ComboBox)
    });
    let place = snap(ui.painter(), rect);
    let over = response.hovered() && enabled;
    ui.painter().rect_filled(place, 5, if over { t.hover } else { t.field });
    let (font, colour) = match entry {
        _ if !enabled => (fonts::words(14.0), t.disabled),
        Entry { open: true, .. } => (fonts::caslon_italic(13.0), t.muted),
        _ => (fonts::words(14.0), t.text),
    };
    let words = place.shrink2(vec2(9.0, 0.0)).with_max_x(place.right() - 24.0);
    let galley = ui.painter().layout_no_wrap(entry.words.clone(), font, colour);
    let at = pos2(words.left(), (words.center().y - galley.size().y / 2.0).round());
    ui.painter().with_clip_rect(words).galley(at, galley, colour);
    let caret = pos2(place.right() - 14.0, place.center().y);
    let sign = Icon::CARET_DOWN;
    ui.painter().text(caret, Align2::CENTER_CENTER, sign.sign, sign.font(14.0), t.muted);
    finish_field(ui, &response, false);
    let stepped = response.has_focus().then(|| step(ui, &response)).flatten();
    let mut new = stepped.and_then(|step| chosen.checked_add_signed(step)).filter(|&new| new < entries.len());
    let shown = Popup::menu(&response).width(width).gap(2.0).show(|ui| {
        ui.set_min_width(width - 12.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        for (place, entry) in entries.iter().enumerate() {
            if option(ui, entry, place == chosen).clicked() {
                new = Some(place);
            }
        }
    });
    if let Some(shown) = shown {
        ui.ctx().accesskit_node_builder(shown.response.id, |node| node.set_label(name));
    }
    (response, new.filter(|&new| new != chosen))
}

/// Whether the keyboard asks for the next (1) or the one before (−1). The arrows belong to the control
/// while it has the focus.
fn step(ui: &Ui, response: &Response) -> Option<isize> {
    let filter = EventFilter { vertical_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    ui.input_mut(|input| {
        if input.consume_key(Modifiers::NONE, Key::ArrowDown) {
            Some(1)
        } else if input.consume_key(Modifiers::NONE, Key::ArrowUp) {
            Some(-1)
        } else {
            None
        }
    })
}

/// A line of an open list.
fn option(ui: &mut Ui, entry: &Entry, chosen: bool) -> Response {
    let t = tokens(ui);
    let words = ui.painter().layout_no_wrap(entry.words.clone(), fonts::words(14.0), t.text);
    let detail = entry
        .detail
        .as_ref()
        .map(|detail| ui.painter().layout_no_wrap(detail.clone(), fonts::words(12.5), t.muted));
    let wanted = words.size().x.max(detail.as_ref().map_or(0.0, |detail| detail.size().x)) + 36.0;
    let height = if detail.is_some() { OPTION_WITH_DETAIL } else { OPTION };
    let size = vec2(wanted.max(ui.available_width()), height);
    let (rect, response) = ui.allocate_exact_size(size, Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, chosen, &entry.words));
    if response.hovered() || response.has_focus() {
        ui.painter().rect_filled(rect, 5, t.hover);
    }
    if chosen {
        let sign = Icon::CHECK;
        let at = pos2(rect.left() + 14.0, rect.top() + OPTION / 2.0);
        ui.painter().text(at, Align2::CENTER_CENTER, sign.sign, sign.font(14.0), t.accent);
    }
    let left = rect.left() + 28.0;
    let top = rect.top() + (OPTION - words.size().y) / 2.0;
    ui.painter().galley(pos2(left, top), words, t.text);
    if let Some(detail) = detail {
        // On the fill of what is under the pointer a muted word is too faint.
        let colour = if response.hovered() { t.text } else { t.muted };
        ui.painter().galley_with_override_text_color(pos2(left, rect.top() + 24.0), detail, colour);
    }
    response
}

/// A number with a minus and a plus; up and down do the same. `words` says what it shows, `unit` is what
/// it counts. Gives the new number.
pub(super) fn stepper(
    ui: &mut Ui,
    name: &str,
    unit: &str,
    width: f32,
    value: usize,
    range: RangeInclusive<usize>,
    words: impl Fn(usize) -> String,
) -> (Response, Option<usize>) {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::click());
    let shown = words(value);
    response.widget_info(|| WidgetInfo {
        label: Some(name.to_owned()),
        current_text_value: Some(shown.clone()),
        ..WidgetInfo::new(Role::SpinButton)
    });
    let place = snap(ui.painter(), rect);
    ui.painter().rect_filled(place, 5, t.field);
    let at = pos2(place.left() + 9.0, place.center().y);
    let is_number = shown.chars().all(|c| c.is_ascii_digit());
    let (font, colour) =
        if is_number { (fonts::words(14.0), t.text) } else { (fonts::caslon_italic(13.0), t.muted) };
    ui.painter().text(at, Align2::LEFT_CENTER, shown, font, colour);
    finish_field(ui, &response, false);
    let mut change = response.has_focus().then(|| step(ui, &response)).flatten().map(|down| -down);
    for (sign, right, by, verb) in [(Icon::MINUS, 32.0, -1, "Fewer"), (Icon::PLUS, 12.0, 1, "More")] {
        let middle = pos2(place.right() - right, place.center().y);
        let target = Rect::from_center_size(middle, vec2(20.0, HEIGHT - 4.0));
        let id = response.id.with(verb);
        let can = if by < 0 { value > *range.start() } else { value < *range.end() };
        let button = ui.interact(target, id, if can { Sense::click() } else { Sense::hover() });
        button.widget_info(|| WidgetInfo::labeled(Role::Button, can, format!("{verb} {unit}")));
        if button.hovered() && can {
            ui.painter().rect_filled(target, 4, t.hover);
        }
        let colour = if can { t.muted } else { t.disabled };
        ui.painter().text(middle, Align2::CENTER_CENTER, sign.sign, sign.font(13.0), colour);
        focus_ring(ui, &button.clone().with_new_rect(target.shrink(2.0)), 4);
        if button.clicked() {
            change = Some(by);
        }
    }
    let new = change.and_then(|by| value.checked_add_signed(by)).filter(|new| range.contains(new));
    (response, new)
}

/// A few side by side, one of them chosen. Gives what was newly chosen.
pub(super) fn segments(ui: &mut Ui, name: &str, width: f32, chosen: usize, words: &[&str]) -> Option<usize> {
    let t = tokens(ui);
    let (rect, group) = ui.allocate_exact_size(vec2(width, HEIGHT), Sense::hover());
    group.widget_info(|| WidgetInfo::labeled(Role::RadioGroup, true, name));
    let place = snap(ui.painter(), rect);
    ui.painter().rect_filled(place, 6, t.bar);
    let galleys: Vec<_> = words
        .iter()
        .map(|words| ui.painter().layout_no_wrap((*words).to_owned(), fonts::words(14.0), t.text))
        .collect();
    let spare = (place.width() - galleys.iter().map(|galley| galley.size().x).sum::<f32>()).max(0.0);
    let padding = spare / (2 * words.len().max(1)) as f32;
    let mut left = place.left();
    let mut new = None;
    for (index, (galley, words)) in galleys.into_iter().zip(words).enumerate() {
        let right = left + galley.size().x + 2.0 * padding;
        let part = Rect::from_x_y_ranges(left..=right, place.y_range());
        left = right;
        let button = ui.interact(part, group.id.with(index), Sense::click());
        button.widget_info(|| WidgetInfo::selected(Role::RadioButton, true, index == chosen, *words));
        if index == chosen {
            let key = snap(ui.painter(), part.shrink(2.0));
            ui.painter().rect(key, 5, t.raised, Stroke::new(1.0, t.line), StrokeKind::Inside);
        }
        let colour = if index == chosen || button.hovered() { t.text } else { t.muted };
        let at = part.center() - galley.size() / 2.0;
        ui.painter().galley_with_override_text_color(at.round(), galley, colour);
        let ring = button.clone().with_new_rect(part.shrink(2.0));
        focus_ring(ui, &ring, 4);
        if button.clicked() && index != chosen {
            new = Some(index);
        }
    }
    new
}
