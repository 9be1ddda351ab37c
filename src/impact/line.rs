//! A line of the table as readers get it, the same on every channel.

use super::index::Located;
use crate::notice::{Date, NoticePath};
use crate::schedule::{Instant, State, bounds};
use chrono::SecondsFormat;
use chrono_tz::Tz;
use serde::Serialize;
use utoipa::ToSchema;

/// A declared date with its bounds in UTC.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct ShownDate {
    /// As declared: `2020-09-27`, `2020-Q3`, `to be announced`, …
    #[schema(example = "2020-09-27")]
    pub date: String,
    /// The office's own name for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// RFC 3339, UTC. Absent while nobody knows.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2020-09-27T04:00:00Z")]
    pub earliest: Option<String>,
    /// RFC 3339, UTC. Absent where it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "2020-09-27T04:00:00Z")]
    pub latest: Option<String>,
}

impl ShownDate {
    pub fn new(date: &Date, zone: Tz) -> Self {
        let bounds = bounds(date, zone);
        // What has always been in effect has no first moment to print.
        let shown = |at: Instant| {
            (at != Instant::MIN_UTC).then(|| at.to_rfc3339_opts(SecondsFormat::Secs, true))
        };
        Self {
            date: date.span.to_string(),
            label: date.label.clone(),
            earliest: bounds.earliest.and_then(shown),
            latest: bounds.latest.and_then(shown),
        }
    }
}

/// One API in one row of one notice.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ImpactedApi {
    #[schema(example = "usps-web-tools")]
    pub program: String,
    #[schema(example = "tls-1.2")]
    pub notice: String,
    pub title: String,
    #[schema(example = "protocol")]
    pub kind: &'static str,
    #[schema(example = "prod-first-wave")]
    pub row: String,
    /// The API's wire name.
    #[schema(example = "holdForPickup")]
    pub api: String,
    #[schema(example = "Package Intercept Hold For Pickup")]
    pub api_title: String,
    /// The group through which the row names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operation: Option<String>,
    /// The versions concerned, oldest first; all of them when empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub versions: Vec<String>,
    #[schema(example = "prod")]
    pub environment: String,
    #[schema(example = "PROD")]
    pub environment_title: String,
    #[schema(example = "production")]
    pub stage: String,
    pub urls: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cohort: Option<String>,
    /// IANA name of the zone in which the dates begin.
    #[schema(example = "America/New_York")]
    pub zone: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deprecation: Option<ShownDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cutoff: Option<ShownDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub complete: Option<ShownDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enforced: Option<ShownDate>,
    /// The state at the moment asked about.
    #[schema(value_type = String, example = "cut-off")]
    pub state: State,
}

impl ImpactedApi {
    pub fn new(at: &Located<'_>, on: Instant) -> Self {
        let NoticePath { program, notice } = at.path();
        let environment = at.environment();
        let dates = &at.row.dates;
        let shown = |date: &Option<Date>| date.as_ref().map(|d| ShownDate::new(d, at.row.zone));
        let api = &at.target.api;
        let titled = at.program.catalogue.apis.get(api);
        Self {
            program: program.into(),
            notice: notice.into(),
            title: at.notice.title.clone(),
            kind: at.notice.kind.as_str(),
            row: at.row_id.to_string(),
            api: api.to_string(),
            api_title: titled.map_or_else(|| api.to_string(), |api| api.title.clone()),
            group: at.target.group.as_ref().map(ToString::to_string),
            operation: at.target.operation.as_ref().map(ToString::to_string),
            versions: at.target.versions.clone(),
            environment: at.row.environment.to_string(),
            environment_title: environment.title.clone(),
            stage: environment.stage.to_string(),
            urls: at.urls().map(ToString::to_string).collect(),
            cohort: at.row.cohort.as_ref().map(ToString::to_string),
            zone: at.row.zone.name().to_owned(),
            deprecation: shown(&dates.deprecation),
            cutoff: shown(&dates.cutoff),
            complete: shown(&dates.complete),
            enforced: shown(&dates.enforced),
            state: at.state(on),
        }
    }
}
