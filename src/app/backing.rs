//! What plays behind the tune: chords on an instrument, a drum, or nothing. The drum beats time, as the metronome does,
//! so that there is one of the two at a time.

use crate::synth::{Controls, Instrument};

/// What plays behind the tune.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Backing {
    /// Nothing.
    None,
    /// Chords on this.
    Chords(&'static Instrument),
    /// Its beats on this.
    Drum(&'static Instrument),
}

impl Backing {
    /// All there are.
    pub(super) fn all() -> Vec<Self> {
        let chords = Instrument::all().iter().filter(|instrument| instrument.backs).map(Self::Chords);
        let drum = Instrument::by_id("bodhran").map(Self::Drum);
        std::iter::once(Self::None).chain(chords).chain(drum).collect()
    }

    /// What these controls let play.
    pub(super) fn of(controls: &Controls) -> Self {
        if controls.metronome && controls.beat != Controls::default().beat {
            Self::Drum(controls.beat)
        } else if controls.accompanied {
            Self::Chords(controls.accompaniment)
        } else {
            Self::None
        }
    }

    /// Lets it play, and nothing else behind the tune.
    pub(super) fn set(self, controls: &mut Controls) {
        if matches!(Self::of(controls), Self::Drum(_)) {
            set_metronome(controls, false);
        }
        controls.accompanied = matches!(self, Self::Chords(_));
        match self {
            Self::None => {}
            Self::Chords(instrument) => controls.accompaniment = instrument,
            Self::Drum(instrument) => (controls.beat, controls.metronome) = (instrument, true),
        }
    }

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        self.instrument().map_or("None", |instrument| instrument.name)
    }

    /// What it is kept as.
    pub(super) fn id(self) -> &'static str {
        self.instrument().map_or("none", |instrument| instrument.id)
    }

    fn instrument(self) -> Option<&'static Instrument> {
        match self {
            Self::None => None,
            Self::Chords(instrument) | Self::Drum(instrument) => Some(instrument),
        }
    }
}

/// Whether every beat is clicked.
pub(super) fn has_metronome(controls: &Controls) -> bool {
    controls.metronome && !matches!(Backing::of(controls), Backing::Drum(_))
}

/// Has every beat clicked, or not; a drum is silent then.
pub(super) fn set_metronome(controls: &mut Controls, on: bool) {
    (controls.metronome, controls.beat) = (on, Controls::default().beat);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drum_and_the_metronome_take_turns() {
        let mut controls = Controls::default();
        for backing in Backing::all() {
            backing.set(&mut controls);
            assert_eq!(Backing::of(&controls), backing);
            assert!(!has_metronome(&controls));
        }
        assert_eq!(Backing::of(&controls).name(), "Bodhrán");
        set_metronome(&mut controls, true);
        assert!(has_metronome(&controls) && Backing::of(&controls) == Backing::None);
        Backing::all()[1].set(&mut controls);
        assert!(has_metronome(&controls), "chords are nothing to the metronome");
    }
}
