//! `/office/notices`: every notice, where it stands, and the ways to find one.

use super::holds::in_force;
use super::{acting, notice_href, page};
use crate::impact::BadFilter;
use crate::notice::{Actor, Notice, OfficeScope, Program};
use crate::render::Language;
use crate::schedule::{Instant, State, bounds, state};
use crate::store::{Hold, StoredOccasion};
use crate::web::pages::Badge;
use crate::web::paging::address;
use crate::web::parameters::Parameters;
use crate::web::preview::desk::Choice;
use crate::web::problem::ApiError;
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;
use actix_web::http::StatusCode;
use actix_web::web::{Data, ReqData};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;
use std::collections::HashMap;

const TEMPLATE: &str = "page/office/notices.html";
const PATH: &str = "/office/notices";
const ON_A_PAGE: usize = 50;

/// How a notice stands, as it is asked for.
const STANDINGS: [(&str, &str); 4] = [
    ("announced", "Announced"),
    ("begun", "Begun as a canary"),
    ("unannounced", "Not announced"),
    ("held", "Held"),
];

#[derive(Serialize)]
struct NoticesPage {
    filters: Filters,
    notices: Vec<Entry>,
    total: usize,
    first: usize,
    last: usize,
    previous: Option<String>,
    next: Option<String>,
}

#[derive(Serialize)]
struct Filters {
    q: String,
    programs: Vec<Choice>,
    states: Vec<Choice>,
    standings: Vec<Choice>,
    is_any: bool,
}

#[derive(Serialize)]
struct Entry {
    href: String,
    title: String,
    program: String,
    kind: String,
    states: Vec<Badge>,
    /// The next day on which something is cut off.
    cutoff: Option<String>,
    /// A name of `STANDINGS`.
    standing: &'static str,
    announced: Option<String>,
    written: i64,
    is_held: bool,
}

/// What was asked for; what is left out is anything.
#[derive(Default)]
struct Asked {
    q: Option<String>,
    program: Option<String>,
    state: Option<State>,
    standing: Option<&'static str>,
    page: usize,
}

impl Asked {
    fn read(query: &str) -> Result<Self, ApiError> {
        let mut parameters = Parameters::read(query)?;
        parameters.drop_empty();
        let standing: Option<String> = parameters.take("standing");
        let state: Option<String> = parameters.take("state");
        let known = |name: &str| STANDINGS.iter().map(|(known, _)| *known).find(|k| *k == name);
        let as_state = |name: &str| State::ALL.into_iter().find(|state| state.as_str() == name);
        let mut asked = Self {
            q: parameters.take("q"),
            program: parameters.take("program"),
            page: parameters.take("page").unwrap_or(1).clamp(1, 100_000),
            ..Self::default()
        };
        if let Some(name) = &standing {
            asked.standing = known(name);
            if asked.standing.is_none() {
                parameters.refuse(BadFilter::new("standing", "there is no such standing"));
            }
        }
        if let Some(name) = &state {
            asked.state = as_state(name);
            if asked.state.is_none() {
                parameters.refuse(BadFilter::new("state", "there is no such state"));
            }
        }
        parameters.finish()?;
        Ok(asked)
    }

    fn address(&self, page: usize) -> String {
        let page = page.to_string();
        let given = [
            ("q", self.q.as_deref()),
            ("program", self.program.as_deref()),
            ("state", self.state.map(State::as_str)),
            ("standing", self.standing),
            ("page", Some(page.as_str())),
        ];
        let given = given.into_iter().filter_map(|(name, value)| Some((name, value?)));
        address(PATH, &given.collect::<Vec<_>>())
    }

    fn filters(&self, snapshot: &Snapshot, language: &Language<'_>) -> Filters {
        let choice = |value: &str, title: String, chosen: Option<&str>| Choice {
            value: value.to_owned(),
            title,
            is_chosen: chosen == Some(value),
        };
        let programs = snapshot.index.workspace().programs.values();
        let state = |state: State| {
            let title = language.say(&format!("state-{}", state.as_str()));
            choice(state.as_str(), title, self.state.map(State::as_str))
        };
        Filters {
            q: self.q.clone().unwrap_or_default(),
            programs: programs
                .map(|program| {
                    let title = program.settings.title.clone();
                    choice(program.id.as_str(), title, self.program.as_deref())
                })
                .collect(),
            states: State::ALL.into_iter().rev().map(state).collect(),
            standings: STANDINGS
                .into_iter()
                .map(|(name, title)| choice(name, title.to_owned(), self.standing))
                .collect(),
            is_any: self.q.is_some()
                || self.program.is_some()
                || self.state.is_some()
                || self.standing.is_some(),
        }
    }
}

/// What the database says of all notices.
struct Book {
    announced: HashMap<String, StoredOccasion>,
    holds: Vec<Hold>,
    now: Instant,
}

impl Book {
    fn standing(&self, path: &str) -> &'static str {
        match self.announced.get(path) {
            None => "unannounced",
            Some(begun) if begun.is_filled => "announced",
            Some(_) => "begun",
        }
    }

    fn is_held(&self, path: &str) -> bool {
        self.holds.iter().any(|hold| hold.covers(path))
    }

    fn meets(&self, asked: &Asked, (program, notice): (&Program, &Notice)) -> bool {
        if asked.program.as_deref().is_some_and(|id| program.id.as_str() != id) {
            return false;
        }
        let path = format!("{}/{}", program.id, notice.id);
        let says = |q: &String| {
            let q = q.to_lowercase();
            notice.title.to_lowercase().contains(&q) || path.to_lowercase().contains(&q)
        };
        let stands = |wanted: &str| match wanted {
            "held" => self.is_held(&path),
            other => self.standing(&path) == other,
        };
        let mut rows = notice.schedule.rows.iter();
        asked.q.as_ref().is_none_or(says)
            && asked.standing.is_none_or(stands)
            && asked.state.is_none_or(|wanted| {
                rows.any(|(id, row)| state(notice, id, row, None, self.now) == wanted)
            })
    }

    fn entry(&self, (program, notice): (&Program, &Notice), language: &Language<'_>) -> Entry {
        let path =
            crate::notice::NoticePath { program: program.id.clone(), notice: notice.id.clone() };
        let name = path.to_string();
        let rows = || notice.schedule.rows.iter();
        let cutoffs = rows().filter_map(|(_, row)| {
            let at = bounds(row.dates.cutoff.as_ref()?, row.zone).earliest?;
            (at > self.now).then_some((at, row.zone))
        });
        let next = cutoffs.min_by_key(|(at, _)| *at);
        let states = rows().map(|(id, row)| state(notice, id, row, None, self.now));
        let begun = self.announced.get(&name);
        Entry {
            href: notice_href(&path),
            title: notice.title.clone(),
            program: program.settings.title.clone(),
            kind: language.say(&format!("kind-{}", notice.kind.as_str())),
            states: Badge::tally(states, language),
            cutoff: next.map(|(at, zone)| at.with_timezone(&zone).format("%Y-%m-%d").to_string()),
            standing: self.standing(&name),
            announced: begun.map(|begun| begun.created_at.format("%Y-%m-%d").to_string()),
            written: begun.map_or(0, |begun| begun.filled),
            is_held: self.is_held(&name),
        }
    }
}

pub async fn all(
    request: HttpRequest,
    service: Data<Service>,
    actor: ReqData<Actor>,
) -> Result<HttpResponse, ApiError> {
    acting::reaches(&actor, OfficeScope::Viewer)?;
    let asked = Asked::read(request.query_string())?;
    let snapshot = service.snapshot()?;
    let store = service.store();
    let announced = store.announcements().await.map_err(ApiError::internal)?;
    let announced = announced.into_iter().map(|begun| (begun.subject.clone(), begun));
    let book =
        Book { announced: announced.collect(), holds: in_force(store).await?, now: service.now() };
    let language = service.built_in().language(&crate::notice::Locale::default());
    let places = snapshot.index.notices_newest_first(None, None);
    let found: Vec<_> = places
        .into_iter()
        .map(|place| snapshot.index.notice(place))
        .filter(|found| book.meets(&asked, *found))
        .collect();
    let start = ((asked.page - 1) * ON_A_PAGE).min(found.len());
    let end = (start + ON_A_PAGE).min(found.len());
    let view = NoticesPage {
        filters: asked.filters(&snapshot, &language),
        notices: found[start..end].iter().map(|found| book.entry(*found, &language)).collect(),
        total: found.len(),
        first: start + 1,
        last: end,
        previous: (asked.page > 1).then(|| asked.address(asked.page - 1)),
        next: (end < found.len()).then(|| asked.address(asked.page + 1)),
    };
    page(&service, &actor, StatusCode::OK, TEMPLATE, &view)
}
