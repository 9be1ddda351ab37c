//! Badges: `/badges/…svg`, for the pages of others.

use super::calendars::LanguageParameter;
use super::news::spoken;
use crate::impact::Subject;
use crate::notice::{Program, ProgramId};
use crate::web::api::{NamedRefusals, schemas};
use crate::web::freshness::{Freshness, Moment, SVG};
use crate::web::languages;
use crate::web::parameters::Parameters;
use crate::web::problem::ApiError;
use crate::web::service::Service;
use actix_web::http::header::{HeaderName, HeaderValue};
use actix_web::web::{Data, Path};
use actix_web::{HttpRequest, HttpResponse};

/// What to know of an API, as a badge.
///
/// What is wrong now, else what comes next, else what came last.
#[utoipa::path(
    get,
    path = "/badges/{program}/apis/{api}.svg",
    tag = "feeds",
    operation_id = "getApiBadge",
    params(
        ("program" = inline(schemas::Id), Path, example = "usps-web-tools"),
        ("api" = inline(schemas::Id), Path, description = "The API's wire name",
            example = "holdForPickup"),
        LanguageParameter,
    ),
    responses(
        (status = 200, description = "A picture", body = String, content_type = "image/svg+xml",
            headers(("ETag" = String), ("Cache-Control" = String))),
        NamedRefusals,
    )
)]
pub async fn api(
    request: HttpRequest,
    service: Data<Service>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (program, api) = path.into_inner();
    let subject = api.parse().ok().map(Subject::Api);
    answer(&request, service, &program, subject).await
}

/// What to know of an environment, as a badge.
///
/// The same of whatever happens there.
#[utoipa::path(
    get,
    path = "/badges/{program}/environments/{environment}.svg",
    tag = "feeds",
    operation_id = "getEnvironmentBadge",
    params(
        ("program" = inline(schemas::Id), Path, example = "usps-web-tools"),
        ("environment" = inline(schemas::Id), Path, example = "prod"),
        LanguageParameter,
    ),
    responses(
        (status = 200, description = "A picture", body = String, content_type = "image/svg+xml",
            headers(("ETag" = String), ("Cache-Control" = String))),
        NamedRefusals,
    )
)]
pub async fn environment(
    request: HttpRequest,
    service: Data<Service>,
    path: Path<(String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (program, environment) = path.into_inner();
    let subject = environment.parse().ok().map(Subject::Environment);
    answer(&request, service, &program, subject).await
}

/// What to know of an API in one environment, as a badge.
///
/// The same of what happens to it there.
#[utoipa::path(
    get,
    path = "/badges/{program}/apis/{api}/{environment}.svg",
    tag = "feeds",
    operation_id = "getApiInEnvironmentBadge",
    params(
        ("program" = inline(schemas::Id), Path, example = "usps-web-tools"),
        ("api" = inline(schemas::Id), Path, description = "The API's wire name",
            example = "holdForPickup"),
        ("environment" = inline(schemas::Id), Path, example = "prod"),
        LanguageParameter,
    ),
    responses(
        (status = 200, description = "A picture", body = String, content_type = "image/svg+xml",
            headers(("ETag" = String), ("Cache-Control" = String))),
        NamedRefusals,
    )
)]
pub async fn api_in(
    request: HttpRequest,
    service: Data<Service>,
    path: Path<(String, String, String)>,
) -> Result<HttpResponse, ApiError> {
    let (program, api, environment) = path.into_inner();
    let subject = api.parse().ok().zip(environment.parse().ok());
    let subject = subject.map(|(api, environment)| Subject::ApiIn(api, environment));
    answer(&request, service, &program, subject).await
}

fn has(program: &Program, subject: &Subject) -> bool {
    let catalogue = &program.catalogue;
    match subject {
        Subject::Api(api) => catalogue.apis.contains_key(api),
        Subject::Environment(id) => catalogue.environments.contains_key(id),
        Subject::ApiIn(api, id) => {
            catalogue.apis.contains_key(api) && catalogue.environments.contains_key(id)
        }
    }
}

async fn answer(
    request: &HttpRequest,
    service: Data<Service>,
    program: &str,
    subject: Option<Subject>,
) -> Result<HttpResponse, ApiError> {
    let nothing = || ApiError::NotFound("nothing of this name has a badge".to_owned());
    let wanted = languages::asked(&mut Parameters::read(request.query_string())?);
    let snapshot = service.snapshot()?;
    let id: ProgramId = program.parse().map_err(|_| nothing())?;
    let program = snapshot.index.workspace().programs.get(&id).ok_or_else(nothing)?;
    let subject = subject.filter(|subject| has(program, subject)).ok_or_else(nothing)?;
    let locale = spoken(program, wanted.as_ref());
    let moment = Moment::now(&snapshot, service.now());
    let question = format!("badge of {id} {subject:?} in {locale}");
    let freshness = Freshness::of(&snapshot, &moment, &question);
    let drawn = {
        let (snapshot, locale) = (snapshot.clone(), locale.clone());
        move || {
            let program = snapshot.index.workspace().programs.get(&id).ok_or_else(nothing)?;
            let outlook = snapshot.index.outlook(program, &subject, moment.at);
            let badge = snapshot.renderer.badge(program, &subject, outlook.as_ref(), &locale);
            badge.map_err(ApiError::internal)
        }
    };
    // Once until the next edge.
    let key = format!("{question} at {}", moment.at.timestamp_micros());
    let drawn = snapshot.shelf.body(key, snapshot.created_at, drawn).await?;
    let mut response = freshness.answer(request, SVG, || Ok::<_, ApiError>(drawn.body))?;
    languages::tell(&mut response, &locale, &[]);
    // Pages that let in only what agrees to it may show it, too.
    let anywhere = HeaderName::from_static("cross-origin-resource-policy");
    response.headers_mut().insert(anywhere, HeaderValue::from_static("cross-origin"));
    Ok(response)
}
