//! The window: owns the panels, and carries out what they ask for.

use std::path::PathBuf;

use eframe::egui::{
    CentralPanel, Context, Frame, Margin, Panel, Rect, Stroke, Ui, UiBuilder, ViewportCommand, pos2,
};

use crate::abc::Span;
use crate::compose::{ComposeError, Event, RequestError};

use super::abc_panel::AbcPanel;
use super::command::{self, Command};
use super::compose_panel::{ComposePanel, Surroundings};
use super::engine::Engine;
use super::file_kind::FileKind;
use super::notice::{Notice, Severity};
use super::page::Page;
use super::rewriting::Rewriting;
use super::save::{Outcome, Saving};
use super::stand::Stand;
use super::theme::{self, tokens};
use super::top_bar::TopBar;

/// How the window is to be opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// The model to compose with instead of the one the settings name.
    pub model: Option<PathBuf>,
    /// Use the system's file dialogs where there are any.
    pub native_dialogs: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self { model: None, native_dialogs: true }
    }
}

/// The whole window.
#[derive(Debug)]
pub struct Window {
    options: Options,
    engine: Engine,
    top_bar: TopBar,
    compose: ComposePanel,
    stand: Stand,
    abc: AbcPanel,
    /// How many pages there have been.
    pages: u64,
    /// The page that was on the stand before the one being written, in case that comes to nothing.
    before: Option<Page>,
    saving: Saving,
    prompt_is_wrong: bool,
}

impl Window {
    /// Dresses `ctx`, begins to open the model, and waits for neither.
    pub fn new(ctx: &Context, options: Options) -> Self {
        theme::apply(ctx);
        let engine = Engine::open(options.model.clone(), ctx);
        Self {
            options,
            engine,
            top_bar: TopBar::default(),
            compose: ComposePanel::default(),
            stand: Stand::default(),
            abc: AbcPanel::default(),
            pages: 0,
            before: None,
            saving: Saving::default(),
            prompt_is_wrong: false,
        }
    }

    /// One frame.
    pub fn ui(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        self.listen(&ctx);
        self.stand.page.follow(&ctx);
        let mut commands = if self.saving.is_asking() {
            Vec::new()
        } else {
            let elsewhere = ctx.memory(|memory| memory.focused()) != Some(AbcPanel::id(&self.stand.page));
            command::pressed(&ctx, self.is_writing(), elsewhere && ctx.text_edit_focused())
        };
        self.panels(ui, &mut commands);
        if let Some(outcome) = self.saving.ui(&ctx) {
            self.stand.notice = Some(saving_notice(&outcome));
            ctx.request_repaint();
        }
        for command in commands {
            self.carry_out(command, &ctx);
        }
    }

    /// Takes in what the threads have to say.
    fn listen(&mut self, ctx: &Context) {
        if let Err(error) = self.engine.poll(ctx) {
            let notice = Notice::new(Severity::Error, sentence(&error.to_string()));
            self.stand.notice = Some(notice.remedy("Try again", Command::ReopenModel));
        }
        let Some(ready) = self.engine.ready() else { return };
        for event in ready.worker.poll() {
            match event {
                Event::Text(text) => self.stand.page.write(&text),
                Event::Finished(composition) => self.stand.page.finish(&composition),
                Event::Failed(error) => self.fail(&error),
            }
        }
    }

    fn fail(&mut self, error: &ComposeError) {
        let prompt = words_about_the_prompt(error);
        self.prompt_is_wrong = prompt.is_some();
        if self.prompt_is_wrong {
            self.compose.give_back_seed();
        }
        let words = prompt.unwrap_or_else(|| sentence(&error.to_string()));
        let mut notice = Notice::new(Severity::Error, words);
        if matches!(error, ComposeError::NoBarLine { .. }) {
            notice = notice.remedy("Compose again", Command::Compose);
        }
        self.stand.notice = Some(notice);
        let page = &mut self.stand.page;
        if page.is_blank() {
            *page = self.before.take().unwrap_or_else(Page::own);
        } else {
            page.give_up();
        }
    }

    fn panels(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let t = tokens(ui);
        let width = ui.available_width();
        let bar = Frame::new().fill(t.bar).inner_margin(Margin::symmetric(12, 0));
        Panel::top("top bar").exact_size(40.0).resizable(false).show_separator_line(false).frame(bar).show(
            ui,
            |ui| {
                self.top_bar.ui(ui, self.has_tune(), commands);
                hairline_below(ui, t.line);
            },
        );
        let side = if width < 820.0 {
            240.0
        } else if width < 1600.0 {
            264.0
        } else {
            280.0
        };
        let panel = Frame::new().fill(t.panel);
        Panel::left("compose").exact_size(side).resizable(false).frame(panel).show(ui, |ui| {
            let status = self.status();
            let ready = self.engine.ready();
            let around = Surroundings {
                model: ready.map(|r| r.model.as_str()),
                model_source: ready.map_or("", |r| r.source.as_str()),
                device: ready.map_or("", |r| r.device.as_str()),
                writing: self.is_writing(),
                obstacle: self.obstacle(),
                status: &status,
                prompt_is_wrong: self.prompt_is_wrong,
            };
            if self.compose.ui(ui, &around, commands) {
                self.prompt_is_wrong = false;
            }
        });
        CentralPanel::no_frame().frame(Frame::new().fill(t.window)).show(ui, |ui| {
            let waiting = match &self.engine {
                Engine::Opening(_) => "",
                Engine::Ready(_) => "Press Compose for a tune nobody has played.",
                Engine::Failed => "Without a model nothing can be composed.",
            };
            let room = ui.max_rect();
            let split = room.bottom() - self.abc.height(room.height());
            ui.scope_builder(UiBuilder::new().max_rect(room.with_max_y(split)), |ui| {
                self.stand.ui(ui, waiting, commands);
            });
            let panel = room.with_min_y(split);
            ui.painter().rect_filled(panel, 0, t.panel);
            let y = ui.painter().round_to_pixel_center(split + 0.5);
            ui.painter().hline(panel.x_range(), y, Stroke::new(1.0, t.line));
            ui.scope_builder(UiBuilder::new().max_rect(panel), |ui| {
                self.abc.ui(ui, room.height(), &mut self.stand.page, commands);
            });
        });
    }

    fn carry_out(&mut self, command: Command, ctx: &Context) {
        match command {
            Command::Compose => self.begin(),
            Command::Cancel => {
                if let Some(ready) = self.engine.ready() {
                    ready.worker.cancel();
                }
            }
            Command::CopyAbc => {
                if self.has_tune() {
                    ctx.copy_text(self.stand.page.text().to_owned());
                    self.stand.notice = Some(Notice::new(Severity::Success, "The tune is on the clipboard."));
                }
            }
            Command::Save(kind) => self.save(kind, ctx),
            Command::ShowInText(span) => self.abc.go_to(span),
            Command::Undo => self.go_to(Page::undo),
            Command::Redo => self.go_to(Page::redo),
            Command::Rewrite(how) => self.rewrite(how),
            Command::ReopenModel => {
                self.stand.notice = None;
                self.engine = Engine::open(self.options.model.clone(), ctx);
            }
            Command::Dismiss => self.stand.notice = None,
            Command::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
        }
        ctx.request_repaint();
    }

    fn begin(&mut self) {
        if self.is_writing() {
            return;
        }
        let Some(ready) = self.engine.ready() else { return };
        let Some(request) = self.compose.take_request() else { return };
        self.stand.notice = None;
        self.prompt_is_wrong = false;
        self.pages += 1;
        let page = self.stand.page.followed(self.pages, request.seed);
        self.before = Some(std::mem::replace(&mut self.stand.page, page));
        ready.worker.compose(request);
    }

    /// Changes the page, and shows where.
    fn go_to(&mut self, change: impl FnOnce(&mut Page) -> Option<Span>) {
        if let Some(place) = change(&mut self.stand.page) {
            self.abc.go_to(Span { start: place.end, end: place.end });
        }
    }

    fn rewrite(&mut self, how: Rewriting) {
        let page = &mut self.stand.page;
        if page.is_writing() {
            return;
        }
        let reading = page.reading_now();
        let Some(tune) = reading.tune() else { return };
        self.stand.notice = match how.of(page.text(), tune) {
            Ok(text) => {
                page.rewrite(how.deed(), text);
                None
            }
            Err(error) => Some(Notice::new(Severity::Error, sentence(&error.to_string()))),
        };
    }

    fn save(&mut self, kind: FileKind, ctx: &Context) {
        if self.saving.is_busy() || !self.has_tune() {
            return;
        }
        let native = self.options.native_dialogs;
        if let Some(outcome) = self.saving.begin(kind, &self.stand.page, native, ctx) {
            self.stand.notice = Some(saving_notice(&outcome));
        }
    }

    /// Whether there is a tune to copy and to save.
    fn has_tune(&self) -> bool {
        !self.is_writing() && !self.stand.page.is_blank()
    }

    fn is_writing(&self) -> bool {
        self.stand.page.is_writing()
    }

    /// Why Compose is off.
    fn obstacle(&self) -> Option<&'static str> {
        match self.engine {
            Engine::Opening(_) => Some("The model is being opened."),
            Engine::Failed => Some("There is no model to compose with."),
            Engine::Ready(_) => None,
        }
    }

    /// The line under the button.
    fn status(&self) -> String {
        match &self.engine {
            Engine::Opening(_) => "Opening the model".to_owned(),
            Engine::Failed => "No model".to_owned(),
            Engine::Ready(_) => self.stand.page.report(),
        }
    }
}

fn saving_notice(outcome: &Outcome) -> Notice {
    match outcome {
        Outcome::Saved(path) => {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
            let folder = path.parent().map(|p| p.display().to_string()).filter(|p| !p.is_empty());
            let place = folder.map(|folder| format!(" in {folder}")).unwrap_or_default();
            Notice::new(Severity::Success, format!("Saved as “{name}”{place}."))
        }
        Outcome::Failed { kind, path, error } => {
            let words = format!("“{}” could not be written: {error}.", path.display());
            Notice::new(Severity::Error, words).remedy("Save elsewhere", Command::Save(*kind))
        }
        Outcome::Impossible { kind, reason } => {
            let words = format!("This tune cannot be saved as {}: {reason}.", kind.name());
            Notice::new(Severity::Error, words)
        }
        Outcome::NoThread { kind, error } => {
            let words = format!("The tune could not be saved: {error}.");
            Notice::new(Severity::Error, words).remedy("Try again", Command::Save(*kind))
        }
    }
}

/// What is wrong with the prompt, by the name it has in the window; `None` if it is something else.
fn words_about_the_prompt(error: &ComposeError) -> Option<String> {
    let ComposeError::Request(error) = error else { return None };
    match error {
        RequestError::Prompt(error) => Some(format!("In “Start from”, {error}.")),
        RequestError::NoField { line, found } => Some(format!(
            "In “Start from”, line {line}, “{found}”, is no field. A tune begins with fields such as M:6/8 \
             and K:D, a line each; notes come after the K: line."
        )),
        RequestError::BlankLine { line } => Some(format!(
            "In “Start from”, line {line} is blank, and a blank line ends a tune in ABC: take it out."
        )),
        _ => None,
    }
}

/// An error's words as a sentence of their own.
fn sentence(words: &str) -> String {
    let mut letters = words.chars();
    let first: String = letters.next().map(|c| c.to_uppercase().collect()).unwrap_or_default();
    format!("{first}{}.", letters.as_str().trim_end_matches('.'))
}

fn hairline_below(ui: &Ui, colour: eframe::egui::Color32) {
    let bar: Rect = ui.max_rect();
    let y = ui.painter().round_to_pixel_center(bar.bottom() - 0.5);
    let ends = [pos2(0.0, y), pos2(ui.ctx().content_rect().right(), y)];
    ui.painter().with_clip_rect(ui.ctx().content_rect()).line_segment(ends, Stroke::new(1.0, colour));
}
