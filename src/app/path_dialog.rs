//! A dialog with a path to save to or to open, for systems without one of their own.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use eframe::egui::text::{CCursor, CCursorRange};
use eframe::egui::text_edit::TextEditState;
use eframe::egui::{Align, Context, Id, Key, Layout, Margin, RichText, TextEdit, Ui};

use super::dialog;
use super::file_kind::FileKind;
use super::fonts;
use super::theme::tokens;
use super::tip::Tip;
use super::widgets::{Push, Weight, field_frame, finish_field};

/// What was answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    /// This file.
    Use(PathBuf),
    /// Not at all.
    Cancel,
}

/// What the path is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// To save a tune as.
    Save(FileKind),
    /// To save many tunes as.
    SaveAll(FileKind),
    /// A folder to save many tunes in.
    Fill,
    /// A tune to open.
    Open,
    /// Tunes to bring in: a file, or a folder of them.
    BringIn,
    /// A folder to keep tunes in.
    Folder,
    /// A checkpoint to compose with.
    Model,
}

impl Purpose {
    /// The dialog's head.
    pub(super) fn head(self) -> &'static str {
        match self {
            Self::Save(_) => "Save the tune",
            Self::SaveAll(_) | Self::Fill => "Save the tunes",
            Self::Open => "Open a tune",
            Self::BringIn => "Bring in ABC files",
            Self::Folder => "A folder to keep tunes in",
            Self::Model => "A model to compose with",
        }
    }

    /// The button says what it does.
    fn verb(self) -> String {
        match self {
            Self::Save(kind) | Self::SaveAll(kind) => format!("Save as {}", kind.name()),
            Self::Fill => "Save the files".to_owned(),
            Self::Open => "Open".to_owned(),
            Self::BringIn => "Bring in".to_owned(),
            Self::Folder => "Keep tunes here".to_owned(),
            Self::Model => "Use this model".to_owned(),
        }
    }

    /// What the field is for.
    fn field(self) -> &'static str {
        match self {
            Self::Folder | Self::Fill => "Folder",
            Self::BringIn => "File or folder",
            _ => "File",
        }
    }

    /// The kind of the file that is written.
    fn saves(self) -> Option<FileKind> {
        if let Self::Save(kind) | Self::SaveAll(kind) = self { Some(kind) } else { None }
    }
}

/// The dialog's state: the path as typed.
#[derive(Debug, Clone)]
pub(super) struct PathDialog {
    path: String,
    /// Where a path begins that does not say so itself.
    folder: PathBuf,
    purpose: Purpose,
    shown: bool,
    /// What was found where the path leads.
    look: Option<Look>,
}

/// A look at the disk: taken when the path changes and not with every frame, because a folder on the
/// network may be slow to answer.
#[derive(Debug, Clone)]
struct Look {
    /// The path as it was typed.
    text: String,
    /// The file meant, or why there can be none.
    target: Result<PathBuf, &'static str>,
    /// Whether it is there already.
    exists: bool,
}

impl PathDialog {
    /// To save to, with a path to begin with.
    pub(super) fn to_save(suggestion: &Path, kind: FileKind) -> Self {
        Self::to_save_all(suggestion, Purpose::Save(kind))
    }

    /// To save many tunes to, with a path to begin with.
    pub(super) fn to_save_all(suggestion: &Path, purpose: Purpose) -> Self {
        Self {
            path: suggestion.display().to_string(),
            folder: suggestion.parent().unwrap_or(Path::new("")).to_owned(),
            purpose,
            shown: false,
            look: None,
        }
    }

    /// To find what is there, with a folder to begin with.
    pub(super) fn to_find(purpose: Purpose, folder: &Path) -> Self {
        let path = folder.join("").display().to_string();
        Self { path, folder: folder.to_owned(), purpose, shown: false, look: None }
    }

    /// Draws it over everything; says what was answered.
    pub(super) fn ui(&mut self, ctx: &Context) -> Option<Answer> {
        let (answer, closed) = dialog::show(ctx, self.purpose.head(), 440.0, |ui| self.content(ui));
        answer.or(closed.then_some(Answer::Cancel))
    }

    fn content(&mut self, ui: &mut Ui) -> Option<Answer> {
        let t = tokens(ui);
        let label = ui.label(RichText::new(self.purpose.field()).font(fonts::words(13.0)).color(t.muted));
        let edit = TextEdit::singleline(&mut self.path)
            .id_salt("path")
            .font(fonts::words(14.0))
            .frame(field_frame(ui, Margin::symmetric(8, 5)))
            .desired_width(ui.available_width());
        let field = ui.add(edit).labelled_by(label.id);
        if !self.shown {
            field.request_focus();
            self.choose_name(ui.ctx(), field.id);
            self.shown = true;
        }
        let Look { target, exists, .. } = self.look();
        let problem = target.as_ref().err().copied();
        finish_field(ui, &field, false);
        let replaces = exists && self.purpose.saves().is_some();
        let said = match (problem, replaces) {
            (Some(problem), _) => problem,
            (None, true) => "There is a file of this name. It will be replaced.",
            (None, false) => "",
        };
        ui.label(RichText::new(said).font(fonts::words(12.5)).color(t.warning).line_height(Some(18.0)));
        ui.add_space(2.0);
        let entered = field.lost_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            let words = if replaces { "Replace".to_owned() } else { self.purpose.verb() };
            let save = ui.add_enabled(target.is_ok(), Push::new(Weight::Main, &words));
            let save = save.tip_off(problem.unwrap_or_default());
            let cancel = ui.add(Push::new(Weight::Plain, "Cancel"));
            match target {
                // Enter alone replaces nothing: that takes the button.
                Ok(path) if save.clicked() || (entered && !replaces) => Some(Answer::Use(path)),
                _ if cancel.clicked() => Some(Answer::Cancel),
                _ => None,
            }
        })
        .inner
    }

    /// What is where the path leads.
    fn look(&mut self) -> Look {
        if let Some(look) = &self.look
            && look.text == self.path
        {
            return look.clone();
        }
        let target = self.target();
        let exists = target.as_ref().is_ok_and(|path| path.exists());
        self.look.insert(Look { text: self.path.clone(), target, exists }).clone()
    }

    /// Selects the file's name, so that typing replaces it and leaves its folder and ending.
    fn choose_name(&self, ctx: &Context, field: Id) {
        let path = Path::new(&self.path);
        let letters = |name: Option<&OsStr>| name.map_or(0, |name| name.to_string_lossy().chars().count());
        let start = self.path.chars().count() - letters(path.file_name());
        let name = CCursorRange::two(CCursor::new(start), CCursor::new(start + letters(path.file_stem())));
        let mut state = TextEditState::load(ctx, field).unwrap_or_default();
        state.cursor.set_char_range(Some(name));
        state.store(ctx, field);
    }

    /// What is meant; a file to save to has its kind's ending added if nothing was said. A folder that is not
    /// there yet is made later.
    fn target(&self) -> Result<PathBuf, &'static str> {
        let text = self.path.trim();
        let path = self.folder.join(text);
        match self.purpose {
            Purpose::Folder | Purpose::Fill if text.is_empty() => return Err("Name a folder."),
            Purpose::Folder | Purpose::Fill | Purpose::BringIn if !text.is_empty() && path.is_dir() => {
                return Ok(path);
            }
            Purpose::Folder | Purpose::Fill if path.exists() => {
                return Err("This is a file. Name a folder.");
            }
            Purpose::Folder | Purpose::Fill => return in_a_folder(path),
            _ => {}
        }
        if text.is_empty() || text.ends_with(['/', std::path::MAIN_SEPARATOR]) {
            return Err("Give the file a name.");
        }
        if path.is_dir() {
            return Err("This is a folder. Give the file a name.");
        }
        match self.purpose.saves() {
            Some(kind) => in_a_folder(with_ending(path, kind)),
            None if path.exists() => Ok(path),
            None => Err("There is no such file."),
        }
    }
}

/// The path, if the folder it is to be in is there.
fn in_a_folder(path: PathBuf) -> Result<PathBuf, &'static str> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() && !folder.is_dir() => Err("There is no such folder."),
        _ => Ok(path),
    }
}

/// The path with the kind's ending unless it has one already: "Jig No. 5" has none.
pub(super) fn with_ending(path: PathBuf, kind: FileKind) -> PathBuf {
    let ending = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    if ending.starts_with(char::is_alphabetic) {
        return path;
    }
    let mut path = path.into_os_string();
    path.push(".");
    path.push(kind.ending());
    path.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_becomes_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let target = |path: &Path| PathDialog::to_save(path, FileKind::Abc).target();
        assert_eq!(target(&folder.path().join("jig")), Ok(folder.path().join("jig.abc")));
        assert_eq!(target(&folder.path().join("jig.txt")), Ok(folder.path().join("jig.txt")));
        assert_eq!(target(Path::new(" reel ")), Ok(PathBuf::from("reel.abc")));
        assert_eq!(target(Path::new("Jig No. 5")), Ok(PathBuf::from("Jig No. 5.abc")));
        assert!(target(folder.path()).is_err());
        assert!(target(&folder.path().join("none/jig.abc")).is_err());
        assert!(target(Path::new("")).is_err());
        let named = PathDialog {
            path: "jig".to_owned(),
            ..PathDialog::to_save(&folder.path().join("x"), FileKind::Abc)
        };
        assert_eq!(named.target(), Ok(folder.path().join("jig.abc")), "a name alone is one in the folder");
    }

    #[test]
    fn only_what_is_there_can_be_found() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("tune.abc"), "").unwrap();
        let find = |purpose, path: &str| {
            PathDialog { path: path.to_owned(), ..PathDialog::to_find(purpose, folder.path()) }.target()
        };
        assert_eq!(find(Purpose::Open, "tune.abc"), Ok(folder.path().join("tune.abc")));
        assert_eq!(find(Purpose::Folder, folder.path().to_str().unwrap()), Ok(folder.path().to_owned()));
        for purpose in [Purpose::Folder, Purpose::Fill] {
            assert_eq!(find(purpose, "new"), Ok(folder.path().join("new")), "it is made");
            assert_eq!(find(purpose, "none/new"), Err("There is no such folder."));
            assert_eq!(find(purpose, "tune.abc"), Err("This is a file. Name a folder."));
            assert_eq!(find(purpose, " "), Err("Name a folder."));
        }
        assert_eq!(find(Purpose::BringIn, folder.path().to_str().unwrap()), Ok(folder.path().to_owned()));
        assert_eq!(find(Purpose::Model, "none.safetensors"), Err("There is no such file."));
        assert!(find(Purpose::BringIn, "").is_err());
    }
}
