//! Lines of the table, and states, as the pages word them.

use crate::impact::Located;
use crate::notice::{Date, Span, Titles};
use crate::render::{Language, When};
use crate::schedule::{Instant, State};
use serde::Serialize;

/// A state as a word and as a class of the style sheet.
#[derive(Debug, Serialize)]
pub struct Badge {
    pub name: &'static str,
    pub title: String,
    /// How many rows are in it, where several are told together.
    pub count: Option<usize>,
}

impl Badge {
    pub fn new(state: State, language: &Language<'_>) -> Self {
        let title = language.say(&format!("state-{}", state.as_str()));
        Self { name: state.as_str(), title, count: None }
    }

    /// One badge for each state that occurs, in the order in which a row goes
    /// through them.
    pub fn tally(states: impl Iterator<Item = State>, language: &Language<'_>) -> Vec<Self> {
        let mut counts = [0; State::ALL.len()];
        for state in states {
            counts[state as usize] += 1;
        }
        let counted = State::ALL.into_iter().zip(counts).rev().filter(|(_, count)| *count > 0);
        let badge = |(state, count)| Self { count: Some(count), ..Self::new(state, language) };
        counted.map(badge).collect()
    }
}

/// A dated fact of a line.
#[derive(Debug, Serialize)]
pub struct Dated {
    /// What happens then.
    pub what: String,
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
    /// The page about it.
    pub href: String,
    pub operation: Option<String>,
    pub versions: &'a [String],
}

impl<'a> Block<'a> {
    pub fn all(
        lines: impl Iterator<Item = Located<'a>>,
        on: Instant,
        language: &'a Language<'_>,
    ) -> Vec<Self> {
        let lines: Vec<_> = lines.map(|line| (line, line.state(on))).collect();
        let together = lines.chunk_by(|(one, state), (other, next)| {
            std::ptr::eq(one.row, other.row)
                && one.target.group == other.target.group
                && state == next
        });
        together.filter_map(|lines| Self::new(lines, language)).collect()
    }

    fn new(lines: &[(Located<'a>, State)], language: &'a Language<'_>) -> Option<Self> {
        let (at, state) = lines.first()?;
        let titles = at.program.titles(language.locale());
        let environment = titles.environment(&at.row.environment);
        let stage = at.environment().stage.to_string();
        let says_stage = stage.starts_with(&environment.to_lowercase());
        let words = InWords { at, language };
        Some(Self {
            cutoff: at.row.dates.cutoff.as_ref().map(|date| words.when("cutoff", date)),
            dates: words.dates(),
            state: Badge::new(*state, language),
            environment,
            stage: (!says_stage).then(|| language.say(&format!("stage-{stage}"))),
            urls: at.urls().map(|url| url.as_str()).collect(),
            cohort: at.row.cohort.as_ref().map(|id| titles.cohort(id)),
            program: titles.program(),
            notice: titles.notice(at.notice),
            href: format!("/notices/{}/{}", at.program.id, at.notice.id),
            group: at.target.group.as_ref().map(|id| titles.group(id)),
            apis: lines.iter().map(|(line, _)| ApiView::new(line, titles)).collect(),
        })
    }
}

impl<'a> ApiView<'a> {
    fn new(at: &Located<'a>, titles: Titles<'a>) -> Self {
        let wire = at.target.api.as_str();
        let title = titles.api(&at.target.api);
        Self {
            title,
            wire,
            has_wire: title != wire,
            href: super::api_path(&at.program.id, &at.target.api),
            operation: at.target.operation.as_ref().map(ToString::to_string),
            versions: &at.target.versions,
        }
    }
}

/// Dates of a line in words.
struct InWords<'l, 'a> {
    at: &'l Located<'a>,
    language: &'l Language<'l>,
}

impl InWords<'_, '_> {
    fn when(&self, name: &str, date: &Date) -> When {
        let Located { program, notice, row_id, row, .. } = self.at;
        let date = program.titles(self.language.locale()).date(notice, row_id, name, date);
        When::new(&date, row.zone, &program.settings.shown_zones, self.language)
    }

    fn dates(&self) -> Vec<Dated> {
        let dates = &self.at.row.dates;
        let listed = [
            ("event-deprecation", "deprecation", &dates.deprecation),
            ("table-complete", "complete", &dates.complete),
            ("event-enforced", "enforced", &dates.enforced),
        ];
        // What has always been so is told by the state.
        let is_told = |date: &&Date| !matches!(date.span, Span::InEffect);
        let told = listed.into_iter().filter_map(|(what, name, date)| {
            let when = self.when(name, date.as_ref().filter(is_told)?);
            Some(Dated { what: self.language.say(what), when })
        });
        told.collect()
    }
}
