//! From an order to tunes on the stand: the model, what it is writing, and what came of it.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::time::Duration;

use eframe::egui::Context;

use super::candidates::{Candidates, Report};
use super::command::Command;
use super::compose_panel::Order;
use super::engine::{Engine, OpenError, Ready};
use super::notice::{Notice, Severity};
use super::opening;
use super::page::Page;
use super::titles::Titles;
use crate::abc::Span;
use crate::compose::request::MOST_CHARACTERS;
use crate::compose::{ComposeError, Event, Plan, Request, Start, WishError};
use crate::model::DeviceName;
use crate::settings::{ModelFileError, ModelSource};

/// Why a tune can be neither copied nor saved.
pub(super) const NO_TUNE: &str = "There is no tune yet.";

/// The model and the tunes of the last order.
#[derive(Debug)]
pub(super) struct Composing {
    engine: Engine,
    /// The model to use, and where it is to run.
    source: ModelSource,
    device: DeviceName,
    candidates: Candidates,
    titles: Titles,
    /// How many pages there have been.
    pages: u64,
    /// The page that was on the stand before those being written, in case they come to nothing.
    before: Option<Page>,
    /// The tunes that are being written were cancelled.
    cancelled: bool,
    /// Why the last tune that failed did.
    last_failure: Option<ComposeError>,
}

impl Composing {
    /// Begins to open the model; tunes are counted on from `titles`.
    pub(super) fn new(source: ModelSource, titles: BTreeMap<String, u64>, ctx: &Context) -> Self {
        Self {
            engine: Engine::open(source.clone(), DeviceName::Auto, ctx),
            source,
            device: DeviceName::Auto,
            candidates: Candidates::default(),
            titles: Titles::new(titles),
            pages: 0,
            before: None,
            cancelled: false,
            last_failure: None,
        }
    }

    /// Puts a tune on the page, unless one is being written.
    pub(super) fn open(&mut self, text: String, page: &mut Page) {
        if !self.is_writing() {
            self.pages += 1;
            *page = page.opened(self.pages, text);
            self.candidates = Candidates::default();
        }
    }

    /// Takes in what the threads have to say; what is to be said about it.
    pub(super) fn listen(&mut self, page: &mut Page, ctx: &Context) -> Option<Notice> {
        if let Err(error) = self.engine.poll(ctx) {
            let notice = Notice::new(Severity::Error, no_model(&error));
            let notice = notice.remedy("Try again", Command::ReopenModel);
            return Some(notice.remedy("Choose a file", Command::ChooseModel));
        }
        let mut notice = None;
        for (request, event) in self.engine.ready()?.worker.poll() {
            // What was replaced by a later request has no place any more.
            if request == self.candidates.request() {
                notice = self.take(event, page).or(notice);
            }
        }
        notice
    }

    fn take(&mut self, event: Event, page: &mut Page) -> Option<Notice> {
        match event {
            Event::Text { index, text } => self.candidates.write(index, &text, page),
            Event::Finished { index, tune } => {
                let title = self.titles.name(&tune);
                self.candidates.finish(index, &tune, &title, page);
            }
            Event::Failed { index, error } => {
                self.candidates.fail(index, page);
                self.last_failure = Some(error);
            }
            Event::Ended(result) => {
                self.candidates.end(self.cancelled, page);
                let failure = result.err().or(self.last_failure.take());
                return self.end(failure, page);
            }
        }
        None
    }

    /// Nothing more comes of the request.
    fn end(&mut self, failure: Option<ComposeError>, page: &mut Page) -> Option<Notice> {
        if let Some(report) = self.candidates.report()
            && !report.cancelled
            && report.failed == 0
        {
            self.engine.timed(report.tunes + report.same, report.took);
        }
        if self.candidates.has_finished() {
            return None;
        }
        // Without a single tune the one before comes back, unless there is something to be seen.
        page.give_up();
        if page.is_blank() {
            *page = self.before.take().unwrap_or_else(Page::own);
            self.candidates = Candidates::default();
        }
        let error = failure?;
        let notice = Notice::new(Severity::Error, sentence(&error.to_string()));
        Some(match error {
            ComposeError::NoBarLine { .. } => notice.remedy("Compose again", Command::Compose),
            _ => notice,
        })
    }

    /// Has the tunes of an order written; the first goes on the page. Does nothing while tunes are being
    /// written or without a model.
    ///
    /// # Errors
    /// If the order's wishes cannot be met, or its tunes cannot begin as they are to.
    pub(super) fn begin(&mut self, order: Order, page: &mut Page) -> Result<(), Refusal> {
        let Some(ready) = self.engine.ready().filter(|_| !self.candidates.is_writing()) else {
            return Ok(());
        };
        let prompt = order.start.prompt(&order.wishes, order.raw, order.seed, &ready.vocabulary)?;
        let request = Request {
            prompt: prompt.text.clone(),
            temperature: order.temperature,
            seed: order.seed,
            length: MOST_CHARACTERS,
            bars: order.bars,
            wishes: order.wishes.clone(),
            aim: order.aim,
            cut: order.cut,
            raw: order.raw,
            ..Request::default()
        };
        if !order.raw {
            // What every tune would fail by is said at once.
            Plan::draw(&request, 0).map_err(|error| {
                let place = match error {
                    // Spaces were made: what comes next was written.
                    WishError::Outside { offset, .. } => {
                        (offset..prompt.text.len()).find_map(|byte| prompt.source(byte))
                    }
                    _ => None,
                };
                Refusal { error, place }
            })?;
        }
        (self.cancelled, self.last_failure) = (false, None);
        self.titles.next_request();
        let last_bar = |index| {
            let plan = (!order.raw && order.start == Start::Nothing).then(|| Plan::draw(&request, index));
            plan.and_then(Result::ok).and_then(|plan| plan.bars())
        };
        let page_of = |index| (page.followed(self.pages + index + 1, order.seed), last_bar(index));
        let pages = (0..order.count).map(page_of).collect();
        self.pages += order.count;
        self.before = Some(page.clone());
        let number = ready.worker.compose(request, order.count);
        self.candidates = Candidates::begin(number, pages, page);
        Ok(())
    }

    /// Stops the writing.
    pub(super) fn cancel(&mut self) {
        if let Some(ready) = self.engine.ready().filter(|_| self.candidates.is_writing()) {
            ready.worker.cancel();
            self.cancelled = true;
        }
    }

    /// Puts another candidate on the page.
    pub(super) fn choose(&mut self, place: usize, page: &mut Page) {
        self.candidates.choose(place, page);
    }

    /// Opens another model.
    pub(super) fn use_model(&mut self, source: ModelSource, ctx: &Context) {
        if !self.is_writing() {
            self.source = source;
            self.reopen(None, ctx);
        }
    }

    /// Opens the model once more, on another device if one is named.
    pub(super) fn reopen(&mut self, device: Option<DeviceName>, ctx: &Context) {
        if !self.is_writing() {
            self.device = device.unwrap_or(self.device);
            self.engine = Engine::open(self.source.clone(), self.device, ctx);
        }
    }

    /// Whether tunes are being written.
    pub(super) fn is_writing(&self) -> bool {
        self.candidates.is_writing()
    }

    /// The tunes of the last order.
    pub(super) fn candidates(&self) -> &Candidates {
        &self.candidates
    }

    /// The counts of working titles, to be kept.
    pub(super) fn titles(&self) -> &BTreeMap<String, u64> {
        self.titles.counts()
    }

    /// The model, if it is open.
    pub(super) fn ready(&self) -> Option<&Ready> {
        self.engine.ready()
    }

    /// Why nothing can be composed.
    pub(super) fn obstacle(&self) -> Option<&'static str> {
        match self.engine {
            Engine::Opening(_) => Some("The model is being opened."),
            Engine::Failed => Some("There is no model to compose with."),
            Engine::Ready(_) => None,
        }
    }

    /// What an empty paper says.
    pub(super) fn invitation(&self) -> &'static str {
        match self.engine {
            Engine::Opening(_) => "",
            Engine::Ready(_) => "Press Compose for a tune nobody has played.",
            Engine::Failed => "Without a model nothing can be composed.",
        }
    }

    /// The line under the button, if there is something to be said.
    pub(super) fn status(&self) -> Option<String> {
        match &self.engine {
            Engine::Opening(_) => return Some("Opening the model".to_owned()),
            Engine::Failed => return Some("No model".to_owned()),
            Engine::Ready(_) => {}
        }
        if let Some((done, count)) = self.candidates.progress() {
            return Some(match count {
                1 => "Writing one tune".to_owned(),
                _ => format!("Writing {count} tunes, {done} done"),
            });
        }
        self.candidates.report().map(report_words)
    }
}

/// Why there is no model, and what can be done without.
fn no_model(error: &OpenError) -> String {
    let reason = match error {
        OpenError::File(ModelFileError::Unreadable { origin, error })
            if error.kind() == ErrorKind::NotFound =>
        {
            let name = origin.file().map(opening::name).unwrap_or_default();
            format!("The model “{name}” is missing.")
        }
        other => sentence(&other.to_string()),
    };
    format!("{reason} You can still open, play and edit tunes.")
}

/// Why an order is not carried out.
#[derive(Debug)]
pub(super) struct Refusal {
    /// Why.
    pub(super) error: WishError,
    /// The bytes of what the tunes were to begin with that are to blame, if it is some of them.
    pub(super) place: Option<Span>,
}

impl From<WishError> for Refusal {
    fn from(error: WishError) -> Self {
        Self { error, place: None }
    }
}

/// What is to be said about a request that is over.
fn report_words(report: Report) -> String {
    let failed = match report.failed {
        0 => String::new(),
        failed => format!(", {failed} came to no end"),
    };
    let same = match report.same {
        0 => String::new(),
        same => format!(", {same} more the same again"),
    };
    match (report.cancelled, report.tunes) {
        (true, 0 | 1) => "Stopped. What was written is kept.".to_owned(),
        (true, tunes) => format!("Stopped. {tunes} tunes were done."),
        (false, 1) => format!("One tune in {}{failed}{same}", seconds(report.took)),
        (false, tunes) => format!("{tunes} tunes in {}{failed}{same}", seconds(report.took)),
    }
}

/// Two digits that mean something, in seconds.
fn seconds(time: Duration) -> String {
    let time = time.as_secs_f64();
    if time < 0.995 {
        format!("{:.2} seconds", time.max(0.01))
    } else if time < 9.95 {
        format!("{time:.1} seconds")
    } else {
        format!("{time:.0} seconds")
    }
}

/// An error's words as a sentence of their own.
pub(super) fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first: String = letters.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}
