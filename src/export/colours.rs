//! The colours a sheet is drawn in.

use crate::engrave::Role;

/// Red, green and blue, 0 to 255 each, as screens have them (sRGB).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Colour(pub [u8; 3]);

impl Colour {
    /// Ink.
    pub const BLACK: Self = Self([0; 3]);
    /// Paper.
    pub const WHITE: Self = Self([255; 3]);

    /// Whether it is black, white or between.
    pub(super) fn is_grey(self) -> bool {
        let Self([red, green, blue]) = self;
        red == green && green == blue
    }
}

/// What the paper and the ink of every role look like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Colours {
    /// The paper; `None` for none, so that what is behind shows through.
    pub paper: Option<Colour>,
    ink: [Colour; 8],
}

/// The role's place in the order in which a system is drawn: lines first, so that nothing hides behind
/// them.
pub(super) fn place(role: Role) -> usize {
    match role {
        Role::StaffLine => 0,
        Role::BarLine => 1,
        Role::Signature => 2,
        Role::Note => 3,
        Role::Rest => 4,
        Role::Mark => 5,
        Role::Chord => 6,
        Role::Words => 7,
    }
}

impl Default for Colours {
    /// Black on white.
    fn default() -> Self {
        Self::new(Some(Colour::WHITE), Colour::BLACK)
    }
}

impl Colours {
    /// One ink for everything.
    pub fn new(paper: Option<Colour>, ink: Colour) -> Self {
        Self { paper, ink: [ink; 8] }
    }

    /// The same with another ink for one role.
    #[must_use]
    pub fn with(mut self, role: Role, ink: Colour) -> Self {
        self.ink[place(role)] = ink;
        self
    }

    /// The ink of a role.
    pub fn of(&self, role: Role) -> Colour {
        self.ink[place(role)]
    }

    /// Whether paper and ink are greys, nothing see-through.
    pub(super) fn is_grey(&self) -> bool {
        self.paper.is_some_and(Colour::is_grey) && self.ink.iter().all(|ink| ink.is_grey())
    }
}
