//! Wishes that are on or off: chips in the Compose panel, and more of them in a pop-over.

use eframe::egui::{Align, Layout, Popup, PopupCloseBehavior, Sense, Ui, UiBuilder, vec2};

use super::chip::{self, Chip};
use super::fonts::Icon;
use super::tip::Tip;
use super::widgets::form_label;
use crate::abc::grammar::Chords;
use crate::compose::{Instrument, Ornaments, Wishes};

/// From chip to chip.
const GAP: f32 = 6.0;
/// How wide the pop-over is.
const WIDTH: f32 = 390.0;
/// The names of its rows.
const LABEL: f32 = 76.0;

/// The wishes that have a chip.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Wished {
    /// What is wished for.
    pub(super) wishes: Wishes,
    /// The network writes without the grammar.
    pub(super) raw: bool,
}

/// One that is on or off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wish {
    Fits(Instrument),
    Chords(Chords),
    Ornaments(Ornaments),
    Repeats(bool),
    Endings(bool),
    Pickup(bool),
    InKey,
    EndsHome,
    Raw,
}

/// All wishes: of each row one at most is on. The first of the first two is always in sight.
const ROWS: [(&str, &[Wish]); 9] = [
    (
        "Instrument",
        &[
            Wish::Fits(Instrument::WhistleD),
            Wish::Fits(Instrument::Flute),
            Wish::Fits(Instrument::Pipes),
            Wish::Fits(Instrument::Fiddle),
            Wish::Fits(Instrument::Banjo),
            Wish::Fits(Instrument::Accordion),
        ],
    ),
    ("Chords", &[Wish::Chords(Chords::Always), Wish::Chords(Chords::Never)]),
    (
        "Ornaments",
        &[
            Wish::Ornaments(Ornaments::Light),
            Wish::Ornaments(Ornaments::Full),
            Wish::Ornaments(Ornaments::None),
        ],
    ),
    ("Repeats", &[Wish::Repeats(true), Wish::Repeats(false)]),
    ("Endings", &[Wish::Endings(true), Wish::Endings(false)]),
    ("Pickup", &[Wish::Pickup(true), Wish::Pickup(false)]),
    ("Notes", &[Wish::InKey]),
    ("Last note", &[Wish::EndsHome]),
    ("Rules", &[Wish::Raw]),
];

/// Rows whose first wish has a chip, whether it is on or not.
const PINNED: usize = 2;

impl Wish {
    fn words(self) -> &'static str {
        match self {
            Self::Fits(Instrument::WhistleD) => "Fits a whistle in D",
            Self::Fits(Instrument::Flute) => "Fits a flute",
            Self::Fits(Instrument::Pipes) => "Fits the pipes",
            Self::Fits(Instrument::Fiddle) => "Fits a fiddle",
            Self::Fits(Instrument::Banjo) => "Fits a banjo",
            Self::Fits(Instrument::Accordion) => "Fits an accordion",
            Self::Chords(Chords::Never) => "No chords",
            Self::Chords(_) => "Chords",
            Self::Ornaments(Ornaments::None) => "No ornaments",
            Self::Ornaments(Ornaments::Full) => "Many ornaments",
            Self::Ornaments(_) => "Ornaments",
            Self::Repeats(true) => "Every part twice",
            Self::Repeats(false) => "Every part once",
            Self::Endings(true) => "Two endings",
            Self::Endings(false) => "One ending",
            Self::Pickup(true) => "Pickup",
            Self::Pickup(false) => "No pickup",
            Self::InKey => "Only notes of the key",
            Self::EndsHome => "Ends at home",
            Self::Raw => "Without grammar",
        }
    }

    fn tip(self) -> &'static str {
        match self {
            Self::Fits(Instrument::WhistleD) => {
                "From the low D to the second B, without half-covered holes: the notes of D and G."
            }
            Self::Fits(Instrument::Flute) => "Two octaves, from the D above middle C.",
            Self::Fits(Instrument::Pipes) => "From the D above middle C to the second B.",
            Self::Fits(Instrument::Fiddle) => {
                "From the G below middle C to the second B: the first position."
            }
            Self::Fits(Instrument::Banjo) => "From the G below middle C to the second A.",
            Self::Fits(Instrument::Accordion) => "From the B below middle C to the third E.",
            Self::Chords(Chords::Never) => "No chord symbols stand over the notes.",
            Self::Chords(_) => {
                "Every part begins with a chord symbol, and more come where the harmony moves."
            }
            Self::Ornaments(Ornaments::None) => "No grace notes, rolls or trills are written.",
            Self::Ornaments(Ornaments::Full) => "Rolls, cuts and triplets wherever a player might add them.",
            Self::Ornaments(_) => "Rolls and cuts in every second place a player might add them.",
            Self::Repeats(true) => "Repeat signs at every part.",
            Self::Repeats(false) => "No part is played twice.",
            Self::Endings(true) => "Every part ends otherwise the second time.",
            Self::Endings(false) => "Every part ends the same way each time.",
            Self::Pickup(true) => "It begins with a note or two before the first bar.",
            Self::Pickup(false) => "It begins with a full bar.",
            Self::InKey => "No sharps, flats or naturals but those of the key.",
            Self::EndsHome => "The last note is the key's home note.",
            Self::Raw => "Whatever the network writes, faults and all: no wish is kept but key and metre.",
        }
    }

    fn is_on(self, of: &Wished) -> bool {
        let wishes = &of.wishes;
        match self {
            Self::Fits(instrument) => wishes.instrument == Some(instrument),
            Self::Chords(chords) => wishes.chords == chords,
            Self::Ornaments(ornaments) => wishes.ornaments == ornaments,
            Self::Repeats(wish) => wishes.repeats == Some(wish),
            Self::Endings(wish) => wishes.endings == Some(wish),
            Self::Pickup(wish) => wishes.pickup == Some(wish),
            Self::InKey => wishes.in_key,
            Self::EndsHome => wishes.ends_home,
            Self::Raw => of.raw,
        }
    }

    /// Puts it on, or leaves open what it is about.
    fn set(self, of: &mut Wished, on: bool) {
        let wishes = &mut of.wishes;
        match self {
            Self::Fits(instrument) => wishes.instrument = on.then_some(instrument),
            Self::Chords(chords) => wishes.chords = if on { chords } else { Chords::Any },
            Self::Ornaments(ornaments) => {
                wishes.ornaments = if on { ornaments } else { Ornaments::Any };
            }
            Self::Repeats(wish) => wishes.repeats = on.then_some(wish),
            Self::Endings(wish) => wishes.endings = on.then_some(wish),
            Self::Pickup(wish) => wishes.pickup = on.then_some(wish),
            Self::InKey => wishes.in_key = on,
            Self::EndsHome => wishes.ends_home = on,
            Self::Raw => of.raw = on,
        }
    }
}

/// Draws the chips: those that are always there, those that are on, and the one for more.
pub(super) fn ui(ui: &mut Ui, wished: &mut Wished) {
    // Rows are no higher than chips.
    let usual = std::mem::replace(&mut ui.spacing_mut().interact_size.y, chip::HEIGHT);
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(GAP, GAP);
        for (row, (_, wishes)) in ROWS.iter().enumerate() {
            let on = wishes.iter().copied().find(|wish| wish.is_on(wished));
            let pinned = wishes.first().copied().filter(|_| row < PINNED);
            if let Some(wish) = on.or(pinned) {
                switch(ui, wish, wished);
            }
        }
        let more = ui.add(Chip::new("More wishes", false).before(Some(Icon::PLUS)).known_by_name());
        let menu = Popup::menu(&more).close_behavior(PopupCloseBehavior::CloseOnClickOutside);
        menu.width(WIDTH).gap(4.0).show(|ui| popped_up(ui, wished));
        more.tip("Instruments, ornaments, repeats, endings, pickup, the last note.");
    });
    ui.spacing_mut().interact_size.y = usual;
}

/// The wishes that have no chip of their own, a row for what they are about.
fn popped_up(ui: &mut Ui, wished: &mut Wished) {
    ui.set_width(WIDTH);
    ui.spacing_mut().item_spacing = vec2(GAP, GAP);
    ui.spacing_mut().interact_size.y = chip::HEIGHT;
    for (row, (name, wishes)) in ROWS.iter().enumerate() {
        ui.horizontal_top(|ui| {
            let (label, _) = ui.allocate_exact_size(vec2(LABEL, chip::HEIGHT), Sense::hover());
            let left = UiBuilder::new().max_rect(label).layout(Layout::left_to_right(Align::Center));
            form_label(&mut ui.new_child(left), name);
            ui.horizontal_wrapped(|ui| {
                wishes.iter().skip(usize::from(row < PINNED)).for_each(|wish| switch(ui, *wish, wished));
            });
        });
    }
}

fn switch(ui: &mut Ui, wish: Wish, wished: &mut Wished) {
    let on = wish.is_on(wished);
    let chip = Chip::new(wish.words(), on).before(on.then_some(Icon::CHECK)).known_by_name();
    if ui.add(chip).tip(wish.tip()).clicked() {
        wish.set(wished, !on);
    }
}
