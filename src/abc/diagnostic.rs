//! What is wrong with a text, in plain sentences.

use std::borrow::Cow;
use std::fmt;

use super::{Span, limits};

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// It is read as meant; another program may not.
    Note,
    /// It is played, though perhaps not as meant.
    Warning,
    /// Something written here is left out.
    Error,
}

impl Severity {
    /// In lower case.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

macro_rules! codes {
    ($($(#[$doc:meta])* $code:ident $severity:ident $name:literal;)*) => {
        /// What is wrong, as a name that stays the same from version to version.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[$doc])* $code,)*
        }

        impl Code {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$code),*];

            /// The name: words in lower case with hyphens.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$code => $name,)*
                }
            }

            /// How bad it is.
            pub const fn severity(self) -> Severity {
                match self {
                    $(Self::$code => Severity::$severity,)*
                }
            }
        }
    };
}

codes! {
    /// A text beyond a limit of [`limits`].
    Limit Error "limit";
    /// A text without a tune.
    NoTune Error "no-tune";
    /// A tune without `X:`.
    NoNumber Note "no-number";
    /// `X:` is no number.
    OddNumber Warning "odd-number";
    /// A header without `K:`.
    NoKey Error "no-key";
    /// A tune begins without a blank line before it.
    NoBlankLine Warning "no-blank-line";
    /// A blank line within the header.
    BlankLine Warning "blank-line";
    /// A field that does not exist.
    UnknownField Warning "unknown-field";
    /// A field that does not belong here.
    MisplacedField Warning "misplaced-field";
    /// A key that is none.
    UnknownKey Error "unknown-key";
    /// A metre that is none.
    UnknownMetre Error "unknown-metre";
    /// A unit note length that is none.
    UnknownUnit Error "unknown-unit";
    /// A tempo that is none.
    UnknownTempo Warning "unknown-tempo";
    /// An order of parts that is none.
    UnknownParts Warning "unknown-parts";
    /// A `U:` that defines nothing.
    UnknownSymbol Warning "unknown-symbol";
    /// A decoration that is not known.
    UnknownDecoration Warning "unknown-decoration";
    /// A chord symbol that names no chord.
    UnknownChord Warning "unknown-chord";
    /// A chord symbol in lower case.
    LowerCaseChord Warning "lower-case-chord";
    /// A character that means nothing.
    UnknownCharacter Error "unknown-character";
    /// `!` as the end of a line.
    OldLineBreak Note "old-line-break";
    /// `+trill+`.
    OldDecoration Note "old-decoration";
    /// A macro (`m:`) that defines nothing.
    UnknownMacro Warning "unknown-macro";
    /// A quote without its end.
    UnclosedQuote Error "unclosed-quote";
    /// A chord without its `]`.
    UnclosedChord Error "unclosed-chord";
    /// Grace notes without their `}`.
    UnclosedGrace Error "unclosed-grace";
    /// An inline field without its `]`.
    UnclosedField Error "unclosed-field";
    /// A slur without its end.
    UnclosedSlur Warning "unclosed-slur";
    /// The end of a slur without its start.
    UnopenedSlur Warning "unopened-slur";
    /// A chord without notes.
    EmptyChord Warning "empty-chord";
    /// A length of nothing, or out of reason.
    OddLength Warning "odd-length";
    /// Broken rhythm between unequal notes.
    UnequalBroken Warning "unequal-broken";
    /// Broken rhythm without a note on each side.
    LooseBroken Warning "loose-broken";
    /// A tuplet of nothing, or of an unknown kind.
    OddTuplet Warning "odd-tuplet";
    /// A tuplet with too few notes.
    ShortTuplet Warning "short-tuplet";
    /// A tie that does not touch its first note.
    LooseTie Warning "loose-tie";
    /// A tie to another pitch, or to none.
    TieToOtherPitch Warning "tie-to-other-pitch";
    /// A bar longer than its metre.
    LongBar Warning "bar-too-long";
    /// A bar shorter than its metre.
    ShortBar Warning "bar-too-short";
    /// An overlay of another length than its bar.
    UnequalOverlay Warning "unequal-overlay";
    /// A repeat that is opened and not closed.
    UnclosedRepeat Warning "unclosed-repeat";
    /// A second ending without a first, or a first without a second.
    UnbalancedEnding Warning "unbalanced-ending";
    /// D.S., D.C. al fine or to a coda without what it leads to.
    LooseSign Warning "loose-sign";
    /// `(&` or `&)` without the other, or within a bar.
    LooseOverlay Warning "loose-overlay";
    /// More syllables than notes.
    LongLyrics Warning "long-lyrics";
    /// More symbols than notes.
    LongSymbols Warning "long-symbols";
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// Something wrong, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// What kind of thing.
    pub code: Code,
    /// The bytes it is about.
    pub span: Span,
    /// The line it begins in, from 1.
    pub line: u32,
    /// The character of the line it begins at, from 1.
    pub column: u32,
    /// One plain sentence.
    pub message: Cow<'static, str>,
    /// The usual fix, if there is one.
    pub hint: Option<Cow<'static, str>>,
}

impl Diagnostic {
    /// How bad it is.
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, line, column, message, .. } = self;
        write!(f, "{line}:{column}: {}[{code}]: {message}", self.severity().as_str())?;
        self.hint.as_ref().map_or(Ok(()), |hint| write!(f, " ({hint})"))
    }
}

/// Where the parser and the checks put what they find.
#[derive(Debug, Default)]
pub(super) struct Sink {
    found: Vec<Diagnostic>,
    full: bool,
}

impl Sink {
    pub(super) fn report(&mut self, code: Code, span: Span, message: impl Into<Cow<'static, str>>) {
        self.add(code, span, message.into(), None);
    }

    pub(super) fn report_with_hint(
        &mut self,
        code: Code,
        span: Span,
        message: impl Into<Cow<'static, str>>,
        hint: impl Into<Cow<'static, str>>,
    ) {
        self.add(code, span, message.into(), Some(hint.into()));
    }

    fn add(&mut self, code: Code, span: Span, message: Cow<'static, str>, hint: Option<Cow<'static, str>>) {
        if self.found.len() < limits::DIAGNOSTICS {
            self.found.push(Diagnostic { code, span, line: 0, column: 0, message, hint });
        } else if !self.full {
            self.full = true;
            let message = Cow::Borrowed("There is more to say about this text than is listed here.");
            self.found.push(Diagnostic { code: Code::Limit, span, line: 0, column: 0, message, hint: None });
        }
    }

    /// Whether further diagnostics are left out.
    pub(super) fn is_full(&self) -> bool {
        self.full
    }

    /// What was found, in the order of the text, with lines and columns.
    pub(super) fn finish(mut self, text: &str) -> Vec<Diagnostic> {
        self.found.sort_by_key(|diagnostic| diagnostic.span);
        let (mut line, mut column, mut from) = (1, 1, 0);
        for diagnostic in &mut self.found {
            let at = diagnostic.span.start as usize;
            let between = text.get(from..at).unwrap_or_default();
            let last_line = match between.rfind('\n') {
                Some(newline) => {
                    line += between.bytes().filter(|&byte| byte == b'\n').count();
                    column = 1;
                    &between[newline + 1..]
                }
                None => between,
            };
            column += last_line.chars().count();
            from = at;
            let narrow = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
            (diagnostic.line, diagnostic.column) = (narrow(line), narrow(column));
        }
        self.found
    }
}
