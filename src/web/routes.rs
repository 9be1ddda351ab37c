//! Addresses and the methods that work on them.

use super::problem::ApiError;
use super::{api, feeds, office, outermost, pages};
use actix_web::http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_MAX_AGE, ALLOW,
};
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, Handler, HttpRequest, HttpResponse, Resource, Responder, guard};

/// What works wherever something is only read.
const READING: &str = "GET, HEAD, OPTIONS";

/// What works wherever something is only taken.
const TAKING: &str = "POST, OPTIONS";

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

/// An address that is only read: GET, and HEAD, which the server answers as GET
/// without the body; anything else is refused with what would work.
pub fn readable<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    let is_read = guard::Any(guard::Get()).or(guard::Head());
    web::resource(path)
        .route(web::route().guard(is_read).to(handler))
        .route(web::route().guard(guard::Options()).to(reading_options))
        .default_service(web::to(only_reading))
}

/// What works on a page with a form.
const POSTING: &str = "GET, HEAD, POST, OPTIONS";

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
    let is_read = guard::Any(guard::Get()).or(guard::Head());
    web::resource(path)
        .route(web::route().guard(is_read).to(show))
        .route(web::post().to(take))
        .route(web::route().guard(guard::Options()).to(posting_options))
        .default_service(web::to(only_posting))
}

async fn posting_options(request: HttpRequest) -> HttpResponse {
    options(&request, POSTING)
}

async fn only_posting() -> Result<HttpResponse, ApiError> {
    Err(ApiError::MethodNotAllowed(POSTING))
}

/// An address of the API that only takes: POST, and anything else is refused with
/// what would work. A page of another site is not told that it may post.
pub fn taking<F, Args>(path: &str, handler: F) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
{
    web::resource(path)
        .route(web::post().to(handler))
        .route(web::route().guard(guard::Options()).to(taking_options))
        .default_service(web::to(only_taking))
}

/// What works where something is read and done away with.
const DELETING: &str = "GET, HEAD, DELETE, OPTIONS";

/// An address of the API that is read, and done away with by DELETE.
pub fn deleting<F, Args, G, Given>(path: &str, show: F, remove: G) -> Resource
where
    F: Handler<Args>,
    Args: FromRequest + 'static,
    F::Output: Responder + 'static,
    G: Handler<Given>,
    Given: FromRequest + 'static,
    G::Output: Responder + 'static,
{
    let is_read = guard::Any(guard::Get()).or(guard::Head());
    web::resource(path)
        .route(web::route().guard(is_read).to(show))
        .route(web::delete().to(remove))
        .route(web::route().guard(guard::Options()).to(deleting_options))
        .default_service(web::to(only_deleting))
}

async fn deleting_options(request: HttpRequest) -> HttpResponse {
    options(&request, DELETING)
}

async fn only_deleting() -> Result<HttpResponse, ApiError> {
    Err(ApiError::MethodNotAllowed(DELETING))
}

async fn only_taking() -> Result<HttpResponse, ApiError> {
    Err(ApiError::MethodNotAllowed(TAKING))
}

async fn taking_options() -> HttpResponse {
    HttpResponse::NoContent().insert_header((ALLOW, TAKING)).finish()
}

async fn only_reading() -> Result<HttpResponse, ApiError> {
    Err(ApiError::MethodNotAllowed(READING))
}

/// Also the answer to a browser that asks before it sends `If-None-Match`.
async fn reading_options(request: HttpRequest) -> HttpResponse {
    options(&request, READING)
}

/// A page of another site is told that it may read, where it may, and nothing else.
fn options(request: &HttpRequest, allowed: &'static str) -> HttpResponse {
    let mut response = HttpResponse::NoContent();
    response.insert_header((ALLOW, allowed));
    if outermost::is_open(&outermost::meant(request.path())) {
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
