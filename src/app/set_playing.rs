//! Tunes that are played one after another: which is on the stand, and which comes next.

/// What is to be played, and how far it has come.
#[derive(Debug, Clone)]
pub(super) struct SetPlaying {
    /// The files of the tunes.
    tunes: Vec<String>,
    place: usize,
    /// The page on the stand that is its tune; another page ends it.
    page: Option<u64>,
}

/// What comes next.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// The tune in this file.
    Tune(String),
    /// Nothing: it is over.
    End,
}

impl SetPlaying {
    /// From a place of the tunes on.
    pub(super) fn from(tunes: Vec<String>, place: usize) -> Self {
        Self { tunes, place, page: None }
    }

    /// The tune to be played now.
    pub(super) fn tune(&self) -> Next {
        self.tunes.get(self.place).cloned().map_or(Next::End, Next::Tune)
    }

    /// Its tune is this page on the stand.
    pub(super) fn stands_on(&mut self, page: u64) {
        self.page = Some(page);
    }

    /// Whether this page is its tune.
    pub(super) fn is_on(&self, page: u64) -> bool {
        self.page == Some(page)
    }

    /// Goes on to the tune after this one.
    pub(super) fn advance(&mut self) -> Next {
        (self.place, self.page) = (self.place + 1, None);
        self.tune()
    }
}
