//! Calendars: of a program, and of a notice, an API or an environment of it.

use super::addresses::calendar_address;
use super::news::spoken;
use crate::impact::Part;
use crate::notice::{Locale, Program, ProgramId};
use crate::render::{CalendarFeed, Language};
use crate::web::api::{NamedRefusals, schemas};
use crate::web::freshness::CALENDAR;
use crate::web::languages;
use crate::web::parameters::Parameters;
use crate::web::problem::ApiError;
use crate::web::service::Service;
use crate::web::snapshot::Snapshot;
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};
use std::str::FromStr;
use utoipa::IntoParams;

#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[allow(dead_code, reason = "described here, read by `answer`")]
pub struct LanguageParameter {
    /// The language, as a BCP 47 tag: the program's closest one; its first where
    /// nothing is asked for, or nothing that is a language.
    #[param(example = "en")]
    lang: Option<String>,
}

/// The dates of a program as a calendar.
///
/// To subscribe to. Its events are those of the mails: a UID never changes,
/// SEQUENCE counts what moved a date, and what is cancelled stays as CANCELLED.
#[utoipa::path(
    get,
    path = "/feeds/{program}.ics",
    tag = "feeds",
    operation_id = "getProgramCalendar",
    params(("program" = inline(schemas::Id), Path, example = "usps-web-tools"), LanguageParameter),
    responses(
        (status = 200, description = "An iCalendar object (RFC 5545, RFC 7986)", body = String,
            content_type = "text/calendar",
            headers(("ETag" = String), ("Last-Modified" = String), ("Cache-Control" = String))),
        NamedRefusals,
    )
)]
pub async fn of_program(
    request: HttpRequest,
    service: Data<Service>,
    program: Path<String>,
) -> Result<HttpResponse, ApiError> {
    answer(&request, service, &program, Some(Part::Whole)).await
}

/// The dates of a notice as a calendar.
///
/// The same for what one notice says.
#[utoipa::path(
    get,
    path = "/feeds/{program}/notices/{id}.ics",
    tag = "feeds",
    operation_id = "getNoticeCalendar",
    params(
        ("program" = inline(schemas::Id), Path, example = "usps-web-tools"),
        ("id" = inline(schemas::Id), Path, example = "tls-1.2"),
        LanguageParameter,
    ),
    responses(
        (status = 200, description = "An iCalendar object (RFC 5545, RFC 7986)", body = String,
            content_type = "text/calendar",
            headers(("ETag" = String), ("Last-Modified" = String), ("Cache-Control" = String))),
        NamedRefusals,
    )
)]
pub async fn of_notice(
    request: HttpRequest,
    service: Data<Service>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    answer(&request, service, &path.0, part(&path.1, Part::Notice)).await
}

/// The dates that concern an API as a calendar.
///
/// The same for every row that names it.
#[utoipa::path(
    get,
    path = "/feeds/{program}/apis/{api}.ics",
    tag = "feeds",
    operation_id = "getApiCalendar",
    params(
        ("program" = inline(schemas::Id), Path, example = "usps-web-tools"),
        ("api" = inline(schemas::Id), Path, description = "The API's wire name",
            example = "holdForPickup"),
        LanguageParameter,
    ),
    responses(
        (status = 200, description = "An iCalendar object (RFC 5545, RFC 7986)", body = String,
            content_type = "text/calendar",
            headers(("ETag" = String), ("Last-Modified" = String), ("Cache-Control" = String))),
        NamedRefusals,
    )
)]
pub async fn of_api(
    request: HttpRequest,
    service: Data<Service>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    answer(&request, service, &path.0, part(&path.1, Part::Api)).await
}

/// The dates of an environment as a calendar.
///
/// The same for whatever happens there.
#[utoipa::path(
    get,
    path = "/feeds/{program}/environments/{environment}.ics",
    tag = "feeds",
    operation_id = "getEnvironmentCalendar",
    params(
        ("program" = inline(schemas::Id), Path, example = "usps-web-tools"),
        ("environment" = inline(schemas::Id), Path, example = "prod"),
        LanguageParameter,
    ),
    responses(
        (status = 200, description = "An iCalendar object (RFC 5545, RFC 7986)", body = String,
            content_type = "text/calendar",
            headers(("ETag" = String), ("Last-Modified" = String), ("Cache-Control" = String))),
        NamedRefusals,
    )
)]
pub async fn of_environment(
    request: HttpRequest,
    service: Data<Service>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    answer(&request, service, &path.0, part(&path.1, Part::Environment)).await
}

/// What cannot be a name is the name of nothing.
fn part<T: FromStr>(name: &str, of: impl FnOnce(T) -> Part) -> Option<Part> {
    name.parse().ok().map(of)
}

async fn answer(
    request: &HttpRequest,
    service: Data<Service>,
    program: &str,
    part: Option<Part>,
) -> Result<HttpResponse, ApiError> {
    let nothing = || ApiError::NotFound("nothing of this name has a calendar".to_owned());
    let asked = languages::asked(&mut Parameters::read(request.query_string())?);
    let snapshot = service.snapshot()?;
    let id: ProgramId = program.parse().map_err(|_| nothing())?;
    let part = part.filter(|part| snapshot.index.has(&id, part)).ok_or_else(nothing)?;
    let program = snapshot.index.workspace().programs.get(&id).ok_or_else(nothing)?;
    let locale = spoken(program, asked.as_ref());
    let path = calendar_address(program, &part, &locale);
    let laid = {
        let (snapshot, locale, path) = (snapshot.clone(), locale.clone(), path.clone());
        move || {
            let program = snapshot.index.workspace().programs.get(&id).ok_or_else(nothing)?;
            Ok(calendar(&snapshot, program, &part, &locale, service.canonical(&path).as_deref()))
        }
    };
    let laid = snapshot.shelf.body(path, snapshot.created_at, laid).await?;
    let mut response =
        laid.freshness.answer(request, CALENDAR, || Ok::<_, ApiError>(laid.body.clone()))?;
    languages::tell(&mut response, &locale, &[]);
    Ok(response)
}

fn calendar(
    snapshot: &Snapshot,
    program: &Program,
    part: &Part,
    locale: &Locale,
    source: Option<&str>,
) -> String {
    let name = name(program, part, &snapshot.renderer.language(locale));
    let feed = CalendarFeed { name: &name, source, at: snapshot.created_at };
    let concerned = snapshot.index.concerned(program, part);
    snapshot.renderer.calendar_feed(&feed, program, &concerned, locale)
}

/// What a calendar is called in a list of calendars.
fn name(program: &Program, part: &Part, language: &Language<'_>) -> String {
    let titles = program.titles(language.locale());
    let of = match part {
        Part::Whole => return titles.program().to_owned(),
        Part::Notice(id) => program.notices.get(id).map_or(id.as_str(), |n| titles.notice(n)),
        Part::Api(id) => titles.api(id),
        Part::Environment(id) => titles.environment(id),
    };
    format!("{}{} {of}", titles.program(), language.say("colon"))
}
