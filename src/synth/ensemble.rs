//! All who play: the notes that sound, by the controls.

use super::QUANTUM;
use super::controls::Controls;
use super::noise::NoiseTables;
use super::program::{Note, Part};
use super::recipe::Recipe;
use super::sequencer::Event;
use super::time::Time;
use super::tone::Wanted;
use super::voice::{Ending, Voice};

/// So many notes sound at once; beyond that the weakest are let go.
pub(super) const POLYPHONY: usize = 64;
/// Room for what is on its way out.
const SPARE: usize = 32;
/// Seconds in which a note makes way for another on the same string.
const SAME_STRING: f32 = 0.03;
/// Seconds in which one of too many ends.
const TOO_MANY: f32 = 0.006;
/// How far volumes go to where they are set, each quantum.
const SMOOTHING: f32 = 0.12;
/// How loud basses and chords are beside a tune of the same velocity.
const BACKING: f32 = 0.5;

#[derive(Debug)]
pub(super) struct Ensemble {
    rate: u32,
    controls: Controls,
    voices: Vec<Voice>,
    noises: NoiseTables,
    /// Volumes as they are now: melody, accompaniment, metronome, and all.
    volumes: [f32; 4],
    /// Notes begun so far.
    begun: u32,
}

/// Where the volumes are set.
fn goals(controls: &Controls) -> [f32; 4] {
    let volumes = &controls.volumes;
    [volumes.melody, volumes.accompaniment * BACKING, volumes.metronome, volumes.master]
}

/// How loud a part is left and right: the melody stands a little to the left, its other voices around it,
/// who accompanies to the right.
fn place(part: Part) -> [f32; 2] {
    let place: f32 = match part {
        Part::Melody(0) | Part::Drone => -0.15,
        Part::Melody(voice) if voice % 2 == 1 => 0.4,
        Part::Melody(_) => -0.5,
        Part::Accompaniment => 0.3,
        Part::Count | Part::Metronome => 0.0,
    };
    // The power of both sides together is the same everywhere.
    let angle = (place + 1.0) * std::f32::consts::FRAC_PI_4;
    [angle.cos(), angle.sin()]
}

impl Ensemble {
    pub(super) fn new(rate: u32) -> Self {
        let controls = Controls::default();
        Self {
            rate,
            controls,
            voices: (0..POLYPHONY + SPARE).map(|_| Voice::idle()).collect(),
            noises: NoiseTables::new(rate),
            volumes: goals(&controls),
            begun: 0,
        }
    }

    pub(super) fn controls(&self) -> &Controls {
        &self.controls
    }

    /// Sets controls within their ranges; volumes go there smoothly, or at once.
    pub(super) fn set(&mut self, controls: Controls, at_once: bool) {
        let changed = controls.melody != self.controls.melody;
        let goes = |part| match part {
            Part::Accompaniment => !controls.accompanied,
            Part::Drone => !controls.drones || changed,
            Part::Metronome => !controls.metronome,
            Part::Melody(_) | Part::Count => false,
        };
        for voice in self.voices.iter_mut().filter(|voice| voice.is_sounding() && goes(voice.part)) {
            voice.let_go(0, None);
        }
        if at_once {
            self.volumes = goals(&controls);
        }
        self.controls = controls;
    }

    pub(super) fn is_sounding(&self) -> bool {
        self.voices.iter().any(Voice::is_sounding)
    }

    /// Releases all notes of the program.
    pub(super) fn release(&mut self, frame: usize) {
        for voice in self.voices.iter_mut().filter(|voice| matches!(voice.ending, Ending::At(_))) {
            voice.let_go(frame, None);
        }
    }

    /// Does what happens at a frame of the coming quantum.
    pub(super) fn follow(&mut self, frame: usize, event: Event) {
        match event {
            Event::Start(note) => self.start(&note, frame),
            Event::Pass(passage) => {
                for voice in &mut self.voices {
                    if let Ending::At(end) = voice.ending
                        && let Some(frame) = passage.frame_of(end)
                    {
                        voice.let_go(frame, None);
                    }
                }
            }
            Event::Jump => {
                for voice in &mut self.voices {
                    if let Ending::At(end) = &mut voice.ending {
                        *end = Time(i64::MIN);
                    }
                }
            }
            Event::End => self.release(frame),
        }
    }

    fn start(&mut self, note: &Note, frame: usize) {
        let controls = &self.controls;
        let ending = Ending::At(note.end);
        match note.part {
            Part::Accompaniment if !controls.accompanied => {}
            Part::Metronome if !controls.metronome => {}
            Part::Melody(_) => {
                let pitch = sounding(note.pitch, controls.melody.sounds, controls.transpose);
                self.begin(&controls.melody.recipe, pitch, note.velocity, note.part, ending, frame);
            }
            Part::Accompaniment => {
                let pitch = sounding(note.pitch, 0, controls.transpose);
                self.begin(&controls.accompaniment.recipe, pitch, note.velocity, note.part, ending, frame);
            }
            Part::Count | Part::Metronome => {
                let pitch = sounding(note.pitch, controls.beat.sounds, 0);
                // A stroke is as long as it is.
                let ending = Ending::After(u64::from(self.rate / 4));
                self.begin(&controls.beat.recipe, pitch, note.velocity, note.part, ending, frame);
            }
            Part::Drone => self.drone(note, frame),
        }
    }

    /// Drones sound on from bar to bar, and only where the home note goes with them.
    fn drone(&mut self, note: &Note, frame: usize) {
        let home = (i32::from(note.pitch) + i32::from(self.controls.transpose)).rem_euclid(12);
        let drones = self.controls.melody.drones.filter(|drones| drones.homes.contains(&home));
        let Some(drones) = drones.filter(|_| self.controls.drones) else { return };
        let sounding = self.voices.iter_mut().find(|voice| {
            voice.is_sounding() && voice.part == Part::Drone && matches!(voice.ending, Ending::At(_))
        });
        if let Some(voice) = sounding {
            voice.ending = Ending::At(note.end);
            return;
        }
        let ending = Ending::At(note.end);
        self.begin(drones.recipe, drones.pitch, note.velocity, Part::Drone, ending, frame);
    }

    /// Sounds a written note for so many frames.
    pub(super) fn audition(&mut self, pitch: u8, velocity: u8, frames: u64) {
        let melody = self.controls.melody;
        let pitch = sounding(pitch, melody.sounds, self.controls.transpose);
        self.begin(&melody.recipe, pitch, velocity, Part::Melody(0), Ending::After(frames), 0);
    }

    fn begin(
        &mut self,
        recipe: &'static Recipe,
        pitch: u8,
        velocity: u8,
        part: Part,
        ending: Ending,
        frame: usize,
    ) {
        if recipe.decay.is_some() {
            let quickly = SAME_STRING * self.rate as f32;
            let same = |voice: &&mut Voice| voice.is_sounding() && (voice.part, voice.pitch) == (part, pitch);
            self.voices.iter_mut().filter(same).for_each(|voice| voice.let_go(frame, Some(quickly)));
        }
        let weakest = |voices: &mut [Voice], among: fn(&Voice) -> bool| {
            let voices = voices.iter().enumerate().filter(|(_, voice)| among(voice));
            voices.min_by(|(_, a), (_, b)| a.strength().total_cmp(&b.strength())).map(|(i, _)| i)
        };
        let held = |voice: &Voice| voice.is_sounding() && !voice.is_released();
        if self.voices.iter().filter(|voice| held(voice)).count() >= POLYPHONY
            && let Some(i) = weakest(&mut self.voices, held)
        {
            let quickly = TOO_MANY * self.rate as f32;
            self.voices[i].let_go(frame, Some(quickly));
        }
        let free = self.voices.iter().position(|voice| !voice.is_sounding());
        let Some(i) = free.or_else(|| weakest(&mut self.voices, Voice::is_released)) else { return };
        self.begun = self.begun.wrapping_add(1);
        let (reed_tuning, seed) = (self.controls.reed_tuning, self.begun);
        let wanted = Wanted { pitch: f32::from(pitch), velocity, reed_tuning, seed };
        let voice = &mut self.voices[i];
        voice.start(recipe, wanted, frame, self.rate, &self.noises);
        (voice.part, voice.pitch, voice.ending) = (part, pitch, ending);
    }

    /// Adds the coming quantum to both sides; gives the volume of everything at its start, and how that
    /// changes with each frame.
    pub(super) fn sound(&mut self, sides: &mut [[f32; QUANTUM]; 2]) -> (f32, f32) {
        let master = self.volumes[3];
        for (volume, goal) in self.volumes.iter_mut().zip(goals(&self.controls)) {
            *volume += (goal - *volume) * SMOOTHING;
        }
        let [melody, accompaniment, metronome, _] = self.volumes;
        for voice in self.voices.iter_mut().filter(|voice| voice.is_sounding()) {
            let volume = match voice.part {
                Part::Melody(_) | Part::Drone => melody,
                Part::Accompaniment => accompaniment,
                Part::Count | Part::Metronome => metronome,
            };
            if let Ending::After(frames) = &mut voice.ending {
                match frames.checked_sub(QUANTUM as u64) {
                    Some(rest) => *frames = rest,
                    None => {
                        let frame = *frames as usize;
                        voice.let_go(frame, None);
                    }
                }
            }
            let mut made = [0.0; QUANTUM];
            voice.sound(&mut made, volume, self.rate, &self.noises);
            for (side, gain) in sides.iter_mut().zip(place(voice.part)) {
                side.iter_mut().zip(&made).for_each(|(side, made)| *side += made * gain);
            }
        }
        (master, (self.volumes[3] - master) / QUANTUM as f32)
    }
}

/// The note that sounds for a written one, as long as there is such a note.
fn sounding(pitch: u8, sounds: i8, transpose: i8) -> u8 {
    (i16::from(pitch) + i16::from(sounds) + i16::from(transpose)).clamp(0, 127) as u8
}
