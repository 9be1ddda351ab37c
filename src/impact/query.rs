//! Questions to the table.

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
    pub fn query(&self, query: &Query, on: Instant) -> Vec<u32> {
        let until = query.until(on);
        let holds = |line: &u32| {
            let at = self.line(*line);
            query.holds(&at) && in_time(&at, on, until) && query.holds_state(&at, on)
        };
        let mut lines: Vec<u32> = match self.narrowest(query) {
            Some(lines) => lines.iter().copied().filter(holds).collect(),
            None => (0..self.len() as u32).filter(holds).collect(),
        };
        self.sort(&mut lines, query.sort, on);
        lines
    }

    /// The shortest list that holds every answer.
    fn narrowest(&self, query: &Query) -> Option<&[u32]> {
        let lists = [
            query.program.as_ref().map(|id| self.of_program(id)),
            query.notice.as_ref().map(|id| self.of_notice(id)),
            query.api.as_ref().map(|id| self.of_api(id)),
            query.url.as_ref().map(|url| self.of_host(url.host())),
        ];
        lists.into_iter().flatten().min_by_key(|lines| lines.len())
    }

    fn sort(&self, lines: &mut [u32], sort: Sort, on: Instant) {
        match sort {
            Sort::Cutoff => {}
            Sort::Api => {
                lines.sort_by_cached_key(|l| self.line(*l).target.api.as_str().to_lowercase())
            }
            Sort::Environment => lines.sort_by_key(|l| &self.line(*l).row.environment),
            Sort::Notice => lines.sort_by_key(|l| {
                let at = self.line(*l);
                (&at.notice.title, &at.program.id, &at.notice.id)
            }),
            Sort::Program => lines.sort_by_key(|l| &self.line(*l).program.id),
            Sort::State => lines.sort_by_cached_key(|l| self.line(*l).state(on)),
        }
    }
}

impl Query {
    /// The end of the stretch asked about: an outer `None` asks about none, an
    /// inner one has no end in the calendar.
    pub fn until(&self, on: Instant) -> Option<Option<Instant>> {
        self.within.map(|within| plus(on, within, 1, chrono_tz::UTC))
    }

    fn holds(&self, at: &Located<'_>) -> bool {
        let is = |wanted: Option<bool>| wanted.unwrap_or(true);
        is(self.program.as_ref().map(|id| at.program.id == *id))
            && is(self.notice.as_ref().map(|id| at.notice.id == *id))
            && is(self.api.as_ref().map(|id| at.target.api == *id))
            && is(self.environment.as_ref().map(|id| at.row.environment == *id))
            && is(self.group.as_ref().map(|id| at.target.group.as_ref() == Some(id)))
            && is(self.url.as_ref().map(|url| at.urls().any(|declared| url.matches(declared))))
    }

    fn holds_state(&self, at: &Located<'_>, on: Instant) -> bool {
        self.states.is_empty() || self.states.contains(&at.state(on))
    }
}

/// Whether the cutoff may fall in the stretch asked about.
fn in_time(at: &Located<'_>, on: Instant, until: Option<Option<Instant>>) -> bool {
    let Some(until) = until else { return true };
    let Some(cutoff) = &at.row.dates.cutoff else { return false };
    let bounds = crate::schedule::bounds(cutoff, at.row.zone);
    bounds.earliest.is_some_and(|earliest| until.is_none_or(|until| earliest <= until))
        && bounds.latest.is_none_or(|latest| latest >= on)
}
