//! What single signs look like on the sheet, and where what was written is found on it.

use reelsmith::abc::{Span, Tune, parse};
use reelsmith::engrave::{
    BarNumbers, Breaks, Face, Ink, Item, Options, Point, Rect, Role, Sheet, engrave, smufl::Sign,
};

mod invariants;

use invariants::check;

fn one(text: &str) -> Tune {
    parse(&format!("X:1\nL:1/8\nM:4/4\nK:D\n{text}\n")).tunes.remove(0)
}

fn width(width: f32) -> Options {
    Options { width, ..Options::default() }
}

/// Whether a glyph is the head of a full-sized note.
fn is_head(item: &Item) -> bool {
    let heads = [Sign::HeadBlack, Sign::HeadHalf, Sign::HeadWhole, Sign::HeadDoubleWhole];
    matches!(item.ink, Ink::Glyph { code, .. } if heads.iter().any(|head| head.code() == code))
}

/// The heads of a sheet from left to right, where all are in one system.
fn heads(sheet: &Sheet) -> Vec<Rect> {
    let mut heads: Vec<Rect> =
        sheet.items.iter().filter(|item| is_head(item)).map(|item| item.ink.bounds()).collect();
    heads.sort_by(|a, b| a.min.x.total_cmp(&b.min.x));
    heads
}

#[test]
fn longer_notes_get_more_room_in_even_steps() {
    let options = Options { stretch_last: true, ..width(150.0) };
    let sheet = engrave(&one("B8 B8|B4 B4 B4 B4|B2 B2 B2 B2 B2 B2 B2 B2|"), &options);
    let at = heads(&sheet);
    let room = |i: usize| at[i + 1].min.x - at[i].min.x;
    for (long, short) in [(0, 2), (2, 6)] {
        let ratio = room(long) / room(short);
        assert!((1.38..1.44).contains(&ratio), "√2 times the room, not {ratio}");
    }
}

#[test]
fn what_sounds_together_stands_above_each_other() {
    let text = "X:1\nL:1/8\nM:4/4\nV:1\nV:2\nV:3\nK:D\n[V:1]B2c2d2e2|f8|\n[V:2]GABcd2e2|\
                (3gfgd2e4|\n[V:3]D4E4|F6G2|\n";
    let tune = parse(text).tunes.remove(0);
    let sheet = check(&tune, &Options::default());
    let x = |byte: usize| {
        let span = Span::new(byte, byte + 1);
        let index = sheet.items_of(span).find(|&index| is_head(&sheet.items[index])).unwrap();
        sheet.items[index].ink.bounds().min.x
    };
    let find = |words: &str, at: usize| text.find(words).unwrap() + at;
    for (a, b) in [
        (find("B2c2", 0), find("GABc", 0)),
        (find("B2c2", 2), find("GABc", 2)),
        (find("d2e2", 0), find("Bcd2e2", 2)),
        (find("E4", 0), find("Bcd2e2", 2)),
        (find("f8", 0), find("F6", 0)),
        (find("f8", 0), find("(3g", 2)),
    ] {
        assert!((x(a) - x(b)).abs() < 0.3, "{} and {} at {} and {}", a, b, x(a), x(b));
    }
}

#[test]
fn every_stem_of_a_beam_ends_in_it() {
    for music in ["DEFG ABcd", "d'dAD", "(3ABc e/f/g/a/ b>A", "A/B/c d//e//f//g//", "[DF][EG][FA][GB]"] {
        let sheet = engrave(&one(music), &width(60.0));
        let beams: Vec<Rect> = sheet
            .items
            .iter()
            .filter(|item| item.role == Role::Note && matches!(item.ink, Ink::Polygon(_)))
            .map(|item| item.ink.bounds())
            .collect();
        let stems: Vec<&Ink> = sheet
            .items
            .iter()
            .filter(|item| item.role == Role::Note)
            .map(|item| &item.ink)
            .filter(|ink| matches!(ink, Ink::Line { from, to, .. } if from.x == to.x))
            .collect();
        assert!(!beams.is_empty() && !stems.is_empty());
        for stem in stems {
            let Ink::Line { to, .. } = stem else { continue };
            let meets = beams.iter().any(|beam| {
                (beam.min.x - 0.06..=beam.max.x + 0.06).contains(&to.x)
                    && (beam.min.y - 0.06..=beam.max.y + 0.06).contains(&to.y)
            });
            assert!(meets, "{music}: {stem:?} meets none of {beams:?}");
        }
    }
}

/// The signs and strokes of one system that have the bytes of a place in the text, upright strokes alone.
fn inks_at(sheet: &Sheet, byte: usize) -> Vec<&Item> {
    let upright = |item: &&Item| match item.ink {
        Ink::Line { from, to, .. } => from.x == to.x,
        _ => true,
    };
    let at = |item: &&Item| item.span.is_some_and(|span| span.start as usize == byte);
    sheet.items.iter().filter(at).filter(upright).collect()
}

#[test]
fn a_beam_goes_over_a_rest_that_no_space_divides() {
    let beams = |music: &str| {
        let sheet = engrave(&one(music), &width(60.0));
        let beam = |item: &&Item| matches!(item.ink, Ink::Polygon(_)) && item.role == Role::Note;
        let beams: Vec<Rect> = sheet.items.iter().filter(beam).map(|item| item.ink.bounds()).collect();
        let rests = sheet.items.iter().filter(|item| item.role == Role::Rest);
        for rest in rests.map(|item| item.ink.bounds()) {
            assert!(beams.iter().all(|beam| !beam.overlaps(&rest)), "{music}");
        }
        beams.len()
    };
    assert_eq!(beams("dzBG"), 1);
    assert_eq!(beams("FzzA e/z/e/c/"), 3, "a beam, a beam, and the second of its last notes");
    assert_eq!(beams("dz BG"), 1);
    assert_eq!(beams("d z BG"), 1);
    assert_eq!(beams("dz2B G4"), 0, "a crotchet's rest ends the beam");
}

#[test]
fn a_clef_that_changes_with_a_bar_stands_before_its_line() {
    let text = "X:1\nL:1/8\nM:4/4\nK:D\nABcd efga|[K:clef=bass]D,8|\nD,8|[K:clef=treble]\nd8|]\n";
    let sheet = check(&parse(text).tunes[0], &Options::default());
    for (clef, code) in [("[K:clef=bass]", Sign::FClefChange), ("[K:clef=treble]", Sign::GClefChange)] {
        let byte = text.find(clef).unwrap();
        let found = inks_at(&sheet, byte);
        assert_eq!(found.len(), 1, "{clef}: {found:?}");
        assert!(matches!(found[0].ink, Ink::Glyph { code: c, .. } if c == code.code()), "{clef}");
        let bounds = found[0].ink.bounds();
        let line = inks_at(&sheet, byte - 1).into_iter().map(|item| item.ink.bounds());
        let line = line.min_by(|a, b| a.min.x.total_cmp(&b.min.x)).unwrap();
        assert!(bounds.max.x < line.min.x && bounds.max.x > line.min.x - 2.0, "{clef}");
    }
}

#[test]
fn a_tuplet_that_goes_on_in_the_next_system_has_its_bracket_in_both() {
    let text = "X:1\nL:1/8\nM:4/4\nK:D\nd4 (3a2f2\nd2 e4|d8|]\n";
    let sheet = check(&parse(text).tunes[0], &Options::default());
    assert_eq!(sheet.systems.len(), 2);
    let byte = text.find("(3").unwrap();
    for (system, hooks) in sheet.systems.iter().zip([1, 1]) {
        let items = sheet.items[system.items.clone()].iter();
        let mine: Vec<&Item> =
            items.filter(|item| item.span.is_some_and(|span| span.start as usize == byte)).collect();
        let strokes = |level: bool| {
            let stroke =
                |item: &&&Item| matches!(item.ink, Ink::Line { from, to, .. } if (from.y == to.y) == level);
            mine.iter().filter(stroke).count()
        };
        assert_eq!((strokes(false), strokes(true)), (hooks, 2), "{mine:?}");
    }
}

#[test]
fn a_chord_of_grace_notes_has_one_stem() {
    let text = "X:1\nL:1/8\nM:4/4\nK:D\n{[ce]}d4 {g[de]f}e4|\n";
    let sheet = check(&parse(text).tunes[0], &width(60.0));
    let head = |letter: &str| {
        let items = inks_at(&sheet, text.find(letter).unwrap() + 1);
        items.into_iter().filter(|item| is_head(item)).map(|item| item.ink.bounds()).next().unwrap()
    };
    assert_eq!(head("[c").min.x, head("ce]").min.x);
    assert!(head("[d").min.x < head("de]").min.x && head("de]").min.x < head("]f").min.x, "a second");
    let thin = |item: &&Item| matches!(item.ink, Ink::Line { from, to, thickness, .. } if from.x == to.x && thickness < 0.09);
    let graces = sheet.items.iter().filter(|item| item.role == Role::Note).filter(thin).count();
    assert_eq!(graces, 4);
}

#[test]
fn what_all_voices_say_is_there_once() {
    let voice = "!segno!|[P:A]D8|1d8:|2d8!fine!|]";
    let text = format!("X:1\nL:1/8\nM:4/4\nV:1\nV:2\nK:D\n[V:1]{voice}\n[V:2]{voice}\n");
    let sheet = check(&parse(&text).tunes[0], &Options::default());
    let words = |wanted: &str| {
        let words = |item: &&Item| matches!(&item.ink, Ink::Text { text, .. } if text == wanted);
        sheet.items.iter().filter(words).count()
    };
    assert_eq!((words("A"), words("1."), words("2."), words("Fine")), (1, 1, 1, 1));
    let segno = |item: &&Item| matches!(item.ink, Ink::Glyph { code, .. } if code == Sign::Segno.code());
    assert_eq!(sheet.items.iter().filter(segno).count(), 1);
    // A second voice may be the only one that says so.
    let text = format!("X:1\nL:1/8\nM:4/4\nV:1\nV:2\nK:D\n[V:1]D8|d8:|d8|]\n[V:2]{voice}\n");
    let sheet = engrave(&parse(&text).tunes[0], &Options::default());
    let ending = |item: &&Item| matches!(&item.ink, Ink::Text { text, .. } if text == "1.");
    assert_eq!(sheet.items.iter().filter(ending).count(), 1);
}

#[test]
fn beams_rise_by_a_space_at_most_and_spaces_break_them() {
    let beams = |music: &str| {
        let sheet = engrave(&one(music), &width(80.0));
        let beams = sheet.items.into_iter().filter_map(|item| match item.ink {
            Ink::Polygon(points) if item.role == Role::Note => Some(points),
            _ => None,
        });
        beams.collect::<Vec<_>>()
    };
    for music in ["Dd'Dd'", "d'cBA", "Ddfd'", "CEGc", "D,d'"] {
        for points in beams(music) {
            assert!((points[0].y - points[1].y).abs() <= 1.001, "{music}: {points:?}");
        }
    }
    assert_eq!(beams("ABcd efga").len(), 2);
    assert_eq!(beams("A B c d").len(), 0);
    assert_eq!(beams("A>B c<d").len(), 4, "a beam and the short note's own, twice");
    assert_eq!(beams("A2BcdA").len(), 1, "crotchets have no beam");
}

#[test]
fn repeat_dots_stand_beside_their_line_in_the_middle_spaces() {
    let sheet = engrave(&one("|:ABcd efga:|"), &width(60.0));
    let dots: Vec<Rect> = sheet
        .items
        .iter()
        .filter(|item| matches!(item.ink, Ink::Glyph { code, .. } if code == Sign::RepeatDot.code()))
        .map(|item| item.ink.bounds())
        .collect();
    assert_eq!(dots.len(), 4);
    let staves = sheet.systems[0].staves;
    let middle = (staves.min.y + staves.max.y) / 2.0;
    for dot in dots {
        let y = (dot.min.y + dot.max.y) / 2.0 - middle;
        assert!((y.abs() - 0.5).abs() < 0.01, "a dot at {y}");
        let lines = sheet
            .items
            .iter()
            .filter(|item| item.role == Role::BarLine && matches!(item.ink, Ink::Line { .. }));
        let nearest = lines.map(|line| {
            let line = line.ink.bounds();
            (line.min.x - dot.max.x).max(dot.min.x - line.max.x)
        });
        let nearest = nearest.fold(f32::MAX, f32::min);
        assert!((0.1..0.6).contains(&nearest), "{nearest} from its line");
    }
}

#[test]
fn points_bars_and_bytes_are_found() {
    let text = "X:1\nT:Title\nL:1/8\nM:4/4\nK:D\nABcd efga|\"Am\"b4 z4|\nd8|]\n";
    let tune = parse(text).tunes.remove(0);
    let sheet = engrave(&tune, &width(80.0));
    assert_eq!(sheet.systems.len(), 2);
    for (word, byte) in [("A", 31), ("e", 36), ("b", 45), ("z", 48), ("d", 52)] {
        let byte = text[28..].find(word).map_or(byte, |at| (at + 28) as u32);
        let span = Span { start: byte, end: byte + 1 };
        let index =
            sheet.items_of(span).find(|&i| is_head(&sheet.items[i]) || sheet.items[i].role == Role::Rest);
        let bounds = sheet.items[index.unwrap()].ink.bounds();
        let at = Point { x: (bounds.min.x + bounds.max.x) / 2.0, y: (bounds.min.y + bounds.max.y) / 2.0 };
        let hit = sheet.item_at(at, 1.0).unwrap();
        let hit_span = sheet.items[hit].span.unwrap();
        assert!(hit_span.start <= byte && byte < hit_span.end, "{word}");
        assert_eq!(sheet.bar_at(at), sheet.bar_of(byte), "{word}");
        assert!(sheet.place_of(span).unwrap().contains(at));
    }
    assert_eq!(sheet.bar_of(text.find("d8").unwrap() as u32).unwrap().number, 2);
    assert_eq!(sheet.bars_extent(0..2).len(), 1);
    assert_eq!(sheet.bars_extent(1..3).len(), 2);
    assert_eq!(sheet.bars_extent(7..9).len(), 0);
    let title = sheet.place_of(Span { start: 4, end: 11 }).unwrap();
    assert_eq!(sheet.item_at(title.min, 0.5).map(|i| sheet.items[i].role), Some(Role::Words));
    assert_eq!(sheet.item_at(Point { x: -50.0, y: -50.0 }, 1.0), None);
    assert_eq!(sheet.system_at(Point { x: 0.0, y: 1e6 }), Some(1));
}

#[test]
fn options_add_and_take_away() {
    let text =
        "X:1\nT:Title\nQ:1/4=90\nL:1/8\nM:4/4\nK:D\n|:\"Am\"A^GAB \"^loud\"c4|G8:|\n|:d8|d8:|\nw:one two\n";
    let tune = parse(text).tunes.remove(0);
    let words = |options: &Options| {
        let items = engrave(&tune, options).items.into_iter();
        items
            .filter_map(|item| match item.ink {
                Ink::Text { text, .. } => Some(text),
                _ => None,
            })
            .collect::<Vec<_>>()
    };
    let plain =
        Options { heading: false, chords: false, lyrics: false, annotations: false, ..Options::default() };
    assert_eq!(words(&plain), Vec::<String>::new());
    let full = Options { section_letters: true, bar_numbers: BarNumbers::Systems, ..Options::default() };
    for word in ["Title", "A", "B", "Am", "loud", "one", "= 90", "3"] {
        assert!(words(&full).iter().any(|other| other == word), "{word}: {:?}", words(&full));
    }
    let letters = engrave(&one("A|:d8|d8:|d|:f8|f8:|"), &full)
        .items
        .into_iter()
        .filter(|item| matches!(item.ink, Ink::Text { face: Face::Bold, .. }));
    assert_eq!(letters.count(), 2, "a pickup is no section of its own");
    let naturals = |options: &Options| {
        let items = engrave(&tune, options).items;
        let natural = Sign::Natural.code();
        items.iter().filter(|item| matches!(item.ink, Ink::Glyph { code, .. } if code == natural)).count()
    };
    assert_eq!(naturals(&Options::default()), 0);
    assert_eq!(naturals(&Options { cautionary_accidentals: true, ..Options::default() }), 1);
}

#[test]
fn odd_options_are_taken_to_their_range() {
    let tune = one("ABcd|");
    for (given, taken) in [(f32::NAN, 108.0), (-5.0, 20.0), (1e9, 2000.0)] {
        assert_eq!(engrave(&tune, &width(given)).width, taken);
    }
    let odd =
        Options { margin: f32::INFINITY, spacing: f32::NAN, breaks: Breaks::Bars(0), ..Options::default() };
    assert_eq!(engrave(&tune, &odd).systems.len(), 1);
}

#[test]
fn systems_end_where_the_text_says() {
    let systems = |linebreak: &str| {
        let text = format!("X:1\nL:1/8\nM:2/4\n{linebreak}K:D\nABcd|$efga|\nABcd|$dcBA|\n");
        engrave(&parse(&text).tunes[0], &Options::default()).systems.len()
    };
    assert_eq!(systems(""), 4);
    assert_eq!(systems("I:linebreak $\n"), 3);
    assert_eq!(systems("I:linebreak <EOL>\n"), 2);
    assert_eq!(systems("I:linebreak <none>\n"), 1);
}
