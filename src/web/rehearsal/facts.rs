//! What a client is told of its attempt, as JSON; documented in the README.

use super::board::{Endpoint, Opening};
use super::door::ends;
use super::guest::Visit;
use crate::impact::ShownDate;
use crate::notice::{
    AttemptOutcome, Date, Framing, Notice, Program, Purpose, Row, TestEndpoint, TlsVersion,
};
use crate::schedule::{Instant, State, bounds, state};
use serde::Serialize;

/// The declaration that an endpoint stands in.
pub struct Declared<'w> {
    pub program: &'w Program,
    pub notice: &'w Notice,
    pub endpoint: &'w TestEndpoint,
}

/// Where a client's owner can go on.
#[derive(Default, Clone)]
pub struct Leads {
    pub notice_url: Option<String>,
    /// Of whoever passed by a name of their own.
    pub done_url: Option<String>,
}

#[derive(Serialize)]
pub struct Facts<'a> {
    /// `passed`, `observed` or `not_open`, as the attempt is kept.
    pub verdict: &'static str,
    /// One sentence that says it.
    pub detail: String,
    pub negotiated: Negotiated<'a>,
    pub server_name: Option<&'a str>,
    /// What stands before the endpoint's own name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<&'a str>,
    pub framing: Framing,
    /// Versions as they stood in the hello; in hexadecimal what is no version of TLS.
    pub offered: Vec<String>,
    pub policy: Policy<'a>,
    pub program: &'a str,
    pub notice: &'a str,
    pub endpoint: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notice_url: Option<String>,
    /// Where somebody who passed by a name of their own may say that they are done: nothing
    /// is said before it is posted there.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub done_url: Option<String>,
    /// The next one of the notice, else the last.
    pub cutoff: Option<ShownDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub opens: Option<ShownDate>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closes: Option<ShownDate>,
}

#[derive(Serialize)]
pub struct Negotiated<'a> {
    pub version: TlsVersion,
    pub cipher: &'a str,
}

#[derive(Serialize)]
pub struct Policy<'a> {
    pub purpose: Purpose,
    pub minimum: TlsVersion,
    pub maximum: TlsVersion,
    /// As declared, for TLS up to 1.2.
    pub ciphers: Option<&'a str>,
}

impl Visit {
    pub fn outcome(&self, declared: Option<&Declared<'_>>) -> AttemptOutcome {
        if self.opening != Opening::Open {
            return AttemptOutcome::NotOpen;
        }
        let ends = declared.is_some_and(|it| ends(it.notice, self.negotiated.version));
        match self.endpoint.purpose == Purpose::Observe && ends {
            true => AttemptOutcome::Observed,
            false => AttemptOutcome::Passed,
        }
    }

    /// In words where they are versions of TLS.
    pub fn offered(&self) -> Vec<String> {
        let shown = |number: u16| match TlsVersion::numbered(number) {
            Some(version) => version.to_string(),
            None => format!("0x{number:04x}"),
        };
        self.hello.offered().into_iter().map(shown).collect()
    }

    /// Those alone that mean something to people: clients grease their lists (RFC 8701).
    pub fn offered_versions(&self) -> Vec<&'static str> {
        let known = self.hello.offered().into_iter().filter_map(TlsVersion::numbered);
        known.map(TlsVersion::as_str).collect()
    }

    /// `declared` is None where the notice was taken back a moment ago.
    pub fn facts(
        &self,
        declared: Option<&Declared<'_>>,
        Leads { notice_url, done_url }: Leads,
        now: Instant,
    ) -> Facts<'_> {
        let outcome = self.outcome(declared);
        let cutoff = declared.and_then(|it| told_cutoff(it.notice, now));
        let cutoff = cutoff.map(|(row, date)| ShownDate::new(date, row.zone));
        let shown = |date: fn(&TestEndpoint) -> Option<&Date>| {
            let declared = declared?;
            date(declared.endpoint).map(|at| ShownDate::new(at, declared.program.settings.zone))
        };
        let Endpoint { path, terms, purpose, .. } = &*self.endpoint;
        Facts {
            verdict: outcome.as_str(),
            detail: self.detail(outcome, cutoff.as_ref()),
            negotiated: Negotiated {
                version: self.negotiated.version,
                cipher: self.negotiated.cipher,
            },
            server_name: self.hello.server_name.as_deref(),
            token: self.token.as_deref(),
            framing: self.hello.framing,
            offered: self.offered(),
            policy: Policy {
                purpose: *purpose,
                minimum: terms.minimum,
                maximum: terms.maximum,
                ciphers: terms.ciphers.as_deref(),
            },
            program: path.notice.program.as_str(),
            notice: path.notice.notice.as_str(),
            endpoint: path.endpoint.as_str(),
            notice_url,
            done_url,
            cutoff,
            opens: shown(|endpoint| endpoint.opens.as_ref()),
            closes: shown(|endpoint| endpoint.closes.as_ref()),
        }
    }

    fn detail(&self, outcome: AttemptOutcome, cutoff: Option<&ShownDate>) -> String {
        let version = self.negotiated.version;
        let at = cutoff.map_or(String::new(), |cutoff| format!(", {}", cutoff.date));
        match outcome {
            AttemptOutcome::Observed => {
                format!("{version} was spoken, which is not accepted any more after the cutoff{at}")
            }
            AttemptOutcome::NotOpen => match self.opening {
                Opening::Late => "this test endpoint is closed".to_owned(),
                _ => "this test endpoint is not open yet".to_owned(),
            },
            _ => format!("{version} was spoken: nothing changes at the cutoff{at}"),
        }
    }
}

/// The cutoff to tell a client of: the next one, or else the last; none of a row that was
/// cancelled.
pub fn told_cutoff(notice: &Notice, now: Instant) -> Option<(&Row, &Date)> {
    let dated = notice.schedule.rows.iter().filter_map(|(id, row)| {
        let is_off = state(notice, id, row, None, now) == State::Cancelled;
        let date = row.dates.cutoff.as_ref().filter(|_| !is_off)?;
        Some((row, date, bounds(date, row.zone)))
    });
    let dated: Vec<_> = dated.collect();
    let ahead = dated.iter().filter(|(.., at)| !at.has_come(now));
    // Whose day nobody knows comes last.
    let next = ahead.min_by_key(|(.., at)| (at.earliest.is_none(), at.earliest));
    let told = next.or_else(|| dated.iter().max_by_key(|(.., at)| at.latest));
    told.map(|(row, date, _)| (*row, *date))
}
