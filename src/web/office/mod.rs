//! The office: what the people who announce things work in, behind a login.
//!
//! Its pages are in English, as its commands are, and come from the built-in
//! templates alone: those of a workspace are what is looked at here.

mod acting;
mod ahead;
mod approval;
mod audit;
mod burndown;
mod cookie;
mod dead;
pub mod deeds;
mod drift;
pub mod errands;
mod guard;
mod holds;
mod kept;
mod login;
mod notice;
mod notices;
pub mod orders;
mod overview;
mod person;
mod preview;
mod proof;
pub mod rehearsals;
mod stamp;
mod subscribers;
mod suppressions;
mod tokens;

pub use acting::acting;
pub use kept::Figures;

use super::bodies::Form;
use super::form_token;
use super::freshness::HTML;
use super::problem::ApiError;
use super::routes::{nothing_here, posted, readable};
use super::service::Service;
use crate::notice::{Actor, Locale, NoticePath, OfficeScope};
use crate::render::PageLinks;
use crate::schedule::Instant;
use crate::store::Deed;
use actix_web::http::StatusCode;
use actix_web::http::header::LOCATION;
use actix_web::middleware::from_fn;
use actix_web::web::{self, Payload, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

/// Where the office begins.
pub const HOME: &str = "/office";
const LOGIN: &str = "/office/login";

pub fn routes(config: &mut ServiceConfig) {
    config.service(
        web::scope(HOME)
            .wrap(from_fn(guard::around))
            .service(posted("", overview::overview, overview::change))
            .service(readable("/notices", notices::all))
            .service(posted("/notices/{program}/{id}", notice::show, notice::change))
            .service(posted("/notices/{program}/{id}/approval", approval::show, approval::change))
            .service(readable("/notices/{program}/{id}/rehearsals", rehearsals::show))
            .service(readable("/notices/{program}/{id}/rehearsals.csv", rehearsals::export))
            .service(readable("/notices/{program}/{id}/preview", preview::first_channel))
            .service(readable("/notices/{program}/{id}/preview/{channel}", preview::page))
            .service(readable("/notices/{program}/{id}/raw/{channel}", preview::raw))
            .service(posted("/login", login::show, login::log_in))
            .service(super::routes::taking("/logout", login::log_out))
            .service(posted("/tokens", tokens::all, tokens::change))
            .service(posted("/dead", dead::all, dead::retry))
            .service(readable("/subscribers.csv", subscribers::export))
            .service(posted("/subscribers", subscribers::all, subscribers::find))
            .service(readable("/subscribers/{number}/data.json", person::export))
            .service(posted("/subscribers/{number}", person::show, person::change))
            .service(posted("/suppressions", suppressions::all, suppressions::change))
            .service(posted("/proof", proof::show, proof::find))
            .service(readable("/drift", drift::all))
            .service(readable("/drift/{number}", drift::one))
            .service(readable("/audit", audit::all))
            .default_service(web::to(nothing_here)),
    );
}

/// What every page of the office says, beside what it is about.
#[derive(Serialize)]
struct Framed<'a, T: Serialize> {
    links: PageLinks<'a>,
    locale: &'a str,
    /// The part of the office that the page is in, as the navigation knows it.
    section: &'a str,
    actor: Option<Who<'a>>,
    #[serde(flatten)]
    page: &'a T,
}

#[derive(Serialize)]
struct Who<'a> {
    name: &'a str,
    scope: &'static str,
    may_edit: bool,
    may_approve: bool,
    /// Whether there is a session to be ended; a proxy's login is the proxy's to end.
    has_session: bool,
}

impl<'a> Who<'a> {
    fn new(actor: &'a Actor) -> Self {
        Self {
            name: &actor.name,
            scope: actor.scope.as_str(),
            may_edit: actor.scope >= OfficeScope::Editor,
            may_approve: actor.scope >= OfficeScope::Approver,
            has_session: actor.token.is_some(),
        }
    }
}

/// A page for somebody who is logged in.
fn page(
    service: &Service,
    actor: &Actor,
    status: StatusCode,
    template: &str,
    page: &impl Serialize,
) -> Result<HttpResponse, ApiError> {
    render(service, Some(actor), status, template, page)
}

fn outside_page(
    service: &Service,
    status: StatusCode,
    template: &str,
    page: &impl Serialize,
) -> Result<HttpResponse, ApiError> {
    render(service, None, status, template, page)
}

fn render(
    service: &Service,
    actor: Option<&Actor>,
    status: StatusCode,
    template: &str,
    page: &impl Serialize,
) -> Result<HttpResponse, ApiError> {
    let locale = Locale::default();
    let token = form_token::make(service, HOME, actor.map_or("", |actor| &actor.name));
    let links = PageLinks { form_token: Some(&token), ..PageLinks::default() };
    let (section, actor) = (section(template), actor.map(Who::new));
    let framed = Framed { links, locale: locale.as_str(), section, actor, page };
    let html = service.built_in().template(template, &framed).map_err(ApiError::internal)?;
    Ok(HttpResponse::build(status).content_type(HTML).body(html))
}

/// What somebody sent by a form of the office's pages, which was shown to them lately.
/// A program that shows its token with each request was shown none.
async fn form(
    request: &HttpRequest,
    service: &Service,
    actor: &Actor,
    body: Payload,
) -> Result<Form, ApiError> {
    let form = Form::read(request, body).await?;
    if acting::is_by_token(request) || form_token::is_good(service, &form, HOME, &actor.name) {
        return Ok(form);
    }
    Err(ApiError::Forbidden(
        "the form is not of a page that you were shown within the last hours: go back, load the \
         page again, and send it once more"
            .to_owned(),
    ))
}

/// The page about one person.
fn person_address(number: i64) -> String {
    format!("{}/{number}", subscribers::PATH)
}

/// By the template of a page.
fn section(template: &str) -> &str {
    let name = template.rsplit('/').next().unwrap_or(template);
    match name.strip_suffix(".html").unwrap_or(name) {
        "notice" | "preview" | "approval" | "rehearsals" => "notices",
        "person" => "subscribers",
        "watched" => "drift",
        name => name,
    }
}

/// Where the office looks at a notice.
fn notice_href(NoticePath { program, notice }: &NoticePath) -> String {
    format!("{HOME}/notices/{program}/{notice}")
}

/// A moment as the office reads it.
fn minute(at: Instant) -> String {
    at.format("%Y-%m-%d %H:%M UTC").to_string()
}

/// After something was done: the page that shows it, which may be loaded again.
fn see_other(to: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, to)).finish()
}

/// Puts what was done on record.
async fn record(service: &Service, deed: &Deed<'_>) -> Result<(), ApiError> {
    service.store().record_deed(deed, service.now()).await.map_err(ApiError::internal)
}
