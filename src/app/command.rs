//! What the musician can ask of the window, and the keys for it.

use eframe::egui::{Context, Key, KeyboardShortcut, Modifiers, Popup};

use super::file_kind::FileKind;
use super::rewriting::Rewriting;
use crate::abc::Span;

/// Something to do. Panels collect commands; the window carries them out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    /// Write a tune.
    Compose,
    /// Stop writing and keep what there is.
    Cancel,
    /// Put the tune's ABC on the clipboard.
    CopyAbc,
    /// Write the tune to a file.
    Save(FileKind),
    /// Choose these bytes in the text.
    ShowInText(Span),
    /// Take back the last change of the tune's text.
    Undo,
    /// Make the change again that was taken back last.
    Redo,
    /// Rewrite the tune.
    Rewrite(Rewriting),
    /// Try once more to open the model.
    ReopenModel,
    /// Take the notice away.
    Dismiss,
    /// Close the window.
    Quit,
}

/// The keys, as data.
const SHORTCUTS: [(Command, KeyboardShortcut); 7] = [
    (Command::Compose, KeyboardShortcut::new(Modifiers::COMMAND, Key::G)),
    (Command::Cancel, KeyboardShortcut::new(Modifiers::NONE, Key::Escape)),
    (Command::Save(FileKind::Abc), KeyboardShortcut::new(Modifiers::COMMAND, Key::S)),
    // The longer one first: shortcuts do not mind a Shift too many.
    (Command::Redo, KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z)),
    (Command::Redo, KeyboardShortcut::new(Modifiers::COMMAND, Key::Y)),
    (Command::Undo, KeyboardShortcut::new(Modifiers::COMMAND, Key::Z)),
    (Command::Quit, KeyboardShortcut::new(Modifiers::COMMAND, Key::Q)),
];

impl Command {
    /// Its keys in words, as this system writes them.
    pub(super) fn keys(self, ctx: &Context) -> Option<String> {
        let shortcut = SHORTCUTS.iter().find(|(command, _)| *command == self)?.1;
        // "Ctrl G", as in the design; egui would join with a plus.
        Some(ctx.format_shortcut(&shortcut).replace('+', " ").replace("Escape", "Esc"))
    }
}

/// The commands whose keys were pressed since the last frame. Esc cancels only what is being
/// `writing`; else it is left to menus and fields. Where one types something else than the tune, in a
/// `field`, undo and redo are the field's own.
pub(super) fn pressed(ctx: &Context, writing: bool, field: bool) -> Vec<Command> {
    let commands: Vec<Command> = ctx.input_mut(|input| {
        SHORTCUTS
            .iter()
            .filter(|(command, _)| match command {
                Command::Cancel => writing,
                Command::Undo | Command::Redo => !field,
                _ => true,
            })
            .filter(|(_, keys)| input.consume_shortcut(keys))
            .map(|(command, _)| *command)
            .collect()
    });
    if !commands.is_empty() {
        Popup::close_all(ctx);
    }
    commands
}
