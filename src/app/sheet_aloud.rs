//! The sheet for those who hear it: a group for each bar, and in it the notes by name.

use eframe::egui::accesskit::Role as Node;
use eframe::egui::{Response, Role, Sense, Ui, UiBuilder, WidgetInfo};

use super::engraving::Engraving;
use super::notes::Notes;
use super::sheet_painter::Placement;
use super::words;
use crate::abc::Span;

/// Adds what a screen reader finds below the sheet; `note` is the one the keys are on. Nothing is done
/// where none listens.
pub(super) fn tell(
    ui: &mut Ui,
    sheet_of_music: &Response,
    engraving: &Engraving,
    place: Placement,
    notes: &Notes,
    note: Option<Span>,
) {
    if !ui.ctx().has_accesskit_node(sheet_of_music.id) {
        return;
    }
    for (number, bar) in notes.bars().iter().enumerate() {
        let rows = engraving.rows(notes, &(number..=number));
        let Some(extent) = rows.first().map(|row| place.rect(*row)) else { continue };
        let group = UiBuilder::new()
            .id_salt(("bar", number))
            .max_rect(extent)
            .accessibility_parent(sheet_of_music.id)
            .accessibility_role(Node::Group)
            .accessibility_label(words::bar(bar));
        let group = ui.new_child(group);
        for own in notes.all().iter().filter(|own| own.bar == number) {
            let rect = engraving.sheet().place_of(own.span).map_or(extent, |it| place.rect(it));
            let id = sheet_of_music.id.with(own.span.start);
            let response = group.interact(rect, id, Sense::hover());
            response.widget_info(|| WidgetInfo::labeled(Role::Label, true, words::aloud(own)));
            if Some(own.span) == note {
                let words = words::note_in_bar(own, notes);
                ui.ctx().accesskit_node_builder(sheet_of_music.id, |node| {
                    node.set_value(words);
                    node.set_active_descendant(id.accesskit_id());
                });
            }
        }
    }
}
