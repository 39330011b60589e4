//! Which voices are drawn, on which staves, and what joins those: `%%score`.

use super::Options;
use super::options::Breaks;
use super::read::{self, BreakSigns};
use super::score::{Boundary, Group, Part, Score, StaffLines, Stem};
use crate::abc::{Tune, Voice};

/// Sorts a tune's voices onto staves. A single voice's bars are broken before the events `splits` names,
/// in rising order.
pub(super) fn sort<'t>(tune: &'t Tune, options: &Options, splits: &[u32]) -> Score<'t> {
    let plan = plan(tune);
    let breaks = if options.breaks == Breaks::Text { BreakSigns::of(tune) } else { BreakSigns::NONE };
    let alone = plan.staves.len() == 1 && plan.staves[0].len() == 1;
    let mut parts: Vec<Part<'t>> = Vec::new();
    let mut staves = Vec::new();
    for voices in &plan.staves {
        let staff = staves.len();
        let first = parts.len();
        for (i, &voice) in voices.iter().enumerate() {
            let Some(voice) = tune.voices.get(voice) else { continue };
            let mut part = read::read(tune, voice, breaks, alone, options.cautionary_accidentals, splits);
            part.staff = staff;
            if voices.len() > 1 {
                let stem = if i % 2 == 0 { Stem::Up } else { Stem::Down };
                part.stems = Some(stem);
                part.events.iter_mut().for_each(|event| event.stem = stem);
            }
            parts.push(part);
        }
        let own = parts.get(first).and_then(|part| part.voice.staff.lines);
        let lines = own.or(tune.key.staff.lines).unwrap_or(5);
        staves.push(StaffLines { lines, part: first });
    }
    let boundaries = boundaries(&parts);
    pad(&mut parts, boundaries.len().saturating_sub(1));
    Score {
        tune,
        parts,
        staves,
        groups: plan.groups,
        bars: Vec::new(),
        boundaries,
        columns: Vec::new(),
        ends: Vec::new(),
        sections: Vec::new(),
    }
}

/// The bar lines of the first voice, and, where it has ended, of the others.
fn boundaries(parts: &[Part<'_>]) -> Vec<Boundary> {
    let count = parts.iter().map(|part| part.boundaries.len()).max().unwrap_or(0);
    (0..count).filter_map(|i| parts.iter().find_map(|part| part.boundaries.get(i))).cloned().collect()
}

/// Gives every voice as many bars as the longest, so that its staff goes on.
fn pad(parts: &mut [Part<'_>], bars: usize) {
    for part in parts {
        let Some(last) = part.bars.last().cloned() else { continue };
        let end = part.order.len() as u32;
        while part.bars.len() < bars {
            let mut bar = last.clone();
            (bar.key_changes, bar.metre_changes, bar.layered, bar.events) = (false, false, false, end..end);
            part.bars.push(bar);
        }
    }
}

/// Which voices share which staff, from top to bottom.
struct Plan {
    staves: Vec<Vec<usize>>,
    groups: Vec<Group>,
}

fn plan(tune: &Tune) -> Plan {
    let directive = tune.directive("score").or_else(|| tune.directive("staves"));
    if let Some(plan) = directive.and_then(|text| read_score(text, &tune.voices)) {
        return plan;
    }
    let has_music = |voice: &Voice| {
        voice.elements.iter().any(|element| {
            use crate::abc::Kind;
            matches!(element.kind, Kind::Note(_) | Kind::Chord(_) | Kind::Rest(_) | Kind::BarsRest { .. })
        })
    };
    let mut staves: Vec<Vec<usize>> = Vec::new();
    for (i, voice) in tune.voices.iter().enumerate() {
        if has_music(voice) {
            staves.push(vec![i]);
        }
    }
    if staves.is_empty() {
        staves.push(vec![0]);
    }
    let mut groups = Vec::new();
    if staves.len() > 1 {
        groups.push(Group { staves: 0..staves.len(), brace: false });
    }
    Plan { staves, groups }
}

/// `%%score`: voices in the order of their staves; those in round brackets share one, braces and square
/// brackets join theirs (§11.1, which leaves the details to abcm2ps). Voices it does not name are not
/// drawn. `None` if it names none that is there.
fn read_score(text: &str, voices: &[Voice]) -> Option<Plan> {
    let mut plan = Plan { staves: Vec::new(), groups: Vec::new() };
    let mut shared = false;
    let mut fresh = true;
    // Open braces and brackets, and the staff they began with.
    let mut open: Vec<(char, usize)> = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let length = c.len_utf8();
        match c {
            '(' => (shared, fresh) = (true, true),
            ')' => (shared, fresh) = (false, true),
            '{' | '[' => open.push((c, plan.staves.len())),
            '}' | ']' => {
                if let Some((opening, from)) = open.pop()
                    && plan.staves.len() > from
                {
                    plan.groups.push(Group { staves: from..plan.staves.len(), brace: opening == '{' });
                }
            }
            c if c.is_whitespace() || matches!(c, '|' | '*' | '+' | '-') => {}
            _ => {
                let end =
                    rest.find(|c: char| c.is_whitespace() || "(){}[]|*+".contains(c)).unwrap_or(rest.len());
                let end = end.max(length);
                if let Some(voice) = voices.iter().position(|voice| voice.id == rest[..end])
                    && !plan.staves.iter().any(|staff| staff.contains(&voice))
                {
                    match plan.staves.last_mut() {
                        Some(staff) if shared && !fresh => staff.push(voice),
                        _ => plan.staves.push(vec![voice]),
                    }
                    fresh = false;
                }
                rest = &rest[end..];
                continue;
            }
        }
        rest = &rest[length..];
    }
    if plan.staves.is_empty() {
        return None;
    }
    if plan.groups.is_empty() && plan.staves.len() > 1 {
        plan.groups.push(Group { staves: 0..plan.staves.len(), brace: false });
    }
    Some(plan)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn score_says_who_shares_a_staff_and_what_joins_them() {
        let voice = |id: &str| Voice { id: id.to_owned(), ..Voice::default() };
        let voices = ["S", "A", "T", "B", "X"].map(voice);
        let plan = read_score("[(S A) (T B)] {X}", &voices).unwrap();
        assert_eq!(plan.staves, [vec![0, 1], vec![2, 3], vec![4]]);
        assert_eq!(plan.groups, [Group { staves: 0..2, brace: false }, Group { staves: 2..3, brace: true }]);
        assert!(read_score("(é } ] )", &voices).is_none());
        assert!(read_score("", &voices).is_none());
    }
}
