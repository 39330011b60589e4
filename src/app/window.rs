//! The window: owns the panels, and carries out what they ask for.

mod keeping;

use std::path::PathBuf;

use eframe::egui::{
    Area, CentralPanel, Context, Frame, Id, Margin, OpenUrl, Order, Panel, Rect, Stroke, ThemePreference, Ui,
    UiBuilder, ViewportCommand, pos2, vec2,
};

use super::abc_panel::AbcPanel;
use super::asking::Asking;
use super::command::{self, Command};
use super::comparison::Comparison;
use super::compose_panel::{ComposePanel, Surroundings};
use super::composing::{Composing, NO_TUNE, sentence};
use super::desk::{Desk, Split};
use super::export_dialog::{self, ExportDialog};
use super::file_kind::FileKind;
use super::help;
use super::history_panel::HistoryPanel;
use super::keeper::Keeper;
use super::landmark::{self, PANELS, landmark};
use super::layout::{self, Layout, Shown, Side, Wanted};
use super::notice::{Notice, Severity};
use super::opening::{self, Opened, Opening};
use super::page::Page;
use super::palette::{self, Palette};
use super::player::Player;
use super::rescue::Rescue;
use super::rewriting::Rewriting;
use super::save::{Outcome, Saving};
use super::sheet_view::SheetView;
use super::shelf::Shelf;
use super::theme::{self, tokens};
use super::top_bar;
use super::transport_panel::{self, TransportPanel};
use super::tunebook::{Choice, Tunebook};
use super::undo::Deed;
use crate::abc::Span;
use crate::audio::recorder::Recorder;
use crate::audio::{AudioError, SystemDevices};
use crate::compose::WishError;
use crate::logging;
use crate::settings::{Preferences, Theme};

/// How much larger or smaller a step of zoom is, and its ends.
const ZOOM_STEP: f32 = 0.1;
const LEAST_ZOOM: f32 = 0.5;
const MOST_ZOOM: f32 = 3.0;

/// How the window is to be opened.
#[derive(Debug, Clone)]
pub struct Options {
    /// The model to compose with instead of the one the settings name.
    pub model: Option<PathBuf>,
    /// Use the system's file dialogs where there are any.
    pub native_dialogs: bool,
    /// Where settings, the log and the tune in the editor are kept; without it nothing is.
    pub data: Option<PathBuf>,
    /// Plays on this instead of the system's sound devices.
    pub recorder: Option<Recorder>,
    /// Tunes to open.
    pub files: Vec<PathBuf>,
}

impl Default for Options {
    fn default() -> Self {
        Self { model: None, native_dialogs: true, data: None, recorder: None, files: Vec::new() }
    }
}

/// What lies over the whole window.
#[derive(Debug, Clone, Default)]
enum Over {
    #[default]
    Nothing,
    Palette(Palette),
    Export(ExportDialog),
    Keys,
    About,
    Compare(Comparison),
}

/// The whole window.
#[derive(Debug)]
pub struct Window {
    options: Options,
    composing: Composing,
    compose: ComposePanel,
    desk: Desk,
    player: Player,
    transport: TransportPanel,
    saving: Saving,
    opening: Opening,
    rescue: Rescue,
    over: Over,
    history: HistoryPanel,
    shelf: Shelf,
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
    keeper: Keeper,
}

impl Window {
    /// Dresses `ctx`, begins to open the model, and waits for neither.
    pub fn new(ctx: &Context, options: Options) -> Self {
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
        let (rescue, left) = Rescue::begin(options.data.as_deref());
        if let Some(tune) = left {
            desk.stand.page.rewrite(Deed::Opening, tune);
            let words = "Reelsmith broke off when it ran last. This tune was in the editor.";
            desk.stand.notice = Some(Notice::new(Severity::Success, words));
        }
        Self {
            composing: Composing::new(options.model.clone(), kept.titles.clone(), ctx),
            compose: ComposePanel::default(),
            desk,
            player: match options.recorder.clone() {
                Some(recorder) => Player::new(ctx, recorder),
                None => Player::new(ctx, SystemDevices::default()),
            },
            transport: TransportPanel::default(),
            saving: Saving::default(),
            opening,
            rescue,
            over: Over::Nothing,
            history: HistoryPanel::default(),
            shelf: Shelf::open(options.data.as_deref(), ctx),
            asking: Asking::default(),
            compose_wanted: wanted(kept.compose),
            history_wanted: wanted(kept.history),
            theme: kept.theme,
            height: 0.0,
            panel: 0,
            start_is_wrong: false,
            keeper: Keeper::new(options.data.clone(), kept),
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
        self.keep_tunes(&ctx);
        self.play(&ctx);
        let covered = self.saving.is_asking()
            || self.opening.is_asking()
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
        if let Some(opened) = self.opening.ui(&ctx) {
            self.open(opened);
            ctx.request_repaint();
        }
        for command in commands {
            self.carry_out(command, &ctx);
        }
        if !self.is_writing() {
            self.rescue.follow(&self.desk.stand.page.abc());
        }
        self.keeper.keep(self.preferences(&ctx));
    }

    /// Has the player follow the page, and the sheet the player.
    fn play(&mut self, ctx: &Context) {
        let stand = &mut self.desk.stand;
        self.player.follow(&stand.page, ctx);
        stand.playing = self.player.playing(&stand.page);
        if let Some(error) = self.player.news() {
            log::warn!("{error}");
            let words = match error {
                AudioError::NoDevice | AudioError::Silent(_) => {
                    "No sound device found. Everything else works.".to_owned()
                }
                other => format!("{} Everything else works.", sentence(&other.to_string())),
            };
            let notice = Notice::new(Severity::Error, words);
            stand.notice = Some(notice.remedy("Try again", Command::TrySound));
        }
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
            titles: self.composing.titles().clone(),
        }
    }

    fn panels(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        let t = tokens(ui);
        let size = ui.available_size();
        let layout = Layout::of(size, self.compose_wanted, self.history_wanted);
        let bar = Frame::new().fill(t.bar).inner_margin(Margin::symmetric(12, 0));
        let top =
            Panel::top("top bar").exact_size(layout::TOP_BAR).resizable(false).show_separator_line(false);
        top.frame(bar).show(ui, |ui| {
            landmark(ui, PANELS[0]);
            let around = top_bar::Surroundings {
                obstacle: &|command| self.obstacle(command),
                holds: &|command| {
                    command == Command::Theme(self.theme) || command == Command::Paper(self.desk.stand.paper)
                },
                open: &|side| self.is_open(side, layout),
            };
            top_bar::ui(ui, &around, commands);
            hairline_below(ui, t.line);
        });
        let below = Panel::bottom("transport").exact_size(transport_panel::HEIGHT).resizable(false);
        below.show_separator_line(false).frame(Frame::new().fill(t.bar)).show(ui, |ui| {
            landmark(ui, PANELS[5]);
            self.transport.ui(ui, &mut self.player, commands);
        });
        let panel = Frame::new().fill(t.panel);
        match layout.compose {
            Shown::Closed => {}
            Shown::Beside(width) => {
                Panel::left("compose").exact_size(width).resizable(false).frame(panel).show(ui, |ui| {
                    self.compose(ui, commands);
                });
            }
            Shown::Over(width) => {
                let place = ui.available_rect_before_wrap();
                let over = Area::new(Id::unique("compose over")).order(Order::Middle).fixed_pos(place.min);
                over.show(ui.ctx(), |ui| {
                    let place = Rect::from_min_size(place.min, vec2(width, place.height()));
                    ui.painter().add(t.float_shadow().as_shape(place, 0));
                    ui.painter().rect_filled(place, 0, t.panel);
                    ui.scope_builder(UiBuilder::new().max_rect(place), |ui| self.compose(ui, commands));
                });
            }
        }
        let mut asks = Vec::new();
        match layout.history {
            Shown::Closed => {}
            Shown::Beside(width) => {
                Panel::right("history").exact_size(width).resizable(false).frame(panel).show(ui, |ui| {
                    asks = self.history(ui);
                });
            }
            Shown::Over(width) => {
                let place = ui.available_rect_before_wrap();
                let place = place.with_min_x(place.right() - width);
                let over = Area::new(Id::unique("history over")).order(Order::Middle).fixed_pos(place.min);
                over.show(ui.ctx(), |ui| {
                    ui.painter().add(t.float_shadow().as_shape(place, 0));
                    ui.painter().rect_filled(place, 0, t.panel);
                    ui.scope_builder(UiBuilder::new().max_rect(place), |ui| asks = self.history(ui));
                });
            }
        }
        for ask in asks {
            self.carry_out_ask(ask, ui.ctx());
        }
        CentralPanel::no_frame().frame(Frame::new().fill(t.window)).show(ui, |ui| {
            self.height = ui.ctx().content_rect().height();
            let waiting = self.composing.invitation();
            self.desk.ui(ui, self.composing.candidates(), waiting, commands);
        });
    }

    fn compose(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        landmark(ui, PANELS[1]);
        let status = self.composing.status();
        let ready = self.composing.ready();
        let around = Surroundings {
            model: ready.map(|r| r.model.as_str()),
            model_source: ready.map_or("", |r| r.source.as_str()),
            devices: ready.map_or(&[], |r| r.devices.as_slice()),
            writing: self.composing.candidates().progress().map(|(done, count)| done as f32 / count as f32),
            obstacle: self.composing.obstacle(),
            status: status.as_deref(),
            start_is_wrong: self.start_is_wrong,
        };
        if self.compose.ui(ui, &around, commands) {
            self.start_is_wrong = false;
        }
    }

    /// What lies over the panels.
    fn over(&mut self, ctx: &Context, commands: &mut Vec<Command>) {
        let mut over = std::mem::take(&mut self.over);
        let closed = match &mut over {
            Over::Nothing => return,
            Over::Palette(palette) => match palette.ui(ctx, |command| self.obstacle(command)) {
                Some(palette::Answer::Do(command)) => {
                    commands.push(command);
                    true
                }
                Some(palette::Answer::Close) => true,
                None => false,
            },
            Over::Export(export) => match export.ui(ctx, self.desk.stand.page.title()) {
                Some(export_dialog::Answer::Save(kind)) => {
                    commands.push(Command::Save(kind));
                    true
                }
                Some(export_dialog::Answer::Close) => true,
                None => false,
            },
            Over::Keys => help::keys(ctx),
            Over::Compare(comparison) => comparison.ui(ctx),
            Over::About => help::about(ctx, self.composing.ready().map(|ready| ready.model.as_str())),
        };
        if closed {
            ctx.request_repaint();
        } else {
            self.over = over;
        }
    }

    fn carry_out(&mut self, command: Command, ctx: &Context) {
        match command {
            Command::Compose => self.begin(),
            Command::Cancel => self.composing.cancel(),
            Command::ChooseCandidate(place) => self.choose(place),
            Command::RunOn(device) => self.composing.reopen(Some(device), ctx),
            Command::Open => self.opening.ask(self.options.native_dialogs, ctx),
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
            Command::CaretAt(span) => self.desk.abc.caret_at(span),
            Command::PlayOrPause => self.player.play_or_pause(),
            Command::TrySound => {
                self.desk.stand.notice = None;
                self.player.play_or_pause();
            }
            Command::StopPlaying => self.player.stop(),
            Command::HearNote(span) => self.player.hear(span),
            Command::PlayFrom(span) => self.player.play_from(span),
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
            Command::Export if self.has_tune() => self.over = Over::Export(ExportDialog::default()),
            Command::Export => {}
            Command::Keys => self.over = Over::Keys,
            Command::About => self.over = Over::About,
            Command::Quit => ctx.send_viewport_cmd(ViewportCommand::Close),
        }
        ctx.request_repaint();
    }

    /// Why a command cannot be carried out now.
    fn obstacle(&self, command: Command) -> Option<&'static str> {
        match command {
            Command::Compose if self.is_writing() => Some("Tunes are being written."),
            Command::Compose => self.composing.obstacle(),
            Command::Cancel if !self.is_writing() => Some("Nothing is being written."),
            Command::PlayOrPause | Command::StopPlaying if !self.player.has_music() => {
                Some("There is nothing to play yet.")
            }
            Command::CopyAbc | Command::Export | Command::Save(_) | Command::Rewrite(_)
                if !self.has_tune() =>
            {
                Some(NO_TUNE)
            }
            Command::Open if self.is_writing() => Some("Tunes are being written."),
            Command::OpenLogFolder if self.options.data.is_none() => Some("There is no folder for a log."),
            Command::Undo if self.desk.stand.page.next_undo().is_none() && self.shelf.deleted().is_none() => {
                Some("Nothing to undo.")
            }
            Command::Redo if self.desk.stand.page.next_redo().is_none() => Some("Nothing to redo."),
            _ => None,
        }
    }

    fn is_open(&self, side: Side, layout: Layout) -> bool {
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

    fn begin(&mut self) {
        if self.is_writing() || self.composing.obstacle().is_some() {
            return;
        }
        let Some(order) = self.compose.order(self.desk.stand.page.text()) else { return };
        self.desk.stand.notice = None;
        self.start_is_wrong = false;
        if let Err(error) = self.composing.begin(order, &mut self.desk.stand.page) {
            self.start_is_wrong = matches!(error, WishError::Notes(_));
            self.compose.give_back_seed();
            self.desk.stand.notice = Some(Notice::new(Severity::Error, error.to_string()));
        }
    }

    /// Changes the page, and shows where.
    fn go_to(&mut self, change: impl FnOnce(&mut Page) -> Option<Span>) {
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
    fn open(&mut self, (path, text): Opened) {
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

    fn save(&mut self, kind: FileKind, ctx: &Context) {
        if self.saving.is_busy() || !self.has_tune() {
            return;
        }
        self.save_page(kind, &self.desk.stand.page.clone(), ctx);
    }

    fn save_bars(&mut self, kind: FileKind, span: Span, ctx: &Context) {
        let stand = &self.desk.stand;
        let name = stand.sheet.chosen(stand.page.reading().notes()).map(|(name, _)| name);
        match stand.page.excerpt(span, &name.unwrap_or_default()) {
            Ok(page) if !self.saving.is_busy() => self.save_page(kind, &page, ctx),
            Ok(_) => {}
            Err(reason) => {
                self.desk.stand.notice = Some(saving_notice(&Outcome::Impossible { kind, reason }));
            }
        }
    }

    fn save_page(&mut self, kind: FileKind, page: &Page, ctx: &Context) {
        let (manner, native) = (self.player.manner(), self.options.native_dialogs);
        if let Some(outcome) = self.saving.begin(kind, page, manner, native, ctx) {
            self.desk.stand.notice = Some(saving_notice(&outcome));
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

fn zoom(ctx: &Context, factor: f32) {
    let factor = (factor / ZOOM_STEP).round() * ZOOM_STEP;
    ctx.set_zoom_factor(factor.clamp(LEAST_ZOOM, MOST_ZOOM));
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

fn hairline_below(ui: &Ui, colour: eframe::egui::Color32) {
    let bar: Rect = ui.max_rect();
    let y = ui.painter().round_to_pixel_center(bar.bottom() - 0.5);
    let ends = [pos2(0.0, y), pos2(ui.ctx().content_rect().right(), y)];
    ui.painter().with_clip_rect(ui.ctx().content_rect()).line_segment(ends, Stroke::new(1.0, colour));
}
