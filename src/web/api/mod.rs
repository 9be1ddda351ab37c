//! `/api/v1`: the table and everything around it as JSON.
//!
//! Every list has one form, is asked in one way and is paged in one way.

mod affected;
mod apis;
mod catalog;
mod events;
mod health;
mod impacted;
mod intake;
mod notices;
mod now;
mod office;
mod openapi;
mod proof;
mod schedule;
pub mod schemas;
mod search;
mod subscriptions;
mod webhooks;

use super::freshness::{Freshness, JSON};
use super::problem::{ApiError, Problem};
use super::reading::{Asked, Reading};
use super::routes::readable;
use super::snapshot::Snapshot;
use crate::schedule::Instant;
use actix_web::http::header::{HeaderValue, LINK};
use actix_web::web::{Bytes, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use chrono::SecondsFormat;
use serde::Serialize;
use std::collections::BTreeMap;
use utoipa::{IntoParams, IntoResponses, ToSchema};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(readable("/api/v1/impacted", impacted::impacted))
        .service(affected::resource())
        .service(readable("/api/v1/notices", notices::notices))
        .service(readable("/api/v1/notices/{program}/{id}", notices::notice))
        .service(readable("/api/v1/apis", apis::apis))
        .service(readable("/api/v1/schedule", schedule::schedule))
        .service(readable("/api/v1/search", search::search))
        .service(readable(now::PATH, now::now))
        .service(readable("/api/v1/proof/head", proof::head))
        .service(readable("/api/v1/proof/{program}/{id}", proof::proof))
        .configure(office::routes)
        .service(subscriptions::resource())
        .configure(webhooks::routes)
        .service(readable("/api/v1/openapi.json", openapi::document))
        .service(intake::resource())
        .service(readable("/openapi.json", openapi::document))
        .service(readable(catalog::PATH, catalog::catalog))
        .service(readable("/healthz", health::alive))
        .service(readable("/readyz", health::ready));
}

/// One page of a list.
#[derive(Debug, Serialize, ToSchema)]
pub struct Listing<T> {
    /// The publication that the answer comes from.
    #[schema(example = "5f2a9c01d3e4")]
    pub publication: String,
    /// The moment at which the states hold, RFC 3339: the one asked for, or
    /// else the last one at which anything changed.
    #[schema(example = "2020-09-27T04:00:00Z")]
    pub on: String,
    /// When a state changes next. Absent when nothing more will change, or
    /// when a moment was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
    /// How many items there are on all pages together.
    pub total: usize,
    pub items: Vec<T>,
    /// The cursor of the next page; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// For each filter that names something unknown, what was perhaps meant.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub did_you_mean: BTreeMap<&'static str, String>,
}

/// Which page of a list to show.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described here, read by `Parameters`")]
pub struct PageParameters {
    /// How many items to show at most.
    #[param(minimum = 1, maximum = 1000, default = 100, example = 100)]
    limit: Option<u32>,
    /// Where to go on: the member `next` of the page before, with the same filters.
    #[param(inline)]
    cursor: Option<schemas::Cursor>,
}

/// What every question may be answered with instead.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "described here, made by `ApiError`")]
pub enum Refusals {
    /// The client already has this answer
    #[response(status = 304)]
    Known,
    /// A parameter is not understood; `errors` names each of them
    #[response(status = 400, content_type = "application/problem+json")]
    NotUnderstood(Problem),
    /// The address is too long
    #[response(status = 414, content_type = "application/problem+json")]
    TooLong(Problem),
    /// Nothing has been published yet
    #[response(status = 503, content_type = "application/problem+json")]
    NotReady(Problem),
}

/// The same for a question to a list.
#[derive(IntoResponses)]
#[allow(dead_code, reason = "described here, made by `ApiError`")]
pub enum ListRefusals {
    /// The client already has this answer
    #[response(status = 304)]
    Known,
    /// A parameter or the cursor is not understood; `errors` names each parameter
    #[response(status = 400, content_type = "application/problem+json")]
    NotUnderstood(Problem),
    /// The cursor belongs to an earlier publication: start again
    #[response(status = 410, content_type = "application/problem+json")]
    Stale(Problem),
    /// The address is too long
    #[response(status = 414, content_type = "application/problem+json")]
    TooLong(Problem),
    /// Nothing has been published yet
    #[response(status = 503, content_type = "application/problem+json")]
    NotReady(Problem),
}

impl Asked {
    /// Answers with the page asked for of what `find` finds.
    fn answer<N: Copy, T: Serialize>(
        &self,
        request: &HttpRequest,
        find: impl FnOnce(&Snapshot, Instant) -> Vec<N>,
        show: impl Fn(&Snapshot, N, Instant) -> T,
        did_you_mean: impl FnOnce(&Snapshot) -> Vec<(&'static str, String)>,
    ) -> Result<HttpResponse, ApiError> {
        let Self { snapshot, paging, moment } = self;
        let freshness = Freshness::of(snapshot, moment, &paging.key());
        let mut link = None;
        let mut response = freshness.answer(request, JSON, || {
            let found = find(snapshot, moment.at);
            let page = paging.page(found.len(), moment.at, &snapshot.digest);
            link = HeaderValue::from_str(&page.header()).ok();
            let shown = found[page.range].iter().map(|item| show(snapshot, *item, moment.at));
            json(&Listing {
                publication: snapshot.digest.short().to_owned(),
                on: shown_instant(moment.at),
                until: moment.until.map(shown_instant),
                total: found.len(),
                items: shown.collect(),
                next: page.next,
                did_you_mean: did_you_mean(snapshot).into_iter().collect(),
            })
        })?;
        if let Some(link) = link {
            response.headers_mut().insert(LINK, link);
        }
        Ok(response)
    }
}

fn shown_instant(at: Instant) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

fn json(value: &impl Serialize) -> Result<Bytes, ApiError> {
    serde_json::to_vec(value).map(Bytes::from).map_err(ApiError::internal)
}

/// Nothing to suggest, for lists that filter by few names.
fn no_guess(_: &Snapshot) -> Vec<(&'static str, String)> {
    Vec::new()
}
