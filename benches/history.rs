//! A window over many kept tunes, all of its work up to the triangles that go to the graphics driver: how soon
//! there is a first frame, how soon the tunes are shown, and how long a frame takes while one scrolls through
//! them, and one in which a letter is typed into the search. One JSON object; times in milliseconds.
//!
//! `cargo bench --bench history -- [FILE.abc] [--tunes N]`: the tunes of the bench `library`.

#![allow(clippy::expect_used, reason = "a bench that cannot run says why by its panic")]

mod book;
mod kept;

use std::time::{Duration, Instant};

use eframe::egui::{
    Context, Event, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, RawInput, Rect,
    TouchPhase, pos2, vec2,
};
use reelsmith::app::{Options, Window};
use reelsmith::audio::recorder::Recorder;

/// Frames of scrolling, a row or so each.
const SCROLLS: usize = 2_000;
const QUERIES: [&str; 4] = ["the jig of", "reel in E dor", "GBAdBAGED", "nothing like it"];

struct Bench {
    ctx: Context,
    window: Window,
    /// Seconds since the start.
    time: f64,
}

impl Bench {
    /// One frame with these events; how long it took, and how many triangles' worth of shapes it drew.
    fn frame(&mut self, events: Vec<Event>) -> (f64, usize) {
        self.time += 1.0 / 60.0;
        let screen = Rect::from_min_size(Pos2::ZERO, vec2(1280.0, 800.0));
        let input =
            RawInput { events, screen_rect: Some(screen), time: Some(self.time), ..RawInput::default() };
        let started = Instant::now();
        let output = self.ctx.run_ui(input, |ui| self.window.ui(ui));
        let shapes = output.shapes.len();
        let triangles = self.ctx.tessellate(output.shapes.clone(), output.pixels_per_point);
        let took = started.elapsed().as_secs_f64() * 1e3;
        std::hint::black_box(triangles);
        output.drop_without_applying_deltas();
        (took, shapes)
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
    let texts = book::texts();
    let folder = tempfile::tempdir().expect("a folder");
    let tunes = folder.path().join("tunes");
    kept::fill(&tunes, &texts);
    let started = Instant::now();
    let ctx = Context::default();
    let options = Options {
        native_dialogs: false,
        data: Some(folder.path().to_owned()),
        recorder: Some(Recorder::new(8_000, Duration::ZERO)),
        ..Options::default()
    };
    let window = Window::new(&ctx, options);
    let mut bench = Bench { ctx, window, time: 0.0 };
    let (_, empty) = bench.frame(Vec::new());
    let first = started.elapsed().as_secs_f64() * 1e3;
    let mut slowest_meanwhile = 0.0f64;
    loop {
        let (took, shapes) = bench.frame(Vec::new());
        slowest_meanwhile = slowest_meanwhile.max(took);
        // A row of the history is some thirty shapes.
        if shapes > empty + 100 {
            break;
        }
        assert!(started.elapsed() < Duration::from_secs(60), "the tunes are not shown");
        std::thread::sleep(Duration::from_millis(1));
    }
    let shown = started.elapsed().as_secs_f64() * 1e3;
    let middle = pos2(1140.0, 450.0);
    bench.frame(vec![Event::PointerMoved(middle)]);
    let mut scrolls: Vec<f64> = (0..SCROLLS)
        .map(|_| {
            let wheel = Event::MouseWheel {
                unit: MouseWheelUnit::Point,
                delta: vec2(0.0, -120.0),
                phase: TouchPhase::Move,
                source: MouseWheelSource::Wheel,
                modifiers: Modifiers::NONE,
            };
            bench.frame(vec![wheel]).0
        })
        .collect();
    // The field that finds tunes.
    bench.click(pos2(1140.0, 96.0));
    let mut letters = Vec::new();
    for query in QUERIES {
        for letter in query.chars() {
            letters.push(bench.frame(vec![Event::Text(letter.to_string())]).0);
        }
        bench.frame(vec![Event::Key {
            key: eframe::egui::Key::Escape,
            physical_key: None,
            pressed: true,
            repeat: false,
            modifiers: Modifiers::NONE,
        }]);
        bench.click(pos2(1140.0, 96.0));
    }
    scrolls.sort_by(f64::total_cmp);
    letters.sort_by(f64::total_cmp);
    println!(
        "{{\"tunes\": {}, \"first_frame\": {first:.1}, \"shown\": {shown:.1}, \"slowest_meanwhile\": {slowest_meanwhile:.2}, \
         \"scroll_median\": {:.2}, \"scroll_p95\": {:.2}, \"scroll_most\": {:.2}, \
         \"letter_median\": {:.2}, \"letter_most\": {:.2}}}",
        texts.len(),
        scrolls[SCROLLS / 2],
        scrolls[SCROLLS * 95 / 100],
        scrolls[SCROLLS - 1],
        letters[letters.len() / 2],
        letters[letters.len() - 1]
    );
}
