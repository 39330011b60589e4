//! What the window reads and writes: files, the clipboard, the tune of a copy that broke off.

use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use eframe::egui::accesskit::Role;
use eframe::egui::{DroppedFile, Key, Modifiers, OutputCommand};
use egui_kittest::kittest::Queryable;
use reelsmith::library::Version;
use reelsmith::model::Precision;

use super::{Test, short_tunes};

/// A file from the system's file manager.
#[derive(Debug)]
pub(super) struct Dropped(pub(super) PathBuf);

impl DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

#[test]
fn a_tune_is_saved_where_the_dialog_says() {
    let mut test = Test::with(&short_tunes());
    test.compose_in_d();
    test.file("Save as…");
    let nowhere = test.folder.path().join("none").join("tune");
    test.type_into(Role::TextInput, "File", nowhere.to_str().unwrap());
    assert!(test.says("There is no such folder."), "{:?}", test.texts());
    assert_eq!(test.button("Save as ABC"), Some(false));
    let path = test.folder.path().join("tune");
    test.type_into(Role::TextInput, "File", path.to_str().unwrap());
    test.click("Save as ABC");
    test.until("it is saved", |t| t.says("Saved as “tune.abc”"));
    let saved = std::fs::read_to_string(path.with_extension("abc")).unwrap();
    assert!(saved.starts_with("X:1\n") && saved.contains("%%reelsmith seed "), "{saved}");
    // A second time it asks before it replaces, and Esc closes the dialog.
    test.harness.key_press_modifiers(Modifiers::COMMAND, Key::S);
    test.steps();
    assert_eq!(test.button("Save as PDF"), Some(true));
    test.harness.get_by_role_and_label(Role::RadioButton, "ABC").click();
    test.steps();
    test.click("Save as ABC");
    test.type_into(Role::TextInput, "File", path.to_str().unwrap());
    assert_eq!(test.button("Replace"), Some(true));
    test.harness.key_press(Key::Escape);
    test.steps();
    assert_eq!(test.button("Replace"), None);
}

#[test]
fn a_tune_is_saved_as_sound_and_as_paper() {
    let mut test = Test::with(&short_tunes());
    test.type_into(Role::MultilineTextInput, "ABC", "X:1\nT:Two notes\nK:D\nDE|\n");
    for (name, ending, begins) in
        [("MIDI", "mid", "MThd"), ("PDF", "pdf", "%PDF"), ("PNG", "png", "\u{89}PNG"), ("SVG", "svg", "<svg")]
    {
        test.click("File");
        test.click(&format!("Save as {name}…"));
        let path = test.folder.path().join("two");
        test.type_into(Role::TextInput, "File", path.to_str().unwrap());
        test.click(&format!("Save as {name}"));
        test.until("it is saved", |t| t.says(&format!("Saved as “two.{ending}”")));
        let bytes = std::fs::read(path.with_extension(ending)).unwrap();
        let first: Vec<u8> = begins.chars().map(|c| c as u8).collect();
        assert!(bytes.starts_with(&first), "{name}: {:?}", &bytes[..8]);
    }
}

#[test]
fn a_long_export_says_how_far_it_is_and_can_be_cancelled() {
    let mut test = Test::with(&short_tunes());
    test.write(&format!("X:1\nT:Long\nM:4/4\nL:1/1\nQ:1/4=60\nK:D\n{}\n", "D|E|".repeat(100)));
    test.file("Save as WAV…");
    let path = test.folder.path().join("long.wav");
    test.type_into(Role::TextInput, "File", path.to_str().unwrap());
    test.click("Save as WAV");
    test.until("it is said", |t| t.says("Writing “long.wav”"));
    assert_eq!(test.line("File", "Open…"), Some(true), "the window goes on meanwhile");
    test.click("Cancel the export");
    test.until("it is given up", |t| !t.says("Writing “long.wav”"));
    assert!(!path.exists() && !test.says("Saved as"), "{:?}", test.texts());
}

#[test]
fn what_cannot_be_saved_is_said_and_makes_no_file() {
    let mut test = Test::with(&short_tunes());
    test.type_into(Role::MultilineTextInput, "ABC", "no tune at all");
    test.click("File");
    test.click("Save as MIDI…");
    let path = test.folder.path().join("none.mid");
    test.type_into(Role::TextInput, "File", path.to_str().unwrap());
    test.click("Save as MIDI");
    test.until("it is said", |t| t.says("This tune cannot be saved as MIDI"));
    assert!(!path.exists());
}

#[test]
fn a_file_that_cannot_be_written_is_said_and_the_tune_stays() {
    let mut test = Test::with(&short_tunes());
    let tune = test.compose_in_d();
    test.file("Save as…");
    // No system takes a name this long.
    let path = test.folder.path().join("a".repeat(300));
    test.type_into(Role::TextInput, "File", path.to_str().unwrap());
    test.click("Save as ABC");
    test.until("it is said", |t| t.says("could not be written"));
    assert_eq!(test.button("Save elsewhere"), Some(true));
    assert_eq!(test.tune(), Some(tune));
}

#[test]
fn copy_takes_the_tune_as_it_is_read() {
    let mut test = Test::with(&short_tunes());
    let tune = test.compose_in_d();
    test.click("Edit");
    test.harness.get_by_role_and_label(Role::Button, "Copy ABC").click();
    let mut copied = None;
    for _ in 0..4 {
        test.harness.step();
        copied = copied.or(test.harness.output().platform_output.commands.iter().find_map(|command| {
            if let OutputCommand::CopyText(text) = command { Some(text.clone()) } else { None }
        }));
    }
    assert_eq!(copied, Some(tune));
    assert!(test.says("The tune is on the clipboard."));
}

#[test]
fn tunes_are_opened_from_the_dialog_and_by_dropping_them() {
    let mut test = Test::with(&short_tunes());
    let write = |test: &Test, name: &str, text: &str| {
        let path = test.folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let one = write(&test, "one.abc", "X:1\nT:The One\nK:D\nD8|\n");
    let book = write(&test, "book.abc", "X:1\nT:First\nK:D\nD8|\n\nX:2\nT:Second\nK:G\nG8|\n");
    let photo = write(&test, "photo.jpg", "");
    test.harness.key_press_modifiers(Modifiers::COMMAND, Key::O);
    test.steps();
    test.type_into(Role::TextInput, "File", one.to_str().unwrap());
    test.click("Open");
    test.until("it is open", |t| t.tune().is_some_and(|tune| tune.contains("The One")));
    let drop_file = |test: &mut Test, path: PathBuf| {
        test.harness.input_mut().dropped_files.push(Arc::new(Dropped(path)));
        test.steps();
    };
    drop_file(&mut test, photo);
    test.until("it is said", |t| t.says("“photo.jpg” is not a tune. Reelsmith opens .abc files."));
    assert!(test.tune().unwrap().contains("The One"), "the tune stays");
    drop_file(&mut test, book);
    test.until("its tunes are listed", |t| t.says("First") && t.says("Second"));
}

#[test]
fn the_tune_in_the_editor_survives_a_copy_that_broke_off() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let model = folder.path().join("tiny.safetensors");
    std::fs::write(&model, short_tunes().to_bytes(Precision::F32).unwrap()).unwrap();
    let left = data.join("recovery");
    std::fs::create_dir_all(&left).unwrap();
    std::fs::write(left.join("7-0.abc"), "X:1\nT:Left\nK:D\nD8|\n").unwrap();
    let mut test = Test::open_with(folder, &model, Some(data.clone()));
    test.steps();
    assert!(test.tune().is_some_and(|tune| tune.contains("T:Left")), "{:?}", test.tune());
    assert!(test.says("Reelsmith broke off when it ran last. This tune was in the editor."));
    let files = || {
        std::fs::read_dir(&left)
            .unwrap()
            .filter(|e| e.as_ref().unwrap().path().extension() == Some("abc".as_ref()))
            .count()
    };
    test.until("it is kept again", |_| files() == 1);
    let Test { harness, folder } = test;
    drop(harness);
    assert_eq!(files(), 0, "a window that is closed in order leaves nothing");
    drop(folder);
}

#[test]
fn a_kept_tune_that_survives_is_kept_where_it_was_and_not_a_second_time() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let model = folder.path().join("tiny.safetensors");
    std::fs::write(&model, short_tunes().to_bytes(Precision::F32).unwrap()).unwrap();
    let (left, tunes) = (data.join("recovery"), data.join("tunes"));
    std::fs::create_dir_all(&left).unwrap();
    std::fs::create_dir_all(&tunes).unwrap();
    let kept = "X:1\n%%reelsmith seed 7\nT:Left\nK:D\nD8|\n";
    std::fs::write(tunes.join("Left.abc"), kept).unwrap();
    let version = Version::of(kept.as_bytes());
    let edited = kept.replace("D8|", "E8|");
    std::fs::write(left.join("7-0.abc"), format!("%%reelsmith kept {version} Left.abc\n{edited}")).unwrap();
    let mut test = Test::open_with(folder, &model, Some(data));
    test.steps();
    assert_eq!(test.tune().as_deref(), Some("X:1\nT:Left\nK:D\nE8|\n"));
    test.until("it is saved", |_| {
        std::fs::read_to_string(tunes.join("Left.abc")).is_ok_and(|text| text.contains("E8|"))
    });
    let count = std::fs::read_dir(&tunes)
        .unwrap()
        .filter(|entry| entry.as_ref().is_ok_and(|entry| entry.path().extension() == Some("abc".as_ref())));
    assert_eq!(count.count(), 1);
}

#[test]
fn copy_picture_puts_the_sheet_on_the_clipboard() {
    let mut test = Test::with(&short_tunes());
    test.write("X:1\nT:One bar\nK:D\nD8|\n");
    test.click("Edit");
    test.harness.get_by_role_and_label(Role::Button, "Copy picture").click();
    let copied = RefCell::new(None);
    test.until("it is said", |t| {
        let commands = &t.harness.output().platform_output.commands;
        let images = commands.iter().filter_map(|command| match command {
            OutputCommand::CopyImage(image) => Some(image.clone()),
            _ => None,
        });
        images.for_each(|image| *copied.borrow_mut() = Some(image));
        t.says("The sheet is on the clipboard, as a picture.")
    });
    let image = copied.into_inner().expect("a picture");
    let (dark, light) = image.pixels.iter().fold((0, 0), |(dark, light), pixel| match pixel.r() {
        0..100 => (dark + 1, light),
        _ => (dark, light + 1),
    });
    assert!(image.width() > 500 && dark > 100 && light > dark, "{dark} of {:?}", image.size);
}
