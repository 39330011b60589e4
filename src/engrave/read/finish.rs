//! When all of a voice is read: what needs to know what comes after.

use super::super::score::{Boundary, Head, Lyric, NONE, Part, Reach, Stem, What};
use super::{NO_LINE, Reader};

impl<'t> Reader<'t, '_> {
    /// The voice, sorted into bars, with lyrics under its notes and stems on them.
    pub(super) fn finish(mut self) -> Part<'t> {
        if !self.has_music && self.part.bars.len() > 1 {
            self.take_line_marks(false);
            self.part.bars.pop();
        } else {
            self.part.boundaries.push(Boundary { line: NO_LINE, span: None, breaks: false, split: false });
        }
        let bars = self.part.bars.len();
        // Changes after the last bar line belong to no bar.
        let keep = self.part.events.iter().take_while(|event| (event.bar as usize) < bars).count();
        self.part.events.truncate(keep);
        self.part.endings.retain(|(bar, ..)| (*bar as usize) < bars);
        let last = self.part.events.len().saturating_sub(1) as u32;
        self.part.slurs.retain(|slur| slur.to != NONE && (slur.to > slur.from || slur.at_grace));
        self.part.tuplets.retain(|tuplet| tuplet.from != NONE);
        self.part.extended.retain(|extended| extended.from != NONE);
        for extended in &mut self.part.extended {
            extended.to = extended.to.min(last).max(extended.from);
        }
        self.reaches();
        self.lay_lyrics();
        self.order();
        self.stems();
        if self.pipes {
            // Above the notes is the place of the grace notes.
            self.part.events.iter_mut().for_each(|event| event.stem = Stem::Down);
        }
        self.part
    }

    /// Notes for everything that may go over several bars where it lies.
    fn reaches(&mut self) {
        let part = &mut self.part;
        let events = &part.events;
        let bar = |event: u32| events.get(event as usize).map_or(0, |event| event.bar);
        // Overlays come later in the text than what is after them on paper.
        part.slurs.sort_by_key(|slur| bar(slur.from));
        part.tuplets.sort_by_key(|tuplet| bar(tuplet.from));
        part.extended.sort_by_key(|one| bar(one.from));
        set_reaches(&mut part.slurs, bar, |slur| (slur.from, slur.to, &mut slur.reach));
        set_reaches(&mut part.tuplets, bar, |tuplet| (tuplet.from, tuplet.to, &mut tuplet.reach));
        set_reaches(&mut part.extended, bar, |one| (one.from, one.to, &mut one.reach));
        part.endings.sort_by_key(|&(bar, ..)| bar);
        part.line_marks.sort_by_key(|&(bar, _)| bar);
    }

    fn lay_lyrics(&mut self) {
        for line in &self.part.voice.lyrics {
            let verse = line.verse.saturating_sub(1).min(30);
            self.part.verses = self.part.verses.max(verse + 1);
            for (i, syllable) in line.syllables.iter().enumerate() {
                let event = self.places.get(syllable.element as usize).copied().unwrap_or(NONE);
                if event == NONE || event as usize >= self.part.events.len() || syllable.text.is_empty() {
                    continue;
                }
                let mut held_to = event;
                if syllable.held > 0 {
                    // The last of the notes it is held over: so many notes on, at most to the next syllable.
                    let end = line.syllables.get(i + 1).map_or(line.to, |next| next.element) as usize;
                    let places = self.places.get(syllable.element as usize + 1..end).unwrap_or_default();
                    let notes = places.iter().copied().filter(|&place| {
                        self.part.events.get(place as usize).is_some_and(|event| event.what == What::Chord)
                    });
                    held_to = notes.take(syllable.held.into()).last().unwrap_or(event);
                }
                self.part.lyrics.push(Lyric { event, verse, syllable, held_to });
            }
        }
    }

    fn order(&mut self) {
        let part = &mut self.part;
        part.order = (0..part.events.len() as u32).collect();
        if part.bars.iter().any(|bar| bar.layered) {
            let events = &part.events;
            part.order.sort_by_key(|&event| {
                events.get(event as usize).map_or((0, 0), |event| (event.bar, event.layer))
            });
        }
        let mut at = 0;
        for (i, bar) in part.bars.iter_mut().enumerate() {
            let from = at;
            while part.order.get(at).is_some_and(|&event| part.events[event as usize].bar as usize <= i) {
                at += 1;
            }
            bar.events = from as u32..at as u32;
        }
    }

    /// Which way stems go, by the note furthest from the middle line; beams of one note become flags.
    fn stems(&mut self) {
        let part = &mut self.part;
        let direction = |heads: &[Head]| {
            let (mut high, mut low) = (i32::MIN, i32::MAX);
            for head in heads {
                (high, low) = (high.max(head.position), low.min(head.position));
            }
            if high.saturating_add(low) >= 0 { Stem::Down } else { Stem::Up }
        };
        for event in &mut part.events {
            let heads = part.heads.get(event.heads.start as usize..event.heads.end as usize);
            event.stem = direction(heads.unwrap_or_default());
            if part.bars.get(event.bar as usize).is_some_and(|bar| bar.layered) {
                event.stem = if event.layer % 2 == 0 { Stem::Up } else { Stem::Down };
            }
            if part.beams.get(event.beam as usize).is_some_and(|beam| beam.from == beam.to) {
                event.beam = NONE;
            }
        }
        for (i, beam) in part.beams.iter().enumerate() {
            if beam.from == beam.to {
                continue;
            }
            let events = &mut part.events[beam.from as usize..=beam.to as usize];
            if part.bars.get(events[0].bar as usize).is_some_and(|bar| bar.layered) {
                continue;
            }
            let (mut high, mut low) = (i32::MIN, i32::MAX);
            for event in events.iter().filter(|event| event.beam == i as u32) {
                for head in &part.heads[event.heads.start as usize..event.heads.end as usize] {
                    (high, low) = (high.max(head.position), low.min(head.position));
                }
            }
            let stem = if high.saturating_add(low) >= 0 { Stem::Down } else { Stem::Up };
            events.iter_mut().filter(|event| event.beam == i as u32).for_each(|event| event.stem = stem);
        }
    }
}

fn set_reaches<T>(
    list: &mut [T],
    bar: impl Fn(u32) -> u32,
    mut parts: impl FnMut(&mut T) -> (u32, u32, &mut Reach),
) {
    for one in list.iter_mut() {
        let (from, to, reach) = parts(one);
        *reach = Reach { first: bar(from), latest: bar(to).max(bar(from)) };
    }
    let mut latest = 0;
    for one in list {
        let (.., reach) = parts(one);
        latest = latest.max(reach.latest);
        reach.latest = latest;
    }
}
