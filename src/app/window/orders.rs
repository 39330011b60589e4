//! What the window does when it is asked to, and why it cannot now.

use std::path::Path;

use eframe::egui::{Context, OpenUrl, ViewportCommand};

use super::{Over, Window, preference};
use crate::abc::Span;
use crate::app::asking::Question;
use crate::app::command::Command;
use crate::app::composing::{NO_TUNE, sentence};
use crate::app::facts_panel::FactsPanel;
use crate::app::landmark::{self, PANELS};
use crate::app::layout::{Layout, Shown, Side, Wanted};
use crate::app::notice::{Notice, Severity};
use crate::app::opening::{self, Opened};
use crate::app::page::Page;
use crate::app::palette::Palette;
use crate::app::rewriting::Rewriting;
use crate::app::tunebook::Tunebook;
use crate::logging;
use crate::settings::ModelSource;

/// How much larger or smaller a step of zoom is, and its ends.
const ZOOM_STEP: f32 = 0.1;
const LEAST_ZOOM: f32 = 0.5;
const MOST_ZOOM: f32 = 3.0;

impl Window {
    pub(super) fn carry_out(&mut self, command: Command, ctx: &Context) {
        match command {
            Command::Compose => self.begin(),
            Command::ComposeFromGoodBar => self.begin_as(|order| order.cut = true),
            Command::ComposeRaw => self.begin_as(|order| order.raw = true),
            Command::MendStart => self.mend_start(),
            Command::Cancel => self.composing.cancel(),
            Command::ChooseCandidate(place) => self.choose(place),
            Command::RunOn(device) => self.composing.reopen(Some(device), ctx),
            Command::Open => self.opening.ask(&self.dialogs, ctx),
            Command::OpenLogFolder => {
                if let Some(data) = &self.options.data {
                    ctx.open_url(OpenUrl::new_tab(format!("file://{}", logging::folder(data).display())));
                }
            }
            Command::CopyAbc => {
                if self.has_tune() {
                    ctx.copy_text(self.desk.stand.page.text().to_owned());
                    self.desk.stand.notice =
                        Some(Notice::new(Severity::Success, "The tune is on the clipboard."));
                }
            }
            Command::Save(kind) => self.save(kind, ctx),
            Command::SaveBars(kind, span) => self.save_bars(kind, span, ctx),
            Command::CancelSaving => self.saving.cancel(),
            Command::CopyPicture => {
                if self.has_tune() {
                    self.picture.begin(&self.desk.stand.page, ctx);
                }
            }
            Command::LoopBars(span) => self.player.loop_place(span),
            Command::RewriteBars(span) => self.rewrite_bars(span, ctx),
            Command::ChooseVersion(version) => self.choose_version(version),
            Command::KeepVersion => self.desk.stand.versions = None,
            Command::TakeBarsBack => self.take_bars_back(),
            Command::CaretAt(span) => self.desk.abc.caret_at(span),
            Command::PlayOrPause => self.player.play_or_pause(),
            Command::TrySound => {
                self.desk.stand.notice = None;
                self.player.try_again();
            }
            Command::StopPlaying => {
                // What was still to be played when the player has it is not.
                self.play_it = false;
                self.player.stop();
            }
            Command::HearNote(span) => self.player.hear(span),
            Command::PlayFrom(span) => self.player.play_from(span),
            Command::Find if self.history.has_focus(ctx) => self.history.find(ctx),
            Command::Find => self.desk.abc.find(),
            Command::PutAbcBeside(beside) => self.desk.put_beside(beside),
            Command::Paper(paper) => self.desk.stand.paper = paper,
            Command::Undo if self.undoes_deletion(ctx) => self.shelf.undo_deletion(),
            Command::Undo => self.go_to(Page::undo),
            Command::Redo => self.go_to(Page::redo),
            Command::Rewrite(how) => self.rewrite(how),
            Command::ReopenModel => {
                self.desk.stand.notice = None;
                self.composing.reopen(None, ctx);
            }
            Command::ChooseModel => self.asking.ask(Question::Model, &self.dialogs, ctx),
            Command::UseOwnModel => self.use_model(ModelSource::BuiltIn, ctx),
            Command::Dismiss => self.desk.stand.notice = None,
            Command::Toggle(side) => self.toggle(side, ctx),
            Command::NextPanel => self.next_panel(ctx),
            Command::Larger => zoom(ctx, ctx.zoom_factor() + ZOOM_STEP),
            Command::Smaller => zoom(ctx, ctx.zoom_factor() - ZOOM_STEP),
            Command::UsualSize => zoom(ctx, 1.0),
            Command::Theme(theme) => {
                self.theme = theme;
                ctx.set_theme(preference(theme));
            }
            Command::Palette => self.over = Over::Palette(Palette::default()),
            Command::Export => self.export(false),
            Command::ExportBars => self.export(true),
            Command::SoundDevice => {
                self.player.look_for_devices();
                self.over = Over::Sound;
            }
            Command::Facts => {
                if let Some(facts) = FactsPanel::of(&self.desk.stand.page) {
                    self.over = Over::Facts(facts);
                }
            }
            Command::Keys => self.over = Over::Keys,
            Command::About => self.over = Over::About,
            Command::Licences => self.over = Over::Licences,
            Command::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
        }
        ctx.request_repaint();
    }

    /// Why a command cannot be carried out now.
    pub(super) fn obstacle(&self, command: Command) -> Option<&'static str> {
        match command {
            Command::Compose if self.is_writing() => Some("Tunes are being written."),
            Command::Compose => self.composing.obstacle(),
            Command::Cancel if !self.is_writing() => Some("Nothing is being written."),
            Command::PlayOrPause | Command::StopPlaying
                if !self.player.has_music() && !self.player.is_playing() =>
            {
                Some("There is nothing to play yet.")
            }
            Command::CopyAbc
            | Command::CopyPicture
            | Command::Export
            | Command::Save(_)
            | Command::Rewrite(_)
            | Command::Facts
                if !self.has_tune() =>
            {
                Some(NO_TUNE)
            }
            Command::Open | Command::ChooseModel | Command::UseOwnModel if self.is_writing() => {
                Some("Tunes are being written.")
            }
            Command::OpenLogFolder if self.options.data.is_none() => Some("There is no folder for a log."),
            Command::Undo if self.desk.stand.page.next_undo().is_none() && self.shelf.deleted().is_none() => {
                Some("Nothing to undo.")
            }
            Command::Redo if self.desk.stand.page.next_redo().is_none() => Some("Nothing to redo."),
            _ => None,
        }
    }

    pub(super) fn is_open(&self, side: Side, layout: Layout) -> bool {
        match side {
            Side::Compose => layout.compose != Shown::Closed,
            Side::History => layout.history != Shown::Closed,
            Side::Abc => self.desk.abc.is_open(self.height),
        }
    }

    fn toggle(&mut self, side: Side, ctx: &Context) {
        let size = ctx.content_rect().size();
        let open = self.is_open(side, Layout::of(size, self.compose_wanted, self.history_wanted));
        let wanted = if open { Wanted::No } else { Wanted::Yes { over: !Layout::has_room_for(side, size) } };
        match side {
            Side::Compose => self.compose_wanted = wanted,
            Side::History => self.history_wanted = wanted,
            Side::Abc => self.desk.abc.set_open(Some(!open)),
        }
    }

    /// Sends the keyboard to the next panel there is.
    fn next_panel(&mut self, ctx: &Context) {
        for step in 1..=PANELS.len() {
            let panel = (self.panel + step) % PANELS.len();
            let id = landmark::id(PANELS[panel]);
            if ctx.read_response(id).is_some() {
                self.panel = panel;
                ctx.memory_mut(|memory| memory.request_focus(id));
                return;
            }
        }
    }

    /// Composes with another model from now on, also when the window is opened again.
    pub(super) fn use_model(&mut self, source: ModelSource, ctx: &Context) {
        self.desk.stand.notice = None;
        self.model = source.file().map(Path::to_owned);
        self.composing.use_model(source, ctx);
    }

    /// Changes the page, and shows where.
    pub(super) fn go_to(&mut self, change: impl FnOnce(&mut Page) -> Option<Span>) {
        if let Some(place) = change(&mut self.desk.stand.page) {
            self.desk.abc.go_to(Span { start: place.end, end: place.end });
        }
    }

    fn rewrite(&mut self, how: Rewriting) {
        let page = &mut self.desk.stand.page;
        if page.is_writing() {
            return;
        }
        let reading = page.reading_now();
        let Some(tune) = reading.tune() else { return };
        self.desk.stand.notice = match how.of(page.text(), tune) {
            Ok(text) => {
                page.rewrite(how.deed(), text);
                None
            }
            Err(error) => Some(Notice::new(Severity::Error, sentence(&error.to_string()))),
        };
    }

    /// Puts a file's tune on the stand, or the list of its tunes over the window.
    pub(super) fn open(&mut self, (path, text): Opened) {
        match text {
            Ok(_) if self.is_writing() => {}
            Ok(text) if Tunebook::has_many(&text) => self.desk.tunebook.open(text),
            Ok(text) if text.trim().is_empty() => {
                let words = format!("There is no tune in “{}”.", opening::name(&path));
                self.desk.stand.notice = Some(Notice::new(Severity::Error, words));
            }
            Ok(text) => self.composing.open(text, &mut self.desk.stand.page),
            Err(words) => self.desk.stand.notice = Some(Notice::new(Severity::Error, words)),
        }
    }
}

fn zoom(ctx: &Context, factor: f32) {
    let factor = (factor / ZOOM_STEP).round() * ZOOM_STEP;
    ctx.set_zoom_factor(factor.clamp(LEAST_ZOOM, MOST_ZOOM));
}
