//! From wishes to what one tune will be: header, form and notes, all of it settled before the first
//! character is written. What the wishes leave open is drawn as often as the corpus has it.

use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{RngCore, SeedableRng};

use super::habits::{self, Shape};
use super::request::Request;
use super::returning::Returning;
use super::wishes::{WishError, Wishes};
use crate::abc::grammar::{
    Form, Grammar, MOST_BARS, MOST_SECTIONS, Pickup, PitchSet, Section, Spec, SpecError, State, classes_of,
    ticks_of,
};
use crate::abc::{KeyField, parse, write::write_key};
use crate::music::{Fraction, Key, Metre, Mode, Name};
use crate::perform::TuneType;

use super::wishes::{Aim, Ornaments};

/// The keys the network knows well: 92 % of the corpus. Tonics on the line of fifths (C is 0).
const KEYS: [(i32, Mode); 11] = [
    (1, Mode::Major),
    (2, Mode::Major),
    (3, Mode::Major),
    (0, Mode::Major),
    (4, Mode::Minor),
    (3, Mode::Minor),
    (5, Mode::Minor),
    (3, Mode::Dorian),
    (4, Mode::Dorian),
    (3, Mode::Mixolydian),
    (2, Mode::Mixolydian),
];

/// Forms that are tried for a prompt with notes before any form is taken.
const TRIES: usize = 24;

/// What one tune will be.
#[derive(Debug)]
pub struct Plan {
    /// What the network reads first: header and the prompt's music.
    pub opening: String,
    /// What may follow.
    pub grammar: Grammar,
    /// Where the opening ends.
    pub state: State,
    /// Its type.
    pub tune_type: Option<TuneType>,
    /// Where the tune is moved once it is written, if it is not written where it is wished for.
    pub tonic: Option<Name>,
    /// What is added to its notes then.
    pub ornaments: Ornaments,
    /// The lowest note asked for, as it is written, before it is moved.
    pub lowest: i32,
    /// Which bars come back.
    pub returning: Returning,
}

/// The header fields a prompt begins with, and its music.
#[derive(Debug, Default)]
struct Begun {
    key: Option<Key>,
    metre: Option<Metre>,
    unit: Option<Fraction>,
    music: String,
    /// The byte of the prompt at which the music begins.
    at: usize,
}

impl Begun {
    fn of(prompt: &str) -> Result<Self, WishError> {
        let mut begun = Self::default();
        let mut rest = prompt;
        while let Some((letter, value)) = rest.split('\n').next().and_then(|line| line.split_once(':')) {
            if letter.len() != 1 || begun.key.is_some() {
                break;
            }
            let unread = || WishError::Header { line: format!("{letter}:{value}") };
            let value = value.trim();
            let read = parse(&format!("X:1\n{letter}:{value}\n{}", if letter == "K" { "" } else { "K:C\n" }));
            let tune = read
                .tunes
                .first()
                .filter(|_| read.diagnostics.iter().all(|d| d.code != crate::abc::Code::UnknownKey));
            let tune = tune.ok_or_else(unread)?;
            if !value.is_empty() {
                match letter {
                    "K" => begun.key = Some(tune.key.key.ok_or_else(unread)?),
                    "M" => begun.metre = Some(tune.metre.clone()),
                    "L" => begun.unit = Some(tune.unit),
                    _ => {}
                }
            }
            rest = rest.split_once('\n').map_or("", |(_, rest)| rest);
        }
        begun.metre = begun.metre.map(|metre| match metre {
            // The corpus has no signs for them.
            Metre::Common => Metre::new(4, 4),
            Metre::Cut => Metre::new(2, 2),
            other => other,
        });
        begun.music = rest.to_owned();
        begun.at = prompt.len() - rest.len();
        Ok(begun)
    }
}

impl Plan {
    /// Settles what tune `index` of a request will be.
    ///
    /// # Errors
    /// If the wishes contradict one another or the prompt is not in the dialect.
    pub fn draw(request: &Request, index: u64) -> Result<Self, WishError> {
        let wishes = &request.wishes;
        wishes.check()?;
        let begun = Begun::of(&request.prompt)?;
        let mut random = ChaCha8Rng::seed_from_u64(request.seed);
        // The tunes draw their characters from the streams from 0 on.
        random.set_stream(u64::MAX / 2 + index);
        let metre = begun.metre.clone().or_else(|| wishes.metre.clone());
        let kind = match wishes.tune_type {
            Some(kind) => Some(kind),
            None => draw_type(metre.as_ref(), &mut random),
        };
        let mut shapes = Shapes::of(kind, metre, begun.unit, wishes);
        if begun.music.trim().is_empty() {
            shapes.shorten(request)?;
        }
        let wished = match begun.key {
            Some(key) => key,
            None => draw_key(kind, wishes, &mut random),
        };
        let (key, tonic, shift) =
            if begun.music.trim().is_empty() { home_key(&wished) } else { (wished, None, 0) };
        let instrument = wishes.instrument;
        let mut pitches = instrument.map_or(PitchSet::ALL, |instrument| instrument.pitches(shift));
        if wishes.in_key {
            pitches = pitches.of_classes(classes_of(&key));
        }
        if let (Some(from), Some(to)) = (key.tonic(), tonic) {
            // What is moved may not come to need two flats or sharps.
            let moved = |name: Name| Name::from_fifths(name.fifths() + to.fifths() - from.fifths());
            pitches = pitches.of_names(|name| moved(name).alter.abs() <= 1);
        }
        let ends_home = wishes.ends_home || draw_home(kind, &mut random);
        let home = key.tonic().filter(|_| ends_home).map(|name| 1 << name.semitone());
        let lowest = instrument.map_or(i32::MIN, |instrument| *instrument.range().start() - shift);
        let mut seeker = Seeker { request, begun, kind, key, pitches, home, random };
        let (grammar, state, opening) = seeker.seek(&shapes)?;
        let form = grammar.spec().form.as_ref();
        let returning = form.map(|form| Returning::draw(kind, form, &mut seeker.random)).unwrap_or_default();
        let ornaments = wishes.ornaments;
        Ok(Self { opening, grammar, state, tune_type: kind, tonic, ornaments, lowest, returning })
    }
}

impl Plan {
    /// The bars there will be, second endings and all; `None` if that is open.
    pub fn bars(&self) -> Option<usize> {
        let sections = &self.grammar.spec().form.as_ref()?.sections;
        Some(sections.iter().map(|section| usize::from(section.bars + section.ending)).sum())
    }
}

/// The shapes a tune may have, by how often the corpus has them.
struct Shapes {
    metre: Metre,
    unit: Fraction,
    all: Vec<(Shape, u32)>,
}

impl Shapes {
    fn of(kind: Option<TuneType>, metre: Option<Metre>, unit: Option<Fraction>, wishes: &Wishes) -> Self {
        let known = kind.and_then(habits::habits).map_or(&[][..], |habits| &habits.shapes);
        // A slip jig in 7/8 that strayed into the corpus is no reason to write one. Hornpipes in 2/2 and 3/2
        // are another dance, which swings otherwise or not at all: for who asks.
        let danced = kind.map_or(&[][..], TuneType::metres);
        let danced: Vec<String> = danced.iter().map(|(beats, value)| format!("{beats}/{value}")).collect();
        let usual = |shape: &Shape| {
            (danced.is_empty() || danced.contains(&shape.metre))
                && (kind != Some(TuneType::Hornpipe) || ["2/4", "4/4"].contains(&shape.metre.as_str()))
        };
        let fits = |shape: &Shape| {
            metre.as_ref().map_or_else(|| usual(shape), |metre| shape.metre == metre.to_string())
                && unit.is_none_or(|unit| habits::unit_of(shape) == Some(unit))
        };
        let fitting: Vec<&(Shape, u32)> = known.iter().filter(|(shape, _)| fits(shape)).collect();
        let granted = fitting.iter().filter(|(shape, _)| grants(wishes, &shape.form)).copied();
        let mut all: Vec<(Shape, u32)> = granted.cloned().collect();
        if all.is_empty() {
            // Nobody has played such a form yet: the usual ones are made to fit.
            all = fitting.into_iter().map(|(shape, n)| (bent(shape, wishes), *n)).collect();
            all.retain(|(shape, _)| grants(wishes, &shape.form));
        }
        if all.is_empty() {
            let metre = metre.clone().unwrap_or_else(|| Metre::new(4, 4));
            let unit = unit.unwrap_or_else(|| Fraction::of(1, 8));
            let usual = Section { bars: 8, repeat: true, ending: 0 };
            let form = Form { pickup: Pickup::None, sections: vec![usual; 2] };
            let text = format!("{}/{}", unit.numerator(), unit.denominator());
            all.push((bent(&Shape { metre: metre.to_string(), unit: text, form }, wishes), 1));
        }
        Self {
            metre: metre.unwrap_or_else(|| Metre::new(4, 4)),
            unit: unit.unwrap_or_else(|| Fraction::of(1, 8)),
            all,
        }
    }
}

/// Characters a bar has as a rule.
const BAR: usize = 13;

impl Shapes {
    /// Leaves out what is likely to be longer than the request wants, as long as something is left.
    fn shorten(&mut self, request: &Request) -> Result<(), WishError> {
        let bars = |form: &Form| form.sections.iter().map(|s| usize::from(s.bars + s.ending)).sum::<usize>();
        let most = request.bars.map_or(usize::MAX, usize::from).min(request.length / BAR).max(1);
        let shortest = self.all.iter().map(|(shape, _)| bars(&shape.form)).min().unwrap_or(0);
        if shortest > most {
            // Nothing known is so short: one section that is played once.
            self.all.truncate(1);
            for (shape, _) in &mut self.all {
                shape.form.sections =
                    vec![Section { bars: most.min(MOST_BARS.into()) as u8, repeat: false, ending: 0 }];
                if let Pickup::Before(ticks) = shape.form.pickup {
                    shape.form.pickup = Pickup::Inside(ticks);
                }
            }
            if !self.all.iter().all(|(shape, _)| grants(&request.wishes, &shape.form)) {
                return Err(WishError::TooLong { bars: shortest, most });
            }
        }
        self.all.retain(|(shape, _)| bars(&shape.form) <= most);
        Ok(())
    }
}

/// Whether a form is as wished.
pub fn grants(wishes: &Wishes, form: &Form) -> bool {
    let all = |wish: Option<bool>, holds: fn(&Section) -> bool| {
        wish.is_none_or(|wish| form.sections.iter().all(|section| holds(section) == wish))
    };
    wishes.parts.is_none_or(|parts| form.sections.len() == parts)
        && wishes.bars.is_none_or(|bars| form.sections.iter().all(|s| usize::from(s.bars) == bars))
        && wishes.pickup.is_none_or(|pickup| (form.pickup != Pickup::None) == pickup)
        && all(wishes.repeats, |section| section.repeat)
        && all(wishes.endings, |section| section.ending > 0)
}

/// A shape changed into one that is as wished, where it can be.
fn bent(shape: &Shape, wishes: &Wishes) -> Shape {
    let mut shape = shape.clone();
    let form = &mut shape.form;
    if let Some(parts) = wishes.parts.map(|parts| parts.clamp(1, MOST_SECTIONS)) {
        let last = form.sections.last().copied();
        form.sections.truncate(parts);
        form.sections.extend(last.into_iter().cycle().take(parts.saturating_sub(form.sections.len())));
    }
    for section in &mut form.sections {
        if let Some(bars) = wishes.bars {
            section.bars = bars.clamp(1, MOST_BARS.into()) as u8;
        }
        if let Some(repeat) = wishes.repeats.or(wishes.endings.filter(|&endings| endings)) {
            section.repeat = repeat;
        }
        section.ending = match wishes.endings {
            Some(true) => section.ending.max(1),
            Some(false) => 0,
            None if section.repeat => section.ending,
            None => 0,
        };
        section.ending = section.ending.min(section.bars.saturating_sub(1));
    }
    if let Pickup::Before(ticks) = form.pickup
        && !form.sections.first().is_some_and(|section| section.repeat)
    {
        form.pickup = Pickup::Inside(ticks);
    }
    match wishes.pickup {
        Some(false) => form.pickup = Pickup::None,
        // One unit: a quaver nearly everywhere.
        Some(true) if form.pickup == Pickup::None => form.pickup = Pickup::Inside(4),
        _ => {}
    }
    shape
}

/// Looks for a form the prompt can be the beginning of.
struct Seeker<'a> {
    request: &'a Request,
    begun: Begun,
    kind: Option<TuneType>,
    key: Key,
    pitches: PitchSet,
    home: Option<u16>,
    random: ChaCha8Rng,
}

impl Seeker<'_> {
    fn seek(&mut self, shapes: &Shapes) -> Result<(Grammar, State, String), WishError> {
        if self.begun.music.trim().is_empty() {
            let shape = draw(&shapes.all, &mut self.random);
            return self.begin(shape)?.map_err(|(_, _, error)| error);
        }
        let (metre, unit) = (shapes.metre.clone(), shapes.unit);
        let done = self.cut_to_dialect(&metre, unit)?;
        let mut rest = shapes.all.clone();
        rest.retain(|(shape, _)| match self.request.aim {
            Aim::Tune => true,
            Aim::Section => shape.form.sections.len() == done + 1,
            Aim::Ending => shape.form.sections.len() == done.max(1),
        });
        for _ in 0..TRIES.min(rest.len()) {
            let shape = draw(&rest, &mut self.random).clone();
            if let Ok(Ok(found)) = self.begin(&shape) {
                return Ok(found);
            }
            rest.retain(|(other, _)| *other != shape);
            if rest.is_empty() {
                break;
            }
        }
        // No usual form begins like this: any will do.
        let spec = self.spec(&metre, unit, None)?;
        self.read(spec)?.map_err(|(_, _, error)| error)
    }

    fn begin(&self, shape: &Shape) -> Result<Read, WishError> {
        let (Some(metre), Some(unit)) = (habits::metre_of(shape), habits::unit_of(shape)) else {
            return Err(WishError::Header { line: shape.metre.clone() });
        };
        self.read(self.spec(&metre, unit, Some(shape.form.clone()))?)
    }

    fn spec(&self, metre: &Metre, unit: Fraction, form: Option<Form>) -> Result<Spec, SpecError> {
        let key = write_key(&KeyField { key: Some(self.key), ..KeyField::default() });
        let header = format!("X:1\nL:{}/{}\nM:{metre}\nK:{key}\n", unit.numerator(), unit.denominator());
        let most = header.len() + self.begun.music.len() + self.request.length;
        Ok(Spec {
            header,
            key: self.key,
            bar: ticks_of(metre, unit)?,
            pitches: self.pitches,
            home: self.home,
            long_end: true,
            chords: self.request.wishes.chords,
            ornaments: self.request.wishes.ornaments == Ornaments::Any,
            // What is given stays as it is, and so may what follows.
            swings: self.kind == Some(TuneType::Hornpipe) && self.begun.music.trim().is_empty(),
            form,
            most: u16::try_from(most).unwrap_or(u16::MAX),
        })
    }

    fn read(&self, spec: Spec) -> Result<Read, WishError> {
        let opening = format!("{}{}", spec.header, self.begun.music);
        let header = spec.header.len();
        let mut grammar = match Grammar::new(spec.clone()) {
            // Home was only drawn, and the instrument does not have it.
            Err(SpecError::NoHome) if !self.request.wishes.ends_home => {
                Grammar::new(Spec { home: None, ..spec })
            }
            made => made,
        }?;
        let start = grammar.start();
        Ok(match grammar.read_text(&start, &opening) {
            Ok(state) => Ok((grammar, state, opening)),
            Err((offset, state)) => {
                let music = &self.begun.music[..offset.saturating_sub(header)];
                let found = self.begun.music[music.len()..].chars().next().unwrap_or(' ');
                let place = self.begun.at + music.len();
                let line = self.request.prompt.lines().count() - self.begun.music.lines().count()
                    + music.matches('\n').count()
                    + 1;
                let column = music.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
                Err((offset, state, WishError::Outside { offset: place, line, column, found }))
            }
        })
    }

    /// Checks the prompt's music by the rules alone, or cuts it back to them if that is asked for;
    /// how many sections it has, one that is begun included.
    fn cut_to_dialect(&mut self, metre: &Metre, unit: Fraction) -> Result<usize, WishError> {
        loop {
            let spec = Spec { home: None, ..self.spec(metre, unit, None)? };
            match self.read(spec)? {
                Ok((grammar, state, _)) => return Ok(grammar.sections(&state)),
                Err((offset, _, error)) if self.request.cut => {
                    let header = free_header(&self.key, metre, unit);
                    let good = &self.begun.music[..offset.saturating_sub(header)];
                    // The last bar line that is whole.
                    let Some(end) = good.trim_end_matches(['|', ':']).rfind(['|', ':']) else {
                        return Err(error);
                    };
                    self.begun.music.truncate(end + 1);
                    self.begun.music.push(' ');
                }
                Err((_, _, error)) => return Err(error),
            }
        }
    }
}

/// A prompt that was read, or where and why it was not.
type Read = Result<(Grammar, State, String), (usize, State, WishError)>;

fn free_header(key: &Key, metre: &Metre, unit: Fraction) -> usize {
    let key = write_key(&KeyField { key: Some(*key), ..KeyField::default() });
    format!("X:1\nL:{}/{}\nM:{metre}\nK:{key}\n", unit.numerator(), unit.denominator()).len()
}

/// A type, as often as the corpus has it in this metre; `None` if it has none.
fn draw_type(metre: Option<&Metre>, random: &mut ChaCha8Rng) -> Option<TuneType> {
    let of = |kind: TuneType| {
        let shapes = habits::habits(kind).map_or(&[][..], |habits| &habits.shapes);
        let fits = |shape: &Shape| metre.is_none_or(|metre| shape.metre == metre.to_string());
        shapes.iter().filter(|(shape, _)| fits(shape)).map(|(_, count)| count).sum::<u32>()
    };
    let weights: Vec<(TuneType, u32)> = TuneType::COMMON.into_iter().map(|kind| (kind, of(kind))).collect();
    weights.iter().any(|(_, weight)| *weight > 0).then(|| *draw(&weights, random))
}

/// Whether a tune is to end on its home note, as often as tunes of the type do.
fn draw_home(kind: Option<TuneType>, random: &mut ChaCha8Rng) -> bool {
    let lasts = kind.and_then(habits::habits).map(|habits| habits.notes.lasts).unwrap_or_default();
    let elsewhere = lasts[1..].iter().sum::<u32>();
    lasts[0] > 0 && *draw(&[(true, lasts[0]), (false, elsewhere)], random)
}

/// A key as wished, as often as tunes of the type have it.
fn draw_key(kind: Option<TuneType>, wishes: &Wishes, random: &mut ChaCha8Rng) -> Key {
    let fits = |key: &Key| {
        wishes.tonic.is_none_or(|tonic| key.tonic() == Some(tonic))
            && wishes.mode.is_none_or(|mode| key.mode() == Some(mode))
    };
    let written = kind.and_then(habits::habits).map_or(&[][..], |habits| &habits.keys);
    let known = |&(fifths, mode): &(i32, Mode)| {
        let key = Key::new(Name::from_fifths(fifths), mode);
        let count = written.iter().find(|(name, _)| *name == key.to_string()).map_or(0, |(_, count)| *count);
        (key, count + 1)
    };
    let keys: Vec<(Key, u32)> = KEYS.iter().map(known).filter(|(key, _)| fits(key)).collect();
    if !keys.is_empty() {
        return *draw(&keys, random);
    }
    let mode = wishes.mode.unwrap_or(Mode::Major);
    // One sharp suits most instruments.
    Key::new(wishes.tonic.unwrap_or_else(|| Name::from_fifths(1 - mode.fifths())), mode)
}

/// The key a tune is written in, where it is moved from there, and by how many semitones: one of the
/// keys the network knows, the nearest of the same mode. Modes it hardly knows stay where they are.
fn home_key(wished: &Key) -> (Key, Option<Name>, i32) {
    let (Some(tonic), Some(mode)) = (wished.tonic(), wished.mode()) else { return (*wished, None, 0) };
    // At most half an octave, as `abc::transpose` moves to a tonic.
    let distance = |fifths: i32| ((tonic.fifths() - fifths) * 7 + 5).rem_euclid(12) - 5;
    let known = KEYS.iter().filter(|(_, known)| *known == mode);
    let nearest = known.min_by_key(|(fifths, _)| (distance(*fifths).abs(), (tonic.fifths() - fifths).abs()));
    match nearest {
        Some(&(fifths, _)) if fifths != tonic.fifths() => {
            (Key::new(Name::from_fifths(fifths), mode), Some(tonic), distance(fifths))
        }
        _ => (*wished, None, 0),
    }
}

/// One of a list, as often as its weight says; the list is not empty.
pub(super) fn draw<'a, T>(list: &'a [(T, u32)], random: &mut ChaCha8Rng) -> &'a T {
    let total: u32 = list.iter().map(|(_, weight)| weight).sum();
    let mut left = random.next_u32() % total.max(1);
    for (value, weight) in list {
        if left < *weight {
            return value;
        }
        left -= weight;
    }
    &list[0].0
}
