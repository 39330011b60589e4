//! The ruler: the tune as it is played, one block a part, a cell a bar.

use std::ops::Range;

use eframe::egui::{
    Color32, CursorIcon, EventFilter, Key, Modifiers, Painter, Pos2, Rect, Response, Role, Sense, Stroke,
    StrokeKind, Ui, WidgetInfo, pos2, vec2,
};

use super::fonts;
use super::parts::Parts;
use super::player::{Music, Place};
use super::theme::tokens;
use super::widgets::{focus_ring, snap};

/// How high it is.
pub(super) const HEIGHT: f32 = 24.0;
/// Between two parts.
const GAP: f32 = 4.0;
/// How near the pointer has to be to an end of the loop to take hold of it.
const HOLD: f32 = 6.0;

/// What the musician does with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Wish {
    /// Go to where a bar begins.
    GoTo(usize),
    /// Play some bars over and over.
    Loop(Range<usize>),
}

/// What is dragged: the bar at the end of the loop that stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Drag {
    stays: usize,
    /// Whether the pointer has left the bar it was pressed in.
    far: bool,
}

/// The ruler's own state.
#[derive(Debug, Clone, Default)]
pub(super) struct Ruler {
    drag: Option<Drag>,
}

/// A bar's place on the ruler.
#[derive(Debug, Clone, Copy)]
struct Cell {
    bar: usize,
    left: f32,
    right: f32,
}

impl Ruler {
    /// Draws it over the whole width. `name` says in words where the playhead is.
    pub(super) fn ui(
        &mut self,
        ui: &mut Ui,
        music: Option<&Music>,
        place: &Place,
        looped: Option<&Range<usize>>,
        name: &str,
    ) -> Option<Wish> {
        let size = vec2(ui.available_width(), HEIGHT);
        let (rect, response) = ui.allocate_exact_size(size, Sense::click_and_drag());
        response.widget_info(|| WidgetInfo::labeled(Role::Slider, true, name));
        let parts = music.map(|music| &music.parts);
        let cells = music.map(|music| cells(music, rect)).unwrap_or_default();
        let x = playhead(&cells, place).unwrap_or(rect.left());
        paint(ui, rect, parts, &cells, x, looped);
        focus_ring(ui, &response, 3);
        if cells.is_empty() {
            return None;
        }
        self.pointer(ui, &response, &cells, looped).or_else(|| keys(ui, &response, &cells, place))
    }

    fn pointer(
        &mut self,
        ui: &Ui,
        response: &Response,
        cells: &[Cell],
        looped: Option<&Range<usize>>,
    ) -> Option<Wish> {
        let cell = |bar: usize| cells.iter().find(|cell| cell.bar == bar);
        let ends = looped
            .map(|bars| (cell(bars.start).map(|cell| cell.left), cell(bars.end - 1).map(|cell| cell.right)));
        let near = |end: Option<f32>, pointer: Pos2| end.is_some_and(|x| (x - pointer.x).abs() <= HOLD);
        let held = |pointer: Pos2| {
            let ((left, right), bars) = ends.zip(looped)?;
            if near(left, pointer) {
                Some(bars.end - 1)
            } else if near(right, pointer) {
                Some(bars.start)
            } else {
                None
            }
        };
        if response.hover_pos().is_some_and(|pointer| held(pointer).is_some()) {
            ui.ctx().set_cursor_icon(CursorIcon::ResizeHorizontal);
        }
        if response.drag_started()
            && let Some(pressed) = ui.input(|input| input.pointer.press_origin())
        {
            let stays = held(pressed).or_else(|| bar_at(cells, pressed.x));
            self.drag = stays.map(|stays| Drag { stays, far: held(pressed).is_some() });
        }
        let bar = response.interact_pointer_pos().and_then(|pointer| bar_at(cells, pointer.x));
        if let (Some(drag), Some(bar)) = (&mut self.drag, bar) {
            drag.far |= bar != drag.stays;
            let wish = drag.far.then(|| Wish::Loop(drag.stays.min(bar)..drag.stays.max(bar) + 1));
            if response.drag_stopped() {
                let drag = self.drag.take();
                // A drag within a bar is a click that trembled.
                return wish.or_else(|| drag.map(|_| Wish::GoTo(bar)));
            }
            return wish.filter(|wish| looped.is_none_or(|looped| *wish != Wish::Loop(looped.clone())));
        }
        if response.drag_stopped() {
            self.drag = None;
        }
        bar.filter(|_| response.clicked()).map(Wish::GoTo)
    }
}

/// Left and right go to the bar before and the next.
fn keys(ui: &Ui, response: &Response, cells: &[Cell], place: &Place) -> Option<Wish> {
    if !response.has_focus() {
        return None;
    }
    let filter = EventFilter { horizontal_arrows: true, ..EventFilter::default() };
    ui.memory_mut(|memory| memory.set_focus_lock_filter(response.id, filter));
    let by = ui.input_mut(|input| {
        let mut pressed = |key| input.consume_key(Modifiers::NONE, key);
        isize::from(pressed(Key::ArrowRight)) - isize::from(pressed(Key::ArrowLeft))
    });
    let here = cells.iter().rposition(|cell| cell.bar <= place.bar).unwrap_or(0);
    let there = here.checked_add_signed(by).filter(|_| by != 0)?;
    cells.get(there).map(|cell| Wish::GoTo(cell.bar))
}

/// The bars of all parts, as wide as they are long.
fn cells(music: &Music, rect: Rect) -> Vec<Cell> {
    let parts = &music.parts.parts;
    let whole: f64 = parts.iter().flat_map(|part| part.bars.clone()).map(|bar| music.bar_length(bar)).sum();
    let room = f64::from(rect.width() - GAP * parts.len().saturating_sub(1) as f32).max(0.0);
    let scale = if whole > 0.0 { room / whole } else { 0.0 };
    let mut left = rect.left();
    let mut cells = Vec::new();
    for part in parts {
        for bar in part.bars.clone() {
            let right = left + (music.bar_length(bar) * scale) as f32;
            cells.push(Cell { bar, left, right });
            left = right;
        }
        left += GAP;
    }
    cells
}

fn bar_at(cells: &[Cell], x: f32) -> Option<usize> {
    let at = cells.iter().rposition(|cell| cell.left <= x).unwrap_or(0);
    cells.get(at).map(|cell| cell.bar)
}

/// Where the playhead stands: at the beginning during a count-in.
fn playhead(cells: &[Cell], place: &Place) -> Option<f32> {
    let at = cells.iter().rposition(|cell| cell.bar <= place.bar);
    let Some(cell) = at.and_then(|at| cells.get(at)) else { return cells.first().map(|cell| cell.left) };
    let share = if cell.bar == place.bar { place.share as f32 } else { 1.0 };
    Some(cell.left + (cell.right - cell.left) * share)
}

fn paint(
    ui: &Ui,
    rect: Rect,
    parts: Option<&Parts>,
    cells: &[Cell],
    playhead: f32,
    looped: Option<&Range<usize>>,
) {
    let t = tokens(ui);
    let painter = ui.painter();
    let parts = parts.map_or(&[][..], |parts| &parts.parts);
    if cells.is_empty() {
        let block = snap(painter, rect);
        painter.rect(block, 3, t.field, Stroke::new(1.0, t.line), StrokeKind::Inside);
        return;
    }
    let span = |bars: &Range<usize>| {
        let inside = |cell: &&Cell| bars.contains(&cell.bar);
        let first = cells.iter().find(inside)?;
        let last = cells.iter().rfind(inside)?;
        Some(Rect::from_x_y_ranges(first.left..=last.right, rect.y_range()))
    };
    for part in parts {
        let Some(block) = span(&part.bars) else { continue };
        let block = snap(painter, block);
        painter.rect_filled(block, 3, t.field);
        fill(painter, block, rect.left()..playhead, t.play_soft);
        if let Some(looped) = looped.and_then(span) {
            fill(painter, block, looped.left()..looped.right(), t.sel_soft);
        }
        painter.rect_stroke(block, 3, Stroke::new(1.0, t.line), StrokeKind::Inside);
        for cell in cells.iter().filter(|cell| part.bars.contains(&cell.bar)).skip(1) {
            let x = painter.round_to_pixel_center(cell.left);
            painter.vline(x, block.y_range().shrink(1.0), Stroke::new(1.0, t.line));
        }
        let name = painter.layout_no_wrap(part.name(), fonts::caslon_italic(13.0), t.muted);
        let at = pos2(block.left() + 8.0, block.center().y - name.size().y / 2.0);
        painter.with_clip_rect(block.shrink(1.0)).galley(at, name, t.muted);
    }
    if let Some(looped) = looped.and_then(span) {
        for x in [looped.left(), looped.right() - 3.0] {
            let handle = Rect::from_min_size(pos2(x, rect.top()), vec2(3.0, rect.height()));
            painter.rect_filled(snap(painter, handle), 1, t.selection);
        }
    }
    let x = painter.round_to_pixel_center(playhead);
    let over = painter.with_clip_rect(ui.clip_rect().expand(8.0));
    over.vline(x, rect.top() - 2.0..=rect.bottom() + 3.0, Stroke::new(2.0, t.playhead));
    let head = Rect::from_min_size(pos2(x - 5.0, rect.top() - 4.0), vec2(10.0, 6.0));
    over.rect_filled(head, 2, t.playhead);
}

/// Fills what of a block lies in a range.
fn fill(painter: &Painter, block: Rect, range: Range<f32>, colour: Color32) {
    let (left, right) = (range.start.max(block.left()), range.end.min(block.right()));
    if left < right {
        let stretch = Rect::from_x_y_ranges(left..=right, block.y_range());
        painter.with_clip_rect(stretch.intersect(painter.clip_rect())).rect_filled(block, 3, colour);
    }
}
