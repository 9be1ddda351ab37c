//! Lines of the table, and states, as the pages word them.

use crate::impact::Located;
use crate::notice::{Date, Span};
use crate::render::When;
use crate::schedule::{Instant, State};
use serde::Serialize;

/// A state as a word and as a class of the style sheet.
#[derive(Debug, Serialize)]
pub struct Badge {
    pub name: &'static str,
    pub title: &'static str,
    /// How many rows are in it, where several are told together.
    pub count: Option<usize>,
}

impl Badge {
    pub fn new(state: State) -> Self {
        Self { name: state.as_str(), title: state.title(), count: None }
    }

    /// One badge for each state that occurs, in the order in which a row goes
    /// through them.
    pub fn tally(states: impl Iterator<Item = State>) -> Vec<Self> {
        let mut counts = [0; State::ALL.len()];
        for state in states {
            counts[state as usize] += 1;
        }
        let counted = State::ALL.into_iter().zip(counts).rev().filter(|(_, count)| *count > 0);
        counted.map(|(state, count)| Self { count: Some(count), ..Self::new(state) }).collect()
    }
}

/// A dated fact of a line.
#[derive(Debug, Serialize)]
pub struct Dated {
    /// What happens then.
    pub what: &'static str,
    pub when: When,
}

/// Lines that follow each other and differ in their API alone, told together:
/// a row of a notice, as its office would write it.
#[derive(Debug, Serialize)]
pub struct Block<'a> {
    /// The cutoff first, for that is what the table is about.
    pub cutoff: Option<When>,
    pub dates: Vec<Dated>,
    pub state: Badge,
    pub environment: &'a str,
    /// Said where the environment's title does not already say it.
    pub stage: Option<String>,
    pub urls: Vec<&'a str>,
    pub cohort: Option<&'a str>,
    pub program: &'a str,
    pub notice: &'a str,
    pub href: String,
    /// The group through which the row names its APIs.
    pub group: Option<&'a str>,
    pub apis: Vec<ApiView<'a>>,
}

#[derive(Debug, Serialize)]
pub struct ApiView<'a> {
    pub title: &'a str,
    pub wire: &'a str,
    /// Whether the wire name says more than the title.
    pub has_wire: bool,
    pub operation: Option<String>,
    pub versions: &'a [String],
}

impl<'a> Block<'a> {
    pub fn all(lines: impl Iterator<Item = Located<'a>>, on: Instant) -> Vec<Self> {
        let lines: Vec<_> = lines.map(|line| (line, line.state(on))).collect();
        let together = lines.chunk_by(|(one, state), (other, next)| {
            std::ptr::eq(one.row, other.row)
                && one.target.group == other.target.group
                && state == next
        });
        together.filter_map(Self::new).collect()
    }

    fn new(lines: &[(Located<'a>, State)]) -> Option<Self> {
        let (at, state) = lines.first()?;
        let catalogue = &at.program.catalogue;
        let environment = at.environment();
        let stage = environment.stage.to_string();
        let says_stage = stage.starts_with(&environment.title.to_lowercase());
        let group = at.target.group.as_ref();
        let cohort = at.row.cohort.as_ref();
        Some(Self {
            cutoff: at.row.dates.cutoff.as_ref().map(|date| at.when(date)),
            dates: at.dates(),
            state: Badge::new(*state),
            environment: &environment.title,
            stage: (!says_stage).then_some(stage),
            urls: at.urls().map(|url| url.as_str()).collect(),
            cohort: cohort.and_then(|id| Some(catalogue.cohorts.get(id)?.title.as_str())),
            program: &at.program.settings.title,
            notice: &at.notice.title,
            href: format!("/notices/{}/{}", at.program.id, at.notice.id),
            group: group.and_then(|id| Some(catalogue.groups.get(id)?.title.as_str())),
            apis: lines.iter().map(|(line, _)| ApiView::new(line)).collect(),
        })
    }
}

impl<'a> ApiView<'a> {
    fn new(at: &Located<'a>) -> Self {
        let wire = at.target.api.as_str();
        let known = at.program.catalogue.apis.get(&at.target.api);
        let title = known.map_or(wire, |api| api.title.as_str());
        Self {
            title,
            wire,
            has_wire: title != wire,
            operation: at.target.operation.as_ref().map(ToString::to_string),
            versions: &at.target.versions,
        }
    }
}

/// Dates of a line in words.
trait InWords {
    fn when(&self, date: &Date) -> When;
    fn dates(&self) -> Vec<Dated>;
}

impl InWords for Located<'_> {
    fn when(&self, date: &Date) -> When {
        When::new(date, self.row.zone, &self.program.settings.shown_zones)
    }

    fn dates(&self) -> Vec<Dated> {
        let dates = &self.row.dates;
        let listed = [
            ("Deprecated", &dates.deprecation),
            ("Complete", &dates.complete),
            ("Enforced", &dates.enforced),
        ];
        let told = listed.into_iter().filter_map(|(what, date)| Some((what, date.as_ref()?)));
        // What has always been so is told by the state.
        let told = told.filter(|(_, date)| !matches!(date.span, Span::InEffect));
        told.map(|(what, date)| Dated { what, when: self.when(date) }).collect()
    }
}
