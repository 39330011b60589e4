//! The colours, by the names of the design, in light and in dark, and egui's own look made of them.

use eframe::egui::style::{ScrollStyle, Spacing, WidgetVisuals, Widgets};
use eframe::egui::{
    Color32, Context, CornerRadius, Margin, Shadow, Stroke, Style, TextStyle, Theme, Ui, Visuals, vec2,
};

use super::fonts;

/// The colours of one theme. Orange is only ever time, blue only ever choice, green only ever action.
#[derive(Debug)]
pub(super) struct Tokens {
    /// The stand behind the paper.
    pub(super) window: Color32,
    /// Compose.
    pub(super) panel: Color32,
    /// The top bar.
    pub(super) bar: Color32,
    /// Where one types.
    pub(super) field: Color32,
    /// Buttons, pop-ups, dialogs.
    pub(super) raised: Color32,
    /// Under the pointer.
    pub(super) hover: Color32,
    /// Under the pointer: rows on a panel.
    pub(super) row_hover: Color32,
    /// Hairlines.
    pub(super) line: Color32,
    /// The lower edge of every control.
    pub(super) edge: Color32,
    /// The sheet.
    pub(super) paper: Color32,
    /// The tabs of the sheets behind it.
    pub(super) leaf: Color32,
    /// What is written on it.
    pub(super) ink: Color32,
    /// Its staff lines.
    pub(super) staff: Color32,
    /// Words.
    pub(super) text: Color32,
    /// Labels and captions.
    pub(super) muted: Color32,
    /// Words of what is off.
    pub(super) disabled: Color32,
    /// What acts.
    pub(super) accent: Color32,
    /// The same under the pointer.
    pub(super) accent_hover: Color32,
    /// Words on it.
    pub(super) on_accent: Color32,
    /// A switch that is on.
    pub(super) accent_soft: Color32,
    /// What sounds, and the favourites' star.
    pub(super) playhead: Color32,
    /// The bar that sounds.
    pub(super) play_soft: Color32,
    /// What was chosen, and the focus ring.
    pub(super) selection: Color32,
    /// Behind chosen text.
    pub(super) sel_soft: Color32,
    /// Words of an error.
    pub(super) error: Color32,
    /// Behind an error.
    pub(super) err_soft: Color32,
    /// Words of a warning.
    pub(super) warning: Color32,
    /// The sign of what went well.
    pub(super) success: Color32,
    /// `K:` and its like.
    pub(super) abc_field: Color32,
    /// Bar lines and repeats.
    pub(super) abc_bar: Color32,
    /// Chord symbols.
    pub(super) abc_chord: Color32,
    /// Tuplets, ornaments, decorations.
    pub(super) abc_sign: Color32,
    /// How dark the shadows are.
    shadow: u8,
}

const fn rgb(hex: u32) -> Color32 {
    let [_, r, g, b] = hex.to_be_bytes();
    Color32::from_rgb(r, g, b)
}

/// By day.
pub(super) const LIGHT: Tokens = Tokens {
    window: rgb(0xDAD3C6),
    panel: rgb(0xF4F1EA),
    bar: rgb(0xEAE5DB),
    field: rgb(0xFDFCF8),
    raised: rgb(0xFFFEFA),
    hover: rgb(0xE7E1D5),
    row_hover: rgb(0xE7E1D5),
    line: rgb(0xD2CABB),
    edge: rgb(0x8A8070),
    paper: rgb(0xFFFCF3),
    leaf: rgb(0xF3EDDF),
    ink: rgb(0x1F1A15),
    staff: rgb(0x7B7266),
    text: rgb(0x2A251F),
    muted: rgb(0x625A4E),
    disabled: rgb(0xA49B8D),
    accent: rgb(0x2B5B4B),
    accent_hover: rgb(0x224B3D),
    on_accent: rgb(0xFBF9F3),
    accent_soft: rgb(0xDDE7DE),
    playhead: rgb(0xC2571A),
    play_soft: rgb(0xF8E1CB),
    selection: rgb(0x2A66A6),
    sel_soft: rgb(0xDCE8F4),
    error: rgb(0xA32A28),
    err_soft: rgb(0xF8DEDA),
    warning: rgb(0x855400),
    success: rgb(0x2C6A3E),
    abc_field: rgb(0x7A4B12),
    abc_bar: rgb(0x776E60),
    abc_chord: rgb(0x2A66A6),
    abc_sign: rgb(0x7A3E7A),
    shadow: 56,
};

/// By night.
pub(super) const DARK: Tokens = Tokens {
    window: rgb(0x12100D),
    panel: rgb(0x201C18),
    bar: rgb(0x1A1714),
    field: rgb(0x2A251F),
    raised: rgb(0x40392F),
    hover: rgb(0x463F35),
    row_hover: rgb(0x322C25),
    line: rgb(0x4B443A),
    edge: rgb(0x918776),
    paper: rgb(0x353029),
    leaf: rgb(0x28231D),
    ink: rgb(0xF5EDDF),
    staff: rgb(0xA09685),
    text: rgb(0xEBE4D6),
    muted: rgb(0xADA392),
    disabled: rgb(0x6F675B),
    accent: rgb(0x8FC5AB),
    accent_hover: rgb(0xA5D5BE),
    on_accent: rgb(0x10211A),
    accent_soft: rgb(0x2B3D34),
    playhead: rgb(0xF2A355),
    play_soft: rgb(0x4F3820),
    selection: rgb(0x85B6EA),
    sel_soft: rgb(0x283A4E),
    error: rgb(0xF2907F),
    err_soft: rgb(0x4A2A25),
    warning: rgb(0xE5B552),
    success: rgb(0x90CB9D),
    abc_field: rgb(0xDDB07A),
    abc_bar: rgb(0xA09684),
    abc_chord: rgb(0x85B6EA),
    abc_sign: rgb(0xD5A3D5),
    shadow: 128,
};

impl Tokens {
    /// Under the paper.
    pub(super) fn paper_shadow(&self) -> Shadow {
        self.cast(2, 14)
    }

    /// Under pop-ups and what floats.
    pub(super) fn float_shadow(&self) -> Shadow {
        self.cast(4, 14)
    }

    /// Under a dialog.
    pub(super) fn dialog_shadow(&self) -> Shadow {
        self.cast(10, 30)
    }

    fn cast(&self, down: i8, blur: u8) -> Shadow {
        Shadow { offset: [0, down], blur, spread: 0, color: Color32::from_black_alpha(self.shadow) }
    }
}

/// The colours of the theme `ui` is drawn in.
pub(super) fn tokens(ui: &Ui) -> &'static Tokens {
    if ui.visuals().dark_mode { &DARK } else { &LIGHT }
}

/// Gives egui the fonts, and both themes their look. Once, before the first frame.
pub(super) fn apply(ctx: &Context) {
    ctx.set_fonts(fonts::definitions());
    // Where the system does not say: paper is light.
    ctx.options_mut(|options| options.fallback_theme = Theme::Light);
    for (theme, tokens) in [(Theme::Light, &LIGHT), (Theme::Dark, &DARK)] {
        ctx.style_mut_of(theme, |style| dress(style, theme, tokens));
    }
}

fn dress(style: &mut Style, theme: Theme, tokens: &Tokens) {
    style.text_styles = [
        (TextStyle::Small, fonts::words(12.5)),
        (TextStyle::Body, fonts::words(14.0)),
        (TextStyle::Button, fonts::words(14.0)),
        (TextStyle::Heading, fonts::caslon(17.0)),
        (TextStyle::Monospace, fonts::mono(13.0)),
    ]
    .into();
    style.spacing = Spacing {
        item_spacing: vec2(6.0, 6.0),
        button_padding: vec2(12.0, 5.0),
        menu_margin: Margin::same(6),
        interact_size: vec2(30.0, 28.0),
        slider_rail_height: 4.0,
        tooltip_width: 300.0,
        scroll: ScrollStyle { bar_width: 6.0, floating_width: 4.0, ..ScrollStyle::floating() },
        ..Spacing::default()
    };
    style.interaction.tooltip_delay = 0.5;
    style.interaction.selectable_labels = false;
    style.animation_time = 0.12;
    style.visuals = visuals(theme, tokens);
}

fn visuals(theme: Theme, tokens: &Tokens) -> Visuals {
    let mut visuals = theme.default_visuals();
    let widget = |fill: Color32, edge: Color32, words: Color32| WidgetVisuals {
        bg_fill: fill,
        weak_bg_fill: fill,
        bg_stroke: Stroke::new(1.0, edge),
        corner_radius: CornerRadius::same(6),
        fg_stroke: Stroke::new(1.0, words),
        expansion: 0.0,
    };
    visuals.widgets = Widgets {
        noninteractive: widget(tokens.panel, tokens.line, tokens.text),
        inactive: widget(tokens.raised, tokens.line, tokens.text),
        hovered: widget(tokens.hover, tokens.line, tokens.text),
        active: widget(tokens.hover, tokens.line, tokens.text),
        open: widget(tokens.hover, tokens.line, tokens.text),
    };
    visuals.selection.bg_fill = tokens.sel_soft;
    visuals.selection.stroke = Stroke::new(1.0, tokens.selection);
    visuals.weak_text_color = Some(tokens.muted);
    visuals.hyperlink_color = tokens.selection;
    visuals.faint_bg_color = tokens.hover;
    visuals.extreme_bg_color = tokens.field;
    visuals.text_edit_bg_color = Some(tokens.field);
    visuals.error_fg_color = tokens.error;
    visuals.panel_fill = tokens.panel;
    visuals.window_fill = tokens.raised;
    visuals.window_stroke = Stroke::new(1.0, tokens.line);
    visuals.window_corner_radius = CornerRadius::same(10);
    visuals.menu_corner_radius = CornerRadius::same(8);
    visuals.window_shadow = tokens.dialog_shadow();
    visuals.popup_shadow = tokens.float_shadow();
    visuals.text_cursor.stroke = Stroke::new(1.5, tokens.text);
    // A blinking cursor would be the only thing that repaints a window at rest.
    visuals.text_cursor.blink = false;
    visuals
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Contrast by the WCAG formula.
    fn contrast(a: Color32, b: Color32) -> f64 {
        let luminance = |c: Color32| {
            let part = |v: u8| {
                let v = f64::from(v) / 255.0;
                if v <= 0.04045 { v / 12.92 } else { ((v + 0.055) / 1.055).powf(2.4) }
            };
            0.2126 * part(c.r()) + 0.7152 * part(c.g()) + 0.0722 * part(c.b())
        };
        let (a, b) = (luminance(a), luminance(b));
        (a.max(b) + 0.05) / (a.min(b) + 0.05)
    }

    #[test]
    fn words_can_be_read_in_both_themes() {
        for t in [&LIGHT, &DARK] {
            for (words, ground) in [
                (t.text, t.panel),
                (t.text, t.bar),
                (t.text, t.raised),
                (t.muted, t.panel),
                (t.muted, t.paper),
                (t.muted, t.leaf),
                (t.text, t.row_hover),
                (t.ink, t.paper),
                (t.ink, t.play_soft),
                (t.ink, t.sel_soft),
                (t.on_accent, t.accent),
                (t.error, t.err_soft),
                (t.error, t.panel),
                (t.warning, t.raised),
                (t.success, t.raised),
                (t.abc_field, t.paper),
                (t.abc_chord, t.paper),
                (t.abc_sign, t.paper),
            ] {
                assert!(contrast(words, ground) >= 4.5, "{words:?} on {ground:?}");
            }
        }
    }
}
