//! Every command with its name and its menu: the menus, the command palette and the list of keys are
//! made of it.

use super::command::Command;
use super::file_kind::FileKind;
use super::layout::Side;
use super::rewriting::Rewriting;
use crate::settings::Theme;

/// A menu of the top bar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Menu {
    /// What comes in and goes out.
    File,
    /// The text.
    Edit,
    /// The tune.
    Tune,
    /// How it all looks.
    View,
    /// What it is.
    Help,
}

impl Menu {
    /// All, from left to right.
    pub(super) const ALL: [Self; 5] = [Self::File, Self::Edit, Self::Tune, Self::View, Self::Help];

    /// Its name in the bar.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::File => "File",
            Self::Edit => "Edit",
            Self::Tune => "Tune",
            Self::View => "View",
            Self::Help => "Help",
        }
    }
}

/// A line of a menu.
#[derive(Debug, Clone)]
pub(super) struct Action {
    /// Where it stands.
    pub(super) menu: Menu,
    /// A hairline parts it from lines of another group.
    pub(super) group: u8,
    /// The line it is opened by, if it stands in a menu of its own.
    pub(super) under: Option<&'static str>,
    /// What it says there.
    pub(super) words: String,
    /// What it does.
    pub(super) command: Command,
}

/// All of them, in the order of the menus.
pub(super) fn actions() -> Vec<Action> {
    let mut all = Vec::new();
    let mut add = |menu, group, words: &str, command| {
        all.push(Action { menu, group, under: None, words: words.to_owned(), command });
    };
    add(Menu::File, 0, "Open…", Command::Open);
    add(Menu::File, 0, "Export…", Command::Export);
    for kind in FileKind::ALL {
        add(Menu::File, 1, kind.command(), Command::Save(kind));
    }
    add(Menu::File, 2, "Quit", Command::Quit);
    add(Menu::Edit, 0, "Undo", Command::Undo);
    add(Menu::Edit, 0, "Redo", Command::Redo);
    add(Menu::Edit, 1, "Copy ABC", Command::CopyAbc);
    add(Menu::Edit, 1, "Copy picture", Command::CopyPicture);
    add(Menu::Edit, 2, "Find in the ABC", Command::Find);
    add(Menu::Tune, 0, "Compose", Command::Compose);
    add(Menu::Tune, 0, "Cancel", Command::Cancel);
    add(Menu::Tune, 0, "Choose a model…", Command::ChooseModel);
    add(Menu::Tune, 0, "Facts about the tune", Command::Facts);
    add(Menu::Tune, 1, "Play or pause", Command::PlayOrPause);
    add(Menu::Tune, 1, "Stop playing", Command::StopPlaying);
    add(Menu::Tune, 1, "Sound device…", Command::SoundDevice);
    add(Menu::View, 0, "Compose panel", Command::Toggle(Side::Compose));
    add(Menu::View, 0, "ABC panel", Command::Toggle(Side::Abc));
    add(Menu::View, 0, "History panel", Command::Toggle(Side::History));
    add(Menu::View, 0, "Next panel", Command::NextPanel);
    add(Menu::View, 1, "Larger", Command::Larger);
    add(Menu::View, 1, "Smaller", Command::Smaller);
    add(Menu::View, 1, "Usual size", Command::UsualSize);
    add(Menu::View, 0, "ABC beside the sheet", Command::PutAbcBeside(true));
    add(Menu::View, 0, "ABC below the sheet", Command::PutAbcBeside(false));
    add(Menu::View, 2, "Theme as the system", Command::Theme(Theme::System));
    add(Menu::View, 2, "Light theme", Command::Theme(Theme::Light));
    add(Menu::View, 2, "Dark theme", Command::Theme(Theme::Dark));
    add(Menu::View, 3, "Paper as the window", Command::Paper(Theme::System));
    add(Menu::View, 3, "Light paper", Command::Paper(Theme::Light));
    add(Menu::View, 3, "Dark paper", Command::Paper(Theme::Dark));
    add(Menu::Help, 0, "Find a command", Command::Palette);
    add(Menu::Help, 0, "Keys", Command::Keys);
    add(Menu::Help, 1, "Open log folder", Command::OpenLogFolder);
    add(Menu::Help, 1, "About Reelsmith", Command::About);
    add(Menu::Help, 1, "Licences", Command::Licences);
    all.extend(rewritings());
    all
}

/// What can be done with the whole tune.
fn rewritings() -> Vec<Action> {
    let line = |group, under, how: Rewriting| Action {
        menu: Menu::Tune,
        group,
        under,
        words: how.words(),
        command: Command::Rewrite(how),
    };
    let mut all = vec![line(1, None, Rewriting::Transpose(1)), line(1, None, Rewriting::Transpose(-1))];
    all.extend(Rewriting::keys().map(|key| line(1, Some("To the key of"), Rewriting::ToKey(key))));
    all.extend([Rewriting::Double, Rewriting::Halve].map(|how| line(2, None, how)));
    all.extend(Rewriting::BARS.map(|how| line(3, None, how)));
    all.push(line(4, None, Rewriting::Chords));
    all
}
