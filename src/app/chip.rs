//! A small switch of words.

use eframe::egui::text::{LayoutJob, TextWrapping};
use eframe::egui::{
    Align2, Color32, CornerRadius, Response, Role, Sense, Stroke, StrokeKind, Ui, Widget, WidgetInfo, pos2,
    vec2,
};

use super::fonts::{self, Icon};
use super::theme::tokens;
use super::widgets::{focus_ring, snap};

/// How high it is.
pub(super) const HEIGHT: f32 = 24.0;
/// As wide as its words may be: a tag may be long.
const MOST_WORDS: f32 = 200.0;
/// Before the first and behind the last letter.
const SIDE: f32 = 10.0;
/// What a sign takes.
const SIGN: f32 = 20.0;

/// A switch, or what opens a list: words, perhaps with a sign before or behind them.
#[derive(Debug, Clone, Copy)]
pub(super) struct Chip<'a> {
    name: &'a str,
    on: bool,
    before: Option<Icon>,
    behind: Option<Icon>,
    /// A sign instead of the words, and its colour.
    only: Option<(Icon, Color32)>,
    known_by_name: bool,
    /// What is shown of the name where there is little room.
    short: Option<&'a str>,
}

impl<'a> Chip<'a> {
    /// One that is on or off.
    pub(super) fn new(name: &'a str, on: bool) -> Self {
        Self { name, on, before: None, behind: None, only: None, known_by_name: false, short: None }
    }

    /// With a sign before its words.
    pub(super) fn before(self, icon: Option<Icon>) -> Self {
        Self { before: icon, ..self }
    }

    /// With a sign behind its words.
    pub(super) fn behind(self, icon: Icon) -> Self {
        Self { behind: Some(icon), ..self }
    }

    /// With a sign instead of the words; those who hear the window are told these.
    pub(super) fn only(self, icon: Icon, colour: Color32) -> Self {
        Self { only: Some((icon, colour)), ..self }
    }

    /// Known by its words and not by its place: for chips that come and go.
    pub(super) fn known_by_name(self) -> Self {
        Self { known_by_name: true, ..self }
    }

    /// Shows these words where there is little room; those who hear the window are told the name.
    pub(super) fn short(self, words: &'a str) -> Self {
        Self { short: Some(words), ..self }
    }

    /// How wide it is.
    pub(super) fn width(&self, ui: &Ui) -> f32 {
        if self.only.is_some() {
            return 30.0;
        }
        let words = ui.painter().layout_job(self.words(tokens(ui).text)).size().x;
        let signs = [self.before, self.behind].iter().flatten().count() as f32;
        words + 2.0 * SIDE + signs * SIGN
    }

    fn words(&self, colour: Color32) -> LayoutJob {
        let mut job = LayoutJob::simple_singleline(
            self.short.unwrap_or(self.name).to_owned(),
            fonts::words(12.5),
            colour,
        );
        job.wrap = TextWrapping::truncate_at_width(MOST_WORDS);
        job
    }
}

impl Widget for Chip<'_> {
    fn ui(self, ui: &mut Ui) -> Response {
        let t = tokens(ui);
        let size = vec2(self.width(ui), HEIGHT);
        let response = if self.known_by_name {
            let (rect, _) = ui.allocate_exact_size(size, Sense::hover());
            ui.interact(rect, ui.scope_id().with(("chip", self.name)), Sense::click())
        } else {
            ui.allocate_exact_size(size, Sense::click()).1
        };
        response.widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), self.on, self.name));
        let place = snap(ui.painter(), response.rect);
        let fill = match (response.hovered(), self.on) {
            (true, _) => t.hover,
            (false, true) => t.accent_soft,
            (false, false) => t.raised,
        };
        let (line, colour) = if self.on { (t.accent, t.accent) } else { (t.line, t.text) };
        ui.painter().rect(place, CornerRadius::same(12), fill, Stroke::new(1.0, line), StrokeKind::Inside);
        let sign = |x: f32, icon: Icon, size: f32, colour: Color32| {
            let at = pos2(x, place.center().y);
            ui.painter().text(at, Align2::CENTER_CENTER, icon.sign, icon.font(size), colour);
        };
        if let Some((icon, colour)) = self.only {
            sign(place.center().x, icon, 15.0, colour);
        } else {
            let mut x = place.left() + SIDE;
            if let Some(icon) = self.before {
                sign(x + 7.0, icon, 13.0, colour);
                x += SIGN;
            }
            if let Some(icon) = self.behind {
                sign(place.right() - 15.0, icon, 12.0, colour);
            }
            let words = ui.painter().layout_job(self.words(colour));
            ui.painter().galley(pos2(x, place.center().y - words.size().y / 2.0), words, colour);
        }
        focus_ring(ui, &response, 12);
        response
    }
}
