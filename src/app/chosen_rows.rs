//! Rows of the history that are chosen together, by the file of each.

use std::collections::HashMap;

/// Those that are chosen, and the one a reach begins at.
#[derive(Debug, Clone, Default)]
pub(super) struct ChosenRows {
    /// Each with its turn: the first that was chosen has the least.
    turns: HashMap<String, usize>,
    last_turn: usize,
    anchor: Option<String>,
    /// The anchor was used by itself, and comes with the first that is chosen.
    alone: bool,
}

impl ChosenRows {
    /// Whether a row is among them.
    pub(super) fn has(&self, file: &str) -> bool {
        self.turns.contains_key(file)
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.turns.len()
    }

    /// Whether there is none.
    pub(super) fn is_empty(&self) -> bool {
        self.turns.is_empty()
    }

    /// Their files, in the order in which they were chosen.
    pub(super) fn files(&self) -> Vec<String> {
        let mut files: Vec<(&String, &usize)> = self.turns.iter().collect();
        files.sort_by_key(|(_, turn)| **turn);
        files.into_iter().map(|(file, _)| file.clone()).collect()
    }

    /// A row is used by itself: none is chosen, and a reach begins there.
    pub(super) fn begin_at(&mut self, file: &str) {
        self.turns.clear();
        (self.anchor, self.alone) = (Some(file.to_owned()), true);
    }

    /// Chooses a row too, or no longer. The row that was used by itself before comes with the first.
    pub(super) fn toggle(&mut self, file: &str) {
        if let Some(anchor) = self.anchor.take().filter(|anchor| self.alone && anchor != file) {
            self.add(&anchor);
        }
        self.alone = false;
        if self.turns.remove(file).is_none() {
            self.add(file);
        }
        self.anchor = Some(file.to_owned());
    }

    /// Chooses all from where the reach begins to this row, and no others.
    pub(super) fn reach(&mut self, file: &str, rows: &[String]) {
        let place = |wanted: &str| rows.iter().position(|row| row == wanted);
        let Some(to) = place(file) else { return };
        let from = self.anchor.as_deref().and_then(place).unwrap_or(to);
        self.turns.clear();
        (self.anchor, self.alone) = (rows.get(from).cloned(), false);
        rows.iter().take(from.max(to) + 1).skip(from.min(to)).for_each(|row| self.add(row));
    }

    /// The same with the keys: the first time from the row they were on.
    pub(super) fn reach_from(&mut self, current: &str, file: &str, rows: &[String]) {
        if self.is_empty() {
            self.begin_at(current);
        }
        self.reach(file, rows);
    }

    /// Chooses all rows.
    pub(super) fn all(&mut self, rows: &[String]) {
        rows.iter().for_each(|row| self.add(row));
    }

    /// Chooses none.
    pub(super) fn drop_choice(&mut self) {
        self.turns.clear();
        (self.anchor, self.alone) = (None, false);
    }

    /// Rows that are no longer shown are chosen no longer.
    pub(super) fn keep(&mut self, rows: &[String]) {
        if !self.is_empty() {
            let there: std::collections::HashSet<&String> = rows.iter().collect();
            self.turns.retain(|file, _| there.contains(file));
        }
    }

    fn add(&mut self, file: &str) {
        if !self.has(file) {
            self.last_turn += 1;
            self.turns.insert(file.to_owned(), self.last_turn);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_chosen_one_by_one_and_from_one_to_another() {
        let rows: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).into();
        let mut chosen = ChosenRows::default();
        chosen.toggle("c");
        assert_eq!(chosen.files(), ["c"]);
        chosen.begin_at("b");
        assert!(chosen.is_empty());
        chosen.toggle("a");
        assert_eq!(chosen.files(), ["b", "a"], "the one used before comes first");
        chosen.toggle("b");
        assert_eq!(chosen.files(), ["a"]);
        chosen.reach("d", &rows);
        assert_eq!(chosen.files(), ["b", "c", "d"]);
        chosen.reach("a", &rows);
        assert_eq!(chosen.files(), ["a", "b"], "from the same row to another");
        chosen.all(&rows);
        assert_eq!(chosen.len(), 4);
        chosen.keep(&rows[2..]);
        assert!(chosen.has("d") && !chosen.has("a"));
        chosen.drop_choice();
        assert!(chosen.is_empty());
        chosen.toggle("a");
        chosen.toggle("a");
        chosen.toggle("b");
        assert_eq!(chosen.files(), ["b"], "what was given up does not come back");
    }
}
