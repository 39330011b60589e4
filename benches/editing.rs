//! From a letter typed in a tune of 64 bars to the window drawn anew: milliseconds for the frame that
//! takes the letter and the one that shows its music, all of the window's work up to the triangles that
//! go to the graphics driver. One JSON object.
//!
//! `cargo bench --bench editing`

#![allow(clippy::expect_used, reason = "a bench that cannot run says why by its panic")]

use std::time::Instant;

use eframe::egui::{Context, Event, Key, Modifiers, PointerButton, Pos2, RawInput, Rect, pos2, vec2};
use reelsmith::app::{Options, Window};

const EDITS: usize = 200;

struct Bench {
    ctx: Context,
    window: Window,
    /// Seconds since the start.
    time: f64,
}

impl Bench {
    /// One frame with these events; how long it took, in milliseconds.
    fn frame(&mut self, events: Vec<Event>) -> f64 {
        self.time += 1.0 / 60.0;
        let screen = Rect::from_min_size(Pos2::ZERO, vec2(1280.0, 800.0));
        let input =
            RawInput { events, screen_rect: Some(screen), time: Some(self.time), ..RawInput::default() };
        let started = Instant::now();
        let output = self.ctx.run_ui(input, |ui| self.window.ui(ui));
        let triangles = self.ctx.tessellate(output.shapes.clone(), output.pixels_per_point);
        let took = started.elapsed().as_secs_f64() * 1e3;
        std::hint::black_box(triangles);
        output.drop_without_applying_deltas();
        took
    }

    fn key(&mut self, key: Key) -> f64 {
        let event = |pressed| Event::Key {
            key,
            physical_key: None,
            pressed,
            repeat: false,
            modifiers: Modifiers::NONE,
        };
        self.frame(vec![event(true), event(false)])
    }

    fn click(&mut self, at: Pos2) {
        self.frame(vec![Event::PointerMoved(at)]);
        for pressed in [true, false] {
            let button = PointerButton::Primary;
            self.frame(vec![Event::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE }]);
        }
    }
}

fn main() {
    let line = "d2 fd Adfd | gfed BAFA | d2Ad BdAd | (3Bcd ec ~d2 AF |\n";
    let tune = format!("X:1\nT:Sixty-four bars\nR:reel\nL:1/8\nM:4/4\nK:D\n{}", line.repeat(16));
    let ctx = Context::default();
    let window = Window::new(&ctx, Options { native_dialogs: false, ..Options::default() });
    let mut bench = Bench { ctx, window, time: 0.0 };
    for _ in 0..5 {
        bench.frame(Vec::new());
    }
    // In the editor, below the sheet.
    bench.click(pos2(500.0, 660.0));
    bench.frame(vec![Event::Paste(tune)]);
    for _ in 0..8 {
        bench.key(Key::ArrowUp);
    }
    let mut times = Vec::new();
    for edit in 0..EDITS {
        let first = if edit % 2 == 0 {
            bench.frame(vec![Event::Text("A".to_owned())])
        } else {
            bench.key(Key::Backspace)
        };
        let second = bench.frame(Vec::new());
        times.push(first + second);
        bench.frame(Vec::new());
    }
    let rest: f64 = (0..EDITS).map(|_| bench.frame(Vec::new())).sum::<f64>() / EDITS as f64;
    times.sort_by(f64::total_cmp);
    println!(
        "{{\"edits\": {EDITS}, \"median_ms\": {:.2}, \"p95_ms\": {:.2}, \"most_ms\": {:.2}, \"frame_at_rest_ms\": {rest:.2}}}",
        times[EDITS / 2],
        times[EDITS * 95 / 100],
        times[EDITS - 1]
    );
}
