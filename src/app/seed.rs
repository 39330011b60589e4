//! The random seed as the musician sees it: digits in threes, a dice, a lock.

use std::hash::{BuildHasher, Hasher, RandomState};

use eframe::egui::{Margin, TextEdit, Ui};

use super::fonts::{self, Icon};
use super::tip::Tip;
use super::widgets::{field_frame, finish_field, icon_button};

/// The lock and the dice, and the gaps before them.
const ICONS_WIDTH: f32 = 2.0 * (30.0 + 2.0);

/// The seed of the next tune.
#[derive(Debug, Clone)]
pub(super) struct Seed {
    text: String,
    locked: bool,
    /// A tune was written from it, so that the next one takes a new seed unless it is locked.
    used: bool,
}

impl Default for Seed {
    fn default() -> Self {
        Self { text: in_threes(fresh()), locked: false, used: false }
    }
}

impl Seed {
    /// The seed as it stands, or `None` if what was typed is no whole number.
    pub(super) fn value(&self) -> Option<u64> {
        let digits: String = self.text.chars().filter(|c| !c.is_whitespace()).collect();
        // `parse` alone would take a plus sign.
        if digits.bytes().all(|b| b.is_ascii_digit()) { digits.parse().ok() } else { None }
    }

    /// The seed for a tune: a new one if the last was used and is not locked.
    pub(super) fn take(&mut self) -> Option<u64> {
        if self.used && !self.locked {
            self.roll();
        }
        self.used = true;
        self.value()
    }

    /// The last [`Seed::take`] came to no tune: the seed is as good as new.
    pub(super) fn give_back(&mut self) {
        self.used = false;
    }

    fn roll(&mut self) {
        self.text = in_threes(fresh());
        self.used = false;
    }

    /// The field, the lock and the dice.
    pub(super) fn ui(&mut self, ui: &mut Ui) {
        let wrong = self.value().is_none();
        let edit = TextEdit::singleline(&mut self.text)
            .id_salt("seed")
            .char_limit(27)
            .font(fonts::words(14.0))
            .frame(field_frame(ui, Margin::symmetric(8, 4)))
            .desired_width(ui.available_width() - ICONS_WIDTH)
            .min_size(eframe::egui::vec2(0.0, 28.0));
        let field = ui.add(edit).accessible_name("Seed");
        finish_field(ui, &field, wrong);
        if field.changed() {
            self.used = false;
        }
        if field.lost_focus()
            && let Some(value) = self.value()
        {
            self.text = in_threes(value);
        }
        field.tip("The same seed and the same wishes give the same tune again.");
        let lock = if self.locked { Icon::LOCK } else { Icon::LOCK_OPEN };
        let lock = icon_button(ui, lock, "Keep this seed", Some(self.locked));
        if lock.tip("Keep this seed for the next tunes.").clicked() {
            self.locked = !self.locked;
        }
        let dice = icon_button(ui, Icon::DICE, "New seed", None);
        if dice.tip("Take a new seed.").clicked() {
            self.roll();
        }
    }
}

/// Nine digits that nobody chose.
pub(super) fn fresh() -> u64 {
    // The standard library seeds each of these from the system's randomness.
    RandomState::new().build_hasher().finish() % 900_000_000 + 100_000_000
}

/// 482913077 as "482 913 077".
pub(super) fn in_threes(value: u64) -> String {
    let digits = value.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(' ');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digits_stand_in_threes_and_are_read_again() {
        for (value, text) in [(0, "0"), (999, "999"), (1000, "1 000"), (482_913_077, "482 913 077")] {
            assert_eq!(in_threes(value), text);
            let seed = Seed { text: text.to_owned(), ..Seed::default() };
            assert_eq!(seed.value(), Some(value));
        }
        for text in ["", "x", "-1", "+1", "1.5", "99999999999999999999"] {
            let seed = Seed { text: text.to_owned(), ..Seed::default() };
            assert_eq!(seed.value(), None, "{text:?}");
        }
    }

    #[test]
    fn a_used_seed_gives_way_to_a_new_one_unless_locked() {
        let mut seed = Seed::default();
        let first = seed.take();
        assert_eq!(first, seed.value(), "the seed of the tune stays in sight");
        assert_ne!(seed.take(), first);
        let spoilt = seed.take();
        seed.give_back();
        assert_eq!(seed.take(), spoilt, "a seed that came to nothing is tried again");
        seed.locked = true;
        let kept = seed.take();
        assert_eq!(seed.take(), kept);
    }
}
