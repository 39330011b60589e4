//! Kept tunes are not lost: not by a crash, a full disk, another copy of the program or a damaged file.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{self, BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::channel;
use std::thread::sleep;
use std::time::{Duration, Instant};

use reelsmith::compose::Request;
use reelsmith::files::{Disk, Storage};
use reelsmith::library::export::{self, ExportError, Form, Progress};
use reelsmith::library::{
    Entry, Event, Filter, Folder, Incoming, Job, Keeper, Library, LibraryError, Outcome, Query, Trouble,
};
use reelsmith::perform::{Options, Performance};

use super::failing::Failing;
use super::paper::{page_count, read_pdf};

const JIG: &str = "X:1\nT:The One\nR:jig\nM:6/8\nL:1/8\nK:D\nA|d2e fed|BAF A2F|\n";

fn open(path: &Path) -> Library {
    Library::open(Folder::new(path, Arc::new(Disk)))
}

fn tune(text: &str) -> Incoming {
    Incoming { text: text.to_owned(), ..Incoming::default() }
}

/// The files of a folder and what is in them.
fn files(folder: &Path) -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_file() && name != ".lock" {
            files.insert(name, fs::read_to_string(entry.path()).unwrap());
        }
    }
    files
}

#[test]
fn a_kept_tune_is_a_plain_file_with_its_title_for_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let mut library = open(folder.path());
    let kept = library.keep(&tune(JIG)).unwrap();
    assert_eq!(kept.file, "The One.abc");
    // The second has no title of its own, and so gets one.
    let reel = "X:1\nM:4/4\nL:1/8\nK:Edor\nEFGA BAGF|\n";
    assert_eq!(library.keep(&tune(reel)).unwrap().title, "Reel No. 1");
    let group = Some("a composing".to_owned());
    for rank in 1..=3 {
        let candidate = Incoming { text: reel.replace("EF", "FE"), group: group.clone(), rank };
        assert_eq!(library.keep(&candidate).unwrap().title, "Reel No. 2", "candidates have one title");
    }
    let names: Vec<String> = files(folder.path()).into_keys().collect();
    let expected = ["Reel No. 1", "Reel No. 2 (2)", "Reel No. 2 (3)", "Reel No. 2", "The One"];
    assert_eq!(names, expected.map(|name| format!("{name}.abc")));
    // Another copy, opened now, sees the same.
    let mut other = open(folder.path());
    let of_both =
        |library: &mut Library| library.snapshot().entries.iter().map(|e| e.file.clone()).collect::<Vec<_>>();
    assert_eq!(of_both(&mut library), of_both(&mut other));
    library.choose("Reel No. 2 (2).abc").unwrap();
    library.choose("Reel No. 2.abc").unwrap();
    let snapshot = library.snapshot();
    let chosen: Vec<u32> = snapshot.entries.iter().filter(|e| e.marks.chosen).map(|e| e.marks.rank).collect();
    assert_eq!(chosen, [1]);
}

#[test]
fn every_action_can_be_undone_and_is_in_the_files() {
    let folder = tempfile::tempdir().unwrap();
    let mut library = open(folder.path());
    library.keep(&tune(JIG)).unwrap();
    library.keep(&tune(&JIG.replace("The One", "The Two"))).unwrap();
    library.mark("The One.abc", |marks| marks.favourite = true).unwrap();
    library.mark("The One.abc", |marks| marks.tags = vec!["slow".into()]).unwrap();
    library.keep_set("Jigs", vec!["The Two.abc".into(), "The One.abc".into()]).unwrap();
    let renamed = library.rename("The One.abc", " A/B\nSide ").unwrap();
    assert_eq!((renamed.title.as_str(), renamed.file.as_str()), ("A/B Side", "A B Side.abc"));
    assert_eq!(library.snapshot().sets[0].tunes, ["The Two.abc", "A B Side.abc"]);
    let copy = library.duplicate("A B Side.abc").unwrap();
    assert_eq!(copy.title, "Copy of A/B Side");
    assert!(!copy.marks.favourite && copy.marks.tags.is_empty());

    let before = files(folder.path());
    let snapshot = library.snapshot();
    assert_eq!((snapshot.entries.len(), snapshot.favourites()), (3, 1));
    // All but favourites.
    let others = snapshot.entries.iter().filter(|entry| !entry.marks.favourite);
    let (deleted, result) = library.delete(&others.map(|entry| entry.file.clone()).collect::<Vec<_>>());
    result.unwrap();
    assert_eq!(library.snapshot().entries.len(), 1);
    assert_eq!(files(folder.path()).len(), 1);
    // Had the program crashed now, they would still be there.
    assert_eq!(files(&folder.path().join("trash")).len(), 2);
    library.restore(&deleted).unwrap();
    assert_eq!(files(folder.path()), before);
    assert_eq!(open(folder.path()).snapshot().entries.len(), 3);
    let request =
        library.keep(&tune("X:1\n%%reelsmith seed 7\n%%reelsmith temperature 1.1\nM:6/8\nK:D\nDEF|\n"));
    assert_eq!(request.unwrap().request(), Some(Request { seed: 7, temperature: 1.1, ..Request::default() }));
    let deleted = library.delete_set("Jigs.abc").unwrap();
    assert!(library.snapshot().sets.is_empty());
    library.keep_set(&deleted.name, deleted.tunes.clone()).unwrap();
    assert_eq!(library.snapshot().sets, [deleted]);
    assert!(matches!(library.rename("gone.abc", "x"), Err(LibraryError::NoTune { .. })));
}

#[test]
fn sets_with_names_alike_have_files_of_their_own() {
    let folder = tempfile::tempdir().unwrap();
    let mut library = open(folder.path());
    library.keep_set("A/B", vec!["one.abc".into()]).unwrap();
    library.keep_set("A:B", vec!["two.abc".into()]).unwrap();
    library.keep_set("A/B", vec!["three.abc".into()]).unwrap();
    let told = |library: &mut Library| -> Vec<(String, Vec<String>)> {
        library.snapshot().sets.iter().map(|set| (set.name.clone(), set.tunes.clone())).collect()
    };
    let expected = |name: &str, tune: &str| (name.to_owned(), vec![tune.to_owned()]);
    assert_eq!(told(&mut library), [expected("A/B", "three.abc"), expected("A:B", "two.abc")]);
    library.rename_set("A B.abc", "  Monday ").unwrap();
    assert_eq!(told(&mut open(folder.path())), [expected("A:B", "two.abc"), expected("Monday", "three.abc")]);
    let taken = library.rename_set("A B.abc", "A:B").unwrap_err();
    assert_eq!(taken.to_string(), "There is a set called “A:B” already.");
    assert!(matches!(library.rename_set("A B.abc", " ?"), Err(LibraryError::NoName)));
    assert_eq!(told(&mut library).len(), 2);
}

#[test]
fn a_file_another_copy_changed_is_never_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let (mut one, mut two) = (open(folder.path()), open(folder.path()));
    let read = one.keep(&tune(JIG)).unwrap();
    let mine = read.text.replace("fed", "fgf");
    // Marking it and saving it is one's own business, in whatever order.
    one.mark(&read.file, |marks| marks.favourite = true).unwrap();
    let saved = one.save(&read.file, read.version, &mine).unwrap();
    assert!(!saved.second && saved.entry.marks.favourite && saved.entry.text.contains("fgf"));
    let again = one.save(&read.file, read.version, &mine.replace("fgf", "faf")).unwrap();
    assert!(!again.second, "a version this copy has replaced itself is no reason for a second file");

    // The other copy reads it, and this one changes it.
    assert!(two.refresh());
    let theirs = Arc::clone(two.get(&read.file).unwrap());
    let mine = one.save(&read.file, again.entry.version, &again.entry.text.replace("faf", "AAA")).unwrap();
    let second = two.save(&read.file, theirs.version, &theirs.text.replace("faf", "BBB")).unwrap();
    assert!(second.second);
    assert_eq!(second.entry.file, "The One (2).abc");
    let there = files(folder.path());
    assert!(there["The One.abc"].contains("AAA") && there["The One (2).abc"].contains("BBB"));
    // Marks go to whatever is in the file.
    let marked = two.mark("The One.abc", |marks| marks.tags = vec!["x".into()]).unwrap();
    assert!(marked.text.contains("AAA"));
    // What was read before another's change stays another's version even after it has been seen.
    assert!(one.refresh());
    let third = one.save("The One.abc", mine.entry.version, &mine.entry.text.replace("AAA", "CCC")).unwrap();
    assert!(third.second);
    assert_eq!(files(folder.path()).len(), 3);
    // A file that is gone is made again.
    fs::remove_file(folder.path().join("The One.abc")).unwrap();
    let back = one.save("The One.abc", third.entry.version, &third.entry.text).unwrap();
    assert!(!back.second);
    assert_eq!(open(folder.path()).snapshot().entries.len(), 3);
}

#[test]
fn two_copies_saving_at_once_lose_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let kept = open(folder.path()).keep(&tune(JIG)).unwrap();
    let writers: Vec<_> = (0..4)
        .map(|writer| {
            let (path, kept) = (folder.path().to_owned(), Arc::clone(&kept));
            std::thread::spawn(move || {
                let mut library = open(&path);
                let (mut file, mut version) = (kept.file.clone(), kept.version);
                for round in 0..10 {
                    let text = kept.text.replace("T:The One", &format!("T:The One\nN:{writer} {round}"));
                    let saved = library.save(&file, version, &text).unwrap().entry;
                    (file, version) = (saved.file.clone(), saved.version);
                }
                library.keep(&tune(&kept.text.replace("The One", "New"))).unwrap();
            })
        })
        .collect();
    writers.into_iter().for_each(|writer| writer.join().unwrap());
    let there = files(folder.path());
    for writer in 0..4 {
        let last = format!("N:{writer} 9\n");
        assert_eq!(there.values().filter(|text| text.contains(&last)).count(), 1, "{there:?}");
    }
    assert_eq!(there.keys().filter(|name| name.starts_with("New")).count(), 4);
    assert_eq!(there.len(), 8);
}

#[test]
fn files_added_edited_and_removed_from_outside_appear() {
    let folder = tempfile::tempdir().unwrap();
    let (told, heard) = channel();
    let wake = move || {
        let _ = told.send(());
    };
    let mut keeper = Keeper::spawn(Folder::new(folder.path(), Arc::new(Disk)), wake).unwrap();
    let wait_for = |what: &dyn Fn(&[String]) -> bool| {
        let since = Instant::now();
        loop {
            for event in keeper.poll() {
                let Event::Changed(snapshot) = event else { continue };
                let titles: Vec<String> = snapshot.entries.iter().map(|e| e.title.clone()).collect();
                if what(&titles) {
                    return;
                }
            }
            assert!(since.elapsed() < Duration::from_secs(60), "it never appeared");
            let _ = heard.recv_timeout(Duration::from_millis(200));
        }
    };
    wait_for(&|titles| titles.is_empty());
    fs::write(folder.path().join("from outside.abc"), JIG).unwrap();
    wait_for(&|titles| titles == ["The One"]);
    // Of the same length, and perhaps at the same time.
    fs::write(folder.path().join("from outside.abc"), JIG.replace("The One", "The Two")).unwrap();
    wait_for(&|titles| titles == ["The Two"]);
    fs::remove_file(folder.path().join("from outside.abc")).unwrap();
    wait_for(&|titles| titles.is_empty());
    let number = keeper.ask(Job::Keep(tune(JIG)));
    let since = Instant::now();
    loop {
        let events = keeper.poll();
        if events.iter().any(|e| matches!(e, Event::Done(n, Outcome::Kept(_)) if *n == number)) {
            break;
        }
        assert!(since.elapsed() < Duration::from_secs(60));
        sleep(Duration::from_millis(10));
    }
    keeper.ask(Job::Rename("The One.abc".into(), "Last".into()));
    // What was asked for is done before the thread ends.
    drop(keeper);
    assert!(folder.path().join("Last.abc").exists());
}

#[test]
fn a_damaged_file_is_kept_and_named_and_harms_nothing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("Jig No. 7.abc"), b"\x00\x01\x02").unwrap();
    fs::write(folder.path().join("empty.abc"), "").unwrap();
    fs::write(folder.path().join("notes.txt"), "no tune").unwrap();
    fs::write(folder.path().join("good.abc"), JIG).unwrap();
    let mut library = open(folder.path());
    let snapshot = library.snapshot();
    assert_eq!(snapshot.entries.len(), 1);
    let damaged: Vec<&str> = snapshot.damaged.iter().map(|damaged| damaged.file.as_str()).collect();
    assert_eq!(damaged, ["Jig No. 7.abc", "empty.abc"]);
    assert_eq!(snapshot.trouble, None);
    library.keep(&tune(JIG)).unwrap();
    assert_eq!(fs::read(folder.path().join("Jig No. 7.abc")).unwrap(), b"\x00\x01\x02");
    // Mended, it is a tune.
    fs::write(folder.path().join("empty.abc"), JIG).unwrap();
    assert!(library.refresh());
    assert_eq!(library.snapshot().damaged.len(), 1);
}

#[test]
fn a_disk_that_fills_up_at_any_byte_loses_nothing() {
    let whole = {
        let folder = tempfile::tempdir().unwrap();
        open(folder.path()).keep(&tune(JIG)).unwrap().text.len()
    };
    for room in (0..whole).step_by(7) {
        let folder = tempfile::tempdir().unwrap();
        let disk = Failing::after(room, io::ErrorKind::StorageFull, false);
        let mut library = Library::open(Folder::new(folder.path(), Arc::clone(&disk) as Arc<dyn Storage>));
        let error = library.keep(&tune(JIG)).unwrap_err();
        assert_eq!(error.to_string(), "The disk is full. “The One” is not saved yet.");
        assert!(files(folder.path()).is_empty(), "no half file");
        let snapshot = library.snapshot();
        assert_eq!((snapshot.unsaved(), snapshot.trouble), (1, Some(Trouble::Full)));
        // It can be worked with all the same.
        let file = snapshot.entries[0].file.clone();
        library.mark(&file, |marks| marks.favourite = true).unwrap();
        assert!(library.retry().is_err());
        disk.mend();
        library.retry().unwrap();
        let snapshot = library.snapshot();
        assert_eq!((snapshot.unsaved(), snapshot.trouble, snapshot.favourites()), (0, None, 1));
        assert!(files(folder.path())["The One.abc"].ends_with("BAF A2F|\n"));
    }
}

#[test]
fn an_edit_that_cannot_be_written_leaves_the_file_and_stays_in_memory() {
    let folder = tempfile::tempdir().unwrap();
    let kept = open(folder.path()).keep(&tune(JIG)).unwrap();
    let disk = Failing::after(usize::MAX, io::ErrorKind::PermissionDenied, false);
    let mut library = Library::open(Folder::new(folder.path(), Arc::clone(&disk) as Arc<dyn Storage>));
    disk.break_down();
    for notes in ["fgf", "faf"] {
        let error = library.save(&kept.file, kept.version, &kept.text.replace("fed", notes)).unwrap_err();
        assert_eq!(error.trouble(), Some(Trouble::Folder));
        assert_eq!(
            error.to_string(),
            "Tunes cannot be kept in this folder. Nothing is lost while the window is open."
        );
    }
    assert_eq!(files(folder.path())["The One.abc"], *kept.text);
    let snapshot = library.snapshot();
    assert_eq!(snapshot.entries.len(), 1, "one tune, with its last text");
    assert!(snapshot.entries[0].text.contains("faf") && !snapshot.entries[0].saved);
    // In another folder it finds its place.
    let other = tempfile::tempdir().unwrap();
    disk.mend();
    library.use_folder(other.path().join("deep")).unwrap();
    assert!(files(&other.path().join("deep"))["The One.abc"].contains("faf"));
    assert_eq!(library.snapshot().unsaved(), 0);
    assert_eq!(files(folder.path())["The One.abc"], *kept.text);
}

#[test]
fn a_crash_at_any_byte_and_before_the_name_leaves_the_old_tune_or_the_new() {
    let folder = tempfile::tempdir().unwrap();
    let kept = open(folder.path()).keep(&tune(JIG)).unwrap();
    let text = kept.text.replace("fed", "fgf");
    for room in (0..=text.len()).step_by(5).chain([text.len()]) {
        let disk = Failing::after(room, io::ErrorKind::Other, true);
        let mut library = Library::open(Folder::new(folder.path(), Arc::clone(&disk) as Arc<dyn Storage>));
        assert!(library.save(&kept.file, kept.version, &text).is_err());
        // The program starts again.
        let snapshot = open(folder.path()).snapshot();
        assert_eq!(snapshot.entries.len(), 1);
        assert_eq!(snapshot.entries[0].text, kept.text);
        assert!(snapshot.damaged.is_empty(), "what is half written is not read");
    }
}

#[test]
fn a_folder_that_vanishes_takes_nothing_with_it() {
    let root = tempfile::tempdir().unwrap();
    let at = root.path().join("tunes");
    let mut library = open(&at);
    library.keep(&tune(JIG)).unwrap();
    fs::rename(&at, root.path().join("elsewhere")).unwrap();
    assert!(library.refresh());
    let snapshot = library.snapshot();
    assert_eq!((snapshot.entries.len(), snapshot.trouble), (1, Some(Trouble::Folder)));
    assert!(library.keep(&tune(&JIG.replace("One", "Two"))).is_err());
    assert!(!at.exists(), "a folder that has gone, perhaps with its drive, is not made anew unasked");
    assert_eq!(library.snapshot().entries.len(), 2);
    library.use_folder(root.path().join("new")).unwrap();
    assert_eq!(files(&root.path().join("new")).len(), 2);
    fs::rename(root.path().join("elsewhere"), &at).unwrap();
    assert_eq!(open(&at).snapshot().entries.len(), 1);
}

#[test]
fn what_is_kept_goes_out_as_a_tunebook_a_folder_and_a_book() {
    let folder = tempfile::tempdir().unwrap();
    let mut library = open(folder.path());
    for title in ["The One", "The Two", "The One"] {
        library.keep(&tune(&JIG.replace("The One", title).replace("K:D", "K:G"))).unwrap();
    }
    fs::write(folder.path().join("two at once.abc"), format!("C:Trad.\n\n{JIG}\n{JIG}")).unwrap();
    library.refresh();
    let mut entries = library.snapshot().entries;
    entries.sort_by(|a, b| a.file.cmp(&b.file));
    let out = tempfile::tempdir().unwrap();
    let at = |name: &str| out.path().join(name);
    let write =
        |entries: &[Arc<Entry>], form, to: &Path| export::write(entries, &form, to, &Progress::default());
    write(&entries, Form::Tunebook, &at("book.abc")).unwrap();
    let book = fs::read_to_string(at("book.abc")).unwrap();
    let parsed = reelsmith::abc::parse(&book);
    let numbers: Vec<Option<u32>> = parsed.tunes.iter().map(|tune| tune.number).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5].map(Some));
    assert_eq!(parsed.tunes[4].field('C'), Some("Trad."));
    let set: Vec<_> = parsed.tunes.iter().take(3).collect();
    assert!(Performance::set(&set, &Options::default()).is_ok());

    write(&entries, Form::Folder, &at("out")).unwrap();
    write(&entries[..1], Form::Folder, &at("out")).unwrap();
    assert_eq!(files(&at("out")).len(), 5, "nothing is overwritten");

    let pdf = |title: &str| {
        let form = Form::Book { title: title.to_owned(), layout: Default::default() };
        write(&entries, form, &at("book.pdf")).unwrap();
        fs::read(at("book.pdf")).unwrap()
    };
    assert_eq!(page_count(&pdf("Our tunes")), page_count(&pdf("")) + 1);
    if let Some(pages) = read_pdf(&pdf("Our tunes")) {
        assert!(pages[0].contains("Our tunes") && pages[0].contains("5 tunes"), "{}", pages[0]);
        assert!(pages[1].contains("The Two"), "{}", pages[1]);
    }
}

#[test]
fn a_cancelled_export_writes_nothing_and_says_how_far_it_came() {
    let folder = tempfile::tempdir().unwrap();
    let mut library = open(folder.path());
    library.keep(&tune(JIG)).unwrap();
    let entries = library.snapshot().entries;
    let to = folder.path().join("out.abc");
    let progress = Progress::default();
    export::write(&entries, &Form::Tunebook, &to, &progress).unwrap();
    assert_eq!(progress.done(), 1);
    fs::write(&to, "another").unwrap();
    let cancelled = Progress::default();
    cancelled.cancel();
    let book = Form::Book { title: String::new(), layout: Default::default() };
    for form in [Form::Tunebook, book] {
        let result = export::write(&entries, &form, &to, &cancelled);
        assert!(matches!(result, Err(ExportError::Cancelled)), "{result:?}");
    }
    let result = export::write(&entries, &Form::Folder, &folder.path().join("out"), &cancelled);
    assert!(matches!(result, Err(ExportError::Cancelled)), "{result:?}");
    assert_eq!((cancelled.done(), files(&folder.path().join("out")).len()), (0, 0));
    assert_eq!(fs::read_to_string(&to).unwrap(), "another");
    let none = export::write(&[], &Form::Tunebook, &to, &Progress::default());
    assert!(matches!(none, Err(ExportError::Empty)), "{none:?}");
}

fn cli(arguments: &[&str], folder: &Path) -> (Option<i32>, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_reelsmith-cli"))
        .arg("library")
        .args(arguments)
        .env("REELSMITH_DATA_DIR", folder.join("data"))
        .current_dir(folder)
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code(), text(output.stdout), text(output.stderr))
}

#[test]
fn the_command_line_lists_searches_exports_and_imports() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fs::write(
        at.join("book.abc"),
        format!("{JIG}\n{}", JIG.replace("The One", "A Reel").replace("R:jig", "R:reel")),
    )
    .unwrap();
    fs::write(at.join("demo.json"), r#"[{"notation": "X:1\nM:9/8\nK:G\nGAB dBA G3|", "timestamp": "2024-05-01T12:00:00Z", "parameters": {}}]"#)
        .unwrap();
    assert_eq!(cli(&["list"], at), (Some(0), String::new(), String::new()));
    let (code, out, told) = cli(&["import", "book.abc", "demo.json"], at);
    assert_eq!(
        (code, out.as_str(), told.as_str()),
        (Some(0), "The One.abc\nA Reel.abc\nSlip jig No. 1.abc\n", "")
    );
    let (code, out, told) = cli(&["import", "book.abc", "demo.json"], at);
    assert_eq!((code, out.as_str()), (Some(0), ""));
    assert!(told.contains("3 of 3 tunes were here already"), "{told}");
    let found = |arguments: &[&str]| cli(arguments, at).1.lines().count();
    assert_eq!(found(&["list"]), 3);
    assert_eq!(found(&["list", "--favourites"]), 1);
    assert_eq!(found(&["search", "jig", "in", "D"]), 1);
    assert_eq!(found(&["search", "GABAGE"]), 2, "its notes, in another key");
    assert_eq!(cli(&["search", "nothing"], at).0, Some(1));
    let line: serde_json::Value =
        serde_json::from_str(cli(&["list", "--favourites", "--json"], at).1.trim()).unwrap();
    assert_eq!(
        (&line["type"], &line["favourite"], &line["key"]),
        (&"Slip jig".into(), &true.into(), &"G".into())
    );

    assert_eq!(cli(&["export", "all.abc"], at).0, Some(0));
    assert_eq!(reelsmith::abc::parse(&fs::read_to_string(at.join("all.abc")).unwrap()).tunes.len(), 3);
    let (code, _, told) = cli(&["export", "all.abc"], at);
    assert!(code == Some(1) && told.contains("--force"), "{told}");
    assert_eq!(
        cli(&["export", "book.pdf", "--favourites", "--title", "Mine", "--paper", "letter"], at).0,
        Some(0)
    );
    assert_eq!(page_count(&fs::read(at.join("book.pdf")).unwrap()), 2);
    assert_eq!(cli(&["export", "folder", "--search", "reel"], at).0, Some(0));
    assert_eq!(files(&at.join("folder")).len(), 1);
    fs::write(at.join("data/tunes/bad.abc"), "").unwrap();
    let (code, _, told) = cli(&["list"], at);
    assert!(code == Some(1) && told.contains("“bad.abc” cannot be read"), "{told}");
    let (code, _, told) = cli(&["import", "photo.jpg"], at);
    assert!(code == Some(1) && told.contains("not a tune"), "{told}");
}

#[test]
fn searches_find_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let mut library = open(folder.path());
    library.keep(&tune(JIG)).unwrap();
    library
        .keep(&tune(&JIG.replace("The One", "Two").replace("jig", "polka").replace("K:D", "K:F")))
        .unwrap();
    let snapshot = library.snapshot();
    let find = |text: &str| {
        let filter = Filter { query: Query::read(text), ..Filter::default() };
        filter.find(&snapshot).iter().map(|entry| entry.title.clone()).collect::<Vec<_>>()
    };
    assert_eq!(find("polka in F"), ["Two"]);
    assert_eq!(find("polka in D"), [""; 0]);
    assert_eq!(find("GABAGE").len(), 2);
}

/// Tunes are saved by a program that is killed again and again; see `killed.rs` for trainings.
fn kill(times: u64) {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    let body = "A|d2e fed|BAF A2F|d2e faf|edc d2:|\n".repeat(8);
    let text =
        |number: usize| format!("X:{number}\nT:Tune {number}\nR:jig\nM:6/8\nL:1/8\nK:D\n{body}% whole\n");
    let (mut reported, mut kills) = (BTreeSet::new(), 0);
    let mut next = 0;
    for round in 0..times {
        let book: Vec<String> = (next..next + 400).map(text).collect();
        next += 400;
        fs::write(at.join("book.abc"), book.join("\n")).unwrap();
        let mut child = Command::new(env!("CARGO_BIN_EXE_reelsmith-cli"))
            .args(["library", "import", "book.abc"])
            .env("REELSMITH_DATA_DIR", at.join("data"))
            .current_dir(at)
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        // After so many have been reported, and a moment more, which is another each time.
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        for _ in 0..round % 7 {
            reported.extend(lines.next().map(Result::unwrap));
        }
        sleep(Duration::from_micros(1 + 619 * (round % 23)));
        if child.try_wait().unwrap().is_none() {
            child.kill().unwrap();
            kills += 1;
        }
        child.wait().unwrap();
        // What it said before it died.
        reported.extend(lines.map_while(Result::ok));
    }
    assert!(kills * 2 > times, "most of the programs were done before they could be killed");
    let mut library = open(&at.join("data/tunes"));
    let snapshot = library.snapshot();
    assert!(snapshot.damaged.is_empty(), "{:?}", snapshot.damaged);
    for entry in &snapshot.entries {
        let number = entry.title.strip_prefix("Tune ").unwrap().parse().unwrap();
        let mut marks = entry.marks.clone();
        marks.kept = None;
        assert_eq!(marks.write(&entry.text), text(number), "half a file was read");
    }
    assert!(!reported.is_empty());
    for file in &reported {
        assert!(snapshot.get(file).is_some(), "{file} was reported as saved and is lost");
    }
    library.keep(&tune(JIG)).unwrap();
}

#[test]
fn a_dozen_killed_programs_lose_no_tune_they_reported() {
    kill(12);
}

#[test]
#[ignore = "takes half a minute: run it by name"]
fn a_hundred_killed_programs_lose_no_tune_they_reported() {
    kill(100);
}
