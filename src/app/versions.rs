//! Chosen bars that are written anew: several versions, one of them in the tune, until one is kept or the old
//! bars are taken back.

use std::ops::RangeInclusive;
use std::sync::Arc;

use eframe::egui::Context;

use super::background::Background;
use super::page::Page;
use crate::compose::fresh_bars::Version;
use crate::compose::{ComposeError, FreshBars};
use crate::model::Network;

/// How many are written.
const COUNT: u64 = 5;

/// What the writing of bars came to.
type Outcome = Result<Vec<Version>, ComposeError>;

/// What there is to say once they are there.
#[derive(Debug)]
pub(super) enum News {
    /// The first of them is in the tune.
    Shown,
    /// All that came was the same again.
    Nothing,
    /// They could not be written.
    Failed(ComposeError),
}

/// The versions of some bars.
#[derive(Debug, Clone)]
pub(super) struct Versions {
    /// The places of the bars.
    bars: RangeInclusive<usize>,
    work: Background<Outcome>,
    /// As long as it is shared with the thread that writes, that goes on.
    #[expect(dead_code, reason = "that it is there is what it says")]
    wanted: Arc<()>,
    /// The tune with each; none as long as they are being written.
    texts: Vec<String>,
    chosen: usize,
    /// The page, and its version with the chosen one in it.
    page: (u64, u64),
}

impl Versions {
    /// Begins to write bars anew, which stand on the page in these places. What came of it at once is
    /// said at once.
    pub(super) fn begin(
        fresh: FreshBars,
        bars: RangeInclusive<usize>,
        network: Arc<Network>,
        (seed, temperature): (u64, f32),
        page: &Page,
        ctx: &Context,
    ) -> Self {
        let wanted = Arc::new(());
        let mut versions = Self {
            bars,
            work: Background::slow(),
            wanted: Arc::clone(&wanted),
            texts: Vec::new(),
            chosen: 0,
            page: (page.number(), page.version()),
        };
        // A job that is slow is never done at once.
        let _ = versions.work.run(ctx, move || {
            fresh.write(&network, seed, temperature, COUNT, &|| Arc::strong_count(&wanted) > 1)
        });
        versions
    }

    /// The places of the bars.
    pub(super) fn bars(&self) -> &RangeInclusive<usize> {
        &self.bars
    }

    /// How many there are; 0 as long as they are being written.
    pub(super) fn count(&self) -> usize {
        self.texts.len()
    }

    /// The one in the tune.
    pub(super) fn chosen(&self) -> usize {
        self.chosen
    }

    /// Whether the page is as they left it.
    pub(super) fn belong_to(&self, page: &Page) -> bool {
        self.page == (page.number(), page.version())
    }

    /// Takes in what was written and puts the first into the tune.
    pub(super) fn follow(&mut self, page: &mut Page) -> Option<News> {
        let outcome = self.work.poll()?;
        Some(match outcome {
            Err(error) => News::Failed(error),
            Ok(versions) if versions.is_empty() => News::Nothing,
            Ok(versions) => {
                self.texts = versions.into_iter().map(|version| version.text).collect();
                self.show(page);
                News::Shown
            }
        })
    }

    /// Puts another one into the tune.
    pub(super) fn choose(&mut self, version: usize, page: &mut Page) {
        if version < self.texts.len() && version != self.chosen && self.belong_to(page) {
            page.undo();
            self.chosen = version;
            self.show(page);
        }
    }

    /// Puts the old bars back.
    pub(super) fn take_back(&self, page: &mut Page) {
        if !self.texts.is_empty() && self.belong_to(page) {
            page.undo();
        }
    }

    fn show(&mut self, page: &mut Page) {
        if let Some(text) = self.texts.get(self.chosen) {
            page.rewrite(super::undo::Deed::Bars, text.clone());
        }
        self.page = (page.number(), page.version());
    }
}
