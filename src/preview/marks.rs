//! The moments of a notice that are worth stopping at.

use crate::notice::{Amendment, Date, Notice, Point, Program, RowId, Span};
use crate::render::{Language, When};
use crate::schedule::{Days, Instant, Milestone, MilestoneKind, Occurrences, bounds, milestones};
use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
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
    /// The date in words.
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
        let (end, said) = end(notice, &milestone);
        // A brownout's date is its beginning; when it is over has a time of its own.
        let over = match end.filter(|_| milestone.brownout.is_some()) {
            Some(end) => {
                When::new(&on_the_clocks(end, milestone.zone), milestone.zone, &[], language)
            }
            None => when.clone(),
        };
        for place in places(program, notice, &milestone) {
            tell(milestone.bounds.earliest, what, &when, place.clone());
            tell(end, &format!("{what}, {said}"), &over, place);
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

fn on_the_clocks(at: Instant, zone: Tz) -> Date {
    let at = at.with_timezone(&zone).naive_local();
    Span::At(Point::Instant { at, offset: None }).into()
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
