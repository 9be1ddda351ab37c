//! The one-click address in every mail (RFC 8058).
//!
//! GET shows what the link is for and changes nothing: scanners follow links.
//! POST does it, without cookie, login, redirect or a second question, any
//! number of times. The token alone says who leaves what.

use super::{Speech, preferences, private, subscribe};
use crate::notice::ProgramId;
use crate::subscribers::{self, SubscriberError};
use crate::web::problem::ApiError;
use crate::web::routes::posted;
use crate::web::service::Service;
use crate::web::{bodies, languages};
use actix_web::http::StatusCode;
use actix_web::web::{Data, Path, Payload};
use actix_web::{HttpRequest, HttpResponse, Resource};
use serde::Serialize;

#[derive(Serialize)]
struct UnsubscribePage<'a> {
    /// The program by its title, where it is still served; else its id.
    program: &'a str,
    office: Option<&'a str>,
    /// The way back.
    subscribe_href: String,
    /// Where the form sends its answer: here.
    action: &'a str,
    is_unsubscribed: bool,
    /// This very request did it.
    is_done_now: bool,
}

pub fn resource() -> Resource {
    posted("/u/{token}", show, leave)
}

async fn show(
    request: HttpRequest,
    service: Data<Service>,
    token: Path<String>,
) -> Result<HttpResponse, ApiError> {
    let described = subscribers::describe_token(service.store(), &service.keys(), &token).await;
    let described = described.map_err(failed)?;
    if described.is_erased {
        return preferences::erased(&request, &service);
    }
    page(&request, &service, &described.program, described.is_unsubscribed, false)
}

/// What the body says is not looked at: mail providers send
/// `List-Unsubscribe=One-Click` in either form encoding, the page's own form
/// sends the same, and there is nothing else to say here.
async fn leave(
    request: HttpRequest,
    service: Data<Service>,
    token: Path<String>,
    body: Payload,
) -> Result<HttpResponse, ApiError> {
    bodies::read(body).await?;
    let left =
        subscribers::unsubscribe(service.store(), &service.keys(), &token, service.now()).await;
    let left = left.map_err(failed)?;
    // Nobody is known to note it of; mail providers are answered alike (RFC 8058 §3.2).
    if left.is_erased {
        return preferences::erased(&request, &service);
    }
    tracing::info!(program = %left.program, already = left.already, "unsubscribed by link");
    page(&request, &service, &left.program, true, true)
}

pub(super) fn failed(failure: SubscriberError) -> ApiError {
    match failure {
        // Why exactly it was refused helps nobody but who is guessing.
        SubscriberError::Token(_) => ApiError::UnknownToken,
        SubscriberError::Store(failure) => ApiError::internal(failure),
    }
}

fn page(
    request: &HttpRequest,
    service: &Service,
    program: &ProgramId,
    is_unsubscribed: bool,
    is_done_now: bool,
) -> Result<HttpResponse, ApiError> {
    let snapshot = service.snapshot().ok();
    let served = snapshot.as_ref().and_then(|s| s.index.workspace().programs.get(program));
    let offered = served.map_or(&[][..], |program| &program.settings.locales);
    let locale = languages::chosen(None, request, offered);
    let titles = served.map(|program| program.titles(&locale));
    let view = UnsubscribePage {
        program: titles.map_or(program.as_str(), |titles| titles.program()),
        office: titles.map(|titles| titles.office()),
        subscribe_href: subscribe::href(&[("program", program.as_str())]),
        action: request.path(),
        is_unsubscribed,
        is_done_now,
    };
    let renderer = snapshot.as_ref().map_or(service.built_in(), |snapshot| &snapshot.renderer);
    let speech = Speech::new(renderer, Some(&locale));
    private::page(service, StatusCode::OK, "page/unsubscribe.html", (&speech, offered), view)
}
