//! What each code of a problem means, for `fairwarning explain`.
//!
//! An explanation is a Markdown file: a title, why it matters, and under `Wrong`
//! and `Right` a piece of a file each, which the tests check. A code without an
//! explanation does not compile.

use super::problem::Code;

macro_rules! explanations {
    ($($code:ident => $file:literal,)*) => {
        const ALL: &[Code] = &[$(Code::$code),*];

        /// The text of a code, in Markdown.
        pub fn explanation(code: Code) -> &'static str {
            match code {
                $(Code::$code => include_str!(concat!("explanations/", $file, ".md")),)*
            }
        }
    };
}

explanations! {
    Unreadable => "unreadable",
    Syntax => "syntax",
    TooLarge => "too-large",
    UnknownKey => "unknown-key",
    DuplicateKey => "duplicate-key",
    MissingKey => "missing-key",
    WrongType => "wrong-type",
    InvalidValue => "invalid-value",
    UnknownReference => "unknown-reference",
    NameCollision => "name-collision",
    EmptyGroup => "empty-group",
    GroupCircle => "group-circle",
    NoApis => "no-apis",
    NoDate => "no-date",
    DateOrder => "date-order",
    AmendmentMismatch => "amendment-mismatch",
    UnresolvedPlaceholder => "unresolved-placeholder",
    DeadLink => "dead-link",
    Overlap => "overlap",
    UnusedGeneralDate => "unused-general-date",
    TestAfterProduction => "test-after-production",
    WallTimeSkipped => "wall-time-skipped",
    WallTimeTwice => "wall-time-twice",
    OffsetMismatch => "offset-mismatch",
    ZoneAbbreviation => "zone-abbreviation",
    BrownoutNever => "brownout-never",
    BrownoutOutlastsRhythm => "brownout-outlasts-rhythm",
    BrownoutAfterCutoff => "brownout-after-cutoff",
    BrownoutOverlap => "brownout-overlap",
    BrownoutTwoClocks => "brownout-two-clocks",
    TooManyBrownouts => "too-many-brownouts",
    ShortNotice => "short-notice",
    WeekendCutoff => "weekend-cutoff",
    FrozenCutoff => "frozen-cutoff",
    ReplacementMissing => "replacement-missing",
    ReplacementUnavailable => "replacement-unavailable",
    ReplacementEnds => "replacement-ends",
    ReplacementCircle => "replacement-circle",
    CancelledRowGone => "cancelled-row-gone",
    OverdueAnnouncement => "overdue-announcement",
    DateInProse => "date-in-prose",
    EscalationNever => "escalation-never",
    EscalationBeforeReminders => "escalation-before-reminders",
    LowContrast => "low-contrast",
}

impl Code {
    /// Every code, in the order of the reader's work: files, keys, names, dates.
    pub fn all() -> &'static [Self] {
        ALL
    }
}
