//! A row of the history: a tune with its first bars, a day, or a file that cannot be read.

use eframe::egui::{
    Align2, FontId, Id, Key, Margin, Modifiers, Painter, Popup, Pos2, Rect, Response, Role, Sense, TextEdit,
    Ui, UiBuilder, WidgetInfo, pos2, vec2,
};

use super::fonts::{self, Icon};
use super::history_rows::Row;
use super::incipit::Incipits;
use super::theme::tokens;
use super::tip::Tip;
use super::widgets::{Push, Weight, field_frame, finish_field, focus_ring};
use crate::library::{Damaged, Entry, marks};
use crate::perform::TuneType;

/// Between the panel's edge and what stands in a row.
const SIDE: f32 = 16.0;

/// What is typed into a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Edit {
    /// The file of the row.
    pub(super) file: String,
    /// The title, else the tags.
    pub(super) title: bool,
    /// As far as it is typed.
    pub(super) text: String,
    /// It has had the keyboard.
    pub(super) begun: bool,
}

/// What is asked of a row's tune.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Put it on the stand.
    Open,
    /// Put it on the stand and play it.
    Play,
    /// Make it a favourite, or no longer.
    Favourite,
    /// Type another title.
    EditTitle,
    /// Type its tags.
    EditTags,
    /// This is its title.
    Title(String),
    /// These are its tags.
    Tags(Vec<String>),
    /// Nothing is typed after all.
    Leave,
    /// See it beside the tune on the stand.
    Compare,
    /// Compose another with the same wishes.
    ComposeLike,
    /// Make a copy.
    Duplicate,
    /// Away with it.
    Delete,
    /// Show or hide the others of its composing.
    Unfold,
    /// Choose it beside others, or no longer.
    Choose,
    /// Choose all up to it.
    Reach,
}

/// How a row stands.
#[derive(Debug)]
pub(super) struct State<'a> {
    /// It is on the stand.
    pub(super) on_stand: bool,
    /// It is played.
    pub(super) sounds: bool,
    /// It is chosen, perhaps with others.
    pub(super) chosen: bool,
    /// No row is chosen: the one on the stand stands for itself.
    pub(super) alone: bool,
    /// The keyboard would come to it.
    pub(super) current: bool,
    /// What is typed into it, if anything.
    pub(super) edit: Option<&'a mut Edit>,
}

/// What egui knows a tune's row by.
pub(super) fn id(file: &str) -> Id {
    Id::unique(("history row", file))
}

/// What a tune is called for those who cannot see it.
pub(super) fn name(entry: &Entry) -> String {
    let key = entry.key.in_words();
    let about = match (entry.kind, key.as_str()) {
        (TuneType::Other, "") => String::new(),
        (TuneType::Other, key) => format!(", in {key}"),
        (kind, "") => format!(", {}", kind.name()),
        (kind, key) => format!(", {} in {key}", kind.name()),
    };
    let favourite = if entry.marks.favourite { ", favourite" } else { "" };
    let unsaved = if entry.saved { "" } else { ", not saved yet" };
    format!("{}{about}{favourite}{unsaved}", entry.title)
}

/// "Slip jig, E Dorian, for the band"
pub(super) fn about(entry: &Entry) -> String {
    let mut about: Vec<String> = [entry.kind.in_words().to_owned(), entry.key.in_words()].into();
    about.retain(|part| !part.is_empty());
    about.extend(entry.marks.tags.iter().cloned());
    if !entry.saved {
        about.push("not saved yet".to_owned());
    }
    about.join(", ")
}

/// Draws a tune's row; what is asked of it.
pub(super) fn tune(
    ui: &mut Ui,
    row: &Row,
    place: Rect,
    state: State<'_>,
    incipits: &mut Incipits,
) -> Option<Wanted> {
    let Row::Tune { entry, time, more, unfolded } = row else { return None };
    let t = tokens(ui);
    let sense = if state.current { Sense::click() } else { Sense::CLICK };
    let response = ui.interact(place, id(&entry.file), sense);
    let selected = state.chosen || state.alone && state.on_stand;
    response.widget_info(|| {
        let sounds = if state.sounds { ", playing" } else { "" };
        let name = format!("{}{sounds}, {time}", name(entry));
        WidgetInfo::labeled(Role::ListItem, true, name)
    });
    ui.ctx().accesskit_node_builder(response.id, |node| node.set_selected(selected));
    let pointed = ui.rect_contains_pointer(place);
    if state.chosen {
        ui.painter().rect_filled(place, 0, t.sel_soft);
    } else if state.on_stand {
        ui.painter().rect_filled(place, 0, t.accent_soft);
    } else if pointed {
        ui.painter().rect_filled(place, 0, t.row_hover);
    }
    if state.on_stand || state.chosen {
        let edge = if state.on_stand { t.accent } else { t.selection };
        ui.painter().rect_filled(place.with_max_x(place.left() + 3.0), 0, edge);
    }
    let inner = place.shrink2(vec2(SIDE, 6.0));
    let mut wanted = wanted_by(ui, &response);
    let busy = pointed || (state.current && focused_within(ui, &entry.file));
    let signs = signs(entry, busy, state.sounds, inner);
    let title = inner.with_max_y(inner.top() + 20.0).with_max_x(signs.left() - 4.0);
    if state.sounds {
        sign(ui.painter(), signs.left_center() + vec2(8.0, 0.0), Icon::SPEAKER, t.playhead);
    }
    let meta = inner.with_min_y(inner.bottom() - 16.0);
    match state.edit {
        Some(edit) if edit.title => {
            wanted = type_in(ui, title.with_max_x(inner.right()), edit, "Title").or(wanted)
        }
        Some(edit) => {
            line(ui.painter(), title, &entry.title, fonts::caslon(14.0), t.text);
            wanted =
                type_in(ui, meta.expand2(vec2(0.0, 4.0)), edit, "Tags, with commas between them").or(wanted);
        }
        None => {
            line(ui.painter(), title, &entry.title, fonts::caslon(14.0), t.text);
            wanted = star_and_more(ui, entry, inner, busy, state.current).or(wanted);
        }
    }
    let music = Rect::from_min_max(pos2(inner.left(), inner.top() + 20.0), pos2(inner.right(), meta.top()));
    incipits.paint(ui.painter(), entry, music, t);
    let about = about(entry);
    let small = || fonts::words(12.5);
    let right =
        ui.painter().text(pos2(meta.right(), meta.center().y), Align2::RIGHT_CENTER, time, small(), t.muted);
    let mut until = right.left() - 8.0;
    if *more > 0 {
        let words = if *unfolded { "and fewer".to_owned() } else { format!("and {more} more") };
        let galley = ui.painter().layout_no_wrap(words.clone(), small(), t.accent);
        let spot = Rect::from_min_max(pos2(until - galley.size().x, meta.top()), pos2(until, meta.bottom()));
        let sense = if state.current { Sense::click() } else { Sense::CLICK };
        let others = ui.interact(spot, id(&entry.file).with("others"), sense);
        others.widget_info(|| WidgetInfo::labeled(Role::Button, true, &words));
        ui.painter().galley(spot.min, galley, t.accent);
        focus_ring(ui, &others, 3);
        if others.clicked() {
            wanted = Some(Wanted::Unfold);
        }
        until = spot.left() - 8.0;
    }
    line(ui.painter(), meta.with_max_x(until), &about, small(), t.muted);
    focus_ring(ui, &response.with_new_rect(place.shrink(3.0)), 4);
    wanted
}

/// The room of the signs beside the title, from the speaker on.
fn signs(entry: &Entry, busy: bool, sounds: bool, inner: Rect) -> Rect {
    let star = if entry.marks.favourite || busy { 25.0 } else { 0.0 };
    let others = star + if busy { 19.0 } else { 0.0 };
    let width = others + if sounds { 16.0 } else { 0.0 } + if sounds && others > 0.0 { 6.0 } else { 0.0 };
    inner.with_max_y(inner.top() + 20.0).with_min_x(inner.right() - width)
}

/// Words in their place, cut where it ends.
pub(super) fn line(painter: &Painter, place: Rect, words: &str, font: FontId, colour: eframe::egui::Color32) {
    let mut job = eframe::egui::text::LayoutJob::simple_singleline(words.to_owned(), font, colour);
    job.wrap = eframe::egui::text::TextWrapping::truncate_at_width(place.width().max(0.0));
    let galley = painter.layout_job(job);
    painter.galley(pos2(place.left(), place.center().y - galley.size().y / 2.0), galley, colour);
}

/// What the pointer and the keys say.
fn wanted_by(ui: &Ui, response: &Response) -> Option<Wanted> {
    if response.clicked() {
        response.request_focus();
        let held = ui.input(|input| input.modifiers);
        // A click on another row just before makes it the third.
        return Some(match response.double_clicked() || response.triple_clicked() {
            _ if held.command => Wanted::Choose,
            _ if held.shift => Wanted::Reach,
            true => Wanted::Play,
            false => Wanted::Open,
        });
    }
    if !response.has_focus() {
        return None;
    }
    ui.input_mut(|input| {
        [(Key::F2, Wanted::EditTitle), (Key::Delete, Wanted::Delete), (Key::S, Wanted::Favourite)]
            .into_iter()
            .find_map(|(key, wanted)| input.consume_key(Modifiers::NONE, key).then_some(wanted))
    })
}

/// Whether the keyboard is on the row or its buttons, or its menu is open.
fn focused_within(ui: &Ui, file: &str) -> bool {
    let focused = ui.memory(|memory| memory.focused());
    let own = [id(file), id(file).with("star"), id(file).with("more"), id(file).with("others")];
    focused.is_some_and(|focused| own.contains(&focused))
}

fn star_and_more(ui: &mut Ui, entry: &Entry, inner: Rect, busy: bool, current: bool) -> Option<Wanted> {
    let t = tokens(ui);
    let mut wanted = None;
    let spot = |x: f32| Rect::from_center_size(pos2(x, inner.top() + 10.0), vec2(22.0, 22.0));
    let (star, more) = (spot(inner.right() - if busy { 33.0 } else { 8.0 }), spot(inner.right() - 8.0));
    let sense = if current { Sense::click() } else { Sense::CLICK };
    let button = |ui: &Ui, spot: Rect, part: &str, name: &str, on: Option<bool>| {
        let response = ui.interact(spot, id(&entry.file).with(part), sense);
        response.widget_info(|| match on {
            Some(on) => WidgetInfo::selected(Role::Button, true, on, name),
            None => WidgetInfo::labeled(Role::Button, true, name),
        });
        if response.hovered() {
            ui.painter().rect_filled(spot, 6, t.hover);
        }
        focus_ring(ui, &response.clone().with_new_rect(spot.shrink(2.0)), 4);
        response
    };
    let favourite = entry.marks.favourite;
    if favourite || busy {
        let name = format!("Favourite: {}", entry.title);
        let response = button(ui, star, "star", &name, Some(favourite));
        let (icon, colour) = if favourite { (Icon::STAR_ON, t.playhead) } else { (Icon::STAR, t.muted) };
        sign(ui.painter(), star.center(), icon, colour);
        if response.tip("Favourite (S)").clicked() {
            wanted = Some(Wanted::Favourite);
        }
    }
    let menu = id(&entry.file).with("more");
    if busy || Popup::is_any_open(ui.ctx()) {
        let response = button(ui, more, "more", &format!("More: {}", entry.title), None);
        if busy {
            sign(ui.painter(), more.center(), Icon::MORE, t.muted);
        }
        Popup::menu(&response).id(menu.with("menu")).gap(2.0).show(|ui| {
            ui.set_width(190.0);
            ui.spacing_mut().item_spacing.y = 0.0;
            let mut lines = vec![
                ("Play", Wanted::Play),
                ("Rename", Wanted::EditTitle),
                ("Tags", Wanted::EditTags),
                ("Compare", Wanted::Compare),
            ];
            if entry.request().is_some() {
                lines.push(("Compose another like this", Wanted::ComposeLike));
            }
            lines.extend([("Duplicate", Wanted::Duplicate), ("Delete", Wanted::Delete)]);
            for (words, what) in lines {
                if ui.add(Push::new(Weight::Quiet, words).wide()).clicked() {
                    wanted = Some(what);
                }
            }
        });
    }
    wanted
}

/// A sign around a place.
pub(super) fn sign(painter: &Painter, at: Pos2, icon: Icon, colour: eframe::egui::Color32) {
    painter.text(at, Align2::CENTER_CENTER, icon.sign, icon.font(16.0), colour);
}

/// A field in the row: Enter keeps what is typed, Esc leaves it.
fn type_in(ui: &mut Ui, place: Rect, edit: &mut Edit, name: &str) -> Option<Wanted> {
    let mut text = std::mem::take(&mut edit.text);
    let field = ui.scope_builder(UiBuilder::new().max_rect(place), |ui| {
        let field = TextEdit::singleline(&mut text)
            .id(id(&edit.file).with("field"))
            .hint_text(name)
            .font(if edit.title { fonts::caslon(14.0) } else { fonts::words(12.5) })
            .frame(field_frame(ui, Margin::symmetric(6, 2)))
            .desired_width(place.width());
        ui.add(field)
    });
    let field = field.inner;
    ui.ctx().accesskit_node_builder(field.id, |node| node.set_label(name));
    finish_field(ui, &field, false);
    edit.text = text;
    if !edit.begun {
        edit.begun = true;
        field.request_focus();
        return None;
    }
    if !field.lost_focus() {
        return None;
    }
    if ui.input(|input| input.key_pressed(Key::Escape)) {
        return Some(Wanted::Leave);
    }
    Some(match edit.title {
        true if edit.text.trim().is_empty() => Wanted::Leave,
        true => Wanted::Title(edit.text.trim().to_owned()),
        false => Wanted::Tags(marks::tags(&edit.text)),
    })
}

/// Draws a day's caption.
pub(super) fn day(ui: &Ui, words: &str, place: Rect) {
    let t = tokens(ui);
    let response = ui.interact(place, Id::unique(("history day", words)), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words));
    let at = pos2(place.left() + SIDE, place.center().y);
    ui.painter().text(at, Align2::LEFT_CENTER, words, fonts::caslon_italic(14.0), t.muted);
}

/// Draws a file that cannot be read; whether it is to be shown in its folder.
pub(super) fn damaged(ui: &mut Ui, damaged: &Damaged, place: Rect) -> bool {
    let t = tokens(ui);
    let words = format!("“{}” cannot be read. It is kept as it is.", damaged.file);
    let response = ui.interact(place, Id::unique(("damaged", &damaged.file)), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("{words} Show in folder")));
    ui.painter().rect_filled(place, 0, t.err_soft);
    sign(ui.painter(), pos2(place.left() + SIDE + 8.0, place.top() + 17.0), Icon::ERROR, t.error);
    let width = place.width() - 2.0 * SIDE - 26.0;
    let galley = ui.painter().layout(words, fonts::words(13.0), t.error, width);
    ui.painter().galley(pos2(place.left() + SIDE + 26.0, place.top() + 8.0), galley, t.error);
    focus_ring(ui, &response.clone().with_new_rect(place.shrink(3.0)), 4);
    response.tip(format!("{}. Show in folder.", damaged.reason)).clicked()
}
