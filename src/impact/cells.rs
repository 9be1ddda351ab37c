//! Items as lines of a table, for spreadsheets and documents.

use super::{ImpactedApi, ScheduledMilestone, ShownDate};

/// What stands in each column of a table.
pub trait Tabled {
    const COLUMNS: &'static [&'static str];

    /// As many as there are columns.
    fn cells(&self) -> Vec<String>;
}

/// As declared, with the office's own name for it.
pub fn date_cell(date: Option<&ShownDate>) -> String {
    match date {
        None => String::new(),
        Some(ShownDate { label: Some(label), date, .. }) => format!("{label} ({date})"),
        Some(ShownDate { date, .. }) => date.clone(),
    }
}

fn optional(value: Option<&String>) -> String {
    value.cloned().unwrap_or_default()
}

impl Tabled for ImpactedApi {
    const COLUMNS: &'static [&'static str] = &[
        "program",
        "notice",
        "title",
        "kind",
        "row",
        "api",
        "api_title",
        "group",
        "operation",
        "versions",
        "environment",
        "stage",
        "urls",
        "cohort",
        "zone",
        "deprecation",
        "cutoff",
        "complete",
        "enforced",
        "state",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            self.program.clone(),
            self.notice.clone(),
            self.title.clone(),
            self.kind.to_owned(),
            self.row.clone(),
            self.api.clone(),
            self.api_title.clone(),
            optional(self.group.as_ref()),
            optional(self.operation.as_ref()),
            self.versions.join(" "),
            self.environment.clone(),
            self.stage.clone(),
            self.urls.join(" "),
            optional(self.cohort.as_ref()),
            self.zone.clone(),
            date_cell(self.deprecation.as_ref()),
            date_cell(self.cutoff.as_ref()),
            date_cell(self.complete.as_ref()),
            date_cell(self.enforced.as_ref()),
            self.state.to_string(),
        ]
    }
}

impl Tabled for ScheduledMilestone {
    const COLUMNS: &'static [&'static str] = &[
        "date",
        "earliest",
        "latest",
        "zone",
        "kind",
        "program",
        "notice",
        "title",
        "row",
        "brownout",
        "test_endpoint",
        "environments",
    ];

    fn cells(&self) -> Vec<String> {
        vec![
            date_cell(Some(&self.date)),
            optional(self.date.earliest.as_ref()),
            optional(self.date.latest.as_ref()),
            self.zone.clone(),
            self.kind.to_owned(),
            self.program.clone(),
            self.notice.clone(),
            self.title.clone(),
            optional(self.row.as_ref()),
            optional(self.brownout.as_ref()),
            optional(self.test_endpoint.as_ref()),
            self.environments.join(" "),
        ]
    }
}
