//! Tunes are found again, opened, played and brought in.

use std::fs;

use eframe::egui::accesskit::Role;
use eframe::egui::{Key, Modifiers};
use egui_kittest::kittest::{NodeT, Queryable};
use reelsmith::files::Disk;
use std::sync::Arc;

use super::{files, jig, window, window_on};

#[test]
fn tunes_are_found_by_title_key_and_notes() {
    let polka = jig("The Other", "G").replace("jig", "polka").replace("6/8", "2/4");
    let (mut test, _) = window(&[("One.abc", jig("The One", "D")), ("Two.abc", polka)]);
    test.until_rows(2);
    test.find("one");
    test.until_rows(1);
    test.find("polka in g");
    test.until_rows(1);
    test.find("GABAGE");
    test.until_rows(2);
    test.find("polka in F");
    test.until_rows(0);
    assert!(test.says("No tune fits “polka in F”.") && test.says("None of your 2 tunes fits."));
    test.click("Compose a polka in F");
    test.until("it is being composed", |t| t.value(Role::ComboBox, "Tune type") == "Polka");
    assert_eq!(test.value(Role::ComboBox, "Key"), "F");
    test.find("one");
    test.until_rows(1);
    test.click("Favourites only");
    test.until_rows(0);
}

#[test]
fn tags_are_a_filter_beside_type_and_key() {
    let tagged = |title: &str, tags: &str| {
        jig(title, "D").replace("X:1\n", &format!("X:1\n%%reelsmith tags {tags}\n"))
    };
    let (mut test, _) = window(&[
        ("One.abc", tagged("One", "slow, for the band")),
        ("Two.abc", tagged("Two", "slow")),
        ("Three.abc", jig("Three", "G")),
    ]);
    test.until_rows(3);
    test.click("Any tag");
    test.click("slow");
    test.until_rows(2);
    test.click("slow");
    test.click("for the band");
    test.until_rows(1);
    assert!(test.row("One").contains("jig in D"));
    // With its last tag the chip goes, and all are there again.
    test.more("One", "Tags");
    test.type_into(Role::TextInput, "Tags, with commas between them", "slow");
    test.press(Modifiers::NONE, Key::Enter);
    test.until_rows(3);
    test.click("Any key");
    test.click("G");
    test.until_rows(1);
    test.click("G");
    test.click("Any key");
    test.until_rows(3);
}

#[test]
fn ctrl_f_goes_to_the_search_of_the_panel_one_is_in() {
    let (mut test, _) = window(&[("One.abc", jig("One", "D"))]);
    test.until_rows(1);
    test.click_row("One");
    test.press(Modifiers::COMMAND, Key::F);
    let field = test.harness.get_by_role_and_label(Role::TextInput, "Find in the history");
    assert!(field.accesskit_node().is_focused());
    test.harness.get_by_role_and_label(Role::MultilineTextInput, "ABC").focus();
    test.steps();
    test.press(Modifiers::COMMAND, Key::F);
    let field = test.harness.get_by_role_and_label(Role::TextInput, "Find in the history");
    assert!(!field.accesskit_node().is_focused(), "from the ABC it looks in the ABC");
}

#[test]
fn a_click_opens_a_double_click_plays_and_the_row_says_so() {
    let (mut test, _, recorder) =
        window_on(&[("One.abc", jig("One", "D")), ("Two.abc", jig("Two", "G"))], Arc::new(Disk));
    test.until_rows(2);
    test.click_row("One");
    test.until("it is on the stand", |t| t.tune().is_some_and(|tune| tune.contains("T:One")));
    assert!(!recorder.is_open(), "nothing is played yet");
    assert_eq!(test.selected_rows(), ["One"]);
    test.double_click_row("Two");
    test.until("it is played", |t| recorder.is_open() && t.row("Two").contains(", playing,"));
    assert!(test.tune().is_some_and(|tune| tune.contains("T:Two")));
    test.click("Pause");
    test.until("it says so no more", |t| !t.row("Two").contains("playing"));
    // The menu of the row plays, too.
    test.more("One", "Play");
    test.until("it is played", |t| t.row("One").contains(", playing,"));
}

#[test]
fn another_like_this_brings_back_what_it_was_composed_with() {
    let made = "X:1\n%%reelsmith seed 77\n%%reelsmith temperature 1.1\n%%reelsmith bars 12\n";
    let (mut test, at) = window(&[("One.abc", jig("One", "D").replace("X:1\n", made))]);
    test.until_rows(1);
    test.click_row("One");
    test.click("Favourite: One");
    test.until("it is a favourite", |t| t.row("One").contains("favourite"));
    test.more("One", "Compose another like this");
    test.until("it is there", |t| t.rows().len() == 2 && files(&at).len() > 1);
    let others = files(&at).into_iter().filter(|file| file != "One.abc");
    let text = fs::read_to_string(at.join(others.into_iter().next().unwrap())).unwrap();
    assert!(text.contains("%%reelsmith temperature 1.1"), "{text}");
}

#[test]
fn files_folders_and_the_demo_s_favourites_are_brought_in_by_our_own_dialog() {
    let (mut test, at) = window(&[]);
    let outside = tempfile::tempdir().unwrap();
    let path = |name: &str| outside.path().join(name);
    fs::write(path("book.abc"), format!("{}\n{}", jig("One", "D"), jig("Two", "G"))).unwrap();
    fs::write(
        path("favourites.json"),
        r#"[{"notation": "X:1\nL:1/8\nM:9/8\nK:G\nGAB dBA G3|", "timestamp": "2024-05-01T12:00:00Z",
            "parameters": {"temperature": 0.9}}]"#,
    )
    .unwrap();
    fs::create_dir(path("folder")).unwrap();
    fs::write(path("folder/three.abc"), jig("Three", "A")).unwrap();
    fs::write(path("photo.jpg"), "no tune").unwrap();
    test.until("the library is read", |t| t.says("Nothing kept yet."));
    test.click("Bring in ABC files");
    test.answer("File or folder", &path("book.abc"), "Bring in");
    test.until("it is said", |t| t.says("2 tunes brought in."));
    test.until_rows(2);
    test.click("More of the history");
    test.click("Bring in a folder");
    test.answer("File or folder", &path("folder"), "Bring in");
    test.until_rows(3);
    test.click("More of the history");
    test.click("Bring in ABC files");
    test.answer("File or folder", &path("favourites.json"), "Bring in");
    test.until_rows(4);
    assert!(test.rows().iter().any(|row| row.contains("slip jig in G, favourite")), "{:?}", test.rows());
    test.click("More of the history");
    test.click("Bring in ABC files");
    test.answer("File or folder", &path("photo.jpg"), "Bring in");
    test.until("it is said", |t| t.says("“photo.jpg”: it is not a tune"));
    test.click("More of the history");
    test.click("Bring in ABC files");
    test.type_into(Role::TextInput, "File or folder", "/no/such/file");
    assert_eq!(test.button("Bring in"), Some(false));
    test.click("Cancel");
    assert_eq!(files(&at).len(), 4);
}
