//! The command palette: every command by its name.

use eframe::egui::{
    Align2, Area, Context, Frame, Id, Key, Margin, Modifiers, Order, Rect, Response, Role, ScrollArea, Sense,
    Stroke, TextEdit, Ui, WidgetInfo, pos2, vec2,
};

use super::actions::{Action, actions};
use super::command::Command;
use super::fonts;
use super::theme::{self, tokens};
use super::tip::Tip;
use super::widgets::{field_frame, finish_field};

const WIDTH: f32 = 460.0;
const ROW: f32 = 30.0;
const MOST_ROWS: f32 = 10.0;

/// What has been typed so far, and which of the found commands is chosen.
#[derive(Debug, Clone, Default)]
pub(super) struct Palette {
    query: String,
    chosen: usize,
    shown: bool,
}

/// What came of a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// This was asked for.
    Do(Command),
    /// Nothing, and it is to be closed.
    Close,
}

impl Palette {
    /// Draws it. `obstacle` says why a command cannot be carried out now.
    pub(super) fn ui(
        &mut self,
        ctx: &Context,
        obstacle: impl Fn(Command) -> Option<&'static str>,
    ) -> Option<Answer> {
        let t = if ctx.global_style().visuals.dark_mode { &theme::DARK } else { &theme::LIGHT };
        let window = ctx.content_rect();
        let width = WIDTH.min(window.width() - 32.0);
        let place = pos2(window.center().x - width / 2.0, window.top() + 48.0);
        let frame = Frame::new()
            .fill(t.raised)
            .stroke(Stroke::new(1.0, t.line))
            .corner_radius(10)
            .shadow(t.dialog_shadow())
            .inner_margin(Margin::same(10));
        let shown =
            Area::new(Id::unique("palette")).order(Order::Foreground).fixed_pos(place).show(ctx, |ui| {
                frame.show(ui, |ui| {
                    ui.set_width(width - 20.0);
                    self.content(ui, &obstacle)
                })
            });
        let rect = shown.response.rect;
        let beside = ctx.input(|i| {
            i.pointer.any_pressed() && i.pointer.interact_pos().is_some_and(|p| !rect.contains(p))
        });
        let escape = ctx.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape));
        // The press that opened it is not beside it.
        let first = !std::mem::replace(&mut self.shown, true);
        let closed = escape || (beside && !first);
        shown.inner.inner.map(Answer::Do).or(closed.then_some(Answer::Close))
    }

    fn content(
        &mut self,
        ui: &mut Ui,
        obstacle: &impl Fn(Command) -> Option<&'static str>,
    ) -> Option<Command> {
        let (down, up, enter) = ui.input_mut(|input| {
            (
                input.consume_key(Modifiers::NONE, Key::ArrowDown),
                input.consume_key(Modifiers::NONE, Key::ArrowUp),
                input.consume_key(Modifiers::NONE, Key::Enter),
            )
        });
        let edit = TextEdit::singleline(&mut self.query)
            .id_salt("palette")
            .hint_text("Find a command")
            .font(fonts::words(14.0))
            .frame(field_frame(ui, Margin::symmetric(8, 5)))
            .desired_width(ui.available_width());
        let field = ui.add(edit).accessible_name("Find a command");
        field.request_focus();
        finish_field(ui, &field, false);
        let found: Vec<Action> =
            actions().into_iter().filter(|action| fits(&name(action), &self.query)).collect();
        if field.changed() {
            self.chosen = 0;
        }
        self.chosen = (self.chosen + usize::from(down)).saturating_sub(usize::from(up));
        self.chosen = self.chosen.min(found.len().saturating_sub(1));
        if found.is_empty() {
            ui.label(format!("No command fits “{}”.", self.query.trim()));
        }
        let mut asked = None;
        ScrollArea::vertical().max_height(MOST_ROWS * ROW).show(ui, |ui| {
            ui.spacing_mut().item_spacing.y = 0.0;
            for (place, action) in found.iter().enumerate() {
                let chosen = place == self.chosen;
                let off = obstacle(action.command);
                let row = row(ui, action, chosen, off);
                if chosen && (down || up) {
                    row.scroll_to_me(None);
                }
                if off.is_none() && (row.clicked() || (enter && chosen)) {
                    asked = Some(action.command);
                }
            }
        });
        asked
    }
}

fn row(ui: &mut Ui, action: &Action, chosen: bool, off: Option<&'static str>) -> Response {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let words = name(action);
    let full = format!("{}: {words}", action.menu.name());
    response.widget_info(|| WidgetInfo::selected(Role::MenuItem, off.is_none(), chosen, &full));
    if chosen || response.hovered() {
        ui.painter().rect_filled(rect, 5, if chosen { t.accent_soft } else { t.hover });
    }
    let colour = if off.is_some() { t.disabled } else { t.text };
    let line = Rect::from_min_max(rect.min + vec2(10.0, 0.0), rect.max - vec2(10.0, 0.0));
    let words = ui.painter().text(line.left_center(), Align2::LEFT_CENTER, words, fonts::words(14.0), colour);
    let at = pos2(words.right() + 8.0, line.center().y);
    ui.painter().text(at, Align2::LEFT_CENTER, action.menu.name(), fonts::caslon_italic(13.0), t.muted);
    if let Some(keys) = action.command.keys(ui.ctx()) {
        ui.painter().text(line.right_center(), Align2::RIGHT_CENTER, keys, fonts::words(12.5), t.muted);
    }
    match off {
        Some(why) => response.tip(why),
        None => response,
    }
}

/// What it says where it stands alone.
fn name(action: &Action) -> String {
    action.under.map_or_else(|| action.words.clone(), |under| format!("{under} {}", action.words))
}

/// Whether each word of the query begins a word of the name.
fn fits(name: &str, query: &str) -> bool {
    let name = name.to_lowercase();
    query
        .to_lowercase()
        .split_whitespace()
        .all(|wanted| name.split_whitespace().any(|word| word.starts_with(wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_are_found_by_the_beginnings_of_their_words() {
        for (query, found) in
            [("", true), ("save", true), ("pdf", true), ("PD sa", true), ("df", false), ("save x", false)]
        {
            assert_eq!(fits("Save as PDF…", query), found, "{query}");
        }
    }
}
