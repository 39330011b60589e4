//! The parts every panel is made of: buttons, captions, form rows, fields.

use eframe::egui::epaint::TextShape;
use eframe::egui::{
    Align, Align2, Color32, CornerRadius, FontId, Frame, Galley, Layout, Margin, Painter, Rect, Response,
    RichText, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, Widget, WidgetInfo, pos2, vec2,
};
use std::sync::Arc;

use super::fonts::{self, Icon};
use super::theme::{Tokens, tokens};

/// How much a button asks to be pressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    /// The one green button.
    Big,
    /// What stands in its place meanwhile.
    BigPlain,
    /// The button a dialog is there for.
    Main,
    /// A raised button.
    Plain,
    /// Words alone until the pointer comes.
    Quiet,
}

/// A button with words, perhaps an icon before them and its keys after them.
#[derive(Debug)]
pub(super) struct Push<'a> {
    weight: Weight,
    words: &'a str,
    icon: Option<Icon>,
    keys: Option<String>,
    wide: bool,
}

impl<'a> Push<'a> {
    /// A button that says what it does.
    pub(super) fn new(weight: Weight, words: &'a str) -> Self {
        Self { weight, words, icon: None, keys: None, wide: false }
    }

    /// A sign before the words.
    pub(super) fn icon(mut self, icon: Icon) -> Self {
        self.icon = Some(icon);
        self
    }

    /// The keys that do the same, in a key cap.
    pub(super) fn keys(mut self, keys: String) -> Self {
        self.keys = Some(keys);
        self
    }

    /// As wide as there is room.
    pub(super) fn wide(mut self) -> Self {
        self.wide = true;
        self
    }

    fn is_big(&self) -> bool {
        matches!(self.weight, Weight::Big | Weight::BigPlain)
    }
}

impl Widget for Push<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let t = tokens(ui);
        let (height, padding, gap, radius, font, icon_size) = if self.is_big() {
            (46.0, 16.0, 10.0, 8, fonts::caslon_bold(17.0), 20.0)
        } else if self.weight == Weight::Main {
            (30.0, 14.0, 7.0, 6, fonts::strong(14.0), 17.0)
        } else {
            (30.0, 12.0, 7.0, 6, fonts::words(14.0), 17.0)
        };
        // Colours come later: whether the pointer is on it is known once it has its place.
        let lay = |text: String, font: FontId| ui.painter().layout_no_wrap(text, font, t.text);
        let icon = self.icon.map(|i| lay(i.sign.to_string(), i.font(icon_size)));
        let words = lay(self.words.to_owned(), font);
        let keys = self.keys.map(|k| lay(k, fonts::words(12.0)));
        let cap = |g: &Arc<Galley>| g.size().x + 12.0;
        let content = words.size().x
            + icon.as_ref().map_or(0.0, |g| g.size().x + gap)
            + keys.as_ref().map_or(0.0, |g| cap(g) + gap + 2.0);
        let width = if self.wide { ui.available_width() } else { content + 2.0 * padding };
        let (rect, response) = ui.allocate_exact_size(vec2(width, height), Sense::click());
        let enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, self.words));
        if !ui.is_rect_visible(rect) {
            return response;
        }
        // Off is drawn with its own colours (below), not by fading.
        let mut painter = ui.painter().clone();
        painter.set_opacity(1.0);
        let look = Look::of(self.weight, t, &response, enabled);
        look.paint(&painter, rect, CornerRadius::same(radius), response.is_pointer_button_down_on());
        // Lines of a menu begin below each other.
        let is_line = self.wide && self.weight == Weight::Quiet;
        let mut x = if is_line { rect.left() + padding } else { rect.center().x - content / 2.0 };
        let mut put = |galley: Arc<Galley>, after: f32| {
            let at = pos2(x, (rect.center().y - galley.size().y / 2.0).round());
            x += galley.size().x + after;
            painter.galley_with_override_text_color(at, galley, look.words);
        };
        if let Some(icon) = icon {
            put(icon, gap);
        }
        put(words, gap + 2.0);
        if let Some(keys) = keys {
            let cap = Rect::from_min_size(pos2(x, rect.center().y - 9.0), vec2(cap(&keys), 18.0));
            let colour = look.words.gamma_multiply(0.75);
            painter.rect_stroke(
                snap(&painter, cap),
                4,
                Stroke::new(1.0, colour.gamma_multiply(0.8)),
                StrokeKind::Inside,
            );
            let at = cap.center() - keys.size() / 2.0;
            painter.galley_with_override_text_color(at, keys, colour);
        }
        focus_ring(ui, &response, radius);
        response
    }
}

/// A square button with a sign; its name is for those who cannot see the sign.
pub(super) fn icon_button(ui: &mut Ui, icon: Icon, name: &str, on: Option<bool>) -> Response {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(30.0, 28.0), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| match on {
        Some(on) => WidgetInfo::selected(Role::Button, enabled, on, name),
        None => WidgetInfo::labeled(Role::Button, enabled, name),
    });
    let is_on = on == Some(true);
    let ground = rect.shrink2(vec2(1.0, 0.0));
    if response.hovered() && enabled {
        ui.painter().rect_filled(ground, 6, t.hover);
    } else if is_on {
        ui.painter().rect_filled(ground, 6, t.accent_soft);
    }
    let colour = if is_on { t.accent } else { t.text };
    if icon.turned {
        let galley = ui.painter().layout_no_wrap(icon.sign.to_string(), icon.font(18.0), colour);
        let corner = rect.center() - galley.size() / 2.0;
        let sign = TextShape::new(corner, galley, colour);
        ui.painter().add(sign.with_angle_and_anchor(std::f32::consts::PI, Align2::CENTER_CENTER));
    } else {
        ui.painter().text(rect.center(), Align2::CENTER_CENTER, icon.sign, icon.font(18.0), colour);
    }
    // Icons stand close to each other and to fields: their ring touches neither.
    focus_ring(ui, &response.clone().with_new_rect(ground.shrink(2.0)), 4);
    response
}

/// The colours of a button as it stands.
struct Look {
    fill: Color32,
    line: Color32,
    edge: Color32,
    words: Color32,
}

impl Look {
    fn of(weight: Weight, t: &Tokens, response: &Response, enabled: bool) -> Self {
        let over = response.hovered() || response.is_pointer_button_down_on();
        let none = Color32::TRANSPARENT;
        match weight {
            Weight::Big | Weight::Main if !enabled => {
                Self { fill: t.hover, line: none, edge: none, words: t.disabled }
            }
            Weight::Big | Weight::Main => Self {
                fill: if over { t.accent_hover } else { t.accent },
                line: none,
                edge: none,
                words: t.on_accent,
            },
            Weight::Plain | Weight::BigPlain if !enabled => {
                Self { fill: none, line: t.line, edge: none, words: t.disabled }
            }
            Weight::BigPlain => Self {
                fill: if over { t.hover } else { t.raised },
                line: t.edge,
                edge: t.edge,
                words: t.text,
            },
            Weight::Plain => Self {
                fill: if over { t.hover } else { t.raised },
                line: t.line,
                edge: t.edge,
                words: t.text,
            },
            Weight::Quiet => Self {
                fill: if over && enabled { t.hover } else { none },
                line: none,
                edge: none,
                words: if enabled { t.text } else { t.disabled },
            },
        }
    }

    fn paint(&self, painter: &Painter, rect: Rect, radius: CornerRadius, pressed: bool) {
        let rect = snap(painter, rect);
        painter.rect_filled(rect, radius, self.fill);
        painter.rect_stroke(rect, radius, Stroke::new(1.0, self.line), StrokeKind::Inside);
        if !pressed {
            lower_edge(painter, rect, radius, self.edge);
        }
    }
}

/// The darker lower edge that tells a control from the ground it stands on.
fn lower_edge(painter: &Painter, rect: Rect, radius: CornerRadius, colour: Color32) {
    let strip = Rect::from_min_max(pos2(rect.left(), rect.bottom() - 2.5), rect.max);
    painter.with_clip_rect(strip.intersect(painter.clip_rect())).rect_stroke(
        rect,
        radius,
        Stroke::new(1.0, colour),
        StrokeKind::Inside,
    );
}

/// A rectangle whose edges lie on pixels.
pub(super) fn snap(painter: &Painter, rect: Rect) -> Rect {
    let scale = painter.pixels_per_point();
    let round = |v: f32| (v * scale).round() / scale;
    Rect::from_min_max(pos2(round(rect.min.x), round(rect.min.y)), pos2(round(rect.max.x), round(rect.max.y)))
}

/// The ring around what the keyboard is on.
pub(super) fn focus_ring(ui: &Ui, response: &Response, radius: u8) {
    if response.has_focus() {
        // It lies outside the control and may not be cut off by the panel's edge.
        let painter = ui.painter().with_clip_rect(ui.clip_rect().expand(4.0));
        let ring = Stroke::new(2.0, tokens(ui).selection);
        painter.rect_stroke(
            response.rect.expand(2.0),
            CornerRadius::same(radius + 2),
            ring,
            StrokeKind::Outside,
        );
    }
}

/// A section of a panel: its name in italics and a hairline.
pub(super) fn section(ui: &mut Ui, name: &str) {
    let t = tokens(ui);
    ui.add_space(8.0);
    // As high as its words, not as a control.
    let height = std::mem::replace(&mut ui.spacing_mut().interact_size.y, 20.0);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 8.0;
        ui.label(RichText::new(name).font(fonts::caslon_italic(14.0)).color(t.muted).line_height(Some(20.0)));
        let y = ui.painter().round_to_pixel_center(ui.min_rect().center().y + 1.0);
        let left = ui.cursor().left();
        ui.painter().hline(left..=ui.max_rect().right(), y, Stroke::new(1.0, t.line));
    });
    ui.spacing_mut().interact_size.y = height;
}

/// A row of a form: the label in its column, then what `content` puts there.
pub(super) fn form_row<R>(ui: &mut Ui, label: &str, content: impl FnOnce(&mut Ui) -> R) -> R {
    let size = vec2(ui.available_width(), 28.0);
    // In the narrowest panel the seed needs the room more than its label does.
    let column = if size.x < 220.0 { 58.0 } else { 78.0 };
    let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
    let row = UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(row, |ui| {
        ui.spacing_mut().item_spacing.x = 2.0;
        let name = Rect::from_min_size(rect.min, vec2(column, 28.0));
        let left = UiBuilder::new().max_rect(name).layout(Layout::left_to_right(Align::Center));
        ui.scope_builder(left, |ui| form_label(ui, label));
        let rest = Rect::from_min_max(pos2(name.right(), rect.top()), rect.max);
        let right = UiBuilder::new().max_rect(rest).layout(Layout::left_to_right(Align::Center));
        ui.scope_builder(right, content).inner
    })
    .inner
}

/// The label of a form row.
pub(super) fn form_label(ui: &mut Ui, label: &str) -> Response {
    ui.label(RichText::new(label).font(fonts::words(13.0)).color(tokens(ui).muted))
}

/// Where one types: its ground. [`finish_field`] draws the rest when its place is known.
pub(super) fn field_frame(ui: &Ui, margin: Margin) -> Frame {
    Frame::new().fill(tokens(ui).field).corner_radius(5).inner_margin(margin)
}

/// The strokes of a field; red when what stands in it cannot be used.
pub(super) fn finish_field(ui: &Ui, response: &Response, wrong: bool) {
    let t = tokens(ui);
    let rect = snap(ui.painter(), response.rect);
    let (line, edge) = if wrong { (t.error, t.error) } else { (t.line, t.edge) };
    ui.painter().rect_stroke(rect, 5, Stroke::new(1.0, line), StrokeKind::Inside);
    lower_edge(ui.painter(), rect, CornerRadius::same(5), edge);
    focus_ring(ui, response, 5);
}
