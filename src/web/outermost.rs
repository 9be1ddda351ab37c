//! The outermost layer: what holds for every answer, whoever made it. Limits,
//! answers that are given again, security headers, the form of errors, and one
//! log line.

use super::answers::{Kept, vary_by_coding};
use super::deprecations;
use super::feeds;
use super::freshness::HTML;
use super::pages;
use super::problem::{ApiError, PROBLEM_JSON, Problem};
use super::quota::{Exhausted, Left};
use super::security;
use super::service::Service;
use super::strangers;
use crate::schedule;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, AUTHORIZATION, Accept,
    CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, Header as _, HeaderMap,
    HeaderValue, Quality, STRICT_TRANSPORT_SECURITY, VARY, X_FRAME_OPTIONS,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, HttpMessage, ResponseError};
use std::borrow::Cow;
use std::sync::Arc;
use std::time::Instant;

/// Two years, as browsers' preload lists ask for.
const HSTS: &str = "max-age=63072000; includeSubDomains";

/// Longer addresses than this are somebody trying something.
const MAX_ADDRESS_BYTES: usize = 8_192;

/// The beginnings of addresses whose rest is a token.
pub const TOKEN_PREFIXES: [&str; 6] =
    ["/u/", "/done/", "/rehearsed/", "/confirm/", "/preferences/", "/api/v1/preferences/"];

/// What is asked for by programs, and not for everybody.
const PRIVATE_PREFIXES: [&str; 3] = ["/api/v1/proof/", "/api/v1/preferences/", "/api/v1/office/"];

/// A path as the router understands it, which takes `%6F` for `o`: whatever is decided
/// by a path is decided by this.
pub fn meant(path: &str) -> Cow<'_, str> {
    percent_encoding::percent_decode_str(path).decode_utf8_lossy()
}

fn token_prefix(path: &str) -> Option<&'static str> {
    TOKEN_PREFIXES.into_iter().find(|prefix| path.starts_with(prefix))
}

/// The beginnings of addresses that are asked for without a limit: what watches
/// over us, what pages need beside themselves, and what has a secret of its own.
/// Links that somebody was sent are followed without one, too: on the day of a
/// mail a whole company follows theirs from one address.
const UNBOUNDED_PREFIXES: [&str; 4] = ["/healthz", "/readyz", "/static/", "/api/v1/intake"];

/// When somebody should come again who met a crowd, in seconds.
const CROWDED_SECONDS: u64 = 1;

/// What web pages of others may read of an answer's headers.
const EXPOSED: &str = "etag, last-modified, link, content-disposition, deprecation, sunset, \
     ratelimit, ratelimit-policy, retry-after";

pub async fn around(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    // The log measures how long it took, which no test is about.
    let started = Instant::now();
    let service = request.app_data::<Data<Service>>().cloned();
    let Some(service) = service else { return Ok(next.call(request).await?.map_into_boxed_body()) };
    let now = service.now();
    let (mut response, is_kept, left) = match within_quota(&request, &service, now) {
        Ok(left) => {
            let (response, is_kept) = served(request, next, &service, now).await?;
            (response, is_kept, left)
        }
        Err(Exhausted { left, again_in }) => {
            (refuse(request, &service, &ApiError::TooMany(again_in)), false, Some(left))
        }
    };
    if let (Some(quota), Some(left)) = (service.quota(), left) {
        quota.tell(response.headers_mut(), left);
    }
    service.metrics().answered(response.status().as_u16(), started.elapsed());
    log(&response, is_kept, started);
    Ok(response)
}

/// Whether it is counted who asks for this.
pub fn is_bounded(path: &str) -> bool {
    let is_unbounded = UNBOUNDED_PREFIXES.into_iter().any(|prefix| path.starts_with(prefix));
    !is_unbounded && token_prefix(path).is_none()
}

/// Takes one of what the client's household may ask for. Nothing where no limit
/// holds.
fn within_quota(
    request: &ServiceRequest,
    service: &Service,
    now: schedule::Instant,
) -> Result<Option<Left>, Exhausted> {
    let Some(quota) = service.quota() else { return Ok(None) };
    if !is_bounded(&meant(request.path())) {
        return Ok(None);
    }
    let peer = request.peer_addr().map(|peer| peer.ip());
    match strangers::client(peer, request.headers(), service.trusted_proxies()) {
        Some(client) => quota.take(client, now).map(Some),
        None => Ok(None),
    }
}

/// The answer, and whether it was given before.
async fn served(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    service: &Service,
    now: schedule::Instant,
) -> Result<(ServiceResponse, bool), Error> {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    let is_anybodys = is_read && !request.headers().contains_key(AUTHORIZATION);
    let snapshot = service.snapshot().ok().filter(|_| is_anybodys);
    let kept = snapshot.as_ref().and_then(|snapshot| snapshot.answers.find(&request, now));
    if let Some(kept) = kept {
        let response = kept.give(&request, now).await;
        return Ok((request.into_response(response), true));
    }
    let mut response = worked_on(request, next, service).await?;
    if response.status() == StatusCode::NOT_MODIFIED {
        vary_by_coding(response.headers_mut());
    }
    // What was answered while another publication came may be of either.
    let still = |snapshot: &Arc<_>| service.snapshot().is_ok_and(|now| Arc::ptr_eq(snapshot, &now));
    let Some(snapshot) = snapshot.filter(still) else { return Ok((response, false)) };
    let response = match snapshot.answers.keep(response) {
        Kept::Kept(request, answer) => {
            let response = answer.give(&request, now).await;
            request.into_response(response)
        }
        Kept::AsItIs(response) => response,
    };
    Ok((response, false))
}

/// The answer of whoever answers this address, if there is a place to work on it.
async fn worked_on(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
    service: &Service,
) -> Result<ServiceResponse, Error> {
    let is_too_long =
        request.uri().path_and_query().is_some_and(|all| all.as_str().len() > MAX_ADDRESS_BYTES);
    if is_too_long {
        return Ok(refuse(request, service, &ApiError::AddressTooLong(MAX_ADDRESS_BYTES)));
    }
    let is_health = matches!(request.path(), "/healthz" | "/readyz");
    let place = service.work().begin();
    if place.is_none() && !is_health {
        return Ok(refuse(request, service, &ApiError::Overloaded(CROWDED_SECONDS)));
    }
    let wants_page = wants_page(&request);
    let response = next.call(request).await?.map_into_boxed_body();
    drop(place);
    Ok(finish(response, wants_page, service))
}

fn refuse(request: ServiceRequest, service: &Service, error: &ApiError) -> ServiceResponse {
    let wants_page = wants_page(&request);
    finish(request.into_response(error.error_response()), wants_page, service)
}

/// What every answer gets, whoever made it.
fn finish(mut response: ServiceResponse, wants_page: bool, service: &Service) -> ServiceResponse {
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        response = as_problem(response, wants_page, service);
    }
    let (request, mut response) = response.into_parts();
    let (path, status) = (meant(request.path()), response.status());
    let path = path.as_ref();
    let content = response.extensions().get::<security::Content>().copied();
    let policy = content.map_or(security::POLICY, security::Content::policy);
    secure(response.headers_mut(), policy, path, service.is_https());
    // A browser takes over the headers of a 304, too.
    let is_shown = status.is_success() || status == StatusCode::NOT_MODIFIED;
    if is_shown && path == pages::EMBED {
        let policy = service.embed_policy().clone();
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, policy);
        // It cannot name several sites, and the policy can.
        response.headers_mut().remove(X_FRAME_OPTIONS);
    }
    let is_harmless = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if is_harmless && is_open(path) {
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
    if let Some(pattern) = request.match_pattern() {
        let (all, query) = (service.deprecations(), request.query_string());
        deprecations::tell(response.headers_mut(), all, &pattern, query);
    }
    ServiceResponse::new(request, response)
}

/// Whether web pages of others may read it: whatever is public and for programs.
pub fn is_open(path: &str) -> bool {
    let is_private = |prefix| path.starts_with(prefix);
    let is_public = path.starts_with("/api/") && !PRIVATE_PREFIXES.into_iter().any(is_private);
    is_public
        || ["/openapi.json", "/.well-known/api-catalog"].contains(&path)
        || feeds::is_feed(path)
}

fn secure(headers: &mut HeaderMap, policy: &'static str, path: &str, is_https: bool) {
    // A token in the address must not travel on; elsewhere the origin may.
    let referrer = match token_prefix(path) {
        Some(_) => "no-referrer",
        None => "strict-origin-when-cross-origin",
    };
    security::secure(headers, policy, referrer);
    // The policy says so, too; this is for browsers that know none.
    let framers = if policy.contains("frame-ancestors 'self'") { "SAMEORIGIN" } else { "DENY" };
    headers.insert(X_FRAME_OPTIONS, HeaderValue::from_static(framers));
    if is_https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
}

/// Every error is a problem, whoever refused, and a page for people.
fn as_problem(response: ServiceResponse, wants_page: bool, service: &Service) -> ServiceResponse {
    let status = response.status();
    let known = response.response().extensions().get::<Problem>().cloned();
    let is_ours = known.is_some();
    // A page that already tells what is wrong, such as a form with its mistakes.
    let is_page = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == HTML);
    if is_page {
        return response;
    }
    let problem = known.unwrap_or_else(|| Problem::for_status(status));
    let page = wants_page.then(|| pages::error_page(service, &problem));
    let (content_type, body) = match page.flatten() {
        Some(page) => (HTML, page),
        None if is_ours => return response,
        None => (PROBLEM_JSON, problem.to_json()),
    };
    let mut response = response.map_body(|_, _| BoxBody::new(body));
    let headers = response.headers_mut();
    headers.remove(CONTENT_LENGTH);
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(VARY, HeaderValue::from_static("accept"));
    response
}

fn wants_page(request: &ServiceRequest) -> bool {
    !meant(request.path()).starts_with("/api/") && prefers_page(request)
}

/// Whether the client would rather have a page than JSON. A client that takes
/// anything gets JSON: browsers say what they want.
pub fn prefers_page(request: &impl HttpMessage) -> bool {
    let accepted = Accept::parse(request).map(|accept| accept.0).unwrap_or_default();
    let quality = |kinds: &[&str]| {
        let fitting = accepted.iter().filter(|range| kinds.contains(&range.item.essence_str()));
        fitting.map(|range| range.quality).max().unwrap_or(Quality::ZERO)
    };
    let page = quality(&["text/html", "application/xhtml+xml"]);
    page > Quality::ZERO && page >= quality(&["application/json", PROBLEM_JSON])
}

/// Neither tokens nor queries: a log outlives what it is about. What was only
/// handed out again is told to whoever looks closely; the figures count it.
fn log(response: &ServiceResponse, is_kept: bool, started: Instant) {
    if is_kept && !tracing::enabled!(target: "fairwarning::web", tracing::Level::DEBUG) {
        return;
    }
    let (method, path) = (response.request().method(), response.request().path());
    let ms = (started.elapsed().as_secs_f64() * 10_000.0).round() / 10.0;
    let prefix = token_prefix(&meant(path));
    let path = prefix.map_or(Cow::Borrowed(path), |p| Cow::Owned(format!("{p}…")));
    let status = response.status().as_u16();
    match is_kept {
        true => {
            tracing::debug!(target: "fairwarning::web", %method, %path, status, ms, "given again")
        }
        false => tracing::info!(target: "fairwarning::web", %method, %path, status, ms, "answered"),
    }
}
