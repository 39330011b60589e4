//! Tunes from other files: ABC files and folders, and the favourites of the Flask demo.

use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::Incoming;
use super::marks::Marks;
use super::split::split;
use crate::abc;
use crate::compose::directives;

/// The most that is read of a file: the whole of The Session is some 30 MB.
const MOST_BYTES: u64 = 256 << 20;

/// How deep folders are looked into.
const DEPTH: usize = 16;

/// What files came to.
#[derive(Debug, Default)]
pub struct Import {
    /// The tunes, in the order of the files and of the tunes in them.
    pub tunes: Vec<Incoming>,
    /// Files that gave no tunes, or not all, and why.
    pub problems: Vec<(PathBuf, ImportError)>,
}

/// Why a file gives no tunes, or not all.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The system does not give it.
    #[error("it cannot be read: {0}")]
    Read(#[from] io::Error),
    /// Another kind of file.
    #[error("it is not a tune; Reelsmith opens .abc files, and the demo's favourites in .json")]
    OtherKind,
    /// Text without a tune.
    #[error("there is no tune in it")]
    NoTune,
    /// Longer than is read.
    #[error("it is too long to be read whole")]
    TooLong,
    /// Not the demo's JSON.
    #[error("it is not a list of favourites: {0}")]
    Json(String),
    /// Some of the demo's favourites have no tune.
    #[error("{0} of its favourites have no tune in them")]
    Favourites(usize),
    /// Folders within folders without end.
    #[error("its folders lie too deep in each other")]
    Depth,
}

/// Reads tunes from files, and from the .abc and .json files of folders and the folders in them.
pub fn read(paths: &[PathBuf]) -> Import {
    let mut import = Import::default();
    for path in paths {
        import.add(path, DEPTH, true);
    }
    import
}

impl Import {
    fn add(&mut self, path: &Path, depth: usize, named: bool) {
        // A link may lead back up.
        let linked = !named && path.is_symlink();
        let result = if path.is_dir() {
            if linked {
                return;
            }
            match depth.checked_sub(1) {
                Some(depth) => self.folder(path, depth),
                None => Err(ImportError::Depth),
            }
        } else {
            match path.extension().map(|ending| ending.to_string_lossy().to_lowercase()).as_deref() {
                Some("abc") => self.abc(path),
                Some("json") => self.favourites(path),
                // Other files of a folder are nobody's mistake.
                _ if named => Err(ImportError::OtherKind),
                _ => Ok(()),
            }
        };
        if let Err(error) = result {
            self.problems.push((path.to_owned(), error));
        }
    }

    fn folder(&mut self, path: &Path, depth: usize) -> Result<(), ImportError> {
        let mut paths = Vec::new();
        for entry in fs::read_dir(path)? {
            paths.push(entry?.path());
        }
        paths.sort();
        paths.iter().for_each(|path| self.add(path, depth, false));
        Ok(())
    }

    fn abc(&mut self, path: &Path) -> Result<(), ImportError> {
        let split = split(&text(path)?);
        if split.tunes.is_empty() && !split.too_long {
            return Err(ImportError::NoTune);
        }
        self.tunes.extend(split.tunes.into_iter().map(|text| Incoming { text, ..Incoming::default() }));
        if split.too_long { Err(ImportError::TooLong) } else { Ok(()) }
    }

    fn favourites(&mut self, path: &Path) -> Result<(), ImportError> {
        let value: Value =
            serde_json::from_str(&text(path)?).map_err(|error| ImportError::Json(error.to_string()))?;
        let list = match &value {
            Value::Array(list) => list.as_slice(),
            // One favourite, or a list under some name.
            Value::Object(object) if object.contains_key("notation") => std::slice::from_ref(&value),
            Value::Object(object) => object.values().find_map(Value::as_array).map_or(&[][..], Vec::as_slice),
            _ => &[],
        };
        if list.is_empty() {
            return Err(ImportError::Json("there is no \"notation\" in it".to_owned()));
        }
        let mut without = 0;
        for favourite in list {
            let texts = favourite["notation"].as_str().map(|text| split(text).tunes).unwrap_or_default();
            without += usize::from(texts.is_empty());
            self.tunes.extend(texts.iter().map(|text| incoming(text, favourite)));
        }
        if without > 0 { Err(ImportError::Favourites(without)) } else { Ok(()) }
    }
}

/// A favourite's tune with what the demo knew of it in lines of ours, unless they are there.
fn incoming(text: &str, favourite: &Value) -> Incoming {
    let parameters = &favourite["parameters"];
    let written = |value: &Value| match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let lines = [
        // The demo calls the prompt its seed.
        ("model", written(&parameters["model"])),
        ("seed", written(&parameters["random_seed"])),
        ("temperature", written(&parameters["temperature"])),
        ("length", written(&parameters["length"])),
        ("prompt", written(&parameters["seed"])),
        ("time", favourite["timestamp"].as_str().map(rfc_3339)),
    ];
    let text = lines.into_iter().fold(text.to_owned(), |text, (key, value)| match value {
        Some(value) if directives::get(&text, key).is_none() => directives::set(&text, key, Some(&value)),
        _ => text,
    });
    let marks = Marks { favourite: true, ..Marks::read(&text) };
    Incoming { text: marks.write(&text), ..Incoming::default() }
}

/// The demo's times as we write them: those without a zone are of this computer's. What is no time stays.
fn rfc_3339(time: &str) -> String {
    if time.parse::<jiff::Timestamp>().is_ok() {
        return time.to_owned();
    }
    let local = time.parse::<jiff::civil::DateTime>().ok();
    let zoned = local.and_then(|time| time.to_zoned(jiff::tz::TimeZone::system()).ok());
    zoned.map_or_else(|| time.to_owned(), |zoned| zoned.timestamp().to_string())
}

fn text(path: &Path) -> Result<String, ImportError> {
    let mut bytes = Vec::new();
    fs::File::open(path)?.take(MOST_BYTES + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST_BYTES {
        return Err(ImportError::TooLong);
    }
    Ok(abc::decode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::demo::Success;
    use crate::compose::{Composition, Ending, Provenance, Request};

    #[test]
    fn files_folders_and_favourites_are_read() {
        let folder = tempfile::tempdir().unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::create_dir(at("more")).unwrap();
        fs::write(at("a.abc"), "X:1\nK:D\nD|\n\nX:2\nK:G\nG|\n").unwrap();
        fs::write(at("more/b.ABC"), "X:1\nT:R\u{e9}el\nK:D\nD|\n").unwrap();
        fs::write(at("more/notes.txt"), "shopping").unwrap();
        fs::write(at("more/empty.abc"), "").unwrap();
        let import = read(&[folder.path().to_owned()]);
        assert_eq!(import.tunes.len(), 3);
        assert_eq!(import.problems.len(), 1);
        assert!(matches!(&import.problems[0], (path, ImportError::NoTune) if path.ends_with("empty.abc")));
        let named = read(&[at("more/notes.txt"), at("gone.abc")]);
        assert!(matches!(named.problems[0].1, ImportError::OtherKind));
        assert!(matches!(named.problems[1].1, ImportError::Read(_)));
    }

    #[test]
    fn the_demo_s_favourites_keep_what_they_were_made_with() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("favourites.json");
        let json = r#"[{"notation": "X:1\nL:1/8\nM:6/8\nK:D\nDEF|", "timestamp": "2024-05-01T12:34:56.789Z",
            "parameters": {"seed": "X:1\nM:6/8\n", "temperature": 0.9, "length": 200}}, {"notation": 7}]"#;
        fs::write(&path, json).unwrap();
        let import = read(std::slice::from_ref(&path));
        assert!(matches!(import.problems[0].1, ImportError::Favourites(1)));
        let text = &import.tunes[0].text;
        let request = directives::request(text).unwrap();
        assert_eq!(
            (request.prompt.as_str(), request.temperature, request.length),
            ("X:1\nM:6/8\n", 0.9, 200)
        );
        assert_eq!(directives::get(text, "time").as_deref(), Some("2024-05-01T12:34:56.789Z"));
        assert!(Marks::read(text).favourite);
        // What this program answers to the demo's requests comes back as it was.
        let provenance = Provenance {
            model: "m".into(),
            device: "cpu".into(),
            kernel: "k".into(),
            request: Request {
                seed: 9,
                temperature: 0.5,
                length: 300,
                prompt: "X:1\nK:D\n".into(),
                ..Request::default()
            },
            index: 0,
            time: "2026-03-17T20:05:00+00:00".into(),
        };
        let text = "X:1\nK:D\nDEF|".into();
        let own = Composition {
            text,
            ending: Ending::Eos,
            provenance,
            log_probability: 0.0,
            strain: None,
            planned: None,
        };
        fs::write(&path, serde_json::to_string(&Success::new(&own)).unwrap()).unwrap();
        let import = read(std::slice::from_ref(&path));
        assert!(import.problems.is_empty());
        assert_eq!(
            directives::set(&import.tunes[0].text, "favourite", None),
            own.abc(1, &own.working_title(1))
        );
        fs::write(&path, "{}").unwrap();
        assert!(matches!(read(&[path]).problems[0].1, ImportError::Json(_)));
    }

    #[test]
    fn times_without_a_zone_are_this_computer_s() {
        assert!(rfc_3339("2024-05-01T12:34:56.789").parse::<jiff::Timestamp>().is_ok());
        assert_eq!(rfc_3339("yesterday"), "yesterday");
    }
}
