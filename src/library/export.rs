//! Kept tunes for others: a tunebook in ABC, files in a folder, a book to print.

use std::sync::Arc;

use rayon::iter::{IntoParallelRefIterator, ParallelIterator};

use super::folder::Folder;
use super::split::split;
use super::{Entry, LibraryError};
use crate::abc::{parse, set_field};
use crate::engrave::{Options, Sheet, engrave};
use crate::export::pages::Layout;
use crate::export::pdf::{self, PdfError, Piece};

/// All tunes as one tunebook, numbered from 1, in the order they come in.
pub fn tunebook(entries: &[Arc<Entry>]) -> String {
    // A file from outside may hold several, and a header for all of them.
    let texts = entries.iter().flat_map(|entry| split(&entry.text).tunes);
    let texts: Vec<String> = (1u32..)
        .zip(texts)
        .map(|(number, text)| {
            let tune = parse(&text).tunes.into_iter().next();
            let numbered = tune.and_then(|tune| set_field(&text, &tune, 'X', &number.to_string()).ok());
            numbered.unwrap_or(text)
        })
        .collect();
    texts.join("\n")
}

/// Writes a file for each tune into a folder, named after its title; no file there is overwritten.
///
/// # Errors
/// The first that cannot be written; those before it are there.
pub fn to_folder(entries: &[Arc<Entry>], to: &Folder) -> Result<(), LibraryError> {
    let failed = |error| LibraryError::writing("", to.path(), error);
    to.prepare().map_err(failed)?;
    entries.iter().try_for_each(|entry| {
        let written = to.create(&entry.title, entry.text.as_bytes());
        written.map(|_| ()).map_err(|error| LibraryError::writing(&entry.title, to.path(), error))
    })
}

/// The tunes as a book to print: a title page, the sheets, an index. Its title may be empty; then there is
/// no title page.
///
/// # Errors
/// If there is no tune, or the program's own fonts cannot be used.
pub fn book(entries: &[Arc<Entry>], title: &str, layout: Layout) -> Result<Vec<u8>, PdfError> {
    let engraved = |entry: &Arc<Entry>| -> Vec<(Sheet, Vec<String>)> {
        let options = Options { width: layout.sheet_width(), margin: 0.0, ..Options::default() };
        let tunes = parse(&entry.text).tunes;
        let sheets = tunes.iter().map(|tune| {
            let titles = tune.fields.iter().filter(|field| field.letter == 'T' && !field.text.is_empty());
            (engrave(tune, &options), titles.map(|field| field.text.clone()).collect())
        });
        sheets.collect()
    };
    let sheets: Vec<Vec<_>> = entries.par_iter().map(engraved).collect();
    let pieces: Vec<Piece<'_>> =
        sheets.iter().flatten().map(|(sheet, titles)| Piece { sheet, titles: titles.clone() }).collect();
    let options =
        pdf::Options { title: title.to_owned(), layout, title_page: true, ..pdf::Options::default() };
    pdf::write(&pieces, &options)
}
