//! Where a tune came from.

use crate::compose::{Ending, directives};

use super::seed::in_threes;

/// What the lines begin with that say where a tune came from.
const PROVENANCE: &str = "%%reelsmith";

/// Where the text of a page came from.
#[derive(Debug, Clone, Default)]
pub(super) enum Origin {
    /// The musician writes it.
    #[default]
    Own,
    /// It was kept; these are the lines of its file that say where it came from.
    Kept {
        /// As in [`Composed`].
        provenance: String,
    },
    /// The network wrote it, whole or as far as it came.
    Composed(Composed),
    /// The writing failed; what had come is still to be seen.
    Broken { seed: u64 },
}

/// A tune of the network's.
#[derive(Debug, Clone)]
pub(super) struct Composed {
    /// The random seed it was written with.
    pub(super) seed: u64,
    /// Why it ended.
    pub(super) ending: Ending,
    /// The lines that say where the tune came from: they are for the file.
    pub(super) provenance: String,
}

impl Origin {
    /// The seed; 0 for what the musician wrote.
    pub(super) fn seed(&self) -> u64 {
        match self {
            Self::Own => 0,
            Self::Kept { provenance } => {
                directives::get(provenance, "seed").and_then(|seed| seed.parse().ok()).unwrap_or(0)
            }
            Self::Composed(Composed { seed, .. }) | Self::Broken { seed } => *seed,
        }
    }

    /// The lines for the file.
    pub(super) fn provenance(&self) -> &str {
        match self {
            Self::Composed(Composed { provenance, .. }) | Self::Kept { provenance } => provenance,
            Self::Own | Self::Broken { .. } => "",
        }
    }

    /// The words at the right, opposite the description.
    pub(super) fn remark(&self) -> String {
        match self {
            Self::Own => String::new(),
            Self::Kept { .. } if self.seed() == 0 => String::new(),
            Self::Kept { .. } => self.seed_in_words(),
            Self::Broken { .. } | Self::Composed(Composed { ending: Ending::Cancelled, .. }) => {
                "unfinished".to_owned()
            }
            Self::Composed(_) => self.seed_in_words(),
        }
    }

    /// The seed, and that the grammar was left out if so.
    fn seed_in_words(&self) -> String {
        let raw = directives::get(self.provenance(), "grammar").as_deref() == Some("off");
        let grammar = if raw { ", without grammar" } else { "" };
        format!("seed {}{grammar}", in_threes(self.seed()))
    }
}

/// A tune that is being written.
#[derive(Debug, Clone)]
pub(super) struct Writing {
    /// The random seed.
    pub(super) seed: u64,
    /// What stood in the document before.
    pub(super) before: String,
}

/// The text as it is read, and the lines of it that are for the file only.
pub(super) fn split_provenance(abc: &str) -> (String, String) {
    let lines = abc.split_inclusive('\n').map(str::to_owned);
    let (provenance, text) = lines.partition(|line: &String| line.starts_with(PROVENANCE));
    (text, provenance)
}
