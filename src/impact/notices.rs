//! Notices as entries of lists, and the rows of one notice.

use super::index::Index;
use super::line::ShownDate;
use crate::notice::{Date, Kind, Notice, Program, ProgramId, Workspace};
use crate::schedule::{Instant, State, bounds, state};
use serde::Serialize;
use std::cmp::Reverse;
use utoipa::ToSchema;

/// A row of a notice's schedule with its state.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct RowSummary {
    #[schema(example = "prod-first-wave")]
    pub row: String,
    #[schema(example = "prod")]
    pub environment: String,
    #[schema(example = json!(["https://secure.shippingapis.com/"]))]
    pub urls: Vec<String>,
    /// Wire names of the APIs concerned.
    #[schema(example = json!(["holdForPickup", "createRTS"]))]
    pub apis: Vec<String>,
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
    #[schema(value_type = String, example = "cut-off")]
    pub state: State,
}

impl RowSummary {
    /// The rows of `notice`, in the order of the declaration.
    pub fn all(program: &Program, notice: &Notice, on: Instant) -> Vec<Self> {
        let environments = &program.catalogue.environments;
        let rows = notice.schedule.rows.iter().map(|(id, row)| {
            let shown = |date: &Option<Date>| date.as_ref().map(|d| ShownDate::new(d, row.zone));
            let declared = environments.get(&row.environment).map(|found| &found.urls);
            let urls = row.urls.iter().filter_map(|id| declared?.get(id));
            let mut apis: Vec<_> = row.targets.iter().map(|t| t.api.to_string()).collect();
            apis.dedup();
            Self {
                row: id.to_string(),
                environment: row.environment.to_string(),
                urls: urls.map(ToString::to_string).collect(),
                apis,
                cohort: row.cohort.as_ref().map(ToString::to_string),
                zone: row.zone.name().to_owned(),
                deprecation: shown(&row.dates.deprecation),
                cutoff: shown(&row.dates.cutoff),
                complete: shown(&row.dates.complete),
                enforced: shown(&row.dates.enforced),
                state: state(notice, id, row, None, on),
            }
        });
        rows.collect()
    }
}

impl Index {
    /// Places of the notices asked for, the latest announcement first.
    pub fn notices_newest_first(
        &self,
        program: Option<&ProgramId>,
        kind: Option<Kind>,
    ) -> Vec<(usize, usize)> {
        let is_asked = |place: &&(usize, usize)| {
            let (of, notice) = self.notice(**place);
            program.is_none_or(|id| of.id == *id) && kind.is_none_or(|kind| notice.kind == kind)
        };
        self.newest.iter().filter(is_asked).copied().collect()
    }

    /// The notice at a place that this index gave.
    pub fn notice(&self, (program, notice): (usize, usize)) -> (&Program, &Notice) {
        const GIVEN: &str = "places come from this workspace, which never changes";
        let (_, program) = self.workspace().programs.get_index(program).expect(GIVEN);
        let (_, notice) = program.notices.get_index(notice).expect(GIVEN);
        (program, notice)
    }
}

/// The places of all notices, the latest announcement first.
pub(super) fn newest_first(workspace: &Workspace) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    for (p, program) in workspace.programs.values().enumerate() {
        let announced = |notice: &Notice| bounds(&notice.announced, program.settings.zone).earliest;
        let notices = program.notices.values().enumerate();
        places.extend(notices.map(|(n, notice)| (Reverse(announced(notice)), (p, n))));
    }
    // Among equals, in the order of the workspace.
    places.sort();
    places.into_iter().map(|(_, place)| place).collect()
}
