//! `/preferences/{token}/rehearsals`: what somebody's clients tried at test endpoints, the
//! failed attempts first, and where they stand.
//!
//! The link that leads to their preferences leads here. Nothing on it can be followed to a
//! test endpoint: a browser that looked there would pass in place of the clients.

use super::preferences::erased;
use super::{Speech, private};
use crate::notice::{AttemptOutcome, NoticePath};
use crate::render::Language;
use crate::schedule::Instant;
use crate::store::KeptAttempt;
use crate::subscribers::Preferences;
use crate::web::own;
use crate::web::parameters::Parameters;
use crate::web::problem::ApiError;
use crate::web::routes::readable;
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;
use crate::web::tried::{self, After, OwnHost, Standing};
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse, Resource};
use chrono_tz::Tz;
use serde::Serialize;

const TEMPLATE: &str = "page/tried.html";
/// Rows of a page.
const ROWS: i64 = 100;

#[derive(Serialize)]
struct TriedPage {
    /// Back to the preferences.
    preferences: String,
    notices: Vec<Section>,
    /// By endpoint, the failed ones first.
    endpoints: Vec<Tries>,
    more: Option<String>,
    is_first: bool,
}

/// Where they stand with a notice.
#[derive(Serialize)]
struct Section {
    title: String,
    /// Its page, where it is still served.
    href: Option<String>,
    /// `never` where nothing was tried.
    state: &'static str,
    at: Option<String>,
    hosts: Vec<String>,
    done: Option<String>,
}

#[derive(Serialize)]
struct Tries {
    /// Absent where nothing told which endpoint was meant.
    name: Option<String>,
    rows: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    at: String,
    times: i64,
    /// Since when, where it was more than once.
    since: Option<String>,
    offered: String,
    outcome: String,
    peer: Option<String>,
    is_failure: bool,
    is_pass: bool,
}

pub fn resource() -> Resource {
    readable("/preferences/{token}/rehearsals", show)
}

async fn show(
    request: HttpRequest,
    service: Data<Service>,
    token: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let store = service.store();
    let Some(preferences) = own::preferences(&service, &token).await? else {
        return erased(&request, &service);
    };
    let mut parameters = Parameters::read(request.query_string())?;
    let after = parameters.take_if("after", |text| text.parse::<After>().ok());
    let person = &preferences.person;
    let snapshot = service.snapshot()?;
    let hosts = tried::own_hosts(&service, &snapshot, &preferences);
    let kept = store.attempts_of(person.id, after.map(|after| after.0), ROWS).await;
    let kept = kept.map_err(ApiError::internal)?;
    let standings = tried::standings(&service, person.id, hosts).await?;
    let speech = private::speech(&request, &snapshot.renderer, person.locale.as_ref());
    let clock = Clock { zone: person.zone.unwrap_or(Tz::UTC), language: &speech.language };
    let is_full = i64::try_from(kept.len()).is_ok_and(|rows| rows == ROWS);
    let last = kept.last().filter(|_| is_full).map(|last| After(last.after()));
    let page = TriedPage {
        preferences: format!("/preferences/{}", *token),
        notices: standings.iter().map(|one| section(one, &snapshot, &clock)).collect(),
        endpoints: by_endpoint(&kept, &snapshot, &clock),
        more: last.map(|last| format!("{}?after={last}", request.path())),
        is_first: after.is_none(),
    };
    private::page(&service, StatusCode::OK, TEMPLATE, (&speech, &[]), page)
}

/// How moments are told.
struct Clock<'a> {
    zone: Tz,
    language: &'a Language<'a>,
}

impl Clock<'_> {
    fn tell(&self, at: Instant) -> String {
        let there = at.with_timezone(&self.zone);
        let day = self.language.day(there.date_naive(), false);
        format!("{day}, {}", there.format("%H:%M:%S %Z"))
    }
}

fn section(standing: &Standing, snapshot: &Snapshot, clock: &Clock<'_>) -> Section {
    let NoticePath { program, notice } = &standing.notice;
    let title = title(&standing.notice, snapshot, clock.language);
    Section {
        href: title.is_some().then(|| format!("/notices/{program}/{notice}")),
        title: title.unwrap_or_else(|| standing.notice.to_string()),
        state: tried::state_name(standing.state),
        at: standing.at.map(|at| clock.tell(at)),
        hosts: standing.hosts.iter().map(|OwnHost { host, .. }| host.clone()).collect(),
        done: standing.done.clone(),
    }
}

/// In the reader's language, where it is still served.
pub fn title(path: &NoticePath, snapshot: &Snapshot, language: &Language<'_>) -> Option<String> {
    let (program, notice) = snapshot.index.workspace().notice(path)?;
    let (_, notice) = program.in_locale(notice, language.locale());
    Some(notice.title.clone())
}

/// In the order in which each comes first: whatever failed stays above what did not.
fn by_endpoint(kept: &[KeptAttempt], snapshot: &Snapshot, clock: &Clock<'_>) -> Vec<Tries> {
    let mut found: Vec<(Option<String>, Vec<Row>)> = Vec::new();
    for attempt in kept {
        let name = attempt.endpoint.as_ref().map(|path| {
            let declared = snapshot.index.workspace().notice(&path.notice);
            let declared = declared.and_then(|(_, n)| n.test_endpoints.get(&path.endpoint));
            declared.map_or_else(|| path.endpoint.to_string(), |e| e.url.host().to_owned())
        });
        let row = row(attempt, clock);
        match found.iter_mut().find(|(known, _)| *known == name) {
            Some((_, rows)) => rows.push(row),
            None => found.push((name, vec![row])),
        }
    }
    found.into_iter().map(|(name, rows)| Tries { name, rows }).collect()
}

fn row(attempt: &KeptAttempt, clock: &Clock<'_>) -> Row {
    let language = clock.language;
    Row {
        at: clock.tell(attempt.last_at),
        times: attempt.times,
        since: (attempt.times > 1).then(|| clock.tell(attempt.first_at)),
        offered: tried::offered(attempt, language),
        outcome: tried::outcome(attempt, language),
        peer: attempt.peer.clone(),
        is_failure: attempt.outcome.is_failure(),
        is_pass: attempt.outcome == AttemptOutcome::Passed,
    }
}

/// What stands of it among the preferences.
#[derive(Serialize)]
pub struct Rehearsals {
    /// The page of their attempts.
    href: String,
    hosts: Vec<Host>,
}

#[derive(Serialize)]
struct Host {
    title: String,
    host: String,
}

impl Rehearsals {
    /// Nothing where there is nothing to rehearse and nothing was.
    pub async fn of(
        service: &Service,
        snapshot: &Snapshot,
        preferences: &Preferences,
        (path, speech): (&str, &Speech<'_>),
    ) -> Result<Option<Self>, ApiError> {
        let person = preferences.person.id;
        let hosts = tried::own_hosts(service, snapshot, preferences);
        if hosts.is_empty() {
            let ready = service.store().readiness_of(person).await.map_err(ApiError::internal)?;
            if ready.is_empty() {
                return Ok(None);
            }
        }
        let host = |OwnHost { endpoint, host }| {
            let path = &endpoint.notice;
            let title = title(path, snapshot, &speech.language);
            Host { title: title.unwrap_or_else(|| path.to_string()), host }
        };
        let hosts = hosts.into_iter().map(host).collect();
        Ok(Some(Self { href: format!("{path}/rehearsals"), hosts }))
    }
}
