//! What is wrong with a declaration, where, and what to do about it.

use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A stretch of a file. Lines and columns count from 1, columns in characters.
#[derive(Clone, PartialEq, Eq)]
pub struct Place {
    pub file: Arc<str>,
    pub text: Arc<str>,
    /// Bytes of `text`.
    pub span: Range<usize>,
    pub line: usize,
    pub column: usize,
}

/// Without the file's text, which may be long.
impl fmt::Debug for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

impl Place {
    pub fn new(file: &Arc<str>, text: &Arc<str>, span: Range<usize>) -> Self {
        let before = &text[..span.start];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Self {
            file: file.clone(),
            text: text.clone(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
            span,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    Error,
    Warning,
}

impl Severity {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// The kinds of problem, by stable names that scripts may rely on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Code {
    Unreadable,
    Syntax,
    TooLarge,
    UnknownKey,
    DuplicateKey,
    MissingKey,
    WrongType,
    InvalidValue,
    UnknownReference,
    NameCollision,
    EmptyGroup,
    GroupCircle,
    NoApis,
    NoDate,
    DateOrder,
    AmendmentMismatch,
    UnresolvedPlaceholder,
    DeadLink,
    Overlap,
    UnusedGeneralDate,
    TestAfterProduction,
    WallTimeSkipped,
    WallTimeTwice,
    OffsetMismatch,
    ZoneAbbreviation,
    BrownoutNever,
    BrownoutOutlastsRhythm,
    BrownoutAfterCutoff,
    BrownoutOverlap,
    BrownoutTwoClocks,
    TooManyBrownouts,
    ShortNotice,
    WeekendCutoff,
    FrozenCutoff,
    ReplacementMissing,
    ReplacementUnavailable,
    ReplacementEnds,
    ReplacementCircle,
    CancelledRowGone,
    OverdueAnnouncement,
    DateInProse,
    EscalationNever,
    EscalationBeforeReminders,
    LowContrast,
}

impl Code {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::Syntax => "syntax",
            Self::TooLarge => "too-large",
            Self::UnknownKey => "unknown-key",
            Self::DuplicateKey => "duplicate-key",
            Self::MissingKey => "missing-key",
            Self::WrongType => "wrong-type",
            Self::InvalidValue => "invalid-value",
            Self::UnknownReference => "unknown-reference",
            Self::NameCollision => "name-collision",
            Self::EmptyGroup => "empty-group",
            Self::GroupCircle => "group-circle",
            Self::NoApis => "no-apis",
            Self::NoDate => "no-date",
            Self::DateOrder => "date-order",
            Self::AmendmentMismatch => "amendment-mismatch",
            Self::UnresolvedPlaceholder => "unresolved-placeholder",
            Self::DeadLink => "dead-link",
            Self::Overlap => "overlap",
            Self::UnusedGeneralDate => "unused-general-date",
            Self::TestAfterProduction => "test-after-production",
            Self::WallTimeSkipped => "wall-time-skipped",
            Self::WallTimeTwice => "wall-time-twice",
            Self::OffsetMismatch => "offset-mismatch",
            Self::ZoneAbbreviation => "zone-abbreviation",
            Self::BrownoutNever => "brownout-never",
            Self::BrownoutOutlastsRhythm => "brownout-outlasts-rhythm",
            Self::BrownoutAfterCutoff => "brownout-after-cutoff",
            Self::BrownoutOverlap => "brownout-overlap",
            Self::BrownoutTwoClocks => "brownout-two-clocks",
            Self::TooManyBrownouts => "too-many-brownouts",
            Self::ShortNotice => "short-notice",
            Self::WeekendCutoff => "weekend-cutoff",
            Self::FrozenCutoff => "frozen-cutoff",
            Self::ReplacementMissing => "replacement-missing",
            Self::ReplacementUnavailable => "replacement-unavailable",
            Self::ReplacementEnds => "replacement-ends",
            Self::ReplacementCircle => "replacement-circle",
            Self::CancelledRowGone => "cancelled-row-gone",
            Self::OverdueAnnouncement => "overdue-announcement",
            Self::DateInProse => "date-in-prose",
            Self::EscalationNever => "escalation-never",
            Self::EscalationBeforeReminders => "escalation-before-reminders",
            Self::LowContrast => "low-contrast",
        }
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    pub code: Code,
    pub severity: Severity,
    pub message: String,
    /// The way out.
    pub help: Option<String>,
    pub place: Place,
    /// Other places that have to do with it, each with what it has to do.
    pub related: Vec<(Place, String)>,
}

impl Problem {
    pub fn error(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message: message.into(),
            help: None,
            place,
            related: Vec::new(),
        }
    }

    pub fn warning(code: Code, place: Place, message: impl Into<String>) -> Self {
        Self { severity: Severity::Warning, ..Self::error(code, place, message) }
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    pub fn help_opt(mut self, help: Option<String>) -> Self {
        self.help = help.or(self.help);
        self
    }

    pub fn related(mut self, place: Place, what: impl Into<String>) -> Self {
        self.related.push((place, what.into()));
        self
    }
}

/// The candidate that `written` most likely meant, where one is close enough.
pub fn closest<'c>(
    written: &str,
    candidates: impl IntoIterator<Item = &'c str>,
) -> Option<&'c str> {
    let written = written.to_lowercase();
    let length = written.chars().count();
    // A word replaced whole is no slip of the finger.
    let allowed = length.div_ceil(3).min(length.saturating_sub(1));
    candidates
        .into_iter()
        .map(|c| (strsim::damerau_levenshtein(&written, &c.to_lowercase()), c))
        .filter(|(distance, _)| *distance <= allowed)
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// "did you mean", or what there is to choose from.
pub fn suggestion<'c>(
    written: &str,
    candidates: impl IntoIterator<Item = &'c str> + Clone,
) -> Option<String> {
    if let Some(close) = closest(written, candidates.clone()) {
        return Some(format!("did you mean `{close}`?"));
    }
    /// More names than this are no help.
    const MAX_LISTED: usize = 24;
    let listed: Vec<_> = candidates.into_iter().take(MAX_LISTED + 1).collect();
    (1..=MAX_LISTED).contains(&listed.len()).then(|| format!("known here: {}", listed.join(", ")))
}
