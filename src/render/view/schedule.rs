//! The schedule as a table: what happens when, and where.

use super::Scope;
use super::amendments::former_dates;
use super::apis::ApiCell;
use super::texts::shown_url;
use crate::notice::{Date, Environment, OptOut, Row, RowId, Stage};
use crate::render::dates::When;
use crate::schedule::{State, bounds, state};
use serde::Serialize;
use std::collections::BTreeMap;

#[derive(Debug, Serialize)]
pub struct ScheduleView<'a> {
    pub text: Option<String>,
    pub rows: Vec<RowView<'a>>,
    /// What the column of dates holds: `Cutoff`, or `Dates` where rows have
    /// several kinds.
    pub dates_title: String,
    pub only_cutoffs: bool,
    pub has_states: bool,
    /// Each state that some row is in, the most final first.
    pub states: Vec<StateCount>,
    /// The zone in which every row's dates begin; absent where rows differ.
    pub zone: Option<&'static str>,
    /// Rows left out because they do not concern the reader.
    pub omitted: usize,
}

#[derive(Debug, Serialize)]
pub struct RowView<'a> {
    pub id: &'a str,
    pub place: &'a str,
    /// `test` or `production`, unless the place's name says so.
    pub stage: Option<String>,
    pub region: Option<&'a str>,
    pub urls: Vec<&'a str>,
    pub apis: ApiCell<'a>,
    pub cohort: Option<&'a str>,
    /// Only where rows differ.
    pub zone: Option<&'static str>,
    pub dates: Vec<DatedFact>,
    pub state: Option<StateView>,
    pub note: Option<String>,
    pub opt_out: Option<OptOutView<'a>>,
}

#[derive(Debug, Serialize)]
pub struct DatedFact {
    /// `cutoff`, as declarations say it.
    pub name: &'static str,
    pub title: String,
    pub when: When,
    /// What an amendment moved it from.
    pub was: Option<When>,
}

#[derive(Debug, Serialize)]
pub struct StateView {
    pub name: &'static str,
    pub title: String,
}

#[derive(Debug, Serialize)]
pub struct StateCount {
    #[serde(flatten)]
    pub state: StateView,
    /// How many rows are in it.
    pub count: usize,
}

#[derive(Debug, Serialize)]
pub struct OptOutView<'a> {
    pub text: String,
    pub url: Option<&'a str>,
    pub by: Option<When>,
}

/// A date worth saying before everything else.
#[derive(Debug, Serialize)]
pub struct KeyDate {
    pub title: String,
    pub when: When,
}

impl<'a> Scope<'a, '_> {
    pub(super) fn schedule(&self) -> ScheduleView<'a> {
        let zone = self.common_zone();
        let rows: Vec<_> = self.rows().map(|(id, row)| self.row(id, row, zone)).collect();
        let only_cutoffs = rows.iter().flat_map(|row| &row.dates).all(|d| d.name == "cutoff");
        ScheduleView {
            text: self.notice.schedule.text.as_ref().map(|text| self.texts().fill(text)),
            dates_title: self.language.say(if only_cutoffs { "date-cutoff" } else { "dates" }),
            only_cutoffs,
            has_states: self.on.is_some(),
            states: self.states(),
            zone,
            omitted: self.notice.schedule.rows.len() - rows.len(),
            rows,
        }
    }

    pub(super) fn row_view(&self, id: &'a RowId, row: &'a Row) -> RowView<'a> {
        self.row(id, row, None)
    }

    fn states(&self) -> Vec<StateCount> {
        let Some(on) = self.on else { return Vec::new() };
        let mut counts: BTreeMap<State, usize> = BTreeMap::new();
        for (id, row) in self.rows() {
            *counts.entry(state(self.notice, id, row, None, on)).or_default() += 1;
        }
        let counted = |(state, count)| StateCount { state: self.shown_state(state), count };
        counts.into_iter().map(counted).collect()
    }

    fn common_zone(&self) -> Option<&'static str> {
        let mut zones = self.rows().map(|(_, row)| row.zone);
        let first = zones.next()?;
        zones.all(|zone| zone == first).then(|| first.name())
    }

    fn row(&self, id: &'a RowId, row: &'a Row, common: Option<&str>) -> RowView<'a> {
        let environment = self.program.catalogue.environments.get(&row.environment);
        let cohort = row.cohort.as_ref().and_then(|id| self.program.catalogue.cohorts.get(id));
        RowView {
            id: id.as_str(),
            place: self.place(row),
            stage: environment.and_then(|environment| self.stage(environment)),
            region: environment.and_then(|environment| environment.region.as_deref()),
            urls: environment.map_or(Vec::new(), |environment| urls(environment, row)),
            apis: self.api_cell(row),
            cohort: cohort.map(|cohort| cohort.title.as_str()),
            zone: common.is_none().then(|| row.zone.name()),
            dates: self.dates(id, row),
            state: self.on.map(|on| self.shown_state(state(self.notice, id, row, None, on))),
            note: row.note.as_ref().map(|note| self.texts().fill(note)),
            opt_out: row.opt_out.as_ref().map(|out| self.opt_out(out, row)),
        }
    }

    fn dates(&self, id: &RowId, row: &Row) -> Vec<DatedFact> {
        let former = former_dates(self.notice, id);
        let fact = |(name, date): (&'static str, Option<&Date>)| {
            date.map(|date| DatedFact {
                name,
                title: self.date_title(name),
                when: self.when(date, row.zone),
                was: former.get(name).map(|was| self.when(was, row.zone)),
            })
        };
        row.dates.named().into_iter().filter_map(fact).collect()
    }

    fn opt_out(&self, out: &'a OptOut, row: &Row) -> OptOutView<'a> {
        OptOutView {
            text: self.texts().fill(&out.text),
            url: out.url.as_ref().map(shown_url),
            by: out.by.as_ref().map(|by| self.when(by, row.zone)),
        }
    }

    /// The first and the last cutoff, or of what there is instead.
    pub(super) fn key_dates(&self) -> Vec<KeyDate> {
        let names = [(1, "cutoff"), (0, "deprecation"), (3, "enforced")];
        let dated = |at: usize| {
            let rows = self.rows();
            let mut dated: Vec<_> =
                rows.filter_map(|(_, row)| Some((row, row.dates.named()[at].1?))).collect();
            dated.sort_by_key(|(row, date)| {
                let earliest = bounds(date, row.zone).earliest;
                (earliest.is_none(), earliest)
            });
            // What has no date yet is not the last one while others have theirs.
            let known = dated.iter().filter(|(r, d)| bounds(d, r.zone).earliest.is_some()).count();
            dated.truncate(if known == 0 { dated.len() } else { known });
            dated
        };
        let Some((word, dated)) =
            names.into_iter().map(|(at, word)| (word, dated(at))).find(|(_, d)| !d.is_empty())
        else {
            return Vec::new();
        };
        let key =
            |title, (row, date): &(&Row, &Date)| KeyDate { title, when: self.when(date, row.zone) };
        let (first, last) = (&dated[0], &dated[dated.len() - 1]);
        // The same time of day by other clocks is another moment.
        if self.when(first.1, first.0.zone) == self.when(last.1, last.0.zone) {
            return vec![key(self.language.say(&format!("key-{word}")), first)];
        }
        let title = |which, (row, _): &(&'a Row, &Date)| {
            let place = self.place_among(row);
            let place = [("place", (&place).into())];
            self.language.say_with(&format!("{which}-{word}"), &place)
        };
        vec![key(title("first", first), first), key(title("last", last), last)]
    }

    /// A dated fact of a row, as its column or line is titled.
    pub(super) fn date_title(&self, name: &str) -> String {
        self.language.say(&format!("date-{name}"))
    }

    fn shown_state(&self, state: State) -> StateView {
        let title = self.language.say(&format!("state-{}", state.as_str()));
        StateView { name: state.as_str(), title }
    }

    /// Said where the environment's title does not say it.
    fn stage(&self, environment: &Environment) -> Option<String> {
        let says_so = match environment.stage {
            Stage::Test => "test",
            Stage::Production => "prod",
        };
        let title = environment.title.to_lowercase();
        let stage = self.language.say(&format!("stage-{}", environment.stage));
        let is_said = title.contains(says_so) || title.contains(&stage.to_lowercase());
        (!is_said).then_some(stage)
    }
}

fn urls<'a>(environment: &'a Environment, row: &Row) -> Vec<&'a str> {
    row.urls.iter().filter_map(|id| environment.urls.get(id)).map(shown_url).collect()
}
