//! What is in force at a moment: environment by environment, what is blocked, may be
//! blocked, or is browned out.

use super::index::Index;
use super::query::Query;
use crate::notice::{EnvironmentId, ProgramId};
use crate::schedule::{Instant, State};
use indexmap::{IndexMap, IndexSet};
use serde::Serialize;
use std::collections::BTreeSet;
use utoipa::ToSchema;

/// The states in which calls may fail.
const IN_FORCE: [State; 3] = [State::CutOff, State::Due, State::Brownout];

/// An environment in which calls may fail.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PresentEnvironment {
    #[schema(example = "usps-web-tools")]
    pub program: String,
    #[schema(example = "prod")]
    pub environment: String,
    #[schema(example = "PROD")]
    pub environment_title: String,
    #[schema(example = "production")]
    pub stage: String,
    /// In the table's order.
    pub rows: Vec<PresentRow>,
}

/// A row of a notice that is in force.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct PresentRow {
    #[schema(example = "tls-1.2")]
    pub notice: String,
    pub title: String,
    #[schema(example = "prod-first-wave")]
    pub row: String,
    /// `cut-off`: calls fail. `due`: they may, for its day or month has come.
    /// `brownout`: they fail for a while.
    #[schema(value_type = String, example = "cut-off")]
    pub state: State,
    /// Wire names, the first hundred of them; `/api/v1/impacted` lists all.
    pub apis: Vec<String>,
    pub apis_in_all: usize,
}

/// More names than this are a list of their own.
const MAX_NAMED_APIS: usize = 100;

/// Which environments are asked about; all of them where none is named.
#[derive(Debug, Clone, Default)]
pub struct PresentQuery {
    pub program: Option<ProgramId>,
    pub environment: Option<EnvironmentId>,
}

impl PresentQuery {
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let program = self.program.as_ref().map(|id| ("program", id.to_string()));
        let environment = self.environment.as_ref().map(|id| ("environment", id.to_string()));
        program.into_iter().chain(environment).collect()
    }

    fn lines(&self) -> Query {
        let (program, environment) = (self.program.clone(), self.environment.clone());
        Query { program, environment, states: IN_FORCE.to_vec(), ..Query::default() }
    }
}

impl Index {
    /// A line of each environment in which anything is in force at `on`, by program
    /// and environment.
    pub fn present(&self, query: &PresentQuery, on: Instant) -> Vec<u32> {
        let mut seen = BTreeSet::new();
        let mut lines = self.query(&query.lines(), on).to_vec();
        lines.retain(|line| {
            let at = self.line(*line);
            seen.insert((at.program.id.clone(), at.row.environment.clone()))
        });
        lines.sort_by_key(|line| {
            let at = self.line(*line);
            (&at.program.id, &at.row.environment)
        });
        lines
    }

    /// The environment of such a line, with everything in force there.
    pub fn present_environment(&self, line: u32, on: Instant) -> PresentEnvironment {
        let at = self.line(line);
        let asked = PresentQuery {
            program: Some(at.program.id.clone()),
            environment: Some(at.row.environment.clone()),
        };
        let mut found: IndexMap<_, (u32, IndexSet<_>)> = IndexMap::new();
        for line in self.query(&asked.lines(), on).iter().copied() {
            let at = self.line(line);
            let row = found.entry((&at.notice.id, at.row_id));
            row.or_insert_with(|| (line, IndexSet::new())).1.insert(&at.target.api);
        }
        let rows = found.into_values().map(|(line, apis)| {
            let at = self.line(line);
            PresentRow {
                notice: at.notice.id.to_string(),
                title: at.notice.title.clone(),
                row: at.row_id.to_string(),
                state: at.state(on),
                apis: apis.iter().take(MAX_NAMED_APIS).map(ToString::to_string).collect(),
                apis_in_all: apis.len(),
            }
        });
        let environment = at.environment();
        PresentEnvironment {
            program: at.program.id.to_string(),
            environment: at.row.environment.to_string(),
            environment_title: environment.title.clone(),
            stage: environment.stage.to_string(),
            rows: rows.collect(),
        }
    }
}
