//! The transport: the ruler, and below it all that is done with a tune while it sounds.

use std::cmp::Ordering;
use std::ops::{Range, RangeInclusive};
use std::time::Duration;

use eframe::egui::{
    Align2, Area, Color32, FontId, Frame, Id, Key, Margin, Order, PointerButton, Popup, Pos2, Rect, Response,
    RichText, Role, Sense, Slider, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::backing::{self, Backing};
use super::chip::Chip;
use super::choices::{Entry, combo, stepper};
use super::command::Command;
use super::fonts::{self, Icon};
use super::player::{Place, Player, Swing};
use super::ruler::{Ruler, Wish};
use super::theme::tokens;
use super::tip::Tip;
use super::widgets::{focus_ring, icon_button};
use crate::synth::{Controls, Volumes};

/// How high the panel is.
pub(super) const HEIGHT: f32 = 97.0;
/// Under this width backing to count-in move into a pop-up.
const NARROW: f32 = 1240.0;
/// From this width on there is room for all and for a loop in words.
const WIDE: f32 = 1400.0;
/// Under this width the volume does too.
const NARROWEST: f32 = 800.0;
/// Around all of it.
const SIDES: f32 = 16.0;
/// Between two groups.
const GAP: f32 = 16.0;
/// The greatest transposition, in semitones.
const MOST_TRANSPOSED: i8 = 12;

/// The panel's own state.
#[derive(Debug, Clone, Default)]
pub(super) struct TransportPanel {
    ruler: Ruler,
    /// Whether what has no room is open above its button.
    sound_is_open: bool,
}

impl TransportPanel {
    /// Draws the panel and does with the player what the musician asks for.
    pub(super) fn ui(&mut self, ui: &mut Ui, player: &mut Player, commands: &mut Vec<Command>) {
        let place = player.place();
        let room = ui.max_rect();
        let line = ui.painter().round_to_pixel_center(room.top() + 0.5);
        ui.painter().hline(room.x_range(), line, Stroke::new(1.0, tokens(ui).line));
        let inside = Rect::from_min_max(room.min + vec2(SIDES, 9.0), room.max - vec2(SIDES, 0.0));
        ui.scope_builder(UiBuilder::new().max_rect(inside), |ui| self.ruler(ui, player, &place));
        let middle = room.top() + 64.0;
        let mut left = Row { x: inside.left(), middle };
        buttons(ui, &mut left, player, &place, commands);
        let narrow = room.width() < NARROW;
        // The loop, too, wants to be said.
        let tight = !narrow && player.bars().is_some() && room.width() < WIDE;
        let mut right = Row { x: inside.right(), middle };
        let controls = player.controls();
        let mut changed = controls;
        meter(ui, &mut right, place.levels);
        let has_volume = room.width() >= NARROWEST;
        if has_volume {
            volume(ui, right.before(if tight { 80.0 } else { 96.0 }, GAP), &mut changed);
        }
        if narrow {
            self.sound(ui, &mut right, player, &mut changed, !has_volume);
        } else {
            self.sound_is_open = false;
            chips(ui, &mut right, player, &mut changed);
            let transpose = right.before(84.0, GAP);
            captioned(ui, transpose, "Transpose", |ui| self::transpose(ui, 84.0, &mut changed));
            let swing = right.before(86.0, GAP);
            captioned(ui, swing, "Swing", |ui| self::swing(ui, 86.0, player));
            let backing = right.before(96.0, GAP);
            captioned(ui, backing, "Backing", |ui| self::backing(ui, 96.0, &mut changed));
        }
        let width = if tight { 112.0 } else { 124.0 };
        let instrument = right.before(width, GAP);
        captioned(ui, instrument, "Instrument", |ui| self::instrument(ui, width, &mut changed));
        tempo(ui, &mut right, if narrow || tight { 110.0 } else { 132.0 }, player.beats(), &mut changed);
        looped(ui, left.x..right.x, middle, player);
        if changed != controls {
            player.set_controls(changed);
        }
        if player.is_moving() {
            // As often as screens show a picture; at rest not at all.
            ui.ctx().request_repaint_after(Duration::from_millis(16));
        }
    }

    /// In a narrow window: a button that opens what there is no room for. It is no menu, because lists open
    /// in it.
    fn sound(
        &mut self,
        ui: &mut Ui,
        row: &mut Row,
        player: &mut Player,
        controls: &mut Controls,
        with_volume: bool,
    ) {
        let place = row.before(76.0, GAP);
        let line = Rect::from_min_max(pos2(place.left(), place.bottom() - 25.0), place.max);
        let on = self.sound_is_open;
        let line = UiBuilder::new().max_rect(line);
        let button =
            ui.scope_builder(line, |ui| ui.add(Chip::new("Sound", on).before(Some(Icon::SLIDERS)))).inner;
        if button.tip("Backing, swing, transposition, metronome and count-in.").clicked() {
            self.sound_is_open = !on;
        }
        if !self.sound_is_open {
            return;
        }
        let t = tokens(ui);
        let above = Area::new(Id::unique("sound")).order(Order::Middle).pivot(Align2::CENTER_BOTTOM);
        let frame = Frame::new().fill(t.raised).stroke(Stroke::new(1.0, t.line)).corner_radius(8);
        let frame = frame.shadow(t.float_shadow()).inner_margin(Margin::same(12));
        let shown = above.fixed_pos(pos2(place.center().x, place.top())).show(ui.ctx(), |ui| {
            frame.show(ui, |ui| popped_up(ui, player, controls, with_volume));
        });
        let elsewhere = |pointer| !shown.response.rect.contains(pointer) && !place.contains(pointer);
        let closes = ui.input(|input| {
            let pressed = input.pointer.any_pressed().then(|| input.pointer.interact_pos()).flatten();
            pressed.is_some_and(elsewhere) || input.key_pressed(Key::Escape)
        });
        if closes && !Popup::is_any_open(ui.ctx()) {
            self.sound_is_open = false;
        }
    }

    fn ruler(&mut self, ui: &mut Ui, player: &mut Player, place: &Place) {
        let looped = player.bars();
        let name = player.music().map_or_else(
            || "Position".to_owned(),
            |music| {
                let bar = music.parts.bar_in_words(place.bar).to_lowercase();
                if music.parts.of_bar(place.bar).is_none() {
                    return format!("Position, {bar}");
                }
                let part = music.parts.of_bar(place.bar).map_or_else(String::new, |part| {
                    let times = ["first time", "second time", "third time"];
                    let time = times.get(part.before).copied().unwrap_or("once more");
                    format!(", part {}, {time}", part.letter())
                });
                format!("Position, {bar} of {}{part}", music.parts.count)
            },
        );
        match self.ruler.ui(ui, player.music(), place, looped.as_ref(), &name) {
            Some(Wish::GoTo(bar)) => player.go_to(bar),
            Some(Wish::Loop(bars)) => player.set_loop(Some(bars)),
            None => {}
        }
    }
}

/// Places side by side on one line.
struct Row {
    x: f32,
    middle: f32,
}

impl Row {
    /// The next place to the right, and a gap behind it.
    fn after(&mut self, width: f32, height: f32, gap: f32) -> Rect {
        let rect = Rect::from_min_size(pos2(self.x, self.middle - height / 2.0), vec2(width, height));
        self.x += width + gap;
        rect
    }

    /// The next place to the left, as high as all controls, and a gap before it.
    fn before(&mut self, width: f32, gap: f32) -> Rect {
        self.x -= width;
        let rect = Rect::from_min_size(pos2(self.x, self.middle - 23.0), vec2(width, 46.0));
        self.x -= gap;
        rect
    }
}

/// Back, play, stop, loop; bar and time.
fn buttons(ui: &mut Ui, row: &mut Row, player: &mut Player, place: &Place, commands: &mut Vec<Command>) {
    let t = tokens(ui);
    let bar = player.music().map_or_else(String::new, |music| music.parts.bar_in_words(place.bar));
    let at = |ui: &mut Ui, rect: Rect, icon: Icon, name: &str, on: Option<bool>| {
        ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| icon_button(ui, icon, name, on)).inner
    };
    let has_music = player.has_music();
    // What plays can be stopped, even if the last note has been taken out of the text meanwhile.
    ui.add_enabled_ui(has_music || player.is_playing(), |ui| {
        let back = at(ui, row.after(30.0, 28.0, 8.0), Icon::SKIP_BACK, "Back to the start", None);
        if back.tip("Back to the start").clicked() {
            player.back_to_start();
        }
        let keys = Command::PlayOrPause.keys(ui.ctx()).unwrap_or_default();
        let (icon, name, tip) = if player.is_playing() {
            (Icon::PAUSE, "Pause".to_owned(), format!("Pause ({keys})"))
        } else {
            let from =
                player.music().map_or("the start".to_owned(), |music| music.parts.starting_words(place.bar));
            (Icon::PLAY, format!("Play from {from}"), format!("Play from {from} ({keys})"))
        };
        let play = play_button(ui, row.after(44.0, 44.0, 8.0), icon, &name);
        let trouble = player.music().and_then(|music| music.trouble);
        let off =
            trouble.map_or_else(|| "There is nothing to play yet.".to_owned(), |error| error.to_string());
        if play.tip(tip).tip_off(off).clicked() {
            commands.push(Command::PlayOrPause);
        }
        let stop = at(ui, row.after(30.0, 28.0, 4.0), Icon::STOP, "Stop", None);
        if stop.tip("Stop, and back to the start").clicked() {
            commands.push(Command::StopPlaying);
        }
        let looped = player.bars();
        let repeat = at(ui, row.after(30.0, 28.0, 16.0), Icon::REPEAT, "Loop", Some(looped.is_some()));
        let music = player.music();
        let tip = looped.as_ref().zip(music).map_or_else(
            || "Plays this part, or the bars you drag over on the ruler, again and again.".to_owned(),
            |(bars, music)| format!("Plays {} again and again.", music.parts.bars_in_words(bars)),
        );
        if repeat.tip(tip).clicked() {
            let part = player.music().and_then(|music| music.parts.of_bar(place.bar));
            let part = part.map(|part| part.bars.clone());
            player.set_loop(if looped.is_some() { None } else { part });
        }
    });
    let (colour, muted) = if has_music { (t.text, t.muted) } else { (t.disabled, t.disabled) };
    let read = row.after(92.0, 46.0, 0.0);
    let name = ui.painter().layout_no_wrap(bar, fonts::caslon(17.0), colour);
    ui.painter().galley(pos2(read.left(), read.center().y - 11.0 - name.size().y / 2.0), name, colour);
    let time = format!("{} of {}", clock(place.seconds), clock(place.length));
    told(ui, read, "time", &time);
    digits(ui, pos2(read.left(), read.center().y + 11.0), &time, fonts::words(12.5), muted);
}

/// Minutes and seconds.
fn clock(seconds: f64) -> String {
    let seconds = seconds.max(0.0) as u64;
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

/// Words whose digits have cells as wide as "0", so that time does not make them tremble.
fn digits(ui: &Ui, left_middle: Pos2, words: &str, font: FontId, colour: Color32) {
    let painter = ui.painter();
    let lay = |words: String| painter.layout_no_wrap(words, font.clone(), colour);
    let cell = lay("0".to_owned()).size().x;
    let mut x = left_middle.x;
    for letter in words.chars() {
        let galley = lay(letter.to_string());
        let width = if letter.is_ascii_digit() { cell } else { galley.size().x };
        let at = pos2(x + (width - galley.size().x) / 2.0, left_middle.y - galley.size().y / 2.0);
        painter.galley(at, galley, colour);
        x += width;
    }
}

/// Words that are painted, for those who hear the window.
fn told(ui: &Ui, place: Rect, salt: &str, words: &str) {
    let response = ui.interact(place, ui.scope_id().with(salt), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
}

fn play_button(ui: &mut Ui, rect: Rect, icon: Icon, name: &str) -> Response {
    let t = tokens(ui);
    let response = ui.interact(rect, ui.scope_id().with("play"), Sense::click());
    let enabled = ui.is_enabled();
    response.widget_info(|| WidgetInfo::labeled(Role::Button, enabled, name));
    let (fill, sign) = match enabled {
        false => (t.hover, t.disabled),
        true if response.hovered() => (t.accent_hover, t.on_accent),
        true => (t.accent, t.on_accent),
    };
    let mut painter = ui.painter().clone();
    painter.set_opacity(1.0);
    painter.circle_filled(rect.center(), 22.0, fill);
    painter.text(rect.center(), Align2::CENTER_CENTER, icon.sign, icon.font(22.0), sign);
    focus_ring(ui, &response, 22);
    response
}

/// The loop that is on, where there is room to say so.
fn looped(ui: &mut Ui, room: Range<f32>, middle: f32, player: &mut Player) {
    let (Some(bars), Some(music)) = (player.bars(), player.music()) else { return };
    let words = format!("Loop: {}", music.parts.bars_in_words(&bars));
    let numbers = music.parts.bars_in_numbers(&bars);
    let mut chip = Chip::new(&words, true).behind(Icon::CLOSE);
    if room.end - room.start < chip.width(ui) {
        chip = chip.short(&numbers);
    }
    let width = chip.width(ui);
    if room.end - room.start < width {
        return;
    }
    let rect = Rect::from_center_size(pos2(room.start + width / 2.0, middle), vec2(width, 24.0));
    ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
        if ui.add(chip).tip("Play on to the end").clicked() {
            player.set_loop(None);
        }
    });
}

/// A caption, and a control below it.
fn captioned(ui: &mut Ui, rect: Rect, caption: &str, control: impl FnOnce(&mut Ui)) {
    let t = tokens(ui);
    ui.painter().text(
        pos2(rect.left(), rect.top() + 7.0),
        Align2::LEFT_CENTER,
        caption,
        fonts::words(11.5),
        t.muted,
    );
    let below = Rect::from_min_max(pos2(rect.left(), rect.top() + 17.0), rect.max);
    ui.scope_builder(UiBuilder::new().max_rect(below), control);
}

fn instrument(ui: &mut Ui, width: f32, controls: &mut Controls) {
    let all = Player::leads();
    let entries: Vec<Entry> = all.iter().map(|instrument| Entry::new(instrument.name)).collect();
    let chosen = all.iter().position(|instrument| *instrument == controls.melody).unwrap_or(0);
    let (field, new) = combo(ui, "Instrument", width, chosen, &entries);
    field.tip("What plays the tune.");
    if let Some(instrument) = new.and_then(|new| all.get(new)) {
        controls.melody = instrument;
    }
}

fn backing(ui: &mut Ui, width: f32, controls: &mut Controls) {
    let all = Backing::all();
    let entries: Vec<Entry> = all.iter().map(|backing| Entry::new(backing.name())).collect();
    let chosen = all.iter().position(|backing| *backing == Backing::of(controls)).unwrap_or(0);
    let (field, new) = combo(ui, "Backing", width, chosen, &entries);
    field.tip("Chords or a drum behind the tune.");
    if let Some(backing) = new.and_then(|new| all.get(new)) {
        backing.set(controls);
    }
}

fn swing(ui: &mut Ui, width: f32, player: &mut Player) {
    let entries = Swing::ALL.map(|swing| Entry::new(swing.name()));
    let chosen = Swing::ALL.iter().position(|swing| *swing == player.swing).unwrap_or(0);
    let (field, new) = combo(ui, "Swing", width, chosen, &entries);
    field.tip("Long and short instead of even notes.");
    if let Some(swing) = new.and_then(|new| Swing::ALL.get(new)) {
        player.swing = *swing;
    }
}

fn transpose(ui: &mut Ui, width: f32, controls: &mut Controls) {
    let most = usize::from(MOST_TRANSPOSED.unsigned_abs());
    let value = usize::try_from(i16::from(controls.transpose) + i16::from(MOST_TRANSPOSED)).unwrap_or(most);
    let words = |value: usize| match value.cmp(&most) {
        Ordering::Less => format!("−{}", most - value),
        Ordering::Equal => "0".to_owned(),
        Ordering::Greater => format!("+{}", value - most),
    };
    let (field, new) = stepper(ui, "Transpose", "semitones", width, value, 0..=2 * most, words);
    field.tip("So many semitones higher or lower. The sheet stays as it is written.");
    if let Some(new) = new.and_then(|new| i8::try_from(new).ok()) {
        controls.transpose = new - MOST_TRANSPOSED;
    }
}

/// Metronome and count-in.
fn chips(ui: &mut Ui, row: &mut Row, player: &mut Player, controls: &mut Controls) {
    let place = row.before(if player.count_in { 194.0 } else { 174.0 }, GAP);
    let line = Rect::from_min_max(pos2(place.left(), place.bottom() - 25.0), place.max);
    ui.scope_builder(UiBuilder::new().max_rect(line), |ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().item_spacing.x = 6.0;
            switches(ui, player, controls);
        });
    });
}

fn switches(ui: &mut Ui, player: &mut Player, controls: &mut Controls) {
    let on = backing::has_metronome(controls);
    let metronome = ui.add(Chip::new("Metronome", on).before(Some(Icon::METRONOME)));
    if metronome.tip("Clicks every beat.").clicked() {
        backing::set_metronome(controls, !on);
    }
    let tick = player.count_in.then_some(Icon::CHECK);
    let count_in = ui.add(Chip::new("Count in", player.count_in).before(tick));
    if count_in.tip("Two bars of clicks before the tune.").clicked() {
        player.count_in = !player.count_in;
    }
}

/// What there is no room for in a narrow window.
fn popped_up(ui: &mut Ui, player: &mut Player, controls: &mut Controls, with_volume: bool) {
    let width = 180.0;
    let caption = |ui: &mut Ui, words: &str| {
        ui.label(RichText::new(words).font(fonts::words(11.5)).color(tokens(ui).muted));
    };
    ui.set_width(width);
    ui.spacing_mut().item_spacing.y = 4.0;
    caption(ui, "Backing");
    backing(ui, width, controls);
    caption(ui, "Swing");
    swing(ui, width, player);
    caption(ui, "Transpose");
    transpose(ui, width, controls);
    if with_volume {
        let (place, _) = ui.allocate_exact_size(vec2(width, 50.0), Sense::hover());
        volume(ui, place.with_max_y(place.bottom() - 6.0), controls);
    }
    ui.add_space(6.0);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = 6.0;
        switches(ui, player, controls);
    });
}

/// The tempo, in percent of the tune's own.
fn tempo(ui: &mut Ui, row: &mut Row, width: f32, beats: Option<f64>, controls: &mut Controls) {
    let place = row.before(width, GAP);
    let mut percent = (controls.tempo * 100.0).round();
    let changed = if percent == 100.0 { None } else { beats };
    let beats = changed.map_or_else(String::new, |beats| format!(", {} beats", beats.round()));
    let words = format!("{percent} %{beats}");
    let (low, high) = (Controls::TEMPO.0 * 100.0, Controls::TEMPO.1 * 100.0);
    // As far from the middle to half as to double the tempo.
    if slider(ui, place, "Tempo", &words, &mut percent, low..=high, true) {
        percent = 100.0;
    }
    controls.tempo = percent.round() / 100.0;
}

fn volume(ui: &mut Ui, place: Rect, controls: &mut Controls) {
    let usual = Volumes::default().master;
    let mut percent = f64::from(controls.volumes.master * 100.0).round();
    if slider(ui, place, "Volume", "", &mut percent, 0.0..=140.0, false) {
        percent = f64::from(usual * 100.0);
    }
    controls.volumes.master = percent.round() as f32 / 100.0;
}

/// A caption with words at its right, and a slider below them; whether it was clicked twice, which asks for the
/// usual value.
fn slider(
    ui: &mut Ui,
    place: Rect,
    name: &str,
    words: &str,
    value: &mut f64,
    range: RangeInclusive<f64>,
    logarithmic: bool,
) -> bool {
    let t = tokens(ui);
    let y = place.top() + 20.0;
    let font = fonts::words(11.5);
    ui.painter().text(pos2(place.left(), y), Align2::LEFT_CENTER, name, font.clone(), t.muted);
    ui.painter().text(pos2(place.right(), y), Align2::RIGHT_CENTER, words, font, t.muted);
    if !words.is_empty() {
        told(ui, Rect::from_x_y_ranges(place.x_range(), y - 8.0..=y + 8.0), name, words);
    }
    let groove = Rect::from_min_max(
        pos2(place.left(), place.bottom() - 14.0),
        pos2(place.right(), place.bottom() + 6.0),
    );
    ui.scope_builder(UiBuilder::new().max_rect(groove), |ui| {
        let visuals = &mut ui.style_mut().visuals;
        let widgets = &mut visuals.widgets;
        for state in [&mut widgets.inactive, &mut widgets.hovered, &mut widgets.active] {
            state.bg_fill = t.line;
            state.corner_radius = 2.into();
            state.fg_stroke = Stroke::NONE;
        }
        visuals.selection.bg_fill = t.accent;
        ui.spacing_mut().slider_width = groove.width();
        ui.spacing_mut().interact_size.y = 20.0;
        let (low, high) = (*range.start(), *range.end());
        let slider = Slider::new(value, range).step_by(1.0).show_value(false).trailing_fill(true);
        let slider = ui.add(slider.logarithmic(logarithmic)).accessible_name(name);
        let along =
            if logarithmic { (*value / low).ln() / (high / low).ln() } else { (*value - low) / (high - low) };
        let x = slider.rect.left() + 8.0 + (slider.rect.width() - 16.0) * along as f32;
        let centre = pos2(x, slider.rect.center().y);
        let fill = if slider.hovered() || slider.dragged() { t.hover } else { t.raised };
        ui.painter().circle_filled(centre + vec2(0.0, 1.0), 8.5, Color32::from_black_alpha(28));
        ui.painter().circle(centre, 8.0, fill, Stroke::new(1.0, t.accent));
        if slider.has_focus() {
            ui.painter().circle_stroke(centre, 11.0, Stroke::new(2.0, t.selection));
        }
        // A drag needs no click, so egui reports none for a slider: ask the pointer.
        let twice = ui.input(|i| i.pointer.button_double_clicked(PointerButton::Primary));
        twice && slider.contains_pointer()
    })
    .inner
}

/// How loud it is, left and right.
fn meter(ui: &mut Ui, row: &mut Row, levels: [f32; 2]) {
    let t = tokens(ui);
    let place = row.before(16.0, GAP);
    for (level, x) in levels.into_iter().zip([place.left(), place.left() + 10.0]) {
        let groove = Rect::from_min_max(pos2(x, place.top() + 16.0), pos2(x + 6.0, place.bottom()));
        ui.painter().rect_filled(groove, 2, t.line);
        // From 48 decibels below the most.
        let share = (1.0 + level.max(1e-6).log10() * 20.0 / 48.0).clamp(0.0, 1.0);
        if share > 0.0 {
            let top = groove.bottom() - groove.height() * share;
            ui.painter().rect_filled(groove.with_min_y(top), 2, t.success);
        }
    }
}
