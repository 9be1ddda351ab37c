//! Which moment an answer is about, how long it stays good, and whether the
//! client already has it.
//!
//! State changes with the clock, but only at edges. An answer about now is
//! therefore given for the last edge that passed: between two edges it is the
//! same to the byte, and so is its tag.

use super::snapshot::Snapshot;
use crate::impact::Edges;
use crate::notice::{Digest, Notice, Program};
use crate::schedule::Instant;
use actix_web::http::header::{
    CACHE_CONTROL, CONTENT_TYPE, ETAG, EntityTag, Header as _, IF_NONE_MATCH, IfModifiedSince,
    IfNoneMatch, LastModified,
};
use actix_web::web::Bytes;
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use chrono::{DateTime, DurationRound, TimeDelta, Utc};
use std::time::SystemTime;

/// A new publication must be seen soon, so nothing is kept longer than this
/// without asking; asking costs a 304.
pub const MAX_AGE_SECONDS: i64 = 60;

pub const JSON: &str = "application/json";
pub const HTML: &str = "text/html; charset=utf-8";
pub const CALENDAR: &str = "text/calendar; charset=utf-8";
pub const ATOM: &str = "application/atom+xml; charset=utf-8";
pub const JSON_FEED: &str = "application/feed+json";
pub const SVG: &str = "image/svg+xml";
pub const CSS: &str = "text/css; charset=utf-8";

/// The moment an answer is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moment {
    pub at: Instant,
    /// When the answer may change by the clock alone.
    pub until: Option<Instant>,
    max_age_seconds: i64,
    /// From when the answer is what it is now; always, where that was asked for.
    from: Option<Instant>,
    /// The day of the reader, where the answer shows it.
    today: Option<Instant>,
}

impl Moment {
    /// A moment that was asked for: only a new publication changes its answer.
    pub fn asked(at: Instant) -> Self {
        Self { at, until: None, max_age_seconds: MAX_AGE_SECONDS, from: None, today: None }
    }

    /// For an answer that also shows which day it is: it changes at midnight UTC.
    pub fn showing_today(self, now: Instant) -> Self {
        let day = now.duration_trunc(TimeDelta::days(1)).unwrap_or(now);
        Self { today: Some(day.max(self.at)), ..self }
    }

    /// The time in which the answer stays the same to the byte: from its first
    /// moment to just before the last. A day that is shown ends with the day.
    fn stretch(&self) -> (Option<Instant>, Option<Instant>) {
        let day = self.today.and_then(|today| today.duration_trunc(TimeDelta::days(1)).ok());
        let ends = [self.until, day.map(|day| day + TimeDelta::days(1))];
        (self.from.max(day), ends.into_iter().flatten().min())
    }

    /// Where the reader stands.
    pub fn today(&self) -> Instant {
        self.today.unwrap_or(self.at)
    }

    /// Now, moved back to where the present answer began.
    pub fn now(snapshot: &Snapshot, now: Instant) -> Self {
        Self::within(snapshot.edges(now), snapshot, now)
    }

    /// Now, for an answer about one notice, which others do not change.
    pub fn of_notice(
        snapshot: &Snapshot,
        program: &Program,
        notice: &Notice,
        now: Instant,
    ) -> Self {
        Self::within(Edges::of(program, notice, now), snapshot, now)
    }

    /// Before any edge has passed, the present answer began with its publication.
    fn within(edges: Edges, snapshot: &Snapshot, now: Instant) -> Self {
        let at = edges.last.filter(|last| *last > DateTime::UNIX_EPOCH);
        Self::between(at.unwrap_or(snapshot.created_at.min(now)), edges.next, now)
    }

    /// Now, for a question about a stretch that moves along with the clock, such
    /// as the next 30 days. It moves in steps of a minute.
    pub fn moving(snapshot: &Snapshot, now: Instant) -> Self {
        let step = TimeDelta::minutes(1);
        let still = Self::now(snapshot, now);
        let minute = now.duration_trunc(step).unwrap_or(now);
        let end = minute + step;
        Self::between(still.at.max(minute), Some(still.until.map_or(end, |u| u.min(end))), now)
    }

    /// The same for an answer that `end` changes, whatever else does.
    pub fn ending(self, end: Instant, now: Instant) -> Self {
        Self::between(self.at, Some(self.until.map_or(end, |until| until.min(end))), now)
    }

    fn between(at: Instant, until: Option<Instant>, now: Instant) -> Self {
        let left = until.map_or(MAX_AGE_SECONDS, |until| (until - now).num_seconds());
        let max_age_seconds = left.clamp(0, MAX_AGE_SECONDS);
        Self { at, until, max_age_seconds, from: Some(at), today: None }
    }
}

/// The validator of an answer (RFC 9110 §8.8) and how long it may be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Freshness {
    tag: EntityTag,
    /// Where there is a moment since when the answer has been the same.
    last_modified: Option<Instant>,
    max_age_seconds: i64,
    /// When the clock alone makes another answer of it.
    from: Option<Instant>,
    until: Option<Instant>,
}

impl Freshness {
    /// `question` is everything else that the answer depends on, in normal
    /// form. The program's version is part of the tag: another version may say
    /// the same things in other bytes.
    pub fn of(snapshot: &Snapshot, moment: &Moment, question: &str) -> Self {
        let version = env!("CARGO_PKG_VERSION");
        let at = moment.at.timestamp_micros();
        let until = moment.until.map(|until| until.timestamp_micros());
        let today = moment.today.map(|today| today.timestamp_micros());
        let digest = Digest::of(&(version, snapshot.digest.as_str(), at, until, today, question));
        let tag = EntityTag::new_strong(digest.as_str()[..24].to_owned());
        let (from, until) = moment.stretch();
        let max_age_seconds = moment.max_age_seconds;
        Self { tag, last_modified: None, max_age_seconds, from, until }
    }

    /// Of bytes that do not change while the program runs.
    pub fn of_bytes(bytes: &[u8]) -> Self {
        let tag = EntityTag::new_strong(Digest::of_bytes(bytes).as_str()[..24].to_owned());
        let max_age_seconds = MAX_AGE_SECONDS;
        Self { tag, last_modified: None, max_age_seconds, from: None, until: None }
    }

    /// The same for bytes that have stood since `at`.
    pub fn last_modified(self, at: Instant) -> Self {
        Self { last_modified: Some(at), ..self }
    }

    /// The same answer in another coding, which is another representation and has
    /// a tag of its own (RFC 9110 §8.8.3.3).
    pub fn encoded(&self, coding: &str) -> Self {
        let tag = EntityTag::new_strong(format!("{}-{coding}", self.tag.tag()));
        Self { tag, ..self.clone() }
    }

    pub fn tag(&self) -> &EntityTag {
        &self.tag
    }

    /// Whether the answer is still the one to give at `now`.
    pub fn holds_at(&self, now: Instant) -> bool {
        self.from.is_none_or(|from| from <= now) && self.until.is_none_or(|until| now < until)
    }

    /// How long it may be kept from `now` on, in whole seconds.
    pub fn max_age_seconds(&self, now: Instant) -> i64 {
        let left = self.until.map_or(MAX_AGE_SECONDS, |until| (until - now).num_seconds());
        left.clamp(0, MAX_AGE_SECONDS)
    }

    /// Weak comparison, as RFC 9110 §13.1.2 asks for. A date counts only where no
    /// tag is given (§13.1.3).
    pub fn is_known_to(&self, request: &impl HttpMessage) -> bool {
        if !request.headers().contains_key(IF_NONE_MATCH) {
            return self.is_no_newer_than(request);
        }
        match IfNoneMatch::parse(request) {
            Ok(IfNoneMatch::Any) => true,
            Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|tag| tag.weak_eq(&self.tag)),
            Err(_) => false,
        }
    }

    /// To the second, as far as the header carries it.
    fn is_no_newer_than(&self, request: &impl HttpMessage) -> bool {
        let Some(modified) = self.last_modified else { return false };
        let Ok(IfModifiedSince(since)) = IfModifiedSince::parse(request) else { return false };
        modified.timestamp() <= DateTime::<Utc>::from(SystemTime::from(since)).timestamp()
    }

    /// 304 to a client that has the answer already; else what `body` makes. That
    /// carries its freshness along, so that it can be kept and given again.
    pub fn answer<E>(
        &self,
        request: &HttpRequest,
        content_type: &'static str,
        body: impl FnOnce() -> Result<Bytes, E>,
    ) -> Result<HttpResponse, E> {
        let known = self.is_known_to(request);
        let mut response = if known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
        response.insert_header((ETAG, self.tag.clone()));
        response
            .insert_header((CACHE_CONTROL, format!("public, max-age={}", self.max_age_seconds)));
        if let Some(modified) = self.last_modified {
            response.insert_header(LastModified(SystemTime::from(modified).into()));
        }
        if known {
            return Ok(response.finish());
        }
        response.insert_header((CONTENT_TYPE, content_type));
        let mut response = response.body(body()?);
        response.extensions_mut().insert(self.clone());
        Ok(response)
    }
}
