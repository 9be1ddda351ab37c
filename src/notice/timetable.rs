//! The checked schedule of a notice: rows with everything they inherited,
//! brownouts, and the amendments that brought them here.

use super::{
    BrownoutId, CohortId, Date, EnvironmentId, HttpUrl, Length, RowId, Target, Text, UrlId,
};
use chrono_tz::Tz;
use indexmap::IndexMap;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Timetable {
    /// Said before the table.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
    /// The general dates, which text names as `{{cutoff}}`.
    #[serde(default)]
    pub general: Dates,
    pub rows: IndexMap<RowId, Row>,
    #[serde(default, skip_serializing_if = "IndexMap::is_empty")]
    pub brownouts: IndexMap<BrownoutId, Brownout>,
}

/// The dated facts of a row. `enforced` is what happened; the others are the plan.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dates {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecation: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cutoff: Option<Date>,
    /// The end of a cutoff that rolls out gradually.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complete: Option<Date>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enforced: Option<Date>,
}

impl Dates {
    /// By the name that declarations, texts and tables use.
    pub fn named(&self) -> [(&'static str, Option<&Date>); 4] {
        [
            ("deprecation", self.deprecation.as_ref()),
            ("cutoff", self.cutoff.as_ref()),
            ("complete", self.complete.as_ref()),
            ("enforced", self.enforced.as_ref()),
        ]
    }
}

/// One environment, some of its URLs, the APIs concerned, and their dates.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Row {
    pub environment: EnvironmentId,
    /// All of the environment's URLs where the declaration named none.
    pub urls: Vec<UrlId>,
    pub targets: Vec<Target>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cohort: Option<CohortId>,
    pub zone: Tz,
    pub dates: Dates,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opt_out: Option<OptOut>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

/// A way out of a row; whoever takes it falls under the row for everyone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OptOut {
    /// How to opt out.
    pub text: Text,
    /// Where to opt out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<HttpUrl>,
    /// Until when one can opt out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<Date>,
}

/// A planned temporary outage, once or repeating in wall time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Brownout {
    /// The rows it strikes.
    pub rows: Vec<RowId>,
    pub start: Date,
    pub length: BrownoutLength,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub repeat: Option<Repeat>,
    pub subset: Subset,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum BrownoutLength {
    End(Date),
    Lasts(Length),
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Repeat {
    /// From one beginning to the next.
    pub every: Length,
    /// The last beginning comes no later; a day is included to its end.
    pub until: Date,
}

/// Which APIs of the rows a brownout strikes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Subset {
    All,
    Targets(Vec<Target>),
    /// To be named, optionally by a date.
    Later {
        by: Option<Date>,
    },
}

/// A change to what was announced. Present values stand in the rows; the
/// amendment holds what they were before.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Amendment {
    pub date: Date,
    pub kind: AmendmentKind,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
    /// The rows it changed; all of them when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<RowId>,
    pub former: Former,
}

impl Amendment {
    pub fn touches(&self, row: &RowId) -> bool {
        self.rows.is_empty() || self.rows.contains(row)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum AmendmentKind {
    /// A date moved later.
    Extended,
    /// A date moved earlier.
    Advanced,
    /// A date moved later, or out of sight.
    Postponed,
    /// A vague date became more precise, inside what was said.
    Refined,
    /// Dates moved, whichever way.
    Rescheduled,
    /// Other APIs or URLs are concerned.
    Rescoped,
    /// The plan rests.
    Paused,
    /// The plan goes on.
    Resumed,
    /// The plan is given up. Its rows stay.
    Cancelled,
    /// A mistake was mended.
    Corrected,
}

impl AmendmentKind {
    pub const ALL: [Self; 10] = [
        Self::Extended,
        Self::Advanced,
        Self::Postponed,
        Self::Refined,
        Self::Rescheduled,
        Self::Rescoped,
        Self::Paused,
        Self::Resumed,
        Self::Cancelled,
        Self::Corrected,
    ];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Extended => "extended",
            Self::Advanced => "advanced",
            Self::Postponed => "postponed",
            Self::Refined => "refined",
            Self::Rescheduled => "rescheduled",
            Self::Rescoped => "rescoped",
            Self::Paused => "paused",
            Self::Resumed => "resumed",
            Self::Cancelled => "cancelled",
            Self::Corrected => "corrected",
        }
    }
}

/// What stood before an amendment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Former {
    /// The amendment changed no value: it paused, resumed or cancelled.
    Unchanged,
    /// Imported history whose former values nobody kept.
    NotRecorded,
    Values(Box<FormerValues>),
}

#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FormerValues {
    /// The deprecation that stood before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deprecation: Option<Date>,
    /// The cutoff that stood before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cutoff: Option<Date>,
    /// The end of the rolling cutoff that stood before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub complete: Option<Date>,
    /// What a rescoped row covered, as it was written then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apis: Option<Vec<String>>,
    /// The URLs that a rescoped row covered, as they were written then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urls: Option<Vec<String>>,
    /// What a correction replaced, in words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}
