//! What somebody's clients tried at test endpoints, for the page and the API that show it
//! to them: the host names that are theirs, where they stand, and each attempt in words.

use super::problem::ApiError;
use super::service::Service;
use super::snapshot::Snapshot;
use crate::links::Token;
use crate::notice::{
    AlertSender, AttemptOutcome, EndpointPath, Framing, NoticePath, Readiness, TlsVersion,
};
use crate::render::Language;
use crate::schedule::{Instant, bounds};
use crate::store::{AfterAttempt, KeptAttempt, Ready};
use crate::subscribers::{self, Preferences, Rehearsed};
use chrono::DateTime;
use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

/// A host name that is made for one integrator alone.
#[derive(Debug, Clone)]
pub struct OwnHost {
    pub endpoint: EndpointPath,
    pub host: String,
}

/// The names by which a subscriber's clients are told from others, at every test endpoint of
/// the programs they hear of that is not closed for good, in the order of the notices.
pub fn own_hosts(
    service: &Service,
    snapshot: &Snapshot,
    preferences: &Preferences,
) -> Vec<OwnHost> {
    let token = service.keys().sign(&Token::Rehearse { subscriber: preferences.person.id });
    let (workspace, now) = (snapshot.index.workspace(), service.now());
    let heard = preferences.programs.iter().filter(|heard| !heard.has_left);
    let mut found = Vec::new();
    for program in heard.filter_map(|heard| workspace.programs.get(&heard.wish.program)) {
        for (id, notice) in &program.notices {
            for (endpoint, tried) in &notice.test_endpoints {
                let closes = tried.closes.as_ref();
                let closes = closes.and_then(|date| bounds(date, program.settings.zone).latest);
                let host = tried.own_host(&token).filter(|_| closes.is_none_or(|at| at > now));
                let Some(host) = host else { continue };
                let notice = NoticePath { program: program.id.clone(), notice: id.clone() };
                let endpoint = EndpointPath { notice, endpoint: endpoint.clone() };
                found.push(OwnHost { endpoint, host });
            }
        }
    }
    found
}

/// Where a subscriber stands with one notice.
pub struct Standing {
    pub notice: NoticePath,
    /// None where nothing was tried.
    pub state: Option<Readiness>,
    pub at: Option<Instant>,
    pub hosts: Vec<OwnHost>,
    /// Where they may say that they are done.
    pub done: Option<String>,
}

/// The same for every notice of which there are hosts or attempts; those that fail first.
pub async fn standings(
    service: &Service,
    subscriber: i64,
    hosts: Vec<OwnHost>,
) -> Result<Vec<Standing>, ApiError> {
    let store = service.store();
    let ready = store.readiness_of(subscriber).await.map_err(ApiError::internal)?;
    let mut of_notices: BTreeMap<NoticePath, Vec<OwnHost>> = BTreeMap::new();
    for host in hosts {
        of_notices.entry(host.endpoint.notice.clone()).or_default().push(host);
    }
    let ready: BTreeMap<NoticePath, Ready> =
        ready.into_iter().map(|ready| (ready.notice.clone(), ready)).collect();
    for notice in ready.keys() {
        of_notices.entry(notice.clone()).or_default();
    }
    let token = service.keys().sign(&Token::Rehearse { subscriber });
    let mut standings = Vec::with_capacity(of_notices.len());
    for (notice, hosts) in of_notices {
        let ready = ready.get(&notice);
        let state = ready.map(|ready| ready.state);
        let mut done = None;
        if state == Some(Readiness::Passes) {
            let rehearsed = subscribers::rehearsed(store, subscriber, &notice).await;
            let rehearsed = rehearsed.map_err(ApiError::internal)?;
            done = Some(done_address(&token, &notice)).filter(|_| rehearsed.may_say_done());
        }
        standings.push(Standing { notice, state, at: ready.map(|ready| ready.at), hosts, done });
    }
    standings.sort_by_key(|standing| standing.state.is_none_or(|state| state != Readiness::Fails));
    Ok(standings)
}

/// Where whoever passed at a test endpoint is offered to say that they are done: asked for
/// by the listener itself, which knows the token in the name. Nothing is looked up, nothing is
/// said by following it, and there is none without an address of our own to lead to.
pub fn done_offer(service: &Service, token: &str, notice: &NoticePath) -> Option<String> {
    service.keys().verify_rehearse(token).ok()?;
    service.canonical(&done_address(&token.to_ascii_lowercase(), notice))
}

fn done_address(token: &str, notice: &NoticePath) -> String {
    format!("/rehearsed/{token}/{notice}")
}

/// What is said to whoever follows it; None where they may simply say so.
pub fn hindrance(found: &Rehearsed) -> Option<&'static str> {
    match found.state {
        _ if found.is_done || found.may_say_done() => None,
        Some(Readiness::Passes) => Some("rehearsed-nothing-told"),
        _ => Some("rehearsed-not-yet"),
    }
}

/// What stands for a state, and has a word.
pub fn state_name(state: Option<Readiness>) -> &'static str {
    state.map_or("never", Readiness::as_str)
}

/// The versions that a client offered.
pub fn offered(attempt: &KeptAttempt, language: &Language<'_>) -> String {
    let mut known: Vec<TlsVersion> =
        attempt.offered.iter().filter_map(|number| TlsVersion::numbered(*number)).collect();
    known.sort_unstable();
    known.dedup();
    match known.as_slice() {
        [] => language.say("tried-no-version"),
        // Without a list of versions, a hello names the highest alone (RFC 5246 §7.4.1.2).
        [one] if *one < TlsVersion::Tls13 && attempt.offered.len() == 1 => {
            language.say_with("tried-up-to", &[("version", one.as_str().into())])
        }
        several => {
            let names: Vec<&str> = several.iter().map(|version| version.as_str()).collect();
            names.join(", ")
        }
    }
}

/// What came of an attempt, what that means, and what to do.
pub fn outcome(attempt: &KeptAttempt, language: &Language<'_>) -> String {
    let known = || attempt.offered.iter().filter_map(|number| TlsVersion::numbered(*number));
    let (highest, lowest) = (known().max(), known().min());
    let version = match attempt.outcome {
        AttemptOutcome::TooOld => highest.map(TlsVersion::as_str),
        AttemptOutcome::TooNew => lowest.map(TlsVersion::as_str),
        _ => attempt.negotiated.map(TlsVersion::as_str),
    };
    let nothing = language.say("tried-no-version");
    let version = version.unwrap_or(&nothing);
    let word = format!("tried-{}", attempt.outcome.as_str().replace('_', "-"));
    let mut said = language.say_with(&word, &[("version", version.into())]);
    let mut add = |more: String| said = format!("{said} {more}");
    if attempt.framing == Framing::Ssl2Hello {
        add(language.say("tried-old-hello"));
    }
    if let Some(alert) = attempt.alert {
        let word = match alert.sent_by {
            AlertSender::Client => "tried-alert-client",
            AlertSender::Server => "tried-alert-server",
        };
        add(language.say_with(word, &[("alert", alert.name().into())]));
    }
    said
}

/// Where a list of attempts goes on, as addresses and answers have it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct After(pub AfterAttempt);

impl fmt::Display for After {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let AfterAttempt { failed, last_at, id } = self.0;
        write!(f, "{}-{}-{id}", u8::from(failed), last_at.timestamp_micros())
    }
}

#[derive(Debug, thiserror::Error)]
#[error("it is not the `next` of a page")]
pub struct BadAfter;

impl FromStr for After {
    type Err = BadAfter;

    fn from_str(text: &str) -> Result<Self, BadAfter> {
        let mut parts = text.split('-');
        let mut number = || parts.next()?.parse::<i64>().ok();
        let (failed, last_at, id) =
            (number(), number().and_then(DateTime::from_timestamp_micros), number());
        match (failed, last_at, id, parts.next()) {
            (Some(failed @ 0..=1), Some(last_at), Some(id), None) => {
                Ok(Self(AfterAttempt { failed: failed == 1, last_at, id }))
            }
            _ => Err(BadAfter),
        }
    }
}
