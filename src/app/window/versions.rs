//! The window's part in rewriting bars.

use eframe::egui::Context;

use super::Window;
use crate::abc::Span;
use crate::app::composing::sentence;
use crate::app::notice::{Notice, Severity};
use crate::app::seed::fresh;
use crate::app::versions::{News, Versions};
use crate::compose::FreshBars;

impl Window {
    /// Has the chosen bars, whose bytes these are, written anew.
    pub(super) fn rewrite_bars(&mut self, span: Span, ctx: &Context) {
        let stand = &mut self.desk.stand;
        let Some(ready) = self.composing.ready().filter(|_| !self.composing.is_writing()) else { return };
        let Some(bars) = stand.sheet.chosen_places() else { return };
        let wishes = stand.page.request().map(|request| request.wishes).unwrap_or_default();
        match FreshBars::of(stand.page.text(), span, &wishes, &ready.vocabulary) {
            Ok(new) => {
                let manner = (fresh(), self.compose.temperature());
                let network = std::sync::Arc::clone(&ready.network);
                stand.notice = None;
                stand.versions = Some(Versions::begin(new, bars, network, manner, &stand.page, ctx));
            }
            Err(error) => {
                let words = format!("These bars cannot be rewritten: {error}.");
                stand.notice = Some(Notice::new(Severity::Error, words));
            }
        }
    }

    /// Takes in what was written, and drops the versions once somebody went on to something else.
    pub(super) fn follow_versions(&mut self) {
        let stand = &mut self.desk.stand;
        let Some(versions) = &mut stand.versions else { return };
        let others = stand.sheet.chosen_places().as_ref() != Some(versions.bars());
        if others || !versions.belong_to(&stand.page) {
            stand.versions = None;
            return;
        }
        let notice = match versions.follow(&mut stand.page) {
            None | Some(News::Shown) => return,
            Some(News::Nothing) => {
                "Nothing else came of these bars. Try again, or let the tune be more daring.".to_owned()
            }
            Some(News::Failed(error)) => sentence(&error.to_string()),
        };
        stand.versions = None;
        stand.notice = Some(Notice::new(Severity::Error, notice));
    }

    /// Puts another version into the tune.
    pub(super) fn choose_version(&mut self, version: usize) {
        let stand = &mut self.desk.stand;
        if let Some(versions) = &mut stand.versions {
            versions.choose(version, &mut stand.page);
        }
    }

    /// Puts the old bars back.
    pub(super) fn take_bars_back(&mut self) {
        let stand = &mut self.desk.stand;
        if let Some(versions) = stand.versions.take() {
            versions.take_back(&mut stand.page);
        }
    }
}
