//! Every system is on one page, whole, in order and inside the margins.

use proptest::prelude::*;
use reelsmith::engrave::Sheet;
use reelsmith::export::pages::{Layout, Pages, Paper, paginate};

use super::paper::{rect, sheet};

/// Every system is on exactly one page, in order, whole, and inside the margins.
pub fn check_pages(sheets: &[&Sheet], pages: &Pages, layout: &Layout) {
    let area = layout.area();
    let mut seen = Vec::new();
    let mut items: Vec<Vec<usize>> = vec![Vec::new(); sheets.len()];
    for (number, page) in pages.pages.iter().enumerate() {
        assert!(!page.parts.is_empty(), "page {number} is empty");
        let mut above = area.min.y - 0.1;
        for part in &page.parts {
            assert!(part.rows.0 >= above - 0.05, "{part:?} overlaps what is above it");
            assert!(part.rows.1 <= area.max.y + 0.05, "{part:?} reaches below {area:?}");
            assert!(part.scale <= layout.space && part.scale > 0.0);
            let right = part.at.x + sheets[part.sheet].width * part.scale;
            assert!(part.at.x >= area.min.x && right <= area.max.x + 0.05);
            above = part.rows.0;
            for place in part.systems.clone() {
                let extent = sheets[part.sheet].systems[place].extent;
                let y = |y: f32| part.at.y + y * part.scale;
                assert!(y(extent.min.y) >= part.rows.0 - 0.05 && y(extent.max.y) <= part.rows.1 + 0.05);
                assert!(part.items.start <= sheets[part.sheet].systems[place].items.start);
                assert!(part.items.end >= sheets[part.sheet].systems[place].items.end);
                seen.push((part.sheet, place));
            }
            items[part.sheet].extend(part.items.clone());
        }
    }
    let all = |(number, sheet): (usize, &&Sheet)| {
        (0..sheet.systems.len()).map(move |place| (number, place)).collect()
    };
    let all: Vec<Vec<_>> = sheets.iter().enumerate().map(all).collect();
    assert_eq!(seen, all.concat(), "every system once and in order");
    for (items, sheet) in items.iter().zip(sheets) {
        assert_eq!(*items, (0..sheet.items.len()).collect::<Vec<_>>(), "every item once and in order");
    }
    assert_eq!(pages.starts.len(), sheets.len());
    for (number, start) in pages.starts.iter().enumerate() {
        let first = pages.pages.iter().position(|page| page.parts.iter().any(|part| part.sheet == number));
        assert_eq!(first.unwrap(), start.page, "tune {number}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_system_is_on_one_page_in_order_inside_the_margins(
        tunes in prop::collection::vec((1..30usize, 0..8usize, 40.0..300.0f32, 0.5..4.0f32), 1..20),
        letter in any::<bool>(),
        space in 0.8..4.0f32,
    ) {
        let paper = if letter { Paper::LETTER } else { Paper::A4 };
        let layout = Layout { paper, space, ..Layout::default() };
        let sheets: Vec<Sheet> = tunes
            .into_iter()
            .map(|(systems, verses, width, stretch)| {
                let mut sheet = sheet("T", width, systems, verses);
                // Systems of all heights, up to more than a page.
                for system in &mut sheet.systems {
                    let middle = (system.extent.min.y + system.extent.max.y) / 2.0;
                    let half = (system.extent.max.y - middle) * if stretch > 3.8 { 20.0 } else { 1.0 };
                    system.extent = rect(0.0, middle - half, width, middle + half);
                }
                if stretch > 3.8 {
                    sheet.systems.truncate(1);
                    sheet.items.truncate(sheet.systems[0].items.end);
                }
                sheet
            })
            .collect();
        let sheets: Vec<&Sheet> = sheets.iter().collect();
        check_pages(&sheets, &paginate(&sheets, &layout), &layout);
    }
}

#[test]
fn a_tune_that_fits_on_a_page_is_not_spread_over_two() {
    let layout = Layout::default();
    let width = layout.sheet_width();
    let sheets: Vec<Sheet> = (0..12).map(|i| sheet("T", width, 3 + i % 4, 0)).collect();
    let sheets: Vec<&Sheet> = sheets.iter().collect();
    let pages = paginate(&sheets, &layout);
    check_pages(&sheets, &pages, &layout);
    for number in 0..sheets.len() {
        let on = |page: &&reelsmith::export::pages::Page| page.parts.iter().any(|part| part.sheet == number);
        assert_eq!(pages.pages.iter().filter(on).count(), 1, "tune {number}");
    }
    // Pages that are nearly full are filled.
    let ends = pages.pages.iter().map(|page| page.parts.last().unwrap().rows.1);
    assert!(ends.filter(|end| (end - layout.area().max.y).abs() < 0.1).count() >= 2);
    // A tune longer than a page flows on.
    let long = sheet("T", width, 25, 3);
    let pages = paginate(&[&long], &layout);
    check_pages(&[&long], &pages, &layout);
    assert!(pages.pages.len() > 2);
}

#[test]
fn titles_stay_with_their_first_system() {
    let layout = Layout::default();
    let long = sheet("T", layout.sheet_width(), 25, 0);
    let pages = paginate(&[&long, &long], &layout);
    for start in &pages.starts {
        let page = &pages.pages[start.page];
        let first = page.parts.iter().find(|part| part.items.start == 0).unwrap();
        assert_eq!(first.systems, 0..1);
    }
}
