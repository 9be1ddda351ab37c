//! The moments of a notice that are worth stopping at.

use crate::notice::{Amendment, Date, Notice, Point, Program, RowId, Span};
use crate::render::{Language, When};
use crate::schedule::{Days, Instant, Milestone, MilestoneKind, Occurrences, bounds, milestones};
use chrono::{NaiveDate, NaiveTime, Offset};
use std::collections::BTreeMap;

/// More marks than this cannot be told apart, and nobody clicks through them.
const MAX_MARKS: usize = 200;

/// What happens at a moment, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mark {
    pub at: Instant,
    /// As the office's clocks show it.
    pub day: NaiveDate,
    pub time: NaiveTime,
    pub what: String,
    /// The declared date, in words.
    pub when: String,
    /// Each place once, in the schedule's order.
    pub places: Vec<String>,
}

/// In order of time; what happens at once is told together.
pub fn marks(
    program: &Program,
    notice: &Notice,
    days: &Days,
    language: &Language<'_>,
) -> Vec<Mark> {
    let mut told: BTreeMap<(Instant, String), (String, Vec<String>)> = BTreeMap::new();
    let mut tell = |at: Option<Instant>, what: &str, when: &When, place: Option<String>| {
        let Some(at) = at.filter(|at| *at > Instant::MIN_UTC) else { return };
        let new = || (when.full.clone(), Vec::new());
        let (_, places) = told.entry((at, what.to_owned())).or_insert_with(new);
        places.extend(place.filter(|place| !places.contains(place)));
    };
    let zone = program.settings.zone;
    for milestone in milestones(notice, zone) {
        let when = When::new(milestone.date, milestone.zone, &[], language);
        let what = title(milestone.kind);
        let end = end(notice, &milestone);
        for place in places(program, notice, &milestone) {
            tell(milestone.bounds.earliest, what, &when, place.clone());
            let (end, said) = end;
            let when = match (end, milestone.kind) {
                (Some(end), MilestoneKind::Brownout) => moment(end, &milestone, language),
                _ => when.clone(),
            };
            tell(end, &format!("{what}, {said}"), &when, place);
        }
    }
    for amendment in &notice.amendments {
        let when = When::new(&amendment.date, zone, &[], language);
        let at = bounds(&amendment.date, zone).earliest;
        for place in amended_places(program, notice, amendment) {
            tell(at, amendment.kind.as_str(), &when, place);
        }
    }
    let mark = |((at, what), (when, places))| {
        let (day, time) = days.wall(at);
        Mark { at, day, time, what: capitalised(what), when, places }
    };
    told.into_iter().map(mark).take(MAX_MARKS).collect()
}

/// When what has begun is over: a vague date has certainly come, a brownout
/// struck for the last time.
fn end(notice: &Notice, milestone: &Milestone<'_>) -> (Option<Instant>, &'static str) {
    let brownout = milestone.brownout.and_then(|id| notice.schedule.brownouts.get(id));
    match brownout {
        Some(brownout) => {
            (Occurrences::new(brownout, milestone.zone).last().map(|(_, end)| end), "over")
        }
        None if milestone.bounds.is_exact() => (None, ""),
        None => (milestone.bounds.latest, "at the latest"),
    }
}

/// The end of the last brownout was declared as a length or a rhythm: it is told
/// as a date of its own.
fn moment(at: Instant, milestone: &Milestone<'_>, language: &Language<'_>) -> When {
    let local = at.with_timezone(&milestone.zone);
    let offset = Some(local.offset().fix());
    let date = Date::from(Span::At(Point::Instant { at: local.naive_local(), offset }));
    When::new(&date, milestone.zone, &[], language)
}

/// At least one entry; `None` stands for no place in particular.
fn places(program: &Program, notice: &Notice, milestone: &Milestone<'_>) -> Vec<Option<String>> {
    if let Some(endpoint) = milestone.endpoint.and_then(|id| notice.test_endpoints.get(id)) {
        return vec![Some(endpoint.url.to_string())];
    }
    let brownout = milestone.brownout.and_then(|id| notice.schedule.brownouts.get(id));
    let rows =
        brownout.map_or_else(|| milestone.row.into_iter().collect(), |b| b.rows.iter().collect());
    titles(program, notice, rows)
}

fn amended_places(
    program: &Program,
    notice: &Notice,
    amendment: &Amendment,
) -> Vec<Option<String>> {
    titles(program, notice, amendment.rows.iter().collect())
}

fn titles(program: &Program, notice: &Notice, rows: Vec<&RowId>) -> Vec<Option<String>> {
    if rows.is_empty() {
        return vec![None];
    }
    let title = |id: &RowId| {
        let row = notice.schedule.rows.get(id)?;
        Some(program.catalogue.environments.get(&row.environment)?.title.clone())
    };
    rows.into_iter().map(title).collect()
}

fn title(kind: MilestoneKind) -> &'static str {
    match kind {
        MilestoneKind::Announced => "announced",
        MilestoneKind::Deprecation => "deprecated",
        MilestoneKind::EndpointOpens => "test endpoint opens",
        MilestoneKind::Brownout => "brownout",
        MilestoneKind::Cutoff => "cutoff",
        MilestoneKind::Complete => "complete",
        MilestoneKind::Enforced => "enforced",
        MilestoneKind::EndpointCloses => "test endpoint closes",
    }
}

fn capitalised(text: String) -> String {
    let mut chars = text.chars();
    chars.next().map_or(String::new(), |first| first.to_uppercase().chain(chars).collect())
}
