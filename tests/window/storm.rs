//! Ten thousand things a musician might do, at random, while tunes are written and played behind: nothing breaks,
//! no note stays, and the window works as before.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use eframe::egui::accesskit::Role;
use eframe::egui::{
    Event, Key, MissingGlyphPolicy, Modifiers, MouseWheelSource, MouseWheelUnit, PointerButton, Pos2, Rect,
    TouchPhase, lerp, pos2, vec2,
};
use egui_kittest::kittest::Queryable;
use reelsmith::app::Options;
use reelsmith::audio::recorder::Recorder;
use reelsmith::model::Precision;

use super::files::Dropped;
use super::{Test, short_tunes};

/// How many a seed does: five seeds make ten thousand.
const DEEDS: usize = 2_000;
const RATE: u32 = 8_000;

const TUNE: &str =
    "X:1\nT:Two parts\nM:6/8\nL:1/8\nK:G\n|:GBd gdB|~A3 {c}BAG:|\"D\"def [FA]2f|1 g3 G3:|2 g6|]\n";
const BOOK: &str = "X:1\nT:First\nK:D\nD8|\n\nX:2\nT:Second\nK:G\nG8|\n";
/// What is typed: notes and signs, and letters of other scripts.
const WORDS: [&str; 24] = [
    "A", "d2 ", "GABc", "|", ":|", "|:", "|1 ", "(3", "\"Am\"", "[CEG]", "{g}", "~", "!trill!", "[K:Em]",
    "[V:2]", "w: la", "z4", "^", ">", " ", "x", "é", "Ő", "𝄞",
];
const KEYS: [Key; 20] = [
    Key::ArrowLeft,
    Key::ArrowRight,
    Key::ArrowUp,
    Key::ArrowDown,
    Key::Space,
    Key::Space,
    Key::Enter,
    Key::Escape,
    Key::Escape,
    Key::Tab,
    Key::Backspace,
    Key::Delete,
    Key::Home,
    Key::End,
    Key::PageUp,
    Key::PageDown,
    Key::F1,
    Key::F2,
    Key::F6,
    Key::Questionmark,
];
/// With Ctrl: all of the window's but the one that closes it.
const COMMANDS: [Key; 22] = [
    Key::A,
    Key::B,
    Key::E,
    Key::F,
    Key::G,
    Key::G,
    Key::H,
    Key::K,
    Key::O,
    Key::S,
    Key::Y,
    Key::Z,
    Key::Num0,
    Key::Num1,
    Key::Num2,
    Key::Num6,
    Key::Plus,
    Key::Minus,
    Key::ArrowLeft,
    Key::ArrowRight,
    Key::Home,
    Key::Enter,
];

/// A musician without a plan. The seed alone decides on what is done.
struct Musician {
    test: Test,
    recorder: Recorder,
    files: Vec<PathBuf>,
    random: u64,
}

impl Musician {
    fn new(seed: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = |name: &str| folder.path().join(name);
        let model = path("tiny.safetensors");
        std::fs::write(&model, short_tunes().to_bytes(Precision::F32).unwrap()).unwrap();
        let (data, documents) = (path("data"), path("documents"));
        let files = vec![path("one.abc"), path("book.abc"), path("photo.jpg"), path("none.abc")];
        for (file, text) in files.iter().zip([TUNE, BOOK, "no tune"]) {
            std::fs::write(file, text).unwrap();
        }
        std::fs::create_dir(&documents).unwrap();
        let recorder = Recorder::new(RATE, Duration::ZERO);
        let options = Options {
            model: Some(model),
            data: Some(data),
            documents: Some(documents),
            recorder: Some(recorder.clone()),
            ..Options::default()
        };
        let mut test = Test::open_as(folder, options);
        // Letters that no font of ours has are boxes, as in the real window.
        test.harness.ctx.set_missing_glyph_policy(MissingGlyphPolicy::Tofu);
        test.until("the model is open", |t| t.button("Compose") == Some(true));
        Self { test, recorder, files, random: seed }
    }

    /// A number under `end`: SplitMix64.
    fn below(&mut self, end: usize) -> usize {
        self.random = self.random.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        ((z ^ (z >> 31)) % end as u64) as usize
    }

    fn share(&mut self) -> f32 {
        self.below(1_001) as f32 / 1_000.0
    }

    fn one_of<T: Copy>(&mut self, all: &[T]) -> T {
        let place = self.below(all.len());
        all[place]
    }

    /// A place in the window; the narrow bars above and below are as often meant as the rest.
    fn place(&mut self) -> Pos2 {
        let window = self.test.harness.ctx.content_rect();
        let (x, y) = (self.share(), self.share());
        let rows = match self.below(4) {
            0 => Rect::from_min_max(window.min, pos2(window.right(), window.top() + 40.0)),
            1 => Rect::from_min_max(pos2(window.left(), window.bottom() - 97.0), window.max),
            _ => window,
        };
        pos2(lerp(rows.x_range(), x), lerp(rows.y_range(), y))
    }

    fn modifiers(&mut self) -> Modifiers {
        let all = [Modifiers::NONE, Modifiers::NONE, Modifiers::NONE, Modifiers::SHIFT, Modifiers::COMMAND];
        self.one_of(&all)
    }

    fn event(&mut self, event: Event) {
        self.test.harness.input_mut().events.push(event);
    }

    fn frame(&mut self) {
        self.test.harness.step();
    }

    fn button(&mut self, pos: Pos2, pressed: bool, modifiers: Modifiers) {
        let button = PointerButton::Primary;
        self.event(Event::PointerButton { pos, button, pressed, modifiers });
        self.frame();
    }

    fn key(&mut self, key: Key, modifiers: Modifiers) {
        self.event(Event::ModifiersChanged(modifiers));
        for pressed in [true, false] {
            self.event(Event::Key { key, physical_key: None, pressed, repeat: false, modifiers });
        }
        self.frame();
        self.event(Event::ModifiersChanged(Modifiers::NONE));
    }

    /// Does one thing.
    fn act(&mut self) {
        let at = self.place();
        let modifiers = self.modifiers();
        match self.below(100) {
            0..18 => {
                self.event(Event::PointerMoved(at));
                self.frame();
            }
            18..40 => {
                self.event(Event::PointerMoved(at));
                for _ in 0..=self.below(6) / 5 {
                    self.button(at, true, modifiers);
                    self.button(at, false, modifiers);
                }
            }
            40..46 => {
                let to = self.place();
                self.event(Event::PointerMoved(at));
                self.button(at, true, modifiers);
                for part in 1..=3 {
                    self.event(Event::PointerMoved(at + (to - at) * (part as f32 / 3.0)));
                    self.frame();
                }
                self.button(to, false, modifiers);
            }
            46..54 => {
                let delta = vec2(0.0, 40.0 * (self.share() - 0.5));
                let (unit, phase) = (MouseWheelUnit::Line, TouchPhase::Move);
                self.event(Event::PointerMoved(at));
                let source = MouseWheelSource::Wheel;
                self.event(Event::MouseWheel { unit, delta, phase, source, modifiers });
                self.frame();
            }
            54..56 => {
                let factor = 0.5 + self.share();
                self.event(Event::Zoom(factor));
                self.frame();
            }
            56..68 => {
                let key = self.one_of(&KEYS);
                self.key(key, modifiers);
            }
            68..76 => {
                let key = self.one_of(&COMMANDS);
                let shift = if self.below(6) == 0 { Modifiers::SHIFT } else { Modifiers::NONE };
                self.key(key, Modifiers::COMMAND.plus(shift));
            }
            76..88 => {
                let words = self.one_of(&WORDS);
                self.event(Event::Text(words.to_owned()));
                self.frame();
            }
            88 => {
                let text = self.one_of(&[TUNE, BOOK, "no tune at all\n", ""]);
                self.event(Event::Paste(text.to_owned()));
                self.frame();
            }
            89 => {
                let event = if self.below(2) == 0 { Event::Copy } else { Event::Cut };
                self.event(event);
                self.frame();
            }
            90 => {
                let size = lerp(720.0..=1920.0, self.share());
                let high = lerp(480.0..=1080.0, self.share());
                self.test.harness.set_size(vec2(size, high));
                self.frame();
            }
            91 => {
                let file = self.below(self.files.len());
                let file = Dropped(self.files[file].clone());
                self.test.harness.input_mut().dropped_files.push(Arc::new(file));
                self.frame();
            }
            92 => {
                self.event(Event::PointerGone);
                self.frame();
            }
            93 => match self.below(2) {
                0 => self.recorder.unplug(),
                _ => self.recorder.plug_in(RATE),
            },
            // A pause: sound is heard, and what goes on behind may finish.
            _ => {
                let frames = RATE as usize / 20 * (1 + self.below(20));
                self.recorder.run(frames, 256, |fill| fill());
                std::thread::sleep(Duration::from_millis(self.below(4) as u64));
                self.frame();
            }
        }
    }

    /// Lets go of everything, closes what is open, and stops.
    fn stop(&mut self) {
        self.event(Event::PointerGone);
        self.test.harness.set_size(vec2(1280.0, 800.0));
        self.key(Key::Num0, Modifiers::COMMAND);
        self.test.until("no tune is being written", |t| t.button("Cancel") != Some(true));
        for _ in 0..8 {
            self.key(Key::Escape, Modifiers::NONE);
            self.frame();
        }
        if self.test.button("Stop") == Some(true) {
            self.test.click("Stop");
        }
    }

    /// Hears on for some seconds; the loudest sample of the last of them.
    fn hear(&mut self, seconds: usize) -> f32 {
        for _ in 0..4 * seconds {
            self.recorder.run(RATE as usize / 4, 256, |fill| fill());
            self.frame();
        }
        let frames = self.recorder.frames();
        let last = frames.iter().rev().take(RATE as usize);
        last.flatten().fold(0.0, |loudest, sample| sample.abs().max(loudest))
    }
}

/// What a seed leaves behind is in order.
fn holds_out(seed: u64) {
    // The seed stands with the message of whatever breaks.
    println!("seed {seed}");
    let mut musician = Musician::new(seed);
    for _ in 0..DEEDS {
        musician.act();
    }
    musician.recorder.plug_in(RATE);
    musician.stop();
    assert_eq!(musician.hear(20), 0.0, "a note stays");
    // Not because there is no sound any more.
    let Musician { test, .. } = &mut musician;
    if test.harness.query_by_role_and_label(Role::MultilineTextInput, "ABC").is_none() {
        test.click("ABC panel");
    }
    test.write(TUNE);
    let play = |t: &Test| t.texts().into_iter().find(|text| text.starts_with("Play from"));
    test.until("there is something to play", |t| play(t).is_some_and(|name| t.button(&name) == Some(true)));
    let play = play(test).unwrap();
    test.click(&play);
    let recorder = musician.recorder.clone();
    musician.test.until("the device is open", |_| recorder.is_open());
    // What is written above may have to be worked out first.
    assert!((0..20).any(|_| musician.hear(2) > 0.0), "nothing is heard");
    musician.test.click("Stop");
    assert_eq!(musician.hear(20), 0.0, "a note stays");
}

#[test]
fn the_first_two_thousand_deeds_break_nothing() {
    holds_out(1);
}

#[test]
fn the_second_two_thousand_deeds_break_nothing() {
    holds_out(2);
}

#[test]
fn the_third_two_thousand_deeds_break_nothing() {
    holds_out(3);
}

#[test]
fn the_fourth_two_thousand_deeds_break_nothing() {
    holds_out(4);
}

#[test]
fn the_fifth_two_thousand_deeds_break_nothing() {
    holds_out(5);
}
