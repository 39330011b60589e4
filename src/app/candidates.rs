//! The tunes of one request: the one on the stand, and the others behind it, the best first.
//!
//! The page of the chosen one lies on the stand; those of the others are kept here.

use std::time::{Duration, Instant};

use super::page::Page;
use crate::abc::{self, Kind, Severity};
use crate::compose::{Composition, Ending, Wishes, form};
use crate::music::Letter;

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
    /// Bars so far, while it is being written.
    bars: usize,
}

/// What can truly be said about a finished tune.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Facts {
    /// The average natural logarithm of the probability of a character.
    pub(super) log_probability: f64,
    /// Bars of each part.
    pub(super) parts: Vec<usize>,
    /// How many things our reader finds wrong with it.
    pub(super) problems: usize,
    /// It has the form that was wished for; `None` if none was.
    pub(super) wishes_met: Option<bool>,
    /// The steps of its first notes above the lowest of them.
    pub(super) contour: Vec<u8>,
    /// The tune as ABC.
    pub(super) abc: String,
    /// How it came to its end.
    pub(super) ending: Ending,
}

/// How a request came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Report {
    /// How many tunes there are.
    pub(super) tunes: usize,
    /// How many could not be written.
    pub(super) failed: usize,
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
    wishes: Wishes,
    tunes: Vec<Candidate>,
    /// The place of the one on the stand.
    chosen: usize,
    /// Somebody chose it, so that it stays.
    by_hand: bool,
    /// When the request was made, and how many tunes it was for, as long as they are being written.
    writing: Option<(Instant, usize)>,
    failed: usize,
    report: Option<Report>,
}

impl Candidates {
    /// A request is made for as many tunes as there are `pages`; the first page goes to the stand.
    pub(super) fn begin(request: u64, wishes: Wishes, pages: Vec<Page>, stand: &mut Page) -> Self {
        let count = pages.len();
        let tunes =
            (0..).zip(pages).map(|(index, page)| Candidate { index, page: Some(page), facts: None, bars: 0 });
        let mut new = Self {
            request,
            wishes,
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
        Some((self.finished() + self.failed, count))
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
        tune.bars += text.matches('|').count();
        tune.page.as_mut().unwrap_or(stand).write(text);
    }

    /// A tune is there, to be called `title`.
    pub(super) fn finish(&mut self, index: u64, composition: &Composition, title: &str, stand: &mut Page) {
        let Some(place) = self.place(index) else { return };
        let is_first = self.finished() == 0;
        let tune = &mut self.tunes[place];
        tune.page.as_mut().unwrap_or(stand).finish(composition, title);
        tune.facts = Some(Facts::of(composition, title, &self.wishes));
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
        self.report =
            Some(Report { tunes: self.tunes.len(), failed: self.failed, took: since.elapsed(), cancelled });
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

    /// The bar it has got to.
    pub(super) fn bar(&self) -> usize {
        self.bars + 1
    }
}

impl Facts {
    fn of(composition: &Composition, title: &str, wishes: &Wishes) -> Self {
        let abc = composition.abc(1, title);
        let parsed = abc::parse(&abc);
        let tune = parsed.tunes.first();
        let has_form = wishes.parts.is_some() || wishes.bars.is_some();
        Self {
            log_probability: composition.log_probability,
            parts: tune.map(form::parts).unwrap_or_default(),
            problems: parsed.diagnostics.iter().filter(|d| d.severity() > Severity::Note).count(),
            wishes_met: has_form.then(|| tune.is_some_and(|tune| wishes.met_by(tune))),
            contour: tune.map(contour).unwrap_or_default(),
            abc,
            ending: composition.ending,
        }
    }

    /// What candidates are ranked by: the form that was wished for, then how likely the network finds it.
    fn goodness(&self) -> (bool, bool, f64) {
        (self.ending != Ending::Cancelled, self.wishes_met.unwrap_or(true), self.log_probability)
    }

    /// The sum of the parts' bars.
    pub(super) fn bars(&self) -> usize {
        self.parts.iter().sum()
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
    use crate::compose::Provenance;

    fn composition(index: u64, log_probability: f64, ending: Ending, music: &str) -> Composition {
        let provenance = Provenance {
            model: "test".into(),
            device: "cpu".into(),
            kernel: "test".into(),
            seed: 1,
            index,
            temperature: 0.8,
            top_k: None,
            top_p: 1.0,
            length: 100,
            bars: None,
            tune_type: None,
            prompt: String::new(),
            grammar: true,
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

    fn begin(count: u64, wishes: Wishes) -> (Candidates, Page) {
        let mut stand = Page::own();
        let pages = (0..count).map(|i| stand.followed(i + 1, 1)).collect();
        let candidates = Candidates::begin(1, wishes, pages, &mut stand);
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
        let (mut all, mut stand) = begin(3, Wishes::default());
        all.write(0, "X:1\n", &mut stand);
        finish(&mut all, &mut stand, 2, -0.9, "D8|]");
        assert!(stand.text().contains("D8"), "{}", stand.text());
        finish(&mut all, &mut stand, 1, -0.5, "E8|]");
        assert_eq!((order(&all), all.chosen()), (vec![1, 2, 0], 0));
        assert!(stand.text().contains("E8"));
        finish(&mut all, &mut stand, 0, -0.7, "F8|]");
        assert_eq!(order(&all), [1, 0, 2]);
        all.end(false, &mut stand);
        assert!(stand.text().contains("E8") && !all.is_writing());
    }

    #[test]
    fn what_was_chosen_by_hand_stays_wherever_it_is_ranked() {
        let (mut all, mut stand) = begin(3, Wishes::default());
        finish(&mut all, &mut stand, 0, -0.9, "D8|]");
        finish(&mut all, &mut stand, 1, -0.8, "E8|]");
        all.choose(1, &mut stand);
        assert!(stand.text().contains("D8"));
        finish(&mut all, &mut stand, 2, -0.1, "F8|]");
        assert!(stand.text().contains("D8") && all.chosen() == 2, "{}", all.chosen());
        for (place, music) in [(0, "F8"), (1, "E8"), (2, "D8")] {
            all.choose(place, &mut stand);
            assert!(stand.text().contains(music), "each tab has its own tune");
        }
    }

    #[test]
    fn the_form_that_was_wished_for_comes_before_likelihood() {
        let (mut all, mut stand) = begin(2, Wishes { bars: Some(2), ..Wishes::default() });
        finish(&mut all, &mut stand, 0, -0.1, "D8|E8|F8|]");
        finish(&mut all, &mut stand, 1, -0.9, "D8|E8|]");
        assert_eq!(order(&all), [1, 0]);
        assert_eq!(all.tunes()[0].facts().unwrap().wishes_met, Some(true));
    }

    #[test]
    fn cancelling_keeps_the_finished_tunes_and_else_what_there_is() {
        let (mut all, mut stand) = begin(4, Wishes::default());
        finish(&mut all, &mut stand, 3, -0.9, "D8|]");
        all.finish(0, &composition(0, -0.1, Ending::Cancelled, "E"), "Reel No. 1", &mut stand);
        all.end(true, &mut stand);
        assert_eq!(order(&all), [3]);
        assert!(stand.text().contains("D8"));

        let (mut all, mut stand) = begin(4, Wishes::default());
        all.write(0, "X:1\nK:D\nDEF", &mut stand);
        all.finish(0, &composition(0, -0.1, Ending::Cancelled, "DEF"), "Reel No. 1", &mut stand);
        all.end(true, &mut stand);
        assert_eq!(order(&all), [0]);
        assert!(stand.text().contains("DEF"));
    }

    #[test]
    fn a_tune_that_fails_leaves_the_others_in_their_places() {
        let (mut all, mut stand) = begin(3, Wishes::default());
        all.fail(0, &mut stand);
        finish(&mut all, &mut stand, 1, -0.9, "D8|]");
        finish(&mut all, &mut stand, 2, -0.8, "E8|]");
        all.end(false, &mut stand);
        assert_eq!(order(&all), [2, 1]);
        assert!(stand.text().contains("E8"));
        assert_eq!(all.report().unwrap().failed, 1);
    }
}
