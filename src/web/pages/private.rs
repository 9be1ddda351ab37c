//! Pages behind a token: in the language of whoever the token is about, kept by
//! nobody, found by no search.

use super::Speech;
use crate::notice::Locale;
use crate::render::{PageLinks, Renderer};
use crate::web::freshness::HTML;
use crate::web::languages;
use crate::web::problem::ApiError;
use crate::web::service::Service;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, HeaderName};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

/// The language that somebody asked to be written to in, or else what their
/// browser asks for.
pub fn speech<'a>(
    request: &HttpRequest,
    renderer: &'a Renderer,
    own: Option<&Locale>,
) -> Speech<'a> {
    let chosen = languages::chosen(own, request, &languages::offered(renderer));
    Speech::new(renderer, Some(&chosen))
}

/// A page behind a link, which nobody keeps. `offered` are the languages that
/// readers of the same link may get.
pub fn page<T: Serialize>(
    service: &Service,
    status: StatusCode,
    template: &str,
    (speech, offered): (&Speech<'_>, &[Locale]),
    page: T,
) -> Result<HttpResponse, ApiError> {
    let framed = speech.frame(PageLinks::default(), page);
    let html = service.page(template, &framed).map_err(ApiError::internal)?;
    let mut response = HttpResponse::build(status)
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((HeaderName::from_static("x-robots-tag"), "noindex, nofollow"))
        .content_type(HTML)
        .body(html);
    languages::tell(&mut response, speech.language.locale(), offered);
    Ok(response)
}
