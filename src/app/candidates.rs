//! The tunes of one request: the one on the stand, and the others behind it, the best first.
//!
//! The page of the chosen one lies on the stand; those of the others are kept here.

use std::sync::Arc;
use std::time::{Duration, Instant};

use super::incipit::first_bars;
use super::page::Page;
use crate::abc::{self, Kind, Severity};
use crate::compose::{Composition, Ending, Judged, Reason};
use crate::engrave::Sheet;
use crate::music::Letter;

/// The width of the first bars, in staff spaces.
pub(super) const INCIPIT: f32 = 78.0;
/// Reasons there is room for.
const MOST_REASONS: usize = 4;
/// How many notes the line on a tab shows.
const CONTOUR_NOTES: usize = 24;

/// One tune of a request.
#[derive(Debug, Clone)]
pub(super) struct Candidate {
    /// Which tune of the request.
    index: u64,
    /// Its page, unless that lies on the stand.
    page: Option<Page>,
    /// What is known of it once it is written.
    facts: Option<Facts>,
    /// The bar it has got to while it is being written, and the last one it will have, if that is known.
    bar: usize,
    last_bar: Option<usize>,
}

/// What can truly be said about a finished tune.
#[derive(Debug, Clone)]
pub(super) struct Facts {
    /// What is thought of it; nothing without a note.
    judged: Option<Judged>,
    /// The average natural logarithm of the probability of a character.
    pub(super) log_probability: f64,
    /// What speaks for it and against it.
    pub(super) reasons: Vec<Reason>,
    /// The steps of its first notes above the lowest of them.
    pub(super) contour: Vec<u8>,
    /// Its first bars.
    pub(super) incipit: Option<Arc<Sheet>>,
    /// How it came to its end.
    ending: Ending,
}

/// How a request came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Report {
    /// How many tunes there are.
    pub(super) tunes: usize,
    /// How many could not be written.
    pub(super) failed: usize,
    /// How many were another one again.
    pub(super) same: usize,
    /// How long it took.
    pub(super) took: Duration,
    /// It was stopped before all were written.
    pub(super) cancelled: bool,
}

/// All of them.
#[derive(Debug, Clone, Default)]
pub(super) struct Candidates {
    /// The number of the worker's request; 0 for none.
    request: u64,
    tunes: Vec<Candidate>,
    /// The place of the one on the stand.
    chosen: usize,
    /// Somebody chose it, so that it stays.
    by_hand: bool,
    /// When the request was made, and how many tunes it was for, as long as they are being written.
    writing: Option<(Instant, usize)>,
    failed: usize,
    same: usize,
    report: Option<Report>,
}

impl Candidates {
    /// A request is made for as many tunes as there are `pages`, with the bars each will have if that is
    /// known; the first page goes to the stand.
    pub(super) fn begin(request: u64, pages: Vec<(Page, Option<usize>)>, stand: &mut Page) -> Self {
        let count = pages.len();
        let tunes = (0..).zip(pages).map(|(index, (page, last_bar))| Candidate {
            index,
            page: Some(page),
            facts: None,
            bar: 1,
            last_bar,
        });
        let mut new = Self {
            request,
            tunes: tunes.collect(),
            writing: Some((Instant::now(), count)),
            ..Self::default()
        };
        if let Some(page) = new.tunes.first_mut().and_then(|first| first.page.take()) {
            *stand = page;
        }
        new
    }

    /// The number of the worker's request.
    pub(super) fn request(&self) -> u64 {
        self.request
    }

    /// Whether more is to come.
    pub(super) fn is_writing(&self) -> bool {
        self.writing.is_some()
    }

    /// How many tunes are being written and how many of them are done.
    pub(super) fn progress(&self) -> Option<(usize, usize)> {
        let (_, count) = self.writing?;
        Some((self.finished() + self.failed + self.same, count))
    }

    /// How the last request came to its end.
    pub(super) fn report(&self) -> Option<Report> {
        self.report
    }

    /// All tunes, the best first; those that are being written come last.
    pub(super) fn tunes(&self) -> &[Candidate] {
        &self.tunes
    }

    /// The place of the one on the stand.
    pub(super) fn chosen(&self) -> usize {
        self.chosen
    }

    /// The pages of all tunes, the best first; `stand` is the one on the stand.
    pub(super) fn pages<'a>(&'a self, stand: &'a Page) -> impl Iterator<Item = &'a Page> {
        self.tunes.iter().map(move |tune| tune.page.as_ref().unwrap_or(stand))
    }

    /// More of a tune has come.
    pub(super) fn write(&mut self, index: u64, text: &str, stand: &mut Page) {
        let Some(place) = self.place(index) else { return };
        let tune = &mut self.tunes[place];
        let page = tune.page.as_mut().unwrap_or(stand);
        page.write(text);
        tune.bar = page.bar();
    }

    /// A tune is there, to be called `title`.
    pub(super) fn finish(&mut self, index: u64, composition: &Composition, title: &str, stand: &mut Page) {
        let Some(place) = self.place(index) else { return };
        let is_first = self.finished() == 0;
        let tune = &mut self.tunes[place];
        tune.page.as_mut().unwrap_or(stand).finish(composition, title);
        let facts = Facts::of(composition);
        let again =
            self.tunes.iter().any(|other| other.facts.as_ref().is_some_and(|it| it.is_same_as(&facts)));
        self.tunes[place].facts = Some(facts);
        if again {
            self.same += 1;
            return self.drop_tune(index, stand);
        }
        self.sort();
        if is_first && !self.by_hand {
            // The first that is whole is on the sheet at once.
            self.show(self.place(index).unwrap_or(self.chosen), stand);
        }
        self.show_best(stand);
    }

    /// There is no such tune.
    pub(super) fn fail(&mut self, index: u64, stand: &mut Page) {
        self.failed += 1;
        self.drop_tune(index, stand);
    }

    /// Nothing more is to come. What was not finished goes, unless it is all there is: then what was
    /// written of it stays.
    pub(super) fn end(&mut self, cancelled: bool, stand: &mut Page) {
        let Some((since, _)) = self.writing.take() else { return };
        let whole =
            |tune: &Candidate| tune.facts.as_ref().is_some_and(|facts| facts.ending != Ending::Cancelled);
        let any_whole = self.tunes.iter().any(whole);
        let rest: Vec<u64> = self
            .tunes
            .iter()
            .enumerate()
            .filter(|(place, tune)| if any_whole { !whole(tune) } else { *place != self.chosen })
            .map(|(_, tune)| tune.index)
            .collect();
        for index in rest {
            self.drop_tune(index, stand);
        }
        let (tunes, took) = (self.tunes.len(), since.elapsed());
        self.report = Some(Report { tunes, failed: self.failed, same: self.same, took, cancelled });
        self.show_best(stand);
    }

    /// Puts another one on the stand; it stays there.
    pub(super) fn choose(&mut self, place: usize, stand: &mut Page) {
        if place < self.tunes.len() {
            self.by_hand = true;
            self.show(place, stand);
        }
    }

    /// Gives way to the best one as long as nobody has touched what is shown.
    fn show_best(&mut self, stand: &mut Page) {
        if !self.by_hand && self.tunes.first().is_some_and(|best| best.facts.is_some()) {
            self.show(0, stand);
        }
    }

    fn show(&mut self, place: usize, stand: &mut Page) {
        if place == self.chosen {
            return;
        }
        if let Some(page) = self.tunes[place].page.take() {
            let before = std::mem::replace(stand, page);
            self.tunes[self.chosen].page = Some(before);
            self.chosen = place;
        }
    }

    fn drop_tune(&mut self, index: u64, stand: &mut Page) {
        let Some(place) = self.place(index) else { return };
        if place == self.chosen {
            // Another one takes its place on the stand; the last one leaves what there is.
            let other = if place == 0 { 1 } else { 0 };
            if other < self.tunes.len() {
                self.show(other, stand);
            }
        }
        self.tunes.remove(place);
        if self.chosen > place {
            self.chosen -= 1;
        }
    }

    fn place(&self, index: u64) -> Option<usize> {
        self.tunes.iter().position(|tune| tune.index == index)
    }

    /// Whether there is a tune among them, whole or as far as it came.
    pub(super) fn has_finished(&self) -> bool {
        self.finished() > 0
    }

    fn finished(&self) -> usize {
        self.tunes.iter().filter(|tune| tune.facts.is_some()).count()
    }

    /// The best first; what is being written keeps its order behind.
    fn sort(&mut self) {
        let on_stand = self.tunes.get(self.chosen).map(|tune| tune.index);
        self.tunes.sort_by(|a, b| match (&a.facts, &b.facts) {
            (Some(a), Some(b)) => {
                b.goodness().partial_cmp(&a.goodness()).unwrap_or(std::cmp::Ordering::Equal)
            }
            (Some(_), None) => std::cmp::Ordering::Less,
            (None, Some(_)) => std::cmp::Ordering::Greater,
            (None, None) => a.index.cmp(&b.index),
        });
        if let Some(place) = on_stand.and_then(|index| self.place(index)) {
            self.chosen = place;
        }
    }
}

impl Candidate {
    /// What is known of it, once it is written.
    pub(super) fn facts(&self) -> Option<&Facts> {
        self.facts.as_ref()
    }

    /// The bar it has got to, and the last one it will have, if that is known.
    pub(super) fn bar(&self) -> (usize, Option<usize>) {
        (self.last_bar.map_or(self.bar, |last| self.bar.min(last)), self.last_bar)
    }
}

impl Facts {
    fn of(composition: &Composition) -> Self {
        let abc = composition.abc(1, "");
        let parsed = abc::parse(&abc);
        let judged = Judged::of(composition);
        let mut reasons = judged.as_ref().map(|judged| judged.reasons.clone()).unwrap_or_default();
        // Only what is written without the grammar has any.
        let problems = parsed.diagnostics.iter().filter(|d| d.severity() > Severity::Note).count();
        if problems > 0 {
            let words = if problems == 1 { "1 problem".to_owned() } else { format!("{problems} problems") };
            reasons.insert(0, Reason { good: false, words });
            reasons.truncate(MOST_REASONS);
        }
        Self {
            judged,
            log_probability: composition.log_probability,
            reasons,
            contour: parsed.tunes.first().map(contour).unwrap_or_default(),
            incipit: first_bars(&abc, INCIPIT).map(Arc::new),
            ending: composition.ending,
        }
    }

    /// What it rests on.
    pub(super) fn judged(&self) -> Option<&Judged> {
        self.judged.as_ref()
    }

    /// What candidates are ranked by: that they are whole, then what is thought of them.
    fn goodness(&self) -> (bool, f64) {
        let score = self.judged.as_ref().map_or(f64::NEG_INFINITY, |judged| judged.score);
        (self.ending != Ending::Cancelled, score)
    }

    /// Whether two are one tune.
    fn is_same_as(&self, other: &Self) -> bool {
        match (&self.judged, &other.judged) {
            (Some(one), Some(same)) => {
                let whole = self.ending != Ending::Cancelled && other.ending != Ending::Cancelled;
                whole && one.facts.melody == same.facts.melody
            }
            _ => false,
        }
    }
}

fn contour(tune: &abc::Tune) -> Vec<u8> {
    let notes = tune.voices.first().into_iter().flat_map(|voice| &voice.elements);
    let steps: Vec<i32> = notes
        .filter_map(|element| match &element.kind {
            Kind::Note(note) => Some(step(note.letter, note.octave)),
            _ => None,
        })
        .take(CONTOUR_NOTES)
        .collect();
    let lowest = steps.iter().min().copied().unwrap_or(0);
    steps.iter().map(|step| u8::try_from(step - lowest).unwrap_or(u8::MAX)).collect()
}

fn step(letter: Letter, octave: i8) -> i32 {
    letter.step() + 7 * i32::from(octave)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::{Provenance, Request};

    fn composition(index: u64, log_probability: f64, ending: Ending, music: &str) -> Composition {
        let provenance = Provenance {
            model: "test".into(),
            device: "cpu".into(),
            kernel: "test".into(),
            request: Request::default(),
            index,
            time: String::new(),
        };
        Composition {
            text: format!("X:1\nM:4/4\nK:D\n{music}"),
            ending,
            provenance,
            log_probability,
            strain: None,
            planned: None,
        }
    }

    fn begin(count: u64) -> (Candidates, Page) {
        let mut stand = Page::own();
        let pages = (0..count).map(|i| (stand.followed(i + 1, 1), None)).collect();
        let candidates = Candidates::begin(1, pages, &mut stand);
        (candidates, stand)
    }

    fn finish(candidates: &mut Candidates, stand: &mut Page, index: u64, likely: f64, music: &str) {
        candidates.finish(index, &composition(index, likely, Ending::Eos, music), "Reel No. 1", stand);
    }

    fn order(candidates: &Candidates) -> Vec<u64> {
        candidates.tunes().iter().map(|tune| tune.index).collect()
    }

    #[test]
    fn the_first_finished_is_shown_and_gives_way_to_a_better_one() {
        let (mut all, mut stand) = begin(3);
        all.write(0, "X:1\n", &mut stand);
        finish(&mut all, &mut stand, 2, -1.2, "D4E4|]");
        assert!(stand.text().contains("D4E4"), "{}", stand.text());
        finish(&mut all, &mut stand, 1, -0.8, "D2E6|]");
        assert_eq!((order(&all), all.chosen()), (vec![1, 2, 0], 0));
        assert!(stand.text().contains("D2E6"));
        finish(&mut all, &mut stand, 0, -1.0, "D6E2|]");
        assert_eq!(order(&all), [1, 0, 2]);
        all.end(false, &mut stand);
        assert!(stand.text().contains("D2E6") && !all.is_writing());
    }

    #[test]
    fn what_was_chosen_by_hand_stays_wherever_it_is_ranked() {
        let (mut all, mut stand) = begin(3);
        finish(&mut all, &mut stand, 0, -1.2, "D4E4|]");
        finish(&mut all, &mut stand, 1, -1.1, "D2E6|]");
        all.choose(1, &mut stand);
        assert!(stand.text().contains("D4E4"));
        finish(&mut all, &mut stand, 2, -0.8, "D6E2|]");
        assert!(stand.text().contains("D4E4") && all.chosen() == 2, "{}", all.chosen());
        for (place, music) in [(0, "D6E2"), (1, "D2E6"), (2, "D4E4")] {
            all.choose(place, &mut stand);
            assert!(stand.text().contains(music), "each tab has its own tune");
        }
    }

    #[test]
    fn the_same_again_is_left_out_and_counted() {
        let (mut all, mut stand) = begin(3);
        finish(&mut all, &mut stand, 0, -0.5, "D4E4|]");
        finish(&mut all, &mut stand, 1, -0.9, "D4E4|]");
        finish(&mut all, &mut stand, 2, -0.9, "D4F4|]");
        all.end(false, &mut stand);
        assert_eq!((all.tunes().len(), all.report().unwrap().same), (2, 1));
    }

    #[test]
    fn cancelling_keeps_the_finished_tunes_and_else_what_there_is() {
        let (mut all, mut stand) = begin(4);
        finish(&mut all, &mut stand, 3, -0.9, "D4E4|]");
        all.finish(0, &composition(0, -0.1, Ending::Cancelled, "E"), "Reel No. 1", &mut stand);
        all.end(true, &mut stand);
        assert_eq!(order(&all), [3]);
        assert!(stand.text().contains("D4E4"));

        let (mut all, mut stand) = begin(4);
        all.write(0, "X:1\nK:D\nDEF", &mut stand);
        all.finish(0, &composition(0, -0.1, Ending::Cancelled, "DEF"), "Reel No. 1", &mut stand);
        all.end(true, &mut stand);
        assert_eq!(order(&all), [0]);
        assert!(stand.text().contains("DEF"));
    }

    #[test]
    fn a_tune_that_fails_leaves_the_others_in_their_places() {
        let (mut all, mut stand) = begin(3);
        all.fail(0, &mut stand);
        finish(&mut all, &mut stand, 1, -0.9, "D4E4|]");
        finish(&mut all, &mut stand, 2, -0.8, "D2E6|]");
        all.end(false, &mut stand);
        assert_eq!(order(&all), [2, 1]);
        assert!(stand.text().contains("D2E6"));
        assert_eq!(all.report().unwrap().failed, 1);
    }
}
