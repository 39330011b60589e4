//! The window's part in the history: what is kept, and what the panel asks for.

use eframe::egui::{Context, OpenUrl, Ui};

use super::Window;
use crate::app::abc_panel::AbcPanel;
use crate::app::asking::{Asked, Question};
use crate::app::comparison::Comparison;
use crate::app::history_list::OnStand;
use crate::app::history_panel::Ask;
use crate::app::landmark::{PANELS, landmark};
use crate::app::layout::{Layout, Side};
use crate::app::notice::{Notice, Severity};
use crate::app::set_playing::{Next, SetPlaying};
use crate::app::shelf::{Shelf, Told};
use crate::app::undo::Deed;
use crate::library::{Entry, Job};
use crate::settings::ModelSource;

impl Window {
    pub(super) fn history(&mut self, ui: &mut Ui) -> Vec<Ask> {
        landmark(ui, PANELS[4]);
        let file = self.shelf.file_of(&self.desk.stand.page).map(str::to_owned);
        let stand = OnStand { file: file.as_deref(), sounds: self.player.is_playing() };
        self.history.ui(ui, &self.shelf, stand, &mut self.exporting)
    }

    /// Keeps what was composed and what was edited, and takes in what the library has to say.
    pub(super) fn keep_tunes(&mut self, ctx: &Context) {
        let layout = Layout::of(ctx.content_rect().size(), self.compose_wanted, self.history_wanted);
        let in_sight = self.is_open(Side::History, layout);
        for told in self.shelf.listen() {
            match told {
                Told::Trouble(_) if in_sight => {}
                Told::Trouble(words) => self.desk.stand.notice = Some(Notice::new(Severity::Error, words)),
                Told::Well(words) => self.desk.stand.notice = Some(Notice::new(Severity::Success, words)),
                Told::Badly(words) => self.desk.stand.notice = Some(Notice::new(Severity::Error, words)),
                Told::Renamed { page, title } if page == self.desk.stand.page.number() => {
                    if let Some(text) = Shelf::retitled(self.desk.stand.page.text(), &title) {
                        self.desk.stand.page.rewrite(Deed::Typing, text);
                    }
                }
                Told::Renamed { .. } => {}
            }
        }
        // As long as tunes are being written, one takes the other's place on the stand by itself.
        if !self.is_writing() {
            self.shelf.keep_candidates(self.composing.candidates().pages(&self.desk.stand.page));
            self.shelf.follow(&self.desk.stand.page, ctx);
        }
        if let Some((words, folder)) = self.exporting.poll() {
            let notice = Notice::new(Severity::Success, words);
            self.desk.stand.notice = Some(match folder {
                Some(folder) => notice.show(folder),
                None => notice,
            });
        }
    }

    /// Takes what was chosen in a dialog.
    pub(super) fn take(&mut self, asked: Asked, ctx: &Context) {
        let mut paths = asked.paths;
        match (asked.question, paths.pop()) {
            (_, None) => {}
            (Question::Tunes | Question::TunesFolder, Some(last)) => {
                paths.push(last);
                self.shelf.ask(Job::Import(paths));
            }
            (Question::Folder, Some(folder)) => drop(self.shelf.ask(Job::UseFolder(folder))),
            (Question::Model, Some(file)) => self.use_model(ModelSource::Chosen(file), ctx),
            (Question::Export(order), Some(to)) => self.exporting.begin(order, to, ctx),
        }
    }

    /// Puts a kept tune on the stand, unless it is there; whether it is there now.
    fn put_on_stand(&mut self, entry: &Entry) -> bool {
        if self.shelf.file_of(&self.desk.stand.page) == Some(&entry.file) {
            return true;
        }
        if self.is_writing() {
            return false;
        }
        self.shelf.save_draft();
        self.composing.open(entry.text.to_string(), &mut self.desk.stand.page);
        self.shelf.opened(&self.desk.stand.page, &entry.file, entry.version);
        self.desk.stand.notice = None;
        true
    }

    /// Puts the tune of the set that is to be played on the stand; those that have gone are passed over.
    fn go_on_with_set(&mut self, mut next: Next) {
        while let Next::Tune(file) = next {
            let entry = self.shelf.snapshot().0.get(&file).cloned();
            let there = entry.is_some_and(|entry| self.put_on_stand(&entry));
            let Some(set) = &mut self.set_playing else { return };
            if there {
                set.stands_on(self.desk.stand.page.number());
                self.play_it = true;
                return;
            }
            next = set.advance();
        }
        self.set_playing = None;
    }

    /// Plays what was asked for as soon as the player has it, and the next tune of a set after it.
    pub(super) fn play_on(&mut self, ctx: &Context) {
        let page = &self.desk.stand.page;
        if self.set_playing.as_ref().is_some_and(|set| !set.is_on(page.number())) {
            // Another tune was put on the stand.
            self.set_playing = None;
        }
        if self.play_it && self.player.has(page) {
            self.play_it = false;
            let has_music = self.player.has_music();
            self.player.play();
            if has_music || self.set_playing.is_none() {
                return;
            }
        } else if self.play_it || !self.player.has_ended() {
            return;
        }
        if let Some(set) = &mut self.set_playing {
            let next = set.advance();
            self.go_on_with_set(next);
            ctx.request_repaint();
        }
    }

    /// Carries out what the history asks for.
    pub(super) fn carry_out_ask(&mut self, ask: Ask, ctx: &Context) {
        match ask {
            Ask::Open(entry) => drop(self.put_on_stand(&entry)),
            Ask::Play(entry) => self.play_it = self.put_on_stand(&entry),
            Ask::PlaySet { tunes, place } => {
                let set = SetPlaying::from(tunes, place);
                let first = set.tune();
                self.player.stop();
                self.set_playing = Some(set);
                self.go_on_with_set(first);
            }
            Ask::Compare(entry, other) => {
                let comparison = match other {
                    Some(other) => Comparison::of_two(&other, &entry),
                    None => Comparison::new(&self.desk.stand.page, &entry),
                };
                self.over = super::Over::Compare(comparison);
            }
            Ask::ComposeLike(entry) => {
                if let Some(request) = entry.request() {
                    self.compose.ask_like(&request);
                    self.begin();
                }
            }
            Ask::ComposeWish(tune_type, key) => {
                self.compose.wish(tune_type, key.map(|key| key.0), key.and_then(|key| key.1));
                self.begin();
            }
            Ask::Library(job) => drop(self.shelf.ask(job)),
            Ask::UndoDeletion => self.shelf.undo_deletion(),
            Ask::BringIn => self.ask(Question::Tunes, ctx),
            Ask::BringInFolder => self.ask(Question::TunesFolder, ctx),
            Ask::ChooseFolder => self.ask(Question::Folder, ctx),
            Ask::Export(_) if self.exporting.is_busy() => {
                let words = "Tunes are being written already.";
                self.desk.stand.notice = Some(Notice::new(Severity::Error, words));
            }
            Ask::Export(export) => self.over = super::Over::ExportTunes(export),
            Ask::ExportAgain(order, to) => self.exporting.begin(order, to, ctx),
            Ask::ExportElsewhere(order) => self.ask(Question::Export(order), ctx),
            Ask::OpenFolder => {
                let url = format!("file://{}", self.shelf.folder().display());
                ctx.open_url(OpenUrl::new_tab(url));
            }
        }
        ctx.request_repaint();
    }

    pub(super) fn ask(&mut self, question: Question, ctx: &Context) {
        self.asking.ask(question, &self.dialogs, ctx);
    }

    /// Puts another candidate on the stand, which is chosen with that.
    pub(super) fn choose(&mut self, place: usize) {
        self.composing.choose(place, &mut self.desk.stand.page);
        if let Some(file) = self.shelf.file_of(&self.desk.stand.page).map(str::to_owned) {
            self.shelf.ask(Job::Choose(file));
        }
    }

    /// Whether Undo brings back what was deleted last: as long as its row is there, outside the editor.
    pub(super) fn undoes_deletion(&self, ctx: &Context) -> bool {
        let editor = AbcPanel::id(&self.desk.stand.page);
        self.shelf.deleted().is_some() && ctx.memory(|memory| memory.focused()) != Some(editor)
    }
}
