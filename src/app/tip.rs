//! What the pointer is told when it rests: dark on a light window, light on a dark one.

use eframe::egui::{Label, Margin, PopupAnchor, Response, Shadow, Stroke, Style, Tooltip, Ui, vec2};

use super::theme::{DARK, LIGHT};

/// What a control says when the pointer rests on it.
pub(super) trait Tip {
    /// Says this while it is on. It also describes the control to those who hear the window.
    fn tip(self, words: impl Into<String>) -> Self;

    /// Says this while it is off: why.
    fn tip_off(self, words: impl Into<String>) -> Self;
}

impl Tip for Response {
    fn tip(self, words: impl Into<String>) -> Self {
        let words = words.into();
        if self.ctx.has_accesskit_node(self.id) {
            self.ctx.accesskit_node_builder(self.id, |node| {
                if node.description().is_none() {
                    node.set_description(words.as_str());
                }
            });
        }
        say(Tooltip::for_enabled(&self), words);
        self
    }

    fn tip_off(self, words: impl Into<String>) -> Self {
        say(Tooltip::for_disabled(&self), words.into());
        self
    }
}

/// Says something beside a control at once, as long as this is called.
pub(super) fn always(ui: &Ui, salt: &'static str, of: &Response, at: impl Into<PopupAnchor>, words: String) {
    say(Tooltip::always_open(ui.ctx().clone(), ui.layer_id(), of.id.with(salt), at).gap(12.0), words);
}

fn say(mut tooltip: Tooltip<'_>, words: String) {
    tooltip.popup = tooltip.popup.style(dress);
    tooltip.show(|ui| {
        // An area shrinks with words that change, and does not grow again.
        ui.set_max_width(ui.spacing().tooltip_width);
        ui.add(Label::new(words));
    });
}

/// Ground and words change places.
fn dress(style: &mut Style) {
    let t = if style.visuals.dark_mode { &DARK } else { &LIGHT };
    style.visuals.window_fill = t.text;
    style.visuals.window_stroke = Stroke::NONE;
    style.visuals.popup_shadow = Shadow::NONE;
    style.visuals.menu_corner_radius = 4.into();
    style.visuals.override_text_color = Some(t.panel);
    style.spacing.menu_margin = Margin::symmetric(8, 5);
    style.spacing.item_spacing = vec2(6.0, 2.0);
    if let Some(body) = style.text_styles.get_mut(&eframe::egui::TextStyle::Body) {
        body.size = 13.0;
    }
}
