//! Beside abcm2ps: systems, directions of stems, flags and beams of the same tunes. What differs, and why,
//! is in docs/engraving.md. Skipped, with a word, where abcm2ps or the corpus is missing.

use std::fs;
use std::process::Command;

use reelsmith::abc::parse;
use reelsmith::engrave::{Ink, Item, Options, Role, Sheet, engrave};

use super::corpus::corpus;

/// One stem: whether it goes up, and how it ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stem {
    up: bool,
    flagged: bool,
}

/// The stems of each system from left to right.
type Systems = Vec<Vec<Stem>>;

fn ours(sheet: &Sheet) -> Systems {
    let system = |items: &[Item]| {
        let flags: Vec<f32> = items.iter().filter_map(flag).collect();
        let mut stems: Vec<(f32, Stem)> = items
            .iter()
            .filter(|item| item.role == Role::Note)
            .filter_map(|item| match item.ink {
                // Those of grace notes are thinner.
                Ink::Line { from, to, thickness, .. } if from.x == to.x && thickness > 0.09 => {
                    let flagged = flags.iter().any(|x| (x - from.x).abs() < 0.2);
                    Some((from.x, Stem { up: to.y < from.y, flagged }))
                }
                _ => None,
            })
            .collect();
        stems.sort_by(|a, b| a.0.total_cmp(&b.0));
        stems.into_iter().map(|(_, stem)| stem).collect()
    };
    sheet.systems.iter().map(|s| system(&sheet.items[s.items.clone()])).collect()
}

/// Where a flag of a full-sized note hangs.
fn flag(item: &Item) -> Option<f32> {
    match item.ink {
        Ink::Glyph { code: '\u{E240}'..='\u{E249}', at, scale } if scale > 0.9 => Some(at.x),
        _ => None,
    }
}

/// Reads the operators of abcm2ps' PostScript: `su`, `sd` are stems, `sfu`, `sfd` with flags; a system begins
/// by saying where its staff is.
fn theirs(postscript: &str) -> Systems {
    let page = postscript.split_once("%%EndSetup").map_or("", |(_, page)| page);
    let mut systems: Systems = Vec::new();
    for line in page.lines() {
        if line.starts_with("/y0{") {
            systems.push(Vec::new());
        }
        let Some(system) = systems.last_mut() else { continue };
        for word in line.split_whitespace() {
            match word {
                "su" => system.push(Stem { up: true, flagged: false }),
                "sd" => system.push(Stem { up: false, flagged: false }),
                "sfu" => system.push(Stem { up: true, flagged: true }),
                "sfd" => system.push(Stem { up: false, flagged: true }),
                _ => {}
            }
        }
    }
    systems
}

#[test]
fn systems_stems_and_beams_are_those_of_abcm2ps() {
    if Command::new("abcm2ps").arg("-V").output().is_err() {
        eprintln!("skipped: there is no abcm2ps");
        return;
    }
    let Some(tunes) = corpus("validation.json") else { return };
    let every = std::env::var("REELSMITH_EVERY").ok().and_then(|n| n.parse().ok()).unwrap_or(20);
    let folder = tempfile::tempdir().unwrap();
    let (mut count, mut systems, mut stems, mut stems_there, mut turned, mut flags) = (0, 0, 0, 0, 0, 0);
    for abc in tunes.iter().step_by(every) {
        // Lines of the text are systems for both, however long.
        let (from, to) = (folder.path().join("in.abc"), folder.path().join("out.ps"));
        fs::write(&from, format!("%%pagewidth 200cm\n%%staffwidth 150cm\n{abc}")).unwrap();
        let status = Command::new("abcm2ps").arg("-q").arg("-O").arg(&to).arg(&from).output().unwrap();
        let Ok(postscript) = fs::read_to_string(&to) else { panic!("{status:?}") };
        let tune = &parse(abc).tunes[0];
        let sheet = engrave(tune, &Options { width: 600.0, ..Options::default() });
        let (ours, theirs) = (ours(&sheet), theirs(&postscript));
        count += 1;
        systems += usize::from(ours.len() == theirs.len());
        let (ours, theirs) = (ours.concat(), theirs.concat());
        stems_there += usize::from(ours.len() == theirs.len());
        if ours.len() != theirs.len() {
            eprintln!("{} stems for {} in\n{abc}", ours.len(), theirs.len());
            continue;
        }
        let differ = |differs: &dyn Fn(&Stem, &Stem) -> bool| {
            ours.iter().zip(&theirs).filter(|(a, b)| differs(a, b)).count()
        };
        stems += ours.len();
        let now_turned = differ(&|a, b| a.up != b.up);
        let now_flags = differ(&|a, b| a.flagged != b.flagged);
        if now_turned + now_flags > 0 {
            eprintln!("{now_turned} stems turned, {now_flags} flags in\n{abc}");
        }
        turned += now_turned;
        flags += now_flags;
    }
    eprintln!(
        "{count} tunes: as many systems in {systems}, as many stems in {stems_there}; of {stems} stems \
         {turned} go the other way and {flags} are flagged on one side only"
    );
    assert!(systems * 100 >= count * 95, "{systems} of {count} tunes have as many systems");
    assert!(stems_there * 100 >= count * 95, "{stems_there} of {count} tunes have as many stems");
    assert!(turned * 100 <= stems * 5, "{turned} of {stems} stems go the other way");
    assert!(flags * 10_000 <= stems, "{flags} of {stems} stems are flagged on one side only");
}
