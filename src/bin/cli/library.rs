//! `library`: the tunes that are kept, without a window.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use reelsmith::export::pages::{Layout, Paper};
use reelsmith::files::Disk;
use reelsmith::library::export::{self, ExportError, Form, Progress};
use reelsmith::library::{Entry, Filter, Folder, Library, Query, Snapshot, import};
use reelsmith::settings::{Preferences, data_dir};
use serde_json::json;

use super::convert::PaperName;
use super::{CliError, print};

/// The tunes that are kept: list, search, export, import
#[derive(Debug, clap::Args)]
pub(crate) struct LibraryCommand {
    /// The data folder the tunes are in, instead of REELSMITH_DATA_DIR or the system's
    #[arg(long, value_name = "FOLDER", global = true)]
    data_dir: Option<PathBuf>,
    #[command(subcommand)]
    action: Action,
}

#[derive(Debug, clap::Subcommand)]
enum Action {
    /// List the tunes, newest first, and files that cannot be read
    List {
        #[command(flatten)]
        choice: Choice,
        /// One JSON object a tune and line: file, title, type, key, time, favourite, tags
        #[arg(long)]
        json: bool,
    },
    /// List tunes by title, type, key ("jig in D") or notes ("GABd edBd", in any key)
    Search {
        /// What to look for
        #[arg(value_name = "WORD", required = true)]
        words: Vec<String>,
        #[command(flatten)]
        choice: Choice,
        /// As for list
        #[arg(long)]
        json: bool,
    },
    /// Write tunes to others: OUT.abc is a tunebook, OUT.pdf a book to print, any other name a folder
    Export {
        /// Where to write
        #[arg(value_name = "OUT")]
        out: PathBuf,
        /// Only those a search for this would find
        #[arg(long, value_name = "WORDS", default_value = "")]
        search: String,
        #[command(flatten)]
        choice: Choice,
        /// PDF: what the book is called; it gets a title page then
        #[arg(long, value_name = "TEXT", default_value = "")]
        title: String,
        /// PDF: the size of the paper [default: a4]
        #[arg(long, value_enum)]
        paper: Option<PaperName>,
        /// Overwrite a file that is there already
        #[arg(long)]
        force: bool,
    },
    /// Keep tunes from ABC files, folders, and the Flask demo's favourites in JSON; each is named when it
    /// is in its file
    Import {
        /// What to read
        #[arg(value_name = "PATH", required = true)]
        paths: Vec<PathBuf>,
    },
}

/// Which tunes.
#[derive(Debug, clap::Args)]
struct Choice {
    /// Favourites only
    #[arg(long)]
    favourites: bool,
    /// Only tunes with this tag
    #[arg(long, value_name = "TAG")]
    tag: Option<String>,
}

impl LibraryCommand {
    /// Runs the command.
    pub(crate) fn run(self) -> Result<ExitCode, CliError> {
        let data = data_dir(self.data_dir.as_deref())?;
        let folder = Folder::new(Preferences::load(&data)?.tunes_dir(&data), Arc::new(Disk));
        let mut library = Library::open(folder);
        let snapshot = library.snapshot();
        if let Some(trouble) = snapshot.trouble {
            let folder = library.path().to_owned();
            return Err(CliError::Library { folder, reason: trouble.to_string() });
        }
        match self.action {
            Action::List { choice, json } => {
                let entries = choice.find("", &snapshot);
                print(&if json { as_json(&entries) } else { as_text(&entries) })?;
                Ok(tell_damaged(&snapshot))
            }
            Action::Search { words, choice, json } => {
                let entries = choice.find(&words.join(" "), &snapshot);
                print(&if json { as_json(&entries) } else { as_text(&entries) })?;
                Ok(if entries.is_empty() { ExitCode::FAILURE } else { ExitCode::SUCCESS })
            }
            Action::Export { out, search, choice, title, paper, force } => {
                let mut entries = choice.find(&search, &snapshot);
                // A book is read from its oldest tune on.
                entries.reverse();
                let layout = Layout { paper: paper.map_or(Paper::A4, PaperName::paper), ..Layout::default() };
                write(&entries, &out, &title, layout, force)
            }
            Action::Import { paths } => take_in(&mut library, &paths),
        }
    }
}

impl Choice {
    fn find(self, words: &str, snapshot: &Snapshot) -> Vec<Arc<Entry>> {
        let query = Query::read(words);
        Filter { query, favourites: self.favourites, tag: self.tag, ..Filter::default() }.find(snapshot)
    }
}

fn as_text(entries: &[Arc<Entry>]) -> String {
    let mut text = String::new();
    for entry in entries {
        let star = if entry.marks.favourite { '*' } else { ' ' };
        let time = entry.time.to_zoned(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M");
        let about = format!("{}, {}", entry.kind.in_words(), entry.key.in_words());
        let about = about.trim_matches([',', ' ']);
        // Writing to a string does not fail.
        let _ = writeln!(text, "{time} {star} {}  ({about})  {}", entry.title, entry.file);
    }
    text
}

fn as_json(entries: &[Arc<Entry>]) -> String {
    let line = |entry: &Arc<Entry>| {
        let object = json!({
            "file": entry.file,
            "title": entry.title,
            "type": entry.kind.in_words(),
            "key": entry.key.in_words(),
            "time": entry.time.to_string(),
            "favourite": entry.marks.favourite,
            "tags": entry.marks.tags,
        });
        format!("{object}\n")
    };
    entries.iter().map(line).collect()
}

/// Damaged files are kept; the exit code says that there are some.
fn tell_damaged(snapshot: &Snapshot) -> ExitCode {
    for damaged in &snapshot.damaged {
        eprintln!(
            "reelsmith-cli: “{}” cannot be read: {}. It is kept as it is.",
            damaged.file, damaged.reason
        );
    }
    if snapshot.damaged.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

fn write(
    entries: &[Arc<Entry>],
    out: &Path,
    title: &str,
    layout: Layout,
    force: bool,
) -> Result<ExitCode, CliError> {
    if entries.is_empty() {
        eprintln!("reelsmith-cli: no tune is kept that could be written");
        return Ok(ExitCode::FAILURE);
    }
    let ending = out.extension().map(|ending| ending.to_string_lossy().to_lowercase());
    let form = match ending.as_deref() {
        Some("abc") => Form::Tunebook,
        Some("pdf") => Form::Book { title: title.to_owned(), layout },
        _ => Form::Folder,
    };
    if form != Form::Folder && !force && out.exists() {
        return Err(CliError::Exists(out.to_owned()));
    }
    export::write(entries, &form, out, &Progress::default()).map_err(|error| match error {
        ExportError::Write(error) => CliError::file("write", out)(error),
        other => other.into(),
    })?;
    Ok(ExitCode::SUCCESS)
}

fn take_in(library: &mut Library, paths: &[PathBuf]) -> Result<ExitCode, CliError> {
    let import = import::read(paths);
    let mut unheard = Ok(());
    let already = library.import(&import.tunes, &mut |entry| {
        let told = print(&format!("{}\n", entry.file));
        if unheard.is_ok() {
            unheard = told;
        }
    })?;
    unheard?;
    if already > 0 {
        eprintln!("reelsmith-cli: {already} of {} tunes were here already", import.tunes.len());
    }
    for (path, error) in &import.problems {
        eprintln!("reelsmith-cli: {}: {error}", path.display());
    }
    Ok(if import.problems.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
