//! The outermost layer: what holds for every answer, whoever made it. Security
//! headers, the form of errors, and one log line.

use super::deprecations;
use super::feeds;
use super::freshness::HTML;
use super::pages;
use super::problem::{ApiError, PROBLEM_JSON, Problem};
use super::security;
use super::service::Service;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, Accept, CACHE_CONTROL,
    CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, Header as _, HeaderMap, HeaderValue,
    Quality, STRICT_TRANSPORT_SECURITY, VARY,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, ResponseError};
use std::borrow::Cow;
use std::time::Instant;

/// Two years, as browsers' preload lists ask for.
const HSTS: &str = "max-age=63072000; includeSubDomains";

/// Longer addresses than this are somebody trying something.
const MAX_ADDRESS_BYTES: usize = 8_192;

/// What a page of another site may look at, beside the body.
const EXPOSED: &str = "etag, last-modified, link, content-disposition, deprecation, sunset";

/// The beginnings of addresses whose rest is a token.
pub const TOKEN_PREFIXES: [&str; 5] =
    ["/u/", "/done/", "/confirm/", "/preferences/", "/api/v1/preferences/"];

/// What is asked for by programs, and not for everybody.
const PRIVATE_PREFIXES: [&str; 3] = ["/api/v1/proof/", "/api/v1/preferences/", "/api/v1/office/"];

fn token_prefix(path: &str) -> Option<&'static str> {
    TOKEN_PREFIXES.into_iter().find(|prefix| path.starts_with(prefix))
}

pub async fn around(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    // The log measures how long it took, which no test is about.
    let started = Instant::now();
    let method = request.method().clone();
    let path = request.path().to_owned();
    let wants_page = !path.starts_with("/api/") && prefers_page(&request);
    let is_too_long =
        request.uri().path_and_query().is_some_and(|all| all.as_str().len() > MAX_ADDRESS_BYTES);
    let mut response = if is_too_long {
        let refusal = ApiError::AddressTooLong(MAX_ADDRESS_BYTES).error_response();
        request.into_response(refusal)
    } else {
        next.call(request).await?.map_into_boxed_body()
    };
    let service = response.request().app_data::<Data<Service>>().cloned();
    let status = response.status();
    if status.is_client_error() || status.is_server_error() {
        response =
            as_problem(response, wants_page, service.as_ref().map(|service| service.as_ref()));
    }
    let is_https = service.as_ref().is_some_and(|service| service.is_https());
    let content = response.response().extensions().get::<security::Content>().copied();
    let policy = content.map_or(security::POLICY, security::Content::policy);
    secure(response.headers_mut(), policy, &path, is_https);
    // A browser takes over the headers of a 304, too.
    let is_shown = response.status().is_success() || response.status() == StatusCode::NOT_MODIFIED;
    if let Some(service) = service.as_ref().filter(|_| is_shown && path == pages::EMBED) {
        response.headers_mut().insert(CONTENT_SECURITY_POLICY, service.embed_policy().clone());
    }
    if is_open(&path) && matches!(method, Method::GET | Method::HEAD | Method::OPTIONS) {
        let headers = response.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static(EXPOSED));
    }
    if let Some(service) = &service {
        let asked = response.request().clone();
        if let Some(pattern) = asked.match_pattern() {
            let (all, query) = (service.deprecations(), asked.query_string());
            deprecations::tell(response.headers_mut(), all, &pattern, query);
        }
        service.metrics().answered(response.status().as_u16(), started.elapsed());
    }
    log(&method, &path, response.status(), started);
    Ok(response)
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
    if is_https {
        headers.insert(STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(HSTS));
    }
}

/// Every error is a problem, whoever refused, and a page for people.
fn as_problem(
    response: ServiceResponse<BoxBody>,
    wants_page: bool,
    service: Option<&Service>,
) -> ServiceResponse<BoxBody> {
    let status = response.status();
    let known = response.response().extensions().get::<Problem>().cloned();
    let is_ours = known.is_some();
    // A page that already tells what is wrong, such as a form with its mistakes.
    let is_page = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == HTML);
    if is_page {
        return response;
    }
    let problem = known.unwrap_or_else(|| Problem::for_status(status));
    let page = wants_page.then(|| service.and_then(|service| pages::error_page(service, &problem)));
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

/// Whether the client would rather have a page than JSON. A client that takes
/// anything gets JSON: browsers say what they want.
fn prefers_page(request: &ServiceRequest) -> bool {
    let accepted = Accept::parse(request).map(|accept| accept.0).unwrap_or_default();
    let quality = |kinds: &[&str]| {
        let fitting = accepted.iter().filter(|range| kinds.contains(&range.item.essence_str()));
        fitting.map(|range| range.quality).max().unwrap_or(Quality::ZERO)
    };
    let page = quality(&["text/html", "application/xhtml+xml"]);
    page > Quality::ZERO && page >= quality(&["application/json", PROBLEM_JSON])
}

/// Neither tokens nor queries: a log outlives what it is about.
fn log(method: &Method, path: &str, status: StatusCode, started: Instant) {
    let ms = (started.elapsed().as_secs_f64() * 10_000.0).round() / 10.0;
    let path = token_prefix(path).map_or(Cow::Borrowed(path), |p| Cow::Owned(format!("{p}…")));
    tracing::info!(target: "fairwarning::web", %method, %path, status = status.as_u16(), ms, "answered");
}
