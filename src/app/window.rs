//! The window: owns the panels, and carries out what they ask for.

mod beginning;
mod keeping;
mod orders;
mod panels;
mod saving;
mod versions;

use std::path::PathBuf;
use std::sync::Arc;

use eframe::egui::{Context, ThemePreference, Ui};

use super::abc_panel::AbcPanel;
use super::asking::Asking;
use super::command::{self, Command};
use super::comparison::Comparison;
use super::compose_panel::ComposePanel;
use super::composing::{Composing, sentence};
use super::desk::{Desk, Split};
use super::dialogs::Dialogs;
use super::export_dialog::ExportDialog;
use super::export_tunes::ExportTunes;
use super::exporting::Exporting;
use super::facts_panel::FactsPanel;
use super::hints::{Hints, JIG};
use super::history_panel::HistoryPanel;
use super::keeper::Keeper;
use super::layout::Wanted;
use super::notice::{Notice, Severity};
use super::opening::Opening;
use super::palette::Palette;
use super::picture::Picture;
use super::player::{News, Player};
use super::rescue::{Left, Rescue};
use super::save::Saving;
use super::set_playing::SetPlaying;
use super::sheet_view::SheetView;
use super::shelf::Shelf;
use super::theme;
use super::transport_panel::TransportPanel;
use super::tunebook::Choice;
use super::undo::Deed;
use crate::audio::recorder::Recorder;
use crate::audio::{AudioError, SystemDevices};
use crate::files::{Disk, Storage};
use crate::settings::{Preferences, Theme, model_source};
use saving::saving_notice;

/// How the window is to be opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// The model to compose with instead of the one the settings name.
    pub model: Option<PathBuf>,
    /// Use the system's file dialogs where there are any.
    pub native_dialogs: bool,
    /// Where settings, the log and the tune in the editor are kept; without it nothing is.
    pub data: Option<PathBuf>,
    /// Where dialogs begin, instead of the system's folder for documents.
    pub documents: Option<PathBuf>,
    /// Keeps tunes on this instead of the system's own disk.
    pub disk: Arc<dyn Storage>,
    /// Plays on this instead of the system's sound devices.
    pub recorder: Option<Recorder>,
    /// Tunes to open.
    pub files: Vec<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            model: None,
            native_dialogs: true,
            data: None,
            documents: None,
            disk: Arc::new(Disk),
            recorder: None,
            files: Vec::new(),
        }
    }
}

/// What lies over the whole window.
#[derive(Debug, Clone, Default)]
enum Over {
    #[default]
    Nothing,
    Palette(Palette),
    Export(ExportDialog),
    Sound,
    ExportTunes(ExportTunes),
    Keys,
    About,
    Licences,
    Compare(Comparison),
    Facts(FactsPanel),
}

/// The whole window.
#[derive(Debug)]
pub struct Window {
    options: Options,
    dialogs: Dialogs,
    composing: Composing,
    /// The checkpoint chosen in the window, now or before.
    model: Option<PathBuf>,
    compose: ComposePanel,
    desk: Desk,
    player: Player,
    transport: TransportPanel,
    saving: Saving,
    picture: Picture,
    opening: Opening,
    rescue: Rescue,
    over: Over,
    /// What is said at the very first start.
    hints: Option<Hints>,
    history: HistoryPanel,
    shelf: Shelf,
    /// Kept tunes being written for others.
    exporting: Exporting,
    /// What is on the stand is to be played as soon as that is possible.
    play_it: bool,
    /// Tunes being played one after another.
    set_playing: Option<SetPlaying>,
    /// Folders and files being asked for.
    asking: Asking,
    /// Whether Compose and History are wanted.
    compose_wanted: Wanted,
    history_wanted: Wanted,
    theme: Theme,
    /// How high it was when it was drawn last.
    height: f32,
    /// The panel the keyboard was sent to last.
    panel: usize,
    start_is_wrong: bool,
    /// Where what tunes were to begin with is to be mended.
    spoilt: Option<beginning::Spoilt>,
    keeper: Keeper,
}

impl Window {
    /// Dresses `ctx`, begins to open the model, and waits for neither.
    pub fn new(ctx: &Context, options: Options) -> Self {
        let first = options.files.is_empty()
            && options.data.as_deref().is_some_and(|data| !Preferences::are_kept(data));
        let loaded = options.data.as_deref().map_or_else(|| Ok(Preferences::default()), Preferences::load);
        let mut desk = Desk::default();
        let kept = loaded.unwrap_or_else(|error| {
            desk.stand.notice = Some(Notice::new(Severity::Error, sentence(&error.to_string())));
            Preferences::default()
        });
        theme::apply(ctx);
        ctx.set_theme(preference(kept.theme));
        ctx.options_mut(|egui| egui.zoom_with_keyboard = false);
        ctx.set_zoom_factor(kept.zoom);
        desk.abc.set_open(kept.abc);
        let (beside, height, width) = (kept.abc_beside, kept.abc_height, kept.abc_width);
        desk.set_split(Split { beside, height, width });
        desk.stand.paper = kept.paper;
        let wanted = |open| if open { Wanted::Yes { over: false } } else { Wanted::No };
        let opening = Opening::default();
        options.files.iter().for_each(|file| opening.begin(file.clone(), ctx));
        let mut hints = None;
        let (rescue, left) = Rescue::begin(options.data.as_deref());
        let mut composing = Composing::new(
            model_source(options.model.as_deref(), kept.model.as_deref()),
            kept.titles.clone(),
            ctx,
        );
        let mut shelf = Shelf::open(
            options.data.as_deref().map(|data| kept.tunes_dir(data)),
            Arc::clone(&options.disk),
            ctx,
        );
        if let Some(left) = left {
            composing.open(left.text, &mut desk.stand.page);
            if let Some((file, version)) = left.kept {
                shelf.recovered(&desk.stand.page, file, version);
            }
            let words = "Reelsmith broke off when it ran last. This tune was in the editor.";
            desk.stand.notice = Some(Notice::new(Severity::Success, words));
        } else if first {
            desk.stand.page.rewrite(Deed::Opening, JIG.to_owned());
            hints = Some(Hints::default());
        }
        Self {
            composing,
            model: kept.model.clone(),
            compose: ComposePanel::restored(&kept.wishes),
            desk,
            player: match options.recorder.clone() {
                Some(recorder) => Player::new(ctx, recorder, &kept.sound),
                None => Player::new(ctx, SystemDevices::default(), &kept.sound),
            },
            transport: TransportPanel::default(),
            saving: Saving::default(),
            picture: Picture::default(),
            opening,
            rescue,
            over: Over::Nothing,
            hints,
            history: HistoryPanel::default(),
            shelf,
            exporting: Exporting::default(),
            play_it: false,
            set_playing: None,
            asking: Asking::default(),
            compose_wanted: wanted(kept.compose),
            history_wanted: wanted(kept.history),
            theme: kept.theme,
            height: 0.0,
            panel: 0,
            start_is_wrong: false,
            spoilt: None,
            keeper: Keeper::new(options.data.clone(), kept),
            dialogs: Dialogs::new(options.native_dialogs, options.documents.clone()),
            options,
        }
    }

    /// One frame.
    pub fn ui(&mut self, ui: &mut Ui) {
        let ctx = ui.ctx().clone();
        if let Some(notice) = self.composing.listen(&mut self.desk.stand.page, &ctx) {
            self.desk.stand.notice = Some(notice);
        }
        self.desk.stand.page.follow(&ctx);
        self.follow_versions();
        self.keep_tunes(&ctx);
        self.play(&ctx);
        self.copy_picture(&ctx);
        self.play_on(&ctx);
        let covered = self.saving.is_asking()
            || self.opening.is_asking()
            || self.asking.is_asking()
            || self.desk.tunebook.is_open()
            || !matches!(self.over, Over::Nothing);
        let mut commands = if covered {
            Vec::new()
        } else {
            let elsewhere =
                ctx.memory(|memory| memory.focused()) != Some(AbcPanel::id(&self.desk.stand.page));
            let held = ctx.memory(|memory| memory.focused()).is_some_and(|id| id != SheetView::id());
            command::pressed(&ctx, self.is_writing(), elsewhere && ctx.text_edit_focused(), held)
        };
        self.panels(ui, &mut commands);
        self.over(&ctx, &mut commands);
        if let Some(outcome) = self.saving.ui(&ctx) {
            self.desk.stand.notice = Some(saving_notice(&outcome));
            ctx.request_repaint();
        }
        if let Some(Choice::Tune(text)) = self.desk.tunebook.ui(&ctx) {
            self.composing.open(text, &mut self.desk.stand.page);
        }
        for path in dropped(&ctx) {
            self.opening.begin(path, &ctx);
        }
        if let Some(asked) = self.asking.ui(&ctx) {
            self.take(asked, &ctx);
        }
        if let Some(opened) = self.opening.ui(&ctx) {
            self.open(opened);
            ctx.request_repaint();
        }
        for command in commands {
            self.carry_out(command, &ctx);
        }
        if !self.is_writing() {
            let page = &self.desk.stand.page;
            self.rescue.follow(Left { text: page.abc(), kept: self.shelf.kept(page) });
        }
        self.keeper.keep(self.preferences(&ctx));
    }

    /// Has the player follow the page, and the sheet the player.
    fn play(&mut self, ctx: &Context) {
        let stand = &mut self.desk.stand;
        self.player.follow(&stand.page, ctx);
        stand.playing = self.player.playing(&stand.page);
        let words = match self.player.news() {
            None => return,
            Some(News::Back) => {
                stand.notice.take_if(|notice| notice.offers(Command::TrySound));
                return;
            }
            Some(News::Missing(name)) => format!("The sound device “{name}” is not there."),
            Some(News::Silent(AudioError::NoDevice | AudioError::Silent(_))) => {
                "No sound device found.".to_owned()
            }
            Some(News::Silent(error)) => sentence(&error.to_string()),
        };
        log::warn!("{words}");
        let notice = Notice::new(Severity::Warning, format!("{words} Everything else works."));
        let notice = notice.remedy("Try again", Command::TrySound);
        stand.notice = Some(notice.remedy("Choose a device", Command::SoundDevice));
    }

    /// What is to be as it is now when the window is opened again.
    fn preferences(&self, ctx: &Context) -> Preferences {
        let size = ctx.content_rect().size();
        let split = self.desk.split();
        Preferences {
            theme: self.theme,
            zoom: ctx.zoom_factor(),
            compose: self.compose_wanted != Wanted::No,
            history: self.history_wanted != Wanted::No,
            abc: self.desk.abc.opened_by_hand(),
            abc_beside: split.beside,
            abc_height: split.height,
            abc_width: split.width,
            paper: self.desk.stand.paper,
            window: Some((size.x, size.y)),
            sound: self.player.sound(),
            model: self.model.clone(),
            tunes: self.shelf.folder_apart_from(self.options.data.as_deref()),
            titles: self.composing.titles().clone(),
            wishes: self.compose.kept(),
        }
    }

    /// Whether there is a tune to copy and to save.
    fn has_tune(&self) -> bool {
        !self.is_writing() && !self.desk.stand.page.is_blank()
    }

    fn is_writing(&self) -> bool {
        self.composing.is_writing()
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        // Another folder may have been chosen for the tunes a moment ago: it is gone to, and remembered.
        self.shelf.finish();
        let tunes = self.shelf.folder_apart_from(self.options.data.as_deref());
        let kept = Preferences { tunes, ..self.keeper.kept().clone() };
        self.keeper.keep(kept);
    }
}

/// The files that were dropped on the window since the last frame.
fn dropped(ctx: &Context) -> Vec<PathBuf> {
    ctx.input(|input| input.raw.dropped_files.iter().map(|file| file.path().to_owned()).collect())
}

fn preference(theme: Theme) -> ThemePreference {
    match theme {
        Theme::System => ThemePreference::System,
        Theme::Light => ThemePreference::Light,
        Theme::Dark => ThemePreference::Dark,
    }
}
