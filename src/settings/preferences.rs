//! What the musician has set: the settings file in the data folder.

use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::sound::Sound;
use crate::files::write_atomically;

const FILE: &str = "settings.toml";
/// The folder of tunes in the data folder.
const TUNES: &str = "tunes";
/// What a file that cannot be read is called from then on.
const BROKEN: &str = "settings-broken.toml";

/// Light or dark.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Theme {
    /// As the system is.
    #[default]
    System,
    /// By day.
    Light,
    /// By night.
    Dark,
}

/// Everything in the file. What is missing there has its default; what is unknown is left out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, rename_all = "kebab-case")]
pub struct Preferences {
    /// Light or dark.
    pub theme: Theme,
    /// How large everything is; 1 is usual.
    pub zoom: f32,
    /// The Compose panel is open.
    pub compose: bool,
    /// The ABC is open (or folded), unless there is no telling: then where there is room.
    pub abc: Option<bool>,
    /// The ABC stands beside the sheet (or below it), unless there is no telling: then where there is room.
    pub abc_beside: Option<bool>,
    /// How high the ABC is below the sheet, in points, if that was changed.
    pub abc_height: Option<f32>,
    /// How wide it is beside the sheet.
    pub abc_width: Option<f32>,
    /// Whether the paper is light or dark; `System` is as the window.
    pub paper: Theme,
    /// The History panel is open.
    pub history: bool,
    /// The window, in points.
    pub window: Option<(f32, f32)>,
    /// How tunes sound.
    pub sound: Sound,
    /// The checkpoint that was chosen in the window instead of the one inside the program.
    pub model: Option<PathBuf>,
    /// The folder tunes are kept in, if another was chosen.
    pub tunes: Option<PathBuf>,
    /// How many tunes of each type have been given a working title.
    pub titles: BTreeMap<String, u64>,
    /// The wishes of the Compose panel, by their names.
    pub wishes: BTreeMap<String, String>,
}

impl Default for Preferences {
    fn default() -> Self {
        Self {
            theme: Theme::default(),
            zoom: 1.0,
            compose: true,
            abc: None,
            abc_beside: None,
            abc_height: None,
            abc_width: None,
            paper: Theme::default(),
            history: true,
            window: None,
            sound: Sound::default(),
            model: None,
            tunes: None,
            titles: BTreeMap::new(),
            wishes: BTreeMap::new(),
        }
    }
}

/// Why the settings are not as they were left.
#[derive(Debug, thiserror::Error)]
pub enum PreferencesError {
    /// The file cannot be read.
    #[error("the settings in {path} cannot be read: {error}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the system said.
        error: io::Error,
    },
    /// The file is no settings file; it has been put aside.
    #[error(
        "the settings in {path} are damaged ({reason}). They are kept as {BROKEN}, and the usual ones hold"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
        /// The first thing wrong with it.
        reason: String,
    },
}

impl Preferences {
    /// The settings kept in a data folder; the defaults if there are none yet.
    ///
    /// # Errors
    /// If there are some that cannot be used. A damaged file is put aside, not overwritten.
    pub fn load(folder: &Path) -> Result<Self, PreferencesError> {
        let path = folder.join(FILE);
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(error) if error.kind() == io::ErrorKind::InvalidData => {
                return Err(put_aside(path, folder, "it is no text".to_owned()));
            }
            Err(error) => return Err(PreferencesError::Unreadable { path, error }),
        };
        match toml::from_str::<Self>(&text) {
            Ok(read) => Ok(read.within_range()),
            Err(error) => Err(put_aside(path, folder, error.message().to_owned())),
        }
    }

    /// Whether any are kept in a data folder: they are from the first start on.
    pub fn are_kept(folder: &Path) -> bool {
        folder.join(FILE).exists()
    }

    /// Keeps them in a data folder, which is made if need be.
    ///
    /// # Errors
    /// What the system says; the settings kept before are as they were.
    pub fn save(&self, folder: &Path) -> io::Result<()> {
        std::fs::create_dir_all(folder)?;
        let text = toml::to_string(self).map_err(io::Error::other)?;
        write_atomically(&folder.join(FILE), text.as_bytes())
    }

    /// The folder tunes are kept in: the one that was chosen, else one in the data folder.
    pub fn tunes_dir(&self, data: &Path) -> PathBuf {
        self.tunes.clone().unwrap_or_else(|| data.join(TUNES))
    }

    fn within_range(mut self) -> Self {
        self.zoom = if self.zoom.is_finite() { self.zoom.clamp(0.5, 3.0) } else { 1.0 };
        let loud = self.sound.volume;
        self.sound.volume = if loud.is_finite() { loud.clamp(0.0, 2.0) } else { 1.0 };
        self.window =
            self.window.filter(|(wide, high)| (100.0..1e5).contains(wide) && (100.0..1e5).contains(high));
        self
    }
}

fn put_aside(path: PathBuf, folder: &Path, reason: String) -> PreferencesError {
    match std::fs::rename(&path, folder.join(BROKEN)) {
        Ok(()) => PreferencesError::Damaged { path, reason },
        Err(error) => PreferencesError::Unreadable { path, error },
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::SoundDevice;

    #[test]
    fn settings_are_as_they_were_left() {
        let folder = tempfile::tempdir().unwrap();
        let inner = folder.path().join("not there yet");
        assert_eq!(Preferences::load(&inner).unwrap(), Preferences::default());
        let set = Preferences {
            theme: Theme::Dark,
            zoom: 1.25,
            compose: false,
            abc: Some(true),
            window: Some((900.0, 600.0)),
            model: Some("other.safetensors".into()),
            sound: Sound {
                instrument: Some("fiddle".to_owned()),
                volume: 0.5,
                device: Some(SoundDevice { id: "hw:1".to_owned(), name: "USB".to_owned() }),
                ..Sound::default()
            },
            tunes: Some("/synchronised/tunes".into()),
            titles: BTreeMap::from([("slip jig".to_owned(), 5)]),
            ..Preferences::default()
        };
        set.save(&inner).unwrap();
        assert_eq!(Preferences::load(&inner).unwrap(), set);
        assert_eq!(set.tunes_dir(&inner), Path::new("/synchronised/tunes"));
        assert_eq!(Preferences::default().tunes_dir(&inner), inner.join("tunes"));
    }

    #[test]
    fn a_damaged_file_is_said_and_kept() {
        let folder = tempfile::tempdir().unwrap();
        for broken in ["theme = \"green\"", "zoom = ", "\u{0}", "theme = 3"] {
            std::fs::write(folder.path().join(FILE), broken).unwrap();
            let error = Preferences::load(folder.path()).unwrap_err();
            assert!(matches!(error, PreferencesError::Damaged { .. }), "{error}");
            assert_eq!(std::fs::read_to_string(folder.path().join(BROKEN)).unwrap(), broken);
            assert_eq!(Preferences::load(folder.path()).unwrap(), Preferences::default());
        }
        std::fs::write(folder.path().join(FILE), [0xFF, 0xFE]).unwrap();
        assert!(matches!(Preferences::load(folder.path()), Err(PreferencesError::Damaged { .. })));
    }

    #[test]
    fn what_an_older_or_newer_copy_wrote_is_taken_as_far_as_it_goes() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(FILE), "theme = \"dark\"\nzoom = 99.0\nfuture = 1\n").unwrap();
        let read = Preferences::load(folder.path()).unwrap();
        assert_eq!((read.theme, read.zoom, read.compose), (Theme::Dark, 3.0, true));
    }
}
