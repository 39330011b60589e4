//! The window's part in saving a tune to a file.

use eframe::egui::Context;

use super::{Over, Window};
use crate::abc::Span;
use crate::app::command::Command;
use crate::app::export_dialog::ExportDialog;
use crate::app::file_kind::FileKind;
use crate::app::notice::{Notice, Severity};
use crate::app::page::Page;
use crate::app::save::Outcome;

impl Window {
    /// Asks what the tune is to become, or the bars of it that are chosen.
    pub(super) fn export(&mut self, only_bars: bool) {
        if self.has_tune() {
            let stand = &self.desk.stand;
            let bars = stand.sheet.chosen(stand.page.reading().notes());
            let favourites = self.shelf.snapshot().0.oldest_first(|entry| entry.marks.favourite);
            self.over = Over::Export(ExportDialog::new(bars, only_bars, favourites));
        }
    }

    /// Puts a picture that is drawn on the clipboard.
    pub(super) fn copy_picture(&mut self, ctx: &Context) {
        let Some(drawn) = self.picture.poll() else { return };
        self.desk.stand.notice = Some(match drawn {
            Ok(image) => {
                ctx.copy_image(image);
                Notice::new(Severity::Success, "The sheet is on the clipboard, as a picture.")
            }
            Err(reason) => {
                Notice::new(Severity::Error, format!("The sheet cannot be copied as a picture: {reason}."))
            }
        });
    }

    pub(super) fn save(&mut self, kind: FileKind, ctx: &Context) {
        if self.saving.is_busy() || !self.has_tune() {
            return;
        }
        self.save_page(kind, &self.desk.stand.page.clone(), ctx);
    }

    pub(super) fn save_bars(&mut self, kind: FileKind, span: Span, ctx: &Context) {
        let stand = &self.desk.stand;
        let name = stand.sheet.chosen(stand.page.reading().notes()).map(|(name, _)| name);
        match stand.page.excerpt(span, &name.unwrap_or_default()) {
            Ok(page) if !self.saving.is_busy() => self.save_page(kind, &page, ctx),
            Ok(_) => {}
            Err(reason) => {
                self.desk.stand.notice = Some(saving_notice(&Outcome::Impossible { kind, reason }));
            }
        }
    }

    fn save_page(&mut self, kind: FileKind, page: &Page, ctx: &Context) {
        if let Some(outcome) = self.saving.begin(kind, page, self.player.manner(), &self.dialogs, ctx) {
            self.desk.stand.notice = Some(saving_notice(&outcome));
        }
    }
}

/// What is to be said about a saving that is over.
pub(super) fn saving_notice(outcome: &Outcome) -> Notice {
    match outcome {
        Outcome::Saved(path) => {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
            let saved = Notice::new(Severity::Success, format!("Saved as “{name}”"));
            match path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
                Some(folder) => saved.show(folder.to_owned()),
                None => saved,
            }
        }
        Outcome::Failed { kind, path, error } => {
            let words = format!("“{}” could not be written: {error}.", path.display());
            Notice::new(Severity::Error, words).remedy("Save elsewhere", Command::Save(*kind))
        }
        Outcome::Impossible { kind, reason } => {
            let words = format!("This tune cannot be saved as {}: {reason}.", kind.name());
            Notice::new(Severity::Error, words)
        }
        Outcome::NoThread { kind, error } => {
            let words = format!("The tune could not be saved: {error}.");
            Notice::new(Severity::Error, words).remedy("Try again", Command::Save(*kind))
        }
    }
}
