//! Tunes as they look. `gallery/*.abc` are engraved, and the SVG is compared with the one beside each.
//!
//! `REELSMITH_BLESS=1 cargo test gallery` writes the pictures anew: look at them before you commit them.
//! Numbers may differ by one unit, 1/250 of a staff space, because processors round in their own way.

use std::fs;
use std::path::{Path, PathBuf};

use reelsmith::abc::parse;
use reelsmith::engrave::{Options, engrave};
use reelsmith::export::svg;

/// The largest picture that is kept.
const LARGEST: usize = 200_000;

fn tunes() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/gallery");
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> = files.filter(|path| path.extension().is_some_and(|e| e == "abc")).collect();
    files.sort();
    files
}

fn draw(path: &Path) -> String {
    let text = fs::read_to_string(path).unwrap();
    let tunes = parse(&text).tunes;
    assert_eq!(tunes.len(), 1, "{}", path.display());
    let sheet = engrave(&tunes[0], &Options { width: 90.0, ..Options::default() });
    let title = tunes[0].title().unwrap_or_default().to_owned();
    svg::write(&sheet, &svg::Options { title, ..svg::Options::default() }).unwrap()
}

/// The text cut into numbers and what stands between them.
fn parts(text: &str) -> Vec<Result<f64, &str>> {
    let number = |c: char| c.is_ascii_digit() || c == '.';
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let end = rest.find(|c: char| number(c) != number(first)).unwrap_or(rest.len());
        let (part, others) = rest.split_at(end);
        parts.push(part.parse().ok().filter(|_| number(first)).ok_or(part));
        rest = others;
    }
    parts
}

fn same(a: &str, b: &str) -> bool {
    let (a, b) = (parts(a), parts(b));
    a.len() == b.len()
        && a.iter().zip(&b).all(|pair| match pair {
            (Ok(a), Ok(b)) => (a - b).abs() <= 1.0,
            (a, b) => a == b,
        })
}

#[test]
fn tunes_look_as_they_did() {
    let bless = std::env::var_os("REELSMITH_BLESS").is_some();
    let tunes = tunes();
    assert!(tunes.len() >= 20, "there are {}", tunes.len());
    let mut changed = Vec::new();
    for path in tunes {
        let drawn = draw(&path);
        assert!(drawn.len() < LARGEST, "{} is {} bytes", path.display(), drawn.len());
        let kept = path.with_extension("svg");
        let new = path.with_extension("new.svg");
        let _ = fs::remove_file(&new);
        let before = fs::read_to_string(&kept).unwrap_or_default();
        if before == drawn || same(&before, &drawn) {
            continue;
        }
        if bless {
            fs::write(&kept, drawn).unwrap();
        } else {
            fs::write(&new, drawn).unwrap();
            changed.push(path.file_stem().unwrap().to_string_lossy().into_owned());
        }
    }
    assert!(
        changed.is_empty(),
        "these look different: {changed:?}. The new pictures are beside the old, as *.new.svg; if they are \
         right, REELSMITH_BLESS=1 cargo test gallery takes them over"
    );
}

#[test]
fn a_picture_that_differs_is_noticed() {
    assert!(same("<path d=\"M10 20h5\"/>", "<path d=\"M11 20h5\"/>"));
    assert!(!same("<path d=\"M10 20h5\"/>", "<path d=\"M12 20h5\"/>"));
    assert!(!same("<path d=\"M10 20h5\"/>", "<path d=\"M10 20v5\"/>"));
    assert!(!same("<text>a</text>", "<text>b</text>"));
}
