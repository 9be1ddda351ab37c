//! The description of the API (OpenAPI 3.1), made from the code it describes.

use super::described::completed;
use super::events::Events;
use super::limits::Limited;
use super::{
    affected, apis, drift, health, impacted, intake, notices, now, office, proof, revisions,
    schedule, search, subscriptions, tried, webhooks,
};
use crate::web::deprecations::Deprecation;
use crate::web::feeds::{badges, calendars, news};
use crate::web::freshness::{Freshness, JSON};
use crate::web::problem::ApiError;
use crate::web::service::Service;
use actix_web::web::{Bytes, Data};
use actix_web::{HttpRequest, HttpResponse};
use serde_json::Value;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::{Modify, OpenApi};

#[derive(OpenApi)]
#[openapi(
    info(
        title = "fairwarning",
        description = "Which APIs are affected by announced deprecations and cutoffs, where, and when.\n\nAll answers but the office's are public, need no key, and may be asked for from any web page. Every list can be asked again cheaply with `If-None-Match`. Errors are `application/problem+json` (RFC 9457) with a stable `code`.",
        contact(name = "The office that runs this service"),
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0"),
    ),
    servers((url = "/", description = "This service")),
    tags(
        (name = "table", description = "The impacted-API table and the schedule behind it"),
        (name = "notices", description = "Notices as announced"),
        (name = "catalogue", description = "The APIs of each program"),
        (name = "feeds", description = "What calendars and readers of news subscribe to"),
        (name = "office", description = "What the office alone may see: it takes a token"),
        (name = "subscriptions", description = "Being written to"),
        (name = "service", description = "The state of this service"),
    ),
    paths(
        impacted::impacted,
        affected::affected,
        affected::affected_list,
        schedule::schedule,
        search::search,
        now::now,
        notices::notices,
        notices::notice,
        revisions::revisions,
        revisions::differences,
        apis::apis,
        proof::proof,
        proof::head,
        drift::drift,
        office::overview,
        office::office_notice,
        office::forecast,
        office::approve,
        office::announce,
        office::test,
        office::rehearsals,
        office::rehearsers,
        office::export_rehearsers,
        office::messages,
        office::retry,
        office::holds,
        office::hold,
        office::release,
        office::subscribers,
        office::find,
        office::subscriber,
        office::erase,
        office::suppressions,
        office::suppress,
        office::lift,
        office::tokens,
        office::create,
        office::revoke,
        office::audit,
        subscriptions::subscribe,
        webhooks::webhook,
        webhooks::set,
        webhooks::remove,
        webhooks::renew,
        webhooks::test,
        tried::tried,
        badges::api,
        badges::api_in,
        badges::environment,
        news::atom,
        news::json,
        news::atom_of,
        news::json_of,
        calendars::of_program,
        calendars::of_notice,
        calendars::of_api,
        calendars::of_environment,
        health::alive,
        health::ready,
        intake::take_in,
        document,
        former,
    ),
    modifiers(&Secrets, &Called, &Limited)
)]
struct Description;

/// How the office's tokens are sent, and the secret of whoever hands mail over.
struct Secrets;

impl Modify for Secrets {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = || SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("token", bearer());
        components.add_security_scheme("intake", bearer());
    }
}

/// What webhooks are told.
struct Called;

impl Modify for Called {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let events = Events::openapi();
        document.webhooks = Some(events.paths);
        let schemas = events.components.map(|components| components.schemas);
        let known = &mut document.components.get_or_insert_default().schemas;
        known.extend(schemas.unwrap_or_default());
    }
}

/// The description, ready to be answered.
pub struct Described {
    pub document: Value,
    body: Bytes,
    freshness: Freshness,
}

impl Described {
    /// With what is deprecated.
    pub fn new(deprecations: &[Deprecation]) -> Self {
        const TEXT: &str = "the description has string keys only";
        let described = serde_json::to_value(Description::openapi()).expect(TEXT);
        let document = completed(described, deprecations);
        let body = Bytes::from(serde_json::to_string_pretty(&document).expect(TEXT));
        let freshness = Freshness::of_bytes(&body);
        Self { document, body, freshness }
    }
}

/// This description.
///
/// OpenAPI 3.1, made from the code that it describes. It takes no parameters, but a
/// cache-buster in the address does no harm.
#[utoipa::path(
    get,
    path = "/openapi.json",
    tag = "service",
    operation_id = "getDescription",
    responses(
        (status = 200, description = "OpenAPI 3.1", body = Object,
            headers(("ETag" = String), ("Cache-Control" = String))),
        (status = 304, description = "The client already has this answer"),
    )
)]
pub async fn document(
    request: HttpRequest,
    service: Data<Service>,
) -> Result<HttpResponse, ApiError> {
    let described = service.described();
    described.freshness.answer(&request, JSON, || Ok(described.body.clone()))
}

/// This description, at its former address.
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    tag = "service",
    operation_id = "getDescriptionOfVersion",
    responses(
        (status = 200, description = "OpenAPI 3.1", body = Object,
            headers(("ETag" = String), ("Cache-Control" = String), ("Deprecation" = String),
                ("Sunset" = String), ("Link" = String))),
        (status = 304, description = "The client already has this answer"),
    )
)]
#[allow(dead_code, reason = "described here, answered by `document`")]
fn former() {}
