//! Of all that is announced for one thing, the one fact to know: what is wrong
//! now, else what comes next, else what came last.

use super::index::Index;
use super::query::Query;
use crate::notice::{ApiId, EnvironmentId, Notice, Program, Row, RowId};
use crate::schedule::{Instant, State, bounds};
use std::cmp::Reverse;

/// What a badge is about: an API, an environment, or an API in an environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    Api(ApiId),
    Environment(EnvironmentId),
    ApiIn(ApiId, EnvironmentId),
}

/// A row of a notice with its state.
#[derive(Clone, Copy)]
pub struct Outlook<'w> {
    pub notice: &'w Notice,
    pub row_id: &'w RowId,
    pub row: &'w Row,
    pub state: State,
}

/// The lowest counts most.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Urgency {
    Brownout,
    Due,
    /// The soonest first.
    Coming(Instant),
    Undated,
    /// The latest first.
    Passed(Reverse<Option<Instant>>),
    Paused,
}

impl Outlook<'_> {
    /// Nothing comes of what is cancelled.
    fn urgency(&self) -> Option<Urgency> {
        let cutoff = self.row.dates.cutoff.as_ref().map(|date| bounds(date, self.row.zone));
        Some(match self.state {
            State::Cancelled => return None,
            State::Paused => Urgency::Paused,
            State::CutOff => Urgency::Passed(Reverse(cutoff.and_then(|bounds| bounds.latest))),
            State::Due => Urgency::Due,
            State::Brownout => Urgency::Brownout,
            State::Deprecated | State::Announced => {
                let earliest = cutoff.and_then(|bounds| bounds.earliest);
                earliest.map_or(Urgency::Undated, Urgency::Coming)
            }
        })
    }
}

impl Index {
    /// What to know of `subject` on that moment, if anything is announced for it.
    pub fn outlook<'w>(
        &'w self,
        program: &'w Program,
        subject: &Subject,
        on: Instant,
    ) -> Option<Outlook<'w>> {
        let most = |found: &mut dyn Iterator<Item = Outlook<'w>>| {
            let ranked = found.filter_map(|outlook| Some((outlook.urgency()?, outlook)));
            ranked.min_by(|(one, _), (other, _)| one.cmp(other)).map(|(_, outlook)| outlook)
        };
        let (api, environment) = match subject {
            Subject::Api(api) => (api, None),
            Subject::ApiIn(api, environment) => (api, Some(environment)),
            // Rows are fewer than lines.
            Subject::Environment(id) => {
                let rows = program.notices.values().flat_map(|notice| {
                    notice.schedule.rows.iter().map(move |(row_id, row)| (notice, row_id, row))
                });
                let there = rows.filter(|(_, _, row)| row.environment == *id);
                return most(&mut there.map(|(notice, row_id, row)| {
                    let state = crate::schedule::state(notice, row_id, row, None, on);
                    Outlook { notice, row_id, row, state }
                }));
            }
        };
        let query = Query {
            program: Some(program.id.clone()),
            api: Some(api.clone()),
            environment: environment.cloned(),
            ..Query::default()
        };
        most(&mut self.query(&query, on).iter().map(|line| {
            let at = self.line(*line);
            Outlook { notice: at.notice, row_id: at.row_id, row: at.row, state: at.state(on) }
        }))
    }
}
