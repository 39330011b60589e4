//! Which panels there is room for, and how wide they are.

use eframe::egui::{Vec2, vec2};

/// The top bar.
pub(super) const TOP_BAR: f32 = 40.0;
/// Under this width Compose opens over the sheet, not beside it.
const NO_ROOM_FOR_COMPOSE: f32 = 820.0;
/// Under this width History opens over the sheet, not beside it.
const NO_ROOM_FOR_HISTORY: f32 = 1120.0;
/// From this width on the ABC stands beside the sheet.
const WIDE: f32 = 1600.0;

/// A panel that can be closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// At the left.
    Compose,
    /// Below the sheet, or beside it.
    Abc,
    /// At the right.
    History,
}

/// How a panel is shown.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Shown {
    /// Not at all.
    Closed,
    /// Beside the sheet, so wide.
    Beside(f32),
    /// Over the sheet, so wide.
    Over(f32),
}

/// The whole window at some size.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Layout {
    /// Compose.
    pub(super) compose: Shown,
    /// History.
    pub(super) history: Shown,
    /// The ABC has a column of its own.
    pub(super) abc_beside: Option<f32>,
}

impl Layout {
    /// For a window of `size` in points after zoom. `compose` and `history` are whether they are wanted: a
    /// panel that finds no room comes back when there is some, one that was closed stays closed.
    pub(super) fn of(size: Vec2, compose: Wanted, history: Wanted) -> Self {
        let wide = size.x >= WIDE;
        let shown = |side, wanted, usual, in_wide| match wanted {
            Wanted::No => Shown::Closed,
            Wanted::Yes { .. } if Self::has_room_for(side, size) => {
                Shown::Beside(if wide { in_wide } else { usual })
            }
            Wanted::Yes { over: true } => Shown::Over(usual),
            Wanted::Yes { over: false } => Shown::Closed,
        };
        Self {
            compose: shown(Side::Compose, compose, 264.0, 280.0),
            history: shown(Side::History, history, 272.0, 300.0),
            abc_beside: wide.then_some(510.0),
        }
    }

    /// Whether a panel has a place beside the sheet at this size.
    pub(super) fn has_room_for(side: Side, size: Vec2) -> bool {
        match side {
            Side::Compose => size.x >= NO_ROOM_FOR_COMPOSE,
            Side::History => size.x >= NO_ROOM_FOR_HISTORY,
            Side::Abc => true,
        }
    }
}

/// Whether a panel is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// It was closed.
    No,
    /// It is to be seen where there is room; `over` the sheet too if it was opened there.
    Yes {
        /// It was opened where there is no room for it.
        over: bool,
    },
}

/// The smallest window that all of it is made for.
pub(super) const SMALLEST: Vec2 = vec2(720.0, 480.0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn panels_give_way_and_come_back() {
        let open = Wanted::Yes { over: false };
        for (width, compose) in [
            (720.0, Shown::Closed),
            (819.0, Shown::Closed),
            (820.0, Shown::Beside(264.0)),
            (1280.0, Shown::Beside(264.0)),
            (1920.0, Shown::Beside(280.0)),
        ] {
            assert_eq!(Layout::of(vec2(width, 700.0), open, open).compose, compose, "{width}");
            assert_eq!(Layout::of(vec2(width, 700.0), Wanted::No, open).compose, Shown::Closed);
        }
        for (width, history) in
            [(1119.0, Shown::Closed), (1120.0, Shown::Beside(272.0)), (1920.0, Shown::Beside(300.0))]
        {
            assert_eq!(Layout::of(vec2(width, 700.0), open, open).history, history, "{width}");
        }
        let over = Wanted::Yes { over: true };
        assert_eq!(Layout::of(SMALLEST, over, open).compose, Shown::Over(264.0));
        assert_eq!(Layout::of(SMALLEST, open, over).history, Shown::Over(272.0));
    }

    #[test]
    fn the_abc_stands_beside_the_sheet_where_that_is_wide_enough() {
        let open = Wanted::Yes { over: false };
        assert_eq!(Layout::of(vec2(1599.0, 900.0), open, open).abc_beside, None);
        assert_eq!(Layout::of(vec2(1600.0, 900.0), open, open).abc_beside, Some(510.0));
    }
}
