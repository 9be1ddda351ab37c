//! Addresses and the methods that work on them.

use super::problem::ApiError;
use super::{api, feeds, office, outermost, pages};
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_MAX_AGE, ALLOW,
};
use actix_web::web::{self, ServiceConfig};
use actix_web::{
    FromRequest, Handler, HttpRequest, HttpResponse, Resource, Responder, Route, guard,
};

/// A browser asks again only after a day whether it may read.
const PREFLIGHT_SECONDS: &str = "86400";

pub fn routes(config: &mut ServiceConfig) {
    config
        .configure(api::routes)
        .configure(feeds::routes)
        .configure(office::routes)
        .configure(pages::routes)
        .default_service(web::to(nothing_here));
}

/// An address at which nothing works but what is added to it: anything else is refused
/// with `allowed`, and OPTIONS tells it.
pub fn only(path: &str, allowed: &'static str) -> Resource {
    let told = move |request: HttpRequest| async move { options(&request, allowed) };
    let refused =
        move || async move { Err::<HttpResponse, _>(ApiError::MethodNotAllowed(allowed)) };
    web::resource(path)
        .route(web::route().guard(guard::Options()).to(told))
        .default_service(web::to(refused))
}

/// GET, and HEAD, which the server answers as GET without the body.
pub fn reading<F, Args>(handler: F) -> Route
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::route().guard(guard::Any(guard::Get()).or(guard::Head())).to(handler)
}

/// An address that is only read.
pub fn readable<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    only(path, "GET, HEAD, OPTIONS").route(reading(handler))
}

/// An address that shows a form and takes it: GET and HEAD change nothing.
pub fn posted<F, Args, G, Given>(path: &str, show: F, take: G) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
    G: Handler<Given>,
    Given: FromRequest + 'static,
    G::Output: Responder + 'static,
{
    only(path, "GET, HEAD, POST, OPTIONS").route(reading(show)).route(web::post().to(take))
}

/// An address that only takes. A page of another site is not told that it may post.
pub fn taking<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    only(path, "POST, OPTIONS").route(web::post().to(handler))
}

/// A page of another site is told that it may read, where it may, and nothing else.
/// Browsers ask so before they send `If-None-Match`, too.
fn options(request: &HttpRequest, allowed: &'static str) -> HttpResponse {
    let mut response = HttpResponse::NoContent();
    response.insert_header((ALLOW, allowed));
    if allowed.starts_with("GET") && outermost::is_open(&outermost::meant(request.path())) {
        response
            .insert_header((ACCESS_CONTROL_ALLOW_METHODS, "GET, HEAD"))
            .insert_header((ACCESS_CONTROL_ALLOW_HEADERS, "accept, if-none-match"))
            .insert_header((ACCESS_CONTROL_MAX_AGE, PREFLIGHT_SECONDS));
    }
    response.finish()
}

pub async fn nothing_here(request: HttpRequest) -> Result<HttpResponse, ApiError> {
    let path: String = request.path().chars().take(200).collect();
    Err(ApiError::NotFound(format!("nothing has the address {path}")))
}
