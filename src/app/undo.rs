//! The undo stack of one tune: what was changed in its text, by what, and how to go back and forth.

/// Bytes of text that are kept to go back to; older changes are forgotten first.
const MOST_BYTES: usize = 16 << 20;

/// What changed a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Deed {
    /// Letters typed one after another.
    Typing,
    /// Letters taken out one after another.
    Deleting,
    /// Several letters at once.
    Pasting,
    /// The network wrote it.
    Composing,
    /// Another tune was opened.
    Opening,
    /// Another key.
    Transposing,
    /// Longer or shorter notes.
    NoteLengths,
    /// Other lines of music.
    Lines,
    /// Chord symbols written over notes.
    Chords,
    /// Some bars written anew.
    Bars,
}

impl Deed {
    /// As in "Undo typing".
    pub(super) fn words(self) -> &'static str {
        match self {
            Self::Typing => "typing",
            Self::Deleting => "deleting",
            Self::Pasting => "pasting",
            Self::Composing => "composing",
            Self::Opening => "opening",
            Self::Transposing => "transposing",
            Self::NoteLengths => "note lengths",
            Self::Lines => "bars a line",
            Self::Chords => "chords",
            Self::Bars => "rewriting bars",
        }
    }
}

/// One step back or forth: at one place of the text one stretch stood for another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Change<T> {
    pub(super) deed: Deed,
    /// Where, in bytes.
    at: usize,
    before: String,
    after: String,
    /// What else was another before, or, once undone, after.
    pub(super) other: Option<T>,
}

impl<T> Change<T> {
    /// What lies between two texts; `None` if they are the same.
    pub(super) fn between(deed: Deed, before: &str, after: &str) -> Option<Self> {
        if before == after {
            return None;
        }
        let same = |pairs: &mut dyn Iterator<Item = (u8, u8)>| pairs.take_while(|(a, b)| a == b).count();
        let mut start = same(&mut before.bytes().zip(after.bytes()));
        while !before.is_char_boundary(start) {
            start -= 1;
        }
        let (old, new) = (&before[start..], &after[start..]);
        let mut tail = same(&mut old.bytes().rev().zip(new.bytes().rev()));
        while !old.is_char_boundary(old.len() - tail) {
            tail -= 1;
        }
        Some(Self {
            deed,
            at: start,
            before: old[..old.len() - tail].to_owned(),
            after: new[..new.len() - tail].to_owned(),
            other: None,
        })
    }

    /// A change by hand: one letter is typed or deleted, more are pasted.
    pub(super) fn by_hand(before: &str, after: &str) -> Option<Self> {
        let mut change = Self::between(Deed::Typing, before, after)?;
        if change.after.is_empty() {
            change.deed = Deed::Deleting;
        } else if change.after.chars().count() > 1 {
            change.deed = Deed::Pasting;
        }
        Some(change)
    }

    fn bytes(&self) -> usize {
        self.before.len() + self.after.len()
    }

    /// Whether `next` goes on where this one stopped, in the same word: the two are one step back.
    fn takes_in(&self, next: &Self) -> bool {
        let (end, next_end) = (self.at + self.after.len(), next.at + next.before.len());
        match (self.deed, next.deed) {
            (Deed::Typing, Deed::Typing) => {
                let new_word =
                    self.after.ends_with(char::is_whitespace) && !next.after.starts_with(char::is_whitespace);
                next.before.is_empty() && next.at == end && !new_word
            }
            (Deed::Deleting, Deed::Deleting) => {
                let backwards = next_end == self.at;
                let (last, new) = if backwards {
                    (self.before.chars().next(), next.before.chars().next_back())
                } else {
                    (self.before.chars().next_back(), next.before.chars().next())
                };
                let is_space = |letter: Option<char>| letter.is_some_and(char::is_whitespace);
                (backwards || next.at == self.at) && (is_space(last) || !is_space(new))
            }
            _ => false,
        }
    }

    fn append(&mut self, next: Self) {
        if self.deed == Deed::Typing {
            self.after.push_str(&next.after);
        } else if next.at == self.at {
            self.before.push_str(&next.before);
        } else {
            self.before.insert_str(0, &next.before);
            self.at = next.at;
        }
    }
}

/// The changes of one text, in their order.
#[derive(Debug, Clone)]
pub(super) struct Undo<T> {
    done: Vec<Change<T>>,
    undone: Vec<Change<T>>,
    /// The last change may go on.
    open: bool,
}

impl<T> Default for Undo<T> {
    fn default() -> Self {
        Self { done: Vec::new(), undone: Vec::new(), open: false }
    }
}

impl<T> Undo<T> {
    /// A change was made. What had been undone is gone.
    pub(super) fn push(&mut self, change: Change<T>) {
        self.undone.clear();
        match self.done.last_mut() {
            Some(last) if self.open && last.other.is_none() && last.takes_in(&change) => last.append(change),
            _ => self.done.push(change),
        }
        self.open = true;
        let mut bytes: usize = self.done.iter().map(Change::bytes).sum();
        let excess = self.done.iter().take_while(|change| {
            let too_much = bytes > MOST_BYTES;
            bytes -= change.bytes();
            too_much
        });
        let excess = excess.count();
        self.done.drain(..excess);
    }

    /// What undoing would undo.
    pub(super) fn next_undo(&self) -> Option<Deed> {
        self.done.last().map(|change| change.deed)
    }

    /// What redoing would do again.
    pub(super) fn next_redo(&self) -> Option<Deed> {
        self.undone.last().map(|change| change.deed)
    }

    /// Takes the last change out of the text and swaps its `other`. Where that was, in bytes.
    pub(super) fn undo(&mut self, text: &mut String, other: &mut T) -> Option<(usize, usize)> {
        let mut change = self.done.pop()?;
        text.replace_range(change.at..change.at + change.after.len(), &change.before);
        let place = (change.at, change.at + change.before.len());
        change.other.iter_mut().for_each(|before| std::mem::swap(before, other));
        self.undone.push(change);
        self.open = false;
        Some(place)
    }

    /// Makes the change undone last again. Where that is, in bytes.
    pub(super) fn redo(&mut self, text: &mut String, other: &mut T) -> Option<(usize, usize)> {
        let mut change = self.undone.pop()?;
        text.replace_range(change.at..change.at + change.before.len(), &change.after);
        let place = (change.at, change.at + change.after.len());
        change.other.iter_mut().for_each(|after| std::mem::swap(after, other));
        self.done.push(change);
        self.open = false;
        Some(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn typed(words: &str) -> (Undo<()>, String) {
        let (mut undo, mut text) = (Undo::default(), String::new());
        for letter in words.chars() {
            let before = text.clone();
            text.push(letter);
            undo.push(Change::by_hand(&before, &text).unwrap());
        }
        (undo, text)
    }

    #[test]
    fn typing_is_undone_word_by_word() {
        let (mut undo, mut text) = typed("abc de f\ng");
        let mut steps = Vec::new();
        while undo.undo(&mut text, &mut ()).is_some() {
            steps.push(text.clone());
        }
        assert_eq!(steps, ["abc de f\n", "abc de ", "abc ", ""]);
        while undo.redo(&mut text, &mut ()).is_some() {}
        assert_eq!(text, "abc de f\ng");
    }

    #[test]
    fn deleting_is_undone_word_by_word_either_way() {
        for backwards in [true, false] {
            let mut undo = Undo::default();
            let mut text = "abc de".to_owned();
            while !text.is_empty() {
                let before = text.clone();
                text.remove(if backwards { text.len() - 1 } else { 0 });
                undo.push(Change::by_hand(&before, &text).unwrap());
            }
            undo.undo(&mut text, &mut ());
            assert_eq!(text, if backwards { "abc " } else { " de" });
            undo.undo(&mut text, &mut ());
            assert_eq!(text, "abc de");
            assert_eq!(undo.next_undo(), None);
        }
    }

    #[test]
    fn a_paste_stands_for_itself_and_typing_after_undo_is_new() {
        let (mut undo, mut text) = typed("ab");
        let before = text.clone();
        text.push_str("cd");
        undo.push(Change::by_hand(&before, &text).unwrap());
        assert_eq!(undo.next_undo(), Some(Deed::Pasting));
        undo.undo(&mut text, &mut ());
        undo.push(Change::by_hand("ab", "abx").unwrap());
        assert_eq!((undo.next_undo(), undo.next_redo()), (Some(Deed::Typing), None));
        text = "abx".to_owned();
        undo.undo(&mut text, &mut ());
        assert_eq!(text, "ab");
    }

    #[test]
    fn what_else_changed_goes_back_and_forth_with_the_text() {
        let mut undo = Undo::default();
        let (mut text, mut origin) = ("new".to_owned(), 2);
        let mut change = Change::between(Deed::Composing, "old", "new").unwrap();
        change.other = Some(1);
        undo.push(change);
        undo.undo(&mut text, &mut origin);
        assert_eq!((text.as_str(), origin), ("old", 1));
        undo.redo(&mut text, &mut origin);
        assert_eq!((text.as_str(), origin), ("new", 2));
    }

    proptest! {
        #[test]
        fn any_way_of_texts_leads_back_and_forth(texts in prop::collection::vec("[aé \n|]{0,6}", 1..20)) {
            let mut undo = Undo::default();
            let mut text = String::new();
            for next in &texts {
                if let Some(change) = Change::by_hand(&text, next) {
                    undo.push(change);
                }
                text.clone_from(next);
            }
            while let Some((from, to)) = undo.undo(&mut text, &mut ()) {
                prop_assert!(text.get(from..to).is_some());
            }
            prop_assert_eq!(&text, "");
            while undo.redo(&mut text, &mut ()).is_some() {}
            prop_assert_eq!(&text, texts.last().unwrap());
        }
    }
}
