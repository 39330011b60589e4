//! The transport panel, through its accessibility tree, on a device that plays when it is told to.

use std::cell::RefCell;
use std::time::Duration;

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers, Rect, vec2};
use egui_kittest::kittest::{NodeT, Queryable};
use reelsmith::app::Options;
use reelsmith::audio::recorder::Recorder;
use reelsmith::model::Precision;
use tempfile::TempDir;

use crate::window::{Test, short_tunes};

/// Two parts of two bars, the first played twice; a bar lasts half a second.
const TUNE: &str = "X:1\nT:Quick\nM:4/4\nL:1/4\nQ:1/4=480\nK:D\n|:DEFG|ABcd:|dcBA|d4|]\n";
const RATE: u32 = 8_000;

impl Test {
    /// With the tune, and a device.
    fn with_sound() -> (Self, Recorder) {
        let recorder = Recorder::new(RATE, Duration::ZERO);
        let mut test = Self::with_recorder(&short_tunes(), recorder.clone());
        test.write(TUNE);
        test.until("there is something to play", |t| t.button("Play from bar 1") == Some(true));
        (test, recorder)
    }

    fn space(&mut self) {
        // Out of the editor, where a space is a space.
        let (_, ruler) = self.ruler();
        self.click_at(ruler.left_center() + vec2(4.0, 0.0), Modifiers::NONE);
        self.harness.key_press(Key::Space);
        self.steps();
    }

    fn ruler(&self) -> (String, Rect) {
        let mut sliders = self.harness.query_all_by_role(Role::Slider);
        let named = sliders.find_map(|node| {
            let name = node.accesskit_node().label().filter(|name| name.starts_with("Position"))?;
            Some((name, node.rect()))
        });
        named.expect("a ruler")
    }

    fn until_at(&mut self, name: &str) {
        self.until(name, |t| t.ruler().0 == name);
    }
}

#[test]
fn space_plays_and_the_playhead_goes_through_the_tune_to_its_end() {
    let (mut test, recorder) = Test::with_sound();
    assert_eq!(test.ruler().0, "Position, bar 1 of 4, part A, first time");
    test.until("how long it takes is worked out", |t| t.says("0:00 of 0:03"));
    test.space();
    test.until("the device is open", |_| recorder.is_open());
    assert_eq!(test.button("Pause"), Some(true));
    let seen = RefCell::new(vec![test.ruler().0]);
    test.until("it is over", |t| {
        if recorder.frames().len() < 5 * RATE as usize {
            recorder.run(RATE as usize / 2, 256, |fill| fill());
        }
        let place = t.ruler().0;
        if seen.borrow().last() != Some(&place) {
            seen.borrow_mut().push(place);
        }
        t.button("Pause").is_none()
    });
    let places = [
        "bar 1 of 4, part A, first time",
        "bar 2 of 4, part A, first time",
        "bar 1 of 4, part A, second time",
        "bar 2 of 4, part A, second time",
        "bar 3 of 4, part B, first time",
        "bar 4 of 4, part B, first time",
    ];
    // A slow machine may draw too seldom to show each, but none out of its turn.
    let seen = seen.into_inner();
    let mut turns = places.iter().map(|place| format!("Position, {place}"));
    assert!(seen.iter().all(|place| turns.any(|turn| turn == *place)), "{seen:?}");
    assert_eq!(seen.last().map(String::as_str), Some("Position, bar 4 of 4, part B, first time"));
    test.until("all has died away, and nothing is left to draw", |t| {
        if recorder.frames().len() < 25 * RATE as usize {
            recorder.run(RATE as usize / 2, 256, |fill| fill());
        }
        let views = t.harness.output().viewport_output.values();
        views.into_iter().all(|view| view.repaint_delay >= Duration::from_secs(10))
    });
}

#[test]
fn without_a_device_it_says_so_once_and_tries_again() {
    let (mut test, recorder) = Test::with_sound();
    recorder.unplug();
    test.space();
    test.until("it is said", |t| t.says("No sound device found. Everything else works."));
    assert_eq!(test.button("Play from bar 1"), Some(true), "nothing plays");
    recorder.plug_in(RATE);
    test.click("Try again");
    test.until("it plays", |t| recorder.is_open() && t.button("Pause").is_some());
    assert!(!test.says("No sound device found"));
}

#[test]
fn the_ruler_is_clicked_to_go_and_dragged_to_loop() {
    let (mut test, _recorder) = Test::with_sound();
    test.harness.set_size(vec2(1600.0, 800.0));
    test.steps();
    let (_, ruler) = test.ruler();
    let at = |share: f32| ruler.left_center() + vec2(ruler.width() * share, 0.0);
    // Six bars are played: A, A again, B.
    test.click_at(at(0.4), Modifiers::NONE);
    test.until_at("Position, bar 1 of 4, part A, second time");
    test.drag(at(0.75), at(0.95));
    assert_eq!(test.button("Loop: bars 3–4"), Some(true), "{:?}", test.texts());
    // Its end is taken hold of and drawn back by a bar.
    test.drag(ruler.right_center(), at(0.75));
    assert_eq!(test.button("Loop: bar 3"), Some(true), "{:?}", test.texts());
    test.click("Loop: bar 3");
    assert!(!test.says("Loop: "));
    test.click("Loop");
    assert_eq!(test.button("Loop: bars 1–2"), Some(true), "the part the playhead is in");
    test.click("Back to the start");
    test.until_at("Position, bar 1 of 4, part A, second time");
}

#[test]
fn everything_that_sounds_can_be_changed() {
    let (mut test, _recorder) = Test::with_sound();
    test.choose("Instrument", "Tin whistle");
    test.choose("Backing", "None");
    test.choose("Swing", "Light");
    test.click("More semitones");
    test.click("Metronome");
    test.click("Count in");
    test.until("it is counted in", |t| t.ruler().0.starts_with("Position, count in"));
    for (role, field, value) in [
        (Role::ComboBox, "Instrument", "Tin whistle"),
        (Role::ComboBox, "Backing", "None"),
        (Role::ComboBox, "Swing", "Light"),
        (Role::SpinButton, "Transpose", "+1"),
    ] {
        assert_eq!(test.value(role, field), value);
    }
    test.harness.get_by_role_and_label(Role::Slider, "Tempo").focus();
    test.steps();
    test.harness.key_press(Key::ArrowRight);
    test.steps();
    assert!(test.says("beats"), "a changed tempo is said in beats: {:?}", test.texts());
}

#[test]
fn in_a_narrow_window_what_has_no_room_opens_from_a_button() {
    let (mut test, _recorder) = Test::with_sound();
    test.harness.set_size(vec2(900.0, 600.0));
    test.steps();
    assert!(test.button("Metronome").is_none());
    test.click("Sound");
    test.click("Metronome");
    test.choose("Backing", "None");
    assert_eq!(test.value(Role::ComboBox, "Backing"), "None");
}

/// A window with a data folder and a device, and a tune in it.
fn with_data(folder: TempDir, recorder: &Recorder) -> Test {
    let model = folder.path().join("tiny.safetensors");
    std::fs::write(&model, short_tunes().to_bytes(Precision::F32).unwrap()).unwrap();
    let data = Some(folder.path().join("data"));
    let recorder = Some(recorder.clone());
    let mut test =
        Test::open_as(folder, Options { model: Some(model), data, recorder, ..Options::default() });
    test.write(TUNE);
    // With a count-in it begins before bar 1.
    let from = ["Play from bar 1", "Play from the start"];
    test.until("there is something to play", |t| from.iter().any(|name| t.button(name) == Some(true)));
    test
}

#[test]
fn what_sounds_is_set_as_it_was_when_the_window_is_opened_again() {
    let recorder = Recorder::new(RATE, Duration::ZERO);
    let mut test = with_data(tempfile::tempdir().unwrap(), &recorder);
    test.choose("Instrument", "Fiddle");
    test.choose("Backing", "Bodhrán");
    test.choose("Swing", "Strong");
    test.click("Count in");
    test.click("More semitones");
    let Test { harness, folder } = test;
    drop(harness);
    let mut test = with_data(folder, &recorder);
    test.until("it is counted in", |t| t.ruler().0.starts_with("Position, count in"));
    for (role, field, value) in [
        (Role::ComboBox, "Instrument", "Fiddle"),
        (Role::ComboBox, "Backing", "Bodhrán"),
        (Role::ComboBox, "Swing", "Strong"),
        (Role::SpinButton, "Transpose", "0"),
    ] {
        assert_eq!(test.value(role, field), value);
    }
}

#[test]
fn a_sound_device_is_chosen_and_missed_when_it_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    std::fs::create_dir_all(&data).unwrap();
    let gone = "[sound.device]\nid = \"usb\"\nname = \"USB headset\"\n";
    std::fs::write(data.join("settings.toml"), gone).unwrap();
    let recorder = Recorder::new(RATE, Duration::ZERO);
    let mut test = with_data(folder, &recorder);
    test.space();
    test.until("it is said", |t| {
        t.says("The sound device “USB headset” is not there. Everything else works.")
    });
    test.click("Choose a device");
    test.until("devices are listed", |t| t.says("Recorder"));
    test.harness.get_by_role_and_label(Role::RadioButton, "Recorder").click();
    test.steps();
    test.click("Close");
    test.click("Try again");
    test.until("it plays", |t| recorder.is_open() && t.button("Pause").is_some());
    test.until("it is kept", |_| {
        std::fs::read_to_string(data.join("settings.toml"))
            .is_ok_and(|text| text.contains("name = \"Recorder\""))
    });
}

#[test]
fn a_device_that_vanishes_is_said_until_it_is_back() {
    let (mut test, recorder) = Test::with_sound();
    test.space();
    test.until("the device is open", |_| recorder.is_open());
    recorder.unplug();
    test.until("it is said", |t| t.says("The sound device is gone"));
    test.click("Try again");
    assert_eq!(test.button("Pause"), Some(true), "it plays as soon as there is one");
    recorder.plug_in(RATE);
    test.until("it is back", |t| recorder.is_open() && !t.says("The sound device is gone"));
}

#[test]
fn what_waits_for_a_device_is_stopped_even_if_the_text_has_no_notes_left() {
    let (mut test, recorder) = Test::with_sound();
    test.space();
    test.until("the device is open", |_| recorder.is_open());
    recorder.unplug();
    test.until("it is said", |t| t.says("The sound device is gone"));
    test.write("X:1\nK:D\n");
    test.until("there is nothing to play", |t| t.says("of 0:00"));
    assert_eq!(test.button("Stop"), Some(true));
    test.click("Stop");
    recorder.plug_in(RATE);
    test.write("X:1\nK:D\nD8|\n");
    test.until("there is something to play", |t| t.says("Play from"));
}
