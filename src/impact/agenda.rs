//! The milestones of all notices in one order, and questions to them.

use super::found::Lines;
use super::index::Index;
use super::line::ShownDate;
use crate::notice::{
    EnvironmentId, Length, Notice, NoticeId, NoticePath, Program, ProgramId, Workspace,
};
use crate::schedule::{Instant, Milestone, milestones, plus};
use chrono::SecondsFormat;
use serde::Serialize;
use std::collections::HashMap;
use utoipa::ToSchema;

/// Where a milestone stands: the program, the notice, and its place among the
/// notice's own milestones. The milestone itself is worked out when it is shown.
#[derive(Debug, Clone, Copy)]
pub(super) struct Place {
    program: u32,
    notice: u32,
    nth: u32,
    pub(super) earliest: Option<Instant>,
    latest: Option<Instant>,
}

/// Every condition given must hold.
#[derive(Debug, Clone, Default)]
pub struct AgendaQuery {
    pub program: Option<ProgramId>,
    pub notice: Option<NoticeId>,
    /// Milestones of this environment's rows and brownouts.
    pub environment: Option<EnvironmentId>,
    /// What has certainly passed before this moment is left out.
    pub from: Option<Instant>,
    /// What cannot happen before this moment is left out, and so is what has
    /// no date yet.
    pub until: Option<Instant>,
    /// Only what may happen between the moment asked about and this much later.
    pub within: Option<Length>,
}

/// A dated event of a notice, with the bounds between which it lies.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct ScheduledMilestone {
    #[schema(example = "usps-web-tools")]
    pub program: String,
    #[schema(example = "tls-1.2")]
    pub notice: String,
    pub title: String,
    /// `announced`, `deprecation`, `endpoint-opens`, `brownout`, `cutoff`,
    /// `complete`, `enforced` or `endpoint-closes`.
    #[schema(example = "cutoff")]
    pub kind: &'static str,
    /// The row of the notice's schedule it belongs to.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "prod-secure")]
    pub row: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub brownout: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub test_endpoint: Option<String>,
    /// The environments it touches; none when it concerns the notice as a whole.
    #[schema(example = json!(["prod"]))]
    pub environments: Vec<String>,
    /// IANA name of the zone in which the date begins.
    #[schema(example = "America/New_York")]
    pub zone: String,
    pub date: ShownDate,
}

fn number(n: usize) -> u32 {
    u32::try_from(n).expect("a workspace has fewer than 2^32 of anything")
}

/// The places of each notice, by their numbers.
pub(super) fn by_notice(agenda: &[Place]) -> HashMap<(u32, u32), Vec<u32>> {
    let mut by: HashMap<_, Vec<u32>> = HashMap::new();
    for (nth, place) in (0..).zip(agenda) {
        by.entry((place.program, place.notice)).or_default().push(nth);
    }
    by
}

impl Place {
    pub(super) fn all(workspace: &Workspace) -> Vec<Self> {
        let mut all = Vec::new();
        for (p, program) in workspace.programs.values().enumerate() {
            for (n, notice) in program.notices.values().enumerate() {
                let listed = milestones(notice, program.settings.zone);
                all.extend(listed.iter().enumerate().map(|(nth, milestone)| Self {
                    program: number(p),
                    notice: number(n),
                    nth: number(nth),
                    earliest: milestone.bounds.earliest,
                    latest: milestone.bounds.latest,
                }));
            }
        }
        all.sort_by_key(|place| (place.earliest.is_none(), place.earliest));
        all
    }

    fn in_time(&self, query: &AgendaQuery, on: Instant) -> bool {
        let not_over = |from: Instant| self.latest.is_none_or(|latest| latest >= from);
        let begun_by = |until: Instant| self.earliest.is_some_and(|earliest| earliest < until);
        query.from.is_none_or(not_over)
            && query.until.is_none_or(begun_by)
            && query.within.is_none_or(|within| self.may_fall_within(within, on))
    }

    /// As the table has it for cutoffs.
    fn may_fall_within(&self, within: Length, on: Instant) -> bool {
        let end = plus(on, within, 1, chrono_tz::UTC);
        self.earliest.is_some_and(|earliest| end.is_none_or(|end| earliest <= end))
            && self.latest.is_none_or(|latest| latest >= on)
    }
}

impl AgendaQuery {
    /// All milestones of one notice.
    pub fn of(path: &NoticePath) -> Self {
        let NoticePath { program, notice } = path.clone();
        Self { program: Some(program), notice: Some(notice), ..Self::default() }
    }

    /// The conditions given, in normal form.
    pub fn pairs(&self) -> Vec<(&'static str, String)> {
        let instant = |at: Instant| at.to_rfc3339_opts(SecondsFormat::AutoSi, true);
        let values = [
            ("program", self.program.as_ref().map(ToString::to_string)),
            ("notice", self.notice.as_ref().map(ToString::to_string)),
            ("environment", self.environment.as_ref().map(ToString::to_string)),
            ("from", self.from.map(instant)),
            ("until", self.until.map(instant)),
            ("within", self.within.map(|within| within.to_string())),
        ];
        values.into_iter().filter_map(|(name, value)| value.map(|v| (name, v))).collect()
    }
}

impl Index {
    /// The numbers of the milestones that answer `query` at `on`, in order of time.
    pub fn agenda(&self, query: &AgendaQuery, on: Instant) -> Lines {
        let notice = query.program.as_ref().zip(query.notice.as_ref());
        let numbers = notice.and_then(|(program, notice)| self.agenda_of(program, notice));
        if let Some(numbers) = numbers {
            return self.agenda_among(query, on, numbers.iter().copied());
        }
        let among_all = || self.agenda_among(query, on, 0..self.agenda.len() as u32);
        // A stretch that begins now is never asked about again.
        match (query.from, query.until, query.within) {
            (None, None, None) => self.found.or_find(format!("agenda {query:?}"), among_all),
            _ => among_all(),
        }
    }

    /// The milestones of a notice, by their numbers.
    fn agenda_of(&self, program: &ProgramId, notice: &NoticeId) -> Option<&Vec<u32>> {
        let (p, _, found) = self.workspace().programs.get_full(program)?;
        let n = found.notices.get_index_of(notice)?;
        self.agenda_by_notice.get(&(number(p), number(n)))
    }

    fn agenda_among(
        &self,
        query: &AgendaQuery,
        on: Instant,
        numbers: impl Iterator<Item = u32>,
    ) -> Lines {
        let holds = |number: &u32| {
            let place = &self.agenda[*number as usize];
            let (program, notice) = self.at(place);
            place.in_time(query, on)
                && query.program.as_ref().is_none_or(|id| program.id == *id)
                && query.notice.as_ref().is_none_or(|id| notice.id == *id)
                && query.environment.as_ref().is_none_or(|id| {
                    let listed = milestones(notice, program.settings.zone);
                    environments(notice, &listed[place.nth as usize]).any(|found| found == id)
                })
        };
        numbers.filter(holds).collect()
    }

    /// One milestone as readers get it.
    pub fn milestone(&self, number: u32) -> ScheduledMilestone {
        let place = &self.agenda[number as usize];
        let (program, notice) = self.at(place);
        let listed = milestones(notice, program.settings.zone);
        let milestone = &listed[place.nth as usize];
        let mut touched: Vec<_> =
            environments(notice, milestone).map(ToString::to_string).collect();
        touched.dedup();
        ScheduledMilestone {
            program: program.id.to_string(),
            notice: notice.id.to_string(),
            title: notice.title.clone(),
            kind: milestone.kind.as_str(),
            row: milestone.row.map(ToString::to_string),
            brownout: milestone.brownout.map(ToString::to_string),
            test_endpoint: milestone.endpoint.map(ToString::to_string),
            environments: touched,
            zone: milestone.zone.name().to_owned(),
            date: ShownDate::new(milestone.date, milestone.zone),
        }
    }

    fn at(&self, place: &Place) -> (&Program, &Notice) {
        const BUILT: &str = "places are worked out from this workspace, which never changes";
        let programs = &self.workspace().programs;
        let (_, program) = programs.get_index(place.program as usize).expect(BUILT);
        let (_, notice) = program.notices.get_index(place.notice as usize).expect(BUILT);
        (program, notice)
    }
}

fn environments<'n>(
    notice: &'n Notice,
    milestone: &Milestone<'n>,
) -> impl Iterator<Item = &'n EnvironmentId> + use<'n> {
    let struck = milestone.brownout.and_then(|id| notice.schedule.brownouts.get(id));
    let rows = milestone.row.into_iter().chain(struck.into_iter().flat_map(|b| &b.rows));
    rows.filter_map(|id| notice.schedule.rows.get(id)).map(|row| &row.environment)
}
