//! Questions to the table.

use super::course::Cutoff;
use super::found::Lines;
use super::index::{Index, Located};
use crate::notice::{ApiId, EnvironmentId, GroupId, HttpUrl, Length, NoticeId, ProgramId};
use crate::schedule::{Instant, State, plus};
use std::str::FromStr;

/// Every condition given must hold; an empty query asks for the whole table.
#[derive(Debug, Clone, Default)]
pub struct Query {
    pub program: Option<ProgramId>,
    pub notice: Option<NoticeId>,
    pub api: Option<ApiId>,
    pub environment: Option<EnvironmentId>,
    pub group: Option<GroupId>,
    /// Any of these; all when empty.
    pub states: Vec<State>,
    pub url: Option<AskedUrl>,
    /// Only cutoffs that may fall between the moment asked about and this much later.
    pub within: Option<Length>,
    pub sort: Sort,
}

/// A host, or a URL whose host and path a row's URL must share.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskedUrl {
    Host(String),
    Url(HttpUrl),
}

impl FromStr for AskedUrl {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        if text.contains("://") {
            return text
                .parse()
                .map(Self::Url)
                .map_err(|bad: crate::notice::BadUrl| bad.to_string());
        }
        // Parsed as part of a URL, so that a host is normalised the same way.
        let url: HttpUrl = format!("https://{text}")
            .parse()
            .map_err(|_| format!("`{text}` is neither a host nor a URL"))?;
        Ok(if url.path() == "/" { Self::Host(url.host().to_owned()) } else { Self::Url(url) })
    }
}

impl AskedUrl {
    pub(super) fn host(&self) -> &str {
        match self {
            Self::Host(host) => host,
            Self::Url(url) => url.host(),
        }
    }

    fn matches(&self, declared: &HttpUrl) -> bool {
        match self {
            Self::Host(host) => declared.host() == host,
            Self::Url(url) => {
                let below = declared.path().trim_end_matches('/');
                declared.host() == url.host()
                    && declared.port() == url.port()
                    && url.path().strip_prefix(below).is_some_and(|rest| {
                        rest.is_empty() || rest.starts_with('/') || rest.starts_with('?')
                    })
            }
        }
    }
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Sort {
    /// The table's own order.
    #[default]
    Cutoff,
    Api,
    Environment,
    Notice,
    Program,
    State,
}

impl Sort {
    pub const ALL: [Self; 6] =
        [Self::Cutoff, Self::Api, Self::Environment, Self::Notice, Self::Program, Self::State];

    pub fn as_str(self) -> &'static str {
        match self {
            Self::Cutoff => "cutoff",
            Self::Api => "api",
            Self::Environment => "environment",
            Self::Notice => "notice",
            Self::Program => "program",
            Self::State => "state",
        }
    }
}

impl FromStr for Sort {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|sort| sort.as_str() == text).ok_or_else(|| {
            let all: Vec<_> = Self::ALL.iter().map(|sort| sort.as_str()).collect();
            format!("`{text}` is not an order: write one of {}", all.join(", "))
        })
    }
}

impl Index {
    /// The numbers of the lines that answer `query` at `on`, in its order.
    pub fn query(&self, query: &Query, on: Instant) -> Lines {
        let (candidates, narrowed_by) = self.narrowest(query);
        if query.sort == Sort::Cutoff && query.asks_nothing_but(narrowed_by) {
            return candidates;
        }
        if candidates.len() <= FEW_LINES {
            return self.find(query, on, &candidates);
        }
        // The moment counts where the clock has a say.
        let is_timed =
            !query.states.is_empty() || query.within.is_some() || query.sort == Sort::State;
        let key = format!("{query:?} {:?}", is_timed.then_some(on));
        self.found.or_find(key, || self.find(query, on, &candidates))
    }

    fn find(&self, query: &Query, on: Instant, candidates: &[u32]) -> Lines {
        let (columns, until) = (&self.columns, query.until(on));
        // A name that no line has is no line's.
        let program = query.program.as_ref().map(|id| columns.program(id));
        let environment = query.environment.as_ref().map(|id| columns.environment(id));
        let group = query.group.as_ref().map(|id| columns.group(id));
        let holds = |line: &u32| {
            let cells = columns.cells(*line);
            program.is_none_or(|asked| asked == Some(cells.program))
                && environment.is_none_or(|asked| asked == Some(cells.environment))
                && group.is_none_or(|asked| asked == Some(cells.group))
                && until.is_none_or(|until| in_time(columns.cutoff(*line), on, until))
                && (query.states.is_empty() || query.states.contains(&self.state(*line, on)))
                && (!query.has_names() || query.holds(&self.line(*line)))
        };
        let mut lines: Vec<u32> = candidates.iter().copied().filter(holds).collect();
        match query.sort {
            Sort::Cutoff => {}
            Sort::Api => lines.sort_by_key(|line| columns.cells(*line).api),
            Sort::Environment => lines.sort_by_key(|line| columns.cells(*line).environment),
            Sort::Notice => lines.sort_by_key(|line| columns.cells(*line).notice),
            Sort::Program => lines.sort_by_key(|line| columns.cells(*line).program),
            Sort::State => lines.sort_by_key(|line| self.state(*line, on)),
        }
        lines.into()
    }

    /// The shortest list that holds every answer, and the condition it meets.
    fn narrowest(&self, query: &Query) -> (Lines, Option<&'static str>) {
        let lists = [
            query.program.as_ref().map(|id| (self.of_program(id), "program")),
            query.notice.as_ref().map(|id| (self.of_notice(id), "notice")),
            query.api.as_ref().map(|id| (self.of_api(id), "api")),
            query.environment.as_ref().map(|id| (self.of_environment(id), "environment")),
            query.group.as_ref().map(|id| (self.of_group(id), "group")),
            query.url.as_ref().map(|url| {
                // A host has exactly these lines; a URL, some of them.
                let name = if matches!(url, AskedUrl::Host(_)) { "url" } else { "" };
                (self.of_host(url.host()), name)
            }),
        ];
        let narrowest = lists.into_iter().flatten().min_by_key(|(lines, _)| lines.len());
        match narrowest {
            Some((lines, name)) => (lines.clone(), Some(name)),
            None => (self.all().clone(), None),
        }
    }
}

/// So few lines are found faster than they are kept.
const FEW_LINES: usize = 500;

impl Query {
    /// The end of the stretch asked about: an outer `None` asks about none, an
    /// inner one has no end in the calendar.
    pub fn until(&self, on: Instant) -> Option<Option<Instant>> {
        self.within.map(|within| plus(on, within, 1, chrono_tz::UTC))
    }

    /// Whether nothing else is asked than that one condition holds.
    fn asks_nothing_but(&self, condition: Option<&'static str>) -> bool {
        let asked = [
            ("program", self.program.is_some()),
            ("notice", self.notice.is_some()),
            ("api", self.api.is_some()),
            ("environment", self.environment.is_some()),
            ("group", self.group.is_some()),
            ("url", self.url.is_some()),
            ("state", !self.states.is_empty()),
            ("within", self.within.is_some()),
        ];
        asked.iter().all(|(name, is_asked)| !is_asked || Some(*name) == condition)
    }

    /// Whether anything is asked that a line's numbers do not tell.
    fn has_names(&self) -> bool {
        self.notice.is_some() || self.api.is_some() || self.url.is_some()
    }

    fn holds(&self, at: &Located<'_>) -> bool {
        let is = |wanted: Option<bool>| wanted.unwrap_or(true);
        is(self.notice.as_ref().map(|id| at.notice.id == *id))
            && is(self.api.as_ref().map(|id| at.target.api == *id))
            && is(self.url.as_ref().map(|url| at.urls().any(|declared| url.matches(declared))))
    }
}

/// Whether the cutoff may fall in the stretch asked about.
fn in_time(cutoff: Option<Cutoff>, on: Instant, until: Option<Instant>) -> bool {
    let Some(cutoff) = cutoff else { return false };
    let (on, until) = (on.timestamp_micros(), until.map(|until| until.timestamp_micros()));
    cutoff.earliest.is_some_and(|earliest| until.is_none_or(|until| earliest <= until))
        && cutoff.latest.is_none_or(|latest| latest >= on)
}
