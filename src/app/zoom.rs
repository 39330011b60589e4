//! How large the sheet is, and the word that says so.

use eframe::egui::{Button, Popup, PopupCloseBehavior, RectAlign, Role, Sense, Ui, Vec2, WidgetInfo, vec2};

use super::fonts::{self, Icon};
use super::theme::tokens;
use super::tip::Tip;
use super::widgets::focus_ring;

/// The sizes that are offered, in per cent.
const STEPS: [u16; 9] = [50, 75, 90, 100, 110, 125, 150, 175, 200];
/// The width of a printed page in staff spaces.
const PAGE: f32 = 108.0;
/// The window from which on everything on the sheet is larger.
const WIDE: f32 = 1600.0;
/// No system is narrower than this, in staff spaces: a larger sheet is wider than the stand.
const NARROWEST: f32 = 36.0;

/// How large the sheet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Zoom {
    /// So many per cent, 50 to 200; as many bars a line as there is room for.
    Percent(u16),
    /// A printed page as wide as the stand.
    PageWidth,
    /// All of the tune to be seen at once.
    WholePage,
}

impl Default for Zoom {
    fn default() -> Self {
        Self::Percent(100)
    }
}

/// What a zoom comes to on a stand.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Size {
    /// Points a staff space: whole pixels, so that all staves are alike.
    pub(super) space: f32,
    /// The sheet's width in staff spaces.
    pub(super) width: f32,
    /// How much larger words are than at 100 %.
    pub(super) scale: f32,
}

impl Zoom {
    /// The size of a sheet on paper with so much room for it; `height` is what the sheet last had, in
    /// staff spaces.
    pub(super) fn size(self, ui: &Ui, room: Vec2, height: f32) -> Size {
        let pixels = ui.pixels_per_point();
        let usual = if ui.ctx().content_rect().width() < WIDE { 6.0 } else { 7.0 };
        let whole = |space: f32, round: fn(f32) -> f32| round(space * pixels).max(2.0) / pixels;
        match self {
            Self::Percent(percent) => {
                let space = whole(usual * f32::from(percent) / 100.0, f32::round);
                Size { space, width: (room.x / space).floor().max(NARROWEST), scale: space / usual }
            }
            Self::PageWidth => {
                let space = whole(room.x / PAGE, f32::floor);
                Size { space, width: (room.x / space).floor().max(NARROWEST), scale: space / usual }
            }
            Self::WholePage => {
                // The title is as high as some 11 spaces.
                let space = whole((room.x / PAGE).min(room.y / (height + 11.0)), f32::floor);
                Size { space, width: PAGE, scale: space / usual }
            }
        }
    }

    /// The word for it.
    fn words(self) -> String {
        match self {
            Self::Percent(percent) => format!("{percent} %"),
            Self::PageWidth => "Page width".to_owned(),
            Self::WholePage => "Whole page".to_owned(),
        }
    }

    /// Larger or smaller by a factor, as a wheel turns; `now` is the scale that is shown.
    pub(super) fn turned(self, factor: f32, now: f32) -> Self {
        let percent = match self {
            Self::Percent(percent) => f32::from(percent),
            Self::PageWidth | Self::WholePage => now * 100.0,
        };
        Self::Percent((percent * factor).round().clamp(50.0, 200.0) as u16)
    }

    /// The word, and the pop-up it opens.
    pub(super) fn ui(&mut self, ui: &mut Ui) {
        let t = tokens(ui);
        let words = self.words();
        let galley = ui.painter().layout_no_wrap(words.clone(), fonts::words(13.0), t.text);
        let size = vec2(galley.size().x + 8.0 + 6.0 + 16.0 + 6.0, 28.0);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click());
        let enabled = ui.is_enabled();
        response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, format!("Zoom, {words}")));
        if response.hovered() {
            ui.painter().rect_filled(rect, 6, t.hover);
        }
        let y = (rect.center().y - galley.size().y / 2.0).round();
        ui.painter().galley(vec2(rect.left() + 8.0, y).to_pos2(), galley, t.text);
        let caret = Icon::CARET_DOWN;
        let align = eframe::egui::Align2::RIGHT_CENTER;
        ui.painter().text(rect.right_center() - vec2(6.0, 0.0), align, caret.sign, caret.font(16.0), t.text);
        focus_ring(ui, &response, 6);
        let response = response.tip("How large the sheet is. (Ctrl and the wheel)");
        Popup::menu(&response)
            .align(RectAlign::BOTTOM_END)
            .close_behavior(PopupCloseBehavior::CloseOnClick)
            .show(|ui| {
                ui.set_min_width(120.0);
                let percents = STEPS.into_iter().map(Self::Percent);
                for zoom in percents.chain([Self::PageWidth, Self::WholePage]) {
                    if zoom == Self::PageWidth {
                        ui.separator();
                    }
                    if ui.add(Button::selectable(*self == zoom, zoom.words())).clicked() {
                        *self = zoom;
                    }
                }
            });
    }
}
