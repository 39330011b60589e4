//! How the panels share the window, and what lies over them.

use eframe::egui::{
    Area, CentralPanel, Color32, Context, Frame, Id, Margin, Order, Panel, Rect, Stroke, Ui, UiBuilder, pos2,
    vec2,
};

use super::{Over, Window};
use crate::app::asking::Question;
use crate::app::command::Command;
use crate::app::compose_panel::Surroundings;
use crate::app::landmark::{PANELS, landmark};
use crate::app::layout::{self, Layout, Shown};
use crate::app::theme::tokens;
use crate::app::{
    export_dialog, export_tunes, help, hints, licences, palette, sound_dialog, toasts, top_bar,
    transport_panel,
};

impl Window {
    pub(super) fn panels(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
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
            self.desk.stand.no_rewriting = self.composing.obstacle();
            let stand = self.desk.ui(ui, self.composing.candidates(), waiting, commands);
            self.float(ui.ctx(), stand, commands);
        });
    }

    fn compose(&mut self, ui: &mut Ui, commands: &mut Vec<Command>) {
        landmark(ui, PANELS[1]);
        let status = self.composing.status();
        let ready = self.composing.ready();
        let around = Surroundings {
            model: ready.map(|r| r.model.as_str()),
            model_source: ready.map(|r| &r.source),
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

    /// What floats above the foot of the stand.
    fn float(&mut self, ctx: &Context, stand: Rect, commands: &mut Vec<Command>) {
        let mut above = self.desk.stand.foot();
        if let Some(hints) = &mut self.hints {
            if hints.ui(ctx, stand, above) {
                self.hints = None;
                ctx.request_repaint();
            }
            above += hints::HEIGHT + 12.0;
        }
        let progress = self.saving.progress();
        toasts::show(ctx, stand, above, progress.as_ref(), &mut self.desk.stand.notice, commands);
    }

    /// What lies over the panels.
    pub(super) fn over(&mut self, ctx: &Context, commands: &mut Vec<Command>) {
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
                Some(export_dialog::Answer::SaveBars(kind, bars)) => {
                    commands.push(Command::SaveBars(kind, bars));
                    true
                }
                Some(export_dialog::Answer::SaveTunes(order)) => {
                    self.ask(Question::Export(order), ctx);
                    true
                }
                Some(export_dialog::Answer::Close) => true,
                None => false,
            },
            Over::Sound => sound_dialog::ui(ctx, &mut self.player),
            Over::ExportTunes(export) => match export.ui(ctx) {
                Some(export_tunes::Answer::Save(order)) => {
                    self.ask(Question::Export(order), ctx);
                    true
                }
                Some(export_tunes::Answer::Close) => true,
                None => false,
            },
            Over::Keys => help::keys(ctx),
            Over::Compare(comparison) => comparison.ui(ctx),
            Over::Facts(facts) => facts.ui(ctx),
            Over::About => {
                help::about(ctx, self.composing.ready().map(|ready| ready.model.as_str()), commands)
            }
            Over::Licences => licences::ui(ctx),
        };
        if closed {
            ctx.request_repaint();
        } else {
            self.over = over;
        }
    }
}

fn hairline_below(ui: &Ui, colour: Color32) {
    let bar: Rect = ui.max_rect();
    let y = ui.painter().round_to_pixel_center(bar.bottom() - 0.5);
    let ends = [pos2(0.0, y), pos2(ui.ctx().content_rect().right(), y)];
    ui.painter().with_clip_rect(ui.ctx().content_rect()).line_segment(ends, Stroke::new(1.0, colour));
}
