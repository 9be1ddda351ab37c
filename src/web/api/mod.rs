//! `/api/v1`: the table and everything around it as JSON.
//!
//! Every list has one form, is asked in one way and is paged in one way.

mod affected;
mod apis;
mod catalog;
pub mod described;
mod drift;
mod events;
mod health;
mod impacted;
mod intake;
mod limits;
mod notices;
mod now;
mod office;
pub mod openapi;
mod proof;
mod refusals;
mod revisions;
mod schedule;
pub mod schemas;
mod search;
mod subscriptions;
mod tried;
mod webhooks;

pub use refusals::{ListRefusals, NamedRefusals, Refusals};

use super::changes::Since;
use super::forms::{self, Form};
use super::freshness::{Freshness, JSON};
use super::problem::ApiError;
use super::reading::{Asked, Reading};
use super::routes::readable;
use super::service::Service;
use super::snapshot::Snapshot;
use crate::impact::Tabled;
use crate::schedule::Instant;
use actix_web::http::header::{CACHE_CONTROL, HeaderValue, LINK};
use actix_web::web::{Bytes, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use chrono::SecondsFormat;
use serde::Serialize;
use std::collections::BTreeMap;
use std::ops::Deref;
use utoipa::{IntoParams, ToSchema};

pub fn routes(config: &mut ServiceConfig) {
    config
        .service(readable("/api/v1/impacted", impacted::impacted))
        .service(readable(&in_form("/api/v1/impacted"), impacted::impacted))
        .service(affected::resource())
        .service(readable("/api/v1/notices", notices::notices))
        .service(readable(&in_form("/api/v1/notices"), notices::notices))
        .service(readable("/api/v1/notices/{program}/{id}", notices::notice))
        .service(readable("/api/v1/notices/{program}/{id}/revisions", revisions::revisions))
        .service(readable("/api/v1/notices/{program}/{id}/differences", revisions::differences))
        .service(readable("/api/v1/apis", apis::apis))
        .service(readable(&in_form("/api/v1/apis"), apis::apis))
        .service(readable("/api/v1/schedule", schedule::schedule))
        .service(readable(&in_form("/api/v1/schedule"), schedule::schedule))
        .service(readable("/api/v1/search", search::search))
        .service(readable(now::PATH, now::now))
        .service(readable("/api/v1/proof/head", proof::head))
        .service(readable("/api/v1/proof/{program}/{id}", proof::proof))
        .service(readable("/api/v1/drift", drift::drift))
        .configure(office::routes)
        .service(subscriptions::resource())
        .configure(webhooks::routes)
        .service(tried::resource())
        .service(readable("/api/v1/openapi.json", openapi::document))
        .service(intake::resource())
        .service(readable("/openapi.json", openapi::document))
        .service(readable(catalog::PATH, catalog::catalog))
        .service(readable("/healthz", health::alive))
        .service(readable("/readyz", health::ready));
}

/// The same list, whose address names its form.
fn in_form(path: &str) -> String {
    format!("{path}.{{form:json|csv|md}}")
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

/// By what was published otherwise since then.
const CHANGED_SINCE: &str = "changed_since";

impl Asked {
    /// What was published otherwise since a moment, where that is asked for.
    async fn since(
        &self,
        service: &Service,
        since: Option<Instant>,
    ) -> Result<Option<Since>, ApiError> {
        match since {
            Some(at) => Since::moment(service, &self.snapshot, at).await.map(Some),
            None => Ok(None),
        }
    }

    /// Answers with the page asked for of what `find` finds.
    fn answer<N: Copy, L: Deref<Target = [N]>, T: Serialize>(
        &self,
        request: &HttpRequest,
        find: impl FnOnce(&Snapshot, Instant) -> L,
        show: impl Fn(&Snapshot, N, Instant) -> T,
        did_you_mean: impl FnOnce(&Snapshot) -> Vec<(&'static str, String)>,
    ) -> Result<HttpResponse, ApiError> {
        self.laid_out(request, JSON, &self.paging.key(), || {
            let (listing, link) = self.listing(find, show, did_you_mean);
            Ok((json(&listing)?, link))
        })
    }

    /// The same as JSON, CSV or Markdown, as it was asked for.
    fn answer_in_form<N: Copy, L: Deref<Target = [N]>, T: Serialize + Tabled>(
        &self,
        request: &HttpRequest,
        find: impl FnOnce(&Snapshot, Instant) -> L,
        show: impl Fn(&Snapshot, N, Instant) -> T,
        did_you_mean: impl FnOnce(&Snapshot) -> Vec<(&'static str, String)>,
    ) -> Result<HttpResponse, ApiError> {
        let form = self.form.form;
        let key = format!("{} as {form:?}", self.paging.key());
        let mut response = self.laid_out(request, form.content_type(), &key, || {
            let (listing, link) = self.listing(find, show, did_you_mean);
            let body = match form {
                Form::Json => json(&listing)?,
                Form::Csv => forms::csv(&listing.items)?,
                Form::Markdown => forms::markdown(&listing.items),
            };
            Ok((body, link))
        })?;
        self.form.tell(&mut response, self.paging.name());
        Ok(response)
    }

    fn laid_out(
        &self,
        request: &HttpRequest,
        content_type: &'static str,
        key: &str,
        lay: impl FnOnce() -> Result<(Bytes, Option<HeaderValue>), ApiError>,
    ) -> Result<HttpResponse, ApiError> {
        let freshness = Freshness::of(&self.snapshot, &self.moment, key);
        let mut link = None;
        let mut response = freshness.answer(request, content_type, || {
            let (body, to_pages) = lay()?;
            link = to_pages;
            Ok::<_, ApiError>(body)
        })?;
        if let Some(link) = link {
            response.headers_mut().insert(LINK, link);
        }
        Ok(response)
    }

    /// The page asked for, and the links to others.
    fn listing<N: Copy, L: Deref<Target = [N]>, T>(
        &self,
        find: impl FnOnce(&Snapshot, Instant) -> L,
        show: impl Fn(&Snapshot, N, Instant) -> T,
        did_you_mean: impl FnOnce(&Snapshot) -> Vec<(&'static str, String)>,
    ) -> (Listing<T>, Option<HeaderValue>) {
        let Self { snapshot, paging, moment, .. } = self;
        let found = find(snapshot, moment.at);
        let page = paging.page(found.len(), moment.at, &snapshot.digest);
        let link = HeaderValue::from_str(&page.header()).ok();
        let shown = found[page.range].iter().map(|item| show(snapshot, *item, moment.at));
        let listing = Listing {
            publication: snapshot.digest.short().to_owned(),
            on: shown_instant(moment.at),
            until: moment.until.map(shown_instant),
            total: found.len(),
            items: shown.collect(),
            next: page.next,
            did_you_mean: did_you_mean(snapshot).into_iter().collect(),
        };
        (listing, link)
    }
}

/// Kept by nobody on the way: it holds addresses.
fn private(body: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok().insert_header((CACHE_CONTROL, "no-store")).json(body)
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
