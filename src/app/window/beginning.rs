//! The window's part in composing: orders are given, and what stands in their way is said with a way on.

use super::Window;
use crate::abc::Span;
use crate::app::command::Command;
use crate::app::compose_panel::Order;
use crate::app::composing::Refusal;
use crate::app::notice::{Notice, Severity};
use crate::compose::{Start, WishError};

/// What tunes were to begin with, and could not.
#[derive(Debug, Clone)]
pub(super) struct Spoilt {
    /// It is in the editor, not in the notes of the form.
    in_editor: bool,
    /// The bytes to blame.
    place: Span,
}

impl Window {
    /// Has tunes composed as the form asks for.
    pub(super) fn begin(&mut self) {
        self.begin_as(|_| ());
    }

    /// The same with the order changed.
    pub(super) fn begin_as(&mut self, change: impl FnOnce(&mut Order)) {
        if self.is_writing() || self.composing.obstacle().is_some() {
            return;
        }
        let Some(mut order) = self.compose.order(self.desk.stand.page.text()) else { return };
        change(&mut order);
        self.desk.stand.notice = None;
        self.start_is_wrong = false;
        let start = order.start.clone();
        if let Err(refusal) = self.composing.begin(order, &mut self.desk.stand.page) {
            self.compose.give_back_seed();
            self.refuse(&start, refusal);
        }
    }

    /// Says why tunes cannot begin so, and offers what can be done about it.
    fn refuse(&mut self, start: &Start, Refusal { error, place }: Refusal) {
        let outside = matches!(error, WishError::Outside { .. });
        self.start_is_wrong =
            matches!(start, Start::Notes(_)) && (outside || matches!(error, WishError::Notes(_)));
        let place = place.filter(|_| outside);
        let notice = match (start, place) {
            (Start::Notes(text), Some(place)) => {
                Notice::new(Severity::Error, outside_words("these notes", text, place))
            }
            (Start::Tune(text), Some(place)) => {
                Notice::new(Severity::Error, outside_words("this tune", text, place))
            }
            _ => Notice::new(Severity::Error, error.to_string()),
        };
        self.spoilt = place.map(|place| Spoilt { in_editor: matches!(start, Start::Tune(_)), place });
        let notice = if place.is_some() { notice.remedy("Mend it", Command::MendStart) } else { notice };
        self.desk.stand.notice = Some(if outside {
            notice
                .remedy("Go on from the last good bar", Command::ComposeFromGoodBar)
                .remedy("Compose without grammar", Command::ComposeRaw)
        } else {
            notice
        });
    }

    /// Puts the keyboard where what tunes are to begin with is to be mended.
    pub(super) fn mend_start(&mut self) {
        match self.spoilt.take() {
            Some(Spoilt { in_editor: true, place }) => self.desk.abc.go_to(place),
            Some(Spoilt { in_editor: false, place }) => self.compose.go_to_notes(place),
            None => {}
        }
        self.desk.stand.notice = None;
    }
}

/// Where a text leaves what composed tunes are made of.
fn outside_words(what: &str, text: &str, place: Span) -> String {
    let before = text.get(..place.start as usize).unwrap_or_default();
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    let found = place.of(text);
    format!("Composed tunes have no “{found}”, which stands in line {line} of {what}, at letter {column}.")
}
