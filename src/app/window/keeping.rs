//! The window's part in the history: what is kept, and what the panel asks for.

use eframe::egui::{Context, OpenUrl, Ui};

use super::Window;
use crate::app::abc_panel::AbcPanel;
use crate::app::asking::{Asked, Question};
use crate::app::comparison::Comparison;
use crate::app::history_panel::Ask;
use crate::app::landmark::{PANELS, landmark};
use crate::app::notice::{Notice, Severity};
use crate::app::shelf::{Shelf, Told};
use crate::app::undo::Deed;
use crate::library::Job;
use crate::settings::ModelSource;

impl Window {
    pub(super) fn history(&mut self, ui: &mut Ui) -> Vec<Ask> {
        landmark(ui, PANELS[4]);
        let file = self.shelf.file_of(&self.desk.stand.page).map(str::to_owned);
        self.history.ui(ui, &self.shelf, file.as_deref())
    }

    /// Keeps what was composed and what was edited, and takes in what the library has to say.
    pub(super) fn keep_tunes(&mut self, ctx: &Context) {
        for told in self.shelf.listen() {
            match told {
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
    }

    /// Takes what was chosen in a dialog.
    pub(super) fn take(&mut self, asked: Asked, ctx: &Context) {
        let mut paths = asked.paths;
        match (asked.question, paths.pop()) {
            (_, None) => {}
            (Question::Tunes, Some(last)) => {
                paths.push(last);
                self.shelf.ask(Job::Import(paths));
            }
            (Question::Folder, Some(folder)) => drop(self.shelf.ask(Job::UseFolder(folder))),
            (Question::Model, Some(file)) => self.use_model(ModelSource::Chosen(file), ctx),
        }
    }

    /// Carries out what the history asks for.
    pub(super) fn carry_out_ask(&mut self, ask: Ask, ctx: &Context) {
        match ask {
            Ask::Open(entry) | Ask::Play(entry) => {
                if self.is_writing() || self.shelf.file_of(&self.desk.stand.page) == Some(&entry.file) {
                    return;
                }
                self.shelf.save_draft();
                self.composing.open(entry.text.to_string(), &mut self.desk.stand.page);
                self.shelf.opened(&self.desk.stand.page, &entry.file, entry.version);
                self.desk.stand.notice = None;
            }
            Ask::Compare(entry) => {
                self.over = super::Over::Compare(Comparison::new(&self.desk.stand.page, &entry))
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
            Ask::BringIn => self.asking.ask(Question::Tunes, &self.dialogs, ctx),
            Ask::ChooseFolder => self.asking.ask(Question::Folder, &self.dialogs, ctx),
            Ask::OpenFolder => {
                let url = format!("file://{}", self.shelf.folder().display());
                ctx.open_url(OpenUrl::new_tab(url));
            }
        }
        ctx.request_repaint();
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
