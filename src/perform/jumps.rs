//! D.C., D.S., coda and fine: where one goes back to, and where it ends then.
//!
//! The standard names these decorations (§4.14) and does not say how they are played; players agree on
//! it. All repeats are played first. At the end of the bar with D.C. or D.S. one goes back to the start or
//! the segno and on without repeats, with the last endings, to the end of the bar with fine, or from the
//! end of the bar with the first coda to the last one. One goes back once.

use super::order::{Leg, Stretches};
use crate::abc::{Decoration, Element, Kind, Tune};

/// A place in a voice, so that other voices find it too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Place {
    /// Bar lines before it.
    bar: usize,
    /// The element, if there is music before it in the bar.
    within: Option<usize>,
}

/// What ends the way after going back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Goal {
    /// Fine, or the coda, whichever is there.
    Any,
    Fine,
    Coda,
}

/// Where one goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Jump {
    at: Place,
    to_segno: bool,
    goal: Goal,
}

/// The signs of a voice.
#[derive(Debug, Clone, Default)]
pub(super) struct Signs {
    jump: Option<Jump>,
    segno: Option<Place>,
    fine: Option<Place>,
    /// Where one leaves for the coda, and where it begins.
    to_coda: Option<Place>,
    coda: Option<Place>,
}

impl Signs {
    /// The signs each voice follows: its own, or those of the first voice that has some.
    pub(super) fn of_voices(tune: &Tune) -> Vec<Self> {
        let mut all: Vec<Self> = tune.voices.iter().map(|voice| Self::of(&voice.elements)).collect();
        let Some(leader) = all.iter().find(|signs| signs.jump.is_some()).map(Self::in_other_voice) else {
            return all;
        };
        for signs in all.iter_mut().filter(|signs| signs.jump.is_none()) {
            *signs = leader.clone();
        }
        all
    }

    fn of(elements: &[Element]) -> Self {
        let mut signs = Self::default();
        // The bar that the first coda sign ends, if there are several.
        let (mut first_coda, mut codas) = (None, 0);
        let (mut bar, mut timed) = (0, false);
        for (i, element) in elements.iter().enumerate() {
            let decoration = match &element.kind {
                Kind::Decoration(decoration) => decoration,
                kind => {
                    let bars = bars_of(kind);
                    bar += bars;
                    timed = if bars > 0 { false } else { timed || kind.takes_time() };
                    continue;
                }
            };
            let start = Place { bar, within: timed.then_some(i) };
            let end = || {
                // A sign at the end of a line, after its bar line, belongs to the bar before.
                let is_late = !timed && bar > 0 && !leads_to_music(&elements[i + 1..]);
                Place { bar: if is_late { bar } else { bar + 1 }, within: None }
            };
            match decoration {
                Decoration::Segno => signs.segno = signs.segno.or(Some(start)),
                Decoration::Fine => signs.fine = signs.fine.or_else(|| Some(end())),
                Decoration::ToCoda => signs.to_coda = signs.to_coda.or_else(|| Some(end())),
                Decoration::Coda => {
                    codas += 1;
                    first_coda = first_coda.or_else(|| Some(end()));
                    signs.coda = Some(start);
                }
                other => {
                    if let (None, Some((to_segno, goal))) = (signs.jump, jump(other)) {
                        signs.jump = Some(Jump { at: end(), to_segno, goal });
                    }
                }
            }
        }
        if codas > 1 {
            signs.to_coda = signs.to_coda.or(first_coda);
        }
        signs
    }

    fn in_other_voice(&self) -> Self {
        let whole = |place: Option<Place>| place.map(|place| Place { within: None, ..place });
        Self { segno: whole(self.segno), coda: whole(self.coda), ..self.clone() }
    }
}

/// Where a decoration sends one: to the segno or the start, and how far from there.
fn jump(decoration: &Decoration) -> Option<(bool, Goal)> {
    Some(match decoration {
        Decoration::DaCapo => (false, Goal::Any),
        Decoration::DaCapoAlFine => (false, Goal::Fine),
        Decoration::DaCapoAlCoda => (false, Goal::Coda),
        Decoration::DalSegno => (true, Goal::Any),
        Decoration::DalSegnoAlFine => (true, Goal::Fine),
        Decoration::DalSegnoAlCoda => (true, Goal::Coda),
        _ => return None,
    })
}

/// Bar lines an element has.
fn bars_of(kind: &Kind) -> usize {
    match kind {
        Kind::Bar(_) => 1,
        Kind::BarsRest { bars, .. } => usize::from(*bars).saturating_sub(1),
        _ => 0,
    }
}

/// Whether there is music before the next bar line and the line's end.
fn leads_to_music(elements: &[Element]) -> bool {
    let next = elements.iter().find(|element| {
        element.kind.takes_time() || matches!(element.kind, Kind::Bar(_) | Kind::LineBreak(_))
    });
    next.is_some_and(|element| element.kind.takes_time())
}

/// The element a place is at.
fn element_at(place: Place, elements: &[Element]) -> usize {
    if let Some(within) = place.within {
        return within;
    }
    let mut bar = 0;
    for (i, element) in elements.iter().enumerate() {
        if bar >= place.bar {
            return i;
        }
        bar += bars_of(&element.kind);
    }
    elements.len()
}

impl Stretches<'_> {
    /// The whole voice as it is played: its repeats, and what the signs say.
    pub(super) fn legs(&self, signs: &Signs, elements: &[Element]) -> Vec<Leg> {
        let all = 0..self.0.len();
        let mut legs: Vec<Leg> = self.order(all.clone()).into_iter().map(|i| self.leg(i)).collect();
        let Some(jump) = signs.jump else { return legs };
        let target = match (jump.to_segno, signs.segno) {
            (false, _) => 0,
            (true, Some(segno)) => element_at(segno, elements),
            // There is nowhere to go back to.
            (true, None) => return legs,
        };
        let at = element_at(jump.at, elements);
        // Repeats come first: one goes back the last time one is there.
        let Some(last) = legs.iter().rposition(|leg| (leg.from + 1..=leg.to).contains(&at)) else {
            return legs;
        };
        legs.truncate(last + 1);
        legs[last].to = at;
        let fine = signs.fine.filter(|_| jump.goal != Goal::Coda).map(|fine| element_at(fine, elements));
        let coda = signs.to_coda.zip(signs.coda).filter(|_| jump.goal != Goal::Fine);
        let coda = coda.map(|(from, to)| (element_at(from, elements), element_at(to, elements)));
        // Whichever comes first after the target.
        let fine = fine.filter(|&fine| fine > target);
        let coda = coda.filter(|&(from, to)| from > target && to >= from);
        let coda = coda.filter(|&(from, _)| fine.is_none_or(|fine| from < fine));
        let stop = coda.map(|(from, _)| from).or(fine).unwrap_or(elements.len());
        let again = self.without_repeats(stop).into_iter();
        legs.extend(again.filter_map(|leg| leg.within(target, stop)));
        if let Some((_, coda)) = coda {
            let first = self.0.iter().position(|stretch| coda < stretch.to).unwrap_or(all.end);
            let order = self.order(first..all.end).into_iter().map(|i| self.leg(i));
            legs.extend(order.filter_map(|leg| leg.within(coda, elements.len())));
        }
        legs
    }

    /// All stretches once, of endings the last one or the one that ends with `stop`.
    fn without_repeats(&self, stop: usize) -> Vec<Leg> {
        let mut legs: Vec<Leg> = Vec::with_capacity(self.0.len());
        let mut group: Option<usize> = None;
        for i in 0..self.0.len() {
            let leg = self.leg(i);
            if !self.is_ending(i) {
                group = None;
            } else if let Some(place) = group {
                let stops = legs[place].from < stop && stop <= legs[place].to;
                if !stops {
                    legs[place] = leg;
                }
                continue;
            } else {
                group = Some(legs.len());
            }
            legs.push(leg);
        }
        legs
    }
}
