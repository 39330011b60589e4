//! What the musician can ask of the window, and the keys for it.

use eframe::egui::{Context, Key, KeyboardShortcut, Modifiers, Popup};

use super::file_kind::FileKind;
use super::layout::Side;
use super::rewriting::Rewriting;
use crate::abc::Span;
use crate::model::DeviceName;
use crate::settings::Theme;

/// Something to do. Panels collect commands; the window carries them out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Command {
    /// Write a tune.
    Compose,
    /// Write a tune that goes on from the last good bar of what it is to begin with.
    ComposeFromGoodBar,
    /// Write a tune without the grammar.
    ComposeRaw,
    /// Put the keyboard where what tunes are to begin with is to be mended.
    MendStart,
    /// Stop writing and keep what there is.
    Cancel,
    /// Put another candidate on the stand, by its place.
    ChooseCandidate(usize),
    /// Run the network on another device.
    RunOn(DeviceName),
    /// Choose what the tune is to become.
    Export,
    /// Open a tune.
    Open,
    /// Show the folder of the log.
    OpenLogFolder,
    /// Put the tune's ABC on the clipboard.
    CopyAbc,
    /// Write the tune to a file.
    Save(FileKind),
    /// Write some bars of it, by their bytes, to a file.
    SaveBars(FileKind, Span),
    /// Choose what the chosen bars are to become.
    ExportBars,
    /// Give up the file that is being written.
    CancelSaving,
    /// Put the sheet on the clipboard, as a picture.
    CopyPicture,
    /// Play these bytes of the tune over and over.
    LoopBars(Span),
    /// Choose the sound device.
    SoundDevice,
    /// Write bars of it anew, by their bytes.
    RewriteBars(Span),
    /// Put another version of them into the tune, by its place.
    ChooseVersion(usize),
    /// Keep the version that is in the tune.
    KeepVersion,
    /// Put the bars back as they were.
    TakeBarsBack,
    /// Put the caret on these bytes of the text; the keyboard stays where it is.
    CaretAt(Span),
    /// Play, or stand still.
    PlayOrPause,
    /// Try once more to find a sound device and play.
    TrySound,
    /// Stand still, at the start.
    StopPlaying,
    /// Sound the note with these bytes by itself.
    HearNote(Span),
    /// Play from the note with these bytes.
    PlayFrom(Span),
    /// Look for words in the ABC.
    Find,
    /// Put the ABC beside the sheet, or below it.
    PutAbcBeside(bool),
    /// Make the paper light or dark, or as the window.
    Paper(Theme),
    /// Take back the last change of the tune's text.
    Undo,
    /// Make the change again that was taken back last.
    Redo,
    /// Rewrite the tune.
    Rewrite(Rewriting),
    /// Try once more to open the model.
    ReopenModel,
    /// Ask for a file with another model.
    ChooseModel,
    /// Compose with the model inside the program.
    UseOwnModel,
    /// Take the notice away.
    Dismiss,
    /// Open or close a panel.
    Toggle(Side),
    /// The keyboard goes to the next panel.
    NextPanel,
    /// Everything larger.
    Larger,
    /// Everything smaller.
    Smaller,
    /// Everything as large as usual.
    UsualSize,
    /// Light or dark.
    Theme(Theme),
    /// Open the command palette.
    Palette,
    /// Show the tune in figures, beside others of its type.
    Facts,
    /// Show the list of keys.
    Keys,
    /// Say what the program is.
    About,
    /// Show whose work is in it, and under what terms.
    Licences,
    /// Close the window.
    Quit,
}

const fn ctrl(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}

const fn plain(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::NONE, key)
}

/// The keys, as data. Where a command has several, the first is shown.
const SHORTCUTS: [(Command, KeyboardShortcut); 21] = [
    (Command::Compose, ctrl(Key::G)),
    (Command::Cancel, plain(Key::Escape)),
    (Command::Open, ctrl(Key::O)),
    (Command::Export, ctrl(Key::S)),
    // The longer one first: shortcuts do not mind a Shift too many.
    (Command::Redo, KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), Key::Z)),
    (Command::Redo, ctrl(Key::Y)),
    (Command::Undo, ctrl(Key::Z)),
    (Command::Find, ctrl(Key::F)),
    (Command::Toggle(Side::Compose), ctrl(Key::B)),
    (Command::Toggle(Side::Abc), ctrl(Key::E)),
    (Command::Toggle(Side::History), ctrl(Key::H)),
    (Command::NextPanel, plain(Key::F6)),
    (Command::Larger, ctrl(Key::Plus)),
    (Command::Larger, ctrl(Key::Equals)),
    (Command::Smaller, ctrl(Key::Minus)),
    (Command::UsualSize, ctrl(Key::Num0)),
    (Command::Palette, ctrl(Key::K)),
    (Command::Keys, plain(Key::Questionmark)),
    (Command::Keys, plain(Key::F1)),
    (Command::PlayOrPause, plain(Key::Space)),
    (Command::Quit, ctrl(Key::Q)),
];

impl Command {
    /// Its keys in words, as this system writes them.
    pub(super) fn keys(self, ctx: &Context) -> Option<String> {
        let shortcut = SHORTCUTS.iter().find(|(command, _)| *command == self)?.1;
        if shortcut == plain(Key::Questionmark) {
            return Some("?".to_owned());
        }
        // "Ctrl G", as in the design; egui would join with a plus.
        let keys = ctx.format_shortcut(&shortcut).replace("Plus", "＋").replace('+', " ").replace('＋', "+");
        Some(keys.replace("Minus", "−").replace("Escape", "Esc"))
    }
}

/// The digits that choose a candidate, in order.
const DIGITS: [Key; 9] =
    [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8, Key::Num9];

/// The commands whose keys were pressed since the last frame. Esc cancels only what is being
/// `writing`; else it is left to menus and fields. Where one types something else than the tune, in a
/// `field`, undo and redo are the field's own. Where the keyboard is `held` by a control, Space is the
/// control's.
pub(super) fn pressed(ctx: &Context, writing: bool, field: bool, held: bool) -> Vec<Command> {
    let typing = ctx.text_edit_focused();
    let commands: Vec<Command> = ctx.input_mut(|input| {
        let candidates = (0..).zip(DIGITS).map(|(place, digit)| {
            (Command::ChooseCandidate(place), KeyboardShortcut::new(Modifiers::COMMAND, digit))
        });
        SHORTCUTS
            .into_iter()
            .chain(candidates)
            .filter(|(command, _)| match command {
                Command::Cancel => writing,
                Command::Undo | Command::Redo => !field,
                Command::PlayOrPause => !held,
                _ => true,
            })
            // A question mark that is typed is a question mark.
            .filter(|(_, keys)| !typing || *keys != plain(Key::Questionmark))
            .filter(|(_, keys)| input.consume_shortcut(keys))
            .map(|(command, _)| command)
            .collect()
    });
    if !commands.is_empty() {
        Popup::close_all(ctx);
    }
    commands
}
