//! Forms that carry no token are taken from our own pages alone: another site
//! could otherwise have its readers' browsers send them.

use super::problem::ApiError;
use super::service::Service;
use actix_web::HttpRequest;
use actix_web::http::header::{HOST, ORIGIN};

/// Browsers say where a form comes from; who is no browser says nothing, and has
/// no reader to send it for.
pub fn expect(request: &HttpRequest, service: &Service) -> Result<(), ApiError> {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(site) = header("sec-fetch-site") {
        let is_ours = matches!(site, "same-origin" | "none");
        return is_ours.then_some(()).ok_or(ApiError::CrossSite);
    }
    let Some(origin) = header(ORIGIN.as_str()) else { return Ok(()) };
    let is_public = service.canonical("").is_some_and(|public| is_at(&public, origin));
    let host = origin.split_once("://").map(|(_, host)| host);
    let is_host = host.is_some() && host == header(HOST.as_str());
    (is_public || is_host).then_some(()).ok_or(ApiError::CrossSite)
}

/// The same for whoever is known by what their browser sends of itself: it must say
/// where the form comes from.
pub fn demand(request: &HttpRequest, service: &Service) -> Result<(), ApiError> {
    let says_so = ["sec-fetch-site", ORIGIN.as_str()];
    if !says_so.into_iter().any(|name| request.headers().contains_key(name)) {
        return Err(ApiError::CrossSite);
    }
    expect(request, service)
}

fn is_at(public: &str, origin: &str) -> bool {
    url::Url::parse(public).is_ok_and(|public| public.origin().ascii_serialization() == origin)
}
