//! `reelsmith-cli convert` makes sheet music, and says why where it does not.

use std::fs;
use std::path::Path;
use std::process::Command;

use super::paper::{decode, page_count, read_pdf};

fn convert(arguments: &[&str], folder: &Path) -> (Option<i32>, String) {
    let command = Command::new(env!("CARGO_BIN_EXE_reelsmith-cli"))
        .arg("convert")
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap();
    (command.status.code(), String::from_utf8(command.stderr).unwrap())
}

#[test]
fn convert_makes_sheet_music_of_tunes_tunebooks_and_folders() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let tune = "X:7\nT:The One\nR:reel\nC:Ann O'Nymous\nL:1/8\nM:4/4\nK:C\nCDEF GABc|CDEF GABc|c8|]\n";
    fs::create_dir(at.join("in")).unwrap();
    fs::write(at.join("in/one.abc"), tune).unwrap();
    fs::write(at.join("in/two.abc"), format!("{tune}\n{}", tune.replace("X:7\nT:The One", "X:9\nT:A Two")))
        .unwrap();
    let done =
        |arguments: &[&str]| assert_eq!(convert(arguments, at), (Some(0), String::new()), "{arguments:?}");
    let refused = |arguments: &[&str], code, words: &str| {
        let (status, told) = convert(arguments, at);
        assert!(status == Some(code) && told.contains(words), "{arguments:?}: {status:?} {told}");
    };

    done(&["in/one.abc", "one.svg"]);
    let text = fs::read_to_string(at.join("one.svg")).unwrap();
    let document = roxmltree::Document::parse(&text).unwrap();
    assert_eq!(document.root_element().attribute("width"), Some("180mm"));
    let words: String = document.descendants().filter_map(|node| node.text()).collect();
    assert!(words.contains("The One") && words.contains("O'Nymous"), "{words}");
    assert!(words.contains("Sheet music of a reel: 3 bars in 1 line"), "{words}");
    done(&["in/one.abc", "narrow.svg", "--width", "90", "--bars", "2"]);
    assert!(fs::read_to_string(at.join("narrow.svg")).unwrap().contains("3 bars in 2 lines"));

    done(&["in/one.abc", "one.png", "--width", "70", "--scale", "10"]);
    let (width, _, _, pixels) = decode(&fs::read(at.join("one.png")).unwrap());
    assert_eq!(width, 400);
    assert!(pixels.contains(&0) && pixels.contains(&255));

    done(&["in", "all.pdf", "--paper", "letter", "--title", "All"]);
    let bytes = fs::read(at.join("all.pdf")).unwrap();
    assert_eq!(page_count(&bytes), 1);
    if let Some(pages) = read_pdf(&bytes) {
        assert!(pages[0].matches("The One").count() == 2 && pages[0].contains("A Two"), "{}", pages[0]);
    }
    done(&["in", "svgs", "--to", "svg"]);
    done(&["in", "pdfs", "--to", "pdf"]);
    for (name, ending) in [("svgs", "svg"), ("pdfs", "pdf")] {
        let entries = fs::read_dir(at.join(name)).unwrap();
        let mut names: Vec<String> =
            entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        assert_eq!(names, ["one", "two-7", "two-9"].map(|name| format!("{name}.{ending}")));
    }

    refused(&["in/one.abc", "one.svg"], 1, "--force");
    refused(&["in/two.abc", "two.svg"], 1, "there are 2 tunes in it, and SVG files hold one each");
    refused(&["in", "two.png"], 1, "name a folder");
    refused(&["in/one.abc", "x.svg", "--paper", "a4"], 2, "--paper has no meaning for SVG files");
    refused(&["in/one.abc", "x.pdf", "--literal"], 2, "--literal has no meaning for PDF files");
    refused(&["in/one.abc", "x.mid", "--bars", "4"], 2, "--bars has no meaning for MIDI files");
    refused(&["in/one.abc", "x.pdf", "--to", "svg"], 2, "--to asks for SVG");
    refused(&["in/one.abc", "x.png", "--scale", "1000"], 2, "from 2 to 200");
    refused(&["in/one.abc", "x.png", "--width", "1000", "--staff", "3", "--scale", "200"], 1, "pixels");
    refused(&["in/one.abc", "x.jpg"], 2, "x.jpg is no form that can be made");
    // One bad file is left out, and said.
    fs::write(at.join("in/empty.abc"), "nothing here\n").unwrap();
    refused(&["in", "all.pdf", "--force"], 1, "empty.abc: there is no tune in it");
    assert!(fs::read(at.join("all.pdf")).unwrap() != bytes, "the others are in it");
    refused(&["in/empty.abc", "none.pdf"], 1, "there is no tune in it");
    assert!(!at.join("none.pdf").exists());
}
