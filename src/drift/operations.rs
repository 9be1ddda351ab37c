//! Operations that a notice ends: what they answer, held against the statuses that are declared
//! for brownouts and for the time after the cutoff.
//!
//! It asks as anybody can, without a key. So it says nothing of rows that are for some
//! integrators, nor where an answer may as well mean that a key is missing.

use super::covering::{Covering, Demand, covering};
use super::{headers, said};
use crate::notice::{
    ApiId, Difference, EnvironmentId, ErrorPhase, ExpectedError, Finding, HttpFinding, Kind,
    Operation, Program, Remark, Target as Covered, UrlId, WatchTarget, Weight,
};
use crate::schedule::Instant;
use std::collections::BTreeMap;

/// The operations that can be asked for at a URL, each once, in the order of the notices.
pub(super) fn operations_of(
    program: &Program,
    environment: &EnvironmentId,
    url_id: &UrlId,
) -> Vec<WatchTarget> {
    let declared = program.catalogue.environments.get(environment);
    let Some(base) = declared.and_then(|declared| declared.urls.get(url_id)) else {
        return Vec::new();
    };
    let mut all: Vec<WatchTarget> = Vec::new();
    for row in covering(program, environment, url_id).filter(Covering::ends_operations) {
        for (_, operation) in row.askable(program, base.path()) {
            let joined = format!("{}{}", base.as_str().trim_end_matches('/'), operation.path());
            let Ok(url) = joined.parse() else { continue };
            let (environment, url_id) = (environment.clone(), url_id.clone());
            let target =
                WatchTarget { environment, url_id, url, operation: Some(operation.clone()) };
            if !base.as_str().contains(['?', '#']) && !all.contains(&target) {
                all.push(target);
            }
        }
    }
    all
}

impl<'p> Covering<'p> {
    /// Whether operations answer otherwise after the cutoff: not where versions of TLS or ways
    /// to authenticate end, nor for some integrators alone.
    fn ends_operations(&self) -> bool {
        let is_of_kind = matches!(
            self.notice.kind,
            Kind::Deprecation | Kind::Retirement | Kind::Version | Kind::Endpoint
        );
        let is_of_tls = self.notice.tls_change() != Default::default();
        is_of_kind && !is_of_tls && self.row.cohort.is_none()
    }

    /// The operations of the row that anybody can ask for by their address alone.
    fn askable(
        &self,
        program: &'p Program,
        base: &'p str,
    ) -> impl Iterator<Item = (&'p ApiId, &'p Operation)> {
        self.row.targets.iter().flat_map(move |covered| {
            let named = covered.operation.as_ref();
            let declared = program.catalogue.apis.get(&covered.api).filter(|_| named.is_none());
            let all = declared.into_iter().flat_map(|api| &api.operations);
            let could_be = move |operation: &&Operation| is_askable(covered, operation, base);
            named.into_iter().chain(all).filter(could_be).map(|operation| (&covered.api, operation))
        })
    }
}

/// Whether it reads, has no parameter in its path, and means the version that ends: which one is
/// told by the address, or not asked for.
fn is_askable(covered: &Covered, operation: &Operation, base: &str) -> bool {
    let path = operation.path();
    let is_fixed = !path.contains(['{', '}', '<', '>', '*', '$']) && !path.contains("/:");
    let segments = || base.split('/').chain(path.split('/'));
    let tells_version = covered.versions.is_empty()
        || segments().any(|segment| covered.versions.iter().any(|version| version == segment));
    operation.method() == "GET" && is_fixed && tells_version
}

/// What a GET was answered: over the highest version of TLS that was accepted.
fn answer(finding: &Finding) -> Option<&HttpFinding> {
    finding.plain.as_ref().or_else(|| finding.http.values().next_back())
}

struct Answer<'a> {
    status: u16,
    headers: &'a BTreeMap<String, String>,
    excerpt: &'a str,
}

pub(super) fn remarks(
    program: &Program,
    target: &WatchTarget,
    operation: &Operation,
    finding: &Finding,
    at: Instant,
) -> Vec<Remark> {
    let place = said::place(program, target);
    let unknown = |why: &str| {
        let sentence = format!("what {place} answers to {operation} could not be found out: {why}");
        let difference = Difference::OperationUnknown { operation: operation.clone() };
        vec![said::remark(Weight::Unknown, difference, sentence)]
    };
    let answer = match (answer(finding), &finding.failure) {
        (Some(HttpFinding::Answered { status, headers, excerpt }), _) => {
            Answer { status: *status, headers, excerpt }
        }
        (Some(HttpFinding::Failed { why }), _) | (None, Some(why)) => return unknown(why),
        (None, None) => return unknown("it accepts no version of TLS"),
    };
    let base = program.catalogue.environments.get(&target.environment);
    let base = base.and_then(|declared| declared.urls.get(&target.url_id));
    let base = base.map_or("", |url| url.path());
    let rows: Vec<_> = covering(program, &target.environment, &target.url_id)
        .filter(Covering::ends_operations)
        .filter_map(|row| {
            let mut own = row.askable(program, base);
            let (api, _) = own.find(|(_, asked)| *asked == operation)?;
            Some((row, api, row.demand(Some(api), at)?))
        })
        .collect();
    let judging = Judging { place, operation, answer, at };
    let sent = rows.iter().map(|(row, ..)| *row).collect::<Vec<_>>();
    let headers = headers::remarks(place, operation, judging.answer.headers, &sent, at);
    judging.status(&rows).into_iter().chain(headers).collect()
}

struct Judging<'a> {
    place: &'a str,
    operation: &'a Operation,
    answer: Answer<'a>,
    at: Instant,
}

type Demanded<'p> = (Covering<'p>, &'p ApiId, Demand<'p>);

impl Judging<'_> {
    /// Whatever row has ended it decides; it is alive where every row says so.
    fn status(&self, rows: &[Demanded<'_>]) -> Option<Remark> {
        let over = rows.iter().find(|(.., demand)| matches!(demand, Demand::Over { .. }));
        let struck = || rows.iter().find(|(.., demand)| matches!(demand, Demand::Struck { .. }));
        if let Some((row, api, demand)) = over.or_else(struck) {
            return self.over(row, api, *demand);
        }
        let is_alive = |(.., demand): &Demanded<'_>| matches!(demand, Demand::Alive { .. });
        let until = |(.., demand): &Demanded<'_>| match demand {
            Demand::Alive { until } => (until.is_none(), *until),
            _ => (true, None),
        };
        let first = rows.iter().min_by_key(|demanded| until(demanded))?;
        if rows.iter().all(is_alive) { self.alive(first) } else { None }
    }

    fn over(&self, row: &Covering<'_>, api: &ApiId, demand: Demand<'_>) -> Option<Remark> {
        let Self { place, operation, at, .. } = *self;
        let status = self.answer.status;
        let (since, is_struck) = match demand {
            Demand::Struck { since, .. } => (Some(since), true),
            Demand::Over { since } => (since, false),
            _ => (None, false),
        };
        let declared = statuses(row, api, is_struck);
        let operation = operation.clone();
        let (difference, sentence) = match status {
            _ if declared.contains(&status) => return None,
            200..=299 if is_struck => {
                let began = since.map(|since| said::length(at - since)).unwrap_or_default();
                let sentence = format!(
                    "{place} answers {operation} with {status} during a brownout that began \
                     {began} ago"
                );
                (Difference::AnsweredInBrownout { operation, status }, sentence)
            }
            200..=299 => {
                let after = said::after_cutoff(since, at);
                let sentence = format!("{place} still answers {operation} with {status}{after}");
                (Difference::StillAnswered { operation, status }, sentence)
            }
            404 | 410 if declared.is_empty() => return None,
            // A service that is out for a while says so by this (RFC 9110 §15.6.4).
            503 if declared.is_empty() && is_struck => return None,
            _ if declared.is_empty() || says_little(status) => return Some(self.unknown(row)),
            _ => {
                let named: Vec<_> = declared.iter().map(u16::to_string).collect();
                let named = named.join(" or ");
                let sentence = format!(
                    "{place} answers {operation} with {status}, and the notice declares {named}"
                );
                (Difference::OtherStatus { operation, status, declared }, sentence)
            }
        };
        Some(said::remark(Weight::Drift, difference, sentence).against(row, since, at))
    }

    fn alive(&self, (row, api, demand): &Demanded<'_>) -> Option<Remark> {
        let Self { place, at, .. } = *self;
        let (status, operation) = (self.answer.status, self.operation.clone());
        let Demand::Alive { until } = *demand else { return None };
        let mut declared = statuses(row, api, false);
        declared.extend(statuses(row, api, true));
        let is_told = row.notice.errors.iter().any(|error| {
            error.status == Some(status) && self.answer.excerpt.contains(error.text.trim())
        });
        let is_declared = status == 410 || declared.contains(&status);
        match status {
            ..400 => None,
            _ if is_told || (is_declared && !says_little(status)) => {
                let early = said::early(until, at);
                let sentence = format!("{place} answers {operation} with {status}{early}");
                let difference = Difference::GoneEarly { operation, status };
                Some(said::remark(Weight::Drift, difference, sentence).against(row, until, at))
            }
            _ => Some(self.unknown(row)),
        }
    }

    fn unknown(&self, row: &Covering<'_>) -> Remark {
        let Self { place, operation, at, .. } = *self;
        let status = self.answer.status;
        let sentence = format!(
            "{place} answers {operation} with {status}, which tells nothing of what the notice \
             announces"
        );
        let difference = Difference::OperationUnknown { operation: operation.clone() };
        said::remark(Weight::Unknown, difference, sentence).against(row, None, at)
    }
}

/// Statuses that a service answers for reasons of its own: a missing key, a limit, a fault.
fn says_little(status: u16) -> bool {
    matches!(status, 300..=399 | 401 | 403 | 429 | 500..)
}

/// The statuses that a notice declares for an API.
fn statuses(row: &Covering<'_>, api: &ApiId, is_brownout: bool) -> Vec<u16> {
    let is_meant = |error: &&ExpectedError| {
        let phase = match error.during {
            ErrorPhase::Both => true,
            ErrorPhase::Brownout => is_brownout,
            ErrorPhase::Cutoff => !is_brownout,
        };
        phase && (error.targets.is_empty() || error.targets.iter().any(|t| t.api == *api))
    };
    let mut all: Vec<u16> =
        row.notice.errors.iter().filter(is_meant).filter_map(|error| error.status).collect();
    all.sort_unstable();
    all.dedup();
    all
}
