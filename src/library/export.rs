//! Kept tunes for others: a tunebook in ABC, files in a folder, a book to print.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::Entry;
use super::folder::Folder;
use super::split::split;
use crate::abc::{parse, set_field};
use crate::engrave::{Options, Sheet, engrave};
use crate::export::pages::Layout;
use crate::export::pdf::{self, PdfError, Piece};
use crate::files::{Disk, write_atomically};

/// What kept tunes are written as.
#[derive(Debug, Clone, PartialEq)]
pub enum Form {
    /// One file of ABC with all of them.
    Tunebook,
    /// A file of ABC for each, in a folder.
    Folder,
    /// A book to print.
    Book {
        /// What it is called; may be empty, then it has no title page.
        title: String,
        /// Its pages.
        layout: Layout,
    },
}

/// Why tunes were not written, or not all.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// There is none.
    #[error("there is no tune to be written")]
    Empty,
    /// It was cancelled.
    #[error("it was cancelled")]
    Cancelled,
    /// There can be no such book.
    #[error(transparent)]
    Pdf(#[from] PdfError),
    /// The system takes no such file.
    #[error("{0}")]
    Write(#[from] io::Error),
}

/// How far an export has come, for another thread to see; and the word to stop.
#[derive(Debug, Default)]
pub struct Progress {
    done: AtomicUsize,
    cancelled: AtomicBool,
}

impl Progress {
    /// How many tunes are done.
    pub fn done(&self) -> usize {
        self.done.load(Ordering::Relaxed)
    }

    /// Stops it before the next tune.
    pub fn cancel(&self) {
        self.cancelled.store(true, Ordering::Relaxed);
    }

    /// Whether it is to be stopped.
    pub fn is_cancelled(&self) -> bool {
        self.cancelled.load(Ordering::Relaxed)
    }

    fn go_on(&self) -> Result<(), ExportError> {
        if self.is_cancelled() { Err(ExportError::Cancelled) } else { Ok(()) }
    }

    /// One more is done.
    fn step(&self) {
        self.done.fetch_add(1, Ordering::Relaxed);
    }
}

/// Writes tunes in the order they come in. A file of this name is replaced; no file in a folder is.
///
/// # Errors
/// If there is none, it is cancelled, or the system takes no such file. A file is then as it was; files that
/// are in a folder already stay.
pub fn write(entries: &[Arc<Entry>], form: &Form, to: &Path, progress: &Progress) -> Result<(), ExportError> {
    let bytes = match form {
        _ if entries.is_empty() => return Err(ExportError::Empty),
        Form::Folder => return to_folder(entries, &Folder::new(to, Arc::new(Disk)), progress),
        Form::Tunebook => tunebook(entries, progress)?.into_bytes(),
        Form::Book { title, layout } => book(entries, title, *layout, progress)?,
    };
    progress.go_on()?;
    Ok(write_atomically(to, &bytes)?)
}

/// All tunes as one tunebook, numbered from 1, in the order they come in.
fn tunebook(entries: &[Arc<Entry>], progress: &Progress) -> Result<String, ExportError> {
    let mut texts: Vec<String> = Vec::new();
    for entry in entries {
        progress.go_on()?;
        // A file from outside may hold several, and a header for all of them.
        for text in split(&entry.text).tunes {
            let number = (texts.len() + 1).to_string();
            let tune = parse(&text).tunes.into_iter().next();
            let numbered = tune.and_then(|tune| set_field(&text, &tune, 'X', &number).ok());
            texts.push(numbered.unwrap_or(text));
        }
        progress.step();
    }
    Ok(texts.join("\n"))
}

/// Writes a file for each tune into a folder, named after its title.
fn to_folder(entries: &[Arc<Entry>], to: &Folder, progress: &Progress) -> Result<(), ExportError> {
    to.prepare()?;
    for entry in entries {
        progress.go_on()?;
        to.create(&entry.title, entry.text.as_bytes())?;
        progress.step();
    }
    Ok(())
}

/// The tunes as a book to print: a title page, the sheets, an index.
fn book(
    entries: &[Arc<Entry>],
    title: &str,
    layout: Layout,
    progress: &Progress,
) -> Result<Vec<u8>, ExportError> {
    let engraved = |entry: &Arc<Entry>| -> Result<Vec<(Sheet, Vec<String>)>, ExportError> {
        progress.go_on()?;
        let options = Options { width: layout.sheet_width(), margin: 0.0, ..Options::default() };
        let tunes = parse(&entry.text).tunes;
        let sheets = tunes.iter().map(|tune| {
            let titles = tune.fields.iter().filter(|field| field.letter == 'T' && !field.text.is_empty());
            (engrave(tune, &options), titles.map(|field| field.text.clone()).collect())
        });
        let sheets = sheets.collect();
        progress.step();
        Ok(sheets)
    };
    let sheets: Vec<Vec<_>> = entries.par_iter().map(engraved).collect::<Result<_, _>>()?;
    let pieces: Vec<Piece<'_>> =
        sheets.iter().flatten().map(|(sheet, titles)| Piece { sheet, titles: titles.clone() }).collect();
    let options =
        pdf::Options { title: title.to_owned(), layout, title_page: true, ..pdf::Options::default() };
    progress.go_on()?;
    Ok(pdf::write(&pieces, &options)?)
}
